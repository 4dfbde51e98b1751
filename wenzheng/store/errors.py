"""What the store refuses, one class per cause, each with a stable code.

The sentence of every error says what was expected, what was found and what to do.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar


class StoreError(Exception):
    """The store refused; nothing of the unit of work may be committed."""

    code: ClassVar[str] = "store"


class StoreAway(Exception):
    """The database could not be reached, or was locked for longer than we wait. Try again.

    No StoreError: it refused nothing, and nothing is wrong with what was asked.
    """

    code: ClassVar[str] = "store.away"


class Conflict(StoreError):
    """An id, key or entry is already taken by something else.

    `by` and `at` (UTC) name who was first and when, where a person was first.
    """

    code = "store.conflict"

    def __init__(self, detail: str, *, by: str | None = None, at: datetime | None = None) -> None:
        super().__init__(detail)
        self.by = by
        self.at = at


class Overtaken(StoreError):
    """A write comes late: another worker has gone on with the instance, and written, meanwhile."""

    code = "store.overtaken"


class NotFound(StoreError):
    """Something is named that the store does not hold."""

    code = "store.not-found"


class BadText(StoreError):
    """A text holds a character no database of ours can keep: NUL or a lone surrogate.

    It is refused rather than changed: nothing is altered or cut silently.
    """

    code = "store.bad-text"


class BadUrl(StoreError):
    """The database URL names something the store cannot use."""

    code = "store.bad-url"


class SchemaOutdated(StoreError):
    """The database has another schema version than this program."""

    code = "store.schema"
