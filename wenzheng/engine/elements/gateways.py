"""Gateways that need only their own flows: exclusive, parallel, event-based."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.util.task import TaskState

from wenzheng.engine.elements.base import ElementSpec, no_flow
from wenzheng.engine.model import SequenceFlow

if TYPE_CHECKING:
    from wenzheng.engine.instance import ProcessInstance
    from wenzheng.engine.tasks import ElementTask, Scope


class ExclusiveGateway(ElementSpec):
    """Sends the token along the first flow whose condition is true (BPMN 2.0.2 §10.6.2).

    Flows are asked in document order; the default flow is taken when none is true.
    """

    def behave(self, task: ElementTask, instance: ProcessInstance) -> bool | None:
        """Choose, and raise an Incident when no flow may be taken."""
        task.internal_data["chosen"] = self._choose(task).id
        return True

    def tokens_out(self, task: ElementTask) -> list[SequenceFlow]:
        chosen = task.internal_data["chosen"]
        return [flow for flow in self.element.outgoing if flow.id == chosen]

    def must_choose(self, task: ElementTask) -> bool:
        return True

    def choose(self, task: ElementTask, flow: str) -> None:
        task.internal_data["chosen"] = flow
        task.complete()

    def _choose(self, task: ElementTask) -> SequenceFlow:
        variables = task.variables
        default: SequenceFlow | None = None
        for flow in self.element.outgoing:
            if flow.id == self.element.default:
                default = flow
            elif flow.id not in self.conditions or self.conditions[flow.id].evaluate(variables) is True:
                return flow
        if default is None:
            raise no_flow(self.element)
        return default


class JoiningSpec(ElementSpec):
    """An element that waits for tokens on several flows and counts their arrivals per flow.

    While it waits, one task in state WAITING holds the counts, so that a join that can never
    be satisfied shows up as waiting instead of vanishing.
    """

    def enough(self, arrivals: dict[str, int], scope: Scope) -> dict[str, int] | None:
        """The arrivals consumed by one activation, or None while more must come."""
        raise NotImplementedError

    def arrive(self, scope: Scope, flow: SequenceFlow | None) -> None:
        task = scope.waiting_join(self) or scope.new_task(self)
        arrivals: dict[str, int] = task.internal_data.setdefault("arrivals", {})
        if flow is not None:
            arrivals[flow.id] = arrivals.get(flow.id, 0) + 1
        consumed = self.enough(arrivals, scope)
        if consumed is None:
            task._set_state_waiting()
            return
        rest = {key: n - consumed.get(key, 0) for key, n in arrivals.items()}
        rest = {key: n for key, n in rest.items() if n > 0}
        task.internal_data.pop("arrivals")
        scope.instance.activated(task)
        task._ready()
        if rest:
            remainder = scope.new_task(self)
            remainder.internal_data["arrivals"] = rest
            remainder._set_state_waiting()


class ParallelGateway(JoiningSpec):
    """Takes one token from each incoming flow, gives one to each outgoing (BPMN 2.0.2 §10.6.4)."""

    def enough(self, arrivals: dict[str, int], scope: Scope) -> dict[str, int] | None:
        incoming = self.element.incoming
        if all(arrivals.get(flow.id, 0) > 0 for flow in incoming):
            return {flow.id: 1 for flow in incoming}
        return None


class EventBasedGateway(ElementSpec):
    """Waits for the events behind it; the first that happens takes the token (BPMN 2.0.2 §10.6.6).

    A parallel one, which only begins processes, waits for all of them.
    """

    def arrive(self, scope: Scope, flow: SequenceFlow | None) -> None:
        task = scope.new_task(self)
        scope.instance.activated(task)
        task._set_state(TaskState.READY)
        task.complete()

    def tokens_out(self, task: ElementTask) -> list[SequenceFlow]:
        """Its tokens are set waiting by `spread`, together."""
        return []

    def spread(self, scope: Scope, race: str) -> None:
        """Let every event behind it wait; `race` names those of which only one may win."""
        given = {} if self.element.all_events else {"race": race}
        for flow in self.element.outgoing:
            target = scope.spec.spec(flow.target)
            task = scope.new_task(target)
            task.internal_data.update(given)
            scope.instance.activated(task)
            task._set_state(TaskState.READY)
            task._set_state(TaskState.STARTED)
            scope.instance.listen(task)
