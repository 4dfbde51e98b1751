"""Column types and small helpers every module of the store shares."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from wenzheng.store.errors import BadText, StoreError


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: goes in timezone-aware, is kept in UTC, comes out timezone-aware in UTC.

    SQLite keeps text without a zone, so the zone is taken off and put back here; text of one
    zone and one width also sorts and compares as instants do. A naive datetime is refused:
    nobody could say later which instant was meant.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware datetime into UTC; raise ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"expected a datetime with a timezone, found {value!r}; use datetime(..., tzinfo=UTC)"
            raise ValueError(msg)
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy calls by position
    ) -> datetime | None:
        """Give every instant back as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def canonical(value: object) -> str:
    """JSON text that is the same for equal values: sorted keys, no spaces. 1 and true differ."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def row_id(key: str) -> str:
    """A short id that follows from a key (32 hex digits), so that a rebuilt row keeps its id."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def instant(text: str | None) -> datetime | None:
    """The UTC instant of an ISO 8601 text with an offset; None stays None. Raises ValueError."""
    if text is None:
        return None
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        msg = f"expected an instant with an offset like 2026-09-01T16:00:00Z, found {text!r}"
        raise ValueError(msg)
    return value.astimezone(UTC)


def check_text(**texts: str | None) -> None:
    """Refuse what PostgreSQL (NUL) or UTF-8 (a lone surrogate) cannot keep. Raises BadText."""
    for name, text in texts.items():
        if text is None:
            continue
        at = text.find("\x00")
        if at < 0:
            try:
                text.encode()
            except UnicodeEncodeError as error:
                at = error.start
        if at >= 0:
            msg = f"expected text, found U+{ord(text[at]):04X} at character {at} of {name}; remove it"
            raise BadText(msg)


def insert_new(session: Session, table: type[Any], values: Mapping[str, Any]) -> bool:
    """Insert one row unless its key is there already; True when it was inserted.

    One statement, so of two processes exactly one gets True.
    """
    target: Table = table.__table__
    if session.get_bind().dialect.name == "postgresql":
        result = session.execute(
            postgresql.insert(target).values(**values).on_conflict_do_nothing().returning(*target.primary_key)
        )
    else:
        result = session.execute(
            sqlite.insert(target).values(**values).on_conflict_do_nothing().returning(*target.primary_key)
        )
    return result.first() is not None


def encode_cursor(at: datetime, key: str) -> str:
    """An opaque place in a list ordered by (instant, id)."""
    return base64.urlsafe_b64encode(f"{at.astimezone(UTC).isoformat()}|{key}".encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> tuple[datetime, str]:
    """The place an `encode_cursor` text means. Raises StoreError for any other text."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        at, key = raw.split("|", 1)
        moment = instant(at)
    except (ValueError, OverflowError, binascii.Error) as error:
        msg = f"expected a cursor from an earlier page, found {cursor[:80]!r}; start again without one"
        raise StoreError(msg) from error
    if moment is None:  # pragma: no cover - instant() of a str is never None
        raise AssertionError
    return moment, key
