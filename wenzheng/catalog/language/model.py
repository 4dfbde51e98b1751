"""What a YAML definition says, with the place of everything; built even when parts are wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from wenzheng.catalog.language.deadlines import Deadline
from wenzheng.catalog.language.parts import Label, Part, Word
from wenzheng.catalog.language.scheduling import Scheduled
from wenzheng.engine.findings import Position
from wenzheng.engine.yaml_tree import Key, YamlNode

EACH: Final = "unit"
"""The data that holds, in what is done `for_each`, the unit that does it."""


@dataclass(frozen=True)
class Data(Part):
    """A piece of data; `type` is the engine's name."""

    type: str
    required: bool = False
    initial: YamlNode | None = None


@dataclass(frozen=True)
class FormField(Part):
    """A field; `type` is the engine's name, `choice` whether it was written as a choice."""

    type: str
    choice: bool
    required: bool
    limits: dict[str, int]
    values: tuple[Word, ...]
    template: Label = field(default_factory=dict)
    not_before: Word | None = None


@dataclass(frozen=True)
class Waiting:
    """What is waited for: kind is working_days, calendar_days, duration, message, until or schedule.

    `anchor` names the date from which days count; of a schedule the value is its `every`.
    """

    kind: str
    value: Word
    anchor: Word | None = None
    schedule: Scheduled | None = None


@dataclass(frozen=True)
class Event(Part):
    """What interrupts a step or, at any time, the handling.

    With `keep` it interrupts nothing: its `form` gives new values, and its `steps` are done beside the rest.
    """

    wait: Waiting | None
    go: Word | None
    keep: bool = False
    by: Word | None = None
    guidance: Label = field(default_factory=dict)
    form: tuple[FormField, ...] = ()
    steps: tuple[Step, ...] = ()
    form_of: Word | None = None
    both: bool = False
    """Whether it names both a message and a schedule."""


@dataclass(frozen=True)
class Strand(Part):
    """One of several branches that run at the same time."""

    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Procedure(Part):
    """Steps that are done wherever a step says `do`; its deadlines begin anew each time."""

    steps: tuple[Step, ...]
    deadlines: tuple[Deadline, ...] = ()


@dataclass(frozen=True)
class Role(Part):
    """What a role is called here; with `any_of` it is a group, and stands for each of these."""

    any_of: tuple[Word, ...]


@dataclass(frozen=True)
class Start(Part):
    """The beginning: at once, or with a message or at a time of the calendar."""

    wait: Waiting | None = None
    both: bool = False


@dataclass(frozen=True)
class Branch:
    """A way out of a choice; without a condition it is the way when none holds."""

    condition: Word | None
    go: Word
    position: Position


@dataclass(frozen=True)
class Step(Part):
    """A step; `kind` is the key that says what it does, `value` what stands behind that key."""

    kind: str
    value: Word | None = None
    go: Word | None = None
    fact: Word | None = None
    form: tuple[FormField, ...] = ()
    unless: tuple[Event, ...] = ()
    expressions: tuple[tuple[Key, Word], ...] = ()
    output: Word | None = None
    branches: tuple[Branch, ...] = ()
    wait: Waiting | None = None
    rounds: int = 0
    count: Word | None = None
    keeps: tuple[Word, ...] = ()
    guidance: Label = field(default_factory=dict)
    for_each: Word | None = None
    collect: tuple[tuple[Key, Word], ...] = ()
    together: tuple[Strand, ...] = ()
    form_of: Word | None = None
    deadlines: tuple[Deadline, ...] = ()
    missing: Word | None = None


@dataclass(frozen=True)
class Way:
    """Steps that follow one another: those of the process, of a branch, or of what happens beside it.

    `owner` is what they stand in; None for the process's own. Inside, its name leads to the end.
    """

    steps: tuple[Step, ...]
    owner: Part | None = None


