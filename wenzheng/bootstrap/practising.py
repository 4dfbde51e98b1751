"""Practice mode: begins, or goes on with, a city whose working day passes in seconds."""

from __future__ import annotations

import contextlib

from wenzheng.bootstrap.city import latest_calendar
from wenzheng.calendars.pace import write_pace
from wenzheng.practice import set_going, tell
from wenzheng.settings import Settings
from wenzheng.store import open_store


def set_clock_going(settings: Settings, working_day: int | None) -> list[str]:
    """Begin or go on with practice mode, in a data folder that `prepare` has made ready.

    `working_day` is the pace asked for, in microseconds. Returns what the operator should be told.
    Raises PracticeRefused when the folder has another pace, or letters without one.
    """
    with contextlib.closing(open_store(settings.database_url)) as store:
        pace = set_going(store, settings.alive_file, working_day, latest_calendar(store, settings.calendar))
    if pace is None:
        return []
    shown = f"{pace.epoch_shown.astimezone(pace.calendar.zone):%Y-%m-%d %H:%M}"
    length = write_pace(pace.working_day)
    told = f"Practice mode 演练模式: a working day lasts {length}; the clock goes on from {shown}"
    return [f"{told} and stands still while nothing runs."]


async def tell_pace(settings: Settings) -> None:
    """Tell every open instance of a practice city how its clock goes on; before a worker runs.

    The clock goes on from now: what making ready took does not count, or a demo would begin days late.
    """
    from wenzheng.gateways.processes import TemporalProcesses

    with contextlib.closing(open_store(settings.database_url)) as store:
        pace = set_going(store, settings.alive_file, None, latest_calendar(store, settings.calendar))
        if pace is None:
            return
        with store.reader() as reader:
            instances = reader.open_instances()
    await tell(pace, instances, TemporalProcesses(settings.temporal_address or "", settings.namespace))
