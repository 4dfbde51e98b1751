"""Server-rendered pages for citizens and staff. No script is needed."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from wenzheng.web.assets import Assets
from wenzheng.web.pages import (
    account,
    board,
    calendars,
    definitions,
    desk,
    desk_forum,
    desk_import,
    desk_inbox,
    desk_letter,
    desk_take,
    follow,
    incidents,
    schedules,
    search,
    sign_in,
    submit,
    submit_files,
)
from wenzheng.web.pages.render import error_page, wants_page
from wenzheng.web.pages.sign_in import ask_again
from wenzheng.web.security import guard

__all__ = ["ask_again", "error_page", "router", "static_files", "wants_page"]


def router() -> APIRouter:
    """All pages, each behind the guard; none of them belongs to the API's description."""
    pages = APIRouter(dependencies=[Depends(guard)], include_in_schema=False)
    for_citizens = (board, search, submit, submit_files, follow)
    for part in (
        *for_citizens,
        sign_in,
        account,
        desk,
        desk_letter,
        desk_take,
        desk_import,
        desk_inbox,
        desk_forum,
        incidents,
        definitions,
        schedules,
        calendars,
    ):
        pages.include_router(part.router)
    return pages


def static_files() -> Assets:
    """Style sheet, script and icon, out of the package."""
    return Assets(packages=[("wenzheng.web", "static")])
