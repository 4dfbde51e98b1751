"""What holds for every process and every order of events."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.support.bpmn import CALENDAR, MONDAY, Run, bpmn, compiled, definitions
from tests.support.engine_story import mixed, petition, tell
from tests.support.random_processes import choices, notations, play
from wenzheng.engine.events import EventRefused, MessageReceived, Start, TimeReached
from wenzheng.engine.instance import ProcessInstance
from wenzheng.engine.state import StateRefused, digest, dump, load, pack, unpack
from wenzheng.engine.step import check, step

ROOT = Path(__file__).parents[3]
few = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@given(notations(), choices)
@few
def test_an_instance_read_back_after_every_event_goes_on_in_the_same_way(
    notation: str, numbers: list[int]
) -> None:
    process = compiled(notation)
    plain, restored = Run(process, restored=False).start(), Run(process, restored=True).start()
    for number in numbers:
        event = play(plain, number)
        restored.now = plain.now
        try:
            effects = plain.do(event)
        except EventRefused:
            continue
        assert restored.do(event) == effects
        assert digest(restored.instance) == digest(plain.instance)
        assert restored.instance.next_alarm() == plain.instance.next_alarm()
        assert restored.instance.trace == plain.instance.trace
        assert restored.at == plain.at


@given(notations(), choices)
@few
def test_what_check_lets_pass_step_does_and_what_is_refused_changes_nothing(
    notation: str, numbers: list[int]
) -> None:
    run = Run(notation, restored=False).start()
    latest = run.instance.now
    for number in numbers:
        event = play(run, number)
        before, state = digest(run.instance), dump(run.instance)
        try:
            check(run.instance, event, run.now)
        except EventRefused:
            with pytest.raises(EventRefused):
                run.do(event)
            assert digest(run.instance) == before
            assert dump(run.instance) == state
        else:
            assert digest(run.instance) == before
            run.do(event)
        assert run.instance.now >= latest
        latest = run.instance.now


@given(notations(), choices)
@few
def test_what_is_open_is_told_once_and_closed_once(notation: str, numbers: list[int]) -> None:
    run = Run(notation, restored=False).start()
    for number in numbers:
        try:
            run.do(play(run, number))
        except EventRefused:
            continue
        opened = [task["task_id"] for task in run.of("task_opened")]
        closed = [task["task_id"] for task in run.of("task_closed")]
        assert len(set(opened)) == len(opened)
        assert len(set(closed)) == len(closed)
        assert set(closed) <= set(opened)
        assert len(opened) - len(closed) == len(run.open)
        raised = {incident["incident_id"] for incident in run.of("incident_raised")}
        resolved = {incident["incident_id"] for incident in run.of("incident_resolved")}
        assert raised - resolved == set(run.instance.incidents)
        started = [clock["clock"] for clock in run.of("clock_started")]
        stopped = [clock["clock"] for clock in run.of("clock_stopped")]
        assert len(started) - len(stopped) == len(run.instance.clocks.running)
        live = set(run.instance.live)
        assert set(run.instance.waiting) <= live
        assert set(run.instance.calls) <= live
        if run.state:
            assert not live
            assert not run.instance.clocks.running
            assert len(run.of("instance_ended")) == 1


@given(notations(), choices)
@few
def test_every_instance_ends_or_waits_or_stopped_with_an_incident_and_again_in_the_same_way(
    notation: str, numbers: list[int]
) -> None:
    first, second = Run(notation).start(), Run(notation, restored=False).start()
    for number in numbers:
        event = play(first, number)
        second.now = first.now
        try:
            effects = first.do(event)
        except EventRefused:
            continue
        assert second.do(event) == effects
        assert first.state or somewhere(first)
    assert first.instance.trace == second.instance.trace
    assert digest(first.instance) == digest(second.instance)


def somewhere(run: Run) -> bool:
    """Each token is at a join, waits for people, services or events, has stopped, or has work inside it."""
    instance = run.instance
    for task in instance.live.values():
        data = task.internal_data
        assert (
            "arrivals" in data
            or "compensation" in data
            or task.id in {*instance.waiting, *instance.calls, *instance.subprocesses}
            or task.is_stopped
            or task.task_spec.element.id in run.open
        ), task.task_spec.element.id
    return bool(instance.live)


@pytest.mark.parametrize("story", [petition, mixed])
def test_a_story_told_twice_is_the_same(story: Any) -> None:
    assert tell(story()) == tell(story())


def test_stories_are_the_same_under_other_hash_seeds() -> None:
    told = {
        subprocess.run(
            [sys.executable, "-m", "tests.support.engine_story"],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1234")
    }
    assert told == {f"petition {tell(petition())}\nmixed {tell(mixed())}\n"}


# --- state --------------------------------------------------------------------------------------


@pytest.mark.parametrize("restored", [False, True])
def test_the_oldest_of_many_listeners_hears_first_also_when_ids_have_two_digits(restored: bool) -> None:
    branches = "\n".join(f"catch c{n} message=go\nf -> c{n}" for n in range(15))
    run = Run(f"start s\nand f\n{branches}\ns -> f", restored=restored).start()
    for _ in range(15):
        run.message("go")
    assert run.traced("caught") == [f"c{n}" for n in range(15)]


@pytest.mark.parametrize("restored", [False, True])
def test_timers_of_one_instant_ring_in_the_order_in_which_they_were_set(restored: bool) -> None:
    branches = "\n".join(f"catch c{n} duration=PT1H\nf -> c{n}" for n in range(15))
    run = Run(f"start s\nand f\n{branches}\ns -> f", restored=restored).start()
    run.wait(hours=1)
    assert run.traced("caught") == [f"c{n}" for n in range(15)]


def test_a_dumped_state_is_a_copy_in_both_directions() -> None:
    run = Run("var m map\nstart s\nuser a\nuser b\ns -> a -> b").start(m={"x": [1]})
    state = dump(run.instance)
    kept = copy.deepcopy(state)
    restored = load(state, run.process, CALENDAR)
    run.complete("a")
    assert state == kept
    restored.variables["m"]["x"].append(2)
    assert state == kept
    assert run.instance.variables["m"] == {"x": [1]}


def test_a_state_is_refused_by_another_version_process_or_definition() -> None:
    run = Run("start s\nuser a\ns -> a").start()
    state = dump(run.instance)
    with pytest.raises(StateRefused, match="version"):
        load({**state, "version": 0}, run.process, CALENDAR)
    with pytest.raises(StateRefused, match="process 'p'"):
        load({**state, "process": "q"}, run.process, CALENDAR)
    with pytest.raises(StateRefused, match="element 'a'"):
        load(state, compiled("start s\nuser b\ns -> b"), CALENDAR)


def test_an_instance_that_has_not_begun_has_a_state_too() -> None:
    process = compiled("start s\nuser a\ns -> a")
    fresh = ProcessInstance(process, CALENDAR)
    restored = load(unpack(pack(dump(fresh))), process, CALENDAR)
    step(restored, Start({}), MONDAY)
    step(fresh, Start({}), MONDAY)
    assert digest(restored) == digest(fresh)


def test_the_digest_tells_variables_tokens_deadlines_and_time_apart() -> None:
    notation = "var n int\nclock k starts=s late=3\nstart s\nuser a\nuser b\ns -> a\na -> b"
    base = Run(notation).start(n=1)
    digests = {digest(base.instance), digest(Run(notation).start(n=2).instance)}
    digests.add(digest(Run(notation, now=MONDAY + timedelta(seconds=1)).start(n=1).instance))
    moved = load(dump(base.instance), base.process, CALENDAR)
    moved.clocks.running["k"]["thresholds"][0]["passed"] = True
    digests.add(digest(moved))
    base.complete("a")
    digests.add(digest(base.instance))
    assert len(digests) == 5


# --- time ---------------------------------------------------------------------------------------


def test_time_never_runs_backwards() -> None:
    run = Run("start s\nuser a\ncatch c duration=PT1H\ns -> a -> c").start()
    run.now -= timedelta(days=3)
    run.complete("a")
    assert run.instance.now == MONDAY
    assert run.instance.next_alarm() == MONDAY + timedelta(hours=1)


def test_an_instant_of_another_zone_is_the_same_instant() -> None:
    beijing = MONDAY.astimezone(timezone(timedelta(hours=8)))
    one, other = Run("start s\nuser a\ns -> a", now=beijing).start(), Run("start s\nuser a\ns -> a").start()
    assert digest(one.instance) == digest(other.instance)
    assert one.instance.now.tzinfo is UTC


def test_an_instant_without_a_zone_is_a_mistake_of_the_caller() -> None:
    run = Run("start s\nuser a\ns -> a").start()
    before = digest(run.instance)
    with pytest.raises(ValueError, match="zone"):
        step(run.instance, TimeReached(), MONDAY.replace(tzinfo=None))
    assert digest(run.instance) == before


# --- size ---------------------------------------------------------------------------------------


def test_two_thousand_elements_in_a_row_run_in_one_step() -> None:
    names = [f"x{n}" for n in range(1998)]
    scripts = "\n".join(f"script {name}: n = n + 1" for name in names)
    run = Run(f"var n int = 0\nstart s\n{scripts}\nend e\ns -> {' -> '.join(names)} -> e").start()
    assert run.state == "completed"
    assert run.instance.variables["n"] == 1998


def test_two_thousand_elements_side_by_side_run_and_join() -> None:
    names = [f"x{n}" for n in range(1995)]
    nodes = "\n".join(f"user {name}\nf -> {name}\n{name} -> j" for name in names)
    run = Run(f"start s\nand f\nand j\nend e\n{nodes}\ns -> f\nj -> e").start()
    assert len(run.open) == 1995
    for name in names[:50]:
        run.complete(name)
    restored = load(unpack(pack(dump(run.instance))), run.process, CALENDAR)
    assert digest(restored) == digest(run.instance)
    assert len(restored.live) == 1995 - 50 + 1


def test_the_deepest_nesting_allowed_completes_and_is_cancelled_without_overflow() -> None:
    depth = 32
    down = "\n".join(f"sub b{n}\nstart s{n}\ns{n} -> b{n + 1}" for n in range(depth))
    closes = "close\n" * depth
    nested = f"start s\ns -> b0\n{down}\nuser b{depth}\n{closes}boundary z on=b0 message=stop\nend e\nz -> e"
    done = Run(nested).start()
    done.complete(f"b{depth}")
    assert done.state == "completed"
    cancelled = Run(nested).start()
    cancelled.message("stop")
    assert cancelled.state == "completed"
    assert len(cancelled.traced("cancelled")) == depth + 1


def test_a_loop_of_two_thousand_rounds_keeps_tasks_and_state_as_small_as_the_first() -> None:
    run = Run(
        "var n int = 0\nstart s\nxor m\nsub box\nstart i\ncatch c message=go\ni -> c\nclose\n"
        "script x default=x_m: n = n + 1\ns -> m -> box -> x -> m\nend e\nx -> e if false"
    ).start()
    run.instance.trace = None
    process, instance = run.process, run.instance
    sizes = {}
    for number in range(1, 2001):
        step(instance, MessageReceived("go"), MONDAY)
        if number in {100, 2000}:
            sizes[number] = (
                len(instance.live),
                len(instance.tasks),
                len(instance.subprocesses),
                len(instance.queue),
            )
            assert len(pack(dump(instance))) < 700
    assert sizes[100] == sizes[2000] == (2, 2, 1, 0)
    assert instance.variables["n"] == 2000
    assert digest(load(dump(instance), process, CALENDAR)) == digest(instance)


# --- sharing ------------------------------------------------------------------------------------


def fingerprint(value: Any, seen: dict[int, int]) -> Any:
    """Everything that can be reached from a value, as nested tuples that can be compared."""
    if value is None or isinstance(value, bool | int | float | str | bytes | type):
        return value
    if id(value) in seen:
        return ("seen", seen[id(value)])
    seen[id(value)] = len(seen)
    if isinstance(value, dict):
        return ("dict", [(fingerprint(k, seen), fingerprint(v, seen)) for k, v in value.items()])
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value, key=repr) if isinstance(value, set | frozenset) else value
        return (type(value).__name__, [fingerprint(item, seen) for item in items])
    return (type(value).__name__, fingerprint(getattr(value, "__dict__", None), seen))


def test_a_definition_shared_by_eight_threads_is_not_changed_by_running() -> None:
    process = petition().process
    before = fingerprint(process, {})
    expected = tell(petition())

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: tell(petition(process)), range(40))) == {expected}
    assert fingerprint(process, {}) == before


def test_two_processes_of_one_file_do_not_know_one_another() -> None:
    one = bpmn("start s\nend e\ns -> e").decode().partition('urn:test">\n')[2].replace("</definitions>", "")
    other = one.replace('"p"', '"q"').replace('"s"', '"s2"').replace('"e"', '"e2"').replace('"s_e"', '"f2"')
    run = Run(compiled(definitions(one + other), process_id="q")).start()
    assert run.completed == ["s2", "e2"]
