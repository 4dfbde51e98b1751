"""Findings: what is wrong with a definition, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from wenzheng.engine.rules.kinds import Kind, kind_of


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
    `hint` says what to do. `seen_as` is the finding's kind where that is not its rule's: what the
    standard asks of executable processes only is not against the standard in others. `source` is the file
    and line that the place was compiled from, of BPMN that says so.
    """

    position: Position
    element: str | None
    rule: str
    message: str
    hint: str
    severity: Severity = Severity.ERROR
    seen_as: Kind | None = None
    source: tuple[str, int] | None = None

    @property
    def kind(self) -> Kind:
        """Whether it is against the standard, not executed here, or not sensible."""
        return self.seen_as or kind_of(self.rule)

    def as_dict(self) -> dict[str, Any]:
        """The finding as JSON: place, source, element, rule, kind, severity, message, remedy."""
        source = dict(zip(("file", "line"), self.source, strict=True)) if self.source else None
        return {
            **asdict(self.position),
            "source": source,
            "element": self.element,
            "rule": self.rule,
            "kind": self.kind.value,
            "severity": self.severity.value,
            "message": self.message,
            "remedy": self.hint,
        }

    @property
    def came_from(self) -> str:
        """Where the place was compiled from, as it stands behind the place; nothing where nobody knows."""
        return " (from {}:{})".format(*self.source) if self.source else ""

    def __str__(self) -> str:
        where = f"{self.position.file}:{self.position.line}:{self.position.column}{self.came_from}"
        element = f" [{self.element}]" if self.element else ""
        return f"{where}: {self.severity.value} {self.rule}{element}: {self.message} {self.hint}"


class DefinitionRefused(Exception):
    """The definition cannot be run as it stands; `findings` holds every reason at once."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = sorted(
            findings, key=lambda f: (f.position.file, f.position.line, f.position.column, f.rule)
        )
        super().__init__("\n".join(str(finding) for finding in self.findings))


MAX_FINDINGS: Final = 1_000
"""More are counted only: a file that is not meant to be BPMN would give a hundred thousand."""


LATER_RULES: Final = frozenset(
    {"end-missing", "gateway-alone", "gateway-direction", "lane-member", "outgoing-missing"}
)
"""Rules of good form that came after version 0.1.0. What was deployed before runs as it always did."""


class FindingList:
    """Collects findings while a definition is read, so that all are reported at once.

    A finding of a `tolerated` rule is a warning.
    """

    def __init__(self, tolerated: frozenset[str] = frozenset()) -> None:
        self._tolerated = tolerated
        self.items: list[Finding] = []
        self._more = 0
        self._refused = False

    def error(
        self,
        position: Position,
        element: str | None,
        rule: str,
        message: str,
        hint: str,
        *,
        seen_as: Kind | None = None,
    ) -> None:
        """Add a finding that refuses the definition."""
        severity = Severity.WARNING if rule in self._tolerated else Severity.ERROR
        self.add(Finding(position, element, rule, message, hint, severity, seen_as))

    def warn(self, position: Position, element: str | None, rule: str, message: str, hint: str) -> None:
        """Add a finding that lets the definition pass."""
        self.add(Finding(position, element, rule, message, hint, Severity.WARNING))

    def add(self, finding: Finding) -> None:
        """Add a finding; of very many the last ones are only counted."""
        self._refused = self._refused or finding.severity is Severity.ERROR
        if len(self.items) < MAX_FINDINGS:
            self.items.append(finding)
            return
        self._more += 1

    def extend(self, found: Iterable[Finding]) -> None:
        """Add several."""
        for finding in found:
            self.add(finding)

    def raise_if_errors(self) -> None:
        """Raise DefinitionRefused with all findings when at least one is an error."""
        if not self._refused:
            return
        if self._more:
            self.items.append(
                Finding(
                    self.items[-1].position,
                    None,
                    "too-many-findings",
                    f"Expected at most {MAX_FINDINGS:,} findings, found {self._more:,} more.",
                    "Correct these first, then check again.",
                )
            )
        raise DefinitionRefused(self.items)
