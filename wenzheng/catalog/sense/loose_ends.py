"""What is thrown and nobody catches, tasks that ask nobody, and files of a bundle that nothing uses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from wenzheng.catalog.language.node_writer import TELL
from wenzheng.catalog.messages import ESCALATION, REMINDER
from wenzheng.catalog.sense.paths import warning
from wenzheng.engine.compiled import CompiledProcess
from wenzheng.engine.decisions import is_decision
from wenzheng.engine.decisions.files import decision_name
from wenzheng.engine.definition import Definition
from wenzheng.engine.elements.activities import ScriptTask
from wenzheng.engine.findings import Finding, Position, Severity
from wenzheng.engine.model import Element, ProcessModel

_THROWING: Final = frozenset({"endEvent", "intermediateThrowEvent"})
_WORDS: Final = re.compile(r"messages/([A-Za-z_]\w*)\.zh\.txt")
_CONSTANT: Final = re.compile(r"""\s*(["'])([A-Za-z_]\w*)\1\s*""")
_VERBS: Final = {"throw": "error", "escalate": "escalation"}


def check_thrown(definition: Definition) -> Iterator[Finding]:
    """Escalations and errors that nothing around them catches."""
    called_with = {
        (event.kind, event.name)
        for process in definition.processes.values()
        for element in process.model.all_elements()
        if element.attached_to is not None
        and (host := process.model.element(element.attached_to)) is not None
        and host.type == "callActivity"
        for event in element.events
    }
    for process in definition.processes.values():
        for element, kind, code in _thrown(process):
            caught = _catchers(process.model, element, kind) | {
                name for what, name in called_with if what == kind
            }
            if code in caught or None in caught:
                continue
            what = "Nobody hears of it." if kind == "escalation" else "The whole process fails with it."
            yield warning(
                element,
                f"{kind}-uncaught",
                f"Expected something around '{element.id}' to catch {kind} '{code}', found nothing that "
                f"does. {what}",
                f"Catch it on the boundary of what is around it, or in an event sub-process; or do not throw "
                f"the {kind}.",
            )


def _thrown(process: CompiledProcess) -> Iterator[tuple[Element, str, str]]:
    for element in process.model.all_elements():
        for event in element.events if element.type in _THROWING else ():
            if event.kind in {"error", "escalation"} and event.name:
                yield element, event.kind, event.name
    for scope in process.specs.values():
        for spec in scope.task_specs.values():
            if isinstance(spec, ScriptTask) and spec.script is not None:
                for verb, code in spec.script.codes:
                    yield spec.element, _VERBS[verb], code


def _catchers(model: ProcessModel, element: Element, kind: str) -> set[str | None]:
    """The codes that are caught around an element, from the nearest scope outwards; None catches all."""
    found: set[str | None] = set()
    inside: str | None = element.id
    scope: str | None = element.scope
    while scope is not None and scope in model.scopes:
        elements = model.scopes[scope].elements
        for one in elements.values():
            events = one.events if one.attached_to == inside else []
            if one.triggered and one.id != inside:
                events = [
                    event
                    for start in model.scopes[one.id].elements.values()
                    if start.type == "startEvent"
                    for event in start.events
                ]
            found |= {event.name for event in events if event.kind == kind}
        host = model.element(scope)
        inside, scope = scope, host.scope if host is not None else None
    return found


def check_manual(definition: Definition) -> Iterator[Finding]:
    """Manual tasks: what people do without the system, so they pass at once (BPMN 2.0.2 §10.3.3, §13.3.3).

    Other engines open a task for them and wait.
    """
    for process in definition.processes.values():
        for element in process.model.all_elements():
            if element.type == "manualTask":
                yield warning(
                    element,
                    "manual-task-passes",
                    f"Expected a task that somebody is given, found the manual task '{element.id}': nobody "
                    "is asked, and what follows does not wait for it.",
                    "Make it a user task of the role that does it; or leave it, if nothing depends on its "
                    "being done.",
                )


def check_files(definition: Definition, files: Mapping[str, bytes]) -> Iterator[Finding]:
    """Decision tables that no task asks, and words of notices that nothing sends."""
    elements = [one for process in definition.processes.values() for one in process.model.all_elements()]
    asked = {one.decision.name for one in elements if one.decision is not None}
    for name in sorted(files):
        if is_decision(name) and decision_name(name) not in asked:
            yield _unused(
                name, "table-unused", f"Expected a task that asks table '{decision_name(name)}', found none"
            )
    told = _told(elements)
    if told is None:
        return
    for name in sorted(files):
        found = _WORDS.fullmatch(name)
        if found is not None and found[1] not in told:
            yield _unused(name, "words-unused", f"Expected something that sends '{found[1]}', found nothing")


def _told(elements: list[Element]) -> set[str] | None:
    """The notices that are sent; None when one is chosen only at run time."""
    found = {ESCALATION, REMINDER}
    for element in elements:
        if element.service is None or element.service.name != TELL:
            continue
        for name, text, _ in element.service.inputs:
            if name == "template":
                constant = _CONSTANT.fullmatch(text)
                if constant is None:
                    return None
                found.add(constant[2])
    return found


def _unused(file: str, rule: str, message: str) -> Finding:
    return Finding(
        Position(file, 1, 1), None, rule, f"{message}.", "Use it, or remove the file.", Severity.WARNING
    )
