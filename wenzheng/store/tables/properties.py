"""What is fixed for a database."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from wenzheng.store.tables.base import Base, JsonMap


class PropertyTable(Base):
    """What is fixed for this database once and for all, by name (the pace of a practice city)."""

    __tablename__ = "properties"
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[JsonMap]
