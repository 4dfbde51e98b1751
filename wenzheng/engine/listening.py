"""The part of an instance that knows who waits for what, and what moves when something changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from wenzheng.calendars import Calendar
from wenzheng.contracts import CALENDAR_CHANGED, JsonObject
from wenzheng.engine.expressions import ExpressionFailed
from wenzheng.engine.waiting import due, entry_for, follow, parts, recounted

if TYPE_CHECKING:
    from wenzheng.engine.clocks import ClockTable
    from wenzheng.engine.instance import ProcessInstance
    from wenzheng.engine.model import TimerText
    from wenzheng.engine.tasks import ElementTask


@dataclass(frozen=True)
class Wait:
    """Something is waited for: `id` is that of the task and the place of the event in its element."""

    id: str
    kind: str
    name: str
    keys: dict[str, list[Any]]


class Listening:
    """Mixed into the instance. `waiting` maps ids of tasks to what they wait for (`waiting`)."""

    now: datetime
    calendar: Calendar
    variables: JsonObject
    live: dict[str, ElementTask]
    clocks: ClockTable

    def __init__(self) -> None:
        self.waiting: dict[str, JsonObject] = {}
        self._looked_at: JsonObject | None = None
        self._anchored_at: JsonObject | None = None
        self.conversation: JsonObject = {}
        """Values of correlation keys, fixed by the first message sent or received that carries the key."""
        self.look_again = True
        """A condition may have changed other than by the instance's variables."""

    @property
    def instance(self) -> ProcessInstance:
        """The instance itself."""
        raise NotImplementedError

    def emit(self, kind: str, element: str, data: JsonObject) -> None:
        """Add an effect."""
        raise NotImplementedError

    def new_entry(self, task: ElementTask) -> JsonObject:
        """What a task's element waits for from now on."""
        return entry_for(task.task_spec.awaited, self.now, self.calendar, task.variables)

    def listen(self, task: ElementTask) -> None:
        """Wait for the events of a task's element."""
        self.look_again = True
        self.waiting[task.id] = self.new_entry(task)

    def await_data(self, task: ElementTask) -> None:
        """Let an activity wait until the data of one of its input sets are there (BPMN 2.0.2 p. 219)."""
        task.wait_for_data()
        self.waiting[task.id] = {"data": False}

    def stop_listening(self, task: ElementTask) -> None:
        """The task waits no longer."""
        self.waiting.pop(task.id, None)

    def fire(self, task: ElementTask, place: int) -> None:
        """What a task waited for has happened, its event at `place`."""
        task.task_spec.fired(task, self.instance, place)

    def listeners(self, kind: str, name: str) -> list[tuple[ElementTask, int]]:
        """The tasks that wait for a message or a signal, oldest first, and which of their events it is."""
        return [
            (self.live[task_id], place)
            for task_id, entry in self.waiting.items()
            for place, part in parts(entry)
            if part.get(kind) == name
        ]

    def scheduled(self, element: str, at: datetime | None = None) -> list[tuple[ElementTask, int]]:
        """The tasks of an element that wait for a schedule, and which of its events it is.

        With `at` their next occasion is the one of that moment.
        """
        found = [
            (self.live[task_id], place, part)
            for task_id, entry in self.waiting.items()
            for place, part in parts(entry)
            if "schedule" in part and self.live[task_id].task_spec.element.id == element
        ]
        if at is not None:
            for _, _, part in found:
                part["due"] = at.isoformat()
        return [(task, place) for task, place, _ in found]

    def waits(self) -> list[Wait]:
        """The messages and signals that are waited for, oldest first."""
        correlation = self.instance.process.correlation
        return [
            Wait(
                f"{task_id}/{place}",
                kind,
                part[kind],
                correlation.expected(part[kind], self.conversation, self.live[task_id].variables)
                if kind == "message"
                else {},
            )
            for task_id, entry in self.waiting.items()
            for place, part in parts(entry)
            for kind in ("message", "signal")
            if kind in part
        ]

    def converse(self, keys: JsonObject) -> None:
        """A message was sent or received: the keys it carries are those of the conversation from now on."""
        self.conversation = {**keys, **self.conversation}

    def next_timer(self) -> tuple[datetime, ElementTask, int] | None:
        """The timer that is due first, with its place; ties in the order in which they were set."""
        timers = [
            (moment, self.live[task_id], place)
            for task_id, entry in self.waiting.items()
            for place, part in parts(entry)
            if (moment := due(part)) is not None
        ]
        return min(timers, key=lambda item: item[0], default=None)

    def next_alarm(self) -> datetime | None:
        """The nearest instant (UTC) at which something is due without anybody acting."""
        timer = self.next_timer()
        candidates = [timer[0] if timer else None, self.clocks.next_deadline()]
        return min((moment for moment in candidates if moment is not None), default=None)

    def run_begun(self, task: ElementTask) -> None:
        """Start the clocks that begin with a run of an activity."""
        if task.task_spec.clocks and "undo" not in task.internal_data:
            for effect in self.clocks.run_begun(task):
                self.emit(effect.kind, effect.element, effect.data)

    def run_ended(self, task: ElementTask, reason: str) -> None:
        """Stop the clocks of a run that is over, because it has `completed` or was `cancelled`."""
        if task.task_spec.clocks:
            for effect in self.clocks.run_ended(task, reason):
                self.emit(effect.kind, effect.element, effect.data)

    def repeats(self, task: ElementTask, place: int) -> bool:
        """Whether what a task waits for at a place comes again by itself."""
        part = dict(parts(self.waiting[task.id]))[place]
        return "every" in part or "schedule" in part

    def look_at_conditions(self) -> None:
        """Conditional events fire when their condition becomes true (BPMN 2.0.2 p. 262)."""
        if self._looked_at is self.variables and not self.look_again:
            return
        self._looked_at, self.look_again = self.variables, False
        for task_id in list(self.waiting):
            for place, part in list(parts(self.waiting.get(task_id, {}))):
                if "data" in part and task_id in self.waiting:
                    self._look_for_data(self.live[task_id])
                if "holds" in part and task_id in self.waiting:
                    task = self.live[task_id]
                    held, part["holds"] = part["holds"], self._holds(task, place)
                    if part["holds"] and not held:
                        self.fire(task, place)

    def look_at_days(self) -> None:
        """Clocks and timers that are counted from a variable's day move with it."""
        for effect in self.clocks.look(self.instance):
            self.emit(effect.kind, effect.element, effect.data)
        if self._anchored_at is self.variables:
            return
        self._anchored_at = self.variables
        for task_id, entry in self.waiting.items():
            for place, part in parts(entry):
                if "anchor" in part:
                    task = self.live[task_id]
                    follow(part, _timer(task, place), task.variables, self.calendar)

    def change_calendar(
        self, calendar: Calendar, *, keep_later: bool, notice: str | None, since: datetime | None = None
    ) -> None:
        """Count what runs by another version of the calendar, in force `since` then, if that is known.

        The same version again changes nothing.
        """
        before = self.calendar.version
        if self.instance.ended is not None or calendar.version == before:
            return
        timers = self._recount_timers(calendar, keep_later=keep_later)
        self.calendar = calendar
        said: JsonObject = {"notice": notice, "was": before}
        data = {"calendar": calendar.version, **said, "keep_later": keep_later, "timers": timers}
        self.emit(CALENDAR_CHANGED, self.instance.process.model.id, data)
        effects = self.clocks.calendar_changed(
            calendar, self.now, keep_later=keep_later, since=since, said=said
        )
        for effect in effects:
            self.emit(effect.kind, effect.element, effect.data)

    def _recount_timers(self, calendar: Calendar, *, keep_later: bool) -> list[JsonObject]:
        """Count the timers of days by another version of the calendar; those that moved, for people to read.

        Called before the instance takes the new calendar. The day on which a timer without a variable began
        to count is that of its task's last change; it need not be kept.
        """
        moved: list[JsonObject] = []
        for task_id, entry in self.waiting.items():
            task = self.live[task_id]
            since = self.calendar.received_on(datetime.fromtimestamp(task.last_state_change, UTC))
            for place, part in parts(entry):
                if "due" not in part or "every" in part:
                    continue
                due_now = recounted(part, _timer(task, place), since, self.calendar, calendar)
                if due_now is None or due_now == part.get("counted", part["due"]):
                    continue
                change = {"element": task.task_spec.element.id, "before": part["due"], "due": due_now}
                if keep_later and due_now < part["due"]:
                    change |= {"due": part["due"], "counted": due_now}
                    part["counted"] = due_now
                else:
                    part["due"] = due_now
                    part.pop("counted", None)
                moved.append(change)
        return moved

    def _look_for_data(self, task: ElementTask) -> None:
        if task.task_spec.data is not None and task.task_spec.data.is_there(task):
            self.stop_listening(task)
            task.make_ready()

    def _holds(self, task: ElementTask, place: int) -> bool:
        """A condition that cannot be evaluated, because a variable has no value yet, does not hold."""
        try:
            return task.task_spec.event_conditions[place].evaluate(task.variables) is True
        except ExpressionFailed:
            return False


def _timer(task: ElementTask, place: int) -> TimerText:
    """The timer at a place of a task's events."""
    timer = task.task_spec.awaited.events[place].timer
    assert timer is not None  # only a timer has a time
    return timer
