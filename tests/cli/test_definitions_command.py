"""Slips of an administrator at the shell: what was meant is said, and nothing is deployed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.databases import with_tables
from wenzheng.bootstrap.deploying import deploy_shipped
from wenzheng.cli.main import execute
from wenzheng.settings import definitions_dir
from wenzheng.store import Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """The city's two definitions, in force."""
    opened = open_store(with_tables(tmp_path / "wenzheng.db"))
    for name in ("forum", "petition"):
        deploy_shipped(opened, definitions_dir() / name)
    yield opened
    opened.close()


def refused(store: Store, tmp_path: Path, what: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What an administrator reads who tries to deploy something; nothing has changed."""
    with store.reader() as reader:
        before = {name: reader.current_definition(name) for name in reader.definition_names()}
    assert execute(["deploy", str(what), "--reason", "a test", "--data", str(tmp_path)]) == 1
    with store.reader() as reader:
        assert {name: reader.current_definition(name) for name in reader.definition_names()} == before
    return capsys.readouterr().err


def test_administrator_who_mistypes_a_path_is_told_that_there_is_no_such_file(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(store, tmp_path, tmp_path / "petitoin", capsys)
    assert "expected a folder" in said
    assert "petitoin" in said
    assert "[deploy.unknown]" in said


@pytest.mark.parametrize("name", ["forum", "petition"])
def test_administrator_with_a_copied_folder_is_offered_the_name_it_was_copied_from(
    store: Store, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    copied = tmp_path / "draft"
    shutil.copytree(definitions_dir() / name, copied)
    said = refused(store, tmp_path, copied, capsys)
    assert f"say --name {name} for a version of that, or --name draft for a new definition" in said
