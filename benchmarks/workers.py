"""How throughput and CPU grow with workers on the same queue.

    python -m benchmarks.workers [--workers N] [--petitions N] [--in-flight N] [--runs N]

Petitions of five steps (`by_hand.bundle`) in a closed loop, as `petition.py` drives them, by one worker, by
two, and so on; all on one server and store. Petitions per second depend on how many cores there are: server,
workers and client share them. CPU per petition says what a further worker costs.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import time
from typing import Final

import uvloop
from temporalio.client import Client

from benchmarks.parts import Parts, cpu_seconds, parts
from benchmarks.petition import WARM, Cell, Load, Rows
from wenzheng.gateways.codec import data_converter
from wenzheng.gateways.processes import IDENTITY

SHAPE: Final = "ours"


async def measure(here: Parts, workers: int, petitions: int, in_flight: int) -> dict[str, float]:
    """Petitions a second, and CPU ms a petition by part, with so many workers."""
    client = await Client.connect(here.server.address, data_converter=data_converter(None), identity=IDENTITY)
    with contextlib.ExitStack() as running:
        pids = [running.enter_context(here.worker()).pid for _ in range(workers)]
        database = str(here.database)
        cell = Cell(
            SHAPE,
            petitions,
            in_flight,
            here.server.address,
            here.server_pid,
            pids[0],
            database,
            here.definition,
            here.calendar,
        )
        load = Load(cell, client, Rows(database))
        await load.petitions(WARM * workers)
        before = {pid: cpu_seconds(pid) for pid in (*pids, here.server_pid)}
        own, load.seconds = time.process_time(), 0.0
        await load.petitions(petitions)
        own = time.process_time() - own
        spent = {pid: (cpu_seconds(pid) - then) / petitions * 1000 for pid, then in before.items()}
    shares = [spent[pid] for pid in pids]
    return {
        "workers": workers,
        "per_second": round(petitions / load.seconds, 1),
        "worker_ms": round(sum(shares), 2),
        "busiest_share": round(max(shares) / sum(shares), 2),
        "server_ms": round(spent[here.server_pid], 2),
        "client_ms": round(own / petitions * 1000, 2),
    }


async def compare(most: int, petitions: int, in_flight: int, runs: int) -> None:
    """Prints each run, and the medians by number of workers; the numbers take turns."""
    found: dict[int, list[dict[str, float]]] = {count: [] for count in range(1, most + 1)}
    async with parts() as here:
        for _ in range(runs):
            for count, measured in found.items():
                measured.append(await measure(here, count, petitions, in_flight))
                print(measured[-1])
    for count, measured in found.items():
        medians = {name: statistics.median(one[name] for one in measured) for name in measured[0]}
        print(f"median of {runs} with {count}: {medians}")


def main() -> None:
    """Prints the numbers."""
    parser = argparse.ArgumentParser(description="Measure one worker and more on the same queue.")
    parser.add_argument("--workers", type=int, default=2, help="at most so many (default 2)")
    parser.add_argument("--petitions", type=int, default=100, help="petitions a run (default 100)")
    parser.add_argument("--in-flight", type=int, default=50, help="petitions at once (default 50)")
    parser.add_argument("--runs", type=int, default=3, help="runs of each (default 3)")
    arguments = parser.parse_args()
    uvloop.run(compare(arguments.workers, arguments.petitions, arguments.in_flight, arguments.runs))


if __name__ == "__main__":
    main()
