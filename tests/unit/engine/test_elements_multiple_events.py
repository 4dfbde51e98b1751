"""Events with several triggers: one of them, or all of them (BPMN 2.0.2 p. 241, 250, 256)."""

from __future__ import annotations

import pytest

from tests.support.bpmn import Run

HOSTS = {
    "catch": "start s\ncatch c {options}\nuser r\ns -> c -> r",
    "boundary": "start s\nuser u\nboundary c on=u {options}\nuser r\ns -> u\nc -> r",
    "handler": "start s\nuser u\ns -> u\nhandler h\nstart c {options}\nuser r\nc -> r\nclose",
    "start": "start c {options}\nuser r\nc -> r",
}


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("trigger", ["message", "signal", "timer"])
def test_one_of_several_triggers_is_enough(host: str, trigger: str) -> None:
    run = Run(HOSTS[host].format(options="message=go signal=go duration=PT1H")).start()
    {
        "message": lambda: run.message("go"),
        "signal": lambda: run.signal("go"),
        "timer": lambda: run.wait(hours=1),
    }[trigger]()
    assert run.open == ["r"]
    assert run.instance.waiting == {}


@pytest.mark.parametrize("host", HOSTS)
def test_all_triggers_are_needed_where_it_says_so_in_whatever_order(host: str) -> None:
    run = Run(HOSTS[host].format(options="message=go signal=go duration=PT1H all")).start()
    run.wait(hours=1)
    run.signal("go")
    run.signal("go")
    assert "r" not in run.open
    run.message("go")
    assert run.open == ["r"]
    assert run.instance.waiting == {}


@pytest.mark.parametrize("host", ["boundary", "handler"])
def test_one_that_does_not_interrupt_fires_for_each_trigger_and_a_time_once(host: str) -> None:
    run = Run(HOSTS[host].format(options="message=go duration=PT1H keep")).start()
    run.wait(hours=1)
    run.wait(hours=1)
    assert run.open == ["u", "r"]
    run.message("go")
    run.message("go")
    assert run.open == ["u", "r", "r", "r"]


@pytest.mark.parametrize("host", ["boundary", "handler"])
def test_one_that_needs_all_and_does_not_interrupt_needs_all_again(host: str) -> None:
    run = Run(HOSTS[host].format(options="message=one message=two all keep")).start()
    for name in ("one", "two", "two"):
        run.message(name)
    assert run.open == ["u", "r"]
    run.message("one")
    assert run.open == ["u", "r", "r"]


def test_times_that_have_come_do_not_come_again() -> None:
    run = Run(HOSTS["boundary"].format(options="date=2026-09-07T11:00:00+08:00 days=1 all keep")).start()
    for _ in range(4):
        run.wait(days=1)
    assert run.open == ["u", "r"]
    assert run.instance.next_alarm() is None


def test_conditions_that_go_on_holding_do_not_fire_again() -> None:
    options = "condition='n > 0' condition='n > 1' all keep"
    ask = "var n int = 5\nuser ask\nfield ask n int\ns -> ask"
    run = Run(f"{ask}\n{HOSTS['boundary'].format(options=options)}").start()
    assert run.open == ["ask", "u", "r"]
    run.complete("ask", n=7)
    assert run.open == ["u", "r"]


def test_a_multiple_end_throws_everything_in_the_order_of_the_file() -> None:
    run = Run("""
        start s
        and f
        catch a signal=one
        catch b signal=two
        user u
        end e signal=two signal=one message=out
        s -> f
        f -> a
        f -> b
        f -> u -> e
    """).start()
    run.complete("u")
    assert run.traced("caught") == ["b", "a"]
    assert [message["message"] for message in run.of("message_thrown")] == ["out"]
    assert run.state == "completed"


def test_a_multiple_throw_compensates_each_activity_and_goes_on() -> None:
    run = Run("""
        start s
        task a
        boundary ba on=a compensation
        user undo_a undo
        ba => undo_a
        task b
        boundary bb on=b compensation
        user undo_b undo
        bb => undo_b
        throw t compensation=a compensation=b
        user after
        s -> a -> b -> t -> after
    """).start()
    assert run.open == ["undo_a"]
    run.complete("undo_a")
    assert run.open == ["undo_b"]
    run.complete("undo_b")
    assert run.open == ["after"]


def test_an_end_that_throws_an_error_throws_the_rest_before() -> None:
    run = Run("""
        start s
        sub one
        start i
        end e error=E1 message=out
        i -> e
        close
        boundary b on=one error=E1
        user r
        s -> one
        b -> r
    """).start()
    assert len(run.of("message_thrown")) == 1
    assert run.open == ["r"]


@pytest.mark.parametrize("host", HOSTS)
def test_of_one_trigger_alone_all_are_that_one(host: str) -> None:
    run = Run(HOSTS[host].format(options="duration=PT1H all")).start()
    run.wait(hours=1)
    assert run.open == ["r"]
    assert run.instance.waiting == {}


@pytest.mark.parametrize("host", ["boundary", "handler"])
def test_of_a_cycle_alone_all_are_each_of_its_times(host: str) -> None:
    run = Run(HOSTS[host].format(options="cycle=R2/PT1H all keep")).start()
    for _ in range(3):
        run.wait(hours=1)
    assert run.open == ["u", "r", "r"]
