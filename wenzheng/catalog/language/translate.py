"""From the text of a YAML definition to BPMN, with all that is wrong with it on the way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from wenzheng.catalog.language.grammar import DEFINITION
from wenzheng.catalog.language.imports import Library, is_fragment, merged, refuse_alone
from wenzheng.catalog.language.lines import Written
from wenzheng.catalog.language.meaning import check_meaning
from wenzheng.catalog.language.model import Process
from wenzheng.catalog.language.reading import read_process
from wenzheng.catalog.language.reuse_meaning import Names
from wenzheng.catalog.language.writer import write_bpmn
from wenzheng.engine.findings import Finding, FindingList, Position
from wenzheng.engine.yaml_tree import read_yaml

_UNKNOWN: Final = Names()
_TOO_MANY: Final = 50
"""Findings on shapes after which meaning is not looked for: the file is not what it was meant to be."""
# What the language knows better, because it has said it in its own words already.
_SAID: Final = frozenset(
    {
        "boundary-host",
        "calendar-name",
        "choice-values",
        "clock-counts-back",
        "clock-day0",
        "clock-without-event",
        "condition-missing",
        "default-flow-unknown",
        "duplicate-id",
        "event-sub-process-start",
        "event-without-definition",
        "extension-length",
        "extension-missing",
        "gateway-alone",
        "implicit-split",
        "incoming-missing",
        "initial-value",
        "loop-data",
        "message-form",
        "name-not-ascii",
        "outgoing-missing",
        "pause-unit",
        "reminder-of-nobody",
        "role-missing",
        "script-missing",
        "service-missing",
        "service-output",
        "sub-process-start",
        "threshold-order",
        "timer-schedule",
        "timer-value",
        "undeclared",
        "unknown-called-element",
        "unknown-clock",
        "unknown-message",
        "unknown-reference",
        "unknown-variable",
    }
)
_NOT_FOUND: Final = ("unknown-", "never-reached")
_FOLLOWS: Final = frozenset({"not_declared", "decision-output", "decision-input"})
"""What only follows from a file that is not there."""
_HINTS: Final = {
    "call-of-itself": "Use a loop in the procedure, or let it do another one.",
    "service-input": "Correct the inputs below 'with:'.",
    "reminder-too-early": "Remind later with 'remind_before:', or lengthen the limit.",
    "field-type": "Give the field another name, or 'data' the same type.",
    "not_declared": "Ask for it in a form, declare it under 'data:', or correct the name.",
    "too-many-flow-nodes": "Split the definition into several files.",
}


@dataclass(frozen=True)
class Translation:
    """A definition and the BPMN it stands for; `refused` when the language has found errors."""

    process: Process
    written: Written
    refused: bool
    whole: bool = True
    """Whether all that it imports could be read; otherwise nothing is said of names that are not found."""

    @property
    def data(self) -> bytes:
        """The BPMN file."""
        return self.written.data

    def place(self, position: Position) -> Position:
        """The place in the YAML that a place in the BPMN came from."""
        return self.written.source(position) or self.process.position

    def engine_findings(self, found: list[Finding]) -> list[Finding]:
        """The engine's findings on the BPMN, at their place in the YAML and with a remedy for it.

        Where the language has refused the file, those that only follow from it are left out.
        """
        kept: list[Finding] = []
        for finding in found:
            if self.refused and finding.rule in _SAID:
                continue
            if not self.whole and finding.rule in _FOLLOWS:
                continue
            position = self.place(finding.position)
            hint = _HINTS.get(finding.rule, finding.hint)
            moved = replace(finding, position=position, hint=hint)
            if moved not in kept:
                kept.append(moved)
        return kept


def translate(
    data: bytes,
    file: str,
    findings: FindingList,
    names: Names = _UNKNOWN,
    *,
    library: Library | None = None,
    picture: bool = False,
    lanes: bool = False,
    sources: bool = False,
) -> Translation | None:
    """The BPMN of a YAML definition; None when too much is wrong to tell what it stands for.

    `library` holds the files that it may import. With a picture in it for people, and with
    lanes in that, and with the file and line of each element; what runs does without.

    Every finding is added to `findings`. Raises DefinitionRefused with them when the text is no YAML.
    """
    before = len(findings.items)
    root = read_yaml(data, file, findings)
    if is_fragment(root):
        refuse_alone(root, findings)
        return None
    DEFINITION.check(root, findings)
    if root.kind != "mapping":
        return None
    checked = len(findings.items)
    root = merged(root, file, library or Library(), findings)
    whole = checked == len(findings.items)
    if len(findings.items) - before > _TOO_MANY:
        return None
    process = read_process(root, file)
    meant = FindingList()
    check_meaning(process, names, meant)
    findings.extend(one for one in meant.items if whole or not one.rule.startswith(_NOT_FOUND))
    written = write_bpmn(process, picture=picture, lanes=lanes, sources=sources)
    return Translation(process, written, len(findings.items) > before, whole)
