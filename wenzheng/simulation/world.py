"""A world in virtual time: instances of a bundle's processes, people, services and messages.

Time jumps from one thing that is due to the next. What is due at one instant happens in the order
in which it was set. Nothing here reads a clock or draws a random number.
"""

from __future__ import annotations

import contextlib
import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from wenzheng import contracts
from wenzheng.calendars import Calendar
from wenzheng.contracts import Delivery, JsonObject
from wenzheng.engine.compiled import CompiledProcess
from wenzheng.engine.definition import Definition
from wenzheng.engine.effects import Effect
from wenzheng.engine.events import (
    Event,
    EventRefused,
    MessageReceived,
    ServiceFailed,
    ServiceFinished,
    Start,
    StartRefused,
    TaskCompleted,
    TimeReached,
)
from wenzheng.engine.instance import ProcessInstance
from wenzheng.engine.router import SIGNAL, HandOver, MemoryBoard, Router, Waiting
from wenzheng.engine.routing import begun_with, event_of, thrown
from wenzheng.engine.step import step
from wenzheng.engine.timers import Duration, after_duration
from wenzheng.simulation.answers import Answers, least_form, least_output

STEPS_AT_MOST: Final = 1_000_000
"""Steps of one simulation; a world that goes on for ever without end is stopped there."""


_NO_OTHERS: Final[Mapping[str, Calendar]] = {}
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


class SimulationStoppedError(Exception):
    """The simulation cannot go on; the text says why and what to do."""


@dataclass(frozen=True)
class Line:
    """One line of a trace (design.md §5)."""

    seq: int
    time: datetime
    instance: str
    process: str
    element: str
    type: str
    name: str
    event: str

    def as_dict(self) -> dict[str, Any]:
        """The line as JSON."""
        return {**vars(self), "time": self.time.isoformat()}


@dataclass
class Inhabitant:
    """One instance of the world."""

    id: str
    process: CompiledProcess
    instance: ProcessInstance
    incident: JsonObject | None = None
    heard: set[str] = field(default_factory=set)
    """Waits for which it has been planned what is sent."""


@dataclass(order=True)
class _Due:
    at: datetime
    order: int
    who: Inhabitant = field(compare=False)
    event: Event = field(compare=False)
    must: bool = field(compare=False, default=False)


Watcher = Callable[[Inhabitant, Event, list[Effect]], None]
"""Is told of every step: who, what happened, and its effects."""


