"""Finding a letter by what callers hold: number, id, or the author's tracking code."""

from __future__ import annotations

from wenzheng.petitions.organisation import Organisation, Unit, UnitKind
from wenzheng.petitions.roles import may_act
from wenzheng.petitions.tracking import parse_tracking_code
from wenzheng.store import Reader
from wenzheng.store.views.petitions import PetitionRow
from wenzheng.web.problems import Problem
from wenzheng.web.proof import Proof, prove
from wenzheng.web.security import Principal
from wenzheng.web.services import Services


def canonical(ref: str) -> str:
    """A reference as the store keeps it: a tracking code however it was typed, else unchanged."""
    try:
        return parse_tracking_code(ref)
    except ValueError:
        return ref


def is_code(ref: str) -> bool:
    """Whether a reference is a tracking code, of a letter or of none."""
    try:
        parse_tracking_code(ref)
    except ValueError:
        return False
    return True


def no_letter() -> Problem:
    """The one answer for a letter that is not there and one the caller may not know of."""
    detail = "There is no such letter for you. Check the number or the tracking code."
    return Problem(404, "no-letter", detail)


async def find(services: Services, ref: str) -> tuple[PetitionRow, bool]:
    """The letter, and whether it was named by its tracking code (that is: by its author)."""
    wanted = canonical(ref)
    row = await services.read(lambda reader: reader.petition(wanted))
    if row is None:
        raise no_letter()
    return row, row.tracking_code == wanted


async def authors_letter(services: Services, code: str, proof: Proof) -> PetitionRow:
    """The letter of a tracking code, for whoever proves to be its author; numbers and ids open nothing here.

    Raises Problem as `find` and `proof.prove` do.
    """
    row, by_author = await find(services, code)
    if not by_author:
        raise no_letter()
    await prove(services, row, proof)
    return row


async def staff_letter(services: Services, ref: str) -> PetitionRow:
    """The letter of a number or id; a tracking code is the author's key, not a name for staff."""
    row, by_author = await find(services, ref)
    if by_author:
        raise no_letter()
    return row


async def department_that_may_act(services: Services, ref: str, who: Principal) -> PetitionRow:
    """The letter, if it is assigned to the caller's unit or one of the same line (roles.may_act)."""
    row = await staff_letter(services, ref)
    units = await services.read(organisation)
    if not may_act(who.role, who.unit, "department", assigned=row.department, units=units):
        holder = row.department or "no unit yet"
        detail = (
            f"Letter {row.number} is assigned to {holder}, {who.account} acts for {who.unit or 'no unit'}."
        )
        raise Problem(403, "not-your-letter", detail, extra={"department": row.department})
    return row


def organisation(reader: Reader) -> Organisation:
    """The units as the tree they are."""
    return Organisation(
        Unit(u.id, u.parent_id, UnitKind(u.kind), u.name_zh, u.name_en) for u in reader.units()
    )
