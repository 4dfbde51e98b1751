"""The pace of a practice city: a working day passes in seconds, and one clock shows which day it is.

Real time is the machine's. Shown time is what the city lives in: lamps, deadlines, receipts and
notices. Between the two lies one map, linear within each calendar day of the calendar's zone: a
working day's hours pass in `working_day`, those of a day off in a fifth of it. Before the epoch and
beyond the last year that the engine knows, shown time runs as fast as real time.

All arithmetic is in whole microseconds; nothing here reads a clock. An instant costs a search among
days with two array look-ups each, however many years lie between.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from wenzheng.calendars.calendar import Calendar
from wenzheng.calendars.errors import CalendarError

SHORTEST: Final = 100_000
"""Microseconds; a shorter working day is over before anything can be done in it."""
LONGEST: Final = 12 * 3600 * 1_000_000
"""Microseconds; a practice day is shorter than a real one, or several instants would share one."""
DAYS_OFF: Final = 5
"""A day off passes that many times faster than a working day."""
LAST_DAY: Final = date(2190, 12, 31)
"""The last day at this pace: the engine knows no later year (engine.timers)."""

_SPAN: Final = re.compile(r"([0-9]{1,8}(?:\.[0-9]{1,3})?)\s*(ms|s|m|min|h)", re.ASCII)
_UNITS: Final = {"ms": 1_000, "s": 1_000_000, "m": 60_000_000, "min": 60_000_000, "h": 3_600_000_000}
_MICROSECOND: Final = timedelta(microseconds=1)
_DAY: Final = timedelta(days=1)
_UNIX: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST: Final = date(1970, 1, 1).toordinal()


def read_pace(text: str) -> int:
    """The length of a working day, such as `5s`, `500ms` or `1m`, in microseconds.

    Raises:
        CalendarError: `calendar.pace` if the text is no duration from 100 ms to 12 h.
    """
    match = _SPAN.fullmatch(text.strip())
    length = int(Decimal(match[1]) * _UNITS[match[2]]) if match else 0
    if not SHORTEST <= length <= LONGEST:
        raise CalendarError(
            "calendar.pace",
            where="pace",
            expected="how long a working day lasts, from 100ms to 12h",
            found=repr(text),
            remedy="Write for example 5s, 500ms or 1m.",
        )
    return length


def pace_in_words(working_day: int) -> tuple[str, str]:
    """The length of a working day as a number and its unit (h, m, s or ms): the largest that fits."""
    for unit in ("h", "m", "s"):
        if working_day % _UNITS[unit] == 0:
            return str(working_day // _UNITS[unit]), unit
    return f"{Decimal(working_day) / 1000:f}", "ms"


def write_pace(working_day: int) -> str:
    """The length of a working day as `read_pace` reads it."""
    return "".join(pace_in_words(working_day))


@dataclass(frozen=True)
class Pace:
    """One map between real and shown time.

    `working_day` is in microseconds; at the instant `epoch_real` the city's clocks show
    `epoch_shown` (both UTC). The calendar is the one by which the city counts.
    """

    calendar: Calendar
    working_day: int
    epoch_real: datetime
    epoch_shown: datetime

    def shown(self, real: datetime) -> datetime:
        """What the city's clocks show at a real instant.

        Monotone; `real(shown(r)) == r` for every r from the epoch on.
        """
        passed = (real - self.epoch_real) // _MICROSECOND
        if passed < 0:
            return self.epoch_shown + passed * _MICROSECOND
        place = self._origin + passed
        if place >= self._end:
            return self._midnight(LAST_DAY.toordinal() + 1) + (place - self._end) * _MICROSECOND
        day = bisect_right(self._days, place, key=self._before) + self._days.start - 1
        start, length = self._span(day)
        return start + ((place - self._before(day)) * length // self._length(day)) * _MICROSECOND

    def real(self, shown: datetime) -> datetime:
        """The first real instant at which the city's clocks show this instant or a later one."""
        if shown < self.epoch_shown:
            return self.epoch_real - (self.epoch_shown - shown)
        return self.epoch_real + (self._place(shown) - self._origin) * _MICROSECOND

    # --- places: real microseconds since the beginning of 1970 in the zone, at this pace --------

    def _place(self, shown: datetime) -> int:
        shown = shown.astimezone(UTC)
        day = self.calendar.today(shown).toordinal()
        if day > LAST_DAY.toordinal():
            return self._end + (shown - self._midnight(LAST_DAY.toordinal() + 1)) // _MICROSECOND
        start, length = self._span(day)
        into = (shown - start) // _MICROSECOND
        return self._before(day) - (-into * self._length(day) // length)

    @cached_property
    def _origin(self) -> int:
        return self._place(self.epoch_shown)

    @cached_property
    def _end(self) -> int:
        return self._before(LAST_DAY.toordinal() + 1)

    @cached_property
    def _days(self) -> range:
        """The days a real instant may fall into."""
        return range(self.calendar.today(self.epoch_shown).toordinal(), LAST_DAY.toordinal() + 1)

    def _before(self, day: int) -> int:
        """The place at which a day begins."""
        worked = self.calendar.between(date.fromordinal(_FIRST - 1), date.fromordinal(day - 1))
        off = day - _FIRST - worked
        return worked * self.working_day + off * (self.working_day // DAYS_OFF)

    def _length(self, day: int) -> int:
        """Real microseconds in which a day passes."""
        works = self.calendar.is_working(date.fromordinal(day))
        return self.working_day if works else self.working_day // DAYS_OFF

    def _span(self, day: int) -> tuple[datetime, int]:
        """Where a day begins (UTC) and how many microseconds the zone's clocks give it."""
        start = self._midnight(day)
        return start, (self._midnight(day + 1) - start) // _MICROSECOND

    def _midnight(self, day: int) -> datetime:
        return self.calendar.instant(date.fromordinal(day), "00:00")

    # --- moving on, keeping ---------------------------------------------------------------------

    def resumed(self, real: datetime, shown: datetime) -> Pace:
        """The same pace after a standstill: from a real instant on, the clocks go on from `shown`."""
        return Pace(self.calendar, self.working_day, real, shown)

    def dump(self) -> dict[str, Any]:
        """As JSON; the calendar by its version."""
        return {
            "calendar": self.calendar.version,
            "working_day": self.working_day,
            "epoch_real": self.epoch_real.isoformat(),
            "epoch_shown": self.epoch_shown.isoformat(),
        }

    @classmethod
    def load(cls, data: dict[str, Any], calendar: Calendar) -> Pace:
        """The pace that `dump` described, given the calendar of its version."""
        real, shown = (datetime.fromisoformat(data[name]) for name in ("epoch_real", "epoch_shown"))
        return cls(calendar, data["working_day"], real, shown)


@dataclass(frozen=True)
class CityClock:
    """The one clock of a city: real time without a pace, shown time with one.

    `real` reads the machine's clock (UTC).
    """

    real: Callable[[], datetime]
    pace: Pace | None = None

    def now(self) -> datetime:
        """The present instant, as the city's clocks show it (UTC)."""
        real = self.real()
        return real if self.pace is None else self.pace.shown(real)

    def after(self, span: timedelta) -> datetime:
        """What the clocks will show when a span of real time has passed: for leases and retries.

        A mail server that refuses wants thirty real seconds, not thirty practice ones.
        """
        real = self.real() + span
        return real if self.pace is None else self.pace.shown(real)
