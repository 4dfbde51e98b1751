"""A session of the forum on the time-skipping server: one workflow, to the last promise kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from temporalio.testing import WorkflowEnvironment

from tests.support.house import House, Letter, house, skipping_server
from wenzheng.bootstrap.city import FORUM
from wenzheng.bootstrap.deploying import deploy
from wenzheng.bootstrap.outboxes import StoreDeliveries, StoreStarts
from wenzheng.catalog.bundle import read_bundle
from wenzheng.contracts import (
    COMPLETE_TASK_UPDATE,
    MESSAGE_CAUGHT,
    SEND_MESSAGE_UPDATE,
    THRESHOLD_PASSED,
    ActResult,
    CompleteTask,
    Delivery,
    SendMessage,
)
from wenzheng.gateways.deliveries import Deliveries
from wenzheng.gateways.processes import TemporalProcesses
from wenzheng.gateways.relay import StartRelay
from wenzheng.settings import definitions_dir
from wenzheng.store.forum import MatterRow, SessionRow
from wenzheng.store.outbox import DELIVER
from wenzheng.store.views.notices import OutboxEntry

PATIENCE = 60


def _now() -> datetime:
    """Later than anything that the skipping server's time has written."""
    return datetime(2100, 1, 1, tzinfo=UTC)


ANSWERS: dict[str, tuple[str, dict[str, Any]]] = {
    "topic_vote": ("clerk", {"topic": "c"}),
    "plan": ("clerk", {"guest": "mayor", "units": ["housing", "transport"], "plan_text": "c"}),
    "approve_plan": ("leader", {"plan_approved": True}),
    "announce": ("clerk", {"notice_text": "c"}),
    "prepare_material": ("department", {"material": "c"}),
    "collect": ("clerk", {"questions": "c", "asked_by": 30}),
    "brief": ("clerk", {"brief_text": "c"}),
    "approve_brief": ("leader", {"brief_approved": True}),
    "live": ("clerk", {"asked_live": 18, "answered_live": 16}),
    "transcript": ("clerk", {"transcript_text": "c", "open_matters": True}),
    "supervise": ("supervisor", {"circular": "c"}),
    "explain": ("supervisor", {"explanation": "c"}),
    "feedback": ("clerk", {"results_text": "c"}),
    "announce_change": ("clerk", {"change_notice": "c"}),
}


