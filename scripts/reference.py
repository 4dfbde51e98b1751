"""Writes the pages of docs/reference/ that the code knows best, and pictures: python scripts/reference.py.

A test compares them with what this makes, so they are never behind the code.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import typer

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # run as a script, from anywhere

from scripts.elements_page import elements_page  # noqa: E402  # after the path is set
from scripts.pictures import images  # noqa: E402
from scripts.rule_pages import pages as rule_pages  # noqa: E402
from scripts.yaml_page import schema_text, yaml_page  # noqa: E402
from wenzheng.cli.main import app  # noqa: E402
from wenzheng.settings import Settings  # noqa: E402

REFERENCE: Final = ROOT / "docs" / "reference"
WIDTH: Final = 92

COMMANDS: Final = """\
# Commands

`wenzheng` and `python -m wenzheng` are the same. Exit codes: 0 good, 1 a finding or a failure,
2 wrong usage. An error is one line on stderr that says what to do; `WENZHENG_DEBUG=1` shows the
traceback behind it. Settings of the environment are on [their own page](settings.md).

This page is written by `scripts/reference.py`; do not edit it by hand.
"""

SETTINGS: Final = """\
# Settings

Each setting is an environment variable; a command's option wins over it. A value that cannot be
read ends the command with one line that names the variable.

This page is written by `scripts/reference.py`; do not edit it by hand.

| variable | what it is | unless set |
|---|---|---|
"""

DEFAULTS_IN_WORDS: Final = {
    "data_dir": "`.wenzheng` in a checkout, else the user's data folder",
    "database_url": "SQLite, `wenzheng.db` in the data folder",
}


def helps(command: Any, name: str, parent: Any = None) -> Iterator[tuple[str, str]]:
    """(full name, help text) of a command and all below it, in the order of registration."""
    context = command.context_class(command, info_name=name, parent=parent, terminal_width=WIDTH)
    yield context.command_path, command.get_help(context)
    for child_name, child in getattr(command, "commands", {}).items():
        yield from helps(child, child_name, context)


def commands_page() -> str:
    """Help of every command."""
    sections = [COMMANDS]
    for name, text in helps(typer.main.get_command(app), "wenzheng"):
        lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
        sections.append(f"## {name}\n\n```text\n{lines}\n```\n")
    return "\n".join(sections)


def _default(value: Any) -> str:
    """A default as the environment would spell it; sets in one order, whatever the hash seed."""
    if value is None:
        return "—"
    return f"`{json.dumps(sorted(value)) if isinstance(value, frozenset) else value}`"


def settings_page() -> str:
    """Every field of the settings object."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = DEFAULTS_IN_WORDS.get(name) or _default(field.default)
        rows.append(f"| `WENZHENG_{name.upper()}` | {field.description} | {default} |\n")
    return SETTINGS + "".join(rows)


@cache
def pages() -> dict[Path, str]:
    """Path to content; the pictures of the shipped definition are among them."""
    return {
        REFERENCE / "commands.md": commands_page(),
        REFERENCE / "elements.md": elements_page(),
        REFERENCE / "settings.md": settings_page(),
        REFERENCE / "yaml.md": yaml_page(),
        ROOT / "definitions" / "language-1.schema.json": schema_text(),
        **{REFERENCE / "rules" / name: text for name, text in rule_pages()},
        **images(),
    }


if __name__ == "__main__":
    for path, content in pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
