"""SpiffWorkflow draws its ids and reads its time from the instance that is being stepped."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import SpiffWorkflow.task
from SpiffWorkflow.task import Task

from tests.support.bpmn import CALENDAR, MONDAY, Run, compiled
from wenzheng.engine.determinism import OutsideCoreError, core
from wenzheng.engine.instance import ProcessInstance

NOTATION = "start s\nuser a\nuser b\ns -> a -> b"
PROCESS = compiled(NOTATION)


class Ids:
    def __init__(self, first: str) -> None:
        self.first = first

    def new_id(self) -> str:
        return self.first


def test_outside_the_core_spiffworkflow_gets_neither_ids_nor_time() -> None:
    instance = ProcessInstance(PROCESS, CALENDAR)
    with pytest.raises(OutsideCoreError, match="an id"):
        instance.plant_root()
    with pytest.raises(OutsideCoreError, match="the time"):
        Task(instance, PROCESS.root_spec.start, id="given")
    run = Run(PROCESS).start()
    task = next(iter(run.instance.live.values()))
    with pytest.raises(OutsideCoreError, match="the time"):
        task.complete()


def test_ids_count_from_one_and_times_rise_from_now() -> None:
    run = Run(PROCESS).start()
    ids = [int(task_id) for task_id in run.instance.tasks]
    assert ids == sorted(ids)
    assert ids[0] == 1
    run.now += timedelta(days=1)
    run.complete("a")
    (task,) = run.instance.live.values()
    seconds = task.last_state_change - run.now.timestamp()
    assert 0 < seconds < 0.001


def test_two_instances_of_one_process_draw_the_same_ids() -> None:
    one, other = Run(PROCESS).start(), Run(PROCESS).start()
    assert list(one.instance.live) == list(other.instance.live)


def test_every_thread_has_a_core_of_its_own() -> None:
    seen: list[str] = []

    def outside() -> None:
        try:
            SpiffWorkflow.task.uuid4()
        except OutsideCoreError:
            seen.append("refused")

    with core(Ids("mine"), MONDAY):
        thread = threading.Thread(target=outside)
        thread.start()
        thread.join()
        assert SpiffWorkflow.task.uuid4() == "mine"
    assert seen == ["refused"]


def stumble() -> None:
    with core(Ids("inner"), MONDAY):
        assert SpiffWorkflow.task.uuid4() == "inner"
        raise KeyError


def test_a_core_within_a_core_gives_way_again_also_after_an_error() -> None:
    with core(Ids("outer"), MONDAY):
        with pytest.raises(KeyError):
            stumble()
        assert SpiffWorkflow.task.uuid4() == "outer"
    with pytest.raises(OutsideCoreError):
        SpiffWorkflow.task.uuid4()


def test_an_event_that_fails_halfway_leaves_no_core_behind() -> None:
    run = Run(NOTATION).start()
    run.instance.process.root_spec.task_specs.pop("b", None)
    with pytest.raises(KeyError):  # a damaged definition: a defect, and no incident
        run.complete("a")
    with pytest.raises(OutsideCoreError):
        SpiffWorkflow.task.uuid4()


def test_no_script_of_spiffworkflow_can_be_reached() -> None:
    run = Run(PROCESS).start()
    assert not hasattr(run.instance.script_engine, "evaluate")
    assert not hasattr(run.instance.script_engine, "execute")
