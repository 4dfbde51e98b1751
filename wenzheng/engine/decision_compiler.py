"""Connects business rule tasks with the decision tables of their bundle, and checks that both fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from wenzheng.engine.decisions import Table, decision_name
from wenzheng.engine.decisions.hits import SINGLE
from wenzheng.engine.environments import Environments
from wenzheng.engine.findings import FindingList, Position

if TYPE_CHECKING:
    from wenzheng.engine.elements.rules import BusinessRuleTask
    from wenzheng.engine.model import DecisionCall

Tables = Mapping[str, Table | None]
_FITS: Final = frozenset({("int", "double")})


def connect_decision(
    spec: BusinessRuleTask, tables: Tables, environments: Environments, findings: FindingList
) -> None:
    """Give a business rule task its table, and the programs of what it asks with."""
    _Connection(spec, tables, environments, findings).connect()


class _Connection:
    def __init__(
        self, spec: BusinessRuleTask, tables: Tables, environments: Environments, findings: FindingList
    ) -> None:
        self._spec = spec
        self._tables = tables
        self._environments = environments
        self._findings = findings
        self._types = environments.of(spec.element).types

    def connect(self) -> None:
        element = self._spec.element
        call = element.decision
        if call is None:
            self._error(
                element.position,
                "decision-missing",
                f"Expected wz:decision in business rule task '{element.id}', found none.",
                "Name the table with <wz:decision name='…' output='…'/>.",
            )
            return
        name = decision_name(call.name)
        if name not in self._tables:
            self._error(
                call.position,
                "unknown-decision",
                f"Expected the name of a decision table of the bundle, found '{call.name}'.",
                f"There are: {', '.join(sorted(self._tables)) or 'none'}.",
            )
            return
        table = self._tables[name]
        if table is not None:  # else what is wrong with it has been said
            self._spec.table = table
            self._inputs(table, call)
            self._outputs(table, call)

    def _inputs(self, table: Table, call: DecisionCall) -> None:
        given = {name: (text, position) for name, text, position in call.inputs}
        for name in sorted(given.keys() - table.inputs.keys()):
            self._error(
                given[name][1],
                "decision-input",
                f"Expected an input of decision '{table.name}', found '{name}'.",
                f"It takes: {', '.join(table.inputs) or 'none'}.",
            )
        for name, kind in table.inputs.items():
            if name in given:
                text, position = given[name]
                program = self._environments.expression(
                    text, position, self._spec.element.id, f"input '{name}'", expect=kind
                )
                if program is not None:
                    self._spec.input_programs[name] = program
            elif not self._fit(self._types.get(name), kind):
                self._error(
                    call.position,
                    "decision-input",
                    f"Expected a variable '{name}' of type {kind} for decision '{table.name}', found "
                    f"{self._types.get(name, 'none')}.",
                    f"Declare it, or say <wz:input name='{name}' value='…'/>.",
                )

    def _outputs(self, table: Table, call: DecisionCall) -> None:
        if call.output is not None:
            self._output(call.output, table.result_type, call.position)
        elif table.hit in SINGLE:
            for name, kind in table.outputs.items():
                self._output(name, kind, call.position)
        elif len(table.outputs) == 1:
            self._output(next(iter(table.outputs)), table.result_type, call.position)
        else:
            self._error(
                call.position,
                "decision-output",
                f"Expected output='…' for decision '{table.name}', which gives a list of several outputs, "
                "found none.",
                "Name a variable of type list.",
            )

    def _output(self, variable: str, kind: str, position: Position) -> None:
        if not self._fit(kind, self._types.get(variable)):
            self._error(
                position,
                "decision-output",
                f"Expected a variable '{variable}' of type {kind} for what the decision gives, found "
                f"{self._types.get(variable, 'none')}.",
                f"Declare it with <wz:variable name='{variable}' type='{kind}'/>.",
            )
        self._spec.gives.append(variable)

    def _fit(self, kind: str | None, wanted: str | None) -> bool:
        if kind is None or wanted is None:
            return False
        return kind == wanted or "any" in {kind, wanted} or (kind, wanted) in _FITS

    def _error(self, position: Position, rule: str, message: str, hint: str) -> None:
        self._findings.error(position, self._spec.element.id, rule, message, hint)
