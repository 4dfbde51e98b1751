"""Schedules on the real server: down at the occasion, two workers, everything killed as it rings."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.occasion import OccasionActivity
from tests.support.in_flight import PARTS, SERVER, WEB, WORKER, city, until_true
from wenzheng.bootstrap.city import latest_calendar, registry_of
from wenzheng.calendar_versions import keep_or_tell
from wenzheng.calendars.pace import CityClock
from wenzheng.catalog.bundle import Bundle
from wenzheng.contracts import TASK_QUEUE, Ring
from wenzheng.gateways.codec import data_converter
from wenzheng.gateways.schedules import TemporalSchedules, temporal_id
from wenzheng.gateways.temporal_server import EmbeddedServer
from wenzheng.practice import utc_now
from wenzheng.scheduling import Scheduling
from wenzheng.store import Store, open_store
from wenzheng.store.schedules import RANG
from wenzheng.store.views.schedules import OccasionRow
from workflows.occasion import OccasionWorkflow

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("embedded-server")]

TEXT: Final = """language: 1
process: inspection
start:
  month_begins: {en: The month begins, zh: 月初, schedule: {every: month, calendar_day: 1, at: "00:00"}}
data: {occasion: text}
steps:
  inspect:
    by: supervisor
    go: done
outcomes: {done: Inspected}
"""
ID: Final = "inspection/inspection/month_begins"
SOON: Final = timedelta(seconds=6)
SECONDS: Final = 60.0
"""In which what has rung is heard, also on a busy machine."""


def month(store: Store) -> tuple[str, datetime]:
    """This month, and a moment before it began: its occasion is over, and nothing has begun for it."""
    first = latest_calendar(store).today(utc_now()).replace(day=1)
    return f"{first:%Y-%m}", datetime(first.year, first.month, 1, tzinfo=UTC) - timedelta(days=3)


def deployed(store: Store) -> str:
    """A monthly inspection that was deployed before this month began; the month's name."""
    name, before = month(store)
    bundle = Bundle("inspection", {"inspection.yaml": TEXT.encode()})
    with store.unit_of_work() as unit:
        unit.save_definition(digest=bundle.digest, name=bundle.name, files=bundle.files, at=before)
    scheduling_of(store).plan()
    return name


def scheduling_of(store: Store) -> Scheduling:
    fetch = registry_of(store).fetch_definition
    return Scheduling(store, fetch, lambda _definition, _process: latest_calendar(store), CityClock(utc_now))


def had(store: Store) -> list[OccasionRow]:
    with store.reader() as reader:
        return reader.occasions(ID)


async def until_begun(store: Store) -> None:
    async def is_there() -> bool:
        return bool(had(store))

    await until_true(is_there, "the month's occasion", SECONDS)


async def until_over(moment: datetime) -> None:
    async def is_over() -> bool:
        return utc_now() > moment

    await until_true(is_over, "the moment of the occasion", SECONDS)


async def until_taken_in(address: str, moment: datetime) -> None:
    """Temporal acknowledges what it is told before it goes by it, and then goes by it from that instant on.

    Killed in between, it forgets what has come meanwhile: that is the keeper's to make up for.
    """
    client = await Client.connect(address, data_converter=data_converter(None))

    async def is_taken_in() -> bool:
        described = await client.get_schedule_handle(temporal_id(ID)).describe()
        return rings_at(moment) in described.info.next_action_times

    await until_true(is_taken_in, "Temporal to go by the second moment", SECONDS)


def rings_at(moment: datetime) -> datetime:
    """The first whole second that is not before it."""
    return moment if not moment.microsecond else moment.replace(microsecond=0) + timedelta(seconds=1)


class Listener:
    """One worker; the first ring it hears it forgets again after it has written, as if killed then."""

    def __init__(self, store: Store, *, forgets: bool) -> None:
        self.scheduling = scheduling_of(store)
        self.heard: list[datetime | None] = []
        self.forgets = forgets

    def rang(self, schedule: str, planned: datetime | None) -> list[str]:
        begun = self.scheduling.rang(schedule, planned)
        self.heard.append(planned)
        if self.forgets:
            self.forgets = False
            raise OSError("Expected to live on, found the power gone.")
        return begun


async def listening(stack: AsyncExitStack, address: str, listeners: Sequence[Listener]) -> Client:
    client = None
    for one in listeners:
        client = await Client.connect(address, data_converter=data_converter(None))
        threads = stack.enter_context(ThreadPoolExecutor(2))
        worker = Worker(
            client,
            task_queue=TASK_QUEUE,
            workflows=[OccasionWorkflow],
            activities=[OccasionActivity(one).begin],
            activity_executor=threads,
            workflow_runner=UnsandboxedWorkflowRunner(),
        )
        await stack.enter_async_context(worker)
    assert client is not None
    return client


