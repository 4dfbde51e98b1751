"""Exclusive and parallel gateways: choices, counts per flow, joins in loops (BPMN 2.0.2 §10.6)."""

from __future__ import annotations

import pytest

from tests.support.bpmn import Run
from wenzheng.engine.events import EventRefused

CHOICE = """
    var n int
    start s
    xor g {default}
    user big
    user huge
    user small
    s -> g
    g -> big if n > 10
    g -> huge if n > 100
    {last}
"""


def choose(n: int, default: str = "default=g_small", last: str = "g -> small") -> Run:
    return Run(CHOICE.format(default=default, last=last)).start(n=n)


def test_an_exclusive_gateway_takes_the_first_true_flow_in_document_order() -> None:
    assert choose(1000).open == ["big"]


def test_an_exclusive_gateway_takes_the_default_flow_when_no_condition_is_true() -> None:
    assert choose(1).open == ["small"]


def test_the_default_flow_is_asked_last_wherever_it_stands() -> None:
    run = Run("var n int = 1\nstart s\nxor g default=g_a\nuser a\nuser b\ns -> g\ng -> a\ng -> b if n == 1")
    assert run.start().open == ["b"]


def no_flow(n: int = 1) -> Run:
    return choose(n, default="", last="g -> small if n < 0")


def test_no_true_flow_and_no_default_is_an_incident() -> None:
    run = no_flow()
    assert run.codes == ["no-flow"]
    assert run.traced("failed") == ["g"]
    assert run.state is None


def test_an_operator_answers_a_gateway_with_one_of_its_flows() -> None:
    run = no_flow()
    for action, data in (("skip", {}), ("answer", {}), ("answer", {"flow": "s_g"})):
        with pytest.raises(EventRefused, match="g_big, g_huge, g_small"):
            run.resolve(action, **data)
    run.resolve("answer", flow="g_huge")
    assert run.open == ["huge"]


def test_a_retried_gateway_decides_anew() -> None:
    run = Run(
        "var n int\nstart s\nand f\nuser fix\nfield fix n int\nxor g\nuser a\nuser b\n"
        "s -> f\nf -> fix\nf -> g\ng -> a if n == 1\ng -> b if n == 2"
    ).start()
    assert run.codes == ["variable_missing"]
    run.complete("fix", n=2)
    run.resolve("retry")
    assert run.open == ["b"]


def test_an_exclusive_gateway_passes_every_token_that_comes() -> None:
    run = Run("start s\nand f\ntask g\nxor m\nuser a\ns -> f\nf -> m\nf -> g\ng -> m\nm -> a").start()
    assert run.open == ["a", "a"]


# --- parallel -------------------------------------------------------------------------------

DIAMOND = """
    start s
    and f
    user a
    user b
    and j
    user after
    s -> f
    f -> a -> j
    f -> b -> j
    j -> after
"""


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_a_parallel_gateway_splits_and_joins(order: str) -> None:
    run = Run(DIAMOND).start()
    assert run.open == ["a", "b"]
    run.complete(order[0])
    assert run.open == [order[1]]
    assert "j" in run.at
    run.complete(order[1])
    assert run.open == ["after"]
    assert run.completed.count("j") == 1


def test_two_tokens_on_one_flow_do_not_satisfy_the_other() -> None:
    run = Run("""
        start s
        and f
        and g
        xor m
        user b
        and j
        user after
        s -> f
        f -> g
        f -> b -> j
        g -> m
        task h
        g -> h -> m
        m -> j -> after
    """).start()
    assert run.open == ["b"]
    run.complete("b")
    assert run.open == ["after"]
    # The second token on the first flow waits for a second one on the other.
    run.complete("after")
    assert run.state is None
    assert run.at == ["j"]


def test_a_join_that_can_never_be_satisfied_stays_visible_as_waiting() -> None:
    run = Run("""
        var n int = 1
        start s
        xor g default=g_b
        and j
        end e
        s -> g
        g -> j if n == 1
        script b: n = 2
        g -> b -> j
        j -> e
    """).start()
    assert run.state is None
    assert run.at == ["j"]
    assert "j" not in run.completed


def test_a_waiting_join_goes_with_its_scope() -> None:
    run = Run("""
        start s
        sub box
        start i
        and f
        user a
        user b
        and j
        i -> f
        f -> a -> j
        f -> b -> j
        end e
        j -> e
        close
        boundary stop on=box message=stop
        user after
        stop -> after
        s -> box
    """).start()
    run.complete("a")
    run.message("stop")
    assert run.at == ["after"]
    assert run.traced("cancelled") == ["box", "b"]


@pytest.mark.parametrize("restored", [False, True])
def test_a_loop_through_a_join_counts_every_round_by_itself(restored: bool) -> None:
    run = Run(
        """
        var n int = 0
        start s
        xor m
        and f
        user a
        user b
        and j
        script count: n = n + 1
        xor g default=g_e
        end e
        s -> m -> f
        f -> a -> j
        f -> b -> j
        j -> count -> g
        g -> m if n < 3
        g -> e
        """,
        restored=restored,
    ).start()
    for _ in range(3):
        assert run.open == ["a", "b"]
        run.complete("b")
        assert run.open == ["a"]
        run.complete("a")
    assert run.state == "completed"
    assert run.completed.count("j") == 3


def test_a_gateway_that_joins_and_splits_does_both() -> None:
    run = Run(
        "start s\nand f\nuser a\nuser b\nand j\nuser c\nuser d\n"
        "s -> f\nf -> a -> j\nf -> b -> j\nj -> c\nj -> d"
    ).start()
    run.complete("a")
    run.complete("b")
    assert run.open == ["c", "d"]


def test_elements_run_one_at_a_time_first_in_first_out() -> None:
    run = Run("""
        var n int = 0
        start s
        and f
        script a1: n = 1
        script a2: n = 2
        script b1: n = 3
        script b2: n = 4
        s -> f
        f -> a1 -> a2
        f -> b1 -> b2
    """).start()
    assert run.completed == ["s", "f", "a1", "b1", "a2", "b2"]


# --- the step limit -------------------------------------------------------------------------

LOOP = """
    var n int = 0
    start s
    xor m
    script x: n = n + 1
    xor g default=g_e
    end e
    s -> m -> x -> g
    g -> m if n < 1000
    g -> e
"""


def test_a_loop_of_scripts_only_becomes_an_incident_at_the_limit_and_can_be_retried() -> None:
    run = Run(LOOP).start()
    assert run.codes == ["step-limit"]
    assert len(run.completed) == 2000
    run.resolve("retry")
    assert run.state == "completed"
    assert run.instance.variables["n"] == 1000


def test_a_timer_of_no_duration_in_a_loop_cannot_hang_a_step() -> None:
    run = Run(
        "start s\nxor m\ncatch c duration=PT0S\nxor x default=x_m\nend e\n"
        "s -> m -> c -> x -> m\nx -> e if false"
    ).start()
    run.wait(seconds=0)
    assert run.codes == ["step-limit"]
