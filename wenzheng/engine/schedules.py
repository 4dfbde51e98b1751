"""Times that come again by the calendar: the first working day of each week, the last day of each month.

Written on a timer as `wz:every` with `wz:workingDay` or `wz:calendarDay` and `wz:at`; kept as one text, such
as `week working 1 08:30`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from wenzheng.calendars import Calendar

EVERY: Final = ("day", "week", "month", "quarter", "year")
"""What a schedule comes once in."""
DEFAULT_AT: Final = "08:30"
"""When the working morning begins, unless a schedule says otherwise."""
MOST: Final[dict[str, int]] = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}
"""The highest day that can be named in each."""
_TEXT: Final = re.compile(r"(\w+) (working|calendar) (-?\d{1,3}) ((?:[01]\d|2[0-3]):[0-5]\d)", re.ASCII)
_ONE: Final = timedelta(1)
_MONTHS: Final[dict[str, int]] = {"month": 1, "quarter": 3, "year": 12}
_PERIODS: Final = 800
"""Periods that are looked at: of days, more than two years without any work."""


@dataclass(frozen=True)
class Schedule:
    """The `number`-th day, or the last ones for -1 and so on, of every period, at a time of day.

    `working` counts working days only. Of a period with fewer days the last one counts (or the first,
    counting from its end); one without any working day is passed over.
    """

    every: str
    working: bool
    number: int
    at: str


def parse_schedule(text: str) -> Schedule | None:
    """Read a schedule; None when the text is none, or names a day that its period never has."""
    match = _TEXT.fullmatch(text)
    if match is None:
        return None
    every, kind, number, at = match.groups()
    if every not in MOST or not 1 <= abs(int(number)) <= MOST[every]:
        return None
    return Schedule(every, kind == "working", int(number), at)


def next_time(schedule: Schedule, after: datetime, calendar: Calendar) -> datetime:
    """The first instant (UTC) of a schedule that is later than `after`."""
    begin = _begin(schedule.every, calendar.today(after))
    for _ in range(_PERIODS):
        day = _day(schedule, begin, calendar)
        if day is not None and (moment := calendar.instant(day, schedule.at)) > after:
            return moment
        begin = _following(schedule.every, begin)
    # A calendar without any work for years: the schedule must not hang for ever, nor ring at once.
    return calendar.instant(begin, schedule.at)


def looked_at(schedule: Schedule, after: datetime, due: datetime, calendar: Calendar) -> tuple[date, date]:
    """The first and last of the days that decide when a schedule comes next after an instant."""
    begin = _begin(schedule.every, calendar.today(after))
    end = _following(schedule.every, _begin(schedule.every, calendar.today(due))) - _ONE
    return begin, end


def period_around(every: str, day: date) -> tuple[date, date]:
    """The first and the last day of the period in which a day lies."""
    begin = _begin(every, day)
    return begin, _following(every, begin) - _ONE


def _day(schedule: Schedule, begin: date, calendar: Calendar) -> date | None:
    end = _following(schedule.every, begin)
    step, day = (_ONE, begin) if schedule.number > 0 else (-_ONE, end - _ONE)
    left, found = abs(schedule.number), None
    while begin <= day < end and left:
        if not schedule.working or calendar.is_working(day):
            found, left = day, left - 1
        day += step
    return found


def _begin(every: str, day: date) -> date:
    if every in _MONTHS:
        months = _MONTHS[every]
        return date(day.year, (day.month - 1) // months * months + 1, 1)
    return day - day.weekday() * _ONE if every == "week" else day


def _following(every: str, begin: date) -> date:
    if every in _MONTHS:
        years, month = divmod(begin.month - 1 + _MONTHS[every], 12)
        return date(begin.year + years, month + 1, 1)
    return begin + (7 * _ONE if every == "week" else _ONE)
