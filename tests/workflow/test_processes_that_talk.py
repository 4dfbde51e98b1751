"""Processes of one bundle that talk: on a real server as in virtual time, and through kills."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from temporalio.client import Client

from tests.support.conversations import ALARM, EARLY, ORDERS, PATIENT, UNFIT
from tests.support.house import House, house
from tests.support.in_flight import SERVER, WEB, WORKER, City
from tests.support.in_flight import city as parts
from tests.support.replaying import keep_deployed, keep_histories, replayed
from wenzheng.bootstrap.city import latest_calendar
from wenzheng.bootstrap.deploying import deploy
from wenzheng.bootstrap.outboxes import StoreDeliveries, StoreStarts
from wenzheng.calendars.china import china
from wenzheng.catalog.bundle import Bundle
from wenzheng.contracts import (
    COMPLETE_TASK_UPDATE,
    INSTANCE_ENDED,
    INSTANCE_MOVED,
    INSTANCE_STARTED,
    MESSAGE_CAUGHT,
    PROCESS_WORKFLOW,
    REFUSED_NOT_OPEN,
    SEND_MESSAGE_UPDATE,
    SIGNAL_CAUGHT,
    SNAPSHOT_QUERY,
    TASK_QUEUE,
    CalendarRef,
    CompleteTask,
    DefinitionRef,
    Delivery,
    ResolveIncident,
    SendMessage,
    Snapshot,
    StartProcess,
)
from wenzheng.engine.definition import compile_definition
from wenzheng.engine.effects import Effect
from wenzheng.engine.events import Event, TaskCompleted
from wenzheng.gateways.codec import data_converter
from wenzheng.gateways.deliveries import Deliveries
from wenzheng.gateways.ports import ActRefused, ProcessUnavailable
from wenzheng.gateways.processes import TemporalProcesses
from wenzheng.gateways.relay import StartRelay
from wenzheng.gateways.temporal_server import EmbeddedServer
from wenzheng.simulation.answers import Answers
from wenzheng.simulation.world import Inhabitant, World
from wenzheng.store import Store, open_store
from wenzheng.store.tables.log import RecordTable
from wenzheng.store.tables.messages import MessageTable, SubscriptionTable

WAIT_SECONDS = 60.0
Trace = list[tuple[str, str]]


async def until(what: str, holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait for a state of the store or of an instance."""
    async with asyncio.timeout(WAIT_SECONDS):
        while not await holds():  # noqa: ASYNC110 - it belongs to another process
            await asyncio.sleep(0.05)


