"""Flows out of activities: implicit splits, conditions, defaults, quantities (BPMN 2.0.2 p. 151, 427)."""

from __future__ import annotations

import pytest

from tests.support.bpmn import Run
from wenzheng.engine.events import EventRefused


def test_several_flows_out_of_an_activity_or_event_all_get_a_token() -> None:
    run = Run("start s\nuser a\nuser b\nuser c\nuser d\ns -> a\ns -> b\na -> c\na -> d").start()
    assert run.open == ["a", "b"]
    run.complete("a")
    assert run.open == ["b", "c", "d"]


def test_several_flows_into_an_activity_are_not_joined_each_token_runs_it() -> None:
    run = Run("start s\nuser a\nuser b\nuser c\ns -> a\ns -> b\na -> c\nb -> c").start()
    run.complete("a")
    run.complete("b")
    assert run.open == ["c", "c"]


CONDITIONS = """
    var n int = 0
    start s
    task a {default}
    user b
    user c
    user d
    s -> a
    a -> b if n > 0
    a -> c if n > 1
    a -> d
"""


@pytest.mark.parametrize(("n", "taken"), [(0, ["d"]), (1, ["b"]), (2, ["b", "c"])])
def test_the_default_flow_of_an_activity_is_taken_when_no_condition_is_true(n: int, taken: list[str]) -> None:
    assert Run(CONDITIONS.format(default="default=a_d")).start(n=n).open == taken


@pytest.mark.parametrize(("n", "taken"), [(0, ["d"]), (2, ["b", "c", "d"])])
def test_a_flow_without_a_condition_is_always_taken(n: int, taken: list[str]) -> None:
    assert Run(CONDITIONS.format(default="")).start(n=n).open == taken


def stuck() -> Run:
    run = Run(f"""
        field a n int
        {CONDITIONS.format(default="").replace("task a", "user a").replace("a -> d", "b -> d")}
        boundary z on=a message=stop
        z -> d
    """).start()
    run.complete("a", n=0)
    return run


def test_no_flow_to_take_is_an_incident_of_the_activity_which_has_done_its_work() -> None:
    run = stuck()
    assert run.codes == ["no-flow"]
    assert (run.open, len(run.of("task_closed"))) == ([], 1)
    run.resolve("retry")
    assert run.codes == ["no-flow"]


def test_an_operator_chooses_the_flow_and_cannot_skip_the_choice() -> None:
    run = stuck()
    for action, data in (("skip", {}), ("answer", {}), ("answer", {"flow": "s_a"})):
        with pytest.raises(EventRefused, match="a_b, a_c"):
            run.resolve(action, **data)
    run.resolve("answer", flow="a_c")
    assert run.open == ["c"]


def test_a_boundary_event_still_rescues_an_activity_that_cannot_leave() -> None:
    run = stuck()
    run.message("stop")
    assert (run.open, run.codes) == (["d"], [])


def test_an_activity_begins_once_so_many_tokens_have_come_along_whichever_flows() -> None:
    run = Run("start s\ntask f tokens=3\nuser a\nuser x starts=3\ns -> f\nf -> a -> x").start()
    run.complete_any("a")
    run.complete_any("a")
    assert run.open == ["a"]
    run.complete_any("a")
    assert run.open == ["x"]


def test_tokens_that_are_too_few_stay_visible() -> None:
    run = Run("start s\nuser x starts=2\ns -> x").start()
    assert (run.open, run.at, run.state) == ([], ["x"], None)


def test_so_many_tokens_leave_along_each_flow_when_it_completes() -> None:
    run = Run("start s\nuser x tokens=2\nuser a\nuser b\ns -> x\nx -> a\nx -> b").start()
    run.complete("x")
    assert sorted(run.open) == ["a", "a", "b", "b"]


@pytest.mark.parametrize("kind", ["task", "manual"])
def test_tasks_without_work_for_the_engine_go_on_at_once(kind: str) -> None:
    run = Run(f"start s\n{kind} x\nend e\ns -> x -> e").start()
    assert run.completed == ["s", "x", "e"]


def test_a_process_without_start_events_begins_wherever_nothing_leads_to() -> None:
    run = Run("user a\nuser b\nuser c\na -> c").start()
    assert run.open == ["a", "b"]


def test_a_sub_process_without_start_event_begins_wherever_nothing_leads_to() -> None:
    run = Run("start s\nsub one\nuser a\nuser b\nclose\nuser after\ns -> one -> after").start()
    assert run.open == ["a", "b"]
    run.complete("a")
    run.complete("b")
    assert run.open == ["after"]
