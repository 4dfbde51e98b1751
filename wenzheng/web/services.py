"""What the web is given: store, process gateway, calendar, clock. Wired by bootstrap, by tests otherwise."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, TypeVar

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from wenzheng.calendars import Calendar
from wenzheng.deploying import DefinitionsPort
from wenzheng.gateways.ports import Blobs, ProcessGateway
from wenzheng.gateways.webhooks import Secret
from wenzheng.petitions.attachments import FileLimits
from wenzheng.petitions.guides import Guides, Offer, StepGuide
from wenzheng.planning import SchedulesPort
from wenzheng.store import Reader, Store, StoreAway, UnitOfWork

T = TypeVar("T")
LOOK_SECONDS: Final = 5.0
"""How long a page may show days by a version that is in force no more; filing a letter always looks."""


@dataclass(frozen=True)
class WebSettings:
    """What an operator may choose about the web."""

    body_limit: int = 1_048_576
    """Bytes of a request body; more is refused with 413."""
    letters_a_minute: int = 60
    """Letters one address may send in a minute; more are refused with 429."""
    gateway_letters_a_minute: int = 600
    """The same for the address of a gateway, which many write through."""
    secure_cookies: bool = False
    """Mark cookies as Secure; on wherever the pages are served over HTTPS."""
    settle_seconds: float = 3.0
    """How long an act waits until the store shows it, so that its author reads it back."""
    page_size: int = 30
    """Letters on a page of the public board."""
    session_idle: timedelta = timedelta(hours=8)
    """A person who did nothing for so long signs in again."""
    session_longest: timedelta = timedelta(days=7)
    """After this a person signs in again, whatever they did."""
    files: FileLimits = field(default_factory=FileLimits)
    """How many files of which kinds and sizes may come with a letter."""
    draft_life: timedelta = timedelta(days=7)
    """A letter that nobody goes on writing is forgotten after this."""
    follow_life: timedelta = timedelta(hours=12)
    """How long a browser may look at the letter whose author it proved to be."""
    keep_later_date: bool = True
    """A limit that a new version of the calendar would bring nearer holds where it is."""
    report_receivers: frozenset[str] = frozenset()
    """Accounts that read reports of wrongdoing (举报); nobody else does (defaults.md)."""


class CalendarInForce:
    """The version of the city's calendar that counts now; a notice may change it while the web runs."""

    def __init__(self, load: Callable[[], Calendar], version: Callable[[], str | None]) -> None:
        """`load` reads the calendar from the store, `version` only which one it would be."""
        self._load = load
        self._version = version
        self.calendar = load()

    @classmethod
    def always(cls, calendar: Calendar) -> CalendarInForce:
        """One that never changes."""
        return cls(lambda: calendar, lambda: calendar.version)

    def look(self) -> Calendar:
        """The version in force at this moment; asks the store, so call it in a thread."""
        if self._version() != self.calendar.version:
            self.calendar = self._load()
        return self.calendar

    async def run(self) -> None:
        """Look every few seconds, so that pages show what an administrator did elsewhere."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await run_in_threadpool(self.look)
            except StoreAway:
                continue


def _no_clocks(_definition: str, _received_on: date) -> Sequence[dict[str, Any]]:
    return ()


def _no_choice(_definition: str, _process: str) -> None:
    return


def _nobody() -> None:
    return


def _no_forum() -> str:
    raise LookupError("Expected a deployed definition of the forum, found none; run `wenzheng run` once.")


class _NoGuides:
    """Where definitions say nothing."""

    def steps(self, _definition: str, _process: str) -> Mapping[str, StepGuide]:
        """See petitions.guides.Guides."""
        return {}

    def offers(self, _definition: str, _process: str) -> Sequence[Offer]:
        """See petitions.guides.Guides."""
        return ()


def _wall_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Services:
    """Everything the web asks of the rest of the house.

    `in_force` knows the version of the calendar that counts now. `definition` gives the digest of the
    petition definition that new letters are pinned to. `now` is the one clock of lamps, receipts and pages
    (UTC); `wall` is the machine's, for what has nothing to do with the city's days: sessions, waits after
    wrong passwords, the age of drafts. In a practice city they differ, and `working_day` says how many
    microseconds a working day lasts there. `expected_clocks` gives the clocks an instance of a definition
    will start with for a day of receipt (data of clock_started), so that boards are right before Temporal has
    started it.
    `chosen` gives the version of the calendar that a process of a definition names, None where it names none.
    `submitted` is called when a letter has been kept. `blobs` keeps files. `forum` gives the digest of the
    definition that new sessions of the forum are pinned to, `guides` what definitions say to people,
    `workshop` puts definitions in force, `schedules` knows what begins by the calendar, `gateways` reads the
    secrets of those that hand letters in, by channel.
    """

    store: Store
    process: ProcessGateway
    blobs: Blobs
    in_force: CalendarInForce
    definition: Callable[[], str]
    workshop: DefinitionsPort
    schedules: SchedulesPort
    settings: WebSettings = field(default_factory=WebSettings)
    now: Callable[[], datetime] = _wall_clock
    working_day: int | None = None
    expected_clocks: Callable[[str, date], Sequence[dict[str, Any]]] = _no_clocks
    chosen: Callable[[str, str], Calendar | None] = _no_choice
    submitted: Callable[[], None] = _nobody
    process_id: str = "petition"
    wall: Callable[[], datetime] = _wall_clock
    forum: Callable[[], str] = _no_forum
    forum_process: str = "forum"
    guides: Guides = field(default_factory=_NoGuides)
    gateways: Callable[[], Mapping[str, tuple[Secret, ...]]] = dict

    @property
    def calendar(self) -> Calendar:
        """The city's calendar, in the version seen in force last."""
        return self.in_force.calendar

    def counted_by(self, definition: str, process: str) -> Calendar:
        """The calendar by which what begins now is counted: that of its process, or the city's.

        Asks the store, so call it in a thread.
        """
        return self.chosen(definition, process) or self.in_force.look()

    async def read(self, work: Callable[[Reader], T]) -> T:
        """Run a question to the store in a thread."""

        def run() -> T:
            with self.store.reader() as reader:
                return work(reader)

        return await run_in_threadpool(run)

    async def write(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run a change of the store in a thread, as one transaction."""

        def run() -> T:
            with self.store.unit_of_work() as unit:
                return work(unit)

        return await run_in_threadpool(run)


def services_of(request: Request) -> Services:
    """The services of the application that serves this request."""
    services: Services = request.app.state.services
    return services
