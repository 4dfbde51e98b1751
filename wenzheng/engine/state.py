"""The state of an instance as slim JSON, to carry through continue-as-new, and its drift digest.

The definition and the calendar are not in it: both travel by digest. Finished tasks are pruned,
so the size follows what is open, not what has happened.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import zlib
from datetime import datetime
from typing import Any, Final

from wenzheng.calendars import Calendar
from wenzheng.contracts import JsonObject
from wenzheng.engine.compiled import CompiledProcess
from wenzheng.engine.determinism import core
from wenzheng.engine.instance import ProcessInstance
from wenzheng.engine.tasks import ElementTask, Scope, SubScope

STATE_VERSION: Final = 1


class StateRefused(Exception):
    """A stored state does not fit this engine or this definition."""


def dump(instance: ProcessInstance) -> JsonObject:
    """Everything of an instance that its definition and calendar do not say, as JSON.

    A copy: what happens to the instance later does not change it.
    """
    return copy.deepcopy(_view(instance))


def _view(instance: ProcessInstance) -> JsonObject:
    # Kept out while it is empty: states of versions before correlation look the same.
    conversation = {"conversation": instance.conversation} if instance.conversation else {}
    return conversation | {
        "version": STATE_VERSION,
        "process": instance.process.model.id,
        "now": instance.now.isoformat(),
        "next_id": instance.id_counter,
        "variables": instance.variables,
        "scopes": _view_scopes(instance),
        "queue": list(instance.queue),
        "waiting": instance.waiting,
        "calls": instance.calls,
        "incidents": instance.incidents,
        "closed": instance.closed,
        "clocks": instance.clocks.running,
        "ended": instance.ended,
    }


def load(state: JsonObject, process: CompiledProcess, calendar: Calendar) -> ProcessInstance:
    """The instance that `dump` described.

    Raises StateRefused when the state is of another engine version or process, or names elements
    that the definition does not have.
    """
    state = copy.deepcopy(state)
    if state.get("version") != STATE_VERSION:
        raise StateRefused(
            f"Expected a state of version {STATE_VERSION}, found {state.get('version')!r}. "
            "Run the instance with the engine that wrote it."
        )
    if state["process"] != process.model.id:
        raise StateRefused(
            f"Expected a state of process '{process.model.id}', found one of '{state['process']}'. "
            "Load it with the process it belongs to."
        )
    instance = ProcessInstance(process, calendar)
    instance.now = datetime.fromisoformat(state["now"])
    instance.variables = state["variables"]
    with core(instance, instance.now):
        for saved in state["scopes"]:
            _load_scope(instance, saved)
    instance.id_counter = state["next_id"]
    # Tasks are looked up in the order of their birth wherever order decides.
    instance.live = dict(sorted(instance.live.items(), key=lambda item: int(item[0])))
    instance.queue = state["queue"]
    instance.waiting = state["waiting"]
    instance.conversation = state.get("conversation", {})
    instance.calls = state["calls"]
    instance.incidents = state["incidents"]
    instance.closed = state["closed"]
    instance.clocks.running = state["clocks"]
    instance.ended = state["ended"]
    return instance


def digest(instance: ProcessInstance) -> str:
    """The drift digest: sha256 of open elements, variables and deadlines.

    Replay compares commands only, and all of ours have one shape; the digest is what tells
    whether the same thing ran. Ids and the times of state changes are part of it, because
    these are what SpiffWorkflow would draw differently on every run.
    """
    return hashlib.sha256(canonical(_view(instance)).encode()).hexdigest()


def canonical(value: Any) -> str:
    """JSON text with one spelling for one value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def pack(state: JsonObject) -> str:
    """The state compressed and as ASCII text, for a workflow's input.

    Keys keep their order: where several tasks wait for one message, the oldest comes first.
    """
    text = json.dumps(state, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def unpack(text: str) -> JsonObject:
    """The state that `pack` packed."""
    state: JsonObject = json.loads(zlib.decompress(base64.b64decode(text)))
    return state


def _view_scopes(instance: ProcessInstance) -> list[JsonObject]:
    if not instance.has_begun:
        return []
    inner = [_dump_scope(scope, task_id) for task_id, scope in instance.subprocesses.items()]
    return [_dump_scope(instance, None), *inner]


def _dump_scope(scope: Scope, task_id: str | None) -> JsonObject:
    # Kept out while it is empty: states of versions before compensation look the same.
    log = {"log": scope.log} if scope.log else {}
    return log | {
        "task": task_id,
        "spec": scope.spec.name,
        "root": str(scope.task_tree.id),
        "tasks": [
            [
                str(task.id),
                task.task_spec.element.id,
                task._state,
                task.last_state_change,
                task.internal_data,
            ]
            for task in scope.open_tasks()
        ],
    }


def _load_scope(instance: ProcessInstance, saved: JsonObject) -> None:
    scope: Scope = instance
    if saved["task"] is not None:
        scope = SubScope(instance.process.specs[saved["spec"]], saved["task"], instance)
        instance.subprocesses[saved["task"]] = scope
    scope.plant_root(saved["root"])
    scope.log = saved.get("log", [])
    for task_id, element, task_state, changed, internal in saved["tasks"]:
        if element not in scope.spec.task_specs:
            raise StateRefused(
                f"Expected the definition to have element '{element}', found it has not. "
                "Run the instance with the definition it began with."
            )
        spec = scope.spec.spec(element)
        task = ElementTask(scope, spec, scope.task_tree, state=task_state, id=task_id)
        task.last_state_change = changed
        task.internal_data = internal
        instance.live[task_id] = task
