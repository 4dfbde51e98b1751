"""docs/how-to/schedules.md: its definition runs, its data are those of the code, its commands are taken."""

from __future__ import annotations

import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from activities.services import contracts
from wenzheng.calendars.china import china
from wenzheng.catalog.bundle import Bundle
from wenzheng.catalog.compiling import compile_bundle
from wenzheng.cli.main import app
from wenzheng.engine.occasions import NAMES, occasion_of, scheduled_starts
from wenzheng.engine.schedules import parse_schedule
from wenzheng.scheduling import LATEST

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "schedules.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^wenzheng schedules .*$", PAGE, re.MULTILINE)
[TEXT] = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("line", COMMANDS)
def test_commands_are_taken_as_written(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENZHENG_DATA_DIR", str(tmp_path))
    result = CliRunner().invoke(app, shlex.split(line)[1:])
    assert result.exit_code == 1, result.output  # nothing runs here: understood, not done
    assert "no running Wenzheng" in result.output


def test_the_definition_of_the_page_begins_by_its_schedule() -> None:
    bundle = Bundle("inspection", {"inspection.yaml": TEXT.encode()})
    [start] = scheduled_starts(compile_bundle(bundle.digest, bundle.files, contracts()))
    assert (start.process, start.element, start.text) == (
        *("inspection", "month_begins"),
        "month working 1 09:00",
    )


def test_the_data_of_the_page_are_those_a_process_is_given() -> None:
    assert set(re.findall(r"^\| `(\w+)` \| `(?:text|date)`", PAGE, re.MULTILINE)) == set(NAMES)
    schedule = parse_schedule("week working 1 08:30")
    assert schedule is not None
    found = occasion_of(schedule, "2026-W48", china(), datetime(2026, 11, 23, tzinfo=UTC))
    assert found is not None
    assert found.values() == {
        "occasion": "2026-W48",
        "occasion_from": "2026-11-23",
        "occasion_until": "2026-11-29",
        "occasion_before": "2026-W47",
    }


def test_the_page_says_how_late_something_may_begin() -> None:
    assert [LATEST[every].days for every in ("day", "week", "month", "quarter", "year")] == [
        *(7, 35, 366, 366, 366),
    ]
    assert "older than a week (of each day), five weeks (of each week) or\n  a year (all others)" in PAGE
