"""The store or Temporal is away: letters wait, nothing is lost, and little history is written.

The virtual hours run on the time-skipping server; where Temporal is away, web, worker and server are
real processes.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment

from tests.support.house import DEPARTMENT, House, Letter, house, skipping_server
from tests.support.in_flight import (
    PATH,
    SERVER,
    SUBMIT,
    WEB,
    WORKER,
    Sent,
    city,
    client_of,
    people_of,
    store_locked,
    until_true,
)
from tests.support.ledger import check_all, check_fold, check_recorded, check_solved, histories
from wenzheng.bootstrap.city import PETITION
from wenzheng.bootstrap.deploying import deploy
from wenzheng.catalog.bundle import Bundle, read_bundle
from wenzheng.contracts import REFUSED_TRY_AGAIN, THRESHOLD_PASSED, CompleteTask, StartProcess
from wenzheng.gateways.ports import ProcessUnavailable
from wenzheng.gateways.processes import TemporalProcesses
from wenzheng.gateways.temporal_server import EmbeddedServer
from wenzheng.settings import definitions_dir

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kills")]

_LOG = logging.getLogger(__name__)
EXTRA_EVENTS = 20
HOUR = timedelta(hours=1)

# --- the store away -------------------------------------------------------------------------


HANDS: dict[str, tuple[str, dict[str, Any]]] = {
    "accept": ("clerk", {"accepted": True}),
    "assign": ("clerk", {"department": DEPARTMENT}),
    "sign": ("department", {}),
    "reply": ("department", {"content_id": "c1", "reply_kind": "done"}),
    "approve": ("department_head", {"approved": True}),
    "complete": ("department", {"content_id": "c2"}),
    "check": ("clerk", {"done": True}),
    "feedback": ("department", {"content_id": "c3"}),
    "rate": ("author", {"solved": True, "satisfaction": 5}),
}


async def act_on(letter: Letter, sent: Sent, element: str) -> None:
    role, data = HANDS[element]
    await letter.act(element, role, act_id=sent.act_id(element), **data)
    sent.acknowledged.append(sent.act_id(element))


async def submitted(home: House, server: WorkflowEnvironment, name: str) -> tuple[Letter, Sent]:
    today = (await server.get_current_time()).astimezone(home.calendar.zone).date()
    letter = await home.submit(today)
    return letter, Sent(name, {"id": letter.id}, [f"{name}-{SUBMIT}"])


async def calm_events(home: House, server: WorkflowEnvironment) -> int:
    """The number of events of a letter that nothing disturbs."""
    letter, sent = await submitted(home, server, "calm")
    for element in HANDS:
        await letter.until_open(element)
        await act_on(letter, sent, element)
    return (await histories(home.client, [sent]))["calm"].events


async def run_ids(client: Client, letters: list[Sent]) -> dict[str, str]:
    """The runs of those letters that Temporal knows, by name."""
    found = {}
    for letter in letters:
        try:
            described = await client.get_workflow_handle(letter.instance).describe()
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise
        else:
            found[letter.name] = str(described.run_id)
    return found


async def let_pass(server: WorkflowEnvironment, home: House, during: timedelta) -> int:
    """Virtual time goes by; returns how often somebody tried to write meanwhile."""
    before = home.sink.attempts
    await server.sleep(during)
    return home.sink.attempts - before


async def refused_while_away(letter: Letter) -> None:
    """A new act is refused at once, not taken in and kept waiting."""
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await asyncio.wait_for(letter.withdraw(), 60)
    assert isinstance(refused.value.cause, ApplicationError)
    assert refused.value.cause.type == REFUSED_TRY_AGAIN


@pytest.mark.parametrize("element", ["accept", "reply", "rate"])
async def test_letter_waits_out_a_virtual_hour_without_its_store(tmp_path: Path, element: str) -> None:
    async with skipping_server() as server, house(tmp_path, server) as home:
        with server.auto_time_skipping_disabled():
            calm = await calm_events(home, server)
            letter, sent = await submitted(home, server, "patient")
            for step in HANDS:
                await letter.until_open(step)
                await letter.until_flushed()
                home.sink.away = step == element
                tries = home.sink.attempts
                acting = asyncio.create_task(act_on(letter, sent, step))
                if home.sink.away:
                    await home.sink.until_tried(tries + 3)  # twice at once, then patiently
                    await refused_while_away(letter)
                    # Once a minute after the first minute, not every 200 ms.
                    assert 50 <= await let_pass(server, home, HOUR) <= 70
                    await refused_while_away(letter)
                    assert not acting.done()
                    home.sink.away = False
                    await server.sleep(timedelta(minutes=2))
                await acting
            found = (await histories(home.client, [sent]))["patient"]
        check_solved(sent, found)
        check_recorded(home.store, sent, relayed=False)
        check_fold(home.store, sent)
        _LOG.info("store away at '%s': %d events, calm %d", element, found.events, calm)
        assert found.events - calm <= EXTRA_EVENTS


async def test_notice_that_could_not_be_written_for_an_hour_is_written_once(tmp_path: Path) -> None:
    async with skipping_server() as server, house(tmp_path, server) as home:
        with server.auto_time_skipping_disabled():
            calm = await calm_events(home, server)
            letter, sent = await submitted(home, server, "patient")
            await letter.until_open("accept")
            home.sink.notices_away = True
            await act_on(letter, sent, "accept")
            await let_pass(server, home, HOUR)
            assert (await letter.snapshot()).open_tasks == []
            home.sink.notices_away = False
            await server.sleep(timedelta(minutes=2))
            for step in list(HANDS)[1:]:
                await letter.until_open(step)
                await act_on(letter, sent, step)
            found = (await histories(home.client, [sent]))["patient"]
        check_solved(sent, found)
        check_recorded(home.store, sent, relayed=False)
        assert found.events - calm <= EXTRA_EVENTS


async def test_limit_that_passes_while_the_store_is_away_is_told_once_and_with_its_own_date(
    tmp_path: Path,
) -> None:
    async with skipping_server() as server, house(tmp_path, server) as home:
        with server.auto_time_skipping_disabled():
            letter, _ = await submitted(home, server, "silent")
            await letter.until_open("accept")
            await letter.until_flushed()
            today = (await server.get_current_time()).astimezone(home.calendar.zone).date()
            late = home.calendar.late_from(today, 1)  # the centre's own limit
            await server.sleep(late - HOUR / 2 - await server.get_current_time())
            home.sink.away = True
            assert await let_pass(server, home, HOUR) >= 30
            home.sink.away = False
            await server.sleep(timedelta(minutes=2))
            await letter.until_flushed()
        with home.store.reader() as reader:
            passed = [row.data["from"] for row in reader.timeline(letter.id) if row.kind == THRESHOLD_PASSED]
            told = [entry.role for entry in reader.escalations(letter.id)]
        assert passed == [late.isoformat()]
        assert told == ["centre_head"]


async def test_acts_on_a_store_that_another_program_locks_are_written_once_when_it_lets_go(
    tmp_path: Path,
) -> None:
    letters = [Sent(f"locked{number}") for number in range(24)]
    accept, account, body = PATH[0]
    async with city(tmp_path) as town, people_of(town.settings, town.url) as people:
        await town.start(SERVER, WORKER, WEB)
        await people.until_web_answers()
        client = await client_of(town.server.address)
        await people.carry(calm := Sent("calm"))
        await asyncio.gather(*map(people.submit, letters))

        async def all_wait() -> bool:
            return all([(await people.read(letter))["open"] == [accept] for letter in letters])

        await until_true(all_wait, "every letter to wait for the clerk", 60)
        async with store_locked(town.settings):
            # Longer than the worker gives an attempt to write: the first ones are given up.
            answers = await asyncio.gather(*(people.once(each, accept, account, body) for each in letters))
            assert {answer.json()["code"] for answer in answers} <= {"process-away", "try-again"}
        await asyncio.gather(*(people.go_on(letter, PATH) for letter in letters))
        events = await check_all(client, town.settings.database_url, [calm, *letters])
        assert max(events[letter.name] for letter in letters) - events["calm"] <= EXTRA_EVENTS


# --- Temporal away --------------------------------------------------------------------------


async def test_letters_sent_while_temporal_is_away_start_later_each_once(tmp_path: Path) -> None:
    letters = [Sent(f"early{number}") for number in range(12)]
    async with city(tmp_path) as town, people_of(town.settings, town.url) as people:
        await town.start(SERVER, WEB)  # the web learns the address
        town.kill(SERVER)
        await people.until_web_answers()
        await asyncio.gather(*map(people.submit, letters))  # each answered with 201
        # Temporal comes back; the relay starts a letter and cannot note it down any more.
        async with store_locked(town.settings):
            await town.start(SERVER)
            client = await client_of(town.server.address)

            async def started() -> int:
                return (await client.count_workflows()).count

            async def one_started() -> bool:
                return await started() >= 1

            await until_true(one_started, "a letter to be started", 60)
            town.kill(WEB)
        runs = await run_ids(client, letters)
        assert runs
        await town.start(WEB, WORKER)
        await asyncio.gather(*(people.go_on(letter, PATH) for letter in letters))
        await check_all(client, town.settings.database_url, letters)
        after = await run_ids(client, letters)
        assert {name: after[name] for name in runs} == runs  # not started again
        assert await started() == len(letters)


# --- the definition away --------------------------------------------------------------------


def another_version(folder: Path) -> Bundle:
    """The shipped definition with another digest."""
    shutil.copytree(definitions_dir() / PETITION, folder)
    model = folder / "petition.yaml"
    model.write_text(model.read_text(encoding="utf-8") + "# 2\n", encoding="utf-8")
    return read_bundle(folder)


async def test_clerk_is_asked_to_try_again_while_the_worker_lacks_the_definition(tmp_path: Path) -> None:
    bundle = another_version(tmp_path / "petition")
    server = EmbeddedServer(tmp_path)
    await server.start()
    try:
        async with house(tmp_path, await Client.connect(server.address)) as home:
            processes = TemporalProcesses(server.address)
            start = StartProcess(PETITION, {"petition_id": "p", "received_on": "2026-11-20"})
            await processes.start("petition-p", bundle.digest, home.calendar.version, start)
            act = CompleteTask("a", "accept", "li", "clerk", {"accepted": True})
            seen: set[RPCStatusCode | None] = set()
            while RPCStatusCode.FAILED_PRECONDITION not in seen:
                with pytest.raises(ProcessUnavailable) as away:
                    await processes.complete_task("petition-p", act)
                assert not away.value.not_started
                seen.add(getattr(away.value.__cause__, "status", None))
            deploy(home.store, bundle)

            async def done() -> bool:
                with contextlib.suppress(ProcessUnavailable):
                    return (await processes.complete_task("petition-p", act)).actor == "li"
                return False

            await until_true(done, "the act to be done", 60)
    finally:
        server.stop()
