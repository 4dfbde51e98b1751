"""Schedules of the definitions in force, and the occasions for which something began.

An occasion is known by its period, so that it begins once, whoever rings how often: two workers, a server
that makes up for what it missed, another time zone. Whoever changes a schedule holds the definitions of its
name (`hold_definitions`), so that the version in force and its schedules are one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, select

from wenzheng.contracts import Delivery
from wenzheng.store.outbox import START_WORKFLOW, outbox_values
from wenzheng.store.projection import new_instance
from wenzheng.store.session import Part, as_view, maybe_view
from wenzheng.store.tables.notices import OutboxTable
from wenzheng.store.tables.schedules import OccasionTable, ScheduleActTable, ScheduleTable
from wenzheng.store.types import check_text, insert_new
from wenzheng.store.views.schedules import OccasionRow, ScheduleAct, ScheduleRow

RANG: Final = "rang"
"""Cause of an occasion: Temporal rang."""
MADE_UP: Final = "made_up"
"""Nobody rang, or nobody heard it; found by looking."""
BY_HAND: Final = "by_hand"
"""Somebody did not wait for it."""
PASSED_OVER: Final = "passed_over"
"""It was found too late to begin anything."""
PAUSE, RESUME, RUN = "pause", "resume", "run"

BY_SCHEDULE: Final = "schedule"
"""Origin of the outbox rows that begin an occasion."""


def schedule_id(name: str, process: str, element: str) -> str:
    """The name of a schedule for ever: its definition, process and start event."""
    return f"{name}/{process}/{element}"


class ScheduleReads(Part):
    """Questions about schedules."""

    def schedules(self, *, name: str | None = None, removed: bool = False) -> list[ScheduleRow]:
        """Schedules by their ids; those that the version in force has no more only when asked for."""
        query = select(ScheduleTable).order_by(ScheduleTable.id)
        if name is not None:
            query = query.where(ScheduleTable.name == name)
        if not removed:
            query = query.where(ScheduleTable.removed_at.is_(None))
        return [as_view(ScheduleRow, row) for row in self.session.scalars(query)]

    def schedule(self, id: str) -> ScheduleRow | None:  # noqa: A002 - the binding name
        """One schedule, or None."""
        return maybe_view(ScheduleRow, self.session.get(ScheduleTable, id))

    def occasion(self, schedule: str, period: str) -> OccasionRow | None:
        """What came of a period, or None when it has not had its turn."""
        return maybe_view(OccasionRow, self.session.get(OccasionTable, (schedule, period)))

    def occasions(self, schedule: str, *, limit: int = 20) -> list[OccasionRow]:
        """The periods that have had their turn, the latest first."""
        query = select(OccasionTable).where(OccasionTable.schedule == schedule)
        query = query.order_by(OccasionTable.planned_at.desc(), OccasionTable.period.desc()).limit(limit)
        return [as_view(OccasionRow, row) for row in self.session.scalars(query)]

    def schedule_acts(self, schedule: str, *, limit: int = 50) -> list[ScheduleAct]:
        """What people did about a schedule, the last first."""
        query = select(ScheduleActTable).where(ScheduleActTable.schedule == schedule)
        query = query.order_by(ScheduleActTable.number.desc()).limit(limit)
        return [as_view(ScheduleAct, row) for row in self.session.scalars(query)]


class ScheduleWrites(ScheduleReads):
    """Changes of schedules; all of them while the definitions of the name are held."""

    def plan_schedules(
        self, *, name: str, definition: str, starts: Sequence[tuple[str, str, str]], since: datetime
    ) -> None:
        """Bring the schedules of a name in line with its version in force; again changes nothing.

        `starts` are process, element and text. One that is new, or says another time than before, is
        in force from `since`; one that stays keeps its pause and what is still to be made up for.
        """
        wanted = {schedule_id(name, process, element) for process, element, _ in starts}
        for old in self._rows(name):
            if old.id not in wanted and old.removed_at is None:
                old.removed_at, old.definition = since, definition
        for process, element, text in starts:
            key = schedule_id(name, process, element)
            row = self.session.get(ScheduleTable, key, with_for_update=True)
            if row is None:
                row = ScheduleTable(
                    id=key, name=name, process=process, element=element, since=since, text=text
                )
                row.paused_at = row.removed_at = row.told = None
                self.session.add(row)
            elif row.removed_at is not None:
                row.since, row.paused_at, row.removed_at = max(since, row.since), None, None
            elif row.text != text:
                row.since = max(since, row.since)
            row.text, row.definition = text, definition
        self.session.flush()

    def begin_occasion(
        self,
        row: ScheduleRow,
        *,
        period: str,
        planned_at: datetime,
        instance: str,
        calendar: str,
        event: Delivery,
        cause: str,
        at: datetime,
    ) -> bool:
        """Let the process of a schedule begin for a period; False when the period has had its turn."""
        known = _occasion(row, period, planned_at, at, cause) | {"instance": instance}
        if not insert_new(self.session, OccasionTable, known):
            return False
        self.session.add(
            new_instance(instance, petition_id=None, definition=row.definition, calendar=calendar)
        )
        start = {"process": row.process, "variables": {}, "event": asdict(event)}
        values = outbox_values(
            key=f"start/{instance}",
            kind=START_WORKFLOW,
            origin=BY_SCHEDULE,
            instance=instance,
            at=at,
            not_before=at,
            data={"definition": row.definition, "calendar": calendar, "start": start},
        )
        self.session.add(OutboxTable(**values))
        self.session.flush()
        return True

    def pass_over(self, row: ScheduleRow, *, period: str, planned_at: datetime, at: datetime) -> bool:
        """Write down that a period was found too late; False when it has had its turn."""
        values = _occasion(row, period, planned_at, at, PASSED_OVER)
        return insert_new(self.session, OccasionTable, values | {"instance": None})

    def forget_passed_over(self, schedule: str, period: str) -> None:
        """A period that was passed over may have its turn after all: somebody asks for it."""
        self.session.execute(
            delete(OccasionTable).where(
                OccasionTable.schedule == schedule,
                OccasionTable.period == period,
                OccasionTable.instance.is_(None),
            )
        )

    def settle_schedule(self, id: str, until: datetime) -> None:  # noqa: A002 - the binding name
        """Occasions up to an instant need nobody any more."""
        row = self.session.get_one(ScheduleTable, id, with_for_update=True)
        row.since = max(row.since, until)
        self.session.flush()

    def pause_schedule(self, id: str, at: datetime) -> None:  # noqa: A002 - the binding name
        """From now on its occasions begin nothing."""
        self.session.get_one(ScheduleTable, id, with_for_update=True).paused_at = at
        self.session.flush()

    def resume_schedule(self, id: str, at: datetime) -> None:  # noqa: A002 - the binding name
        """From now on its occasions begin something again; those of the pause do not."""
        row = self.session.get_one(ScheduleTable, id, with_for_update=True)
        row.paused_at, row.since = None, max(row.since, at)
        self.session.flush()

    def note_schedule_act(
        self,
        id: str,  # noqa: A002 - the binding name
        *,
        kind: str,
        by: str,
        reason: str,
        at: datetime,
        period: str | None = None,
    ) -> None:
        """Write down what somebody did, and why. Raises BadText."""
        check_text(by=by, reason=reason)
        query = select(func.max(ScheduleActTable.number)).where(ScheduleActTable.schedule == id)
        number = (self.session.scalar(query) or 0) + 1
        self.session.add(
            ScheduleActTable(
                schedule=id, number=number, kind=kind, period=period, by=by, reason=reason, at=at
            )
        )
        self.session.flush()

    def schedule_told(self, id: str, told: dict[str, Any] | None) -> None:  # noqa: A002 - the binding name
        """Keep what Temporal was told of a schedule."""
        self.session.get_one(ScheduleTable, id, with_for_update=True).told = told
        self.session.flush()

    def _rows(self, name: str) -> Sequence[ScheduleTable]:
        query = select(ScheduleTable).where(ScheduleTable.name == name).with_for_update()
        return self.session.scalars(query).all()


def _occasion(
    row: ScheduleRow, period: str, planned_at: datetime, at: datetime, cause: str
) -> dict[str, Any]:
    return {
        "schedule": row.id,
        "period": period,
        "planned_at": planned_at,
        "at": at,
        "definition": row.definition,
        "cause": cause,
    }
