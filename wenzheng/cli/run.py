"""`wenzheng run`: everything on this machine, watched, and stopped in order.

One supervisor process starts the embedded Temporal server, prepares the store, and runs the worker
and the web as processes of their own, so that a crash of one is not a crash of all. Parts die with
the supervisor, however it dies; what an older run left behind is ended first.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wenzheng.cli.connection import CommandError, WrongUseError
from wenzheng.cli.listening import listen, url_of
from wenzheng.cli.sign_in_hint import how_to_sign_in
from wenzheng.gateways.parts import FolderLock, Part, PartError, take_over
from wenzheng.gateways.temporal_server import EmbeddedServer
from wenzheng.settings import Settings

START_SECONDS: Final = 120.0
"""Within this time the first page must answer."""

WORKER: Final = "worker"
WEB: Final = "web"
PARTS: Final = (WORKER, WEB)
"""In the order of starting; stopped the other way round."""

HEALTH_PATH: Final = "/api/health"

_POLL_SECONDS: Final = 0.1
_BACKOFF: Final = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_STEADY_SECONDS: Final = 60.0
# A part that lived this long is healthy again: the next crash starts the backoff anew.


def say(text: str) -> None:
    """One line to the person at the terminal, at once."""
    print(text, flush=True)


@dataclass
class Watched:
    """A part, how to start it (again), and when that was."""

    part: Part
    start: Callable[[], Awaitable[None]]
    since: float = 0.0
    failures: int = 0

    def how_it_ended(self) -> str:
        """In words for the operator: killed by SIGKILL, or exit code 1."""
        code = self.part.returncode()
        if code is not None and code < 0:
            return f"killed by {signal.Signals(-code).name}"
        return f"exit code {code}"


@dataclass(frozen=True)
class Plan:
    """What the supervisor runs: `prepare` makes the store ready, `commands` start the parts.

    `prepare` returns what the person at the terminal should be told once the address stands there.
    The web's command gets `--socket DESCRIPTOR` appended: the listening socket it inherits.
    """

    prepare: Callable[[Settings], Sequence[str]]
    commands: Mapping[str, list[str]]
    before_parts: Callable[[Settings], Awaitable[None]] | None = None
    """Done once the Temporal server runs (its address is in the settings), before the worker does."""
    alive: Path | None = None
    """A file to touch every second while it exists: until then the clock of a practice city ran."""


class Supervisor:
    """Runs all parts on one data folder until it is told to stop."""

    def __init__(self, settings: Settings, plan: Plan) -> None:
        """Nothing is started yet."""
        self.settings = settings
        self._plan = plan
        self._stop = asyncio.Event()
        self._lock = FolderLock(settings.data_dir / "run.lock")
        self._server = EmbeddedServer(
            settings.data_dir, port=settings.temporal_port, namespace=settings.namespace
        )
        self._listening: socket.socket | None = None
        self._watched: list[Watched] = []
        self._url = ""

    async def run(self) -> None:
        """Until SIGINT, SIGTERM or SIGHUP. Raises `CommandError` or `PartError` when a part cannot start."""
        self._prepare_folder()
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(sign, self._asked_to_stop)
        work = asyncio.create_task(self._work())
        stop = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (work, stop):
                task.cancel()
            results = await asyncio.gather(work, stop, return_exceptions=True)
            self._shut_down()
        if isinstance(results[0], Exception):
            raise results[0]

    def _asked_to_stop(self) -> None:
        if self._stop.is_set():  # the second Ctrl-C: do not wait for anybody
            for watched in self._watched:
                watched.part.kill()
        elif self._url:
            say("Stopping: web, worker, Temporal server.")
        self._stop.set()

    def _prepare_folder(self) -> None:
        folder = self.settings.data_dir
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            free = self._lock.acquire()
        except OSError as error:
            raise CommandError(
                f"cannot write to {folder}: {error.strerror}; choose another folder with --data"
            ) from error
        if not free:
            raise CommandError(
                f"Wenzheng already runs on {folder}{_where(self.settings)}; stop it first, or use --data"
            )
        self.settings.run_file.unlink(missing_ok=True)
        for name in reversed(PARTS):
            left = FolderLock(folder / f"{name}.lock")
            if (pid := take_over(left)) is not None:
                say(f"Ended {name} (process {pid}), left behind by a run that was killed.")
            left.release()

    async def _work(self) -> None:
        self._listening = listen(self.settings.host, self.settings.port)
        notes = await self._start_server_and_prepare()
        if self._plan.before_parts is not None:
            await self._plan.before_parts(self._handed())
        await self._watch_from_now(Watched(self._server.part, self._start_server), already_started=True)
        for name in PARTS:
            part = Part(
                name, self.settings.data_dir, inherit=[self._listening.fileno()] if name == WEB else []
            )
            await self._watch_from_now(Watched(part, self._starter(part)))
        self._url = url_of(self._listening)
        self._write_run_file()
        await self._first_answer()
        say(f"Wenzheng: {self._url}")
        if (hint := how_to_sign_in(self.settings, self._url)) is not None:
            say(hint)
        say(f"Letters are kept in {self.settings.data_dir}.")
        say("Ctrl-C stops everything; the next run goes on from here.")
        for note in notes:
            say(note)
        await asyncio.gather(self._heartbeat(), *(self._keep_alive(watched) for watched in self._watched))

    async def _heartbeat(self) -> None:
        while True:
            self._touch()
            await asyncio.sleep(1.0)

    def _touch(self) -> None:
        if self._plan.alive is not None and self._plan.alive.exists():
            self._plan.alive.touch()

    async def _start_server_and_prepare(self) -> Sequence[str]:
        """Both at once: neither needs the other, and a person is waiting."""
        preparation = asyncio.create_task(asyncio.to_thread(self._plan.prepare, self.settings))
        try:
            await self._server.start()
        finally:
            await asyncio.gather(preparation, return_exceptions=True)  # a thread cannot be stopped half way
        return preparation.result()

    async def _start_server(self) -> None:
        await self._server.start()

    def _starter(self, part: Part) -> Callable[[], Awaitable[None]]:
        async def start() -> None:
            command = list(self._plan.commands[part.name])
            if part.name == WEB and self._listening is not None:
                command += ["--socket", str(self._listening.fileno())]
            part.start(command, {**os.environ, **self._handed().environment()})

        return start

    def _handed(self) -> Settings:
        """The settings that the parts are given."""
        return self.settings.model_copy(update={"temporal_address": self._server.address})

    async def _watch_from_now(self, watched: Watched, *, already_started: bool = False) -> None:
        if not already_started:
            await watched.start()
        watched.since = time.monotonic()
        self._watched.append(watched)

    async def _first_answer(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        answer = asyncio.create_task(self._ask())
        try:
            while not answer.done():
                for watched in self._watched:
                    if not watched.part.alive():
                        raise self._did_not_start(watched)
                if time.monotonic() > deadline:
                    raise CommandError(
                        f"no page answered within {START_SECONDS:g} s; see {self.settings.logs_dir}"
                    )
                await asyncio.wait({answer}, timeout=_POLL_SECONDS)
        finally:
            answer.cancel()
        if (status := answer.result()) != b"200":
            raise CommandError(
                f"the web answers {status.decode()} at {HEALTH_PATH}; see {self.settings.logs_dir}/web.log"
            )

    async def _ask(self) -> bytes:
        """The status of the health page; waits as long as the web needs to accept."""
        assert self._listening is not None  # for the type checker: _work opened it
        host, port = self._listening.getsockname()[:2]
        local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
        reader, writer = await asyncio.open_connection(local, port)
        writer.write(f"GET {HEALTH_PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        first_line = await reader.readline()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        return first_line.split()[1] if first_line else b"nothing"

    @staticmethod
    def _did_not_start(watched: Watched) -> CommandError:
        part = watched.part
        words = part.last_words() or watched.how_it_ended()
        return CommandError(f"the {part.name} did not start: {words} (log: {part.log})")

    async def _keep_alive(self, watched: Watched) -> None:
        while True:
            while watched.part.alive():  # noqa: ASYNC110  # a process ends without an event
                await asyncio.sleep(_POLL_SECONDS)
            if time.monotonic() - watched.since > _STEADY_SECONDS:
                watched.failures = 0
            delay = _BACKOFF[min(watched.failures, len(_BACKOFF) - 1)]
            watched.failures += 1
            part, how = watched.part, watched.how_it_ended()
            say(f"The {part.name} stopped ({how}); starting it again in {delay:g} s. Log: {part.log}")
            await asyncio.sleep(delay)
            watched.since = time.monotonic()
            try:
                await watched.start()
            except (OSError, RuntimeError, PartError) as error:
                say(f"The {part.name} could not be started: {error}")
            self._write_run_file()

    def _write_run_file(self) -> None:
        content = {
            "url": self._url,
            "temporal": self._server.address,
            "pids": {"run": os.getpid(), **{w.part.name: w.part.pid for w in self._watched}},
        }
        write_private(self.settings.run_file, json.dumps(content, indent=2) + "\n")

    def _shut_down(self) -> None:
        """No new acts first, then no new work, then the server; each gets its time to finish."""
        for watched in reversed(self._watched):
            if watched.part is not self._server.part:
                watched.part.stop(grace=15.0)
        if self._url:
            self._touch()
        self._server.stop()
        if self._listening is not None:
            self._listening.close()
        self.settings.run_file.unlink(missing_ok=True)
        self._lock.release()


def write_private(path: Path, text: str) -> None:
    """Writes a file whole or not at all, readable by its owner only."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)


