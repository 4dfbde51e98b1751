"""From the data of activities and events, as read, to what is copied where when they run.

References are resolved here: to an activity's own data, to data objects and properties of the scopes around
it, and to inputs and outputs of the process (BPMN 2.0.2 §10.4).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from wenzheng.engine import vocabulary as words
from wenzheng.engine.data_reader import clash
from wenzheng.engine.elements.data import Association, Choice, Copy, Data
from wenzheng.engine.environments import Environments, Names, held
from wenzheng.engine.findings import FindingList, Position
from wenzheng.engine.model import DataAssociation, DataItem, DataSet, Element, Loop, ProcessModel

_TAKES_MESSAGES: Final = frozenset({"receiveTask", "startEvent", "intermediateCatchEvent", "boundaryEvent"})
_FITS: Final = frozenset({("int", "double")})


class DataCompiler:
    """Makes the data of one process's elements ready to run."""

    def __init__(self, model: ProcessModel, environments: Environments, findings: FindingList) -> None:
        self._model = model
        self._environments = environments
        self._findings = findings

    def plan(self, element: Element, written: Iterable[str] = (), *, part: str = "only") -> Data | None:
        """The data of an element; None when it has none.

        Of one that loops, `part` is "whole" for the loop and "each" for one of its runs. `written` are the
        variables that the element's own work sets.
        """
        whole, each = held(element)
        mine = {"only": whole + each, "whole": whole, "each": each}[part]
        if part != "whole" and element.id in self._model.scopes:
            mine = mine + self._model.scopes[element.id].data
        associations = [one for one in element.associations if self._belongs(one, element, part)]
        if not mine and not associations:
            return None
        if part != "whole":
            self._check_names(element, mine if part == "only" else whole + mine)
        plan = _Plan(self, element, mine, part)
        own = [item.variable for item in mine]
        given = [i.variable for i in self._loop_items(element) if part == "each" and i is not None]
        is_activity = element.type in words.ACTIVITIES
        return Data(
            own=tuple(dict.fromkeys(own)),
            given=tuple(given),
            inputs=tuple(i.variable for i in element.io.inputs if i in mine),
            outputs={i.variable: i.type for i in element.io.outputs if i in mine},
            reads=tuple(plan.read(one) for one in associations if one.into),
            writes=tuple(plan.write(one) for one in associations if not one.into),
            input_sets=_choices(element.io.input_sets, mine) if is_activity else (),
            output_sets=self._outputs(element, mine, set(written)) if is_activity else (),
            waits=is_activity,
        )

    def collection(self, element: Element, reference: str | None, position: Position) -> str | None:
        """The variable behind a loop's reference to the list that it reads or fills (table 10.30)."""
        if reference is None:
            return None
        found = self.find(reference, element)
        names = self._environments.of(element, whole=True)
        variable = found[0].variable if found is not None else reference
        if names.types.get(variable) not in {"list", "any"}:
            self.error(
                position,
                element,
                "loop-data",
                f"Expected the loop of '{element.id}' to name a data object, property, input, output or "
                f"variable of type list, found '{reference}' of type {names.types.get(variable, 'unknown')}.",
                "Correct the reference, or say isCollection='true' there.",
            )
        return variable

    def missing(self, element: Element, loop: Loop) -> str | None:
        """The variable for the elements of a loop's list whose runs have not completed."""
        if loop.missing is not None and loop.items is None:
            self.error(
                loop.position,
                element,
                "loop-data",
                f"Expected wz:missing of the loop of '{element.id}' beside loopDataInputRef, found no list.",
                "Name the list in loopDataInputRef, or remove wz:missing.",
            )
        return self.collection(element, loop.missing, loop.position)

    def find(self, reference: str, element: Element) -> tuple[DataItem, bool] | None:
        """What a reference from an element names, and whether it is the element's own."""
        for item in _own_items(element):
            if item.id == reference:
                return item, True
        for items, references in self._outwards(element.scope):
            # A data object reference stands for its data object, which may be in a scope further out.
            reference = references.get(reference, reference)
            for item in items:
                if item.id == reference:
                    return item, False
        return None

    def _outwards(self, scope_id: str) -> Iterator[tuple[list[DataItem], dict[str, str]]]:
        """The data of each scope from the inside out, and the references that stand there."""
        host = self._model.element(scope_id)
        scope = self._model.scopes[scope_id]
        yield scope.data, scope.references
        if host is not None:
            yield _own_items(host), {}
            yield from self._outwards(host.scope)
        else:
            yield [*self._model.io.inputs, *self._model.io.outputs], {}

    def is_process_end(self, item: DataItem, *, output: bool) -> bool:
        """Whether it is an output of the process, which nothing reads, or an input, which nothing writes."""
        return item in (self._model.io.outputs if output else self._model.io.inputs)

    def names(self, element: Element, part: str, *, into: bool) -> Names:
        """What the expressions of an element's associations may use."""
        if not into:
            return self._environments.of(element, whole=part == "whole")
        around = self._environments.around(element.id)
        if part != "each":
            return around
        return self._environments.of(element, whole=True).with_items(
            [item for item in self._loop_items(element) if item is not None]
        )

    @property
    def environments(self) -> Environments:
        """The environments of the process."""
        return self._environments

    def _loop_items(self, element: Element) -> tuple[DataItem | None, DataItem | None]:
        loop = element.loop
        return (loop.item_data, loop.result_data) if loop is not None else (None, None)

    def _belongs(self, association: DataAssociation, element: Element, part: str) -> bool:
        """Of an activity that loops, what goes into or out of its lists belongs to the loop as a whole."""
        if part == "only":
            return True
        whole = {item.id for item in held(element)[0]}
        ends = {association.target} if association.into else set(association.sources)
        return bool(ends & whole) is (part == "whole")

    def _check_names(self, element: Element, items: list[DataItem]) -> None:
        seen: dict[str, DataItem] = {}
        for item in items:
            other = seen.setdefault(item.variable, item)
            in_and_out = {item.kind, other.kind} == {"dataInput", "dataOutput"} and item.type == other.type
            if other is not item and not in_and_out:
                clash(item, other, element.id, self._findings)

    def _outputs(self, element: Element, mine: list[DataItem], written: set[str]) -> tuple[Choice, ...]:
        """The output sets, of which only that is required which something can set at all."""
        sets_all = element.type in words.SUB_PROCESSES | {"callActivity", "receiveTask"}
        written |= {item.variable for item in element.io.inputs} | {
            item.variable for item in element.properties
        }
        loop = element.loop
        written |= {i.variable for i in element.io.outputs if loop is not None and i.id == loop.results}
        for item in element.io.outputs:
            used = any(item.id in one.sources for one in element.associations)
            if item in mine and used and not sets_all and item.variable not in written:
                self._findings.warn(
                    item.position,
                    element.id,
                    "output-never-set",
                    f"Expected '{element.id}' to set its output '{item.variable}', found nothing that does: "
                    "nothing is copied from it.",
                    "Set it in the script, form or result, or remove the association.",
                )
        able = None if sets_all else written
        return _choices(element.io.output_sets, mine, able)

    def error(self, position: Position, element: Element, rule: str, message: str, hint: str) -> None:
        """Add a finding: its rule, what was expected and found, and what to do."""
        self._findings.error(position, element.id, rule, message, hint)


