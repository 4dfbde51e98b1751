"""One running process instance: tokens, scopes, variables, and the order in which things run.

The scheduler is ours: one element at a time, first in first out. SpiffWorkflow supplies the
tasks, their states and the tree; it is called inside `determinism.core` only (see `step`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from wenzheng.calendars import Calendar
from wenzheng.contracts import (
    INSTANCE_ENDED,
    INSTANCE_STARTED,
    JsonObject,
)
from wenzheng.engine.effects import Effect, TraceEntry
from wenzheng.engine.elements.base import Incident
from wenzheng.engine.expressions import ExpressionFailed
from wenzheng.engine.values import size_problem

from wenzheng.engine import determinism  # isort: skip  # before SpiffWorkflow's workflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

from wenzheng.engine import compensation
from wenzheng.engine.clocks import ClockTable
from wenzheng.engine.elements.activities import ActivitySpec
from wenzheng.engine.elements.gateways import EventBasedGateway
from wenzheng.engine.elements.merges import merge_all
from wenzheng.engine.listening import Listening
from wenzheng.engine.stopping import STEP_LIMIT, Stopping
from wenzheng.engine.tasks import ElementTask, Scope, SubScope

if TYPE_CHECKING:
    from wenzheng.engine.compiled import CompiledProcess
    from wenzheng.engine.elements.base import ScopeSpec

CLOSED_KEPT: Final = 32
"""How many completed user tasks are remembered, to tell a second person who did it."""


_UNSEEN: Final = frozenset({"arrivals", "armed", "silent"})
"""Tasks that hold something but have not been activated: the trace does not show that they go."""


class _NoScripts:
    """SpiffWorkflow's script engine would evaluate Python; nothing may reach it."""


_NO_SCRIPTS: Final = _NoScripts()


