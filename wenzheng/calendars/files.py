"""Reading small YAML files of administrators: every value keeps its line, and all faults are told at once.

Values are texts as written (no YAML typing: `no` stays a text and a day is read by us), keys are checked,
a key given twice is refused. Not imported by code that only counts.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final, Literal

import yaml

LARGEST: Final = 100_000
"""Characters of a file; a notice of a year has about a thousand."""

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a file; line and column count from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong (error) or doubtful (warning) in a file; `code` is stable."""

    place: Place
    code: str
    severity: Severity
    expected: str
    found: str
    remedy: str

    def as_json(self) -> dict[str, Any]:
        """The fault as JSON, its place flattened into line and column."""
        data = asdict(self)
        return {**data.pop("place"), **data}

    def __str__(self) -> str:
        where = f"{self.place.line}:{self.place.column}: {self.severity} {self.code}"
        return f"{where}: expected {self.expected}, found {self.found}. {self.remedy}"


class FileRefused(ValueError):
    """A file that nothing was taken of; `faults` holds every reason at once, and the warnings."""

    def __init__(self, faults: Collection[Fault]) -> None:
        self.faults = sorted(faults, key=lambda fault: (fault.place.line, fault.place.column, fault.code))
        super().__init__("\n".join(map(str, self.faults)))


class Faults:
    """Collects what is wrong, so that all of it is told at once."""

    def __init__(self) -> None:
        self.items: list[Fault] = []

    def error(self, place: Place, code: str, *, expected: str, found: str, remedy: str) -> None:
        """Add a reason to refuse the file."""
        self.items.append(Fault(place, code, "error", expected, found, remedy))

    def warn(self, place: Place, code: str, *, expected: str, found: str, remedy: str) -> None:
        """Add a doubt that lets the file pass."""
        self.items.append(Fault(place, code, "warning", expected, found, remedy))

    def raise_if_refused(self) -> None:
        """Raise FileRefused if one fault is an error."""
        if any(fault.severity == "error" for fault in self.items):
            raise FileRefused(self.items)


class FileReader:
    """Reads the nodes of one file; what is wrong goes to `faults` and comes back as None."""

    def __init__(self, kind: str, faults: Faults) -> None:
        """`kind` begins the codes, such as `notice` in `notice.keys`."""
        self.kind = kind
        self.faults = faults

    def root(self, text: str) -> yaml.Node | None:
        """The node of the whole file."""
        start = Place(1, 1)
        if len(text) > LARGEST:
            self._wrong(start, "size", f"at most {LARGEST:,} characters", f"{len(text):,}")
            return None
        try:
            node = yaml.compose(text, Loader=yaml.BaseLoader)
        except yaml.YAMLError as broken:
            mark = getattr(broken, "problem_mark", None)
            place = Place(mark.line + 1, mark.column + 1) if mark else start
            reason = getattr(broken, "problem", None) or getattr(broken, "reason", "no YAML")
            self._wrong(place, "syntax", "YAML", str(reason))
            return None
        except RecursionError:
            self._wrong(start, "syntax", "YAML", "lists within lists without end")
            return None
        if node is None:
            self._wrong(start, "syntax", "YAML", "an empty file")
            return None
        return node

    def mapping(
        self, node: yaml.Node, needed: Collection[str], optional: Collection[str] = ()
    ) -> dict[str, yaml.Node]:
        """The entries of a mapping; its keys checked, unknown ones left out."""
        allowed = {*needed, *optional}
        if not isinstance(node, yaml.MappingNode):
            self._wrong(place_of(node), "keys", f"the keys {', '.join(sorted(allowed))}", kind_of(node))
            return {}
        entries: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else kind_of(key)
            if name not in allowed or name in entries:
                again = " again" if name in entries else ""
                expected = f"each of {', '.join(sorted(allowed))} at most once"
                self._wrong(place_of(key), "keys", expected, f"{name!r}{again}")
            else:
                entries[name] = value
        if missing := sorted(set(needed) - entries.keys()):
            self._wrong(place_of(node), "keys", f"{', '.join(missing)} as well", "nothing of that")
        return entries

    def items(self, node: yaml.Node) -> list[yaml.Node]:
        """The entries of a list."""
        if isinstance(node, yaml.SequenceNode):
            return list(node.value)
        self._wrong(place_of(node), "list", "a list, each entry after '- '", kind_of(node))
        return []

    def text(self, node: yaml.Node | None, longest: int = 200) -> str | None:
        """A text of one line; None also for none."""
        if node is None:
            return None
        value = node.value.strip() if isinstance(node, yaml.ScalarNode) else ""
        if not value or len(value) > longest or _CONTROL.search(value):
            self._wrong(
                place_of(node), "text", f"a text of one line, at most {longest} characters", kind_of(node)
            )
            return None
        return str(value)

    def day(self, node: yaml.Node | None) -> date | None:
        """A day, YYYY-MM-DD."""
        if node is None:
            return None
        value = node.value if isinstance(node, yaml.ScalarNode) else ""
        try:
            found = date.fromisoformat(value)
        except ValueError:
            found = None
        if found is None or found.isoformat() != value:
            self._wrong(place_of(node), "day", "a day as YYYY-MM-DD", kind_of(node))
            return None
        return found

    def _wrong(self, place: Place, rule: str, expected: str, found: str) -> None:
        self.faults.error(
            place, f"{self.kind}.{rule}", expected=expected, found=found, remedy=_REMEDIES[rule]
        )


_REMEDIES: Final = {
    "size": "Give the file of one notice only.",
    "syntax": "Correct the file here; indent with spaces.",
    "keys": "Add what is missing, take out what is unknown or twice.",
    "list": "Begin each entry on a line of its own with '- '.",
    "text": "Write a text.",
    "day": "Write the day as in 2027-10-01.",
}


def place_of(node: yaml.Node) -> Place:
    """Where a node begins."""
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)


def kind_of(node: yaml.Node) -> str:
    """What stands there, in few words."""
    if isinstance(node, yaml.ScalarNode):
        return repr(node.value[:60]) if node.value else "nothing"
    return "a list" if isinstance(node, yaml.SequenceNode) else "a mapping"
