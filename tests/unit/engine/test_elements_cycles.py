"""Time cycles: ISO 8601 repeating intervals (BPMN 2.0.2 p. 274)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.support.bpmn import MONDAY, Run

BOUNDARY = "start s\nuser u\nboundary b on=u cycle={cycle} {keep}\ntask r\ns -> u\nb -> r"


def rounds(cycle: str, hours: int, keep: str = "keep") -> int:
    run = Run(BOUNDARY.format(cycle=cycle, keep=keep)).start()
    for _ in range(hours):
        run.wait(hours=1)
    return run.completed.count("r")


@pytest.mark.parametrize(("cycle", "times"), [("R3/PT1H", 3), ("R/PT1H", 6), ("R2/PT2H", 2), ("R1/PT1H", 1)])
def test_a_boundary_cycle_rings_so_often_and_no_more(cycle: str, times: int) -> None:
    assert rounds(cycle, 6) == times


def test_a_cycle_that_interrupts_rings_once() -> None:
    assert rounds("R3/PT1H", 6, keep="") == 1


def test_a_cycle_begins_at_the_instant_it_names() -> None:
    run = Run(BOUNDARY.format(cycle="R2/2026-09-07T12:00:00+08:00/PT1H", keep="keep")).start()
    assert run.instance.next_alarm() == datetime(2026, 9, 7, 4, tzinfo=UTC)
    run.wait(hours=2)
    assert run.completed.count("r") == 1
    run.wait(hours=1)
    assert run.completed.count("r") == 2
    assert run.instance.next_alarm() is None


def test_rings_that_were_over_before_it_waited_do_not_ring() -> None:
    run = Run(BOUNDARY.format(cycle="R/2020-01-01T00:30:00+08:00/PT1H", keep="keep")).start()
    run.wait(hours=1)
    assert run.completed.count("r") == 1
    assert run.instance.next_alarm() == datetime(2026, 9, 7, 3, 30, tzinfo=UTC)


def test_a_cycle_that_is_over_before_it_waited_rings_once_like_a_date_that_has_gone_by() -> None:
    assert rounds("R3/2020-01-01T00:00:00+08:00/PT1H", 3) == 1


def test_after_a_long_sleep_all_rings_come_one_after_the_other_each_from_its_own_time() -> None:
    run = Run(BOUNDARY.format(cycle="R/PT1H", keep="keep")).start()
    run.wait(minutes=150)
    assert run.completed.count("r") == 2
    assert run.instance.next_alarm() == datetime(2026, 9, 7, 5, tzinfo=UTC)


def test_very_many_rings_at_once_are_taken_in_portions() -> None:
    run = Run(BOUNDARY.format(cycle="R/PT1S", keep="keep")).start()
    run.wait(hours=2)
    told = 0
    while (alarm := run.instance.next_alarm()) is not None and alarm <= run.now:
        assert run.completed.count("r") > told
        told = run.completed.count("r")
        run.wait()
    assert run.completed.count("r") == 7200
    assert run.codes == []


def test_a_cycle_on_the_way_lets_a_token_out_each_time() -> None:
    run = Run("start s\ncatch c cycle=R3/PT1H\ntask r\nend e\ns -> c -> r -> e").start()
    for number in (1, 2, 3):
        assert run.state is None
        run.wait(hours=1)
        assert run.completed.count("r") == number
    assert run.state == "completed"


def test_a_cycle_of_months_keeps_to_the_calendar() -> None:
    run = Run(BOUNDARY.format(cycle="R2/P1M", keep="keep"), now=MONDAY).start()
    assert run.instance.next_alarm() == datetime(2026, 10, 7, 2, tzinfo=UTC)
