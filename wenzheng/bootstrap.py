"""Where the parts are wired together: the only module that knows all of them.

`prepare` makes a data folder ready, `run_worker` and `web_app` build the two long-lived parts.
Settings come in as one object; nothing below this module reads the environment.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from activities.services import contracts
from wenzheng import __version__
from wenzheng.accounts import DEMO_PASSWORD, save_first_accounts
from wenzheng.calendar_versions import in_force, keep_or_tell
from wenzheng.calendars import Calendar
from wenzheng.calendars.china import china
from wenzheng.calendars.pace import write_pace
from wenzheng.catalog.bundle import Bundle, read_bundle
from wenzheng.catalog.compiling import compile_bundle
from wenzheng.catalog.language import Names
from wenzheng.catalog.message_check import Messages
from wenzheng.catalog.registry import Registry
from wenzheng.contracts import CLOCK_STARTED
from wenzheng.demo.folder import DEMO, is_complete, is_demo
from wenzheng.engine.compiled import CompiledProcess
from wenzheng.engine.compiler import MESSAGE_SUFFIX
from wenzheng.engine.decisions import is_decision
from wenzheng.engine.definition import Definition
from wenzheng.engine.events import EventRefused, Start
from wenzheng.engine.findings import DefinitionRefused, Finding, Position
from wenzheng.engine.instance import ProcessInstance
from wenzheng.engine.step import step
from wenzheng.guides import RegistryGuides
from wenzheng.matters import CityMatters
from wenzheng.petitions.organisation import Organisation, read_organisation
from wenzheng.petitions.recipients import NOTIFY_NAMES
from wenzheng.petitions.roles import ELEMENT_ROLES
from wenzheng.practice import city_clock, kept_pace, pace_input, set_going, tell, utc_now
from wenzheng.settings import Settings, definitions_dir
from wenzheng.store import Store, open_store
from wenzheng.store.outbox import DELIVER, START_WORKFLOW
from wenzheng.store.views import OutboxEntry

if TYPE_CHECKING:
    from fastapi import FastAPI

    from wenzheng.gateways.ports import OutboxRow

_LOG: Final = logging.getLogger(__name__)
PETITION: Final = "petition"
"""The bundle and the process that handle ordinary letters."""
FORUM: Final = "forum"
"""The bundle and the process that carry a session of the forum."""
LETTER_VARIABLES: Final = ("petition_id", "received_on", "kind", "addressee")
"""What the start of a letter's process brings (web.filing)."""
CALENDAR: Final = "cn"
"""The calendar by which petitions are counted, unless the settings name another."""
WORKER_THREADS: Final = 16
FINDINGS_SHOWN: Final = 20
"""Findings of a refused definition that `run` prints; `validate` prints them all."""
CACHED_WORKFLOWS: Final = 5000
"""Open instances a worker keeps in memory, at about 70 kB each; the rest are replayed when touched."""


# --- making ready ---------------------------------------------------------------------------


def prepare(settings: Settings, *, demo: bool = False) -> list[str]:
    """Make a data folder ready to run: tables, calendar, organisation, accounts, definitions.

    Safe to repeat. With `demo`, accounts get the password that everybody may know; the letters come
    with `load_demo`. Returns what the operator should be told. Raises DefinitionRefused when the
    definition in the folder must not run and none was deployed before, and DemoRefused.
    """
    with contextlib.closing(open_store(settings.database_url)) as store:
        store.migrate()
        password = DEMO_PASSWORD if is_demo(store, asked=demo) else None
        told: list[str] = []
        if kept_pace(store) is None:  # a practice city keeps the calendar it began with
            told += keep_or_tell(store, settings.calendar, utc_now())
        organisation = read_organisation(
            (definitions_dir() / "organisation.yaml").read_text(encoding="utf-8")
        )
        _save_organisation(store, organisation)
        save_first_accounts(store, organisation, settings, password=password)
        told += deploy_or_keep(store, definitions_dir() / PETITION)
        told += deploy_or_keep(store, definitions_dir() / FORUM)
        return told + _about_receivers(store, settings.report_receivers)


