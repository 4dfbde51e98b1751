"""The organisation, accounts, who is signed in, and who was shown what."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


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
