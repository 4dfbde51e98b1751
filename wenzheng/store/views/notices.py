"""What somebody is to hear, in the house or outside, and who answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

AcknowledgementKind = Literal["order", "date", "reason"]
"""What an escalation is answered with: an order, a date or a reason (defaults.md, "rung acknowledged")."""


@dataclass(frozen=True, kw_only=True)
class Acknowledgement:
    """Who answered an escalation first, and with what."""

    entry_id: str
    actor: str
    kind: str
    text: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class InboxEntry:
    """An escalation in somebody's inbox; open while `acknowledgement` is None.

    `clock_name` and `clock_name_en` are what the definition calls its clock, `whose` the unit whose it is.
    """

    id: str
    key: str
    instance: str
    petition_id: str | None
    petition_number: str | None
    petition_title: str | None
    role: str
    unit_id: str | None
    clock: str
    threshold: str
    lamp: str | None
    due: date
    notice_at: datetime
    at: datetime
    acknowledgement: Acknowledgement | None
    clock_name: str = ""
    clock_name_en: str = ""
    whose: str | None = None


@dataclass(frozen=True, kw_only=True)
class OutboxEntry:
    """Something to hand over, at least once; `key` is the idempotency key for the receiver.

    `kind` start_workflow: `data` holds `definition`, `calendar` and `start` of submit_petition.
    `kind` notice: `template`, recipient and `data` say what to tell whom.
    """

    id: str
    key: str
    kind: str
    instance: str
    petition_id: str | None
    template: str | None
    recipient_role: str | None
    recipient_unit: str | None
    data: dict[str, Any]
    created_at: datetime
    not_before: datetime
    attempts: int
    last_error: str | None
    failed_at: datetime | None
    sent_at: datetime | None
