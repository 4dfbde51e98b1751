"""docs/reference/elements.md: every word has its sentence, every rule its line, every example its value.

That the page is current, test_documentation.py says.
"""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from scripts.data_words import DATA
from scripts.elements_page import elements_page
from scripts.elements_words import (
    ELEMENTS,
    EXAMPLE_DATA,
    EXAMPLE_TYPES,
    EXAMPLES,
    EXTENSIONS,
    FIELD_TYPES,
    GLOBAL,
    LOOPS,
    REFUSALS,
    TEXTS,
    TRIGGERS,
)
from wenzheng.engine import vocabulary as words
from wenzheng.engine.elements import ELEMENT_CLASSES
from wenzheng.engine.expressions import compile_expression
from wenzheng.engine.extensions import _ATTRIBUTES

ROOT = Path(__file__).resolve().parents[2]
ENGINE = ROOT / "wenzheng" / "engine"
RUNNING = {"instance", "stopping", "unfit", "findings", "yaml_tree", "kinds"}
"""Modules whose codes are those of incidents, of findings in general, and of YAML, which has its own page."""
LOADING = [ROOT / "wenzheng/catalog/bundle.py"] + [
    path
    for path in sorted(ENGINE.rglob("*.py"))
    if path.stem not in RUNNING and path.parent.name not in {"elements", "expressions", "decisions"}
]
MADE_UP_OF_PARTS = {
    *(f"unknown-{kind}" for kind in ("message", "signal", "error", "escalation")),
    *("message-without-name", "signal-without-name"),
    *("incoming-not-allowed", "outgoing-not-allowed"),
    *("error-without-code", "escalation-without-code"),
}
"""Rules whose names the readers put together: f"{node}-without-{attribute}"."""


def rules_in_the_code() -> set[str]:
    found = set(MADE_UP_OF_PARTS)
    for path in LOADING:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and re.fullmatch(r"[a-z]+\d?(-[a-z\d]+)+", str(node.value)):
                found.add(str(node.value))
    return found


def test_every_element_that_runs_and_no_other_has_its_sentence() -> None:
    assert set(ELEMENTS) == set(words.FLOW_NODES) == set(ELEMENT_CLASSES)
    assert set(TRIGGERS) == set(words.EVENT_DEFINITION_ATTRIBUTES)
    assert set(LOOPS) == set(words.LOOP_ATTRIBUTES)
    assert set(GLOBAL) == set(words.GLOBAL_TASKS) == set(words.GLOBAL_TASK_ATTRIBUTES)
    assert set(DATA) == set(words.DATA)
    assert set(TEXTS) == set(words.TEXT_ELEMENTS)
    assert set(FIELD_TYPES) == set(words.FIELD_TYPES)


def test_every_extension_and_no_other_has_its_sentence() -> None:
    attributes = {name for names in words.EXTENSION_ATTRIBUTES.values() for name in names}
    assert set(EXTENSIONS) == {*_ATTRIBUTES, *attributes, words.ENGLISH, words.SOURCE}


def test_every_attribute_that_is_taken_stands_on_the_page() -> None:
    page = elements_page()
    for name, allowed in words.FLOW_NODES.items():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
        for attribute in set(allowed) - {"id", "name"}:
            assert f"`{attribute}`" in row, name
        for definition in words.EVENT_DEFINITIONS.get(name, {}).values():
            assert definition in row.rsplit("|", 2)[1], name
        for attribute in words.EXTENSION_ATTRIBUTES.get(name, ()):
            assert f"`wz:{attribute}`" in row, name
    for name, attributes in _ATTRIBUTES.items():
        row = next(line for line in page.splitlines() if line.startswith(f"| `wz:{name}` |"))
        assert all(f"`{attribute}`" in row for attribute in attributes), name
    assert f"| `wz:{words.ENGLISH}` | every element |" in page


def test_every_rule_that_refuses_a_definition_is_listed_and_no_other() -> None:
    listed = [rule for line in REFUSALS.strip().splitlines()[::3] for rule in line.split()]
    assert len(listed) == len(set(listed))
    assert set(listed) == rules_in_the_code()


@pytest.mark.parametrize(("expression", "value"), EXAMPLES)
def test_an_example_has_the_value_that_is_printed(expression: str, value: str) -> None:
    assert compile_expression(expression, EXAMPLE_TYPES).evaluate(EXAMPLE_DATA) == json.loads(value)


def test_examples_use_types_that_a_variable_may_have() -> None:
    assert {kind.partition("<")[0] for kind in EXAMPLE_TYPES.values()} <= words.VARIABLE_TYPES
