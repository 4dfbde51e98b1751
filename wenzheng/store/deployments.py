"""Definitions and calendars, by the sha256 of their content."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from wenzheng.store.errors import Conflict
from wenzheng.store.session import Part, as_view, maybe_view
from wenzheng.store.tables import CalendarTable, DefinitionFileTable, DefinitionTable
from wenzheng.store.types import canonical, insert_new
from wenzheng.store.views import CalendarVersion, Definition


class DeploymentReads(Part):
    """Questions about definitions and calendars."""

    def definition(self, digest: str) -> Definition | None:
        """A bundle with its files, or None."""
        row = self.session.get(DefinitionTable, digest)
        if row is None:
            return None
        files = self.session.execute(
            select(DefinitionFileTable.path, DefinitionFileTable.content)
            .where(DefinitionFileTable.digest == digest)
            .order_by(DefinitionFileTable.path)
        )
        return as_view(Definition, row, files={row.path: row.content for row in files})

    def latest_definition(self, name: str) -> Definition | None:
        """The bundle of that name that was deployed last, or None."""
        digest = self.session.scalar(
            select(DefinitionTable.digest)
            .where(DefinitionTable.name == name)
            .order_by(DefinitionTable.deployed_at.desc(), DefinitionTable.digest)
            .limit(1)
        )
        return None if digest is None else self.definition(digest)

    def calendar(self, digest: str) -> CalendarVersion | None:
        """A version of a calendar, or None."""
        row = self.session.get(CalendarTable, digest)
        return maybe_view(CalendarVersion, row)

    def latest_calendar(self, id: str) -> CalendarVersion | None:  # noqa: A002 - the binding name
        """The version of the calendar `id` that was saved last, or None."""
        row = self.session.scalars(
            select(CalendarTable)
            .where(CalendarTable.calendar_id == id)
            .order_by(CalendarTable.saved_at.desc(), CalendarTable.digest)
            .limit(1)
        ).one_or_none()
        return maybe_view(CalendarVersion, row)


class DeploymentWrites(DeploymentReads):
    """New definitions and calendars."""

    def save_definition(self, *, digest: str, name: str, files: dict[str, bytes], at: datetime) -> None:
        """Keep a bundle. Saving a known one again makes it the latest of its name once more.

        Raises Conflict when the digest stands for other files.
        """
        values = {"digest": digest, "name": name, "deployed_at": at}
        if insert_new(self.session, DefinitionTable, values):
            for path, content in files.items():
                self.session.add(DefinitionFileTable(digest=digest, path=path, content=content))
            self.session.flush()
            return
        known = self.definition(digest)
        if known is None or known.files != files or known.name != name:
            msg = f"definition {digest} is kept with other files; a digest names one content for ever"
            raise Conflict(msg)
        row = self.session.get_one(DefinitionTable, digest, with_for_update=True)
        row.deployed_at = max(row.deployed_at, at)
        self.session.flush()

    def save_calendar(self, *, digest: str, id: str, document: dict[str, Any], at: datetime) -> None:  # noqa: A002
        """Keep a version of calendar `id`. Saving a known one again makes it the latest once more.

        Raises Conflict when the digest stands for another document.
        """
        values = {"digest": digest, "calendar_id": id, "document": document, "saved_at": at}
        if insert_new(self.session, CalendarTable, values):
            return
        row = self.session.get_one(CalendarTable, digest, with_for_update=True)
        if row.calendar_id != id or canonical(row.document) != canonical(document):
            msg = f"calendar {digest} is kept with another document; a digest names one content for ever"
            raise Conflict(msg)
        row.saved_at = max(row.saved_at, at)
        self.session.flush()
