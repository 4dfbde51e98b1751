"""The public board and staff lists: which letters, in which order, seen how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, get_args

from wenzheng.store import Reader, StoreError
from wenzheng.web.lookup import organisation
from wenzheng.web.problems import Fault, Problem
from wenzheng.web.schemas.fields import Kind, LampName
from wenzheng.web.schemas.letters import Board, Page, Summary
from wenzheng.web.security import Principal
from wenzheng.web.seeing import sight_of
from wenzheng.web.services import Services
from wenzheng.web.views import names_of, summary

LAMPS: Final[tuple[LampName, ...]] = get_args(LampName)
_MOST_PAGES: Final = 20
"""Pages of the store read for one page of an answer: what a caller may not see leaves gaps."""


@dataclass(frozen=True)
class Filters:
    """What somebody looks for; None does not restrict. `words` stand in the number or the title."""

    lamp: LampName | None = None
    department: str | None = None
    kind: Kind | None = None
    state: str | None = None
    words: str | None = None


async def board(services: Services, filters: Filters, cursor: str | None, language: str = "zh") -> Board:
    """Every letter counted (also those nobody may see), the public ones listed.

    The words somebody searches do not restrict the numbers: who counts hits in letters that nobody may
    see would read them.
    """
    now = services.now()
    counts = await services.read(
        lambda reader: reader.lamp_counts(
            now=now, department=filters.department, kind=filters.kind, state=filters.state
        )
    )
    lamps: dict[LampName, int] = dict.fromkeys(LAMPS, 0)
    for count in counts:
        lamps[count.lamp] += count.count
    query = Query(None, filters, cursor, services.settings.page_size, language)
    page = await letters(services, query)
    return Board(total=sum(lamps.values()), lamps=lamps, letters=page.items, next=page.next)


@dataclass(frozen=True)
class Query:
    """Who asks for which page of which letters."""

    who: Principal | None
    filters: Filters
    cursor: str | None
    limit: int
    language: str = "zh"


async def letters(services: Services, query: Query) -> Page:
    """A page of letters that the caller may know of, newest first."""
    try:
        return await services.read(lambda reader: _page(reader, services, query))
    except StoreError as error:
        fault = Fault(
            pointer="query:cursor",
            expected="the `next` of a page",
            found="something else",
            hint="Begin without a cursor.",
        )
        raise Problem(422, "bad-cursor", str(error), [fault]) from error


def _page(reader: Reader, services: Services, query: Query) -> Page:
    units, names = organisation(reader), names_of(reader, query.language)
    filters, cursor, public = query.filters, query.cursor, query.who is None
    found: list[Summary] = []
    for _ in range(_MOST_PAGES):
        page = reader.petitions(
            now=services.now(),
            lamp=filters.lamp,
            department=filters.department,
            kind=filters.kind,
            state="received" if filters.state == "submitted" else filters.state,
            public_only=public,
            accepted_only=public,
            words=filters.words,
            cursor=cursor,
            limit=query.limit - len(found),
        )
        for row in page.items:
            sight = sight_of(row, query.who, units, report_receivers=services.settings.report_receivers)
            brief = summary(row, sight, names)
            if sight.knows and _stands_in(filters.words, brief):
                found.append(brief)
        cursor = page.next_cursor
        if cursor is None or len(found) >= query.limit:
            break
    return Page(items=found, next=cursor)


def _stands_in(words: str | None, letter: Summary) -> bool:
    """Whether the words stand in what the caller sees: nobody finds out by searching what is masked."""
    if words is None:
        return True
    return words.casefold() in f"{letter.number} {letter.title or ''}".casefold()
