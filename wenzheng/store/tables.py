"""The tables. Migrations are written by hand; a test finds any difference between the two.

Four sorts, kept apart because they are repaired differently:

* *said by people*: petitions, contents, attachments, acknowledgements, resolutions, disclosures,
  organisation, calendar_changes: never derived, never lost;
* *the log*: records and voided_records: append and void only;
* *between instances*: subscriptions and messages: what the router keeps (router.py), each change in the
  transaction of the flush that causes it;
* *read model*: instances, tasks, clocks, facts, incidents, inbox and the notices in the outbox that
  come from records: a fold over the log, may be dropped and built again (projection.py).

Columns a flush writes carry no foreign key to other data: a flush must never be refused for ever
because of a row somebody removed.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from wenzheng.store.types import UtcDateTime

JsonMap = dict[str, Any]


class Base(DeclarativeBase):
    """What all tables share: constraint names and column types."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        date: Date(),
        datetime: UtcDateTime(),
        bytes: LargeBinary(),
        JsonMap: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
    }


class UnitTable(Base):
    """One unit of the organisation's tree."""

    __tablename__ = "units"
    id: Mapped[str] = mapped_column(primary_key=True)
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    position: Mapped[int]


class AccountTable(Base):
    """Somebody who may act; of token and password only a hash is kept.

    `contact` is where notices to this person go. Disabled accounts stay: their acts name them.
    """

    __tablename__ = "accounts"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("units.id"))
    token_sha256: Mapped[str | None] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="zh")
    contact: Mapped[str | None]
    disabled_at: Mapped[datetime | None]


