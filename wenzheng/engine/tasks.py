"""SpiffWorkflow's task without its log records, and the scopes that hold tasks.

A scope is SpiffWorkflow's workflow of one process or sub-process. Its tree is flat: every live
task is a child of the root and goes as soon as it is finished, so that a loop of ten thousand
rounds costs as much per round as the first one.
"""

from __future__ import annotations

import time as wall_time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

import SpiffWorkflow.task
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from wenzheng.contracts import JsonObject

if TYPE_CHECKING:
    from wenzheng.engine.elements.base import ElementSpec, ScopeSpec
    from wenzheng.engine.instance import ProcessInstance

assert SpiffWorkflow.task.time is not wall_time, "import wenzheng.engine.determinism first"


class ElementTask(Task):
    """One token at one element. `internal_data` is JSON and travels with the instance's state."""

    id: str
    task_spec: ElementSpec
    internal_data: dict[str, Any]
    _state: int

    @property
    def scope(self) -> Scope:
        """The scope in which the task lives."""
        return cast("Scope", self.workflow)

    @property
    def instance(self) -> ProcessInstance:
        """The instance to which the task belongs."""
        return self.scope.instance

    @property
    def variables(self) -> JsonObject:
        """The variables as this task sees them: its own and those of its scopes hide the instance's."""
        found = self.instance.variables
        for local in reversed(list(self.local_variables())):
            found = {**found, **local}
        return found

    @property
    def surroundings(self) -> JsonObject:
        """The variables around this task, without its own."""
        host = self.scope.host
        return host.variables if host is not None else self.instance.variables

    def local_variables(self) -> Iterator[JsonObject]:
        """The variables that only this task or a scope around it has, from the inside out."""
        task: ElementTask | None = self
        while task is not None:
            local = task.internal_data.get("locals")
            if local is not None:
                yield local
            task = task.scope.host

    def _set_state(self, value: int) -> None:
        # SpiffWorkflow's own builds a log record at every change, logged or not: half its cost.
        if value != self._state:
            self.last_state_change = SpiffWorkflow.task.time.time()
            self._state = value

    def _set_state_waiting(self) -> None:
        self._set_state(TaskState.WAITING)

    def wait_for_data(self) -> None:
        """Wait, not begun, until the data are there."""
        self._set_state_waiting()

    def make_ready(self) -> None:
        """Put it in the queue of what runs next."""
        self._ready()

    def make_waiting(self) -> None:
        """Let it stand until something else moves it."""
        self._set_state(TaskState.WAITING)

    def wait_again(self) -> None:
        """Wait for its events, after an incident."""
        self._set_state(TaskState.STARTED)
        self.instance.listen(self)

    def stop(self) -> None:
        """Stop with an incident; the task stays in the tree until it is resolved."""
        self._set_state(TaskState.ERROR)

    def retry(self) -> None:
        """Run again after an incident."""
        self.task_spec.retry(self)

    def cancel(self) -> None:
        """End without completing; what has not begun has nothing to tidy up.

        SpiffWorkflow's own spares finished tasks, among which it counts those stopped by an incident.
        """
        began = self.is_started or self.id in self.instance.subprocesses
        self._set_state(TaskState.CANCELLED)
        if began:
            self.task_spec._on_cancel(self)

    @property
    def is_ready(self) -> bool:
        """Scheduled, and not cancelled since."""
        return bool(self._state == TaskState.READY)

    @property
    def is_stopped(self) -> bool:
        """Stopped by an incident."""
        return bool(self._state == TaskState.ERROR)

    @property
    def is_started(self) -> bool:
        """Active: it has run and waits for somebody or something."""
        return bool(self._state == TaskState.STARTED)


class Scope:
    """What a process and a sub-process have in common; mixed into SpiffWorkflow's workflows."""

    spec: ScopeSpec
    tasks: dict[str, ElementTask]
    task_tree: Task
    is_closed = False
    log: list[JsonObject]
    """What was completed here and can be compensated, oldest first (`compensation`)."""

    @property
    def instance(self) -> ProcessInstance:
        """The instance of which this is a scope."""
        return cast("ProcessInstance", self.top_workflow)  # type: ignore[attr-defined]

    @property
    def host(self) -> ElementTask | None:
        """The task inside which this scope runs; None for the process itself."""
        return None

    def plant_root(self, root_id: str | None = None) -> None:
        """Create the root task; SpiffWorkflow's own constructor would also predict."""
        self.task_tree = Task(self, self.spec.start, state=TaskState.STARTED, id=root_id)
        self.log = []

    def new_task(self, spec: ElementSpec) -> ElementTask:
        """A new token at an element, not yet active."""
        task = ElementTask(self, spec, self.task_tree, state=TaskState.FUTURE)
        self.instance.live[task.id] = task
        return task

    def task(self, task_id: str) -> ElementTask:
        """The live task of that id."""
        return self.tasks[task_id]

    def open_tasks(self) -> list[ElementTask]:
        """The live tasks of the scope, oldest first."""
        return [self.tasks[task_id] for task_id in self.task_tree._children]

    def enter(self) -> None:
        """Let the event sub-processes wait, then put tokens where the scope begins."""
        self.arm_handlers()
        for spec in self.spec.entries:
            if not self.is_closed:
                spec.arrive(self, None)

    def arm_handlers(self) -> None:
        """Let the event sub-processes wait for their start events."""
        for handler in self.spec.handlers:
            handler.wait_in(self)

    def waiting_join(self, spec: ElementSpec) -> ElementTask | None:
        """The task that counts arrivals at a join, if one is waiting."""
        for task in self.open_tasks():
            if task.task_spec is spec and "arrivals" in task.internal_data:
                return task
        return None

    def remove(self, task: ElementTask) -> None:
        """Take a finished task out of the tree."""
        self.instance.live.pop(task.id, None)
        if task.id in self.tasks:
            self._remove_task(task.id)  # type: ignore[attr-defined]

    @property
    def is_empty(self) -> bool:
        """No token is left in the scope; event sub-processes that only wait hold none."""
        return all("armed" in self.tasks[task_id].internal_data for task_id in self.task_tree._children)


class SubScope(Scope, BpmnSubWorkflow):
    """The scope of one run of a sub-process, of a called process, or of an activity that loops."""

    def __init__(self, spec: ScopeSpec, parent_task_id: str, top: ProcessInstance) -> None:
        BpmnSubWorkflow.__init__(self, spec, parent_task_id, top, deserializing=True)

    @property
    def host(self) -> ElementTask:
        """The task inside which this scope runs."""
        return self.instance.live[self.parent_task_id]
