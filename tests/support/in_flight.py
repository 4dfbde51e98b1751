"""A city whose parts are real processes that can be killed, and letters in flight through its API.

The clients are people who never give up: every act has one act id and is sent again, with the same
id, until it is acknowledged. Whatever else the API answers is an error of ours and ends the test; so
does an incident in the log of the web, also one whose answer reached nobody.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import random
import signal
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx2
from temporalio.client import Client

from tests.support.house import DEPARTMENT, TEXT
from tests.support.incidents import check_answer, check_log
from tests.support.processes import freeze
from wenzheng.bootstrap.preparing import prepare
from wenzheng.gateways.codec import data_converter
from wenzheng.gateways.parts import Part
from wenzheng.gateways.temporal_server import EmbeddedServer, free_port
from wenzheng.settings import Settings

_LOG = logging.getLogger(__name__)
logging.getLogger("httpx2").setLevel(logging.WARNING)  # ten thousand lines a test otherwise
ROOT = Path(__file__).resolve().parents[2]
PAUSE = 0.1
"""Seconds between two looks at something that belongs to another process."""
LONGEST_PAUSE = 0.8
"""Seconds that impatient people wait at most before they send an act again."""
DELIVERY_SECONDS = 1.0
"""In which a task that Temporal has handed out arrives at its worker, also on a busy machine."""
INSIST_SECONDS = 120.0
"""An act that is not acknowledged in this time, whatever was killed meanwhile, is lost."""

SERVER, WORKER, WEB = "temporal", "worker", "web"
PARTS = (SERVER, WORKER, WEB)
SUCCESSOR = "successor"
"""A second worker, which is started only where a test wants it."""

SUBMIT = "submit"
CONTACT = "13800000000"
"""Also the second factor, as for every letter that is filed without a passphrase."""
AUTHOR = "author"
Step = tuple[str, str, dict[str, Any]]
PATH: Sequence[Step] = (
    ("accept", "clerk", {"accepted": True}),
    ("assign", "clerk", {"department": DEPARTMENT}),
    ("sign", f"department_{DEPARTMENT}", {}),
    ("reply", f"department_{DEPARTMENT}", {"text": "本周内修好。", "kind": "done"}),
    ("approve", f"head_{DEPARTMENT}", {}),
    ("complete", f"department_{DEPARTMENT}", {"text": "已经修好。"}),
    ("check", "clerk", {}),
    ("feedback", f"department_{DEPARTMENT}", {"text": "路灯已亮。"}),
    ("rate", AUTHOR, {"solved": True, "satisfaction": 5}),
)
"""What is done to a letter after its submission: (act, account, body)."""

_BUSY = frozenset({"try-again", "not-started", "process-away", "store-away", "not-open"})
"""Answers that mean: send it again. `not-open` is one of them because the service task behind the
act before (telling the author) may still run."""


class City:
    """Temporal server, worker and web on one data folder, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.settings = Settings(data_dir=folder)
        self.server = EmbeddedServer(folder)
        self.kills = 0
        self._parts = {
            SERVER: self.server.part,
            WORKER: Part(WORKER, folder),
            WEB: Part(WEB, folder),
            SUCCESSOR: Part(SUCCESSOR, folder),
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self, *names: str) -> None:
        """Start parts in the order given; returns when they are processes, not when they answer."""
        for name in names:
            if name == SERVER:
                # On the port of its first start: its clients look for it there.
                handed = await self.server.start()
                self.settings = self.settings.model_copy(update={"temporal_address": handed})
                continue
            command = [sys.executable, "-m", "wenzheng", WORKER if name == SUCCESSOR else name]
            if name == WEB:
                command += ["--port", str(self.port)]
            self._parts[name].start(
                command, {**os.environ, "PYTHONPATH": str(ROOT), **self.settings.environment()}
            )

    def kill(self, *names: str) -> None:
        """SIGKILL, all before any is waited for."""
        self.kills += len(names)
        for name in names:
            pid = self._parts[name].pid
            assert pid is not None
            assert self._parts[name].alive(), f"{name} died by itself: {self._parts[name].last_words()}"
            os.kill(pid, 9)
        for name in names:
            self._parts[name].kill()
            self._log_end(name)

    def freeze(self, name: str) -> None:
        """Cut it off from everything for the time being."""
        pid = self._parts[name].pid
        assert pid is not None
        freeze(pid)

    def thaw(self, name: str) -> None:
        """It goes on where it was, and does not know what has happened meanwhile."""
        pid = self._parts[name].pid
        assert pid is not None
        os.kill(pid, signal.SIGCONT)

    def end(self, name: str) -> None:
        """SIGTERM: it finishes what it has begun."""
        self._parts[name].stop()
        self._log_end(name)

    def stop(self) -> None:
        for name in (WEB, WORKER, SUCCESSOR):
            self.end(name)
        self.server.stop()
        self._log_end(SERVER)

    def _log_end(self, name: str) -> None:
        code = self._parts[name].returncode()
        how = signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"
        _LOG.info("The %s ended: %s", name, how)

    def said(self, name: str) -> str:
        """The log of a part."""
        if not self._parts[name].log.exists():
            return ""
        return self._parts[name].log.read_text(encoding="utf-8", errors="replace")


