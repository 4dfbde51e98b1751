"""The days that what runs in an instance rests on: a version that changes none of them is no news to it.

A window is wide rather than narrow: who is told in vain has one event too many, who is not told has a wrong
day. It ends with the working morning on which word of a passed limit goes out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from wenzheng.calendars import Calendar
from wenzheng.calendars.units import Unit
from wenzheng.contracts import JsonObject
from wenzheng.engine.clock_model import Clock
from wenzheng.engine.counting import open_pause, pause_limit
from wenzheng.engine.instance import ProcessInstance
from wenzheng.engine.schedules import looked_at, parse_schedule
from wenzheng.engine.waiting import parts

Window = tuple[date, date]
_ONE = timedelta(1)


def windows(instance: ProcessInstance) -> list[list[str]]:
    """First and last day (YYYY-MM-DD) of each stretch of days that a clock or timer was counted over."""
    if instance.ended is not None:
        return []
    found = {*_of_clocks(instance), *_of_timers(instance)}
    return [[first.isoformat(), last.isoformat()] for first, last in sorted(found)]


def _of_clocks(instance: ProcessInstance) -> Iterator[Window]:
    for name, state in instance.clocks.running.items():
        if "waits" not in state:
            days = list(_days(instance.clocks.clock(name), state, instance.calendar))
            if days:
                yield min(days), max(days)


def _days(clock: Clock, state: JsonObject, calendar: Calendar) -> Iterator[date]:
    """Days between which everything lies that is still to come to a clock."""
    day0 = date.fromisoformat(state["day0"])
    entry = open_pause(state)
    pause = pause_limit(entry, clock, calendar) if entry is not None else None
    if pause is not None:
        yield _day(pause.last, calendar)
    ahead = [one for one in state["thresholds"] if not one["passed"] and one["due"] is not None]
    if (ahead or pause is not None) and _counts_from(clock, state):
        yield day0
    for threshold in ahead:
        due = date.fromisoformat(threshold["due"])
        if clock.unit is Unit.CALENDAR_DAYS_ROLLED:
            yield day0 + (threshold["after"] + threshold.get("plus", 0)) * _ONE
        yield due
        if threshold["notify"]:
            yield calendar.next_working(due + _ONE)
        reminder = threshold.get("reminder")
        if reminder is not None and not reminder["passed"]:
            yield calendar.today(datetime.fromisoformat(reminder["from"]))


def _counts_from(clock: Clock, state: JsonObject) -> bool:
    """Whether the days from day 0 on count; of calendar days and hours only those around the limit do."""
    return clock.unit in {Unit.WORKING_DAYS, Unit.OFFICE_HOURS} or "ledger" in state


def _day(last: date | datetime, calendar: Calendar) -> date:
    return calendar.today(last) if isinstance(last, datetime) else last


def _of_timers(instance: ProcessInstance) -> Iterator[Window]:
    calendar = instance.calendar
    for task_id, entry in instance.waiting.items():
        task = instance.live[task_id]
        for place, part in parts(entry):
            if "due" not in part or "every" in part:
                continue
            timer = task.task_spec.awaited.events[place].timer
            if timer is not None and "schedule" in part:
                yield from _of_schedule(timer.text, part, calendar)
            if timer is None or timer.kind != "working_days" or timer.unit is Unit.CALENDAR_DAYS:
                continue
            since = calendar.received_on(datetime.fromtimestamp(task.last_state_change, UTC))
            begin = date.fromisoformat(part["anchor"]) if "anchor" in part else since
            due = calendar.today(datetime.fromisoformat(part["due"]))
            yield min(begin, due), max(begin, due)


def _of_schedule(text: str, part: JsonObject, calendar: Calendar) -> Iterator[Window]:
    schedule = parse_schedule(text)
    if schedule is not None and schedule.working:
        after, due = (datetime.fromisoformat(part[key]) for key in ("after", "due"))
        yield looked_at(schedule, after, due, calendar)
