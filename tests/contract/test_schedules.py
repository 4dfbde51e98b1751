"""What begins by the calendar: once for each period, whoever is away, rings twice or moves the clocks."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.deployable import INSPECTION
from wenzheng.bootstrap.city import registry_of
from wenzheng.calendar_versions import keep_or_tell
from wenzheng.calendars import Calendar
from wenzheng.calendars.china import china
from wenzheng.calendars.pace import CityClock, Pace
from wenzheng.catalog.bundle import Bundle
from wenzheng.gateways.ports import ProcessUnavailable
from wenzheng.planning import ScheduleRefused
from wenzheng.ringing import GRACE_SECONDS, Keeper
from wenzheng.scheduling import Scheduling
from wenzheng.store import Store
from wenzheng.store.outbox import START_WORKFLOW
from wenzheng.store.schedules import BY_HAND, MADE_UP, PASSED_OVER, RANG
from wenzheng.store.views.schedules import OccasionRow

ID = "inspection/inspection/month_begins"
OCTOBER_FIRST = datetime(2026, 10, 8, 1, tzinfo=UTC)
"""Nine o'clock on the first working day of October, after the National Day holiday."""
NOVEMBER_FIRST = datetime(2026, 11, 2, 1, tzinfo=UTC)
SEPTEMBER = datetime(2026, 9, 7, 2, tzinfo=UTC)
WHY = "国庆后补办"


class Town:
    """A store with a calendar, a definition that begins by it, and clocks that a test sets."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.at = SEPTEMBER
        self.calendar = china()
        store.use_clock(lambda: self.at)
        self.scheduling = self.another()

    def another(self) -> Scheduling:
        """What another process of the same city knows."""
        fetch = registry_of(self.store).fetch_definition
        return Scheduling(
            self.store, fetch, lambda _definition, _process: self.calendar, CityClock(lambda: self.at)
        )

    def deploy(self, text: str = INSPECTION, name: str = "inspection") -> str:
        bundle = Bundle(name, {f"{name}.yaml": text.encode()})
        with self.store.unit_of_work() as unit:
            unit.save_definition(digest=bundle.digest, name=name, files=bundle.files, at=self.at)
        return bundle.digest

    def rang(self, at: datetime) -> list[str]:
        """It is this moment, and Temporal rings."""
        self.at = max(self.at, at)
        return self.scheduling.rang(ID, at)

    def in_force(self, calendar: Calendar) -> None:
        """Another version of the calendar counts from now on."""
        self.calendar = calendar
        with self.store.unit_of_work() as unit:
            unit.save_calendar(digest=calendar.version, id="cn", document=calendar.document(), at=self.at)

    def had(self) -> dict[str, str]:
        """The periods that have had their turn, and why."""
        return {one.period: one.cause for one in self.occasions()}

    def occasions(self) -> list[OccasionRow]:
        with self.store.reader() as reader:
            return sorted(reader.occasions(ID, limit=1000), key=lambda one: one.planned_at)

    def starts(self) -> list[tuple[str, dict[str, Any]]]:
        with self.store.reader() as reader:
            rows = reader.due(now=self.at, kind=START_WORKFLOW, limit=1000)
        return [(row.instance, row.data) for row in rows]


@pytest.fixture
def town(store: Store) -> Town:
    found = Town(store)
    keep_or_tell(store, "cn", SEPTEMBER)
    found.deploy()
    return found


def test_on_the_first_working_day_of_the_month_one_process_begins_for_that_month(town: Town) -> None:
    town.scheduling.plan()
    assert town.rang(OCTOBER_FIRST - timedelta(seconds=1)) == []
    [instance] = town.rang(OCTOBER_FIRST)
    assert instance.startswith("inspection-2026-10-")
    [(started, data)] = town.starts()
    assert started == instance
    assert data["calendar"] == town.calendar.version
    assert data["start"]["process"] == "inspection"
    assert data["start"]["event"]["keys"] == {"at": OCTOBER_FIRST.isoformat()}
    with town.store.reader() as reader:
        row = reader.instance(instance)
        assert row is not None
        assert (row.state, row.definition) == ("pending", reader.current_definition("inspection"))


def test_a_server_that_was_away_begins_the_month_it_missed_later_and_once(town: Town) -> None:
    town.at = OCTOBER_FIRST + timedelta(days=5)
    assert len(town.rang(OCTOBER_FIRST)) == 1
    assert town.rang(OCTOBER_FIRST) == []
    assert town.had() == {"2026-10": RANG}
    [row] = town.occasions()
    assert (row.planned_at, row.at) == (OCTOBER_FIRST, town.at)


def test_two_months_away_are_two_months_to_make_up_for(town: Town) -> None:
    town.at = NOVEMBER_FIRST + timedelta(days=9)
    assert len(town.rang(NOVEMBER_FIRST)) == 2
    assert town.rang(OCTOBER_FIRST) == []
    assert list(town.had()) == ["2026-10", "2026-11"]


def test_many_workers_that_hear_a_ring_begin_one_process(town: Town) -> None:
    town.at = OCTOBER_FIRST
    workers = [town.another() for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        begun = list(threads.map(lambda one: one.rang(ID, OCTOBER_FIRST), workers))
    assert sum(map(len, begun)) == 1
    assert len(town.starts()) == 1


@pytest.mark.parametrize("hours", [-13, -1, 0, 1, 13])
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_a_change_of_time_zone_costs_no_month_and_gives_none_twice(town: Town, zone: str, hours: int) -> None:
    """Nine o'clock comes once more that day, or is over at once; the month is the same."""
    town.at = OCTOBER_FIRST + timedelta(hours=hours)
    town.scheduling.begin_due(ID, town.at, RANG)
    town.in_force(Calendar.from_document(china().document() | {"zone": zone}))
    for day in range(0, 70, 7):
        town.at = OCTOBER_FIRST + timedelta(days=day, hours=hours + 1)
        town.scheduling.begin_due(ID, town.at, RANG)
    assert list(town.had()) == ["2026-10", "2026-11", "2026-12"]


