"""Escalations in inboxes, and their answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, and_, func, or_, select

from wenzheng.store.errors import Conflict, NotFound, StoreError
from wenzheng.store.session import Part, as_view
from wenzheng.store.tables.forum import ForumSessionTable
from wenzheng.store.tables.instances import ClockTable
from wenzheng.store.tables.notices import AcknowledgementTable, InboxTable
from wenzheng.store.tables.petitions import PetitionTable
from wenzheng.store.types import check_text, insert_new
from wenzheng.store.views.notices import Acknowledgement, AcknowledgementKind, InboxEntry

KINDS: Final = ("order", "date", "reason")


def entries() -> Select[InboxTable, AcknowledgementTable, ClockTable, str, str]:
    """Every entry with its answer, its clock, and its letter or session, newest first."""
    return (
        select(
            InboxTable,
            AcknowledgementTable,
            ClockTable,
            func.coalesce(PetitionTable.number, ForumSessionTable.number),
            func.coalesce(PetitionTable.title, ForumSessionTable.title),
        )
        .outerjoin(AcknowledgementTable, AcknowledgementTable.entry_id == InboxTable.id)
        .outerjoin(
            ClockTable,
            and_(
                ClockTable.instance == InboxTable.instance,
                ClockTable.clock == InboxTable.clock,
                ClockTable.current,
            ),
        )
        .outerjoin(PetitionTable, PetitionTable.id == InboxTable.petition_id)
        .outerjoin(ForumSessionTable, ForumSessionTable.instance == InboxTable.instance)
        .order_by(InboxTable.at.desc(), InboxTable.id)
    )


def entry_of(row: Any) -> InboxEntry:
    """A row of `entries` as an entry."""
    entry, answer, clock, number, title = row
    return as_view(
        InboxEntry,
        entry,
        petition_number=number,
        petition_title=title,
        clock_name=clock.name if clock is not None else entry.clock,
        clock_name_en=clock.name_en if clock is not None else "",
        whose=clock.unit_id if clock is not None else None,
        acknowledgement=answer and as_view(Acknowledgement, answer),
    )


class InboxReads(Part):
    """Questions about inboxes."""

    def inbox(
        self, *, role: str, unit_id: str | None = None, open_only: bool = False, limit: int = 200
    ) -> list[InboxEntry]:
        """The entries of a role, newest first.

        With a unit: those for it and those for no unit in particular.
        """
        query = entries().where(InboxTable.role == role)
        if unit_id is not None:
            query = query.where(or_(InboxTable.unit_id == unit_id, InboxTable.unit_id.is_(None)))
        if open_only:
            query = query.where(AcknowledgementTable.entry_id.is_(None))
        return [entry_of(row) for row in self.session.execute(query.limit(limit))]

    def inbox_entry(self, id: str) -> InboxEntry | None:  # noqa: A002 - the binding name
        """One entry, or None."""
        row = self.session.execute(entries().where(InboxTable.id == id)).one_or_none()
        return None if row is None else entry_of(row)

    def escalations(self, petition_id: str) -> list[InboxEntry]:
        """All entries about a petition, newest first."""
        query = entries().where(InboxTable.petition_id == petition_id)
        return [entry_of(row) for row in self.session.execute(query)]


class InboxWrites(InboxReads):
    """Answers to escalations."""

    def acknowledge(
        self, *, entry_id: str, actor: str, kind: AcknowledgementKind, text: str, at: datetime
    ) -> InboxEntry:
        """Answer an entry with an order, a date or a reason. The first answer wins.

        The same answer by the same actor again is the same answer. Raises NotFound for an unknown
        entry, StoreError for an empty answer or another kind, Conflict (naming who and when) when
        somebody was first.
        """
        check_text(text=text)
        if kind not in KINDS or not text.strip():
            msg = "expected an order, a date or a reason with its text"
            msg = f"{msg}, found kind {kind!r} and {len(text)} characters"
            raise StoreError(msg)
        if self.inbox_entry(entry_id) is None:
            msg = f"expected an inbox entry, found none with id {entry_id!r}; reload the inbox"
            raise NotFound(msg)
        values = {"entry_id": entry_id, "actor": actor, "kind": kind, "text": text, "at": at}
        if not insert_new(self.session, AcknowledgementTable, values):
            first = self.session.get_one(AcknowledgementTable, entry_id)
            if (first.actor, first.kind, first.text) != (actor, kind, text):
                msg = f"{first.actor} answered this at {first.at.isoformat()}; reload the inbox"
                raise Conflict(msg, by=first.actor, at=first.at)
        entry = self.inbox_entry(entry_id)
        if entry is None:  # pragma: no cover - it was there above, in the same transaction
            raise AssertionError
        return entry
