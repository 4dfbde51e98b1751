"""Event sub-processes wait beside the flow of their scope (BPMN 2.0.2 p. 174, 242)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.bpmn import MONDAY, Run

TRIGGERS = {
    "message=go": lambda run: run.message("go"),
    "signal=go": lambda run: run.signal("go"),
    "duration=PT1H": lambda run: run.wait(hours=1),
    "date=2026-09-07T11:00:00+08:00": lambda run: run.wait(hours=1),
    "cycle=R1/PT1H": lambda run: run.wait(hours=1),
    "days=1": lambda run: run.until(MONDAY + timedelta(days=2)),
    'condition="n > 1"': lambda run: run.complete("ask", n=2),
    "escalation=go": lambda run: run.complete("tell"),
    "error=go": lambda run: run.complete("throw"),
}
SCOPE = """
    var n int = 0
    start s
    and f
    xor m
    user ask
    field ask n int
    user tell
    throw t escalation=go
    user throw
    script x: {throw}
    s -> f
    f -> m -> ask -> m
    f -> tell -> t
    f -> throw -> x
    handler h
    start hs {trigger}
    user mend
    hs -> mend
    close
"""


def scope(trigger: str) -> Run:
    throw = "throw go" if trigger.startswith("error") else "n = n"
    return Run(SCOPE.format(trigger=trigger, throw=throw)).start()


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_an_interrupting_one_cancels_everything_else_in_its_scope(trigger: str) -> None:
    run = scope(trigger)
    assert sorted(run.open) == ["ask", "tell", "throw"]
    TRIGGERS[trigger](run)
    assert run.open == ["mend"]
    run.complete("mend")
    assert run.state == "completed"


@pytest.mark.parametrize("trigger", [one for one in TRIGGERS if not one.startswith("error")])
def test_one_that_does_not_interrupt_runs_beside_the_rest(trigger: str) -> None:
    run = scope(f"{trigger} keep")
    TRIGGERS[trigger](run)
    assert "mend" in run.open
    assert "throw" in run.open
    run.complete("mend")
    assert run.state is None


SUB_PROCESS = """
sub one
start i
user u
i -> u
handler h
start hs message=go
user mend
hs -> mend
close
close
"""
"""One that waits for a message as long as it runs, and is mended when the message comes."""


def test_one_that_does_not_interrupt_runs_as_often_as_its_event_happens_and_holds_its_scope_open() -> None:
    run = Run(
        "start s\nuser u\ns -> u\nhandler h\nstart hs message=go keep\nuser mend\nhs -> mend\nclose"
    ).start()
    run.message("go")
    run.message("go")
    assert run.open == ["u", "mend", "mend"]
    run.complete("u")
    assert run.state is None
    run.complete_any("mend", 1)
    run.message("go")
    run.complete_any("mend")
    run.complete_any("mend")
    assert run.state == "completed"


def test_one_that_does_not_interrupt_by_a_cycle_runs_each_time() -> None:
    run = Run(
        "start s\nuser u\ns -> u\nhandler h\nstart hs cycle=R3/PT1H keep\ntask mend\nhs -> mend\nclose"
    ).start()
    for _ in range(5):
        run.wait(hours=1)
    assert run.completed.count("mend") == 3
    assert run.instance.next_alarm() is None


def test_a_scope_that_ends_takes_those_that_only_wait_with_it_without_a_word() -> None:
    run = Run("start s\nuser u\ns -> u\nhandler h\nstart hs message=go\nuser mend\nhs -> mend\nclose").start()
    run.complete("u")
    assert run.state == "completed"
    assert run.traced("cancelled") == []


def test_one_waits_only_while_its_sub_process_runs() -> None:
    run = Run(f"""
        start s
        user before
        {SUB_PROCESS}
        user after
        s -> before -> one -> after
    """).start()
    assert run.instance.listeners("message", "go") == []
    run.complete("before")
    run.message("go")
    assert run.open == ["mend"]
    run.complete("mend")
    assert run.open == ["after"]
    assert run.completed[-2:] == ["h", "one"]
    assert run.instance.listeners("message", "go") == []


def test_one_that_was_cancelled_with_its_sub_process_hears_nothing_more() -> None:
    run = Run(f"""
        start s
        {SUB_PROCESS}
        boundary b on=one message=stop
        user r
        s -> one
        b -> r
    """).start()
    run.message("stop")
    assert run.open == ["r"]
    assert run.instance.waiting == {}


def test_after_one_has_interrupted_the_others_wait_no_longer() -> None:
    run = Run("""
        start s
        user u
        s -> u
        handler h
        start hs message=go
        user mend
        hs -> mend
        close
        handler k
        start ks message=stop
        user other
        ks -> other
        close
    """).start()
    run.message("go")
    assert run.open == ["mend"]
    assert run.instance.waiting == {}


def test_one_that_interrupts_closes_incidents_calls_and_timers_of_its_scope() -> None:
    run = Run("""
        start s
        and f
        service one
        service two
        catch c duration=P1D
        s -> f
        f -> one
        f -> two
        f -> c
        handler h
        start hs message=go
        user mend
        hs -> mend
        close
    """).start()
    run.fail()
    run.message("go")
    assert run.open == ["mend"]
    assert (run.codes, run.instance.calls, run.instance.next_alarm()) == ([], {}, None)
    assert run.of("incident_resolved")[0]["action"] == "cancelled"


def test_an_error_inside_one_leaves_the_scope_for_its_boundary() -> None:
    run = Run("""
        start s
        sub one
        start i
        user u
        i -> u
        handler h
        start hs message=go
        end e error=E1
        hs -> e
        close
        close
        boundary b on=one error
        user r
        s -> one
        b -> r
    """).start()
    run.message("go")
    assert run.open == ["r"]
