"""Letters are searched by everybody as far as they may read them: pages, API and command."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import typer

from tests.web.conftest import City, Shell
from wenzheng.cli.petition import app
from wenzheng.web.search import MOST


def found(city: City, words: str, account: str | None = None, **more: Any) -> list[str]:
    headers = city.as_(account) if account else {}
    answer = city.client.get("/api/search", params={"q": words} | more, headers=headers)
    assert answer.status_code == 200, answer.text
    return [hit["letter"]["number"] for hit in answer.json()["items"]]


def file(city: City, title: str, text: str = "请处理。", unit: str | None = "housing", **more: Any) -> str:
    number = str(city.submit(title=title, text=text, **more)["number"])
    if unit:
        city.accept_and_assign(number, unit)
    return number


def test_a_letter_is_found_by_whoever_may_read_it_and_by_nobody_else(city: City) -> None:
    public = file(city, "公开的路灯", "三单元门口。")
    hidden = file(city, "不公开的路灯", "三单元门口。", public=False)
    waiting = file(city, "路灯还没有受理", unit=None)
    report = file(city, "路灯工程的回扣", unit=None, kind="report")
    every = [waiting, hidden, public]
    assert found(city, "路灯") == [public]
    assert found(city, "路灯", "department_education") == [public]
    assert sorted(found(city, "路灯", "department_housing")) == sorted([hidden, public])
    assert sorted(found(city, "路灯", "clerk")) == sorted(every)
    assert sorted(found(city, "路灯", "leader")) == sorted(every)
    assert found(city, "路灯", "operator") == found(city, "路灯", "process_admin") == []
    assert report not in found(city, "回扣") + found(city, "回扣", "clerk") + found(city, "回扣", "leader")


def test_a_report_is_found_by_its_receivers_only(make_city: Callable[..., City]) -> None:
    city = make_city(report_receivers=frozenset({"leader"}))
    report = file(city, "路灯工程的回扣", unit=None, kind="report")
    assert found(city, "回扣", "leader") == [report]
    assert found(city, "回扣", "clerk") == []


def test_nobody_outside_finds_a_letter_by_what_is_masked(city: City) -> None:
    number = file(city, "路灯", "我叫王小明，请打13912345678。")
    for words in ("13912345678", "王小明", "小明 路灯"):
        assert found(city, words) == found(city, words, "department_education") == []
        assert found(city, words, "clerk") == found(city, words, "department_housing") == [number]
    page = city.client.get("/search", params={"q": "路灯"}).text
    assert "*********78" in page
    assert "王小明" not in page


def test_the_best_answer_comes_first_and_the_newer_of_two_equal_ones(city: City) -> None:
    scattered = file(city, "供水", "路边的灯不亮，灯不好，路灯坏，坏了三天。")
    text = file(city, "供电", "小区里路灯坏了。")
    title = file(city, "路灯坏了")
    newer = file(city, "路灯坏了")
    assert found(city, "路灯坏了") == [newer, title, text, scattered]
    assert found(city, "路灯坏了 小区") == [text]


def test_citizen_finds_a_published_reply_and_no_draft(city: City) -> None:
    number = file(city, "路灯坏了")
    city.sign(number)
    city.done(number, "reply", "department_housing", text="已更换变压器。", kind="done")
    assert found(city, "变压器") == []
    city.done(number, "approve", "head_housing")
    assert found(city, "变压器") == [number]


def test_reader_sees_the_words_marked_and_no_markup_of_a_letter_works(city: City) -> None:
    file(city, "<b>路灯</b>坏了", "很长的开头。" * 20 + "门口的<script>alert(1)</script>路灯坏了。")
    page = city.client.get("/search", params={"q": "路灯"}).text
    assert "&lt;b&gt;<mark>路灯</mark>&lt;/b&gt;坏了" in page
    assert "alert(1)&lt;/script&gt;<mark>路灯</mark>坏了" in page
    assert 'value="路灯"' in page
    assert "…" in page


def test_reader_turns_the_pages_of_what_was_found(make_city: Callable[..., City]) -> None:
    city = make_city(page_size=2)
    numbers = [file(city, "路灯坏了") for _ in range(3)]
    first = city.client.get("/search?q=路灯").text
    assert "找到 3 封来信" in first
    after = html.unescape(re.search(r'href="(/search\?[^"]*)" rel="next"', first)[1])  # type: ignore[index]
    second = city.client.get(after).text
    assert numbers[0] in second
    assert 'rel="prev"' in second
    assert "没有找到来信" in city.client.get("/search?q=公园").text
    for odd in ("", "?q=", "?q=%20", "?q=，。", "?q=路灯&page=x", "?q=路灯&page=99"):
        assert city.client.get(f"/search{odd}").status_code == 200


def test_nobody_is_told_that_all_was_found_when_there_may_be_more(city: City) -> None:
    answer = city.client.get("/api/search", params={"q": "路灯"}).json()
    assert (answer["found"], answer["more"], answer["pages"]) == (0, False, 1)
    assert MOST >= 100
    assert city.client.get("/api/search", params={"q": "灯" * 101}).status_code == 422
    assert city.client.get("/api/search").status_code == 422


def test_staff_search_at_the_desk_in_their_language(city: City) -> None:
    hidden = file(city, "不公开的路灯", public=False)
    page = city.browser("department_housing").get("/desk/search?q=路灯").text
    assert f'href="/desk/letters/{hidden}"' in page
    assert "有权查看" in page
    assert hidden not in city.browser("department_housing").get("/search?q=路灯").text
    assert city.client.get("/desk/search?q=路灯", follow_redirects=False).status_code in {303, 401}


def test_clerk_searches_at_a_shell(city: City, shell_of: Callable[[typer.Typer], Shell]) -> None:
    number = file(city, "路灯坏了", "小区里路灯坏了。")
    run = shell_of(app)
    said = run("search", "路灯", "小区").output
    assert f"{number}  unlit  [路灯]坏了" in said
    assert "[小区]里[路灯]坏了。" in said
    assert "Page 1 of 1, 1 found." in said
    assert "No letter found" in run("search", "公园").output
