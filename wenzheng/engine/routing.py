"""From what an instance throws to what a router can route: facts of its definition."""

from __future__ import annotations

from wenzheng.contracts import MESSAGE_THROWN, JsonObject
from wenzheng.engine.definition import Definition
from wenzheng.engine.router import MESSAGE, SIGNAL, Thrown


def thrown(definition: Definition, instance: str, key: str, kind: str, data: JsonObject) -> Thrown:
    """The message or signal that an effect of an instance throws; `kind` and `data` are the effect's."""
    what = MESSAGE if kind == MESSAGE_THROWN else SIGNAL
    name = data[what]
    return Thrown(
        definition.digest,
        key,
        instance,
        what,
        name,
        data.get("keys", {}),
        data.get("data", {}),
        begun_by(definition, what, name),
    )


def begun_by(definition: Definition, kind: str, name: str) -> tuple[str, ...]:
    """The processes of a bundle that begin with a message or signal, in the order of its files."""
    return tuple(
        process_id for process_id, process in definition.processes.items() if process.begins_with(kind, name)
    )
