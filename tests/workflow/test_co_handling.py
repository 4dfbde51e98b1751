"""Lead and co-handlers on the time-skipping server: each clock rings for its unit, also in a new history."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path
from typing import Any

from tests.support.co_handling import co_handling
from tests.support.house import House, Letter, house, skipping_server
from tests.support.replaying import keep_deployed, keep_histories, replayed
from wenzheng.bootstrap.deploying import deploy
from wenzheng.contracts import (
    CLOCK_STOPPED,
    COMPLETE_TASK_UPDATE,
    FACT_REACHED,
    TASK_CLOSED,
    TASK_OPENED,
    THRESHOLD_PASSED,
    ActResult,
    CompleteTask,
)


def said(home: House, letter: Letter, kind: str) -> list[dict[str, Any]]:
    with home.store.reader() as reader:
        return [one.data for one in reader.records(letter.instance) if one.kind == kind]


async def until(home: House, letter: Letter, kind: str, count: int) -> list[dict[str, Any]]:
    """The records of a kind, when there are so many."""
    for _ in range(3000):
        if len(said(home, letter, kind)) >= count:
            break
        await asyncio.sleep(0.02)
    return said(home, letter, kind)


async def by(home: House, letter: Letter, unit: str, element: str, **data: Any) -> None:
    """A unit does its task of those that several have open."""
    closed = {one["task_id"] for one in said(home, letter, TASK_CLOSED)}
    open_ = [one for one in said(home, letter, TASK_OPENED) if one["task_id"] not in closed]
    with home.store.reader() as reader:
        of_element = {one.task_id for one in reader.tasks(instance=letter.instance) if one.element == element}
    task = next(one["task_id"] for one in open_ if one.get("unit") == unit and one["task_id"] in of_element)
    act = CompleteTask(f"{element}-{unit}", element, unit, "department", data, task)
    await letter.handle.execute_update(COMPLETE_TASK_UPDATE, act, id=act.act_id, result_type=ActResult)


async def test_each_helpers_clock_rings_by_itself_also_in_a_new_history_and_the_silent_are_named(
    tmp_path: Path,
) -> None:
    async with skipping_server() as server, house(tmp_path, server) as home:
        home.definition = deploy(home.store, co_handling()).digest
        with server.auto_time_skipping_disabled():
            today: date = home.calendar.received_on(await server.get_current_time())
            letter = await home.submit(today, history_limit=15)
            await letter.act("assign", "clerk", department="housing", co_handling=["water", "transport"])
            await by(home, letter, "water", "take", needs_time=False)
            await by(home, letter, "water", "contribute", contribution="c")
            last = home.calendar.add(today, 3).date
            await server.sleep(home.calendar.end_of(last) - await server.get_current_time())
            passed = await until(home, letter, THRESHOLD_PASSED, 2)
            assert [(one["clock"], one["whose"], one["due"]) for one in passed[:2]] == [
                ("helper_sign@transport", "transport", home.calendar.add(today, 1).date.isoformat()),
                ("helper_time@transport", "transport", last.isoformat()),
            ]
            run = (await letter.handle.describe()).run_id
            begun = (await letter.handle.fetch_history()).events[0]
            first = begun.workflow_execution_started_event_attributes.first_execution_run_id
            assert first != run, "it has not begun a new history"
            await keep_histories(home.client, [letter.instance], tmp_path / "open")
            await letter.act("draft", "department", content_id="r")
            await letter.act("approve", "department_head", approved=True)
        assert await letter.handle.result() == "answered"
        (fact,) = [one for one in said(home, letter, FACT_REACHED) if one["fact"] == "replied"]
        assert fact["data"]["silent"] == ["transport"]
        stopped = {one["clock"]: (one["reason"], one["lamp"]) for one in said(home, letter, CLOCK_STOPPED)}
        assert stopped["helper_time@water"] == ("completed", "green")
        assert stopped["helper_time@transport"] == ("cancelled", "yellow")
        keep_deployed(tmp_path / "library", home.store, "petition")
        await keep_histories(home.client, [letter.instance], tmp_path / "open")
    assert replayed(tmp_path / "open", tmp_path / "library") == {letter.instance: None}
