"""What counting working days costs, beside the two libraries that can do it.

    python -m benchmarks.working_days [--json]

`numpy.busday_offset` on one scalar, with make-up days made possible by a week of seven days and every closed
day named, prepared beforehand; and `get_nth_working_day` of the `holidays` package, which walks day by day.
All three give the same day, which is checked first. The best of many rounds: others use this machine too.

Ours and numpy's cost hardly depends on n; the package's grows with it, from a single step on.
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

COUNTS: Final = (1, 5, 15, 60, 250, 1000)
ROUNDS: Final = 300
"""Many short rounds: the best of them had the machine for itself."""
_START: Final = date(2020, 1, 22)


def best(n: int, work: Callable[[int], object], times: int) -> float:
    """Nanoseconds of one call with `n`, in the best of several rounds, the loop itself taken off."""

    def nothing(_n: int) -> None:
        return None

    def took(work: Callable[[int], object]) -> float:
        return min(timeit.repeat(lambda: work(n), number=times, repeat=ROUNDS)) / times * 1e9

    return took(work) - took(nothing)


def measure() -> list[dict[str, Any]]:
    """One row for each number of days: nanoseconds of each way."""
    calendar = china()
    first, last = date(FIRST_YEAR, 1, 1), date(LAST_DECREED_YEAR, 12, 31)
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    closed = np.array([day for day in days if not calendar.is_working(day)], dtype="datetime64[D]")
    busdays = np.busdaycalendar(weekmask="1111111", holidays=closed)
    start = np.datetime64(_START)
    package = holidays.country_holidays("CN", years=range(FIRST_YEAR, LAST_DECREED_YEAR + 1))

    def ours(n: int) -> object:
        return calendar.add(_START, n)

    def with_late_from(n: int) -> object:
        return limit(calendar, Unit.WORKING_DAYS, _START, n)

    def by_numpy(n: int) -> Any:
        return np.busday_offset(start, n, roll="backward", busdaycal=busdays)

    def by_holidays(n: int) -> object:
        return package.get_nth_working_day(_START, n)

    rows = []
    for n in COUNTS:
        due = calendar.add(_START, n).date
        if not due == by_numpy(n).item() == by_holidays(n):
            raise AssertionError(f"{n} working days from {_START}: they disagree")
        rows.append(
            {
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
    rows = measure()
    if "--json" in sys.argv:
        print(json.dumps(rows, indent=2))
        return
    print("Adding n working days to one day, nanoseconds a call:")
    print(
        f"{'n':>5} {'Calendar.add':>13} {'with late_from':>15} {'numpy':>8} {'holidays':>12}  holidays / ours"
    )
    for row in rows:
        ratio = row["holidays"] / row["wenzheng"]
        print(
            f"{row['n']:>5} {row['wenzheng']:>13,.0f} {row['limit']:>15,.0f} {row['numpy']:>8,.0f} "
            f"{row['holidays']:>12,.0f}  {ratio:>15,.0f}"
        )


if __name__ == "__main__":
    main()
