"""The outbox: what has to be handed to the outside, at least once.

A row is written in the transaction of what caused it. A sender asks for the due rows, hands them
over with their key as idempotency key, and marks them; a kill in between repeats the hand-over.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from wenzheng.store.session import Part, as_view, maybe_view
from wenzheng.store.tables.notices import OutboxTable
from wenzheng.store.tables.people import AccountTable
from wenzheng.store.tables.petitions import PetitionTable
from wenzheng.store.tables.properties import PropertyTable
from wenzheng.store.types import insert_new, row_id
from wenzheng.store.views.notices import OutboxEntry
from wenzheng.store.views.people import Account

START_WORKFLOW: Final = "start_workflow"
NOTICE: Final = "notice"
DELIVER: Final = "deliver"

PAST: Final = "past"
"""The property {"until": instant} of a database whose letters have a past lived in virtual time."""

BY_SUBMISSION: Final = "submission"
BY_SERVICE: Final = "service"
BY_RECORD: Final = "record"
BY_LINK: Final = "link"
"""Origins; rows by record and by link belong to the projection and go when their record is voided: by record
those of the instance, by link those that tell others of the petition's instance."""


def outbox_values(
    *, key: str, kind: str, origin: str, instance: str, at: datetime, not_before: datetime, **more: Any
) -> dict[str, Any]:
    """All columns of a new, unsent row."""
    values: dict[str, Any] = {
        "id": row_id(key),
        "key": key,
        "kind": kind,
        "origin": origin,
        "instance": instance,
        "petition_id": None,
        "template": None,
        "recipient_role": None,
        "recipient_unit": None,
        "data": {},
        "created_at": at,
        "not_before": not_before,
        "attempts": 0,
        "last_error": None,
        "failed_at": None,
        "sent_at": None,
    }
    return values | more


def unless_past(session: Session, values: dict[str, Any]) -> dict[str, Any]:
    """The row of a notice; one that was due in a past lived in virtual time counts as sent then.

    It shows what was said, and goes out to nobody. See the property PAST.
    """
    past = session.get(PropertyTable, PAST)
    if past is None or values["not_before"] >= datetime.fromisoformat(past.value["until"]):
        return values
    return values | {"sent_at": values["not_before"]}


class OutboxReads(Part):
    """Questions about the outbox."""

    def due(self, *, now: datetime, kind: str | None = None, limit: int = 100) -> list[OutboxEntry]:
        """Unsent rows whose time has come, the longest waiting first."""
        query = select(OutboxTable).where(OutboxTable.sent_at.is_(None), OutboxTable.not_before <= now)
        if kind is not None:
            query = query.where(OutboxTable.kind == kind)
        query = query.order_by(OutboxTable.not_before, OutboxTable.created_at, OutboxTable.id).limit(limit)
        return [as_view(OutboxEntry, row) for row in self.session.scalars(query)]

    def outbox_entry(self, id: str) -> OutboxEntry | None:  # noqa: A002 - the binding name
        """One row, or None."""
        return maybe_view(OutboxEntry, self.session.get(OutboxTable, id))

    def notices(self, *, state: str | None = None, limit: int = 100) -> list[OutboxEntry]:
        """Notices of a state (`waiting` untried, `failed` tried and not sent, `sent`), or all.

        The unsent first, by their time; then the sent, the latest first.
        """
        query = select(OutboxTable).where(OutboxTable.kind == NOTICE)
        unsent = OutboxTable.sent_at.is_(None)
        states = {
            "waiting": and_(unsent, OutboxTable.attempts == 0),
            "failed": and_(unsent, OutboxTable.attempts > 0),
            "sent": OutboxTable.sent_at.is_not(None),
        }
        if state is not None:
            query = query.where(states[state])
        query = query.order_by(
            OutboxTable.sent_at.is_not(None),
            OutboxTable.sent_at.desc(),
            OutboxTable.not_before,
            OutboxTable.id,
        )
        return [as_view(OutboxEntry, row) for row in self.session.scalars(query.limit(limit))]

    def author_contact(self, petition_id: str) -> tuple[str, str] | None:
        """Where the author of a petition hears of it and in which language (zh, en); None: nowhere."""
        row = self.session.get(PetitionTable, petition_id)
        return (row.author_contact, row.language) if row is not None and row.author_contact else None

    def reachable(self, role: str, unit_id: str | None) -> list[Account]:
        """The enabled accounts of a role that have a contact, by id: of that unit, of all units for None."""
        query = select(AccountTable).where(
            AccountTable.role == role, AccountTable.disabled_at.is_(None), AccountTable.contact.is_not(None)
        )
        if unit_id is not None:
            query = query.where(AccountTable.unit_id == unit_id)
        return [as_view(Account, row) for row in self.session.scalars(query.order_by(AccountTable.id))]

    def outbox(self, *, petition_id: str | None = None, instance: str | None = None) -> list[OutboxEntry]:
        """Rows of a petition or an instance, sent and unsent, in the order of their time."""
        query = select(OutboxTable)
        if petition_id is not None:
            query = query.where(OutboxTable.petition_id == petition_id)
        if instance is not None:
            query = query.where(OutboxTable.instance == instance)
        query = query.order_by(OutboxTable.not_before, OutboxTable.created_at, OutboxTable.id)
        return [as_view(OutboxEntry, row) for row in self.session.scalars(query)]


