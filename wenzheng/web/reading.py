"""Opening one letter for somebody: everything about it, and what of that they may see."""

from __future__ import annotations

from wenzheng.store import Reader
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
    wanted, now = canonical(ref), services.now()
    receivers = services.settings.report_receivers

    def ask(reader: Reader) -> tuple[Dossier, Sight]:
        row = reader.petition(wanted, now=now)
        if row is None:
            raise no_letter()
        sight = sight_of(
            row, who, organisation(reader), by_author=row.tracking_code == wanted, report_receivers=receivers
        )
        if not sight.knows:
            raise no_letter()
        return dossier(reader, row, language), sight

    return await services.read(ask)
