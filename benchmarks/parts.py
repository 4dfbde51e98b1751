"""The parts that a benchmark measures: a server, a store, and a worker in a process of its own.

    python -m benchmarks.parts --server HOST:PORT --database URL [--cached N] [--sticky S] [--profile F]

runs the worker, as `wenzheng worker` runs it, with the workflows written by hand beside ours.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import cProfile
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import uvloop
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.record import RecordActivity
from benchmarks.by_hand import WORKFLOWS, bundle
from wenzheng import __version__
from wenzheng.bootstrap.city import registry_of
from wenzheng.bootstrap.deploying import deploy
from wenzheng.bootstrap.worker import CACHED_WORKFLOWS, WORKER_THREADS
from wenzheng.calendars.china import china
from wenzheng.contracts import TASK_QUEUE
from wenzheng.gateways.codec import data_converter
from wenzheng.gateways.temporal_server import EmbeddedServer
from wenzheng.practice import utc_now
from wenzheng.store import open_store
from workflows.process import ProcessWorkflow

ROOT: Final = Path(__file__).resolve().parents[1]
READY: Final = "ready"
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_USER, _SYSTEM, _RESIDENT = 11, 12, 1  # fields of /proc/PID/stat behind the name, and of statm


def cpu_seconds(pid: int) -> float:
    """The CPU time of a process so far, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[_USER]) + int(fields[_SYSTEM])) / _TICKS


def resident_bytes(pid: int) -> int:
    """The memory of a process."""
    pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[_RESIDENT]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Parts:
    """Where the parts are."""

    server: EmbeddedServer
    database: Path
    definition: str
    calendar: str

    @property
    def server_pid(self) -> int:
        """The server's process."""
        assert self.server.pid is not None  # it was started
        return self.server.pid

    @contextlib.contextmanager
    def worker(self, *options: str) -> Iterator[subprocess.Popen[str]]:
        """A worker that has begun to listen; it is told to end afterwards."""
        command = [sys.executable, "-m", "benchmarks.parts", "--server", self.server.address]
        command += ["--database", f"sqlite:///{self.database}", *options]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None  # it is piped
            if process.stdout.readline().strip() != READY:
                sys.exit(f"the worker ended with {process.wait()}")
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


@contextlib.asynccontextmanager
async def parts() -> AsyncIterator[Parts]:
    """A server and a store in a temporary folder, with the definition of five steps deployed."""
    with tempfile.TemporaryDirectory(prefix="wenzheng-bench-") as name:
        folder = Path(name)
        database = folder / "wenzheng.db"
        definition, calendar = bundle(), china()
        with contextlib.closing(open_store(f"sqlite:///{database}")) as store:
            store.migrate()
            deploy(store, definition)
            with store.unit_of_work() as unit:
                unit.save_calendar(
                    digest=calendar.version, id=calendar.id, document=calendar.document(), at=utc_now()
                )
        server = EmbeddedServer(folder / "temporal")
        await server.start()
        try:
            yield Parts(server, database, definition.digest, calendar.version)
        finally:
            server.stop()


async def run_worker(address: str, database: str, cached: int, sticky: timedelta) -> None:
    """See bootstrap.worker.run_worker; until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    with contextlib.closing(open_store(database)) as store:
        client = await Client.connect(address, data_converter=data_converter(registry_of(store)))
        with ThreadPoolExecutor(WORKER_THREADS) as threads:
            worker = Worker(
                client,
                task_queue=TASK_QUEUE,
                workflows=[ProcessWorkflow, *WORKFLOWS],
                activities=[RecordActivity(store).record],
                activity_executor=threads,
                workflow_runner=UnsandboxedWorkflowRunner(),
                max_cached_workflows=cached,
                sticky_queue_schedule_to_start_timeout=sticky,
                build_id=__version__,
            )
            async with worker:
                print(READY, flush=True)
                await stop.wait()


def main() -> None:
    """The worker's process."""
    parser = argparse.ArgumentParser(description="Run the worker of a benchmark.")
    parser.add_argument("--server", required=True, help="host:port of the Temporal server")
    parser.add_argument("--database", required=True, help="URL of the store")
    parser.add_argument("--cached", type=int, default=CACHED_WORKFLOWS, help="workflows kept in memory")
    parser.add_argument("--sticky", type=float, default=10, help="seconds a task waits for who knows it")
    parser.add_argument("--profile", help="write a profile of the main thread into this file")
    arguments = parser.parse_args()
    sticky = timedelta(seconds=arguments.sticky)
    work = run_worker(arguments.server, arguments.database, arguments.cached, sticky)
    if arguments.profile is None:
        uvloop.run(work)
        return
    profile = cProfile.Profile()
    profile.runcall(uvloop.run, work)
    profile.dump_stats(arguments.profile)


if __name__ == "__main__":
    main()
