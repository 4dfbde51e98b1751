"""A house for the web's tests: real store, real engine, real application; only time is made up."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import json
import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
import typer
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.datastructures import State
from typer.testing import CliRunner, Result

from activities.ports import ServicePorts
from tests.support.citizen import WORD
from tests.support.databases import with_tables
from tests.support.engine_processes import EngineProcesses
from wenzheng import passwords
from wenzheng.accounts import first_accounts
from wenzheng.bootstrap.city import (
    FORUM,
    PETITION,
    CityCalendars,
    clocks_at_start,
    deployed_digest,
    latest_calendar,
    matters_of,
    registry_of,
    version_in_force,
)
from wenzheng.bootstrap.deploying import deploy, workshop_of
from wenzheng.calendar_versions import keep_or_tell
from wenzheng.calendars.china import china
from wenzheng.calendars.pace import CityClock
from wenzheng.catalog.bundle import read_bundle
from wenzheng.cli import connection
from wenzheng.engine.definition import Definition
from wenzheng.gateways.blobs import FolderBlobs
from wenzheng.guides import RegistryGuides
from wenzheng.petitions.organisation import read_organisation
from wenzheng.scheduling import Scheduling
from wenzheng.settings import definitions_dir
from wenzheng.store import open_store
from wenzheng.telling import CalendarTeller
from wenzheng.web.app import create_app
from wenzheng.web.proof import HEADER
from wenzheng.web.services import CalendarInForce, Services, WebSettings

RECEIVED = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
"""A Tuesday, 10:00 in the city; the National Day holiday is four weeks away."""


@dataclass
class City:
    """The application and what stands behind it."""

    app: FastAPI
    client: TestClient
    processes: EngineProcesses
    services: Services
    clock: list[datetime]

    def at(self, now: datetime) -> None:
        """Let it be this instant; everything due until then happens."""
        self.clock[0] = now
        self.processes.start_waiting()
        self.processes.pass_time()

    def as_(self, account: str) -> dict[str, str]:
        """Headers of an account; its token is its name."""
        return {"Authorization": f"Bearer token-{account}"}

    def browser(self, account: str) -> TestClient:
        """A browser that an account has signed in at."""
        client = TestClient(self.app, raise_server_exceptions=False)
        token, now = f"session-{account}-{secrets.token_hex(4)}", self.services.wall()
        week = timedelta(days=7)
        with self.services.store.unit_of_work() as unit:
            unit.open_session(
                token=token,
                account_id=account,
                csrf=f"csrf-{account}",
                now=now,
                expires_at=now + week,
                idle=week,
            )
        client.cookies.set("wz_session", token)
        return client

    def password(self, account: str, password: str) -> None:
        """Give an account a password. Few accounts have one: each costs a moment."""
        with self.services.store.unit_of_work() as unit:
            unit.set_password(account, passwords.hashed(password))

    def submit(self, **more: Any) -> dict[str, Any]:
        """A public letter about a street lamp."""
        body = {"title": "路灯坏了", "text": "路灯坏了三个星期。", "kind": "help", "public": True} | more
        if "contact" not in more:
            body = {"passphrase": WORD} | body
        answer = self.client.post("/api/petitions", json=body)
        assert answer.status_code == 201, answer.text
        self.processes.start_waiting()
        return dict(answer.json())

    def tell_moves(self) -> int:
        """Tell open letters of a version of the calendar, as the web would; how many were told."""
        services = self.services
        return asyncio.run(CalendarTeller(services.store, self.processes, services.now).sweep())

    def act(self, ref: str, verb: str, account: str | None, **body: Any) -> Any:
        """An act by an account, or with a tracking code by the author."""
        headers = self.as_(account) if account else {}
        return self.client.post(f"/api/petitions/{ref}/{verb}", json=body, headers=headers)

    def done(self, ref: str, verb: str, account: str | None, **body: Any) -> dict[str, Any]:
        """An act that must succeed."""
        answer = self.act(ref, verb, account, **body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def accept_and_assign(self, number: str, unit: str = "housing") -> None:
        """By the clerk."""
        self.done(number, "accept", "clerk")
        self.done(number, "assign", "clerk", department=unit)

    def answer(self, number: str, unit: str = "housing") -> None:
        """From the signature to the feedback, by the department, its head and the centre."""
        self.sign(number, unit)
        self.answer_again(number, unit)

    def sign(self, number: str, unit: str = "housing") -> None:
        """By the department."""
        self.done(number, "sign", f"department_{unit}")

    def reply(self, number: str, unit: str = "housing", text: str = "今晚派人修理。") -> None:
        """Drafted by the department and approved by its head."""
        self.done(number, "reply", f"department_{unit}", text=text, kind="done")
        self.done(number, "approve", f"head_{unit}")

    def answer_again(self, number: str, unit: str = "housing") -> None:
        """As `answer`, in a round in which there is nothing to sign for."""
        self.reply(number, unit)
        self.done(number, "complete", f"department_{unit}", text="路灯已更换，附照片。")
        self.done(number, "check", "clerk")
        self.done(number, "feedback", f"department_{unit}", text="已于9月3日修好。")

    def fed_back(self, **more: Any) -> dict[str, Any]:
        """A letter that waits for its author's verdict."""
        letter = self.submit(**more)
        self.accept_and_assign(letter["number"])
        self.answer(letter["number"])
        return letter


