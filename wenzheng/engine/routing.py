"""From what an instance throws to what a router can route: facts of its definition."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from wenzheng.contracts import (
    MESSAGE_THROWN,
    SCHEDULE,
    SIGNAL_THROWN,
    Delivery,
    JsonObject,
    Record,
    Routing,
    Subscription,
)
from wenzheng.engine.compiled import CompiledProcess
from wenzheng.engine.definition import Definition
from wenzheng.engine.events import MessageReceived, OccasionCome, SignalReceived
from wenzheng.engine.instance import ProcessInstance
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


def subscriptions(definition: Definition, instance: ProcessInstance) -> list[Subscription]:
    """What an instance waits for that another of its bundle may throw."""
    if instance.ended is not None or not definition.spoken:
        return []
    return [
        Subscription(one.id, one.kind, one.name, dict(one.keys))
        for one in instance.waits()
        if (one.kind, one.name) in definition.spoken
    ]


def routing(definition: Definition, waits: list[Subscription], records: Iterable[Record]) -> Routing | None:
    """What a flush tells the router; None in a bundle whose processes do not talk."""
    if not definition.spoken:
        return None
    begins = {}
    for record in records:
        if record.kind in {MESSAGE_THROWN, SIGNAL_THROWN}:
            what = MESSAGE if record.kind == MESSAGE_THROWN else SIGNAL
            name = record.data[what]
            found = begun_by(definition, what, name)
            if found:
                begins[f"{what}/{name}"] = list(found)
    return Routing(waits, begins)


def begun_with(process: CompiledProcess, data: JsonObject) -> JsonObject:
    """The start variables of an instance that begins with a message: those it cannot begin without.

    The others come with the message itself, a step later.
    """
    variables = process.model.variables
    return {
        name: value
        for name, value in process.takes(data).items()
        if name in variables and variables[name].required
    }


def occasion_event(schedule: str, element: str, period: str, at: datetime) -> Delivery:
    """The occasion of a schedule, by which an instance begins at one of its start events."""
    return Delivery(f"occasion-{period}", SCHEDULE, element, schedule, keys={"at": at.isoformat()})


def event_of(delivery: Delivery, process: CompiledProcess) -> MessageReceived | SignalReceived | OccasionCome:
    """What a delivery is to an instance of a process."""
    if delivery.kind == SCHEDULE:
        return OccasionCome(delivery.name, datetime.fromisoformat(delivery.keys["at"]))
    waits = tuple(delivery.waits) if delivery.waits else None
    if delivery.kind == SIGNAL:
        return SignalReceived(delivery.name, waits, delivery.act_id)
    data = process.takes(delivery.data)
    to = waits[0] if waits else None
    return MessageReceived(delivery.name, data, delivery.sender, to, delivery.keys, delivery.act_id)
