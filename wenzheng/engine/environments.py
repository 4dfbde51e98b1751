"""What the expressions of each element may name, and their compiling.

A process has its variables. A sub-process adds its data objects and properties, an activity its own
properties, inputs and outputs, a loop the item of each run; the nearest one of a name counts, as it does at
run time (`tasks`). Elements that see the same names share one environment.
"""

from __future__ import annotations

import re
from typing import Final

from wenzheng.engine import vocabulary as words
from wenzheng.engine.expressions import Definition as Expressions
from wenzheng.engine.expressions import ExpressionRefused, Program, Script, compile_script
from wenzheng.engine.findings import FindingList, Position
from wenzheng.engine.model import DataItem, Element, ProcessModel
from wenzheng.engine.rules.kinds import Kind

LOOP_COUNTER: Final = "loopCounter"
INSTANCE_ATTRIBUTES: Final = frozenset(
    {
        "numberOfInstances",
        "numberOfActiveInstances",
        "numberOfCompletedInstances",
        "numberOfTerminatedInstances",
    }
)
GATEWAY_ATTRIBUTES: Final = frozenset({"activationCount", "waitingForStart"})
ATTRIBUTE_TYPES: Final = {
    LOOP_COUNTER: "int",
    **dict.fromkeys(INSTANCE_ATTRIBUTES, "int"),
    "activationCount": "int",
    "waitingForStart": "bool",
}
"""Attributes that the standard gives to loops and complex gateways while they run."""
_IN_TEXT: Final = frozenset({"script", "condition", "transformation", "assignment"})
"""Expressions that stand in the text of an element: it has lines of its own."""


class Names:
    """The names that some expressions may use, with their types."""

    def __init__(self, types: dict[str, str]) -> None:
        self.types = types
        self.attributes = set(ATTRIBUTE_TYPES) - set(types)
        self._expressions: Expressions | None = None

    @property
    def expressions(self) -> Expressions:
        """The environment. Raises ExpressionRefused for names that no expression can use."""
        if self._expressions is None:
            types = {name: ATTRIBUTE_TYPES[name] for name in self.attributes} | self.types
            self._expressions = Expressions(types)
        return self._expressions

    def with_items(self, items: list[DataItem]) -> Names:
        """These names and some more; one without a type of its own takes that of what it hides."""
        if not items:
            return self
        more = {
            item.variable: self.types.get(item.variable, "any") if item.type == "any" else item.type
            for item in items
        }
        return Names({**self.types, **more})


def held(element: Element) -> tuple[list[DataItem], list[DataItem]]:
    """The data of an activity's or event's own: of it as a whole, and of each run where it loops.

    The lists that a loop reads and fills belong to the whole, like the properties (BPMN 2.0.2 table 10.30).
    """
    whole = list(element.properties)
    each: list[DataItem] = []
    loop = element.loop
    for item in [*element.io.inputs, *element.io.outputs]:
        is_collection = loop is not None and item.id in {loop.items, loop.results}
        (whole if loop is None or is_collection else each).append(item)
    if loop is not None:
        each += [item for item in (loop.item_data, loop.result_data) if item is not None]
    return whole, each


