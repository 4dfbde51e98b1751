"""The tables of schedules: what begins by the calendar, for which occasions it did, what people decided.

`schedules` follow from the definitions in force; occasions and acts are never derived and never lost: a
period that is there has had its turn.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from wenzheng.store.tables.base import Base, JsonMap


class ScheduleTable(Base):
    """A start event of a definition that waits for a schedule, `NAME/PROCESS/ELEMENT`.

    `definition` is the version that it was read from. Occasions later than `since` are still to come or to be
    made up for. `told` is what Temporal was told last.
    """

    __tablename__ = "schedules"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    process: Mapped[str]
    element: Mapped[str]
    text: Mapped[str]
    definition: Mapped[str]
    since: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    told: Mapped[JsonMap | None]


class OccasionTable(Base):
    """A period of a schedule that has had its turn: `instance` began for it, or none, and it was passed over.

    `cause` says how it came (store.schedules).
    """

    __tablename__ = "occasions"
    schedule: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    planned_at: Mapped[datetime]
    at: Mapped[datetime]
    instance: Mapped[str | None]
    definition: Mapped[str]
    cause: Mapped[str]


class ScheduleActTable(Base):
    """What somebody did about a schedule, and why: pause, resume, or run for a period."""

    __tablename__ = "schedule_acts"
    schedule: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    period: Mapped[str | None]
    by: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]
