"""An instance's time is that of what happens to it, so that a replay finds the same time.

A workflow task that lasts too long is renewed. If nothing has come of it yet, a replay puts it together
with the renewed one, and Temporal's time is the later task's: see docs/decisions/0028. Here each write
lasts until its task has been renewed.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio import activity
from temporalio.client import Client, WorkflowHandle

from tests.support.bpmn import SERVICES
from tests.support.house import House, house
from tests.support.notation import bpmn
from tests.support.notices import EXTENDED_2020, before_notice
from tests.support.replaying import keep, keep_histories, replayed
from tests.workflow.test_processes_that_talk import until
from wenzheng.calendars import Calendar
from wenzheng.catalog.bundle import Bundle
from wenzheng.contracts import (
    CALENDAR_SIGNAL,
    COMPLETE_TASK_UPDATE,
    PROCESS_WORKFLOW,
    SNAPSHOT_QUERY,
    TASK_QUEUE,
    CalendarNews,
    CalendarRef,
    CompleteTask,
    DefinitionRef,
    JsonObject,
    ServiceCall,
    Snapshot,
    StartProcess,
)
from wenzheng.gateways.temporal_server import EmbeddedServer

BUNDLE = Bundle(
    "matter",
    {
        "matter.bpmn": bpmn("""
            var day date
            start s
            user first role=clerk
            catch later duration=PT2S
            user second role=clerk
            service ask call=tell who="'li'"
            user third role=clerk
            end e
            clock past starts=s stops=e from=day LIMIT=5:head
            clock c starts=third stops=e LIMIT=5:head
            s -> first -> later -> second -> ask -> third -> e
            """)
    },
)
TASK_LASTS = timedelta(seconds=1)
"""Temporal's worker renews a task that lasts nearly as long."""


class Matter:
    """An instance whose next write lasts until its workflow task has been renewed."""

    def __init__(self, home: House) -> None:
        self.home = home
        with home.store.unit_of_work() as unit:
            unit.save_definition(
                digest=BUNDLE.digest, name=BUNDLE.name, files=dict(BUNDLE.files), at=datetime.now(UTC)
            )

    @property
    def handle(self) -> WorkflowHandle[object, object]:
        return self.home.client.get_workflow_handle("matter")

    async def start(self) -> None:
        await self.home.client.start_workflow(
            PROCESS_WORKFLOW,
            args=[
                DefinitionRef(BUNDLE.digest),
                CalendarRef(self.home.calendar.version),
                StartProcess("p", {"day": "2020-01-02"}),  # its limit has passed
            ],
            id="matter",
            task_queue=TASK_QUEUE,
            task_timeout=TASK_LASTS,
        )

    async def complete(self, element: str) -> None:
        act = CompleteTask(uuid.uuid4().hex, element, "li", "clerk")
        await self.handle.execute_update(COMPLETE_TASK_UPDATE, act, id=act.act_id)

    async def tell(self, calendar: Calendar) -> None:
        news = CalendarNews(1, datetime.now(UTC))
        await self.handle.signal(CALENDAR_SIGNAL, args=[CalendarRef(calendar.version), news])

    def write_slowly(self) -> int:
        """The next write lasts; how many have been tried by now."""
        self.home.sink.slow()
        return self.home.sink.attempts

    async def until_renewed(self, tries: int) -> None:
        """The write is under way, its task is renewed, and the write is done."""
        await self.home.sink.until_tried(tries + 1)
        before = await self._tasks()

        async def is_renewed() -> bool:
            return await self._tasks() > before

        await until("another workflow task", is_renewed)
        self.home.sink.hurry()

    async def until_written(self, element: str) -> None:
        async def holds() -> bool:
            snapshot: Snapshot = await self.handle.query(SNAPSHOT_QUERY, result_type=Snapshot)
            is_open = any(task["element"] == element for task in snapshot.open_tasks)
            return is_open and snapshot.flushed_seq == snapshot.seq

        await until(f"{element} is open and written", holds)

    async def _tasks(self) -> int:
        history = await self.handle.fetch_history()
        return sum(event.HasField("workflow_task_started_event_attributes") for event in history.events)


async def lives(home: House, answer: Callable[[], None], later: Calendar) -> None:
    """A start with an alarm long due, an alarm, an answer and news of a calendar, each written slowly."""
    matter = Matter(home)
    tries = matter.write_slowly()
    await matter.start()
    await matter.until_renewed(tries)
    await matter.until_written("first")

    await matter.complete("first")
    await matter.until_renewed(matter.write_slowly())
    await matter.until_written("second")

    await matter.complete("second")
    tries = matter.write_slowly()
    answer()
    await matter.until_renewed(tries)
    await matter.until_written("third")

    tries = matter.write_slowly()
    await matter.tell(later)
    await matter.until_renewed(tries)
    await matter.until_written("third")


async def test_operator_may_restart_workers_whatever_happened_while_the_store_was_slow(
    tmp_path: Path,
) -> None:
    answered = asyncio.Event()

    @activity.defn(name=SERVICES["tell"].activity)
    async def tell(_call: ServiceCall) -> JsonObject:
        await answered.wait()
        return {"told": True}

    server = EmbeddedServer(tmp_path)
    client = await Client.connect(await server.start())
    try:
        async with house(tmp_path, client, services=SERVICES, activities=[tell]) as home:
            first, later = home.calendar, before_notice(**EXTENDED_2020)
            home.use_calendar(later)
            home.use_calendar(first)
            await lives(home, answered.set, later)
            for one in (first, later):
                keep(tmp_path / "library", BUNDLE, one.version, one.document())
            await keep_histories(home.client, ["matter"], tmp_path / "histories")
    finally:
        server.stop()
    found = await asyncio.to_thread(replayed, tmp_path / "histories", tmp_path / "library")
    assert found == {"matter": None}
