"""Standard loops: an activity that repeats one run after the other (BPMN 2.0.2 table 10.29)."""

from __future__ import annotations

import pytest

from tests.support.bpmn import Run

COUNT = "var n int = 0\nvar seen list = []\nstart s\nuser after\ns -> x -> after\n"


@pytest.mark.parametrize(
    ("loop", "rounds"),
    [
        ('while="n < 3"', 3),
        ('while="n < 0"', 1),
        ('while="n < 0" before', 0),
        ('while="n < 3" before', 3),
        ('while="n < 9" max=2', 2),
        ('while="n < 2" max=9', 2),
        ("max=4", 4),
        ('while="n < 9" max=2 before', 2),
        ('while="loopCounter < 3"', 3),
        ("max=0", 0),
    ],
)
def test_a_loop_runs_while_its_condition_holds_and_at_most_as_often_as_it_may(loop: str, rounds: int) -> None:
    run = Run(f"{COUNT}script x {loop}: n = n + 1; seen = seen + [loopCounter]").start()
    assert run.instance.variables["seen"] == list(range(1, rounds + 1))
    assert run.open == ["after"]


def test_the_trace_shows_each_run_under_its_own_type_and_the_whole_as_loop_body() -> None:
    run = Run(f"{COUNT}script x max=2: n = n + 1").start()
    lines = [(entry.type, entry.event) for entry in run.instance.trace or [] if entry.element == "x"]
    assert lines.count(("scriptTask", "completed")) == 2
    assert lines.count(("loopBody", "completed")) == 1
    assert lines[0] == ("loopBody", "activated")


def test_a_user_task_in_a_loop_is_open_once_at_a_time() -> None:
    run = Run(f'{COUNT}user x while="n < 2"\nfield x n int').start()
    run.complete("x", n=1)
    assert run.open == ["x"]
    run.complete("x", n=2)
    assert run.open == ["after"]


def test_a_sub_process_in_a_loop_runs_anew_each_time() -> None:
    run = Run(f"{COUNT}sub x max=3\nstart i\nuser u\ni -> u\nclose").start()
    for _ in range(3):
        assert run.open == ["u"]
        run.complete("u")
    assert run.open == ["after"]


@pytest.mark.parametrize("keep", ["", "keep"])
def test_a_boundary_event_belongs_to_the_loop_as_a_whole(keep: str) -> None:
    run = Run(f"{COUNT}user x max=3\nboundary b on=x message=stop {keep}\nuser r\nb -> r").start()
    run.complete("x")
    run.message("stop")
    assert run.open == (["x", "r"] if keep else ["r"])
    if keep:
        run.complete("x")
        run.complete("x")
        assert sorted(run.open) == ["after", "r"]
        assert run.instance.waiting == {}


def test_a_condition_that_cannot_be_evaluated_stops_the_loop_which_goes_on_when_it_can() -> None:
    run = Run(
        f"""{COUNT}
        var m int
        user x while="m < 2"
        and f
        user give
        field give m int
        s -> f
        f -> give
    """.replace("s -> x -> after", "f -> x -> after")
    ).start()
    run.complete("x")
    assert len(run.codes) == 1
    run.complete("give", m=2)
    run.resolve("retry")
    assert run.open == ["after"]


def test_skipping_a_stopped_loop_leaves_it() -> None:
    run = Run(f'{COUNT}var m int\nuser x while="m < 2"').start()
    run.complete("x")
    run.resolve("skip")
    assert run.open == ["after"]


def test_a_loop_without_end_becomes_an_incident_at_the_limit_of_a_step() -> None:
    run = Run(f'{COUNT}script x while="true": n = n + 1').start()
    assert run.codes == ["step-limit"]
    run.resolve("retry")
    assert run.codes == ["step-limit"]


def test_conditions_behind_a_loop_are_asked_once_with_what_it_has_left() -> None:
    run = Run("""
        var n int = 0
        start s
        script x max=3 default=x_no: n = n + 1
        user yes
        user no
        s -> x
        x -> yes if n == 3
        x -> no
    """).start()
    assert run.open == ["yes"]


def test_a_quantity_of_start_tokens_begins_a_loop_once_they_have_all_come() -> None:
    run = Run(
        "start s\nand f\nuser x max=2 starts=2\ns -> f\nf -> a -> x\nf -> b -> x\ntask a\ntask b"
    ).start()
    assert run.open == ["x"]
    run.complete("x")
    run.complete("x")
    assert run.state == "completed"
