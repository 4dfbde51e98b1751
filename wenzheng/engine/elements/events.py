"""Start, end, intermediate and boundary events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wenzheng.contracts import FACT_REACHED, MESSAGE_THROWN
from wenzheng.engine.elements.base import ElementSpec
from wenzheng.engine.model import in_english

if TYPE_CHECKING:
    from wenzheng.engine.instance import ProcessInstance
    from wenzheng.engine.tasks import ElementTask, Scope


class CatchingSpec(ElementSpec):
    """An element that waits for a message or a timer (BPMN 2.0.2 §10.5.4)."""

    def behave(self, task: ElementTask, instance: ProcessInstance) -> bool | None:
        """Wait; the second run, after the event, completes."""
        if self.element.trigger == "none" or task.internal_data.pop("caught", False):
            return True
        instance.listen(task)
        return None

    def on_cancelled(self, task: ElementTask, instance: ProcessInstance) -> None:
        instance.stop_listening(task)

    def caught(self, task: ElementTask, instance: ProcessInstance) -> None:
        """The awaited event happened: run again, now to completion."""
        instance.stop_listening(task)
        task.internal_data["caught"] = True
        instance.traced(task, "caught")
        task._ready()


class StartEvent(CatchingSpec):
    """None, message and timer start events (BPMN 2.0.2 §10.5.2).

    The first that fires begins the process and withdraws the others.
    """

    def caught(self, task: ElementTask, instance: ProcessInstance) -> None:
        for other in task.scope.open_tasks():
            if other is not task and isinstance(other.task_spec, StartEvent):
                instance.cancel_task(other)
        super().caught(task, instance)


class IntermediateCatchEvent(CatchingSpec):
    """A message or timer on the way."""


class IntermediateThrowEvent(ElementSpec):
    """Throws its message, or marks that a fact has been reached, and goes on.

    Without a trigger it shows "some change of state in the process" (BPMN 2.0.2 §10.5.4, table 10.94).
    """

    def behave(self, task: ElementTask, instance: ProcessInstance) -> bool | None:
        element = self.element
        if element.trigger == "message":
            throw_message(task, instance)
        if element.fact is not None:
            kept = {name: instance.variables.get(name) for name in element.keeps}
            said = {"name": element.name, **in_english(element.name_en), "fact": element.fact, "data": kept}
            instance.emit(FACT_REACHED, element.id, said)
        return True


class BoundaryEvent(CatchingSpec):
    """Waits while its activity is active (BPMN 2.0.2 §10.5.4, p. 255).

    An interrupting event ends the activity; others let a token out each time they fire.
    """

    def arm(self, host: ElementTask) -> None:
        """Begin to wait beside `host`."""
        task = host.scope.new_task(self)
        task.internal_data["host"] = host.id
        task._set_state_waiting()
        host.instance.listen(task)

    def caught(self, task: ElementTask, instance: ProcessInstance) -> None:
        host = task.scope.task(task.internal_data["host"])
        if self.element.interrupting:
            # The event leaves its host first: cancelling the host disarms what still hangs on it.
            instance.stop_listening(task)
            del task.internal_data["host"]
            instance.cancel_task(host)
            super().caught(task, instance)
        else:
            fired = task.scope.new_task(self)
            fired.internal_data["caught"] = True
            instance.traced(fired, "caught")
            fired._ready()
            if self.element.trigger == "timer":  # it fires once; a message may come again
                instance.disarm(task)


class EndEvent(ElementSpec):
    """None, terminate and error end events (BPMN 2.0.2 §10.5.3)."""

    def after(self, scope: Scope) -> None:
        """Terminate ends the scope with everything in it, an error ends the instance."""
        if self.element.trigger == "terminate":
            scope.instance.terminate_scope(scope)
        elif self.element.trigger == "error":
            scope.instance.throw_error(self.element.error_code or "", self.element.id)


def throw_message(task: ElementTask, instance: ProcessInstance) -> None:
    """Send the element's message out with the instance's variables."""
    element = task.task_spec.element
    instance.emit(
        MESSAGE_THROWN,
        element.id,
        {"message": element.message, "data": dict(instance.variables)},
    )
    instance.traced(task, "thrown")