@contextlib.asynccontextmanager
async def city(folder: Path) -> AsyncIterator[City]:
    """A prepared data folder with nothing started."""
    made = City(folder)
    await asyncio.to_thread(prepare, made.settings)
    try:
        yield made
    except BaseException:
        for name in PARTS:
            _LOG.error("The last words of the %s:\n%s", name, made.said(name)[-4000:])
        raise
    finally:
        made.stop()
    check_log(made.settings)


class Progress:
    """Acts acknowledged so far, and somebody who waits for a number of them."""

    def __init__(self) -> None:
        self.acts = 0
        self._moved = asyncio.Event()

    def add(self) -> None:
        self.acts += 1
        self._moved.set()

    async def reach(self, acts: int) -> None:
        while self.acts < acts:
            self._moved.clear()
            await self._moved.wait()


@dataclass
class Sent:
    """One letter: its receipt, and the acts that were acknowledged, in that order."""

    name: str
    receipt: dict[str, Any] = field(default_factory=dict)
    acknowledged: list[str] = field(default_factory=list)

    def act_id(self, act: str) -> str:
        return f"{self.name}-{act}"

    @property
    def id(self) -> str:
        return str(self.receipt["id"])

    @property
    def instance(self) -> str:
        return f"petition-{self.id}"


class People:
    """Citizens, clerks and departments at the API; they send every act until it is acknowledged."""

    def __init__(self, settings: Settings, url: str, tokens: dict[str, str], seed: int = 0) -> None:
        self.progress = Progress()
        self.repeats: Counter[str] = Counter()
        """How often an act had to be sent again, by the answer."""
        self._tokens = tokens
        self._random = random.Random(seed)
        self._client = httpx2.AsyncClient(
            base_url=url,
            trust_env=False,
            headers={"Wenzheng-Passphrase": CONTACT},
            timeout=httpx2.Timeout(12),
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=50),
            event_hooks={"response": [lambda answer: check_answer(answer, settings)]},
        )

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._client.__aexit__(None, None, None)

    async def until_web_answers(self) -> None:
        await until_true(self._healthy, "the web to answer", 60)

    async def _healthy(self) -> bool:
        with contextlib.suppress(httpx2.TransportError):
            return (await self._client.get("/api/health")).status_code == 200
        return False

    async def submit(self, letter: Sent) -> Sent:
        body = {
            "title": f"路灯坏了 {letter.name}",
            "text": TEXT,
            "kind": "help",
            "name": "王小明",
            "contact": CONTACT,
            "public": True,
        }
        letter.receipt = await self._insist("/api/petitions", body, None, letter.act_id(SUBMIT))
        self._acknowledge(letter, SUBMIT)
        return letter

    async def do(self, letter: Sent, act: str, account: str, body: dict[str, Any]) -> None:
        """One act; now and then an impatient hand sends it twice at once."""
        ref = letter.receipt["tracking_code"] if account == AUTHOR else letter.id
        token = None if account == AUTHOR else self._tokens[account]
        hands = 2 if self._random.random() < 0.1 else 1
        answers = await asyncio.gather(
            *(
                self._insist(f"/api/petitions/{ref}/{act}", body, token, letter.act_id(act))
                for _ in range(hands)
            )
        )
        assert {answer["act_id"] for answer in answers} == {letter.act_id(act)}
        self._acknowledge(letter, act)

    async def carry(self, letter: Sent, path: Sequence[Step] = PATH) -> None:
        """A letter from its submission through the acts of a path."""
        await self.submit(letter)
        await self.go_on(letter, path)

    async def go_on(self, letter: Sent, path: Sequence[Step]) -> None:
        """The acts of a path, on a letter that was submitted."""
        for act, account, body in path:
            await self.do(letter, act, account, body)

    async def read(self, letter: Sent, account: str = "clerk") -> dict[str, Any]:
        """The letter as somebody sees it now."""
        headers = {"Authorization": f"Bearer {self._tokens[account]}"}
        answer = await self._client.get(f"/api/petitions/{letter.id}", headers=headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def _acknowledge(self, letter: Sent, act: str) -> None:
        letter.acknowledged.append(letter.act_id(act))
        self.progress.add()

    async def once(self, letter: Sent, act: str, account: str, body: dict[str, Any]) -> httpx2.Response:
        """One act sent one time, whatever comes back."""
        ref = letter.receipt["tracking_code"] if account == AUTHOR else letter.id
        headers = {"Idempotency-Key": letter.act_id(act)}
        if account != AUTHOR:
            headers["Authorization"] = f"Bearer {self._tokens[account]}"
        return await self._client.post(f"/api/petitions/{ref}/{act}", json=body, headers=headers)

    async def insist(self, account: str, path: str, body: dict[str, Any], act_id: str) -> dict[str, Any]:
        """An act at any other place of the API, sent until it is acknowledged."""
        found = await self._insist(path, body, self._tokens[account], act_id)
        self.progress.add()
        return found

    async def _insist(
        self, path: str, body: dict[str, Any], token: str | None, act_id: str
    ) -> dict[str, Any]:
        headers = {"Idempotency-Key": act_id}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        pause, last = PAUSE, ""
        deadline = time.monotonic() + INSIST_SECONDS
        while time.monotonic() < deadline:
            try:
                answer = await self._client.post(path, json=body, headers=headers)
            except httpx2.TransportError as error:
                last = type(error).__name__
            else:
                found: dict[str, Any] = answer.json()
                if answer.status_code in (200, 201):
                    return found
                if found["code"] not in _BUSY:
                    raise AssertionError(f"{act_id}: {answer.status_code} {answer.text}")
                last = found["code"]
            self.repeats[last] += 1
            await asyncio.sleep(pause * (1 + self._random.random()))
            pause = min(pause * 2, LONGEST_PAUSE)
        raise AssertionError(f"{act_id} was not acknowledged in {INSIST_SECONDS:g} s; last answer: {last}")


async def until_true(condition: Callable[[], Awaitable[bool]], what: str, seconds: float = 60) -> None:
    """Look at something that belongs to another process until it holds."""
    deadline = time.monotonic() + seconds
    for _ in iter(lambda: time.monotonic() < deadline, False):
        if await condition():
            return
        await asyncio.sleep(PAUSE)
    raise AssertionError(f"expected {what} within {seconds:g} s")


@contextlib.asynccontextmanager
async def people_of(settings: Settings, url: str) -> AsyncIterator[People]:
    """The people of a city, with the tokens of its accounts."""
    tokens = json.loads(settings.tokens_file.read_text(encoding="utf-8"))
    async with People(settings, url, tokens) as people:
        yield people


async def client_of(address: str) -> Client:
    """A client that looks at histories."""
    return await Client.connect(address, data_converter=data_converter(None))


async def in_hand(client: Client, instance: str) -> bool:
    """Whether Temporal has handed the instance to a worker, which has not answered yet."""
    described = await client.get_workflow_handle(instance).describe()
    return described.raw_description.pending_workflow_task.HasField("started_time")


async def until_put_down(client: Client, instance: str) -> None:
    """No worker has anything to do for the instance; what is in hand next is something new."""

    async def put_down() -> bool:
        return not await in_hand(client, instance)

    await until_true(put_down, f"the worker to put {instance} down")


async def until_waiting(client: Client, people: People, letter: Sent, element: str) -> None:
    """The task is open and the worker has put the letter down."""

    async def waiting() -> bool:
        return element in (await people.read(letter))["open"]

    await until_true(waiting, f"'{element}' to open")
    await until_put_down(client, letter.instance)


async def until_taken_up(client: Client, instance: str) -> None:
    """A worker has the instance in hand, and Temporal can be frozen without its missing anything.

    Temporal notes that a task is handed out before it sends it; the pause is for the sending. It
    has to stay well below the eight seconds after which a worker answers for the time being."""
    await until_true(lambda: in_hand(client, instance), f"a worker to take {instance} up")
    await asyncio.sleep(DELIVERY_SECONDS)


@contextlib.asynccontextmanager
async def store_locked(settings: Settings) -> AsyncIterator[None]:
    """Nobody else can write to the store."""
    with contextlib.closing(sqlite3.connect(settings.data_dir / "wenzheng.db", isolation_level=None)) as held:
        held.execute("BEGIN IMMEDIATE")
        yield
        held.execute("ROLLBACK")
