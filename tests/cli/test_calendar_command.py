"""`wenzheng calendar …`: questions about days, and the next version of a calendar, at a shell."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.support.databases import with_tables
from tests.support.notice_files import DAYS_OFF
from wenzheng.calendar_versions import in_force_or_shipped, keep_or_tell
from wenzheng.calendars import Calendar
from wenzheng.calendars import countries as countries_module
from wenzheng.calendars.china import china
from wenzheng.cli import calendar_versions
from wenzheng.cli.main import app, execute
from wenzheng.settings import Settings
from wenzheng.store import open_store
from wenzheng.store.properties import PACE

Shell = Callable[..., Result]
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)

NOTICE = (
    DAYS_OFF
    + """\
days_worked: [2027-02-14, 2027-02-20, 2027-05-08, 2027-09-19, 2027-10-09]
"""
)
OFFICE = "calendar: hall\non: cn\ntitle: 大厅\ndays_off: [{name: 馆庆, day: 2027-03-01}]\n"


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder in which nothing was ever started."""
    monkeypatch.setenv("WENZHENG_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(calendar_versions, "now", lambda: NOW)
    return tmp_path


@pytest.fixture
def data(nowhere: Path) -> Path:
    """A data folder with the shipped calendar."""
    with contextlib.closing(open_store(with_tables(nowhere / "wenzheng.db"))) as store:
        keep_or_tell(store, "cn", NOW)
    return nowhere


@pytest.fixture
def shell(nowhere: Path) -> Shell:
    def run(*words: str, stdin: str = "", code: int = 0) -> Result:
        result = CliRunner().invoke(app, ["calendar", *words], input=stdin)
        assert result.exit_code == code, (result.output, result.exception)
        return result

    return run


def failed(*words: str) -> int:
    return execute(["calendar", *words])


def printed(result: Result) -> Any:
    return json.loads(result.stdout)


# --- questions -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("2026-09-30", "5"), "2026-10-13"),
        (("2026-02-15", "5"), "2026-02-28"),
        (("2026-10-12", "-2"), "2026-10-09"),
        (("2026-09-21", "-10"), "2026-09-08"),
        (("2026-09-18", "15", "--unit", "calendar_days"), "2026-10-03"),
        (("2026-09-18", "15", "--unit", "calendar_days_rolled"), "2026-10-08"),
        (("2026-09-30T17:00", "72", "--unit", "hours"), "2026-10-03 17:00"),
        (("2026-09-30T16:30", "2", "--unit", "office_hours"), "2026-10-08 09:30"),
        (("2026-12-23", "3", "--calendar", "de"), "2026-12-29"),
        (("2026-12-30", "5"), "2027-01-07  (provisional: no decree for that time yet)"),
    ],
)
def test_a_clerk_asks_for_the_last_day_in_time(shell: Shell, words: tuple[str, ...], answer: str) -> None:
    assert shell("add", *words).stdout.strip() == answer


def test_a_program_asks_for_the_same(shell: Shell) -> None:
    assert printed(shell("add", "2026-09-30", "5", "--format", "json")) == {
        "day0": "2026-09-30",
        "n": 5,
        "unit": "working_days",
        "due": "2026-10-13",
        "late_from": "2026-10-13T16:00:00+00:00",
        "provisional": False,
        "calendar": "cn",
        "version": china().version,
    }


def test_the_days_between_and_a_years_special_days(shell: Shell) -> None:
    assert shell("between", "2026-09-30", "2026-10-13").stdout.strip() == "5"
    assert "2026-10-10  上班" in shell("show", "2026").stdout
    assert "2027: " in shell("show", "2027").stdout


def test_a_rolled_limit_says_over_which_days_it_rolled(shell: Shell) -> None:
    words = ("explain", "2026-09-18", "15", "--unit", "calendar_days_rolled")
    told = shell(*words, "--language", "en").stdout
    assert "2026-10-03 Saturday, a day off; the limit rolls on to 2026-10-08 Thursday." in told
    assert "2026-10-05 Monday off" in told
    assert "1 ordinary weekend day is not counted either." in told
    assert "顺延至2026-10-08" in shell(*words).stdout
    assert "提前至2026-09-30" in shell("explain", "2026-10-15", "-10", *words[3:]).stdout
    found = printed(shell(*words, "--format", "json"))
    assert (found["unrolled"], found["due"], found["unit"]) == ("2026-10-03", "2026-10-08", words[-1])
    plain = printed(shell("explain", "2026-09-18", "10", *words[3:], "--format", "json"))
    assert (plain["unrolled"], plain["steps"], plain["weekend_days"]) == (None, [], 0)


