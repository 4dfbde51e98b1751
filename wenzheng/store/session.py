"""What the parts of a unit of work share: the session, the clock on the wall, rows to views."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

View = TypeVar("View")


def wall_clock() -> datetime:
    """The present instant, UTC."""
    return datetime.now(UTC)


def as_view(view: type[View], row: object, **more: Any) -> View:
    """A view from the attributes of the same name of a row; `more` gives or replaces fields."""
    names = [field.name for field in dataclasses.fields(view)]  # type: ignore[arg-type]
    return view(**{name: more[name] if name in more else getattr(row, name) for name in names})


def maybe_view(view: type[View], row: object | None) -> View | None:
    """`as_view` of a row that may be missing."""
    return None if row is None else as_view(view, row)


class Part:
    """A subject of the unit of work: works on the session of the unit it belongs to."""

    def __init__(self, session: Session, clock: Callable[[], datetime] = wall_clock) -> None:
        self.session = session
        self.clock = clock

    def line_up(self, name: str) -> None:
        """Wait until no other unit of work that lined up under this name is open.

        For what is checked first and written then. On SQLite a unit of work is alone anyway.
        """
        if self.session.get_bind().dialect.name == "postgresql":
            self.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
