"""Versions of definitions and calendars."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True, kw_only=True)
class CalendarVersion:
    """A version of a calendar with its document."""

    digest: str
    calendar_id: str
    document: dict[str, Any] = field(repr=False)
    saved_at: datetime


CalendarChangeKind = Literal["shipped", "notice", "overlay"]


@dataclass(frozen=True, kw_only=True)
class CalendarChange:
    """A version that came into force, counted from 1 for each calendar; the last one counts.

    `kind` is what made it: `shipped` with the program, a `notice`, or an `overlay` (a new file of it, or a
    new version of the calendar below). `by` is an account, or names who stood at the machine; None is the
    program itself. `data` is the kind's own: the notice, and which days changed.
    """

    calendar_id: str
    number: int
    digest: str
    kind: CalendarChangeKind
    by: str | None
    reason: str
    data: dict[str, Any] = field(repr=False)
    at: datetime
