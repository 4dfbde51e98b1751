"""The table of calendar.md §6, and counts back over make-up weekends, on the time-skipping server.

One server and one tiny definition each way, an instance a row. The server is led from the end of one last day
to the end of the next: whatever rings by then has to be what the table says, and to have rung then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from tests.support.bpmn import bpmn
from tests.support.house import House, house, skipping_server
from tests.support.shifted import shifted, shifted_calendar
from tests.unit.calendars.test_calendar_vectors import RECEIVED
from tests.unit.calendars.test_units import BEFORE_THE_SESSION
from wenzheng.bootstrap.deploying import deploy
from wenzheng.calendars.china import china
from wenzheng.catalog.bundle import Bundle
from wenzheng.contracts import (
    PROCESS_WORKFLOW,
    TASK_QUEUE,
    THRESHOLD_PASSED,
    CalendarRef,
    DefinitionRef,
    StartProcess,
)

EARLY, LATE = 1140, 150
"""Weeks that lead from 2005, and from 2024, to 2026 and 2027: the server cannot go back, nor ten years on."""
CALENDARS = {weeks: shifted_calendar(china(), weeks) for weeks in (EARLY, LATE)}
LAW = "var day date\nclock k starts=s stops=u from=day {limits}\nstart s\nuser u\ns -> u"
FORWARD = LAW.format(limits="a=5 b=15 c=20")
BACK = LAW.format(limits="a=-10 b=-5 c=-3 d=-2")
Wanted = dict[str, list[date]]
"""By instance, its last days in their order."""


async def start(home: House, name: str, notation: str, rows: Sequence[tuple[str, ...]]) -> Wanted:
    digest = deploy(home.store, Bundle(name, {f"{name}.bpmn": bpmn(notation)})).digest
    wanted = {}
    for day, *last_days in rows:
        weeks = EARLY if day < "2020" else LATE
        variables = {"day": shifted(day, weeks).isoformat()}
        instance = f"{name}-{day}"
        await home.client.start_workflow(
            PROCESS_WORKFLOW,
            args=[DefinitionRef(digest), CalendarRef(CALENDARS[weeks].version), StartProcess("p", variables)],
            id=instance,
            task_queue=TASK_QUEUE,
        )
        wanted[instance] = sorted(shifted(last, weeks) for last in last_days)
    return wanted


def rung(home: House, instances: Wanted) -> dict[str, list[tuple[date, datetime]]]:
    """By instance, the last day of each limit that was passed, and when it was."""
    with home.store.reader() as reader:
        return {
            instance: [
                (date.fromisoformat(record.data["due"]), record.at)
                for record in reader.records(instance)
                if record.kind == THRESHOLD_PASSED
            ]
            for instance in instances
        }


async def test_every_alarm_rings_at_the_end_of_the_day_of_the_table_forward_and_back(tmp_path: Path) -> None:
    async with skipping_server() as server, house(tmp_path, server) as home:
        for calendar in CALENDARS.values():
            home.use_calendar(calendar)
        with server.auto_time_skipping_disabled():
            wanted = await start(home, "forward", FORWARD, RECEIVED)
            wanted |= await start(home, "back", BACK, BEFORE_THE_SESSION)
            days = sorted(day for last_days in wanted.values() for day in last_days)
            for day in sorted(set(days)):
                ahead = CALENDARS[LATE].end_of(day) - await server.get_current_time()
                await server.sleep(max(ahead, timedelta(0)))
                due = sum(one <= day for one in days)
                for _ in range(3000):
                    if sum(map(len, rung(home, wanted).values())) >= due:
                        break
                    await asyncio.sleep(0.02)
            found = rung(home, wanted)
    assert {name: [day for day, _ in passed] for name, passed in found.items()} == wanted
    late = {
        (name, day): at - CALENDARS[LATE].end_of(day)
        for name, passed in found.items()
        for day, at in passed
        if at - CALENDARS[LATE].end_of(day) >= timedelta(hours=1)
    }
    assert late == {}, "an alarm that rings an hour after its day counts another day"