class OutboxWrites(OutboxReads):
    """Changes of the outbox."""

    def claim(self, *, now: datetime, until: datetime, kind: str) -> OutboxEntry | None:
        """Take the due row of a kind that has waited longest; nobody is given it again before `until`.

        None when none is due. A row that is claimed and not marked is due again at `until`.
        """
        query = select(OutboxTable).where(
            OutboxTable.sent_at.is_(None), OutboxTable.not_before <= now, OutboxTable.kind == kind
        )
        query = query.order_by(OutboxTable.not_before, OutboxTable.created_at, OutboxTable.id).limit(1)
        row = self.session.scalars(query.with_for_update(skip_locked=True)).one_or_none()
        if row is None:
            return None
        row.not_before = until
        self.session.flush()
        return as_view(OutboxEntry, row)

    def mark_sent(self, *, id: str, at: datetime) -> bool:  # noqa: A002 - the binding name
        """Record a hand-over. False when the row is gone (its cause was voided) or was sent before."""
        row = self.session.get(OutboxTable, id, with_for_update=True)
        if row is None or row.sent_at is not None:
            return False
        row.sent_at, row.attempts = at, row.attempts + 1
        self.session.flush()
        return True

    def mark_failed(
        self,
        *,
        id: str,  # noqa: A002 - the binding name
        at: datetime,
        error: str,
        retry_at: datetime,
        delivered: Sequence[str] = (),
    ) -> bool:
        """Record a hand-over that failed; the row is due again at `retry_at`. False as in mark_sent.

        `delivered` names the addresses that took it all the same; it is kept in the row's data.
        """
        row = self.session.get(OutboxTable, id, with_for_update=True)
        if row is None or row.sent_at is not None:
            return False
        # An error text may come from anywhere; it must never be the reason why nothing is recorded.
        row.last_error = error.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")
        row.failed_at, row.not_before, row.attempts = at, retry_at, row.attempts + 1
        if delivered:
            row.data = row.data | {"delivered": list(delivered)}
        self.session.flush()
        return True

    def queue_notice(
        self,
        *,
        key: str,
        instance: str,
        petition_id: str | None,
        template: str,
        recipient_role: str,
        recipient_unit: str | None,
        not_before: datetime,
        data: dict[str, Any],
    ) -> bool:
        """Queue a notice; False when one with this key is there already."""
        values = outbox_values(
            key=key,
            kind=NOTICE,
            origin=BY_SERVICE,
            instance=instance,
            at=self.clock(),
            not_before=not_before,
            petition_id=petition_id,
            template=template,
            recipient_role=recipient_role,
            recipient_unit=recipient_unit,
            data=data,
        )
        return insert_new(self.session, OutboxTable, unless_past(self.session, values))
