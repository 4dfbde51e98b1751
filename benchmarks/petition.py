"""What a petition costs: ours beside two workflows written by hand, on one server, in one run.

    python -m benchmarks.petition [--runs N] [--petitions N] [--in-flight N] [--json]

Five human steps with two deadlines each (`by_hand.py`). `naive`: a signal, two timers and a regular
activity a step. `best`: an update with a validator, one lazy timer and a local activity a step.
`ours`: the process workflow interprets a definition. All write the same rows through the same store
and activity; that is compared at the end. Server, worker and client are processes of their own, and
the CPU time of each is read around a cell; the three shapes take turns, each run in another order.

A cell is a closed loop in rounds: the petitions in flight are all started, then all do their first
step, and so on; a round is over when the store holds its rows and all is quiet, so that the
steps of a petition are really apart. CPU per petition is the figure to trust (within 5 % on a machine
that does nothing else); petitions per second, without the wait for quiet, depend on what else it does.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import uvloop
from temporalio.client import Client, WorkflowHandle

from benchmarks.by_hand import BEST, NAIVE, PROCESS, ROLE, STEPS
from benchmarks.parts import ROOT, Parts, cpu_seconds, parts
from wenzheng.contracts import (
    COMPLETE_TASK_UPDATE,
    PROCESS_WORKFLOW,
    TASK_QUEUE,
    ActResult,
    CalendarRef,
    CompleteTask,
    DefinitionRef,
    StartProcess,
)
from wenzheng.gateways.codec import data_converter
from wenzheng.gateways.processes import IDENTITY
from wenzheng.gateways.wire import update_id
from wenzheng.web.acts import new_act_id

_Result = TypeVar("_Result")
SHAPES: Final = ("naive", "best", "ours")
WARM: Final = 10
"""Petitions of a shape before its cell is measured."""
POLL_SECONDS: Final = 0.01
QUIET_SECONDS: Final = 0.25
QUIET_CPU_SECONDS: Final = 0.02
"""Server and worker that took no more CPU than this for so long have nothing left to do."""
LOST_SECONDS: Final = 60.0
TARGETS: Final = {"ours/naive": 0.65, "ours/best": 1.05, "events": 37, "bytes": 6000}


@dataclass(frozen=True)
class Cell:
    """What the client's process is told: which shape, how many, and where everything is."""

    shape: str
    petitions: int
    in_flight: int
    address: str
    server_pid: int
    worker_pid: int
    database: str
    definition: str
    calendar: str


class Rows:
    """Looks in the store, as cheaply as can be, for the rows that are awaited."""

    def __init__(self, database: str) -> None:
        self._connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        self._connection.execute("PRAGMA query_only = ON")

    def last(self) -> int:
        """The row that was written last."""
        found: int | None = self._connection.execute("SELECT max(rowid) FROM records").fetchone()[0]
        return found or 0

    async def until(self, kind: str, count: int, after: int) -> None:
        """Wait for so many rows of a kind behind a row."""
        query = "SELECT count(*) FROM records WHERE rowid > ? AND kind = ?"
        deadline = time.monotonic() + LOST_SECONDS
        while self._connection.execute(query, (after, kind)).fetchone()[0] < count:
            if time.monotonic() > deadline:
                sys.exit(f"expected {count} rows {kind} within {LOST_SECONDS:g} s, found fewer")
            await asyncio.sleep(POLL_SECONDS)

    def of(self, instance: str) -> list[tuple[Any, ...]]:
        """What was written for an instance, without instants and ids of acts."""
        query = "SELECT seq, ordinal, kind, element, data FROM records WHERE instance = ? ORDER BY 1, 2"
        return [(*row[:-1], json.loads(row[-1])) for row in self._connection.execute(query, (instance,))]