@dataclass
class Process:
    """One definition file."""

    file: str
    id: str
    position: Position
    label: Label
    start: Start
    data: dict[str, Data] = field(default_factory=dict)
    deadlines: list[Deadline] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    outcomes: list[Part] = field(default_factory=list)
    anytime: list[Event] = field(default_factory=list)
    roles: dict[str, Role] = field(default_factory=dict)
    forms: dict[str, tuple[FormField, ...]] = field(default_factory=dict)
    procedures: list[Procedure] = field(default_factory=list)
    calendar: Word | None = None
    """The calendar that its days are counted by, where it names one."""

    def ways(self) -> list[Way]:
        """Its own steps, those that stand in others, and those of its procedures."""
        inside = [way for procedure in self.done() for way in self.ways_of(procedure)]
        return [*self.own_ways(), *inside]

    def own_ways(self) -> list[Way]:
        """Its own steps, and those that stand in others."""
        beside = [Way(event.steps, event) for event in self.anytime if event.keep]
        return [Way(tuple(self.steps)), *_strands(self.steps), *beside]

    def ways_of(self, procedure: Procedure) -> list[Way]:
        """The steps of a procedure, and those that stand in others of it."""
        return [Way(procedure.steps, procedure), *_strands(procedure.steps)]

    def done(self) -> list[Procedure]:
        """Its procedures; of those that are imported only what is done."""
        if not self.procedures:
            return []
        wanted = {name for way in self.own_ways() for name in _done_by(way)}
        known = {procedure.id: procedure for procedure in self.procedures}
        waiting = [known[name] for name in sorted(wanted) if name in known]
        waiting += [procedure for procedure in self.procedures if procedure.position.file == self.file]
        seen: set[str] = set()
        while waiting:
            procedure = waiting.pop()
            if procedure.id not in seen:
                seen.add(procedure.id)
                names = [name for way in self.ways_of(procedure) for name in _done_by(way)]
                waiting += [known[name] for name in names if name in known]
        return [procedure for procedure in self.procedures if procedure.id in seen]

    @cached_property
    def for_units(self) -> set[str]:
        """The procedures that are done for each of several units, and all that these do."""
        known = {procedure.id: procedure for procedure in self.procedures}
        waiting = [step.value.text for step in self.all_steps() if _does_for_each(step) and step.value]
        found: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in known and name not in found:
                found.add(name)
                waiting += [done for way in self.ways_of(known[name]) for done in _done_by(way)]
        return found

    @cached_property
    def steps_for_units(self) -> set[str]:
        """The steps of these procedures: each is done by the unit for which the procedure is."""
        mine = self.for_units
        ways = [way for one in self.procedures if one.id in mine for way in self.ways_of(one)]
        return {step.id for way in ways for step in way.steps}

    def deadlines_of(self, part: Procedure | Step) -> list[Deadline]:
        """What is counted each time a procedure or step is done."""
        return [self.with_roles(deadline) for deadline in part.deadlines]

    def with_roles(self, deadline: Deadline) -> Deadline:
        """A deadline whose groups are each of their roles: who is told is always one of them."""
        limits = tuple(
            replace(
                limit,
                notify=tuple(one for word in limit.notify for one in self.roles_of(word)),
                remind=limit.remind and tuple(one for word in limit.remind for one in self.roles_of(word)),
            )
            for limit in deadline.limits
        )
        return replace(deadline, limits=limits)

    def roles_of(self, role: Word) -> list[Word]:
        """The roles that a name stands for: itself, unless it is a group."""
        group = self.roles.get(role.text)
        if group is None or not group.any_of:
            return [role]
        return [Word(one.text, role.node) for one in group.any_of]

    def all_steps(self) -> list[Step]:
        """Every step, wherever it stands."""
        return [step for way in self.ways() for step in way.steps]

    def fields(self) -> list[FormField]:
        """Every field of every form."""
        forms = [*(step.form for step in self.all_steps()), *(event.form for event in self.anytime)]
        return [asked for form in forms for asked in form]

    def step(self, name: str) -> Step | None:
        """The step of that name."""
        return next((step for step in self.all_steps() if step.id == name), None)


def _strands(steps: Iterable[Step]) -> list[Way]:
    return [Way(strand.steps, strand) for step in steps for strand in step.together]


def _does_for_each(step: Step) -> bool:
    return step.kind == "do" and step.for_each is not None


def _done_by(way: Way) -> list[str]:
    """The procedures that steps do."""
    return [step.value.text for step in way.steps if step.kind == "do" and step.value is not None]
