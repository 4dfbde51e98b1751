"""One matter of five human steps, three times: as a definition for the engine, and twice written by hand.

Each step is open for a clerk and has two deadlines, after 5 and 15 working days; each act answers one
question. All three write the same rows through the same activity, at the start and after each step.
`Naive` is what a first try looks like: a signal, two timers and a regular activity a step. `Best` is
the shape of our own workflow, by hand: an update with a validator, one lazy timer at the nearest
deadline, a local activity a step.
"""

from __future__ import annotations

import asyncio
import json
from datetime import date, datetime, timedelta
from typing import Any, Final

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from wenzheng.calendars import Calendar
from wenzheng.catalog.bundle import Bundle
from wenzheng.contracts import (
    CLOCK_STARTED,
    CLOCK_STOPPED,
    COMPLETE_TASK_UPDATE,
    INSTANCE_ENDED,
    INSTANCE_STARTED,
    RECORD_ACTIVITY,
    REFUSED_DATA,
    REFUSED_NOT_OPEN,
    REFUSED_ROLE,
    TASK_CLOSED,
    TASK_OPENED,
    THRESHOLD_PASSED,
    ActResult,
    CompleteTask,
    Flush,
    JsonObject,
    Record,
)

STEPS: Final = ("s1", "s2", "s3", "s4", "s5")
ROLE: Final = "clerk"
LIMITS: Final = (("yellow", 5), ("red", 15))
PROCESS: Final = "five"
NAIVE: Final = "bench.naive"
BEST: Final = "bench.best"
_STEP_NAME: Final = {"zh": "办理", "en": "Step"}
_LIMIT_NAME: Final = {"zh": "时限", "en": "Limit"}
_FIELD_NAME: Final = {"zh": "是否完成", "en": "Done?"}
_FIRST_TASK: Final = 3
"""The engine counts ids from the root of its tree; by hand the tasks get the same ids."""
_NOTICE_TIME: Final = "08:30"
_WRITE_TIME: Final = timedelta(seconds=5)


def bundle() -> Bundle:
    """The definition for the engine. JSON is YAML."""
    starts = ("received", *STEPS)
    limits = {lamp: {"working_days": days, "lamp": lamp} for lamp, days in LIMITS}
    form = {"done": {"name": _FIELD_NAME, "type": "yes_no", "required": True}}
    steps: dict[str, JsonObject] = {step: {"name": _STEP_NAME, "by": ROLE, "form": form} for step in STEPS}
    steps[STEPS[-1]]["go"] = "done"
    document = {
        "language": 1,
        "process": PROCESS,
        "name": {"zh": "五步", "en": "Five steps"},
        "data": {"petition_id": "text"},
        "start": {"received": {"zh": "收到", "en": "Received"}},
        "deadlines": {
            f"d_{step}": {"name": _LIMIT_NAME, "starts": starts[number], "stops": step, "limits": limits}
            for number, step in enumerate(STEPS)
        },
        "steps": steps,
        "outcomes": {"done": {"zh": "办结", "en": "Done"}},
    }
    return Bundle(PROCESS, {f"{PROCESS}.yaml": json.dumps(document, ensure_ascii=False).encode()})


