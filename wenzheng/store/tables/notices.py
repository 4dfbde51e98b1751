"""What somebody is to hear, in the house or outside, and who answered."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    Index,
)
from sqlalchemy.orm import Mapped, mapped_column

from wenzheng.store.tables.base import Base, JsonMap


class InboxTable(Base):
    """An escalation somebody has to answer. Its id follows from its key, so a rebuild keeps it."""

    __tablename__ = "inbox"
    __table_args__ = (Index(None, "role", "unit_id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    instance: Mapped[str] = mapped_column(index=True)
    petition_id: Mapped[str | None]
    role: Mapped[str]
    unit_id: Mapped[str | None]
    clock: Mapped[str]
    threshold: Mapped[str]
    lamp: Mapped[str | None]
    due: Mapped[date]
    notice_at: Mapped[datetime]
    at: Mapped[datetime]


class AcknowledgementTable(Base):
    """The answer to an inbox entry. Said by a person, so it survives any rebuild of the inbox."""

    __tablename__ = "acknowledgements"
    entry_id: Mapped[str] = mapped_column(primary_key=True)
    actor: Mapped[str]
    kind: Mapped[str]
    text: Mapped[str]
    at: Mapped[datetime]


class OutboxTable(Base):
    """Something to hand to the outside, at least once. `origin` record rows belong to the fold."""

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "sent_at", "kind", "not_before"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    origin: Mapped[str]
    instance: Mapped[str] = mapped_column(index=True)
    petition_id: Mapped[str | None] = mapped_column(index=True)
    template: Mapped[str | None]
    recipient_role: Mapped[str | None]
    recipient_unit: Mapped[str | None]
    data: Mapped[JsonMap]
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    attempts: Mapped[int]
    last_error: Mapped[str | None]
    failed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
