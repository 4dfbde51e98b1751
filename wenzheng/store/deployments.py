"""Calendars by the sha256 of their content, and which version is in force."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from wenzheng.store.errors import Conflict
from wenzheng.store.session import Part, as_view, maybe_view
from wenzheng.store.tables.deployments import CalendarChangeTable, CalendarTable
from wenzheng.store.types import canonical, check_text, insert_new
from wenzheng.store.views.deployments import CalendarChange, CalendarChangeKind, CalendarVersion


class DeploymentReads(Part):
    """Questions about calendars."""

    def calendar(self, digest: str) -> CalendarVersion | None:
        """A version of a calendar, or None."""
        row = self.session.get(CalendarTable, digest)
        return maybe_view(CalendarVersion, row)

    def latest_calendar(self, id: str) -> CalendarVersion | None:  # noqa: A002 - the binding name
        """The version of the calendar `id` that is in force, or None."""
        row = self.session.scalars(
            select(CalendarTable)
            .join(CalendarChangeTable, CalendarChangeTable.digest == CalendarTable.digest)
            .where(CalendarChangeTable.calendar_id == id)
            .order_by(CalendarChangeTable.number.desc())
            .limit(1)
        ).one_or_none()
        return maybe_view(CalendarVersion, row)

    def calendar_in_force(self, id: str) -> str | None:  # noqa: A002 - the binding name
        """The digest of the version of `id` that is in force, or None: cheap, without the document."""
        return self.session.scalar(
            select(CalendarChangeTable.digest)
            .where(CalendarChangeTable.calendar_id == id)
            .order_by(CalendarChangeTable.number.desc())
            .limit(1)
        )

    def calendar_changes(self, id: str) -> list[CalendarChange]:  # noqa: A002 - the binding name
        """Every time a version of `id` came into force, the last first."""
        rows = self.session.scalars(
            select(CalendarChangeTable)
            .where(CalendarChangeTable.calendar_id == id)
            .order_by(CalendarChangeTable.number.desc())
        )
        return [as_view(CalendarChange, row) for row in rows]

    def calendar_ids(self) -> list[str]:
        """The calendars there are versions of."""
        return list(
            self.session.scalars(select(CalendarChangeTable.calendar_id).distinct().order_by("calendar_id"))
        )


class DeploymentWrites(DeploymentReads):
    """New versions of calendars."""

    def save_calendar(
        self,
        *,
        digest: str,
        id: str,  # noqa: A002 - the binding name
        document: dict[str, Any],
        at: datetime,
        kind: CalendarChangeKind = "shipped",
        by: str | None = None,
        reason: str = "",
        data: dict[str, Any] | None = None,
    ) -> int:
        """Keep a version of calendar `id` and put it in force; a known one comes into force once more.

        Returns its number among the versions of its calendar. See views.CalendarChange for what
        is written down of it. Raises Conflict when the digest stands for another document.
        """
        check_text(by=by, reason=reason, data=canonical(data))
        self.hold_calendars()
        if not insert_new(
            self.session,
            CalendarTable,
            {"digest": digest, "calendar_id": id, "document": document, "saved_at": at},
        ):
            row = self.session.get_one(CalendarTable, digest)
            if row.calendar_id != id or canonical(row.document) != canonical(document):
                msg = f"calendar {digest} is kept with another document; a digest names one content for ever"
                raise Conflict(msg)
        last = self.session.scalar(
            select(func.max(CalendarChangeTable.number)).where(CalendarChangeTable.calendar_id == id)
        )
        number = (last or 0) + 1
        self.session.add(
            CalendarChangeTable(
                calendar_id=id,
                number=number,
                digest=digest,
                kind=kind,
                by=by,
                reason=reason,
                data=data or {},
                at=at,
            )
        )
        self.session.flush()
        return number

    def hold_calendars(self) -> None:
        """From here to the end of this unit of work no version comes into force but by this one.

        For who decides by the version in force, and for who begins what is counted by it.
        """
        self.line_up("calendars")
