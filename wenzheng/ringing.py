"""Keeps Temporal Schedules in line with the definitions in force, the calendar and the city's clock.

The keeper tells Temporal the next moments of every schedule, and looks for occasions that nobody rang for:
Temporal leaves out what was due when a schedule is changed just then, and a server may come back from an
older copy of its data. What is due by then begins by the same rule (scheduling.begin_due), so that it does
no harm when both do it. Several web processes may each have one.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Final, Protocol

from wenzheng.engine.occasions import occasions
from wenzheng.engine.schedules import parse_schedule
from wenzheng.gateways.ports import GatewayError
from wenzheng.gateways.sweeps import sweep_until_cancelled
from wenzheng.scheduling import Scheduling
from wenzheng.store.schedules import MADE_UP
from wenzheng.store.views.schedules import ScheduleRow

_LOG: Final = logging.getLogger(__name__)
SWEEP_SECONDS: Final = 1.0
GRACE_SECONDS: Final = 60.0
"""How long an occasion is Temporal's to ring before the keeper begins it."""
AHEAD: Final = {"day": 60, "week": 26, "month": 12, "quarter": 8, "year": 4}
"""How many moments Temporal is told at most; it is told anew when half of them have gone by."""
_TROUBLE: Final = "The schedules could not be looked after; trying again."


class Bells(Protocol):
    """What rings (gateways.schedules)."""

    async def tell(self, schedule: str, moments: Sequence[datetime], *, paused: bool) -> None:
        """Raises GatewayError when it cannot."""
        ...

    async def forget(self, schedule: str) -> None:
        """Raises GatewayError when it cannot."""
        ...


@dataclass
class Keeper:
    """Looks once a second."""

    scheduling: Scheduling
    bells: Bells
    seconds: Callable[[], float] = time.monotonic
    _told: dict[str, Any] = field(default_factory=dict)
    _seen: dict[str, float] = field(default_factory=dict)

    async def run(self) -> None:
        """Look until cancelled. A store or server that is away is reported once a look and waited for."""
        await sweep_until_cancelled(self.sweep, SWEEP_SECONDS, _TROUBLE)

    async def sweep(self) -> int:
        """Look once. Returns 0: there is nothing to do at once again."""
        for row in await asyncio.to_thread(self._rows):
            try:
                await self._look(row)
            except Exception:  # noqa: BLE001 - what is wrong with one keeps no other from being looked after
                _LOG.exception("Schedule %s could not be looked after; trying again.", row.id)
        return 0

    async def _look(self, row: ScheduleRow) -> None:
        if row.removed_at is not None:
            await self._forget(row)
            return
        wanted = await asyncio.to_thread(self._wanted, row)
        if not _holds(self._told.get(row.id), wanted):
            # Before the change: Temporal would leave out what is due by what it was told so far.
            await asyncio.to_thread(self._make_up, row)
            await self._tell(row, wanted)
        elif await asyncio.to_thread(self._overdue, row):
            await asyncio.to_thread(self._make_up, row)

    def _rows(self) -> list[ScheduleRow]:
        self.scheduling.plan()
        with self.scheduling.store.reader() as reader:
            return reader.schedules(removed=True)

    def _wanted(self, row: ScheduleRow) -> dict[str, Any]:
        """What Temporal is to know of a schedule; the moments from now on, whatever it knows before."""
        schedule = parse_schedule(row.text)
        assert schedule is not None  # rules/events.py refuses anything else
        coming = occasions(schedule, self.scheduling.now(), self.scheduling.calendar_of(row))
        pace = self.scheduling.clock.pace
        at = [one.at for one in islice(coming, AHEAD[schedule.every])]
        moments = at if pace is None else [pace.real(one) for one in at]
        return {"paused": row.paused_at is not None, "moments": moments}

    def _overdue(self, row: ScheduleRow) -> bool:
        """Whether something has been due for longer than Temporal needs to ring."""
        if not self.scheduling.due(row, self.scheduling.now()):
            self._seen.pop(row.id, None)
            return False
        return self.seconds() - self._seen.setdefault(row.id, self.seconds()) > GRACE_SECONDS

    def _make_up(self, row: ScheduleRow) -> None:
        if self.scheduling.due(row, self.scheduling.now()):
            self.scheduling.begin_due(row.id, self.scheduling.now(), MADE_UP)

    async def _tell(self, row: ScheduleRow, wanted: dict[str, Any]) -> None:
        try:
            await self.bells.tell(row.id, wanted["moments"], paused=wanted["paused"])
        except GatewayError as error:
            await self._note(row, {"error": str(error)})
            return
        self._told[row.id] = wanted
        await self._note(row, {"moments": len(wanted["moments"]), "paused": wanted["paused"]})

    async def _forget(self, row: ScheduleRow) -> None:
        if row.told == {"removed": True}:
            return
        try:
            await self.bells.forget(row.id)
        except GatewayError as error:
            await self._note(row, {"error": str(error)})
            return
        self._told.pop(row.id, None)
        await self._note(row, {"removed": True})

    async def _note(self, row: ScheduleRow, told: dict[str, Any]) -> None:
        """Write down what Temporal knows, for people to see whether it rings."""
        if row.told == told:
            return

        def write() -> None:
            with self.scheduling.store.unit_of_work() as unit:
                unit.schedule_told(row.id, told)

        await asyncio.to_thread(write)


def _holds(told: dict[str, Any] | None, wanted: dict[str, Any]) -> bool:
    """Whether Temporal knows enough: what it was told still holds, and reaches far enough."""
    if told is None or told["paused"] != wanted["paused"]:
        return False
    first = wanted["moments"][0]
    ahead = [one for one in told["moments"] if one >= first]
    enough = (len(wanted["moments"]) + 1) // 2
    return len(ahead) >= enough and ahead == wanted["moments"][: len(ahead)]
