"""Runs coroutine tests without a plugin, and keeps the environment of the machine out of tests."""

from __future__ import annotations

import asyncio
import gc
import inspect
import os
from collections.abc import Iterator

import pytest

from frontend.build import BuildError, build
from tests.support.postgres import PostgresServer, postgres_server

LONGEST = 300.0
"""Seconds after which a coroutine test is stuck; the slowest takes a fraction of it."""


def pytest_configure(config: pytest.Config) -> None:
    """Build the browser's files if missing or if frontend/ has changed; once, before workers start."""
    if not hasattr(config, "workerinput"):
        try:
            build()
        except BuildError as error:
            raise pytest.UsageError(str(error)) from None


def pytest_collection_finish(session: pytest.Session) -> None:
    """Modules and tests stay to the end: to look at them again and again takes a quarter of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run an `async def` test in an event loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in names}

    async def run() -> None:
        async with asyncio.timeout(LONGEST):
            await pyfuncitem.obj(**arguments)

    asyncio.run(run())
    return True


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("WENZHENG_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this test process, started when the first test asks for it."""
    with postgres_server() as server:
        yield server
