"""A notice comes while letters are open, on the time-skipping server: alarms ring on the new day only."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio import workflow
from temporalio.testing import WorkflowEnvironment

from activities.services import contracts
from tests.support.house import House, Letter, house, petition_bundle, skipping_server
from tests.support.notices import EXTENDED_2020, LABOUR_DAY_2019, NEW_YEAR_2006, before_notice
from tests.support.shifted import shifted, shifted_calendar
from wenzheng.bootstrap.city import PETITION
from wenzheng.calendars import Calendar
from wenzheng.calendars.china import china
from wenzheng.catalog.compiling import compile_bundle
from wenzheng.contracts import (
    CALENDAR_CHANGED,
    CALENDAR_SIGNAL,
    THRESHOLD_PASSED,
    CalendarNews,
    CalendarRef,
    Revision,
    StartProcess,
)
from workflows.process import ProcessWorkflow

MORNING = timedelta(hours=2)
"""10:00 in the city, in UTC."""


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + MORNING


async def sleep_until(server: WorkflowEnvironment, moment: datetime) -> None:
    await server.sleep(max(moment - await server.get_current_time(), timedelta(0)))


def keep(home: House, calendar: Calendar) -> None:
    """The store has the calendar, so that a worker can load it."""
    before = home.calendar
    home.use_calendar(calendar)
    home.calendar = before


async def tell(letter: Letter, calendar: Calendar, number: int = 1, **news: Any) -> None:
    """As the fan-out would."""
    keep(letter.house, calendar)
    said = CalendarNews(number, await letter.house.time(), **news)
    await letter.handle.signal(CALENDAR_SIGNAL, args=[CalendarRef(calendar.version), said])


async def until_counted_by(letter: Letter, calendar: Calendar) -> None:
    for _ in range(3000):
        if (await letter.snapshot()).calendar == calendar.version:
            return await letter.until_flushed()
    raise AssertionError("expected the letter to be counted by the new version, found it is not")


def passed(letter: Letter) -> list[tuple[str, str]]:
    """(threshold, due) of the letter's own clock that have been passed."""
    with letter.house.store.reader() as reader:
        return [
            (record.data["threshold"], record.data["due"])
            for record in reader.timeline(letter.id)
            if record.kind == THRESHOLD_PASSED and record.data["clock"] == "letter"
        ]


def dues(letter: Letter) -> dict[str, str]:
    with letter.house.store.reader() as reader:
        clock = next(one for one in reader.clocks(letter.id) if one.clock == "letter" and one.current)
        return {limit["id"]: limit["due"] for limit in clock.thresholds if limit["id"] in {"yellow", "red"}}


@pytest.mark.parametrize(
    ("change", "weeks", "received", "days"),
    [
        (EXTENDED_2020, 400, "2020-01-22", ("2020-02-04", "2020-02-06", "2020-02-20")),
        (EXTENDED_2020, 400, "2020-01-20", ("2020-02-01", "2020-02-04", "2020-02-18")),
        (LABOUR_DAY_2019, 440, "2019-04-24", ("2019-05-02", "2019-04-30", "2019-05-16")),
        (LABOUR_DAY_2019, 440, "2019-04-29", ("2019-05-07", "2019-05-08", "2019-05-22")),
        (NEW_YEAR_2006, 1140, "2005-12-14", ("2005-12-21", "2005-12-21", "2006-01-05")),
    ],
)
async def test_department_is_late_from_the_new_day_on_and_not_from_the_old(
    change: dict[str, list[str]],
    weeks: int,
    received: str,
    days: tuple[str, str, str],
    tmp_path: Path,
) -> None:
    old, new = (shifted_calendar(one, weeks) for one in (before_notice(**change), china()))
    day0 = shifted(received, weeks)
    yellow_old, yellow, red = (shifted(day, weeks) for day in days)
    async with skipping_server() as server, house(tmp_path, server) as home:
        home.use_calendar(old)
        with server.auto_time_skipping_disabled():
            await sleep_until(server, at(day0))
            letter = await home.submit(day0)
            await letter.accept_and_assign()
            await letter.until_flushed()
            assert dues(letter)["yellow"] == yellow_old.isoformat()
            await tell(letter, new, keep_later=False)
            await until_counted_by(letter, new)
            assert dues(letter) == {"yellow": yellow.isoformat(), "red": red.isoformat()}
            for day, limit in ((yellow, "yellow"), (red, "red")):
                late = new.end_of(day)
                await sleep_until(server, late - timedelta(seconds=1))
                await letter.until_flushed()
                assert limit not in dict(passed(letter))
                await sleep_until(server, late)
                await letter.until_flushed()
                assert passed(letter)[-1] == (limit, day.isoformat())


