"""docs/reference/decisions.md: its example runs as it says, and it lists every rule."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wenzheng.cli.main import app
from wenzheng.engine.decisions.hits import LETTERS, POLICIES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "reference" / "decisions.md").read_text(encoding="utf-8")
SOURCES = [
    *sorted((ROOT / "wenzheng" / "engine" / "decisions").glob("*.py")),
    ROOT / "wenzheng" / "engine" / "decision_compiler.py",
    ROOT / "wenzheng" / "engine" / "elements" / "rules.py",
]


def block(kind: str) -> str:
    """The one block of a kind."""
    (found,) = re.findall(rf"^```{kind}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return str(found)


@pytest.mark.parametrize(("kind", "file"), [("csv", "fees.csv"), ("yaml", "fees.decision.yaml")])
def test_the_example_runs_with_either_table(kind: str, file: str, tmp_path: Path) -> None:
    folder = tmp_path / "charging"
    folder.mkdir()
    (folder / file).write_text(block(kind), encoding="utf-8")
    (folder / "charge.bpmn").write_text(block("xml"), encoding="utf-8")
    command = block("console").removeprefix("$ wenzheng ").strip()
    words = [word.strip("'") for word in re.findall(r"'[^']*'|\S+", command)]
    result = CliRunner().invoke(app, [str(folder) if word == "charging" else word for word in words])
    assert result.exit_code == 0, result.output
    assert '"cost": 25' in result.output.splitlines()[-1]


def test_every_rule_of_tables_is_listed() -> None:
    codes = {
        str(node.value)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and re.fullmatch(r"(decision|unknown|dmn)(-[a-z]+)+", str(node.value))
    }
    assert {code for code in codes if f"`{code}`" not in PAGE} == set()


def test_every_hit_policy_is_listed_with_its_letter() -> None:
    letters = {name: letter for letter, name in LETTERS.items() if " " not in letter and len(letter) <= 2}
    for name in POLICIES:
        assert f"`{name}`" in PAGE
        assert f"`{letters[name].upper()}`" in PAGE
