"""What a citizen's browser meets: board, form, following, rating; in Chinese and English, without script."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.web.conftest import City
from wenzheng.web.assets import asset

PAGE = {"Accept": "text/html"}
LETTER = {
    "title": "路灯坏了",
    "text": "坏了<b>三周</b>\r\n请修",
    "kind": "help",
    "addressee": "city",
    "public": "yes",
}


def token(page: Any) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found
    return found.group(1)


def field(page: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found
    return found.group(1)


def send(client: TestClient, path: str, form: str, **values: Any) -> Any:
    """Fill a form of the page `form` and send it to `path`."""
    page = client.get(form)
    return client.post(path, data={"csrf": token(page)} | values, headers=PAGE)


def submitted(city: City, **more: str) -> Any:
    page = send(city.client, "/submit", "/submit", **(LETTER | more))
    city.processes.start_waiting()
    return page


def code_of(page: Any) -> str:
    found = re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", page.text)
    assert found
    return found.group()


def test_a_citizen_writes_a_letter_and_is_shown_its_code_on_another_page(city: City) -> None:
    page = city.client.get("/submit")
    answer = city.client.post("/submit", data={"csrf": token(page)} | LETTER, follow_redirects=False)
    assert answer.status_code == 303
    assert "code" not in answer.headers["location"]
    shown = city.client.get(answer.headers["location"])
    assert "来信已收到" in shown.text
    mine = city.client.get(f"/api/petitions/{code_of(shown)}").json()
    assert mine["text"] == "坏了<b>三周</b>\n请修"
    assert mine["public"] is True
    assert "坏了&lt;b&gt;三周&lt;/b&gt;" in shown.text
    assert "<b>三周" not in shown.text


def test_sending_the_form_twice_files_one_letter(city: City) -> None:
    page = city.client.get("/submit")
    form = {"csrf": token(page), "act_id": field(page, "act_id")} | LETTER
    codes = {code_of(city.client.post("/submit", data=form)) for _ in range(2)}
    assert len(codes) == 1
    changed = city.client.post("/submit", data=form | {"text": "另一件事"})
    assert code_of(changed) not in codes


def test_what_was_typed_survives_errors_and_each_error_is_named(city: City) -> None:
    page = submitted(city, title="", text="灯" * 4001, contact="nobody", name='"><script>')
    assert page.status_code == 422
    assert "请更正以下问题" in page.text
    for name in ("title", "text", "contact"):
        assert f'href="#{name}"' in page.text
        assert f'id="{name}-error"' in page.text
    assert "灯" * 4001 in page.text
    assert 'value="nobody"' in page.text
    assert "<script>" not in page.text
    assert "&#34;&gt;&lt;script&gt;" in page.text
    assert 'value="yes" checked' in page.text


def test_leading_line_breaks_survive_the_form(city: City) -> None:
    page = submitted(city, title="", text="\r\n\r\n正文")
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
    assert city.client.get("/api/board").json()["total"] == 0


def test_the_author_follows_by_code_however_it_is_typed(city: City) -> None:
    code = code_of(submitted(city))
    stranger = TestClient(city.app)
    found = send(stranger, "/follow", "/follow", code=code.lower().replace("-", " "))
    assert "路灯坏了" in found.text
    assert "2026年9月8日" in found.text
    assert "未亮灯" in found.text
    forgotten = stranger.post("/follow/forget", data={"csrf": token(found)})
    assert "路灯坏了" not in forgotten.text
    assert "路灯坏了" in TestClient(city.app).get(f"/follow?code={code}").text


@pytest.mark.parametrize("code", ["", "7K3M", "7K3M-QX2D-09TF-VHW9", "2026-000001", "查询码"])
def test_a_wrong_code_is_explained(city: City, code: str) -> None:
    submitted(city)
    stranger = TestClient(city.app)
    page = send(stranger, "/follow", "/follow", code=code)
    assert page.status_code == 404
    assert 'id="code-error"' in page.text
    assert "路灯坏了" not in page.text


def test_the_author_rates_on_the_page(city: City) -> None:
    letter = city.fed_back()
    page = city.client.get(f"/follow?code={letter['tracking_code']}")
    assert "请您评价" in page.text
    form = {name: field(page, name) for name in ("csrf", "code", "act_id", "task")}
    empty = city.client.post("/follow/rate", data=form | {"comment": "还行"}, headers=PAGE)
    assert empty.status_code == 422
    assert "请选择问题是否解决" in empty.text
    assert "还行" in empty.text
    done = city.client.post("/follow/rate", data=form | {"solved": "yes", "satisfaction": "4"}, headers=PAGE)
    assert "评价已收到" in done.text
    assert "已解决，结案" in done.text
    assert "请您评价" not in done.text
    late = city.client.post("/follow/rate", data=form | {"solved": "no", "satisfaction": "1"}, headers=PAGE)
    assert "已解决，结案" in late.text


def test_the_author_withdraws_on_the_page(city: City) -> None:
    page = submitted(city)
    form = {name: field(page, name) for name in ("csrf", "code", "act_id")}
    done = city.client.post("/follow/withdraw", data=form, headers=PAGE)
    assert "来信已撤回" in done.text
    assert "来信人已撤回" in done.text


def test_rating_while_temporal_is_away_keeps_the_words(city: City) -> None:
    letter = city.fed_back()
    page = city.client.get(f"/follow?code={letter['tracking_code']}")
    city.processes.away = True
    form = {name: field(page, name) for name in ("csrf", "code", "act_id", "task")}
    answer = city.client.post(
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
    page = city.client.get(f"/follow?code={letter['tracking_code']}&lang=en")
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
    letter = city.fed_back()
    for path in ("/", "/submit", "/follow", f"/follow?code={letter['tracking_code']}"):
        page = city.client.get(path).text
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


def test_cookies_are_out_of_reach_for_scripts_and_other_sites(city: City) -> None:
    page = city.client.get("/submit")
    cookie = page.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


@pytest.mark.parametrize("act_id", ["\0", "灯", "x" * 101, "a b"])
def test_form_with_an_act_id_that_nobody_was_given_is_a_letter_of_its_own(city: City, act_id: str) -> None:
    for _ in range(2):
        assert "来信已收到" in submitted(city, act_id=act_id).text
    with city.services.store.reader() as reader:
        assert len(reader.petitions(now=city.services.now()).items) == 2
