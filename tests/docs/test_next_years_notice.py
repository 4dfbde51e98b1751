"""docs/how-to/next-years-notice.md is followed line by line, and prints what it says."""

from __future__ import annotations

import contextlib
import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.support.databases import with_tables
from wenzheng.calendar_versions import keep_or_tell
from wenzheng.calendars import applying, notices
from wenzheng.cli import calendar_versions
from wenzheng.cli.main import app
from wenzheng.store import open_store

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "next-years-notice.md").read_text(
    encoding="utf-8"
)
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
VERSION = re.compile(r"\b[0-9a-f]{12}\b")


def test_the_page_prints_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENZHENG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("LOGNAME", "li")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(calendar_versions, "now", lambda: NOW)
    with contextlib.closing(open_store(with_tables(tmp_path / "wenzheng.db"))) as store:
        keep_or_tell(store, "cn", NOW)
    commands = 0
    for kind, body in re.findall(r"^```(yaml|console)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL):
        if kind == "yaml":
            name = body.split("\n", 1)[0].removeprefix("# ")
            Path(name).write_text(body, encoding="utf-8")
            continue
        for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
            command, _, promised = part.partition("\n")
            printed = CliRunner().invoke(app, shlex.split(command)[1:]).output
            assert VERSION.sub("VERSION", printed) == VERSION.sub("VERSION", promised), command
            commands += 1
    assert commands == 11


def test_every_code_of_a_notice_is_explained_and_no_other() -> None:
    written = "".join(
        Path(str(module.__file__)).read_text(encoding="utf-8") for module in (applying, notices)
    )
    rules = set(re.findall(r'"notice\.(\w+)"', written)) | set(
        re.findall(r'\{reader\.kind\}\.(\w+)"', written)
    )
    rules |= set(re.findall(r'self\._(?:error|warn)\("\w+", "(\w+)"', written))
    table = PAGE.split("## What is refused")[1]
    # What the reader of any file says comes on top.
    of_files = {"keys", "day", "text", "list", "syntax", "size"}
    assert set(re.findall(r"`notice\.(\w+)`", table)) == rules | of_files