class _Plan:
    """The associations of one element."""

    def __init__(self, compiler: DataCompiler, element: Element, mine: list[DataItem], part: str) -> None:
        self._compiler = compiler
        self._element = element
        self._mine = mine
        self._part = part

    def read(self, association: DataAssociation) -> Association:
        """Data that go into the element."""
        found = [self._outer(ref, association, output=True) for ref in association.sources]
        sources = [item for item in found if item is not None]
        target = self._own(association.target, association)
        return self._made(association, sources, target, target)

    def write(self, association: DataAssociation) -> Association:
        """Data that come out of it. Where no outputs are drawn, the source is left out or is the activity."""
        refs = [ref for ref in association.sources if ref != self._element.id]
        sources = [item for ref in refs if (item := self._own(ref, association)) is not None]
        target = self._outer(association.target, association, output=False)
        return self._made(association, sources, target, sources[0] if sources else None)

    def _made(
        self,
        association: DataAssociation,
        sources: list[DataItem],
        target: DataItem | None,
        end: DataItem | None,
    ) -> Association:
        copies: list[Copy] = []
        if association.transformation is not None and target is not None:
            text, position = association.transformation
            copies.append(self._expression(text, position, target.variable, target, into=association.into))
        for text, name, position in association.assignments:
            found = self._compiler.find(name, self._element)
            variable = found[0].variable if found is not None else name
            item = found[0] if found is not None else self._named(name)
            copies.append(
                self._expression(text, position, variable, item, into=association.into, what="assignment")
            )
        says_what = association.transformation is not None or bool(association.assignments)
        if not says_what and target is not None and len(sources) == 1:
            copies.append(self._plain(sources[0], target, association))
        is_end = end is not None and end.kind in {"dataInput", "dataOutput"}
        return Association(
            tuple(source.variable for source in sources),
            end.variable if end is not None and is_end else None,
            tuple(copies),
        )

    def _expression(
        self,
        text: str,
        position: Position,
        variable: str,
        item: DataItem | None,
        *,
        into: bool,
        what: str = "transformation",
    ) -> Copy:
        names = self._compiler.names(self._element, self._part, into=into)
        inside = item in self._mine if item is not None else False
        types = self._types(inside=inside)
        if variable not in types:
            self._compiler.error(
                position,
                self._element,
                "assignment-target",
                f"Expected an assignment of '{self._element.id}' to name a variable or data that are seen "
                f"there, found '{variable}'.",
                "Write its name, or its id.",
            )
        kind = types.get(variable, "any")
        program = None
        if text.strip():
            program = self._compiler.environments.expression(
                text, position, self._element.id, what, expect=kind, names=names
            )
        return Copy(variable, inside, kind, program, variable)

    def _plain(self, source: DataItem, target: DataItem, association: DataAssociation) -> Copy:
        inside = target in self._mine
        from_type = self._types(inside=source in self._mine).get(source.variable, "any")
        to_type = self._types(inside=inside).get(target.variable, "any")
        known = "any" not in {from_type, to_type} and from_type != to_type
        if known and (from_type, to_type) not in _FITS:
            self._error(
                association,
                "association-type",
                f"Expected '{source.variable}' and '{target.variable}', which '{self._element.id}' "
                f"copies, to "
                f"have one type, found {from_type} and {to_type} (BPMN 2.0.2 p. 222).",
                "Say with a transformation how one becomes the other.",
            )
        return Copy(target.variable, inside, to_type, None, source.variable)

    def _types(self, *, inside: bool) -> dict[str, str]:
        """Types as seen inside the element or around it; around a run is the loop."""
        environments = self._compiler.environments
        if inside:
            return environments.of(self._element).types
        if self._part == "each":
            return environments.of(self._element, whole=True).types
        return environments.around(self._element.id).types

    def _named(self, name: str) -> DataItem | None:
        return next((item for item in self._mine if item.variable == name), None)

    def _own(self, reference: str | None, association: DataAssociation) -> DataItem | None:
        found = self._compiler.find(reference, self._element) if reference else None
        if found is not None and found[1]:
            return found[0]
        if reference or association.into:
            end = "targetRef" if association.into else "sourceRef"
            self._error(
                association,
                "association-end",
                f"Expected {end} of a data association of '{self._element.id}' to be its own input, "
                f"output or "
                f"property, found '{reference or ''}' (BPMN 2.0.2 p. 222).",
                "Name one of its ioSpecification.",
            )
        return None

    def _outer(self, reference: str | None, association: DataAssociation, *, output: bool) -> DataItem | None:
        found = self._compiler.find(reference, self._element) if reference else None
        loop = self._element.loop
        of_loop = loop is not None and found is not None and found[0] in {loop.item_data, loop.result_data}
        if found is not None and (not found[1] or of_loop or found[0].kind == "property"):
            if not self._compiler.is_process_end(found[0], output=output):
                return found[0]
            what = ("read", "output") if output else ("written", "input")
            self._error(
                association,
                "process-data-end",
                f"Expected what '{self._element.id}' has {what[0]} to be a data object, a property or an "
                f"{'input' if output else 'output'} of the process, found its {what[1]} '{found[0].id}' "
                "(BPMN 2.0.2 p. 214, 216).",
                "Use a data object between the two.",
            )
        elif association.assignments and reference is None:
            return None
        else:
            end = "sourceRef" if association.into else "targetRef"
            self._error(
                association,
                "association-end",
                f"Expected {end} of a data association of '{self._element.id}' to be a data object, a "
                f"property "
                f"or an input or output of the process that it can see, found '{reference or ''}' "
                "(BPMN 2.0.2 p. 222).",
                "Correct the id.",
            )
        return None

    def _error(self, association: DataAssociation, rule: str, message: str, hint: str) -> None:
        self._compiler.error(association.position, self._element, rule, message, hint)


def _own_items(element: Element) -> list[DataItem]:
    whole, each = held(element)
    return whole + each


def _choices(sets: list[DataSet], mine: list[DataItem], able: set[str] | None = None) -> tuple[Choice, ...]:
    names = {item.id: item.variable for item in mine}
    return tuple(
        Choice(
            frozenset(names[ref] for ref in one.refs if ref in names),
            frozenset(
                names[ref]
                for ref in one.refs
                if ref in names and ref not in one.optional and (able is None or names[ref] in able)
            ),
        )
        for one in sets
    )
