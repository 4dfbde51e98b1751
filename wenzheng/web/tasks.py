"""Open tasks of a letter and their completion by staff, whatever the definition calls them.

One way for the API, its verbs and the pages: find the task, see whether this person may do it, read its
form by the definition's fields, then act (`wenzheng.web.acts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from wenzheng.gateways.ports import ProcessUnavailable
from wenzheng.petitions.forms import Around, FormField, Misfit, fields_of, fill, promised_day
from wenzheng.petitions.roles import may_act, may_perform
from wenzheng.store import Reader
from wenzheng.store.views.instances import Task
from wenzheng.store.views.petitions import PetitionRow
from wenzheng.web.acts import Intent, away, perform
from wenzheng.web.lookup import no_letter, organisation, staff_letter
from wenzheng.web.problems import Fault, Problem, shown
from wenzheng.web.schemas.acts import Done
from wenzheng.web.schemas.desk import FieldView, TaskForm, TaskForms
from wenzheng.web.security import Principal
from wenzheng.web.seeing import sight_of
from wenzheng.web.services import Services

_ASSIGNED: Final = "assigned"
"""The fact of the task that gives a letter to a unit."""
_LOOK: Final = "GET /api/petitions/{ref}/tasks describes the form."
_CHOOSE: Final = "Choose one of the list of units: GET /api/units."
_NO_UNIT: Final = frozenset({"assignment.unknown_unit", "assignment.kind", "form.unit"})


@dataclass(frozen=True)
class Completion:
    """A person's wish to complete a task of a letter with these values.

    `values` are typed, by field; texts stand in them as they were written. `role` is what the task is
    written for, where the caller knows it: it decides who hears what while the task is not open yet.
    `pointers` say where a field stands in the request.
    """

    who: Principal
    ref: str
    element: str
    act_id: str
    values: Mapping[str, Any]
    task_id: str | None = None
    role: str | None = None
    pointers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class BadForm(Problem):
    """A form with something wrong in it; `misfits` say it in both languages, for pages."""

    misfits: tuple[Misfit, ...] = ()

    __str__ = Problem.__str__


@dataclass(frozen=True)
class _Found:
    """What the store says about the task and about who may do it."""

    task: Task | None
    around: Around
    mine: str | None = None
    """Which of several open tasks of the step is meant, when the wish does not say."""


async def complete(services: Services, wish: Completion) -> Done:
    """Complete a user task once. Raises Problem with all that is wrong when it cannot be done."""
    row = await staff_letter(services, wish.ref)
    today = services.calendar.today(services.now())
    found = await services.read(lambda reader: _find(reader, row, wish, today))
    _check_may(row, wish, found, services)
    if found.task is None:
        raise await _not_there(services, row, wish)
    filled = fill(fields_of(found.task.fields), wish.values, found.around)
    if filled.misfits:
        raise _misfitting(wish, filled.misfits)
    intent = Intent(
        element=wish.element,
        actor=wish.who.account,
        role=found.task.role,
        act_id=wish.act_id,
        data=filled.values,
        texts=filled.texts,
        unit=wish.who.unit,
        task_id=wish.task_id or found.mine,
    )
    return await perform(services, row, intent)


def own_side(who: Principal) -> str:
    """Whose files a person adds and may name: their unit's, or their own where they have none."""
    return who.unit or who.account


def _find(reader: Reader, row: PetitionRow, wish: Completion, today: date) -> _Found:
    task = reader.task(row.instance, wish.element)
    together = [one for one in mine(reader, row, wish.who) if one.element == wish.element]
    if wish.task_id is None and together:  # several units do it at once: mine, the longest open first
        task = together[0]
    if wish.task_id is not None and (task is None or task.task_id != wish.task_id):
        openings = reader.tasks(instance=row.instance)
        task = next((one for one in openings if one.task_id == wish.task_id), task)
    files = frozenset(
        file.id for file in reader.attachments(petition_id=row.id) if file.unit_id == own_side(wish.who)
    )
    instance = reader.instance(row.instance)
    waiting = reader.tasks(instance=row.instance, open_only=True)
    several = sum(one.element == wish.element for one in waiting) > 1
    return _Found(
        task,
        Around(
            organisation(reader),
            today,
            files,
            assigns=task is not None and task.fact == _ASSIGNED,
            promised=promised_day(instance.variables) if instance is not None else None,
        ),
        task.task_id if task is not None and several else None,
    )


