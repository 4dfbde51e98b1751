"""Variables that are read before anything could have set them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from wenzheng.catalog.sense.choices import check_texts
from wenzheng.catalog.sense.paths import Paths, warning
from wenzheng.catalog.sense.trying import Values
from wenzheng.engine.compiled import CompiledProcess
from wenzheng.engine.elements import ElementSpec
from wenzheng.engine.elements.activities import ScriptTask, ServiceTask
from wenzheng.engine.elements.rules import BusinessRuleTask
from wenzheng.engine.expressions import Program
from wenzheng.engine.findings import Finding
from wenzheng.engine.model import Element


class Uses:
    """Which element reads and writes which variable."""

    def __init__(self, process: CompiledProcess) -> None:
        self.reads: list[tuple[Element, Program]] = []
        self.read_by_script: list[tuple[Element, str]] = []
        self.writers: dict[str, list[Element]] = defaultdict(list)
        self.computed: set[str] = set()
        """Variables that something but a form sets."""
        for scope in process.specs.values():
            for spec in scope.task_specs.values():
                if isinstance(spec, ElementSpec):
                    self._spec(spec)

    def _spec(self, spec: ElementSpec) -> None:
        element = spec.element
        programs: list[Any] = [*spec.conditions.values(), *spec.event_conditions.values()]
        given: set[str] = set()
        if isinstance(spec, ScriptTask) and spec.script is not None:
            given |= set(spec.script.assigns)
            self.read_by_script += [(element, name) for name in spec.script.uses if name not in given]
        elif isinstance(spec, ServiceTask):
            programs += spec.input_programs.values()
            if element.service is not None and element.service.output:
                given.add(element.service.output)
        elif isinstance(spec, BusinessRuleTask):
            programs += spec.input_programs.values()
            given |= set(spec.gives)
        for association in element.associations:
            given |= {name for _, name, _ in association.assignments}
            if association.target is not None:
                given.add(association.target)
        if element.loop is not None:
            given |= {name for name in (element.loop.results, element.loop.item) if name}
        self.computed |= given
        for name in given | {one.id for one in element.fields}:
            self.writers[name].append(element)
        self.reads += [(element, program) for program in programs if program is not None]


def check_variables(process: CompiledProcess, uses: Uses, values: Values) -> Iterator[Finding]:
    """Variables of forms that are read where no way leads to from where they are set."""
    paths = Paths(process.model)
    begins = {element.id for element in process.model.all_elements() if element.type == "startEvent"}
    reads = [(element, name) for element, program in uses.reads for name in _needed(program)]
    reads += uses.read_by_script
    for element, name in {(one.id, name): (one, name) for one, name in reads}.values():
        writers = uses.writers.get(name, [])
        # What is declared may be given when the process begins; data that a message carries, at any time.
        if name in process.model.variables or not writers or _carried(process, element, name):
            continue
        if paths.waits_for_event(element) or any(
            paths.waits_for_event(writer)
            or writer.id in begins
            or element.id in paths.after(writer.id)
            or writer is element
            for writer in writers
        ):
            continue
        yield warning(
            element,
            "read-before-set",
            f"Expected '{name}' to be set before '{element.id}' reads it, found that only "
            f"{', '.join(repr(writer.id) for writer in writers)} set it, from where no way leads here.",
            "Ask for it earlier, or correct the name.",
        )
    yield from _empty(process, uses, reads, paths)
    for element, program in uses.reads:
        yield from check_texts(element, program, values)


def _empty(
    process: CompiledProcess, uses: Uses, reads: list[tuple[Element, str]], paths: Paths
) -> Iterator[Finding]:
    """What every form that asks for it may leave empty, and is read as if it were always there."""
    for element, name in {(one.id, name): (one, name) for one, name in reads}.values():
        declared = process.model.variables.get(name)
        writers = uses.writers.get(name, [])
        asked = [one for writer in writers for one in writer.fields if one.id == name]
        if declared is not None and (declared.required or declared.initial is not None):
            continue
        if process.types.get(name, "any") == "any" or name in uses.computed or not asked:
            continue
        if _carried(process, element, name) or not any(element.id in paths.after(one.id) for one in writers):
            continue
        said = ", ".join(repr(writer.id) for writer in writers)
        if not any(one.required for one in asked):
            why = f"that the form of {said} may leave it empty"
        elif _missed(paths, element, writers):
            why = f"a way that leads there past {said}, which asks for it"
        else:
            continue
        yield warning(
            element,
            "may-be-empty",
            f"Expected '{name}' to have a value when '{element.id}' reads it, found {why}: the process would "
            "stop with an incident.",
            "Make the field required and ask on every way, or give the variable a first value.",
        )


def _missed(paths: Paths, element: Element, writers: list[Element]) -> bool:
    """Whether a way leads to an element on which nothing has asked for what it reads."""
    inside = any(paths.waits_for_event(one) for one in (element, *writers))
    passed = {writer.id for writer in writers}
    return not inside and element.id not in passed and element.id in paths.around(passed)


def _needed(program: Program) -> list[str]:
    """What an expression reads without asking first whether it is there."""
    return [] if "null" in program.text else list(program.uses)


def _carried(process: CompiledProcess, element: Element, name: str) -> bool:
    """Whether data of its own are meant, or of a scope around it."""
    if name not in process.types:
        return True
    return any(item.variable == name for item in [*element.io.inputs, *element.properties])
