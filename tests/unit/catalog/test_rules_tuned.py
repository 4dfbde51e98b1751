"""Rules of good sense are tuned by `rules.yaml`, with a reason; the others cannot be."""

from __future__ import annotations

import pytest

from tests.support.notation import bpmn
from wenzheng.catalog.bundle import Bundle
from wenzheng.catalog.checking import check_bundle
from wenzheng.catalog.compiling import compile_bundle
from wenzheng.catalog.registry import Registry
from wenzheng.engine.findings import Finding, Severity

MODEL = bpmn(
    "var n int = 1\nstart s\nor x default=x_f\ntask a\ntask b\nend e\nend f\n"
    "s -> x\nx -> a if n > 1\nx -> b if n > 2\nx -> f\na -> e\nb -> e"
)
PLAIN = (
    "no-bpmndi: {severity: off, reason: no picture here}\nlabel-required: {severity: off, reason: no names}\n"
)


def found(tuning: str | None) -> list[Finding]:
    files = {"p.bpmn": MODEL} | ({} if tuning is None else {"rules.yaml": (PLAIN + tuning).encode()})
    return list(check_bundle(Bundle("p", files)).findings)


def rules(tuning: str | None) -> set[str]:
    return {finding.rule for finding in found(tuning)}


def test_an_administrator_switches_a_rule_off_and_says_why() -> None:
    assert rules("") == {"no-inclusive-gateway", "fake-join"}
    tuned = "no-inclusive-gateway: {severity: off, reason: All of the ways may be taken.}"
    assert rules(tuned) == {"fake-join"}


def test_a_rule_without_a_reason_stays_as_it_is_and_that_is_said() -> None:
    for reason in ("", ", reason: ''", ", reason: bc"):
        assert rules(f"no-inclusive-gateway: {{severity: off{reason}}}") == {
            *("no-inclusive-gateway", "fake-join", "tuning-without-reason")
        }


def test_a_rule_that_is_an_error_here_refuses_the_definition() -> None:
    files = {"p.bpmn": MODEL, "rules.yaml": b"fake-join: {severity: error, reason: not in our house}"}
    report = check_bundle(Bundle("p", files))
    assert report.refused
    assert report.definition is None
    assert {f.rule for f in report.findings if f.severity is Severity.ERROR} == {"fake-join"}


def test_a_rule_is_tuned_for_some_elements_only() -> None:
    for element, left in (("e", False), ("other", True)):
        tuned = f"fake-join: {{severity: off, elements: [{element}], reason: the end is for all}}"
        assert ("fake-join" in rules(tuned)) is left


@pytest.mark.parametrize(
    ("tuning", "rule", "line"),
    [
        ("gateway-alone: {severity: off, reason: we like it so}", "tuning-unknown", 3),
        ("no-such-rule: {severity: off, reason: we like it so}", "tuning-unknown", 3),
        ("fake-join: {severity: never, reason: we like it so}", "wrong-value", 3),
        ("fake-join: often", "wrong-value", 3),
        ("fake-join: {severity: off, because: x, reason: we like it so}", "unknown-key", 3),
    ],
)
def test_what_is_wrong_with_the_tuning_is_said_at_its_line(tuning: str, rule: str, line: int) -> None:
    (finding,) = (f for f in found(tuning) if f.rule == rule)
    assert (finding.position.file, finding.position.line) == ("rules.yaml", line)
    assert finding.severity is Severity.ERROR
    assert finding.hint


def test_letters_of_what_is_deployed_go_on_whatever_is_sensible_today() -> None:
    bundle = Bundle(
        "old", {"p.bpmn": MODEL, "rules.yaml": b"fake-join: {severity: error, reason: from today}"}
    )
    definition = Registry(lambda _: bundle.files, lambda _: None, {}).fetch_definition(bundle.digest)
    assert definition.findings == ()
    assert compile_bundle(bundle.digest, bundle.files, {}).processes.keys() == {"p"}
