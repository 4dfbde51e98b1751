"""Escalations of a person and their answers: an order, a date or a reason; opening one is not enough."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from wenzheng.petitions.visibility import FieldGroup
from wenzheng.store import Conflict, NotFound, Reader
from wenzheng.store.views.notices import Acknowledgement, AcknowledgementKind, InboxEntry
from wenzheng.store.views.people import Unit
from wenzheng.web.lookup import organisation
from wenzheng.web.problems import Fault, Problem, shown
from wenzheng.web.security import Principal
from wenzheng.web.seeing import sight_of
from wenzheng.web.services import Services

LONGEST_ANSWER: Final = 4000
"""Characters of an order or a reason, as of a letter."""


def is_mine(entry: InboxEntry, who: Principal) -> bool:
    """Whether an entry is for this person: their role, and their unit or every holder of the role."""
    return entry.role == who.role.value and entry.unit_id in {None, who.unit}


def no_entry() -> Problem:
    """The one answer for an entry that is not there and one of somebody else."""
    return Problem(404, "no-entry", "Your inbox has no such notice. GET /api/inbox lists yours.")


async def entry_for(services: Services, entry_id: str, who: Principal) -> InboxEntry:
    """An entry of this person's inbox. Raises Problem 404 otherwise."""
    entry = await services.read(lambda reader: reader.inbox_entry(entry_id))
    if entry is None or not is_mine(entry, who):
        raise no_entry()
    return entry


async def acknowledge(
    services: Services, entry_id: str, who: Principal, kind: AcknowledgementKind, text: str
) -> InboxEntry:
    """Answer an entry; the first answer counts, and who comes second hears who was first.

    `text` of a date is YYYY-MM-DD, not before today. Raises Problem.
    """
    await entry_for(services, entry_id, who)
    now = services.now()
    if kind == "date" and date.fromisoformat(text) < services.calendar.today(now):
        fault = Fault(
            pointer="#/date",
            expected="today or a later day",
            found=shown(text),
            hint="Say by when it will be done.",
        )
        raise Problem(422, "past-date", "The date has passed.", [fault])
    try:
        return await services.write(
            lambda unit: unit.acknowledge(entry_id=entry_id, actor=who.account, kind=kind, text=text, at=now)
        )
    except Conflict as error:
        at = error.at.isoformat() if error.at else None
        raise Problem(409, "already-done", str(error), extra={"by": error.by, "at": at}) from error
    except NotFound as error:
        raise Problem(404, "no-entry", str(error)) from error


@dataclass(frozen=True)
class Entry:
    """An entry as its person sees it: the letter's title, if it may be read; who answered, by name."""

    entry: InboxEntry
    title: str | None
    answered_by: str | None
    whose: Unit | None = None
    """The unit whose clock it is, of clocks that several units have."""


def seen(reader: Reader, services: Services, who: Principal, entries: list[InboxEntry]) -> list[Entry]:
    """Entries with the titles this person may read and the names of those who answered."""
    units = organisation(reader)
    ids = {entry.petition_id for entry in entries if entry.petition_id}
    letters = reader.petitions_of(ids, now=services.now())
    receivers = services.settings.report_receivers

    def title(entry: InboxEntry) -> str | None:
        if entry.petition_id is None:
            return entry.petition_title  # a session of the forum: everybody on the staff knows of it
        row = letters.get(entry.petition_id)
        if row is None:
            return None
        return sight_of(row, who, units, report_receivers=receivers).words(FieldGroup.TEXT, row.title)

    return [
        Entry(
            entry,
            title(entry),
            _name(reader, entry.acknowledgement),
            reader.unit(entry.whose) if entry.whose is not None else None,
        )
        for entry in entries
    ]


def _name(reader: Reader, answer: Acknowledgement | None) -> str | None:
    if answer is None:
        return None
    account = reader.account(answer.actor)
    return account.name if account else answer.actor
