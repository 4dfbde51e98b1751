"""What a version of the calendar does to a clock as it was written down: for a preview, and before it starts.

Pure: rows in, days out. The engine decides when the time comes (engine.counting); this knows no definition,
so it says None of what was written down before records said all: hours without the instant they count from,
and pauses without their limit.
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
    if clock.unit is Unit.OFFICE_HOURS and not all("since" in one for one in clock.thresholds):
        return None
    pauses = _pauses(clock.ledger, calendar)
    if pauses is None:
        return None
    if pauses and pauses[-1][1] == date.max:  # it stands still without an end: nothing has a day to be moved
        return [dict(one) for one in clock.thresholds]
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
    start = datetime.fromisoformat(old["since"]) if clock.unit is Unit.OFFICE_HOURS else clock.day0
    if pauses:
        found = limit_after_pauses(calendar, clock.unit, start, count, pauses)
    else:
        found = limit(calendar, clock.unit, start, count)
    due = str(calendar.today(found.last) if isinstance(found.last, datetime) else found.last)
    if keep_later and found.late_from < datetime.fromisoformat(old["from"]):
        return same | {"provisional": found.provisional, "counted": due}
    days = {"due": due, "from": found.late_from.astimezone(UTC).isoformat()}
    return same | days | {"provisional": found.provisional}


def _pauses(ledger: Iterable[Row], calendar: Calendar) -> list[tuple[date, date]] | None:
    """From when to when a clock stood still, or will at most; None where the record does not say it."""
    found: list[tuple[date, date]] = []
    open_since: Row | None = None
    for entry in ledger:
        if entry["kind"] == "clock_restarted":
            found, open_since = [], None
        elif entry["kind"] == "clock_paused":
            open_since = entry
        elif entry["kind"] == "clock_resumed":
            found.append((date.fromisoformat(entry["from"]), date.fromisoformat(entry["to"])))
            open_since = None
    if open_since is None:
        return found
    if "at_most" not in open_since:
        return None
    begin, end = date.fromisoformat(open_since["from"]), date.max
    if open_since["at_most"] is not None:
        last = limit(calendar, Unit(open_since["unit"]), begin, open_since["at_most"]).last
        assert not isinstance(last, datetime)  # pauses are whole days
        end = last
    return [*found, (begin, end)]
