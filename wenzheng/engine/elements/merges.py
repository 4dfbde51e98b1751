"""Gateways that look at the whole scope before they go on: inclusive and complex.

Both wait while a token elsewhere in the scope could still reach one of their empty incoming flows
(BPMN 2.0.2 §13.4.3 and table 13.4). Which element can reach which flow is worked out once, when it is first
asked; whether a token stands there is looked at whenever something in the instance has moved.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from wenzheng.engine.elements.base import ElementSpec, Incident, ScopeSpec
from wenzheng.engine.expressions import ExpressionFailed
from wenzheng.engine.model import SequenceFlow

if TYPE_CHECKING:
    from wenzheng.contracts import JsonObject
    from wenzheng.engine.expressions import Program
    from wenzheng.engine.instance import ProcessInstance
    from wenzheng.engine.model import Element
    from wenzheng.engine.tasks import ElementTask, Scope


class MergingSpec(ElementSpec):
    """A gateway whose waiting task holds the counts of tokens that have arrived, by flow."""

    def __init__(self, wf_spec: ScopeSpec, element: Element) -> None:
        super().__init__(wf_spec, element)
        self._reached_by: dict[str, frozenset[str]] | None = None

    @property
    def merges(self) -> bool:
        """It has more than one incoming flow."""
        return len(self.element.incoming) > 1

    def merge(self, task: ElementTask) -> None:
        """Look again whether the waiting task may go on."""
        raise NotImplementedError

    def must_choose(self, task: ElementTask) -> bool:
        return True

    def retry(self, task: ElementTask) -> None:
        if "arrivals" in task.internal_data:
            task._set_state_waiting()  # it is looked at again at once
        else:
            super().retry(task)

    def wait_for_tokens(self, scope: Scope, flow: SequenceFlow | None) -> ElementTask:
        """The waiting task, with the token that has just come counted."""
        task = scope.waiting_join(self) or scope.new_task(self)
        arrivals: dict[str, int] = task.internal_data.setdefault("arrivals", {})
        key = flow.id if flow is not None else ""
        arrivals[key] = arrivals.get(key, 0) + 1
        if not task.is_stopped:
            task._set_state_waiting()
        return task

    def more_may_come(self, task: ElementTask, empty: set[str], held: set[str]) -> bool:
        """A token elsewhere can reach an empty flow, and none of the flows that hold a token already."""
        if not empty:
            return False
        reached_by = self.reached_by()
        for other in task.scope.open_tasks():
            if other is task or "armed" in other.internal_data or "host" in other.internal_data:
                continue
            if other.task_spec is self and "arrivals" not in other.internal_data:
                return True  # it is just going on: where its tokens go is not known yet
            reaches = reached_by.get(other.task_spec.element.id, frozenset())
            if reaches & empty and not reaches & held:
                return True
        return False

    def reached_by(self) -> dict[str, frozenset[str]]:
        """For each element of the scope the incoming flows of this gateway that its tokens can reach."""
        if self._reached_by is None:
            self._reached_by = _reach(self.element, self.wf_spec_elements())
        return self._reached_by

    def wf_spec_elements(self) -> list[Element]:
        """The elements of its scope."""
        return [spec.element for spec in self._wf_spec.task_specs.values() if isinstance(spec, ElementSpec)]

    def take(self, task: ElementTask) -> set[str]:
        """Consume one token of each flow that has one; what is left over waits in a task of its own."""
        arrivals: dict[str, int] = task.internal_data.pop("arrivals")
        left = {flow: count - 1 for flow, count in arrivals.items() if count > 1}
        if left:
            rest = task.scope.new_task(self)
            rest.internal_data["arrivals"] = left
            rest._set_state_waiting()
        return set(arrivals)


class InclusiveGateway(MergingSpec):
    """Takes all tokens that are on their way to it; sends one along each flow whose condition is true."""

    def arrive(self, scope: Scope, flow: SequenceFlow | None) -> None:
        if not self.merges:
            self.start(scope, {})
            return
        self.wait_for_tokens(scope, flow)

    def merge(self, task: ElementTask) -> None:
        arrivals: dict[str, int] = task.internal_data["arrivals"]
        empty = {flow.id for flow in self.element.incoming} - set(arrivals)
        if self.more_may_come(task, empty, set(arrivals)):
            return
        self.take(task)
        task.instance.activated(task)
        task._ready()

    def behave(self, task: ElementTask, instance: ProcessInstance) -> bool | None:
        task.internal_data["chosen"] = [flow.id for flow in self.true_flows(task)]
        return True

    def tokens_out(self, task: ElementTask) -> list[SequenceFlow]:
        chosen = task.internal_data["chosen"]
        return [flow for flow in self.element.outgoing if flow.id in chosen]


class ComplexGateway(MergingSpec):
    """Goes on when its activation condition holds, then takes in what is still to come and begins anew.

    `activationCount` is the number of incoming flows that hold a token, `waitingForStart` whether it has
    yet to go on (BPMN 2.0.2 §10.6.5, table 13.5). When it begins anew, tokens leave only along flows whose
    condition is true then; a flow without a condition is taken when it goes on, and not again.
    """

    def __init__(self, wf_spec: ScopeSpec, element: Element) -> None:
        super().__init__(wf_spec, element)
        self.activation: Program | None = None

    def arrive(self, scope: Scope, flow: SequenceFlow | None) -> None:
        if not self.merges:
            self.start(scope, {})
            return
        self.wait_for_tokens(scope, flow)

    def merge(self, task: ElementTask) -> None:
        data = task.internal_data
        if "consumed" in data:
            self._reset(task)
            return
        count = len(data["arrivals"])
        assert self.activation is not None  # structure.py refuses a merging gateway without one
        seen = {**task.variables, "activationCount": count, "waitingForStart": True}
        if count == 0 or self.activation.evaluate(seen) is not True:
            return
        self._activate(task, {})

    def _activate(self, task: ElementTask, given: JsonObject) -> None:
        data = task.internal_data
        arrivals: dict[str, int] = data["arrivals"]
        seen = {"activationCount": len(arrivals), "waitingForStart": True}
        data["consumed"] = sorted(arrivals)
        data["arrivals"] = {flow: n - 1 for flow, n in arrivals.items() if n > 1}
        self.start(task.scope, {**given, "locals": seen})

    def choose(self, task: ElementTask, flow: str) -> None:
        if "arrivals" in task.internal_data:  # its activation condition has failed
            task._set_state_waiting()
            self._activate(task, {"answer": flow})
        else:
            super().choose(task, flow)

    def behave(self, task: ElementTask, instance: ProcessInstance) -> bool | None:
        if "answer" in task.internal_data:
            task.internal_data["chosen"] = [task.internal_data["answer"]]
            return True
        task.internal_data["chosen"] = [flow.id for flow in self._flows(task)]
        return True

    def tokens_out(self, task: ElementTask) -> list[SequenceFlow]:
        chosen = task.internal_data["chosen"]
        return [flow for flow in self.element.outgoing if flow.id in chosen]

    def seen_behind(self, task: ElementTask) -> JsonObject:
        """With its own attributes, which its task carries."""
        return task.variables

    def _flows(self, task: ElementTask) -> list[SequenceFlow]:
        if "reset" not in task.internal_data:
            return self.true_flows(task)
        seen = task.variables
        return [
            flow
            for flow in self.element.outgoing
            if flow.id in self.conditions and self.conditions[flow.id].evaluate(seen) is True
        ]

    def _reset(self, task: ElementTask) -> None:
        """Once nothing more can come on the flows that had no token, they are emptied."""
        data = task.internal_data
        remaining = {flow.id for flow in self.element.incoming} - set(data["consumed"])
        arrivals: dict[str, int] = data["arrivals"]
        held = remaining & set(arrivals)
        if self.more_may_come(task, remaining - held, held):
            return
        del data["consumed"]
        data["arrivals"] = {
            flow: left for flow, n in arrivals.items() if (left := n - (1 if flow in held else 0)) > 0
        }
        scope = task.scope
        if not data["arrivals"]:
            task.instance.drop(task)
        if self.conditions:
            seen = {"activationCount": len(held), "waitingForStart": False}
            self.start(scope, {"reset": True, "locals": seen})


def merge_all(instance: ProcessInstance) -> None:
    """Let every gateway that looks at its whole scope look again."""
    if not instance.process.has_merges:
        return
    for task in list(instance.live.values()):
        spec = task.task_spec
        waits = "arrivals" in task.internal_data and task.id in instance.live and not task.is_stopped
        if isinstance(spec, MergingSpec) and waits:
            scope = task.scope
            try:
                spec.merge(task)
            except (Incident, ExpressionFailed) as failed:
                instance.stop(task, failed)
            instance.settle(scope)


def _reach(gateway: Element, elements: list[Element]) -> dict[str, frozenset[str]]:
    """Walk backwards from each incoming flow, never through the gateway itself; links count as flows."""
    before: dict[str, list[str]] = defaultdict(list)
    thrown = defaultdict(list)
    for element in elements:
        for flow in element.outgoing:
            before[flow.target].append(element.id)
        link = element.event("link")
        if link is not None and element.type == "intermediateThrowEvent":
            thrown[link.name].append(element.id)
    for element in elements:
        link = element.event("link")
        if link is not None and element.type == "intermediateCatchEvent":
            before[element.id] += thrown[link.name]
    reached: dict[str, set[str]] = defaultdict(set)
    for flow in gateway.incoming:
        waiting, seen = [flow.source], {gateway.id}
        while waiting:
            here = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            reached[here].add(flow.id)
            waiting += before[here]
    return {element: frozenset(flows) for element, flows in reached.items()}
