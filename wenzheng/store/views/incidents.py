"""What stopped, and what operators want done about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Incident:
    """An element that stopped; open while `resolved_at` is None.

    `number` is that of the letter whose handling stopped; `process` the BPMN process. `action` is retry,
    skip or answer, or `cancelled` when nobody need decide any more; `act_id` is the act that resolved it and
    `reason` what its actor gave for it.
    """

    instance: str
    incident_id: str
    petition_id: str | None
    element: str
    code: str
    message: str
    raised_at: datetime
    resolved_at: datetime | None
    action: str | None
    actor: str | None
    act_id: str | None = None
    number: str | None = None
    process: str | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Resolution:
    """What an operator wants done about an incident under an act's name, and why."""

    instance: str
    act_id: str
    incident_id: str
    action: str
    actor: str
    data: dict[str, Any]
    reason: str
    at: datetime
