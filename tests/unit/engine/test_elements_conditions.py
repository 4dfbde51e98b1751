"""Conditional events fire when their condition becomes true (BPMN 2.0.2 p. 262)."""

from __future__ import annotations

import pytest

from tests.support.bpmn import Run

ASK = "var n int = 0\nstart s\nand f\nuser ask\nfield ask n int\ns -> f\nf -> ask\n"


def test_an_intermediate_condition_is_awaited_until_a_variable_makes_it_true() -> None:
    run = Run(f'{ASK}catch c condition="n > 1"\nuser r\nf -> c -> r').start()
    assert sorted(run.at) == ["ask", "c"]
    run.complete("ask", n=2)
    assert run.open == ["r"]
    assert run.traced("caught") == ["c"]


def test_a_condition_that_holds_already_is_passed_at_once() -> None:
    run = Run('var n int = 5\nstart s\ncatch c condition="n > 1"\nuser r\ns -> c -> r').start()
    assert run.open == ["r"]


def test_a_condition_without_a_value_yet_does_not_hold_and_is_no_incident() -> None:
    run = Run('var m int\nstart s\ncatch c condition="m > 1"\ns -> c').start()
    assert run.at == ["c"]
    assert run.codes == []


ROUNDS = """
    var n int = 0
    start s
    and f
    xor m
    user ask
    field ask n int
    user work
    boundary b on=work condition="n > 1" {keep}
    user r
    s -> f
    f -> work
    f -> m -> ask -> m
    b -> r
"""


@pytest.mark.parametrize("keep", ["", "keep"])
def test_a_condition_on_a_boundary_fires_each_time_that_it_becomes_true(keep: str) -> None:
    run = Run(ROUNDS.format(keep=keep)).start()
    fired = []
    for n in (1, 2, 3, 0, 2):
        run.complete("ask", n=n)
        fired.append(run.open.count("r"))
    assert fired == ([0, 1, 1, 1, 2] if keep else [0, 1, 1, 1, 1])
    assert ("work" in run.open) == bool(keep)


def test_a_condition_begins_an_event_sub_process() -> None:
    run = Run(
        f"{ASK.replace('and f', 'task f')}handler h\nstart hs condition='n > 1'\nuser mend\nhs -> mend\nclose"
    ).start()
    assert run.open == ["ask"]
    run.complete("ask", n=1)
    assert run.state == "completed"
    other = Run(f"{ASK}user u\nf -> u\nhandler h\nstart hs condition='n > 1'\nuser mend\nhs -> mend\nclose")
    other.start().complete("ask", n=2)
    assert other.open == ["mend"]


def test_a_process_starts_when_a_condition_holds() -> None:
    run = Run('var n int = 0\nstart s condition="n > 1"\nuser u\ns -> u')
    assert run.start().open == []
    again = Run('var n int = 0\nstart s condition="n > 1"\nuser u\ns -> u')
    assert again.start(n=2).open == ["u"]


def test_a_condition_sees_the_variables_of_the_scope_in_which_it_waits() -> None:
    run = Run("""
        var items list = [1, 2]
        var item int
        start s
        sub one each=items:item
        start i
        catch c condition="item == 2"
        user u
        i -> c -> u
        close
        s -> one
    """).start()
    assert run.open == ["u"]
    assert len([element for element in run.at if element == "c"]) == 1
