"""The JSON API under /api, one module a subject."""

from fastapi import APIRouter, Depends

from wenzheng.web.api import (
    acts,
    attachments,
    calendars,
    definitions,
    forum,
    inbox,
    incidents,
    letters,
    public,
    schedules,
)
from wenzheng.web.problems import ProblemDetails
from wenzheng.web.security import guard


def router() -> APIRouter:
    """All routes of the API, each behind the guard."""
    problem = {"model": ProblemDetails, "description": "A problem (application/problem+json)"}
    api = APIRouter(prefix="/api", dependencies=[Depends(guard)], responses={"4XX": problem, "5XX": problem})
    for part in (
        public,
        letters,
        acts,
        attachments,
        inbox,
        incidents,
        calendars,
        definitions,
        schedules,
        forum,
    ):
        api.include_router(part.router)
    return api
