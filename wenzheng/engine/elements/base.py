"""What every element shares: SpiffWorkflow's task spec without prediction, with our scheduler."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.specs.StartTask import StartTask
from SpiffWorkflow.util.task import TaskState

from wenzheng.contracts import JsonObject
from wenzheng.engine.model import Element, SequenceFlow

if TYPE_CHECKING:
    from wenzheng.engine.clock_model import Clock
    from wenzheng.engine.elements.data import Data
    from wenzheng.engine.expressions import Program
    from wenzheng.engine.instance import ProcessInstance
    from wenzheng.engine.tasks import ElementTask, Scope


class Incident(Exception):
    """The element cannot go on: its branch stops here until an operator decides."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


def no_flow(element: Element) -> Incident:
    """The incident of an element behind which no flow may be taken."""
    what = "gateway" if element.type.endswith("Gateway") else element.type
    return Incident(
        "no-flow",
        f"Expected a true condition or a default flow behind {what} '{element.id}', "
        f"found none. Correct the variables and retry, or give the {what} a default flow.",
    )


class ElementSpec(BpmnSpecMixin):
    """A flow node as SpiffWorkflow sees it. Shared by all instances, so never changed after load.

    SpiffWorkflow predicts every possible future of a task and walks the whole tree after each
    one; neither is needed when tokens are sent along flows by name, so both hooks are empty.
    """

    def __init__(self, wf_spec: ScopeSpec, element: Element) -> None:
        super().__init__(wf_spec, element.id, bpmn_name=element.name)
        self.element = element
        self.boundaries: list[ElementSpec] = []
        self.conditions: dict[str, Program] = {}
        self.event_conditions: dict[int, Program] = {}
        self.data: Data | None = None
        """Its own variables, inputs and outputs, if it has any."""
        self.begins: str | None = None
        """It waits to begin the process: which of its beginnings it belongs to."""
        self.clocks: tuple[Clock, ...] = ()
        """Those that each run of it has."""
        self.inner = False
        """It is the body of a loop: the loop decides what follows it, and carries its boundary events."""

    # --- for the scheduler --------------------------------------------------------------

    @property
    def trace_type(self) -> str:
        """Under which name the trace shows it."""
        return self.element.type

    def arrive(self, scope: Scope, flow: SequenceFlow | None) -> None:
        """A token reaches this element along `flow` (None: the element starts by itself)."""
        self.start(scope, {})

    def start(self, scope: Scope, given: JsonObject) -> ElementTask:
        """Begin the element's work in a task of its own, which is `given` what travels with it."""
        task = scope.new_task(self)
        task.internal_data.update(given)
        self.open_data(task)
        scope.instance.activated(task)
        if "undo" not in given:
            self.arm_boundaries(task)
        task._ready()
        return task

    def arm_boundaries(self, task: ElementTask) -> None:
        """Let the boundary events wait from before the work begins, so that they win over it."""
        for boundary in self.boundaries:
            boundary.arm(task)

    def open_data(self, task: ElementTask) -> None:
        """Give a new task variables of its own."""
        if self.data is not None:
            self.data.open(task)

    def takes_data(self, task: ElementTask) -> bool:
        """Fill its inputs; False when it has to wait for them. Raises Incident or ExpressionFailed."""
        return self.data is None or self.data.take(task)

    def hand_over(self, task: ElementTask) -> None:
        """Let its outputs go where they belong. Raises Incident or ExpressionFailed."""
        if self.data is not None:
            self.data.hand_over(task)

    def arm(self, host: ElementTask) -> None:
        """As a boundary event: begin to wait beside `host`."""
        raise NotImplementedError

    def wait_in(self, scope: Scope) -> None:
        """As an event sub-process: begin to wait for its start event."""
        raise NotImplementedError

    def begin_in(self, scope: Scope) -> None:
        """As an event sub-process: run, now that its start event has happened."""
        raise NotImplementedError

    @property
    def awaited(self) -> Element:
        """The element whose events it waits for."""
        return self.element

    def fired(self, task: ElementTask, instance: ProcessInstance, place: int) -> None:
        """As an element that waits: its event at `place` has happened."""
        raise NotImplementedError

    def caught(
        self, task: ElementTask, instance: ProcessInstance, *, again: bool = False, spent: bool = False
    ) -> None:
        """As an element that waits: go on, because what it waited for has happened."""
        raise NotImplementedError

    def behave(self, task: ElementTask, instance: ProcessInstance) -> bool | None:
        """Do the element's work; True completes it, None leaves it waiting.

        Raises Incident when the branch cannot go on.
        """
        return True

    def tokens_out(self, task: ElementTask) -> list[SequenceFlow]:
        """The flows along which tokens leave when the element completes, once for each token.

        Raises Incident or ExpressionFailed when it cannot be decided.
        """
        if self.inner:
            return []
        if "chosen" in task.internal_data:  # by an operator
            chosen = task.internal_data["chosen"]
            flows = [flow for flow in self.element.outgoing if flow.id in chosen]
            return flows * self.element.completion_quantity
        if not self.conditions:
            return self.element.outgoing * self.element.completion_quantity
        return self.true_flows(task) * self.element.completion_quantity

    def true_flows(self, task: ElementTask) -> list[SequenceFlow]:
        """All flows without a condition and those whose condition is true; `default` if none of these is.

        Flows are asked in document order (BPMN 2.0.2 §13.3.1, p. 427 on default flows beside others).
        """
        variables = self.seen_behind(task)
        taken = []
        chosen = False
        for flow in self.element.outgoing:
            if flow.id == self.element.default:
                continue
            if flow.id not in self.conditions:
                taken.append(flow)
            elif self.conditions[flow.id].evaluate(variables) is True:
                taken.append(flow)
                chosen = True
        if not chosen:
            taken += [flow for flow in self.element.outgoing if flow.id == self.element.default]
        if not taken:
            raise no_flow(self.element)
        return taken

    def seen_behind(self, task: ElementTask) -> JsonObject:
        """The variables that the conditions of the flows behind it see."""
        return task.surroundings

    def after(self, scope: Scope) -> None:
        """What follows completion besides tokens; most elements need nothing."""

    def note_completed(self, host: ElementTask, task: ElementTask) -> None:
        """Keep what follows from the end of an activity inside this element, whose task is `host`."""

    def look(self, host: ElementTask, scope: Scope) -> None:
        """Decide what follows from it. Raises Incident or ExpressionFailed, and is asked again then."""

    def goes_on(self, host: ElementTask, scope: Scope) -> bool:
        """Nothing is left inside this element: whether it begins something more there. Raises as `look`."""
        return False

    def must_choose(self, task: ElementTask) -> bool:
        """Whether what stopped the task was the choice of a flow, so that an operator may choose one."""
        return task.internal_data.get("leaving") == "flow"

    def choose(self, task: ElementTask, flow: str) -> None:
        """Go on along the flow that an operator has chosen."""
        task.internal_data["chosen"] = [flow]
        task.complete()

    def undoes_itself(self, instance: ProcessInstance) -> bool:
        """Whether it says inside how it is undone once it has completed."""
        return False

    def retry(self, task: ElementTask) -> None:
        """Go on after an incident: what was to be decided is decided again, else the work is done again."""
        instance = task.instance
        scope = instance.subprocesses.get(task.id)
        if task.internal_data.pop("leaving", False):
            task.complete()
        elif scope is not None:
            task._set_state(TaskState.STARTED)
            instance.look_inside(task, scope)
            instance.settle(scope)
        else:
            task.internal_data.pop("taken", None)
            task._set_state(TaskState.READY)
            self._on_ready(task)

    def on_cancelled(self, task: ElementTask, instance: ProcessInstance) -> None:
        """Tidy up what the element had begun."""

    # --- SpiffWorkflow's hooks ------------------------------------------------------------

    def _predict(self, my_task: ElementTask, *_args: Any, **_kwargs: Any) -> None:
        """Nothing is predicted."""

    def _update(self, my_task: ElementTask) -> None:
        """Waiting tasks are woken by events, not by polling."""

    def _on_ready(self, my_task: ElementTask) -> None:
        my_task.instance.schedule(my_task)

    def _run_hook(self, my_task: ElementTask) -> bool | None:
        return self.behave(my_task, my_task.instance)

    def _on_complete(self, my_task: ElementTask) -> None:
        self._on_complete_hook(my_task)
        my_task.instance.completed_task(my_task)

    def _on_complete_hook(self, my_task: ElementTask) -> None:
        self.completed_event.emit(my_task.workflow, my_task)

    def _on_cancel(self, my_task: ElementTask) -> None:
        self.on_cancelled(my_task, my_task.instance)


class ScopeRoot(StartTask):
    """The root of a scope's task tree: the parent of every token, for as long as the scope lives."""

    def _predict(self, my_task: ElementTask, *_args: Any, **_kwargs: Any) -> None:
        """Nothing is predicted."""

    def _update(self, my_task: ElementTask) -> None:
        """The root waits for nothing."""


class ScopeSpec(BpmnProcessSpec):
    """The specification of a process or sub-process: its elements by id, and its root."""

    def __init__(self, scope_id: str) -> None:
        super().__init__(name=scope_id)
        self.task_specs.clear()
        self.start = ScopeRoot(self, "")
        self.end = None
        self.entries: list[ElementSpec] = []
        """What gets a token when the scope opens."""
        self.handlers: list[ElementSpec] = []
        """Its event sub-processes."""
        self.compensators: dict[str, str] = {}
        """The handler of each activity that can be compensated, by its id."""
        self.handles_event = False
        """It is the inside of an event sub-process: its start event has happened already."""

    def spec(self, element_id: str) -> ElementSpec:
        """The task spec of an element of this scope."""
        spec: ElementSpec = self.task_specs[element_id]
        return spec
