"""Open tasks and notices of the signed-in person."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from wenzheng.store import Reader
from wenzheng.store.views.notices import AcknowledgementKind, InboxEntry
from wenzheng.web.desk import WaitingTask, queue_of, seen_tasks
from wenzheng.web.inbox import acknowledge, is_mine
from wenzheng.web.lookup import organisation
from wenzheng.web.problems import Fault, Problem
from wenzheng.web.schemas.acts import Acknowledge
from wenzheng.web.schemas.desk import Inbox, Tasks, TaskView
from wenzheng.web.schemas.desk import InboxEntry as InboxEntrySchema
from wenzheng.web.security import Given, Staff

router = APIRouter(tags=["my work"])

_MOST: Final = 500


@router.get("/tasks")
async def tasks(given: Given, who: Staff) -> Tasks:
    """My open tasks: emergencies first, then what is late or due first, then the longest open."""
    now = given.now()

    def ask(reader: Reader) -> list[TaskView]:
        waiting = reader.queue(queue_of(who, organisation(reader)), now=now, limit=_MOST)
        return [_task(item) for item in seen_tasks(reader, given, who, waiting, now)]

    return Tasks(items=await given.read(ask))


def _task(item: WaitingTask) -> TaskView:
    task, limit = item.waiting.task, item.deadline
    return TaskView(
        task_id=task.task_id,
        element=task.element,
        name=task.name,
        role=task.role,
        about="forum" if item.row is None else "letter",
        petition=item.waiting.petition_id or "",
        number=item.number,
        title=item.title,
        department=item.unit,
        lamp=item.waiting.lamp,
        emergency=item.waiting.emergency,
        due=limit.due if limit else None,
        working_days_left=limit.days if limit else None,
        opened_at=task.opened_at,
    )


def _entry(entry: InboxEntry) -> InboxEntrySchema:
    answer = entry.acknowledgement
    return InboxEntrySchema(
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


@router.get("/inbox")
async def inbox(given: Given, who: Staff) -> Inbox:
    """Notices of passed limits for me, newest first."""
    entries = await given.read(lambda reader: reader.inbox(role=who.role.value, unit_id=who.unit))
    return Inbox(items=[_entry(entry) for entry in entries if is_mine(entry, who)])


@router.post("/inbox/{entry_id}/acknowledge")
async def acknowledge_entry(entry_id: str, body: Acknowledge, given: Given, who: Staff) -> InboxEntrySchema:
    """Answer a notice with an order, a date or a reason; the first answer counts."""
    kind, text = _answer(body)
    return _entry(await acknowledge(given, entry_id, who, kind, text))


def _answer(body: Acknowledge) -> tuple[AcknowledgementKind, str]:
    """The one answer of the body: opening a notice is not enough (defaults.md, "rung acknowledged")."""
    values: dict[AcknowledgementKind, str | None] = {
        "order": body.order,
        "date": body.date.isoformat() if body.date else None,
        "reason": body.reason,
    }
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
