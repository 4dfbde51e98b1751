"""Reads decision tables in YAML: hit, inputs, outputs and one mapping for each rule."""

from __future__ import annotations

from typing import Final

from wenzheng.engine.decisions.text import TYPES, Cell, Column, Rule, TableText
from wenzheng.engine.findings import FindingList, Position
from wenzheng.engine.yaml_tree import Key, YamlNode, describe, read_yaml

_KEYS: Final = ("hit", "name", "inputs", "outputs", "rules")
NOTE: Final = "note"
"""A cell of a rule that is not read."""


def read_table(data: bytes, file: str, name: str, findings: FindingList) -> TableText | None:
    """The table of a file; None when it is no table at all. Everything wrong becomes a finding."""
    root = read_yaml(data, file, findings)
    if root.kind != "mapping":
        findings.error(
            root.position,
            name,
            "decision-form",
            f"Expected hit, inputs, outputs and rules, found {describe(root)}.",
            "Read the reference of decision tables.",
        )
        return None
    return _Reader(name, findings).table(root)


class _Reader:
    def __init__(self, name: str, findings: FindingList) -> None:
        self._name = name
        self._findings = findings

    def table(self, root: YamlNode) -> TableText:
        for key, _ in root.pairs:
            if key.text not in _KEYS:
                self._error(
                    key.position,
                    "decision-form",
                    f"Expected one of {', '.join(_KEYS)}, found '{key.text}'.",
                    "Correct the word.",
                )
        hit = root.get("hit")
        policy = self._cell(hit) if hit is not None else None
        table = TableText(self._name, root.position, policy or Cell("unique", root.position))
        table.inputs = self._columns(root.get("inputs"), output=False)
        table.outputs = self._columns(root.get("outputs"), output=True)
        asked = {column.name for column in table.inputs}
        known = {column.name for column in (*table.inputs, *table.outputs)}
        for place, node in enumerate(self._items(root.get("rules"), "rules"), 1):
            rule = Rule(str(place), node.position)
            for key, value in self._pairs(node, "a rule"):
                if key.text == NOTE:
                    continue
                if key.text not in known:
                    self._error(
                        key.position,
                        "decision-column",
                        f"Expected the name of an input or output, found '{key.text}'.",
                        f"There are: {', '.join(sorted(known)) or 'none'}.",
                    )
                    continue
                if value.kind == "scalar" and value.value is None and key.text in asked:
                    self._error(
                        value.position,
                        "decision-form",
                        f"Expected what input '{key.text}' has to be, found nothing.",
                        "Leave the input out where every value will do; write 'null' in quotes for no value.",
                    )
                    continue
                cell = self._cell(value)
                if cell is not None:
                    rule.cells[key.text] = cell
            table.rules.append(rule)
        return table

    def _columns(self, node: YamlNode | None, *, output: bool) -> list[Column]:
        columns = []
        for key, value in self._pairs(node, "outputs" if output else "inputs"):
            column = Column(key.text, "any", key.position)
            if value.kind == "scalar":
                column.type = self._type(value)
            else:
                self._details(value, column, output=output)
            columns.append(column)
        return columns

    def _details(self, node: YamlNode, column: Column, *, output: bool) -> None:
        allowed = ("type", "default", "values") if output else ("type",)
        for key, value in self._pairs(node, f"column '{column.name}'"):
            if key.text not in allowed:
                self._error(
                    key.position,
                    "decision-form",
                    f"Expected one of {', '.join(allowed)} for column '{column.name}', found '{key.text}'.",
                    "Correct the word.",
                )
            elif key.text == "type":
                column.type = self._type(value)
            elif key.text == "default":
                column.default = self._cell(value)
            else:
                cells = [self._cell(item) for item in self._items(value, "values")]
                column.values = [cell for cell in cells if cell is not None]

    def _type(self, node: YamlNode) -> str:
        if isinstance(node.value, str) and node.value in TYPES:
            return node.value
        self._error(
            node.position,
            "decision-type",
            f"Expected a type, found {describe(node)}.",
            f"Use one of {', '.join(sorted(TYPES))}.",
        )
        return "any"

    def _cell(self, node: YamlNode) -> Cell | None:
        if node.refused:
            return None
        if node.kind != "scalar":
            self._error(
                node.position,
                "decision-form",
                f"Expected an expression, found {describe(node)}.",
                "Write it in CEL, in quotes.",
            )
            return None
        if isinstance(node.value, bool):
            return Cell(str(node.value).lower(), node.position, exact=False)
        if node.value is None:
            return Cell("null", node.position, exact=False)
        return Cell(str(node.value), node.text_position, exact=node.exact)

    def _pairs(self, node: YamlNode | None, what: str) -> list[tuple[Key, YamlNode]]:
        if node is None or node.refused:
            return []
        if node.kind == "mapping":
            return node.pairs
        self._error(
            node.position,
            "decision-form",
            f"Expected {what} as names with values, found {describe(node)}.",
            "Write one 'name: value' a line.",
        )
        return []

    def _items(self, node: YamlNode | None, what: str) -> list[YamlNode]:
        if node is None or node.refused:
            return []
        if node.kind == "list":
            return node.items
        self._error(
            node.position,
            "decision-form",
            f"Expected {what} as a list, found {describe(node)}.",
            "Begin each entry with '- '.",
        )
        return []

    def _error(self, position: Position, rule: str, message: str, hint: str) -> None:
        self._findings.error(position, self._name, rule, message, hint)
