"""`wenzheng petition …` from a shell, against the real application."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from tests.web.conftest import City
from wenzheng.cli import connection
from wenzheng.cli.petition import app
from wenzheng.cli.petition_output import clean, first_line, table

Shell = Callable[..., Result]


@pytest.fixture
def shell(shell_of: Callable[[typer.Typer], Shell]) -> Shell:
    """Runs `wenzheng petition`."""
    return shell_of(app)


def data_of(result: Result) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def test_a_letter_goes_all_the_way_with_few_words(shell: Shell) -> None:
    letter = data_of(shell("submit", "--text", "路灯坏了", "--public", "--format", "json"))
    number, code = letter["number"], letter["tracking_code"]
    assert "Next: wenzheng petition assign" in shell("accept", number).stdout
    assert "Next: wenzheng petition sign" in shell("assign", number, "housing", "--with", "transport").stdout
    assert "Next: wenzheng petition reply" in shell("sign", number).stdout
    assert "Next: wenzheng petition approve" in shell("reply", number, "明天修").stdout
    assert "Next: wenzheng petition reply" in shell("approve", number, "--back", "今晚就修").stdout
    shell("reply", number, "今晚修", "--kind", "promised", "--by", "2026-09-30")
    assert "promised" in shell("approve", number).stdout
    assert "Next: wenzheng petition check" in shell("complete", number, "修好").stdout
    assert "reported" in shell("check", number, "--back", "请附照片").stdout
    shell("complete", number, "修好了")
    assert "completed" in shell("check", number).stdout
    assert "the author" in shell("feedback", number, "已修好").stdout
    assert "closed" in shell("rate", code, "--solved", "--satisfaction", "5").stdout
    shown = shell("show", number).stdout
    for words in ("solved", "green", "今晚修", "修好了", "已修好", "市住房和城乡建设局"):
        assert words in shown
    assert number in shell("list", "--lamp", "green").stdout
    assert number not in shell("list", "--lamp", "red").stdout


def test_submit_prints_what_to_keep_and_what_comes_next(shell: Shell) -> None:
    out = shell("submit", "--title", "路灯", "--text", "坏了", "--kind", "complaint", "--name", "王芳").stdout
    assert "Tracking code" in out
    assert "wenzheng petition accept 2026-000001" in out


def test_author_without_a_second_factor_is_told_how_the_command_takes_one(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(connection.PASSPHRASE_VARIABLE)
    said = shell("submit", "--text", "路灯坏了", code=1).stderr
    assert "set WENZHENG_PASSPHRASE" in said
    assert "--passphrase-file" in said


def test_an_empty_list_tells_no_letters_from_no_such_letters(shell: Shell) -> None:
    assert "Submit one" in shell("list").stdout
    shell("submit", "--text", "路灯坏了")
    assert "No letters like that" in shell("list", "--lamp", "red").stdout


def test_times_are_the_citys_wherever_the_shell_is(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        number = data_of(shell("submit", "--text", "路灯坏了", "--format", "json"))["number"]
        assert f"{number}: accepted (by clerk, 2026-09-01 10:00)" in shell("accept", number).stdout
        assert "at 2026-09-01 10:00. " in shell("accept", number, "--as", "centre_head", code=1).stderr
    finally:
        monkeypatch.undo()
        time.tzset()


def test_clerk_who_misspells_a_unit_hears_the_command_that_lists_them(shell: Shell) -> None:
    number = data_of(shell("submit", "--text", "路灯坏了", "--format", "json"))["number"]
    shell("accept", number)
    assert "`wenzheng petition units`" in shell("assign", number, "hausing", code=1).stderr


def test_nothing_running_in_this_folder_says_how_to_name_another(shell: Shell, tmp_path: Path) -> None:
    said = shell("list", "--data", str(tmp_path / "elsewhere"), code=1).stderr
    assert "another data folder" in said
    assert "--data or WENZHENG_DATA_DIR" in said


def test_text_comes_from_a_file_or_standard_input_unchanged(shell: Shell, tmp_path: Path) -> None:
    text = "第一行\r\n第二行💡\n"
    file = tmp_path / "letter.txt"
    file.write_bytes(text.encode())
    for words, stdin in ((["--text-file", str(file)], None), (["--text", "-"], text.encode())):
        letter = data_of(shell("submit", *words, "--format", "json", stdin=stdin))
        assert data_of(shell("show", letter["tracking_code"], "--format", "json"))["text"] == text


def test_supervisor_heads_and_named_accounts(shell: Shell) -> None:
    letter = data_of(shell("submit", "--text", "路灯坏了", "--format", "json"))
    number, code = letter["number"], letter["tracking_code"]
    shell("accept", number, "--as", "centre_head")
    shell("assign", number, "transport")
    # The letter is not public: another department hears what it would hear of one that is not there.
    refused = shell("reply", number, "不归我们", "--as", "department_housing", code=1)
    assert "no-letter" in refused.stderr
    shell("sign", number)
    for _ in range(2):
        shell("reply", number, "已处理", "--as", "head_transport")
        shell("approve", number)
        shell("complete", number, "完成")
        shell("check", number)
        shell("feedback", number, "告知")
        shell("rate", code, "--not-solved", "--satisfaction", "1")
    shell("decide", number, "责成办理")
    assert data_of(shell("show", number, "--format", "json"))["outcome"] == "decided"


def test_tasks_inbox_units_and_withdrawal(shell: Shell) -> None:
    letter = data_of(shell("submit", "--text", "路灯坏了", "--format", "json"))
    assert letter["number"] in shell("tasks").stdout
    assert "inbox is empty" in shell("inbox").stdout
    assert "housing" in shell("units").stdout
    shell("withdraw", letter["tracking_code"], "--reason", "已解决")
    assert "No open tasks" in shell("tasks").stdout


def test_the_same_act_id_twice_is_one_act(shell: Shell) -> None:
    first = shell("submit", "--text", "路灯坏了", "--act-id", "once").stdout
    assert shell("submit", "--text", "路灯坏了", "--act-id", "once").stdout == first


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (["accept", "2026-000009"], "Check the number"),
        (["assign", "2026-000001", "nowhere"], "list of units"),
        (["show", "2026-000001", "--as", "nobody"], "known: clerk"),
        (["submit", "--text", "灯" * 4001], "4001"),
        (["reply", "2026-000001", "x"], "wenzheng petition assign"),
        (["complete", "2026-000001", "--text-file", "no-such-file"], "check the path"),
        (["acknowledge", "nothing", "--reason", "x"], "inbox"),
    ],
)
def test_what_cannot_be_done_is_one_line_with_a_remedy(shell: Shell, words: list[str], remedy: str) -> None:
    shell("submit", "--text", "路灯坏了")
    shell("accept", "2026-000001")
    result = shell(*words, code=1)
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1
    assert remedy in result.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["submit"],
        ["submit", "--text", "x", "--text-file", "y"],
        ["rate", "CODE", "--solved", "--satisfaction", "6"],
        ["rate", "CODE", "--satisfaction", "5"],
        ["accept", "2026-000001", "--reject"],
        ["acknowledge", "x"],
        ["acknowledge", "x", "--date", "tomorrow"],
        ["reply", "2026-000001", "x", "--kind", "maybe"],
        ["fly"],
    ],
)
def test_wrong_usage_exits_2(shell: Shell, words: list[str]) -> None:
    shell(*words, code=2)


def test_without_a_running_house_the_remedy_is_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["list", "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert "wenzheng run" in result.stderr
    away = CliRunner().invoke(app, ["list", "--data", str(tmp_path), "--url", "http://127.0.0.1:9"])
    assert away.exit_code == 1
    assert "nobody answers" in away.stderr


def test_chinese_columns_stand_in_line() -> None:
    lines = table(("名", "B"), [("路灯坏了", "x"), ("ab", "y")]).splitlines()
    assert lines == ["名        B", "路灯坏了  x", "ab        y"]


def test_a_letter_cannot_drive_the_terminal() -> None:
    assert "\x1b" not in clean("\x1b[2J坏\x07")
    assert "\u202e" not in clean("a\u202eb")
    assert first_line("\n\n  标题 \n正文") == "标题"


def test_act_whose_fate_is_unknown_names_the_id_to_send_it_again_with(city: City, shell: Shell) -> None:
    number = city.submit()["number"]
    city.processes.away = True
    said = shell("accept", number, code=1).output
    city.processes.away = False
    again = said.split("--act-id ")[1].split()[0]
    shell("accept", number, "--act-id", again)
    shell("accept", number, "--act-id", again)
    assert "--act-id" not in shell("accept", number, code=1).output


def test_what_cannot_be_encoded_is_one_sentence(city: City, shell: Shell) -> None:
    number = city.submit()["number"]
    said = shell("accept", number, "--act-id", "受理", code=1).output
    assert "ASCII" in said
    assert "cannot be sent" in said
    assert "\\udcff" in shell("submit", "--text", "a\udcff", "--title", "路灯", code=1).output


def test_authors_prove_themselves_with_a_passphrase_that_stands_in_no_command_line(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "word"
    file.write_text("芝麻开门\n", encoding="utf-8")
    monkeypatch.delenv(connection.PASSPHRASE_VARIABLE)
    receipt = shell("submit", "--text", "路灯坏了", "--passphrase-file", str(file)).stdout
    assert "Second factor  the passphrase" in receipt
    code = receipt.split("Tracking code  ")[1].split()[0]
    refused = shell("show", code, code=1).stderr
    assert "WENZHENG_PASSPHRASE" in refused
    assert len(refused.strip().splitlines()) == 1
    assert "路灯坏了" in shell("show", code, "--passphrase-file", str(file)).stdout
    monkeypatch.setenv(connection.PASSPHRASE_VARIABLE, "falsch-geraten")
    assert "second-factor" in shell("withdraw", code, code=1).stderr
    monkeypatch.setenv(connection.PASSPHRASE_VARIABLE, "芝麻开门")
    assert "closed" in shell("withdraw", code).stdout


def test_a_contact_serves_as_second_factor_and_without_one_it_is_said(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(connection.PASSPHRASE_VARIABLE)
    receipt = shell("submit", "--text", "路灯坏了", "--contact", "138 0000 0000").stdout
    assert "Second factor  the contact" in receipt
    code = receipt.split("Tracking code  ")[1].split()[0]
    monkeypatch.setenv(connection.PASSPHRASE_VARIABLE, "13800000000")
    assert "路灯坏了" in shell("show", code).stdout
    monkeypatch.delenv(connection.PASSPHRASE_VARIABLE)
    assert "expected a word of your own" in shell("submit", "--text", "路灯坏了", code=1).stderr
    monkeypatch.setenv(connection.PASSPHRASE_VARIABLE, "kurz")
    assert "at least 6 letters or digits" in shell("submit", "--text", "路灯坏了", code=1).stderr
