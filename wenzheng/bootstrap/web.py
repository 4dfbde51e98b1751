"""Builds the web application, with all that runs beside it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from wenzheng.bootstrap.city import (
    FORUM,
    PETITION,
    CityCalendars,
    clocks_at_start,
    deployed_digest,
    latest_calendar,
    registry_of,
    version_in_force,
)
from wenzheng.bootstrap.deploying import workshop_of
from wenzheng.bootstrap.outboxes import StoreDeliveries, StoreStarts
from wenzheng.guides import RegistryGuides
from wenzheng.practice import city_clock, pace_input, utc_now
from wenzheng.settings import Settings
from wenzheng.store import open_store
from wenzheng.workshop import remember_approval

if TYPE_CHECKING:
    from fastapi import FastAPI


def web_app(settings: Settings) -> FastAPI:
    """The API and the pages, with the relay that starts new letters' workflows and the notices' sender."""
    from wenzheng.gateways.blobs import FolderBlobs
    from wenzheng.gateways.deliveries import Deliveries
    from wenzheng.gateways.processes import TemporalProcesses
    from wenzheng.gateways.relay import StartRelay
    from wenzheng.gateways.schedules import TemporalSchedules
    from wenzheng.gateways.webhooks import read_secrets
    from wenzheng.notifying import notice_sender
    from wenzheng.petitions.attachments import FileLimits
    from wenzheng.ringing import Keeper
    from wenzheng.scheduling import Scheduling
    from wenzheng.sweeping import MessageKeeper, Sweeper
    from wenzheng.telling import CalendarTeller, UpToDate
    from wenzheng.web.app import create_app
    from wenzheng.web.services import CalendarInForce, Services, WebSettings

    store = open_store(settings.database_url)
    store.check_schema()
    remember_approval(store, needed=settings.deploy_approval)
    clock = city_clock(store)
    processes = TemporalProcesses(settings.temporal_address or "", settings.namespace)
    registry = registry_of(store)
    calendars = CityCalendars(store, registry, settings.calendar)
    starts = StoreStarts(store, calendars.begun_by_message)
    relay = StartRelay(starts, processes, clock.now, pace_input(clock.pace))
    # A practice city keeps the calendar it began with: its clock is made of it.
    acting = processes if clock.pace is not None else UpToDate(store, processes)
    deliveries = Deliveries(StoreDeliveries(store), acting, clock.now)
    notices = notice_sender(store, settings, clock)
    teller = CalendarTeller(store, processes, clock.now)

    blobs = FolderBlobs(settings.attachments_dir)
    sweeper = Sweeper(store, blobs, timedelta(days=settings.draft_days), utc_now)
    keeper = MessageKeeper(store, timedelta(days=settings.message_days), clock.now)
    scheduling = Scheduling(store, registry.fetch_definition, calendars.of, clock)
    bells = Keeper(scheduling, TemporalSchedules(settings.temporal_address or "", settings.namespace))
    calendar = CalendarInForce(
        lambda: latest_calendar(store, settings.calendar), lambda: version_in_force(store, settings.calendar)
    )

    def definition() -> str:
        return deployed_digest(store, PETITION)

    def expected_clocks(digest: str, received_on: date) -> list[dict[str, Any]]:
        process = registry.fetch_definition(digest).processes[PETITION]
        return clocks_at_start(process, calendars.of(digest, PETITION), received_on)

    @contextlib.asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[None]:
        sweeping = [
            asyncio.create_task(part.run())
            for part in (relay, deliveries, notices, teller, sweeper, keeper, bells, calendar)
        ]
        try:
            yield
        finally:
            for task in sweeping:
                task.cancel()
            await asyncio.gather(*sweeping, return_exceptions=True)
            store.close()

    services = Services(
        store=store,
        process=acting,
        blobs=blobs,
        in_force=calendar,
        definition=definition,
        expected_clocks=expected_clocks,
        chosen=calendars.chosen_version,
        submitted=relay.poke,
        process_id=PETITION,
        forum=lambda: deployed_digest(store, FORUM),
        forum_process=FORUM,
        guides=RegistryGuides(registry),
        gateways=lambda: read_secrets(settings.gateways_file),
        workshop=workshop_of(store, approval=settings.deploy_approval),
        schedules=scheduling,
        now=clock.now,
        working_day=None if clock.pace is None else clock.pace.working_day,
        settings=WebSettings(
            body_limit=settings.body_limit,
            letters_a_minute=settings.letters_a_minute,
            gateway_letters_a_minute=settings.gateway_letters_a_minute,
            secure_cookies=settings.secure_cookies,
            session_idle=timedelta(minutes=settings.session_idle_minutes),
            session_longest=timedelta(hours=settings.session_hours),
            keep_later_date=settings.keep_later_date,
            report_receivers=settings.report_receivers,
            files=FileLimits(
                most=settings.attachments_most,
                largest=settings.attachment_limit,
                total=settings.attachments_limit,
                kinds=settings.attachment_types,
            ),
            draft_life=timedelta(days=settings.draft_days),
        ),
    )
    return create_app(services, lifespan=lifespan)
