"""What instances wait for and send each other (router.py)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from wenzheng.store.tables.base import Base, JsonMap


class SubscriptionTable(Base):
    """An instance waits for a message or signal. `message` is on its way there; `lead` narrows the search."""

    __tablename__ = "subscriptions"
    __table_args__ = (UniqueConstraint("instance", "wait"), Index(None, "bundle", "kind", "name", "lead"))
    id: Mapped[int] = mapped_column(primary_key=True)
    instance: Mapped[str]
    wait: Mapped[str]
    bundle: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str]
    keys: Mapped[JsonMap]
    lead: Mapped[str]
    message: Mapped[str | None]


class MessageTable(Base):
    """A message between instances: kept while `receiver` is null, on its way until `arrived_at`.

    Set aside it is neither: nobody took it for long, or its receiver could not (messages.py).
    """

    __tablename__ = "messages"
    __table_args__ = (Index(None, "bundle", "name", "receiver", "lead"), Index(None, "arrived_at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    instance: Mapped[str]
    bundle: Mapped[str]
    calendar: Mapped[str]
    name: Mapped[str]
    keys: Mapped[JsonMap]
    lead: Mapped[str]
    data: Mapped[JsonMap]
    begins: Mapped[list[Any]]
    receiver: Mapped[str | None]
    wait: Mapped[str | None]
    thrown_at: Mapped[datetime]
    arrived_at: Mapped[datetime | None]
    set_aside_at: Mapped[datetime | None]
    set_aside_why: Mapped[str | None]
    offered_at: Mapped[datetime | None]
    discarded_at: Mapped[datetime | None]
    discarded_why: Mapped[str | None]
