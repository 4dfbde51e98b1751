"""Small models by a critic, each with a fault and without it: what must be told, and what must not.

They stand in `critic_models.txt`, in the short notation or in YAML: `### NAME | RULE`, the model with the
fault, `--- sound`, the model without. The test is the measure of false negatives and false positives.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.rule_pages import files_of
from wenzheng.catalog.bundle import Bundle
from wenzheng.catalog.checking import check_bundle
from wenzheng.cli.validate import city

MODELS = Path(__file__).with_name("critic_models.txt").read_text("utf-8")
PAIRS = [pair.partition("\n") for pair in MODELS.removeprefix("### ").split("\n### ")]


def rules_of(model: str) -> set[str]:
    return {finding.rule for finding in check_bundle(Bundle("model", files_of(model)), city()).findings}


@pytest.mark.parametrize(("heading", "models"), [(pair[0], pair[2]) for pair in PAIRS])
def test_a_fault_is_told_and_its_absence_is_not(heading: str, models: str) -> None:
    _, rule = heading.split(" | ")
    faulty, sound = models.split("--- sound\n")
    assert rule in rules_of(faulty)
    assert rule not in rules_of(sound)


def test_deadlines_of_a_caller_count_for_what_it_calls_only_where_every_call_is_counted() -> None:
    called = "process q\nstart i\nuser u\nend j\ni -> u -> j"
    twice = "start s\ncall c of=q\ncall d of=q\nend e\ns -> c -> d -> e\nCLOCK\n" + called
    for clock, told in (("stops=d", False), ("stops=c", True)):
        model = twice.replace("CLOCK", f"clock k starts=s {clock} yellow=5:supervision")
        found = check_bundle(Bundle("model", files_of(model)), city()).findings
        unlimited = [one for one in found if one.rule == "task-without-deadline"]
        assert [one.element for one in unlimited] == (["u"] if told else [])
        assert all("while 'd' calls it" in one.message for one in unlimited)