def _about_receivers(store: Store, named: frozenset[str]) -> list[str]:
    """What is wrong with who reads reports (举报): their text is kept from everybody who is not named."""
    with store.reader() as reader:
        able = {account.id for account in reader.accounts() if account.disabled_at is None}
    told = []
    if unknown := sorted(named - able):
        names = ", ".join(unknown)
        told.append(
            f"WENZHENG_REPORT_RECEIVERS names {names}: no account that can act (wenzheng accounts list)."
        )
    if not named & able:
        told.append(
            "Nobody can read reports of wrongdoing (举报): name accounts for them, for example "
            """WENZHENG_REPORT_RECEIVERS='["centre_head"]'."""
        )
    return told


def set_clock_going(settings: Settings, working_day: int | None) -> list[str]:
    """Begin or go on with practice mode, in a data folder that `prepare` has made ready.

    `working_day` is the pace asked for, in microseconds. Returns what the operator should be told.
    Raises PracticeRefused when the folder has another pace, or letters without one.
    """
    with contextlib.closing(open_store(settings.database_url)) as store:
        pace = set_going(store, settings.alive_file, working_day, latest_calendar(store, settings.calendar))
    if pace is None:
        return []
    shown = f"{pace.epoch_shown.astimezone(pace.calendar.zone):%Y-%m-%d %H:%M}"
    length = write_pace(pace.working_day)
    told = f"Practice mode 演练模式: a working day lasts {length}; the clock goes on from {shown}"
    return [f"{told} and stands still while nothing runs."]


def load_demo(settings: Settings, progress: Callable[[int, int], None], *, asked: bool) -> list[str]:
    """File the letters of the demo, or the rest of them; nothing when all are there.

    Nor when this is no folder of the demo and it was not `asked` for.

    After `prepare` with `demo` and `set_clock_going`: the demo's past ends when the city's clock begins.
    `progress` hears how many of how many are filed. Returns what the operator should be told. Raises
    ScriptRefused.
    """
    from wenzheng.demo.load import City, author_to_try, load
    from wenzheng.demo.script import read_stories
    from wenzheng.web.lookup import organisation

    with contextlib.closing(open_store(settings.database_url)) as store:
        if not is_demo(store, asked=asked):
            return []
        stories = read_stories(definitions_dir() / DEMO)
        if is_complete(store):
            return _how_to_be_an_author(author_to_try(store, stories))
        calendar, clock = latest_calendar(store, settings.calendar), city_clock(store)
        with store.reader() as reader:
            units = organisation(reader)
        definition = registry_of(store).fetch_definition(_petition_definition(store))
        process = definition.processes[PETITION]

        def expected(received_on: date) -> list[dict[str, Any]]:
            return clocks_at_start(process, calendar, received_on)

        city = City(definition, calendar, units, PETITION, expected)
        now = clock.now() if clock.pace is None else clock.pace.epoch_shown
        load(store, city, stories, now, progress)
        return _how_to_be_an_author(author_to_try(store, stories))


def _how_to_be_an_author(found: tuple[str, str, str] | None) -> list[str]:
    if found is None:
        return []
    number, code, contact = found
    return [f"To be an author, follow letter {number}: tracking code {code}, contact {contact}."]


async def tell_pace(settings: Settings) -> None:
    """Tell every open instance of a practice city how its clock goes on; before a worker runs.

    The clock goes on from now: what making ready took does not count, or a demo would begin days late.
    """
    from wenzheng.gateways.processes import TemporalProcesses

    with contextlib.closing(open_store(settings.database_url)) as store:
        pace = set_going(store, settings.alive_file, None, latest_calendar(store, settings.calendar))
        if pace is None:
            return
        with store.reader() as reader:
            instances = reader.open_instances()
    await tell(pace, instances, TemporalProcesses(settings.temporal_address or "", settings.namespace))