class Town:
    """A store with a bundle of processes, and a client of the server on which they run."""

    def __init__(
        self, store: Store, client: Client, source: bytes, others: Mapping[str, bytes] | None = None
    ) -> None:
        """`others` are the further files of the bundle, by their names."""
        self.store = store
        self.client = client
        self.definition = deploy(store, Bundle("talk", {"talk.bpmn": source, **(others or {})})).digest

    async def start(self, process: str, instance: str, **variables: Any) -> str:
        calendar = latest_calendar(self.store).version
        await self.client.start_workflow(
            PROCESS_WORKFLOW,
            args=[DefinitionRef(self.definition), CalendarRef(calendar), StartProcess(process, variables)],
            id=instance,
            task_queue=TASK_QUEUE,
        )
        return instance

    async def complete(self, instance: str, element: str, **data: Any) -> None:
        act = CompleteTask(f"act-{uuid.uuid4().hex}", element, "li", "clerk", data)
        handle = self.client.get_workflow_handle(instance)
        await handle.execute_update(COMPLETE_TASK_UPDATE, act, id=act.act_id)

    async def snapshot(self, instance: str) -> Snapshot:
        handle = self.client.get_workflow_handle(instance)
        found: Snapshot = await handle.query(SNAPSHOT_QUERY, result_type=Snapshot)
        return found

    def traces(self) -> dict[str, Trace]:
        """What each instance has in the log, by instance: kind and element of each record."""
        found: dict[str, Trace] = {}
        with self.store.reader() as reader:
            query = select(RecordTable).order_by(RecordTable.instance, RecordTable.seq, RecordTable.ordinal)
            for row in reader.session.scalars(query):
                found.setdefault(row.instance, []).append((row.kind, row.element))
        return found

    def variables(self, instance: str) -> dict[str, Any]:
        """The variables of an instance, as the store knows them."""
        with self.store.reader() as reader:
            row = reader.instance(instance)
        assert row is not None
        return row.variables

    def begun(self, process: str) -> list[str]:
        """The instances of a process, those that have begun longest first."""
        with self.store.reader() as reader:
            query = select(RecordTable).where(RecordTable.kind == INSTANCE_STARTED).order_by(RecordTable.at)
            return [row.instance for row in reader.session.scalars(query) if row.element == process]

    async def until_begun(self, process: str, count: int) -> list[str]:
        async def holds() -> bool:
            return len(self.begun(process)) >= count

        await until(f"{count} of {process}", holds)
        return self.begun(process)

    async def until_ended(self, *instances: str) -> None:
        async def holds() -> bool:
            traces = self.traces()
            return all(("instance_ended") in dict(traces.get(one, [])) for one in instances)

        await until("the end", holds)

    async def replayed(self, folder: Path) -> dict[str, str | None]:
        """What replaying every instance in a fresh process found wrong, by instance."""
        await keep_histories(self.client, list(self.traces()), folder / "histories")
        keep_deployed(folder / "library", self.store, "talk")
        return await asyncio.to_thread(replayed, folder / "histories", folder / "library")

    def waits(self, instance: str) -> list[str]:
        """The waits of an instance that the store knows of."""
        with self.store.reader() as reader:
            query = select(SubscriptionTable.wait).where(SubscriptionTable.instance == instance)
            return list(reader.session.scalars(query))

    def kept(self) -> list[str | None]:
        """The receivers of the messages that have not arrived."""
        with self.store.reader() as reader:
            query = select(MessageTable).where(MessageTable.arrived_at.is_(None))
            return [row.receiver for row in reader.session.scalars(query)]


@contextlib.asynccontextmanager
async def town(folder: Path, source: bytes) -> AsyncIterator[Town]:
    """Server, worker, relay and deliveries in one process."""
    server = EmbeddedServer(folder)
    address = await server.start()
    try:
        async with house(folder, await Client.connect(address)) as home, handing_over(home, address):
            yield Town(home.store, home.client, source)
    finally:
        server.stop()


@contextlib.asynccontextmanager
async def handing_over(home: House, address: str) -> AsyncIterator[None]:
    processes = TemporalProcesses(address)

    def now() -> datetime:
        return datetime.now(UTC)

    loops = [
        asyncio.create_task(StartRelay(StoreStarts(home.store), processes, now).run()),
        asyncio.create_task(Deliveries(StoreDeliveries(home.store), processes, now).run()),
    ]
    try:
        yield
    finally:
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)


class Simulated:
    """The same in virtual time."""

    def __init__(self, source: bytes) -> None:
        definition = compile_definition("d" * 64, {"talk.bpmn": source}, {})
        self.traces: dict[str, Trace] = {}
        nobody: dict[str, list[Any]] = {element: [] for element in ("s_check", "r_ready", "b_drive")}
        start = datetime(2026, 9, 7, 2, tzinfo=UTC)
        self.world = World(definition, china(), start, Answers.read(nobody), self._watch)

    def _watch(self, who: Inhabitant, _event: Event, effects: list[Effect]) -> None:
        self.traces.setdefault(who.id, []).extend((one.kind, one.element) for one in effects)

    def complete(self, instance: str, element: str, **data: Any) -> None:
        who = next(one for one in self.world.inhabitants if one.id == instance)
        self.world.plan(who, TaskCompleted(element, "li", "clerk", data), self.world.now)
        self.world.run()

    def by_process(self) -> Counter[tuple[str, tuple[tuple[str, str], ...]]]:
        return by_process(self.traces)


def by_process(traces: dict[str, Trace]) -> Counter[tuple[str, tuple[tuple[str, str], ...]]]:
    """How often which trace has come about."""
    return Counter((trace[0][1], tuple(trace)) for trace in traces.values())


