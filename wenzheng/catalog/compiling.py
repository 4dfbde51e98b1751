"""Compiles a bundle's files, YAML and BPMN, by one path: YAML becomes BPMN, BPMN runs."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import replace
from typing import Final

from wenzheng.catalog.language import Library, Names, Translation, translate
from wenzheng.catalog.lint import check_names
from wenzheng.catalog.message_check import Messages, check_files, check_use
from wenzheng.engine.decisions import is_decision
from wenzheng.engine.definition import Definition, compile_definition
from wenzheng.engine.findings import DefinitionRefused, Finding, FindingList
from wenzheng.engine.services import ServiceContract

YAML: Final = ".yaml"
TUNING: Final = "rules.yaml"
"""The file of a bundle that says which rules of good sense count how much (sense/tuning.py)."""
_UNKNOWN: Final = Names()


def compile_bundle(
    digest: str,
    files: Mapping[str, bytes],
    services: Mapping[str, ServiceContract],
    names: Names = _UNKNOWN,
    messages: Messages = Messages.NOT,
    *,
    tolerated: frozenset[str] = frozenset(),
    observe: Callable[[Mapping[str, Translation]], None] | None = None,
) -> Definition:
    """Compile the files of a bundle; `names` are the roles that definitions may use, where known.

    `messages` says how far the words of notices are looked at. What breaks a `tolerated` rule may run.
    `observe` is shown what the YAML files stand for, whatever becomes of them.

    Raises DefinitionRefused with all findings, those on YAML at their place in the YAML. A process
    that stands in two files, as YAML and as BPMN, is refused like any process that is there twice.
    """
    findings = FindingList()
    files = {name: data for name, data in files.items() if name != TUNING}
    findings.extend(check_files(files, messages))
    sources: dict[str, bytes] = {}
    translations: dict[str, Translation] = {}
    library = Library({name: data for name, data in files.items() if is_written(name)})
    fragments = library.fragments()
    for name, data in sorted(files.items()):
        if not is_written(name):
            sources[name] = data
        elif name in fragments and len(fragments) < len(files):
            findings.extend(library.fragment(name)[1].items)
        elif (translation := _translated(name, data, names, library, findings)) is not None:
            sources[name] = translation.data
            translations[name] = translation
    if observe is not None:
        observe(translations)
    definition: Definition | None = None
    found: list[Finding] = []
    try:
        if sources:
            definition = compile_definition(digest, sources, services, tolerated)
            found = list(definition.findings)
    except DefinitionRefused as refused:
        found = refused.findings
    findings.extend(_at_source(found, translations))
    if definition is not None:
        _relocate(definition, translations)
        findings.extend(_unknown_names(definition, names, {*translations, *fragments}))
        findings.extend(check_use(definition, files, messages))
    # What two definitions import is read with each of them.
    findings.items[:] = dict.fromkeys(findings.items)
    findings.raise_if_errors()
    assert definition is not None
    return Definition(definition.digest, definition.processes, services, tuple(findings.items))


def is_written(name: str) -> bool:
    """Whether a file of a bundle is in the language of definitions."""
    return name.endswith(YAML) and name != TUNING and not is_decision(name)


def _translated(
    name: str, data: bytes, names: Names, library: Library, findings: FindingList
) -> Translation | None:
    own = FindingList()
    translation: Translation | None = None
    try:
        translation = translate(data, name, own, names, library=library)
    except DefinitionRefused as unreadable:
        own.items[:] = unreadable.findings
    findings.extend(own.items)
    return translation


def _relocate(definition: Definition, translations: Mapping[str, Translation]) -> None:
    """Give what came from YAML its place there, so that whatever is found later points at the YAML."""
    for process in definition.processes.values():
        model = process.model
        translation = translations.get(model.position.file)
        if translation is None:
            continue
        for element in model.all_elements():
            element.position = translation.place(element.position)
        for clock in model.clocks.values():
            model.clocks[clock.id] = replace(clock, position=translation.place(clock.position))
        model.position = translation.process.position
        if model.calendar is not None and (named := translation.process.calendar) is not None:
            model.calendar = replace(model.calendar, position=named.position)


def _unknown_names(definition: Definition, names: Names, checked: Container[str]) -> list[Finding]:
    """Roles and recipients nobody has, in BPMN files; in YAML the language has looked for them."""
    if names.roles is None or names.recipients is None:
        return []
    try:
        check_names(definition, roles=names.roles, recipients=names.recipients)
    except DefinitionRefused as refused:
        return [
            finding
            for finding in refused.findings
            if finding not in definition.findings and finding.position.file not in checked
        ]
    return []


def _at_source(found: list[Finding], translations: Mapping[str, Translation]) -> list[Finding]:
    kept = [finding for finding in found if finding.position.file not in translations]
    for name, translation in translations.items():
        kept += translation.engine_findings([f for f in found if f.position.file == name])
    return kept