def deploy_or_keep(store: Store, folder: Path) -> list[str]:
    """Deploy the definition in a folder; when it is refused, the one deployed before stays.

    A mistake in a file must not stop the city. Returns what the operator should be told: also that
    a change was taken. Raises DefinitionRefused when there is none to go on with.
    """
    with store.reader() as reader:
        before = reader.latest_definition(folder.name)
    try:
        bundle = read_bundle(folder)
        deploy(store, bundle)
    except DefinitionRefused as refused:
        if before is None:
            raise
        shown = [str(finding) for finding in refused.findings[:FINDINGS_SHOWN]]
        if more := len(refused.findings) - len(shown):
            shown.append(f"... and {more} more")
        return [
            f"The definition in {folder} is refused; new letters take the version deployed before:",
            *shown,
            f"Correct it, check it with `wenzheng validate {folder}`, and run again.",
        ]
    if before is not None and before.digest != bundle.digest:
        return [
            f"The definition in {folder} has changed: new letters take it, those that run keep their own."
        ]
    return []


def deploy(store: Store, bundle: Bundle) -> Definition:
    """Check a bundle and keep it; new letters take the latest. Raises DefinitionRefused."""
    names = Names(ELEMENT_ROLES, NOTIFY_NAMES)
    definition = compile_bundle(bundle.digest, bundle.files, contracts(), names, Messages.NEEDED)
    if bundle.name == PETITION:
        _check_takes_letters(definition, bundle)
    with store.unit_of_work() as unit:
        latest = unit.latest_definition(bundle.name)
        if latest is None or latest.digest != bundle.digest:
            unit.save_definition(
                digest=bundle.digest, name=bundle.name, files=dict(bundle.files), at=utc_now()
            )
    return definition


def _check_takes_letters(definition: Definition, bundle: Bundle) -> None:
    """The web starts the process `petition` with a letter's variables: refuse what that cannot start."""
    processes = (name for name in bundle.files if not name.endswith(MESSAGE_SUFFIX) and not is_decision(name))
    where = Position(min(processes, default=bundle.name), 1, 1)
    process = definition.processes.get(PETITION)
    if process is None:
        message = f"Expected a process '{PETITION}', found {', '.join(definition.processes) or 'none'}."
        hint = f"Give the process that handles letters the id '{PETITION}'."
        raise DefinitionRefused([Finding(where, None, "petition-process", message, hint)])
    try:
        clocks_at_start(process, china(), utc_now().date())
    except EventRefused as refused:
        message = f"Expected a process that a letter can start, found: {refused}"
        hint = f"A letter brings {', '.join(LETTER_VARIABLES)}; require no other variable."
        position = process.model.position
        raise DefinitionRefused([Finding(position, PETITION, "petition-start", message, hint)]) from refused


def _save_organisation(store: Store, organisation: Organisation) -> None:
    with store.unit_of_work() as unit:
        if not unit.units():
            unit.save_units(organisation.rows())


# --- definitions and calendars by digest -----------------------------------------------------


def latest_calendar(store: Store, calendar_id: str = CALENDAR) -> Calendar:
    """The version of the city's calendar that new letters are counted by."""
    with store.reader() as reader:
        found = in_force(reader, calendar_id)
    if found is None:
        raise LookupError(
            f"Expected the calendar {calendar_id} in the store, found none; run `wenzheng run` once."
        )
    return found


def version_in_force(store: Store, calendar_id: str = CALENDAR) -> str | None:
    """The digest of the version that `latest_calendar` would give."""
    with store.reader() as reader:
        return reader.calendar_in_force(calendar_id)


