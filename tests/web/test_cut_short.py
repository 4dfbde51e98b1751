"""Requests that the end of the server, or of the person's patience, cuts short."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import httpx2
import pytest
import uvicorn

from tests.web.conftest import RECEIVED, City
from tests.web.test_problems import problem_of
from wenzheng.web.app import create_app
from wenzheng.web.services import Services

FORM = "application/x-www-form-urlencoded"
LETTER = {"title": "路灯坏了", "text": "路灯坏了三个星期。", "act_id": "a-1", "passphrase": "芝麻开门"}


@contextlib.asynccontextmanager
async def served(services: Services) -> AsyncIterator[tuple[uvicorn.Server, str]]:
    """The application on a real server, which gives requests no time once it stops."""
    config = uvicorn.Config(create_app(services), log_level="error", timeout_graceful_shutdown=0)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        host, port = listening.getsockname()
        serving = asyncio.create_task(server._serve([listening]))  # serve() would take over SIGINT
        try:
            yield server, f"http://{host}:{port}"
        finally:
            server.should_exit = True
            await serving


async def test_author_whose_letter_waits_when_the_server_stops_is_asked_to_send_it_again(
    city: City, tmp_path: Path
) -> None:
    arrived = asyncio.Event()

    def now() -> datetime:
        arrived.set()
        return RECEIVED

    with contextlib.closing(sqlite3.connect(tmp_path / "wenzheng.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        async with (
            served(replace(city.services, now=now)) as (server, url),
            httpx2.AsyncClient(base_url=url, trust_env=False) as client,
        ):
            sending = asyncio.create_task(client.post("/api/petitions", json=LETTER))
            await arrived.wait()
            server.should_exit = True
            answer = await sending
        other.execute("ROLLBACK")
    assert problem_of(answer, 503)["code"] == "stopping"
    assert answer.headers["retry-after"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert city.client.post("/api/petitions", json=LETTER).status_code == 201


async def test_browser_that_goes_away_amid_a_form_is_no_incident(
    city: City, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    head = ("POST /submit HTTP/1.1", "Host: x", "Content-Length: 99", f"Content-Type: {FORM}", "", "ti")
    async with served(city.services) as (_, url):
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        writer.write("\r\n".join(head).encode())
        await writer.drain()
        assert not reader.at_eof()
        writer.close()
        await writer.wait_closed()
        async with httpx2.AsyncClient(base_url=url, trust_env=False) as client:
            assert (await client.get("/api/health")).status_code == 200
    assert not caplog.records
