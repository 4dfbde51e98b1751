"""Sub-processes with nothing in them: FlowElementsContainer has flowElements 0..* (BPMN 2.0.2 table 8.45)."""

from __future__ import annotations

import pytest

from tests.support.bpmn import Run

REST = "user after\nstart s\ns -> x -> after\n"


@pytest.mark.parametrize("kind", ["sub", "transaction"])
def test_a_sub_process_with_nothing_in_it_ends_as_soon_as_it_has_begun(kind: str) -> None:
    run = Run(f"{REST}{kind} x\nclose").start()
    assert run.open == ["after"]
    assert run.instance.subprocesses == {}


@pytest.mark.parametrize("repeat", ["times=3", "times=3 in_turn"])
def test_an_empty_sub_process_runs_as_often_as_it_is_said_to(repeat: str) -> None:
    run = Run(f"{REST}sub x {repeat}\nclose").start()
    assert run.open == ["after"]


def test_an_empty_sub_process_inside_another_ends_that_one_too() -> None:
    run = Run(f"{REST}sub x\nstart i\nsub y\nclose\nend j\ni -> y -> j\nclose").start()
    assert run.open == ["after"]


def test_what_waits_on_the_border_of_an_empty_sub_process_comes_to_nothing() -> None:
    run = Run(f"{REST}sub x\nclose\nboundary late on=x duration=PT1H\nuser never\nlate -> never").start()
    assert run.open == ["after"]
    assert run.instance.next_alarm() is None
