"""Where instances stand, with their tasks, clocks and facts: a fold over the log."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ForeignKey,
    Index,
)
from sqlalchemy.orm import Mapped, mapped_column

from wenzheng.store.tables.base import Base, JsonMap


class InstanceTable(Base):
    """Where a process instance stands. All but the first two columns follow from its log.

    `windows` are the days that its clocks and timers rest on, `asked_at` is when its last write was asked for
    (contracts.Flush); null: nobody knows.
    """

    __tablename__ = "instances"
    __table_args__ = (Index(None, "department", "stage"),)
    instance: Mapped[str] = mapped_column(primary_key=True)
    petition_id: Mapped[str | None] = mapped_column(ForeignKey("petitions.id"), index=True)
    process: Mapped[str | None]
    definition: Mapped[str]
    calendar: Mapped[str]
    state: Mapped[str]
    stage: Mapped[str]
    outcome: Mapped[str | None]
    accepted: Mapped[bool | None]
    department: Mapped[str | None]
    co_handling: Mapped[list[Any]]
    emergency: Mapped[bool]
    round: Mapped[int]
    seq: Mapped[int]
    digest: Mapped[str]
    variables: Mapped[JsonMap]
    windows: Mapped[list[Any] | None]
    asked_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class TaskTable(Base):
    """One opening of a user task."""

    __tablename__ = "tasks"
    __table_args__ = (Index(None, "role", "unit_id", "closed_at"),)
    instance: Mapped[str] = mapped_column(primary_key=True)
    task_id: Mapped[str] = mapped_column(primary_key=True)
    petition_id: Mapped[str | None] = mapped_column(index=True)
    element: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    unit_id: Mapped[str | None]
    fact: Mapped[str | None]
    fields: Mapped[list[Any]]
    round: Mapped[int]
    opened_at: Mapped[datetime]
    opened_seq: Mapped[int]
    closed_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    actor: Mapped[str | None]
    data: Mapped[JsonMap | None]


class ClockTable(Base):
    """One run of a clock. `current` marks the latest run of a clock of that name.

    `clock` is the name under which it runs (contracts.CLOCK_OF), `unit_id` whose it is where it is a unit's.
    `ledger` holds what paused, lengthened, restarted or moved it, as it was recorded. `paused_on` is set
    while it stands still, at most until `paused_over`; `extended_until` is the new last day of an extension.
    """

    __tablename__ = "clocks"
    instance: Mapped[str] = mapped_column(primary_key=True)
    clock: Mapped[str] = mapped_column(primary_key=True)
    run: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    petition_id: Mapped[str | None] = mapped_column(index=True)
    current: Mapped[bool]
    name: Mapped[str]
    day0: Mapped[date]
    calendar: Mapped[str]
    thresholds: Mapped[list[Any]]
    yellow_from: Mapped[datetime | None]
    red_from: Mapped[datetime | None]
    started_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]
    stop_reason: Mapped[str | None]
    frozen_lamp: Mapped[str | None]
    unit: Mapped[str] = mapped_column(default="working_days")
    rule: Mapped[JsonMap | None]
    ledger: Mapped[list[Any]]
    paused_on: Mapped[date | None]
    paused_over: Mapped[datetime | None]
    extended_until: Mapped[date | None]
    unit_id: Mapped[str | None]
    name_en: Mapped[str] = mapped_column(default="")


class FactTable(Base):
    """One of the facts (accepted, assigned, replied, …): written once, never overwritten."""

    __tablename__ = "facts"
    instance: Mapped[str] = mapped_column(primary_key=True)
    act_id: Mapped[str] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    petition_id: Mapped[str | None] = mapped_column(index=True)
    fact: Mapped[str]
    round: Mapped[int]
    at: Mapped[datetime]
    actor: Mapped[str | None]
    data: Mapped[JsonMap]
