"""Practice mode: a city whose working day passes in seconds. Used by bootstrap and `run`.

The pace is chosen once for a database, when it is still empty, and never changed. The city's clock
runs while `wenzheng run` runs and stands still in between (docs/decisions): with each run the pace
goes on under a new epoch, which every open instance is told before anything else happens.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from wenzheng.calendars import Calendar
from wenzheng.calendars.pace import CityClock, Pace, write_pace
from wenzheng.contracts import PaceInput
from wenzheng.store import Store
from wenzheng.store.properties import PACE


class PracticeRefused(Exception):
    """This data folder cannot be run like that; the text says why and what to do."""


class Paced(Protocol):
    """What tells an instance its pace (gateways.processes)."""

    async def set_pace(self, instance: str, pace: PaceInput) -> None:
        """Raises GatewayError when it cannot."""
        ...


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


def kept_pace(store: Store) -> Pace | None:
    """The pace of this database, or None."""
    with store.reader() as reader:
        kept = reader.property(PACE)
        found = reader.calendar(kept["calendar"]) if kept is not None else None
    if kept is None:
        return None
    if found is None:
        raise LookupError(f"Expected the practice city's calendar {kept['calendar']}, found none.")
    return Pace.load(kept, Calendar.from_document(found.document))


def city_clock(store: Store) -> CityClock:
    """The clock of the city in this store; rows that the store dates itself are dated by it as well."""
    clock = CityClock(utc_now, kept_pace(store))
    store.use_clock(clock.now)
    return clock


def pace_input(pace: Pace | None) -> PaceInput | None:
    """The pace as the start of an instance carries it."""
    return None if pace is None else PaceInput(pace.working_day, pace.epoch_real, pace.epoch_shown)


def set_going(
    store: Store,
    alive: Path,
    wanted: int | None,
    calendar: Calendar,
    now: Callable[[], datetime] = utc_now,
) -> Pace | None:
    """Let the city's clock go on, or begin with the pace that is wanted (microseconds of a working day).

    None when the city lives in real time. Raises PracticeRefused when the folder has letters and no
    pace, or another pace.
    """
    kept = kept_pace(store)
    with store.unit_of_work() as unit:
        latest = unit.latest_moment()
        if kept is None and wanted is None:
            return None
        if kept is None and latest is not None:
            raise PracticeRefused(
                "this data folder has letters that live in real time, and a pace is fixed with the first "
                "letter; leave --pace out, or practise in a new folder with --data"
            )
        if kept is not None and wanted not in (None, kept.working_day):
            raise PracticeRefused(
                f"this data folder's pace is {write_pace(kept.working_day)} a working day, for good; "
                f"leave --pace out, or practise at another pace in a new folder with --data"
            )
        real = now()
        if kept is None:
            assert wanted is not None  # for the type checker: see above
            pace = Pace(calendar, wanted, real, real)
        else:
            pace = kept.resumed(real, _stood_at(kept, alive, latest))
        unit.set_property(PACE, pace.dump())
    touch(alive)
    return pace


def _stood_at(pace: Pace, alive: Path, latest: datetime | None) -> datetime:
    """What the clock showed when it stopped: never less than what has happened."""
    try:
        seen = datetime.fromtimestamp(alive.stat().st_mtime, UTC)
    except FileNotFoundError:
        seen = pace.epoch_real
    shown = pace.shown(max(seen, pace.epoch_real))
    return max(shown, latest or shown)


def touch(alive: Path) -> None:
    """The city's clock still runs."""
    alive.touch()
    os.utime(alive)


async def tell(pace: Pace, instances: Iterable[str], processes: Paced) -> None:
    """Tell every open instance how the clock runs from now on. Raises GatewayError.

    Before a worker runs: an alarm that rang during the standstill is then heard after the news.
    """
    given = pace_input(pace)
    assert given is not None  # for the type checker: a pace was given
    for instance in instances:
        await processes.set_pace(instance, given)