class Load:
    """Petitions of one shape, moved round by round."""

    def __init__(self, cell: Cell, client: Client, rows: Rows) -> None:
        self.cell, self.client, self.rows = cell, client, rows
        self.seconds = 0.0

    async def petitions(self, count: int) -> list[str]:
        """So many petitions from start to end; their ids."""
        done: list[str] = []
        while len(done) < count:
            done += await self._batch(min(self.cell.in_flight, count - len(done)))
        return done

    async def _batch(self, size: int) -> list[str]:
        names = [self.name() for _ in range(size)]
        handles = await self._round("task_opened", [self._start(name) for name in names])
        for step in STEPS:
            await self._round("task_closed", [self.act(handle, step) for handle in handles])
        await asyncio.gather(*(handle.result() for handle in handles))
        return names

    def name(self) -> str:
        """The id of a new petition's workflow."""
        return f"{self.cell.shape}-{uuid.uuid4().hex}"

    async def opened(self, names: list[str]) -> list[WorkflowHandle[Any, Any]]:
        """Petitions that have been started and wait for their first step."""
        after = self.rows.last()
        handles = await asyncio.gather(*(self._start(name) for name in names))
        await self.rows.until("task_opened", len(names), after)
        return handles

    async def _round(self, kind: str, acts: list[Coroutine[Any, Any, _Result]]) -> list[_Result]:
        """All petitions do the same; until the store holds a row of the kind for each, and all is quiet."""
        began, after = time.monotonic(), self.rows.last()
        results = await asyncio.gather(*acts)
        await self.rows.until(kind, len(acts), after)
        self.seconds += time.monotonic() - began
        await self._quiet()
        return results

    async def _quiet(self) -> None:
        """Wait until server and worker have nothing left to do."""
        pids = (self.cell.server_pid, self.cell.worker_pid)
        deadline = time.monotonic() + LOST_SECONDS
        while time.monotonic() < deadline:
            before = sum(map(cpu_seconds, pids))
            await asyncio.sleep(QUIET_SECONDS)
            if sum(map(cpu_seconds, pids)) - before <= QUIET_CPU_SECONDS:
                return

    async def _start(self, name: str) -> WorkflowHandle[Any, Any]:
        calendar, variables = CalendarRef(self.cell.calendar), {"petition_id": name}
        workflow, given = {
            "naive": (NAIVE, [calendar, variables]),
            "best": (BEST, [calendar, variables]),
            "ours": (
                PROCESS_WORKFLOW,
                [DefinitionRef(self.cell.definition), calendar, StartProcess(PROCESS, variables)],
            ),
        }[self.cell.shape]
        return await self.client.start_workflow(workflow, args=given, id=name, task_queue=TASK_QUEUE)

    async def act(self, handle: WorkflowHandle[Any, Any], step: str) -> None:
        """One petition does a step."""
        act = CompleteTask(new_act_id(), step, "wang", ROLE, {"done": True})
        if self.cell.shape == "naive":
            await handle.signal(COMPLETE_TASK_UPDATE, act)
        else:
            await handle.execute_update(
                COMPLETE_TASK_UPDATE, act, id=update_id(act.act_id), result_type=ActResult
            )


async def measure_cell(cell: Cell) -> dict[str, Any]:
    """CPU ms per petition by process, petitions/s, and the sizes of the histories."""
    client = await Client.connect(cell.address, data_converter=data_converter(None), identity=IDENTITY)
    load = Load(cell, client, Rows(cell.database))
    await load.petitions(WARM)
    pids = {"server": cell.server_pid, "worker": cell.worker_pid}
    before = {part: cpu_seconds(pid) for part, pid in pids.items()}
    own, load.seconds = time.process_time(), 0.0
    names = await load.petitions(cell.petitions)
    own = time.process_time() - own
    spent = {part: cpu_seconds(pid) - before[part] for part, pid in pids.items()} | {"client": own}
    cpu = {part: round(value / cell.petitions * 1000, 2) for part, value in spent.items()}
    events, sizes = [], []
    for name in names:
        info = (await client.get_workflow_handle(name).describe()).raw_description.workflow_execution_info
        events.append(info.history_length)
        sizes.append(info.history_size_bytes)
    return {
        **cpu,
        "total": round(sum(cpu.values()), 2),
        "per_second": round(cell.petitions / load.seconds, 1),
        "events": statistics.median(events),
        "most_events": max(events),
        "bytes": statistics.median(sizes),
        "last": names[-1],
    }


