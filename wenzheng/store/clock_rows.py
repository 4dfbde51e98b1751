"""The rows of clocks: what a record does to the one it is about.

A row answers who looks at it when, without the engine: the lamp follows from its instants and the time of
the reader, also when no worker runs.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from wenzheng import contracts
from wenzheng.petitions.lamps import ClockReading
from wenzheng.store.tables.instances import ClockTable
from wenzheng.store.tables.petitions import PetitionTable
from wenzheng.store.types import instant
from wenzheng.store.views.instances import Clock

Data = dict[str, Any]


def add_expected_clocks(session: Session, instance: str, petition: PetitionTable) -> None:
    """Show the clocks of a petition that waits for its start; the real ones replace them."""
    for data in petition.expected_clocks:
        row = clock_row(instance, petition.id, data, run=0, at=petition.submitted_at)
        session.add(row)


def clock_row(
    instance: str, petition_id: str | None, data: dict[str, Any], *, run: int, at: datetime
) -> ClockTable:
    """A running clock from the data of a clock_started record."""
    row = ClockTable(
        instance=instance,
        clock=data["clock"],
        run=run,
        petition_id=petition_id,
        current=True,
        name=data.get("name") or data["clock"],
        day0=date.fromisoformat(data["day0"]),
        calendar=data.get("calendar", ""),
        started_at=at,
        stopped_at=None,
        stop_reason=None,
        frozen_lamp=None,
        unit=data.get("unit", "working_days"),
        rule=data.get("rule"),
        ledger=[],
        paused_on=None,
        paused_over=None,
        unit_id=data.get("whose"),
        name_en=data.get("name_en") or "",
    )
    _take_days(row, data.get("thresholds", []))
    return row


def change_clock(row: ClockTable, kind: str, data: Data, at: datetime) -> None:
    """Take what happened to a running clock; `kind` is one of `CHANGES`."""
    CHANGES[kind](row, data)
    row.ledger = [*row.ledger, {"kind": kind, "at": at.isoformat(), **_said(data)}]
    if "thresholds" in data:
        _take_days(row, data["thresholds"])
        row.calendar = data.get("calendar", row.calendar)


def _said(data: Data) -> Data:
    return {name: value for name, value in data.items() if name not in {"clock", "thresholds"}}


def _take_days(row: ClockTable, thresholds: list[Data]) -> None:
    """The days of the thresholds, and from them the instants at which lamps turn."""

    def first(lamp: str) -> datetime | None:
        return min(
            (i for t in thresholds if t.get("lamp") == lamp and (i := instant(t["from"]))), default=None
        )

    row.thresholds = thresholds
    row.yellow_from, row.red_from = first("yellow"), first("red")
    limit = the_limit(thresholds)
    longer = limit is not None and limit.get("plus") and limit["due"]
    row.extended_until = date.fromisoformat(limit["due"]) if limit is not None and longer else None


def the_limit(thresholds: list[Data]) -> Data | None:
    """The limit that is meant by "due": the first that lights a lamp, else the last; earlier ones remind."""
    lit = [one for one in thresholds if one.get("lamp")]
    return next(iter(lit or thresholds[-1:]), None)


def reading_of(clock: ClockTable | Clock) -> ClockReading:
    """What a clock says, for the lamp and what stands beside it."""
    limit = the_limit(clock.thresholds)
    return ClockReading(
        day0=clock.day0,
        yellow_from=clock.yellow_from,
        red_from=clock.red_from,
        stopped_at=clock.stopped_at,
        answered=clock.stop_reason == "completed",
        paused_on=clock.paused_on,
        paused_over=clock.paused_over,
        extended_until=clock.extended_until,
        extended_over=instant(limit["from"]) if limit is not None else None,
    )


def _paused(row: ClockTable, data: Data) -> None:
    row.paused_on, row.paused_over = date.fromisoformat(data["from"]), instant(data["over"])


def _resumed(row: ClockTable, _data: Data) -> None:
    row.paused_on = row.paused_over = None


def _extended(_row: ClockTable, _data: Data) -> None:
    """Its days say it."""


def _restarted(row: ClockTable, data: Data) -> None:
    _resumed(row, data)
    _moved(row, data)


def _moved(row: ClockTable, data: Data) -> None:
    row.day0, row.calendar = date.fromisoformat(data["day0"]), data["calendar"]


CHANGES: Final[dict[str, Callable[[ClockTable, Data], None]]] = {
    contracts.CLOCK_PAUSED: _paused,
    contracts.CLOCK_RESUMED: _resumed,
    contracts.CLOCK_EXTENDED: _extended,
    contracts.CLOCK_RESTARTED: _restarted,
    contracts.CLOCK_MOVED: _moved,
    contracts.CLOCK_KEPT: _extended,
}
"""By kind of record, what changes besides the days."""
