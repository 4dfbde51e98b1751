"""Timers and thresholds: from what a definition writes to the instant it means.

ISO 8601 durations with years, months, weeks, days, hours, minutes and seconds are plain time
on the calendar's wall clock; working days are counted by the calendar and run to the first
instant after the last day. The two never convert into one another (calendar.md §5.3).
"""

from __future__ import annotations

import calendar as month_lengths
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from wenzheng.calendars import Calendar
from wenzheng.calendars.units import Unit, limit

_DURATION: Final = re.compile(
    r"P(?=.)(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?"
    r"(?:T(?=.)(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?",
    re.ASCII,
)
_REPEAT: Final = re.compile(r"R(\d{0,6})/(?:([^/]+)/)?(P[^/]+)", re.ASCII)
LONGEST_DAYS: Final = 36_600
"""A hundred years: what is longer is a mistake, and the years after 9999 cannot be computed."""
LAST_YEAR: Final = 2190
"""The last year that expressions know (their limits.MAX_YEAR)."""


@dataclass(frozen=True)
class Duration:
    """An ISO 8601 duration: months are calendar months, days are wall-clock days."""

    months: int
    days: int
    seconds: int


def parse_duration(text: str) -> Duration | None:
    """Read an ISO 8601 duration without fractions.

    None when the text is not one, or one of more than a hundred years.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        return None
    years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    duration = Duration(years * 12 + months, weeks * 7 + days, hours * 3600 + minutes * 60 + seconds)
    in_days = duration.months * 30.5 + duration.days + duration.seconds / 86_400
    return duration if in_days <= LONGEST_DAYS else None


def parse_instant(text: str) -> datetime | None:
    """Read an ISO 8601 instant with a zone, as UTC; None when the text is not one before 2191."""
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is None or moment.year > LAST_YEAR:
            return None
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True)
class Cycle:
    """An ISO 8601 repeating interval: `times` it fires (None: without end), `every` so long, from `start`."""

    times: int | None
    every: str
    start: datetime | None


def parse_cycle(text: str) -> Cycle | None:
    """Read `R4/PT1H`, `R/P1D` or `R4/2026-10-08T08:30:00+08:00/P1D`; None when the text is none of them."""
    match = _REPEAT.fullmatch(text.strip())
    if match is None:
        return None
    times, start, every = match.groups()
    moment = parse_instant(start) if start else None
    duration = parse_duration(every)
    if (
        duration is None
        or (start and moment is None)
        or not (duration.months or duration.days or duration.seconds)
    ):
        return None
    if times and int(times) < 1:
        return None
    return Cycle(int(times) if times else None, every, moment)


def after_duration(start: datetime, duration: Duration, calendar: Calendar) -> datetime:
    """The instant `duration` after `start`: months and days on the wall clock, then seconds.

    A month that lacks the day ends on its last day (31 January + P1M is 28 or 29 February).
    """
    local = start.astimezone(calendar.zone)
    month_index = local.year * 12 + local.month - 1 + duration.months
    year, month = divmod(month_index, 12)
    last = month_lengths.monthrange(year, month + 1)[1]
    moved = local.replace(year=year, month=month + 1, day=min(local.day, last))
    moved += timedelta(days=duration.days)
    return moved.astimezone(UTC) + timedelta(seconds=duration.seconds)


def first_ring(
    start: datetime, every: Duration, times: int | None, now: datetime, calendar: Calendar
) -> tuple[datetime, int | None]:
    """The first ring of a cycle that is not over at `now`, and how many are left with it (None: without end).

    What was over before anybody waited does not ring; of a cycle that is wholly over the last ring comes at
    once, as a date does that has gone by.
    """
    longest = every.months * 31 * 86_400 + every.days * 86_400 + every.seconds
    gone = max(0, int((now - start).total_seconds() / longest) - 1)
    while (ring := _ring(start, every, gone, calendar)) < now and (times is None or gone < times - 1):
        gone += 1
    if times is None:
        return ring, None
    gone = min(gone, times - 1)
    return _ring(start, every, gone, calendar), times - gone


def _ring(start: datetime, every: Duration, number: int, calendar: Calendar) -> datetime:
    several = Duration(every.months * number, every.days * number, every.seconds * number)
    return after_duration(start, several, calendar)


def after_days(day0: date, count: int, calendar: Calendar, unit: Unit) -> datetime:
    """The first instant after the `count`-th day from day 0 (calendar.md §5.1)."""
    return limit(calendar, unit, day0, count).late_from
