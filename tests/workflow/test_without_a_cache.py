"""A worker that keeps no workflow in memory replays a letter's whole history at every step."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from temporalio.client import Client

from tests.support.house import House, house
from wenzheng.gateways.temporal_server import EmbeddedServer
from workflows import calling

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("embedded-server")]


@asynccontextmanager
async def house_without_a_cache(folder: Path) -> AsyncIterator[House]:
    # On the real server: the time-skipping one was seen to leave a query of an uncached workflow unanswered.
    server = EmbeddedServer(folder)
    await server.start()
    try:
        async with house(folder, await Client.connect(server.address), cached_workflows=0) as home:
            yield home
    finally:
        server.stop()


async def test_worker_without_a_cache_replays_at_every_step(tmp_path: Path) -> None:
    async with house_without_a_cache(tmp_path) as home:
        letter = await home.submit(date(2026, 11, 20))
        assert await letter.close() == "solved"


async def test_letter_goes_on_in_a_fresh_worker_after_its_store_was_too_slow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A local activity that timed out raises another error in a replay than it did at first.
    monkeypatch.setattr(calling, "FLUSH_ATTEMPT_TIMEOUT", timedelta(milliseconds=200))
    async with house_without_a_cache(tmp_path) as home:
        letter = await home.submit(date(2026, 11, 20))
        await letter.until_open("accept")
        home.sink.slow()
        tries = home.sink.attempts
        accepting = asyncio.create_task(letter.act("accept", "clerk", accepted=True))
        await home.sink.until_tried(tries + 3)  # twice at once, then patiently
        home.sink.hurry()
        await asyncio.wait_for(accepting, 60)
        await letter.until_open("assign")


async def test_letter_whose_write_is_taken_for_a_late_one_goes_on_with_the_next_task(tmp_path: Path) -> None:
    async with house_without_a_cache(tmp_path) as home:
        letter = await home.submit(date(2026, 11, 20))
        await letter.until_open("accept")
        home.sink.overtaken = 1
        await letter.act("accept", "clerk", accepted=True)
        await letter.until_open("assign")
        assert home.sink.overtaken == 0
