"""Which values a condition is tried with: those that forms offer, and those at and beside what it names.

Conditions name numbers, lengths, dates and texts at which they turn. Between two of them nothing changes, as
long as values are compared with what is written; so one value in each gap is enough. What cannot be tried
(maps, lists whose elements are read, free text that is not compared) is not judged.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from wenzheng.engine.compiled import CompiledProcess

OTHER: Final = "\x1a other"
"""A text that no definition names."""
TEXT: Final = re.compile(r"'([^'\\\n]*)'|\"([^\"\\\n]*)\"")
_NUMBER: Final = re.compile(r"(?<![\w.'\"])-?\d+(?:\.\d+)?(?![\w.])")
_DAY: Final = re.compile(r"['\"](\d{4}-\d\d-\d\d)['\"]")
_MOST_STEPS: Final = 40
"""All whole numbers up to so many are tried: sums and products turn between the named ones."""
_LONGEST: Final = 60
"""Lengths of lists and texts that are tried."""
_SOME_DAY: Final = date(2026, 10, 8)
_COMPARED: Final = r"[A-Za-z_]\w*\s*(?:[<>]=?|[!=]=)\s*-?\d+(?:\.\d+)?"
_PLAIN: Final = re.compile(rf"(?:{_COMPARED}|true|false|&&|\|\||!|[()\s])*")
"""Comparisons of variables with numbers: what is tried of each stands for all that it may hold."""


@dataclass
class Values:
    """What the variables of a process may hold, as far as its forms and types say."""

    types: Mapping[str, str]
    offered: dict[str, list[str]] = field(default_factory=dict)
    computed: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, process: CompiledProcess, written: set[str]) -> Values:
        """The values of a process's variables; `written` are those that something but a form sets."""
        found = cls(process.types, computed=set(written))
        for element in process.model.all_elements():
            for one in element.fields:
                if one.values:
                    known = found.offered.setdefault(one.id, [])
                    known += [value for value in one.values if value not in known]
                elif one.type == "string":
                    found.computed.add(one.id)
        return found

    def closed(self, name: str) -> bool:
        """Whether it holds nothing but what forms offer."""
        return name in self.offered and name not in self.computed

    def covers(self, name: str, texts: list[str]) -> bool:
        """Whether what is tried of a variable stands for everything that it may hold."""
        if self.types.get(name) == "bool" or self.closed(name):
            return True
        numbers = self.types.get(name) in {"int", "double"}
        return numbers and all(_PLAIN.fullmatch(text) for text in texts)

    def tried(self, name: str, texts: list[str], *, few: bool = False) -> list[Any] | None:
        """The values to try a variable with, few of them if asked so; None when that would say nothing."""
        kind = self.types.get(name)
        numbers = _named(texts)
        if kind == "list" and not _only_counted(name, texts):
            return None
        tries: dict[str, Callable[[], list[Any]]] = {
            "bool": lambda: [True, False],
            "string": lambda: self._texts(name, texts),
            "int": lambda: list(_whole(numbers, most=0 if few else _MOST_STEPS)),
            "double": lambda: list(_broken(numbers)),
            "date": lambda: list(_days(texts)),
            "list": lambda: [["x"] * size for size in _lengths(texts)],
        }
        return tries[kind]() if kind in tries else None

    def _texts(self, name: str, texts: list[str]) -> list[str]:
        if self.closed(name):
            return list(self.offered[name])
        named = [one[0] or one[1] for text in texts for one in TEXT.findall(text)]
        sized = any("size" in text for text in texts)
        long = ["\x1a" * size for size in _lengths(texts)] if sized else []
        return [*dict.fromkeys([*self.offered.get(name, []), *named, OTHER, *long])]


def _named(texts: list[str]) -> set[float]:
    return {float(one) for text in texts for one in _NUMBER.findall(text)}


def _whole(numbers: set[float], most: int = _MOST_STEPS) -> list[int]:
    """The named numbers and those beside them; all between them, where they are few."""
    found = {int(number) + step for number in numbers | {0.0} for step in (-1, 0, 1)}
    if max(found) - min(found) <= most:
        found |= set(range(min(found), max(found)))
    return sorted(found)


def _broken(numbers: set[float]) -> list[float]:
    """The named numbers, those beside them, and one between every two."""
    found = sorted({number + step for number in numbers | {0.0} for step in (-1, 0, 1)})
    return sorted({*found, *((one + other) / 2 for one, other in itertools.pairwise(found))})


def _days(texts: list[str]) -> list[str]:
    """The named days and those beside them; some where none is named, to be compared with others."""
    named = {day for text in texts for one in _DAY.findall(text) if (day := _day(one)) is not None}
    return sorted(
        (day + timedelta(days=step)).isoformat() for day in named or {_SOME_DAY} for step in (-1, 0, 1)
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _lengths(texts: list[str]) -> list[int]:
    return [size for size in _whole(_named(texts)) if 0 <= size <= _LONGEST]


def _only_counted(name: str, texts: list[str]) -> bool:
    """Whether nothing but the length of a list is asked."""
    for text in texts:
        rest = re.sub(rf"\bsize\(\s*{name}\s*\)|\b{name}\.size\(\)", "", text)
        if re.search(rf"\b{name}\b", rest):
            return False
    return True
