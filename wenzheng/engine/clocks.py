"""The clocks of an instance: started, paused, lengthened, restarted and stopped by elements.

SpiffWorkflow knows nothing of them: what is stored is the rule, day 0, what happened since and the
calendar's version, so that a deadline can be recomputed and explained (`wenzheng.engine.counting`).
Colours are not stored while a clock runs; they follow from the thresholds and the time of the reader
(`wenzheng.petitions.lamps`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from wenzheng.calendars import Calendar
from wenzheng.contracts import (
    CLOCK_MOVED,
    CLOCK_STARTED,
    CLOCK_STOPPED,
    FOLLOWS_DAYS,
    REMINDER_DUE,
    THRESHOLD_PASSED,
    JsonObject,
)
from wenzheng.engine import ledger
from wenzheng.engine.clock_model import Clock
from wenzheng.engine.counting import (
    NOTICE_TIME,
    Patched,
    always,
    anchored,
    instant,
    new_thresholds,
    open_pause,
    recorded,
    recount,
    recount_by,
    resumes_at,
    start_of,
)
from wenzheng.engine.effects import Effect
from wenzheng.engine.expressions import ExpressionFailed, Program
from wenzheng.engine.model import ProcessModel, in_english

_NEVER: Final[Mapping[str, Program]] = {}


@dataclass(frozen=True)
class _Ahead:
    """Something that a clock comes to by itself: a threshold, its reminder, or the end of a pause."""

    moment: datetime
    clock: str
    what: str
    threshold: JsonObject


class ClockPlan:
    """The clocks of a process by what they hang on: one for all its instances."""

    def __init__(self, model: ProcessModel, at_once: Mapping[str, Program] = _NEVER) -> None:
        """`at_once` holds, by clock, the condition under which word goes out without waiting."""
        self.model = model
        self.at_once = at_once
        self.named: dict[tuple[str, str], list[Clock]] = {}
        for clock in model.clocks.values():
            for part in (("starts", clock.starts), ("stops", clock.stops)):
                for element in part[1]:
                    self.named.setdefault((part[0], element), []).append(clock)
        self.eventful = [clock for clock in model.clocks.values() if ledger.is_eventful(clock)]
        self.anchored = [clock for clock in model.clocks.values() if clock.day0_variable]


class ClockTable:
    """The running clocks of one instance.

    `running` maps a clock's id to its state (`counting`). A clock that counts back from a day that nobody
    knows yet has the state `{"waits": element}`, and starts when the day is known.
    """

    __slots__ = ("_looked_at", "_plan", "calendar", "patched", "running")  # one for each letter in memory

    def __init__(self, plan: ClockPlan, calendar: Calendar) -> None:
        self._plan = plan
        self.calendar = calendar
        self._looked_at: JsonObject | None = None
        self.running: dict[str, JsonObject] = {}
        self.patched: Patched = always
        """Whether the instance lives by a rule that came later: asked by name, only where it matters."""

    def element_completed(self, element: str, variables: JsonObject, now: datetime) -> Iterator[Effect]:
        """Stop, then move, then start, the clocks that hang on an element's completion."""
        yield from self.look(variables, now)
        for clock in self._plan.named.get(("stops", element), ()):
            if clock.id in self.running:
                yield from self._stop(clock.id, element, "completed", now)
        for clock in self._plan.eventful:
            state = self.running.get(clock.id)
            if state is not None and "waits" not in state:
                moment = ledger.Moment(element, variables, now, self.calendar, self._start_of, self.patched)
                yield from ledger.happened(clock, state, moment)
        for clock in self._plan.named.get(("starts", element), ()):
            if clock.id not in self.running:
                yield from self._start(clock, element, variables, now)

    def stop_all(self, element: str, now: datetime) -> Iterator[Effect]:
        """Stop what still runs because the instance ends."""
        for clock_id in list(self.running):
            yield from self._stop(clock_id, element, "ended", now)

    def next_deadline(self) -> datetime | None:
        """The nearest threshold, reminder of one, or end of a pause, that has not been passed."""
        return min((ahead.moment for ahead in self._ahead()), default=None)

    def pass_one(self, variables: JsonObject, now: datetime) -> Effect | None:
        """Pass the oldest threshold, reminder or end of a pause that is due by `now`, if there is one."""
        due = [ahead for ahead in self._ahead() if ahead.moment <= now]
        if not due:
            return None
        first = min(due, key=lambda ahead: (ahead.moment, ahead.clock))
        clock, threshold = self._plan.model.clocks[first.clock], first.threshold
        if first.what == "resume":
            moment = ledger.Moment(clock.starts[0], variables, first.moment, self.calendar, self._start_of)
            return ledger.resumed_by_itself(clock, self.running[clock.id], moment)
        if first.what == "remind":
            return _remind(clock, threshold)
        threshold["passed"] = True
        return Effect(
            THRESHOLD_PASSED,
            clock.starts[0],
            {
                "clock": clock.id,
                "threshold": threshold["id"],
                "due": threshold["due"],
                "from": threshold["from"],
                "lamp": threshold["lamp"],
                "notify": threshold["notify"],
                "notice_at": self._notice_at(clock.id, first.moment, variables).isoformat(),
            },
        )

    def look(self, variables: JsonObject, now: datetime) -> Iterator[Effect]:
        """Move the clocks whose day 0 has another date now, and start those that waited for one."""
        if variables is self._looked_at:
            return
        self._looked_at = variables
        for clock in self._plan.anchored:
            state = self.running.get(clock.id)
            if state is None:
                continue
            if "waits" in state:
                if _given(clock.day0_variable, variables, clock) is not None:
                    del self.running[clock.id]
                    yield from self._start(clock, state["waits"], variables, now)
                continue
            start = _given(state.get("anchor", clock.day0_variable), variables, clock)
            if start is not None and start != start_of(state) and self.patched(FOLLOWS_DAYS):
                before = state["day0"]
                state.update(anchored(start, self.calendar))
                moved = recount(clock, state, self.calendar, now, anew=True)
                yield self._moved(clock, state, moved, {"cause": "day0", "before": before})

    def calendar_changed(
        self, calendar: Calendar, now: datetime, *, keep_later: bool, since: datetime | None, said: JsonObject
    ) -> Iterator[Effect]:
        """Count the running clocks by another version of the calendar, in force `since` then.

        What was passed stays. With `keep_later` a limit that would come nearer holds where it is: not of a
        clock that began when the version was in force already.
        """
        self.calendar = calendar
        for clock_id, state in self.running.items():
            if "waits" in state:
                continue
            clock = self._plan.model.clocks[clock_id]
            keep = keep_later and not _began_after(clock, state, since, calendar)
            moved, certain = recount_by(clock, state, calendar, now, keep_later=keep, since=since)
            if moved or certain:
                yield self._moved(clock, state, moved, {"cause": "calendar", **said})

    def _moved(self, clock: Clock, state: JsonObject, moved: list[JsonObject], why: JsonObject) -> Effect:
        return Effect(
            CLOCK_MOVED,
            clock.starts[0],
            {
                "clock": clock.id,
                **why,
                "day0": state["day0"],
                "calendar": self.calendar.version,
                "moved": moved,
                "thresholds": recorded(state),
            },
        )

    def _ahead(self) -> Iterator[_Ahead]:
        for clock_id, state in self.running.items():
            paused = open_pause(state) if "ledger" in state else None
            if paused is not None:
                moment = resumes_at(paused, self._plan.model.clocks[clock_id], self.calendar)
                if moment is not None:
                    yield _Ahead(moment, clock_id, "resume", {})
                continue
            for threshold in state.get("thresholds", ()):
                reminder = threshold.get("reminder")
                if reminder is not None and not reminder["passed"]:
                    yield _Ahead(datetime.fromisoformat(reminder["from"]), clock_id, "remind", threshold)
                moment = None if threshold["passed"] else instant(threshold)
                if moment is not None:
                    yield _Ahead(moment, clock_id, "pass", threshold)

    def _start_of(self, clock_id: str) -> tuple[Clock, date | datetime] | None:
        """What another clock counts from; None if it does not run."""
        state = self.running.get(clock_id)
        if state is None or "waits" in state:
            return None
        return self._plan.model.clocks[clock_id], start_of(state)

    def _start(self, clock: Clock, element: str, variables: JsonObject, now: datetime) -> Iterator[Effect]:
        start = _given(clock.day0_variable, variables, clock)
        if start is None:
            if clock.counts_back:
                self.running[clock.id] = {"waits": element}
                return
            start = self.calendar.received_on(now) if clock.unit.counts_days else now
        state: dict[str, Any] = anchored(start, self.calendar)
        state["thresholds"] = new_thresholds(clock, state, self.calendar, now)
        self.running[clock.id] = state
        yield Effect(
            CLOCK_STARTED,
            element,
            {
                "clock": clock.id,
                "name": clock.name,
                **in_english(clock.name_en),
                "day0": state["day0"],
                "calendar": self.calendar.version,
                "thresholds": recorded(state),
                **clock.said(),
            },
        )

    def _stop(self, clock_id: str, element: str, reason: str, now: datetime) -> Iterator[Effect]:
        state = self.running.pop(clock_id)
        if "waits" not in state:
            lamp = _frozen_lamp(state, reason, now)
            yield Effect(CLOCK_STOPPED, element, {"clock": clock_id, "reason": reason, "lamp": lamp})

    def _notice_at(self, clock_id: str, moment: datetime, variables: JsonObject) -> datetime:
        """The next working morning; at once while the clock's condition holds.

        A condition that cannot be evaluated, because what it asks about is not known yet, does not hold.
        """
        condition = self._plan.at_once.get(clock_id)
        if condition is not None:
            with suppress(ExpressionFailed):
                if condition.evaluate(variables) is True:
                    return moment
        day = self.calendar.next_working(self.calendar.today(moment))
        return self.calendar.instant(day, NOTICE_TIME)


