"""Versions of definitions as the store gives them out, who put which in force, what is proposed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

ProposalState = Literal["open", "approved", "refused", "withdrawn"]


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A bundle that is kept, deployed or not, with its files, path to bytes."""

    digest: str
    name: str
    saved_at: datetime
    files: dict[str, bytes] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A version that came into force, counted from 1 for each name; the last one counts.

    `by` is an account, or names who stood at the machine; None is the program itself. `before` is the
    version until then, `approved_by` the second person where one had to agree.
    """

    name: str
    number: int
    digest: str
    before: str | None
    by: str | None
    reason: str
    approved_by: str | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """A version that somebody wants in force in place of `before`, and what another person decided."""

    name: str
    number: int
    digest: str
    before: str | None
    by: str
    reason: str
    at: datetime
    state: ProposalState
    decided_by: str | None
    decided_reason: str | None
    decided_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A version that was saved; without its files."""

    digest: str
    name: str
    saved_at: datetime = field(compare=False)
