"""What many open petitions cost: memory, look-ups, and the first steps after the worker was restarted.

    python -m benchmarks.open_petitions [--open N] [--steps N] [--sticky SECONDS] [--kill] [--json]

Starts so many petitions of five steps (`by_hand.bundle`), all of which wait for their first step.
Measured are the memory of worker and server for each, counting and listing them, and a step of some
of them: by the worker that knows them (warm), and by one that was started anew (cold), which has to
replay each from its history. With `--kill` the first one ends by SIGKILL, so that Temporal still hands
its tasks to a worker that is gone, for as long as `--sticky` says (Temporal's default is 10 s).
Server, worker and client are processes of their own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import uvloop
from temporalio.client import Client, WorkflowHandle

from benchmarks.by_hand import STEPS
from benchmarks.parts import Parts, cpu_seconds, parts, resident_bytes
from benchmarks.petition import Cell, Load, Rows
from wenzheng.gateways.codec import data_converter
from wenzheng.gateways.processes import IDENTITY

IN_FLIGHT: Final = 50
WARM: Final = 50
"""Petitions that are brought to their end before anything is measured."""
LOOKS: Final = 5
RUNNING: Final = 'ExecutionStatus = "Running"'
TARGETS: Final = {"worker_kb_each": 60, "cold/warm": 5}
Handles = list[WorkflowHandle[Any, Any]]


def _load(here: Parts, client: Client, worker_pid: int) -> Load:
    address, database = here.server.address, str(here.database)
    cell = Cell(
        "ours", 0, IN_FLIGHT, address, here.server_pid, worker_pid, database, here.definition, here.calendar
    )
    return Load(cell, client, Rows(database))


async def _each(handles: Handles, act: Callable[[WorkflowHandle[Any, Any]], Awaitable[None]]) -> None:
    for first in range(0, len(handles), IN_FLIGHT):
        await asyncio.gather(*(act(handle) for handle in handles[first : first + IN_FLIGHT]))


async def _step(load: Load, handles: Handles, step: str) -> dict[str, float]:
    """One step of each: seconds, and the CPU of worker and server in ms a step."""
    pids = {"worker": load.cell.worker_pid, "server": load.cell.server_pid}
    before, began = {part: cpu_seconds(pid) for part, pid in pids.items()}, time.monotonic()
    await _each(handles, lambda handle: load.act(handle, step))
    seconds = time.monotonic() - began
    spent = {part: (cpu_seconds(pid) - before[part]) / len(handles) * 1000 for part, pid in pids.items()}
    return {"seconds": round(seconds, 2)} | {f"{part}_ms": round(ms, 2) for part, ms in spent.items()}


async def _milliseconds(ask: Callable[[], Awaitable[object]]) -> float:
    """The median of a few looks."""
    taken = []
    for _ in range(LOOKS):
        began = time.monotonic()
        await ask()
        taken.append((time.monotonic() - began) * 1000)
    return round(statistics.median(taken), 1)


async def measure(count: int, steps: int, sticky: float | None, *, kill: bool) -> dict[str, Any]:
    """The raw numbers and what they are measured by."""
    options = ["--cached", str(count + WARM)] + (["--sticky", str(sticky)] if sticky else [])
    async with parts() as here:
        client = await Client.connect(
            here.server.address, data_converter=data_converter(None), identity=IDENTITY
        )

        async def first() -> None:
            async for _ in client.list_workflows(RUNNING, page_size=100, limit=100):
                pass

        with here.worker(*options) as worker:
            load = _load(here, client, worker.pid)
            await load.petitions(WARM)
            pids = {"worker": worker.pid, "server": here.server_pid}
            before = {part: resident_bytes(pid) for part, pid in pids.items()}
            began = time.monotonic()
            handles: Handles = []
            while len(handles) < count:
                size = min(IN_FLIGHT, count - len(handles))
                handles += await load.opened([load.name() for _ in range(size)])
            started = count / (time.monotonic() - began)
            each = {
                part: round((resident_bytes(pid) - before[part]) / count / 1000, 1)
                for part, pid in pids.items()
            }
            counted = await _milliseconds(lambda: client.count_workflows(RUNNING))
            listed = await _milliseconds(first)
            some = handles[:steps]
            warm = await _step(load, some, STEPS[0])
            if kill:
                worker.kill()
                worker.wait()
        with here.worker(*options) as worker:
            cold = await _step(_load(here, client, worker.pid), some, STEPS[1])
    return {
        "open": count,
        "steps": len(some),
        "started_per_second": round(started, 1),
        "kb_each": each,
        "count_ms": counted,
        "list_100_ms": listed,
        "warm": warm,
        "cold": cold,
        "found": {
            "worker_kb_each": each["worker"],
            "cold/warm": round(cold["seconds"] / warm["seconds"], 2),
            "cold/warm worker CPU": round(cold["worker_ms"] / warm["worker_ms"], 2),
        },
        "targets": TARGETS,
    }


def main() -> None:
    """Prints the numbers."""
    parser = argparse.ArgumentParser(description="Measure many open petitions.")
    parser.add_argument("--open", type=int, default=2000, help="open petitions (default 2000)")
    parser.add_argument("--steps", type=int, default=1000, help="of them get a step (default 1000)")
    parser.add_argument("--sticky", type=float, help="seconds a task waits for the worker that knows it")
    parser.add_argument("--kill", action="store_true", help="the first worker ends by SIGKILL")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    steps = min(arguments.steps, arguments.open)
    result = uvloop.run(measure(arguments.open, steps, arguments.sticky, kill=arguments.kill))
    if arguments.json:
        print(json.dumps(result, indent=2))
        return
    for name, value in result.items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
