"""`wenzheng messages …`: what nobody has taken, for an operator at the machine."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.support.databases import with_tables
from wenzheng.cli.main import app, execute
from wenzheng.contracts import MESSAGE_THROWN, Flush, Record, Routing
from wenzheng.store import open_store

AT = datetime(2026, 9, 7, tzinfo=UTC)


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a message that was set aside."""
    monkeypatch.setenv("WENZHENG_DATA_DIR", str(tmp_path))
    url = with_tables(tmp_path / "wenzheng.db")
    with contextlib.closing(open_store(url, clock=lambda: AT)) as store:
        thrown = {"message": "hello", "data": {"who": "欧阳小明"}}
        record = Record("go", 0, 1, MESSAGE_THROWN, "e", AT, thrown)
        store.apply_flush(Flush("digest-1", "b" * 64, "c" * 64, [record], "d" * 64, {}, Routing()))
        with store.unit_of_work() as unit:
            unit.set_aside_kept(AT + timedelta(days=1))
        with store.reader() as reader:
            return reader.messages("set_aside")[0].key


def run(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["messages", *words])
    assert result.exit_code == code, result.output
    return result.stdout


def listed(*words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("list", *words, "--format", "json"))["messages"]
    return found


def test_what_was_set_aside_is_listed_without_what_it_says(key: str) -> None:
    text = run("list")
    for words in ("hello", "digest-1", "nobody has taken it", "2026-09-07 08:00"):
        assert words in text
    (found,) = listed()
    assert (found["message"], found["state"], found["from"]) == (key, "set_aside", "digest-1")
    assert "欧阳小明" not in text + json.dumps(found, ensure_ascii=False)
    assert run("list", "--kept") == "No messages.\n"


def test_a_message_is_offered_again(key: str) -> None:
    assert run("offer", key) == f"{key} is kept until somebody waits for it.\n"
    assert [one["message"] for one in listed("--kept")] == [key]


def test_a_message_is_discarded_with_a_reason(key: str) -> None:
    assert run("discard", key, "--reason", "of a test") == f"{key} is discarded.\n"
    assert [one["why"] for one in listed("--discarded")] == ["of a test"]


def test_wrong_usage_and_unknown_names_are_told_apart(key: str, capsys: pytest.CaptureFixture[str]) -> None:
    run("discard", key, code=2)
    run("list", "--kept", "--discarded", code=2)
    assert execute(["messages", "offer", "message-x"]) == 1
    said = capsys.readouterr().err
    assert "expected a message that was set aside, found none named 'message-x'; list them first" in said
    assert said.count("\n") == 1
