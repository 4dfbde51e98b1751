"""Letters that may say the same: for the clerk who screens one, and for citizens before they send one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from wenzheng.petitions.indexing import ANSWERED, PUBLIC, Groups, Scope
from wenzheng.petitions.likeness import THRESHOLD, Matter, asked_terms, likeness
from wenzheng.petitions.roles import CENTRE
from wenzheng.petitions.visibility import FieldGroup
from wenzheng.store import Reader
from wenzheng.store.search import LetterWords
from wenzheng.store.views.petitions import PetitionRow
from wenzheng.web.lookup import no_letter, organisation, staff_letter
from wenzheng.web.schemas.search import AlikeView
from wenzheng.web.search import scopes_of, seen_of
from wenzheng.web.security import Principal
from wenzheng.web.seeing import Sight, sight_of
from wenzheng.web.services import Services
from wenzheng.web.views import names_of, summary

_CANDIDATES: Final = 40
"""Letters whose words are compared: those that share most pairs."""
_SHOWN: Final = 5
SCREENING: Final = frozenset({"accept", "assign"})
"""Steps at which somebody asks whether a letter has been sent before."""


async def likely_duplicates(
    services: Services, ref: str, who: Principal, language: str = "zh"
) -> list[AlikeView]:
    """Letters that may say the same as one, the likeliest first, for whoever may read both.

    Nothing for whoever does not screen letters: who else wrote about a matter is not theirs to know.
    """
    row = await staff_letter(services, ref)

    def ask(reader: Reader) -> list[AlikeView]:
        looking = _Looking(reader, services, who, language)
        sight = looking.sight(row)
        if not sight.knows:
            raise no_letter()
        if who.role not in CENTRE or not sight.whole(FieldGroup.TEXT):
            return []
        own = Matter(row.title, row.text, addressee=row.addressee)
        if sight.whole(FieldGroup.IDENTITY):
            own = replace(own, author=row.author_name, contact=row.author_contact)
        found: list[AlikeView] = []
        for scope in scopes_of(who, looking.units, services.settings.report_receivers):
            found += looking.alike(own, scope, but=row.id)
        return _best(found)

    return await services.read(ask)


async def answered_before(services: Services, title: str, text: str, language: str) -> list[AlikeView]:
    """Published letters with an answer that may say what somebody is about to write."""
    scope = Scope((PUBLIC,), whole=False)

    def ask(reader: Reader) -> list[AlikeView]:
        looking = _Looking(reader, services, None, language)
        return _best(looking.alike(Matter(title, text), scope, marks=((ANSWERED,),)))

    return await services.read(ask)


def _best(found: Iterable[AlikeView]) -> list[AlikeView]:
    return sorted(found, key=lambda one: (-one.score, one.letter.number))[:_SHOWN]


class _Looking:
    """Somebody who looks for letters like one."""

    def __init__(self, reader: Reader, services: Services, who: Principal | None, language: str) -> None:
        self.reader, self.services, self.who = reader, services, who
        self.units, self.names = organisation(reader), names_of(reader, language)

    def sight(self, row: PetitionRow) -> Sight:
        """How they see a letter."""
        receivers = self.services.settings.report_receivers
        return sight_of(row, self.who, self.units, report_receivers=receivers)

    def alike(
        self, own: Matter, scope: Scope, *, marks: Groups = (), but: str | None = None
    ) -> list[AlikeView]:
        """Letters of a scope, with these marks, that may say the same."""
        groups = (tuple(sorted(scope.marks)), *marks)
        shared = self.reader.sharing(asked_terms(own.title, own.text), groups, limit=_CANDIDATES)
        ids = [one for one, _ in shared if one != but]
        scored = {
            letter.petition_id: likeness(own, _matter(letter, scope, own))
            for letter in self.reader.words_of_letters(ids)
        }
        likely = {one: found for one, found in scored.items() if found[0] >= THRESHOLD}
        shown = []
        for row in self.reader.petitions_of(likely, now=self.services.now()).values():
            sight = self.sight(row)
            brief = summary(row, sight, self.names)
            if sight.knows and brief.title is not None:
                score, reasons = likely[row.id]
                shown.append(AlikeView(letter=brief, score=score, reasons=reasons))
        return shown


def _matter(letter: LetterWords, scope: Scope, own: Matter) -> Matter:
    """What is compared of a letter, as the reader sees it: no more of its author than of the other's."""
    seen = seen_of(letter, whole=scope.whole)
    return Matter(
        seen.title,
        seen.text,
        letter.author_name if scope.whole and own.author else "",
        letter.author_contact if scope.whole and own.contact else "",
        letter.addressee if own.addressee else "",
    )