@pytest.mark.parametrize(
    "words",
    [
        ("add", "2026-09-30", "5", "--unit", "hours"),
        ("add", "2026-09-30T10:00", "5"),
        ("add", "2026-09-30", "5", "--calendar", "xx"),
        ("explain", "2026-09-30", "5", "--unit", "hours"),
        ("add", "2026-09-30", "9999999"),
        ("versions",),
        ("notice", "missing.yaml"),
    ],
)
def test_what_cannot_be_answered_is_told_in_one_line_with_a_remedy(
    nowhere: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert failed(*words) == 1
    told = capsys.readouterr().err
    assert told.startswith("wenzheng: ")
    assert told.count("\n") == 1
    assert not list(nowhere.iterdir()), "asking makes no store"


@pytest.mark.parametrize("word", ["2026-13-01", "tomorrow", "2026-09-30T25:00"])
def test_what_is_no_day_is_wrong_usage(nowhere: Path, word: str) -> None:
    assert failed("add", word, "5") == 2


# --- versions ---------------------------------------------------------------------------------------------


def test_an_administrator_tries_a_notice_and_then_takes_it(shell: Shell, data: Path, tmp_path: Path) -> None:
    file = tmp_path / "notice.yaml"
    file.write_text(NOTICE, encoding="utf-8")
    tried = shell("notice", str(file), "--dry-run").stdout
    assert "would come into force" in tried
    assert "2027-02-14 Sun  上班 worked" in tried
    assert "provisional" in shell("add", "2027-01-29", "10").stdout
    assert "is in force. Changed:" in shell("notice", str(file)).stdout
    assert shell("add", "2027-01-29", "10").stdout.strip() == "2027-02-19"
    assert "nothing is to do" in shell("notice", str(file)).stdout
    first, *others = printed(shell("versions", "--format", "json"))["items"]
    assert (first["number"], first["kind"], first["by"][-7:]) == (2, "notice", "(shell)")
    assert first["data"]["notice"]["number"] == "国办发明电〔2026〕9号"
    assert len(first["data"]["changes"]["days"]) == 12
    assert [one["kind"] for one in others] == ["shipped"]
    assert "国务院办公厅关于2027年" in shell("versions").stdout


def test_a_notice_with_faults_changes_nothing_and_tells_all_of_them(
    shell: Shell, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = NOTICE.replace("2027-02-14", "2027-02-11") + "x: 1\n"
    result = shell("notice", "-", stdin=wrong, code=1)
    assert "-:13:15: error notice.both" in result.stderr
    assert "-:14:1: error notice.keys" in result.stderr
    found = printed(shell("notice", "-", "--format", "json", stdin=wrong, code=1))
    assert [fault["line"] for fault in found["faults"]] == [13, 14]
    assert len(printed(shell("versions", "--format", "json"))["items"]) == 1


def test_a_doubtful_notice_is_taken_with_a_warning(shell: Shell, data: Path) -> None:
    result = shell("notice", "-", stdin=NOTICE.replace("  - {name: 端午节, day: 2027-06-09}\n", ""))
    assert "warning notice.festival" in result.stderr
    assert "in force" in result.stdout


def test_an_overlay_is_made_anew_when_the_calendar_below_has_a_notice(shell: Shell, data: Path) -> None:
    assert "hall" in shell("overlay", "-", stdin=OFFICE).stdout
    assert "hall" in shell("notice", "-", stdin=NOTICE).stdout
    # 27 and 28 February are a weekend, 1 March is the hall's own.
    assert shell("add", "2027-02-26", "1", "--calendar", "hall").stdout.strip() == "2027-03-02"
    items = printed(shell("versions", "--calendar", "hall", "--format", "json"))["items"]
    assert [one["kind"] for one in items] == ["overlay", "overlay"]
    assert items[0]["reason"].startswith("cn: 国务院办公厅")
    assert "hall" in shell("check", "--calendar", "hall").stdout
    assert failed("notice", "-", "--calendar", "hall") == 1


def test_an_overlay_may_not_take_a_shipped_calendars_name(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "overlay.yaml"
    file.write_text(OFFICE.replace("hall", "de"), encoding="utf-8")
    assert failed("overlay", str(file)) == 1


def test_a_practice_city_keeps_the_calendar_it_began_with(
    shell: Shell, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with contextlib.closing(open_store(Settings().database_url)) as store, store.unit_of_work() as unit:
        unit.set_property(PACE, {"calendar": china().version})
    file = tmp_path / "notice.yaml"
    file.write_text(NOTICE, encoding="utf-8")
    assert failed("notice", str(file)) == 1
    assert "practice city" in capsys.readouterr().err
    assert "would come into force" in shell("notice", str(file), "--dry-run").stdout


def newer() -> Calendar:
    """The calendar of a later version of the program: it knows a notice more, and one day better."""
    document = china().document()
    document["decreed_through"] = "2027-12-31"
    document["days_off"]["2026-12-28"] = {"name_zh": "假", "name_en": "off", "notice": "2026"}
    return Calendar.from_document(document)


def test_an_upgrade_moves_no_day_until_somebody_takes_it(
    shell: Shell, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "no other days" in shell("check").stdout
    monkeypatch.setattr(countries_module, "china", newer)
    with contextlib.closing(open_store(Settings().database_url)) as store:
        (told,) = keep_or_tell(store, "cn", NOW)
        assert "1 day(s) differ, and it is decreed through 2027-12-31" in told
        with store.reader() as reader:
            assert reader.calendar_in_force("cn") == china().version
    result = shell("check", code=1)
    assert "2026-12-28 Mon  放假" in result.stdout
    assert "wenzheng calendar check --take" in result.stdout
    assert printed(shell("check", "--format", "json", code=1))["differing"][0]["day"] == "2026-12-28"
    assert "in force" in shell("check", "--take").stdout
    assert "no other days" in shell("check").stdout
    assert [one["kind"] for one in printed(shell("versions", "--format", "json"))["items"]] == ["shipped"] * 2


def test_an_upgrade_that_lacks_a_notice_given_by_hand_is_not_taken(
    shell: Shell, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shell("notice", "-", stdin=NOTICE)
    assert "lacks the year 2027" in shell("check").stdout
    assert failed("check", "--take") == 1
    assert "without the year 2027" in capsys.readouterr().err
    assert shell("add", "2027-01-29", "10").stdout.strip() == "2027-02-19"


def test_a_slip_of_the_pen_comes_to_light_when_an_upgrade_brings_the_same_notice(
    shell: Shell, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell("notice", "-", stdin=NOTICE)
    with contextlib.closing(open_store(Settings().database_url)) as store, store.reader() as reader:
        document = in_force_or_shipped(reader, "cn").document()
    document["notices"]["2027"]["number"] = None  # the package tells no numbers
    monkeypatch.setattr(countries_module, "china", lambda: Calendar.from_document(document))
    assert "no other days" in shell("check").stdout
    del document["days_worked"]["2027-10-09"]
    assert "2027-10-09 Sat  放假" in shell("check", code=1).stdout
    assert "in force" in shell("check", "--take").stdout
    assert shell("add", "2027-10-08", "1").stdout.strip() == "2027-10-11"


def test_a_change_given_by_hand_is_kept_when_an_upgrade_does_not_know_it(shell: Shell, data: Path) -> None:
    text = NOTICE.split("year:", maxsplit=1)[0] + "days_off: [{name: 假, day: 2026-12-01}]\n"
    shell("notice", "-", stdin=text)
    assert "lacks 国办发明电〔2026〕9号: keep the one in force" in shell("check").stdout
    assert failed("check", "--take") == 1


def test_check_says_how_far_the_calendar_is_decreed_and_what_is_missing(shell: Shell, data: Path) -> None:
    told = shell("check").stdout
    assert "decreed 2004-01-01 through 2026-12-31; provisional from 2027-01-01 on" in told
    assert "No notice for 2027 yet" in told
    shell("notice", "-", stdin=NOTICE)
    assert "No notice" not in shell("check").stdout
