"""Versions of calendars, and who is to be told of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    ForeignKey,
    Index,
)
from sqlalchemy.orm import Mapped, mapped_column

from wenzheng.store.tables.base import Base, JsonMap


class CalendarTable(Base):
    """A version of a calendar, by the sha256 of its document."""

    __tablename__ = "calendars"
    digest: Mapped[str] = mapped_column(primary_key=True)
    calendar_id: Mapped[str]
    document: Mapped[JsonMap]
    saved_at: Mapped[datetime]


class CalendarChangeTable(Base):
    """One row for each time a version came into force: who did it and why. The last of a calendar counts."""

    __tablename__ = "calendar_changes"
    calendar_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(ForeignKey("calendars.digest"))
    kind: Mapped[str]
    by: Mapped[str | None]
    reason: Mapped[str]
    data: Mapped[JsonMap]
    at: Mapped[datetime]


class CalendarMoveTable(Base):
    """An instance that is to be told of a version of its calendar, because days it rests on have changed.

    `number` is that of the version (calendar_changes). `told_at` is when Temporal took it, `settled_at` when
    nothing is to be done any more, by its `outcome` (calendar_moves.Outcome).
    """

    __tablename__ = "calendar_moves"
    __table_args__ = (
        Index(None, "settled_at", "told_at", "not_before"),
        Index(None, "calendar_id", "number"),
    )
    instance: Mapped[str] = mapped_column(primary_key=True)
    calendar_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str]
    planned_at: Mapped[datetime]
    not_before: Mapped[datetime]
    attempts: Mapped[int]
    last_error: Mapped[str | None]
    told_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
