"""Searching letters by their words: as the visibility matrix lets somebody read them, the best first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wenzheng.petitions.indexing import LETTER, PUBLIC, REPORT, Scope, place_of, unit_mark
from wenzheng.petitions.masking import mask
from wenzheng.petitions.organisation import Organisation
from wenzheng.petitions.roles import CENTRE, DEPARTMENTS, OVERSIGHT
from wenzheng.petitions.searching import Piece, Seen, Word, excerpt, marked, score, words_of
from wenzheng.petitions.visibility import FieldGroup
from wenzheng.store import Reader
from wenzheng.store.search import LetterWords
from wenzheng.web.lookup import organisation
from wenzheng.web.schemas.letters import Summary
from wenzheng.web.schemas.search import Hit, Hits, PieceView
from wenzheng.web.security import Principal
from wenzheng.web.seeing import sight_of
from wenzheng.web.services import Services
from wenzheng.web.views import names_of, summary

MOST: Final = 100
"""Letters that are looked through, the newest that hold every word: whoever finds more needs another word."""
PUBLICLY: Final = Scope((PUBLIC,), whole=False)


@dataclass(frozen=True)
class Asking:
    """Who looks for what; pages count from 1."""

    who: Principal | None
    question: str
    page: int = 1
    language: str = "zh"


def scopes_of(who: Principal | None, units: Organisation, receivers: frozenset[str]) -> list[Scope]:
    """The letters whose words somebody may read, by the visibility matrix: first those they read whole.

    Whoever keeps the machine running reads none.
    """
    if who is None:
        return [PUBLICLY]
    scopes = []
    if who.role in CENTRE | OVERSIGHT:
        scopes.append(Scope((LETTER,), whole=True))
    elif who.role in DEPARTMENTS:
        unit = who.unit
        line = tuple(unit_mark(one.id) for one in units if unit is not None and units.same_line(unit, one.id))
        scopes += [Scope(line, whole=True)] if line else []
        scopes.append(PUBLICLY)
    if who.account in receivers:
        scopes.append(Scope((REPORT,), whole=True))
    return scopes


async def search(services: Services, asking: Asking) -> Hits:
    """A page of letters that hold every word of a question."""
    return await services.read(lambda reader: _search(reader, services, asking))


def _search(reader: Reader, services: Services, asking: Asking) -> Hits:
    words, units = words_of(asking.question), organisation(reader)
    receivers, size = services.settings.report_receivers, services.settings.page_size
    best, more = ranked(reader, words, scopes_of(asking.who, units, receivers))
    pages = max(1, -(-len(best) // size))
    page = min(max(1, asking.page), pages)
    shown = best[(page - 1) * size : page * size]
    rows = reader.petitions_of([one.petition_id for one, _ in shown], now=services.now())
    names = names_of(reader, asking.language)
    items = []
    for one, seen in shown:
        sight = sight_of(rows[one.petition_id], asking.who, units, report_receivers=receivers)
        brief = summary(rows[one.petition_id], sight, names)
        # Asked again of the matrix: whatever the index says, nobody is shown what they may not read.
        if sight.knows and brief.title == seen.title and sight.words(FieldGroup.TEXT, one.text) == seen.text:
            items.append(_hit(words, seen, brief))
    return Hits(q=asking.question, items=items, found=len(best), more=more, page=page, pages=pages)


def _hit(words: tuple[Word, ...], seen: Seen, brief: Summary) -> Hit:
    return Hit(
        letter=brief,
        title=_view(marked(words, seen.title)),
        excerpt=_view(excerpt(words, (seen.text, *seen.replies))),
    )


def _view(pieces: list[Piece]) -> list[PieceView]:
    return [PieceView(text=piece.text, marked=piece.marked) for piece in pieces]


def ranked(
    reader: Reader, words: tuple[Word, ...], scopes: list[Scope]
) -> tuple[list[tuple[LetterWords, Seen]], bool]:
    """Letters that hold every word, the best first, as they are read; and whether there may be more."""
    if not words:
        return [], False
    whole: dict[str, bool] = {}
    more = False
    for scope in scopes:
        ids = reader.holding(scope.ask(words), limit=MOST)
        more = more or len(ids) == MOST
        if len(ids) == MOST:  # an older letter with the word in its title is better than a newer without
            ids += reader.holding(scope.ask(words, title=True), limit=MOST)
        for one in ids:
            whole.setdefault(one, scope.whole)
    found = []
    for letter in reader.words_of_letters(whole):
        seen = seen_of(letter, whole=whole[letter.petition_id])
        points = score(words, seen)
        if points:
            found.append((points, place_of(letter.number), letter, seen))
    found.sort(key=lambda one: one[:2], reverse=True)
    return [(letter, seen) for *_, letter, seen in found], more


def seen_of(letter: LetterWords, *, whole: bool) -> Seen:
    """The words of a letter as somebody reads them."""
    if whole:
        return Seen(letter.number, letter.title, letter.text, letter.published)
    return Seen(
        letter.number, mask(letter.title), mask(letter.text), [mask(text) for text in letter.published]
    )
