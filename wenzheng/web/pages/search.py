"""Searching letters at a page: the public ones for everybody, at the desk what a person's seat may read."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from wenzheng.web.pages.board import searched
from wenzheng.web.pages.desk import page_number, sections
from wenzheng.web.pages.labels import status_key
from wenzheng.web.pages.render import render, words
from wenzheng.web.search import Asking, search
from wenzheng.web.security import Given, Principal, Staff
from wenzheng.web.services import Services

router = APIRouter()

PUBLIC: Final = "/search"
DESK: Final = "/desk/search"


@router.get(PUBLIC)
async def public_search(request: Request, given: Given) -> Response:
    """What everybody may read, as everybody reads it: also for whoever is signed in."""
    return await _page(request, given, None, PUBLIC, "/letters/")


@router.get(DESK)
async def desk_search(request: Request, given: Given, who: Staff) -> Response:
    """What this person may read."""
    return await _page(request, given, who, DESK, "/desk/letters/")


async def _page(request: Request, given: Services, who: Principal | None, path: str, to: str) -> Response:
    t, query = words(request), request.query_params
    question = searched(query.get("q"))
    found = None
    if question is not None:
        asking = Asking(who, question, page_number(query.get("page")), t.language)
        found = await search(given, asking)

    def turned(page: int) -> str | None:
        if found is None or not 1 <= page <= found.pages:
            return None
        return f"{path}?{urlencode({'q': question, 'page': page})}"

    return render(
        request,
        "search.html",
        action=path,
        question=question or "",
        found=found,
        to=to,
        standing=status_key,
        sections=await sections(t, given, who) if who is not None else [],
        previous_url=turned(found.page - 1) if found else None,
        next_url=turned(found.page + 1) if found else None,
    )
