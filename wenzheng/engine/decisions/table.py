"""A decision table ready to decide: cells compiled to CEL, with every finding at its place.

A cell of an input may be empty or `-` (every value), begin with a comparison or `in` (the input stands before
it), read inputs (then it is a condition), or be a constant (then the input has to equal it).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from wenzheng.contracts import JsonObject
from wenzheng.engine.decisions import hits
from wenzheng.engine.decisions.text import Cell, Column, TableText
from wenzheng.engine.expressions import (
    Definition,
    ExpressionFailed,
    ExpressionRefused,
    Program,
    is_variable_name,
)
from wenzheng.engine.findings import FindingList, Position

MAX_CELLS: Final = 10_000
"""Cells of a table: each is compiled when the definition is loaded, and may be asked at each decision."""
_COMPARES: Final = re.compile(r"(<=|>=|==|!=|<|>|in\b)")
_NULL: Final = "null"


@dataclass(frozen=True)
class Test:
    """A condition of a rule; while one of `needs` is null it does not hold."""

    program: Program
    needs: tuple[str, ...]

    def holds(self, values: JsonObject) -> bool:
        """Whether it holds for these inputs. Raises ExpressionFailed."""
        if any(values.get(name) is None for name in self.needs):
            return False
        return self.program.evaluate(values) is True


@dataclass(frozen=True)
class Row:
    """A rule: it matches when all its tests hold. An output without a program is null."""

    label: str
    tests: tuple[Test, ...]
    outputs: Mapping[str, Program | None]


@dataclass(frozen=True)
class Table:
    """A function of its inputs. `inputs` and `outputs` give the types of its columns; shared by all."""

    name: str
    hit: str
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    rows: tuple[Row, ...]
    order: Mapping[str, tuple[Any, ...]]
    default: Mapping[str, Any]

    def decide(self, inputs: JsonObject) -> Any:
        """The result for these inputs, as JSON.

        Raises Undecided when the hit policy does not allow the rules that match, and ExpressionFailed when
        a cell cannot be evaluated.
        """
        found: list[dict[str, Any]] = []
        labels: list[str] = []
        values = {name: inputs.get(name) for name in self.inputs}
        for row in self.rows:
            if all(test.holds(values) for test in row.tests):
                found.append(
                    {name: p.evaluate(values) if p is not None else None for name, p in row.outputs.items()}
                )
                labels.append(row.label)
                if self.hit == "first":
                    break
        return hits.decide(self.hit, found, labels, self.order, self.default)

    @property
    def result_type(self) -> str:
        """The type of what comes out."""
        if self.hit == "collect count":
            return "int"
        if self.hit in hits.LISTS:
            return "list"
        return next(iter(self.outputs.values())) if len(self.outputs) == 1 else "map"


def compile_table(text: TableText, findings: FindingList) -> Table | None:
    """The table of a text; None when a finding says why there is none."""
    before = len(findings.items)
    table = _Compiler(text, findings).table()
    return table if len(findings.items) == before else None


class _Compiler:
    def __init__(self, text: TableText, findings: FindingList) -> None:
        self._text = text
        self._findings = findings
        self._types = {column.name: column.type for column in text.inputs}
        self._definition = Definition({})

    def table(self) -> Table | None:
        text = self._text
        if not self._columns():
            return None
        self._definition = Definition(self._types)
        hit = hits.policy(text.hit.text)
        if hit is None:
            self._error(
                text.hit.position,
                "decision-hit",
                f"Expected a hit policy, found '{text.hit.text}'.",
                f"Use one of {', '.join(sorted(hits.POLICIES))}.",
            )
            return None
        self._fits(hit)
        return Table(
            text.name,
            hit,
            self._types,
            {column.name: column.type for column in text.outputs},
            tuple(self._rows()),
            {column.name: self._values(column) for column in text.outputs},
            {
                column.name: self._constant(column.default, column.type) if column.default else None
                for column in text.outputs
            },
        )

    def _columns(self) -> bool:
        """Names that expressions can use, each once; something to decide with and about."""
        good = True
        seen: set[str] = set()
        for column in (*self._text.inputs, *self._text.outputs):
            if not is_variable_name(column.name) or column.name in seen:
                good = False
                self._error(
                    column.position,
                    "decision-column",
                    f"Expected columns of different names in ASCII letters, digits and _, found "
                    f"'{column.name}'.",
                    "Rename it; a label in Chinese goes into a note.",
                )
            seen.add(column.name)
        cells = len(self._text.rules) * len(seen)
        if not self._text.outputs or not self._text.rules:
            self._error(
                self._text.position,
                "decision-form",
                f"Expected at least one output and one rule, found {len(self._text.outputs)} and "
                f"{len(self._text.rules)}.",
                "Add them.",
            )
        elif cells > MAX_CELLS:
            self._error(
                self._text.position,
                "decision-too-large",
                f"Expected at most {MAX_CELLS:,} cells, found {cells:,}.",
                "Split the table.",
            )
            good = False
        return good

    def _fits(self, hit: str) -> None:
        outputs = self._text.outputs
        numbers = all(column.type in {"int", "double", "any"} for column in outputs)
        if hit in hits.AGGREGATES and (len(outputs) != 1 or (hit != "collect count" and not numbers)):
            self._error(
                self._text.hit.position,
                "decision-hit",
                f"Expected one output{'' if hit == 'collect count' else ' of type int or double'} for "
                f"'{hit}', "
                f"found {', '.join(f'{column.name} ({column.type})' for column in outputs)}.",
                "Split the table, or use another hit policy.",
            )
        if hit in hits.ORDERED and not any(column.values for column in outputs):
            self._error(
                self._text.hit.position,
                "decision-hit",
                f"Expected values of an output in the order of their priority for '{hit}', found none.",
                "Add the values, the most important first.",
            )

    def _rows(self) -> list[Row]:
        rows = []
        for rule in self._text.rules:
            tests = [
                test
                for column in self._text.inputs
                if (cell := rule.cells.get(column.name)) is not None
                and not cell.is_anything
                and (test := self._test(column, cell)) is not None
            ]
            outputs: dict[str, Program | None] = {}
            for column in self._text.outputs:
                cell = rule.cells.get(column.name)
                if cell is None or cell.is_anything:
                    self._error(
                        cell.position if cell is not None else rule.position,
                        "decision-output",
                        f"Expected rule {rule.label} to give output '{column.name}' a value, found none.",
                        "Write it, or null.",
                    )
                    continue
                outputs[column.name] = self._output(column, cell)
            rows.append(Row(rule.label, tuple(tests), outputs))
        return rows

    def _test(self, column: Column, cell: Cell) -> Test | None:
        name, text = column.name, cell.text.strip()
        if _COMPARES.match(text):
            program = self._program(f"{name} {text}", cell, len(name) + 1, "bool")
            needs = {name}
        else:
            program = self._program(text, cell, 0, None)
            if program is None:
                return None
            if program.uses:
                program = self._program(text, cell, 0, "bool")
                needs = set()
            else:
                program = self._program(f"{name} == ({text})", cell, len(name) + 5, "bool")
                needs = {name} if column.type != "any" else set()
        if program is None:
            return None
        needs |= {used for used in program.uses if self._types[used] != "any"}
        return Test(program, tuple(sorted(needs)))

    def _output(self, column: Column, cell: Cell) -> Program | None:
        if cell.text.strip() == _NULL:
            return None
        program = self._program(cell.text.strip(), cell, 0, column.type)
        if program is not None and column.values and not program.uses:
            value = self._evaluated(program, cell)
            known = self._values(column)
            if known and not any(hits.same(value, one) for one in known):
                self._error(
                    cell.position,
                    "decision-value",
                    f"Expected one of the values of output '{column.name}', found {cell.text}.",
                    "Add it to the values, where its priority says.",
                )
        return program

    def _values(self, column: Column) -> tuple[Any, ...]:
        if column.values_in_one:
            found = self._constant(column.values[0], "list")
            return tuple(found or ())
        return tuple(self._constant(cell, column.type) for cell in column.values)

    def _constant(self, cell: Cell, kind: str) -> Any:
        if cell.text.strip() == _NULL:
            return None
        program = self._program(cell.text.strip(), cell, 0, kind)
        if program is None:
            return None
        if program.uses:
            self._error(
                cell.position,
                "decision-value",
                f"Expected a value that reads no input, found {cell.text}.",
                "Write the value itself.",
            )
            return None
        return self._evaluated(program, cell)

    def _evaluated(self, program: Program, cell: Cell) -> Any:
        try:
            return program.evaluate({})
        except ExpressionFailed as failed:
            self._error(cell.position, "decision-value", f"Expected a value, found: {failed}", "Correct it.")
            return None

    def _program(self, text: str, cell: Cell, shift: int, expect: str | None) -> Program | None:
        try:
            return self._definition.expression(text, expect=expect)
        except ExpressionRefused as refused:
            for problem in refused.findings:
                hint = problem.hint
                if problem.code == "not_declared":
                    hint = f"Write texts in quotes, such as 'red'. Inputs are: {', '.join(self._types)}."
                self._error(
                    _inside(cell, problem.line, problem.column, shift), problem.code, problem.message, hint
                )
            return None

    def _error(self, position: Position, rule: str, message: str, hint: str) -> None:
        self._findings.error(position, self._text.name, rule, message, hint)


def _inside(cell: Cell, line: int | None, column: int | None, shift: int) -> Position:
    """Where in the file a place in a cell's text is, as far as it can be known."""
    here = cell.position
    if not cell.exact or line != 1 or column is None:
        return here
    return Position(here.file, here.line, here.column + max(0, column - 1 - shift))
