"""What cannot be meant by roles, groups, forms, procedures and schedules."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from wenzheng.catalog.language.model import EACH, Event, Process, Role, Start, Step, Waiting
from wenzheng.catalog.language.parts import Word
from wenzheng.catalog.language.shapes import nearest
from wenzheng.engine.findings import Position

_Error = Callable[[Position, str, str, str, str], None]


class _Known(Protocol):
    def __call__(self, word: Word | None, known: Iterable[str], rule: str, wanted: str, owner: str) -> bool:
        """Whether a word is one of the names; a finding when it is not."""
        ...


@dataclass(frozen=True)
class Names:
    """The names that definitions may use; None where the caller does not know them.

    `alone` are roles whose tasks are for one unit or one person: no group can do them.
    """

    roles: frozenset[str] | None = None
    recipients: frozenset[str] | None = None
    alone: frozenset[str] = frozenset()

    @property
    def people(self) -> frozenset[str] | None:
        """Whoever can do something or be told."""
        if self.roles is None or self.recipients is None:
            return None
        return self.roles | self.recipients


class ReuseCheck:
    """Checks what is named once and used in several places."""

    def __init__(self, process: Process, names: Names, error: _Error, known: _Known) -> None:
        self._process = process
        self._names = names
        self._error = error
        self._known = known

    def check(self) -> None:
        """Add a finding for everything that cannot be meant."""
        for role in self._process.roles.values():
            self._check_role(role)
        procedures = [procedure.id for procedure in self._process.procedures]
        for step in self._process.all_steps():
            if step.kind == "do":
                self._known(step.value, procedures, "unknown-procedure", "a procedure", step.id)
            self._check_form(step)
        for event in self._process.anytime:
            self._check_form(event)
            self._check_cause(event)
        self._check_used()
        self._check_for_units()

    def does(self, role: Word | None, owner: str) -> None:
        """Check who does something: a role that people have, or a group of such roles."""
        roles = self._names.roles
        if role is None or roles is None:
            return
        group = self._process.roles.get(role.text)
        if group is None or not group.any_of:
            self._known(role, roles, "unknown-role", "a role that people have", owner)
            return
        for one in group.any_of:
            told = one.text in (self._names.people or ()) and one.text not in roles
            if one.text in self._names.alone or told:
                self._error(
                    role.position,
                    owner,
                    "group-alone",
                    f"Expected roles of the whole house in the group '{role.text}', who do '{owner}', found "
                    f"'{one.text}', whose tasks are for one unit or person.",
                    f"Let '{one.text}' do a step of its own, or take it out of the group.",
                )

    def _check_role(self, role: Role) -> None:
        people = self._names.people
        if people is None:
            return
        if not role.any_of:
            if role.id not in people:
                self._error(
                    role.position,
                    role.id,
                    "unknown-role",
                    f"Expected a role that people have, found '{role.id}'.",
                    nearest(role.id, people) or "Name with 'any_of' the roles that it stands for.",
                )
            return
        if role.id in people:
            self._error(
                role.position,
                role.id,
                "group-name",
                f"Expected a name of its own for a group, found '{role.id}', which is a role.",
                "Choose another name.",
            )
        for one in role.any_of:
            self._known(one, people, "unknown-role", "a role that people have", role.id)

    def _check_form(self, part: Step | Event) -> None:
        self._known(part.form_of, self._process.forms, "unknown-form", "a form of 'forms'", part.id)

    def _check_cause(self, event: Event) -> None:
        if event.wait is None or event.both:
            self._error(
                event.position,
                event.id,
                "event-cause",
                f"Expected one of 'message' and 'schedule' in '{event.id}', found "
                f"{'both' if event.both else 'none'}.",
                "Say with one of them when it happens.",
            )
        elif event.wait.kind == "schedule" and (event.by or event.form or event.form_of or event.guidance):
            self._error(
                event.position,
                event.id,
                "schedule-of-nobody",
                f"Expected no 'by', 'form' and 'guidance' in '{event.id}', which happens by itself, found "
                "one.",
                "Put them into a step below 'steps:'.",
            )

    def _check_for_units(self) -> None:
        """A procedure is done for each unit wherever it is done, or nowhere: its steps are that unit's."""
        mine, inside = self._process.for_units, self._process.steps_for_units
        if mine and EACH in self._process.data:
            self._error(
                self._process.data[EACH].position,
                EACH,
                "reserved-name",
                f"Expected data of a name of your own, found '{EACH}', which holds the unit that a procedure "
                "is done for.",
                "Choose another name.",
            )
        for step in self._process.all_steps():
            alone = step.kind == "do" and step.for_each is None and step.id not in inside
            if alone and step.value is not None and step.value.text in mine:
                self._error(
                    step.position,
                    step.id,
                    "each-and-once",
                    f"Expected 'for_each' beside 'do' of '{step.id}', because '{step.value.text}' is done "
                    "for each unit elsewhere, found none: its steps would be nobody's.",
                    "Say for which units with 'for_each', or write a procedure of its own.",
                )

    def _check_used(self) -> None:
        done = {step.value.text for step in self._process.all_steps() if step.kind == "do" and step.value}
        for procedure in self._process.procedures:
            if procedure.id not in done and procedure.position.file == self._process.file:
                self._error(
                    procedure.position,
                    procedure.id,
                    "never-reached",
                    f"Expected something to lead to '{procedure.id}', found nothing does.",
                    "Do it in a step with 'do:', or remove it.",
                )


def check_schedule(wait: Waiting | None, owner: str, error: _Error) -> None:
    """Add a finding for a day that the period of a schedule never has."""
    problem = wait.schedule.problem() if wait is not None and wait.schedule is not None else None
    if problem is not None and wait is not None and wait.schedule is not None:
        expected, hint = problem
        error(
            wait.schedule.node.position,
            owner,
            "schedule-day",
            f"Expected {expected} in the schedule of '{owner}', found another.",
            hint,
        )


def check_start(start: Start, error: _Error) -> None:
    """Add a finding for a beginning that says two things."""
    if start.both:
        error(
            start.position,
            start.id,
            "event-cause",
            f"Expected at most one of 'message' and 'schedule' in the start '{start.id}', found both.",
            "Keep one of the two.",
        )
    check_schedule(start.wait, start.id, error)