def _check_may(row: PetitionRow, wish: Completion, found: _Found, services: Services) -> None:
    who, role = wish.who, found.task.role if found.task else wish.role
    receivers = services.settings.report_receivers
    if not sight_of(row, who, found.around.units, report_receivers=receivers).knows:
        raise no_letter()
    assigned = _of(row, found.task)
    if role is None or may_act(who.role, who.unit, role, assigned=assigned, units=found.around.units):
        return
    if not may_perform(who.role, role):
        detail = f"'{wish.element}' is for the role {role}; {who.account} has the role {who.role.value}."
        raise Problem(403, "wrong-role", detail)
    detail = (
        f"Letter {row.number} is assigned to {assigned or 'no unit yet'}, {who.account} acts for "
        f"{who.unit or 'no unit'}."
    )
    raise Problem(403, "not-your-letter", detail, extra={"department": assigned})


def _of(row: PetitionRow, task: Task | None) -> str | None:
    """The unit that does a task: of what several units do at once each its own, else who has the letter."""
    return (task.unit_id if task is not None else None) or row.department


async def _not_there(services: Services, row: PetitionRow, wish: Completion) -> Problem:
    """A task the store does not show: not started, not reached, or unknown to the definition."""
    try:
        await services.process.snapshot(row.instance)
    except ProcessUnavailable as error:
        return await away(services, row, wish.element, error)
    detail = f"'{wish.element}' is not open for letter {row.number}. GET its tasks to see what is."
    return Problem(409, "not-open", detail, extra={"state": row.state})


def _misfitting(wish: Completion, misfits: tuple[Misfit, ...]) -> Problem:
    faults = [
        Fault(
            pointer=wish.pointers.get(misfit.field, f"#/data/{misfit.field}"),
            expected=misfit.en,
            found="nothing" if misfit.found is None else shown(misfit.found),
            hint=_CHOOSE if misfit.code in _NO_UNIT else _LOOK,
        )
        for misfit in misfits
    ]
    where = ", ".join(dict.fromkeys(fault.pointer for fault in faults))
    code = "bad-unit" if {misfit.code for misfit in misfits} <= _NO_UNIT else "bad-data"
    detail = f"The form of '{wish.element}' has {len(faults)} fault(s): {where}."
    return BadForm(422, code, detail, faults, misfits=misfits)


def mine(reader: Reader, row: PetitionRow, who: Principal) -> list[Task]:
    """The open tasks of a letter that a person may complete, the longest open first."""
    units = organisation(reader)
    return [
        task
        for task in reader.tasks(instance=row.instance, open_only=True)
        if may_act(who.role, who.unit, task.role, assigned=_of(row, task), units=units)
    ]


async def open_forms(services: Services, ref: str, who: Principal) -> TaskForms:
    """The open tasks of a letter that the caller may complete, with their forms."""
    row = await staff_letter(services, ref)
    receivers = services.settings.report_receivers

    def ask(reader: Reader) -> list[Task]:
        if not sight_of(row, who, organisation(reader), report_receivers=receivers).knows:
            raise no_letter()
        return mine(reader, row, who)

    return TaskForms(items=[_form(task) for task in await services.read(ask)])


def _form(task: Task) -> TaskForm:
    return TaskForm(
        task_id=task.task_id,
        element=task.element,
        name=task.name,
        role=task.role,
        fact=task.fact,
        round=task.round,
        opened_at=task.opened_at,
        fields=[field_view(item) for item in fields_of(task.fields)],
    )


def field_view(item: FormField) -> FieldView:
    """A field as the API describes it."""
    return FieldView(
        id=item.id,
        type=item.type,
        name_zh=item.name("zh"),
        name_en=item.name("en"),
        required=item.required,
        min=item.minimum,
        max=item.maximum,
        not_before=item.not_before,
        values=list(item.values),
    )
