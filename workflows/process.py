"""The process workflow: one letter, or any other matter, as one durable Temporal workflow.

It interprets its definition with the engine and does nothing else of its own:

    people act (updates) -> the engine steps, before the first await
    the main coroutine   -> calls services, writes rows, arms one alarm
    time passes          -> the alarm steps the engine

Rules it keeps (design.md §2, Temporal): a handler steps before it awaits, so that of two clerks
one wins; all rows of an activation go into one local activity; one lazy alarm at the nearest
deadline; one local activity at a time; while the store is away, people are told to try again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final, cast

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from wenzheng.calendars import Calendar
from wenzheng.calendars.pace import Pace
from wenzheng.contracts import (
    CALENDAR_SIGNAL,
    COMPLETE_TASK_UPDATE,
    DELIVER_UPDATE,
    INSTANCE_MOVED,
    PACE_SIGNAL,
    PROCESS_WORKFLOW,
    REFUSED_TRY_AGAIN,
    RESOLVE_INCIDENT_UPDATE,
    SEND_MESSAGE_UPDATE,
    SNAPSHOT_QUERY,
    WITNESS_LENGTH,
    ActResult,
    CalendarNews,
    CompleteTask,
    Delivery,
    Flush,
    PaceInput,
    ResolveIncident,
    Revision,
    SendMessage,
    ServiceCall,
    Snapshot,
    StartProcess,
    Subscription,
)
from wenzheng.engine.definition import Definition
from wenzheng.engine.effects import Effect
from wenzheng.engine.events import (
    CalendarChanged,
    Event,
    EventRefused,
    ServiceFailed,
    ServiceFinished,
    Start,
    StartRefused,
    TimeReached,
)
from wenzheng.engine.instance import ProcessInstance
from wenzheng.engine.resolving import described
from wenzheng.engine.routing import begun_with, event_of, routing, subscriptions
from wenzheng.engine.services import ServiceContract
from wenzheng.engine.state import digest, dump, load, pack, unpack
from wenzheng.engine.step import open_user_tasks, step
from wenzheng.engine.windows import windows
from workflows.acts import check_now, completion, failure, refusal, require_same, resolution, sending, subject
from workflows.alarm import Alarm
from workflows.calling import Caller
from workflows.journal import Journal

SAYS_MOVES: Final = "says-moves"
"""Patch: an act without effects that changes what is waited for, or that somebody waits for, is a row too."""


class DriftError(RuntimeError):
    """A replay reached another state than the one recorded.

    It fails the workflow task, never the workflow: the letter waits until a worker with the right
    code takes it.
    """


@workflow.defn(name=PROCESS_WORKFLOW)
class ProcessWorkflow:
    """Runs one process instance from its start to its end."""

    @workflow.init
    def __init__(self, definition: Definition, calendar: Calendar, start: StartProcess) -> None:
        self._definition = definition
        self._start = start
        self._pace = _pace(start.pace, calendar)
        process = definition.processes[start.process_id]
        self._outage = False
        self._leaving = False
        self._alarm = Alarm(self._ring, self._real)
        self._services: dict[str, asyncio.Task[None]] = {}
        self._caller = Caller(in_turn=start.revision >= Revision.IN_TURN)
        self._told: list[Subscription] | None = None
        if start.state is None:
            self._journal = Journal()
            self._instance = ProcessInstance(process, calendar)
            self._instance.clocks.patched = workflow.patched
            self._calendar_number = 0
            self._begin(start)
        else:
            state, start.state = unpack(start.state), None  # it need not stay in memory twice
            self._calendar_number = state.get("calendar", 0)
            self._journal = Journal.load(state["journal"])
            self._instance = load(state["instance"], process, calendar)
            self._instance.clocks.patched = workflow.patched

    def _begin(self, start: StartProcess) -> None:
        # A replay puts a first workflow task that ended without a command together with the next one, and
        # the time of both is the later's.
        from_start = start.revision >= Revision.FROM_START
        began = self._shown(workflow.info().workflow_start_time) if from_start else None
        if start.event is None:
            self._step("start", Start(start.variables), began)
            return
        process = self._instance.process
        variables = {**start.variables, **begun_with(process, start.event.data)}
        event = event_of(start.event, process)
        try:
            self._step("start", Start(variables), began)
            self._step(start.event.act_id, event, began)
        except EventRefused as said:
            # Nobody is there to be told, and a task that fails is tried for ever: an operator decides.
            self._step(start.event.act_id, StartRefused(event, variables, str(said)), began)

    # --- the story of a matter --------------------------------------------------------------

    @workflow.run
    async def run(self, _definition: Definition, _calendar: Calendar, _start: StartProcess) -> str:
        """Write, call and wait until the instance has ended; returns its outcome."""
        while not self._is_over:
            self._call_services()
            self._arm_alarm()
            if self._journal.is_flushed and self._wants_new_history():
                await self._continue_as_new()
            await workflow.wait_condition(lambda: self._has_work)
            await self._flush()
        self._leaving = True
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._outcome

    @property
    def _is_over(self) -> bool:
        return self._instance.ended is not None and self._journal.is_flushed

    @property
    def _has_work(self) -> bool:
        unasked = any(call_id not in self._services for call_id in self._instance.calls)
        return not self._journal.is_flushed or unasked or self._nearest_deadline_moved()

    @property
    def _outcome(self) -> str:
        ended = self._instance.ended or {}
        return str(ended.get("outcome") or ended.get("state") or "")

    # --- people -----------------------------------------------------------------------------

    @workflow.update(name=COMPLETE_TASK_UPDATE)
    async def complete_task(self, act: CompleteTask) -> ActResult:
        """A person completes a user task. Answered when it is in the store."""
        return await self._act(act.act_id, act.actor, completion(act))

    @complete_task.validator
    def _may_complete_task(self, act: CompleteTask) -> None:
        self._validate(act.act_id, completion(act))

    @workflow.update(name=SEND_MESSAGE_UPDATE)
    async def send_message(self, act: SendMessage) -> ActResult:
        """A person sends a message. Answered when it is in the store."""
        return await self._act(act.act_id, act.actor, sending(act))

    @send_message.validator
    def _may_send_message(self, act: SendMessage) -> None:
        self._validate(act.act_id, sending(act))

    @workflow.update(name=DELIVER_UPDATE)
    async def deliver(self, delivery: Delivery) -> ActResult:
        """A message or signal comes from another instance. Answered when it is in the store."""
        event = event_of(delivery, self._instance.process)
        return await self._act(delivery.act_id, delivery.sender, event)

    @deliver.validator
    def _may_deliver(self, delivery: Delivery) -> None:
        self._validate(delivery.act_id, event_of(delivery, self._instance.process))

    @workflow.update(name=RESOLVE_INCIDENT_UPDATE)
    async def resolve_incident(self, act: ResolveIncident) -> ActResult:
        """An operator retries, skips or answers what stopped. Answered when it is in the store."""
        return await self._act(act.act_id, act.actor, resolution(act))

    @resolve_incident.validator
    def _may_resolve_incident(self, act: ResolveIncident) -> None:
        self._validate(act.act_id, resolution(act))

    @workflow.signal(name=PACE_SIGNAL)
    def set_pace(self, pace: PaceInput) -> None:
        """The city's clock goes on after a standstill: every deadline moves to a later real instant.

        An alarm that was set before rings too early, looks again and is armed anew.
        """
        self._start.pace = pace
        self._pace = _pace(pace, self._instance.calendar)

    @workflow.signal(name=CALENDAR_SIGNAL)
    def change_calendar(self, calendar: Calendar, news: CalendarNews) -> None:
        """Another version of the calendar holds: what runs is counted anew. The same again is no news.

        What was due before the version came into force had fallen due, also if nobody was awake to see it;
        what only the old version has fall due since then has not. An alarm set by the old version looks
        again when it rings.
        """
        if news.number <= self._calendar_number or self._instance.ended is not None:
            return
        self._calendar_number = news.number
        if calendar.version == self._instance.calendar.version:
            return
        self._reach_time(min(news.at, self._now()))
        event = CalendarChanged(calendar, news.keep_later, news.notice, news.at)
        self._step(news.act_id(calendar.version), event)

    @workflow.query(name=SNAPSHOT_QUERY)
    def snapshot(self) -> Snapshot:
        """Where the instance stands."""
        instance = self._instance
        return Snapshot(
            instance=workflow.info().workflow_id,
            seq=self._journal.seq,
            flushed_seq=self._journal.flushed_seq,
            open_tasks=[
                {"task_id": task.id, "element": task.task_spec.element.id}
                for task in open_user_tasks(instance)
            ],
            clocks=[{"clock": key, **value} for key, value in instance.clocks.running.items()],
            incidents=described(instance),
            next_alarm=instance.next_alarm(),
            ended=instance.ended is not None,
            outcome=self._outcome or None,
            digest=digest(instance),
            calendar=instance.calendar.version,
        )

    def _validate(self, act_id: str, event: Event) -> None:
        known = self._journal.recent.get(act_id)
        if known is not None:
            require_same(act_id, known[0], event)
            return
        if self._leaving or self._outage:
            raise refusal(
                REFUSED_TRY_AGAIN,
                "Expected the instance to take acts, found it cannot write them down right now; "
                "try again in a moment, with the same act id.",
            )
        check_now(self._instance, event, self._now())

    async def _act(self, act_id: str, actor: str, event: Event) -> ActResult:
        known = self._journal.recent.get(act_id)
        if known is not None:
            require_same(act_id, known[0], event)
            result = known[1]
        else:
            self._reach_time()  # what fell due before this act comes before it
            check_now(self._instance, event, self._now())
            seq = self._step(act_id, event)
            result = ActResult(
                act_id,
                seq,
                actor,
                self._instance.now,
                [task.task_spec.element.id for task in open_user_tasks(self._instance)],
                self._instance.ended is not None,
            )
            self._journal.remember(subject(event), result)
        await workflow.wait_condition(lambda: self._journal.flushed_seq >= result.seq)
        return replace(result, actor="") if result.actor == actor else result

    # --- the engine -------------------------------------------------------------------------

    def _step(self, act_id: str, event: Event, now: datetime | None = None) -> int:
        effects = step(self._instance, event, now or self._now())
        if not effects and self._must_say(event) and workflow.patched(SAYS_MOVES):
            effects = [Effect(INSTANCE_MOVED, self._instance.process.model.id)]
        return self._journal.record(act_id, effects, self._instance.now)

    def _must_say(self, event: Event) -> bool:
        """Whether an act without effects is written down: somebody waits for its answer, or the router.

        What time or a late result moves, and nobody else waits for, costs no row.
        """
        if not isinstance(event, TimeReached | ServiceFinished | ServiceFailed):
            return True
        waits = subscriptions(self._definition, self._instance)
        return waits != (self._told or [])

    def _now(self) -> datetime:
        """The present instant as the city's clocks show it."""
        return self._shown(workflow.now())

    def _shown(self, real: datetime) -> datetime:
        return real if self._pace is None else self._pace.shown(real)

    def _real(self, shown: datetime) -> datetime:
        return shown if self._pace is None else self._pace.real(shown)

    def _reach_time(self, until: datetime | None = None) -> None:
        """Let happen what is due by now, or by a moment before."""
        now = until or self._now()
        alarm = self._instance.next_alarm()
        if alarm is not None and alarm <= now and self._instance.ended is None:
            self._step(f"time-{self._journal.seq + 1}", TimeReached(), now)

    # --- time -------------------------------------------------------------------------------

    def _nearest_deadline_moved(self) -> bool:
        return self._alarm.is_due_earlier(self._instance.next_alarm())

    def _arm_alarm(self) -> None:
        if self._instance.ended is None and self._nearest_deadline_moved():
            self._alarm.arm(cast("datetime", self._instance.next_alarm()))

    def _ring(self, at: datetime) -> None:
        # What rings late, because nobody was awake, happened when it was due.
        from_start = self._start.revision >= Revision.FROM_START
        self._reach_time(min(at, self._now()) if from_start else None)

    # --- the store --------------------------------------------------------------------------

    async def _flush(self) -> None:
        """Write all pending rows, and compare the state with what was recorded."""
        if self._journal.is_flushed:
            return
        records = list(self._journal.pending)
        info = workflow.info()
        self._told = subscriptions(self._definition, self._instance)
        flush = Flush(
            instance=info.workflow_id,
            definition=self._definition.digest,
            calendar=self._instance.calendar.version,
            records=records,
            digest=digest(self._instance),
            variables=self._instance.variables,
            routing=routing(self._definition, self._told, records),
            windows=windows(self._instance),
        )
        recorded = await self._caller.record(flush, self._set_outage)
        if len(recorded) < WITNESS_LENGTH or not flush.digest.startswith(recorded):
            raise DriftError(
                f"Expected the state recorded as {recorded}, found {flush.digest} on replay. "
                "This worker's code runs the definition differently; deploy the right version."
            )
        self._journal.flushed(len(records), records[-1].seq)

    def _set_outage(self, away: bool) -> None:  # noqa: FBT001 - a callback's one argument
        self._outage = away

    # --- services ---------------------------------------------------------------------------

    def _call_services(self) -> None:
        for call_id in self._instance.calls:
            if call_id not in self._services:
                self._services[call_id] = asyncio.create_task(self._call(call_id))

    async def _call(self, call_id: str) -> None:
        call = self._instance.calls[call_id]
        contract = self._contracts[call["service"]]
        argument = ServiceCall(workflow.info().workflow_id, call_id, call["input"])
        try:
            output = await self._caller.service(contract, argument)
            problems = contract.check_output(output)
            event: Event = (
                ServiceFailed(call_id, "service-output", "; ".join(problems))
                if problems
                else ServiceFinished(call_id, output)
            )
        except (ActivityError, ApplicationError) as failed:
            event = failure(call_id, failed)
        self._reach_time()
        # A call retried after an incident keeps its id, and with it its idempotency key; its act is new.
        self._step(f"service-{call_id}-{self._journal.seq + 1}", event)
        del self._services[call_id]

    @property
    def _contracts(self) -> Mapping[str, ServiceContract]:
        return self._definition.services

    # --- long lives -------------------------------------------------------------------------

    def _wants_new_history(self) -> bool:
        if self._instance.ended is not None or self._services or self._instance.calls:
            return False
        info = workflow.info()
        limit = self._start.history_limit
        too_long = bool(limit) and info.get_current_history_length() > limit
        return too_long or info.is_continue_as_new_suggested()

    async def _continue_as_new(self) -> None:
        """Go on with an empty history once everything is written and every caller answered."""
        self._leaving = True
        await workflow.wait_condition(lambda: workflow.all_handlers_finished() and self._journal.is_flushed)
        # Kept out while it is zero: states of versions before look the same.
        number = {"calendar": self._calendar_number} if self._calendar_number else {}
        state = pack({"journal": self._journal.dump(), "instance": dump(self._instance), **number})
        before = self._start
        start = StartProcess(before.process_id, {}, state, before.history_limit, before.pace)
        workflow.continue_as_new(args=[self._definition, self._instance.calendar, start])


def _pace(given: PaceInput | None, calendar: Calendar) -> Pace | None:
    if given is None:
        return None
    return Pace(calendar, given.working_day, given.epoch_real, given.epoch_shown)