def _where(settings: Settings) -> str:
    with suppress(OSError, ValueError, KeyError, TypeError):
        return f", at {json.loads(settings.run_file.read_text(encoding='utf-8'))['url']}"
    return ""


def _progress(done: int, of: int) -> None:
    """Says how far the demo is, now and then."""
    if done == 1:
        say("Filing the letters of the demo, each with its past.")
    elif done % 10 == 0 or done == of:
        say(f"  {done} of {of}")


def run_everything(settings: Settings, working_day: int | None = None, *, demo: bool = False) -> None:
    """Blocks until the person or the system asks to stop.

    `working_day` asks for practice mode: microseconds; `demo` for letters with a past. Raises
    WrongUseError when the folder refuses them.
    """

    def make_ready(settings: Settings) -> list[str]:
        # A second of imports, spent while the server starts.
        from wenzheng.bootstrap.demo import load_demo
        from wenzheng.bootstrap.practising import set_clock_going
        from wenzheng.bootstrap.preparing import prepare
        from wenzheng.demo.folder import DemoRefused
        from wenzheng.practice import PracticeRefused

        try:
            notes = prepare(settings, demo=demo)
            notes += set_clock_going(settings, working_day)
        except (PracticeRefused, DemoRefused) as refused:
            raise WrongUseError(str(refused)) from refused
        return notes + load_demo(settings, _progress, asked=demo)

    async def say_pace(settings: Settings) -> None:
        from wenzheng.bootstrap.practising import tell_pace

        await tell_pace(settings)

    commands = {name: [sys.executable, "-m", "wenzheng", name] for name in PARTS}

    async def supervise() -> None:
        await Supervisor(settings, Plan(make_ready, commands, say_pace, settings.alive_file)).run()

    asyncio.run(supervise())
