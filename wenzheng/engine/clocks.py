"""The clocks of an instance: started, paused, lengthened, restarted and stopped by elements.

SpiffWorkflow knows nothing of them: what is stored is the rule, day 0, what happened since and the
calendar's version, so that a deadline can be recomputed and explained (`wenzheng.engine.counting`).
Colours are not stored while a clock runs; they follow from the thresholds and the time of the reader
(`wenzheng.petitions.lamps`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from wenzheng.calendars import Calendar
from wenzheng.contracts import (
    CLOCK_MOVED,
    CLOCK_STARTED,
    CLOCK_STOPPED,
    FOLLOWS_DAYS,
    REMINDER_DUE,
    THRESHOLD_PASSED,
    JsonObject,
    clock_id,
)
from wenzheng.engine import ledger
from wenzheng.engine.clock_model import Clock
from wenzheng.engine.clock_plan import ClockPlan
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
from wenzheng.engine.expressions import ExpressionFailed
from wenzheng.engine.model import in_english
from wenzheng.engine.unit_clocks import belongs_to, new_name, runs_around, said_of, unit_of

if TYPE_CHECKING:
    from wenzheng.engine.instance import ProcessInstance
    from wenzheng.engine.tasks import ElementTask


@dataclass(frozen=True)
class _Ahead:
    """Something that a clock comes to by itself: a threshold, its reminder, or the end of a pause."""

    moment: datetime
    clock: str
    what: str
    threshold: JsonObject


class ClockTable:
    """The running clocks of one instance.

    `running` maps a clock's name to its state (`counting`). The name is the clock's id, of one that belongs
    to a run with whose it is behind it (`unit_clocks`); its state says `of` which task. A clock that counts
    back from a day that nobody knows yet has the state `{"waits": element}`, and starts when the day is
    known.
    """

    __slots__ = ("_looked_at", "_plan", "calendar", "patched", "running")  # one for each letter in memory

    def __init__(self, plan: ClockPlan, calendar: Calendar) -> None:
        self._plan = plan
        self.calendar = calendar
        self._looked_at: JsonObject | None = None
        self.running: dict[str, JsonObject] = {}
        self.patched: Patched = always
        """Whether the instance lives by a rule that came later: asked by name, only where it matters."""

    def clock(self, name: str) -> Clock:
        """What the definition says of a running clock."""
        return self._plan.clocks[clock_id(name)]

    # --- what elements do ------------------------------------------------------------------

    def element_completed(self, task: ElementTask) -> Iterator[Effect]:
        """Stop, then move, then start, the clocks that hang on an element's completion.

        Those of the runs around it come first, from the inside out; then those of the process.
        """
        instance, element = task.instance, task.task_spec.element.id
        yield from self.look(instance)
        for run in runs_around(task) if self._plan.of_runs else ():
            yield from self._happened(element, run.task_spec.clocks, instance, run)
        named = self._plan.named
        for clock in named.get(("stops", element), ()):
            if clock.id in self.running:
                yield from self._stop(clock.id, element, "completed", instance.now)
        for clock in self._plan.eventful:
            yield from self._eventful(clock, clock.id, element, instance)
        for clock in named.get(("starts", element), ()):
            if clock.id not in self.running:
                yield from self._start(clock, element, instance)

    def _happened(
        self, element: str, clocks: Iterable[Clock], instance: ProcessInstance, run: ElementTask
    ) -> Iterator[Effect]:
        """What an element's completion inside a run does to the run's clocks."""
        for clock in clocks:
            name = self._name_of(clock, run)
            if name is not None and element in clock.stops:
                yield from self._stop(name, element, "completed", instance.now)
            elif name is not None:
                yield from self._eventful(clock, name, element, instance)
        for clock in clocks:
            if element in clock.starts and self._name_of(clock, run) is None:
                yield from self._start(clock, element, instance, run)

    def _eventful(self, clock: Clock, name: str, element: str, instance: ProcessInstance) -> Iterator[Effect]:
        state = self.running.get(name)
        if state is not None and "waits" not in state and ledger.is_eventful(clock):
            for effect in ledger.happened(clock, state, self._moment(state, element, instance)):
                yield said_of(name, state, effect)

    def run_begun(self, run: ElementTask) -> Iterator[Effect]:
        """Start the clocks that begin with a run of an activity."""
        for clock in run.task_spec.clocks:
            if not clock.starts:
                yield from self._start(clock, run.task_spec.element.id, run.instance, run)

    def run_ended(self, run: ElementTask, reason: str) -> Iterator[Effect]:
        """Stop the clocks of a run that is over, because it has `completed` or was `cancelled`.

        What something else was to stop has only ended with it.
        """
        for name in [name for name, state in self.running.items() if state.get("of") == run.id]:
            why = "ended" if reason == "completed" and self.clock(name).stops else reason
            yield from self._stop(name, run.task_spec.element.id, why, run.instance.now)

    def stop_all(self, element: str, now: datetime) -> Iterator[Effect]:
        """Stop what still runs because the instance ends."""
        for name in list(self.running):
            yield from self._stop(name, element, "ended", now)

    # --- what time and days do -------------------------------------------------------------

    def next_deadline(self) -> datetime | None:
        """The nearest threshold, reminder of one, or end of a pause, that has not been passed."""
        return min((ahead.moment for ahead in self._ahead()), default=None)

    def pass_one(self, instance: ProcessInstance) -> Effect | None:
        """Pass the oldest threshold, reminder or end of a pause that is due by now, if there is one."""
        due = [ahead for ahead in self._ahead() if ahead.moment <= instance.now]
        if not due:
            return None
        first = min(due, key=lambda ahead: (ahead.moment, ahead.clock))
        clock, state, threshold = self.clock(first.clock), self.running[first.clock], first.threshold
        if first.what == "resume":
            moment = self._moment(state, clock.place, instance, first.moment)
            return said_of(first.clock, state, ledger.resumed_by_itself(clock, state, moment))
        if first.what == "remind":
            return said_of(first.clock, state, _remind(clock, threshold))
        threshold["passed"] = True
        notice_at = self._notice_at(clock.id, first.moment, _seen(state, instance))
        passed = Effect(
            THRESHOLD_PASSED,
            clock.place,
            {
                "clock": clock.id,
                "threshold": threshold["id"],
                "due": threshold["due"],
                "from": threshold["from"],
                "lamp": threshold["lamp"],
                "notify": threshold["notify"],
                "notice_at": notice_at.isoformat(),
            },
        )
        return said_of(first.clock, state, passed)

    def look(self, instance: ProcessInstance) -> Iterator[Effect]:
        """Move the clocks whose day 0 has another date now, and start those that waited for one."""
        if instance.variables is self._looked_at:
            return
        self._looked_at = instance.variables
        for clock in self._plan.anchored:
            for name in [name for name in self.running if clock_id(name) == clock.id]:
                yield from self._look_at(name, clock, instance)

    def _look_at(self, name: str, clock: Clock, instance: ProcessInstance) -> Iterator[Effect]:
        state = self.running[name]
        variables = _seen(state, instance)
        if "waits" in state:
            if _given(clock.day0_variable, variables, clock) is not None:
                del self.running[name]
                run = instance.live.get(state.get("of", ""))
                yield from self._start(clock, state["waits"], instance, run)
            return
        start = _given(state.get("anchor", clock.day0_variable), variables, clock)
        if start is not None and start != start_of(state) and self.patched(FOLLOWS_DAYS):
            before = state["day0"]
            state.update(anchored(start, self.calendar))
            moved = recount(clock, state, self.calendar, instance.now, anew=True)
            yield self._moved(name, state, moved, {"cause": "day0", "before": before})

    def calendar_changed(
        self, calendar: Calendar, now: datetime, *, keep_later: bool, since: datetime | None, said: JsonObject
    ) -> Iterator[Effect]:
        """Count the running clocks by another version of the calendar, in force `since` then.

        What was passed stays. With `keep_later` a limit that would come nearer holds where it is: not of a
        clock that began when the version was in force already.
        """
        self.calendar = calendar
        for name, state in self.running.items():
            if "waits" in state:
                continue
            clock = self.clock(name)
            keep = keep_later and not _began_after(clock, state, since, calendar)
            moved, certain = recount_by(clock, state, calendar, now, keep_later=keep, since=since)
            if moved or certain:
                yield self._moved(name, state, moved, {"cause": "calendar", **said})

    # --- one clock -------------------------------------------------------------------------

    def _moved(self, name: str, state: JsonObject, moved: list[JsonObject], why: JsonObject) -> Effect:
        clock = self.clock(name)
        data = {
            "clock": clock.id,
            **why,
            "day0": state["day0"],
            "calendar": self.calendar.version,
            "moved": moved,
            "thresholds": recorded(state),
        }
        return said_of(name, state, Effect(CLOCK_MOVED, clock.place, data))

    def _ahead(self) -> Iterator[_Ahead]:
        for name, state in self.running.items():
            paused = open_pause(state) if "ledger" in state else None
            if paused is not None:
                moment = resumes_at(paused, self.clock(name), self.calendar)
                if moment is not None:
                    yield _Ahead(moment, name, "resume", {})
                continue
            for threshold in state.get("thresholds", ()):
                reminder = threshold.get("reminder")
                if reminder is not None and not reminder["passed"]:
                    yield _Ahead(datetime.fromisoformat(reminder["from"]), name, "remind", threshold)
                moment = None if threshold["passed"] else instant(threshold)
                if moment is not None:
                    yield _Ahead(moment, name, "pass", threshold)

    def _moment(
        self, state: JsonObject, element: str, instance: ProcessInstance, at: datetime | None = None
    ) -> ledger.Moment:
        """What a change of a clock asks about; another clock is one of the same run before the process's."""

        def start_of_other(other_id: str) -> tuple[Clock, date | datetime] | None:
            run = instance.live.get(state.get("of", ""))
            clock = self._plan.clocks[other_id]
            other = self.running.get((self._name_of(clock, run) if run else None) or other_id)
            return None if other is None or "waits" in other else (clock, start_of(other))

        variables = _seen(state, instance)
        return ledger.Moment(
            element, variables, at or instance.now, self.calendar, start_of_other, self.patched
        )

    def _name_of(self, clock: Clock, run: ElementTask) -> str | None:
        """The name under which a run's clock runs."""
        return next(
            (
                name
                for name, state in self.running.items()
                if state.get("of") == run.id and clock_id(name) == clock.id
            ),
            None,
        )

    def _start(
        self, clock: Clock, element: str, instance: ProcessInstance, run: ElementTask | None = None
    ) -> Iterator[Effect]:
        variables = instance.variables if run is None else run.variables
        unit = unit_of(clock, variables)
        name = clock.id if run is None else new_name(clock, run, unit, self.running)
        state: dict[str, Any] = belongs_to(run, unit)
        start = _given(clock.day0_variable, variables, clock)
        if start is None:
            if clock.counts_back:
                self.running[name] = {"waits": element, **state}
                return
            start = self.calendar.received_on(instance.now) if clock.unit.counts_days else instance.now
        state = {**anchored(start, self.calendar), **state}
        state["thresholds"] = new_thresholds(clock, state, self.calendar, instance.now)
        self.running[name] = state
        data = {
            "clock": clock.id,
            "name": clock.name,
            **in_english(clock.name_en),
            "day0": state["day0"],
            "calendar": self.calendar.version,
            "thresholds": recorded(state),
            **clock.said(),
        }
        yield said_of(name, state, Effect(CLOCK_STARTED, element, data))

    def _stop(self, name: str, element: str, reason: str, now: datetime) -> Iterator[Effect]:
        state = self.running.pop(name)
        if "waits" not in state:
            lamp = _frozen_lamp(state, reason, now)
            data = {"clock": name, "reason": reason, "lamp": lamp}
            yield said_of(name, state, Effect(CLOCK_STOPPED, element, data))

    def _notice_at(self, clock: str, moment: datetime, variables: JsonObject) -> datetime:
        """The next working morning; at once while the clock's condition holds.

        A condition that cannot be evaluated, because what it asks about is not known yet, does not hold.
        """
        condition = self._plan.at_once.get(clock)
        if condition is not None:
            with suppress(ExpressionFailed):
                if condition.evaluate(variables) is True:
                    return moment
        day = self.calendar.next_working(self.calendar.today(moment))
        return self.calendar.instant(day, NOTICE_TIME)


def _seen(state: JsonObject, instance: ProcessInstance) -> JsonObject:
    """The variables as a clock sees them: those of the run that it belongs to, else the instance's."""
    return instance.live[state["of"]].variables if "of" in state else instance.variables


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
        clock.place,
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
