"""Activities that run several times: standard loops and multiple instances (BPMN 2.0.2 §10.3.8).

The activity itself becomes the body of the loop, in a scope of its own, so that whatever it is (a task, a
sub-process, a call) it runs each time as if it stood alone. Boundary events belong to the loop as a whole.
The trace shows the runs, not the loop around them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from wenzheng.engine import compensation, propagation
from wenzheng.engine.elements.activities import ActivitySpec
from wenzheng.engine.elements.base import Incident
from wenzheng.engine.elements.events import OWN_EVENT
from wenzheng.engine.elements.throws import throw

if TYPE_CHECKING:
    from wenzheng.contracts import JsonObject
    from wenzheng.engine.elements.base import ElementSpec, ScopeSpec
    from wenzheng.engine.expressions import Program
    from wenzheng.engine.instance import ProcessInstance
    from wenzheng.engine.model import Element, EventDefinition, Loop
    from wenzheng.engine.tasks import ElementTask, Scope

MOST_INSTANCES: Final = 1_000
"""Instances of one multi-instance activity at most: each is a task in the state of its letter."""


class LoopingActivity(ActivitySpec):
    """The loop around an activity; `body` is the scope in which the activity runs."""

    def __init__(self, wf_spec: ScopeSpec, element: Element, body: ScopeSpec) -> None:
        super().__init__(wf_spec, element)
        self.body = body
        self.condition: Program | None = None

    @property
    def loop(self) -> Loop:
        """How often it runs."""
        assert self.element.loop is not None  # only such elements are wrapped
        return self.element.loop

    @property
    def each(self) -> ElementSpec:
        """The activity that is run."""
        return self.body.spec(self.element.id)

    def on_cancelled(self, task: ElementTask, instance: ProcessInstance) -> None:
        instance.cancel_scope(task)

    def behave(self, task: ElementTask, instance: ProcessInstance) -> bool | None:
        if "undo" in task.internal_data:
            compensation.undo_inside(task, instance.open_scope(task, self.body))
            return None
        return self.begin(task, instance)

    def begin(self, task: ElementTask, instance: ProcessInstance) -> bool | None:
        """Begin to run; True when there is nothing to run."""
        raise NotImplementedError

    def run_one(self, scope: Scope, local: JsonObject) -> None:
        """Run the activity once more, with variables of its own."""
        self.each.start(scope, {"locals": local})

    @property
    def trace_type(self) -> str:
        """The whole is told from its runs (design.md §5)."""
        return "multiInstanceBody" if self.loop.multiple else "loopBody"


class StandardLoop(LoopingActivity):
    """Runs while its condition holds, at most `loopMaximum` times (BPMN 2.0.2 table 10.29)."""

    def begin(self, task: ElementTask, instance: ProcessInstance) -> bool | None:
        if self.loop.maximum == 0 or (self.loop.test_before and not self._holds(task, 0)):
            return True
        scope = instance.open_scope(task, self.body)
        task.internal_data["completed"] = 0
        self.run_one(scope, {"loopCounter": 1})
        return None

    def note_completed(self, host: ElementTask, task: ElementTask) -> None:
        host.internal_data["completed"] += 1

    def goes_on(self, host: ElementTask, scope: Scope) -> bool:
        rounds = host.internal_data["completed"]
        if self.loop.maximum is not None and rounds >= self.loop.maximum:
            return False
        if not self._holds(host, rounds):
            return False
        self.run_one(scope, {"loopCounter": rounds + 1})
        return True

    def _holds(self, task: ElementTask, rounds: int) -> bool:
        if self.condition is None:
            return self.loop.maximum is not None
        return self.condition.evaluate({**task.variables, "loopCounter": rounds}) is True


class MultiInstance(LoopingActivity):
    """Runs once for each of a number or of the elements of a list, at once or in turn (table 10.30)."""

    def __init__(self, wf_spec: ScopeSpec, element: Element, body: ScopeSpec) -> None:
        super().__init__(wf_spec, element, body)
        self.items = self.loop.items
        """The variable that holds the list it runs for."""
        self.results = self.loop.results
        """The variable that takes the list of results."""
        self.missing = self.loop.missing
        """The variable with the list of elements whose runs have not completed."""
        self.cardinality: Program | None = None
        self.thrown: list[Program] = []

    def begin(self, task: ElementTask, instance: ProcessInstance) -> bool | None:
        count = self._count(task)
        self._say_missing(task, list(range(1, count + 1)))
        if count == 0:
            self._give_results(task, [])
            return True
        scope = instance.open_scope(task, self.body)
        task.internal_data.update(count=count, begun=0, completed=0)
        if self.results is not None:
            task.internal_data["results"] = [None] * count
        for _ in range(1 if self.loop.sequential else count):
            self._begin(task, scope)
        return None

    def _count(self, task: ElementTask) -> int:
        count: Any
        if self.items is not None:
            items = task.variables.get(self.items)
            if not isinstance(items, list):
                raise Incident(
                    "loop-items",
                    f"Expected variable '{self.items}' to hold the list that '{self.element.id}' runs "
                    f"for, found {type(items).__name__}. Correct the variable, then retry.",
                )
            task.internal_data["items"] = items
            count = len(items)
        else:
            assert self.cardinality is not None  # structure.py refuses a loop without either
            count = self.cardinality.evaluate(task.variables)
        if not isinstance(count, int) or not 0 <= count <= MOST_INSTANCES:
            raise Incident(
                "loop-cardinality",
                f"Expected '{self.element.id}' to run 0 to {MOST_INSTANCES:,} times, found {count!r}. "
                "Correct the variables, then retry.",
            )
        return count

    def _begin(self, host: ElementTask, scope: Scope) -> None:
        data = host.internal_data
        data["begun"] += 1
        local: JsonObject = {"loopCounter": data["begun"]}
        if self.loop.item is not None and "items" in data:
            local[self.loop.item] = data["items"][data["begun"] - 1]
        if self.loop.result is not None:
            local[self.loop.result] = None
        self.run_one(scope, local)

    def note_completed(self, host: ElementTask, task: ElementTask) -> None:
        data = host.internal_data
        data["completed"] += 1
        if self.results is not None and self.loop.result is not None:
            local = task.internal_data["locals"]
            data["results"][local["loopCounter"] - 1] = local[self.loop.result]
        if "missing" in data:
            done = task.internal_data["locals"]["loopCounter"]
            self._say_missing(host, [number for number in data["missing"] if number != done])

    def _say_missing(self, host: ElementTask, numbers: list[int]) -> None:
        """Whose runs have not completed: known at every moment, because nobody hears how a loop ends."""
        items = host.internal_data.get("items")
        if self.missing is not None and items is not None:
            host.internal_data["missing"] = numbers
            host.instance.assign({self.missing: [items[number - 1] for number in numbers]}, host)

    def look(self, host: ElementTask, scope: Scope) -> None:
        attributes = self._attributes(host)
        done = self.condition is not None and self.condition.evaluate(attributes) is True
        thrown = self._to_throw(host, attributes)
        # A complex behavior's condition also ends the activity, and a token leaves it (table 10.31).
        done |= bool(thrown) and self.loop.behavior == "Complex"
        if done:
            host.internal_data["begun"] = host.internal_data["count"]
            host.instance.cancel_inside(scope)
        # Thrown for each instance, it could not be caught more than once if catching it ended them all.
        host.internal_data[OWN_EVENT] = True
        for event in thrown:
            if event.kind == "escalation":
                host.instance.traced(host, "thrown")
                propagation.escalate_of(host, event.name)
            elif host.id in host.instance.live:
                throw(event, host, host.instance)
        host.internal_data.pop(OWN_EVENT)

    def goes_on(self, host: ElementTask, scope: Scope) -> bool:
        data = host.internal_data
        if data["begun"] < data["count"]:
            self._begin(host, scope)
            return True
        self._give_results(host, data.get("results", []))
        return False

    def _to_throw(self, host: ElementTask, attributes: JsonObject) -> list[EventDefinition]:
        """The events of its behavior: for each instance, for the first, or while a condition holds."""
        if self.loop.behavior == "One" and host.internal_data["completed"] > 1:
            return []
        pairs = zip(self.thrown, self.loop.thrown, strict=True)
        return [event for condition, (_, event) in pairs if condition.evaluate(attributes) is True]

    def _attributes(self, host: ElementTask) -> JsonObject:
        """The variables with the standard's attributes of the loop (BPMN 2.0.2 table 10.32)."""
        data = host.internal_data
        return {
            **host.variables,
            "numberOfInstances": data["count"],
            "numberOfActiveInstances": data["begun"] - data["completed"],
            "numberOfCompletedInstances": data["completed"],
            "numberOfTerminatedInstances": 0,
        }

    def _give_results(self, host: ElementTask, results: list[Any]) -> None:
        if self.results is not None:
            host.instance.assign({self.results: results}, host)
