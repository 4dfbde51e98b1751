"""A whole house in one process: a real store, a real Temporal server, a real worker.

Tests take from it what they need; nothing in it is a stand-in.
"""

from __future__ import annotations

import asyncio
import contextlib
import sysconfig
import threading
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from temporalio.client import Client, WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.ports import ServicePorts
from activities.record import RecordActivity
from activities.services import service_activities
from tests.support.databases import with_tables
from wenzheng.bootstrap.city import PETITION, matters_of, registry_of
from wenzheng.bootstrap.deploying import deploy
from wenzheng.calendars import Calendar
from wenzheng.calendars.china import china
from wenzheng.calendars.pace import Pace
from wenzheng.catalog.bundle import Bundle, read_bundle
from wenzheng.contracts import (
    COMPLETE_TASK_UPDATE,
    PROCESS_WORKFLOW,
    SEND_MESSAGE_UPDATE,
    SNAPSHOT_QUERY,
    TASK_QUEUE,
    ActResult,
    CalendarRef,
    CompleteTask,
    DefinitionRef,
    Flush,
    SendMessage,
    Snapshot,
    StartProcess,
    petition_instance_id,
)
from wenzheng.engine.services import ServiceContract
from wenzheng.gateways.codec import data_converter
from wenzheng.petitions.organisation import read_organisation
from wenzheng.practice import pace_input
from wenzheng.settings import definitions_dir
from wenzheng.store import Store, open_store
from wenzheng.store.errors import Overtaken
from workflows.process import ProcessWorkflow

DEPARTMENT = "housing"
LOOKS_FOR_COMPANY = 0.3
"""Seconds for which one of two local activities waits for the other, when there is another."""
WAIT_SECONDS = 60.0
"""How long anybody waits for what a worker or a server does: how busy the machine is, is not the subject."""
Found = TypeVar("Found")
TEXT = "路灯坏了三个星期，请修一修。💡 <b>谢谢</b> مرحبا"


def binary(name: str) -> str:
    """The path of a program that a package installed into this environment."""
    return str(Path(sysconfig.get_path("scripts")) / name)


async def until(look: Callable[[], Awaitable[Found | None]], what: str) -> Found:
    """Look at something that a worker or a server does until there is something to find; give that."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        if found := await look():
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"expected {what} within {WAIT_SECONDS:.0f} s")
        await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def skipping_server() -> AsyncIterator[WorkflowEnvironment]:
    """The time-skipping test server: a month of working days passes in milliseconds."""
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=binary("temporal-test-server")
    ) as environment:
        yield environment


@dataclass
class FaultySink:
    """The real store behind a switch: while `away`, every write fails like a lost database.

    `notices_away` takes only the notices of services away: an outage that begins between a record
    and the service behind it. `notices_refused` refuses them for good. After `slow` every write lasts
    until `hurry`: longer than a worker waits for it.
    """

    store: Store
    away: bool = False
    notices_away: bool = False
    notices_refused: bool = False
    overtaken: int = 0
    """So many writes are refused as coming too late."""
    attempts: int = 0
    flushes: list[Flush] = field(default_factory=list)
    company: threading.Barrier | None = None
    """When set, every write and notice waits a moment for others that are under way at the same time."""
    met: int = 0
    _prompt: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.hurry()

    def slow(self) -> None:
        self._prompt.clear()

    def hurry(self) -> None:
        self._prompt.set()

    def _look_for_company(self) -> None:
        if self.company is None:
            return
        with contextlib.suppress(threading.BrokenBarrierError):
            self.company.wait(LOOKS_FOR_COMPANY)
            self.met += 1
        self.company.reset()

    def apply_flush(self, flush: Flush) -> None:
        self.attempts += 1
        self._look_for_company()
        self._prompt.wait(60)
        if self.away:
            raise OSError("Expected the database to answer, found it is away.")
        if self.overtaken:
            self.overtaken -= 1
            raise Overtaken("another worker has gone on with it")
        self.store.apply_flush(flush)
        self.flushes.append(flush)

    async def until_tried(self, attempts: int) -> None:
        """Wait until that many writes have been tried."""
        for _ in range(3000):
            if self.attempts >= attempts:
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"expected {attempts} tries, found {self.attempts}")

    def queue_notice(self, **notice: Any) -> bool:
        self.attempts += 1
        self._look_for_company()
        if self.notices_refused:
            raise ApplicationError("No such template.", type="template-missing", non_retryable=True)
        if self.away or self.notices_away:
            raise OSError("Expected the database to answer, found it is away.")
        return self.store.queue_notice(**notice)


@dataclass
class House:
    """A store with the shipped organisation and definition, and a client of its server."""

    store: Store
    sink: FaultySink
    client: Client
    definition: str
    calendar: Calendar
    server: WorkflowEnvironment | None = None
    pace: Pace | None = None

    def use_calendar(self, calendar: Calendar) -> None:
        """Letters submitted from now on count their days by another calendar."""
        with self.store.unit_of_work() as unit:
            unit.save_calendar(
                digest=calendar.version,
                id=calendar.id,
                document=calendar.document(),
                at=datetime.now(UTC),
            )
        self.calendar = calendar

    async def time(self) -> datetime:
        """The server's time; what the clocks show, in a practice city."""
        real = datetime.now(UTC) if self.server is None else await self.server.get_current_time()
        return real if self.pace is None else self.pace.shown(real)

    async def submit(
        self,
        received_on: date,
        *,
        start: bool = True,
        history_limit: int = 0,
        **more: Any,
    ) -> Letter:
        """Store a letter and start its workflow, as the relay would."""
        petition_id = uuid.uuid4().hex
        variables = {"petition_id": petition_id, "received_on": received_on.isoformat()}
        said: dict[str, Any] = {
            "title": "路灯坏了",
            "text": TEXT,
            "kind": "help",
            "channel": "web",
            "addressee": self.root,
            "author_name": "王小明",
            "author_contact": "13800000000",
            "public_consent": True,
        } | more
        with self.store.unit_of_work() as unit:
            row = unit.submit_petition(
                petition_id=petition_id,
                tracking_code=petition_id[:20],
                act_id=f"submit-{petition_id}",
                received_on=received_on,
                submitted_at=datetime.now(UTC),
                definition=self.definition,
                calendar=self.calendar.version,
                start={"process": PETITION, "variables": variables},
                **said,
            )
        letter = Letter(self, petition_id, row.number)
        if start:
            await letter.start(variables, history_limit)
        return letter

    @property
    def root(self) -> str:
        with self.store.reader() as reader:
            return next(unit.id for unit in reader.units() if unit.parent_id is None)


