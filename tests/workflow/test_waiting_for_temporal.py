"""Who acts while Temporal is in trouble waits once for the answer "try again", and not for ever."""

from __future__ import annotations

import asyncio
import socket
import time
from datetime import timedelta
from pathlib import Path

import pytest

from wenzheng.contracts import CompleteTask, StartProcess
from wenzheng.gateways import processes
from wenzheng.gateways.ports import ProcessUnavailable
from wenzheng.gateways.processes import TemporalProcesses
from wenzheng.gateways.temporal_server import EmbeddedServer

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("embedded-server")]

LONGER = 1.4
"""As a share of the limit: what a busy machine may add, and less than any of the waits that were."""


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> float:
    """A shorter limit, in seconds."""
    seconds = 4.0
    monkeypatch.setattr(processes, "ACT_TIMEOUT", timedelta(seconds=seconds))
    return seconds


async def asked(gateway: TemporalProcesses) -> float:
    """Seconds until somebody who acts is asked to try again."""
    begun = time.monotonic()
    with pytest.raises(ProcessUnavailable) as away:
        await gateway.complete_task("petition-p", CompleteTask("a", "accept", "li", "clerk", {}))
    assert not away.value.not_started
    return time.monotonic() - begun


async def test_people_at_a_server_that_takes_calls_and_says_nothing_do_not_wait_for_each_other(
    limit: float,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host, port = silent.getsockname()
        gateway = TemporalProcesses(f"{host}:{port}")
        assert max(await asyncio.gather(*(asked(gateway) for _ in range(4)))) < LONGER * limit


async def test_one_who_gives_up_connecting_takes_the_others_nothing(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path)
    await server.start()
    try:
        gateway = TemporalProcesses(server.address)
        start = StartProcess("petition")
        starts = [
            asyncio.create_task(gateway.start(f"p{number}", "0" * 64, "0" * 64, start)) for number in range(3)
        ]
        await asyncio.wait(starts, timeout=0)  # all have begun
        starts[0].cancel()
        await asyncio.gather(*starts[1:])
    finally:
        server.stop()


async def test_act_that_meets_the_restart_of_the_server_waits_no_longer_than_any_other(
    tmp_path: Path, limit: float
) -> None:
    server = EmbeddedServer(tmp_path)
    await server.start()
    try:
        gateway = TemporalProcesses(server.address)
        # There is no worker: the act is taken in and nobody answers.
        await gateway.start("petition-p", "0" * 64, "0" * 64, StartProcess("petition"))
        acting = asyncio.create_task(asked(gateway))
        await asyncio.wait({acting}, timeout=limit / 2)
        server.part.kill()
        await server.start()
        assert await acting < LONGER * limit
    finally:
        server.stop()
