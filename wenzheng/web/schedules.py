"""Schedules as operators and administrators see them, for the API and the pages: refusals become problems."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from starlette.concurrency import run_in_threadpool

from wenzheng.planning import ScheduleRefused, Standing
from wenzheng.store.views.schedules import OccasionRow
from wenzheng.web.problems import Problem
from wenzheng.web.services import Services

T = TypeVar("T")
PAUSE, RESUME, RUN = "pause", "resume", "run"
STATUS: Final = {"schedule.unknown": 404, "schedule.begun": 409, "schedule.not-paused": 409}
"""The status of a refusal, where it is not 422."""


async def asked(work: Callable[[], T]) -> T:
    """Ask for schedules, in a thread. Raises Problem for what is refused."""
    try:
        return await run_in_threadpool(work)
    except ScheduleRefused as refused:
        status = STATUS.get(refused.code, 422)
        raise Problem(status, refused.code, f"{refused.message} {refused.hint}") from refused


async def standings(given: Services) -> list[Standing]:
    """Every schedule of the definitions in force."""
    return await asked(given.schedules.standings)


async def standing(given: Services, schedule: str) -> Standing:
    """One schedule. Raises Problem 404."""
    return await asked(lambda: given.schedules.standing(schedule))


async def switch(given: Services, schedule: str, action: str, *, by: str, reason: str) -> Standing:
    """Pause or resume a schedule. Raises Problem."""
    do = given.schedules.pause if action == PAUSE else given.schedules.resume
    return await asked(lambda: do(schedule, by=by, reason=reason))


async def run(given: Services, schedule: str, *, by: str, reason: str, period: str | None) -> OccasionRow:
    """Let a schedule begin for a period at once. Raises Problem."""
    done = await asked(lambda: given.schedules.run(schedule, by=by, reason=reason, period=period))
    given.submitted()  # the relay need not wait for its next look
    return done


def names_of(given: Services, standing: Standing) -> Mapping[str, str]:
    """What the definition calls the start, by language."""
    row = standing.row
    guide = given.guides.steps(row.definition, row.process).get(row.element)
    return guide.names if guide is not None else {}
