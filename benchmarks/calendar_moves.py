"""What a notice costs while letters are open: until every date and alarm is right, and who hears of it.

    python -m benchmarks.calendar_moves [--open N] [--touched M] [--json]

Starts N letters, of which M rest on days that three versions of the calendar change, one after the other:
with a worker that knows the letters (warm), with one that was started anew and replays each (cold), and with
one that is killed with SIGKILL when a quarter has moved, another taking its place. Server and workers are
processes of their own; the telling runs here, as it does in the web. Measured is the time from the beginning
of the transaction that puts a version in force until the store has the new days of all M; alarms are asked.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import uvloop
from temporalio.client import Client

from benchmarks.by_hand import ROLE
from benchmarks.parts import Parts, parts
from wenzheng.bootstrap.deploying import deploy
from wenzheng.calendars import Calendar
from wenzheng.calendars.china import china
from wenzheng.catalog.bundle import Bundle
from wenzheng.contracts import (
    PROCESS_WORKFLOW,
    TASK_QUEUE,
    CalendarRef,
    DefinitionRef,
    StartProcess,
)
from wenzheng.gateways.codec import data_converter
from wenzheng.gateways.processes import IDENTITY, TemporalProcesses
from wenzheng.practice import utc_now
from wenzheng.store import Store, open_store
from wenzheng.store.calendar_moves import MoveProgress
from wenzheng.telling import CalendarTeller

PROCESS: Final = "letter"
IN_FLIGHT: Final = 50
ALARMS_ASKED: Final = 100
LOOK_SECONDS: Final = 0.2
LOST_SECONDS: Final = 900
TARGET_SECONDS: Final = 60


def bundle() -> Bundle:
    """A letter that waits for its reply, 5 and 15 working days from its receipt."""
    document = {
        "language": 1,
        "process": PROCESS,
        "name": {"zh": "来信", "en": "Letter"},
        "data": {"received_on": "date"},
        "start": {"received": {"zh": "收到", "en": "Received"}},
        "deadlines": {
            "letter": {
                "name": {"zh": "时限", "en": "Limit"},
                "starts": "received",
                "day_0": "received_on",
                "stops": "reply",
                "limits": {
                    "yellow": {"working_days": 5, "lamp": "yellow"},
                    "red": {"working_days": 15, "lamp": "red"},
                },
            }
        },
        "steps": {
            "reply": {
                "name": {"zh": "答复", "en": "Reply"},
                "by": ROLE,
                "form": {"done": {"name": {"zh": "完成", "en": "Done"}, "type": "yes_no", "required": True}},
                "go": "done",
            }
        },
        "outcomes": {"done": {"zh": "办结", "en": "Done"}},
    }
    return Bundle(PROCESS, {f"{PROCESS}.yaml": json.dumps(document, ensure_ascii=False).encode()})


def without(calendar: Calendar, day: date) -> Calendar:
    """A version in which one more day is off."""
    document = calendar.document()
    document["days_worked"].pop(day.isoformat(), None)
    key = next(iter(document["notices"]))
    document["days_off"][day.isoformat()] = {"name_zh": "休", "name_en": "off", "notice": key}
    return Calendar.from_document(document)


@dataclass
class Letters:
    """The letters and where to ask for them."""

    store: Store
    client: Client
    definition: str
    calendar: Calendar
    far: list[str]
    """Those that the versions touch: received on a day to come, `day`."""
    near: list[str]
    day: date

    @property
    def today(self) -> date:
        """The day it is."""
        return self.calendar.today(utc_now())

    async def start(self) -> float:
        """Start all; how many a second."""
        names = sorted([*self.far, *self.near], key=lambda name: name[::-1])  # mixed
        far, began = set(self.far), time.monotonic()
        for first in range(0, len(names), IN_FLIGHT):
            some = names[first : first + IN_FLIGHT]
            await asyncio.gather(
                *(self._start(name, self.day if name in far else self.today) for name in some)
            )
            await self._until_running(first + len(some))
        return len(names) / (time.monotonic() - began)

    async def _until_running(self, count: int) -> None:
        await until(lambda: self.running() >= count, "the letters to run")

    async def _start(self, name: str, received_on: date) -> None:
        await self.client.start_workflow(
            PROCESS_WORKFLOW,
            args=[
                DefinitionRef(self.definition),
                CalendarRef(self.calendar.version),
                StartProcess(PROCESS, {"received_on": received_on.isoformat()}),
            ],
            id=name,
            task_queue=TASK_QUEUE,
        )

    def running(self) -> int:
        """How many have been written down."""
        with self.store.reader() as reader:
            return len(reader.open_instances())

    def progress(self) -> MoveProgress:
        """Of the last version."""
        with self.store.reader() as reader:
            return reader.move_progress("cn")[0]

    async def events(self, names: Sequence[str]) -> int:
        """The events of all these histories together."""
        found = 0
        for first in range(0, len(names), IN_FLIGHT):
            handles = map(self.client.get_workflow_handle, names[first : first + IN_FLIGHT])
            described = await asyncio.gather(*(handle.describe() for handle in handles))
            found += sum(one.history_length for one in described)
        return found

    async def check_alarms(self, calendar: Calendar) -> None:
        """Some of those that have moved ring on the new day."""
        processes = TemporalProcesses(self.client.service_client.config.target_host)
        right = calendar.late_from(self.day, 5)
        for name in self.far[:: max(1, len(self.far) // ALARMS_ASKED)]:
            found = (await processes.snapshot(name)).next_alarm
            if found != right:
                sys.exit(f"{name}: expected an alarm at {right}, found {found}")


async def until(holds: Callable[[], bool], what: str) -> None:
    """Look until it holds."""
    deadline = time.monotonic() + LOST_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            sys.exit(f"expected {what} within {LOST_SECONDS} s")
        await asyncio.sleep(LOOK_SECONDS)


@contextlib.asynccontextmanager
async def telling(here: Parts, store: Store) -> AsyncIterator[None]:
    """The part of the web that tells."""
    teller = CalendarTeller(store, TemporalProcesses(here.server.address), utc_now)
    task = asyncio.create_task(teller.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def move(
    letters: Letters, calendar: Calendar, amid: Callable[[], None] | None = None
) -> dict[str, Any]:
    """Put a version in force; the seconds of the plan, of the telling, and until all have moved."""
    events, began = await letters.events(letters.near), time.monotonic()
    with letters.store.unit_of_work() as unit:
        document = calendar.document()
        number = unit.save_calendar(digest=calendar.version, id="cn", document=document, at=utc_now())
        unit.hold_calendars()
        planned = unit.plan_moves(calendar, number, utc_now())
    plan = time.monotonic() - began
    if planned != len(letters.far):
        sys.exit(f"expected {len(letters.far)} letters to be told, found {planned}")
    if amid is not None:
        await until(lambda: letters.progress().moved >= planned // 4, "a quarter to have moved")
        await asyncio.to_thread(amid)
    await until(lambda: letters.progress().waiting == 0, "all to be told")
    told = time.monotonic() - began
    await until(lambda: letters.progress().moved == planned, "all to have moved")
    moved = time.monotonic() - began
    await letters.check_alarms(calendar)
    others = await letters.events(letters.near) - events
    return {
        "plan_s": round(plan, 2),
        "told_s": round(told, 1),
        "moved_s": round(moved, 1),
        "events_of_others": others,
    }


async def measure(count: int, touched: int) -> dict[str, Any]:
    """The raw numbers and what they are measured by."""
    async with parts() as here:
        client = await Client.connect(
            here.server.address, data_converter=data_converter(None), identity=IDENTITY
        )
        with contextlib.closing(open_store(f"sqlite:///{here.database}")) as store:
            calendar = china()
            day = calendar.add(calendar.today(utc_now()), 30).date
            versions = []
            for number in (2, 3, 4):
                calendar = without(calendar, china().add(day, number).date)
                versions.append(calendar)
            far = [f"far-{number:05}" for number in range(touched)]
            near = [f"near-{number:05}" for number in range(count - touched)]
            definition = deploy(store, bundle()).digest
            letters = Letters(store, client, definition, china(), far, near, day)
            cached = ("--cached", str(count + IN_FLIGHT))
            found: dict[str, Any] = {"open": count, "touched": touched}
            async with telling(here, store):
                with here.worker(*cached):
                    found["started_per_second"] = round(await letters.start(), 1)
                    found["warm"] = await move(letters, versions[0])
                with here.worker(*cached):
                    found["cold"] = await move(letters, versions[1])
                with contextlib.ExitStack() as workers:
                    worker = workers.enter_context(here.worker(*cached))

                    def kill() -> None:
                        worker.kill()
                        workers.enter_context(here.worker(*cached))

                    found["killed"] = await move(letters, versions[2], kill)
    slowest = max(found[name]["moved_s"] for name in ("warm", "cold", "killed"))
    return found | {"slowest_s": slowest, "target_s": TARGET_SECONDS}


def main() -> None:
    """Prints the numbers."""
    parser = argparse.ArgumentParser(description="Measure a notice while many letters are open.")
    parser.add_argument("--open", type=int, default=10_000, help="open letters (default 10,000)")
    parser.add_argument(
        "--touched", type=int, default=2_000, help="of them count changed days (default 2,000)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    result = uvloop.run(measure(arguments.open, min(arguments.touched, arguments.open)))
    if arguments.json:
        print(json.dumps(result, indent=2))
        return
    for name, value in result.items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
