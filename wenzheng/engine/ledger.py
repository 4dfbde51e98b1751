"""What happens to a running clock: it pauses, goes on, is lengthened, or begins anew.

Three operations that are never mixed (calendar.md §5.9): a *pause* lets days not count, whole days only; an
*extension* adds units to what is not over; a *restart* makes another day day 0. What is asked for and not
given, because it comes too late or too often, is said too (`clock_kept`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from wenzheng.calendars import Calendar
from wenzheng.calendars.units import limit, used
from wenzheng.contracts import (
    CLOCK_EXTENDED,
    CLOCK_KEPT,
    CLOCK_PAUSED,
    CLOCK_RESTARTED,
    CLOCK_RESUMED,
    JsonObject,
)
from wenzheng.engine.clock_model import Clock, Extension, Pause
from wenzheng.engine.counting import (
    EXTENSION,
    PAUSE,
    Patched,
    always,
    anchored,
    entries,
    instant,
    open_pause,
    pause_limit,
    recorded,
    recount,
)
from wenzheng.engine.effects import Effect

StartOf = Callable[[str], "tuple[Clock, date | datetime] | None"]


@dataclass(frozen=True)
class Moment:
    """An element's completion: what the variables hold then, and how to ask for another clock's day 0."""

    element: str
    variables: JsonObject
    now: datetime
    calendar: Calendar
    start_of: StartOf
    patched: Patched = always

    @property
    def day(self) -> date:
        """The day it is."""
        return self.calendar.today(self.now)

    @property
    def received_on(self) -> date:
        """The day on which what comes now counts as received."""
        return self.calendar.received_on(self.now)


def is_eventful(clock: Clock) -> bool:
    """Whether anything but a start and a stop can happen to a clock."""
    return bool(clock.pauses or clock.extensions or clock.restart)


def read_start(clock: Clock, value: Any) -> date | datetime | None:
    """What a variable's value says of day 0, or of the instant for hours; None if it says nothing."""
    with suppress(ValueError, TypeError):
        if clock.unit.counts_days:
            return date.fromisoformat(value)
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo is not None else None
    return None


def happened(clock: Clock, state: JsonObject, moment: Moment) -> Iterator[Effect]:
    """What an element's completion does to a clock that runs."""
    if clock.restart is not None and moment.element in clock.restart.on:
        yield _restarted(clock, state, moment)
    paused = open_pause(state)
    if paused is not None:
        pause = next(one for one in clock.pauses if one.id == paused["id"])
        if moment.element in pause.resumes:
            yield _go_on(clock, state, moment, _answered_on(clock, paused, moment), "answered")
    for extension in clock.extensions:
        if moment.element == extension.asked:
            state.setdefault("asked", {})[extension.id] = moment.now.isoformat()
        if moment.element in extension.on:
            yield _extended(clock, state, extension, moment)
    for pause in clock.pauses:
        if moment.element in pause.on:
            yield _paused(clock, state, pause, moment)


def _effect(kind: str, clock: Clock, moment: Moment, state: JsonObject, data: JsonObject) -> Effect:
    thresholds = {"thresholds": recorded(state)}
    version = {"calendar": moment.calendar.version}
    return Effect(kind, moment.element, {"clock": clock.id, **data, **version, **thresholds})


def _kept(clock: Clock, element: str, kind: str, name: str, why: str) -> Effect:
    return Effect(CLOCK_KEPT, element, {"clock": clock.id, "asked": kind, "id": name, "why": why})


def _reason(variable: str | None, variables: JsonObject) -> Any:
    return variables.get(variable) if variable is not None else None


# --- pauses -------------------------------------------------------------------------------------


def _paused(clock: Clock, state: JsonObject, pause: Pause, moment: Moment) -> Effect:
    why = _why_not_paused(clock, state, pause, moment)
    if why is not None:
        return _kept(clock, moment.element, PAUSE, pause.id, why)
    entry: JsonObject = {
        "kind": PAUSE,
        "id": pause.id,
        "from": moment.day.isoformat(),
        "to": None,
        "reason": _reason(pause.reason, moment.variables),
    }
    state.setdefault("ledger", []).append(entry)
    recount(clock, state, moment.calendar, moment.now)
    last = pause_limit(entry, clock, moment.calendar)
    data = {
        "id": pause.id,
        "from": entry["from"],
        "at_most": pause.at_most,
        "unit": str(pause.unit or clock.unit),
        "until": str(last.last) if last is not None else None,
        "over": last.late_from.isoformat() if last is not None else None,
        "reason": entry["reason"],
    }
    return _effect(CLOCK_PAUSED, clock, moment, state, data)


