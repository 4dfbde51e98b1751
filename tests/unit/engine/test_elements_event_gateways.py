"""Event-based gateways: what happens first decides (BPMN 2.0.2 §10.6.6)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.bpmn import Run, compiled, findings_of

RACE = """
    var n int = 0
    start s
    and f
    user ask
    field ask n int
    events g
    catch m message=go
    catch t duration=P1D
    catch i signal=go
    catch c condition="n > 1"
    user after_m
    user after_t
    user after_i
    user after_c
    s -> f
    f -> ask
    f -> g
    g -> m -> after_m
    g -> t -> after_t
    g -> i -> after_i
    g -> c -> after_c
"""
EVENTS: dict[str, Callable[[Run], object]] = {
    "m": lambda run: run.message("go"),
    "t": lambda run: run.wait(days=1),
    "i": lambda run: run.signal("go"),
    "c": lambda run: run.complete("ask", n=2),
}


@pytest.mark.parametrize("waits", ["catch m", "receive m"])
@pytest.mark.parametrize("first", EVENTS)
def test_the_first_event_takes_the_token_and_the_others_are_withdrawn(first: str, waits: str) -> None:
    run = Run(RACE.replace("catch m", waits)).start()
    EVENTS[first](run)
    assert [element for element in run.open if element != "ask"] == [f"after_{first}"]
    assert run.traced("caught") == [first]
    assert sorted(run.traced("cancelled")) == sorted(set(EVENTS) - {first})
    assert run.instance.waiting == {}


def test_a_condition_that_holds_already_decides_at_once() -> None:
    assert "after_c" in Run(RACE).start(n=5).open


def test_a_cycle_behind_a_gateway_lets_one_token_through() -> None:
    race = "events g\ncatch t cycle=R/PT1H\ncatch m message=go\ng -> t -> u\ng -> m -> u"
    run = Run(f"start s\nuser u\ns -> g\n{race}").start()
    for _ in range(3):
        run.wait(hours=1)
    assert run.open == ["u"]
    assert run.instance.next_alarm() is None


def test_in_a_loop_each_round_is_a_race_of_its_own() -> None:
    run = Run("""
        start s
        xor m
        events g
        catch a message=a
        catch b message=b
        user u
        s -> m -> g
        g -> a -> m
        g -> b -> u
    """).start()
    run.message("a")
    run.message("a")
    assert run.at == ["a", "b"]
    run.message("b")
    assert run.open == ["u"]


BEGIN = """
    events g instantiate {all}
    catch a message=a
    catch b message=b
    user u
    user v
    g -> a -> u
    g -> b -> v
"""


def test_an_instantiating_gateway_begins_the_process_with_the_first_of_its_events() -> None:
    run = Run(BEGIN.format(all="")).start()
    assert run.process.begins_with("message", "b")
    run.message("b")
    assert run.open == ["v"]
    assert run.instance.waiting == {}


def test_a_parallel_one_begins_with_any_and_then_waits_for_the_others() -> None:
    run = Run(BEGIN.format(all="all")).start()
    run.message("b")
    assert run.open == ["v"]
    run.complete("v")
    assert run.state is None
    run.message("a")
    assert run.open == ["u"]


def test_an_instantiating_receive_task_begins_the_process() -> None:
    run = Run("receive r message=go instantiate\nuser u\nr -> u").start()
    assert run.process.begins_with("message", "go")
    run.message("go")
    assert run.open == ["u"]


@pytest.mark.parametrize("first", ["start", "task", "gateway"])
def test_whatever_begins_the_process_withdraws_the_other_beginnings(first: str) -> None:
    run = Run("""
        start s message=start
        receive r message=task instantiate
        events g instantiate
        catch a message=gateway
        catch b message=b
        user u
        s -> u
        r -> u
        g -> a -> u
        g -> b -> u
    """).start()
    run.message(first)
    assert run.open == ["u"]
    assert run.instance.waiting == {}


def test_what_waits_behind_a_parallel_gateway_outlives_the_other_beginnings() -> None:
    run = Run(BEGIN.format(all="all") + "start s message=start\ns -> u").start()
    run.message("a")
    assert run.instance.listeners("message", "start") == []
    run.message("b")
    assert run.open == ["u", "v"]


RECEIVE = "start s\nevents g\ncatch m message=go\ns -> g\ng -> r\ng -> m\n"


@pytest.mark.parametrize(
    ("notation", "rule"),
    [
        ("start s\nevents g\nuser u\ncatch m message=go\ns -> g\ng -> u\ng -> m", "event-gateway-target"),
        (f"{RECEIVE}receive r message=a\nboundary b on=r message=x\nend e\nb -> e", "event-gateway-receive"),
        (f"{RECEIVE}receive r message=a max=2", "event-gateway-receive"),
    ],
)
def test_what_may_not_stand_behind_a_gateway_is_refused(notation: str, rule: str) -> None:
    assert rule in {finding.rule for finding in findings_of(lambda: compiled(notation))}
