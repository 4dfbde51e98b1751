"""Supplies SpiffWorkflow with the instance's own ids and time.

SpiffWorkflow draws `uuid4` for every task and reads `time.time` at every change of state.
Inside a Temporal workflow both would differ on replay, so importing this module replaces them
by functions that ask the instance being stepped. Outside `core(...)` they raise: a call that
escaped the engine is a defect, not a value.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from types import SimpleNamespace
from typing import Final, Protocol

import SpiffWorkflow.task

_TICK_SECONDS: Final = 0.000_001
_active = threading.local()


class OutsideCoreError(RuntimeError):
    """SpiffWorkflow asked for an id or the time while no instance was being stepped."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"Expected SpiffWorkflow to run inside core(...), found a request for {what} outside. "
            "Call it through wenzheng.engine.step only."
        )


class IdSource(Protocol):
    """Whoever counts the ids of an instance."""

    def new_id(self) -> str:
        """The next id, unique in the instance and the same on every replay."""
        ...


class _Core:
    def __init__(self, ids: IdSource, now: datetime) -> None:
        self.ids = ids
        self._seconds = now.timestamp()

    def strictly_rising_seconds(self) -> float:
        self._seconds += _TICK_SECONDS
        return self._seconds


@contextmanager
def core(ids: IdSource, now: datetime) -> Iterator[None]:
    """Let SpiffWorkflow run in this thread with ids from `ids` and time from `now` (UTC)."""
    outer = getattr(_active, "core", None)
    _active.core = _Core(ids, now)
    try:
        yield
    finally:
        _active.core = outer


def _current(what: str) -> _Core:
    current: _Core | None = getattr(_active, "core", None)
    if current is None:
        raise OutsideCoreError(what)
    return current


def _next_id() -> str:
    return _current("an id").ids.new_id()


def _seconds() -> float:
    return _current("the time").strictly_rising_seconds()


SpiffWorkflow.task.uuid4 = _next_id
SpiffWorkflow.task.time = SimpleNamespace(time=_seconds)