def _why_not_paused(clock: Clock, state: JsonObject, pause: Pause, moment: Moment) -> str | None:
    if open_pause(state) is not None:
        return "paused"
    if pause.times is not None and len(entries(state, PAUSE, pause.id)) >= pause.times:
        return "times"
    if pause.within is not None:
        counted = moment.start_of(pause.of or clock.id)
        if counted is None:
            return "late"
        other, start = counted
        if moment.now >= limit(moment.calendar, other.unit, start, pause.within).late_from:
            return "late"
    return None


def _answered_on(clock: Clock, entry: JsonObject, moment: Moment) -> date:
    """The day of the answer, by the office's cut-off; a pause is over on its last day at the latest."""
    last = pause_limit(entry, clock, moment.calendar)
    if last is None or isinstance(last.last, datetime):
        return moment.received_on
    return max(moment.day, min(moment.received_on, last.last))


def resumed_by_itself(clock: Clock, state: JsonObject, moment: Moment) -> Effect:
    """The pause has lasted as long as it may: its last day is day 0 again."""
    entry = open_pause(state)
    assert entry is not None  # only an open pause has an end to come
    last = pause_limit(entry, clock, moment.calendar)
    assert last is not None  # one without a limit has none
    assert not isinstance(last.last, datetime)  # pauses are whole days; the rules see to it
    return _go_on(clock, state, moment, last.last, "limit")


def _go_on(clock: Clock, state: JsonObject, moment: Moment, day: date, why: str) -> Effect:
    entry = open_pause(state)
    assert entry is not None  # its callers have seen it
    entry["to"] = day.isoformat()
    recount(clock, state, moment.calendar, moment.now)
    begin = date.fromisoformat(entry["from"])
    data = {
        "id": entry["id"],
        "from": entry["from"],
        "to": entry["to"],
        "days": used(moment.calendar, clock.unit, begin, day),
        "why": why,
        "reason": entry["reason"],
    }
    return _effect(CLOCK_RESUMED, clock, moment, state, data)


# --- extensions ---------------------------------------------------------------------------------


def _extended(clock: Clock, state: JsonObject, extension: Extension, moment: Moment) -> Effect:
    asked_at = datetime.fromisoformat(
        state.get("asked", {}).pop(extension.id, None) or moment.now.isoformat()
    )
    if "asked" in state and not state["asked"]:
        del state["asked"]
    before = entries(state, EXTENSION, extension.id)
    if extension.times is not None and len(before) >= extension.times:
        return _kept(clock, moment.element, EXTENSION, extension.id, "times")
    ahead = [one["id"] for one in state["thresholds"] if (at := instant(one)) is None or at > asked_at]
    limit_asked = the_limit(state)
    if limit_asked not in ahead:
        return _kept(clock, moment.element, EXTENSION, extension.id, "late")
    by = _length(extension, moment.variables)
    if extension.at_most is not None:
        by = min(by, extension.at_most - sum(entry["by"] for entry in before))
    if by <= 0:
        return _kept(clock, moment.element, EXTENSION, extension.id, "length")
    reason = _reason(extension.reason, moment.variables)
    entry: JsonObject = {
        "kind": EXTENSION,
        "id": extension.id,
        "by": by,
        "on": moment.day.isoformat(),
        "limits": ahead,
        "reason": reason,
    }
    state.setdefault("ledger", []).append(entry)
    recount(clock, state, moment.calendar, moment.now, patched=moment.patched)
    until = next(one["due"] for one in state["thresholds"] if one["id"] == limit_asked)
    data = {"id": extension.id, "by": by, "on": entry["on"], "until": until, "reason": reason}
    return _effect(CLOCK_EXTENDED, clock, moment, state, data)


def the_limit(state: JsonObject) -> str | None:
    """The limit that is meant by "due": the first that lights a lamp, else the last; earlier ones remind."""
    lit = [one["id"] for one in state["thresholds"] if one["lamp"]]
    every = [one["id"] for one in state["thresholds"]]
    return str((lit or every[-1:])[0]) if every else None


def _length(extension: Extension, variables: JsonObject) -> int:
    if isinstance(extension.by, int):
        return extension.by
    value = variables.get(extension.by)
    return value if type(value) is int else 0


# --- a new day 0 ----------------------------------------------------------------------------------


def _restarted(clock: Clock, state: JsonObject, moment: Moment) -> Effect:
    """Everything counts from the new day 0; what paused or lengthened the old count is over with it."""
    restart = clock.restart
    assert restart is not None  # asked before
    start: date | datetime | None = None
    if restart.day0_variable is not None:
        start = read_start(clock, moment.variables.get(restart.day0_variable))
    if start is None:
        start = moment.received_on if clock.unit.counts_days else moment.now
    before = state["day0"]
    state.pop("ledger", None)
    state.pop("asked", None)
    state.update(anchored(start, moment.calendar))
    state["anchor"] = restart.day0_variable
    recount(clock, state, moment.calendar, moment.now, anew=True)
    data = {"day0": state["day0"], "before": before}
    return _effect(CLOCK_RESTARTED, clock, moment, state, data)