@dataclass
class Letter:
    """One petition and its instance."""

    house: House
    id: str
    number: str

    @property
    def instance(self) -> str:
        return petition_instance_id(self.id)

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        return self.house.client.get_workflow_handle(self.instance)

    async def start(self, variables: dict[str, Any], history_limit: int = 0) -> None:
        await self.house.client.start_workflow(
            PROCESS_WORKFLOW,
            args=[
                DefinitionRef(self.house.definition),
                CalendarRef(self.house.calendar.version),
                StartProcess(
                    PETITION, variables, history_limit=history_limit, pace=pace_input(self.house.pace)
                ),
            ],
            id=self.instance,
            task_queue=TASK_QUEUE,
        )

    async def act(
        self, element: str, role: str, act_id: str | None = None, actor: str | None = None, **data: Any
    ) -> ActResult:
        """A person completes a task; a task that has not opened yet is waited for."""
        act = CompleteTask(
            act_id or f"{element}-{uuid.uuid4().hex}", element, actor or f"{role}-1", role, data
        )
        result: ActResult = await self.handle.execute_update(
            COMPLETE_TASK_UPDATE, act, id=act.act_id, result_type=ActResult
        )
        return result.answered(act.act_id, act.actor)

    async def withdraw(self, act_id: str = "withdraw") -> ActResult:
        act = SendMessage(act_id, "withdrawn", "author")
        result: ActResult = await self.handle.execute_update(
            SEND_MESSAGE_UPDATE, act, id=act_id, result_type=ActResult
        )
        return result.answered(act_id, act.actor)

    async def snapshot(self) -> Snapshot:
        snapshot: Snapshot = await self.handle.query(SNAPSHOT_QUERY, result_type=Snapshot)
        return snapshot

    async def until_incident(self) -> dict[str, Any]:
        """Wait until the letter has stopped, and say with what."""

        async def stopped() -> list[dict[str, Any]]:
            return (await self.snapshot()).incidents

        return (await until(stopped, "an incident"))[0]

    async def until_stuck(self) -> None:
        """Wait until a workflow task of the letter has failed."""

        async def stuck() -> bool:
            events = [event async for event in self.handle.fetch_history_events()]
            return any(event.HasField("workflow_task_failed_event_attributes") for event in events)

        await until(stuck, "a workflow task to fail")

    async def until_flushed(self) -> None:
        """Wait (without moving time) until everything that fell due is in the store."""

        async def flushed() -> bool:
            snapshot = await self.snapshot()
            due = snapshot.next_alarm is not None and snapshot.next_alarm <= await self.house.time()
            return snapshot.flushed_seq == snapshot.seq and not due

        await until(flushed, "the letter to be written down")

    async def until_open(self, *elements: str) -> str:
        """Wait (without moving time) until one of these tasks is open, and say which."""

        async def is_open() -> str | None:
            open_now = {task["element"] for task in (await self.snapshot()).open_tasks}
            return next((element for element in elements if element in open_now), None)

        return await until(is_open, f"{' or '.join(elements)} to open")

    async def accept_and_assign(self) -> None:
        await self.until_open("accept")
        await self.act("accept", "clerk", accepted=True)
        await self.until_open("assign")
        await self.act("assign", "clerk", department=DEPARTMENT)

    async def answer(self) -> None:
        """From signing for it to the feedback; in a second round there is nothing to sign for."""
        await self.reply()
        await self.finish()

    async def reply(self) -> None:
        """The department signs for it when it has to and drafts, its head approves: the author can read."""
        if await self.until_open("sign", "reply") == "sign":
            await self.act("sign", "department")
        await self.until_open("reply")
        await self.act("reply", "department", content_id="c1", reply_kind="done")
        await self.act("approve", "department_head", approved=True)
        await self.until_open("complete")

    async def finish(self) -> None:
        """The department reports it done, the centre agrees, the author is told."""
        await self.act("complete", "department", content_id="c2")
        await self.act("check", "clerk", done=True)
        await self.until_open("feedback")
        await self.act("feedback", "department", content_id="c3")
        await self.until_open("rate")

    async def close(self) -> str:
        """The whole way to a solved letter."""
        await self.accept_and_assign()
        await self.answer()
        await self.act("rate", "author", solved=True, satisfaction=5)
        outcome: str = await self.handle.result()
        return outcome


