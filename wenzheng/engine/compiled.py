"""A process that is ready to run. It is never changed after it was compiled, and shared by all instances."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from wenzheng.contracts import JsonObject
from wenzheng.engine.clock_plan import ClockPlan
from wenzheng.engine.correlation import Correlation
from wenzheng.engine.elements import ScopeSpec
from wenzheng.engine.entries import behind, entries
from wenzheng.engine.expressions import Program
from wenzheng.engine.model import ProcessModel
from wenzheng.engine.values import type_problem
from wenzheng.engine.vocabulary import FIELD_TYPES


@dataclass
class CompiledProcess:
    """A process ready to run: `specs` by scope id, the model, and initial variables.

    `specs` holds those of every process it calls, too. `at_once` holds the conditions of clocks whose
    notices may have to go out at once; `has_merges` says that a gateway looks at its whole scope. `types`
    gives the type of each variable, `called` what it calls, however deep.
    """

    model: ProcessModel
    specs: dict[str, ScopeSpec] = field(default_factory=dict)
    initial_variables: JsonObject = field(default_factory=dict)
    at_once: dict[str, Program] = field(default_factory=dict)
    has_merges: bool = False
    types: dict[str, str] = field(default_factory=dict)
    correlation: Correlation = field(default_factory=Correlation)
    called: list[ProcessModel] = field(default_factory=list)

    @cached_property
    def clock_plan(self) -> ClockPlan:
        """Its clocks by what they hang on; made when the first instance asks, after all is compiled."""
        return ClockPlan(self.model, self.at_once, self.called)

    @property
    def root_spec(self) -> ScopeSpec:
        """The spec of the process's own scope."""
        return self.specs[self.model.id]

    def takes(self, data: JsonObject) -> JsonObject:
        """What an instance takes of a message's data: values for variables that it has, of their type.

        All of it where somebody's data outputs take messages: these choose for themselves.
        """
        if any(element.io.outputs and element.message is not None for element in self.model.all_elements()):
            return {name: value for name, value in data.items() if value is not None}
        types = self._asked() | {name: variable.type for name, variable in self.model.variables.items()}
        return {
            name: value
            for name, value in data.items()
            if name in types and value is not None and type_problem(types[name], value) is None
        }

    def _asked(self) -> dict[str, str]:
        """The types of what the forms of its messages ask for."""
        waiting = [element for element in self.model.all_elements() if element.message is not None]
        return {field.id: FIELD_TYPES[field.type] for element in waiting for field in element.fields}

    def begins_with(self, kind: str, name: str) -> bool:
        """Whether an instance is begun by a message or signal of that name."""
        root = self.model.root
        first = [
            element for one in root.elements.values() if one.instantiate for element in behind(one, root)
        ]
        begins = entries(root) + first
        return any(event.kind == kind and event.name == name for one in begins for event in one.events)
