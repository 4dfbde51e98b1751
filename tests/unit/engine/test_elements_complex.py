"""Complex gateways: their own condition to go on, then a reset (BPMN 2.0.2 §10.6.5, table 13.5)."""

from __future__ import annotations

import pytest

from tests.support.bpmn import Run

THREE = """
    start s
    and f
    user a
    user b
    user c
    complex g until="{until}"
    user after
    s -> f
    f -> a -> g
    f -> b -> g
    f -> c -> g
    g -> after
"""


@pytest.mark.parametrize("count", [1, 2, 3])
def test_it_goes_on_once_its_condition_holds_and_takes_the_rest_in_silently(count: int) -> None:
    run = Run(THREE.format(until=f"activationCount >= {count}")).start()
    for place, element in enumerate(("b", "a", "c"), 1):
        run.complete(element)
        assert ("after" in run.open) == (place >= count)
    assert run.open == ["after"]
    run.complete("after")
    assert run.state == "completed"


def test_its_condition_may_ask_for_variables() -> None:
    run = Run(f"var n int = 0\nfield b n int\n{THREE.format(until='n > 5')}").start()
    run.complete("a")
    run.complete("b", n=9)
    assert sorted(run.open) == ["after", "c"]


def test_after_the_reset_it_begins_anew() -> None:
    run = Run("""
        start s
        and f
        user a
        user b
        complex g until="activationCount >= 1"
        user after default=after_m
        xor m
        end never
        s -> m -> f
        f -> a -> g
        f -> b -> g
        g -> after -> m
        after -> never if false
    """).start()
    run.complete("a")
    run.complete("b")
    run.complete("after")
    assert sorted(run.open) == ["a", "b"]
    run.complete("b")
    assert sorted(run.open) == ["a", "after"]


def test_a_reset_does_not_wait_for_tokens_that_have_died() -> None:
    run = Run("""
        start s
        and f
        user a
        user b
        boundary z on=b message=stop
        end gone
        complex g until="activationCount >= 1"
        end e
        s -> f
        f -> a -> g
        f -> b -> g
        z -> gone
        g -> e
    """).start()
    run.complete("a")
    assert run.state is None
    run.message("stop")
    assert run.state == "completed"


def test_tokens_leave_at_the_reset_along_flows_whose_condition_asks_for_it() -> None:
    run = Run("""
        start s
        and f
        user a
        user b
        complex g until="activationCount >= 1"
        user first
        user late
        s -> f
        f -> a -> g
        f -> b -> g
        g -> first if waitingForStart
        g -> late if !waitingForStart
    """).start()
    run.complete("a")
    assert run.open == ["b", "first"]
    run.complete("b")
    assert run.open == ["first", "late"]


def test_a_condition_that_cannot_be_evaluated_is_an_incident_and_is_asked_again() -> None:
    run = Run("""
        var n int
        start s
        and f
        user a
        user b
        field b n int
        complex g until="n > activationCount"
        user after
        s -> f
        f -> a -> g
        f -> b -> g
        g -> after
    """).start()
    run.complete("a")
    assert len(run.codes) == 1
    run.complete("b", n=5)
    assert len(run.codes) == 1
    run.resolve("retry")
    assert run.open == ["after"]
    assert run.codes == []


def test_an_operator_answers_a_condition_that_cannot_be_evaluated_with_the_flow_to_take() -> None:
    run = Run(f"var n int\n{THREE.format(until='n > 1')}").start()
    run.complete("a")
    run.resolve("answer", flow="g_after")
    assert "after" in run.open
    run.complete("b")
    run.complete("c")
    assert run.open == ["after"]


def test_as_a_split_it_takes_every_true_flow() -> None:
    run = Run("""
        var n int = 3
        start s
        complex g
        user a
        user b
        user c
        s -> g
        g -> a if n > 1
        g -> b if n > 2
        g -> c if n > 3
    """).start()
    assert run.open == ["a", "b"]
