"""Data of an activity or event while it runs: its own variables, what goes in, what comes out.

BPMN 2.0.2 §10.4.2 and §13.3.2: an activity begins once the data of one of its input sets are there, and its
outputs go where its associations say when it completes. Data are there when they are not null.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wenzheng.contracts import JsonObject
from wenzheng.engine.elements.base import Incident
from wenzheng.engine.values import type_problem

if TYPE_CHECKING:
    from wenzheng.engine.expressions import Program
    from wenzheng.engine.tasks import ElementTask


@dataclass(frozen=True)
class Copy:
    """One value that is set: of an expression, or of a variable as it is.

    `inside` tells that the target is a variable of the activity itself.
    """

    target: str
    inside: bool
    type: str
    program: Program | None = None
    source: str | None = None

    def value(self, seen: JsonObject) -> Any:
        """The value, of the target's type. Raises Incident or ExpressionFailed."""
        if self.program is not None:
            return self.program.evaluate(seen)
        assert self.source is not None  # a copy has one or the other
        value = seen.get(self.source)
        wanted = type_problem(self.type, value) if value is not None else None
        if wanted:
            raise Incident(
                "data-type",
                f"Expected '{self.source}' to hold {wanted} for '{self.target}', found {str(value)[:80]!r}. "
                "Correct the variables, then retry.",
            )
        return value


@dataclass(frozen=True)
class Association:
    """What is set together; `needs` are the variables that must have a value, `end` the input or output."""

    needs: tuple[str, ...]
    end: str | None
    copies: tuple[Copy, ...]


@dataclass(frozen=True)
class Choice:
    """A set of inputs or outputs: `refs` are all of it, `required` those that must be there."""

    refs: frozenset[str]
    required: frozenset[str]


@dataclass
class Data:
    """The data of one activity or event. Made at load, shared by all instances.

    `given` are those of its own variables that a loop around it sets. `written` are the outputs that
    something in the activity can set; the others only say that a target is changed.
    """

    own: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    outputs: dict[str, str] = field(default_factory=dict)
    reads: tuple[Association, ...] = ()
    writes: tuple[Association, ...] = ()
    input_sets: tuple[Choice, ...] = ()
    output_sets: tuple[Choice, ...] = ()
    waits: bool = True

    def open(self, task: ElementTask) -> None:
        """Give a new task its own variables, without values but for those it was started with."""
        if self.own:
            task.internal_data["locals"] = {
                **dict.fromkeys(self.own),
                **task.internal_data.get("locals", {}),
            }

    def is_there(self, task: ElementTask) -> bool:
        """Whether the activity can begin."""
        return not self.waits or not self.input_sets or self._input_set(self._around(task)) is not None

    def take(self, task: ElementTask) -> bool:
        """Fill the inputs; False when it has to wait for them. Raises Incident or ExpressionFailed."""
        if "taken" in task.internal_data:
            return True
        if not self.is_there(task):
            return False
        if not self.reads:
            return True
        chosen = self._input_set(self._around(task))
        values: JsonObject = {}
        for association in self.reads:
            if association.end is not None and chosen is not None and association.end not in chosen.refs:
                continue
            seen = {**self._around(task), **values}
            if _has(seen, association.needs):
                values |= {copy.target: copy.value(seen) for copy in association.copies}
        task.instance.assign(values, task)
        task.internal_data["taken"] = True
        return True

    def hand_over(self, task: ElementTask) -> None:
        """Let the outputs go where they belong, once. Raises Incident or ExpressionFailed."""
        if not self.writes or "handed" in task.internal_data:
            return
        chosen = self._output_set(task)
        seen = task.variables
        own: JsonObject = {}
        outer: JsonObject = {}
        for association in self.writes:
            if association.end is not None and chosen is not None and association.end not in chosen.refs:
                continue
            if not _has(seen, association.needs):
                continue
            for copy in association.copies:
                value = copy.value(seen)
                (own if copy.inside else outer)[copy.target] = value
                if copy.inside or copy.target not in self.own:
                    seen = {**seen, copy.target: value}
        task.instance.assign(outer, task.scope.host)
        task.instance.assign(own, task)
        task.internal_data["handed"] = True

    def sent(self, task: ElementTask) -> JsonObject:
        """What a message carries: the inputs of who throws it, where there are any, else all variables."""
        seen = task.variables
        return {name: seen.get(name) for name in self.inputs} if self.inputs else dict(seen)

    def received(self, data: JsonObject) -> JsonObject:
        """What of a message's data the outputs take: by name, or all of it when there is only one output."""
        if not self.outputs:
            return data
        if len(self.outputs) == 1 and not self.outputs.keys() & data.keys():
            return dict.fromkeys(self.outputs, data)
        return {name: data[name] for name in self.outputs if name in data}

    def _around(self, task: ElementTask) -> JsonObject:
        """What inputs are filled from: the variables around the activity, and what its loop gives it."""
        local = task.internal_data.get("locals", {})
        return {**task.surroundings, **{name: local[name] for name in self.given if name in local}}

    def _input_set(self, seen: JsonObject) -> Choice | None:
        for choice in self.input_sets:
            if all(_has(seen, one.needs) for one in self.reads if one.end in choice.required):
                return choice
        return None

    def _output_set(self, task: ElementTask) -> Choice | None:
        local = task.internal_data.get("locals", {})
        for choice in self.output_sets:
            if _has(local, tuple(choice.required)):
                return choice
        if not self.output_sets:
            return None
        missing = sorted(name for name in self.output_sets[0].required if local.get(name) is None)
        raise Incident(
            "output-missing",
            f"Expected '{task.task_spec.element.id}' to give its outputs a value, found none for "
            f"{', '.join(missing)} (BPMN 2.0.2 p. 219). Skip the incident to go on without them.",
        )


def _has(values: JsonObject, names: tuple[str, ...]) -> bool:
    return all(values.get(name) is not None for name in names)
