"""Server-rendered pages for citizens: board, letter, submission, following. No script is needed."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from wenzheng.web.assets import Assets
from wenzheng.web.pages import board, follow, submit
from wenzheng.web.pages.render import error_page, wants_page
from wenzheng.web.security import guard

__all__ = ["error_page", "router", "static_files", "wants_page"]


def router() -> APIRouter:
    """All pages, each behind the guard; none of them belongs to the API's description."""
    pages = APIRouter(dependencies=[Depends(guard)], include_in_schema=False)
    for part in (board, submit, follow):
        pages.include_router(part.router)
    return pages


def static_files() -> Assets:
    """Style sheet, script and icon, out of the package."""
    return Assets(packages=[("wenzheng.web", "static")])