async def test_notice_that_takes_days_away_leaves_the_department_its_day_and_says_both(
    tmp_path: Path,
) -> None:
    old, new = (shifted_calendar(one, 440) for one in (before_notice(**LABOUR_DAY_2019), china()))
    async with skipping_server() as server, house(tmp_path, server) as home:
        home.use_calendar(old)
        with server.auto_time_skipping_disabled():
            day0 = shifted("2019-04-24", 440)
            await sleep_until(server, at(day0))
            letter = await home.submit(day0)
            await letter.accept_and_assign()
            await tell(letter, new, notice="国办发明电〔2019〕3号")
            await until_counted_by(letter, new)
            with home.store.reader() as reader:
                clock = next(one for one in reader.clocks(letter.id) if one.clock == "letter")
                records = reader.timeline(letter.id)
            yellow = next(limit for limit in clock.thresholds if limit["id"] == "yellow")
            assert (yellow["due"], yellow["counted"]) == tuple(
                shifted(day, 440).isoformat() for day in ("2019-05-02", "2019-04-30")
            )
            moved = [
                one.data for one in records if one.kind == "clock_moved" and one.data["clock"] == "letter"
            ]
            assert [one["notice"] for one in moved] == ["国办发明电〔2019〕3号"]
            await sleep_until(server, new.end_of(shifted("2019-05-01", 440)))
            await letter.until_flushed()
            assert passed(letter) == []


async def test_letter_hears_of_a_version_once_and_not_of_an_older_one_that_comes_late(tmp_path: Path) -> None:
    old, new = (shifted_calendar(one) for one in (before_notice(**EXTENDED_2020), china()))
    async with skipping_server() as server, house(tmp_path, server) as home:
        home.use_calendar(old)
        with server.auto_time_skipping_disabled():
            letter = await home.submit(shifted("2020-01-22"))
            await letter.until_open("accept")
            await tell(letter, new, number=2)
            await until_counted_by(letter, new)
            heard = (await letter.snapshot()).seq
            await tell(letter, new, number=2)
            await tell(letter, old, number=1)
            await letter.act("accept", "clerk", accepted=True)
            await letter.until_flushed()
            assert (await letter.snapshot()).calendar == new.version
            with home.store.reader() as reader:
                acts = [one.act_id for one in reader.timeline(letter.id) if one.kind == "calendar_changed"]
            assert acts == [f"calendar-2-{new.version[:12]}"]
            assert (await letter.snapshot()).seq > heard


async def test_letter_remembers_the_version_through_a_new_history(tmp_path: Path) -> None:
    old, new = (shifted_calendar(one) for one in (before_notice(**EXTENDED_2020), china()))
    async with skipping_server() as server, house(tmp_path, server) as home:
        home.use_calendar(old)
        with server.auto_time_skipping_disabled():
            letter = await home.submit(shifted("2020-01-22"), history_limit=15)
            await letter.until_open("accept")
            first = (await letter.handle.describe()).run_id
            await tell(letter, new, number=2)
            await until_counted_by(letter, new)
            await letter.act("accept", "clerk", accepted=True)
            await letter.act("assign", "clerk", department="housing")
            await letter.until_open("sign")
            assert (await letter.handle.describe()).run_id != first
            await tell(letter, old, number=1)
            await letter.act("sign", "department")
            await letter.until_flushed()
            assert (await letter.snapshot()).calendar == new.version
            assert dues(letter)["yellow"] == shifted("2020-02-06").isoformat()


@pytest.mark.parametrize(
    ("in_force", "passed_by"), [("2020-01-27", None), ("2020-02-05", "2020-02-04")], ids=["before", "after"]
)
def test_what_has_fallen_due_is_decided_by_when_the_version_came_into_force_not_by_when_it_was_heard(
    in_force: str, passed_by: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # News and alarm meet in one task of a worker that was away: the test server's time stands meanwhile, so
    # the workflow's code is called here by itself.
    clock = [at(date(2020, 1, 22))]
    monkeypatch.setattr(workflow, "now", lambda: clock[0])
    monkeypatch.setattr(workflow, "patched", lambda _name: True)
    bundle = petition_bundle()
    definition = compile_bundle(bundle.digest, bundle.files, contracts())
    start = StartProcess(
        PETITION, {"petition_id": "p", "received_on": "2020-01-22"}, revision=Revision.IN_TURN
    )
    letter = ProcessWorkflow(definition, before_notice(**EXTENDED_2020), start)
    clock[0] = at(date(2020, 2, 5))
    news = CalendarNews(2, datetime.fromisoformat(in_force).replace(tzinfo=UTC) + MORNING)
    letter.change_calendar(china(), news)
    letter.change_calendar(china(), news)
    records = letter._journal.pending
    passed_then = {
        one.data["due"]: one.act_id
        for one in records
        if one.kind == THRESHOLD_PASSED and (one.data["clock"], one.data["threshold"]) == ("letter", "yellow")
    }
    assert list(passed_then) == [day for day in [passed_by] if day]
    assert [one.act_id for one in records if one.kind == CALENDAR_CHANGED] == [news.act_id(china().version)]
