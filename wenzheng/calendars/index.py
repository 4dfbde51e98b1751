"""Counting working days by ordinals: two array look-ups a question, never a walk over days.

An ordinal is `date.toordinal()`: day 1 is Monday 0001-01-01. `count(o)` is the number of working days
among the ordinals 1…o; `nth(k)` is the ordinal of the k-th working day. Inside the special span both
read prepared arrays; outside they are closed formulas of the weekly rule, joined so that counting
across the edges needs no special case.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable
from itertools import accumulate, chain, compress
from typing import Final, final

_WEEK: Final = 7


@final
class DayIndex:
    """The count and its inverse for one weekly rule and one set of exceptions."""

    __slots__ = (
        "_base",
        "_counts",
        "_days",
        "_first",
        "_last",
        "_per_week",
        "_place",
        "_shift",
        "_sums",
        "_top",
    )

    def __init__(self, weekend: Collection[int], exceptions: Iterable[tuple[int, bool]]) -> None:
        """Prepare the arrays.

        Args:
            weekend: ISO weekdays that are off (Monday is 1); at least one weekday must be left.
            exceptions: ordinals and whether that day is worked.
        """
        week = bytes(weekday not in weekend for weekday in range(1, _WEEK + 1))
        self._per_week = sum(week)
        self._sums = tuple(accumulate(week, initial=0))
        self._place = tuple(compress(range(1, _WEEK + 1), week))
        special = dict(exceptions)
        self._first = min(special, default=1)
        self._last = max(special, default=0)
        length = self._last - self._first + 1
        start = (self._first - 1) % _WEEK
        flags = bytearray((week * (length // _WEEK + 2))[start : start + length])
        for ordinal, works in special.items():
            flags[ordinal - self._first] = works
        self._base = self._weekly(self._first - 1)
        self._counts = array("i", accumulate(flags, initial=self._base))
        self._days = array("i", chain((0,), compress(range(self._first, self._last + 1), flags)))
        self._top = self._counts[-1]
        self._shift = self._top - self._weekly(self._last)

    def count(self, ordinal: int) -> int:
        """Working days among the ordinals 1…`ordinal`."""
        if self._first <= ordinal <= self._last:
            return self._counts[ordinal - self._first + 1]
        if ordinal < self._first:
            return self._weekly(ordinal)
        return self._weekly(ordinal) + self._shift

    def prepared(self) -> tuple[int, array[int]]:
        """The counts of the special span: that of an ordinal stands at its distance to the first item.

        From the second item on; the first is the ordinal before the span, given with them.
        """
        return self._first - 1, self._counts

    def nth(self, number: int) -> int:
        """Ordinal of the `number`-th working day; below 1 or beyond any date it is no valid date."""
        if self._base < number <= self._top:
            return self._days[number - self._base]
        if number > self._top:
            number -= self._shift
        weeks, rest = divmod(number - 1, self._per_week)
        return weeks * _WEEK + self._place[rest]

    def _weekly(self, ordinal: int) -> int:
        weeks, rest = divmod(ordinal, _WEEK)
        return weeks * self._per_week + self._sums[rest]
