"""Signals: thrown to everybody who listens at that moment (BPMN 2.0.2 §10.5.4, p. 273)."""

from __future__ import annotations

import pytest

from tests.support.bpmn import Run

LISTENERS = """
    start s
    and f
    catch one signal=alarm
    catch two signal=alarm
    catch other signal=calm
    user before
    throw loud signal=alarm
    s -> f
    f -> one
    f -> two
    f -> other
    f -> before -> loud
"""


def test_a_signal_reaches_everybody_who_listens_for_its_name_and_nobody_else() -> None:
    run = Run(LISTENERS).start()
    run.complete("before")
    assert run.traced("caught") == ["one", "two"]
    assert run.at == ["other"]
    assert run.of("signal_thrown") == [{"signal": "alarm"}]


def test_a_signal_from_another_instance_is_heard_too_and_nobody_need_hear_it() -> None:
    run = Run(LISTENERS).start()
    run.signal("calm")
    run.signal("nobody")
    assert run.traced("caught") == ["other"]


def test_a_signal_is_not_kept_for_who_listens_later() -> None:
    run = Run("start s\nthrow t signal=alarm\ncatch c signal=alarm\ns -> t -> c").start()
    assert run.at == ["c"]


def test_a_signal_thrown_by_a_parallel_branch_in_the_same_step_is_heard() -> None:
    for first, second in (("t", "c"), ("c", "t")):
        run = Run(
            f"start s\nand f\nthrow t signal=alarm\ncatch c signal=alarm\ns -> f\nf -> {first}\nf -> {second}"
        ).start()
        assert run.state == "completed"


def test_a_signal_end_throws_before_its_token_is_gone() -> None:
    run = Run("start s\nand f\nuser u\nend e signal=alarm\ncatch c signal=alarm\ns -> f\nf -> u -> e\nf -> c")
    run.start().complete("u")
    assert run.traced("thrown") == ["e"]
    assert run.traced("caught") == ["c"]
    assert run.state == "completed"


def test_a_process_that_starts_with_a_signal_waits_for_it() -> None:
    run = Run("start s signal=alarm\nuser u\ns -> u").start()
    assert run.open == []
    run.signal("alarm")
    assert run.open == ["u"]


@pytest.mark.parametrize("keep", ["", "keep"])
def test_a_signal_on_the_boundary_of_an_activity_interrupts_it_or_not(keep: str) -> None:
    run = Run(f"start s\nuser u\nboundary b on=u signal=alarm {keep}\nuser r\ns -> u\nb -> r").start()
    run.signal("alarm")
    assert run.open == (["u", "r"] if keep else ["r"])
    run.signal("alarm")
    assert run.open == (["u", "r", "r"] if keep else ["r"])


def test_a_signal_that_interrupts_wins_over_work_that_has_not_started() -> None:
    run = Run("""
        start s
        and f
        throw t signal=alarm
        user u
        boundary b on=u signal=alarm
        user r
        s -> f
        f -> t
        f -> u
        b -> r
    """).start()
    assert run.open == ["r"]
    assert [task["name"] for task in run.of("task_opened")] == ["r"]


def test_a_signal_reaches_into_sub_processes_and_out_of_them() -> None:
    run = Run("""
        start s
        and f
        sub one
        start i
        catch c signal=alarm
        throw t signal=answer
        i -> c -> t
        close
        catch d signal=answer
        s -> f
        f -> one
        f -> d
    """).start()
    run.signal("alarm")
    assert run.traced("caught") == ["c", "d"]
    assert run.state == "completed"


def test_who_was_cancelled_by_another_who_heard_the_signal_first_does_not_hear_it() -> None:
    run = Run("""
        start s
        sub one
        start i
        catch c signal=alarm
        i -> c
        close
        boundary b on=one signal=alarm
        user r
        s -> one
        b -> r
    """).start()
    run.signal("alarm")
    assert run.open == ["r"]
    assert run.traced("caught") == ["b"]
