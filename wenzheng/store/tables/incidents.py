"""What stopped, and what operators want done about it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    Index,
)
from sqlalchemy.orm import Mapped, mapped_column

from wenzheng.store.tables.base import Base, JsonMap


class IncidentTable(Base):
    """An element that stopped and waits for an operator."""

    __tablename__ = "incidents"
    __table_args__ = (Index(None, "resolved_at"),)
    instance: Mapped[str] = mapped_column(primary_key=True)
    incident_id: Mapped[str] = mapped_column(primary_key=True)
    petition_id: Mapped[str | None]
    element: Mapped[str]
    code: Mapped[str]
    message: Mapped[str]
    raised_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    action: Mapped[str | None]
    actor: Mapped[str | None]
    act_id: Mapped[str | None]


class ResolutionTable(Base):
    """What an operator wants done about an incident, and why: written before the act of this name is sent.

    It counts if `incidents.act_id` names it. The reason stands here only: histories hold no free text.
    """

    __tablename__ = "resolutions"
    instance: Mapped[str] = mapped_column(primary_key=True)
    act_id: Mapped[str] = mapped_column(primary_key=True)
    incident_id: Mapped[str]
    action: Mapped[str]
    actor: Mapped[str]
    data: Mapped[JsonMap]
    reason: Mapped[str]
    at: Mapped[datetime]
