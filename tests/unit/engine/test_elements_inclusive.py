"""Inclusive gateways: all that are true, and the general synchronising merge (BPMN 2.0.2 §13.4.3)."""

from __future__ import annotations

import pytest

from tests.support.bpmn import Run
from wenzheng.engine.events import EventRefused

SPLIT = """
    var n int = 0
    start s
    or g default=g_c
    user a
    user b
    user c
    or j
    user after
    s -> g
    g -> a if n % 2 == 1
    g -> b if n > 1
    g -> c
    a -> j
    b -> j
    c -> j
    j -> after
"""


@pytest.mark.parametrize(("n", "taken"), [(1, ["a"]), (2, ["b"]), (3, ["a", "b"]), (0, ["c"])])
def test_a_token_goes_along_each_true_flow_or_the_default_and_the_merge_waits_for_just_these(
    n: int, taken: list[str]
) -> None:
    run = Run(SPLIT).start(n=n)
    assert run.open == taken
    for element in taken:
        assert "after" not in run.open
        run.complete(element)
    assert run.open == ["after"]


def no_flow() -> Run:
    return Run(
        "var n int = 0\nstart s\nor g\nuser a\nuser b\ns -> g\ng -> a if n == 1\ng -> b if n == 2"
    ).start()


def test_no_true_flow_and_no_default_is_an_incident_that_an_operator_answers_with_a_flow() -> None:
    run = no_flow()
    assert run.codes == ["no-flow"]
    for action, data in (("skip", {}), ("answer", {}), ("answer", {"flow": "s_g"})):
        with pytest.raises(EventRefused, match="g_a, g_b"):
            run.resolve(action, **data)
    run.resolve("answer", flow="g_b")
    assert run.open == ["b"]


def test_a_merge_goes_on_when_the_token_it_waited_for_has_died_elsewhere() -> None:
    run = Run("""
        var n int = 0
        start s
        and f
        user a
        user b
        field b n int
        xor g default=g_x
        end x
        or j
        user after
        s -> f
        f -> a -> j
        f -> b -> g
        g -> j if n == 1
        g -> x
        j -> after
    """).start()
    run.complete("a")
    assert run.open == ["b"]
    run.complete("b", n=2)
    assert run.open == ["after"]


def test_a_merge_goes_on_when_the_token_it_waited_for_was_cancelled() -> None:
    run = Run("""
        start s
        and f
        user a
        user b
        boundary z on=b message=stop
        end gone
        or j
        user after
        s -> f
        f -> a -> j
        f -> b -> j
        z -> gone
        j -> after
    """).start()
    run.complete("a")
    run.message("stop")
    assert run.open == ["after"]


def test_a_merge_does_not_wait_for_what_cannot_reach_it() -> None:
    run = Run("""
        start s
        and f
        user a
        user b
        end x
        xor g default=g_y
        task c
        end y
        or j
        user after
        s -> f
        f -> a -> j
        f -> b -> x
        f -> g
        g -> c if false
        g -> y
        c -> j
        j -> after
    """).start()
    run.complete("a")
    assert run.open == ["b", "after"]


LOOP = """
    var n int = 0
    start s
    or m
    user work
    field work n int
    xor g default=g_e
    end e
    s -> m -> work -> g
    g -> m if n > 0
    g -> e
"""


def test_a_merge_at_the_head_of_a_loop_does_not_wait_for_the_loops_own_token() -> None:
    run = Run(LOOP).start()
    for _ in range(3):
        run.complete("work", n=1)
        assert run.open == ["work"]
    run.complete("work", n=0)
    assert run.state == "completed"


def test_a_merge_inside_a_loop_counts_each_round_by_itself() -> None:
    run = Run("""
        var n int = 0
        start s
        xor m
        or f default=f_a
        user a
        user b
        or j
        script count: n = n + 1
        xor g default=g_e
        end e
        s -> m -> f
        f -> a
        f -> b if n != 1
        a -> j
        b -> j
        j -> count -> g
        g -> m if n < 3
        g -> e
    """).start()
    rounds = []
    while run.state is None:
        rounds.append(run.open)
        for element in run.open:
            run.complete(element)
    assert rounds == [["b"], ["a"], ["b"]]


def test_two_merges_in_a_row_each_wait_for_their_own() -> None:
    run = Run("""
        start s
        and f
        user a
        user b
        user c
        or j
        or k
        user after
        s -> f
        f -> a -> j
        f -> b -> j
        f -> c -> k
        j -> k
        k -> after
    """).start()
    for element in ("c", "a"):
        run.complete(element)
        assert "after" not in run.open
    run.complete("b")
    assert run.open == ["after"]
    assert (run.completed.count("j"), run.completed.count("k")) == (1, 1)


def test_two_tokens_on_one_flow_are_two_rounds() -> None:
    run = Run("""
        start s
        and f
        user a tokens=2
        user b
        or j
        user after
        s -> f
        f -> a -> j
        f -> b -> j
        j -> after
    """).start()
    run.complete("a")
    run.complete("b")
    assert run.open == ["after", "after"]


def test_a_merge_that_also_splits_does_both() -> None:
    run = Run("""
        start s
        and f
        user a
        user b
        or j
        user x
        user y
        s -> f
        f -> a -> j
        f -> b -> j
        j -> x if true
        j -> y if true
    """).start()
    run.complete("a")
    run.complete("b")
    assert run.open == ["x", "y"]


def test_a_merge_waits_for_a_token_inside_a_sub_process_that_leads_to_it() -> None:
    run = Run("""
        start s
        and f
        user a
        sub one
        start i
        user u
        i -> u
        close
        or j
        user after
        s -> f
        f -> a -> j
        f -> one -> j
        j -> after
    """).start()
    run.complete("a")
    assert run.open == ["u"]
    run.complete("u")
    assert run.open == ["after"]


def test_a_token_that_has_just_left_the_merge_and_may_come_back_is_waited_for() -> None:
    run = Run("""
        var n int = 0
        start s
        task a tokens=2
        task beside
        end x
        or j
        user work
        xor g default=g_e
        end e
        s -> a -> j
        s -> beside -> x
        j -> work -> g
        g -> j if n > 0
        g -> e
    """).start()
    assert run.open == ["work"]
    run.complete("work")
    assert run.open == ["work"]


def test_a_merge_does_not_wait_for_a_token_that_may_also_come_along_a_flow_that_holds_one() -> None:
    run = Run("""
        start s
        and f
        user a
        user b
        xor g default=g_d
        xor c
        task d
        or j
        user after
        s -> f
        f -> a -> c
        f -> b -> g
        g -> c if false
        g -> d -> j
        c -> j
        j -> after
    """).start()
    run.complete("a")
    assert run.open == ["b", "after"]
