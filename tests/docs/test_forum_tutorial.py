"""docs/tutorial/forum.md is followed line by line: every command does what the page says it does."""

from __future__ import annotations

import contextlib
import json
import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from tests.web.conftest import City, city, make_city, people  # noqa: F401 - fixtures
from wenzheng.accounts import first_accounts
from wenzheng.cli import connection
from wenzheng.cli.main import app
from wenzheng.petitions.organisation import read_organisation
from wenzheng.settings import definitions_dir

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "tutorial" / "forum.md").read_text(encoding="utf-8")
ON_THE_DAY = datetime(2026, 12, 25, 3, tzinfo=UTC)
"""What the page postpones the session to."""


def commands() -> list[list[str]]:
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.replace("\\\n", "").splitlines()]


@pytest.fixture
def house(
    city: City,  # noqa: F811 - the fixture
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> City:
    """The commands' way to the application, and the texts that they take from files."""
    data = tmp_path / "data"
    data.mkdir()
    organisation = read_organisation((definitions_dir() / "organisation.yaml").read_text(encoding="utf-8"))
    tokens = {account: f"token-{account}" for account, *_ in first_accounts(organisation)}
    (data / "run.json").write_text(json.dumps({"url": "http://testserver"}))
    (data / "tokens.json").write_text(json.dumps(tokens))
    monkeypatch.setenv("WENZHENG_DATA_DIR", str(data))
    monkeypatch.delenv(connection.TOKEN_VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    for name in re.findall(r"@(\w+\.txt)", PAGE):
        Path(name).write_text(f"{name}\n第二行", encoding="utf-8")

    @contextlib.contextmanager
    def client(_url: str) -> Iterator[httpx2.Client]:
        city.processes.start_waiting()
        yield city.client

    monkeypatch.setattr(connection, "http_client", client)
    return city


def test_every_command_of_the_page_does_what_the_page_says(house: City) -> None:
    said: list[str] = []
    for words in commands():
        assert words[0] == "wenzheng"
        if words[4:5] == ["live"]:
            house.at(ON_THE_DAY)
        house.at(house.clock[0] + timedelta(minutes=1))
        ran = CliRunner().invoke(app, words[1:])
        assert ran.exit_code == 0, (words, ran.output)
        said.append(ran.output)
    assert len(said) == 17
    assert "Opened F2026-01" in said[0]
    assert "yours: topic_vote" in said[1]
    last = said[-1]
    assert "stands: dispatched" in last
    assert re.search(r"^letter \S+  housing  due 2027-01-29  assigned  heating.txt$", last, re.MULTILINE), (
        last
    )