class Environments:
    """The environments of one process."""

    def __init__(self, model: ProcessModel, findings: FindingList) -> None:
        self._model = model
        self._findings = findings
        self._elements = {element.id: element for element in model.all_elements()}
        self._sources = {
            flow.id: flow.source for scope in model.scopes.values() for flow in scope.flows.values()
        }
        self._seen: dict[tuple[str, bool], Names] = {}
        self.declared = self._declarations()
        self.root = Names(self.declared)
        self._within: dict[str, Names] = {model.id: self.root}
        try:
            _ = self.root.expressions
        except ExpressionRefused as refused:
            self.refused(refused, model.position, model.id, "variables")
            self.root.types = {}

    # --- names ---------------------------------------------------------------------------

    def within(self, scope_id: str) -> Names:
        """What the elements of a scope see."""
        if scope_id not in self._within:
            host = self._elements.get(scope_id)
            inside = self.of(host) if host is not None else self.root
            self._within[scope_id] = inside.with_items(self._model.scopes[scope_id].data)
        return self._within[scope_id]

    def around(self, owner: str) -> Names:
        """What is seen around an element, or by a flow between elements."""
        element = self._elements.get(self._sources.get(owner, owner))
        return self.within(element.scope) if element is not None else self.root

    def of(self, element: Element, *, whole: bool = False) -> Names:
        """What an element itself sees; with `whole`, what the loop around its runs sees."""
        if (element.id, whole) not in self._seen:
            mine, each = held(element)
            items = mine if whole else mine + each
            self._seen[element.id, whole] = self.within(element.scope).with_items(items)
        return self._seen[element.id, whole]

    def _declarations(self) -> dict[str, str]:
        declared = {name: variable.type for name, variable in self._model.variables.items()}
        for element in self._model.all_elements():
            local = self._local_types(element) if element.fields else {}
            for form_field in element.fields:
                kind = words.FIELD_TYPES[form_field.type]
                known = local.get(form_field.id) or declared.setdefault(form_field.id, kind)
                if known not in {kind, "any"}:
                    self._findings.error(
                        element.position,
                        element.id,
                        "field-type",
                        f"Expected field '{form_field.id}' to have the type of the variable, "
                        f"{known}, found {kind}.",
                        "Give the field or the variable another name or the same type.",
                    )
        return declared

    def _local_types(self, element: Element | None) -> dict[str, str]:
        """What an element sees that is not a variable of the process."""
        found: dict[str, str] = {}
        while element is not None:
            mine, each = held(element)
            inner = [*mine, *each]
            if element.scope != self._model.id:
                inner += self._model.scopes[element.scope].data
            for item in inner:
                found.setdefault(item.variable, item.type)
            element = self._elements.get(element.scope)
        return found

    # --- expressions ---------------------------------------------------------------------

    def expression(
        self,
        text: str,
        position: Position,
        owner: str,
        what: str,
        *,
        expect: str | None = None,
        allowed: frozenset[str] = frozenset(),
        names: Names | None = None,
    ) -> Program | None:
        """The program of an expression that belongs to `owner`; None when a finding says why not."""
        seen = names or self._seen_by(owner)
        try:
            program = seen.expressions.expression(text, expect=expect)
        except ExpressionRefused as refused:
            self.refused(refused, position, owner, what, _other_language(text))
            return None
        strange = sorted(seen.attributes & set(program.uses) - allowed - self._loop_around(owner))
        for name in strange:
            self._findings.error(
                position,
                owner,
                "attribute-out-of-place",
                f"Expected the {what} of '{owner}' to read variables that exist there, found '{name}'.",
                "It exists inside loops or in complex gateways only; declare a variable of another name.",
            )
        return program if not strange else None

    def script(self, element: Element) -> Script | None:
        """The script of an element; None when a finding says why not."""
        try:
            return compile_script(element.script or "", self.of(element).expressions)
        except ExpressionRefused as refused:
            self.refused(refused, element.script_position or element.position, element.id)
            return None

    def _seen_by(self, owner: str) -> Names:
        element = self._elements.get(owner)
        return self.of(element) if element is not None else self.around(owner)

    def _loop_around(self, owner: str) -> set[str]:
        """The standard's attributes that an element's expressions may read because of a loop around it."""
        found = self._elements.get(owner)
        while found is not None:
            if found.loop is not None:
                return {LOOP_COUNTER}
            found = self._elements.get(found.scope)
        return set()

    def refused(
        self,
        refused: ExpressionRefused,
        position: Position,
        owner: str,
        what: str = "script",
        hint: str | None = None,
    ) -> None:
        """Say what is wrong with an expression, where it stands; `hint` is a better remedy than its own."""
        for problem in refused.findings:
            moved = problem.moved(position.line - 1, position.column - 1)
            self._findings.error(
                # An attribute is one line, and only its element's place is known.
                Position(position.file, moved.line, moved.column) if what in _IN_TEXT else position,
                owner,
                problem.code,
                f"In the {what} of '{owner}': {problem.message}",
                hint or problem.hint,
                seen_as=_against_the_standard(what, problem.code),
            )


def _other_language(text: str) -> str | None:
    """What to do with an expression that is written in another engine's language."""
    stripped = text.strip()
    if stripped.startswith(("${", "#{")):
        return "This is written for Camunda 7: write it in CEL, without ${ or #{ and }."
    if stripped.startswith("="):
        return "This is FEEL, written for Camunda 8: write it in CEL, without = before it."
    if re.search(r"\b(and|or|not)\b", stripped):
        return "This looks like FEEL or Python: CEL writes && for and, || for or, ! for not."
    return None


def _against_the_standard(what: str, code: str) -> Kind | None:
    """A completion condition that is no truth value is wrong everywhere (BPMN 2.0.2 table 10.30, p. 191)."""
    return Kind.STRUCTURE if (what, code) == ("completion condition", "wrong_result_type") else None
