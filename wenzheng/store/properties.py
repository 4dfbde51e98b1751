"""What holds for this database as a whole, by name: the pace of a practice city, say."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select

from wenzheng.store.session import Part
from wenzheng.store.tables.log import RecordTable
from wenzheng.store.tables.petitions import PetitionTable
from wenzheng.store.tables.properties import PropertyTable
from wenzheng.store.types import insert_new

PACE: Final = "pace"
"""The pace of a practice city (calendars.pace.Pace.dump)."""


class PropertyReads(Part):
    """Questions about the database as a whole."""

    def property(self, key: str) -> dict[str, Any] | None:
        """What is kept under a name, or None."""
        row = self.session.get(PropertyTable, key)
        return None if row is None else dict(row.value)

    def latest_moment(self) -> datetime | None:
        """The latest instant at which something was filed or happened; None in an empty database."""
        latest = (
            self.session.scalar(select(func.max(column)))
            for column in (PetitionTable.submitted_at, RecordTable.at)
        )
        return max((moment for moment in latest if moment is not None), default=None)


class PropertyWrites(PropertyReads):
    """Changes of what holds for the database as a whole."""

    def set_property(self, key: str, value: dict[str, Any]) -> None:
        """Keep a value under a name, in place of what was there."""
        if not insert_new(self.session, PropertyTable, {"key": key, "value": value}):
            self.session.get_one(PropertyTable, key, with_for_update=True).value = value
        self.session.flush()
