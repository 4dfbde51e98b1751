"""Form fields whose value is a list of ids, and dates that lie ahead."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.bpmn import Run, compiled, findings_of
from wenzheng.engine.events import EventRefused
from wenzheng.engine.model import FormField
from wenzheng.engine.state import digest
from wenzheng.simulation.answers import least_form

FORM = """
    start s
    user ask role=clerk
    field ask helpers units min=1 max=3
    field ask proof files required max=2
    end e
    s -> ask -> e
"""


@pytest.mark.parametrize(
    "data",
    [
        {"proof": []},
        {"proof": ["a", "b"], "helpers": ["x"]},
        {"proof": ["a"], "helpers": ["x", "y", "z"]},
        {"proof": ["a"], "helpers": None},
    ],
)
def test_a_list_of_ids_is_taken_and_becomes_a_variable(data: dict[str, Any]) -> None:
    run = Run(FORM).start()
    run.complete("ask", **data)
    assert run.state == "completed"
    assert run.instance.variables["proof"] == data["proof"]
    assert run.instance.variables["helpers"] == data.get("helpers")


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({}, "'proof' is required"),
        ({"proof": None}, "'proof' is required"),
        ({"proof": "a"}, "'proof' must be a value of type list"),
        ({"proof": {"a": 1}}, "'proof' must be a value of type list"),
        ({"proof": [1]}, "'proof' must be a list of ids"),
        ({"proof": ["a", None]}, "'proof' must be a list of ids"),
        ({"proof": [["a"]]}, "'proof' must be a list of ids"),
        ({"proof": [""]}, "'proof' must be a list of ids"),
        ({"proof": ["a", "a"]}, "'proof' must name each id once"),
        ({"proof": ["a", "b", "c"]}, "'proof' must be at most 2 entries"),
        ({"proof": [], "helpers": []}, "'helpers' must be at least 1 entries"),
        ({"proof": [], "helpers": list("wxyz")}, "'helpers' must be at most 3 entries"),
        ({"proof": [], "helpers": ["a\0"]}, "NUL"),
        ({"proof": [], "helpers": ["a\ud800"]}, "surrogate"),
    ],
)
def test_a_list_that_is_not_right_is_refused_and_nothing_changes(data: dict[str, Any], found: str) -> None:
    run = Run(FORM).start()
    before = digest(run.instance)
    with pytest.raises(EventRefused, match=found) as refused:
        run.complete("ask", **data)
    assert refused.value.code == "BadData"
    assert digest(run.instance) == before


def test_a_list_can_be_asked_about_in_an_expression() -> None:
    notation = FORM.replace("s -> ask -> e", "xor g default=g_none\nend none\ns -> ask -> g\ng -> none")
    run = Run(f"{notation}\ng -> e if proof.size() > 1 && proof.exists(p, p == 'b')").start()
    run.complete("ask", proof=["a", "b"])
    assert run.completed[-1] == "e"


@pytest.mark.parametrize("kind", ["units", "files"])
def test_a_list_has_no_fixed_values(kind: str) -> None:
    (finding,) = findings_of(
        lambda: compiled(FORM.replace("helpers units min=1", f"helpers {kind} values=a,b"))
    )
    assert (finding.rule, finding.element) == ("field-limit", "ask")


@pytest.mark.parametrize(("kind", "runs"), [("list", True), ("string", False), ("map", False)])
def test_a_variable_of_the_same_name_is_a_list_too(kind: str, runs: bool) -> None:
    notation = f"var proof {kind}\n{FORM}"
    if runs:
        compiled(notation)
    else:
        assert "field-type" in {finding.rule for finding in findings_of(lambda: compiled(notation))}


@pytest.mark.parametrize("kind", ["units", "files"])
def test_a_simulated_person_fills_in_the_least_list_that_is_allowed(kind: str) -> None:
    required = FormField("some", kind, "some", required=True)
    assert least_form([required], "2026-09-07") == {"some": []}
    run = Run(FORM.replace("units min=1", f"{kind} required min=2")).start()
    helpers = compiled(FORM.replace("units min=1", f"{kind} required min=2")).model
    (ask,) = [element for element in helpers.all_elements() if element.id == "ask"]
    run.complete("ask", **least_form(ask.fields, "2026-09-07"))
    assert len(set(run.instance.variables["helpers"])) == 2


AHEAD = """
    start s
    user ask role=clerk
    field ask promised date required notBefore=today
    field ask held date notBefore=tomorrow
    end e
    s -> ask -> e
"""


def test_a_date_that_lies_ahead_is_measured_by_the_day_on_which_the_form_is_sent() -> None:
    run = Run(
        AHEAD, now=datetime(2026, 9, 1, 15, 59, tzinfo=UTC)
    ).start()  # one minute to midnight in Beijing
    run.wait(minutes=2)
    with pytest.raises(EventRefused) as refused:
        run.complete("ask", promised="2026-09-01", held="2026-09-02")
    assert "'promised' must be 2026-09-02 or later, found 2026-09-01" in str(refused.value)
    assert "'held' must be 2026-09-03 or later, found 2026-09-02" in str(refused.value)
    run.complete("ask", promised="2026-09-02", held="2026-09-03")
    assert run.state == "completed"


def test_only_a_date_can_lie_ahead() -> None:
    (finding,) = findings_of(lambda: compiled(AHEAD.replace("promised date", "promised string")))
    assert (finding.rule, finding.element) == ("field-limit", "ask")


def test_what_is_traced_without_answers_lies_ahead_too() -> None:
    (ask,) = [one for one in compiled(AHEAD).model.all_elements() if one.id == "ask"]
    assert least_form([replace(one, required=True) for one in ask.fields], "2026-09-01") == {
        "promised": "2026-09-01",
        "held": "2026-09-02",
    }
