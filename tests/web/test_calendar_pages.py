"""The administrator of calendars at a browser: a notice is tried, corrected, tried again and put in force."""

from __future__ import annotations

import re
from typing import Any

from fastapi.testclient import TestClient

from tests.support.citizen import PAGE, token
from tests.web.conftest import City
from tests.web.test_calendars import NOTICE, due

PATH = "/calendars/cn"


def send(client: TestClient, text: str, go: str = "try", language: str = "zh") -> Any:
    page = client.get(f"{PATH}?lang={language}", headers=PAGE)
    data = {"csrf": token(page), "notice": text, "go": go}
    return client.post(PATH, data=data, headers=PAGE, follow_redirects=True)


def words(page: Any) -> str:
    """The page's text without its tags, blanks joined."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


def version(city: City) -> str:
    return str(city.client.get("/api/calendars/cn").json()["version"])


def test_a_notice_is_tried_first_and_says_how_many_clocks_and_lamps_move(city: City) -> None:
    letter, before = city.submit(), version(city)
    admin = city.browser("process_admin")
    page = send(admin, NOTICE)
    assert page.status_code == 200
    said = words(page)
    assert "2026年9月6日 上班" in said
    assert re.findall(r"涉及.*?。", said) == ["涉及1封来信的3个时限，其中1个的日期会变。"]
    assert "2个期限推迟1天" in said
    assert version(city) == before, "trying changes nothing"
    assert NOTICE.strip() in page.text  # still in the form, for the next button
    done = send(admin, NOTICE, go="take")
    assert "新的版本已生效。" in done.text
    assert version(city) != before
    assert "国办发明电〔2026〕8号" in words(done)
    assert "0/1" in words(done)
    city.tell_moves()
    assert "1/1" in words(admin.get(PATH, headers=PAGE))
    assert due(letter, city) == "2026-09-09"
    again = send(admin, NOTICE, go="take")
    assert "这份通知的内容已经生效，没有变化。" in again.text


def test_every_fault_stands_beside_what_was_written_with_its_line_and_nothing_is_taken(city: City) -> None:
    before = version(city)
    admin = city.browser("process_admin")
    wrong = NOTICE.replace("[2026-09-06]", "[2026-09-04]").replace("2026-08-31", "August")
    for go in ("try", "take"):
        page = send(admin, wrong, go)
        assert page.status_code == 422
        said = words(page)
        assert (
            "第6行第15列 错误： 一天只能放假或上班" in said or "第6行第15列 错误：一天只能放假或上班" in said
        )
        assert "第2行第12列" in said
        assert '<a href="#notice">' in page.text
        assert wrong.strip() in page.text
    english = words(send(admin, wrong, language="en"))
    assert "Line 6, column 15 error: A day is either off or worked; found" in english
    assert version(city) == before


def test_an_empty_notice_is_asked_for(city: City) -> None:
    page = send(city.browser("process_admin"), "  ")
    assert page.status_code == 422
    assert "请填写通知" in page.text


def test_others_read_the_versions_and_give_no_notice(city: City) -> None:
    for account in ("clerk", "supervisor_supervision_party", "operator"):
        client = city.browser(account)
        page = client.get(PATH, headers=PAGE)
        assert page.status_code == 200
        assert "版本记录" in page.text
        assert 'name="notice"' not in page.text
        refused = client.post(PATH, data={"csrf": "x", "notice": NOTICE, "go": "take"}, headers=PAGE)
        assert refused.status_code == 403
    assert city.client.get(PATH, headers=PAGE, follow_redirects=False).status_code == 303


def test_a_form_of_another_site_gives_nothing(city: City) -> None:
    before = version(city)
    admin = city.browser("process_admin")
    page = admin.post(PATH, data={"csrf": "forged", "notice": NOTICE, "go": "take"}, headers=PAGE)
    assert page.status_code == 403
    assert version(city) == before


def test_the_list_leads_to_each_calendar_and_one_that_is_not_there_is_not_found(city: City) -> None:
    admin = city.browser("process_admin")
    page = admin.get("/calendars", headers=PAGE)
    assert 'href="/calendars/cn"' in page.text
    assert "2026年12月31日" in page.text
    assert admin.get("/calendars/atlantis", headers=PAGE).status_code == 404


def test_a_chinese_page_says_what_was_found_in_chinese(city: City) -> None:
    admin = city.browser("process_admin")
    twice = NOTICE.replace("days_worked: [2026-09-06]", "days_worked: [2026-09-05, 2026-09-12, 2026-09-12]")
    said = words(send(admin, twice))
    assert "第5行写成了另一种" in said
    assert "第6行已写过" in said
    assert "as the other" in words(send(admin, twice, language="en"))