class World:
    """Runs processes of a definition until all have ended, wait for ever, or time is up."""

    def __init__(
        self,
        definition: Definition,
        calendar: Calendar,
        start: datetime,
        answers: Answers | None = None,
        watcher: Watcher | None = None,
        *,
        calendars: Mapping[str, Calendar] = _NO_OTHERS,
    ) -> None:
        """`calendar` is the city's; `calendars` are those that processes name, by name."""
        self.now = start.astimezone(UTC)
        self.lines: list[Line] = []
        self.inhabitants: list[Inhabitant] = []
        self._known: dict[str, Inhabitant] = {}
        self._definition = definition
        self._calendar = calendar
        self._calendars = calendars
        self._answers = answers or Answers()
        self._watcher = watcher
        self._agenda: list[_Due] = []
        self._board = MemoryBoard()
        self._router = Router(self._board)
        self._routing = False
        self._order = 0
        self._steps = 0

    def start(self, process_id: str, variables: Mapping[str, Any] | None = None) -> Inhabitant:
        """Begin an instance of a process. Raises EventRefused for wrong variables."""
        who = self._settle(process_id)
        self._step(who, Start(dict(variables or {})))
        return who

    def _settle(self, process_id: str) -> Inhabitant:
        """A new instance that has not begun."""
        process = self._definition.processes[process_id]
        choice = process.model.calendar
        counted_by = self._calendars.get(choice.name, self._calendar) if choice else self._calendar
        instance = ProcessInstance(process, counted_by)
        instance.trace = []
        who = Inhabitant(f"{process_id}-{len(self.inhabitants) + 1}", process, instance)
        self.inhabitants.append(who)
        self._known[who.id] = who
        return who

    def plan(self, who: Inhabitant, event: Event, at: datetime) -> None:
        """Let something happen at an instant; `run` raises EventRefused when it cannot happen then."""
        self._later(who, event, at, must=True)

    @property
    def definition(self) -> Definition:
        """What runs here."""
        return self._definition

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the calendar, in which days begin."""
        return self._calendar.zone

    @property
    def process_ids(self) -> list[str]:
        """The processes of the definition, in the order of their files."""
        return list(self._definition.processes)

    def declared(self, process_id: str) -> list[str]:
        """The variables that a process declares."""
        return list(self._definition.processes[process_id].model.variables)

    def after(self, moment: datetime, duration: Duration) -> datetime:
        """The instant a duration after another, on the calendar's wall clock."""
        return after_duration(moment, duration, self._calendar)

    def run(self, until: datetime | None = None) -> None:
        """Let time pass. Raises SimulationStoppedError when it would never end."""
        while (moment := self._next_moment()) is not None and (until is None or moment <= until):
            self.now = max(self.now, moment)
            if self._agenda and self._agenda[0].at <= self.now:
                self._try(heapq.heappop(self._agenda))
            else:
                self._step(self._first_due(), TimeReached())
        if until is not None:
            self.now = max(self.now, until)

    def _next_moment(self) -> datetime | None:
        alarms = [one.instance.next_alarm() for one in self.inhabitants]
        moments = [alarm for alarm in alarms if alarm is not None]
        if self._agenda:
            moments.append(self._agenda[0].at)
        return min(moments, default=None)

    def _first_due(self) -> Inhabitant:
        return min(self.inhabitants, key=lambda one: one.instance.next_alarm() or _NEVER)

    # --- what happens -----------------------------------------------------------------------

    def _try(self, due: _Due) -> None:
        """An answer that comes too late, for example after a boundary event, comes to nothing."""
        try:
            self._step(due.who, due.event)
        except EventRefused:
            if due.must:
                raise

    def _step(self, who: Inhabitant, event: Event, arrived: str | None = None) -> None:
        """Let an event happen; `arrived` is the key of the message that it is."""
        self._steps += 1
        if self._steps > STEPS_AT_MOST:
            raise SimulationStoppedError(
                f"Expected the simulation to end within {STEPS_AT_MOST:,} steps, found it goes on. "
                "Give it an end with --until, or answer a task so that a loop is left."
            )
        effects = step(who.instance, event, self.now)
        if self._watcher is not None:
            self._watcher(who, event, effects)
        self._write(who)
        self._answer_waits(who)
        waits = [
            Waiting(self._definition.digest, who.id, one.id, one.kind, one.name, one.keys)
            for one in who.instance.waits()
        ]
        self._router.stands(who.id, waits, [arrived] if arrived is not None else [])
        for place, effect in enumerate(effects):
            self._follow(who, effect, f"{who.id}/{self._steps}/{place}")
        self._route()

    def _write(self, who: Inhabitant) -> None:
        for entry in who.instance.trace or []:
            self.lines.append(
                Line(
                    len(self.lines) + 1,
                    self.now,
                    who.id,
                    who.process.model.id,
                    entry.element,
                    entry.type,
                    entry.name,
                    entry.event,
                )
            )
        who.instance.trace = []

    def _follow(self, who: Inhabitant, effect: Effect, key: str) -> None:
        match effect.kind:
            case contracts.TASK_OPENED:
                self._answer_task(who, effect)
            case contracts.SERVICE_REQUESTED:
                self._answer_service(who, effect)
            case contracts.MESSAGE_THROWN | contracts.SIGNAL_THROWN:
                self._router.throw(thrown(self._definition, who.id, key, effect.kind, effect.data))
            case contracts.INCIDENT_RAISED:
                who.incident = {"element": effect.element, **effect.data}

    def _later(self, who: Inhabitant, event: Event, at: datetime, *, must: bool = False) -> None:
        self._order += 1
        heapq.heappush(self._agenda, _Due(at, self._order, who, event, must))

    # --- people and services ------------------------------------------------------------------

    def _answer_task(self, who: Inhabitant, effect: Effect) -> None:
        task = who.instance.live.get(effect.data["task_id"])
        answer = self._answers.next(effect.element) if task is not None else None
        if answer is None or task is None:
            return
        element = task.task_spec.element
        today = self._calendar.today(self.now).isoformat()
        data = answer.data if answer.data is not None else least_form(element.fields, today)
        role = element.role or ""
        event = TaskCompleted(effect.element, role, role, data, effect.data["task_id"])
        self._later(who, event, after_duration(self.now, answer.after, self._calendar))

    def _answer_service(self, who: Inhabitant, effect: Effect) -> None:
        answer = self._answers.next(effect.element)
        if answer is None:
            return
        call_id = effect.data["call_id"]
        contract = self._definition.services[effect.data["service"]]
        event: Event
        if answer.fail is not None:
            says = answer.says or f"The answers let '{effect.element}' fail."
            event = ServiceFailed(call_id, answer.fail, says)
        else:
            event = ServiceFinished(
                call_id, answer.data if answer.data is not None else least_output(contract)
            )
        self._later(who, event, after_duration(self.now, answer.after, self._calendar))

    def _answer_waits(self, who: Inhabitant) -> None:
        """What people send from outside, planned when somebody begins to wait for it."""
        for task_id in [one for one in who.instance.waiting if one not in who.heard]:
            who.heard.add(task_id)
            task = who.instance.live[task_id]
            element = task.task_spec.awaited
            names = [task.task_spec.element.id, element.id]
            name = next((one for one in names if one in self._answers.by_element), None)
            if element.message is None or name is None:
                continue
            while (answer := self._answers.next(name)) is not None:
                event = MessageReceived(element.message, answer.data or {}, element.role or "")
                self._later(who, event, after_duration(self.now, answer.after, self._calendar))

    # --- messages between instances -----------------------------------------------------------

    def _route(self) -> None:
        """Hand over what the router has decided, in its order; what follows from it comes after it."""
        if self._routing:
            return
        self._routing = True
        try:
            while self._board.due:
                self._hand_over(self._board.due.pop(0))
        finally:
            self._routing = False

    def _hand_over(self, due: HandOver) -> None:
        what = due.thrown
        delivery = Delivery(
            *(what.key, what.kind, what.name, what.instance),
            sorted(due.waits or ()),
            what.data,
            dict(what.keys),
        )
        if due.waits is None:
            self._begin(due.receiver, delivery)
            return
        who = self._known[due.receiver]
        # A signal that nobody waits for any more when it comes is refused like an answer that is too late.
        with contextlib.suppress(EventRefused) if what.kind == SIGNAL else contextlib.nullcontext():
            self._step(who, event_of(delivery, who.process), what.key)

    def _begin(self, process_id: str, delivery: Delivery) -> None:
        """An instance begins with a message or signal; data that do not fit stop it with an incident."""
        who = self._settle(process_id)
        variables, event = begun_with(who.process, delivery.data), event_of(delivery, who.process)
        try:
            self._step(who, Start(variables))
            self._step(who, event, delivery.act_id)
        except EventRefused as said:
            self._step(who, StartRefused(event, variables, str(said)), delivery.act_id)

    # --- how it stands ------------------------------------------------------------------------

    def outcome(self) -> dict[str, Any]:
        """The last line of a trace: state, what is waited for, data of the first instance, error."""
        error = next((found for one in self.inhabitants if (found := _error(one)) is not None), None)
        waiting = [entry for one in self.inhabitants for entry in _waiting(one)]
        state = "failed" if error is not None else "waiting" if waiting else "completed"
        data = self.inhabitants[0].instance.variables if self.inhabitants else {}
        return {"state": state, "waiting": waiting, "data": data, "error": error}


def _error(one: Inhabitant) -> JsonObject | None:
    ended = one.instance.ended
    if ended is not None and ended["state"] == "failed":
        return {"code": ended["error"], "element": None, "message": f"{one.id} ended with an error."}
    if one.incident is not None and one.instance.incidents:
        return {key: one.incident[key] for key in ("code", "element", "message")}
    return None


def _waiting(one: Inhabitant) -> list[JsonObject]:
    """What an instance waits for, oldest first."""
    if one.instance.ended is not None:
        return []
    found = []
    for task in one.instance.live.values():
        element = task.task_spec.element
        what = one.instance.waiting.get(task.id)
        if task.id in one.instance.subprocesses or task.id in one.instance.incidents:
            continue
        found.append({"instance": one.id, "element": element.id, "type": element.type, **(what or {})})
    return found
