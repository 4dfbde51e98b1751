"""Open tasks and notices of the signed-in person."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter

from wenzheng.petitions.organisation import Organisation
from wenzheng.petitions.roles import DEPARTMENTS, Role
from wenzheng.petitions.visibility import FieldGroup
from wenzheng.store import Conflict, NotFound, Reader
from wenzheng.store import views as rows
from wenzheng.web import schemas
from wenzheng.web.lookup import organisation
from wenzheng.web.problems import Fault, Problem
from wenzheng.web.security import Given, Principal, Staff
from wenzheng.web.seeing import sight_of

router = APIRouter(tags=["my work"])

# A head sees the tasks of those under them.
_TASKS_OF: Final = {
    Role.CENTRE_HEAD: "clerk",
    Role.DEPARTMENT_HEAD: "department",
}


@router.get("/tasks")
async def tasks(given: Given, who: Staff) -> schemas.Tasks:
    """My open tasks, the longest open first."""
    now = given.now()

    def ask(reader: Reader) -> list[schemas.TaskView]:
        role = _TASKS_OF.get(who.role, who.role.value)
        found = reader.tasks(role=role, unit_id=who.unit, open_only=True)
        if who.unit is None and who.role in DEPARTMENTS:
            return []
        units = organisation(reader)
        pairs = ((task, reader.petition(task.petition_id or "", now=now)) for task in found)
        return [_task(task, row, who, units) for task, row in pairs if row is not None]

    return schemas.Tasks(items=await given.read(ask))


def _task(task: rows.Task, row: rows.PetitionRow, who: Principal, units: Organisation) -> schemas.TaskView:
    seen = sight_of(row, who, units)
    return schemas.TaskView(
        task_id=task.task_id,
        element=task.element,
        name=task.name,
        role=task.role,
        petition=row.id,
        number=row.number,
        title=seen.words(FieldGroup.TEXT, row.title),
        department=row.department,
        lamp=row.lamp,
        opened_at=task.opened_at,
    )


def _entry(entry: rows.InboxEntry) -> schemas.InboxEntry:
    answer = entry.acknowledgement
    return schemas.InboxEntry(
        id=entry.id,
        petition=entry.petition_id or "",
        number=entry.petition_number or "",
        clock=entry.clock,
        threshold=entry.threshold,
        lamp=entry.lamp,
        due=entry.due,
        created_at=entry.at,
        notice_at=entry.notice_at,
        recipient_role=entry.role,
        recipient_unit=entry.unit_id,
        acknowledged_at=answer.at if answer else None,
        acknowledged_by=answer.actor if answer else None,
        acknowledged_with=answer.kind if answer else None,
        acknowledgement=answer.text if answer else None,
    )


def _is_mine(entry: rows.InboxEntry, who: Principal) -> bool:
    return entry.role == who.role.value and entry.unit_id in {None, who.unit}


@router.get("/inbox")
async def inbox(given: Given, who: Staff) -> schemas.Inbox:
    """Notices of passed limits for me, newest first."""
    entries = await given.read(lambda reader: reader.inbox(role=who.role.value, unit_id=who.unit))
    return schemas.Inbox(items=[_entry(entry) for entry in entries if _is_mine(entry, who)])


@router.post("/inbox/{entry_id}/acknowledge")
async def acknowledge(
    entry_id: str, body: schemas.Acknowledge, given: Given, who: Staff
) -> schemas.InboxEntry:
    """Answer a notice with an order, a date or a reason; the first answer counts."""
    kind, text = _answer(body)
    entry = await given.read(lambda reader: reader.inbox_entry(entry_id))
    if entry is None or not _is_mine(entry, who):
        raise Problem(404, "no-entry", "Your inbox has no such notice. GET /api/inbox lists yours.")
    answer: dict[str, Any] = {"entry_id": entry_id, "actor": who.account, "kind": kind, "text": text}
    try:
        return _entry(await given.write(lambda unit: unit.acknowledge(**answer, at=given.now())))
    except Conflict as error:
        at = error.at.isoformat() if error.at else None
        raise Problem(409, "already-done", str(error), extra={"by": error.by, "at": at}) from error
    except NotFound as error:
        raise Problem(404, "no-entry", str(error)) from error


def _answer(body: schemas.Acknowledge) -> tuple[str, str]:
    """The one answer of the body: opening a notice is not enough (defaults.md, "rung acknowledged")."""
    values = {"order": body.order, "date": body.date and body.date.isoformat(), "reason": body.reason}
    given = {kind: text for kind, text in values.items() if text and text.strip()}
    if len(given) != 1:
        fault = Fault(
            pointer="#",
            expected="one of order, date, reason",
            found=", ".join(given) or "nothing",
            hint="Write what you order, by when it will be done, or why nothing is needed.",
        )
        raise Problem(422, "bad-data", "A notice is acknowledged with exactly one answer.", [fault])
    return next(iter(given.items()))
