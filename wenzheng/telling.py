"""Tells open instances that another version of their calendar holds: those it touches, each at least once.

Who is to be told stands in the store since the version came into force (store.calendar_moves); an instance
that is told twice takes it once. Batches are claimed for a while: a kill in the middle costs no more than
that while, and several web processes share the work.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

from wenzheng.contracts import CalendarNews
from wenzheng.gateways.ports import GatewayError
from wenzheng.store import Store
from wenzheng.store.calendar_moves import Move

_LOG: Final = logging.getLogger(__name__)
SWEEP_SECONDS: Final = 1.0
BATCH: Final = 200
AT_ONCE: Final = 32
CLAIM: Final = timedelta(seconds=15)
"""Longer than a call to Temporal waits for its answer."""
LONGEST_PAUSE: Final = timedelta(minutes=1)


class Processes(Protocol):
    """The part of the process gateway that telling needs."""

    async def change_calendar(self, instance: str, calendar: str, news: CalendarNews) -> None:
        """Raises GatewayError when it cannot."""
        ...


class CalendarTeller:
    """Looks once a second whom to tell. `now` is the clock by which versions come into force."""

    def __init__(self, store: Store, processes: Processes, now: Callable[[], datetime]) -> None:
        self._store = store
        self._processes = processes
        self._now = now

    async def run(self) -> None:
        """Sweep until cancelled. A store that is away is reported once a sweep and waited for."""
        while True:
            try:
                told = await self.sweep()
            except Exception:  # noqa: BLE001 - the sweep goes on whatever the store does
                _LOG.exception("Who is to be told of a calendar could not be read; trying again.")
                told = 0
            if not told:
                await asyncio.sleep(SWEEP_SECONDS)

    async def sweep(self) -> int:
        """Tell a batch; returns how many were told."""
        moves = await asyncio.to_thread(self._claim)
        turns = asyncio.Semaphore(AT_ONCE)

        async def tell(move: Move) -> Move | None:
            async with turns:
                return move if await self._tell(move) else None

        told = [move for move in await asyncio.gather(*map(tell, moves)) if move is not None]
        if told:
            await asyncio.to_thread(self._told, told)
        return len(told)

    async def _tell(self, move: Move) -> bool:
        news = CalendarNews(move.number, move.at, move.notice, move.keep_later)
        try:
            await self._processes.change_calendar(move.instance, move.digest, news)
        except GatewayError as error:
            await asyncio.to_thread(self._failed, move, str(error))
            return False
        return True

    def _claim(self) -> list[Move]:
        now = self._now()
        with self._store.reader() as reader:
            if not reader.moves_wait(now):  # most of the time: without the lock of a writer
                return []
        with self._store.unit_of_work() as unit:
            return unit.claim_moves(now, now + CLAIM, BATCH)

    def _told(self, moves: list[Move]) -> None:
        with self._store.unit_of_work() as unit:
            unit.moves_told(moves, self._now())

    def _failed(self, move: Move, error: str) -> None:
        pause = min(timedelta(seconds=2 ** min(move.attempts, 6)), LONGEST_PAUSE)
        with self._store.unit_of_work() as unit:
            unit.move_failed(move, error, self._now() + pause)
