"""Instances of several years, and instances that Temporal asks to begin a new history."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import select
from temporalio.client import Client, WorkflowHandle

from tests.support.bpmn import bpmn
from tests.support.house import House, house, petition_bundle, skipping_server
from tests.support.loops import NAMED, around
from tests.support.replaying import keep_deployed, replayed
from wenzheng.bootstrap.deploying import deploy
from wenzheng.catalog.bundle import Bundle
from wenzheng.contracts import (
    COMPLETE_TASK_UPDATE,
    PROCESS_WORKFLOW,
    TASK_CLOSED,
    TASK_QUEUE,
    THRESHOLD_PASSED,
    ActResult,
    CalendarRef,
    CompleteTask,
    DefinitionRef,
    StartProcess,
)
from wenzheng.gateways.temporal_server import EmbeddedServer
from wenzheng.store.tables.log import RecordTable
from workflows.process import ProcessWorkflow

ROUNDS: Final = 490
"""Of two working days each: five years."""
YEARS: Final = around(
    f"catch w days=2\nscript x: n = n + 1; stop = n >= {ROUNDS}",
    "w -> x",
    "var n int = 0\nclock k starts=m stops=w yellow=1:supervision\n",
)
"""Every round has a clock, whose lamp turns yellow after its first working day."""

STATE_BYTES: Final = 6_000
"""Of a history's start: the state of such an instance, and its last 64 acts."""


async def begin(home: House, notation: str, history_limit: int = 0) -> WorkflowHandle[ProcessWorkflow, str]:
    """Deploy a process and start an instance of it."""
    words = {name: text for name, text in petition_bundle().files.items() if name.startswith("messages/")}
    definition = deploy(home.store, Bundle("long", {"long.bpmn": bpmn(notation), **words})).digest
    start = StartProcess("p", {}, history_limit=history_limit)
    return await home.client.start_workflow(
        PROCESS_WORKFLOW,
        args=[DefinitionRef(definition), CalendarRef(home.calendar.version), start],
        id="long-1",
        task_queue=TASK_QUEUE,
        result_type=str,
    )


async def histories(home: House, folder: Path) -> int:
    """Put the histories of the instance into a folder; how many there are."""
    folder.mkdir()  # noqa: ASYNC240 - nothing else runs here
    handle = home.client.get_workflow_handle("long-1")
    started = (await handle.fetch_history()).events[0].workflow_execution_started_event_attributes
    run, count = started.first_execution_run_id, 0
    while run:
        history = await home.client.get_workflow_handle("long-1", run_id=run).fetch_history()
        if len(history.events) > 3:  # the worker has seen it; the replayer waits for ever for the rest
            (folder / f"{count:03}.json").write_text(history.to_json())
        begun, ended = history.events[0], history.events[-1]
        given = begun.workflow_execution_started_event_attributes.input.payloads[2].data
        assert len(given) < STATE_BYTES
        run = ended.workflow_execution_continued_as_new_event_attributes.new_execution_run_id
        count += 1
    return count


async def replays(home: House, folder: Path) -> None:
    """Every history replays in a fresh process."""
    keep_deployed(folder / "library", home.store, "long")
    outcomes = await asyncio.to_thread(replayed, folder / "histories", folder / "library")
    assert outcomes == dict.fromkeys(outcomes)


def rows(home: House, kind: str | None = None) -> list[RecordTable]:
    """What the store holds of the instance, in its order."""
    with home.store.reader() as reader:
        query = select(RecordTable).order_by(RecordTable.seq, RecordTable.ordinal)
        return [row for row in reader.session.scalars(query) if kind in {None, row.kind}]


def expected_days(home: House, begun: date) -> list[str]:
    """The working days on which the lamps turn."""
    days = []
    for _ in range(ROUNDS):
        days.append(home.calendar.add(begun, 1).date.isoformat())
        begun = home.calendar.today(home.calendar.late_from(begun, 2))
    return days


@pytest.mark.slow
async def test_alarms_of_five_years_of_working_days_come_on_their_days_in_many_histories(
    tmp_path: Path,
) -> None:
    async with skipping_server() as server, house(tmp_path, server) as home:
        begun = home.calendar.today(await server.get_current_time())
        handle = await begin(home, YEARS, history_limit=500)
        assert await handle.result() == "completed"
        assert [row.data["due"] for row in rows(home, THRESHOLD_PASSED)] == expected_days(home, begun)
        seqs = [row.seq for row in rows(home)]
        assert sorted(set(seqs)) == list(range(1, seqs[-1] + 1))
        assert await histories(home, tmp_path / "histories") > 5
        await replays(home, tmp_path)


class EagerServer(EmbeddedServer):
    """A server that suggests a new history after twenty events instead of thousands."""

    def _command(self, port: int) -> list[str]:
        return [
            *super()._command(port),
            "--dynamic-config-value",
            "limit.historyCount.suggestContinueAsNew=20",
        ]


async def test_an_instance_goes_on_in_a_new_history_when_temporal_suggests_it(tmp_path: Path) -> None:
    server = EagerServer(tmp_path)
    address = await server.start()
    try:
        async with house(tmp_path, await Client.connect(address)) as home:
            handle = await begin(home, NAMED["a loop in a sub-process"])
            for number in range(1, 41):
                act = CompleteTask(f"act-{number}", "u", "li", "clerk", {})
                result = await handle.execute_update(
                    COMPLETE_TASK_UPDATE, act, id=act.act_id, result_type=ActResult
                )
                assert result.open_elements == ["u"]
            assert len(rows(home, TASK_CLOSED)) == 40
            assert await histories(home, tmp_path / "histories") >= 5
            await replays(home, tmp_path)
    finally:
        server.stop()
