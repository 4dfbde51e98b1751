"""JSON in, CEL values, JSON out; and the guard on both sides.

Numbers are int or double by declaration (3 given for a double becomes 3.0). Dates are ISO text
in JSON and, in CEL, timestamps of their midnight in the process's zone.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from wenzheng.engine.expressions import limits
from wenzheng.engine.expressions.errors import ExpressionFailed
from wenzheng.engine.expressions.types import VarType

JSON = Any
"""A JSON value: null, bool, int, float, str, list, dict with text keys."""

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)
_DATE_REMEDY: Final = "Correct the expression or the data."
_REMEDY: Final = "Use text, numbers, true, false, null, lists and maps with text keys."


class Guard:
    """Counts the bytes and items of JSON values and refuses what is beyond the limits.

    One guard serves all inputs of an evaluation: the limits hold for them together.
    """

    def __init__(self, what: str) -> None:
        self.what = what
        self.bytes = 0
        self.items = 0

    def check(self, value: JSON, variable: str | None = None) -> None:
        """Walk `value`, never deeper than the limit.

        Raises:
            ExpressionFailed: `too_deep`, `too_large`, `too_many_items`, `not_json`,
                `number_out_of_range`, `nul_in_text`, `surrogate_in_text`.
        """
        self._walk(value, 0, variable)

    def _fail(self, code: str, message: str, hint: str, variable: str | None) -> ExpressionFailed:
        where = f"{self.what} {variable!r}" if variable else self.what
        return ExpressionFailed(code, f"{where}: {message}", hint, variable=variable)

    def _walk(self, value: JSON, depth: int, variable: str | None) -> None:
        kind = type(value)
        if kind is str:
            self._text(value, variable)
        elif value is None or kind is bool:
            self._count(5, 0, variable)
        elif kind is int:
            if not limits.INT_MIN <= value <= limits.INT_MAX:
                raise self._fail(
                    "number_out_of_range",
                    "a whole number has more than 64 bits.",
                    "Use a smaller number or text.",
                    variable,
                )
            self._count(len(str(value)), 0, variable)
        elif kind is float:
            if not math.isfinite(value):
                raise self._fail(
                    "number_out_of_range",
                    "a number is infinite or not a number.",
                    "Check the division or conversion before it.",
                    variable,
                )
            self._count(len(repr(value)), 0, variable)
        elif kind is list or kind is dict:
            self._collection(value, depth, variable)
        else:
            raise self._fail("not_json", f"expected JSON, found {kind.__name__}.", _REMEDY, variable)

    def _collection(self, value: JSON, depth: int, variable: str | None) -> None:
        if depth >= limits.MAX_DEPTH:
            hint = "A value must not contain itself again and again; keep a flat list instead."
            raise self._fail("too_deep", f"nested deeper than {limits.MAX_DEPTH} levels.", hint, variable)
        # Counted before the walk, so that a huge list is refused at once.
        self._count(2 + 2 * len(value), len(value), variable)
        if type(value) is dict:
            for key, item in value.items():
                if type(key) is not str:
                    raise self._fail(
                        "not_json", f"a key is {type(key).__name__}, not text.", _REMEDY, variable
                    )
                self._text(key, variable)
                self._walk(item, depth + 1, variable)
        else:
            for item in value:
                self._walk(item, depth + 1, variable)

    def _text(self, value: str, variable: str | None) -> None:
        if "\0" in value:
            raise self._fail("nul_in_text", "a text holds a NUL character.", "Remove it.", variable)
        try:
            size = len(value.encode())
        except UnicodeEncodeError:
            raise self._fail(
                "surrogate_in_text",
                "a text holds half a character (a lone surrogate).",
                "Remove it.",
                variable,
            ) from None
        self._count(size + 2, 0, variable)

    def _count(self, size: int, items: int, variable: str | None) -> None:
        self.bytes += size
        self.items += items
        if self.bytes > limits.MAX_BYTES:
            raise self._fail(
                "too_large",
                f"more than {limits.MAX_BYTES} bytes of JSON.",
                "Keep long texts in the store and refer to them.",
                variable,
            )
        if self.items > limits.MAX_ITEMS:
            raise self._fail(
                "too_many_items",
                f"more than {limits.MAX_ITEMS} list elements and map entries.",
                "Let a service prepare the data.",
                variable,
            )


class Converter:
    """Converts between JSON and CEL for one time zone. Immutable."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone

    # --- instants --------------------------------------------------------------------------

    def midnight(self, day: date) -> datetime:
        """The UTC instant at which `day` begins in the zone."""
        if not limits.MIN_YEAR <= day.year <= limits.MAX_YEAR:
            raise ValueError(f"The year {day.year} is outside {limits.MIN_YEAR} to {limits.MAX_YEAR}.")
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def parse_day(self, text: str) -> datetime:
        """Midnight of an ISO 8601 date; ValueError says what is wrong."""
        if not _DATE.fullmatch(text):
            raise ValueError(f"Expected a date such as 2026-10-08, found {text[:40]!r}.")
        return self.midnight(_calendar_day(text))

    def parse_instant(self, text: str) -> datetime:
        """An ISO 8601 instant with Z or an offset; ValueError says what is wrong."""
        if not _INSTANT.fullmatch(text):
            raise ValueError(f"Expected an instant such as 2026-10-08T08:30:00+08:00, found {text[:40]!r}.")
        _calendar_day(text[:10])
        instant = datetime.fromisoformat(text)
        if not limits.MIN_YEAR <= instant.year <= limits.MAX_YEAR:
            raise ValueError(f"The year {instant.year} is outside {limits.MIN_YEAR} to {limits.MAX_YEAR}.")
        return instant.astimezone(UTC)

    def day_of(self, instant: datetime) -> date:
        """The day of an instant in the zone; ValueError outside the supported years."""
        year = instant.year
        if year + 1 >= limits.MIN_YEAR and year - 1 <= limits.MAX_YEAR:  # elsewhere zones overflow
            day = instant.astimezone(self.zone).date()
            year = day.year
            if limits.MIN_YEAR <= year <= limits.MAX_YEAR:
                return day
        raise ValueError(f"The year {year} is outside {limits.MIN_YEAR} to {limits.MAX_YEAR}.")

    # --- JSON to CEL -----------------------------------------------------------------------

    def to_cel(self, value: JSON, declared: VarType, variable: str) -> Any:
        """The CEL value of guarded JSON.

        Raises:
            ExpressionFailed: `wrong_type`, `too_long`, `bad_date`.
        """
        base = declared.base
        if base == "any" or (value is None and declared.nullable):
            return value
        if base in ("date", "timestamp") and type(value) is str:
            try:
                return self.parse_day(value) if base == "date" else self.parse_instant(value)
            except ValueError as error:
                message = f"Variable {variable!r}: {error}"
                raise ExpressionFailed("bad_date", message, "Correct the value.", variable=variable) from None
        if not _fits_collection(value, base):
            return _scalar(value, base, f"Variable {variable!r}", variable)
        _check_length(value, declared, variable)
        element = declared.element
        if element is None:
            return value
        if base == "list":
            return [self.to_cel(v, element, variable) for v in value]
        return {k: self.to_cel(v, element, variable) for k, v in value.items()}

    # --- CEL to JSON -----------------------------------------------------------------------

    def from_cel(self, value: Any, expected: VarType | None) -> JSON:
        """The JSON of a result. Keys are sorted: CEL's own order differs between processes.

        Raises:
            ExpressionFailed: `wrong_type`, `not_json`, `bad_date`, `not_a_day`, `too_long`.
        """
        base = expected.base if expected else "any"
        if expected is None or base == "any" or (value is None and expected.nullable):
            return self._plain(value, 0)
        if base in ("date", "timestamp"):
            return self._moment(value, base)
        if not _fits_collection(value, base):
            return _scalar(value, base, "The result", None)
        _check_length(value, expected, None)
        if base == "string":
            return value
        if base == "list":
            return [self.from_cel(v, expected.element) for v in value]
        return {k: self.from_cel(value[k], expected.element) for k in _sorted_keys(value)}

    def _moment(self, value: Any, base: str) -> str:
        try:
            if isinstance(value, str):
                value = self.parse_day(value) if base == "date" else self.parse_instant(value)
            if not isinstance(value, datetime):
                raise _wrong(f"a {base}", value, "The result", None)
            day = self.day_of(value)
            if base == "timestamp":
                return self._instant_text(value)
        except ValueError as error:
            raise ExpressionFailed("bad_date", f"The result: {error}", _DATE_REMEDY) from None
        if self.midnight(day) != value:
            raise ExpressionFailed(
                "not_a_day",
                f"The result {self._instant_text(value)} is not the beginning of a day.",
                "Write date(…) around it to take its day.",
            )
        return day.isoformat()

    def _instant_text(self, value: datetime) -> str:
        try:
            self.day_of(value)
        except ValueError as error:
            raise ExpressionFailed("bad_date", f"The result: {error}", _DATE_REMEDY) from None
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")

    def _plain(self, value: Any, depth: int) -> JSON:
        if value is None or isinstance(value, (bool, int, float, str)):
            return value
        if isinstance(value, datetime):
            return self._instant_text(value)
        if depth > limits.MAX_DEPTH:
            raise ExpressionFailed(
                "too_deep",
                f"The result is nested deeper than {limits.MAX_DEPTH} levels.",
                "Keep a flat list instead.",
            )
        if isinstance(value, list):
            return [self._plain(v, depth + 1) for v in value]
        if isinstance(value, dict):
            return {k: self._plain(value[k], depth + 1) for k in _sorted_keys(value)}
        raise ExpressionFailed("not_json", f"The result is of type {type(value).__name__}.", _REMEDY)


