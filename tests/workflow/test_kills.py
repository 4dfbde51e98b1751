"""Nothing is lost, doubled or reordered when processes are killed or the store or Temporal is away.

Worker, web and Temporal server are real processes, the store is SQLite on the disk, and a kill is
SIGKILL. The figures of a run: `pytest --log-cli-level=INFO`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, Self

import pytest

from tests.support.in_flight import (
    AUTHOR,
    PARTS,
    PATH,
    ROOT,
    SERVER,
    WORKER,
    City,
    People,
    Sent,
    city,
    client_of,
    people_of,
    store_locked,
    until_taken_up,
    until_true,
    until_waiting,
)
from tests.support.incidents import check_log
from tests.support.ledger import check_all, check_fold, history, repeated
from tests.support.processes import ended, freeze
from tests.support.replaying import keep_deployed, keep_histories, replayed
from wenzheng.gateways.temporal_server import free_port
from wenzheng.settings import Settings
from wenzheng.store import open_store

_LOG = logging.getLogger(__name__)
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kills")]

SEED = 20260930
LETTERS = 200
ROUNDS = 2
EXTRA_EVENTS = 20
REPLAYED = 40
"""How many histories, the most disturbed ones, are replayed in fresh processes."""
ALL_IN = 400.0
"""Seconds in which all letters must be finished, also on a machine that is busy with other tests."""


def plan(rng: random.Random, acts: int) -> list[tuple[int, tuple[str, ...]]]:
    """What is killed after how many acknowledged acts: each part in turn, then all; several rounds."""
    victims: list[tuple[str, ...]] = []
    for _ in range(ROUNDS):
        victims += [(name,) for name in rng.sample(PARTS, len(PARTS))]
        victims.append(PARTS)
    moments = sorted(rng.sample(range(acts // 20, acts * 19 // 20), len(victims)))
    return list(zip(moments, victims, strict=True))


async def kill_and_restart(town: City, people: People, rng: random.Random) -> None:
    already = people.progress.acts
    for moment, victims in plan(rng, LETTERS * (len(PATH) + 1)):
        await people.progress.reach(already + moment)
        town.kill(*rng.sample(victims, len(victims)))
        await town.start(*victims)


async def test_no_act_of_200_letters_is_lost_when_everything_is_killed_in_turn_and_together(
    tmp_path: Path,
) -> None:
    rng = random.Random(SEED)
    begun = time.monotonic()
    async with city(tmp_path) as town, people_of(town.settings, town.url) as people:
        await town.start(*PARTS)
        await people.until_web_answers()
        calm = Sent("calm")
        await people.carry(calm)
        letters = [Sent(f"l{number}") for number in range(LETTERS)]
        async with asyncio.timeout(ALL_IN), asyncio.TaskGroup() as flight:
            flight.create_task(kill_and_restart(town, people, rng))
            for letter in letters:
                flight.create_task(people.carry(letter))
        finished = time.monotonic() - begun
        client = await client_of(town.server.address)
        events = await check_all(client, town.settings.database_url, [calm, *letters])
        disturbed = sorted(letters, key=lambda letter: events[letter.name])[-REPLAYED:]
        await keep_histories(client, [letter.instance for letter in disturbed], tmp_path / "histories")
        with closing(open_store(town.settings.database_url)) as store:
            again = repeated(store)
            keep_deployed(tmp_path / "library", store)
    extra = [events[letter.name] - events["calm"] for letter in letters]
    _LOG.info(
        "%.0f s in flight, %.0f s in all, %d kills, sent again %s; events of a calm letter %d, "
        "extra median %s, max %d; done again %s",
        finished,
        time.monotonic() - begun,
        town.kills,
        dict(people.repeats),
        events["calm"],
        statistics.median(extra),
        max(extra),
        again,
    )
    assert max(extra) <= EXTRA_EVENTS
    for hash_seed in (1, 77):
        outcomes = replayed(tmp_path / "histories", tmp_path / "library", seed=hash_seed)
        assert outcomes == dict.fromkeys(letter.instance for letter in disturbed)


# --- the store ahead of Temporal ------------------------------------------------------------


@asynccontextmanager
async def act_only_in_the_store(
    town: City, people: People, letter: Sent, step: tuple[str, str, dict[str, Any]]
) -> AsyncIterator[None]:
    """A worker writes an act to the store, and everything dies before Temporal has it."""
    client = await client_of(town.server.address)
    act, account, body = step
    await until_waiting(client, people, letter, act)
    async with store_locked(town.settings):
        answer = asyncio.create_task(people.once(letter, act, account, body))
        await until_taken_up(client, letter.instance)
        assert town.server.pid is not None
        freeze(town.server.pid)

    def in_store() -> bool:
        with closing(open_store(town.settings.database_url)) as store, store.reader() as reader:
            return reader.act(letter.instance, letter.act_id(act)) is not None

    await until_true(lambda: asyncio.to_thread(in_store), "the act in the store")
    town.kill(WORKER, SERVER)
    # Temporal is away and the store has the act: calling it done would be a promise nobody keeps.
    assert (await answer).json().get("code") == "process-away"
    await town.start(SERVER, WORKER)
    yield


async def test_act_that_only_the_store_has_seen_is_not_called_done_and_happens_once_when_sent_again(
    tmp_path: Path,
) -> None:
    letter = Sent("ahead")
    # Neither brings a text nor a second factor: those are written first, and the store is locked here.
    accept, check = 0, [act for act, *_ in PATH].index("check")
    parts = ((PATH[accept], PATH[accept + 1 : check]), (PATH[check], PATH[check + 1 :]))
    async with city(tmp_path) as town, people_of(town.settings, town.url) as people:
        await town.start(*PARTS)
        await people.until_web_answers()
        await people.submit(letter)
        for times, (step, others) in enumerate(parts, 1):
            async with act_only_in_the_store(town, people, letter, step):
                await people.do(letter, *step)
            with closing(open_store(town.settings.database_url)) as store:
                assert repeated(store)["voided_acts"] >= times  # the store was ahead
            for other in others:
                await people.do(letter, *other)
        await check_all(await client_of(town.server.address), town.settings.database_url, [letter])


async def test_act_that_ends_a_letter_and_that_only_the_store_has_seen_ends_it_once_when_sent_again(
    tmp_path: Path,
) -> None:
    letter = Sent("ahead")
    refusal = ("accept", "clerk", {"accepted": False, "reason": "not_ours"})
    async with city(tmp_path) as town, people_of(town.settings, town.url) as people:
        await town.start(*PARTS)
        await people.until_web_answers()
        await people.submit(letter)
        async with act_only_in_the_store(town, people, letter, refusal):
            await people.do(letter, *refusal)
        client = await client_of(town.server.address)
        found = await history(client, letter.instance)
        assert (found.result, found.acts) == ("rejected", [letter.act_id("accept")])
        seen = await people.read(letter)
        assert (seen["state"], seen["outcome"], seen["open"]) == ("closed", "rejected", [])
        with closing(open_store(town.settings.database_url)) as store:
            assert repeated(store)["voided_acts"] >= 1  # the store was ahead
            check_fold(store, letter)
            with store.reader() as reader:
                acts = [record.act_id for record in reader.timeline(letter.id)]
                told = [row.template for row in reader.outbox(petition_id=letter.id) if row.kind == "notice"]
        assert acts.count(letter.act_id("accept")) > 0
        assert told == ["rejected"]


async def test_author_whose_withdrawal_comes_first_after_a_crash_wins_over_an_act_that_was_lost(
    tmp_path: Path,
) -> None:
    letter = Sent("ahead")
    accept, account, body = PATH[0]
    async with city(tmp_path) as town, people_of(town.settings, town.url) as people:
        await town.start(*PARTS)
        await people.until_web_answers()
        await people.submit(letter)
        async with act_only_in_the_store(town, people, letter, PATH[0]):
            await people.do(letter, "withdraw", AUTHOR, {})
            late = await people.once(letter, accept, account, body)
        assert late.json()["code"] == "ended"
        seen = await people.read(letter)
        assert (seen["state"], seen["outcome"], seen["open"]) == ("closed", "withdrawn", [])
        with closing(open_store(town.settings.database_url)) as store:
            check_fold(store, letter)
            with store.reader() as reader:
                acts = {record.act_id for record in reader.timeline(letter.id)}
                assert reader.facts(letter.id) == []
        assert acts == {"start", letter.act_id("withdraw")}


# --- everything on one machine --------------------------------------------------------------


class OneMachine:
    """`wenzheng run` in a process of its own, again and again on one data folder and port."""

    def __init__(self, data: Path) -> None:
        self.settings = Settings(data_dir=data)
        self.port = free_port()
        self._process: subprocess.Popen[str] | None = None

    async def __aenter__(self) -> Self:
        await self.run()
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._process is not None:
            await self.end(signal.SIGINT)
        if error[0] is None:
            check_log(self.settings)

    async def run(self) -> None:
        """Start it and read what it says until it says where it is."""
        process = self._process = self._launch()
        assert process.stdout is not None
        said: list[str] = []
        while line := await asyncio.to_thread(process.stdout.readline):
            said.append(line)
            if line.startswith("Wenzheng: "):
                return
        raise AssertionError(f"expected an address, found {said}")

    def _launch(self) -> subprocess.Popen[str]:
        data, port = str(self.settings.data_dir), str(self.port)
        return subprocess.Popen(
            [sys.executable, "-m", "wenzheng", "run", "--data", data, "--port", port],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )

    def file(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.settings.run_file.read_text(encoding="utf-8"))
        return found

    async def end(self, sign: signal.Signals) -> None:
        """Ctrl-C at the terminal, or SIGKILL of every process at once."""
        process, self._process = self._process, None
        assert process is not None
        pids = self.file()["pids"]
        for name, pid in pids.items():
            if name == "run" or sign is signal.SIGKILL:
                os.kill(pid, sign)
        code = await asyncio.to_thread(process.wait, 60)
        assert process.stdout is not None
        process.stdout.close()
        assert code == (0 if sign is signal.SIGINT else -sign)
        for pid in pids.values():
            assert await asyncio.to_thread(ended, pid, 20)


async def test_letters_are_where_they_were_after_ctrl_c_and_after_kill_9_of_everything(
    tmp_path: Path,
) -> None:
    letters = [Sent(f"stage{done}") for done in range(len(PATH))]
    busy = Sent("busy")
    async with (
        OneMachine(tmp_path) as machine,
        people_of(machine.settings, f"http://127.0.0.1:{machine.port}") as people,
    ):

        async def stand() -> list[dict[str, Any]]:
            return [await people.read(letter) for letter in letters]

        async def wait_for_people() -> bool:
            """Nothing is under way: each letter waits for its next act."""
            return [letter["open"] for letter in await stand()] == [[act] for act, *_ in PATH]

        for done, letter in enumerate(letters):
            await people.carry(letter, PATH[:done])
        await until_true(wait_for_people, "every letter to wait for its next act")
        under_way = asyncio.create_task(people.carry(busy))  # its acts meet the end of the processes
        for sign in (signal.SIGINT, signal.SIGKILL):
            before = await stand()
            await machine.end(sign)
            await machine.run()
            assert await stand() == before
        await under_way
        for done, letter in enumerate(letters):
            await people.go_on(letter, PATH[done:])
        client = await client_of(machine.file()["temporal"])
        await check_all(client, machine.settings.database_url, [busy, *letters])
