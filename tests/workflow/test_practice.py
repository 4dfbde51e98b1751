"""A practice city: letters age in seconds, the clock stands still with the city, nothing else changes."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from sqlalchemy import select
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from tests.support.citizen import WORD
from tests.support.house import DEPARTMENT, House, Letter, house, skipping_server
from tests.support.replaying import keep_deployed, keep_histories, replayed
from wenzheng.calendars.china import china
from wenzheng.calendars.pace import Pace, read_pace
from wenzheng.cli.main import execute
from wenzheng.contracts import CLOCK_STARTED, PACE_SIGNAL, THRESHOLD_PASSED
from wenzheng.gateways.parts import wait_until
from wenzheng.gateways.temporal_server import EmbeddedServer
from wenzheng.practice import pace_input, set_going
from wenzheng.store import open_store
from wenzheng.store.tables.petitions import PetitionTable
from wenzheng.web.proof import HEADER

ROOT = Path(__file__).resolve().parents[2]
EPOCH = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
"""A Tuesday, 10:00 in the city."""
YELLOW = datetime(2026, 9, 8, 16, tzinfo=UTC)
"""The first instant after the fifth working day: midnight before Wednesday, 9 September."""


async def practice(server: WorkflowEnvironment) -> Pace:
    """A pace that begins now and shows the epoch."""
    return Pace(china(), read_pace("5s"), await server.get_current_time(), EPOCH)


def passed(home: House, letter: Letter) -> list[tuple[str, datetime]]:
    """(lamp, shown instant) of each lamp of the letter clock."""
    with home.store.reader() as reader:
        return [
            (record.data["lamp"], record.at)
            for record in reader.timeline(letter.id)
            if record.kind == THRESHOLD_PASSED and record.data["clock"] == "letter"
        ]


async def test_trainer_sees_a_letter_turn_yellow_after_five_days_of_five_seconds(tmp_path: Path) -> None:
    async with skipping_server() as server, house(tmp_path, server) as home:
        with server.auto_time_skipping_disabled():
            pace = home.pace = await practice(server)
            letter = await home.submit(EPOCH.date())
            await letter.accept_and_assign()
            await server.sleep(pace.real(YELLOW) - await server.get_current_time())
            await letter.until_flushed()
        with home.store.reader() as reader:
            days = [r.data["day0"] for r in reader.timeline(letter.id) if r.kind == CLOCK_STARTED]
            entries = [(e.role, e.unit_id, e.threshold) for e in reader.escalations(letter.id)]
        assert set(days) == {"2026-09-01"}
        assert ("department_head", DEPARTMENT, "yellow") in entries
        [(lamp, at)] = passed(home, letter)
        assert lamp == "yellow"
        # The alarm rings late by some of the machine's time: seventeen thousand times as much here.
        assert YELLOW <= at < YELLOW + timedelta(days=3)


async def test_letter_keeps_its_pace_through_new_histories(tmp_path: Path) -> None:
    async with skipping_server() as server, house(tmp_path, server) as home:
        with server.auto_time_skipping_disabled():
            home.pace = await practice(server)
            letter = await home.submit(EPOCH.date(), history_limit=10)
            await letter.accept_and_assign()
            await letter.until_open("sign")
            result = await letter.act("sign", "department")
        first = (await letter.handle.describe()).raw_description.workflow_execution_info.first_run_id
        assert (await letter.handle.describe()).run_id != first
        assert EPOCH < result.at < EPOCH + timedelta(days=30)


@pytest.mark.slow
@pytest.mark.xdist_group("embedded-server")
async def test_clock_stands_still_while_the_city_is_stopped(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path)
    address = await server.start()
    try:
        client = await Client.connect(address)
        async with house(tmp_path, client) as home:
            pace = home.pace = Pace(china(), read_pace("1s"), datetime.now(UTC), EPOCH)
            letter = await home.submit(EPOCH.date())
            await letter.until_open("accept")
            await letter.act("accept", "clerk", accepted=True)
            await letter.until_open("assign")
        stopped = pace.shown(datetime.now(UTC))
        # Nobody works, and the alarm of the yellow lamp rings at the server.
        over = pace.real(YELLOW) + timedelta(seconds=0.5)
        assert await asyncio.to_thread(wait_until, lambda: datetime.now(UTC) > over, 60)
        resumed = pace.resumed(datetime.now(UTC), stopped)
        await letter.handle.signal(PACE_SIGNAL, pace_input(resumed))
        async with house(tmp_path, client) as home:
            home.pace = resumed
            letter = Letter(home, letter.id, letter.number)
            result = await letter.act("assign", "clerk", department=DEPARTMENT)
            if result.at < YELLOW:  # else this machine took five seconds for it
                assert passed(home, letter) == []
            assert await asyncio.to_thread(wait_until, lambda: bool(passed(home, letter)), 60)
            [(lamp, at)] = passed(home, letter)
            assert lamp == "yellow"
            assert at < resumed.shown(datetime.now(UTC)) < pace.shown(datetime.now(UTC))
            await keep_histories(home.client, [letter.instance], tmp_path / "histories")
            keep_deployed(tmp_path / "library", home.store)
    finally:
        server.stop()
    assert replayed(tmp_path / "histories", tmp_path / "library") == {letter.instance: None}


# --- the data folder ------------------------------------------------------------------------------


def test_clock_goes_on_where_it_stood_and_never_before_what_has_happened(tmp_path: Path) -> None:
    alive = tmp_path / "clock.alive"
    real = [EPOCH]
    with closing(open_store(f"sqlite:///{tmp_path / 'wenzheng.db'}")) as store:
        store.migrate()
        with store.unit_of_work() as unit:
            unit.save_calendar(digest=china().version, id="cn", document=china().document(), at=EPOCH)

        def go(wanted: str | None = None) -> Pace:
            pace = set_going(store, alive, read_pace(wanted) if wanted else None, china(), lambda: real[0])
            assert pace is not None
            return pace

        first = go("5s")
        assert (first.epoch_real, first.epoch_shown) == (EPOCH, EPOCH)
        last_seen = EPOCH + timedelta(seconds=20)
        os.utime(alive, (last_seen.timestamp(), last_seen.timestamp()))
        real[0] = EPOCH + timedelta(days=3)
        second = go()
        assert second.epoch_shown == first.shown(last_seen)
        alive.unlink()  # somebody tidied up: nothing was seen since the second start
        real[0] += timedelta(days=1)
        assert go("5s").epoch_shown - second.epoch_shown < timedelta(minutes=1)


@contextmanager
def running(data: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """`wenzheng run` in another process, stopped at the end as by Ctrl-C."""
    process = subprocess.Popen(
        [sys.executable, "-m", "wenzheng", "run", "--data", str(data), *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        assert process.stdout is not None
        process.stdout.close()


def until_address(process: subprocess.Popen[str]) -> str:
    """What it prints up to its address; the address last."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if "Wenzheng: http://" in line:
            return line.split()[-1]
    raise AssertionError(f"no address; it said {said}")


