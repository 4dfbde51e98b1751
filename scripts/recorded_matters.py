"""Lives the stories of `recorded_families` on a server, move by move."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from scripts.recorded_families import Family
from tests.support.house import House
from wenzheng.bootstrap.deploying import deploy
from wenzheng.contracts import (
    COMPLETE_TASK_UPDATE,
    PROCESS_WORKFLOW,
    RESOLVE_INCIDENT_UPDATE,
    SEND_MESSAGE_UPDATE,
    SNAPSHOT_QUERY,
    TASK_QUEUE,
    CalendarRef,
    CompleteTask,
    DefinitionRef,
    ResolveIncident,
    SendMessage,
    Snapshot,
    StartProcess,
)

TRIES: Final = 1_000


@dataclass
class Matter:
    """One instance of a family on a server."""

    home: House
    server: WorkflowEnvironment
    instance: str
    acts: int = 0

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        """Its workflow."""
        return self.home.client.get_workflow_handle(self.instance)

    async def begin(self, definition: str, history_limit: int) -> None:
        """Start it."""
        start = StartProcess("p", {}, history_limit=history_limit)
        given = [DefinitionRef(definition), CalendarRef(self.home.calendar.version), start]
        await self.home.client.start_workflow(
            PROCESS_WORKFLOW, args=given, id=self.instance, task_queue=TASK_QUEUE
        )

    async def move(self, text: str) -> None:
        """Wait until a move can be done, and do it."""
        kind, _, rest = text.partition(" ")
        name, _, data = rest.partition(" ")
        self.acts += 1
        moves: dict[str, Callable[[str, dict[str, Any]], Awaitable[None]]] = {
            "complete": self.complete,
            "send": self.send,
            "retry": self.resolve("retry"),
            "skip": self.resolve("skip"),
            "answer": self.resolve("answer"),
            "expect": self.expect,
            "pass": self.pass_time,
            "break": self.services(refused=True),
            "mend": self.services(refused=False),
        }
        await moves[kind](name, json.loads(data or "{}"))

    async def until(self, what: str, holds: Callable[[Snapshot], bool]) -> Snapshot:
        """Wait, without moving time, for a state."""
        for _ in range(TRIES):
            found: Snapshot = await self.handle.query(SNAPSHOT_QUERY, result_type=Snapshot)
            if holds(found):
                return found
            await asyncio.sleep(0.02)
        raise AssertionError(f"expected {what} in {self.instance}, found it did not come about")

    async def complete(self, element: str, data: dict[str, Any]) -> None:
        """Somebody completes the oldest open task of an element."""

        def tasks(found: Snapshot) -> list[str]:
            return [str(task["task_id"]) for task in found.open_tasks if task["element"] == element]

        task_id = tasks(await self.until(f"'{element}' open", lambda found: bool(tasks(found))))[0]
        act = CompleteTask(f"act-{self.acts}", element, "li", "clerk", data, task_id)
        await self.handle.execute_update(COMPLETE_TASK_UPDATE, act, id=act.act_id)

    async def send(self, message: str, data: dict[str, Any]) -> None:
        """Somebody sends a message."""
        await self.until("quiet", lambda _: True)
        act = SendMessage(f"act-{self.acts}", message, "li", data)
        await self.handle.execute_update(SEND_MESSAGE_UPDATE, act, id=act.act_id)

    def resolve(self, action: str) -> Callable[[str, dict[str, Any]], Awaitable[None]]:
        """An operator decides about what has stopped at an element."""

        async def decide(element: str, data: dict[str, Any]) -> None:
            def stopped(found: Snapshot) -> list[str]:
                return [str(one["incident_id"]) for one in found.incidents if one["element"] == element]

            found = await self.until(f"'{element}' stopped", lambda found: bool(stopped(found)))
            act = ResolveIncident(f"act-{self.acts}", stopped(found)[0], "operator", action, data)
            await self.handle.execute_update(RESOLVE_INCIDENT_UPDATE, act, id=act.act_id)

        return decide

    async def expect(self, count: str, _data: dict[str, Any]) -> None:
        """So many incidents are open."""
        await self.until(f"{count} incidents", lambda found: len(found.incidents) == int(count))

    async def pass_time(self, _name: str, _data: dict[str, Any]) -> None:
        """Time passes until the next alarm has rung."""
        due = (await self.until("an alarm", lambda found: found.next_alarm is not None)).next_alarm
        assert due is not None  # that is what was waited for
        now = await self.server.get_current_time()
        await self.server.sleep(max(due - now, timedelta()) + timedelta(seconds=1))
        await self.until("the alarm's end", lambda found: found.next_alarm != due)

    def services(self, *, refused: bool) -> Callable[[str, dict[str, Any]], Awaitable[None]]:
        """From now on services fail, or do not."""

        async def switch(_name: str, _data: dict[str, Any]) -> None:
            self.home.sink.notices_refused = refused

        return switch


async def live(
    name: str, family: Family, home: House, server: WorkflowEnvironment
) -> WorkflowHandle[Any, Any]:
    """Live a family's story to its end."""
    definition = deploy(home.store, family.bundle(name)).digest
    matter = Matter(home, server, f"{name}-1")
    if family.moves[0] == "break":
        await matter.move("break")
    await matter.begin(definition, family.history_limit)
    for text in family.moves:
        await matter.move(text)
    await matter.handle.result()
    return matter.handle