def _calendar_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"Expected a day of the calendar, found {text!r}.") from None


def _sorted_keys(value: dict[Any, Any]) -> Iterable[str]:
    for key in value:
        if not isinstance(key, str):
            raise ExpressionFailed(
                "not_json",
                f"A key of the result is {type(key).__name__}, not text.",
                "Write the keys in quotes.",
            )
    return sorted(value)


def _fits_collection(value: Any, base: str) -> bool:
    """Whether `value` is of the declared kind among those that have a length."""
    return type(value) is {"string": str, "list": list, "map": dict}.get(base)


def _check_length(value: Any, declared: VarType, variable: str | None) -> None:
    if declared.limit is not None and len(value) > declared.limit:
        what = f"Variable {variable!r}" if variable else "The result"
        unit = "characters" if declared.base == "string" else "items"
        raise ExpressionFailed(
            "too_long",
            f"{what} has {len(value)} {unit}; {declared.limit} are declared.",
            "Shorten it, or declare more.",
            variable=variable,
        )


def _wrong(expected: str, value: Any, what: str, variable: str | None) -> ExpressionFailed:
    names = {
        "str": "text",
        "NoneType": "null",
        "dict": "map",
        "float": "double",
        "datetime": "timestamp",
        "timedelta": "duration",
    }
    found = names.get(type(value).__name__, type(value).__name__)
    return ExpressionFailed(
        "wrong_type",
        f"{what}: expected {expected}, found {found}.",
        "Correct the value, or declare another type.",
        variable=variable,
    )


def _scalar(value: Any, base: str, what: str, variable: str | None) -> JSON:
    """A bool, int or double in its declared form; whole doubles are ints, 3.5 is not."""
    kind = type(value)
    if base == "bool" and kind is bool:
        return value
    if base == "int" and kind is int:
        return value
    if base == "int" and kind is float and value.is_integer() and abs(value) <= 2**53:
        return int(value)
    if base == "double" and kind in (int, float):
        return float(value)
    names = {"int": "a whole number", "string": "text", "bool": "true or false", "date": "a date as text"}
    raise _wrong(names.get(base, f"a {base}"), value, what, variable)