def test_a_month_that_a_new_calendar_moves_begins_on_its_new_day_and_by_the_new_version(town: Town) -> None:
    document = china().document()
    document["days_off"] = document["days_off"] | {"2026-10-08": document["days_off"]["2026-10-07"]}
    town.scheduling.plan()
    town.in_force(Calendar.from_document(document))
    assert town.rang(OCTOBER_FIRST) == []
    assert len(town.rang(OCTOBER_FIRST + timedelta(days=1))) == 1
    assert town.starts()[0][1]["calendar"] == town.calendar.version


def test_a_new_version_with_the_same_time_is_what_begins_next(town: Town) -> None:
    town.scheduling.plan()
    town.at = OCTOBER_FIRST - timedelta(days=1)
    newer = town.deploy(INSPECTION.replace("Inspect}", "Look}"))
    town.rang(OCTOBER_FIRST)
    assert [one.definition for one in town.occasions()] == [newer]


def test_what_came_while_its_version_was_in_force_begins_by_it_also_if_another_came_meanwhile(
    town: Town,
) -> None:
    """The server was down on the first; back on the tenth, an administrator was quicker than the clock."""
    town.scheduling.plan()
    older = town.deploy()
    town.at = OCTOBER_FIRST + timedelta(days=2)
    newer = town.deploy(INSPECTION.replace("month, working_day: 1", "month, working_day: 15"))
    town.rang(OCTOBER_FIRST)
    assert [(one.period, one.definition) for one in town.occasions()] == [("2026-10", older)]
    town.rang(datetime(2026, 11, 30, tzinfo=UTC))
    assert [(one.period, one.definition) for one in town.occasions()][1:] == [("2026-11", newer)]


def test_a_version_without_a_schedule_ends_it_and_one_with_it_begins_from_then_on(town: Town) -> None:
    plain = INSPECTION.replace('    schedule: {every: month, working_day: 1, at: "09:00"}\n', "")
    town.scheduling.plan()
    town.deploy(plain)
    assert town.rang(OCTOBER_FIRST) == []
    assert town.scheduling.standings() == []
    town.at = OCTOBER_FIRST + timedelta(days=3)
    town.deploy()
    assert town.scheduling.begin_due(ID, town.at, RANG) == []
    assert len(town.rang(NOVEMBER_FIRST)) == 1


