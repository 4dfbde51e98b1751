"""Random processes on a real server: the same acts at the same instants as in virtual time."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import select
from temporalio import activity, workflow
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory
from temporalio.testing import WorkflowEnvironment

from tests.support.bpmn import CALENDAR, SERVICES
from tests.support.house import House, house, skipping_server
from tests.support.replaying import keep
from tests.support.stories import BREAKS, CAUSES, THE_END, WRONG, Act, Life, Line, Move, Story, noted, stands
from wenzheng.contracts import (
    COMPLETE_TASK_UPDATE,
    DELIVER_UPDATE,
    INSTANCE_MOVED,
    PROCESS_WORKFLOW,
    REFUSED_TRY_AGAIN,
    RESOLVE_INCIDENT_UPDATE,
    SEND_MESSAGE_UPDATE,
    TASK_QUEUE,
    ActResult,
    CalendarRef,
    CompleteTask,
    DefinitionRef,
    Delivery,
    JsonObject,
    ResolveIncident,
    SendMessage,
    ServiceCall,
    StartProcess,
)
from wenzheng.engine.effects import Effect
from wenzheng.engine.events import Event, ServiceFailed, ServiceFinished, Start, TimeReached
from wenzheng.engine.instance import ProcessInstance
from wenzheng.engine.step import step
from wenzheng.store.tables.incidents import IncidentTable
from wenzheng.store.tables.instances import InstanceTable, TaskTable
from wenzheng.store.tables.log import RecordTable
from workflows import calling, process

WAIT_SECONDS: Final = 60.0
PATIENCE: Final = timedelta(seconds=60)
"""How long one try of a write may last: how slow the machine is, is not the subject here."""
AT_ONCE: Final = 16
"""Acts that are under way at the same time."""
BENIGN: Final = ApplicationErrorCategory.BENIGN
FAR: Final = timedelta(days=30)
"""Beyond the end; a server gives a call up whose next try is years away."""
UPDATES: Final = {
    CompleteTask: COMPLETE_TASK_UPDATE,
    SendMessage: SEND_MESSAGE_UPDATE,
    Delivery: DELIVER_UPDATE,
    ResolveIncident: RESOLVE_INCIDENT_UPDATE,
}


@dataclass
class Seen:
    """What one run has done so far. `events` are those that came from outside, and alarms."""

    instance: ProcessInstance
    events: list[tuple[datetime, Event]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    stands: JsonObject = field(default_factory=dict)


@dataclass
class Witness:
    """What was seen of an instance, in all its runs. A run that is played anew is seen anew."""

    runs: dict[str, Seen] = field(default_factory=dict)

    @property
    def events(self) -> list[tuple[datetime, Event]]:
        return [one for run in self.runs.values() for one in run.events]

    @property
    def lines(self) -> list[Line]:
        return [line for run in self.runs.values() for line in run.lines]

    @property
    def stands(self) -> JsonObject:
        return list(self.runs.values())[-1].stands


@contextlib.contextmanager
def witnesses() -> Iterator[dict[str, Witness]]:
    """Look over the shoulder of the workflow: its rows do not show every element, a trace does."""
    witnessed: dict[str, Witness] = {}

    def seen_step(instance: ProcessInstance, event: Event, now: datetime) -> list[Effect]:
        info = workflow.info()
        runs = witnessed.setdefault(info.workflow_id, Witness()).runs
        if instance.trace is None:
            runs[info.run_id] = Seen(instance)
        instance.trace = []
        at_once = _is_answered_at_once(instance, event)
        effects = step(instance, event, now)
        run = runs[info.run_id]
        if run.instance is instance:
            run.events += [] if at_once else [(instance.now, event)]
            run.lines += [(one.event, one.element, one.type) for one in instance.trace]
            run.stands = stands(instance)
        return effects

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(process, "step", seen_step)
        yield witnessed


def _is_answered_at_once(instance: ProcessInstance, event: Event) -> bool:
    """Whether it is an answer that the worker has given itself."""
    if not isinstance(event, ServiceFinished | ServiceFailed) or event.call_id not in instance.calls:
        return False
    return SERVICES[instance.calls[event.call_id]["service"]].local


def _is_act(event: Event) -> bool:
    return not isinstance(event, Start | TimeReached)


@dataclass
class Played:
    """A story on the server: its instance, what happened to it and when, and what was refused."""

    story: Story
    instance: str
    run: str = ""
    """The first of its runs."""
    refused: list[tuple[datetime, Act, str]] = field(default_factory=list)
    answered: Counter[str] = field(default_factory=Counter)

    def answer(self, call_id: str) -> tuple[int, ServiceFinished | ServiceFailed] | None:
        """The next answer of a call that the story tells, and at which break it comes."""
        answers = [
            (place, act)
            for place, act in self.story.acts
            if isinstance(act, ServiceFinished | ServiceFailed) and act.call_id == call_id
        ]
        told = self.answered[call_id]
        return answers[told] if told < len(answers) else None


class Services:
    """The activities of the services in random processes: they end when and as the story says."""

    def __init__(self) -> None:
        self.played: dict[str, Played] = {}
        self.begun = datetime.min.replace(tzinfo=UTC)

    def activities(self) -> list[Callable[..., Any]]:
        def made(name: str) -> Callable[..., Any]:
            @activity.defn(name=name)
            async def run(call: ServiceCall) -> JsonObject:
                return self._answer(call)

            return run

        return [made(contract.activity) for contract in SERVICES.values()]

    def _answer(self, call: ServiceCall) -> JsonObject:
        if activity.info().is_local:
            return _ended(noted({"call_id": call.call_id, "input": call.input}))
        played = self.played[call.instance]
        answer = played.answer(call.call_id)
        now = activity.info().started_time
        due = now + FAR if answer is None else self.begun + BREAKS[answer[0]]
        if answer is None or now < due:
            # An activity that runs keeps the server's clock from being moved; one that tries again does not.
            raise ApplicationError("Not yet.", next_retry_delay=due - now, category=BENIGN)
        played.answered[call.call_id] += 1
        return _ended(answer[1])


def _ended(answer: ServiceFinished | ServiceFailed) -> JsonObject:
    """What an activity does so that its call ends like that."""
    match answer:
        case ServiceFinished(_, output):
            return output
        case ServiceFailed(code="service-output"):
            return WRONG
        case ServiceFailed(_, code, message):
            said = message.removeprefix(f"{code}: ")
            raise ApplicationError(said, type=code, non_retryable=True, category=BENIGN)


async def until(what: str, holds: Callable[[], bool]) -> None:
    """Wait for something that the worker in this process does."""
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            while not holds():  # noqa: ASYNC110 - it happens in a workflow
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"expected {what} within {WAIT_SECONDS:.0f} s") from None


def _cause(act_id: str) -> str:
    begin = act_id.partition("-")[0]
    return begin if begin in CAUSES.values() else "act"


@dataclass
class Stage:
    """A server with a worker, on which stories are played side by side on one clock."""

    home: House
    server: WorkflowEnvironment
    services: Services
    seen: dict[str, Witness]

    async def play(self, stories: list[Story], history_limit: int = 0) -> list[Played]:
        """Play them; all wait for the same instants."""
        self._deploy(stories)
        await self._monday()
        self.services.begun = await self.home.time()
        played = [Played(story, f"story-{number}") for number, story in enumerate(stories)]
        self.services.played = {one.instance: one for one in played}
        await self._all(lambda one: self._start(one, history_limit), played)
        for place, offset in enumerate(BREAKS):
            await self._until(offset)
            await self._all(partial(self._act, place), played)
        await self._until(THE_END)
        return played

    def _deploy(self, stories: list[Story]) -> None:
        with self.home.store.unit_of_work() as unit:
            for story in stories:
                unit.save_definition(
                    digest=story.bundle.digest,
                    name=story.bundle.name,
                    files=dict(story.bundle.files),
                    at=datetime.now(UTC),
                )

    async def _monday(self) -> None:
        """Wait for ten in the morning of a Monday in a week of ordinary working days."""
        now = await self.home.time()
        begins = now.astimezone(CALENDAR.zone).replace(hour=10, minute=0, second=0, microsecond=0)
        while begins <= now or begins.weekday() != 0 or not self._ordinary(begins):
            begins += timedelta(days=1)
        await self.server.sleep(begins - now)

    def _ordinary(self, begins: datetime) -> bool:
        week = [(begins + timedelta(days=day)).date() for day in range(7)]
        return [CALENDAR.is_working(day) for day in week] == [True] * 5 + [False] * 2

    async def _until(self, offset: timedelta) -> None:
        left = self.services.begun + offset - await self.home.time()
        if left > timedelta():
            await self.server.sleep(left)

    async def _all(self, do: Callable[[Played], Awaitable[None]], played: list[Played]) -> None:
        turns = asyncio.Semaphore(AT_ONCE)

        async def one_of_them(one: Played) -> None:
            async with turns:
                try:
                    await do(one)
                except BaseException as failed:
                    failed.add_note(f"{one.instance}:\n{one.story}")
                    raise

        async with asyncio.TaskGroup() as group:
            for one in played:
                group.create_task(one_of_them(one))

    async def _start(self, one: Played, history_limit: int) -> None:
        handle = await self.home.client.start_workflow(
            PROCESS_WORKFLOW,
            args=[
                DefinitionRef(one.story.definition.digest),
                CalendarRef(self.home.calendar.version),
                StartProcess("p", {}, history_limit=history_limit),
            ],
            id=one.instance,
            task_queue=TASK_QUEUE,
        )
        one.run = handle.first_execution_run_id or ""
        await until("a start", lambda: one.instance in self.seen)

    async def _act(self, place: int, one: Played) -> None:
        for at, act in one.story.acts:
            if at == place:
                await self._do(one, act)

    async def _do(self, one: Played, act: Act) -> None:
        witness = self.seen[one.instance]
        if isinstance(act, ServiceFinished | ServiceFailed):
            await until(f"{act}", lambda: witness.stands["ended"] or self._is_answered(one, act.call_id))
            return
        try:
            await self._update(one, act)
        except WorkflowUpdateFailedError as failed:
            cause = failed.cause
            assert isinstance(cause, ApplicationError), cause
            one.refused.append((await self.home.time(), act, cause.type or ""))

    def _is_answered(self, one: Played, call_id: str) -> bool:
        came = [
            event
            for _, event in self.seen[one.instance].events
            if isinstance(event, ServiceFinished | ServiceFailed) and event.call_id == call_id
        ]
        return bool(came) and len(came) == one.answered[call_id]

    async def _update(
        self, one: Played, act: CompleteTask | SendMessage | Delivery | ResolveIncident
    ) -> None:
        handle = self.home.client.get_workflow_handle(one.instance)
        while True:
            try:
                await handle.execute_update(UPDATES[type(act)], act, id=act.act_id, result_type=ActResult)
            except WorkflowUpdateFailedError as failed:
                if not isinstance(failed.cause, ApplicationError) or failed.cause.type != REFUSED_TRY_AGAIN:
                    raise
            else:
                return

    def moves(self, one: Played) -> list[Move]:
        """What happened to an instance and when, refusals among it."""
        came: list[Move] = [(at, event) for at, event in self.seen[one.instance].events if _is_act(event)]
        return sorted([*came, *((at, act) for at, act, _ in one.refused)], key=lambda move: move[0])

    def life(self, one: Played) -> Life:
        """What the log and the witness say of an instance."""
        witness = self.seen[one.instance]
        life = Life(lines=witness.lines, stands=witness.stands)
        life.refused = [(act, code) for _, act, code in one.refused]
        with self.home.store.reader() as reader:
            query = select(RecordTable).where(RecordTable.instance == one.instance)
            rows = reader.session.scalars(query.order_by(RecordTable.seq, RecordTable.ordinal))
            for row in rows:
                if row.kind != INSTANCE_MOVED:  # an act without effects; only the server has to say so
                    life.rows.append((row.kind, row.element, row.data))
                    life.at.append(row.at)
                    life.causes.append(_cause(row.act_id))
        return life

    def books(self, one: Played) -> JsonObject:
        """What the tables say of an instance, as Life.books says it."""
        with self.home.store.reader() as reader:
            row = reader.session.get_one(InstanceTable, one.instance)
            tasks = reader.session.scalars(
                select(TaskTable).where(TaskTable.instance == one.instance, TaskTable.closed_at.is_(None))
            )
            incidents = reader.session.scalars(
                select(IncidentTable).where(
                    IncidentTable.instance == one.instance, IncidentTable.resolved_at.is_(None)
                )
            )
            return {
                "state": row.state,
                "variables": None if row.ended_at is None else row.variables,
                "open": sorted(
                    ([task.task_id, task.element] for task in tasks), key=lambda task: int(task[0])
                ),
                "incidents": {
                    found.incident_id: [found.element, found.code, found.message] for found in incidents
                },
            }

    async def keep(self, played: list[Played], folder: Path) -> int:
        """Put all histories and what their digests stand for into a folder; how many histories."""
        histories = folder / "histories"
        histories.mkdir(parents=True)
        kept = 0
        for one in played:
            run: str | None = one.run
            while run:
                handle = self.home.client.get_workflow_handle(one.instance, run_id=run)
                history = await handle.fetch_history()
                (histories / f"{one.instance}-{kept}.json").write_text(history.to_json())
                kept += 1
                last = history.events[-1].workflow_execution_continued_as_new_event_attributes
                run = last.new_execution_run_id
            calendar = self.home.calendar
            keep(folder / "library", one.story.bundle, calendar.version, calendar.document())
        return kept


@contextlib.asynccontextmanager
async def stage(folder: Path, cached_workflows: int = 1000) -> AsyncIterator[Stage]:
    """A server whose clock can be moved, a worker and a store."""
    services = Services()
    with witnesses() as seen, pytest.MonkeyPatch.context() as patch:
        patch.setattr(calling, "FLUSH_ATTEMPT_TIMEOUT", PATIENCE)
        async with (
            skipping_server() as server,
            house(
                folder,
                server,
                cached_workflows=cached_workflows,
                services=SERVICES,
                activities=services.activities(),
            ) as home,
        ):
            yield Stage(home, server, services, seen)
