"""A version comes into force: whose days it changes is told, nobody else; kills cost nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.store_samples import letter
from wenzheng import contracts
from wenzheng.calendar_versions import keep_or_tell, take_notice
from wenzheng.calendars import Calendar
from wenzheng.calendars.changes import changes
from wenzheng.calendars.china import china
from wenzheng.contracts import ActResult, CalendarNews, CompleteTask, Flush, Record, petition_instance_id
from wenzheng.gateways.ports import ProcessUnavailable
from wenzheng.store import Store
from wenzheng.store.calendar_moves import touches
from wenzheng.telling import CLAIM, CalendarTeller, Processes, UpToDate

NOW = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
NOTICE = """\
number: 国办发明电〔2026〕8号
published: 2026-08-31
title: 关于2026年9月调休的通知
days_off:
  - {name: 纪念日, from: 2026-09-09, to: 2026-09-10}
"""
SECOND = """\
number: 国办发明电〔2026〕9号
published: 2026-08-31
title: 关于2026年9月调休的又一通知
amends: 国办发明电〔2026〕8号
days_worked: [2026-09-09]
"""
TOUCHED = [["2026-09-07", "2026-09-14"]]
ELSEWHERE = [["2026-08-20", "2026-08-27"], ["2026-09-11", "2026-09-18"]]


@dataclass
class Told:
    """Instances, as far as they can be told something; `away` answer nobody."""

    store: Store
    away: set[str] = field(default_factory=set)
    heard: list[tuple[str, int, str]] = field(default_factory=list)

    async def change_calendar(self, instance: str, calendar: str, news: CalendarNews) -> None:
        if instance in self.away:
            raise ProcessUnavailable("nobody there")
        self.heard.append((instance, news.number, calendar))


class City:
    """A store with the calendar, and letters of which nothing but their days is known."""

    def __init__(self, store: Store) -> None:
        self.store, self.now = store, NOW
        store.use_clock(lambda: self.now)
        self.told = Told(store)
        keep_or_tell(store, "cn", NOW - timedelta(days=30))
        self.seqs: dict[str, int] = {}

    def submit(self, name: str) -> str:
        with self.store.unit_of_work() as unit:
            unit.submit_petition(**letter(name, calendar=china().version, expected_clocks=[clock()]))
        return petition_instance_id(name)

    def flush(
        self,
        instance: str,
        windows: Sequence[Sequence[str]] | None,
        version: str = "",
        kind: str = contracts.INSTANCE_STARTED,
        number: int = 0,
    ) -> None:
        """The instance writes something, and on which days it rests."""
        seq = self.seqs[instance] = self.seqs.get(instance, 0) + 1
        act_id = CalendarNews(number, self.now).act_id(version) if number else f"act-{seq}"
        record = Record(act_id, 0, seq, kind, "petition", self.now, {"process": "petition"})
        self.store.apply_flush(
            Flush(
                instance=instance,
                definition="d" * 64,
                calendar=version or china().version,
                records=[record],
                digest=f"digest-{seq}",
                windows=None if windows is None else [list(one) for one in windows],
            )
        )

    def running(self, name: str, windows: Sequence[Sequence[str]] | None) -> str:
        instance = self.submit(name)
        self.flush(instance, windows)
        return instance

    def take(self, text: str = NOTICE) -> Calendar:
        return take_notice(self.store, "cn", text, by=None, now=self.now).calendar

    def sweep(self, seconds: float = 0) -> int:
        self.now += timedelta(seconds=seconds)
        return asyncio.run(CalendarTeller(self.store, self.told, lambda: self.now).sweep())

    def progress(self) -> dict[str, int]:
        """Of the last version, what is not zero."""
        with self.store.reader() as reader:
            found = reader.move_progress("cn")[0]
        names = ("waiting", "told", "moved", "ended", "superseded", "failing")
        return {name: getattr(found, name) for name in names if getattr(found, name)}

    def heard(self) -> list[str]:
        return sorted({instance for instance, _, _ in self.told.heard})


def clock() -> dict[str, object]:
    late = china().late_from(date(2026, 9, 7), 5)
    limit = {
        "id": "yellow",
        "after": 5,
        "due": "2026-09-14",
        "from": late.isoformat(),
        "lamp": "yellow",
        "notify": [],
        "provisional": False,
    }
    return {
        "clock": "letter",
        "name": "答复时限",
        "day0": "2026-09-07",
        "calendar": china().version,
        "thresholds": [limit],
    }


@pytest.fixture
def town(city: Store) -> City:
    return City(city)


def test_only_letters_whose_days_change_are_told_and_are_done_when_they_count_by_it(town: City) -> None:
    touched, other = town.running("p1", TOUCHED), town.running("p2", ELSEWHERE)
    new = town.take()
    assert town.progress() == {"waiting": 1}
    assert town.sweep() == 1
    assert town.told.heard == [(touched, 2, new.version)]
    assert town.progress() == {"told": 1}
    town.flush(other, ELSEWHERE, kind=contracts.INSTANCE_MOVED)
    town.flush(touched, TOUCHED, new.version, kind=contracts.CALENDAR_CHANGED, number=2)
    assert town.progress() == {"moved": 1}
    assert town.sweep(3600) == 0
    assert town.heard() == [touched]


def test_letter_of_which_nobody_knows_the_days_is_told(town: City) -> None:
    unknown = town.running("p1", None)
    town.take()
    town.sweep()
    assert town.heard() == [unknown]


def test_letter_that_cannot_be_told_is_told_later_and_keeps_no_other_waiting(town: City) -> None:
    away, there = town.running("p1", TOUCHED), town.running("p2", TOUCHED)
    town.told.away = {away}
    town.take()
    assert town.sweep() == 1
    assert town.progress() == {"waiting": 1, "told": 1, "failing": 1}
    assert town.sweep() == 0
    town.told.away = set()
    assert town.sweep(60) == 1
    assert town.heard() == sorted([away, there])


def test_who_was_claimed_by_a_web_that_was_killed_is_told_by_the_next(town: City) -> None:
    instance = town.running("p1", TOUCHED)
    town.take()
    with town.store.unit_of_work() as unit:
        (claimed,) = unit.claim_moves(town.now, town.now + CLAIM, 10)
    assert claimed.instance == instance
    assert town.sweep() == 0
    assert town.sweep(CLAIM.total_seconds()) == 1
    assert town.heard() == [instance]


def test_letter_that_ends_meanwhile_is_told_nothing(town: City) -> None:
    early, late = town.running("p1", TOUCHED), town.running("p2", TOUCHED)
    town.take()
    town.flush(early, [], kind=contracts.INSTANCE_ENDED)
    town.sweep()
    town.flush(late, [], kind=contracts.INSTANCE_ENDED)
    assert town.heard() == [late]
    assert town.progress() == {"ended": 2}


def test_letter_that_has_not_started_starts_by_the_version_and_its_board_shows_it(town: City) -> None:
    instance = town.submit("p1")
    new = town.take()
    with town.store.reader() as reader:
        (start,) = reader.outbox(instance=instance)
        (shown,) = reader.clocks("p1")
    assert start.data["calendar"] == new.version
    assert [limit["due"] for limit in shown.thresholds] == ["2026-09-16"]
    assert shown.yellow_from == new.late_from(date(2026, 9, 7), 5)
    assert town.sweep() == 0
    town.flush(instance, TOUCHED, new.version)
    assert town.sweep() == 0
    assert (town.heard(), town.progress()) == ([], {"moved": 1})


def test_letter_whose_start_was_on_its_way_by_the_old_version_is_told_once_it_runs(town: City) -> None:
    instance = town.submit("p1")
    town.take()
    town.flush(instance, TOUCHED)
    assert town.sweep() == 1
    assert town.heard() == [instance]


def test_letter_that_comes_to_count_other_days_hears_of_the_version_then(town: City) -> None:
    instance = town.running("p1", ELSEWHERE)
    town.take()
    assert town.sweep() == 0
    town.flush(instance, [*ELSEWHERE, *TOUCHED], kind=contracts.INSTANCE_MOVED)
    assert town.sweep() == 1
    assert town.heard() == [instance]


def test_what_begins_after_a_version_came_into_force_keeps_no_later_day_by_it(town: City) -> None:
    touched, begins = town.running("p1", TOUCHED), town.running("p2", ELSEWHERE)
    town.take()
    town.now += timedelta(seconds=5)

    def keeps(instance: str) -> bool:
        with town.store.reader() as reader:
            news = reader.news_for(instance)
        assert news is not None
        return news.keep_later

    assert (keeps(touched), keeps(begins)) == (True, False)
    town.flush(begins, [*ELSEWHERE, *TOUCHED], kind=contracts.INSTANCE_MOVED)  # a timer has begun a clock
    assert (keeps(touched), keeps(begins)) == (True, False)
    with town.store.unit_of_work() as unit:
        moves = unit.claim_moves(town.now, town.now + timedelta(minutes=1), 10)
    assert {move.instance: move.keep_later for move in moves} == {touched: True, begins: False}


def test_newer_version_takes_the_place_of_one_that_nobody_was_told_yet(town: City) -> None:
    instance = town.running("p1", TOUCHED)
    town.take()
    newer = town.take(SECOND)
    town.sweep()
    assert town.told.heard == [(instance, 3, newer.version)]
    with town.store.reader() as reader:
        assert [one.superseded for one in reader.move_progress("cn")] == [0, 1]


def test_letter_that_may_have_heard_of_a_version_hears_of_the_next_even_if_that_takes_it_back(
    town: City,
) -> None:
    instance = town.running("p1", TOUCHED)
    new = town.take()
    town.sweep()
    with town.store.unit_of_work() as unit:  # back to the version that the store thinks it counts by
        number = unit.save_calendar(digest=china().version, id="cn", document=china().document(), at=town.now)
        unit.plan_moves(china(), number, town.now)
    assert town.sweep() == 1
    assert town.told.heard == [(instance, 2, new.version), (instance, 3, china().version)]
    town.flush(instance, TOUCHED, new.version, kind=contracts.CALENDAR_CHANGED, number=2)
    town.flush(instance, TOUCHED, china().version, kind=contracts.CALENDAR_CHANGED, number=3)
    with town.store.reader() as reader:
        assert [one.moved for one in reader.move_progress("cn")] == [1, 1]


@dataclass
class Acting(Told):
    """Instances that are told and act, in this order."""

    async def complete_task(self, instance: str, act: CompleteTask) -> ActResult:
        self.heard.append((instance, 0, act.element))
        return ActResult(act.act_id, 1, act.actor, NOW)


def test_letter_that_a_version_did_not_touch_hears_of_it_before_the_next_act_and_once(town: City) -> None:
    instance = town.running("p1", ELSEWHERE)
    acting = Acting(town.store)
    processes = UpToDate(town.store, cast("Processes", acting))
    act = CompleteTask("a1", "accept", "clerk", "clerk")
    asyncio.run(processes.complete_task(instance, act))
    new = town.take()
    asyncio.run(processes.complete_task(instance, act))
    assert acting.heard == [(instance, 0, "accept"), (instance, 2, new.version), (instance, 0, "accept")]
    town.flush(instance, ELSEWHERE, new.version, kind=contracts.CALENDAR_CHANGED, number=2)
    asyncio.run(processes.complete_task(instance, act))
    assert acting.heard[3:] == [(instance, 0, "accept")]


DAY = date(2026, 9, 1)
DAYS = st.integers(0, 120).map(lambda n: DAY + timedelta(days=n))


@given(first=DAYS, length=st.integers(0, 40), off=st.lists(DAYS, min_size=1, max_size=4, unique=True))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_version_that_changes_no_day_of_a_window_is_no_news(
    first: date, length: int, off: list[date]
) -> None:
    old = china()
    document = old.document()
    for day in off:
        document["days_worked"].pop(day.isoformat(), None)
        document["days_off"][day.isoformat()] = {"name_zh": "休", "name_en": "off", "notice": "2026"}
    new = Calendar.from_document(document)
    last = first + timedelta(days=length)
    changed = any(old.is_working(day) for day in off if first <= day <= last)
    assert touches(changes(old, new), [[first.isoformat(), last.isoformat()]]) == changed
