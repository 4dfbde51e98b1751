"""What a version of the calendar does to a clock as it was written down: for a preview, and before it starts.

Pure: rows in, days out. The engine decides when the time comes (engine.counting); this knows no definition,
so it says None of clocks that only the engine can count: those of office hours, and those that stand still.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from wenzheng.calendars import Calendar
from wenzheng.calendars.units import Limit, Unit, limit, limit_after_pauses

Row = Mapping[str, Any]
_NEVER_MOVE: Final = frozenset({Unit.HOURS, Unit.CALENDAR_DAYS})


@dataclass(frozen=True)
class RecordedClock:
    """A running clock: its limits as recorded, and what happened to it, as recorded."""

    day0: date
    unit: Unit
    thresholds: Sequence[Row]
    ledger: Sequence[Row] = ()


def recounted(
    clock: RecordedClock, calendar: Calendar, now: datetime, *, keep_later: bool
) -> list[dict[str, Any]] | None:
    """The limits by another version; those that are over at `now` stay. None where only the engine knows.

    With `keep_later` a limit that would come nearer holds, and the nearer day stands beside it (`counted`).
    """
    if clock.unit in _NEVER_MOVE:
        return [dict(one) for one in clock.thresholds]
    pauses = _pauses(clock.ledger)
    if pauses is None or clock.unit is Unit.OFFICE_HOURS:
        return None
    return [_limit(one, clock, calendar, now, pauses, keep_later=keep_later) for one in clock.thresholds]


def _limit(
    old: Row,
    clock: RecordedClock,
    calendar: Calendar,
    now: datetime,
    pauses: Sequence[tuple[date, date]],
    *,
    keep_later: bool,
) -> dict[str, Any]:
    same = {name: value for name, value in old.items() if name != "counted"}
    if old["from"] is None or datetime.fromisoformat(old["from"]) <= now:
        return dict(old)
    count = int(old["after"]) + int(old.get("plus", 0))
    found: Limit
    if pauses:
        found = limit_after_pauses(calendar, clock.unit, clock.day0, count, pauses)
    else:
        found = limit(calendar, clock.unit, clock.day0, count)
    due = str(found.last)
    if keep_later and due < old["due"]:
        return same | {"provisional": found.provisional, "counted": due}
    days = {"due": due, "from": found.late_from.astimezone(UTC).isoformat()}
    return same | days | {"provisional": found.provisional}


def _pauses(ledger: Iterable[Row]) -> list[tuple[date, date]] | None:
    """From when to when a clock stood still; None while it does."""
    found: list[tuple[date, date]] = []
    stands = False
    for entry in ledger:
        if entry["kind"] == "clock_restarted":
            found, stands = [], False
        elif entry["kind"] == "clock_paused":
            stands = True
        elif entry["kind"] == "clock_resumed":
            found.append((date.fromisoformat(entry["from"]), date.fromisoformat(entry["to"])))
            stands = False
    return None if stands else found
