"""What the store answers with: frozen dataclasses, no database behind them.

All instants are timezone-aware UTC, all days are days of the calendar's zone, all ids are text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

MessageState = Literal["kept", "on_its_way", "set_aside", "discarded"]
"""Of a message between instances that has not arrived."""

LampName = Literal["unlit", "green", "yellow", "red"]
"""unlit: not answered, in time; green: answered in time; yellow, red: over the limits."""

StandingName = Literal["running", "paused", "extended", "stopped"]
"""paused: 暂停, somebody else has to answer first; extended: 延期, a longer limit holds."""

AcknowledgementKind = Literal["order", "date", "reason"]
"""What an escalation is answered with: an order, a date or a reason (defaults.md, "rung acknowledged")."""


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One unit of the organisation; `parent_id` is None for the root."""

    id: str
    parent_id: str | None
    kind: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, kw_only=True)
class Account:
    """Somebody who may act; not while `disabled_at` is set.

    `contact` is where notices go, `language` (zh, en) the one of pages and notices.
    """

    id: str
    name: str
    role: str
    unit_id: str | None
    language: str
    contact: str | None
    disabled_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A person at a browser; the units' names are those of the account's unit."""

    account: Account
    csrf: str = field(repr=False)
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    unit_zh: str | None
    unit_en: str | None


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Wrong tries in a row under a key; nothing is tried before `blocked_until`."""

    key: str
    count: int
    first_at: datetime
    blocked_until: datetime | None


@dataclass(frozen=True, kw_only=True)
class Disclosure:
    """Somebody was shown a field group of a letter on request."""

    id: str
    petition_id: str
    account_id: str
    field_group: str
    reason: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class PetitionRow:
    """A petition and where it stands.

    `state` is `received`, then the latest fact (`accepted` or `rejected`, `assigned`, `acknowledged`,
    `drafted`, `replied`, `reported`, `completed`, `fed_back`, `verdict`, `decided`), at the end `closed`
    with an `outcome`. `co_handling` are the units that help the one it is assigned to.
    `accepted` is None until somebody decided. `lamp` is that of the letter clock at the instant
    asked for, `standing` whether that is paused or extended then; `yellow_from` and `red_from` are None
    while no clock is known.
    Holds everything: who may see which field is decided by petitions.visibility, not here.
    """

    id: str
    number: str
    tracking_code: str
    act_id: str
    instance: str
    title: str
    text: str
    kind: str
    channel: str
    addressee: str
    author_name: str
    author_contact: str
    public_consent: bool
    received_on: date
    submitted_at: datetime
    language: str
    state: str
    instance_state: str
    outcome: str | None
    accepted: bool | None
    department: str | None
    co_handling: list[str]
    emergency: bool
    round: int
    lamp: LampName
    standing: StandingName
    yellow_from: datetime | None
    red_from: datetime | None
    replied_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of petitions, newest first; `next_cursor` is None on the last page."""

    items: list[PetitionRow]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True)
class LampCount:
    """How many letters of a department (None: not assigned yet) show a lamp."""

    department: str | None
    lamp: LampName
    count: int


@dataclass(frozen=True, kw_only=True)
class Content:
    """A text said in the course of a petition; `unit_id` is the unit its author acted for."""

    id: str
    petition_id: str
    kind: str
    text: str
    author: str
    unit_id: str | None
    at: datetime


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


@dataclass(frozen=True, kw_only=True)
class InstanceRow:
    """Where a process instance stands; `digest` and `variables` are those of its last flush."""

    instance: str
    petition_id: str | None
    process: str | None
    definition: str
    calendar: str
    state: str
    outcome: str | None
    department: str | None
    round: int
    seq: int
    digest: str
    variables: dict[str, Any]
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Task:
    """One opening of a user task; open while `closed_at` is None."""

    instance: str
    task_id: str
    petition_id: str | None
    element: str
    name: str
    role: str
    unit_id: str | None
    fact: str | None
    fields: list[dict[str, Any]]
    round: int
    opened_at: datetime
    opened_seq: int
    closed_at: datetime | None
    reason: str | None
    actor: str | None
    data: dict[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class Clock:
    """One run of a clock; `current` is False for a run that a later one of the same name replaced.

    `ledger`, `paused_on`, `paused_over` and `extended_until` are what happened to it (store.tables).
    """

    instance: str
    clock: str
    run: int
    petition_id: str | None
    current: bool
    name: str
    day0: date
    calendar: str
    thresholds: list[dict[str, Any]]
    yellow_from: datetime | None
    red_from: datetime | None
    started_at: datetime
    stopped_at: datetime | None
    stop_reason: str | None
    frozen_lamp: str | None
    unit: str
    rule: dict[str, Any] | None
    ledger: list[dict[str, Any]]
    paused_on: date | None
    paused_over: datetime | None
    extended_until: date | None


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A fact in the life of a petition, in the round of handling it belongs to."""

    instance: str
    act_id: str
    ordinal: int
    seq: int
    petition_id: str | None
    fact: str
    round: int
    at: datetime
    actor: str | None
    data: dict[str, Any]


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
class MessageRow:
    """A message between instances that has not arrived. `instance` threw it; `since` it is in this state."""

    key: str
    name: str
    instance: str
    definition: str
    receiver: str | None
    state: MessageState
    why: str | None
    thrown_at: datetime
    since: datetime


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
    """An escalation in somebody's inbox; open while `acknowledgement` is None."""

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


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A deployed bundle with its files, path to bytes."""

    digest: str
    name: str
    deployed_at: datetime
    files: dict[str, bytes] = field(repr=False)


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


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A letter being written, step by step; `data` is the pages' own."""

    id: str
    data: dict[str, Any] = field(repr=False)
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file of a draft or a letter; its bytes lie in the blob store under `sha256`.

    `unit_id` is None for the author's own. `size` is in bytes, `position` its place in the list, from 0.
    """

    id: str
    petition_id: str | None
    draft_id: str | None
    content_id: str | None
    position: int
    name: str
    media_type: str
    size: int
    sha256: str
    added_by: str
    unit_id: str | None
    added_at: datetime
