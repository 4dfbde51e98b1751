"""docs/how-to/incidents.md: its commands, actions and routes are those of the code."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.support.databases import with_tables
from wenzheng.cli.main import app
from wenzheng.engine import resolving
from wenzheng.settings import Settings
from wenzheng.web.access import ROUTES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "incidents.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^wenzheng incidents .*$", PAGE, re.MULTILINE)
AT_THE_MACHINE = re.findall(r"^wenzheng messages .*$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("line", COMMANDS)
def test_commands_are_taken_as_written(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENZHENG_DATA_DIR", str(tmp_path))
    result = CliRunner().invoke(app, shlex.split(line)[1:])
    assert result.exit_code == 1, result.output  # nothing runs here: understood, not done
    assert "no running Wenzheng" in result.output


@pytest.mark.parametrize("line", AT_THE_MACHINE)
def test_commands_at_the_machine_are_taken_as_written(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_tables(tmp_path / "wenzheng.db")
    monkeypatch.setenv("WENZHENG_DATA_DIR", str(tmp_path))
    found = CliRunner().invoke(app, shlex.split(line)[1:])
    assert "No messages." in found.output or "none named 'message-2f1e" in str(found.exception)


def test_the_setting_and_its_default_are_those_of_the_code() -> None:
    assert "for a year (`WENZHENG_MESSAGE_DAYS`)" in PAGE
    assert Settings.model_fields["message_days"].default == 365


def test_the_three_ways_are_those_of_the_engine() -> None:
    actions = set(re.findall(r"^\| `(retry|skip|answer)` \|", PAGE, re.MULTILINE))
    assert actions == {resolving.RETRY, resolving.SKIP, resolving.ANSWER}


def test_the_routes_named_are_served() -> None:
    said = {("GET", "/api/incidents"), ("GET", "/api/incidents/{incident}")}
    said |= {("POST", f"/api/incidents/{{incident}}/{action}") for action in ("retry", "skip", "answer")}
    assert said <= ROUTES.keys()
    for method, path in (("GET", "/api/incidents"), ("GET", "/api/incidents/{id}")):
        assert f"`{method} {path}`" in PAGE