def file_letter(web: httpx2.Client) -> str:
    answer = web.post(
        "/api/petitions",
        json={"title": "路灯坏了", "text": "三个星期了。", "kind": "help", "passphrase": WORD},
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["tracking_code"])


def turned(folder: Path) -> list[str]:
    """The lamps that the clock of the only letter has turned."""
    with closing(open_store(f"sqlite:///{folder / 'wenzheng.db'}")) as store, store.reader() as reader:
        [letter] = [row.id for row in reader.session.scalars(select(PetitionTable))]
        passed = [row.data for row in reader.timeline(letter) if row.kind == THRESHOLD_PASSED]
    return [data["lamp"] for data in passed if data["clock"] == "letter" and data["lamp"]]


@pytest.mark.slow
@pytest.mark.xdist_group("embedded-server")
def test_letter_turns_yellow_and_red_within_seconds_and_tomorrow_the_city_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def lamp(code: str) -> Any:
        return web.get(f"/api/petitions/{code}", headers={HEADER: quote(WORD)}).json()["lamp"]

    def shown() -> datetime:
        return datetime.fromisoformat(web.get("/api/health").json()["now"])

    with (
        running(tmp_path, "--pace", "200ms") as city,
        httpx2.Client(base_url=until_address(city), trust_env=False, timeout=60) as web,
    ):
        assert web.get("/api/health").json()["working_day"] == "200ms"
        assert "演练模式：一个工作日只有 200 毫秒" in web.get("/").text
        code = file_letter(web)
        # Two seconds lie between yellow and red: a busy machine may sleep through them.
        assert wait_until(lambda: lamp(code) == "red", 60)
        # The lamp is red by the time alone; the worker rings a moment later.
        assert wait_until(lambda: turned(tmp_path) == ["yellow", "red"], 60)
        last, seen = shown(), time.monotonic()
    ran = time.monotonic() - seen
    assert execute(["run", "--data", str(tmp_path), "--pace", "5s"]) == 2
    assert "pace is 200ms a working day" in capsys.readouterr().err
    seen = time.monotonic()
    with (
        running(tmp_path) as city,
        httpx2.Client(base_url=until_address(city), trust_env=False, timeout=60) as web,
    ):
        now = shown()
        ran += time.monotonic() - seen
        # Working days that fit into the time the city ran, doubled for days off, and the longest holidays.
        assert last <= now < last + timedelta(days=2 * ran / 0.2 + 30)
        assert lamp(code) == "red"


@pytest.mark.slow
@pytest.mark.xdist_group("embedded-server")
def test_folder_with_letters_of_real_time_refuses_a_pace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (
        running(tmp_path) as city,
        httpx2.Client(base_url=until_address(city), trust_env=False, timeout=60) as web,
    ):
        file_letter(web)
        assert "演练" not in web.get("/").text
    assert execute(["run", "--data", str(tmp_path), "--pace", "5s"]) == 2
    said = capsys.readouterr().err
    assert "letters that live in real time" in said
    assert "--data" in said


def test_wrong_pace_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["run", "--data", str(tmp_path / "new"), "--pace", "five"]) == 2
    assert "--pace: expected how long a working day lasts" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
