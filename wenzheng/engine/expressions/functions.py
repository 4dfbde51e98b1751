"""Our own functions in expressions: few, total, bounded, and free of clock and chance.

lower(text)               the text in lower case
date(text), date(instant) the day, as the instant it begins in the process's zone
days_between(a, b)        calendar days from a's day to b's day, negative when b is earlier
add_days(date, n)         the same time of day, n calendar days later (or earlier)
year, month, day(date)    parts of the day in the process's zone, month and day from 1
weekday(date)             1 Monday … 7 Sunday
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from cel_expr_python import cel

from wenzheng.engine.expressions import limits
from wenzheng.engine.expressions.checked import ORDERED, ORDERED_LIST, ORDERED_MAP
from wenzheng.engine.expressions.values import Converter

_MOST_DAYS: Final = 366 * (limits.MAX_YEAR - limits.MIN_YEAR)


def _overload(name: str, returns: Any, parameters: list[Any], run: Callable[..., Any]) -> Any:
    return cel.Overload(name, returns, parameters, impl=run)


def ordered(value: Any) -> list[Any]:
    """What a macro runs over: a list as it is, a map's keys sorted."""
    if isinstance(value, list):
        return value
    if not all(isinstance(key, str) for key in value):
        # Python also takes 1 and true for the same key, CEL does not.
        raise ValueError("A key of the map is not text.")
    return sorted(value)


def declarations(converter: Converter) -> list[Any]:
    """The function declarations of an environment whose days are those of the converter's zone."""
    text, integer, moment = cel.Type.STRING, cel.Type.INT, cel.Type.TIMESTAMP

    def day(instant: datetime) -> datetime:
        return converter.midnight(converter.day_of(instant))

    def between(start: datetime, end: datetime) -> int:
        return (converter.day_of(end) - converter.day_of(start)).days

    def add_days(instant: datetime, days: int) -> datetime:
        if abs(days) > _MOST_DAYS:
            raise ValueError(f"{days} days lead outside the supported years.")
        here = instant.astimezone(converter.zone)
        moved = here + timedelta(days=days)
        converter.midnight(moved.date())  # refuses years that are not supported
        return moved

    def part(name: str, read: Callable[[Any], int]) -> Any:
        run = lambda instant: read(converter.day_of(instant))  # noqa: E731 - a table of one-liners
        return cel.FunctionDecl(name, [_overload(f"{name}_timestamp", integer, [moment], run)])

    return [
        cel.FunctionDecl("lower", [_overload("lower_string", text, [text], str.lower)]),
        cel.FunctionDecl(
            "date",
            [
                _overload("date_string", moment, [text], converter.parse_day),
                _overload("date_timestamp", moment, [moment], day),
            ],
        ),
        cel.FunctionDecl(
            "days_between", [_overload("days_between_timestamps", integer, [moment, moment], between)]
        ),
        cel.FunctionDecl(
            "add_days", [_overload("add_days_timestamp_int", moment, [moment, integer], add_days)]
        ),
        part("year", lambda day: int(day.year)),
        part("month", lambda day: int(day.month)),
        part("day", lambda day: int(day.day)),
        part("weekday", lambda day: int(day.isoweekday())),
        cel.FunctionDecl(
            ORDERED,
            [
                _overload(ORDERED_LIST, cel.Type.LIST, [cel.Type.LIST], ordered),
                _overload(ORDERED_MAP, cel.Type.LIST, [cel.Type.MAP], ordered),
            ],
        ),
    ]
