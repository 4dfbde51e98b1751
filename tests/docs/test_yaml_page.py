"""docs/reference/yaml.md: every rule of the language has its line.

That the page and the schema are current, test_documentation.py says; that its examples run,
tests/unit/catalog/test_language_compiles.py.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

from scripts.yaml_page import RULES, SECTIONS
from wenzheng.catalog.language import step_grammar

CATALOG = Path(__file__).resolve().parents[2] / "wenzheng" / "catalog"


def test_every_rule_of_the_language_has_its_line_and_no_other() -> None:
    found = {"kind"}
    for path in [
        CATALOG.parent / "engine" / "yaml_tree.py",
        *(
            CATALOG / "language" / f"{n}.py"
            for n in ("shapes", "meaning", "ways", "deadline_meaning", "reuse_meaning", "imports")
        ),
    ]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and re.fullmatch(r"[a-z]+\d?(-[a-z\d]+)+", str(node.value)):
                found.add(str(node.value))
    assert found - {"utf-8-sig"} == set(RULES)


def test_every_kind_of_step_has_its_section() -> None:
    assert {kind for _, _, _, kind, _ in SECTIONS if kind} == set(step_grammar.STEP.kinds)
