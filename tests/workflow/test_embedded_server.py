"""The embedded Temporal server: one on a data folder, never a foreign one, never left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client

from tests.support.processes import ended, freeze
from wenzheng.gateways import temporal_server
from wenzheng.gateways.parts import PartError
from wenzheng.gateways.temporal_server import EmbeddedServer, free_port

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("embedded-server")]

ROOT = Path(__file__).resolve().parents[2]

PARENT = """
import asyncio, pathlib, signal, sys
from wenzheng.gateways.temporal_server import EmbeddedServer
server = EmbeddedServer(pathlib.Path(sys.argv[1]))
asyncio.run(server.start())
print(server.pid, flush=True)
signal.pause()
"""


@contextmanager
def started(folder: Path, **options: Any) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(folder, **options)
    asyncio.run(server.start())
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def parent_with_server(folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Another process that started a server on the folder; yields it and the server's process id."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    server = int(parent.stdout.readline())
    try:
        yield parent, server
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()
        if not ended(server, 0):  # only when the test fails
            os.kill(server, signal.SIGKILL)


def test_server_serves_without_search_attributes_of_ours_and_stops(tmp_path: Path) -> None:
    async def attributes(address: str) -> dict[str, int]:
        client = await Client.connect(address)
        answer = await client.operator_service.list_search_attributes(
            ListSearchAttributesRequest(namespace="default")
        )
        return dict(answer.custom_attributes)

    with started(tmp_path) as server:
        found = asyncio.run(attributes(server.address))

    # A lamp is derived, never stored a second time (docs/decisions/0006).
    assert found.keys().isdisjoint({"Lamp", "Department"})
    assert not server.alive()


def test_letters_survive_a_restart(tmp_path: Path) -> None:
    async def write(address: str) -> None:
        client = await Client.connect(address)
        await client.start_workflow("letter", id="petition-1", task_queue="nobody")

    async def read(address: str) -> str:
        client = await Client.connect(address)
        return (await client.get_workflow_handle("petition-1").describe()).workflow_type

    with started(tmp_path) as server:
        asyncio.run(write(server.address))
    with started(tmp_path) as server:
        assert asyncio.run(read(server.address)) == "letter"


def test_started_again_after_a_crash_it_keeps_its_port(tmp_path: Path) -> None:
    with started(tmp_path) as server:
        before, first = server.address, server.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        assert ended(first, 60)
        assert asyncio.run(server.start()) == before
        assert server.pid != first


def test_second_server_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    with started(tmp_path) as server:
        with pytest.raises(PartError, match=r"already runs on .*--data") as refused:
            asyncio.run(EmbeddedServer(tmp_path).start())
        assert refused.value.code == "temporal-owned"
        assert server.alive()


def test_foreign_server_on_the_given_port_is_refused(tmp_path: Path) -> None:
    with started(tmp_path / "theirs") as foreign:
        with pytest.raises(PartError, match=f"port {foreign.port} is used by another program") as refused:
            asyncio.run(EmbeddedServer(tmp_path / "ours", port=foreign.port).start())
        assert refused.value.code == "temporal-port"


def test_foreign_server_that_takes_the_port_at_the_last_moment_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with started(tmp_path / "theirs") as foreign:
        # Our look finds the port free; the foreign server answers health checks on it all the same.
        looks = iter([True])
        real = temporal_server.port_is_free
        monkeypatch.setattr(temporal_server, "port_is_free", lambda port: next(looks, None) or real(port))
        ours = EmbeddedServer(tmp_path / "ours", port=foreign.port)
        with pytest.raises(PartError) as refused:
            asyncio.run(ours.start())
        assert refused.value.code == "temporal-port"
        assert not ours.alive()


def test_given_free_port_is_used(tmp_path: Path) -> None:
    port = free_port()
    with started(tmp_path, port=port) as server:
        assert server.address == f"127.0.0.1:{port}"


def test_ruined_data_file_is_a_one_line_error_not_a_hang(tmp_path: Path) -> None:
    (tmp_path / "temporal.db").write_bytes(b"this is no database" * 1000)
    with pytest.raises(PartError) as refused:
        asyncio.run(EmbeddedServer(tmp_path).start(within=60))
    assert refused.value.code == "temporal-failed"
    assert "\n" not in str(refused.value)
    assert "temporal.log" in str(refused.value)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_kill_9_of_the_parent_leaves_no_server_behind(tmp_path: Path) -> None:
    with parent_with_server(tmp_path) as (parent, server):
        parent.kill()
        assert ended(server, 60)


@pytest.mark.skipif(sys.platform != "linux", reason="needs pidfd")
def test_orphan_is_ended_before_a_new_server_starts(tmp_path: Path) -> None:
    with parent_with_server(tmp_path) as (parent, orphan):
        # A stopped process cannot act on the signal of its parent's death: it stays as an orphan.
        freeze(orphan)
        parent.kill()
        parent.wait()
        assert not ended(orphan, 0.2)
        with started(tmp_path, orphan_grace=0.5) as server:
            assert ended(orphan, 0)
            assert server.alive()
