"""The calendar: counts working days, and knows where its data ends.

Days are dates in the calendar's zone; instants are timezone-aware UTC datetimes. Day 0 of a count is
never counted itself (Civil Code of the PRC, Art. 201), and the last day runs to its end (Art. 203).
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any, Final, NamedTuple, NoReturn, final
from zoneinfo import ZoneInfo

from wenzheng.calendars.document import Document, SpecialDay, read_document, read_time
from wenzheng.calendars.errors import CalendarError
from wenzheng.calendars.explanation import Explanation, Step
from wenzheng.calendars.index import DayIndex

_LAST_ORDINAL: Final = date.max.toordinal()


class Counted(NamedTuple):
    """A day that was counted to; `provisional` if a day on the way is not decreed."""

    date: date
    provisional: bool


@final
class Calendar:
    """An immutable calendar, named by the sha256 of its document.

    Two calendars are equal when their documents are. Counting costs two array look-ups however far
    the count goes; results are provisional when they rest on a day outside
    `decreed_from`…`decreed_through`.
    """

    __slots__ = (
        "_answers",
        "_before",
        "_counts",
        "_document",
        "_from",
        "_index",
        "_ordinals",
        "_places",
        "_through",
        "_works",
    )

    def __init__(self, document: Document) -> None:
        """Take a document that `read_document` has checked; most callers want `from_document`."""
        self._document = document
        self._from = document.decreed_from.toordinal()
        self._through = document.decreed_through.toordinal()
        self._ordinals = [special.day.toordinal() for special in document.special]
        exceptions = [(special.day.toordinal(), special.works) for special in document.special]
        self._works = dict(exceptions)
        self._index = DayIndex(document.weekend, exceptions)
        # Answers by the number of their working day, made once each: one is the answer to many questions,
        # and making it costs more than finding it. Decreed days only, asked from days the arrays hold.
        self._answers: dict[int, Counted] = {}
        self._before, self._counts = self._index.prepared()
        self._places = len(self._counts)

    @classmethod
    def from_document(cls, doc: Mapping[str, Any]) -> Calendar:
        """Build a calendar from its document (format: `wenzheng.calendars.document`).

        Raises:
            CalendarError: if the document is not right.
        """
        return cls(read_document(doc))

    def document(self) -> dict[str, Any]:
        """A fresh copy of the document in canonical order; `from_document` gives an equal calendar."""
        content: dict[str, Any] = json.loads(self._document.canonical)
        return content

    @property
    def id(self) -> str:
        """Short name, such as `cn`."""
        return self._document.id

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which days begin and end."""
        return self._document.zone

    @property
    def version(self) -> str:
        """Sha256 (64 hex digits) of the canonical document."""
        return self._document.version

    @property
    def decreed_from(self) -> date:
        """First day that a notice covers."""
        return self._document.decreed_from

    @property
    def decreed_through(self) -> date:
        """Last day that a notice covers; later days are guesses."""
        return self._document.decreed_through

    @property
    def horizon(self) -> date:
        """Last day with any data; later only the weekly rule counts."""
        return self._document.horizon

    @property
    def office_hours(self) -> tuple[tuple[time, time], ...]:
        """When the office is open on a working day: opening and closing times by the zone's clocks."""
        return self._document.office_hours

    def is_working(self, day: date) -> bool:
        """Whether offices work on this day."""
        ordinal = _ordinal(day)
        works = self._works.get(ordinal)
        return day.isoweekday() not in self._document.weekend if works is None else works

    def is_provisional(self, day: date) -> bool:
        """Whether no notice covers this day."""
        return not self._from <= _ordinal(day) <= self._through

    def add(self, day: date, n: int) -> Counted:
        """The n-th working day after `day` (day 0); with negative n the n-th before it.

        With n = 0 it is `day` itself, worked or not: nothing is counted, so nothing is provisional.

        Raises:
            CalendarError: `calendar.out_of_range` if the result is no date of the years 1…9999.
        """
        if day.__class__ is not date or n.__class__ is not int:
            _refuse(day, n)
        start = day.toordinal()
        place = start - self._before
        prepared = n > 0 and 0 < place < self._places
        if prepared:
            number = self._counts[place] + n
            found = self._answers.get(number)
            if found is not None:
                return found
        index = self._index
        if n > 0:
            number = index.count(start) + n
            end = index.nth(number)
            if end > _LAST_ORDINAL:
                _refuse_range(day, n)
            due = Counted(date.fromordinal(end), end > self._through or start + 1 < self._from)
            if prepared and not due.provisional:
                self._answers[number] = due
            return due
        if n == 0:
            return Counted(day, provisional=False)
        end = index.nth(index.count(start - 1) + n + 1)
        if end < 1:
            _refuse_range(day, n)
        return Counted(date.fromordinal(end), end < self._from or start - 1 > self._through)

    def between(self, a: date, b: date) -> int:
        """Working days in (a, b]; if b is before a, minus those in (b, a]."""
        count = self._index.count
        return count(_ordinal(b)) - count(_ordinal(a))

    def next_working(self, day: date) -> date:
        """The day itself if offices work on it, else the next day they do."""
        ordinal = _ordinal(day)
        end = self._index.nth(self._index.count(ordinal - 1) + 1)
        if end > _LAST_ORDINAL:
            _refuse_range(day, 1)
        return date.fromordinal(end)

    def late_from(self, day0: date, n: int) -> datetime:
        """First instant (UTC) at which a limit of n working days from day 0 is over.

        That is the beginning, in the zone, of the calendar day after the n-th working day: not of the
        next working day, and not one second earlier.
        """
        return self.end_of(self.add(day0, n).date)

    def today(self, now: datetime) -> date:
        """The day it is in the zone at an instant.

        Raises:
            CalendarError: `calendar.naive` if the instant has no zone.
        """
        if now.tzinfo is None:
            raise CalendarError(
                "calendar.naive",
                where="now",
                expected="an instant with a time zone",
                found=f"{now.isoformat()} without one",
                remedy="Use datetime.now(UTC): without a zone the day is a guess.",
            )
        return now.astimezone(self.zone).date()

    def received_on(self, now: datetime) -> date:
        """Day 0 of what is received at an instant: the day it is then, whether offices work or not.

        A calendar with a cut-off counts what comes after it, or on a day off, as received on the next
        working day: a rule that some places have, and that no national law knows.
        """
        day = self.today(now)
        cut_off = self._document.cut_off
        if cut_off is None:
            return day
        late = self.is_working(day) and now.astimezone(self.zone).time() >= cut_off
        return self.add(day, 1).date if late else self.next_working(day)

    def end_of(self, day: date) -> datetime:
        """The first instant (UTC) after a day: what ends with this day is late from then on.

        Raises:
            CalendarError: `calendar.out_of_range` for the last day there is.
        """
        if _ordinal(day) >= _LAST_ORDINAL:
            _refuse_range(day, 1)
        return self._at(date.fromordinal(day.toordinal() + 1), time.min)

    def instant(self, day: date, at: str) -> datetime:
        """The instant (UTC) at which the zone's clocks show `at` ("HH:MM") on this day.

        Raises:
            CalendarError: `calendar.time` if `at` is not a time of day.
        """
        _ordinal(day)
        return self._at(day, read_time(at, "time of day"))

    def special_days(self, first: date, last: date) -> tuple[SpecialDay, ...]:
        """The days of `first`…`last` (both included) that a notice or the statute names."""
        low = bisect_left(self._ordinals, _ordinal(first))
        high = bisect_right(self._ordinals, _ordinal(last))
        return self._document.special[low:high]

    def explain(self, day: date, n: int) -> Explanation:
        """`add(day, n)` with its reasons: every special day on the way and the notice behind it.

        Holidays that fall on a weekend change nothing and are not listed.
        """
        due, provisional = self.add(day, n)
        low, high = day.toordinal() + 1, due.toordinal()
        if n < 0:
            low, high = high, low - 2
        weekend = self._document.weekend
        begin, end = bisect_left(self._ordinals, low), bisect_right(self._ordinals, high)
        steps = tuple(
            Step.of(special, provisional=self.is_provisional(special.day))
            for special in self._document.special[begin:end]
            if special.works == (special.day.isoweekday() in weekend)
        )
        skipped = sum(step.kind == "skipped" for step in steps)
        return Explanation(
            day0=day,
            n=n,
            due=due,
            provisional=provisional,
            weekend_days=abs((due - day).days) - abs(n) - skipped,
            steps=steps,
            calendar=self.id,
            version=self.version,
            decreed_through=self.decreed_through,
        )

    def _at(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)

    def __eq__(self, other: object) -> bool:
        return self.version == other.version if isinstance(other, Calendar) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.version)

    def __repr__(self) -> str:
        return f"Calendar({self.id!r}, version={self.version[:12]!r}, decreed_through={self.decreed_through})"


def _ordinal(day: date) -> int:
    """The day's ordinal; a datetime is refused, because its day depends on a zone."""
    if day.__class__ is not date:
        raise CalendarError(
            "calendar.not_a_day",
            where="day",
            expected="a date",
            found=type(day).__name__,
            remedy="Ask Calendar.today(instant) for the day of an instant.",
        )
    return day.toordinal()


def _refuse(day: date, n: object) -> NoReturn:
    _ordinal(day)
    raise CalendarError(
        "calendar.not_a_count",
        where="n",
        expected="a whole number of working days",
        found=repr(n),
        remedy="Hours are another unit with another law: never divide days.",
    )


def _refuse_range(day: date, n: int) -> NoReturn:
    raise CalendarError(
        "calendar.out_of_range",
        where=f"{n} working days from {day}",
        expected="a result between the years 1 and 9999",
        found="a day outside",
        remedy="Use a smaller number of days.",
    )
