"""Which rules of good sense count how much in a definition: `rules.yaml` beside it, with a reason for each.

    no-bpmndi: {severity: off, reason: The twin of petition.yaml, kept for reading only.}
    deadlock: {severity: error, reason: Nothing here may wait for ever.}
    standard-size: {severity: warning, reason: Our template, sizes: {activity: [120, 80]}}
    task-without-deadline: {severity: off, elements: [filed], reason: Filing is nobody's right.}

A rule against the standard or of what is executable cannot be tuned: it says what would go wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from wenzheng.catalog.compiling import TUNING
from wenzheng.engine.findings import DefinitionRefused, Finding, FindingList, Position, Severity
from wenzheng.engine.rules.kinds import SENSE, Kind
from wenzheng.engine.yaml_tree import Key, YamlNode, read_yaml

_OFF: Final = "off"
_LEVELS: Final = {_OFF: None, "warning": Severity.WARNING, "error": Severity.ERROR}
PARTS: Final = ("severity", "reason", "elements", "sizes")
"""What can be said of a rule, in the order in which it is told."""
_SHORTEST: Final = 8
"""Characters of a reason: less says nothing to whoever reads it in a year."""


@dataclass
class Tuning:
    """The severity of tuned rules, None for those switched off, and what is wrong with the file itself.

    A rule that is tuned for some `elements` only stays as it is for others.
    """

    levels: dict[str, Severity | None] = field(default_factory=dict)
    elements: dict[str, frozenset[str]] = field(default_factory=dict)
    sizes: Mapping[str, object] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    said: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What the file says of each rule, by the names in PARTS, as JSON; whether it can be followed or not."""

    def applied(self, found: Iterable[Finding]) -> Iterator[Finding]:
        """The findings that are left, with the severity that they have here."""
        for finding in found:
            only = self.elements.get(finding.rule)
            elsewhere = only is not None and finding.element not in only
            if finding.kind is not Kind.SENSE or finding.rule not in self.levels or elsewhere:
                yield finding
            elif (severity := self.levels[finding.rule]) is not None:
                yield replace(finding, severity=severity)


def read_tuning(files: Mapping[str, bytes]) -> Tuning:
    """The tuning of a bundle; of one without the file, nothing is tuned."""
    tuning = Tuning()
    if TUNING not in files:
        return tuning
    own = FindingList()
    try:
        root = read_yaml(files[TUNING], TUNING, own)
    except DefinitionRefused as refused:
        tuning.findings += refused.findings
        return tuning
    tuning.findings += own.items
    if root.kind != "mapping":
        tuning.findings.append(
            _wrong(root.position, "wrong-type", "Expected rules, each with severity and reason, found none")
        )
        return tuning
    for key, value in root.pairs:
        _rule(tuning, key, value)
    return tuning


def _rule(tuning: Tuning, key: Key, value: YamlNode) -> None:
    rule = key.text
    tuning.said[rule] = {name.text: node.plain() for name, node in value.pairs}
    if rule not in SENSE:
        tuning.findings.append(
            _wrong(key.position, "tuning-unknown", f"Expected a rule of good sense, found '{rule}'")
        )
        return
    said = {name.text: node for name, node in value.pairs}
    for name in sorted(set(said) - set(PARTS)):
        tuning.findings.append(
            _wrong(
                said[name].position,
                "unknown-key",
                f"Expected severity, reason, elements or sizes, found '{name}'",
            )
        )
    level = _text(said.get("severity"))
    if level not in _LEVELS:
        tuning.findings.append(
            _wrong(value.position, "wrong-value", f"Expected off, warning or error for '{rule}'")
        )
        return
    if len(_text(said.get("reason")).strip()) < _SHORTEST:
        tuning.findings.append(
            _wrong(
                key.position,
                "tuning-without-reason",
                f"Expected a reason for which '{rule}' is tuned, found none that says one",
            )
        )
        return
    tuning.levels[rule] = _LEVELS[level]
    if "elements" in said:
        tuning.elements[rule] = frozenset(map(str, said["elements"].plain() or []))
    if "sizes" in said and said["sizes"].kind == "mapping":
        tuning.sizes = said["sizes"].plain()


def _text(node: YamlNode | None) -> str:
    return "" if node is None else str(node.value or "")


def _wrong(position: Position, rule: str, message: str) -> Finding:
    severity = Severity.WARNING if rule == "tuning-without-reason" else Severity.ERROR
    return Finding(
        position,
        None,
        rule,
        f"{message}.",
        "Write RULE: {severity: off, reason: why}; the rules are listed in docs/reference/rules.",
        severity,
    )
