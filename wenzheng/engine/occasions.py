"""For which day, week, month, quarter or year a schedule comes: its occasions.

A schedule comes once in each of its periods, so an occasion is known by its period: `2026-11-23`, `2026-W48`,
`2026-11`, `2026-Q4` or `2026`. The moment may move, with another version of the calendar or another time
zone, and may pass while nobody is awake; the period stays what it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from wenzheng.calendars import Calendar
from wenzheng.contracts import JsonObject
from wenzheng.engine.model import ProcessModel, TimerText
from wenzheng.engine.schedules import Schedule, next_time, parse_schedule, period_around
from wenzheng.engine.values import type_problem

if TYPE_CHECKING:
    from wenzheng.engine.definition import Definition

NAMES: Final = ("occasion", "occasion_from", "occasion_until", "occasion_before")
"""The data that a process which begins by a schedule is given, of those that it declares."""


@dataclass(frozen=True)
class Occasion:
    """One time of a schedule: `first` and `last` are the days of its period, `at` is when it comes (UTC).

    `before` is the period ahead of it: what an inspection at the beginning of a month looks at.
    """

    period: str
    before: str
    first: date
    last: date
    at: datetime

    def values(self) -> JsonObject:
        """As the data of a process; see NAMES."""
        given = (self.period, self.first.isoformat(), self.last.isoformat(), self.before)
        return dict(zip(NAMES, given, strict=True))


@dataclass(frozen=True)
class ScheduledStart:
    """A start event of a definition that waits for a schedule, written as `text`."""

    process: str
    element: str
    text: str


def occasion_at(schedule: Schedule, at: datetime, calendar: Calendar) -> Occasion:
    """The occasion of a schedule whose moment is `at`."""
    first, last = period_around(schedule.every, calendar.today(at))
    before, _ = period_around(schedule.every, first - timedelta(1))
    return Occasion(_named(schedule.every, first), _named(schedule.every, before), first, last, at)


def occasions(schedule: Schedule, after: datetime, calendar: Calendar) -> Iterator[Occasion]:
    """The occasions whose moment is later than `after`, without end."""
    at = after
    while True:
        at = next_time(schedule, at, calendar)
        yield occasion_at(schedule, at, calendar)


def occasions_until(
    schedule: Schedule, after: datetime, until: datetime, calendar: Calendar
) -> Iterator[Occasion]:
    """The occasions whose moment is later than `after`, and not later than `until`."""
    return takewhile(lambda one: one.at <= until, occasions(schedule, after, calendar))


def occasion_of(schedule: Schedule, period: str, calendar: Calendar, near: datetime) -> Occasion | None:
    """The occasion of a period, among those of a year before and after `near`; None when there is none."""
    year = timedelta(400)
    for found in occasions(schedule, near - year, calendar):
        if found.period == period:
            return found
        if found.at > near + year:
            break
    return None


def scheduled_starts(definition: Definition) -> list[ScheduledStart]:
    """The start events of a definition's processes that wait for a schedule."""
    return [
        ScheduledStart(name, element.id, event.timer.text)
        for name, process in definition.processes.items()
        for element in process.model.root.elements.values()
        if element.type == "startEvent"
        for event in element.events
        if event.timer is not None and event.timer.kind == "schedule"
    ]


def values_at(model: ProcessModel, timer: TimerText, due: str, calendar: Calendar) -> JsonObject:
    """What a process that begins by a schedule is told of its occasion: of NAMES what it declares."""
    schedule = parse_schedule(timer.text)
    assert schedule is not None  # rules/events.py refuses anything else
    found = occasion_at(schedule, datetime.fromisoformat(due), calendar)
    declared = model.variables
    return {
        name: value
        for name, value in found.values().items()
        if name in declared and type_problem(declared[name].type, value) is None
    }


def _named(every: str, first: date) -> str:
    match every:
        case "day":
            return first.isoformat()
        case "week":
            year, week, _ = first.isocalendar()
            return f"{year}-W{week:02}"
        case "month":
            return f"{first:%Y-%m}"
        case "quarter":
            return f"{first.year}-Q{(first.month + 2) // 3}"
    return f"{first.year}"
