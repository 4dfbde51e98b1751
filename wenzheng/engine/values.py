"""Checks values that come from people and programs against declared types and form fields."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from wenzheng.contracts import JsonObject
from wenzheng.engine.model import FormField, Variable

INT_LIMIT = 2**63


def type_problem(kind: str, value: Any) -> str | None:
    """What is wrong with a value of a declared type, in words; None when nothing is."""
    match kind:
        case "string":
            good = isinstance(value, str)
        case "bool":
            good = isinstance(value, bool)
        case "int":
            good = isinstance(value, int) and not isinstance(value, bool) and -INT_LIMIT <= value < INT_LIMIT
        case "double":
            good = isinstance(value, int | float) and not isinstance(value, bool)
        case "date":
            good = isinstance(value, str) and _is_date(value)
        case "timestamp":
            good = isinstance(value, str) and _is_timestamp(value)
        case "list":
            good = isinstance(value, list)
        case "map":
            good = isinstance(value, dict)
        case _:
            good = True
    return None if good else f"a value of type {kind}"


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


def check_form(fields: Iterable[FormField], data: JsonObject) -> list[str]:
    """Problems with a form's data: unknown fields, missing ones, types and limits."""
    by_id = {field.id: field for field in fields}
    problems = [f"'{name}' is not a field of this form" for name in data if name not in by_id]
    for field in by_id.values():
        value = data.get(field.id)
        if value is None:
            if field.required:
                problems.append(f"'{field.id}' is required")
        else:
            problems += _field_problems(field, value)
    return problems


def _field_problems(field: FormField, value: Any) -> list[str]:
    kind = "string" if field.type in {"unit", "content"} else field.type
    wanted = type_problem(kind, value)
    if wanted:
        return [f"'{field.id}' must be {wanted}"]
    problems: list[str] = []
    if field.values and str(value) not in field.values:
        problems.append(f"'{field.id}' must be one of {', '.join(field.values)}")
    measured = len(value) if isinstance(value, str) else value
    unit = " characters" if isinstance(value, str) else ""
    if isinstance(measured, int | float) and not isinstance(measured, bool):
        if field.min is not None and measured < field.min:
            problems.append(f"'{field.id}' must be at least {field.min}{unit}")
        if field.max is not None and measured > field.max:
            problems.append(f"'{field.id}' must be at most {field.max}{unit}")
    return problems


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_timestamp(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
