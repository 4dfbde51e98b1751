"""The days of a running clock: a pure function of its day 0, what paused and lengthened it, and a calendar.

The state of a running clock is JSON:

    {"day0": day, "thresholds": [{id, after, due, from, lamp, notify, provisional, reminder?, passed, plus?,
      counted?, kept?}], "since": instant (hours only), "ledger": [pauses and extensions], "asked":
      {extension: instant}, "anchor": name of the variable that holds day 0 since a restart, or null}

All but the first two stand there only when there is something to say: the state of a clock that nothing ever
touched is what it was in version 0.1. `kept` is the later day that holds for the department since a version
of the calendar would have brought it nearer, and the nearer day it was held against (`due`, `counted`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from wenzheng.calendars import Calendar
from wenzheng.calendars.units import Limit, Unit, limit, limit_after_pauses, used
from wenzheng.contracts import HOLDS_HOURS, JsonObject
from wenzheng.engine.clock_model import Clock, Threshold

NOTICE_TIME: Final = "08:30"
"""When word of a lamp goes out on the next working day (defaults.md, "notice of a lamp")."""
PAUSE: Final = "pause"
EXTENSION: Final = "extension"
Patched = Callable[[str], bool]
_NOT_RECORDED: Final = frozenset({"passed", "reminder", "kept"})


def always(_patch: str) -> bool:
    """An instance that lives by everything that is known today."""
    return True


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
    count = threshold.after + _plus(state, threshold.id)
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
    count = _Count(clock, state, calendar, now)
    return [count.threshold(threshold) for threshold in clock.thresholds]


@dataclass(frozen=True)
class _Count:
    """Counts the thresholds of a clock in a state, by a calendar, at an instant."""

    clock: Clock
    state: JsonObject
    calendar: Calendar
    now: datetime

    def threshold(self, threshold: Threshold) -> JsonObject:
        """A threshold, not passed yet, where day 0 and the ledger put it."""
        return self.at(threshold, limit_of(threshold, self.clock, self.state, self.calendar))

    def at(self, threshold: Threshold, found: Limit | None) -> JsonObject:
        """A threshold with the limit that was found for it."""
        return {
            "id": threshold.id,
            "after": threshold.after,
            **_days(found, self.calendar),
            "lamp": threshold.lamp,
            "notify": list(threshold.notify),
            "provisional": found is not None and found.provisional,
            **self._reminder(threshold, found),
            "passed": False,
        }

    def holding(self, threshold: Threshold, new: JsonObject, held: JsonObject) -> JsonObject:
        """A threshold whose later day holds: it has moved by as much as the nearer one has.

        Always counted from the two days as they were, so that a pause of less than a day changes nothing.
        """
        if new["due"] is None:
            return {**new, "kept": held}
        later, nearer, due = (date.fromisoformat(one) for one in (held["due"], held["counted"], new["due"]))
        shift = used(self.calendar, self.clock.unit, nearer, due)
        last = limit(self.calendar, self.clock.unit, later, shift).last if shift else later
        assert not isinstance(last, datetime)  # the caller asks for clocks of days only
        if last <= due:
            return {**new, "kept": held}
        found = Limit(last, self.calendar.end_of(last), new["provisional"])
        return {**self.at(threshold, found), "counted": new["due"], "kept": held}

    def holding_hours(self, threshold: Threshold, new: JsonObject, old: JsonObject) -> JsonObject:
        """As `holding`, for hours: they know no pause, so both instants are later by what was added.

        Nothing more has to be kept for it than the instant that holds and what it was extended by before.
        """
        later, nearer = instant(old), instant(new)
        assert later is not None  # only a pause takes the instant away
        assert nearer is not None
        added = _plus(self.state, threshold.id) - old.get("plus", 0)
        moved = limit(self.calendar, self.clock.unit, later, added)
        if moved.late_from <= nearer:
            return new
        found = moved._replace(provisional=moved.provisional or new["provisional"])
        return {**self.at(threshold, found), "counted": new["due"]}

    def _reminder(self, threshold: Threshold, found: Limit | None) -> JsonObject:
        """When who is reminded; not at all when that moment is over, or when nobody knows the last day."""
        if not threshold.remind or found is None or isinstance(found.last, datetime):
            return {}
        working = self.clock.unit is Unit.WORKING_DAYS and threshold.after >= 0
        start = date.fromisoformat(self.state["day0"])
        day = (
            self.calendar.add(start, threshold.after - threshold.remind_before).date
            if working and "ledger" not in self.state
            else self.calendar.add(found.last, -threshold.remind_before).date
        )
        moment = self.calendar.instant(day, NOTICE_TIME)
        if moment < self.now:
            return {}
        reminder = {"from": moment.isoformat(), "remind": list(threshold.remind), "passed": False}
        return {"reminder": reminder}


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
    anew: bool = False,
    patched: Patched = always,
) -> list[JsonObject]:
    """Count all thresholds anew and say which of them moved: `{threshold, before, due}`, for people to read.

    A threshold that was passed counts again when it now lies ahead. A later day that holds for the
    department is moved by what pauses and lengthens the clock, too; `anew`, when day 0 is another one, it is
    over. `patched` says of what came later whether this instance lives by it.
    """
    moved: list[JsonObject] = []
    count = _Count(clock, state, calendar, now)
    by_id = {threshold.id: threshold for threshold in clock.thresholds}
    for place, old in enumerate(state["thresholds"]):
        new = count.threshold(by_id[old["id"]])
        held = None if anew else _held(old)
        if held is not None and clock.unit.counts_days:
            new = count.holding(by_id[old["id"]], new, held)
        elif held is not None and patched(HOLDS_HOURS):
            new = count.holding_hours(by_id[old["id"]], new, old)
        _remember(old, new, now)
        _lengthened(new, state)
        state["thresholds"][place] = new
        if (change := _change(old, new)) is not None:
            moved.append(change)
    return moved


def recount_by(
    clock: Clock,
    state: JsonObject,
    calendar: Calendar,
    now: datetime,
    *,
    keep_later: bool,
    since: datetime | None = None,
) -> tuple[list[JsonObject], bool]:
    """Count all thresholds by another version of the calendar: which of them moved, and what is certain now.

    What is passed stays passed, unless the old version had it fall due after the new one came into force
    (`since`) and it lies ahead by that. With `keep_later` a day that comes nearer is written down beside the
    one that holds (`counted`). The second is True when a provisional day has become certain, or the reverse.
    """
    moved: list[JsonObject] = []
    certain = False
    count = _Count(clock, state, calendar, now)
    by_id = {threshold.id: threshold for threshold in clock.thresholds}
    for place, old in enumerate(state["thresholds"]):
        new = count.threshold(by_id[old["id"]])
        if old["passed"] and not _passed_too_early(old, new, now, since):
            continue
        _remember(old, new, now)
        _lengthened(new, state)
        if keep_later and _is_nearer(new, old):
            same = {name: value for name, value in old.items() if name != "kept"}
            new = {**same, "provisional": new["provisional"], "counted": new["due"]}
        state["thresholds"][place] = new
        certain |= new["provisional"] != old["provisional"]
        if (change := _change(old, new)) is not None:
            moved.append(change)
    return moved, certain


def _passed_too_early(old: JsonObject, new: JsonObject, now: datetime, since: datetime | None) -> bool:
    """Whether only the version before has it fall due, after the new one had come into force."""
    before, after = instant(old), instant(new)
    if since is None or before is None or after is None:
        return False
    return before > since and after > now


def _lengthened(new: JsonObject, state: JsonObject) -> None:
    plus = _plus(state, new["id"])
    if plus:
        new["plus"] = plus


def _plus(state: JsonObject, threshold: str) -> int:
    """What extensions have added to a threshold."""
    return sum(entry["by"] for entry in entries(state, EXTENSION) if threshold in entry["limits"])


def _change(old: JsonObject, new: JsonObject) -> JsonObject | None:
    if (new["due"], new.get("counted")) == (old["due"], old.get("counted")):
        return None
    change = {"threshold": old["id"], "before": old["due"], "due": new["due"]}
    return change | ({"counted": new["counted"]} if "counted" in new else {})


def _held(old: JsonObject) -> JsonObject | None:
    """The later day that holds, and the nearer one it was held against."""
    if "kept" in old:
        kept: JsonObject = old["kept"]
        return kept
    if "counted" in old and old["due"] is not None and old["counted"] is not None:
        return {"due": old["due"], "counted": old["counted"]}
    return None


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


def recorded(state: JsonObject) -> list[JsonObject]:
    """The thresholds of a clock as a record shows them; for hours with the instant they count from."""
    since = {"since": state["since"]} if "since" in state else {}
    return [
        {key: value for key, value in threshold.items() if key not in _NOT_RECORDED} | since
        for threshold in state["thresholds"]
    ]
