"""Escalations: word goes outwards, the work may go on (BPMN 2.0.2 p. 257, §10.5.6)."""

from __future__ import annotations

import pytest

from tests.support.bpmn import Run


def inside(boundary: str, thrower: str = "throw t escalation=LATE") -> str:
    return f"""
        start s
        sub one
        start i
        user u
        {thrower}
        user go_on
        i -> u -> t -> go_on
        close
        {boundary}
        user r
        s -> one
        b -> r
    """


@pytest.mark.parametrize("code", ["=LATE", ""])
def test_an_escalation_is_caught_on_the_boundary_and_the_work_goes_on(code: str) -> None:
    run = Run(inside(f"boundary b on=one escalation{code} keep")).start()
    run.complete("u")
    assert run.open == ["go_on", "r"]
    assert (run.traced("thrown"), run.traced("caught")) == (["t"], ["b"])


def test_an_interrupting_boundary_ends_the_work_that_escalates() -> None:
    run = Run(inside("boundary b on=one escalation=LATE")).start()
    run.complete("u")
    assert run.open == ["r"]
    assert run.traced("cancelled") == ["one", "t"]


def test_an_escalation_that_nobody_catches_is_lost_without_harm() -> None:
    run = Run("start s\nsub one\nstart i\nthrow t escalation=LATE\ni -> t\nclose\ns -> one").start()
    assert run.state == "completed"


def test_an_escalation_end_event_escalates_and_ends_its_token() -> None:
    run = Run("""
        start s
        sub one
        start i
        end e escalation=LATE
        i -> e
        close
        boundary b on=one escalation=LATE keep
        user r
        user after
        s -> one -> after
        b -> r
    """).start()
    assert sorted(run.open) == ["after", "r"]


def test_an_escalation_is_caught_once_by_the_innermost() -> None:
    run = Run("""
        start s
        sub outer
        start i
        sub inner
        start j
        throw t escalation=LATE
        j -> t
        close
        boundary near on=inner escalation keep
        user n
        i -> inner
        near -> n
        close
        boundary far on=outer escalation=LATE keep
        user r
        s -> outer
        far -> r
    """).start()
    assert run.open == ["n"]


@pytest.mark.parametrize("keep", ["", "keep"])
def test_an_event_sub_process_handles_an_escalation_of_its_scope(keep: str) -> None:
    run = Run(f"""
        start s
        throw t escalation=LATE
        user go_on
        s -> t -> go_on
        handler h
        start hs escalation=LATE {keep}
        user mend
        hs -> mend
        close
    """).start()
    assert run.open == (["go_on", "mend"] if keep else ["mend"])
    for element in run.open:
        run.complete(element)
    assert run.state == "completed"


def test_a_script_escalates_with_a_line_and_goes_on() -> None:
    run = Run("""
        var n int = 0
        start s
        script x: escalate LATE; n = 1
        boundary b on=x escalation=LATE keep
        user r
        user go_on
        s -> x -> go_on
        b -> r
    """).start()
    assert sorted(run.open) == ["go_on", "r"]
    assert run.instance.variables["n"] == 1


def test_an_interrupting_escalation_on_a_script_ends_it_there() -> None:
    run = Run("""
        start s
        script x: escalate LATE
        boundary b on=x escalation=LATE
        user r
        user go_on
        s -> x -> go_on
        b -> r
    """).start()
    assert run.open == ["r"]


def test_a_called_process_escalates_to_its_caller() -> None:
    run = Run("""
        start s
        call c of=q
        boundary b on=c escalation=LATE keep
        user r
        s -> c
        b -> r
        process q
        start i
        throw t escalation=LATE
        user u
        i -> t -> u
    """).start()
    assert sorted(run.open) == ["r", "u"]


def test_an_event_sub_process_does_not_catch_what_it_throws_itself() -> None:
    run = Run("""
        start s
        sub one
        start i
        throw t escalation=LATE
        user go_on
        i -> t -> go_on
        handler h
        start hs escalation keep
        throw again escalation=WORSE
        user mend
        hs -> again -> mend
        close
        close
        boundary b on=one escalation=WORSE keep
        user r
        s -> one
        b -> r
    """).start()
    assert sorted(run.open) == ["go_on", "mend", "r"]
