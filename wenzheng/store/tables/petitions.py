"""Letters and what belongs to them: texts, drafts, files."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
)
from sqlalchemy.orm import Mapped, mapped_column

from wenzheng.store.tables.base import Base, JsonMap


class PetitionNumberTable(Base):
    """The last running number given in a year. Its row is the lock that orders submissions."""

    __tablename__ = "petition_numbers"
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class PetitionTable(Base):
    """What a citizen filed, as it was filed.

    `submission_sha256` tells a repeated submission from another one under the same act id.
    `expected_clocks` are the clocks as they will run once the instance has started, so that the
    board is right for letters that wait for Temporal. `passphrase_hash` is of the second thing, besides
    the tracking code, that the author chose; `language` is the one the author is told in. `received_at` is
    when the city received it (None of what was filed before this was asked: when it was submitted),
    `taken_by` the account that took it down.
    """

    __tablename__ = "petitions"
    __table_args__ = (Index(None, "submitted_at", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    tracking_code: Mapped[str] = mapped_column(unique=True)
    act_id: Mapped[str] = mapped_column(unique=True)
    submission_sha256: Mapped[str]
    instance: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    text: Mapped[str]
    kind: Mapped[str]
    channel: Mapped[str]
    addressee: Mapped[str] = mapped_column(ForeignKey("units.id"))
    author_name: Mapped[str]
    author_contact: Mapped[str]
    public_consent: Mapped[bool]
    received_on: Mapped[date]
    submitted_at: Mapped[datetime]
    expected_clocks: Mapped[list[Any]]
    passphrase_hash: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="zh")
    received_at: Mapped[datetime | None]
    taken_by: Mapped[str | None]
    citizen_group: Mapped[str | None]
    citizen_area: Mapped[str | None]


class ContentTable(Base):
    """A text said in the course of a petition (a reply, a reason); acts carry its id."""

    __tablename__ = "contents"
    id: Mapped[str] = mapped_column(primary_key=True)
    petition_id: Mapped[str] = mapped_column(ForeignKey("petitions.id"), index=True)
    kind: Mapped[str]
    text: Mapped[str]
    author: Mapped[str]
    unit_id: Mapped[str | None]
    at: Mapped[datetime]


class DraftTable(Base):
    """A letter being written, step by step; its id is the sha256 of the browser's cookie."""

    __tablename__ = "drafts"
    id: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[JsonMap]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(index=True)


class AttachmentTable(Base):
    """A file of a draft, of a letter, or of a text said about one. Its bytes lie elsewhere, by sha256.

    `position` is its place in the list, from 0; `size` is in bytes.
    """

    __tablename__ = "attachments"
    id: Mapped[str] = mapped_column(primary_key=True)
    petition_id: Mapped[str | None] = mapped_column(ForeignKey("petitions.id"), index=True)
    draft_id: Mapped[str | None] = mapped_column(index=True)
    content_id: Mapped[str | None]
    position: Mapped[int]
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(index=True)
    added_by: Mapped[str]
    unit_id: Mapped[str | None]
    added_at: Mapped[datetime]
