"""Ad-hoc sub-processes: activities without an order of their own (BPMN 2.0.2 p. 179)."""

from __future__ import annotations

import pytest

from tests.support.bpmn import Run

REST = "var n int = 0\nstart s\nuser after\ns -> x -> after\n"


def adhoc(options: str, inside: str = "user a\nuser b\nuser c") -> Run:
    return Run(f"{REST}adhoc x {options}\n{inside}\nclose").start()


def test_parallel_activities_are_all_open_and_it_ends_when_all_are_done() -> None:
    run = adhoc("")
    assert run.open == ["a", "b", "c"]
    for element in ("b", "a", "c"):
        run.complete(element)
    assert run.open == ["after"]


def test_sequential_activities_are_open_one_at_a_time() -> None:
    run = adhoc("in_turn")
    for element in ("a", "b", "c"):
        assert run.open == [element]
        run.complete(element)
    assert run.open == ["after"]


@pytest.mark.parametrize("in_turn", ["", "in_turn"])
def test_the_completion_condition_is_looked_at_after_each_activity_and_cancels_the_rest(in_turn: str) -> None:
    run = adhoc(f'until="n > 1" {in_turn}', "user a\nfield a n int\nuser b\nuser c")
    run.complete("a", n=2)
    assert run.open == ["after"]
    assert "b" not in run.completed


def test_the_rest_may_go_on_when_it_is_not_to_be_cancelled() -> None:
    run = adhoc('until="n > 1" keep', "user a\nfield a n int\nuser b")
    run.complete("a", n=2)
    assert run.open == ["b"]
    run.complete("b")
    assert run.open == ["after"]


def test_what_is_not_to_be_cancelled_but_has_not_begun_does_not_begin() -> None:
    run = adhoc('until="n > 1" keep in_turn', "user a\nfield a n int\nuser b")
    run.complete("a", n=2)
    assert run.open == ["after"]


def test_flows_inside_are_followed() -> None:
    run = adhoc("in_turn", "user a\nuser then\nuser b\na -> then")
    opened = []
    while run.open != ["after"]:
        opened.append(run.open[0])
        run.complete(run.open[0])
    assert opened == ["a", "then", "b"]


def test_a_condition_that_cannot_be_evaluated_is_one_incident_which_can_be_retried_or_skipped() -> None:
    inside = "user a\nuser b\nuser c\nfield c m int"
    for action in ("retry", "skip"):
        run = Run(f"{REST}var m int\nadhoc x until='m > 1'\n{inside}\nclose").start()
        run.complete("a")
        run.complete("b")
        assert len(run.codes) == 1
        if action == "retry":
            run.complete("c", m=2)
        run.resolve(action)
        assert run.open == ["after"]
        assert run.codes == []


def test_a_boundary_event_ends_it_with_all_that_is_open() -> None:
    run = Run(f"{REST}adhoc x\nuser a\nuser b\nclose\nboundary z on=x message=stop\nuser r\nz -> r").start()
    run.message("stop")
    assert run.open == ["r"]


def test_in_a_loop_it_begins_anew_each_time() -> None:
    run = adhoc("in_turn max=2", "user a\nuser b")
    opened = []
    while run.open != ["after"]:
        opened.append(run.open[0])
        run.complete(run.open[0])
    assert opened == ["a", "b", "a", "b"]


def test_it_can_be_undone() -> None:
    run = Run("""
        start s
        adhoc x in_turn until="false"
        task a
        boundary b on=a compensation
        user back undo
        b => back
        task d
        boundary e on=d compensation
        user further undo
        e => further
        close
        end z compensation
        s -> x -> z
    """).start()
    assert run.open == ["further"]
    run.complete("further")
    assert run.open == ["back"]
    run.complete("back")
    assert run.state == "completed"
