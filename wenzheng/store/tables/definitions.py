"""The tables of deployed definitions: their content by digest, who put which in force, what is proposed.

All are said by people: never derived, never lost. Only what was saved and never proposed or deployed, a
draft, is forgotten after a while.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from wenzheng.store.tables.base import Base


class DefinitionTable(Base):
    """A definition bundle, by the sha256 of the whole bundle; the last of its deployments counts."""

    __tablename__ = "definitions"
    digest: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    saved_at: Mapped[datetime]


class DefinitionFileTable(Base):
    """One file of a bundle, byte for byte."""

    __tablename__ = "definition_files"
    digest: Mapped[str] = mapped_column(ForeignKey("definitions.digest"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]


class DeploymentTable(Base):
    """One row for each time a version came into force: who did it and why. The last of a name counts.

    `before` is the version that was in force until then. With a second person's approval `by` proposed it
    and `approved_by` agreed.
    """

    __tablename__ = "deployments"
    name: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(ForeignKey("definitions.digest"), index=True)
    before: Mapped[str | None]
    by: Mapped[str | None]
    reason: Mapped[str]
    approved_by: Mapped[str | None]
    at: Mapped[datetime]


class ProposalTable(Base):
    """A version that somebody wants in force, where another person has to agree; `state` is open at first."""

    __tablename__ = "proposals"
    name: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(ForeignKey("definitions.digest"), index=True)
    before: Mapped[str | None]
    by: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]
    state: Mapped[str]
    decided_by: Mapped[str | None]
    decided_reason: Mapped[str | None]
    decided_at: Mapped[datetime | None]
