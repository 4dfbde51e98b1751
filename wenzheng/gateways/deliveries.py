"""Hands messages and signals from instance to instance, at least once each and with effect once.

What goes where the store has decided, in the transaction of the act that threw it. The act of the receiver
is named after the throw: a repeat is the same act. Who has stopped waiting meanwhile refuses, and the
store looks for somebody else.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final, Protocol

from wenzheng.contracts import REFUSED_ENDED, REFUSED_NOT_OPEN, REFUSED_TRY_AGAIN, ActResult, Delivery
from wenzheng.gateways.ports import ActRefused, GatewayError, OutboxRow, ProcessUnavailable
from wenzheng.gateways.sweeps import pause_after, sweep_until_cancelled

_LOG: Final = logging.getLogger(__name__)
SWEEP_SECONDS: Final = 0.5
_TROUBLE: Final = "Messages between instances could not be read; trying again."
BATCH: Final = 100
AT_ONCE: Final = 16
"""Deliveries under way at the same time: one receiver that does not answer keeps few others waiting."""


class DeliveryOutbox(Protocol):
    """The part of the store that deliveries need; its methods block and run in a thread."""

    def due_deliveries(self, now: datetime, limit: int) -> Sequence[OutboxRow]:
        """What is to be handed over, the longest waiting first."""
        ...

    def delivered(self, row: OutboxRow, at: datetime) -> None:
        """It was handed over."""
        ...

    def refused(self, row: OutboxRow, at: datetime) -> None:
        """Its receiver waits no longer."""
        ...

    def unfit(self, row: OutboxRow, at: datetime, error: str) -> None:
        """Its receiver waits, but can never take it."""
        ...

    def not_delivered(self, row: OutboxRow, at: datetime, error: str, retry_at: datetime) -> None:
        """It failed and is due again at `retry_at`."""
        ...


class Receivers(Protocol):
    """The part of the process gateway that deliveries need."""

    async def deliver(self, instance: str, delivery: Delivery) -> ActResult:
        """Hand over a message or signal. Raises ActRefused and ProcessUnavailable."""
        ...


class Deliveries:
    """Sweeps the outbox and hands over what instances have for each other."""

    def __init__(self, outbox: DeliveryOutbox, receivers: Receivers, now: Callable[[], datetime]) -> None:
        self._outbox = outbox
        self._receivers = receivers
        self._now = now

    async def run(self) -> None:
        """Sweep until cancelled. A store that is away is reported once a sweep and waited for."""
        await sweep_until_cancelled(self.sweep, SWEEP_SECONDS, _TROUBLE)

    async def sweep(self) -> int:
        """Hand over what is due; returns how many were taken or refused for good."""
        rows = await asyncio.to_thread(self._outbox.due_deliveries, self._now(), BATCH)
        receivers: dict[str, list[OutboxRow]] = {}
        for row in rows:
            receivers.setdefault(row.instance, []).append(row)
        turns = asyncio.Semaphore(AT_ONCE)

        async def in_order(own: list[OutboxRow]) -> int:
            async with turns:
                return sum([await self._hand_over(row) for row in own])

        return sum(await asyncio.gather(*map(in_order, receivers.values())))

    async def _hand_over(self, row: OutboxRow) -> bool:
        try:
            await self._receivers.deliver(row.instance, Delivery(**row.data))
        except GatewayError as error:
            if _waits_no_longer(error):
                await asyncio.to_thread(self._outbox.refused, row, self._now())
                return True
            if isinstance(error, ActRefused) and error.code != REFUSED_TRY_AGAIN:
                # The same data would be refused again and again, and others wait behind them.
                _LOG.warning("A message to %s was refused and set aside: %s", row.instance, error)
                await asyncio.to_thread(self._outbox.unfit, row, self._now(), str(error))
                return True
            pause = pause_after(row.attempts)
            now = self._now()
            await asyncio.to_thread(self._outbox.not_delivered, row, now, str(error), now + pause)
            return False
        await asyncio.to_thread(self._outbox.delivered, row, self._now())
        return True


def _waits_no_longer(error: GatewayError) -> bool:
    """Whether the receiver has said that it does not wait, or has ended.

    One that has subscribed was started: an instance that Temporal does not know has ended.
    """
    if isinstance(error, ActRefused):
        return error.code in {REFUSED_NOT_OPEN, REFUSED_ENDED}
    return isinstance(error, ProcessUnavailable) and error.not_started
