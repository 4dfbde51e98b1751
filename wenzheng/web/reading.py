"""Opening one letter for somebody: everything about it, and what of that they may see."""

from __future__ import annotations

from dataclasses import replace

from wenzheng.store import Reader
from wenzheng.store.views import PetitionRow
from wenzheng.web.files import visible_files
from wenzheng.web.lookup import canonical, no_letter, organisation
from wenzheng.web.security import Principal
from wenzheng.web.seeing import Sight, sight_of
from wenzheng.web.services import Services
from wenzheng.web.views import Dossier, dossier


async def open_letter(
    services: Services, ref: str, who: Principal | None, language: str = "zh"
) -> tuple[Dossier, Sight]:
    """A letter with the sight the caller has of it.

    A tracking code gives the author's sight whoever sends it. A letter the caller may not
    know of answers like one that is not there.
    """

    def ask(reader: Reader) -> tuple[Dossier, Sight]:
        row, sight = _found(services, reader, ref, who)
        files = visible_files(reader, row.id, sight)
        return replace(dossier(reader, row, language), files=files), sight

    return await services.read(ask)


async def sight_for(services: Services, ref: str, who: Principal | None) -> tuple[PetitionRow, Sight]:
    """As `open_letter`, without reading all there is about the letter."""
    return await services.read(lambda reader: _found(services, reader, ref, who))


def _found(services: Services, reader: Reader, ref: str, who: Principal | None) -> tuple[PetitionRow, Sight]:
    wanted = canonical(ref)
    row = reader.petition(wanted, now=services.now())
    if row is None:
        raise no_letter()
    sight = sight_of(
        row,
        who,
        organisation(reader),
        by_author=row.tracking_code == wanted,
        report_receivers=services.settings.report_receivers,
    )
    if not sight.knows:
        raise no_letter()
    return row, sight
