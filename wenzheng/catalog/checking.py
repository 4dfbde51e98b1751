"""Everything that is wrong with a definition: against the standard, not executed here, not sensible.

The rules of good sense (`wenzheng.catalog.sense`) are asked here and nowhere else: what is deployed already
runs whether it is sensible or not (docs/decisions/0020).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from wenzheng.catalog.bundle import Bundle, read_bundle
from wenzheng.catalog.calendar_check import check_calendars, named_in
from wenzheng.catalog.compiling import compile_bundle
from wenzheng.catalog.imports import check_imports, files_of
from wenzheng.catalog.language import Names, Translation
from wenzheng.catalog.message_check import Messages
from wenzheng.catalog.sense.choices import check_choices
from wenzheng.catalog.sense.clocks import Callers, check_clocks
from wenzheng.catalog.sense.drawing import check_declared, check_drawing
from wenzheng.catalog.sense.flows import check_flows, check_links
from wenzheng.catalog.sense.loops import check_loops
from wenzheng.catalog.sense.loose_ends import check_files, check_manual, check_thrown
from wenzheng.catalog.sense.reachability import check_reachability
from wenzheng.catalog.sense.scopes import scopes_of
from wenzheng.catalog.sense.trying import Values
from wenzheng.catalog.sense.tuning import Tuning, read_tuning
from wenzheng.catalog.sense.variables import Uses, check_variables
from wenzheng.catalog.sources import at_sources
from wenzheng.catalog.web_services import check_operations_named
from wenzheng.engine.definition import Definition
from wenzheng.engine.findings import DefinitionRefused, Finding, FindingList, Severity
from wenzheng.engine.rules.bpmn_file import BpmnFile
from wenzheng.engine.services import ServiceContract
from wenzheng.engine.xml_tree import read_xml

_NOBODY: Final[Mapping[str, str]] = {}


@dataclass(frozen=True)
class Report:
    """What was found, in the order of the files; `definition` is there when it can run, and knows it too."""

    findings: tuple[Finding, ...]
    definition: Definition | None = None

    @property
    def refused(self) -> bool:
        """Whether it must not be deployed."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)


@dataclass(frozen=True)
class House:
    """What definitions are checked against: activities, names, and whose people roles and recipients are."""

    services: Mapping[str, ServiceContract] = field(default_factory=dict)
    names: Names = field(default_factory=Names)
    messages: Messages = Messages.NOT
    houses: Mapping[str, str] = field(default_factory=dict)
    calendars: Collection[str] | None = None
    """The calendars that the city has; None where no city is known."""


_ANY_HOUSE: Final = House()


def check_path(path: Path, house: House = _ANY_HOUSE) -> Report:
    """Check the definition in a folder or file."""
    try:
        bundle = read_bundle(path)
    except DefinitionRefused as refused:
        return Report(tuple(refused.findings))
    return check_bundle(bundle, house, beside=path if path.is_dir() else path.parent)


def check_bundle(bundle: Bundle, house: House = _ANY_HOUSE, *, beside: Path | None = None) -> Report:
    """Check a definition that has been read; `beside` is the folder whose files it may import."""
    translations: dict[str, Translation] = {}
    definition: Definition | None = None
    try:
        definition = compile_bundle(
            bundle.digest,
            bundle.files,
            house.services,
            house.names,
            house.messages,
            observe=translations.update,
        )
        found = list(definition.findings)
    except DefinitionRefused as refused:
        found = list(refused.findings)
    # What is too large to be read is too large to be looked at, too.
    unread = {one.position.file for one in found if one.rule == "too-many-flow-nodes"}
    read = {name: _markup(name, data) for name, data in bundle.files.items() if name not in unread}
    drawn = {name: file for name, file in read.items() if file is not None}
    roots = [file.root for file in drawn.values()]
    found += check_calendars(named_in(translations, roots), house.calendars)
    tuning = read_tuning(bundle.files)
    found += tuning.findings
    sense = [*_markup_sense(bundle, drawn, translations, tuning, beside)]
    if definition is not None:
        sense += _compiled(bundle, definition, house)
    found += tuning.applied(sense)
    found = at_sources(dict.fromkeys(found), bundle.files)
    found.sort(key=lambda one: (one.position.file, one.position.line, one.position.column, one.rule))
    report = Report(tuple(found))
    if definition is None or report.refused:
        return report
    return replace(report, definition=replace(definition, findings=report.findings))


def _markup_sense(
    bundle: Bundle,
    drawn: Mapping[str, BpmnFile],
    translations: Mapping[str, Translation],
    tuning: Tuning,
    beside: Path | None,
) -> Iterator[Finding]:
    source = files_of(bundle.files, beside)
    for name, file in drawn.items():
        yield from check_imports(name, file.root, source)
        yield from check_operations_named(file)
        yield from _drawn(file, tuning)
    for name, translation in translations.items():
        if not translation.refused and (written := _read(name, translation.data)) is not None:
            found = [finding for scope in scopes_of(written) for finding in check_reachability(scope)]
            yield from translation.engine_findings(found)


def _markup(name: str, data: bytes) -> BpmnFile | None:
    """The markup of a file that was drawn; None for any other."""
    return _read(name, data) if name.endswith(".bpmn") else None


def _read(name: str, data: bytes) -> BpmnFile | None:
    """The markup of BPMN; None where compiling has said that it is none."""
    try:
        return BpmnFile(read_xml(data, name), FindingList())
    except DefinitionRefused:
        return None


def _drawn(file: BpmnFile, tuning: Tuning) -> Iterator[Finding]:
    """What is found on a file as it was drawn; nobody has drawn what is generated from YAML."""
    yield from check_drawing(file, tuning.sizes)
    yield from check_declared(file)
    for scope in scopes_of(file):
        yield from check_flows(scope)
        yield from check_links(scope)
        yield from check_reachability(scope)


def _compiled(bundle: Bundle, definition: Definition, house: House) -> Iterator[Finding]:
    callers = Callers(definition.processes)
    for process in definition.processes.values():
        uses = Uses(process)
        values = Values.of(process, uses.computed)
        yield from check_choices(process, values)
        yield from check_loops(process)
        yield from check_variables(process, uses, values)
        yield from check_clocks(process, house.houses, callers)
    yield from check_thrown(definition)
    yield from check_manual(definition)
    yield from check_files(definition, bundle.files)
