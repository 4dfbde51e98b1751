"""Events that are thrown: intermediate throw events and end events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wenzheng.contracts import FACT_REACHED, MESSAGE_THROWN, SIGNAL_THROWN
from wenzheng.engine import compensation, propagation
from wenzheng.engine.elements.base import ElementSpec
from wenzheng.engine.model import in_english

if TYPE_CHECKING:
    from wenzheng.engine.instance import ProcessInstance
    from wenzheng.engine.model import EventDefinition, SequenceFlow
    from wenzheng.engine.tasks import ElementTask, Scope


class ThrowingSpec(ElementSpec):
    """An element that throws events, in the order of the file."""

    def throw_all(self, task: ElementTask, instance: ProcessInstance) -> bool | None:
        """Throw; None when it has to wait, or when what it threw has cancelled it."""
        waits = False
        for event in self.element.events:
            waits |= throw(event, task, instance)
            if task.id not in instance.live:
                return None
        return None if waits else True


class IntermediateThrowEvent(ThrowingSpec):
    """Throws its events, or marks that a fact has been reached, and goes on.

    Without a trigger it shows "some change of state in the process" (BPMN 2.0.2 §10.5.4, table 10.94).
    A link leads to the catch event of its name (§10.5.5, p. 267).
    """

    def behave(self, task: ElementTask, instance: ProcessInstance) -> bool | None:
        element = self.element
        if task.internal_data.pop("compensated", False):
            return True
        done = self.throw_all(task, instance)
        if done and element.fact is not None:
            seen = task.variables
            kept = {name: seen.get(name) for name in element.keeps}
            said = {"name": element.name, **in_english(element.name_en), "fact": element.fact, "data": kept}
            instance.emit(FACT_REACHED, element.id, said)
        return done

    def after(self, scope: Scope) -> None:
        link = self.element.event("link")
        if link is not None:
            for target in scope.spec.task_specs.values():
                if isinstance(target, ElementSpec) and target.element.type == "intermediateCatchEvent":
                    caught = target.element.event("link")
                    if caught is not None and caught.name == link.name:
                        target.arrive(scope, None)


class EndEvent(ThrowingSpec):
    """End events (BPMN 2.0.2 §10.5.3): what they throw, they throw before the token is gone."""

    def behave(self, task: ElementTask, instance: ProcessInstance) -> bool | None:
        if task.internal_data.pop("compensated", False):
            return True
        if self.element.event("cancel") is not None:
            return compensation.cancel_transaction(task)
        return self.throw_all(task, instance)

    def tokens_out(self, task: ElementTask) -> list[SequenceFlow]:
        return []

    def after(self, scope: Scope) -> None:
        """Terminate ends the scope with everything in it; an error leaves it for whoever catches it."""
        for event in self.element.events:
            if event.kind == "terminate":
                scope.instance.terminate_scope(scope)
            elif event.kind == "cancel":
                propagation.leave_cancelled(scope)
            elif event.kind == "error":
                propagation.throw_error(scope, event.name or "", self.element.id)


def throw(event: EventDefinition, task: ElementTask, instance: ProcessInstance) -> bool:
    """Throw one event; True when the thrower has to wait for what follows from it."""
    match event.kind:
        case "message":
            throw_message(event, task, instance)
        case "signal":
            instance.traced(task, "thrown")
            instance.emit(SIGNAL_THROWN, task.task_spec.element.id, {"signal": event.name})
            propagation.broadcast(instance, event.name or "")
        case "escalation":
            instance.traced(task, "thrown")
            propagation.escalate(task.scope, event.name)
        case "compensation":
            instance.traced(task, "thrown")
            return compensation.throw(task, event.name, waits=event.waits)
    return False


def throw_message(event: EventDefinition, task: ElementTask, instance: ProcessInstance) -> None:
    """Send a message out with the thrower's inputs, or with all variables where it has none.

    With it go the correlation keys that it carries.
    """
    own = task.task_spec.data
    data = own.sent(task) if own is not None else dict(task.variables)
    keys = instance.process.correlation.carried(event.name or "", data)
    instance.converse(keys)
    said = {"message": event.name, "data": data}
    instance.emit(MESSAGE_THROWN, task.task_spec.element.id, said | ({"keys": keys} if keys else {}))
    instance.traced(task, "thrown")
