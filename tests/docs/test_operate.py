"""docs/how-to/operate.md: its commands, files and names are those of the code."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.support.databases import with_tables
from wenzheng.cli.main import app
from wenzheng.gateways.temporal_server import DATA_FILE
from wenzheng.petitions.organisation import read_organisation
from wenzheng.settings import PASSWORDS_FILE, RUN_FILE, TOKENS_FILE, Settings, definitions_dir
from wenzheng.store import open_store
from wenzheng.web import guessing

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "operate.md").read_text(encoding="utf-8")


def test_the_commands_about_accounts_are_taken_as_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(with_tables(tmp_path / "wenzheng.db"))
    organisation = read_organisation((definitions_dir() / "organisation.yaml").read_text(encoding="utf-8"))
    with store.unit_of_work() as unit:
        unit.save_units(organisation.rows())
    store.close()
    monkeypatch.setenv("WENZHENG_DATA_DIR", str(tmp_path))
    (block,) = [block for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) if "accounts add" in block]
    for line in block.strip().splitlines():
        result = CliRunner().invoke(app, shlex.split(line)[1:], input="a-long-password\n")
        assert result.exit_code == 0, (line, result.output, result.exception)


def test_the_waits_and_lengths_are_those_of_the_code() -> None:
    section = " ".join(PAGE.split("## Accounts")[1].split("\n## ")[0].split())
    words = {5: "five", 30: "thirty"}
    assert f"After {words[guessing.FREE_TRIES]} wrong passwords in a row" in section
    assert f"for a client address after {words[guessing.FREE_TRIES_OF_AN_ADDRESS]}" in section
    assert f"{guessing.FIRST_WAIT.seconds} seconds" in section
    assert f"{guessing.LONGEST_WAIT.seconds // 60} minutes at most" in section
    settings = Settings()
    assert f"after {settings.session_idle_minutes // 60} hours without a page" in section
    assert settings.session_hours == 7 * 24


def test_the_files_of_the_data_folder_are_named(tmp_path: Path) -> None:
    table = PAGE.split("## The data folder")[1].split("\n## ")[0]
    store = Settings(data_dir=tmp_path).database_url.rpartition("/")[2]
    for name in (store, DATA_FILE, TOKENS_FILE, PASSWORDS_FILE, RUN_FILE, "logs/"):
        assert f"| `{name}` |" in table


def test_every_setting_named_exists() -> None:
    known = {f"WENZHENG_{name.upper()}" for name in Settings.model_fields} | {"WENZHENG_TOKEN"}
    assert set(re.findall(r"WENZHENG_\w+", PAGE)) <= known
