"""Opening one letter for somebody: everything about it, and what of that they may see."""

from __future__ import annotations

from dataclasses import replace

from wenzheng.store import Reader
from wenzheng.store.views.petitions import PetitionRow
from wenzheng.web.files import visible_files
from wenzheng.web.lookup import authors_letter, canonical, is_code, no_letter, organisation
from wenzheng.web.proof import NO_PROOF, Proof
from wenzheng.web.security import Principal
from wenzheng.web.seeing import Sight, sight_of
from wenzheng.web.services import Services
from wenzheng.web.views import Dossier, dossier


async def open_letter(
    services: Services,
    ref: str,
    who: Principal | None,
    language: str = "zh",
    *,
    proof: Proof = NO_PROOF,
) -> tuple[Dossier, Sight]:
    """A letter with the sight the caller has of it.

    A tracking code, with the second factor of the letter, gives the author's sight whoever sends it. A letter
    the caller may not know of answers like one that is not there. Raises Problem.
    """
    by_author = await _by_author(services, ref, proof)
    return await services.read(
        lambda reader: _opened(services, reader, ref, who, language, by_author=by_author)
    )


async def open_own(services: Services, petition_id: str, language: str) -> tuple[Dossier, Sight]:
    """A letter for the browser that has proved to be its author's (web.following)."""
    return await services.read(
        lambda reader: _opened(services, reader, petition_id, None, language, by_author=True)
    )


async def sight_for(
    services: Services, ref: str, who: Principal | None, *, proof: Proof = NO_PROOF
) -> tuple[PetitionRow, Sight]:
    """As `open_letter`, without reading all there is about the letter."""
    by_author = await _by_author(services, ref, proof)
    return await services.read(lambda reader: _found(services, reader, ref, who, by_author=by_author))


async def _by_author(services: Services, ref: str, proof: Proof) -> bool:
    """Whether the letter is named by its tracking code; then the second factor has been proved."""
    if not is_code(ref):
        return False
    await authors_letter(services, ref, proof)
    return True


def _opened(
    services: Services, reader: Reader, ref: str, who: Principal | None, language: str, *, by_author: bool
) -> tuple[Dossier, Sight]:
    row, sight = _found(services, reader, ref, who, by_author=by_author)
    files = visible_files(reader, row.id, sight)
    return replace(dossier(reader, row, language), files=files), sight


def _found(
    services: Services, reader: Reader, ref: str, who: Principal | None, *, by_author: bool
) -> tuple[PetitionRow, Sight]:
    row = reader.petition(canonical(ref), now=services.now())
    if row is None:
        raise no_letter()
    sight = sight_of(
        row,
        who,
        organisation(reader),
        by_author=by_author,
        report_receivers=services.settings.report_receivers,
    )
    if not sight.knows:
        raise no_letter()
    return row, sight
