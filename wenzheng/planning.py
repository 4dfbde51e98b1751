"""Schedules in words that the keeper, the pages, the API and the commands share.

The pages run no processes and know scheduling.Scheduling as a port. May be imported by bootstrap and web.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from wenzheng.engine.schedules import Schedule
from wenzheng.store.views.schedules import OccasionRow, ScheduleAct, ScheduleRow

LONGEST_REASON: Final = 2_000


class ScheduleRefused(Exception):
    """What somebody wants of a schedule does not happen; `code` is stable."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        self.code = code
        self.message = message
        self.hint = hint
        super().__init__(f"{message} {hint}")


@dataclass(frozen=True)
class Coming:
    """An occasion that has not had its turn: its period, and when it comes (UTC)."""

    period: str
    at: datetime


@dataclass(frozen=True)
class Standing:
    """A schedule and where it stands.

    `next` are the occasions to come, those first whose moment has gone by and that wait to begin. `at_hand`
    is the period that `run` takes unless another is named: None when it has had its turn. `last` are the
    latest that had theirs, `acts` what people did.
    """

    row: ScheduleRow
    schedule: Schedule
    next: tuple[Coming, ...]
    at_hand: str | None
    last: tuple[OccasionRow, ...]
    acts: tuple[ScheduleAct, ...]


class SchedulesPort(Protocol):
    """Schedules as pages and the API know them (scheduling.Scheduling)."""

    def standings(self) -> list[Standing]:
        """Every schedule of the definitions in force, by its id."""
        ...

    def standing(self, schedule: str) -> Standing:
        """One schedule. Raises ScheduleRefused `schedule.unknown`."""
        ...

    def pause(self, schedule: str, *, by: str, reason: str) -> Standing:
        """From now on its occasions begin nothing. Raises ScheduleRefused."""
        ...

    def resume(self, schedule: str, *, by: str, reason: str) -> Standing:
        """From now on its occasions begin something again. Raises ScheduleRefused."""
        ...

    def run(self, schedule: str, *, by: str, reason: str, period: str | None = None) -> OccasionRow:
        """Let it begin now for a period, that at hand unless one is named. Raises ScheduleRefused."""
        ...
