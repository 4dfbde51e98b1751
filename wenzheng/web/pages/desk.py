"""The desk: what waits for the signed-in person, most urgent first, and the letters they may look for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from wenzheng.petitions.guides import StepGuide, said_in
from wenzheng.petitions.roles import CENTRE
from wenzheng.web.board import LAMPS, Filters, letters
from wenzheng.web.board import Query as LettersQuery
from wenzheng.web.deadlines import in_words
from wenzheng.web.desk import Asked, QueuePage, WaitingTask, queue_page, waits
from wenzheng.web.i18n import Words
from wenzheng.web.pages.board import assignable_units, searched
from wenzheng.web.pages.labels import clock_name, status_key
from wenzheng.web.pages.render import render, words
from wenzheng.web.pages.turning import turning
from wenzheng.web.pages.widgets import step_name
from wenzheng.web.problems import Problem
from wenzheng.web.schemas.fields import Kind, State
from wenzheng.web.security import Given, Principal, Staff
from wenzheng.web.services import Services

router = APIRouter()

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
STATES: Final[tuple[State, ...]] = get_args(State)
_DIGITS: Final = 6
"""Of the number of a page: nobody turns further."""


@dataclass(frozen=True)
class Desk:
    """The signed-in person at a page of the desk, and the services."""

    request: Request
    services: Given
    who: Staff

    @property
    def t(self) -> Words:
        """The person's language."""
        return words(self.request)


At = Annotated[Desk, Depends()]


async def sections(
    t: Words, services: Services, who: Principal
) -> list[tuple[str, str] | tuple[str, str, int]]:
    """The pages of the desk with how much waits on each."""
    waiting = await waits(services, who)
    of_the_centre = [("/desk/take", t("desk.take")), ("/desk/import", t("desk.import"))]
    return [
        ("/desk", t("desk.tasks"), waiting.tasks),
        ("/desk/inbox", t("desk.inbox"), waiting.inbox.open),
        ("/desk/letters", t("desk.letters")),
        ("/desk/search", t("desk.search")),
        ("/desk/forum", t("desk.forum")),
        *(of_the_centre if who.role in CENTRE else []),
    ]


@router.get("/desk")
async def desk(request: Request, given: Given, who: Staff) -> Response:
    """My tasks. Filters nobody knows are ignored."""
    t, query = words(request), request.query_params
    asked = Asked(
        lamp=next((lamp for lamp in LAMPS if lamp == query.get("lamp")), None),
        element=query.get("step") or None,
        unit=query.get("unit") or None,
        page=page_number(query.get("page")),
    )
    found = await queue_page(given, who, asked)
    kept = {"lamp": asked.lamp, "step": asked.element, "unit": asked.unit}
    names = await given.read(lambda reader: {unit.id: unit for unit in reader.units()})
    forum = await run_in_threadpool(_forum_steps, given)

    def step(element: str, name: str) -> str:
        """Steps of the forum are called as their definition says in the person's language."""
        said = forum.get(element, StepGuide()).names
        return said_in(said, t.language) if name in said.values() else step_name(t, element, name)

    def unit_name(unit_id: str) -> str:
        unit = names.get(unit_id)
        return unit_id if unit is None else unit.name_en if t.language == "en" else unit.name_zh

    return render(
        request,
        "desk.html",
        sections=await sections(t, given, who),
        rows=[
            _row(t, item, step(item.waiting.task.element, item.waiting.task.name), unit_name(item.unit or ""))
            for item in found.items
        ],
        found=found,
        chosen={name: value or "" for name, value in kept.items()},
        filtered=any(kept.values()),
        lamps=[(lamp, t(f"lamp.{lamp}"), found.facets.lamps.get(lamp, 0)) for lamp in LAMPS],
        steps=[
            (element, step(element, name), count) for element, (name, count) in found.facets.steps.items()
        ],
        units=[(unit, unit_name(unit), count) for unit, count in found.facets.units.items()],
        previous_url=_page_url(kept, found, -1),
        next_url=_page_url(kept, found, 1),
    )


def page_number(text: str | None) -> int:
    """The number of a page as an address says it; the first one for anything else."""
    found = int(text) if text and text.isdecimal() and len(text) <= _DIGITS else 1
    return max(1, found)


def _page_url(kept: dict[str, Any], found: QueuePage, step: int) -> str | None:
    page = found.page + step
    if not 1 <= page <= found.pages:
        return None
    return f"/desk?{urlencode({name: value for name, value in kept.items() if value} | {'page': page})}"


def _forum_steps(services: Services) -> Mapping[str, StepGuide]:
    """What the definition of the forum calls its steps; nothing where there is none."""
    try:
        return services.guides.steps(services.forum(), services.forum_process)
    except LookupError:
        return {}


def _row(t: Words, item: WaitingTask, step: str, unit: str) -> dict[str, Any]:
    task, limit = item.waiting.task, item.deadline
    undecided = "" if item.row is None else t("board.undecided")
    return {
        "number": item.number,
        "path": f"/desk/{'forum' if item.row is None else 'letters'}/{item.number}",
        "title": item.title or t("desk.hidden_title", number=item.number),
        "step": step,
        "lamp": item.waiting.lamp,
        "emergency": item.waiting.emergency,
        "unit": unit if item.unit else undecided,
        "clock": _limit_name(t, item),
        "due": limit.due if limit else None,
        "left": in_words(t, limit) if limit else "",
        "over": limit.over if limit else False,
        "since": task.opened_at,
    }


def _limit_name(t: Words, item: WaitingTask) -> str:
    """What the limit that is shown is called; a unit's own needs no name of the unit."""
    limit = item.deadline
    if limit is None:
        return ""
    return clock_name(t, limit.clock, limit.name, name_en=limit.name_en, forum=item.row is None)


@router.get("/desk/letters")
async def search(request: Request, given: Given, who: Staff) -> Response:
    """Letters I may know of, newest first, found by number or title, lamp, unit, kind and state."""
    t, query = words(request), request.query_params
    filters = Filters(
        lamp=next((lamp for lamp in LAMPS if lamp == query.get("lamp")), None),
        department=query.get("unit") or None,
        kind=next((kind for kind in KINDS if kind == query.get("kind")), None),
        state=next((state for state in STATES if state == query.get("state")), None),
        words=searched(query.get("q")),
    )
    asked = LettersQuery(who, filters, query.get("cursor"), given.settings.page_size, t.language)
    try:
        page = await letters(given, asked)
    except Problem:
        page = await letters(given, LettersQuery(who, filters, None, given.settings.page_size, t.language))
    chosen = {
        "q": filters.words or "",
        "lamp": filters.lamp or "",
        "unit": filters.department or "",
        "kind": filters.kind or "",
        "state": filters.state or "",
    }
    kept = {name: value for name, value in chosen.items() if value}
    previous_url, next_url = turning("/desk/letters", kept, query, page.next)
    return render(
        request,
        "desk_letters.html",
        sections=await sections(t, given, who),
        letters=page.items,
        standing=status_key,
        chosen=chosen,
        lamps=[(lamp, t(f"lamp.{lamp}")) for lamp in LAMPS],
        kinds=[(kind, t(f"kind.{kind}")) for kind in KINDS],
        states=[(state, t.or_else(f"state.{state}", state)) for state in STATES],
        units=await assignable_units(given, t.language),
        previous_url=previous_url,
        next_url=next_url,
    )
