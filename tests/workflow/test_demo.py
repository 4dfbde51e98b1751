"""The demo on real processes: forty letters with a past, alive, each once, whatever is killed when."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import select
from temporalio.client import Client

from tests.support.replaying import keep_deployed, keep_histories, replayed
from tests.workflow.test_practice import file_letter, running, until_address
from wenzheng.bootstrap.city import FORUM, PETITION
from wenzheng.bootstrap.demo import load_demo
from wenzheng.bootstrap.preparing import prepare
from wenzheng.cli.main import execute
from wenzheng.demo.folder import is_complete
from wenzheng.gateways.parts import wait_until
from wenzheng.settings import Settings
from wenzheng.store import Store, open_store
from wenzheng.store.outbox import DELIVER, NOTICE, START_WORKFLOW
from wenzheng.store.tables.instances import InstanceTable
from wenzheng.store.tables.petitions import PetitionTable

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("embedded-server")]

ROOT = Path(__file__).resolve().parents[2]
STAGES = {
    *("received", "accepted", "assigned", "acknowledged", "drafted", "replied"),
    *("promised", "reported", "completed", "fed_back", "verdict", "closed"),
}
WAITING = {
    *("accept", "assign", "sign", "reply", "approve", "complete", "check", "feedback", "rate", "decide"),
}
OUTCOMES = {"solved", "unconfirmed", "decided", "rejected", "withdrawn"}


class Staff:
    """People at the API of a running city."""

    def __init__(self, web: httpx2.Client, data: Path) -> None:
        self._web = web
        self._tokens = json.loads((data / "tokens.json").read_text())

    def ask(self, account: str, path: str, **query: Any) -> dict[str, Any]:
        answer = self._web.get(path, params=query, headers=self._headers(account))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def do(self, account: str, path: str, **body: Any) -> dict[str, Any]:
        answer = self._web.post(path, json=body, headers=self._headers(account))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def _headers(self, account: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._tokens[account]}"}


def letters(store: Store) -> dict[str, tuple[str, str, str | None, tuple[str, ...]]]:
    """Stage, state, outcome and open tasks of every letter, by its number."""
    found = {}
    with store.reader() as reader:
        of_letters = select(InstanceTable).where(InstanceTable.petition_id.is_not(None))
        instances = reader.session.scalars(of_letters)
        for row in instances:
            petition = reader.session.get_one(PetitionTable, row.petition_id)
            tasks = reader.tasks(petition_id=petition.id, open_only=True)
            open_tasks = tuple(task.element for task in tasks)
            found[petition.number] = (row.stage, row.state, row.outcome, open_tasks)
    return found


def instances(store: Store) -> list[str]:
    with store.reader() as reader:
        return list(reader.session.scalars(select(InstanceTable.instance)))


def are_alive(store: Store) -> bool:
    with store.reader() as reader:
        states = set(reader.session.scalars(select(InstanceTable.state)))
    return "pending" not in states


def all_is_delivered(store: Store) -> bool:
    with store.reader() as reader:
        return reader.due(now=datetime.now(UTC), kind=DELIVER) == []


def test_trainer_finds_every_stage_and_lamp_alive_and_nothing_went_out(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with (
        running(tmp_path, "--demo") as city,
        httpx2.Client(base_url=until_address(city), trust_env=False, timeout=60) as web,
        closing(open_store(settings.database_url)) as store,
    ):
        staff = Staff(web, tmp_path)
        assert wait_until(lambda: are_alive(store), 60)
        found = letters(store)
        assert len(found) == 40 + 1  # and the one that came of the forum
        assert {stage for stage, *_ in found.values()} == STAGES
        assert {task for *_, tasks in found.values() for task in tasks} == WAITING
        assert {outcome for _, _, outcome, _ in found.values()} == OUTCOMES | {None}
        page = web.get("/api/petitions", params={"limit": 100}).json()
        assert {item["lamp"] for item in page["items"]} == {"unlit", "green", "yellow", "red"}
        with store.reader() as reader:
            assert reader.due(now=datetime.now(UTC), kind=NOTICE) == []
            [stopped] = reader.incidents()
            ended, going_on = sorted(reader.forum_sessions(), key=lambda one: one.state)
            [matter] = reader.forum_matters(ended.id)
        assert (stopped.element, stopped.code) == ("tell_accepted", "mail-gateway-away")
        [shown] = staff.ask("operator", "/api/incidents")["items"]
        staff.do("operator", f"/api/incidents/{shown['id']}/retry", reason="网关已恢复")
        assert (matter.outcome, matter.promised_by is not None) == ("solved", True)
        assert wait_until(lambda: all_is_delivered(store), 60)  # the session has ended: it hears nothing new
        assert (ended.state, ended.outcome) == ("completed", "completed")
        assert (going_on.state, going_on.stage) == ("running", "announced")
        assert ended.session_on < datetime.now(UTC).date() < going_on.session_on
        open_now = {task["element"] for task in staff.ask("clerk", f"/api/forum/{going_on.number}")["tasks"]}
        assert open_now == {"collect"}
        staff.do(
            "clerk", f"/api/forum/{going_on.number}/tasks/collect", data={"questions": "一", "asked_by": 1}
        )
        # One of them goes on.
        number = next(number for number, (*_, tasks) in sorted(found.items()) if tasks == ("accept",))
        staff.do("clerk", f"/api/petitions/{number}/accept")
        assert letters(store)[number][0] == "accepted"
        asyncio.run(_histories(store, tmp_path, settings))
        # An author is told how to open a letter, and rates it.
        [told] = load_demo(settings, lambda *_: pytest.fail("loaded again"), asked=False)
        words = re.fullmatch(r"To be an author.* tracking code (\S+), contact (\S+)\.", told)
        assert words is not None
        code, contact = words.groups()
        assert web.get(f"/api/petitions/{code}").status_code == 403
        rated = web.post(
            f"/api/petitions/{code}/rate", json={"solved": True, "satisfaction": 5, "passphrase": contact}
        )
        assert rated.status_code == 200, rated.text
    outcomes = replayed(tmp_path / "histories", tmp_path / "library")
    assert outcomes == dict.fromkeys(outcomes)
    assert len(outcomes) == 41 + 2
    # The next start adds nothing.
    prepare(settings, demo=True)
    load_demo(settings, lambda *_: pytest.fail("loaded again"), asked=True)


async def _histories(store: Store, folder: Path, settings: Settings) -> None:
    client = await Client.connect(json.loads(settings.run_file.read_text())["temporal"])
    await keep_histories(client, instances(store), folder / "histories")
    for bundle in (PETITION, FORUM):
        keep_deployed(folder / "library", store, bundle)


def test_alarm_of_a_letter_of_the_demo_rings_in_practice_time(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with (
        running(tmp_path, "--demo", "--pace", "1s") as city,
        httpx2.Client(base_url=until_address(city), trust_env=False, timeout=60) as web,
        closing(open_store(settings.database_url)) as store,
    ):
        assert "演练模式" in web.get("/").text
        # Three are asked for their verdict; ten working days later they close unconfirmed.
        assert wait_until(lambda: len(closed(store, "unconfirmed")) == 4, 90)


def closed(store: Store, outcome: str) -> list[str]:
    return [number for number, (_, _, found, _) in letters(store).items() if found == outcome]


LOADER = """
import os, sys
from pathlib import Path
from wenzheng.bootstrap.demo import load_demo
from wenzheng.bootstrap.preparing import prepare
from wenzheng.settings import Settings
settings = Settings(data_dir=Path(sys.argv[1]))
def progress(done, of):
    if done == 17:
        os.kill(os.getpid(), 9)
prepare(settings, demo=True)
load_demo(settings, progress, asked=True)
"""


def test_load_that_was_killed_is_finished_by_the_next_run_and_no_letter_comes_twice(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    killed = subprocess.run([sys.executable, "-c", LOADER, str(tmp_path)], cwd=ROOT, check=False)
    assert killed.returncode == -9
    with closing(open_store(settings.database_url)) as store:
        before = letters(store)
        assert len(before) == 17
        prepare(settings)
        load_demo(settings, lambda _done, _of: None, asked=False)  # nobody need ask again
        after = letters(store)
        assert len(after) == 40 + 1
        assert before.keys() < after.keys()
        assert is_complete(store)
        with store.reader() as reader:
            starts = reader.due(now=datetime.now(UTC), kind=START_WORKFLOW, limit=100)
        assert sorted(row.instance for row in starts) == sorted(instances(store))


def test_folder_with_letters_of_its_own_refuses_the_demo(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (
        running(tmp_path) as city,
        httpx2.Client(base_url=until_address(city), trust_env=False, timeout=60) as web,
    ):
        file_letter(web)
    assert execute(["run", "--data", str(tmp_path), "--demo"]) == 2
    said = capsys.readouterr().err
    assert "letters of its own" in said
    assert "--data" in said
