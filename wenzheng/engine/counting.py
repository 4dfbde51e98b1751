"""The days of a running clock: a pure function of its day 0, what paused and lengthened it, and a calendar.

The state of a running clock is JSON:

    {"day0": day, "thresholds": [{id, after, due, from, lamp, notify, provisional, reminder?, passed, plus?,
      counted?}], "since": instant (hours only), "ledger": [pauses and extensions], "asked": {extension:
      instant}, "anchor": name of the variable that holds day 0 since a restart, or null}

All but the first two stand there only when there is something to say: the state of a clock that nothing ever
touched is what it was in version 0.1.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any, Final

from wenzheng.calendars import Calendar
from wenzheng.calendars.units import Limit, Unit, limit, limit_after_pauses
from wenzheng.contracts import JsonObject
from wenzheng.engine.clock_model import Clock, Threshold

NOTICE_TIME: Final = "08:30"
"""When word of a lamp goes out on the next working day (defaults.md, "notice of a lamp")."""
PAUSE: Final = "pause"
EXTENSION: Final = "extension"
_NOT_RECORDED: Final = frozenset({"passed", "reminder"})


def instant(threshold: JsonObject) -> datetime | None:
    """From when on a threshold is over (UTC); None while nobody knows, because its clock is paused."""
    text = threshold["from"]
    return datetime.fromisoformat(text).astimezone(UTC) if text is not None else None


def start_of(state: JsonObject) -> date | datetime:
    """What a clock counts from: its day 0, or the instant for hours."""
    if "since" in state:
        return datetime.fromisoformat(state["since"])
    return date.fromisoformat(state["day0"])


def anchored(start: date | datetime, calendar: Calendar) -> JsonObject:
    """The part of a state that says what is counted from."""
    if isinstance(start, datetime):
        return {"day0": calendar.today(start).isoformat(), "since": start.astimezone(UTC).isoformat()}
    return {"day0": start.isoformat()}


def entries(state: JsonObject, kind: str, name: str | None = None) -> list[JsonObject]:
    """What the ledger has of a kind, and of one pause or extension of the definition."""
    return [
        entry for entry in state.get("ledger", ()) if entry["kind"] == kind and name in {None, entry["id"]}
    ]


def open_pause(state: JsonObject) -> JsonObject | None:
    """The pause that goes on, if the clock stands still."""
    return next((entry for entry in entries(state, PAUSE) if entry["to"] is None), None)


def resumes_at(entry: JsonObject, clock: Clock, calendar: Calendar) -> datetime | None:
    """The instant at which an open pause is over by itself; None when it is not limited."""
    found = pause_limit(entry, clock, calendar)
    return found.late_from if found is not None else None


def pause_limit(entry: JsonObject, clock: Clock, calendar: Calendar) -> Limit | None:
    """The last day of an open pause; the clock goes on as if that day were day 0 again."""
    pause = next(pause for pause in clock.pauses if pause.id == entry["id"])
    if pause.at_most is None:
        return None
    return limit(calendar, pause.unit or clock.unit, date.fromisoformat(entry["from"]), pause.at_most)


def limit_of(threshold: Threshold, clock: Clock, state: JsonObject, calendar: Calendar) -> Limit | None:
    """When a threshold is over; None while its clock stands still without an end."""
    start = start_of(state)
    lengthened = [entry["by"] for entry in entries(state, EXTENSION) if threshold.id in entry["limits"]]
    count = threshold.after + sum(lengthened)
    pauses = _pauses(state, clock, calendar, start)
    if pauses:
        return limit_after_pauses(calendar, clock.unit, start, count, pauses)
    if pauses is not None:
        return limit(calendar, clock.unit, start, count)
    # It stands still: only what was over before that has a day.
    closed = {**state, "ledger": [entry for entry in state["ledger"] if entry is not open_pause(state)]}
    found = limit_of(threshold, clock, closed, calendar)
    entry = open_pause(state)
    assert found is not None
    assert entry is not None
    return found if found.last < date.fromisoformat(entry["from"]) else None


def _pauses(
    state: JsonObject, clock: Clock, calendar: Calendar, start: date | datetime
) -> list[tuple[date | datetime, date | datetime]] | None:
    """From when to when the clock stood still; None if nobody can say until when.

    What lies before day 0, because that was moved, pauses nothing.
    """
    found: list[tuple[date | datetime, date | datetime]] = []
    for entry in entries(state, PAUSE):
        end: date | datetime
        if entry["to"] is not None:
            end = date.fromisoformat(entry["to"])
        else:
            last = pause_limit(entry, clock, calendar)
            if last is None:
                return None
            end = last.last
        begin: Any = date.fromisoformat(entry["from"])
        found.append((max(begin, start), max(end, start)))
    return found


def new_thresholds(clock: Clock, state: JsonObject, calendar: Calendar, now: datetime) -> list[JsonObject]:
    """The thresholds of a clock that starts now."""
    return [_threshold(threshold, clock, state, calendar, now) for threshold in clock.thresholds]


def _threshold(
    threshold: Threshold, clock: Clock, state: JsonObject, calendar: Calendar, now: datetime
) -> JsonObject:
    found = limit_of(threshold, clock, state, calendar)
    return {
        "id": threshold.id,
        "after": threshold.after,
        **_days(found, calendar),
        "lamp": threshold.lamp,
        "notify": list(threshold.notify),
        "provisional": found is not None and found.provisional,
        **_reminder(threshold, clock, state, calendar, now),
        "passed": False,
    }


def _days(found: Limit | None, calendar: Calendar) -> JsonObject:
    if found is None:
        return {"due": None, "from": None}
    last = calendar.today(found.last) if isinstance(found.last, datetime) else found.last
    return {"due": last.isoformat(), "from": found.late_from.isoformat()}


def recount(
    clock: Clock,
    state: JsonObject,
    calendar: Calendar,
    now: datetime,
    *,
    passed_stay: bool = False,
    keep_later: bool = False,
) -> list[JsonObject]:
    """Count all thresholds anew and say which of them moved: `{threshold, before, due}`, for people to read.

    A threshold that was passed counts again when it now lies ahead, unless what is passed stays. With
    `keep_later` a day that comes nearer is written down beside the one that holds (`counted`).
    """
    moved: list[JsonObject] = []
    by_id = {threshold.id: threshold for threshold in clock.thresholds}
    for place, old in enumerate(state["thresholds"]):
        if old["passed"] and passed_stay:
            continue
        threshold = by_id[old["id"]]
        new = _threshold(threshold, clock, state, calendar, now)
        _remember(old, new, now)
        plus = sum(e["by"] for e in entries(state, EXTENSION) if threshold.id in e["limits"])
        if plus:
            new["plus"] = plus
        if keep_later and _is_nearer(new, old):
            new = {**old, "provisional": new["provisional"], "counted": new["due"]}
        state["thresholds"][place] = new
        if (new["due"], new.get("counted")) != (old["due"], old.get("counted")):
            change = {"threshold": old["id"], "before": old["due"], "due": new["due"]}
            if "counted" in new:
                change["counted"] = new["counted"]
            moved.append(change)
    return moved


def _is_nearer(new: JsonObject, old: JsonObject) -> bool:
    after, before = instant(new), instant(old)
    return after is not None and before is not None and after < before


def _remember(old: JsonObject, new: JsonObject, now: datetime) -> None:
    """What has happened at a threshold stays so, unless its time is still to come."""
    from_ = instant(new)
    new["passed"] = old["passed"] and (from_ is None or from_ <= now)
    if old["passed"] and from_ is None:
        new["due"], new["from"] = old["due"], old["from"]
    before, after = old.get("reminder"), new.get("reminder")
    if before is not None and after is None:
        if before["passed"]:
            new["reminder"] = before
    elif before is not None and after is not None and before["from"] == after["from"]:
        after["passed"] = before["passed"]


def recorded(thresholds: Iterable[JsonObject]) -> list[JsonObject]:
    """Thresholds as a record shows them."""
    return [
        {key: value for key, value in threshold.items() if key not in _NOT_RECORDED}
        for threshold in thresholds
    ]


def _reminder(
    threshold: Threshold, clock: Clock, state: JsonObject, calendar: Calendar, now: datetime
) -> JsonObject:
    """When who is reminded; not at all when that moment is over, or when nobody knows the last day."""
    found = limit_of(threshold, clock, state, calendar) if threshold.remind else None
    if found is None or isinstance(found.last, datetime):
        return {}
    plain = clock.unit is Unit.WORKING_DAYS and threshold.after >= 0 and "ledger" not in state
    start = date.fromisoformat(state["day0"])
    day = (
        calendar.add(start, threshold.after - threshold.remind_before).date
        if plain
        else calendar.add(found.last, -threshold.remind_before).date
    )
    moment = calendar.instant(day, NOTICE_TIME)
    if moment < now:
        return {}
    return {"reminder": {"from": moment.isoformat(), "remind": list(threshold.remind), "passed": False}}
