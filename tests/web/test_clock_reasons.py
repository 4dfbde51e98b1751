"""Whoever may see a clock may ask why its last day is that day."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.web.conftest import City
from wenzheng import contracts
from wenzheng.contracts import Flush, Record


def why(city: City, ref: str, clock: str, account: str | None = None) -> Any:
    headers = city.as_(account) if account else {}
    return city.client.get(f"/api/petitions/{ref}/clocks/{clock}", headers=headers)


def test_the_author_reads_why_the_answer_is_due_on_that_day(city: City) -> None:
    letter = city.submit()
    answer = why(city, letter["tracking_code"], "letter")
    assert answer.status_code == 200
    reasons = answer.json()
    assert (reasons["clock"], reasons["unit"], reasons["day0"]) == ("letter", "working_days", "2026-09-01")
    yellow = reasons["limits"][0]
    assert (yellow["id"], yellow["count"], yellow["plus"], yellow["due"]) == ("yellow", 5, 0, "2026-09-08")
    assert yellow["stretches"][0]["n"] == 5
    assert "自2026-09-01 星期二（当日不计）起第5个工作日是2026-09-08 星期二。" in yellow["words"]["zh"]
    assert yellow["words"]["en"][-1].startswith("Counted by calendar cn, version ")


def test_the_clocks_of_the_house_are_explained_to_the_house_only(city: City) -> None:
    letter = city.submit()
    city.accept_and_assign(letter["number"])
    assert why(city, letter["number"], "unit", "clerk").json()["limits"][0]["count"] == 5
    hidden = why(city, letter["tracking_code"], "unit")
    assert (hidden.status_code, hidden.json()["code"]) == (404, "no-clock")
    assert "letter" in hidden.json()["detail"]


def pause(city: City, instance: str, seq: int) -> None:
    """The letter clock is paused, as a definition with a question to the author does it."""
    with city.app.state.services.store.reader() as reader:
        (clock,) = [one for one in reader.clocks_of([instance])[instance] if one.clock == "letter"]
    data = {
        "clock": "letter",
        "id": "question",
        "from": "2026-09-03",
        "until": "2026-09-10",
        "over": "2026-09-10T16:00:00+00:00",
        "reason": "content-7",
        "thresholds": [{**one, "due": "2026-09-15"} for one in clock.thresholds],
    }
    at = datetime(2026, 9, 3, 2, tzinfo=UTC)
    record = Record("ask-1", 0, seq, contracts.CLOCK_PAUSED, "ask", at, data)
    city.app.state.services.store.apply_flush(Flush(instance, "d" * 64, "c" * 64, [record], "digest"))


def test_a_paused_clock_says_so_to_everybody_who_sees_it_and_why_to_the_house(city: City) -> None:
    letter = city.submit()
    city.accept_and_assign(letter["number"])
    with city.app.state.services.store.reader() as reader:
        row = reader.petition(letter["number"])
        assert row is not None
        instance = reader.instance(row.instance)
        assert instance is not None
    pause(city, row.instance, instance.seq + 1)
    mine = city.client.get(f"/api/petitions/{letter['tracking_code']}").json()
    (clock,) = [one for one in mine["clocks"] if one["clock"] == "letter"]
    assert (clock["standing"], clock["paused_on"], clock["lamp"]) == ("paused", "2026-09-03", "unlit")
    told = why(city, letter["tracking_code"], "letter").json()["history"]
    assert [entry["kind"] for entry in told] == ["clock_paused"]
    assert "reason" not in told[0]
    assert why(city, letter["number"], "letter", "clerk").json()["history"][0]["reason"] == "content-7"
    desk = city.browser("clerk").get(f"/desk/letters/{letter['number']}").text
    assert "暂停（自2026年9月3日起）" in desk
    assert "自2026-09-03起暂停，至迟2026-09-10恢复。" in desk
