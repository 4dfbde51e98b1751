"""Builds and runs the worker."""

from __future__ import annotations

import asyncio
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from wenzheng import __version__
from wenzheng.bootstrap.city import CityCalendars, matters_of, registry_of
from wenzheng.practice import city_clock
from wenzheng.scheduling import Scheduling
from wenzheng.settings import Settings
from wenzheng.store import open_store

WORKER_THREADS: Final = 16
CACHED_WORKFLOWS: Final = 5000
"""Open instances a worker keeps in memory, at about 70 kB each; the rest are replayed when touched."""


async def run_worker(settings: Settings) -> None:
    """Run workflows and activities until SIGTERM or SIGINT, then finish what is under way."""
    from temporalio.client import Client
    from temporalio.worker import UnsandboxedWorkflowRunner, Worker

    from activities.occasion import OccasionActivity
    from activities.ports import ServicePorts
    from activities.record import RecordActivity
    from activities.services import service_activities
    from wenzheng.contracts import TASK_QUEUE
    from wenzheng.gateways.codec import data_converter
    from workflows.occasion import OccasionWorkflow
    from workflows.process import ProcessWorkflow

    store = open_store(settings.database_url)
    store.check_schema()
    clock = city_clock(store)
    registry = registry_of(store)
    calendars = CityCalendars(store, registry, settings.calendar)
    scheduling = Scheduling(store, registry.fetch_definition, calendars.of, clock)
    client = await Client.connect(
        settings.temporal_address or "",
        namespace=settings.namespace,
        data_converter=data_converter(registry),
    )
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    with ThreadPoolExecutor(WORKER_THREADS, thread_name_prefix="activity") as threads:
        worker = Worker(
            client,
            task_queue=TASK_QUEUE,
            workflows=[ProcessWorkflow, OccasionWorkflow],
            activities=[
                RecordActivity(store).record,
                OccasionActivity(scheduling).begin,
                *service_activities(ServicePorts(store, clock.now, matters_of(store, settings.calendar))),
            ],
            activity_executor=threads,
            workflow_runner=UnsandboxedWorkflowRunner(),
            max_cached_workflows=CACHED_WORKFLOWS,
            # Stands in every history. Without it Temporal reads all modules to make up a longer one.
            build_id=__version__,
        )
        async with worker:
            await stop.wait()
    store.close()
