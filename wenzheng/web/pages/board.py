"""The public board and the public page of a letter."""

from __future__ import annotations

from typing import Final, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from wenzheng.petitions.organisation import ASSIGNABLE
from wenzheng.web.board import LAMPS, Filters, board
from wenzheng.web.lookup import is_code
from wenzheng.web.pages.labels import contents, events, status_key
from wenzheng.web.pages.render import render, words
from wenzheng.web.pages.turning import turning
from wenzheng.web.problems import Problem
from wenzheng.web.reading import open_letter
from wenzheng.web.schemas.fields import Kind, State
from wenzheng.web.security import Given
from wenzheng.web.services import Services
from wenzheng.web.views import letter as view_of
from wenzheng.web.views import timeline

router = APIRouter()

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_HIDDEN_KIND: Final = "report"
PUBLIC_STATES: Final = tuple(state for state in get_args(State) if state not in {"submitted", "rejected"})
"""States in which a letter may be on the board: after its acceptance."""
_LONGEST_SEARCH: Final = 100


@router.get("/")
async def public_board(request: Request, given: Given) -> Response:
    """Counts of all letters by lamp, and the public ones. Filters nobody knows are ignored."""
    t = words(request)
    asked = request.query_params
    filters = Filters(
        lamp=next((lamp for lamp in LAMPS if lamp == asked.get("lamp")), None),
        department=asked.get("department") or None,
        kind=next((kind for kind in KINDS if kind == asked.get("kind")), None),
        state=next((state for state in PUBLIC_STATES if state == asked.get("state")), None),
        words=searched(asked.get("q")),
    )
    try:
        found = await board(given, filters, asked.get("cursor"), t.language)
    except Problem:
        found = await board(given, filters, None, t.language)
    chosen = {
        "q": filters.words,
        "lamp": filters.lamp,
        "department": filters.department,
        "kind": filters.kind,
        "state": filters.state,
    }
    kept = {name: value for name, value in chosen.items() if value}
    previous_url, next_url = turning("/", kept, asked, found.next)
    return render(
        request,
        "board.html",
        counts=found,
        lamp_url=_lamp_urls(kept),
        filtered=bool(kept),
        letters=found.letters,
        standing=status_key,
        chosen=chosen,
        departments=await assignable_units(given, t.language),
        lamps=[(lamp, t(f"lamp.{lamp}")) for lamp in LAMPS],
        kinds=[(kind, t(f"kind.{kind}")) for kind in KINDS if kind != _HIDDEN_KIND],
        states=[(state, t.or_else(f"state.{state}", state)) for state in PUBLIC_STATES],
        previous_url=previous_url,
        next_url=next_url,
    )


def _lamp_urls(kept: dict[str, str]) -> dict[str, str]:
    """Addresses of the board under each lamp, with the other filters as they are; "" is every lamp."""
    others = {name: value for name, value in kept.items() if name != "lamp"}
    urls = {lamp: f"/?{urlencode(others | {'lamp': lamp})}" for lamp in LAMPS}
    return urls | {"": f"/?{urlencode(others)}" if others else "/"}


def searched(text: str | None) -> str | None:
    """The words somebody looks for; None for nothing but blanks."""
    return (text or "").strip()[:_LONGEST_SEARCH] or None


async def assignable_units(given: Services, language: str) -> list[tuple[str, str]]:
    """The units that answer letters, for a filter."""
    units = await given.read(lambda reader: reader.units())
    return [
        (unit.id, unit.name_en if language == "en" else unit.name_zh)
        for unit in units
        if unit.kind in ASSIGNABLE
    ]


@router.get("/letters/{number}")
async def public_letter(number: str, request: Request, given: Given) -> Response:
    """A public letter with its replies. Tracking codes open nothing here."""
    t = words(request)
    if is_code(number):
        raise Problem(404, "no-letter", "Follow a letter by its code under /follow.")
    file, sight = await open_letter(given, number, None, t.language)
    letter = view_of(file, sight, given.now())
    return render(
        request,
        "letter.html",
        letter=letter,
        standing=status_key(letter),
        contents=contents(t, letter),
        events=events(t, timeline(file, sight)),
    )