def _began_after(clock: Clock, state: JsonObject, since: datetime | None, calendar: Calendar) -> bool:
    """Whether a clock is known to have begun on a day after an instant."""
    if since is None or clock.day0_variable is not None or "anchor" in state:
        return False
    return date.fromisoformat(state["day0"]) > calendar.received_on(since)


def _remind(clock: Clock, threshold: JsonObject) -> Effect:
    reminder = threshold["reminder"]
    reminder["passed"] = True
    return Effect(
        REMINDER_DUE,
        clock.starts[0],
        {
            "clock": clock.id,
            "threshold": threshold["id"],
            "due": threshold["due"],
            "remind": reminder["remind"],
            "notice_at": reminder["from"],
        },
    )


def _given(variable: str | None, variables: JsonObject, clock: Clock) -> date | datetime | None:
    """The day, or for hours the instant, that a variable holds."""
    value = variables.get(variable) if variable else None
    if not value:
        return None
    return ledger.read_start(clock, value)


def _frozen_lamp(state: JsonObject, reason: str, now: datetime) -> str | None:
    """The colour that stays: of the last lamp reached, else green for an answer in time.

    Decided by the instants, not by which thresholds have fired: an answer that arrives together
    with the alarm is judged by its time.
    """
    lamps = [threshold for threshold in state["thresholds"] if threshold["lamp"]]
    if not lamps:
        return None
    reached = [str(one["lamp"]) for one in lamps if (at := instant(one)) is not None and at <= now]
    if reached:
        return reached[-1]
    return "green" if reason == "completed" else None
