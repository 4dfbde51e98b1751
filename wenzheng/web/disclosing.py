"""Who wrote a letter, for supervision and leaders: on request, with a reason that is written down first."""

from __future__ import annotations

from typing import Final

from wenzheng.petitions.visibility import Access, FieldGroup
from wenzheng.store import BadText
from wenzheng.store.views.people import Disclosure
from wenzheng.web.acts import unstorable
from wenzheng.web.lookup import is_code, no_letter
from wenzheng.web.problems import Fault, Problem
from wenzheng.web.reading import sight_for
from wenzheng.web.schemas.letters import Disclosures, DisclosureView, Identity
from wenzheng.web.security import Principal
from wenzheng.web.services import Services

LONGEST_REASON: Final = 500
"""Characters of a reason."""


async def disclose_identity(services: Services, ref: str, who: Principal, reason: str) -> Identity:
    """Name and contact of a letter's author. The disclosure is in the log before they are read.

    Raises Problem: 404 for a letter the caller may not know of, 403 for one whose author the caller is not
    shown on request either, 422 without a reason.
    """
    if is_code(ref):
        raise no_letter()  # a tracking code is the author's key, not a name for staff
    row, sight = await sight_for(services, ref, who)
    if sight.levels[FieldGroup.IDENTITY] is not Access.ON_REQUEST:
        detail = f"The author of letter {row.number} is not shown to {who.account} on request."
        raise Problem(403, "not-on-request", detail)
    words = reason.strip()
    if not words or len(words) > LONGEST_REASON:
        raise _no_reason(len(words))
    at = services.now()
    try:
        logged = await services.write(
            lambda unit: unit.record_disclosure(
                petition_id=row.id,
                account_id=who.account,
                field_group=FieldGroup.IDENTITY.value,
                reason=words,
                at=at,
            )
        )
    except BadText as error:
        raise unstorable("#/reason", error) from error
    return Identity(
        number=row.number,
        name=row.author_name or None,
        contact=row.author_contact or None,
        disclosure=_view(logged),
    )


def _no_reason(found: int) -> Problem:
    fault = Fault(
        pointer="#/reason",
        expected=f"a reason of 1 to {LONGEST_REASON} characters",
        found=f"{found} characters",
        hint="Say what you need to call or write to the author for; it is kept with your name.",
    )
    return Problem(422, "bad-data", "Who wrote a letter is shown for a reason only.", [fault])


async def disclosures_of(services: Services, ref: str, who: Principal) -> Disclosures:
    """Who was shown the author of a letter, when and why; oldest first. Raises Problem 404."""
    if is_code(ref):
        raise no_letter()
    row, _sight = await sight_for(services, ref, who)
    found = await services.read(lambda reader: reader.disclosures(row.id))
    return Disclosures(items=[_view(one) for one in found])


def _view(row: Disclosure) -> DisclosureView:
    return DisclosureView(account=row.account_id, field_group=row.field_group, reason=row.reason, at=row.at)
