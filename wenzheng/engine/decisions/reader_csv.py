"""Reads decision tables in CSV, as spreadsheets write them.

The first cell of a row says what the row is: `hit`, `column` (in, out or note), `name`, `type`, `values`,
`default`; any other first cell is the label of a rule. Rows of rules come last.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from wenzheng.engine.decisions.text import TYPES, Cell, Column, Rule, TableText
from wenzheng.engine.findings import FindingList, Position

MAX_BYTES: Final = 1_000_000
_HEAD: Final = ("hit", "column", "name", "type", "values", "default")
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_QUOTED: Final = re.compile(r'"((?:[^"]|"")*)"')
_PLAIN: Final = re.compile(r"[^,\r\n]*")
_AFTER: Final = re.compile(r"([^,\r\n]*)(,|\r\n|\r|\n|\Z)")
Row = list[Cell]


def read_table(data: bytes, file: str, name: str, findings: FindingList) -> TableText | None:
    """The table of a file; None when it cannot be read at all. Everything wrong becomes a finding."""
    start = Position(file, 1, 1)
    if len(data) > MAX_BYTES:
        findings.error(
            start,
            name,
            "decision-too-large",
            f"Expected at most {MAX_BYTES:,} bytes, found {len(data):,}.",
            "Split the table.",
        )
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        findings.error(
            Position(file, data.count(b"\n", 0, error.start) + 1, 1),
            name,
            "decision-encoding",
            f"Expected UTF-8 text, found byte 0x{data[error.start]:02x} that does not belong there.",
            "Save the file as CSV in UTF-8.",
        )
        return None
    rows = [row for row in _rows(text, file, name, findings) if any(cell.text.strip() for cell in row)]
    return _Reader(name, findings).table(rows, start)


def _rows(text: str, file: str, name: str, findings: FindingList) -> Iterator[Row]:
    """The cells of each line (RFC 4180) with their places, which Python's csv module does not tell."""
    starts = [0, *(mark.end() for mark in _LINE_END.finditer(text))]

    def place(index: int) -> Position:
        line = bisect_right(starts, index)
        return Position(file, line, index - starts[line - 1] + 1)

    def wrong(index: int, message: str, hint: str) -> None:
        findings.error(place(index), name, "decision-quote", message, hint)

    index, row = 0, Row()
    while index < len(text):
        if text[index] == '"':
            found = _QUOTED.match(text, index)
            if found is None:
                wrong(index, "Expected a closing quote, found the end of the file.", 'Close the cell with ".')
                return
            inner = found[1]
            value, begin = inner.replace('""', '"'), index + 1
        else:
            found = _PLAIN.match(text, index)
            assert found is not None  # it matches nothing as well
            inner = value = found[0]
            begin = index
        blanks = len(value) - len(value.lstrip())
        row.append(Cell(value.strip(), place(begin + blanks), inner == value and "\n" not in value.strip()))
        after = _AFTER.match(text, found.end())
        assert after is not None  # it matches whatever comes
        if after[1].strip():
            wrong(found.end(), f"Expected a comma behind the cell, found {after[1][:40]!r}.",
                  "Write two quotes for one inside a quoted cell.")  # fmt: skip
        index = after.end()
        if after[2] != ",":
            yield row
            row = Row()
    if row:
        yield row


class _Reader:
    def __init__(self, name: str, findings: FindingList) -> None:
        self._name = name
        self._findings = findings

    def table(self, rows: list[Row], start: Position) -> TableText:
        head: dict[str, Row] = {}
        rules: list[Row] = []
        for row in rows:
            key = row[0].text.lower()
            if key in _HEAD and key not in head:
                head[key] = row
                if rules:
                    self._error(
                        row[0],
                        "decision-form",
                        f"Expected row '{key}' above the rules, found it below.",
                        "Move it up.",
                    )
            elif key in _HEAD:
                self._error(
                    row[0], "decision-form", f"Expected one row '{key}', found another.", "Remove one."
                )
            else:
                rules.append(row)
        hit = head.get("hit", [])
        table = TableText(self._name, start, hit[1] if len(hit) > 1 else Cell("unique", start))
        for key in ("column", "name"):
            if key not in head:
                self._error(
                    Cell("", start),
                    "decision-form",
                    f"Expected a row '{key}', found none.",
                    "Begin with rows hit, column, name and type.",
                )
                return table
        places = self._columns(head, table)
        for row in rules:
            table.rules.append(self._rule(row, places))
        return table

    def _columns(self, head: dict[str, Row], table: TableText) -> dict[int, Column]:
        places: dict[int, Column] = {}
        for place, kind in enumerate(head["column"][1:], 1):
            name = _at(head["name"], place)
            match kind.text.lower():
                case "in" | "out":
                    column = Column(
                        name.text if name else "", "any", name.position if name else kind.position
                    )
                    places[place] = column
                    self._details(head, place, column, output=kind.text.lower() == "out")
                    (table.inputs if kind.text.lower() == "in" else table.outputs).append(column)
                case "note" | "":
                    if kind.text == "" and name is not None and name.text:
                        self._error(
                            kind,
                            "decision-form",
                            f"Expected in, out or note above '{name.text}', found nothing.",
                            "Say what the column is.",
                        )
                case other:
                    self._error(
                        kind,
                        "decision-form",
                        f"Expected in, out or note, found '{other}'.",
                        "Correct the word.",
                    )
        return places

    def _details(self, head: dict[str, Row], place: int, column: Column, *, output: bool) -> None:
        kind = _at(head.get("type", []), place)
        if kind is not None and kind.text:
            if kind.text in TYPES:
                column.type = kind.text
            else:
                self._error(
                    kind,
                    "decision-type",
                    f"Expected a type, found '{kind.text}'.",
                    f"Use one of {', '.join(sorted(TYPES))}.",
                )
        default, values = _at(head.get("default", []), place), _at(head.get("values", []), place)
        for cell, what in ((default, "default"), (values, "values")):
            if cell is not None and cell.text and not output:
                self._error(
                    cell,
                    "decision-form",
                    f"Expected {what} for outputs only, found it for input '{column.name}'.",
                    "Remove it.",
                )
        if default is not None and default.text:
            column.default = default
        if values is not None and values.text:
            # One list in CEL, in which the first value has the highest priority.
            text = values.text if values.text.startswith("[") else f"[{values.text}]"
            column.values = [Cell(text, values.position, exact=text == values.text and values.exact)]
            column.values_in_one = True

    def _rule(self, row: Row, places: dict[int, Column]) -> Rule:
        rule = Rule(row[0].text or f"line {row[0].position.line}", row[0].position)
        for place, cell in enumerate(row[1:], 1):
            if place in places:
                rule.cells[places[place].name] = cell
        return rule

    def _error(self, cell: Cell, rule: str, message: str, hint: str) -> None:
        self._findings.error(cell.position, self._name, rule, message, hint)


def _at(row: Row, place: int) -> Cell | None:
    return row[place] if place < len(row) else None
