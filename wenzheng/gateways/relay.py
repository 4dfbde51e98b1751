"""Hands the outbox's starts of workflows to Temporal, at least once each.

A start is keyed by the instance's id, so that handing it over twice starts one workflow. While
Temporal is away the rows wait; letters go on being accepted.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, Protocol

from wenzheng.contracts import Delivery, PaceInput, StartProcess
from wenzheng.gateways.ports import GatewayError, OutboxRow
from wenzheng.gateways.sweeps import pause_after

_LOG: Final = logging.getLogger(__name__)
SWEEP_SECONDS: Final = 1.0
BATCH: Final = 100
AT_ONCE: Final = 8
"""Starts under way at the same time: in a busy web process each waits for its turn several times."""


class StartOutbox(Protocol):
    """The part of the outbox that the relay needs; its methods block and run in a thread."""

    def due_starts(self, now: datetime, limit: int) -> Sequence[OutboxRow]:
        """Unsent starts whose time has come, the longest waiting first."""
        ...

    def started(self, row_id: str, at: datetime) -> None:
        """The start was handed over."""
        ...

    def not_started(self, row_id: str, at: datetime, error: str, retry_at: datetime) -> None:
        """The start failed and is due again at `retry_at`."""
        ...


class Starter(Protocol):
    """What starts an instance once."""

    async def start(self, instance: str, definition: str, calendar: str, start: StartProcess) -> None:
        """Raises GatewayError when it cannot."""
        ...


class StartRelay:
    """Sweeps the outbox once a second, and at once when poked.

    `now` is the city's clock. In a practice city the pauses between tries pass at its pace; the
    sweep keeps them a real second apart. `pace` is what the starts carry there.
    """

    def __init__(
        self,
        outbox: StartOutbox,
        processes: Starter,
        now: Callable[[], datetime],
        pace: PaceInput | None = None,
    ) -> None:
        self._outbox = outbox
        self._processes = processes
        self._now = now
        self._pace = pace
        self._poked = asyncio.Event()

    def poke(self) -> None:
        """A letter has just been stored: do not wait for the next sweep."""
        self._poked.set()

    async def run(self) -> None:
        """Sweep until cancelled. A store that is away is reported once a sweep and waited for."""
        while True:
            self._poked.clear()
            try:
                await self.sweep()
            except Exception:  # noqa: BLE001 - the sweep goes on whatever the store does
                _LOG.exception("The outbox could not be read; trying again.")
            try:
                await asyncio.wait_for(self._poked.wait(), SWEEP_SECONDS)
            except TimeoutError:
                continue

    async def sweep(self) -> int:
        """Hand over what is due; returns how many starts went out."""
        rows = await asyncio.to_thread(self._outbox.due_starts, self._now(), BATCH)
        turns = asyncio.Semaphore(AT_ONCE)

        async def in_turn(row: OutboxRow) -> bool:
            async with turns:
                return await self._hand_over(row)

        return sum(await asyncio.gather(*map(in_turn, rows)))

    async def _hand_over(self, row: OutboxRow) -> bool:
        data = row.data
        asked = data["start"]
        # The pace of today: since the letter was kept, the city's clock may have stood still.
        event = Delivery(**asked["event"]) if "event" in asked else None
        start = StartProcess(
            asked["process"], asked["variables"], asked.get("state"), pace=self._pace, event=event
        )
        try:
            await self._processes.start(row.instance, data["definition"], data["calendar"], start)
        except GatewayError as error:
            pause = pause_after(row.attempts)
            now = self._now()
            await asyncio.to_thread(self._outbox.not_started, row.id, now, str(error), now + pause)
            return False
        await asyncio.to_thread(self._outbox.started, row.id, self._now())
        return True
