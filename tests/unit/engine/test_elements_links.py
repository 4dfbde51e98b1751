"""Links: a jump inside one scope, drawn without a line (BPMN 2.0.2 p. 267)."""

from __future__ import annotations

from tests.support.bpmn import Run, compiled, findings_of


def test_a_token_jumps_from_where_a_link_is_thrown_to_where_it_is_caught() -> None:
    run = Run("start s\nthrow t link=on\ncatch c link=on\nuser u\ns -> t\nc -> u").start()
    assert run.completed == ["s", "t", "c"]
    assert run.open == ["u"]


def test_a_link_may_be_thrown_from_several_places_and_go_back() -> None:
    run = Run("""
        var n int = 0
        start s
        catch c link=again
        script x: n = n + 1
        xor g default=g_e
        throw t link=again
        end e
        s -> x -> g
        c -> x
        g -> t if n < 3
        g -> e
    """).start()
    assert run.completed.count("t") == 2
    assert run.state == "completed"


def test_a_link_ends_where_it_begins_in_its_own_scope() -> None:
    inside = "sub one\nstart i\ncatch c link=on\nend e\ni -> e\nc -> e\nclose"
    notation = f"start s\nthrow t link=on\ns -> t\ns -> one\n{inside}"
    assert {finding.rule for finding in findings_of(lambda: compiled(notation))} == {"link-unmatched"}


def test_an_inclusive_merge_waits_for_a_token_that_will_come_through_a_link() -> None:
    run = Run("""
        start s
        and f
        user a
        user b
        throw t link=on
        catch c link=on
        or j
        user after
        s -> f
        f -> a -> j
        f -> b -> t
        c -> j
        j -> after
    """).start()
    run.complete("a")
    assert run.open == ["b"]
    run.complete("b")
    assert run.open == ["after"]
