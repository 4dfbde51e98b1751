"""Why a deadline falls where it falls: its rule, day 0, each day that counted otherwise, what happened since.

A pure function of the clock as it is recorded and of the calendar. The words say no more than the data: who
has only the data can check every day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from wenzheng.calendars import Calendar
from wenzheng.calendars.errors import CalendarError
from wenzheng.calendars.explanation import Explanation
from wenzheng.calendars.units import Limit, Unit, explain_limit, limit, limit_after_pauses, used

Data = Mapping[str, Any]


@dataclass(frozen=True)
class ClockFacts:
    """A clock as it is recorded: `thresholds` and `ledger` as in the records (docs/reference/records.md)."""

    clock: str
    name: str
    day0: date
    thresholds: Iterable[Data]
    unit: Unit = Unit.WORKING_DAYS
    rule: Mapping[str, str] = field(default_factory=dict)
    ledger: Iterable[Data] = ()
    version: str = ""


@dataclass(frozen=True)
class LimitReasons:
    """Why one limit of a clock is over when it is.

    `count` is what the rule gives, `plus` what extensions added. `stretches` are the counts one after the
    other, as pauses divide them, the last one ending on the last day. They are missing where the days were
    counted by another version of the calendar, for hours, and while a pause without an end goes on.
    """

    id: str
    count: int
    plus: int
    due: date | None
    over: datetime | None
    provisional: bool
    counted: date | None
    stretches: tuple[Explanation, ...]


@dataclass(frozen=True)
class ClockReasons:
    """Why the limits of a clock are over when they are, and what happened to it, oldest first."""

    clock: str
    name: str
    unit: Unit
    rule: Mapping[str, str]
    day0: date
    calendar: str
    version: str
    decreed_through: date
    history: tuple[Data, ...]
    limits: tuple[LimitReasons, ...]

    def as_json(self) -> dict[str, Any]:
        """The same as a JSON object; days as YYYY-MM-DD, instants in UTC."""
        return {
            "clock": self.clock,
            "name": self.name,
            "unit": str(self.unit),
            "rule": dict(self.rule),
            "day0": self.day0.isoformat(),
            "calendar": self.calendar,
            "version": self.version,
            "decreed_through": self.decreed_through.isoformat(),
            "history": [dict(entry) for entry in self.history],
            "limits": [_limit_json(one) for one in self.limits],
        }


def _limit_json(reasons: LimitReasons) -> dict[str, Any]:
    return {
        "id": reasons.id,
        "count": reasons.count,
        "plus": reasons.plus,
        "due": _text(reasons.due),
        "over": _text(reasons.over),
        "provisional": reasons.provisional,
        "counted": _text(reasons.counted),
        "stretches": [stretch.as_json() for stretch in reasons.stretches],
    }


def _text(value: date | datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def explain_clock(facts: ClockFacts, calendar: Calendar) -> ClockReasons:
    """Every limit of a clock with its reasons, by the calendar that is asked."""
    history = tuple(facts.ledger)
    pauses = _pauses(history)
    return ClockReasons(
        clock=facts.clock,
        name=facts.name,
        unit=facts.unit,
        rule=facts.rule,
        day0=facts.day0,
        calendar=calendar.id,
        version=facts.version or calendar.version,
        decreed_through=calendar.decreed_through,
        history=history,
        limits=tuple(_limit(facts, one, pauses, calendar) for one in facts.thresholds),
    )


_RESTARTED: Final = "clock_restarted"
_PAUSED: Final = "clock_paused"
_RESUMED: Final = "clock_resumed"


def _pauses(history: tuple[Data, ...]) -> list[tuple[date, date]] | None:
    """From when to when the clock stood still since it last began; None while nobody knows until when."""
    found: list[tuple[date, date]] = []
    for entry in history:
        if entry["kind"] == _RESTARTED:
            found = []
        elif entry["kind"] == _PAUSED:
            begin, end = entry["from"], entry.get("until")
            found.append((date.fromisoformat(begin), date.max if end is None else date.fromisoformat(end)))
        elif entry["kind"] == _RESUMED and found:
            found[-1] = found[-1][0], date.fromisoformat(entry["to"])
    return None if any(end == date.max for _, end in found) else found


def _limit(
    facts: ClockFacts, threshold: Data, pauses: list[tuple[date, date]] | None, calendar: Calendar
) -> LimitReasons:
    due, counted = threshold.get("due"), threshold.get("counted")
    last = date.fromisoformat(counted or due) if due else None
    count, plus = int(threshold["after"]), int(threshold.get("plus", 0))
    stretches: tuple[Explanation, ...] = ()
    if facts.unit.counts_days and pauses is not None and last is not None:
        try:
            stretches = _stretches(facts, count + plus, pauses, calendar, last)
        except CalendarError:  # nothing can be said of days outside the calendar
            stretches = ()
    over = threshold.get("from")
    return LimitReasons(
        id=str(threshold["id"]),
        count=count,
        plus=plus,
        due=date.fromisoformat(due) if due else None,
        over=datetime.fromisoformat(over) if over else None,
        provisional=bool(threshold.get("provisional")),
        counted=date.fromisoformat(counted) if counted else None,
        stretches=stretches,
    )


def _stretches(
    facts: ClockFacts, count: int, pauses: list[tuple[date, date]], calendar: Calendar, last: date
) -> tuple[Explanation, ...]:
    """The counts between the pauses; none if they do not end on the day that is recorded."""
    start, left = facts.day0, count
    moved = [(max(begin, start), max(end, start)) for begin, end in pauses]
    if _counted(calendar, facts.unit, start, count, moved).last != last:
        return ()
    found: list[Explanation] = []
    # What is used up before a pause never rolls: only the last day of the limit does.
    plain = facts.unit if facts.unit is Unit.WORKING_DAYS else Unit.CALENDAR_DAYS
    for begin, end in moved:
        if begin > limit(calendar, facts.unit, start, left).last:
            break
        gone = used(calendar, facts.unit, start, begin)
        assert isinstance(gone, int)  # days are counted in whole numbers
        gone = min(gone, left)
        if gone:
            found.append(explain_limit(calendar, plain, start, gone))
        start, left = end, left - gone
    return (*found, explain_limit(calendar, facts.unit, start, left))


def _counted(
    calendar: Calendar, unit: Unit, start: date, count: int, pauses: list[tuple[date, date]]
) -> Limit:
    if count < 0 or not pauses:
        return limit(calendar, unit, start, count)
    return limit_after_pauses(calendar, unit, start, count, pauses)
