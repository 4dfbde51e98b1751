"""The relay: several letters start at the same time, and each once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from wenzheng.contracts import StartProcess
from wenzheng.gateways.ports import OutboxRow
from wenzheng.gateways.relay import AT_ONCE, StartRelay

NOW = datetime(2026, 9, 7, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    """A letter that waits."""

    id: str
    instance: str
    data: dict[str, Any]
    attempts: int = 0


class Outbox:
    """Twenty letters that wait for their start."""

    def __init__(self) -> None:
        data = {"definition": "d", "calendar": "c", "start": {"process": "petition", "variables": {}}}
        self.waiting = {str(number): Row(str(number), f"letter-{number}", data) for number in range(20)}

    def due_starts(self, _now: datetime, limit: int) -> Sequence[OutboxRow]:
        return list(self.waiting.values())[:limit]

    def started(self, row_id: str, _at: datetime) -> None:
        del self.waiting[row_id]

    def not_started(self, row_id: str, _at: datetime, error: str, _retry_at: datetime) -> None:
        raise AssertionError(f"{row_id} was to start: {error}")


class Meeting:
    """Answers only when as many starts are under way as the relay allows."""

    def __init__(self) -> None:
        self.company = asyncio.Barrier(AT_ONCE)
        self.begun: list[str] = []

    async def start(self, instance: str, _definition: str, _calendar: str, _start: StartProcess) -> None:
        self.begun.append(instance)
        if len(self.begun) <= AT_ONCE:
            async with asyncio.timeout(60):
                await self.company.wait()


async def test_author_does_not_wait_for_the_start_of_every_letter_before() -> None:
    outbox, starts = Outbox(), Meeting()
    relay = StartRelay(outbox, starts, lambda: NOW)
    assert await relay.sweep() == 20
    assert (outbox.waiting, len(set(starts.begun))) == ({}, 20)
    assert await relay.sweep() == 0