@dataclass
class Forum:
    """A session and its workflow."""

    home: House
    server: WorkflowEnvironment
    row: SessionRow
    acts: int = 0

    @property
    def handle(self) -> Any:
        return self.home.client.get_workflow_handle(self.row.instance)

    def open(self) -> list[Any]:
        with self.home.store.reader() as reader:
            return list(reader.tasks(instance=self.row.instance, open_only=True))

    def matters(self) -> list[MatterRow]:
        with self.home.store.reader() as reader:
            return reader.forum_matters(self.row.id)

    def now(self) -> SessionRow:
        with self.home.store.reader() as reader:
            found = reader.forum_session(self.row.id)
        assert found is not None
        return found

    async def until(self, _what: str, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while True:
                if holds():
                    return
                await asyncio.sleep(0.05)

    async def do(self, element: str, role: str | None = None, **data: Any) -> None:
        """A person does a step that is open, or about to open."""
        await self.until(element, lambda: any(one.element == element for one in self.open()))
        task = next(one for one in self.open() if one.element == element)
        expected, answer = ANSWERS.get(element, (role or "", data))
        self.acts += 1
        act = CompleteTask(
            f"act-{self.acts}", element, "somebody", role or expected, data or answer, task.task_id
        )
        await self.handle.execute_update(COMPLETE_TASK_UPDATE, act, id=act.act_id, result_type=ActResult)

    async def say(self, message: str, **data: Any) -> None:
        self.acts += 1
        act = SendMessage(f"act-{self.acts}", message, "somebody", data)
        await self.handle.execute_update(SEND_MESSAGE_UPDATE, act, id=act.act_id, result_type=ActResult)

    async def start_what_waits(self) -> None:
        """As the relay of the web does."""
        await StartRelay(StoreStarts(self.home.store), self.processes, _now).sweep()

    async def deliver_what_waits(self) -> int:
        """As the deliveries of the web do."""
        return await Deliveries(StoreDeliveries(self.home.store), self.processes, _now).sweep()

    @property
    def processes(self) -> TemporalProcesses:
        return TemporalProcesses(self.server.client.service_client.config.target_host)

    async def until_the_dispatch(self) -> None:
        """Everything up to the day, and the transcript; each unit has a task of its own."""
        before = ("topic_vote", "plan", "approve_plan", "announce", "prepare_material", "prepare_material")
        for element in (*before, "collect", "brief", "approve_brief"):
            await self.do(element)
        day = self.now().session_on
        await self.skip_to(day)
        for element in ("live", "transcript"):
            await self.do(element)

    async def skip_to(self, day: date) -> None:
        """Let time pass until the day has begun in the city."""
        begins = datetime.combine(day, datetime.min.time(), self.home.calendar.zone) + timedelta(hours=1)
        await self.server.sleep(begins - await self.home.time())

    async def hand_over(self, unit: str, *, more: bool) -> None:
        matter = {"matter_text": "text", "matter_kind": "promised", "matter_unit": unit, "more_matters": more}
        promised = (self.now().session_on + timedelta(days=30)).isoformat()
        before = len(self.matters())
        await self.do("dispatch", "supervisor", **matter, promised_by=promised)
        await self.until("a letter is filed", lambda: len(self.matters()) > before)

    async def take_back(self, matter: MatterRow) -> None:
        """The letter of a matter ends."""
        await Letter(self.home, matter.petition_id, matter.number).withdraw()
        await self.until("the end is told", lambda: bool(self.due()))

    def due(self) -> list[OutboxEntry]:
        with self.home.store.reader() as reader:
            return list(reader.due(now=_now(), kind=DELIVER))

    def passed(self) -> list[tuple[str, str]]:
        with self.home.store.reader() as reader:
            records = reader.records(self.row.instance)
        return [(one.data["clock"], one.data["due"]) for one in records if one.kind == THRESHOLD_PASSED]


@asynccontextmanager
async def forum(folder: Path, in_days: int) -> AsyncIterator[Forum]:
    """A session planned so many days ahead, its workflow started by the relay as in a city."""
    async with skipping_server() as server, house(folder, server) as home:
        digest = deploy(home.store, read_bundle(definitions_dir() / FORUM)).digest
        now = await home.time()
        day = now.date() + timedelta(days=in_days)
        with home.store.unit_of_work() as unit:
            row = unit.open_forum_session(
                session_id="s",
                act_id="open",
                title="论坛",
                session_on=day,
                opened_by="clerk",
                opened_at=datetime.now(UTC),
                definition=digest,
                calendar=home.calendar.version,
                start={"process": FORUM, "variables": {"session_id": "s", "session_on": day.isoformat()}},
            )
            unit.save_session_texts(
                session_id="s", texts=[("text", "matter_text", "北街暖气")], author="x", unit_id=None, at=now
            )
        session = Forum(home, server, row)
        await session.start_what_waits()
        yield session


async def test_a_session_is_one_workflow_that_closes_with_its_last_promise(tmp_path: Path) -> None:
    async with forum(tmp_path, in_days=30) as session:
        await session.until_the_dispatch()
        await session.hand_over("housing", more=True)
        await session.hand_over("transport", more=False)
        await session.do("supervise")
        await session.start_what_waits()  # the letters begin
        first, second = session.matters()
        await session.take_back(first)
        assert await session.deliver_what_waits() == 1
        await session.do("explain")  # a promise is not lost because somebody took its letter back
        assert [one.element for one in session.open()] == []
        await session.take_back(second)
        assert await session.deliver_what_waits() == 1
        await session.do("explain")
        await session.do("feedback")
        assert await session.handle.result() == "completed"


async def test_an_end_that_is_told_again_after_a_kill_is_told_once(tmp_path: Path) -> None:
    async with forum(tmp_path, in_days=30) as session:
        await session.until_the_dispatch()
        await session.hand_over("housing", more=True)
        await session.hand_over("transport", more=False)
        await session.start_what_waits()
        await session.take_back(session.matters()[0])
        (row,) = session.due()
        # Handed over, and killed before that was written down: the row is due again.
        for _ in range(2):
            await session.processes.deliver(row.instance, Delivery(**row.data))
        assert await session.deliver_what_waits() == 1
        with session.home.store.reader() as reader:
            instance = reader.instance(session.row.instance)
            caught = [one for one in reader.records(session.row.instance) if one.kind == MESSAGE_CAUGHT]
        assert instance is not None
        assert instance.variables["settled"] == [session.matters()[0].petition_id]
        assert len(caught) == 1
        assert session.now().state == "running"


async def test_postponed_it_begins_on_its_new_day_and_its_limits_with_it(tmp_path: Path) -> None:
    async with forum(tmp_path, in_days=30) as session:
        for element in ("topic_vote", "plan", "approve_plan", "announce"):
            await session.do(element)
        planned = session.row.session_on
        later = planned + timedelta(days=14)
        await session.say("postponed", session_on=later.isoformat(), postponed_because="c")
        await session.do("announce_change")
        await session.skip_to(planned)
        assert session.passed() == []  # the material is still missing, and its limit has moved
        await session.skip_to(later)
        await session.until(
            "the limits are over", lambda: {"material", "questions"} <= {c for c, _ in session.passed()}
        )
        assert session.now().session_on == later
        assert session.now().planned_on == planned
