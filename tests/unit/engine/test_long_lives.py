"""Instances that live long: neither memory nor work grow with what has already happened."""

from __future__ import annotations

import gc
import json
import tracemalloc

import pytest

from tests.support.bpmn import CALENDAR, MONDAY, Run, compiled
from tests.support.loops import NAMED, NEVER_WAITING, OTHERS, operations, turn
from wenzheng.engine.events import Start
from wenzheng.engine.instance import ProcessInstance
from wenzheng.engine.state import digest, dump, load, pack
from wenzheng.engine.step import step
from wenzheng.engine.stopping import STEP_LIMIT

PERIOD = 60
"""Turns that are a whole number of rounds in every loop."""
EARLY = 2 * PERIOD
"""Turns after which a loop has reached its size: the last 32 completed tasks are kept."""
LATE = 170 * PERIOD
"""Turns of more than ten thousand rounds."""
WIDER = 160
"""Characters by which a state may grow: counters, ids and instants of more digits."""


def begun(notation: str) -> ProcessInstance:
    instance = ProcessInstance(compiled(notation), CALENDAR)
    step(instance, Start({}), MONDAY)
    return instance


def sizes(instance: ProcessInstance) -> dict[str, int]:
    """How much of everything an instance holds."""
    scopes = [instance, *instance.subprocesses.values()]
    return {
        "live": len(instance.live),
        "scopes": len(scopes),
        "tasks": sum(len(scope.tasks) for scope in scopes),
        "children": sum(len(scope.task_tree._children) for scope in scopes),
        "logged": sum(len(scope.log) for scope in scopes),
        "waiting": len(instance.waiting),
        "calls": len(instance.calls),
        "incidents": len(instance.incidents),
        "closed": len(instance.closed),
        "clocks": len(instance.clocks.running),
    }


def live_on(instance: ProcessInstance, turns: int, *, failing: bool = False) -> None:
    for _ in range(turns):
        turn(instance, failing=failing)


def objects() -> int:
    """How many objects there are that may hold others."""
    gc.collect()
    return len(gc.get_objects())


def stays_flat(notation: str, turns: int, *, failing: bool = False) -> None:
    instance = begun(notation)
    live_on(instance, EARLY, failing=failing)
    before, early, objects_before = sizes(instance), dump(instance), objects()
    work = operations(lambda: live_on(instance, PERIOD, failing=failing))
    live_on(instance, turns - EARLY - PERIOD, failing=failing)
    assert sizes(instance) == before
    assert objects() < objects_before + 200
    assert operations(lambda: live_on(instance, PERIOD, failing=failing)) < work * 1.05
    late = dump(instance)
    assert len(json.dumps(late)) < len(json.dumps(early)) + WIDER
    assert len(pack(late)) < 1_000
    assert instance.ended is None
    assert digest(load(late, instance.process, CALENDAR)) == digest(instance)


@pytest.mark.parametrize("name", NAMED)
def test_ten_thousand_rounds_cost_no_more_than_the_first(name: str) -> None:
    stays_flat(NAMED[name], LATE)


@pytest.mark.parametrize("name", OTHERS)
def test_whatever_a_loop_goes_through_leaves_nothing_behind(name: str) -> None:
    stays_flat(OTHERS[name], LATE // 10)


def test_a_service_that_always_fails_and_is_always_tried_again_leaves_nothing_behind() -> None:
    stays_flat(OTHERS["a service"], LATE // 10, failing=True)


def test_memory_of_a_loop_inside_a_sub_process_stays_what_it_was() -> None:
    # Python keeps freed objects of some types for reuse, and a collection clears them: they count until all
    # that is kept has been allocated under the trace.
    tracemalloc.start()
    try:
        instance = begun(NAMED["a loop in a sub-process"])
        for _ in range(4):
            live_on(instance, 2_000)
            gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        live_on(instance, 3_000)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after < before + 20_000


@pytest.mark.parametrize("name", NEVER_WAITING)
def test_what_goes_round_without_waiting_stops_at_the_limit_of_a_step_and_again_when_retried(
    name: str,
) -> None:
    run = Run(NEVER_WAITING[name], restored=False).start()
    assert set(run.codes) == {"step-limit"}
    done = len(run.completed)
    assert done <= STEP_LIMIT
    run.resolve("retry")
    assert "step-limit" in run.codes
    assert len(run.completed) <= done + STEP_LIMIT
    assert digest(load(dump(run.instance), run.process, CALENDAR)) == digest(run.instance)


@pytest.mark.parametrize("count", ["1000000000", "-1"])
def test_more_instances_than_a_state_can_hold_are_an_incident_before_the_first_begins(count: str) -> None:
    run = Run(f"var n int = 0\nstart s\nscript x times={count}: n = n + 1\nend e\ns -> x -> e").start()
    assert run.codes == ["loop-cardinality"]
    assert run.instance.variables["n"] == 0
