"""What a citizen's browser meets: board, form, following, rating; in Chinese and English, without script."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from tests.support.citizen import (
    LETTER,
    PAGE,
    PERSON,
    WORD,
    code_of,
    field,
    file_letter,
    fill,
    follow,
    token,
    write,
)
from tests.web.conftest import City
from wenzheng.web.assets import asset


def submitted(city: City, **more: str) -> Any:
    page = file_letter(city.client, **more)
    city.processes.start_waiting()
    return page


def as_author(word: str = WORD) -> dict[str, str]:
    return {"Wenzheng-Passphrase": quote(word)}


def test_a_citizen_writes_a_letter_in_steps_and_is_shown_its_code_on_another_page(city: City) -> None:
    check = write(city.client)
    assert "坏了&lt;b&gt;三周&lt;/b&gt;" in check.text
    assert "王芳" in check.text
    assert WORD not in check.text
    assert city.client.get("/api/board").json()["total"] == 0
    answer = city.client.post("/submit/check", data={"csrf": token(check)}, follow_redirects=False)
    assert answer.status_code == 303
    assert "code" not in answer.headers["location"]
    shown = city.client.get(answer.headers["location"])
    assert "来信已收到" in shown.text
    code = code_of(shown)
    assert code not in str(answer.headers) + str(shown.headers)
    mine = city.client.get(f"/api/petitions/{code}", headers=as_author()).json()
    assert mine["text"] == "坏了<b>三周</b>\n请修"
    assert mine["public"] is True
    assert mine["number"] in shown.text
    assert "<b>三周" not in shown.text


def test_pressing_send_twice_files_one_letter(city: City) -> None:
    check = write(city.client)
    form = {"csrf": token(check)}
    codes = {code_of(city.client.post("/submit/check", data=form, headers=PAGE)) for _ in range(2)}
    assert len(codes) == 1
    again = file_letter(city.client, text="另一件事")
    assert code_of(again) not in codes
    assert city.client.get("/api/board").json()["total"] == 2


def test_what_was_typed_survives_errors_and_each_error_is_named(city: City) -> None:
    page = write(city.client, title="", text="灯" * 4001)
    assert page.status_code == 422
    assert "请更正以下问题" in page.text
    for name in ("title", "text"):
        assert f'href="#{name}"' in page.text
        assert f'id="{name}-error"' in page.text
    assert "灯" * 4001 in page.text
    # Also for who closes the page and comes back.
    assert "灯" * 4001 in city.client.get("/submit").text
    fill(city.client, "/submit", **LETTER)
    person = {"name": '"><script>', "contact": "nobody", "second": "word", "passphrase": "短", "public": ""}
    page = fill(city.client, "/submit/you", **person)
    assert page.status_code == 422
    for name in ("contact", "passphrase", "public"):
        assert f'href="#{name}"' in page.text
    assert 'value="nobody"' in page.text
    assert 'value="短"' in page.text
    assert "&#34;&gt;&lt;script&gt;" in page.text
    assert not re.search(r"<script(?! type=.module)", page.text)


def test_leading_line_breaks_survive_the_form(city: City) -> None:
    page = write(city.client, title="", text="\r\n\r\n正文")
    assert re.search(r"<textarea[^>]*>\n\n\n正文</textarea>", page.text)


def test_a_form_without_its_token_files_nothing_and_keeps_the_words(city: City) -> None:
    answer = city.client.post("/submit", data=LETTER, headers=PAGE)
    assert answer.status_code == 403
    assert "您写的内容还在" in answer.text
    assert html.escape("坏了<b>三周</b>") in answer.text
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        page = city.client.get("/submit")
        answer = city.client.post("/submit", data={"csrf": token(page)} | LETTER, headers=PAGE | headers)
        assert answer.status_code == 403
    check = write(city.client)
    assert city.client.post("/submit/check", data={"csrf": "x"}, headers=PAGE).status_code == 403
    assert "您写的内容还在" in city.client.post("/submit/you", data=PERSON | {"csrf": "x"}, headers=PAGE).text
    assert city.client.get("/api/board").json()["total"] == 0
    assert "来信已收到" in city.client.post("/submit/check", data={"csrf": token(check)}, headers=PAGE).text


def test_the_author_follows_by_code_and_word_however_they_are_typed(city: City) -> None:
    code = code_of(submitted(city))
    stranger = TestClient(city.app)
    found = follow(stranger, code.lower().replace("-", " "), " 芝麻开门 ")
    assert "路灯坏了" in found.text
    assert "2026年9月8日" in found.text
    assert "未亮灯" in found.text
    assert code not in found.text
    forgotten = stranger.post("/follow/forget", data={"csrf": token(found)})
    assert "路灯坏了" not in forgotten.text
    assert "路灯坏了" not in stranger.get("/follow").text
    linked = TestClient(city.app).get(f"/follow?code={code}")
    assert "路灯坏了" not in linked.text
    assert f'value="{code}"' in linked.text


@pytest.mark.parametrize("code", ["", "7K3M", "7K3M-QX2D-09TF-VHW9", "2026-000001", "查询码"])
def test_a_wrong_code_is_explained(city: City, code: str) -> None:
    submitted(city)
    stranger = TestClient(city.app)
    page = follow(stranger, code)
    assert page.status_code == 404
    assert 'id="code-error"' in page.text
    assert "路灯坏了" not in page.text


def opened(city: City, letter: dict[str, Any]) -> TestClient:
    """A browser at which the author of a letter filed over the API has proved it."""
    client = TestClient(city.app, raise_server_exceptions=False)
    assert letter["number"] in follow(client, letter["tracking_code"], WORD).text
    return client


def test_the_author_rates_on_the_page(city: City) -> None:
    client = opened(city, city.fed_back())
    page = client.get("/follow")
    assert "请您评价" in page.text
    assert "接下来：请您在下面说一说" in page.text
    assert page.text.index("已于9月3日修好") < page.text.index("请您评价"), (
        "what was done comes before the question"
    )
    form = {name: field(page, name) for name in ("csrf", "act_id", "task")}
    empty = client.post("/follow/rate", data=form | {"comment": "还行"}, headers=PAGE)
    assert empty.status_code == 422
    assert "请选择问题是否解决" in empty.text
    assert "还行" in empty.text
    done = client.post("/follow/rate", data=form | {"solved": "yes", "satisfaction": "4"}, headers=PAGE)
    assert "评价已收到" in done.text
    assert "已解决，结案" in done.text
    assert "请您评价" not in done.text
    late = client.post("/follow/rate", data=form | {"solved": "no", "satisfaction": "1"}, headers=PAGE)
    assert "已解决，结案" in late.text


def test_the_author_withdraws_after_being_asked_whether_they_mean_it(city: City) -> None:
    submitted(city)
    page = city.client.get("/follow/withdraw")
    assert "撤回后这封信结案" in page.text
    assert city.client.get("/api/tasks", headers=city.as_("clerk")).json()["items"]
    form = {name: field(page, name) for name in ("csrf", "act_id")} | {"reason": "已经修好了"}
    done = city.client.post("/follow/withdraw", data=form, headers=PAGE)
    assert "来信已撤回" in done.text
    assert "来信人已撤回" in done.text
    assert "已经修好了" in done.text
    assert "/follow/withdraw" not in done.text


def test_rating_while_temporal_is_away_keeps_the_words(city: City) -> None:
    client = opened(city, city.fed_back())
    page = client.get("/follow")
    city.processes.away = True
    form = {name: field(page, name) for name in ("csrf", "act_id", "task")}
    answer = client.post(
        "/follow/rate", data=form | {"solved": "yes", "satisfaction": "5", "comment": "很好"}, headers=PAGE
    )
    assert "暂时连不上" in answer.text
    assert "很好" in answer.text


def test_the_board_counts_all_and_shows_public_letters(city: City) -> None:
    shown = city.submit(title="<i>路灯</i>坏了")
    city.submit(title="保密", public=False)
    city.accept_and_assign(shown["number"])
    page = city.client.get("/")
    assert "&lt;i&gt;路灯&lt;/i&gt;坏了" in page.text
    assert "保密" not in page.text
    assert re.search(r'counts__number">2<', page.text)
    assert "没有符合条件" in city.client.get("/?lamp=red").text
    assert "没有符合条件" in city.client.get("/?department=transport").text
    assert "路灯" in city.client.get("/?department=housing&lamp=nonsense&cursor=x").text
    letter = city.client.get(f"/letters/{shown['number']}")
    assert "路灯坏了三个星期" in letter.text
    assert city.client.get(f"/letters/{shown['tracking_code']}").status_code == 404


@pytest.mark.parametrize("path", ["/", "/submit", "/follow"])
def test_every_page_speaks_both_languages(city: City, path: str) -> None:
    chinese = city.client.get(path)
    assert '<html lang="zh-CN"' in chinese.text
    english = TestClient(city.app).get(path, headers={"Accept-Language": "fr, en-GB;q=0.8, zh;q=0.5"})
    assert '<html lang="en"' in english.text
    chosen = TestClient(city.app)
    assert '<html lang="en"' in chosen.get(f"{path}?lang=en").text
    assert '<html lang="en"' in chosen.get(path, headers={"Accept-Language": "zh"}).text


def test_letters_are_told_in_english_too(city: City) -> None:
    letter = city.fed_back()
    page = opened(city, letter).get("/follow?lang=en")
    for words in (
        "Result told, waiting",
        "Housing and Urban-Rural",
        "8 September 2026",
        "Green",
        "Please rate",
    ):
        assert words in page.text


@pytest.mark.parametrize("path", ["/", "/submit", "/follow", "/nothing", "/static/icon.svg", "/api/units"])
def test_security_headers_stand_on_every_answer(city: City, path: str) -> None:
    headers = city.client.get(path, headers=PAGE).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"


def test_pages_hold_nothing_inline_and_nothing_foreign(city: City) -> None:
    client = opened(city, city.fed_back())
    for path in ("/", "/submit", "/follow", "/follow/withdraw"):
        page = client.get(path).text
        assert re.findall(r"<script[^>]*>", page) == [f'<script type="module" src="{asset("site.js")}">']
        assert "<style" not in page
        assert not re.search(r"\s(?:style|on\w+)=", page)
        assert "://" not in page


def test_errors_for_people_are_pages(city: City) -> None:
    page = city.client.get("/nothing", headers=PAGE)
    assert page.status_code == 404
    assert "没有这个页面" in page.text
    big = city.client.post("/submit", data={"text": "x" * 2_000_000}, headers=PAGE)
    assert big.status_code == 413
    assert "提交的内容太大" in big.text
    assert "来信内容最多 4000 字" in big.text


def test_cookies_are_out_of_reach_for_scripts_and_other_sites(city: City) -> None:
    page = city.client.get("/submit")
    cookie = page.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
