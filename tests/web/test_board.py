"""The public board: found by words, by lamp, unit, kind and state, and turned both ways."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from tests.web.conftest import City
from tests.web.test_desk import titles


def board(city: City, query: str = "") -> str:
    answer = city.client.get(f"/{query}")
    assert answer.status_code == 200
    return answer.text


def turned(page: str, where: str) -> str:
    """The query of the link to the page before ("prev") or after ("next")."""
    found = re.search(rf'href="/([^"]*)" rel="{where}"', page)
    return html.unescape(found.group(1)) if found else ""


def public(city: City, title: str, unit: str = "housing", **more: str) -> str:
    number = str(city.submit(title=title, **more)["number"])
    city.accept_and_assign(number, unit)
    return number


def test_citizen_finds_letters_by_words_and_number(city: City) -> None:
    lamp, road = public(city, "路灯坏了"), public(city, "路面塌陷", "transport")
    assert sorted(titles(board(city, "?q=路"))) == ["路灯坏了", "路面塌陷"]
    assert titles(board(city, f"?q={road}")) == ["路面塌陷"]
    assert titles(board(city, "?q=路&department=housing")) == ["路灯坏了"]
    assert titles(board(city, f"?q=%20%20{lamp}%20")) == ["路灯坏了"]
    assert "没有符合条件的公开来信" in board(city, "?q=%25")
    assert 'href="/">清除筛选' in board(city, "?q=%25")
    found = city.client.get("/api/petitions?q=塌陷").json()["items"]
    assert [letter["number"] for letter in found] == [road]


def test_citizen_of_a_new_city_is_not_told_of_a_filter_nobody_set(city: City) -> None:
    page = board(city)
    assert "还没有公开的来信" in page
    assert "清除筛选" not in page
    assert "没有符合条件的公开来信。可以清除筛选" in board(city, "?lamp=red")


def test_nobody_finds_out_by_searching_what_is_masked(city: City) -> None:
    public(city, "请回电13912345678说明路灯")
    assert len(titles(board(city, "?q=路灯"))) == 1
    assert titles(board(city, "?q=13912345678")) == []
    assert titles(board(city, "?q=1391234")) == []
    city.submit(title="不公开的路灯", public=False)
    page = board(city, "?q=不公开")
    assert titles(page) == []
    assert page.count('<span class="counts__number">2</span>') >= 1


def test_citizen_turns_the_pages_of_the_board_both_ways(make_city: Callable[..., City]) -> None:
    city = make_city(page_size=2)
    for n in range(5):
        public(city, f"第{n}封")
    first = board(city, "?kind=help")
    assert turned(first, "prev") == ""
    second = board(city, turned(first, "next"))
    third = board(city, turned(second, "next"))
    assert turned(third, "next") == ""
    assert len({*titles(first), *titles(second), *titles(third)}) == 5
    assert titles(board(city, turned(third, "prev"))) == titles(second)
    assert titles(board(city, turned(board(city, turned(third, "prev")), "prev"))) == titles(first)
    assert "kind=help" in turned(third, "prev")


def test_lamps_of_the_board_keep_the_other_filters(city: City) -> None:
    public(city, "路灯坏了")
    public(city, "路面塌陷", "transport")
    page = board(city, "?department=housing&state=assigned")
    assert titles(page) == ["路灯坏了"]
    assert 'href="/?department=housing&amp;state=assigned&amp;lamp=red"' in page
    assert titles(board(city, "?state=replied")) == []
    assert len(titles(board(city, "?state=nonsense&lamp=blue&kind=nonsense"))) == 2
