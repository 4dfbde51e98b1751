"""Everything that is wrong with a definition: against the standard, not executed here, not sensible."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from wenzheng.catalog.bundle import Bundle, read_bundle
from wenzheng.catalog.compiling import compile_bundle
from wenzheng.catalog.imports import check_imports, files_of
from wenzheng.catalog.language import Names
from wenzheng.catalog.message_check import Messages
from wenzheng.engine.definition import Definition
from wenzheng.engine.findings import DefinitionRefused, Finding, Severity
from wenzheng.engine.services import ServiceContract
from wenzheng.engine.xml_tree import read_xml


@dataclass(frozen=True)
class Report:
    """What was found, in the order of the files; `definition` is there when it can run."""

    findings: tuple[Finding, ...]
    definition: Definition | None = None

    @property
    def refused(self) -> bool:
        """Whether it must not be deployed."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)


def check_path(
    path: Path,
    services: Mapping[str, ServiceContract] | None = None,
    names: Names | None = None,
    messages: Messages = Messages.NOT,
) -> Report:
    """Check the definition in a folder or file."""
    try:
        bundle = read_bundle(path)
    except DefinitionRefused as refused:
        return Report(tuple(refused.findings))
    beside = path if path.is_dir() else path.parent
    return check_bundle(bundle, services, names, messages, beside=beside)


def check_bundle(
    bundle: Bundle,
    services: Mapping[str, ServiceContract] | None = None,
    names: Names | None = None,
    messages: Messages = Messages.NOT,
    *,
    beside: Path | None = None,
) -> Report:
    """Check a definition that has been read; `beside` is the folder whose files it may import."""
    definition: Definition | None = None
    try:
        definition = compile_bundle(bundle.digest, bundle.files, services or {}, names or Names(), messages)
        found = list(definition.findings)
    except DefinitionRefused as refused:
        found = list(refused.findings)
    found += _markup_findings(bundle, beside)
    found.sort(key=lambda one: (one.position.file, one.position.line, one.position.column, one.rule))
    refused_by = any(finding.severity is Severity.ERROR for finding in found)
    return Report(tuple(found), None if refused_by else definition)


def _markup_findings(bundle: Bundle, beside: Path | None) -> Iterator[Finding]:
    """What is found on the files as they were drawn, not on what is generated from YAML."""
    source = files_of(bundle.files, beside)
    for name, data in bundle.files.items():
        if not name.endswith(".bpmn"):
            continue
        try:
            root = read_xml(data, name)
        except DefinitionRefused:
            continue  # compiling has said so
        yield from check_imports(name, root, source)