class SessionTable(Base):
    """A person signed in at a browser; of its cookie only the sha256 is kept."""

    __tablename__ = "sessions"
    token_sha256: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    csrf: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class AuthorSessionTable(Base):
    """A browser that has proved to be the author's of one letter; of its cookie only the sha256 is kept."""

    __tablename__ = "author_sessions"
    token_sha256: Mapped[str] = mapped_column(primary_key=True)
    petition_id: Mapped[str] = mapped_column(ForeignKey("petitions.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class FailureTable(Base):
    """Wrong passwords or passphrases in a row, by whose they should have been: guessing is slowed down."""

    __tablename__ = "failures"
    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    first_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]


class PetitionNumberTable(Base):
    """The last running number given in a year. Its row is the lock that orders submissions."""

    __tablename__ = "petition_numbers"
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class PetitionTable(Base):
    """What a citizen filed, as it was filed.

    `submission_sha256` tells a repeated submission from another one under the same act id.
    `expected_clocks` are the clocks as they will run once the instance has started, so that the
    board is right for letters that wait for Temporal. `passphrase_hash` is of the second thing, besides
    the tracking code, that the author chose; `language` is the one the author is told in.
    """

    __tablename__ = "petitions"
    __table_args__ = (Index(None, "submitted_at", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    tracking_code: Mapped[str] = mapped_column(unique=True)
    act_id: Mapped[str] = mapped_column(unique=True)
    submission_sha256: Mapped[str]
    instance: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    text: Mapped[str]
    kind: Mapped[str]
    channel: Mapped[str]
    addressee: Mapped[str] = mapped_column(ForeignKey("units.id"))
    author_name: Mapped[str]
    author_contact: Mapped[str]
    public_consent: Mapped[bool]
    received_on: Mapped[date]
    submitted_at: Mapped[datetime]
    expected_clocks: Mapped[list[Any]]
    passphrase_hash: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="zh")


class ContentTable(Base):
    """A text said in the course of a petition (a reply, a reason); acts carry its id."""

    __tablename__ = "contents"
    id: Mapped[str] = mapped_column(primary_key=True)
    petition_id: Mapped[str] = mapped_column(ForeignKey("petitions.id"), index=True)
    kind: Mapped[str]
    text: Mapped[str]
    author: Mapped[str]
    unit_id: Mapped[str | None]
    at: Mapped[datetime]


class DraftTable(Base):
    """A letter being written, step by step; its id is the sha256 of the browser's cookie."""

    __tablename__ = "drafts"
    id: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[JsonMap]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(index=True)


class AttachmentTable(Base):
    """A file of a draft, of a letter, or of a text said about one. Its bytes lie elsewhere, by sha256.

    `position` is its place in the list, from 0; `size` is in bytes.
    """

    __tablename__ = "attachments"
    id: Mapped[str] = mapped_column(primary_key=True)
    petition_id: Mapped[str | None] = mapped_column(ForeignKey("petitions.id"), index=True)
    draft_id: Mapped[str | None] = mapped_column(index=True)
    content_id: Mapped[str | None]
    position: Mapped[int]
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(index=True)
    added_by: Mapped[str]
    unit_id: Mapped[str | None]
    added_at: Mapped[datetime]


class DisclosureTable(Base):
    """Somebody was shown what is shown on request only: who, what, and why (defaults.md)."""

    __tablename__ = "disclosures"
    id: Mapped[str] = mapped_column(primary_key=True)
    petition_id: Mapped[str] = mapped_column(ForeignKey("petitions.id"), index=True)
    account_id: Mapped[str]
    field_group: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]


class PropertyTable(Base):
    """What is fixed for this database once and for all, by name (the pace of a practice city)."""

    __tablename__ = "properties"
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[JsonMap]


class RecordTable(Base):
    """One row of an instance's log: contracts.Record."""

    __tablename__ = "records"
    __table_args__ = (UniqueConstraint("instance", "seq", "ordinal"),)
    instance: Mapped[str] = mapped_column(primary_key=True)
    act_id: Mapped[str] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    kind: Mapped[str]
    element: Mapped[str]
    at: Mapped[datetime]
    data: Mapped[JsonMap]


class VoidedRecordTable(Base):
    """A row of a future that was lost in a crash: kept for the audit, read by no projection."""

    __tablename__ = "voided_records"
    id: Mapped[int] = mapped_column(primary_key=True)
    instance: Mapped[str] = mapped_column(index=True)
    act_id: Mapped[str]
    ordinal: Mapped[int]
    seq: Mapped[int]
    kind: Mapped[str]
    element: Mapped[str]
    at: Mapped[datetime]
    data: Mapped[JsonMap]
    voided_at: Mapped[datetime]
    reason: Mapped[str]


class InstanceTable(Base):
    """Where a process instance stands. All but the first two columns follow from its log.

    `windows` are the days that its clocks and timers rest on (contracts.Flush); null: nobody knows.
    """

    __tablename__ = "instances"
    __table_args__ = (Index(None, "department", "stage"),)
    instance: Mapped[str] = mapped_column(primary_key=True)
    petition_id: Mapped[str | None] = mapped_column(ForeignKey("petitions.id"), index=True)
    process: Mapped[str | None]
    definition: Mapped[str]
    calendar: Mapped[str]
    state: Mapped[str]
    stage: Mapped[str]
    outcome: Mapped[str | None]
    accepted: Mapped[bool | None]
    department: Mapped[str | None]
    co_handling: Mapped[list[Any]]
    emergency: Mapped[bool]
    round: Mapped[int]
    seq: Mapped[int]
    digest: Mapped[str]
    variables: Mapped[JsonMap]
    windows: Mapped[list[Any] | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class TaskTable(Base):
    """One opening of a user task."""

    __tablename__ = "tasks"
    __table_args__ = (Index(None, "role", "unit_id", "closed_at"),)
    instance: Mapped[str] = mapped_column(primary_key=True)
    task_id: Mapped[str] = mapped_column(primary_key=True)
    petition_id: Mapped[str | None] = mapped_column(index=True)
    element: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    unit_id: Mapped[str | None]
    fact: Mapped[str | None]
    fields: Mapped[list[Any]]
    round: Mapped[int]
    opened_at: Mapped[datetime]
    opened_seq: Mapped[int]
    closed_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    actor: Mapped[str | None]
    data: Mapped[JsonMap | None]


class ClockTable(Base):
    """One run of a clock. `current` marks the latest run of a clock of that name.

    `ledger` holds what paused, lengthened, restarted or moved it, as it was recorded. `paused_on` is set
    while it stands still, at most until `paused_over`; `extended_until` is the new last day of an extension.
    """

    __tablename__ = "clocks"
    instance: Mapped[str] = mapped_column(primary_key=True)
    clock: Mapped[str] = mapped_column(primary_key=True)
    run: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    petition_id: Mapped[str | None] = mapped_column(index=True)
    current: Mapped[bool]
    name: Mapped[str]
    day0: Mapped[date]
    calendar: Mapped[str]
    thresholds: Mapped[list[Any]]
    yellow_from: Mapped[datetime | None]
    red_from: Mapped[datetime | None]
    started_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]
    stop_reason: Mapped[str | None]
    frozen_lamp: Mapped[str | None]
    unit: Mapped[str] = mapped_column(default="working_days")
    rule: Mapped[JsonMap | None]
    ledger: Mapped[list[Any]]
    paused_on: Mapped[date | None]
    paused_over: Mapped[datetime | None]
    extended_until: Mapped[date | None]


class FactTable(Base):
    """One of the facts (accepted, assigned, replied, …): written once, never overwritten."""

    __tablename__ = "facts"
    instance: Mapped[str] = mapped_column(primary_key=True)
    act_id: Mapped[str] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    petition_id: Mapped[str | None] = mapped_column(index=True)
    fact: Mapped[str]
    round: Mapped[int]
    at: Mapped[datetime]
    actor: Mapped[str | None]
    data: Mapped[JsonMap]


class IncidentTable(Base):
    """An element that stopped and waits for an operator."""

    __tablename__ = "incidents"
    __table_args__ = (Index(None, "resolved_at"),)
    instance: Mapped[str] = mapped_column(primary_key=True)
    incident_id: Mapped[str] = mapped_column(primary_key=True)
    petition_id: Mapped[str | None]
    element: Mapped[str]
    code: Mapped[str]
    message: Mapped[str]
    raised_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    action: Mapped[str | None]
    actor: Mapped[str | None]
    act_id: Mapped[str | None]


class ResolutionTable(Base):
    """What an operator wants done about an incident, and why: written before the act of this name is sent.

    It counts if `incidents.act_id` names it. The reason stands here only: histories hold no free text.
    """

    __tablename__ = "resolutions"
    instance: Mapped[str] = mapped_column(primary_key=True)
    act_id: Mapped[str] = mapped_column(primary_key=True)
    incident_id: Mapped[str]
    action: Mapped[str]
    actor: Mapped[str]
    data: Mapped[JsonMap]
    reason: Mapped[str]
    at: Mapped[datetime]


class InboxTable(Base):
    """An escalation somebody has to answer. Its id follows from its key, so a rebuild keeps it."""

    __tablename__ = "inbox"
    __table_args__ = (Index(None, "role", "unit_id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    instance: Mapped[str] = mapped_column(index=True)
    petition_id: Mapped[str | None]
    role: Mapped[str]
    unit_id: Mapped[str | None]
    clock: Mapped[str]
    threshold: Mapped[str]
    lamp: Mapped[str | None]
    due: Mapped[date]
    notice_at: Mapped[datetime]
    at: Mapped[datetime]


class AcknowledgementTable(Base):
    """The answer to an inbox entry. Said by a person, so it survives any rebuild of the inbox."""

    __tablename__ = "acknowledgements"
    entry_id: Mapped[str] = mapped_column(primary_key=True)
    actor: Mapped[str]
    kind: Mapped[str]
    text: Mapped[str]
    at: Mapped[datetime]


class OutboxTable(Base):
    """Something to hand to the outside, at least once. `origin` record rows belong to the fold."""

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "sent_at", "kind", "not_before"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    origin: Mapped[str]
    instance: Mapped[str] = mapped_column(index=True)
    petition_id: Mapped[str | None] = mapped_column(index=True)
    template: Mapped[str | None]
    recipient_role: Mapped[str | None]
    recipient_unit: Mapped[str | None]
    data: Mapped[JsonMap]
    created_at: Mapped[datetime]
    not_before: Mapped[datetime]
    attempts: Mapped[int]
    last_error: Mapped[str | None]
    failed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]


class SubscriptionTable(Base):
    """An instance waits for a message or signal. `message` is on its way there; `lead` narrows the search."""

    __tablename__ = "subscriptions"
    __table_args__ = (UniqueConstraint("instance", "wait"), Index(None, "bundle", "kind", "name", "lead"))
    id: Mapped[int] = mapped_column(primary_key=True)
    instance: Mapped[str]
    wait: Mapped[str]
    bundle: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str]
    keys: Mapped[JsonMap]
    lead: Mapped[str]
    message: Mapped[str | None]


class MessageTable(Base):
    """A message between instances: kept while `receiver` is null, on its way until `arrived_at`.

    Set aside it is neither: nobody took it for long, or its receiver could not (messages.py).
    """

    __tablename__ = "messages"
    __table_args__ = (Index(None, "bundle", "name", "receiver", "lead"), Index(None, "arrived_at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    instance: Mapped[str]
    bundle: Mapped[str]
    calendar: Mapped[str]
    name: Mapped[str]
    keys: Mapped[JsonMap]
    lead: Mapped[str]
    data: Mapped[JsonMap]
    begins: Mapped[list[Any]]
    receiver: Mapped[str | None]
    wait: Mapped[str | None]
    thrown_at: Mapped[datetime]
    arrived_at: Mapped[datetime | None]
    set_aside_at: Mapped[datetime | None]
    set_aside_why: Mapped[str | None]
    offered_at: Mapped[datetime | None]
    discarded_at: Mapped[datetime | None]
    discarded_why: Mapped[str | None]


class DefinitionTable(Base):
    """A deployed definition bundle, by the sha256 of the whole bundle."""

    __tablename__ = "definitions"
    __table_args__ = (Index(None, "name", "deployed_at"),)
    digest: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    deployed_at: Mapped[datetime]


class DefinitionFileTable(Base):
    """One file of a bundle, byte for byte."""

    __tablename__ = "definition_files"
    digest: Mapped[str] = mapped_column(ForeignKey("definitions.digest"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]


class CalendarTable(Base):
    """A version of a calendar, by the sha256 of its document."""

    __tablename__ = "calendars"
    digest: Mapped[str] = mapped_column(primary_key=True)
    calendar_id: Mapped[str]
    document: Mapped[JsonMap]
    saved_at: Mapped[datetime]


class CalendarChangeTable(Base):
    """One row for each time a version came into force: who did it and why. The last of a calendar counts."""

    __tablename__ = "calendar_changes"
    calendar_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(ForeignKey("calendars.digest"))
    kind: Mapped[str]
    by: Mapped[str | None]
    reason: Mapped[str]
    data: Mapped[JsonMap]
    at: Mapped[datetime]


class CalendarMoveTable(Base):
    """An instance that is to be told of a version of its calendar, because days it rests on have changed.

    `number` is that of the version (calendar_changes). `told_at` is when Temporal took it, `settled_at` when
    nothing is to be done any more, by its `outcome` (calendar_moves.Outcome).
    """

    __tablename__ = "calendar_moves"
    __table_args__ = (
        Index(None, "settled_at", "told_at", "not_before"),
        Index(None, "calendar_id", "number"),
    )
    instance: Mapped[str] = mapped_column(primary_key=True)
    calendar_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str]
    planned_at: Mapped[datetime]
    not_before: Mapped[datetime]
    attempts: Mapped[int]
    last_error: Mapped[str | None]
    told_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