async def test_a_server_down_on_the_first_of_the_month_rings_later_and_the_month_begins_once(
    tmp_path: Path,
) -> None:
    server = EmbeddedServer(tmp_path)
    await server.start()
    async with AsyncExitStack() as stack:
        stack.callback(server.stop)
        store = stack.enter_context(closing(open_store(f"sqlite:///{tmp_path / 'wenzheng.db'}")))
        store.migrate()
        keep_or_tell(store, "cn", utc_now())
        name = deployed(store)
        bells, moment = TemporalSchedules(server.address), utc_now() + SOON
        # Told twice: the second time counts, as when the calendar has moved the month's first working day.
        later = [moment + timedelta(days=31), moment + timedelta(days=62)]
        await bells.tell(ID, [moment - timedelta(hours=1), *later], paused=False)
        await bells.tell(ID, [moment, *later], paused=False)
        await until_taken_in(server.address, moment)
        server.part.kill()
        await until_over(moment + timedelta(seconds=1))
        assert had(store) == []
        await server.start()
        workers = [Listener(store, forgets=True), Listener(store, forgets=True)]
        client = await listening(stack, server.address, workers)
        await until_begun(store)

        async def is_done() -> bool:
            found = [one async for one in client.list_workflows("WorkflowType='wenzheng.occasion'")]
            return [one.status.name for one in found if one.status] == ["COMPLETED"]

        await until_true(is_done, "the ring to be done with", SECONDS)
        [row] = had(store)
        assert (row.period, row.cause) == (name, RANG)
        heard = [one for worker in workers for one in worker.heard]
        assert set(heard) == {rings_at(moment)}
        assert len(heard) >= 2  # one wrote it down and was killed, and somebody was told again
        described = await client.get_schedule_handle(temporal_id(ID)).describe()
        assert described.info.num_actions == 1
        assert described.info.next_action_times[0].date() == later[0].date()
        await bells.forget(ID)
        await bells.forget(ID)


async def test_a_paused_schedule_does_not_ring(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path)
    await server.start()
    try:
        bells, moment = TemporalSchedules(server.address), utc_now() + timedelta(seconds=1)
        await bells.tell("a/b/c", [moment, moment + timedelta(days=1)], paused=True)
        await bells.tell("d/e/f", [moment, moment + timedelta(days=1)], paused=False)
        client = await Client.connect(server.address, data_converter=data_converter(None))

        async def rang() -> list[str]:
            return [one.id async for one in client.list_workflows("WorkflowType='wenzheng.occasion'")]

        async def has_rung() -> bool:
            return bool(await rang())

        await until_true(has_rung, "the other one to ring", SECONDS)
        [found] = await rang()
        assert found.startswith(f"occasion/d/e/f-{moment + timedelta(seconds=1):%Y-%m-%dT%H:%M}")
    finally:
        server.stop()


async def test_everything_killed_as_it_rings_begins_the_month_once_and_it_is_handled(tmp_path: Path) -> None:
    """No web runs when it rings, so it is Temporal that does; the web then starts what the store has."""
    async with city(tmp_path) as town:
        with closing(open_store(town.settings.database_url)) as store:
            name = deployed(store)
            await town.start(SERVER, WORKER)
            moment = utc_now() + SOON
            bells = TemporalSchedules(town.settings.temporal_address or "")
            await bells.tell(ID, [moment, moment + timedelta(days=31)], paused=False)
            await until_over(moment)
            town.kill(SERVER, WORKER)
            await town.start(SERVER, WORKER)
            await until_begun(store)
            town.kill(WORKER)
            await town.start(WORKER, WEB)
            [row] = had(store)
            assert (row.period, row.cause) == (name, RANG)

            async def is_handled() -> bool:
                with store.reader() as reader:
                    found = reader.instance(row.instance or "")
                return found is not None and found.variables.get("occasion") == name

            await until_true(is_handled, "the inspection to begin", SECONDS)
            town.kill(*PARTS)
            await town.start(*PARTS)
            await asyncio.gather(*(_rings(town.settings.temporal_address or "", one) for one in range(3)))
            assert [one.instance for one in had(store)] == [row.instance]


async def _rings(address: str, number: int) -> None:
    """It rings once more, for whatever reason."""
    client = await Client.connect(address, data_converter=data_converter(None))
    begun: list[str] = await client.execute_workflow(
        OccasionWorkflow.run, Ring(ID), id=f"again-{number}", task_queue=TASK_QUEUE
    )
    assert begun == []