async def test_orders_and_their_replies_run_on_the_server_as_in_virtual_time(tmp_path: Path) -> None:
    simulated = Simulated(ORDERS)
    for order in "ABC":
        simulated.world.start("customer", {"order": order})
    for instance in ("supplier-6", "supplier-2", "supplier-4"):
        simulated.complete(instance, "s_check", price=7)
    async with town(tmp_path, ORDERS) as real:
        customers, suppliers = [], []
        for place, order in enumerate("ABC", 1):
            customers.append(await real.start("customer", f"customer-{order}", order=order))
            suppliers = await real.until_begun("supplier", place)
        for place, price in ((2, 30), (0, 10), (1, 20)):
            await real.complete(suppliers[place], "s_check", price=price)
        await real.until_ended(*customers, *suppliers)
        assert by_process(real.traces()) == simulated.by_process()
        assert real.kept() == []
        assert [real.variables(one)["price"] for one in customers] == [10, 20, 30]
        outcomes = await real.replayed(tmp_path)
        assert outcomes == dict.fromkeys([*customers, *suppliers])


async def test_a_message_sent_before_anybody_waits_reaches_who_comes_later(tmp_path: Path) -> None:
    simulated = Simulated(EARLY)
    simulated.world.start("sender")
    simulated.world.start("receiver")
    simulated.complete("receiver-2", "r_ready")
    async with town(tmp_path, EARLY) as real:
        await real.start("sender", "sender-1")
        await real.until_ended("sender-1")
        assert real.kept() == [None]
        await real.start("receiver", "receiver-1")
        await real.until_begun("receiver", 1)
        assert real.kept() == [None]
        await real.complete("receiver-1", "r_ready")
        await real.until_ended("receiver-1")
        assert by_process(real.traces()) == simulated.by_process()
        assert real.kept() == []


async def test_a_signal_reaches_three_watchers_and_begins_a_brigade(tmp_path: Path) -> None:
    simulated = Simulated(ALARM)
    for process in ("watcher", "watcher", "watcher", "guard"):
        simulated.world.start(process)
    async with town(tmp_path, ALARM) as real:
        watchers = [await real.start("watcher", f"watcher-{one}") for one in range(3)]
        await real.until_begun("watcher", 3)
        await real.start("guard", "guard-1")
        await real.until_ended(*watchers, "guard-1")
        await real.until_begun("brigade", 1)
        late = await real.start("watcher", "watcher-late")
        await real.until_begun("watcher", 4)
        assert (await real.snapshot(late)).ended is False
        traces = real.traces()
        del traces[late]
        assert by_process(traces) == simulated.by_process()


async def test_acts_that_only_change_what_is_waited_for_are_answered_and_told_to_the_router(
    tmp_path: Path,
) -> None:
    async with town(tmp_path, PATIENT) as real:
        await real.start("receiver", "receiver-1")
        await real.until_begun("receiver", 1)
        handle = real.client.get_workflow_handle("receiver-1")
        act = SendMessage("act-now", "now", "li")
        async with asyncio.timeout(WAIT_SECONDS):
            await handle.execute_update(SEND_MESSAGE_UPDATE, act, id=act.act_id)
        await real.start("sender", "sender-1")
        await real.until_ended("sender-1", "receiver-1")
        kinds = [kind for kind, _ in real.traces()["receiver-1"]]
        moved = [INSTANCE_MOVED] * 2
        assert kinds == [INSTANCE_STARTED, *moved, MESSAGE_CAUGHT, INSTANCE_ENDED]
        assert real.kept() == []
        assert await real.replayed(tmp_path) == {"sender-1": None, "receiver-1": None}


