"""What it means to put a version of a definition in force: who wants what, what was found, what came of it.

The words that the workshop (workshop.py) shares with pages, API and commands; those run no processes, and so
know it as a port. May be imported by bootstrap, cli and web.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from wenzheng.catalog.bundle import Bundle
from wenzheng.catalog.changes.change import Change
from wenzheng.engine.findings import Finding
from wenzheng.store.views.definitions import Deployment, Proposal

LONGEST_REASON: Final = 2_000
NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}")
"""What a definition can be called: it stands in addresses and file names."""


class DeployRefused(Exception):
    """A version that does not come into force, though nothing is wrong with its text; `code` is stable."""

    def __init__(self, code: str, message: str, hint: str, *, losses: tuple[Change, ...] = ()) -> None:
        self.code = code
        self.message = message
        self.hint = hint
        self.losses = losses
        super().__init__(f"{message} {hint}")


@dataclass(frozen=True)
class Checked:
    """A version as it was looked at: what was found, and what it would change for letters to come.

    `runs` unless it is refused. `changes` are None when there is no current version to compare it with, or
    that cannot run itself. `calendars` has the calendar of each process that can run, None for the city's.
    """

    bundle: Bundle
    current: str | None
    runs: bool
    findings: tuple[Finding, ...]
    changes: tuple[Change, ...] | None
    calendars: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def losses(self) -> tuple[Change, ...]:
        """What people rely on and would lose."""
        return tuple(change for change in self.changes or () if change.loses)


@dataclass(frozen=True)
class Order:
    """What somebody wants: who, why, and which version they believe to be current.

    `expected` is None where nobody looked. `losses_seen` says that they know what falls away.
    """

    by: str | None
    reason: str
    expected: str | None = None
    looked: bool = False
    losses_seen: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of it: a version in force (`deployment`), or one that waits for another person (`proposal`).

    `known` when there was nothing to do.
    """

    name: str
    digest: str
    checked: Checked
    deployment: Deployment | None = None
    proposal: Proposal | None = None
    known: bool = False


class DefinitionsPort(Protocol):
    """The workshop as pages and the API know it (workshop.Workshop)."""

    def needs_approval(self) -> bool:
        """Whether a second person has to agree."""
        ...

    def bundle(self, digest: str) -> Bundle:
        """A version that is kept. Raises DeployRefused."""
        ...

    def current(self, name: str) -> Bundle | None:
        """The version of that name that counts."""
        ...

    def check(self, bundle: Bundle) -> Checked:
        """Everything that is to be said of a version before it comes into force."""
        ...

    def differences(self, before: Bundle, after: Bundle) -> list[Change]:
        """What differs between two versions. Raises DefinitionRefused."""
        ...

    def keep(self, bundle: Bundle) -> None:
        """Keep a version to be looked at. Raises DeployRefused."""
        ...

    def picture(self, bundle: Bundle, language: str) -> str | None:
        """The version as SVG; None when it cannot run."""
        ...

    def deploy(self, bundle: Bundle, order: Order) -> Outcome:
        """Put a version in force, or propose it. Raises DefinitionRefused and DeployRefused."""
        ...

    def approve(self, name: str, number: int, *, by: str, reason: str) -> Outcome:
        """Agree to a proposal. Raises DefinitionRefused and DeployRefused."""
        ...

    def refuse(self, name: str, number: int, *, by: str, reason: str) -> Proposal:
        """Say no to a proposal. Raises DeployRefused."""
        ...
