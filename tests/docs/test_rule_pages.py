"""docs/reference/rules: every rule that the program knows has its page, and its examples are what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.rule_codes import ROOT, rule_codes
from scripts.rule_examples import EXAMPLES, NOT_FROM_FILES
from scripts.rule_examples.executability import HERE_EXAMPLES
from scripts.rule_pages import found_in
from wenzheng.engine.expressions import ExpressionRefused, compile_expression
from wenzheng.engine.rules.kinds import SENSE, STRUCTURE, kind_of


def test_every_rule_that_the_program_can_find_broken_has_its_page() -> None:
    """The codes are read out of the source: a new one without examples is missed here."""
    assert set(EXAMPLES) == rule_codes() - set(NOT_FROM_FILES)
    assert rule_codes() >= SENSE | STRUCTURE
    assert set(HERE_EXAMPLES).isdisjoint(SENSE | STRUCTURE)


def test_a_code_that_nobody_could_list_is_told_with_its_place(tmp_path: Path) -> None:
    sources = {
        "wenzheng/engine/found.py": "def error(place: str, rule: str) -> None: ...\n",
        "wenzheng/catalog/asks.py": "def ask(findings, made):\n    findings.error('here', made())\n",
        "wenzheng/petitions/oversight.py": "",
        "wenzheng/staffing.py": "",
        "wenzheng/bootstrap/organisation.py": "",
        "wenzheng/bootstrap/deploying.py": "def tell(findings):\n    findings.error('here', 'a-rule')\n",
    }
    for name, text in sources.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    with pytest.raises(ValueError, match=re.escape("wenzheng/catalog/asks.py:2")):
        rule_codes(tmp_path)
    (tmp_path / "wenzheng/catalog/asks.py").unlink()
    assert rule_codes(tmp_path) == {"a-rule"}


@pytest.mark.parametrize(
    ("code", "text", "declared"),
    [
        ("not_text", 5, {}),
        ("surrogate_in_text", "'\ud800'", {}),
        ("variable_type", "n", {"n": "number"}),
    ],
)
def test_codes_without_a_page_guard_programs_only(code: str, text: str, declared: dict[str, str]) -> None:
    with pytest.raises(ExpressionRefused) as refused:
        compile_expression(text, declared)
    assert refused.value.code == code
    assert code in NOT_FROM_FILES


@pytest.mark.parametrize("rule", sorted(EXAMPLES))
def test_the_wrong_example_of_a_rule_breaks_it_and_what_its_page_says_besides(rule: str) -> None:
    example = EXAMPLES[rule]
    found = found_in(rule, example.wrong)
    assert {finding.rule for finding in found} == {rule, *example.beside}
    assert all(finding.kind is kind_of(rule) for finding in found if finding.rule == rule)


@pytest.mark.parametrize("rule", sorted(EXAMPLES))
def test_the_right_example_of_a_rule_breaks_none(rule: str) -> None:
    assert [str(finding) for finding in found_in(rule, EXAMPLES[rule].right)] == []


def test_every_page_is_there_and_none_of_a_rule_that_is_gone() -> None:
    folder = ROOT / "docs" / "reference" / "rules"
    assert {path.stem for path in folder.glob("*.md")} == {*EXAMPLES, "index"}
