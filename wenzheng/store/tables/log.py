"""What instances recorded: append and void only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from wenzheng.store.tables.base import Base, JsonMap


class RecordTable(Base):
    """One row of an instance's log: contracts.Record."""

    __tablename__ = "records"
    __table_args__ = (UniqueConstraint("instance", "seq", "ordinal"),)
    instance: Mapped[str] = mapped_column(primary_key=True)
    act_id: Mapped[str] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    kind: Mapped[str]
    element: Mapped[str]
    at: Mapped[datetime]
    data: Mapped[JsonMap]


class VoidedRecordTable(Base):
    """A row of a future that was lost in a crash: kept for the audit, read by no projection."""

    __tablename__ = "voided_records"
    id: Mapped[int] = mapped_column(primary_key=True)
    instance: Mapped[str] = mapped_column(index=True)
    act_id: Mapped[str]
    ordinal: Mapped[int]
    seq: Mapped[int]
    kind: Mapped[str]
    element: Mapped[str]
    at: Mapped[datetime]
    data: Mapped[JsonMap]
    voided_at: Mapped[datetime]
    reason: Mapped[str]
