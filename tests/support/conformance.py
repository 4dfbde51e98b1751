"""BPMNspector's and bpmnlint's cases against our findings: which are found at the right place.

They lie beside the checkout and are not part of it (../shared/conformance, see its README). The figures are
printed by benchmarks/conformance.py.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lxml import etree

from wenzheng.catalog.bundle import Bundle, read_bundle
from wenzheng.catalog.checking import check_bundle, check_path
from wenzheng.engine.findings import Finding
from wenzheng.engine.rules.kinds import Kind
from wenzheng.engine.vocabulary import BPMN

ROOT: Final = Path(__file__).parents[2].parent / "shared" / "conformance"
SPECTOR: Final = ROOT / "bpmnspector"
LINT: Final = ROOT / "bpmnlint"


def cases(suite: Path) -> list[dict[str, Any]]:
    """The cases of a suite whose file is here; none where the suite is not."""
    path = suite / "expected.json"
    tests = json.loads(path.read_text(encoding="utf-8"))["tests"] if path.exists() else []
    return [test for test in tests if test["exists"]]


@dataclass(frozen=True)
class Wanted:
    """Where a suite says that something is wrong: lines, and the ids of the elements there."""

    lines: frozenset[int]
    elements: frozenset[str]

    def met_by(self, finding: Finding) -> bool:
        """Whether a finding stands at the place."""
        return finding.position.line in self.lines or finding.element in self.elements


def places(path: Path, violations: list[dict[str, Any]]) -> list[Wanted]:
    """The places of the violations, by line and by what their XPath leads to."""
    tree = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True))
    found = []
    for violation in violations:
        nodes: Any = tree.xpath(violation["xpath"], namespaces={"bpmn": BPMN})
        ids = {one for node in nodes if (one := _id_of(node)) is not None}
        lines = {violation["line"], *(node.sourceline for node in nodes)}
        found.append(Wanted(frozenset(lines), frozenset(ids)))
    return found


def _id_of(node: Any) -> str | None:
    while node is not None and node.get("id") is None:
        node = node.getparent()
    return None if node is None else node.get("id")


def structural(found: list[Finding]) -> list[Finding]:
    """What is against the standard."""
    return [finding for finding in found if finding.kind is Kind.STRUCTURE]


def missed(case: dict[str, Any]) -> str | None:
    """What of an invalid case of BPMNspector is not found where it is; None when all is well."""
    path = SPECTOR / case["file"]
    found = structural(list(check_path(path).findings))
    if not case["violations"]:
        return None if found else "nothing"
    wanted = places(path, case["violations"])
    if any(place.met_by(finding) for place in wanted for finding in found):
        return None
    return f"{[sorted(place.lines) for place in wanted]} not in {[(f.rule, f.position.line) for f in found]}"


def blamed(case: dict[str, Any]) -> list[str]:
    """The structural rules that a valid case is said to break."""
    return [finding.rule for finding in structural(list(check_path(SPECTOR / case["file"]).findings))]


def figures() -> dict[str, Any]:
    """How many cases of both suites come out as they should, and which do not."""
    spector = cases(SPECTOR)
    invalid = [case for case in spector if case["expect"] == "invalid"]
    valid = [case for case in spector if case["expect"] == "valid"]
    lint = cases(LINT)
    return {
        "invalid": len(invalid),
        "missed": {case["file"]: why for case in invalid if (why := missed(case)) is not None},
        "valid": len(valid),
        "blamed": {case["file"]: rules for case in valid if (rules := blamed(case))},
        "lint": len(lint),
        "lint missed": {case["file"]: why for case in lint if (why := unlike(case))},
    }


def unlike(case: dict[str, Any]) -> str:
    """What is found by a rule of bpmnlint in one of its files, where that is not what it expects."""
    rules = LINTED[case["rule"]]
    found = {
        finding.element
        for finding in check_bundle(_linted(case)).findings
        if finding.rule in rules
        # not to execute what is valid is no blame
        and (case["expect"] == "invalid" or finding.kind is not Kind.EXECUTABILITY)
    }
    wanted = {report["id"] for report in case["reports"] if "id" in report}
    if case["expect"] == "valid":
        return f"found {sorted(map(str, found))}" if found else ""
    if not found:
        return "nothing found"
    return f"wanted {sorted(wanted - found)}" if wanted - found else ""


def _linted(case: dict[str, Any]) -> Bundle:
    """A file of bpmnlint, with the sizes that its test configures (its expected messages say them)."""
    bundle = read_bundle(LINT / case["file"])
    said = " ".join(report.get("message", "") for report in case["reports"])
    sizes = "{}"
    if "120x80" in said or case["file"].endswith("valid-config.bpmn"):
        sizes = "{activity: [120, 80]}"
    elif "width of 80" in said:
        sizes = "{pool: 80}"
    tuned = f"standard-size: {{severity: warning, reason: configured so by the test, sizes: {sizes}}}\n"
    return Bundle(bundle.name, {**bundle.files, "rules.yaml": tuned.encode()})


LINTED: Final[dict[str, frozenset[str]]] = {
    rule: frozenset({rule})
    for rule in (
        *("no-complex-gateway", "no-inclusive-gateway", "no-gateway-join-fork", "no-implicit-end"),
        *("no-implicit-split", "no-implicit-start", "no-disconnected", "no-duplicate-sequence-flows"),
        *("no-bpmndi", "no-overlapping-elements", "standard-size", "label-required", "fake-join"),
        *("single-blank-start-event", "single-event-definition", "superfluous-termination"),
        *("start-event-required", "end-event-required"),
    )
} | {
    "ad-hoc-sub-process": frozenset({"ad-hoc-event", "ad-hoc-empty"}),
    "conditional-flows": frozenset({"conditional-flows", "condition-missing"}),
    "event-based-gateway": frozenset({"event-gateway-outgoing", "condition-not-executed"}),
    "event-sub-process-typed-start-event": frozenset({"event-sub-process-start"}),
    "global": frozenset({"global-unnamed", "global-twice", "global-unused"}),
    "link-event": frozenset({"link-unmatched", "link-twice"}),
    "sub-process-blank-start-event": frozenset({"sub-process-start", "ad-hoc-event"}),
    "superfluous-gateway": frozenset({"gateway-alone"}),
}
"""Which rules of ours say what a rule of bpmnlint says."""
