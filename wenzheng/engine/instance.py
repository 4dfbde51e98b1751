"""One running process instance: tokens, scopes, variables, and the order in which things run.

The scheduler is ours: one element at a time, first in first out. SpiffWorkflow supplies the
tasks, their states and the tree; it is called inside `determinism.core` only (see `step`).
"""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from wenzheng.calendars import Calendar
from wenzheng.contracts import (
    INCIDENT_RAISED,
    INCIDENT_RESOLVED,
    INSTANCE_ENDED,
    INSTANCE_STARTED,
    JsonObject,
)
from wenzheng.engine.effects import Effect, TraceEntry
from wenzheng.engine.elements.base import Incident
from wenzheng.engine.expressions import ExpressionFailed
from wenzheng.engine.timers import after_duration, after_working_days, parse_duration, parse_instant
from wenzheng.engine.values import size_problem

from wenzheng.engine import determinism  # isort: skip  # before SpiffWorkflow's workflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

from wenzheng.engine.clocks import ClockTable
from wenzheng.engine.tasks import ElementTask, Scope, SubScope

if TYPE_CHECKING:
    from wenzheng.engine.compiled import CompiledProcess
    from wenzheng.engine.model import TimerText

STEP_LIMIT: Final = 2000
"""Element executions in one step; a model that needs more without waiting is in a loop."""
CLOSED_KEPT: Final = 32
"""How many completed user tasks are remembered, to tell a second person who did it."""


class _NoScripts:
    """SpiffWorkflow's script engine would evaluate Python; nothing may reach it."""