def test_what_is_found_too_late_is_passed_over_and_written_down_and_may_be_run_by_hand(town: Town) -> None:
    daily = INSPECTION.replace("every: month, working_day: 1", "every: day, working_day: 1")
    town.at = datetime(2026, 9, 13, 16, tzinfo=UTC)
    town.deploy(daily)
    town.scheduling.plan()
    town.at = datetime(2026, 9, 23, 2, tzinfo=UTC)
    assert len(town.scheduling.begin_due(ID, town.at, RANG)) == 6
    assert [period for period, cause in town.had().items() if cause == PASSED_OVER] == [
        *("2026-09-14", "2026-09-15", "2026-09-16"),
    ]
    done = town.scheduling.run(ID, by="process_admin", reason=WHY, period="2026-09-15")
    assert (done.cause, town.had()["2026-09-15"]) == (BY_HAND, BY_HAND)


# --- people -------------------------------------------------------------------------------------


def test_what_comes_during_a_pause_does_not_begin_but_somebody_may_run_it(town: Town) -> None:
    town.scheduling.pause(ID, by="operator", reason="搬家")
    town.rang(OCTOBER_FIRST)
    town.at = OCTOBER_FIRST + timedelta(days=3)
    standing = town.scheduling.resume(ID, by="operator", reason="搬完了")
    assert town.scheduling.begin_due(ID, town.at, RANG) == []
    assert [one.period for one in standing.next][:2] == ["2026-11", "2026-12"]
    assert standing.at_hand == "2026-10"
    done = town.scheduling.run(ID, by="process_admin", reason=WHY)
    assert (done.period, done.cause) == ("2026-10", BY_HAND)
    acts = town.scheduling.standing(ID).acts
    assert [(one.kind, one.by, one.reason, one.period) for one in acts] == [
        ("run", "process_admin", WHY, "2026-10"),
        ("resume", "operator", "搬完了", None),
        ("pause", "operator", "搬家", None),
    ]


def test_who_pauses_stops_nothing_that_was_due_before(town: Town) -> None:
    town.scheduling.plan()
    town.at = OCTOBER_FIRST + timedelta(hours=1)
    town.scheduling.pause(ID, by="operator", reason=WHY)
    assert town.had() == {"2026-10": MADE_UP}


def test_a_period_that_somebody_did_not_wait_for_does_not_begin_again_when_it_comes(town: Town) -> None:
    town.scheduling.plan()
    town.at = OCTOBER_FIRST - timedelta(days=4)
    town.scheduling.run(ID, by="process_admin", reason=WHY)
    assert town.rang(OCTOBER_FIRST) == []
    assert [one.period for one in town.scheduling.standing(ID).next][:1] == ["2026-11"]
    with pytest.raises(ScheduleRefused, match="2026-10") as refused:
        town.scheduling.run(ID, by="process_admin", reason=WHY)
    assert refused.value.code == "schedule.begun"


@pytest.mark.parametrize(
    ("schedule", "reason", "period", "code"),
    [
        ("inspection/inspection/nothing", WHY, None, "schedule.unknown"),
        (ID, " ", None, "schedule.reason"),
        (ID, "长" * 2001, None, "schedule.reason"),
        (ID, WHY, "2026-W40", "schedule.period"),
        (ID, WHY, "1999-01", "schedule.period"),
    ],
)
def test_what_cannot_be_run_changes_nothing(
    town: Town, schedule: str, reason: str, period: str | None, code: str
) -> None:
    with pytest.raises(ScheduleRefused) as refused:
        town.scheduling.run(schedule, by="process_admin", reason=reason, period=period)
    assert (refused.value.code, town.had()) == (code, {})


def test_who_resumes_what_is_not_paused_is_told(town: Town) -> None:
    with pytest.raises(ScheduleRefused) as refused:
        town.scheduling.resume(ID, by="operator", reason=WHY)
    assert refused.value.code == "schedule.not-paused"


# --- the keeper ---------------------------------------------------------------------------------


@dataclass
class Bells:
    """Temporal as far as the keeper knows it."""

    away: bool = False
    told: dict[str, tuple[list[datetime], bool]] = field(default_factory=dict)
    tells: int = 0

    async def tell(self, schedule: str, moments: Sequence[datetime], *, paused: bool) -> None:
        if self.away:
            raise ProcessUnavailable("Expected Temporal, found none.")
        self.tells += 1
        self.told[schedule] = (list(moments), paused)

    async def forget(self, schedule: str) -> None:
        self.told.pop(schedule, None)


