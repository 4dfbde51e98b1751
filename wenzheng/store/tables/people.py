"""The organisation, who may act, who is signed in, and who was shown what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    ForeignKey,
)
from sqlalchemy.orm import Mapped, mapped_column

from wenzheng.store.tables.base import Base


class UnitTable(Base):
    """One unit of the organisation's tree."""

    __tablename__ = "units"
    id: Mapped[str] = mapped_column(primary_key=True)
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    position: Mapped[int]


class AccountTable(Base):
    """Somebody who may act; of token and password only a hash is kept.

    `contact` is where notices to this person go. Disabled accounts stay: their acts name them.
    """

    __tablename__ = "accounts"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("units.id"))
    token_sha256: Mapped[str | None] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="zh")
    contact: Mapped[str | None]
    disabled_at: Mapped[datetime | None]


class SessionTable(Base):
    """A person signed in at a browser; of its cookie only the sha256 is kept."""

    __tablename__ = "sessions"
    token_sha256: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    csrf: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class AuthorSessionTable(Base):
    """A browser that has proved to be the author's of one letter; of its cookie only the sha256 is kept."""

    __tablename__ = "author_sessions"
    token_sha256: Mapped[str] = mapped_column(primary_key=True)
    petition_id: Mapped[str] = mapped_column(ForeignKey("petitions.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class FailureTable(Base):
    """Wrong passwords or passphrases in a row, by whose they should have been: guessing is slowed down."""

    __tablename__ = "failures"
    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    first_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]


class DisclosureTable(Base):
    """Somebody was shown what is shown on request only: who, what, and why (defaults.md)."""

    __tablename__ = "disclosures"
    id: Mapped[str] = mapped_column(primary_key=True)
    petition_id: Mapped[str] = mapped_column(ForeignKey("petitions.id"), index=True)
    account_id: Mapped[str]
    field_group: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]
