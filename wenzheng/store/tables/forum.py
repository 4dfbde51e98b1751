"""The tables of the forum: sessions, the texts of their acts, the letters that came of them.

All three are said by people: never derived, never lost. Where a session stands follows from the log of its
instance, like that of a letter.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from wenzheng.store.tables.base import Base


class ForumSessionTable(Base):
    """A session as it was opened; `session_on` is the day planned then, the instance knows today's."""

    __tablename__ = "forum_sessions"
    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    act_id: Mapped[str] = mapped_column(unique=True)
    instance: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    session_on: Mapped[date]
    opened_by: Mapped[str]
    opened_at: Mapped[datetime]


class ForumContentTable(Base):
    """A text of an act on a session (a notice, the transcript); the act carries its id."""

    __tablename__ = "forum_contents"
    id: Mapped[str] = mapped_column(primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("forum_sessions.id"), index=True)
    kind: Mapped[str]
    text: Mapped[str]
    author: Mapped[str]
    unit_id: Mapped[str | None]
    at: Mapped[datetime]


class ForumMatterTable(Base):
    """A letter that a matter of a session has become. `position` counts from 1."""

    __tablename__ = "forum_matters"
    petition_id: Mapped[str] = mapped_column(ForeignKey("petitions.id"), primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("forum_sessions.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str]
    unit_id: Mapped[str]
    content_id: Mapped[str]
    promised_by: Mapped[date | None]
    due: Mapped[date]
    filed_at: Mapped[datetime]
