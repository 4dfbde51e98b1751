"""What instances recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class RecordRow:
    """One row of an instance's log."""

    instance: str
    act_id: str
    ordinal: int
    seq: int
    kind: str
    element: str
    at: datetime
    data: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class VoidedRecord:
    """A row of a lost future, when it was voided and why."""

    record: RecordRow
    voided_at: datetime
    reason: str


@dataclass(frozen=True, kw_only=True)
class Act:
    """An act as recorded; `actor` is None for the acts of timers and services.

    `data` is that of the record that speaks for it.
    """

    instance: str
    act_id: str
    seq: int
    actor: str | None
    at: datetime
    kind: str
    element: str
    data: dict[str, Any]