def kept(town: Town) -> tuple[Keeper, Bells, list[float]]:
    bells, seconds = Bells(), [0.0]
    return Keeper(town.scheduling, bells, lambda: seconds[0]), bells, seconds


async def test_temporal_is_told_the_moments_once_and_anew_when_the_calendar_moves_them(town: Town) -> None:
    keeper, bells, _ = kept(town)
    for _ in range(3):
        await keeper.sweep()
    moments, paused = bells.told[ID]
    assert (moments[:2], paused, bells.tells) == ([OCTOBER_FIRST, NOVEMBER_FIRST], False, 1)
    town.in_force(Calendar.from_document(china().document() | {"zone": "Asia/Tokyo"}))
    await keeper.sweep()
    assert bells.told[ID][0][0] == OCTOBER_FIRST - timedelta(hours=1)
    town.scheduling.pause(ID, by="operator", reason=WHY)
    await keeper.sweep()
    assert bells.told[ID][1]
    town.deploy(INSPECTION.replace("schedule:", "message: begin #"))
    await keeper.sweep()
    assert bells.told == {}


async def test_more_moments_are_told_before_they_run_out(town: Town) -> None:
    keeper, bells, _ = kept(town)
    await keeper.sweep()
    last = bells.told[ID][0][-1]
    for month in range(1, 14):
        town.at = SEPTEMBER + timedelta(days=30 * month)
        await keeper.sweep()
    assert bells.told[ID][0][-1] > last
    assert bells.tells <= 4


async def test_what_nobody_rang_for_begins_after_a_while_and_what_somebody_did_only_once(town: Town) -> None:
    keeper, _, seconds = kept(town)
    await keeper.sweep()
    town.at = OCTOBER_FIRST + timedelta(seconds=1)
    await keeper.sweep()
    assert town.had() == {}  # it is Temporal's to ring
    seconds[0] += GRACE_SECONDS + 1
    await keeper.sweep()
    assert town.had() == {"2026-10": MADE_UP}
    assert town.rang(OCTOBER_FIRST) == []


async def test_before_temporal_is_told_something_else_what_is_due_begins(town: Town) -> None:
    """Temporal leaves out what was due when a schedule is changed just then."""
    keeper, _, _ = kept(town)
    await keeper.sweep()
    town.at = OCTOBER_FIRST + timedelta(days=1)
    town.in_force(Calendar.from_document(china().document() | {"zone": "Asia/Tokyo"}))
    await keeper.sweep()
    assert town.had() == {"2026-10": MADE_UP}


async def test_a_server_that_is_away_is_told_when_it_is_back_and_people_see_that_it_is_not(
    town: Town,
) -> None:
    keeper, bells, _ = kept(town)
    bells.away = True
    await keeper.sweep()
    assert "error" in (town.scheduling.standing(ID).row.told or {})
    bells.away = False
    await keeper.sweep()
    assert town.scheduling.standing(ID).row.told == {"moments": 12, "paused": False}


async def test_in_a_practice_city_schedules_follow_its_clock_also_after_a_standstill(town: Town) -> None:
    """A working day lasts five seconds: the first of the month comes within two minutes."""
    calendar, fetch = china(), registry_of(town.store).fetch_definition
    pace = Pace(calendar, 5_000_000, SEPTEMBER, SEPTEMBER)
    later = pace.resumed(SEPTEMBER + timedelta(days=9), SEPTEMBER + timedelta(days=3))
    for resumed in (pace, later):
        clock = CityClock(lambda: town.at, resumed)
        scheduling = Scheduling(town.store, fetch, lambda _definition, _process: calendar, clock)
        bells = Bells()
        town.at = resumed.epoch_real
        await Keeper(scheduling, bells).sweep()
        first = bells.told[ID][0][0]
        assert timedelta(0) < first - resumed.epoch_real < timedelta(minutes=2)
        assert resumed.shown(first) >= OCTOBER_FIRST
        if resumed is later:
            town.at = first
            assert [one[:18] for one in scheduling.rang(ID, first)] == ["inspection-2026-10"]
