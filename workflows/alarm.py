"""One alarm at an instance's nearest deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from temporalio import workflow


class Alarm:
    """Rings at the nearest deadline of an instance; one timer at a time.

    It is moved only to an earlier time; one that rings too early, because its deadline has gone, lets its
    owner look again, who arms it anew.
    """

    __slots__ = ("_at", "_real", "_ring", "_task")

    def __init__(self, ring: Callable[[datetime], None], real: Callable[[datetime], datetime]) -> None:
        """`ring` hears for which moment the alarm was set; `real` says when that is by Temporal's clock."""
        self._ring = ring
        self._real = real
        self._task: asyncio.Task[None] | None = None
        self._at: datetime | None = None

    def is_due_earlier(self, nearest: datetime | None) -> bool:
        """Whether it has to be armed for that deadline."""
        return nearest is not None and (self._at is None or nearest < self._at)

    def arm(self, nearest: datetime) -> None:
        """Set it to a deadline, in place of what it was set to."""
        if self._task is not None:
            self._task.cancel()
        self._at = nearest
        self._task = asyncio.create_task(self._wait(nearest))

    async def _wait(self, at: datetime) -> None:
        await asyncio.sleep(max((self._real(at) - workflow.now()).total_seconds(), 0))
        self._task = self._at = None
        self._ring(at)
