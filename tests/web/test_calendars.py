"""The process administrator gives a notice over the API, and letters are counted by it from then on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.support.citizen import WORD
from tests.web.conftest import City
from wenzheng.calendar_versions import take_notice

NOTICE = """\
number: 国办发明电〔2026〕8号
published: 2026-08-31
title: 关于2026年9月调休的通知
days_off:
  - {name: 纪念日, from: 2026-09-03, to: 2026-09-05}
days_worked: [2026-09-06]
"""


def give(city: City, text: str | bytes, account: str = "process_admin", query: str = "") -> Any:
    return city.client.post(f"/api/calendars/cn/notices{query}", content=text, headers=city.as_(account))


def due(letter: dict[str, Any], city: City) -> str:
    found = city.client.get(f"/api/petitions/{letter['tracking_code']}").json()
    (clock,) = [clock for clock in found["clocks"] if clock["clock"] == "letter"]
    return str(clock["limits"][0]["due"])


def test_letters_filed_before_and_after_a_notice_are_counted_by_it(city: City) -> None:
    before, elsewhere = city.submit(), city.submit(title="第三封")
    city.done(elsewhere["number"], "accept", "clerk", accepted=False, reason="not_ours")
    trial = give(city, NOTICE, query="?dry_run=true").json()["moves"]
    assert (trial["letters"], trial["moving"]) == (1, 1)
    assert trial["days"] == [{"days": 1, "limits": 2}]
    answer = give(city, NOTICE)
    assert answer.status_code == 200, answer.text
    after = city.submit(title="第二封")
    # Received on Tuesday 1 September: 3 and 4 are off now, Sunday 6 is worked.
    assert (due(before, city), due(after, city)) == ("2026-09-08", "2026-09-09")
    assert moves(city) == {"number": 2, "all": 1, "waiting": 1, "told": 0, "moved": 0}
    assert city.tell_moves() == 1
    assert (due(before, city), due(after, city)) == ("2026-09-09", "2026-09-09")
    assert moves(city) == {"number": 2, "all": 1, "waiting": 0, "told": 0, "moved": 1}
    told = answer.json()
    assert [day["day"] for day in told["changes"]["days"]] == ["2026-09-03", "2026-09-04", "2026-09-06"]
    assert city.client.get("/api/calendars/cn").json()["version"] == told["version"]
    items = city.client.get("/api/calendars/cn/versions", headers=city.as_("clerk")).json()["items"]
    assert [(item["kind"], item["by"]) for item in items] == [("notice", "process_admin"), ("shipped", None)]
    assert items[0]["notice"]["number"] == "国办发明电〔2026〕8号"


def moves(city: City) -> dict[str, int]:
    (found,) = city.client.get("/api/calendars/cn/moves", headers=city.as_("process_admin")).json()["items"]
    return {name: found[name] for name in ("number", "all", "waiting", "told", "moved")}


def test_trying_a_notice_changes_nothing(city: City) -> None:
    version = city.client.get("/api/calendars/cn").json()["version"]
    answer = give(city, NOTICE, query="?dry_run=true")
    assert (answer.status_code, answer.json()["dry_run"]) == (200, True)
    assert len(answer.json()["changes"]["days"]) == 3
    assert city.client.get("/api/calendars/cn").json()["version"] == version


def test_a_notice_with_faults_is_refused_with_their_lines(city: City) -> None:
    answer = give(city, NOTICE.replace("2026-09-06", "2026-09-07") + "y: 1\n")
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["code"] == "notice-refused"
    assert [fault["pointer"] for fault in problem["errors"]] == ["line 7, column 1"]
    answer = give(city, NOTICE.replace("2026-09-06", "2026-09-07"))
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["line 6, column 15"]
    assert "notice.worked_weekday" in answer.json()["errors"][0]["hint"]


@pytest.mark.parametrize(
    ("body", "status"), [(b"\xff\xfe", 422), (b"", 422), (b"x" * 500_000, 413), (b"[" * 9000, 422)]
)
def test_a_body_that_is_no_notice_is_refused(city: City, body: bytes, status: int) -> None:
    assert give(city, body).status_code == status


@pytest.mark.parametrize("account", ["clerk", "operator", "supervisor_supervision_party", "leader"])
def test_nobody_but_the_process_administrator_moves_days(city: City, account: str) -> None:
    assert give(city, NOTICE, account).status_code == 403


def test_anybody_may_ask_how_far_the_calendar_is_decreed(city: City) -> None:
    found = city.client.get("/api/calendars/cn").json()
    assert (found["decreed_through"], found["provisional_from"]) == ("2026-12-31", "2027-01-01")
    assert city.client.get("/api/calendars/fr").status_code == 404
    assert city.client.get("/api/calendars/%00").status_code == 422
    assert city.client.get("/api/calendars/cn/versions").status_code == 401


def test_the_same_notice_again_is_known(city: City) -> None:
    give(city, NOTICE)
    again = give(city, NOTICE)
    assert (again.status_code, again.json()["known"]) == (200, True)
    assert len(city.client.get("/api/calendars/cn/versions", headers=city.as_("clerk")).json()["items"]) == 2


# Received (day 0), the last day before yellow (+5) and before red (+15): from the notices.
VECTORS = [
    ("2005-12-30", "2006-01-09", "2006-01-23"),  # Saturday 31 December works
    ("2013-01-04", "2013-01-09", "2013-01-23"),  # Saturday 5 and Sunday 6 work
    ("2024-02-08", "2024-02-21", "2024-03-06"),  # 9 February was a working day
    ("2025-09-26", "2025-10-10", "2025-10-23"),  # eight days off
    ("2025-12-31", "2026-01-08", "2026-01-22"),  # year edge, Sunday 4 January works
    ("2026-02-13", "2026-02-27", "2026-03-12"),  # Saturday works, then nine days off
    ("2026-02-15", "2026-02-28", "2026-03-13"),  # due on a Saturday
    ("2026-04-30", "2026-05-11", "2026-05-25"),  # Saturday 9 May works
    ("2026-07-01", "2026-07-08", "2026-07-22"),  # plain
    ("2026-09-18", "2026-09-24", "2026-10-15"),  # make-up Sunday 20 September
    ("2026-09-20", "2026-09-28", "2026-10-16"),  # received on a make-up day
    ("2026-09-30", "2026-10-13", "2026-10-27"),  # eve of National Day
    ("2026-10-03", "2026-10-13", "2026-10-27"),  # inside the holiday
    ("2026-10-09", "2026-10-15", "2026-10-29"),  # make-up Saturday next
]


def test_a_letter_of_each_awkward_day_is_due_when_the_decrees_say(city: City) -> None:
    for received, five, fifteen in VECTORS:
        for hour in (0, 15):  # 08:00 and 23:00 in Shanghai: the hour of receipt changes nothing
            city.at(datetime.fromisoformat(f"{received}T{hour:02}:00+00:00"))
            letter = city.submit()
            found = city.client.get(f"/api/petitions/{letter['tracking_code']}").json()
            (clock,) = [clock for clock in found["clocks"] if clock["clock"] == "letter"]
            assert [limit["due"] for limit in clock["limits"]] == [five, fifteen], received
            assert not any(limit["provisional"] for limit in clock["limits"])


def test_a_notice_between_a_letters_counting_and_its_keeping_counts(city: City) -> None:
    seen = city.services.in_force
    look, stale = seen._version, seen.calendar.version
    take_notice(city.services.store, "cn", NOTICE, by=None, now=city.clock[0])
    answers = iter([stale])
    seen._version = lambda: next(answers, None) or look()
    letter = city.submit()
    assert next(answers, None) is None, "the letter was counted by the old version first"
    assert due(letter, city) == "2026-09-09"


def test_who_writes_while_the_calendar_never_rests_is_asked_to_try_again(city: City) -> None:
    stale = city.services.in_force.calendar.version
    take_notice(city.services.store, "cn", NOTICE, by=None, now=city.clock[0])
    city.services.in_force._version = lambda: stale
    body = {"title": "路灯", "text": "路灯坏了三个星期。", "kind": "help", "passphrase": WORD}
    answer = city.client.post("/api/petitions", json=body)
    assert (answer.status_code, answer.json()["code"]) == (503, "calendar-changes")