def make_store(folder: Path, url: str | None = None) -> Store:
    """A migrated store with the shipped organisation and calendar; SQLite in `folder` without a URL."""
    store = open_store(url or with_tables(folder / "wenzheng.db"))
    if url is not None:
        store.migrate()
    calendar = china()
    organisation = read_organisation((definitions_dir() / "organisation.yaml").read_text(encoding="utf-8"))
    with store.unit_of_work() as unit:
        unit.save_units(organisation.rows())
        unit.save_calendar(
            digest=calendar.version,
            id=calendar.id,
            document=calendar.document(),
            at=datetime.now(UTC),
        )
    return store


def petition_bundle() -> Bundle:
    """The shipped definition."""
    return read_bundle(definitions_dir() / PETITION)


@contextlib.asynccontextmanager
async def house(
    folder: Path,
    server: WorkflowEnvironment | Client,
    *,
    cached_workflows: int = 200,
    workflows: Sequence[type] = (ProcessWorkflow,),
    services: Mapping[str, ServiceContract] | None = None,
    activities: Sequence[Callable[..., Any]] = (),
    database_url: str | None = None,
) -> AsyncIterator[House]:
    """A worker on a server, with a store in `folder` or at a URL, and with more services and activities."""
    store = make_store(folder, database_url)
    digest = deploy(store, petition_bundle()).digest
    registry = registry_of(store)
    registry.services = {**registry.services, **(services or {})}
    environment = server if isinstance(server, WorkflowEnvironment) else None
    config = (server.client if isinstance(server, WorkflowEnvironment) else server).config()
    config["data_converter"] = data_converter(registry)
    client = Client(**config)
    sink = FaultySink(store)
    ports = ServicePorts(sink, lambda: datetime.now(UTC), matters_of(store))
    with ThreadPoolExecutor(8) as threads:
        worker = Worker(
            client,
            task_queue=TASK_QUEUE,
            workflows=list(workflows),
            activities=[RecordActivity(sink).record, *service_activities(ports), *activities],
            activity_executor=threads,
            workflow_runner=UnsandboxedWorkflowRunner(),
            max_cached_workflows=cached_workflows,
            graceful_shutdown_timeout=timedelta(seconds=2),
        )
        async with worker:
            yield House(store, sink, client, digest, china(), environment)
    store.close()