class ProcessInstance(Scope, BpmnWorkflow):
    """The state of one instance. Mutated by `step` only; read by anybody.

    `waiting` maps the ids of tasks that wait for an event to what they wait for:
    `{"message": name}` or `{"due": instant}`. `calls` holds open service calls by task id, and
    `incidents` what stopped, by an id of its own, because a retried task may stop again.
    """

    def __init__(self, process: CompiledProcess, calendar: Calendar) -> None:
        self.process = process
        self.calendar = calendar
        self.now = datetime.min.replace(tzinfo=UTC)
        self.variables: JsonObject = {}
        self.live: dict[str, ElementTask] = {}
        self.queue: deque[str] = deque()
        self.waiting: dict[str, JsonObject] = {}
        self.calls: dict[str, JsonObject] = {}
        self.incidents: dict[str, JsonObject] = {}
        self.closed: dict[str, JsonObject] = {}
        self.ended: JsonObject | None = None
        self.clocks = ClockTable(process.model, calendar, process.at_once)
        self.trace: list[TraceEntry] | None = None
        self._effects: list[Effect] = []
        self._executed = 0
        self.id_counter = 0
        BpmnWorkflow.__init__(self, process.root_spec, process.specs, _NoScripts(), deserializing=True)

    # --- what the step uses ---------------------------------------------------------------

    @property
    def instance(self) -> ProcessInstance:
        """The instance is its own outermost scope."""
        return self

    def new_id(self) -> str:
        """The next id of a task; the same on every replay."""
        self.id_counter += 1
        return str(self.id_counter)

    def begin_step(self, now: datetime) -> None:
        """Set the time, which never runs backwards, and begin to count executed elements."""
        self.now = max(self.now, now.astimezone(UTC))
        self._executed = 0

    def take_effects(self) -> list[Effect]:
        """The effects since the last call, in order."""
        effects, self._effects = self._effects, []
        return effects

    @property
    def has_begun(self) -> bool:
        """The instance was started, and perhaps has ended."""
        return self.id_counter > 0

    def begin(self, variables: JsonObject) -> None:
        """Start: set the variables and put tokens on the start events."""
        self.plant_root()
        self.variables = {**self.process.initial_variables, **variables}
        model = self.process.model
        self.emit(INSTANCE_STARTED, model.id, {"process": model.id, "name": model.name})
        starts = [e for e in model.root.elements.values() if e.type == "startEvent"]
        plain = [element for element in starts if element.trigger == "none"]
        for element in plain or starts:
            self.process.root_spec.spec(element.id).arrive(self, None)

    def drain(self) -> None:
        """Run what is ready, oldest first, until everything waits."""
        while self.queue and self.ended is None:
            task = self.live.get(self.queue.popleft())
            if task is None or not task.is_ready:
                continue
            self._executed += 1
            if self._executed > STEP_LIMIT:
                self.raise_incident(
                    task,
                    "step-limit",
                    f"Expected at most {STEP_LIMIT} elements in one step, found more: the process "
                    "goes round without waiting. Correct the loop, then retry.",
                )
                continue
            self._run(task)

    def _run(self, task: ElementTask) -> None:
        try:
            task.run()
        except Incident as stopped:
            self.raise_incident(task, stopped.code, str(stopped))
        except ExpressionFailed as failed:
            self.raise_incident(task, failed.code, str(failed))

    # --- tokens -----------------------------------------------------------------------------

    def schedule(self, task: ElementTask) -> None:
        """Put a ready task at the end of the queue."""
        self.queue.append(task.id)

    def activated(self, task: ElementTask) -> None:
        """A token has reached an element."""
        self.traced(task, "activated")

    def completed_task(self, task: ElementTask) -> None:
        """An element is done: clocks, tokens onward, and the end of the scope if it is empty."""
        spec, scope = task.task_spec, task.scope
        self.traced(task, "completed")
        self._disarm(task)
        flows = spec.tokens_out(task)
        scope.remove(task)
        element = spec.element.id
        self._effects += self.clocks.element_completed(element, self.variables, self.now)
        spec.after(scope)
        if self.ended is not None or scope.is_closed:
            return
        for flow in flows:
            scope.spec.spec(flow.target).arrive(scope, flow)
        if scope.is_empty:
            self._scope_completed(scope, element)

    def _scope_completed(self, scope: Scope, element: str) -> None:
        if scope is self:
            self._end("completed", element)
        elif isinstance(scope, SubScope):
            parent = self.live[scope.parent_task_id]
            self.close_scope(parent.id)
            parent.complete()

    def cancel_task(self, task: ElementTask) -> None:
        """End a task without completing it, with all that hangs on it."""
        if "arrivals" not in task.internal_data:  # a join still counting has not been activated
            self.traced(task, "cancelled")
        self._disarm(task)
        if task.is_stopped:
            self._withdraw_incident(task)
        task.cancel()
        task.scope.remove(task)

    def fail_task(self, task: ElementTask, error: str) -> None:
        """An element throws a BPMN error."""
        self.traced(task, "failed")
        self._disarm(task)
        task.scope.remove(task)
        self.throw_error(error, task.task_spec.element.id)

    def disarm(self, task: ElementTask) -> None:
        """A boundary event waits no longer."""
        self.stop_listening(task)
        task.scope.remove(task)

    def _disarm(self, host: ElementTask) -> None:
        if host.task_spec.boundaries:
            for task in host.scope.open_tasks():
                if task.internal_data.get("host") == host.id:
                    self.disarm(task)

    # --- scopes -------------------------------------------------------------------------------

    def open_scope(self, task: ElementTask) -> None:
        """Begin the scope of an embedded sub-process."""
        spec = self.process.specs[task.task_spec.element.id]
        scope = SubScope(spec, task.id, self)
        self.subprocesses[task.id] = scope
        scope.plant_root()
        start = self.process.start_of(spec.name)
        spec.spec(start).arrive(scope, None)

    def close_scope(self, task_id: str) -> None:
        """Forget a sub-process's scope."""
        self.subprocesses.pop(task_id).is_closed = True

    def cancel_scope(self, task: ElementTask) -> None:
        """Cancel everything inside a sub-process that is being cancelled."""
        scope = self.subprocesses.get(task.id)
        if scope is not None:
            self._cancel_inside(scope)
            self.close_scope(task.id)

    def terminate_scope(self, scope: Scope) -> None:
        """A terminate end event: nothing in its scope goes on (BPMN 2.0.2 p. 247)."""
        self._cancel_inside(scope)
        if scope is self:
            self._end("terminated", self.process.model.id)

    def throw_error(self, code: str, element: str) -> None:
        """An error that nothing catches ends the instance."""
        self._end("failed", element, code)

    def _cancel_inside(self, scope: Scope) -> None:
        for task in scope.open_tasks():
            if task.id in self.live:
                self.cancel_task(task)

    def _end(self, state: str, element: str, error: str | None = None) -> None:
        self._cancel_inside(self)
        self.queue.clear()
        self._effects += self.clocks.stop_all(element, self.now)
        self.ended = {
            "state": state,
            "outcome": self.variables.get("outcome"),
            "error": error,
        }
        self.emit(INSTANCE_ENDED, element, dict(self.ended))

    # --- waiting ------------------------------------------------------------------------------

    def listen(self, task: ElementTask) -> None:
        """Wait for the message or the time of a task's element."""
        element = task.task_spec.element
        if element.timer is not None:
            due = self._due(element.timer)
            self.waiting[task.id] = {"due": due.isoformat()}
        else:
            self.waiting[task.id] = {"message": element.message}

    def stop_listening(self, task: ElementTask) -> None:
        """The task waits no longer."""
        self.waiting.pop(task.id, None)

    def _due(self, timer: TimerText) -> datetime:
        if timer.kind == "working_days":
            day0 = self.calendar.today(self.now)
            return after_working_days(day0, int(timer.text), self.calendar)
        if timer.kind == "date":
            moment = parse_instant(timer.text)
            assert moment is not None  # structure.py refuses anything else
            return moment
        duration = parse_duration(timer.text)
        assert duration is not None  # structure.py refuses anything else
        return after_duration(self.now, duration, self.calendar)

    def listeners(self, message: str) -> list[ElementTask]:
        """The tasks that wait for a message, oldest first."""
        return [
            self.live[task_id] for task_id, what in self.waiting.items() if what.get("message") == message
        ]

    def next_timer(self) -> tuple[datetime, ElementTask] | None:
        """The timer that is due first; ties in the order in which they were set."""
        timers = [
            (datetime.fromisoformat(what["due"]), self.live[task_id])
            for task_id, what in self.waiting.items()
            if "due" in what
        ]
        return min(timers, key=lambda item: item[0], default=None)

    def next_alarm(self) -> datetime | None:
        """The nearest instant (UTC) at which something is due without anybody acting."""
        timer = self.next_timer()
        candidates = [timer[0] if timer else None, self.clocks.next_deadline()]
        return min((moment for moment in candidates if moment is not None), default=None)

    # --- services, incidents, variables ---------------------------------------------------------

    def call_service(self, task: ElementTask, service: str, values: JsonObject) -> None:
        """Remember an open service call under its task's id."""
        self.calls[task.id] = {"service": service, "input": values}

    def forget_call(self, task: ElementTask) -> None:
        """The call's result no longer matters."""
        self.calls.pop(task.id, None)

    def raise_incident(self, task: ElementTask, code: str, message: str) -> None:
        """Stop a task's branch until an operator decides."""
        element = task.task_spec.element.id
        incident_id = self.new_id()
        task.stop()
        self.incidents[incident_id] = {
            "task": task.id,
            "element": element,
            "code": code,
            "message": message,
        }
        self.traced(task, "failed")
        self.emit(INCIDENT_RAISED, element, {"incident_id": incident_id, "code": code, "message": message})

    def stopped_task(self, incident_id: str) -> ElementTask:
        """The task that an open incident stopped."""
        return self.live[self.incidents[incident_id]["task"]]

    def resolve_incident(self, incident_id: str, action: str, actor: str | None) -> None:
        """Close an incident; what happens to its task is the caller's business."""
        incident = self.incidents.pop(incident_id)
        self.emit(
            INCIDENT_RESOLVED,
            incident["element"],
            {"incident_id": incident_id, "action": action, "actor": actor},
        )

    def _withdraw_incident(self, task: ElementTask) -> None:
        """A stopped task is cancelled, by a boundary event or the end: nobody need decide any more."""
        for incident_id, incident in list(self.incidents.items()):
            if incident["task"] == task.id:
                self.resolve_incident(incident_id, "cancelled", None)

    def assign(self, values: dict[str, Any]) -> None:
        """Set process variables; a new dict, so that snapshots taken before stay as they were.

        Raises Incident, with the variables unchanged, when they would be too large together.
        """
        variables = {**self.variables, **values}
        problem = size_problem(variables)
        if problem:
            raise Incident("variables-too-large", f"{problem}. Keep long texts in the store.")
        self.variables = variables

    def remember_closed(self, task: ElementTask, actor: str) -> None:
        """Keep who completed a user task, for the person who comes second."""
        self.closed[task.id] = {
            "element": task.task_spec.element.id,
            "actor": actor,
            "at": self.now.isoformat(),
        }
        while len(self.closed) > CLOSED_KEPT:
            self.closed.pop(next(iter(self.closed)))

    # --- what leaves ----------------------------------------------------------------------------

    def emit(self, kind: str, element: str, data: JsonObject) -> None:
        """Add an effect."""
        self._effects.append(Effect(kind, element, data))

    def traced(self, task: ElementTask, event: str) -> None:
        """Add a line to the trace, when somebody asked for one."""
        if self.trace is not None:
            element = task.task_spec.element
            self.trace.append(TraceEntry(element.id, element.type, element.name, event))


_ = determinism  # imported for its effect: SpiffWorkflow's ids and time are ours from here on
