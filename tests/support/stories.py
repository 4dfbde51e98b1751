"""Random processes with what happens to them, as they are lived through in virtual time."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from tests.support.bpmn import CALENDAR, MONDAY, SERVICES, bpmn
from tests.support.random_processes import kinds, notation
from wenzheng.catalog.bundle import Bundle
from wenzheng.contracts import (
    SERVICE_REQUESTED,
    CompleteTask,
    Delivery,
    JsonObject,
    ResolveIncident,
    SendMessage,
)
from wenzheng.engine.compiled import CompiledProcess
from wenzheng.engine.definition import Definition, compile_definition
from wenzheng.engine.effects import Effect
from wenzheng.engine.events import Event, EventRefused, ServiceFailed, ServiceFinished, Start, TimeReached
from wenzheng.engine.instance import ProcessInstance
from wenzheng.engine.model import Element
from wenzheng.engine.routing import event_of
from wenzheng.engine.step import check, open_user_tasks, step
from wenzheng.simulation.answers import Answers
from wenzheng.simulation.world import Inhabitant, World
from workflows.acts import completion, resolution, sending

BREAKS: Final = tuple(
    timedelta(hours=hours, minutes=minutes)
    for hours, minutes in ((0, 5), (0, 50), (1, 10), (1, 35), (2, 15), (3, 25), (5, 40), (22, 20), (51, 30))
)
"""When something may happen, after the start. Timers are of whole hours or end at midnight, and no two of
these instants (nor the start) show the same minute: what is set by one act never falls due amid another."""
THE_END: Final = timedelta(hours=75, minutes=55)

Act = CompleteTask | SendMessage | Delivery | ResolveIncident | ServiceFinished | ServiceFailed
Move = tuple[datetime, Act | Event]
Line = tuple[str, str, str]
"""What became of an element: the event, its id and its type."""
Row = tuple[str, str, JsonObject]
"""A record: its kind, its element and its data."""
CAUSES: Final = {Start: "start", TimeReached: "time", ServiceFinished: "service", ServiceFailed: "service"}
WRONG: Final = {"nobody": "knows this"}
"""A result that keeps no contract."""


@dataclass(frozen=True)
class Story:
    """A process in the short notation, and at most one act at each of the BREAKS."""

    notation: str
    acts: tuple[tuple[int, Act], ...]
    definition: Definition = field(compare=False, repr=False)
    bundle: Bundle = field(compare=False, repr=False)

    def __str__(self) -> str:
        acts = "\n".join(f"  {BREAKS[place]}: {act}" for place, act in self.acts)
        return f"{self.notation}\n{acts}"

    @property
    def process(self) -> CompiledProcess:
        return self.definition.processes["p"]

    @property
    def moves(self) -> list[Move]:
        """Its acts at their instants, when it begins on MONDAY."""
        return [(MONDAY + BREAKS[place], act) for place, act in self.acts]

    @property
    def elements(self) -> Iterator[Element]:
        """All elements of all its processes."""
        for process in self.definition.processes.values():
            yield from process.model.all_elements()


@dataclass
class Life:
    """What an instance has lived through, and where it stands."""

    rows: list[Row] = field(default_factory=list)
    at: list[datetime] = field(default_factory=list)
    causes: list[str] = field(default_factory=list)
    """By what each record came about: the start, an act, time, or a service."""
    lines: list[Line] = field(default_factory=list)
    refused: list[tuple[Act | Event, str]] = field(default_factory=list)
    rings: int = 0
    """How often something was due."""
    stands: JsonObject = field(default_factory=dict)

    @property
    def books(self) -> JsonObject:
        """What the store should say of it: variables at the end, because they are written with records."""
        now = self.stands
        keys = ("element", "code", "message")
        return {
            "state": now["ended"]["state"] if now["ended"] else "running",
            "variables": now["variables"] if now["ended"] else None,
            "open": now["open"],
            "incidents": {key: [one[part] for part in keys] for key, one in now["incidents"].items()},
        }

    def told(self) -> list[Any]:
        """Everything but the instants."""
        return [self.rows, self.causes, self.lines, self.refused, self.stands]


def stands(instance: ProcessInstance) -> JsonObject:
    """Where an instance stands."""
    return {
        "variables": instance.variables,
        "open": [[task.id, task.task_spec.element.id] for task in open_user_tasks(instance)],
        "incidents": instance.incidents,
        "clocks": instance.clocks.running,
        "waits": [vars(one) for one in instance.waits()],
        "calls": instance.calls,
        "ended": instance.ended,
    }


def event_for(act: Act | Event, process: CompiledProcess) -> Event:
    """What an act is to the engine."""
    match act:
        case CompleteTask():
            return completion(act)
        case SendMessage():
            return sending(act)
        case Delivery():
            return event_of(act, process)
        case ResolveIncident():
            return resolution(act)
        case _:
            return act


# --- lives in virtual time ----------------------------------------------------------------------


FULL: Final = 60


def noted(data: JsonObject) -> ServiceFinished | ServiceFailed:
    """How a call of the local service ends, at once: its id says it. A loop of them ends with a full book."""
    number = int(data["call_id"])
    if number > FULL or number % 5 == 0:
        return ServiceFailed(data["call_id"], "full", "full: The book is full.")
    if number % 5 == 1:
        return ServiceFailed(data["call_id"], "service-output", "unexpected 'nobody'")
    return ServiceFinished(data["call_id"], {})


def _calls(instance: ProcessInstance, effects: list[Effect], *, local: bool) -> list[JsonObject]:
    """The calls that a step has asked for and not taken back: of services in the worker, or of others."""
    return [
        one.data
        for one in effects
        if one.kind == SERVICE_REQUESTED
        and SERVICES[one.data["service"]].local == local
        and one.data["call_id"] in instance.calls
    ]


class VirtualLife:
    """An instance that lives in a World, act by act."""

    def __init__(self, story_definition: Definition, begins: datetime) -> None:
        self.life = Life()
        self.calls: list[str] = []
        """Calls that have not been answered, whether or not anybody still waits for them."""
        elements = (
            element
            for process in story_definition.processes.values()
            for element in process.model.all_elements()
        )
        nobody = Answers.read({element.id: [] for element in elements})
        self.world = World(story_definition, CALENDAR, begins, nobody, self._watch)
        self.who = self.world.start("p")

    @property
    def instance(self) -> ProcessInstance:
        return self.who.instance

    def _watch(self, who: Inhabitant, event: Event, effects: list[Effect]) -> None:
        _note(self.life, event, effects, who.instance)
        if isinstance(event, ServiceFinished | ServiceFailed) and event.call_id in self.calls:
            self.calls.remove(event.call_id)
        self.calls += [data["call_id"] for data in _calls(who.instance, effects, local=False)]
        for data in _calls(who.instance, effects, local=True):
            self.world.plan(who, noted(data), self.world.now)

    def until(self, at: datetime) -> None:
        self.world.run(at)

    def do(self, at: datetime, act: Act | Event) -> None:
        """Let time pass, then let it happen, or be refused."""
        self.world.run(at)
        self.world.plan(self.who, event_for(act, self.who.process), at)
        try:
            self.world.run(at)
        except EventRefused as refused:
            self.life.refused.append((act, refused.code))

    def end(self, at: datetime) -> Life:
        self.world.run(at)
        self.life.lines = [(one.event, one.element, one.type) for one in self.world.lines]
        self.life.stands = stands(self.instance)
        return self.life


def _note(life: Life, event: Event, effects: list[Effect], instance: ProcessInstance) -> None:
    life.rings += isinstance(event, TimeReached)
    life.rows += [(one.kind, one.element, one.data) for one in effects]
    life.at += [instance.now] * len(effects)
    life.causes += [CAUSES.get(type(event), "act")] * len(effects)


def lived(story: Story, begins: datetime, moves: Sequence[Move], ends: datetime) -> Life:
    """The life of a story in a World."""
    virtual = VirtualLife(story.definition, begins)
    for at, act in moves:
        virtual.do(at, act)
    return virtual.end(ends)


def lived_late(story: Story, moves: Sequence[Move], ends: datetime, late: Callable[[], timedelta]) -> Life:
    """The same where alarms ring late, as they do on a machine: an act looks first at what is due."""
    life = Life()
    instance = ProcessInstance(story.process, CALENDAR)
    instance.trace = []

    def do(event: Event, at: datetime) -> None:
        happens = [event]
        while happens:
            effects = step(instance, happens[0], at)
            _note(life, happens.pop(0), effects, instance)
            happens += [noted(data) for data in _calls(instance, effects, local=True)]
            at += late() / 100

    do(Start({}), MONDAY)
    for at, act in [*moves, (ends, None)]:
        while (alarm := instance.next_alarm()) is not None and alarm <= at:
            do(TimeReached(), min(alarm + late(), at))
        if act is None:
            break
        event = event_for(act, story.process)
        try:
            check(instance, event, at)
        except EventRefused as refused:
            life.refused.append((act, refused.code))
        else:
            do(event, at)
    life.lines = [(one.event, one.element, one.type) for one in instance.trace]
    life.stands = stands(instance)
    return life


# --- stories ------------------------------------------------------------------------------------

SHARES: Final = 4
DRAWN_AT_MOST: Final = 50_000
FEWEST_ACTS: Final = 3
FEWEST_RINGS: Final = 3
"""For a race: two timers, and one of them set when another rang."""
LONG: Final = 500
"""Stories of more lines go round until the step limit."""
LATENESSES: Final = 10
"""How often a story is tried with alarms that ring late."""


def depends_on_lateness(story: Story) -> bool:
    """Whether seconds decide: a race of timers that were set at different instants and are due at one.

    In virtual time they are due at once, on a machine one of them comes first: both are right.
    """
    ends = MONDAY + THE_END
    moves = story.moves
    life = lived(story, MONDAY, moves, ends)
    if life.rings < FEWEST_RINGS:
        return False
    expected = life.told()
    for number in range(LATENESSES):
        draw = random.Random(number)

        def late(most: float = 20.0, draw: random.Random = draw) -> timedelta:
            return timedelta(seconds=draw.uniform(0.001, most))

        later = [(at + late(40), act) for at, act in moves]
        if lived_late(story, later, ends, late).told() != expected:
            return True
    return False


def possible(instance: ProcessInstance, calls: Sequence[str], name: str) -> list[Act | None]:
    """What can happen to an instance now, and some of what cannot; `name` is that of the act."""
    acts: list[Act | None] = [None]
    for task in open_user_tasks(instance):
        element = task.task_spec.element.id
        acts += [CompleteTask(name, element, "li", "clerk", {}, task.id)] * 3
        acts.append(CompleteTask(name, element, "li", "clerk"))
    for wait in instance.waits():
        if wait.kind == "message":
            acts += [SendMessage(name, wait.name, "wang"), SendMessage(name, wait.name, "wang", {"n": 3})]
            acts.append(Delivery(name, "message", wait.name, "other", [wait.id], {"n": 2}))
        else:
            acts.append(Delivery(name, "signal", wait.name, "other", [wait.id]))
    acts.append(Delivery(name, "signal", "alarm", "other"))
    for call in calls:
        service = instance.calls[call]["service"] if call in instance.calls else "ping"
        output = {"told": True} if service == "tell" else {}
        acts += [ServiceFinished(call, output)] * 3
        acts.append(ServiceFailed(call, "broken", "broken: It broke."))
        missing = "missing 'told'; " if service == "tell" else ""
        acts.append(ServiceFailed(call, "service-output", f"{missing}unexpected 'nobody'"))
    for incident in instance.incidents:
        acts += [
            ResolveIncident(name, incident, "op", action) for action in ("retry", "retry", "skip", "answer")
        ]
        flows = instance.stopped_task(incident).task_spec.element.outgoing
        acts += [ResolveIncident(name, incident, "op", "answer", {"flow": flow.id}) for flow in flows]
    return [*acts, *acts, *_impossible(name)]


def _impossible(name: str) -> list[Act | None]:
    return [
        CompleteTask(name, "nobody", "li", "clerk"),
        SendMessage(name, "go", "wang"),
        SendMessage(name, "go", "wang", {"x": 1}),
        Delivery(name, "signal", "alarm", "other", ["99/0"]),
        ResolveIncident(name, "0", "op", "retry"),
    ]


def story_of(source: str, numbers: Sequence[int]) -> Story | None:
    """The story in which each number says what happens at one of the BREAKS; None when it is a LONG one."""
    bundle = Bundle("random", {"p.bpmn": bpmn(source)})
    definition = compile_definition(bundle.digest, bundle.files, SERVICES)
    virtual = VirtualLife(definition, MONDAY)
    acts: list[tuple[int, Act]] = []
    for place, number in enumerate(numbers):
        at = MONDAY + BREAKS[place]
        virtual.until(at)
        if len(virtual.world.lines) > LONG:
            return None
        if virtual.instance.ended is not None:
            break
        choice = possible(virtual.instance, virtual.calls, f"act-{place}")
        act = choice[number % len(choice)]
        if act is not None:
            acts.append((place, act))
            virtual.do(at, act)
    return Story(source, tuple(acts), definition, bundle)


@dataclass
class _Collection:
    """Stories, each of another process: so many, and then those with kinds of elements that are missing."""

    wanted: int
    missing: dict[str, re.Pattern[str]]
    found: dict[str, Story] = field(default_factory=dict)
    left_out: int = 0

    @property
    def is_whole(self) -> bool:
        return len(self.found) >= self.wanted and not self.missing

    def look_at(self, source: str, numbers: list[int]) -> None:
        new = [kind for kind, shape in self.missing.items() if shape.search(source)]
        if len(self.found) >= self.wanted and not new:
            return
        story = story_of(source, numbers)
        if story is None or len(story.acts) < FEWEST_ACTS or story.bundle.digest in self.found:
            return
        if depends_on_lateness(story):
            self.left_out += 1
            return
        self.found[story.bundle.digest] = story
        for kind in new:
            del self.missing[kind]


def stories(count: int, number: int) -> tuple[list[Story], int]:
    """So many stories or a few more, always the same for a number; and how many were left out as races.

    In those of SHARES numbers that follow each other there is every kind of element.
    """
    share = dict(list(kinds().items())[number % SHARES :: SHARES])
    collection = _Collection(count, share)
    draw = random.Random(number)
    for _ in range(DRAWN_AT_MOST):
        if collection.is_whole:
            return list(collection.found.values()), collection.left_out
        collection.look_at(notation(draw.randrange), [draw.randrange(10_000) for _ in BREAKS])
    raise AssertionError(
        f"expected {count} stories, found {len(collection.found)} without {[*collection.missing]}"
    )
