"""The JSON API under /api, one module a subject."""

from typing import Any, Final

from fastapi import APIRouter, Depends

from wenzheng.web.api import (
    acts,
    attachments,
    calendars,
    definitions,
    forum,
    importing,
    inbox,
    incidents,
    intake,
    letters,
    public,
    schedules,
    search,
)
from wenzheng.web.problems import ProblemDetails
from wenzheng.web.security import guard

_PROBLEM: Final[dict[str, Any]] = {
    "model": ProblemDetails,
    "description": "A problem (application/problem+json)",
}
_PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {"4XX": _PROBLEM, "5XX": _PROBLEM}


def gateways() -> APIRouter:
    """Where other machines hand letters in; beside /api, because their signature is all they have."""
    outside = APIRouter(dependencies=[Depends(guard)], responses=_PROBLEMS)
    outside.include_router(intake.router)
    return outside


def router() -> APIRouter:
    """All routes of the API, each behind the guard."""
    api = APIRouter(prefix="/api", dependencies=[Depends(guard)], responses=_PROBLEMS)
    for part in (
        public,
        importing,
        letters,
        search,
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
