"""What tasks wait for: messages, signals, times and conditions.

An entry is JSON and travels with the state: `{"message": name}`, `{"signal": name}`, `{"due": instant}` (with
`every` and `left` for a cycle; `left` is None for one without end; with `schedule` and `after`, the instant
after which it comes next; with `anchor`, the day in a variable that it is counted from, if it has one, and
no `due` while that is None), `{"holds": bool}` for a condition and what it was when last looked at,
`{"data": False}` for inputs of an activity, `{}` for an event that comes along another way (errors,
escalations). A multiple event has one entry for each of its triggers under `of`; `{"hit": true}` marks those
that have come where all are needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from wenzheng.contracts import JsonObject
from wenzheng.engine.schedules import Schedule, next_time, parse_schedule
from wenzheng.engine.timers import (
    after_days,
    after_duration,
    first_ring,
    parse_cycle,
    parse_duration,
    parse_instant,
)

if TYPE_CHECKING:
    from wenzheng.calendars import Calendar
    from wenzheng.engine.model import Element, EventDefinition, TimerText

HIT: Final[Mapping[str, bool]] = {"hit": True}


def entry_for(element: Element, now: datetime, calendar: Calendar, variables: JsonObject) -> JsonObject:
    """What a task of an event waits for from `now` on."""
    parts = [_part(event, now, calendar, variables) for event in element.events]
    return parts[0] if len(parts) == 1 else {"of": parts}


def parts(entry: JsonObject) -> Iterator[tuple[int, JsonObject]]:
    """The triggers of an entry with their places in the element's events."""
    if "of" in entry:
        yield from enumerate(entry["of"])
    else:
        yield 0, entry


def due(part: JsonObject) -> datetime | None:
    """The instant (UTC) at which a trigger fires by itself."""
    return datetime.fromisoformat(part["due"]) if "due" in part else None


def comes_again(part: JsonObject, calendar: Calendar) -> bool:
    """Whether a cycle that has just fired fires once more; then it is set to its next time."""
    if "after" in part:
        _set_again(part, calendar)
        return True
    if "every" not in part:
        return False
    if part["left"] is not None:
        part["left"] -= 1
        if part["left"] <= 0:
            return False
    duration = parse_duration(part["every"])
    assert duration is not None  # it was read once already
    # From the time that was due, not from the moment it was looked at: a late worker shifts nothing.
    part["due"] = after_duration(datetime.fromisoformat(part["due"]), duration, calendar).isoformat()
    return True


def _scheduled(text: str, after: datetime, calendar: Calendar) -> JsonObject:
    due = next_time(_schedule(text), after, calendar)
    return {"due": due.isoformat(), "schedule": text, "after": after.isoformat()}


def _set_again(part: JsonObject, calendar: Calendar) -> None:
    """From the time that was due: what a late worker missed comes one after the other, and nothing shifts."""
    part.update(_scheduled(part["schedule"], datetime.fromisoformat(part["due"]), calendar))
    part.pop("counted", None)


def _next(part: JsonObject, text: str, old: Calendar, new: Calendar) -> str | None:
    after = datetime.fromisoformat(part["after"])
    if next_time(_schedule(text), after, old).isoformat() != part.get("counted", part["due"]):
        return None
    return next_time(_schedule(text), after, new).isoformat()


def _schedule(text: str) -> Schedule:
    schedule = parse_schedule(text)
    assert schedule is not None  # rules/events.py refuses anything else
    return schedule


def renewed(part: JsonObject) -> JsonObject:
    """A trigger that has happened with all others, awaited anew: a condition has to turn false first."""
    return {"holds": True} if "holds" in part else part


def follow(part: JsonObject, timer: TimerText, variables: JsonObject, calendar: Calendar) -> bool:
    """Set a trigger anew when the day that it is counted from is another one now; whether it was."""
    day = _day(timer, variables)
    if "anchor" not in part or day == part["anchor"]:
        return False
    part.pop("due", None)
    part.update(_anchored(timer, day, calendar))
    return True


def recounted(part: JsonObject, timer: TimerText, since: date, old: Calendar, new: Calendar) -> str | None:
    """When a trigger that counts days, so far by the old calendar, is due by the new one.

    `since` is the day from which it counts when no variable says so. None when it counts no days, or did
    not count from there: then nobody knows from where.
    """
    if timer.kind == "schedule":
        return _next(part, timer.text, old, new)
    if timer.kind != "working_days" or "due" not in part:
        return None
    day = date.fromisoformat(part["anchor"]) if "anchor" in part else since
    count = int(timer.text)
    if after_days(day, count, old, timer.unit).isoformat() != part.get("counted", part["due"]):
        return None
    return after_days(day, count, new, timer.unit).isoformat()


def _day(timer: TimerText, variables: JsonObject) -> str | None:
    value = variables.get(timer.anchor) if timer.anchor else None
    return value if isinstance(value, str) and value else None


def _anchored(timer: TimerText, day: str | None, calendar: Calendar) -> JsonObject:
    """What waits for a day that a variable holds; without the day it has no time yet."""
    if day is None:
        return {"anchor": None}
    due = after_days(date.fromisoformat(day), int(timer.text), calendar, timer.unit)
    return {"due": due.isoformat(), "anchor": day}


def _part(event: EventDefinition, now: datetime, calendar: Calendar, variables: JsonObject) -> JsonObject:
    match event.kind:
        case "message" | "signal":
            return {event.kind: event.name}
        case "conditional":
            return {"holds": False}
        case "timer":
            assert event.timer is not None  # the reader gives every timer a time
            if event.timer.anchor is not None:
                return _anchored(event.timer, _day(event.timer, variables), calendar)
            return _time(event.timer, now, calendar)
    return {}


def _time(timer: TimerText, now: datetime, calendar: Calendar) -> JsonObject:
    if timer.kind == "schedule":
        return _scheduled(timer.text, now, calendar)
    if timer.kind == "working_days":
        day0 = calendar.received_on(now)
        return {"due": after_days(day0, int(timer.text), calendar, timer.unit).isoformat()}
    if timer.kind == "date":
        moment = parse_instant(timer.text)
        assert moment is not None  # structure.py refuses anything else
        return {"due": moment.isoformat()}
    if timer.kind == "cycle":
        cycle = parse_cycle(timer.text)
        assert cycle is not None  # structure.py refuses anything else
        every = parse_duration(cycle.every)
        assert every is not None  # a cycle has one
        first, left = after_duration(now, every, calendar), cycle.times
        if cycle.start is not None:
            first, left = first_ring(cycle.start, every, cycle.times, now, calendar)
        return {"due": first.isoformat(), "every": cycle.every, "left": left}
    duration = parse_duration(timer.text)
    assert duration is not None  # structure.py refuses anything else
    return {"due": after_duration(now, duration, calendar).isoformat()}
