"""Checks values that come from people and programs against declared types and form fields."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from math import isfinite
from typing import Any, Final

from wenzheng.contracts import JsonObject
from wenzheng.engine.expressions import ExpressionFailed
from wenzheng.engine.expressions.limits import INT_MAX, INT_MIN, MAX_YEAR, MIN_YEAR
from wenzheng.engine.expressions.program import DEFAULT_ZONE
from wenzheng.engine.expressions.values import Converter, Guard
from wenzheng.engine.model import FormField, Variable
from wenzheng.engine.vocabulary import FIELD_TYPES, FIRST_DAYS, LISTED

MAX_VARIABLES: Final = 262_144
"""Bytes of JSON of all variables of an instance together: they travel with every flush."""


def json_problem(what: str, value: Any) -> str | None:
    """Why a value from outside cannot be kept: no JSON, too large or too deep; None when it can."""
    try:
        Guard(what).check(value)
    except ExpressionFailed as failed:
        return str(failed).rstrip(".")
    return None


def size_problem(variables: JsonObject) -> str | None:
    """Why variables are too large to keep together; None when they are not.

    They must be JSON: `json_problem` first.
    """
    size = len(json.dumps(variables, ensure_ascii=False).encode())
    if size <= MAX_VARIABLES:
        return None
    return f"the process variables would hold {size:,} bytes, more than {MAX_VARIABLES:,}"


def type_problem(kind: str, value: Any) -> str | None:
    """What is wrong with a value of a declared type, in words; None when nothing is."""
    match kind:
        case "string":
            good = isinstance(value, str)
        case "bool":
            good = isinstance(value, bool)
        case "int":
            good = isinstance(value, int) and not isinstance(value, bool) and INT_MIN <= value <= INT_MAX
        case "double":
            good = _is_number(value)
        case "date":
            good = isinstance(value, str) and _reads(_CONVERTER.parse_day, value)
        case "timestamp":
            good = isinstance(value, str) and _reads(_CONVERTER.parse_instant, value)
        case "list":
            good = isinstance(value, list)
        case "map":
            good = isinstance(value, dict)
        case _:
            good = True
    return None if good else f"a value of type {kind}{_YEARS if kind in _DATED else ''}"


def check_variables(declared: dict[str, Variable], values: JsonObject) -> list[str]:
    """Problems with start variables: unknown, missing or of the wrong type."""
    problems = [f"'{name}' is not a variable of this process" for name in values if name not in declared]
    for variable in declared.values():
        if variable.name not in values:
            if variable.required:
                problems.append(f"'{variable.name}' is missing")
            continue
        wanted = type_problem(variable.type, values[variable.name])
        if wanted:
            problems.append(f"'{variable.name}' must be {wanted}")
    return problems


def check_form(fields: Iterable[FormField], data: JsonObject, today: date) -> list[str]:
    """Problems with a form's data that is sent `today`: unknown fields, missing ones, types and limits."""
    by_id = {field.id: field for field in fields}
    problems = [f"'{name}' is not a field of this form" for name in data if name not in by_id]
    for field in by_id.values():
        value = data.get(field.id)
        if value is None:
            if field.required:
                problems.append(f"'{field.id}' is required")
        else:
            problems += _field_problems(field, value, today)
    return problems


def _field_problems(field: FormField, value: Any, today: date) -> list[str]:
    wanted = type_problem(FIELD_TYPES[field.type], value)
    if wanted:
        return [f"'{field.id}' must be {wanted}"]
    problems: list[str] = []
    if field.type in LISTED:
        problems += _listed_problems(field, value)
    if field.values and str(value) not in field.values:
        problems.append(f"'{field.id}' must be one of {', '.join(field.values)}")
    if field.not_before is not None:
        first = today + timedelta(FIRST_DAYS[field.not_before])
        if date.fromisoformat(value) < first:
            problems.append(f"'{field.id}' must be {first} or later, found {value}")
    measured = len(value) if isinstance(value, str | list) else value
    unit = " characters" if isinstance(value, str) else " entries" if isinstance(value, list) else ""
    if isinstance(measured, int | float) and not isinstance(measured, bool):
        if field.min is not None and measured < field.min:
            problems.append(f"'{field.id}' must be at least {field.min}{unit}")
        if field.max is not None and measured > field.max:
            problems.append(f"'{field.id}' must be at most {field.max}{unit}")
    return problems


def _listed_problems(field: FormField, value: list[Any]) -> list[str]:
    if not all(isinstance(entry, str) and entry for entry in value):
        return [f"'{field.id}' must be a list of ids"]
    if len(set(value)) != len(value):
        return [f"'{field.id}' must name each id once"]
    return []


# What expressions take: other years and other spellings would stop the first one that uses them.
_YEARS: Final = f" in the years {MIN_YEAR} to {MAX_YEAR}"
_DATED: Final = {"date", "timestamp"}
_CONVERTER: Final = Converter(DEFAULT_ZONE)


def _is_number(value: Any) -> bool:
    if isinstance(value, float):
        return isfinite(value)
    return type(value) is int and INT_MIN <= value <= INT_MAX


def _reads(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True
