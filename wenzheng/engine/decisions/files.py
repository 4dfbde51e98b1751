"""Which files of a bundle are decision tables, and what they are called."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final

from wenzheng.engine.decisions import reader_csv, reader_yaml
from wenzheng.engine.decisions.table import Table, compile_table
from wenzheng.engine.findings import DefinitionRefused, FindingList, Position
from wenzheng.engine.xml_tree import read_xml

YAML: Final = ".decision.yaml"
CSV: Final = ".csv"
DMN: Final = ".dmn"


def is_decision(file: str) -> bool:
    """Whether a file of a bundle holds a decision and no process."""
    return file.endswith((YAML, CSV, DMN))


def decision_name(file: str) -> str:
    """What tasks call the decision of a file: its name without folder and endings."""
    name = PurePosixPath(file).name
    for ending in (YAML, ".decision" + CSV, CSV, DMN):
        name = name.removesuffix(ending)
    return name


def read_decisions(files: Mapping[str, bytes], findings: FindingList) -> dict[str, Table | None]:
    """The decision tables of a bundle by name; None for one that a finding refuses."""
    tables: dict[str, Table | None] = {}
    sources: dict[str, str] = {}
    for file, data in sorted(files.items()):
        if not is_decision(file):
            continue
        name = decision_name(file)
        if name in sources:
            findings.error(
                Position(file, 1, 1),
                name,
                "decision-twice",
                f"Expected each decision once, found '{name}' again; the first is in {sources[name]}.",
                "Rename one of the two files.",
            )
            continue
        sources[name] = file
        try:
            tables[name] = _table(file, data, name, findings)
        except DefinitionRefused as unreadable:
            tables[name] = None
            # What can be read of a YAML file is in the list already.
            findings.extend(found for found in unreadable.findings if found not in findings.items)
    return tables


def _table(file: str, data: bytes, name: str, findings: FindingList) -> Table | None:
    if file.endswith(DMN):
        _refuse_dmn(file, data, name, findings)
        return None
    before = len(findings.items)
    reader = reader_yaml if file.endswith(YAML) else reader_csv
    text = reader.read_table(data, file, name, findings)
    table = compile_table(text, findings) if text is not None else None
    return table if len(findings.items) == before else None


def _refuse_dmn(file: str, data: bytes, name: str, findings: FindingList) -> None:
    root = read_xml(data, file)
    table = next((node for node in root.walk() if node.name == "decisionTable"), root)
    findings.error(
        table.position,
        name,
        "dmn-not-executed",
        f"Expected a decision table in YAML or CSV, found DMN XML ({table.name}).",
        f"Save the table as CSV, or write it as {name}{YAML}; cells are CEL instead of FEEL.",
    )
