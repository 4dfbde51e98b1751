"""A notice comes while letters are open (calendar.md §6), over the API: what people read then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.citizen import follow
from tests.support.notices import EXTENDED_2020, LABOUR_DAY_2019, NEW_YEAR_2006, before_notice
from tests.web.conftest import City
from wenzheng.calendars import Calendar

SPRING_2020 = """\
number: 国办发明电〔2020〕1号
published: 2020-01-26
title: 国务院办公厅关于延长2020年春节假期的通知
amends: "2020"
days_off:
  - {name: 春节, from: 2020-01-24, to: 2020-02-02}
"""
LABOUR_2019 = """\
number: 国办发明电〔2019〕3号
published: 2019-03-22
title: 国务院办公厅关于调整2019年劳动节假期安排的通知
days_off:
  - {name: 劳动节, from: 2019-05-01, to: 2019-05-04}
days_worked: [2019-04-28, 2019-05-05]
"""
LABOUR_LATE = LABOUR_2019.replace("2019-04-28, ", "")
NEW_YEAR = """\
number: 国办发明电〔2005〕35号
published: 2005-12-16
title: 国务院办公厅关于2006年部分节假日安排的通知
days_off:
  - {name: 元旦, from: 2006-01-01, to: 2006-01-03}
days_worked: [2005-12-31]
"""
VECTORS = [
    (EXTENDED_2020, SPRING_2020, ("2020-01-22", "2020-01-26"), ("2020-02-06", "2020-02-20")),
    (EXTENDED_2020, SPRING_2020, ("2020-01-20", "2020-01-26"), ("2020-02-04", "2020-02-18")),
    (LABOUR_DAY_2019, LABOUR_2019, ("2019-04-24", "2019-04-25"), ("2019-04-30", "2019-05-16")),
    # What is past is moved by no notice: the Sunday before is not in this one.
    (LABOUR_DAY_2019, LABOUR_LATE, ("2019-04-29", "2019-04-30"), ("2019-05-08", "2019-05-22")),
    (NEW_YEAR_2006, NEW_YEAR, ("2005-12-14", "2005-12-16"), ("2005-12-21", "2006-01-05")),
]
AMENDED = {"2020-01": "2020", "2019-05": "2019"}


def morning(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(hour=2, tzinfo=UTC)


def unread(change: dict[str, list[str]], notice: str) -> Calendar:
    """The calendar before a notice, which has not heard of its number either."""
    document = before_notice(**change).document()
    for part in ("days_off", "days_worked"):
        for entry in document[part].values():
            entry["notice"] = AMENDED.get(entry["notice"], entry["notice"])
    for entry in document["notices"].values():
        if entry["number"] and entry["number"] in notice:
            entry["number"] = None
    return Calendar.from_document(document)


def count_by(city: City, calendar: Calendar) -> None:
    with city.services.store.unit_of_work() as unit:
        document = calendar.document()
        unit.save_calendar(digest=calendar.version, id="cn", document=document, at=city.clock[0])
    city.services.in_force.look()


def limits(city: City, letter: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = city.client.get(f"/api/petitions/{letter['tracking_code']}").json()
    (clock,) = [one for one in found["clocks"] if one["clock"] == "letter"]
    return {limit["id"]: limit for limit in clock["limits"]}


def give(city: City, notice: str) -> None:
    headers = city.as_("process_admin")
    answer = city.client.post("/api/calendars/cn/notices", content=notice.encode(), headers=headers)
    assert answer.status_code == 200, answer.text
    assert city.tell_moves() == 1


@pytest.mark.parametrize(("change", "notice", "days", "after"), VECTORS)
def test_open_letter_has_the_days_of_the_notice(
    make_city: Callable[..., City],
    change: dict[str, list[str]],
    notice: str,
    days: tuple[str, str],
    after: tuple[str, str],
) -> None:
    received, given = days
    city = make_city(keep_later_date=False)
    city.at(morning(received))
    count_by(city, unread(change, notice))
    letter = city.submit()
    city.at(morning(given))
    give(city, notice)
    found = limits(city, letter)
    assert (found["yellow"]["due"], found["red"]["due"]) == after
    yellow = datetime.fromisoformat(after[0]).replace(tzinfo=UTC) + timedelta(hours=16)
    for moment, lamp in ((yellow - timedelta(seconds=1), "unlit"), (yellow, "yellow")):
        city.at(moment)
        shown = city.client.get(f"/api/petitions/{letter['tracking_code']}").json()
        assert shown["lamp"] == lamp


def test_author_sees_both_days_where_the_department_keeps_the_later(city: City) -> None:
    city.at(morning("2019-04-24"))
    count_by(city, unread(LABOUR_DAY_2019, LABOUR_2019))
    letter = city.submit()
    city.at(morning("2019-04-25"))
    give(city, LABOUR_2019)
    yellow = limits(city, letter)["yellow"]
    assert (yellow["due"], yellow["counted"]) == ("2019-05-02", "2019-04-30")
    page = follow(city.client, letter["tracking_code"]).text
    assert "2019-05-02" in page
    assert "按新的放假安排为" in page
    city.at(morning("2019-05-02"))
    assert city.client.get(f"/api/petitions/{letter['tracking_code']}").json()["lamp"] == "unlit"


def test_author_sees_from_which_day_a_notice_has_moved_a_limit(city: City) -> None:
    city.at(morning("2020-01-22"))
    count_by(city, unread(EXTENDED_2020, SPRING_2020))
    letter = city.submit()
    city.at(morning("2020-01-26"))
    give(city, SPRING_2020)
    assert limits(city, letter)["yellow"]["moved_from"] == "2020-02-04"
    assert "因放假安排调整" in follow(city.client, letter["tracking_code"]).text


def test_closed_letter_keeps_the_lamp_and_the_days_it_was_judged_by(city: City) -> None:
    city.at(morning("2020-01-20"))
    count_by(city, unread(EXTENDED_2020, SPRING_2020))
    letter = city.submit()
    city.done(letter["number"], "accept", "clerk", accepted=False, reason="not_ours")
    before = limits(city, letter)
    city.at(morning("2020-01-26"))
    headers = city.as_("process_admin")
    answer = city.client.post("/api/calendars/cn/notices", content=SPRING_2020.encode(), headers=headers)
    assert answer.json()["moves"]["letters"] == 0
    assert city.tell_moves() == 0
    assert limits(city, letter) == before


def test_closed_letter_explains_itself_by_the_version_it_was_judged_by(city: City) -> None:
    city.at(morning("2020-01-20"))
    old = unread(EXTENDED_2020, SPRING_2020)
    count_by(city, old)
    letter = city.submit()
    city.done(letter["number"], "accept", "clerk", accepted=False, reason="not_ours")

    def why() -> dict[str, Any]:
        return dict(city.client.get(f"/api/petitions/{letter['tracking_code']}/clocks/letter").json())

    before = why()
    city.at(morning("2020-01-26"))
    headers = city.as_("process_admin")
    city.client.post("/api/calendars/cn/notices", content=SPRING_2020.encode(), headers=headers)
    after = why()
    assert after == before
    assert (after["version"], after["limits"][0]["due"]) == (old.version, "2020-02-01")
    assert after["limits"][0]["stretches"], "every day of it can still be checked"
    page = follow(city.client, letter["tracking_code"]).text
    assert "为什么是这一天（答复时限）" in page
    assert (
        "依据：五个工作日内答复，超过五日亮黄灯，超过十五日亮红灯（惠民在线办理承诺；民法典第二百零一条）。"
        in page
    )
    assert "2020-02-01 星期六 上班，计入" in page
    assert f"按日历cn（版本{old.version[:12]}）计算。" in page
    english = city.client.get("/follow", headers={"Accept": "text/html", "Accept-Language": "en"}).text
    assert "Rule: Answered within 5 working days; yellow after 5, red after 15" in english
