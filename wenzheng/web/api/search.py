"""Letters found by their words."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from wenzheng.petitions.searching import LONGEST_QUERY
from wenzheng.web.alike import likely_duplicates
from wenzheng.web.schemas.search import Alike, Hits
from wenzheng.web.search import Asking, search
from wenzheng.web.security import Caller, Given, Staff

router = APIRouter(tags=["letters"])


@router.get("/search")
async def find(
    given: Given,
    who: Caller,
    q: Annotated[
        str,
        Query(
            min_length=1,
            max_length=LONGEST_QUERY,
            description="Words that all stand in a letter or its replies",
        ),
    ],
    page: Annotated[int, Query(ge=1, le=1000)] = 1,
) -> Hits:
    """Letters that I may read and that hold every word: in the title first, then in one piece."""
    return await search(given, Asking(who, q, page))


@router.get("/petitions/{ref}/alike")
async def alike(ref: str, given: Given, who: Staff) -> Alike:
    """Letters that may say the same as this one: for the centre, which screens them."""
    return Alike(items=await likely_duplicates(given, ref, who))
