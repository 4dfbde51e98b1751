"""What an operator answers in place of an element that has stopped: read, and checked all at once.

The engine has the last word (`engine.resolving`); here it is said field by field, for people.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

FLOW: Final = "flow"
"""The field by which an answer names the sequence flow to take."""
LONGEST: Final = 20_000
"""Characters of one field on a page."""


@dataclass(frozen=True)
class Choices:
    """What an operator may do about an open incident; see `engine.resolving.described`.

    `output` is None where an answer may give any values.
    """

    name: str
    type: str
    actions: tuple[str, ...]
    flows: Mapping[str, str]
    """By the id of the flow, the element it leads to."""
    names: Mapping[str, str]
    """By the id of the flow, what that element is called; its id where it has no name."""
    output: Mapping[str, str] | None

    @staticmethod
    def of(described: Mapping[str, Any]) -> Choices:
        """From the words of a snapshot."""
        return Choices(
            name=described.get("name") or described["element"],
            type=described["type"],
            actions=tuple(described["actions"]),
            flows={one["flow"]: one["to"] for one in described["flows"]},
            names={one["flow"]: one["name"] or one["to"] for one in described["flows"]},
            output=described["output"],
        )


@dataclass(frozen=True)
class Misfit:
    """One thing wrong with an answer; `expected` is the name of a message (`expected.…`) or a list of ids."""

    field: str
    expected: str
    found: object
    among: tuple[str, ...] = ()


def misfits(choices: Choices, data: Mapping[str, Any]) -> list[Misfit]:
    """All that is wrong with the values of an answer."""
    if choices.flows:
        flows, named = tuple(choices.flows), data.get(FLOW)
        wrong = [] if named in flows else [Misfit(FLOW, "flow", named, flows)]
        return wrong + [Misfit(name, "no_field", name, (FLOW,)) for name in data if name != FLOW]
    return list(_unlike(choices.output, data)) if choices.output is not None else []


def _unlike(output: Mapping[str, str], data: Mapping[str, Any]) -> Iterator[Misfit]:
    for name, kind in output.items():
        if name not in data:
            yield Misfit(name, kind, None)
        elif kind in _IS and not _IS[kind](data[name]):
            yield Misfit(name, kind, data[name])
    yield from (Misfit(name, "no_field", name, tuple(output)) for name in data if name not in output)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _reads(read: Callable[[str], object], value: Any) -> bool:
    try:
        read(value)
    except (TypeError, ValueError):
        return False
    return True


_IS: Final[dict[str, Callable[[Any], bool]]] = {
    "string": lambda value: isinstance(value, str),
    "bool": lambda value: isinstance(value, bool),
    "int": lambda value: _is_number(value) and isinstance(value, int),
    "double": _is_number,
    "date": lambda value: _reads(date.fromisoformat, value),
    "timestamp": lambda value: _reads(datetime.fromisoformat, value),
    "list": lambda value: isinstance(value, list),
    "map": lambda value: isinstance(value, dict),
}


def typed(kind: str | None, text: str) -> Any:
    """A value of a type as a person writes it; what cannot be read stays text, so that it is found wrong.

    Without a type it is JSON if it reads as JSON, else text.
    """
    if kind in {"string", "date", "timestamp"}:
        return text
    if kind == "bool" and text in _YES_NO:
        return _YES_NO[text]
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return text


_YES_NO: Final = {"yes": True, "no": False, "true": True, "false": False}


def _no_number(_text: str) -> Any:
    raise ValueError  # NaN and Infinity are no JSON