def in_a_process(cell: Cell) -> dict[str, Any]:
    """A cell, its client in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.petition", "--cell", json.dumps(vars(cell))]
    found = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    measured: dict[str, Any] = json.loads(found.stdout)
    return measured


def same_rows(database: Path, last: dict[str, str]) -> None:
    """Ends the run when the shapes did not write the same."""
    rows = Rows(str(database))
    ours = rows.of(last["ours"])
    for shape in SHAPES:
        for mine, theirs in zip(ours, rows.of(last[shape]), strict=True):
            if mine != theirs:
                sys.exit(f"expected {shape} to write what ours does, {mine}; found {theirs}")


async def idle(parts: Parts, worker_pid: int, seconds: float = 2.0) -> dict[str, float]:
    """The share of a core that server and worker take while nothing happens; it is in every figure."""
    pids = {"server": parts.server_pid, "worker": worker_pid}
    before = {part: cpu_seconds(pid) for part, pid in pids.items()}
    await asyncio.sleep(seconds)
    return {part: round((cpu_seconds(pid) - before[part]) / seconds, 3) for part, pid in pids.items()}


async def measure(runs: int, petitions: int, in_flight: int, profile: str | None) -> dict[str, Any]:
    """Raw numbers, medians and ratios."""
    raw: dict[str, list[dict[str, Any]]] = {shape: [] for shape in SHAPES}
    options = ("--profile", profile) if profile else ()
    async with parts() as here:
        with here.worker(*options) as worker:
            resting = await idle(here, worker.pid)
            for run in range(runs):
                for shape in SHAPES[run % len(SHAPES) :] + SHAPES[: run % len(SHAPES)]:
                    cell = Cell(
                        shape,
                        petitions,
                        in_flight,
                        here.server.address,
                        here.server_pid,
                        worker.pid,
                        str(here.database),
                        here.definition,
                        here.calendar,
                    )
                    raw[shape].append(in_a_process(cell))
        same_rows(here.database, {shape: cells[-1].pop("last") for shape, cells in raw.items()})
    for cells in raw.values():
        for cell_ in cells:
            cell_.pop("last", None)
    medians = {
        shape: {name: round(statistics.median(cell[name] for cell in cells), 2) for name in cells[0]}
        for shape, cells in raw.items()
    }
    ours = medians["ours"]
    found = {f"ours/{other}": round(ours["total"] / medians[other]["total"], 3) for other in SHAPES[:2]}
    found |= {"events": ours["events"], "bytes": ours["bytes"]}
    return {
        "unit": "ms CPU a petition",
        "idle_cores": resting,
        "raw": raw,
        "medians": medians,
        "found": found,
        "targets": TARGETS,
    }


def main() -> None:
    """Prints the raw numbers, the medians and the ratios."""
    parser = argparse.ArgumentParser(description="Measure a petition beside workflows written by hand.")
    parser.add_argument("--runs", type=int, default=5, help="turns of each shape (default 5)")
    parser.add_argument("--petitions", type=int, default=100, help="petitions a turn (default 100)")
    parser.add_argument("--in-flight", type=int, default=50, help="petitions at once (default 50)")
    parser.add_argument("--profile", help="write a profile of the worker's main thread into this file")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--cell", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.cell is not None:
        print(json.dumps(uvloop.run(measure_cell(Cell(**json.loads(arguments.cell))))))
        return
    result = asyncio.run(measure(arguments.runs, arguments.petitions, arguments.in_flight, arguments.profile))
    if arguments.json:
        print(json.dumps(result, indent=2))
        return
    for kind in ("raw", "medians"):
        for shape in SHAPES:
            print(f"{kind} {shape}: {result[kind][shape]}")
    for name in ("unit", "idle_cores", "found", "targets"):
        print(f"{name}: {result[name]}")


if __name__ == "__main__":
    main()
