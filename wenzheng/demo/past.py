"""The past of a letter, lived in virtual time by the engine that every letter is handled by.

The rows of its log are numbered as a workflow numbers them, so that what comes out is what a workflow
would carry into a new history: the engine's state, and the rows that are still to be written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from wenzheng.calendars import Calendar
from wenzheng.contracts import (
    FACT_REACHED,
    INSTANCE_ENDED,
    SERVICE_REQUESTED,
    TASK_CLOSED,
    JsonObject,
    ServiceCall,
)
from wenzheng.engine.definition import Definition
from wenzheng.engine.effects import Effect
from wenzheng.engine.events import (
    CalendarChanged,
    Event,
    IncidentResolved,
    MessageReceived,
    OccasionCome,
    ServiceFailed,
    ServiceFinished,
    SignalReceived,
    Start,
    StartRefused,
    TaskCompleted,
    TimeReached,
)
from wenzheng.engine.state import dump, pack
from wenzheng.petitions.matters import ENDED_AS, SETTLED, TOLD_FACTS
from wenzheng.simulation.answers import Answer, Answers
from wenzheng.simulation.world import Inhabitant, World
from workflows.journal import Journal


@dataclass(frozen=True)
class Beginning:
    """Which process begins, with what, and when."""

    process_id: str
    variables: JsonObject
    at: datetime


@dataclass(frozen=True)
class Deed:
    """What somebody did, under the name of the act."""

    act_id: str
    at: datetime
    event: TaskCompleted | MessageReceived


@dataclass
class Past:
    """What became of a letter: its state for the start of a workflow, and the calls of services."""

    state: str = ""
    calls: list[tuple[datetime, str, ServiceCall]] = field(default_factory=list)
    """(when, service, call) of those that were done."""
    told: list[tuple[datetime, str, JsonObject]] = field(default_factory=list)
    """What a forum session that it came of hears: (when, message, what it says besides)."""


def first_fails(code: str) -> list[Answer]:
    """Answers of a service whose first call fails with this code."""
    return [Answer(fail=code, says="The gateway did not answer; nothing was handed over.")]


def live(
    definition: Definition,
    calendar: Calendar,
    instance: str,
    start: Beginning,
    deeds: Sequence[Deed],
    *,
    until: datetime,
    services: Mapping[str, list[Answer]] = MappingProxyType({}),
) -> Past:
    """Live from the beginning to `until`; services answer at once, by `services` where those are named.

    Raises EventRefused when a deed was not possible at its instant.
    """
    journal, past = Journal(), Past()
    names = {id(deed.event): deed.act_id for deed in deeds}

    def watch(who: Inhabitant, event: Event, effects: list[Effect]) -> None:
        now = who.instance.now
        journal.record(_act_id(event, names, journal.seq + 1), effects, now)
        for effect in effects:
            past.told += [(now, *said) for said in _said(effect)]
            if effect.kind == SERVICE_REQUESTED and effect.element not in services:
                data = effect.data
                call = ServiceCall(instance, data["call_id"], data["input"])
                past.calls.append((now, data["service"], call))

    elements = definition.processes[start.process_id].model.all_elements()
    nobody: dict[str, list[Answer]] = {element.id: [] for element in elements if element.type == "userTask"}
    answers = Answers(nobody | {name: list(one) for name, one in services.items()})
    world = World(definition, calendar, start.at, answers, watch)
    who = world.start(start.process_id, start.variables)
    for deed in deeds:
        world.plan(who, deed.event, deed.at)
    world.run(until)
    past.state = pack({"journal": journal.dump(), "instance": dump(who.instance)})
    return past


def _said(effect: Effect) -> Iterator[tuple[str, JsonObject]]:
    """The messages by which the store tells a session of this (store.projection)."""
    fact = effect.data.get("fact")
    if effect.kind in {TASK_CLOSED, FACT_REACHED} and fact in TOLD_FACTS:
        yield TOLD_FACTS[fact], {}
    if effect.kind == INSTANCE_ENDED:
        yield SETTLED, {ENDED_AS: effect.data.get("outcome")}


def _act_id(event: Event, names: dict[int, str], seq: int) -> str:
    """The name of an act, as the workflow gives it (workflows.process)."""
    match event:
        case Start():
            return "start"
        case TimeReached():
            return f"time-{seq}"
        case ServiceFinished() | ServiceFailed():
            return f"service-{event.call_id}-{seq}"
        case (
            TaskCompleted()
            | MessageReceived()
            | SignalReceived()
            | OccasionCome()
            | StartRefused()
            | IncidentResolved()
        ):
            return names[id(event)]
        case CalendarChanged():
            return f"calendar-{event.calendar.version[:16]}"
