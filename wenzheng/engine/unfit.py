"""Instances that begin with a message or signal whose data their process cannot begin with.

What was thrown must not get lost, and nobody is there who could be told of a refusal. So the instance
begins, and its start event stops with an incident that holds what came: an operator gives what is missing,
or lets it go on without.

A process may also have begun another way by then: a condition under which it begins was true at once. The
message is kept in the same way, and an operator lets it begin the process there as well, or leaves it.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from wenzheng.contracts import MESSAGE_CAUGHT, SIGNAL_CAUGHT, JsonObject
from wenzheng.engine.elements.events import CatchingSpec, withdraw_others
from wenzheng.engine.events import IncidentResolved, MessageReceived, OccasionCome, StartRefused
from wenzheng.engine.values import json_problem, size_problem, type_problem

if TYPE_CHECKING:
    from wenzheng.engine.instance import ProcessInstance
    from wenzheng.engine.tasks import ElementTask

UNFIT: Final = "start-data"
"""Code of the incident."""
_HELD: Final = "unfit"


def begin(instance: ProcessInstance, event: StartRefused) -> None:
    """Begin with what fits, and stop where the message or signal would have been taken."""
    if not instance.has_begun:
        instance.begin(_fitting(instance, event.variables))
        instance.drain()
    thrown = event.event
    if isinstance(thrown, OccasionCome):
        _hold_occasion(instance, thrown, event.why)
        return
    message = isinstance(thrown, MessageReceived)
    kind, name = (
        ("message", thrown.message) if isinstance(thrown, MessageReceived) else ("signal", thrown.signal)
    )
    listeners = instance.listeners(kind, name) or _withdrawn(instance, kind, name)
    if not listeners:
        return  # it has ended: nobody can let it begin any more
    task, place = listeners[0]
    late = task.id not in instance.waiting
    if thrown.key is not None:
        caught = MESSAGE_CAUGHT if message else SIGNAL_CAUGHT
        instance.emit(caught, task.task_spec.element.id, {kind: name, "key": thrown.key})
    if task.task_spec.begins is not None and not late:
        withdraw_others(task)
    task.internal_data[_HELD] = {
        "message": name if message else None,
        "data": thrown.data if isinstance(thrown, MessageReceived) else {},
        "keys": thrown.keys if isinstance(thrown, MessageReceived) else None,
        "place": place,
        "wanted": {} if late else _wanted(instance),
        **({"late": True} if late else {}),
    }
    instance.stop_listening(task)
    instance.raise_incident(task, UNFIT, event.why)


def _hold_occasion(instance: ProcessInstance, thrown: OccasionCome, why: str) -> None:
    """Stop a start event at which a schedule came; the occasion stays what it was."""
    found = instance.scheduled(thrown.element)
    if not found:
        return
    task, place = found[0]
    if task.task_spec.begins is not None:
        withdraw_others(task)
    task.internal_data[_HELD] = {
        "message": None,
        "data": {},
        "keys": None,
        "place": place,
        "wanted": _wanted(instance),
        "at": thrown.at.isoformat(),
    }
    instance.stop_listening(task)
    instance.raise_incident(task, UNFIT, why)


def _withdrawn(instance: ProcessInstance, kind: str, name: str) -> list[tuple[ElementTask, int]]:
    """The beginning that waits no longer, because another came before it, as a task that does nothing yet."""
    if instance.ended is not None:
        return []
    for spec in instance.spec.task_specs.values():
        if not isinstance(spec, CatchingSpec) or spec.begins is None:
            continue
        for place, event in enumerate(spec.awaited.events):
            if (event.kind, event.name) == (kind, name):
                task = instance.new_task(spec)
                spec.open_data(task)
                return [(task, place)]
    return []


def _fitting(instance: ProcessInstance, given: JsonObject) -> JsonObject:
    """The variables among these that the process has, of their type; none when they are too large."""
    declared = instance.process.model.variables
    fitting = {
        name: value
        for name, value in given.items()
        if name in declared
        and json_problem("The value", value) is None
        and type_problem(declared[name].type, value) is None
    }
    return {} if size_problem({**instance.process.initial_variables, **fitting}) else fitting


def _wanted(instance: ProcessInstance) -> dict[str, str]:
    """The variables without which the process cannot go on, with their types."""
    return {
        name: variable.type
        for name, variable in instance.process.model.variables.items()
        if variable.required and instance.variables.get(name) is None
    }


def wanted_by(task: ElementTask) -> dict[str, str] | None:
    """The values, by name their type, that a start event needs of an operator; None if it is no such one."""
    found: JsonObject | None = task.internal_data.get(_HELD)
    return None if found is None else found["wanted"]


def check_answer(instance: ProcessInstance, task: ElementTask, data: JsonObject) -> list[str]:
    """What is wrong with the values that an operator gives; empty when the process can begin with them."""
    found = task.internal_data[_HELD]
    wanted: dict[str, str] = found["wanted"]
    problem = json_problem("The data", data) or size_problem(
        {**instance.variables, **_fitting(instance, found["data"]), **data}
    )
    if problem:
        return [problem]
    problems = [f"missing '{name}'" for name in wanted if name not in data]
    problems += [f"unexpected '{name}'" for name in data if name not in wanted]
    for name, kind in wanted.items():
        expected = type_problem(kind, data[name]) if name in data else None
        if expected:
            problems.append(f"'{name}' must be {expected}")
    return problems


def go_on(instance: ProcessInstance, task: ElementTask, event: IncidentResolved) -> None:
    """Let the message or signal be taken after all, with what an operator gives, or without its data."""
    found: dict[str, Any] = task.internal_data.pop(_HELD)
    if "late" in found and event.action == "skip":
        instance.drop(task)
        instance.settle(task.scope)
        return
    if found["message"] is not None:
        carried = instance.process.correlation.carried
        keys = found["keys"]
        instance.converse(carried(found["message"], found["data"]) if keys is None else keys)
    if event.action == "answer":
        instance.assign({**_fitting(instance, found["data"]), **event.data}, task)
    task.wait_again()
    if "at" in found:
        instance.scheduled(task.task_spec.element.id, datetime.fromisoformat(found["at"]))
    instance.fire(task, found["place"])
