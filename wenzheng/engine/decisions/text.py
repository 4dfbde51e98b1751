"""A decision table as written: its columns and cells with their places, not yet compiled."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from wenzheng.engine.findings import Position

ANYTHING: Final = "-"
"""A cell that every value matches, like an empty one."""
TYPES: Final = frozenset({"string", "int", "double", "bool", "date", "timestamp", "list", "map", "any"})


@dataclass(frozen=True)
class Cell:
    """A CEL text and its place; `exact` when places inside the text are places in the file."""

    text: str
    position: Position
    exact: bool = True

    @property
    def is_anything(self) -> bool:
        """It says nothing."""
        return self.text.strip() in {"", ANYTHING}


@dataclass
class Column:
    """An input or an output. `values` are an output's values in the order of their priority.

    With `values_in_one` they stand in one cell, as a list.
    """

    name: str
    type: str
    position: Position
    default: Cell | None = None
    values: list[Cell] = field(default_factory=list)
    values_in_one: bool = False


@dataclass
class Rule:
    """A row: a cell for each column that it says something about."""

    label: str
    position: Position
    cells: dict[str, Cell] = field(default_factory=dict)


@dataclass
class TableText:
    """A table as read. `hit` is its hit policy as written, in small letters."""

    name: str
    position: Position
    hit: Cell
    inputs: list[Column] = field(default_factory=list)
    outputs: list[Column] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
