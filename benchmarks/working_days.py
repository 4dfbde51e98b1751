"""What counting working days costs, beside the two libraries that can do it.

    python -m benchmarks.working_days [--json]

`numpy.busday_offset` on one scalar, with make-up days made possible by a week of seven days and every closed
day named, prepared beforehand; and `get_nth_working_day` of the `holidays` package, which walks day by day.
All three give the same day, which is checked first. The best of many rounds: others use this machine too.

Ours and numpy's cost hardly depends on n; the package's grows with the days that it walks, from a single step
on. So it is asked twice: in an ordinary week, and on the eve of a long holiday, where it walks further.
docs/decisions/0034 says what a hundredth of it is, and what was tried.
"""

from __future__ import annotations

import json
import sys
import timeit
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

import holidays
import numpy as np

from wenzheng.calendars import Unit, limit
from wenzheng.calendars.china import FIRST_YEAR, LAST_DECREED_YEAR, china

COUNTS: Final = (1, 2, 5, 15, 60, 250, 1000)
ROUNDS: Final = 300
"""Many short rounds: the best of them had the machine for itself."""
_STARTS: Final = (date(2021, 7, 7), date(2020, 1, 22))
"""A Wednesday with nothing near, and the eve of the longest Spring Festival there was."""


def best(n: int, work: Callable[[int], object], times: int) -> float:
    """Nanoseconds of one call with `n`, in the best of several rounds, the loop itself taken off."""

    def nothing(_n: int) -> None:
        return None

    def took(work: Callable[[int], object]) -> float:
        return min(timeit.repeat(lambda: work(n), number=times, repeat=ROUNDS)) / times * 1e9

    return took(work) - took(nothing)


def measure(day: date) -> list[dict[str, Any]]:
    """One row for each number of days from a day: nanoseconds of each way."""
    calendar = china()
    first, last = date(FIRST_YEAR, 1, 1), date(LAST_DECREED_YEAR, 12, 31)
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    closed = np.array([day for day in days if not calendar.is_working(day)], dtype="datetime64[D]")
    busdays = np.busdaycalendar(weekmask="1111111", holidays=closed)
    start = np.datetime64(day)
    package = holidays.country_holidays("CN", years=range(FIRST_YEAR, LAST_DECREED_YEAR + 1))

    def ours(n: int) -> object:
        return calendar.add(day, n)

    def with_late_from(n: int) -> object:
        return limit(calendar, Unit.WORKING_DAYS, day, n)

    def by_numpy(n: int) -> Any:
        return np.busday_offset(start, n, roll="backward", busdaycal=busdays)

    def by_holidays(n: int) -> object:
        return package.get_nth_working_day(day, n)

    rows = []
    for n in COUNTS:
        due = calendar.add(day, n).date
        if not due == by_numpy(n).item() == by_holidays(n):
            raise AssertionError(f"{n} working days from {day}: they disagree")
        rows.append(
            {
                "from": day.isoformat(),
                "n": n,
                "due": due.isoformat(),
                "wenzheng": best(n, ours, 200),
                "limit": best(n, with_late_from, 100),
                "numpy": best(n, by_numpy, 200),
                "holidays": best(n, by_holidays, max(1, 200 // n)),
            }
        )
    return rows


def main() -> None:
    """Print the table."""
    rows = [row for day in _STARTS for row in measure(day)]
    if "--json" in sys.argv:
        print(json.dumps(rows, indent=2))
        return
    print("Adding n working days to one day, nanoseconds a call:")
    print(
        f"{'from':>10} {'n':>5} {'Calendar.add':>13} {'with late_from':>15} {'numpy':>8} {'holidays':>12}  "
        "holidays / ours"
    )
    for row in rows:
        ratio = row["holidays"] / row["wenzheng"]
        print(
            f"{row['from']:>10} {row['n']:>5} {row['wenzheng']:>13,.0f} {row['limit']:>15,.0f} "
            f"{row['numpy']:>8,.0f} {row['holidays']:>12,.0f}  {ratio:>15,.0f}"
        )


if __name__ == "__main__":
    main()
