"""Tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wenzheng.contracts import SERVICE_REQUESTED, TASK_CLOSED, TASK_OPENED
from wenzheng.engine import propagation
from wenzheng.engine.elements.base import ElementSpec, Incident, ScopeSpec
from wenzheng.engine.elements.events import CatchingSpec
from wenzheng.engine.elements.throws import throw_message
from wenzheng.engine.model import in_english

if TYPE_CHECKING:
    from wenzheng.engine.expressions import Program, Script
    from wenzheng.engine.instance import ProcessInstance
    from wenzheng.engine.model import Element, SequenceFlow
    from wenzheng.engine.services import ServiceContract
    from wenzheng.engine.tasks import ElementTask, Scope


class ActivitySpec(ElementSpec):
    """An activity arms its boundary events before it runs.

    So an interrupting event wins over work that has not started. It begins once `startQuantity` tokens
    have come, along whichever flows (BPMN 2.0.2 p. 151).
    """

    def arrive(self, scope: Scope, flow: SequenceFlow | None) -> None:
        needed = self.element.start_quantity
        if needed > 1 and not self.inner:
            counter = scope.waiting_join(self) or scope.new_task(self)
            arrived = counter.internal_data.get("arrivals", {}).get("", 0) + 1
            counter.internal_data["arrivals"] = {"": arrived}
            counter._set_state_waiting()
            if arrived < needed:
                return
            scope.remove(counter)
        self.start(scope, {})


class PlainTask(ActivitySpec):
    """A task without a type, or a manual one: the engine has nothing to do for it (p. 161, 163)."""


class UserTask(ActivitySpec):
    """Opens a task for people and waits until one of them completes it."""

    def behave(self, task: ElementTask, instance: ProcessInstance) -> bool | None:
        element = self.element
        unit = self._unit(task)
        instance.emit(
            TASK_OPENED,
            element.id,
            {
                "task_id": task.id,
                "name": element.name,
                **in_english(element.name_en),
                "role": element.role,
                **({} if unit is None else {"unit": unit}),
                "fact": element.fact,
                "fields": [field.as_dict() for field in element.fields],
            },
        )
        return None

    def _unit(self, task: ElementTask) -> str | None:
        """The unit whose people the task is for; None where the definition leaves that to its driver."""
        name = self.element.unit
        if name is None:
            return None
        unit = task.variables.get(name)
        if not isinstance(unit, str) or not unit:
            raise Incident(
                "task-unit",
                f"Expected variable '{name}' to name the unit that does '{self.element.id}', found "
                f"{str(unit)[:80]!r}. Correct the variable, then retry.",
            )
        return unit

    def on_cancelled(self, task: ElementTask, instance: ProcessInstance) -> None:
        instance.emit(
            TASK_CLOSED,
            self.element.id,
            {
                "task_id": task.id,
                "reason": "cancelled",
                "actor": None,
                "role": None,
                "fact": self.element.fact,
                "data": {},
            },
        )


class ServiceTask(ActivitySpec):
    """Asks for a service call and waits for its result."""

    def __init__(self, wf_spec: ScopeSpec, element: Element) -> None:
        super().__init__(wf_spec, element)
        self.input_programs: dict[str, Program] = {}
        self.contract: ServiceContract | None = None

    def behave(self, task: ElementTask, instance: ProcessInstance) -> bool | None:
        call = self.element.service
        assert call is not None  # structure.py refuses a service task without one
        values: dict[str, Any] = {
            name: program.evaluate(task.variables) for name, program in self.input_programs.items()
        }
        self._check_inputs(values)
        instance.call_service(task, call.name, values)
        instance.emit(
            SERVICE_REQUESTED,
            self.element.id,
            {"call_id": task.id, "service": call.name, "input": values},
        )
        return None

    def _check_inputs(self, values: dict[str, Any]) -> None:
        assert self.contract is not None  # structure.py refuses an unknown service
        for name, value in values.items():
            problem = self.contract.inputs[name].problem(value)
            if problem:
                raise Incident(
                    "service-input",
                    f"Expected input '{name}' of service '{self.contract.name}' to be {problem}, found "
                    f"{str(value)[:80]!r}. Correct the variables, then retry.",
                )

    def on_cancelled(self, task: ElementTask, instance: ProcessInstance) -> None:
        instance.forget_call(task)


class ScriptTask(ActivitySpec):
    """Assigns variables: lines of `name = expression`."""

    def __init__(self, wf_spec: ScopeSpec, element: Element) -> None:
        super().__init__(wf_spec, element)
        self.script: Script | None = None

    def behave(self, task: ElementTask, instance: ProcessInstance) -> bool | None:
        assert self.script is not None  # compile.py refuses a script task without one
        outcome = self.script.run(task.variables)
        instance.assign(outcome.assignments, task)
        for code in outcome.escalations:
            instance.traced(task, "thrown")
            propagation.escalate_of(task, code)
            if task.id not in instance.live:
                return None
        if outcome.thrown is not None:
            instance.traced(task, "failed")
            propagation.throw_error_of(task, outcome.thrown)
            return None
        return True


class SendTask(ActivitySpec):
    """Throws its message and goes on."""

    def behave(self, task: ElementTask, instance: ProcessInstance) -> bool | None:
        throw_message(self.element.events[0], task, instance)
        return True


class ReceiveTask(ActivitySpec, CatchingSpec):
    """Waits for its message; unlike a catch event it may carry boundary events."""
