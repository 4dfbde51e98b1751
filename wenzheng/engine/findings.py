"""Findings: what is wrong with a definition, where, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """An error refuses the definition; a warning lets it pass."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a file; line and column count from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True)
class Finding:
    """One thing wrong with a definition.

    `rule` is a stable code; `message` says what was expected and what was found;
    `hint` says what to do.
    """

    position: Position
    element: str | None
    rule: str
    message: str
    hint: str
    severity: Severity = Severity.ERROR

    def as_dict(self) -> dict[str, Any]:
        """The finding as JSON, its position flattened into file, line and column."""
        data = asdict(self)
        position = data.pop("position")
        return {**position, **data, "severity": self.severity.value}

    def __str__(self) -> str:
        where = f"{self.position.file}:{self.position.line}:{self.position.column}"
        element = f" [{self.element}]" if self.element else ""
        return f"{where}: {self.severity.value} {self.rule}{element}: {self.message} {self.hint}"


class DefinitionRefused(Exception):
    """The definition cannot be run as it stands; `findings` holds every reason at once."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = sorted(
            findings, key=lambda f: (f.position.file, f.position.line, f.position.column, f.rule)
        )
        super().__init__("\n".join(str(finding) for finding in self.findings))


class FindingList:
    """Collects findings while a definition is read, so that all are reported at once."""

    def __init__(self) -> None:
        self.items: list[Finding] = []

    def error(self, position: Position, element: str | None, rule: str, message: str, hint: str) -> None:
        """Add a finding that refuses the definition."""
        self.items.append(Finding(position, element, rule, message, hint))

    def warn(self, position: Position, element: str | None, rule: str, message: str, hint: str) -> None:
        """Add a finding that lets the definition pass."""
        self.items.append(Finding(position, element, rule, message, hint, Severity.WARNING))

    @property
    def errors(self) -> list[Finding]:
        """The findings that refuse the definition."""
        return [item for item in self.items if item.severity is Severity.ERROR]

    def raise_if_errors(self) -> None:
        """Raise DefinitionRefused with all findings when at least one is an error."""
        if self.errors:
            raise DefinitionRefused(self.items)
