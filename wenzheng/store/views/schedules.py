"""Schedules as the store gives them out: where they stand, for what something began, what people did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class ScheduleRow:
    """A start event that waits for a schedule; `removed_at` when the version in force has it no more.

    `since`: occasions up to then are settled. `told` is what Temporal was told last.
    """

    id: str
    name: str
    process: str
    element: str
    text: str
    definition: str
    since: datetime
    paused_at: datetime | None
    removed_at: datetime | None
    told: dict[str, Any] | None

    @property
    def rings(self) -> bool:
        """Whether its occasions begin something."""
        return self.paused_at is None and self.removed_at is None


@dataclass(frozen=True, kw_only=True)
class OccasionRow:
    """A period that has had its turn; `instance` is None when it was passed over."""

    schedule: str
    period: str
    planned_at: datetime
    at: datetime
    instance: str | None
    definition: str
    cause: str


@dataclass(frozen=True, kw_only=True)
class ScheduleAct:
    """What somebody did about a schedule: pause, resume or run."""

    schedule: str
    number: int
    kind: str
    period: str | None
    by: str
    reason: str
    at: datetime