class Matter:
    """Where the matter stands, and the rows of what happens to it. Not a workflow: both have one."""

    def __init__(self, calendar: Calendar, variables: JsonObject) -> None:
        self.calendar = calendar
        self.number = 0
        self.seq = 0
        self.ended = False
        self.variables = variables
        self.limits: list[JsonObject] = []
        self._rows: list[Record] = []

    @property
    def step(self) -> str:
        """The step that is open."""
        return STEPS[self.number]

    def ahead(self) -> list[tuple[datetime, JsonObject]]:
        """The deadlines that have not passed, nearest first."""
        return [(datetime.fromisoformat(limit["from"]), limit) for limit in self.limits]

    def begin(self, now: datetime) -> list[Record]:
        """The first step opens."""
        self.seq += 1
        self._add("start", INSTANCE_STARTED, PROCESS, now, {"process": PROCESS, "name": "五步"})
        self._open("start", "received", now)
        return self._take()

    def refuse(self, act: CompleteTask) -> None:
        """Raise the reason why an act cannot be taken now."""
        if self.ended or act.element != self.step:
            raise ApplicationError("This step is not open.", type=REFUSED_NOT_OPEN, non_retryable=True)
        if act.role != ROLE:
            raise ApplicationError("This is for a clerk.", type=REFUSED_ROLE, non_retryable=True)
        if not isinstance(act.data.get("done"), bool):
            raise ApplicationError("Is it done?", type=REFUSED_DATA, non_retryable=True)

    def complete(self, act: CompleteTask, now: datetime) -> list[Record]:
        """The open step is done; the next one opens, or the matter ends."""
        self.seq += 1
        step, data = self.step, dict(act.data)
        self.variables = {**self.variables, **data}
        closed = {
            "task_id": str(_FIRST_TASK + self.number),
            "reason": "completed",
            "actor": act.actor,
            "role": act.role,
            "fact": None,
            "data": data,
        }
        self._add(act.act_id, TASK_CLOSED, step, now, closed)
        stopped = {"clock": f"d_{step}", "reason": "completed", "lamp": self._lamp(now)}
        self._add(act.act_id, CLOCK_STOPPED, step, now, stopped)
        if self.number + 1 < len(STEPS):
            self.number += 1
            self._open(act.act_id, step, now)
        else:
            self.ended, self.limits = True, []
            self.variables = {"outcome": "done", **self.variables}
            ended = {"state": "completed", "outcome": "done", "error": None}
            self._add(act.act_id, INSTANCE_ENDED, "done", now, ended)
        return self._take()

    def passed(self, limit: JsonObject, now: datetime) -> list[Record]:
        """A deadline of the open step has passed."""
        self.seq += 1
        self.limits.remove(limit)
        morning = self.calendar.next_working(self.calendar.today(datetime.fromisoformat(limit["from"])))
        told = {key: limit[key] for key in ("due", "from", "lamp", "notify")} | {
            "clock": f"d_{self.step}",
            "threshold": limit["id"],
            "notice_at": self.calendar.instant(morning, _NOTICE_TIME).isoformat(),
        }
        starts = STEPS[self.number - 1] if self.number else "received"
        self._add(f"time-{self.seq}", THRESHOLD_PASSED, starts, now, told)
        return self._take()

    def flush(self, rows: list[Record], instance: str) -> Flush:
        """What the activity is given."""
        return Flush(instance, "0" * 64, self.calendar.version, rows, "0" * 64, self.variables)

    def _open(self, act_id: str, before: str, now: datetime) -> None:
        day_0 = self.calendar.today(now)
        self.limits = [self._limit(day_0, lamp, days) for lamp, days in LIMITS]
        started = {
            "clock": f"d_{self.step}",
            "name": _LIMIT_NAME["zh"],
            "name_en": _LIMIT_NAME["en"],
            "day0": day_0.isoformat(),
            "calendar": self.calendar.version,
            "thresholds": list(self.limits),
        }
        self._add(act_id, CLOCK_STARTED, before, now, started)
        field: JsonObject = {"id": "done", "type": "bool", "name": _FIELD_NAME["zh"]}
        field |= {"name_en": _FIELD_NAME["en"], "required": True, "min": None, "max": None, "values": []}
        opened = {
            "task_id": str(_FIRST_TASK + self.number),
            "name": _STEP_NAME["zh"],
            "name_en": _STEP_NAME["en"],
            "role": ROLE,
            "fact": None,
            "fields": [field],
        }
        self._add(act_id, TASK_OPENED, self.step, now, opened)

    def _limit(self, day_0: date, lamp: str, days: int) -> JsonObject:
        counted = self.calendar.add(day_0, days)
        return {
            "id": lamp,
            "after": days,
            "due": counted.date.isoformat(),
            "from": self.calendar.late_from(day_0, days).isoformat(),
            "lamp": lamp,
            "notify": [],
            "provisional": counted.provisional,
        }

    def _lamp(self, now: datetime) -> str:
        """The colour that stays."""
        ahead = [limit["lamp"] for moment, limit in self.ahead() if moment > now]
        return {0: "red", 1: "yellow", 2: "green"}[len(ahead)]

    def _add(self, act_id: str, kind: str, element: str, now: datetime, data: JsonObject) -> None:
        self._rows.append(Record(act_id, len(self._rows), self.seq, kind, element, now, data))

    def _take(self) -> list[Record]:
        rows, self._rows = self._rows, []
        return rows