@dataclass(frozen=True)
class Settled:
    """What every city begins with, made once a process: a copy is quicker than a new one."""

    database: Path
    """Units, accounts, the calendar and the shipped definitions."""
    definitions: dict[str, Definition]
    """Those definitions as a registry has compiled them, by digest."""
    apps: dict[int, FastAPI] = field(default_factory=dict)
    """An application for each limit of a request's body: whatever else differs is asked of the services."""

    def app(self, services: Services) -> FastAPI:
        """An application of its own over these services, on the routes of all others.

        To build the routes takes longer than most tests here.
        """
        limit = services.settings.body_limit
        if limit not in self.apps:
            self.apps[limit] = create_app(services)
        made = copy.copy(self.apps[limit])
        made.state = State({"access": made.state.access, "services": services})
        return made


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory) -> Settled:
    """A database with units, accounts, the calendar and the shipped definitions."""
    path = tmp_path_factory.mktemp("people") / "wenzheng.db"
    store = open_store(with_tables(path))
    organisation = read_organisation((definitions_dir() / "organisation.yaml").read_text(encoding="utf-8"))
    with store.unit_of_work() as unit:
        unit.save_units(organisation.rows())
        for account, name, role, at in first_accounts(organisation):
            unit.save_account(id=account, name=name, role=role.value, unit_id=at, token=f"token-{account}")
    keep_or_tell(store, "cn", RECEIVED)
    registry = registry_of(store)
    digests = [deploy(store, read_bundle(definitions_dir() / name)).digest for name in (PETITION, FORUM)]
    definitions = {digest: registry.fetch_definition(digest) for digest in digests}
    store.close()  # the last connection of a file writes its log into it
    return Settled(path, definitions)


def open_city(people: Settled, folder: Path, *, bundle: Path | None = None, **settings: Any) -> City:
    """A city in a folder, with given web settings and a definition (the shipped one unless named)."""
    clock = [RECEIVED]
    shutil.copy(people.database, folder / "wenzheng.db")
    store = open_store(f"sqlite:///{folder / 'wenzheng.db'}", clock=lambda: clock[0])
    registry = registry_of(store)
    registry._definitions.update(people.definitions)
    name = PETITION
    if bundle is not None:
        own = read_bundle(bundle)
        name = own.name
        deploy(store, own)
    definition = registry.fetch_definition(deployed_digest(store, name))
    calendar = china()
    in_force = CalendarInForce(lambda: latest_calendar(store), lambda: version_in_force(store))
    forum = deployed_digest(store, FORUM)
    processes = EngineProcesses(store, definition, calendar, lambda: clock[0])
    processes.registry = registry
    processes.ports = ServicePorts(store, lambda: clock[0], matters_of(store))

    calendars = CityCalendars(store, registry)

    def expected(digest: str, day: date) -> list[dict[str, Any]]:
        process = registry.fetch_definition(digest).processes["petition"]
        return clocks_at_start(process, calendars.of(digest, "petition"), day)

    services = Services(
        store=store,
        process=processes,
        blobs=FolderBlobs(folder / "attachments"),
        in_force=in_force,
        definition=lambda: deployed_digest(store, name),
        workshop=workshop_of(store),
        schedules=Scheduling(store, registry.fetch_definition, calendars.of, CityClock(lambda: clock[0])),
        settings=WebSettings(**{"settle_seconds": 0.0} | settings),
        now=lambda: clock[0],
        wall=lambda: clock[0],
        expected_clocks=expected,
        chosen=calendars.chosen_version,
        forum=lambda: forum,
        guides=RegistryGuides(registry),
    )
    app = people.app(services)
    client = TestClient(app, raise_server_exceptions=False, headers={HEADER: quote(WORD)})
    return City(app, client, processes, services, clock)


@pytest.fixture
def make_city(people: Settled, tmp_path: Path) -> Iterator[Callable[..., City]]:
    """Builds a city with given web settings, and a definition of its own if one is named."""
    opened: list[City] = []

    def make(bundle: Path | None = None, **settings: Any) -> City:
        opened.append(open_city(people, tmp_path, bundle=bundle, **settings))
        return opened[-1]

    yield make
    for city in opened:
        city.services.store.close()


@pytest.fixture
def city(make_city: Callable[..., City]) -> City:
    """A city as shipped."""
    return make_city()


Shell = Callable[..., Result]


@pytest.fixture
def shell_of(city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[typer.Typer], Shell]:
    """Runs commands against the application, with a data folder as `wenzheng run` leaves it."""
    organisation = read_organisation((definitions_dir() / "organisation.yaml").read_text(encoding="utf-8"))
    data = tmp_path / "data"
    data.mkdir()
    (data / "run.json").write_text(json.dumps({"url": "http://testserver"}))
    accounts = [account for account, *_ in first_accounts(organisation)]
    (data / "tokens.json").write_text(json.dumps({account: f"token-{account}" for account in accounts}))
    monkeypatch.delenv(connection.TOKEN_VARIABLE, raising=False)
    monkeypatch.setenv("WENZHENG_DATA_DIR", str(data))
    monkeypatch.setenv(connection.PASSPHRASE_VARIABLE, WORD)
    del city.client.headers[HEADER]  # the command sends its own

    @contextlib.contextmanager
    def client(url: str) -> Iterator[httpx2.Client]:
        assert url == "http://testserver"
        city.processes.start_waiting()
        yield city.client

    monkeypatch.setattr(connection, "http_client", client)

    def of(app: typer.Typer) -> Shell:
        def run(*words: str, stdin: bytes | None = None, code: int = 0) -> Result:
            result = CliRunner().invoke(app, list(words), input=stdin)
            assert result.exit_code == code, result.output
            return result

        return run

    return of
