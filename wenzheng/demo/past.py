"""The past of a letter, lived in virtual time by the engine that every letter is handled by.

The rows of its log are numbered as a workflow numbers them, so that what comes out is what a workflow
would carry into a new history: the engine's state, and the rows that are still to be written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from wenzheng.calendars import Calendar
from wenzheng.contracts import SERVICE_REQUESTED, JsonObject, ServiceCall
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
from wenzheng.simulation.answers import Answers
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
    """(when, service, call)"""


def live(
    definition: Definition,
    calendar: Calendar,
    instance: str,
    start: Beginning,
    deeds: Sequence[Deed],
    *,
    until: datetime,
) -> Past:
    """Live from the beginning to `until`; services answer at once.

    Raises EventRefused when a deed was not possible at its instant.
    """
    journal, past = Journal(), Past()
    names = {id(deed.event): deed.act_id for deed in deeds}

    def watch(who: Inhabitant, event: Event, effects: list[Effect]) -> None:
        now = who.instance.now
        journal.record(_act_id(event, names, journal.seq + 1), effects, now)
        for effect in effects:
            if effect.kind == SERVICE_REQUESTED:
                data = effect.data
                call = ServiceCall(instance, data["call_id"], data["input"])
                past.calls.append((now, data["service"], call))

    elements = definition.processes[start.process_id].model.all_elements()
    nobody = Answers({element.id: [] for element in elements if element.type == "userTask"})
    world = World(definition, calendar, start.at, nobody, watch)
    who = world.start(start.process_id, start.variables)
    for deed in deeds:
        world.plan(who, deed.event, deed.at)
    world.run(until)
    past.state = pack({"journal": journal.dump(), "instance": dump(who.instance)})
    return past


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
