"""The clocks of an instance: started and stopped by elements, with thresholds in working days.

SpiffWorkflow knows nothing of them: what is stored is the rule, day 0 and the calendar version,
so that a deadline can be recomputed and explained. Colours are not stored while a clock runs;
they follow from the thresholds and the time of the reader (`wenzheng.petitions.lamps`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any, Final

from wenzheng.calendars import Calendar
from wenzheng.contracts import CLOCK_STARTED, CLOCK_STOPPED, REMINDER_DUE, THRESHOLD_PASSED, JsonObject
from wenzheng.engine.effects import Effect
from wenzheng.engine.expressions import ExpressionFailed, Program
from wenzheng.engine.model import Clock, ProcessModel, Threshold, in_english

NOTICE_TIME: Final = "08:30"
"""When word of a lamp goes out on the next working day (defaults.md, "notice of a lamp")."""
_NEVER: Final[Mapping[str, Program]] = {}


class ClockTable:
    """The running clocks of one instance.

    `running` maps a clock's id to JSON: day0, and for each threshold its due day, the first
    instant after it (UTC), whether it has been passed, and the reminder of it if there is one.
    """

    def __init__(
        self, model: ProcessModel, calendar: Calendar, at_once: Mapping[str, Program] = _NEVER
    ) -> None:
        """`at_once` holds, by clock, the condition under which word goes out without waiting."""
        self._model = model
        self._at_once = at_once
        self._calendar = calendar
        self._by_start: dict[str, list[Clock]] = {}
        self._by_stop: dict[str, list[Clock]] = {}
        for clock in model.clocks.values():
            self._by_start.setdefault(clock.starts, []).append(clock)
            if clock.stops:
                self._by_stop.setdefault(clock.stops, []).append(clock)
        self.running: dict[str, JsonObject] = {}

    def element_completed(self, element: str, variables: JsonObject, now: datetime) -> Iterator[Effect]:
        """Stop, then start, the clocks that hang on an element's completion."""
        for clock in self._by_stop.get(element, ()):
            if clock.id in self.running:
                yield self._stop(clock.id, element, "completed", now)
        for clock in self._by_start.get(element, ()):
            if clock.id not in self.running:
                yield self._start(clock, element, variables, now)

    def stop_all(self, element: str, now: datetime) -> Iterator[Effect]:
        """Stop what still runs because the instance ends."""
        for clock_id in list(self.running):
            yield self._stop(clock_id, element, "ended", now)

    def next_deadline(self) -> datetime | None:
        """The nearest threshold, or reminder of one, that has not been passed."""
        return min((moment for moment, *_ in self._ahead()), default=None)

    def pass_one(self, variables: JsonObject, now: datetime) -> Effect | None:
        """Pass the oldest threshold or reminder that is due by `now`, if there is one."""
        due = [ahead for ahead in self._ahead() if ahead[0] <= now]
        if not due:
            return None
        moment, clock_id, threshold = min(due, key=lambda item: (item[0], item[1]))
        if moment != _instant(threshold):
            return self._remind(clock_id, threshold)
        threshold["passed"] = True
        clock = self._model.clocks[clock_id]
        return Effect(
            THRESHOLD_PASSED,
            clock.starts,
            {
                "clock": clock_id,
                "threshold": threshold["id"],
                "due": threshold["due"],
                "from": threshold["from"],
                "lamp": threshold["lamp"],
                "notify": threshold["notify"],
                "notice_at": self._notice_at(clock_id, _instant(threshold), variables).isoformat(),
            },
        )

    def _remind(self, clock_id: str, threshold: JsonObject) -> Effect:
        reminder = threshold["reminder"]
        reminder["passed"] = True
        return Effect(
            REMINDER_DUE,
            self._model.clocks[clock_id].starts,
            {
                "clock": clock_id,
                "threshold": threshold["id"],
                "due": threshold["due"],
                "remind": reminder["remind"],
                "notice_at": reminder["from"],
            },
        )

    def _ahead(self) -> Iterator[tuple[datetime, str, JsonObject]]:
        for clock_id, state in self.running.items():
            for threshold in state["thresholds"]:
                reminder = threshold.get("reminder")
                if reminder is not None and not reminder["passed"]:
                    yield datetime.fromisoformat(reminder["from"]), clock_id, threshold
                if not threshold["passed"]:
                    yield _instant(threshold), clock_id, threshold

    def _start(self, clock: Clock, element: str, variables: JsonObject, now: datetime) -> Effect:
        given = variables.get(clock.day0_variable) if clock.day0_variable else None
        day0 = date.fromisoformat(given) if given else self._calendar.today(now)
        thresholds: list[dict[str, Any]] = []
        for threshold in clock.thresholds:
            counted = self._calendar.add(day0, threshold.after)
            thresholds.append(
                {
                    "id": threshold.id,
                    "after": threshold.after,
                    "due": counted.date.isoformat(),
                    "from": self._calendar.late_from(day0, threshold.after).isoformat(),
                    "lamp": threshold.lamp,
                    "notify": list(threshold.notify),
                    "provisional": counted.provisional,
                    **self._reminder(day0, threshold, now),
                    "passed": False,
                }
            )
        self.running[clock.id] = {"day0": day0.isoformat(), "thresholds": thresholds}
        return Effect(
            CLOCK_STARTED,
            element,
            {
                "clock": clock.id,
                "name": clock.name,
                **in_english(clock.name_en),
                "day0": day0.isoformat(),
                "calendar": self._calendar.version,
                "thresholds": [
                    {key: value for key, value in threshold.items() if key not in {"passed", "reminder"}}
                    for threshold in thresholds
                ],
            },
        )

    def _reminder(self, day0: date, threshold: Threshold, now: datetime) -> JsonObject:
        """When who is reminded; not at all when that moment is over as the clock starts."""
        if not threshold.remind:
            return {}
        day = self._calendar.add(day0, threshold.after - threshold.remind_before).date
        moment = self._calendar.instant(day, NOTICE_TIME)
        if moment < now:
            return {}
        return {"reminder": {"from": moment.isoformat(), "remind": list(threshold.remind), "passed": False}}

    def _stop(self, clock_id: str, element: str, reason: str, now: datetime) -> Effect:
        state = self.running.pop(clock_id)
        return Effect(
            CLOCK_STOPPED,
            element,
            {"clock": clock_id, "reason": reason, "lamp": _frozen_lamp(state, reason, now)},
        )

    def _notice_at(self, clock_id: str, moment: datetime, variables: JsonObject) -> datetime:
        """The next working morning; at once while the clock's condition holds.

        A condition that cannot be evaluated, because what it asks about is not known yet, does not hold.
        """
        condition = self._at_once.get(clock_id)
        if condition is not None:
            with suppress(ExpressionFailed):
                if condition.evaluate(variables) is True:
                    return moment
        day = self._calendar.next_working(self._calendar.today(moment))
        return self._calendar.instant(day, NOTICE_TIME)


def _instant(threshold: JsonObject) -> datetime:
    return datetime.fromisoformat(threshold["from"]).astimezone(UTC)


def _frozen_lamp(state: JsonObject, reason: str, now: datetime) -> str | None:
    """The colour that stays: of the last lamp reached, else green for an answer in time.

    Decided by the instants, not by which thresholds have fired: an answer that arrives together
    with the alarm is judged by its time.
    """
    lamps = [threshold for threshold in state["thresholds"] if threshold["lamp"]]
    if not lamps:
        return None
    reached = [str(threshold["lamp"]) for threshold in lamps if _instant(threshold) <= now]
    if reached:
        return reached[-1]
    return "green" if reason == "completed" else None