async def test_a_delivery_for_a_wait_that_is_gone_is_refused_and_one_that_comes_again_is_not(
    tmp_path: Path,
) -> None:
    async with town(tmp_path, ALARM) as real:
        processes = TemporalProcesses(real.client.service_client.config.target_host)
        watcher = await real.start("watcher", "watcher-1")
        await real.until_begun("watcher", 1)
        for wait in ("99/0", "1/7"):
            with pytest.raises(ActRefused) as refused:
                await processes.deliver(watcher, Delivery("signal-1", "signal", "alarm", "guard", [wait]))
            assert refused.value.code == REFUSED_NOT_OPEN
        [wait] = real.waits(watcher)
        first = await processes.deliver(watcher, Delivery("signal-2", "signal", "alarm", "guard", [wait]))
        assert first.ended
        with pytest.raises(ProcessUnavailable) as gone:
            await processes.deliver(watcher, Delivery("signal-3", "signal", "alarm", "guard", [wait]))
        assert gone.value.not_started


async def test_what_cannot_begin_with_what_it_is_sent_waits_for_an_operator_and_loses_nothing(
    tmp_path: Path,
) -> None:
    simulated = Simulated(UNFIT)
    simulated.world.start("customer", {"order": "A", "price": "ten"})
    async with town(tmp_path, UNFIT) as real:
        processes = TemporalProcesses(real.client.service_client.config.target_host)
        await real.start("customer", "customer-1", order="A", price="ten")
        (supplier,) = await real.until_begun("supplier", 1)
        (brigade,) = await real.until_begun("brigade", 1)
        assert by_process(real.traces()) == simulated.by_process()
        assert real.kept() == []
        with real.store.reader() as reader:
            found = {one.instance: one for one in reader.incidents()}
        assert {one.code for one in found.values()} == {"start-data"}
        assert "'price' is missing; 'day' is missing" in found[supplier].message
        given: dict[str, dict[str, Any]] = {
            supplier: {"price": 10, "day": "2026-09-08"},
            brigade: {"street": "Long Street"},
        }
        for instance, data in given.items():
            act = ResolveIncident("act-1", found[instance].incident_id, "operator", "answer", data)
            assert (await processes.resolve_incident(instance, act)).open_elements
        assert real.variables(supplier) == {"order": "A"} | given[supplier]
        await real.complete(supplier, "s_check")
        await real.complete(brigade, "b_drive")
        await real.until_ended(supplier, brigade)
        assert await real.replayed(tmp_path) == dict.fromkeys(["customer-1", supplier, brigade])


def caught(store: Store) -> list[str]:
    """The acts by which something came from another instance, of all instances."""
    with store.reader() as reader:
        query = select(RecordTable).where(RecordTable.kind.in_([MESSAGE_CAUGHT, SIGNAL_CAUGHT]))
        return sorted(row.act_id for row in reader.session.scalars(query))


async def test_orders_are_delivered_exactly_once_when_worker_and_web_are_killed_in_between(
    tmp_path: Path,
) -> None:
    async with parts(tmp_path) as city:
        await city.start(SERVER, WORKER, WEB)
        with contextlib.closing(open_store(city.settings.database_url)) as store:
            await _talk_through_kills(city, store)


async def _talk_through_kills(city: City, store: Store) -> None:
    client = await Client.connect(city.settings.temporal_address or "", data_converter=data_converter(None))
    real = Town(store, client, ORDERS)
    orders = [f"{number:02}" for number in range(8)]
    for number, order in enumerate(orders):
        await real.start("customer", f"customer-{order}", order=order)
        if number % 3 == 0:
            # Between what is thrown and what is delivered: whichever of the two it was.
            city.kill(WORKER, WEB)
            await city.start(WORKER, WEB)
    suppliers = await real.until_begun("supplier", len(orders))
    for number, supplier in enumerate(suppliers):
        await real.complete(supplier, "s_check", price=number)
        if number % 3 == 0:
            city.kill(WEB, WORKER)
            await city.start(WEB, WORKER)
    await real.until_ended(*(f"customer-{order}" for order in orders), *suppliers)
    assert len(real.begun("supplier")) == len(orders)
    arrived = caught(store)
    assert len(arrived) == len(set(arrived)) == 2 * len(orders)
    assert real.kept() == []
    said = {one: real.variables(one) for one in (*real.begun("customer"), *suppliers)}
    prices = {variables["order"]: variables["price"] for one, variables in said.items() if one in suppliers}
    assert all(prices[variables["order"]] == variables["price"] for variables in said.values())