class ProcessInstance(Scope, Listening, Stopping, BpmnWorkflow):
    """The state of one instance. Mutated by `step` only; read by anybody.

    `calls` holds open service calls by task id, and
    `incidents` what stopped, by an id of its own, because a retried task may stop again.
    """

    # One for each letter in memory: with all of these in one dict, which then has more than thirty
    # entries, every instance would have a dict of 2 kB of its own.
    __slots__ = (
        *("_anchored_at", "_effects", "_executed", "_looked_at", "calendar", "calls", "clocks", "closed"),
        *("conversation", "ended", "id_counter", "incidents", "live", "look_again", "now", "process"),
        *("queue", "trace", "variables", "waiting"),
    )

    def __init__(self, process: CompiledProcess, calendar: Calendar) -> None:
        self.process = process
        self.calendar = calendar
        self.now = datetime.min.replace(tzinfo=UTC)
        self.variables: JsonObject = {}
        self.live: dict[str, ElementTask] = {}
        self.queue: list[str] = []
        self.calls: dict[str, JsonObject] = {}
        self.incidents: dict[str, JsonObject] = {}
        self.closed: dict[str, JsonObject] = {}
        self.ended: JsonObject | None = None
        self.clocks = ClockTable(process.clock_plan, calendar)
        self.trace: list[TraceEntry] | None = None
        Listening.__init__(self)
        self._effects: list[Effect] = []
        self._executed = 0
        self.id_counter = 0
        BpmnWorkflow.__init__(self, process.root_spec, process.specs, _NO_SCRIPTS, deserializing=True)

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

    @property
    def has_done_much(self) -> bool:
        """Half of what one step may do is done: what can wait for the next one, should."""
        return self._executed > STEP_LIMIT // 2

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
        self.enter()

    def drain(self) -> None:
        """Run what is ready, oldest first, until everything waits."""
        while self.ended is None:
            self.look_at_conditions()
            self.look_at_days()
            merge_all(self)
            if not self.queue:
                return
            task = self.live.get(self.queue.pop(0))
            if task is None or not task.is_ready:
                continue
            self._executed += 1
            limit = self.limit_met(self._executed)
            if limit is not None:
                self.stop_at_limit(task, limit)
                continue
            self._run(task)

    def _run(self, task: ElementTask) -> None:
        try:
            if task.task_spec.takes_data(task):
                task.run()
            else:
                self.await_data(task)
        except (Incident, ExpressionFailed) as failed:
            self.stop(task, failed)

    # --- tokens -----------------------------------------------------------------------------

    def schedule(self, task: ElementTask) -> None:
        """Put a ready task at the end of the queue."""
        self.queue.append(task.id)

    def activated(self, task: ElementTask) -> None:
        """A token has reached an element: clocks that begin with its run start."""
        self.traced(task, "activated")
        self.run_begun(task)

    def completed_task(self, task: ElementTask) -> None:
        """An element is done: clocks, tokens onward, and the end of the scope if it is empty."""
        spec, scope = task.task_spec, task.scope
        undoing = "for" in task.internal_data
        left = "data"
        try:
            spec.hand_over(task)
            left = "flow"
            flows = [] if undoing else spec.tokens_out(task)
        except (Incident, ExpressionFailed) as failed:
            task.internal_data["leaving"] = left
            self.stop(task, failed)
            return
        self.traced(task, "completed")
        self._disarm(task)
        compensation.completed(task, task.internal_data.pop("log", []))
        self.run_ended(task, "completed")
        scope.remove(task)
        element = spec.element.id
        if not spec.inner and "undoing" not in task.internal_data:
            self._effects += self.clocks.element_completed(task)
        spec.after(scope)
        if self._is_over(scope):
            return
        if isinstance(spec, EventBasedGateway):
            spec.spread(scope, task.id)
        for flow in flows:
            scope.spec.spec(flow.target).arrive(scope, flow)
        if undoing:
            compensation.handled(task)
            if self._is_over(scope):
                return
        host = scope.host
        if host is not None and isinstance(spec, ActivitySpec) and not undoing:
            host.task_spec.note_completed(host, task)
            self.look_inside(host, scope)
        self.settle(scope, element)

    def _is_over(self, scope: Scope) -> bool:
        return self.ended is not None or scope.is_closed

    def look_inside(self, host: ElementTask, scope: Scope) -> None:
        """Let an activity decide what follows from the end of one inside it."""
        if host.is_stopped or "undoing" in host.internal_data:
            return
        try:
            host.task_spec.look(host, scope)
        except (Incident, ExpressionFailed) as failed:
            self.stop(host, failed)

    def settle(self, scope: Scope, element: str | None = None) -> None:
        """End a scope in which no token is left, unless what it belongs to begins something more there."""
        if self.ended is not None or scope.is_closed or not scope.is_empty:
            return
        if scope is self:
            self._end("completed", element or self.process.model.id)
            return
        parent = scope.host
        assert parent is not None  # every scope but the instance's own is inside something
        if parent.is_stopped:
            return
        try:
            if "undoing" not in parent.internal_data and parent.task_spec.goes_on(parent, scope):
                return
        except (Incident, ExpressionFailed) as failed:
            self.stop(parent, failed)
            return
        self.cancel_inside(scope)  # event sub-processes that still wait
        if scope.log:
            parent.internal_data["log"] = scope.log
        self.close_scope(parent.id)
        parent.complete()

    def cancel_task(self, task: ElementTask) -> None:
        """End a task without completing it, with all that hangs on it."""
        if not _UNSEEN & task.internal_data.keys():
            self.traced(task, "cancelled")
        self._disarm(task)
        self.stop_listening(task)
        if task.is_stopped:
            self.withdraw_incident(task)
        task.cancel()
        self.run_ended(task, "cancelled")
        task.scope.remove(task)

    def drop(self, task: ElementTask) -> None:
        """Take a task away that is neither completed nor cancelled, with what hangs on it."""
        self._disarm(task)
        self.stop_listening(task)
        self.run_ended(task, "cancelled")
        task.scope.remove(task)

    def spawn_caught(self, task: ElementTask) -> None:
        """Let a further token out of an element that goes on waiting."""
        fired = task.scope.new_task(task.task_spec)
        fired.internal_data["caught"] = True
        if "locals" in task.internal_data:
            fired.internal_data["locals"] = task.internal_data["locals"]
            task.internal_data["locals"] = dict.fromkeys(task.internal_data["locals"])
        self.traced(fired, "caught")
        fired.make_ready()

    def end_race(self, task: ElementTask) -> None:
        """The events that waited beside this one behind an event-based gateway have lost."""
        race = task.internal_data.pop("race", None)
        if race is not None:
            for other in task.scope.open_tasks():
                if other.internal_data.get("race") == race:
                    self.cancel_task(other)

    def disarm(self, task: ElementTask) -> None:
        """A boundary event waits no longer."""
        self.stop_listening(task)
        if task.is_stopped:
            self.withdraw_incident(task)
        task.scope.remove(task)

    def _disarm(self, host: ElementTask) -> None:
        if host.task_spec.boundaries:
            for task in host.scope.open_tasks():
                if task.internal_data.get("host") == host.id:
                    self.disarm(task)

    # --- scopes -------------------------------------------------------------------------------

    def open_scope(self, task: ElementTask, spec: ScopeSpec) -> Scope:
        """Open a scope inside a task."""
        scope = SubScope(spec, task.id, self)
        self.subprocesses[task.id] = scope
        scope.plant_root()
        return scope

    def close_scope(self, task_id: str) -> None:
        """Forget a sub-process's scope."""
        self.subprocesses.pop(task_id).is_closed = True

    def cancel_scope(self, task: ElementTask) -> None:
        """Cancel everything inside a sub-process that is being cancelled."""
        scope = self.subprocesses.get(task.id)
        if scope is not None:
            self.cancel_inside(scope)
            self.close_scope(task.id)

    def terminate_scope(self, scope: Scope) -> None:
        """A terminate end event: nothing in its scope goes on (BPMN 2.0.2 p. 247)."""
        self.cancel_inside(scope)
        if scope is self:
            self._end("terminated", self.process.model.id)

    def fail(self, element: str, code: str) -> None:
        """An error that nothing catches ends the instance."""
        self._end("failed", element, code)

    def cancel_inside(self, scope: Scope) -> None:
        """Cancel whatever is open in a scope."""
        for task in scope.open_tasks():
            if task.id in self.live:
                self.cancel_task(task)

    def _end(self, state: str, element: str, error: str | None = None) -> None:
        self.cancel_inside(self)
        self.queue.clear()
        self._effects += self.clocks.stop_all(element, self.now)
        self.ended = {
            "state": state,
            "outcome": self.variables.get("outcome"),
            "error": error,
        }
        self.emit(INSTANCE_ENDED, element, dict(self.ended))

    # --- services, incidents, variables ---------------------------------------------------------

    def call_service(self, task: ElementTask, service: str, values: JsonObject) -> None:
        """Remember an open service call under its task's id."""
        self.calls[task.id] = {"service": service, "input": values}

    def forget_call(self, task: ElementTask) -> None:
        """The call's result no longer matters."""
        self.calls.pop(task.id, None)

    def assign(self, values: dict[str, Any], task: ElementTask | None = None) -> None:
        """Set variables as a task sees them: its own and its scopes' first, the others are the instance's.

        New dicts, so that snapshots taken before stay as they were. Raises Incident, with everything
        unchanged, when they would be too large together.
        """
        changed = dict(values)
        local: list[tuple[JsonObject, JsonObject]] = []
        for owned in task.local_variables() if task is not None else ():
            mine = {name: changed.pop(name) for name in list(changed) if name in owned}
            if mine:
                local.append((owned, mine))
        variables = {**self.variables, **changed}
        problem = size_problem({**variables, **{k: v for _, mine in local for k, v in mine.items()}})
        if problem:
            raise Incident("variables-too-large", f"{problem}. Keep long texts in the store.")
        for owned, mine in local:
            owned.update(mine)
            self.look_again = True
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
            self.trace.append(TraceEntry(element.id, task.task_spec.trace_type, element.name, event))


_ = determinism  # imported for its effect: SpiffWorkflow's ids and time are ours from here on
