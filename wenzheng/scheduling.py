"""Begins processes by the calendar: which schedules there are, what is due by them, what people decide.

One rule decides what begins, `begin_due`, whoever asks: a Temporal Schedule that rings, the keeper that looks
for what nobody heard, a person who pauses. It asks the calendar and the definitions in force at that moment,
and a period that has had its turn is never begun again (docs/decisions/0036). Wired by bootstrap.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from wenzheng.calendars import Calendar
from wenzheng.calendars.pace import CityClock
from wenzheng.catalog.registry import NotDeployed
from wenzheng.engine.definition import Definition
from wenzheng.engine.findings import DefinitionRefused
from wenzheng.engine.occasions import (
    Occasion,
    occasion_at,
    occasion_of,
    occasions,
    occasions_until,
    scheduled_starts,
)
from wenzheng.engine.routing import occasion_event
from wenzheng.engine.schedules import Schedule, parse_schedule
from wenzheng.planning import LONGEST_REASON, Coming, ScheduleRefused, Standing
from wenzheng.store import Reader, Store, UnitOfWork
from wenzheng.store.schedules import BY_HAND, MADE_UP, PAUSE, RANG, RESUME, RUN
from wenzheng.store.types import row_id
from wenzheng.store.views.schedules import OccasionRow, ScheduleRow

_LOG: Final = logging.getLogger(__name__)
LATEST: Final[dict[str, timedelta]] = {
    "day": timedelta(7),
    "week": timedelta(35),
    "month": timedelta(366),
    "quarter": timedelta(366),
    "year": timedelta(366),
}
"""How late an occasion may begin, by what it comes once in; later it is passed over, and written down."""
_SHOWN: Final = 5
_TRIES: Final = 20


class Unsettled(Exception):
    """The versions in force changed while it was looked at what is due; ask again."""


@dataclass
class Scheduling:
    """The schedules of a store (planning.SchedulesPort).

    `definition` compiles a version by its digest, `calendar` gives the calendar in force of one of its
    processes, `clock` is the city's.
    """

    store: Store
    definition: Callable[[str], Definition]
    calendar: Callable[[str, str], Calendar]
    clock: CityClock
    _planned: dict[str, tuple[int, str]] = field(default_factory=dict)

    # --- which there are ------------------------------------------------------------------------

    def plan(self) -> int:
        """Bring the schedules in line with the definitions in force; how many names had changed.

        A version that this program cannot run leaves its schedules as they were, and is reported.
        """
        with self.store.reader() as reader:
            found = {name: reader.deployment_in_force(name) for name in reader.definition_names()}
        changed = 0
        for name, last in found.items():
            if last is not None and self._planned.get(name) != (last.number, last.digest):
                self._plan(name, last.number, last.digest, last.at)
                changed += 1
        return changed

    def _plan(self, name: str, number: int, digest: str, deployed_at: datetime) -> None:
        try:
            starts = scheduled_starts(self.definition(digest))
        except (DefinitionRefused, NotDeployed):
            _LOG.warning("The schedules of '%s' stay as they were: version %s cannot run.", name, digest[:12])
            self._planned[name] = (number, digest)
            return
        # A practice city's clock is not the one by which people deploy.
        since = deployed_at if self.clock.pace is None else self.now()
        with self.store.unit_of_work() as unit:
            unit.hold_definitions(name)
            if unit.current_definition(name) != digest:
                return  # the next look sees the newer one
            texts = {f"{name}/{one.process}/{one.element}": one.text for one in starts}
            for row in unit.schedules(name=name):
                if texts.get(row.id) != row.text and row.rings:  # what came in its time still begins
                    self._begin(unit, row, self.calendar_of(row), since, MADE_UP)
            unit.plan_schedules(
                name=name,
                definition=digest,
                starts=[(one.process, one.element, one.text) for one in starts],
                since=since,
            )
        self._planned[name] = (number, digest)

    def now(self) -> datetime:
        """The present instant, as the city's clocks show it (UTC)."""
        return self.clock.now()

    def calendar_of(self, row: ScheduleRow) -> Calendar:
        """The calendar by whose days a schedule comes, in the version in force."""
        return self.calendar(row.definition, row.process)

    # --- what is due ------------------------------------------------------------------------------

    def begin_due(self, schedule: str, upto: datetime, cause: str) -> list[str]:
        """Begin a schedule's process for every occasion up to an instant that has not had its turn.

        Returns the instances. Nothing happens for one that is paused or removed. Raises Unsettled when the
        versions in force change all the time.
        """
        for _ in range(_TRIES):
            begun = self._try(schedule, upto, cause)
            if begun is not None:
                return begun
        raise Unsettled(f"Expected the versions that count for {schedule} to stand still, found they do not.")

    def rang(self, schedule: str, planned: datetime | None) -> list[str]:
        """Temporal has rung, as it was told to at `planned` by its own clock; see begin_due."""
        pace = self.clock.pace
        shown = [planned if pace is None else pace.shown(planned)] if planned is not None else []
        # Its clock may be a little ahead of ours.
        return self.begin_due(schedule, max([self.now(), *shown]), RANG)

    def due(self, row: ScheduleRow, upto: datetime) -> bool:
        """Whether an occasion up to an instant has not had its turn; asks no store."""
        first = next(occasions(_read(row), row.since, self.calendar_of(row)))
        return row.rings and first.at <= upto

    def _try(self, schedule: str, upto: datetime, cause: str) -> list[str] | None:
        self.plan()
        with self.store.reader() as reader:
            seen = reader.schedule(schedule)
        if seen is None or not seen.rings:
            return []
        calendar = self.calendar_of(seen)
        with self.store.unit_of_work() as unit:
            row = _held(unit, schedule)
            if row is None or not row.rings:
                return []
            unit.hold_calendars()
            versions = (unit.current_definition(row.name), unit.calendar_in_force(calendar.id))
            if row.definition != seen.definition or versions != (row.definition, calendar.version):
                return None
            return self._begin(unit, row, calendar, upto, cause)

    def _begin(
        self, unit: UnitOfWork, row: ScheduleRow, calendar: Calendar, upto: datetime, cause: str
    ) -> list[str]:
        schedule, begun, last = _read(row), [], None
        for one in occasions_until(schedule, row.since, upto, calendar):
            last = one
            if one.at < upto - LATEST[schedule.every]:
                if unit.pass_over(row, period=one.period, planned_at=one.at, at=self.now()):
                    _LOG.warning("Schedule %s was found too late for %s: passed over.", row.id, one.period)
            elif (instance := self._begin_one(unit, row, one, calendar, cause)) is not None:
                begun.append(instance)
        if last is not None:
            unit.settle_schedule(row.id, last.at)
        return begun

    def _begin_one(
        self, unit: UnitOfWork, row: ScheduleRow, one: Occasion, calendar: Calendar, cause: str
    ) -> str | None:
        instance = f"{row.process}-{one.period}-{row_id(f'{row.id}/{one.period}')[:12]}"
        begun = unit.begin_occasion(
            row,
            period=one.period,
            planned_at=one.at,
            instance=instance,
            calendar=calendar.version,
            event=occasion_event(row.id, row.element, one.period, one.at),
            cause=cause,
            at=self.now(),
        )
        return instance if begun else None

    # --- people -------------------------------------------------------------------------------------

    def standings(self) -> list[Standing]:
        """See SchedulesPort."""
        self.plan()
        with self.store.reader() as reader:
            rows = reader.schedules()
        calendars = [self.calendar_of(row) for row in rows]
        with self.store.reader() as reader:
            return [
                self._standing(reader, row, calendar) for row, calendar in zip(rows, calendars, strict=True)
            ]

    def standing(self, schedule: str) -> Standing:
        """See SchedulesPort."""
        self.plan()
        with self.store.reader() as reader:
            row = reader.schedule(schedule)
        if row is None or row.removed_at is not None:
            raise _unknown(schedule)
        calendar = self.calendar_of(row)
        with self.store.reader() as reader:
            return self._standing(reader, row, calendar)

    def pause(self, schedule: str, *, by: str, reason: str) -> Standing:
        """See SchedulesPort. What is due already begins first. Again changes nothing but the history."""
        reason = _reason(reason)
        self.standing(schedule)
        self.begin_due(schedule, self.now(), MADE_UP)
        with self.store.unit_of_work() as unit:
            row = _in_force(unit, schedule)
            unit.note_schedule_act(row.id, kind=PAUSE, by=by, reason=reason, at=self.now())
            if row.paused_at is None:
                unit.pause_schedule(row.id, self.now())
        return self.standing(schedule)

    def resume(self, schedule: str, *, by: str, reason: str) -> Standing:
        """See SchedulesPort. What came during the pause does not begin; `run` does it for a period."""
        reason = _reason(reason)
        self.standing(schedule)
        with self.store.unit_of_work() as unit:
            row = _in_force(unit, schedule)
            if row.paused_at is None:
                raise ScheduleRefused(
                    "schedule.not-paused",
                    f"Expected {schedule} to be paused, found it is not.",
                    "There is nothing to do.",
                )
            unit.note_schedule_act(row.id, kind=RESUME, by=by, reason=reason, at=self.now())
            unit.resume_schedule(row.id, self.now())
        return self.standing(schedule)

    def run(self, schedule: str, *, by: str, reason: str, period: str | None = None) -> OccasionRow:
        """See SchedulesPort. Also for one that is paused, and for a period that was passed over."""
        reason = _reason(reason)
        standing = self.standing(schedule)
        calendar = self.calendar_of(standing.row)
        one = self._wanted(standing, period, calendar)
        with self.store.unit_of_work() as unit:
            row = _in_force(unit, schedule)
            unit.hold_calendars()
            unit.forget_passed_over(row.id, one.period)
            if self._begin_one(unit, row, one, calendar, BY_HAND) is None:
                known = unit.occasion(row.id, one.period)
                assert known is not None  # why it did not begin
                raise ScheduleRefused(
                    "schedule.begun",
                    f"Expected {one.period} not to have had its turn, found {known.instance}, begun "
                    f"{known.at.isoformat(timespec='minutes')}.",
                    "A period begins once; name another one.",
                )
            unit.note_schedule_act(row.id, kind=RUN, by=by, reason=reason, at=self.now(), period=one.period)
            done = unit.occasion(row.id, one.period)
            assert done is not None  # written just now
            return done

    def _wanted(self, standing: Standing, period: str | None, calendar: Calendar) -> Occasion:
        now = self.now()
        wanted = period or _around(standing.schedule, calendar, now)
        found = occasion_of(standing.schedule, wanted, calendar, now)
        if found is None:
            coming = ", ".join(one.period for one in standing.next[:2])
            raise ScheduleRefused(
                "schedule.period",
                f"Expected a period of {standing.row.id} within a year, found {wanted[:40]}.",
                f"Write it like {coming}.",
            )
        return found

    def _standing(self, reader: Reader, row: ScheduleRow, calendar: Calendar) -> Standing:
        schedule = _read(row)
        after = max(row.since, self.now()) if row.paused_at is not None else row.since
        coming = (
            Coming(one.period, one.at)
            for one in _until_far(occasions(schedule, after, calendar))
            if reader.occasion(row.id, one.period) is None
        )
        period = _around(schedule, calendar, self.now())
        free = reader.occasion(row.id, period) is None
        at_hand = period if free and occasion_of(schedule, period, calendar, self.now()) else None
        return Standing(
            row,
            schedule,
            tuple(islice(coming, _SHOWN)),
            at_hand,
            tuple(reader.occasions(row.id, limit=_SHOWN)),
            tuple(reader.schedule_acts(row.id, limit=_SHOWN)),
        )