@workflow.defn(name=NAIVE)
class Naive:
    """A signal, two timers and a regular activity a step."""

    @workflow.init
    def __init__(self, calendar: Calendar, variables: JsonObject) -> None:
        self._matter = Matter(calendar, variables)
        self._acts: list[CompleteTask] = []

    @workflow.signal(name=COMPLETE_TASK_UPDATE)
    def complete_task(self, act: CompleteTask) -> None:
        """A person completes the open step."""
        self._acts.append(act)

    @workflow.run
    async def run(self, _calendar: Calendar, _variables: JsonObject) -> str:
        """Open each step, wait for its act, write."""
        matter = self._matter
        await self._write(matter.begin(workflow.now()))
        while not matter.ended:
            timers = [asyncio.create_task(self._ring(*limit)) for limit in matter.ahead()]
            await workflow.wait_condition(lambda: bool(self._acts))
            act = self._acts.pop(0)
            if act.element != matter.step or act.role != ROLE:
                continue
            for timer in timers:
                timer.cancel()
            await self._write(matter.complete(act, workflow.now()))
        return "done"

    async def _ring(self, at: datetime, limit: JsonObject) -> None:
        await asyncio.sleep((at - workflow.now()).total_seconds())
        await self._write(self._matter.passed(limit, workflow.now()))

    async def _write(self, rows: list[Record]) -> None:
        flush = self._matter.flush(rows, workflow.info().workflow_id)
        await workflow.execute_activity(
            RECORD_ACTIVITY, flush, result_type=str, start_to_close_timeout=_WRITE_TIME
        )


@workflow.defn(name=BEST)
class Best:
    """An update with a validator, one lazy timer, a local activity a step."""

    @workflow.init
    def __init__(self, calendar: Calendar, variables: JsonObject) -> None:
        self._matter = Matter(calendar, variables)
        self._writing = asyncio.Lock()
        self._alarm_rang = False
        self._alarm: asyncio.Task[None] | None = None

    @workflow.update(name=COMPLETE_TASK_UPDATE)
    async def complete_task(self, act: CompleteTask) -> ActResult:
        """A person completes the open step. Answered when it is in the store."""
        matter, now = self._matter, workflow.now()
        rows = matter.complete(act, now)
        opened = [] if matter.ended else [matter.step]
        result = ActResult(act.act_id, matter.seq, "", now, opened, matter.ended)
        await self._write(rows)
        return result

    @complete_task.validator
    def _may_complete_task(self, act: CompleteTask) -> None:
        self._matter.refuse(act)

    @workflow.run
    async def run(self, _calendar: Calendar, _variables: JsonObject) -> str:
        """Keep one timer at the nearest deadline; one that rings early is armed anew."""
        matter = self._matter
        await self._write(matter.begin(workflow.now()))
        while not matter.ended:
            self._arm()
            await workflow.wait_condition(lambda: matter.ended or self._alarm_rang)
            due = [limit for at, limit in matter.ahead() if at <= workflow.now()]
            for limit in due:
                await self._write(matter.passed(limit, workflow.now()))
        await workflow.wait_condition(workflow.all_handlers_finished)
        return "done"

    def _arm(self) -> None:
        self._alarm_rang = False
        if ahead := self._matter.ahead():
            self._alarm = asyncio.create_task(self._ring(ahead[0][0]))

    async def _ring(self, at: datetime) -> None:
        await asyncio.sleep((at - workflow.now()).total_seconds())
        self._alarm_rang = True

    async def _write(self, rows: list[Record]) -> None:
        flush = self._matter.flush(rows, workflow.info().workflow_id)
        async with self._writing:
            await workflow.execute_local_activity(
                RECORD_ACTIVITY, flush, result_type=str, start_to_close_timeout=_WRITE_TIME
            )


WORKFLOWS: Final[tuple[type[Any], ...]] = (Naive, Best)
