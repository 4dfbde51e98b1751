"""A worker that keeps no workflow in memory replays a letter's whole history at every step."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from temporalio.client import Client

from tests.support.house import house
from wenzheng.gateways.temporal_server import EmbeddedServer

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("embedded-server")]


async def test_worker_without_a_cache_replays_at_every_step(tmp_path: Path) -> None:
    # On the real server: the time-skipping one was seen to leave a query of an uncached workflow unanswered.
    server = EmbeddedServer(tmp_path)
    await server.start()
    try:
        async with house(tmp_path, await Client.connect(server.address), cached_workflows=0) as home:
            letter = await home.submit(date(2026, 11, 20))
            assert await letter.close() == "solved"
    finally:
        server.stop()