def registry_of(store: Store) -> Registry:
    """The registry whose bundles and calendars are those deployed in the store."""

    def files(digest: str) -> Mapping[str, bytes] | None:
        with store.reader() as reader:
            found = reader.definition(digest)
        return found.files if found is not None else None

    def document(digest: str) -> Mapping[str, Any] | None:
        with store.reader() as reader:
            found = reader.calendar(digest)
        return found.document if found is not None else None

    return Registry(files, document, contracts())


def matters_of(store: Store) -> CityMatters:
    """What makes matters of the forum letters, by the definition and calendar that new letters take."""
    registry = registry_of(store)

    def definition() -> tuple[str, CompiledProcess]:
        digest = _deployed(store, PETITION)
        return digest, registry.fetch_definition(digest).processes[PETITION]

    return CityMatters(store, definition, lambda: latest_calendar(store), clocks_of_start)


# --- the worker --------------------------------------------------------------------------------


async def run_worker(settings: Settings) -> None:
    """Run workflows and activities until SIGTERM or SIGINT, then finish what is under way."""
    from temporalio.client import Client
    from temporalio.worker import UnsandboxedWorkflowRunner, Worker

    from activities.ports import ServicePorts
    from activities.record import RecordActivity
    from activities.services import service_activities
    from wenzheng.contracts import TASK_QUEUE
    from wenzheng.gateways.codec import data_converter
    from workflows.process import ProcessWorkflow

    store = open_store(settings.database_url)
    store.check_schema()
    clock = city_clock(store)
    client = await Client.connect(
        settings.temporal_address or "",
        namespace=settings.namespace,
        data_converter=data_converter(registry_of(store)),
    )
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    with ThreadPoolExecutor(WORKER_THREADS, thread_name_prefix="activity") as threads:
        worker = Worker(
            client,
            task_queue=TASK_QUEUE,
            workflows=[ProcessWorkflow],
            activities=[
                RecordActivity(store).record,
                *service_activities(ServicePorts(store, clock.now, matters_of(store))),
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


# --- the web -----------------------------------------------------------------------------------


class StoreStarts:
    """The outbox's starts of workflows, as the relay wants them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def due_starts(self, now: datetime, limit: int) -> Sequence[OutboxEntry]:
        """See relay.StartOutbox."""
        with self._store.reader() as reader:
            return reader.due(now=now, kind=START_WORKFLOW, limit=limit)

    def started(self, row_id: str, at: datetime) -> None:
        """See relay.StartOutbox."""
        with self._store.unit_of_work() as unit:
            unit.mark_sent(id=row_id, at=at)

    def not_started(self, row_id: str, at: datetime, error: str, retry_at: datetime) -> None:
        """See relay.StartOutbox."""
        with self._store.unit_of_work() as unit:
            unit.mark_failed(id=row_id, at=at, error=error, retry_at=retry_at)


class StoreDeliveries:
    """What instances have for each other, as deliveries.Deliveries wants it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def due_deliveries(self, now: datetime, limit: int) -> Sequence[OutboxEntry]:
        """See deliveries.DeliveryOutbox."""
        with self._store.reader() as reader:
            return reader.due(now=now, kind=DELIVER, limit=limit)

    def delivered(self, row: OutboxRow, at: datetime) -> None:
        """See deliveries.DeliveryOutbox."""
        with self._store.unit_of_work() as unit:
            unit.mark_sent(id=row.id, at=at)

    def refused(self, row: OutboxRow, at: datetime) -> None:
        """See deliveries.DeliveryOutbox."""
        with self._store.unit_of_work() as unit:
            unit.mark_sent(id=row.id, at=at)
            unit.refuse_delivery(row.instance, row.data)

    def unfit(self, row: OutboxRow, at: datetime, error: str) -> None:
        """See deliveries.DeliveryOutbox."""
        with self._store.unit_of_work() as unit:
            unit.mark_sent(id=row.id, at=at)
            unit.set_aside_delivery(row.instance, row.data, error)

    def not_delivered(self, row: OutboxRow, at: datetime, error: str, retry_at: datetime) -> None:
        """See deliveries.DeliveryOutbox."""
        with self._store.unit_of_work() as unit:
            unit.mark_failed(id=row.id, at=at, error=error, retry_at=retry_at)


def clocks_at_start(process: CompiledProcess, calendar: Calendar, received_on: date) -> list[dict[str, Any]]:
    """The clocks that an instance of the petition will start with: data of its clock_started records.

    Found by starting one that nobody keeps, so that there is one rule for both.
    """
    variables = dict.fromkeys(LETTER_VARIABLES, "") | {"received_on": received_on.isoformat()}
    return clocks_of_start(process, calendar, variables)


def clocks_of_start(
    process: CompiledProcess, calendar: Calendar, variables: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The clocks that an instance will start with, given its start variables."""
    effects = step(ProcessInstance(process, calendar), Start(dict(variables)), utc_now())
    return [effect.data for effect in effects if effect.kind == CLOCK_STARTED]


def _petition_definition(store: Store) -> str:
    """The digest of the definition that new letters are pinned to."""
    return _deployed(store, PETITION)


def _deployed(store: Store, name: str) -> str:
    """The digest of the latest definition of a name."""
    with store.reader() as reader:
        found = reader.latest_definition(name)
    if found is None:
        raise LookupError(f"Expected a deployed {name} definition, found none; run `wenzheng run`.")
    return found.digest


def web_app(settings: Settings) -> FastAPI:
    """The API and the pages, with the relay that starts new letters' workflows and the notices' sender."""
    from wenzheng.gateways.blobs import FolderBlobs
    from wenzheng.gateways.deliveries import Deliveries
    from wenzheng.gateways.processes import TemporalProcesses
    from wenzheng.gateways.relay import StartRelay
    from wenzheng.notifying import notice_sender
    from wenzheng.petitions.attachments import FileLimits
    from wenzheng.sweeping import MessageKeeper, Sweeper
    from wenzheng.telling import CalendarTeller, UpToDate
    from wenzheng.web.app import create_app
    from wenzheng.web.services import CalendarInForce, Services, WebSettings

    store = open_store(settings.database_url)
    store.check_schema()
    clock = city_clock(store)
    processes = TemporalProcesses(settings.temporal_address or "", settings.namespace)
    relay = StartRelay(StoreStarts(store), processes, clock.now, pace_input(clock.pace))
    # A practice city keeps the calendar it began with: its clock is made of it.
    acting = processes if clock.pace is not None else UpToDate(store, processes)
    deliveries = Deliveries(StoreDeliveries(store), acting, clock.now)
    notices = notice_sender(store, settings, clock)
    teller = CalendarTeller(store, processes, clock.now)

    blobs = FolderBlobs(settings.attachments_dir)
    sweeper = Sweeper(store, blobs, timedelta(days=settings.draft_days), utc_now)
    keeper = MessageKeeper(store, timedelta(days=settings.message_days), clock.now)
    registry = registry_of(store)
    calendar = CalendarInForce(
        lambda: latest_calendar(store, settings.calendar), lambda: version_in_force(store, settings.calendar)
    )

    def definition() -> str:
        return _petition_definition(store)

    def expected_clocks(received_on: date) -> list[dict[str, Any]]:
        process = registry.fetch_definition(definition()).processes[PETITION]
        return clocks_at_start(process, calendar.calendar, received_on)

    @contextlib.asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[None]:
        sweeping = [
            asyncio.create_task(part.run())
            for part in (relay, deliveries, notices, teller, sweeper, keeper, calendar)
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
        submitted=relay.poke,
        process_id=PETITION,
        forum=lambda: _deployed(store, FORUM),
        forum_process=FORUM,
        guides=RegistryGuides(registry),
        now=clock.now,
        working_day=None if clock.pace is None else clock.pace.working_day,
        settings=WebSettings(
            body_limit=settings.body_limit,
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
