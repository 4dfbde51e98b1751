"""`wenzheng incidents …` at night, from a shell, against the real application."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import typer

from tests.web.conftest import City, Shell
from wenzheng.cli.incidents import app


@pytest.fixture
def shell(shell_of: Callable[[typer.Typer], Shell]) -> Shell:
    """Runs `wenzheng incidents`."""
    return shell_of(app)


@pytest.fixture
def stopped(city: City, shell: Shell) -> str:
    """The name of the incident of a letter whose author cannot be told that it was accepted."""
    city.processes.broken["notify_author"] = "Cannot reach 13811112222.\x1b[31m"
    city.done(city.submit()["number"], "accept", "clerk")
    (found,) = data_of(shell("list", "--format", "json"))["items"]
    return str(found["id"])


def data_of(result: Any) -> Any:
    return json.loads(result.stdout)


def test_an_operator_lists_looks_and_resolves_with_few_words(city: City, shell: Shell, stopped: str) -> None:
    listed = shell("list").stdout
    for words in (stopped, "tell_accepted", "service-failed", "*********22", "2026-09-01 10:00"):
        assert words in listed
    assert "\x1b" not in listed
    shown = shell("show", stopped).stdout
    assert "Type      serviceTask" in shown
    assert f"Next: wenzheng incidents skip {stopped} --reason WHY" in shown
    assert f"Next: wenzheng incidents answer {stopped} --set queued=BOOL --reason WHY" in shown
    city.processes.broken.clear()
    done = shell("retry", stopped, "--reason", "mail is back").stdout
    assert done == f"{stopped}: retry by operator, 2026-09-01 10:00\n"
    assert shell("list").stdout == "No incidents.\n"
    assert "retry by operator" in shell("list", "--resolved").stdout
    assert "Reason    mail is back" in shell("show", stopped).stdout


def test_a_retry_in_vain_names_what_stopped_again(shell: Shell, stopped: str) -> None:
    assert (
        "Open in the same instance: wenzheng incidents show 2026-000001-"
        in shell("retry", stopped, "--reason", "x").stdout
    )


def test_an_answer_takes_values_as_people_write_them(shell: Shell, stopped: str) -> None:
    wrong = shell(
        "answer", stopped, "--set", "queued=maybe", "--set", "odd=1", "--reason", "x", code=1
    ).stderr
    for words in ("#/data/queued", "expected true or false, found maybe", "#/data/odd", "[bad-data]"):
        assert words in wrong
    assert wrong.count("\n") == 1
    assert "answer by operator" in shell("answer", stopped, "--set", "queued=yes", "--reason", "x").stdout


def test_the_same_act_named_twice_is_one_act_and_another_decision_hears_who_was_first(
    shell: Shell, stopped: str
) -> None:
    for _ in range(2):
        shell("skip", stopped, "--reason", "x", "--act-id", "one")
    late = shell("retry", stopped, "--reason", "x", code=1).stderr
    assert "operator resolved" in late
    assert "at 2026-09-01 10:00 by skip. [already-done]" in late


def test_a_role_that_may_not_decide_is_told_so(shell: Shell, stopped: str) -> None:
    assert "[wrong-role]" in shell("skip", stopped, "--reason", "x", "--as", "clerk", code=1).stderr
    assert stopped in shell("list", "--as", "process_admin").stdout


@pytest.mark.parametrize(
    "words",
    [
        ("skip", "x"),
        ("answer", "x", "--reason", "r", "--set", "queued"),
        ("answer", "x", "--reason", "r", "--set", "=1"),
        ("answer", "x", "--reason", "r", "--set", "a=1", "--set", "a=2"),
        ("list", "--limit", "0"),
    ],
)
def test_wrong_usage_exits_with_2(shell: Shell, words: tuple[str, ...]) -> None:
    shell(*words, code=2)


def test_an_incident_that_is_not_there_is_a_failure_with_a_remedy(shell: Shell) -> None:
    assert "[no-incident]" in shell("show", "2026-000001-7", code=1).stderr
