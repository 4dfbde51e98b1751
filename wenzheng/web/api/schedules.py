"""Schedules over the API, for operators and process administrators: what begins by the calendar."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from wenzheng.planning import LONGEST_REASON, Standing
from wenzheng.store.schedules import schedule_id
from wenzheng.store.views.schedules import OccasionRow
from wenzheng.web import schedules
from wenzheng.web.schemas.fields import Input, Written
from wenzheng.web.security import Given, Staff
from wenzheng.web.services import Services

router = APIRouter(prefix="/schedules", tags=["schedules"])


def _id(
    name: Annotated[str, Path(description="Name of a definition, such as inspection.")],
    process: Annotated[str, Path(description="A process of it.")],
    element: Annotated[str, Path(description="Its start event that waits for the schedule.")],
) -> str:
    return schedule_id(name, process, element)


class RuleView(BaseModel):
    """When it comes: once in each `every`, on the `number`-th day, or the last ones for -1 and so on."""

    every: str
    working: bool
    number: int
    at: str


class ComingView(BaseModel):
    """An occasion to come: its period, such as 2026-11 or 2026-W48, and its moment."""

    period: str
    at: datetime


class OccasionView(BaseModel):
    """A period that has had its turn.

    `instance` began `at` for the occasion of `planned_at`; null when it was passed over. `cause` is rang,
    made_up (nobody rang), by_hand or passed_over.
    """

    period: str
    planned_at: datetime
    at: datetime
    instance: str | None
    definition: str
    cause: str


class ActView(BaseModel):
    """What somebody did: pause, resume or run."""

    kind: str
    period: str | None
    by: str
    reason: str
    at: datetime


class ScheduleView(BaseModel):
    """A schedule and where it stands.

    `names` are those of the start by language. `next` begins with what waits to begin, if something does.
    `at_hand` is the period that `run` takes unless another is named; null when it has had its turn. `trouble`
    says why Temporal could not be told; null when it was.
    """

    id: str
    name: str
    process: str
    element: str
    names: dict[str, str]
    rule: RuleView
    definition: str
    paused: bool
    trouble: str | None
    next: list[ComingView]
    at_hand: str | None
    last: list[OccasionView]
    acts: list[ActView]


class Schedules(BaseModel):
    """The schedules of the definitions in force."""

    items: list[ScheduleView]


class Why(Input):
    """Why somebody decides like that."""

    reason: Annotated[str, Field(min_length=1, max_length=LONGEST_REASON), Written]


class Wanted(Why):
    """For which period it is to begin, and why."""

    period: str | None = Field(
        None, max_length=10, description="Such as 2026-11 or 2026-W48; the period at hand unless given."
    )


@router.get("")
async def listed(given: Given) -> Schedules:
    """Every schedule: when it comes next, for what it began, whether it is paused."""
    found = await schedules.standings(given)
    return Schedules(items=[await _view(given, one) for one in found])


@router.get("/{name}/{process}/{element}")
async def show(which: Annotated[str, Depends(_id)], given: Given) -> ScheduleView:
    """One schedule."""
    return await _view(given, await schedules.standing(given, which))


@router.post("/{name}/{process}/{element}/pause")
async def pause(which: Annotated[str, Depends(_id)], body: Why, given: Given, who: Staff) -> ScheduleView:
    """From now on nothing begins by it; what is due already begins first."""
    done = await schedules.switch(given, which, schedules.PAUSE, by=who.account, reason=body.reason)
    return await _view(given, done)


@router.post("/{name}/{process}/{element}/resume")
async def resume(which: Annotated[str, Depends(_id)], body: Why, given: Given, who: Staff) -> ScheduleView:
    """From now on it begins again; what came during the pause does not."""
    done = await schedules.switch(given, which, schedules.RESUME, by=who.account, reason=body.reason)
    return await _view(given, done)


@router.post("/{name}/{process}/{element}/run")
async def run(which: Annotated[str, Depends(_id)], body: Wanted, given: Given, who: Staff) -> OccasionView:
    """Begin for a period now, once: the one at hand, one missed, one to come."""
    return _occasion(
        await schedules.run(given, which, by=who.account, reason=body.reason, period=body.period)
    )


async def _view(given: Services, one: Standing) -> ScheduleView:
    row, rule = one.row, one.schedule
    names = await run_in_threadpool(schedules.names_of, given, one)
    return ScheduleView(
        id=row.id,
        name=row.name,
        process=row.process,
        element=row.element,
        names=dict(names),
        rule=RuleView(every=rule.every, working=rule.working, number=rule.number, at=rule.at),
        definition=row.definition,
        paused=row.paused_at is not None,
        trouble=(row.told or {}).get("error"),
        next=[ComingView(period=found.period, at=found.at) for found in one.next],
        at_hand=one.at_hand,
        last=[_occasion(found) for found in one.last],
        acts=[
            ActView(kind=act.kind, period=act.period, by=act.by, reason=act.reason, at=act.at)
            for act in one.acts
        ],
    )


def _occasion(found: OccasionRow) -> OccasionView:
    return OccasionView(
        period=found.period,
        planned_at=found.planned_at,
        at=found.at,
        instance=found.instance,
        definition=found.definition,
        cause=found.cause,
    )
