"""Where instances stand, with their tasks, clocks and facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from wenzheng.store.views.petitions import LampName


@dataclass(frozen=True, kw_only=True)
class InstanceRow:
    """Where a process instance stands; `digest` and `variables` are those of its last flush."""

    instance: str
    petition_id: str | None
    process: str | None
    definition: str
    calendar: str
    state: str
    outcome: str | None
    department: str | None
    round: int
    seq: int
    digest: str
    variables: dict[str, Any]
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Task:
    """One opening of a user task; open while `closed_at` is None."""

    instance: str
    task_id: str
    petition_id: str | None
    element: str
    name: str
    role: str
    unit_id: str | None
    fact: str | None
    fields: list[dict[str, Any]]
    round: int
    opened_at: datetime
    opened_seq: int
    closed_at: datetime | None
    reason: str | None
    actor: str | None
    data: dict[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class Clock:
    """One run of a clock; `current` is False for a run that a later one of the same name replaced.

    `ledger`, `paused_on`, `paused_over` and `extended_until` are what happened to it (store.tables).
    `unit_id` is the unit whose clock it is, None for one of the whole letter.
    """

    instance: str
    clock: str
    run: int
    petition_id: str | None
    current: bool
    name: str
    day0: date
    calendar: str
    thresholds: list[dict[str, Any]]
    yellow_from: datetime | None
    red_from: datetime | None
    started_at: datetime
    stopped_at: datetime | None
    stop_reason: str | None
    frozen_lamp: str | None
    unit: str
    rule: dict[str, Any] | None
    ledger: list[dict[str, Any]]
    paused_on: date | None
    paused_over: datetime | None
    extended_until: date | None
    unit_id: str | None = None
    name_en: str = ""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A fact in the life of a petition, in the round of handling it belongs to."""

    instance: str
    act_id: str
    ordinal: int
    seq: int
    petition_id: str | None
    fact: str
    round: int
    at: datetime
    actor: str | None
    data: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """How many tasks are open at an element of a process under one lamp, and since when the oldest is."""

    process: str
    element: str
    lamp: LampName
    count: int
    since: datetime
