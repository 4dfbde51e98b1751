"""A process gateway in this process: the real engine on the real store, without Temporal.

It keeps Temporal's promises one at a time: an act is answered when its rows are in the store, the
same act id is one act, and of two callers one wins.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from activities.ports import ServicePorts
from activities.services import service_of
from wenzheng.calendars import Calendar
from wenzheng.catalog.registry import Registry
from wenzheng.contracts import (
    REFUSED_DATA,
    ActResult,
    CalendarNews,
    CompleteTask,
    Delivery,
    Flush,
    JsonObject,
    Record,
    ResolveIncident,
    SendMessage,
    ServiceCall,
    Snapshot,
)
from wenzheng.engine.definition import Definition
from wenzheng.engine.events import (
    CalendarChanged,
    Event,
    EventRefused,
    IncidentResolved,
    MessageReceived,
    ServiceFailed,
    ServiceFinished,
    Start,
    TaskCompleted,
    TimeReached,
)
from wenzheng.engine.instance import ProcessInstance
from wenzheng.engine.resolving import described
from wenzheng.engine.routing import event_of
from wenzheng.engine.step import open_user_tasks, step
from wenzheng.engine.windows import windows
from wenzheng.gateways.ports import ActRefused, ProcessUnavailable
from wenzheng.store import Store
from wenzheng.store.outbox import DELIVER, START_WORKFLOW


@dataclass
class Running:
    """One instance and its acts."""

    engine: ProcessInstance
    definition: str
    seq: int = 0
    acts: dict[str, tuple[str, ActResult]] = field(default_factory=dict)


@dataclass
class EngineProcesses:
    """Implements gateways.ports.ProcessGateway. `away` plays an unreachable server.

    A service named in `broken` fails for good, with that message. Others than telling the author are run with
    `ports`; definitions other than `definition` come from `registry`.
    """

    store: Store
    definition: Definition
    calendar: Calendar
    now: Callable[[], datetime]
    away: bool = False
    broken: dict[str, str] = field(default_factory=dict)
    registry: Registry | None = None
    ports: ServicePorts | None = None
    instances: dict[str, Running] = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def start_waiting(self) -> None:
        """Start what the outbox asks for, as the relay would."""
        if self.away:
            return
        with self.store.reader() as reader:
            rows = reader.due(now=self.now(), kind=START_WORKFLOW, limit=1000)
        for row in rows:
            start = row.data["start"]
            definition = self._definition(row.data["definition"])
            process = definition.processes[start["process"]]
            calendar = self._calendar(row.data["calendar"])
            running = Running(ProcessInstance(process, calendar), definition.digest)
            self.instances[row.instance] = running
            self._step(row.instance, running, "start", Start(start["variables"]))
            if "event" in start:
                begins = Delivery(**start["event"])
                self._step(row.instance, running, begins.act_id, event_of(begins, process))
            with self.store.unit_of_work() as unit:
                unit.mark_sent(id=row.id, at=self.now())

        self._deliver_waiting()

    def _deliver_waiting(self) -> None:
        """Hand over what instances have for each other, as the deliveries would."""
        with self.store.reader() as reader:
            rows = reader.due(now=self.now(), kind=DELIVER, limit=1000)
        for row in rows:
            running = self.instances[row.instance]
            delivery = Delivery(**row.data)
            if running.engine.ended is None and delivery.act_id not in running.acts:
                self._step(row.instance, running, delivery.act_id, event_of(delivery, running.engine.process))
            with self.store.unit_of_work() as unit:
                unit.mark_sent(id=row.id, at=self.now())

    def _definition(self, digest: str) -> Definition:
        if digest == self.definition.digest or self.registry is None:
            return self.definition
        return self.registry.fetch_definition(digest)

    def _calendar(self, digest: str) -> Calendar:
        """The version that the letter was filed by."""
        with self.store.reader() as reader:
            return reader.kept_calendar(digest) or self.calendar

    def pass_time(self) -> None:
        """Fire what is due in every instance."""
        for instance, running in self.instances.items():
            while (alarm := running.engine.next_alarm()) is not None and alarm <= self.now():
                self._step(instance, running, f"time-{running.seq + 1}", TimeReached())

    async def complete_task(self, instance: str, act: CompleteTask) -> ActResult:
        event = TaskCompleted(act.element, act.actor, act.role, act.data, act.task_id)
        return await self._act(instance, act.act_id, act.actor, event, f"task {act.element}")

    async def send_message(self, instance: str, act: SendMessage) -> ActResult:
        event = MessageReceived(act.message, act.data, act.actor)
        return await self._act(instance, act.act_id, act.actor, event, f"message {act.message}")

    async def resolve_incident(self, instance: str, act: ResolveIncident) -> ActResult:
        event = IncidentResolved(act.incident_id, act.action, act.actor, act.data)
        return await self._act(
            instance, act.act_id, act.actor, event, f"incident {act.incident_id} {act.action}"
        )

    async def change_calendar(self, instance: str, calendar: str, news: CalendarNews) -> None:
        running = self._running(instance)
        new = self._calendar(calendar)
        if new.version != running.engine.calendar.version:
            event = CalendarChanged(new, news.keep_later, news.notice)
            await asyncio.to_thread(self._step, instance, running, news.act_id(calendar), event)

    async def snapshot(self, instance: str) -> Snapshot:
        running = self._running(instance)
        return Snapshot(instance, running.seq, running.seq, incidents=described(running.engine))

    def _running(self, instance: str) -> Running:
        if self.away:
            raise ProcessUnavailable("nobody there")
        running = self.instances.get(instance)
        if running is None or running.engine.ended is not None:
            raise ProcessUnavailable("no such instance", not_started=True)
        return running

    async def _act(self, instance: str, act_id: str, actor: str, event: Event, what: str) -> ActResult:
        async with self.lock:
            await asyncio.to_thread(self.start_waiting)
            running = self._running(instance)
            if act_id in running.acts:
                known, result = running.acts[act_id]
                if known != what:
                    raise ActRefused(REFUSED_DATA, f"'{act_id}' was already used for {known}.")
                return result
            try:
                await asyncio.to_thread(self._step, instance, running, act_id, event)
            except EventRefused as refused:
                at = datetime.fromisoformat(refused.at) if refused.at else None
                raise ActRefused(refused.code, str(refused), refused.by, at) from refused
            result = ActResult(
                act_id,
                running.seq,
                actor,
                running.engine.now,
                [task.task_spec.element.id for task in open_user_tasks(running.engine)],
                running.engine.ended is not None,
            )
            running.acts[act_id] = (what, result)
            return result

    def _step(self, instance: str, running: Running, act_id: str, event: Event) -> None:
        """An event and the services it asks for, each written before the next."""
        waiting: list[tuple[str, Event]] = [(act_id, event)]
        while waiting:
            name, happening = waiting.pop(0)
            effects = step(running.engine, happening, self.now())
            running.seq += 1
            records = [
                Record(name, n, running.seq, effect.kind, effect.element, running.engine.now, effect.data)
                for n, effect in enumerate(effects)
            ]
            self._write(instance, running, records)
            waiting += [
                (f"service-{call_id}-{running.seq}", self._served(instance, call_id, call))
                for call_id, call in running.engine.calls.items()
            ]

    def _served(self, instance: str, call_id: str, call: JsonObject) -> Event:
        service = call["service"]
        if service in self.broken:
            return ServiceFailed(call_id, "service-failed", self.broken[service])
        if self.ports is None or service == "notify_author":
            return ServiceFinished(call_id, {})
        asked = ServiceCall(instance, call_id, call["input"])
        return ServiceFinished(call_id, service_of(service, self.ports).run(asked))

    def _write(self, instance: str, running: Running, records: list[Record]) -> None:
        flush = Flush(
            instance=instance,
            definition=running.definition,
            calendar=running.engine.calendar.version,
            records=records,
            digest=f"{instance}-{running.seq}",
            variables=dict(running.engine.variables),
            windows=windows(running.engine),
        )
        self.store.apply_flush(flush)