def _until_far(found: Iterator[Occasion]) -> Iterator[Occasion]:
    """Enough to show some, and no endless search when somebody began many ahead."""
    return islice(found, 4 * _SHOWN)


def _around(schedule: Schedule, calendar: Calendar, now: datetime) -> str:
    """The period in which an instant lies."""
    return occasion_at(schedule, now, calendar).period


def _read(row: ScheduleRow) -> Schedule:
    schedule = parse_schedule(row.text)
    assert schedule is not None  # rules/events.py refuses anything else
    return schedule


def _held(unit: UnitOfWork, schedule: str) -> ScheduleRow | None:
    """A schedule that nobody changes until the end of this unit of work."""
    unit.hold_definitions(schedule.partition("/")[0])
    return unit.schedule(schedule)


def _in_force(unit: UnitOfWork, schedule: str) -> ScheduleRow:
    row = _held(unit, schedule)
    if row is None or row.removed_at is not None:
        raise _unknown(schedule)
    return row


def _unknown(schedule: str) -> ScheduleRefused:
    return ScheduleRefused(
        "schedule.unknown",
        f"Expected a schedule of the definitions in force, found none called {schedule[:200]}.",
        "List them with `wenzheng schedules list`.",
    )


def _reason(given: str) -> str:
    reason = given.strip()
    if not reason or len(reason) > LONGEST_REASON:
        found = f"{len(reason)} characters" if reason else "none"
        raise ScheduleRefused(
            "schedule.reason",
            f"Expected a reason of at most {LONGEST_REASON} characters, found {found}.",
            "Say why: whoever reads the history later has nothing else.",
        )
    return reason
