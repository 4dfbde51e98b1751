"""Tells open instances that another version of their calendar holds: those it touches, each at least once.

Who is to be told stands in the store since the version came into force (store.calendar_moves); an instance
that is told twice takes it once. Batches are claimed for a while: a kill in the middle costs no more than
that while, and several web processes share the work.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

from wenzheng.contracts import (
    ActResult,
    CalendarNews,
    CompleteTask,
    Delivery,
    ResolveIncident,
    SendMessage,
    Snapshot,
)
from wenzheng.gateways.ports import GatewayError, ProcessGateway, ProcessUnavailable
from wenzheng.gateways.sweeps import pause_after, sweep_until_cancelled
from wenzheng.store import Store
from wenzheng.store.calendar_moves import Move

SWEEP_SECONDS: Final = 1.0
_TROUBLE: Final = "Who is to be told of a calendar could not be read; trying again."
BATCH: Final = 200
AT_ONCE: Final = 32
CLAIM: Final = timedelta(seconds=15)
"""Longer than a call to Temporal waits for its answer."""


class Told(Protocol):
    """The part of the process gateway that telling needs."""

    async def change_calendar(self, instance: str, calendar: str, news: CalendarNews) -> None:
        """Raises GatewayError when it cannot."""
        ...


class CalendarTeller:
    """Looks once a second whom to tell. `now` is the clock by which versions come into force."""

    def __init__(self, store: Store, processes: Told, now: Callable[[], datetime]) -> None:
        self._store = store
        self._processes = processes
        self._now = now

    async def run(self) -> None:
        """Sweep until cancelled. A store that is away is reported once a sweep and waited for."""
        await sweep_until_cancelled(self.sweep, SWEEP_SECONDS, _TROUBLE)

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
        try:
            await self._processes.change_calendar(move.instance, move.digest, _news(move))
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
        pause = pause_after(move.attempts)
        with self._store.unit_of_work() as unit:
            unit.move_failed(move, error, self._now() + pause)


class Processes(Told, ProcessGateway, Protocol):
    """The process gateway, with what comes from other instances."""

    async def deliver(self, instance: str, delivery: Delivery) -> ActResult:
        """Hand over what another instance has thrown. Raises ActRefused and ProcessUnavailable."""
        ...


class UpToDate:
    """The process gateway; whoever is to do something counts by the version in force when they do it.

    A version that touched nothing of an instance was no news to it. What an act begins counts days of its
    own, so the news goes ahead of the act.
    """

    def __init__(self, store: Store, processes: Processes) -> None:
        self._store = store
        self._processes = processes

    async def complete_task(self, instance: str, act: CompleteTask) -> ActResult:
        """See ports.ProcessGateway."""
        await self._tell(instance)
        return await self._processes.complete_task(instance, act)

    async def send_message(self, instance: str, act: SendMessage) -> ActResult:
        """See ports.ProcessGateway."""
        await self._tell(instance)
        return await self._processes.send_message(instance, act)

    async def resolve_incident(self, instance: str, act: ResolveIncident) -> ActResult:
        """See ports.ProcessGateway."""
        await self._tell(instance)
        return await self._processes.resolve_incident(instance, act)

    async def deliver(self, instance: str, delivery: Delivery) -> ActResult:
        """See deliveries.Receivers."""
        await self._tell(instance)
        return await self._processes.deliver(instance, delivery)

    async def snapshot(self, instance: str) -> Snapshot:
        """See ports.ProcessGateway."""
        return await self._processes.snapshot(instance)

    async def _tell(self, instance: str) -> None:
        move = await asyncio.to_thread(self._news_for, instance)
        if move is None:
            return
        try:
            await self._processes.change_calendar(instance, move.digest, _news(move))
        except ProcessUnavailable as away:
            if not away.not_started:  # else the act says so itself, and what follows from it
                raise

    def _news_for(self, instance: str) -> Move | None:
        with self._store.reader() as reader:
            return reader.news_for(instance)


def _news(move: Move) -> CalendarNews:
    return CalendarNews(move.number, move.at, move.notice, move.keep_later)
