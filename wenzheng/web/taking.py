"""Letters that the centre takes down for their authors: calls, and what is handed in at the counter."""

from __future__ import annotations

from wenzheng.petitions.arrival import Arrival
from wenzheng.petitions.intake import LetterRefusedError
from wenzheng.store.views.petitions import PetitionRow
from wenzheng.web.filing import in_api_words, take_letter
from wenzheng.web.problems import refused
from wenzheng.web.schemas.acts import Receipt, TakenDown
from wenzheng.web.security import Principal
from wenzheng.web.services import Services


async def take_down(services: Services, body: TakenDown, act_id: str | None, who: Principal) -> PetitionRow:
    """Keep a letter that somebody of the centre took down; who it was is kept with it.

    Raises Problem 422 with everything that is wrong, 409 for a taken act id.
    """
    try:
        return await take_letter(services, body, act_id, arrival_of(body, who))
    except LetterRefusedError as error:
        findings = in_api_words(error.findings)
        raise refused("bad-letter", "The letter cannot be taken as it is.", findings) from error


def arrival_of(body: TakenDown, who: Principal) -> Arrival:
    """When it was received, and by whom."""
    return Arrival(body.received_at, who.account)


def receipt_of(row: PetitionRow, *, word: bool) -> Receipt:
    """What the author gets for a letter; `word` when a word opens it, not the contact."""
    return Receipt(
        id=row.id,
        number=row.number,
        tracking_code=row.tracking_code,
        second_factor="passphrase" if word else "contact",
        received_on=row.received_on,
        state="submitted",
    )
