"""Activities that contain others: sub-processes of all kinds and called processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wenzheng.engine import compensation
from wenzheng.engine.elements.activities import ActivitySpec
from wenzheng.engine.elements.events import CatchingSpec

if TYPE_CHECKING:
    from wenzheng.contracts import JsonObject
    from wenzheng.engine.elements.base import ElementSpec, ScopeSpec
    from wenzheng.engine.expressions import Program
    from wenzheng.engine.instance import ProcessInstance
    from wenzheng.engine.model import Element
    from wenzheng.engine.tasks import ElementTask, Scope


class SubProcess(ActivitySpec):
    """Runs its own scope to the end, then goes on (BPMN 2.0.2 §10.3.5)."""

    def behave(self, task: ElementTask, instance: ProcessInstance) -> bool | None:
        inside = self.inside(instance)
        if not inside.entries and "undo" not in task.internal_data:
            return True  # nothing is in it, so no token is left in it (BPMN 2.0.2 table 8.45, §13.3.4)
        scope = instance.open_scope(task, inside)
        if "undo" in task.internal_data:
            compensation.undo_inside(task, scope)
        else:
            self.enter(task, scope)
        return None

    def inside(self, instance: ProcessInstance) -> ScopeSpec:
        """The spec of what runs inside."""
        return instance.process.specs[self.element.id]

    def undoes_itself(self, instance: ProcessInstance) -> bool:
        handlers = self.inside(instance).handlers
        return any(handler.awaited.event("compensation") is not None for handler in handlers)

    def enter(self, task: ElementTask, scope: Scope) -> None:
        """Put tokens where the scope begins."""
        scope.enter()

    def on_cancelled(self, task: ElementTask, instance: ProcessInstance) -> None:
        instance.cancel_scope(task)


class Transaction(SubProcess):
    """A sub-process that can be cancelled as a whole (BPMN 2.0.2 p. 176): see compensation."""


class AdHocSubProcess(SubProcess):
    """Runs each activity that nothing leads to, all at once or one after the other (p. 179).

    After each activity its completion condition is looked at; while it does not hold, and when there is
    none, the sub-process ends once all have run.
    """

    def __init__(self, wf_spec: ScopeSpec, element: Element) -> None:
        super().__init__(wf_spec, element)
        self.completion: Program | None = None

    def enter(self, task: ElementTask, scope: Scope) -> None:
        if not self.element.sequential:
            scope.enter()
            return
        task.internal_data["left"] = [spec.element.id for spec in scope.spec.entries]
        scope.arm_handlers()
        self.goes_on(task, scope)

    def goes_on(self, host: ElementTask, scope: Scope) -> bool:
        left: list[str] = host.internal_data.get("left", [])
        if not left:
            return False
        scope.spec.spec(left.pop(0)).arrive(scope, None)
        return True

    def look(self, host: ElementTask, scope: Scope) -> None:
        if self.completion is not None and self.completion.evaluate(host.variables) is True:
            host.internal_data["left"] = []
            if self.element.cancels_remaining:
                host.instance.cancel_inside(scope)


class EventSubProcess(SubProcess, CatchingSpec):
    """Waits beside the flow of its scope for its start event, then runs (BPMN 2.0.2 p. 174).

    An interrupting one first cancels everything else in its scope; the others may run many times.
    """

    start_element: Element

    @property
    def awaited(self) -> Element:
        """Its start event is what it waits for."""
        return self.start_element

    def wait_in(self, scope: Scope) -> None:
        """Begin to wait for the start event, for as long as the scope lives."""
        task = scope.new_task(self)
        task.internal_data["armed"] = True
        task._set_state_waiting()
        scope.instance.listen(task)

    def begin_in(self, scope: Scope) -> None:
        """Run, now that the start event has happened."""
        self.start(scope, {})

    def behave(self, task: ElementTask, instance: ProcessInstance) -> bool | None:
        return SubProcess.behave(self, task, instance)

    def lets_out_more(self, task: ElementTask, place: int) -> bool:
        return not self.start_element.interrupting

    def caught(
        self, task: ElementTask, instance: ProcessInstance, *, again: bool = False, spent: bool = False
    ) -> None:
        scope = task.scope
        if self.start_element.interrupting:
            instance.disarm(task)
            instance.cancel_inside(scope)
        elif spent:
            instance.disarm(task)
        self.begin_in(scope)

    def on_cancelled(self, task: ElementTask, instance: ProcessInstance) -> None:
        SubProcess.on_cancelled(self, task, instance)


class CallActivity(SubProcess):
    """Runs another process of the bundle, or a global task, inside the instance (BPMN 2.0.2 §10.3.6).

    The called process has its variables for itself. A call with inputs or outputs gives and takes these and
    nothing else; one without shares the variables of one name and type: they go in when it begins, and
    those that it has changed come back when it ends.
    """

    def __init__(self, wf_spec: ScopeSpec, element: Element) -> None:
        super().__init__(wf_spec, element)
        self.callee_variables: JsonObject = {}
        self.seen: dict[str, str] = {}
        """The variables that the call sees, with their types."""
        self.shared: tuple[str, ...] = ()
        """Variables of both, by name."""
        self.given: dict[str, str] = {}
        """The called process's inputs, and the variable here that each gets its value from."""
        self.taken: dict[str, str] = {}
        """The call's outputs, and the variable of the called process that each gets its value from."""

    def inside(self, instance: ProcessInstance) -> ScopeSpec:
        assert self.element.called is not None  # structure.py refuses a call of nothing
        return instance.process.specs[self.element.called]

    def behave(self, task: ElementTask, instance: ProcessInstance) -> bool | None:
        if self.callee_variables and "undo" not in task.internal_data:
            seen = task.variables
            begun = {name: seen.get(name) for name in self.shared}
            if begun:
                task.internal_data["given"] = begun
            begun |= {inner: seen.get(outer) for inner, outer in self.given.items()}
            task.internal_data["locals"] = {
                **task.internal_data.get("locals", {}),
                **self.callee_variables,
                **begun,
            }
        return super().behave(task, instance)

    def hand_over(self, task: ElementTask) -> None:
        begun = task.internal_data.get("given", {})
        local = task.internal_data.get("locals", {})
        own = self.data.own if self.data is not None else ()
        changed = {
            name: local[name] for name in self.shared if name not in own and local[name] != begun.get(name)
        }
        if begun and changed:
            task.instance.assign(changed, task.scope.host)
        task.internal_data.pop("given", None)
        task.instance.assign({outer: local.get(inner) for outer, inner in self.taken.items()}, task)
        super().hand_over(task)


def is_event_sub_process(spec: ElementSpec) -> bool:
    """Whether a spec stands beside the flow."""
    return isinstance(spec, EventSubProcess)
