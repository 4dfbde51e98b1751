"""docs/tutorial/first-letter.md is followed line by line, and prints what it says."""

from __future__ import annotations

import contextlib
import json
import re
import shlex
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from tests.web.conftest import City, city, make_city, people  # noqa: F401 - fixtures
from wenzheng.cli import connection
from wenzheng.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "tutorial" / "first-letter.md").read_text(encoding="utf-8")
CODE = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b")
MINUTE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
ACCOUNTS = ("clerk", "department_housing", "head_housing", "department_transport")


def steps() -> list[tuple[str, str]]:
    """Every command line of the page with what is printed below it."""
    found: list[tuple[str, str]] = []
    for block in re.findall(r"^```console\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, printed = part.partition("\n")
            found.append((command, printed))
    return found


@pytest.fixture
def house(
    city: City,  # noqa: F811 - the fixture
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> City:
    """The commands' way to the application, without a network."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "run.json").write_text(json.dumps({"url": "http://testserver"}))
    (data / "tokens.json").write_text(json.dumps({account: f"token-{account}" for account in ACCOUNTS}))
    monkeypatch.setenv("WENZHENG_DATA_DIR", str(data))
    monkeypatch.delenv(connection.TOKEN_VARIABLE, raising=False)

    @contextlib.contextmanager
    def client(_url: str) -> Iterator[httpx2.Client]:
        city.processes.start_waiting()
        yield city.client

    monkeypatch.setattr(connection, "http_client", client)
    return city


def same(text: str) -> str:
    """What two runs have in common: not the code, not the minute, not blanks at line ends."""
    return "\n".join(
        line.rstrip() for line in MINUTE.sub("TIME", CODE.sub("CODE", text)).strip().splitlines()
    )


def follow(house: City, page_code: str) -> Iterator[tuple[str, str, str]]:
    """Run every command, a minute apart; yields it with what was promised and what was printed."""
    code = page_code
    for command, promised in steps():
        words = [code if word == page_code else word for word in shlex.split(command)]
        assert words[0] == "wenzheng"
        house.at(house.clock[0] + timedelta(minutes=1))
        printed = CliRunner().invoke(app, words[1:]).output
        fresh = CODE.search(printed)
        code = fresh.group() if fresh and code == page_code else code
        yield command, promised, printed


def test_a_clerk_who_follows_the_tutorial_sees_what_it_shows(
    house: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = CODE.search(PAGE)
    assert found
    ran = 0
    for command, promised, printed in follow(house, found.group()):
        assert same(printed) == same(promised), command
        ran += 1
        for name, value in re.findall(r"^export (\w+)=(.*)$", PAGE, re.MULTILINE):
            monkeypatch.setenv(name, value)  # said after the first command
        board = house.client.get("/").text
        if ran == 1:
            assert "2026-000001" not in board  # not before acceptance
        if "accept" in command:
            assert "2026-000001" in board
    assert ran == len(steps()) >= 12


def test_the_lines_that_run_prints_are_those_of_the_command() -> None:
    cli = ROOT / "wenzheng" / "cli"
    source = "".join((cli / name).read_text(encoding="utf-8") for name in ("run.py", "sign_in_hint.py"))
    for line in re.search(r"```text\n(Wenzheng: .*?)```", PAGE, re.DOTALL)[1].splitlines():  # type: ignore[index]
        assert re.split(r" http| …", line)[0] in source
