"""docs/reference/rules: each rule of good sense has its page, and its examples are what it says."""

from __future__ import annotations

import pytest

from scripts.rule_examples_here import HERE_EXAMPLES
from scripts.rule_pages import EXAMPLES, found_in
from wenzheng.engine.rules.kinds import SENSE, STRUCTURE, kind_of


def test_every_rule_of_good_sense_has_its_page() -> None:
    assert set(EXAMPLES) >= SENSE
    assert set(HERE_EXAMPLES).isdisjoint(SENSE | STRUCTURE)


@pytest.mark.parametrize("rule", sorted(EXAMPLES))
def test_the_wrong_example_of_a_rule_breaks_it_and_what_its_page_says_besides(rule: str) -> None:
    example = EXAMPLES[rule]
    found = found_in(rule, example.wrong)
    assert {finding.rule for finding in found} == {rule, *example.beside}
    assert all(finding.kind is kind_of(rule) for finding in found if finding.rule == rule)


@pytest.mark.parametrize("rule", sorted(EXAMPLES))
def test_the_right_example_of_a_rule_breaks_none(rule: str) -> None:
    assert [str(finding) for finding in found_in(rule, EXAMPLES[rule].right)] == []
