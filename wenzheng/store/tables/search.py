"""What letters are found by: written by `wenzheng.store.search`, indexed by each database in its own way."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from wenzheng.store.tables.base import Base


class SearchTable(Base):
    """A letter's terms (petitions.indexing), and the ids of the texts among them that were published.

    `place` is where the letter stands among all, later ones after earlier ones. The index over `terms` is the
    database's own: on SQLite the FTS5 table `search_words`, on PostgreSQL a GIN index (migration r0015).
    """

    __tablename__ = "search_letters"
    place: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    petition_id: Mapped[str] = mapped_column(ForeignKey("petitions.id"), unique=True)
    published: Mapped[list[Any]]
    terms: Mapped[str]


OWN_TABLE = "search_words"
OWN_INDEX = "ix_search_letters_terms"
"""What only one of the databases has: no difference between migrations and tables."""
