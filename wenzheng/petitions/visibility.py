"""Who sees what of a letter: the matrix of defaults.md ("Who sees what") as one table.

The store holds everything and the web shows everything it is given; this is the only place that
decides. 个人信息保护法 Art. 25 (publication needs consent), 信访工作条例 Arts 28, 30.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from wenzheng.petitions.kinds import Kind
from wenzheng.petitions.organisation import Organisation
from wenzheng.petitions.roles import CENTRE, DEPARTMENTS, OVERSIGHT, Role


class FieldGroup(StrEnum):
    """What is shown or hidden together."""

    TEXT = "text"
    """The letter's title and text, the replies and results."""
    IDENTITY = "identity"
    """Name, phone, mail."""
    ATTACHMENTS = "attachments"
    NOTES = "notes"
    """Drafts and internal notes."""
    RATING = "rating"
    """What the author wrote with the verdict (the verdict itself is public)."""


class Access(StrEnum):
    """How much of a field group somebody sees."""

    NONE = "none"
    MASKED = "masked"
    """With numbers and addresses of persons masked (`petitions.masking`)."""
    OWN_PART = "own_part"
    """Only what the viewer's own unit wrote."""
    ON_REQUEST = "on_request"
    """After giving a reason, which is logged."""
    FULL = "full"


class Seat(StrEnum):
    """Where a viewer sits towards one letter: the rows of the matrix."""

    PUBLIC = "public"
    AUTHOR = "author"
    CO_HANDLING = "co_handling"
    LEAD = "lead"
    OTHER_DEPARTMENT = "other_department"
    CENTRE = "centre"
    OVERSIGHT = "oversight"
    TECHNICAL = "technical"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks. Without a role it is the public.

    `is_author` is proven by the tracking code. `reason` is why oversight asks for the identity: the
    caller writes it to the log before showing anything.
    """

    role: Role | None = None
    unit_id: str | None = None
    account_id: str | None = None
    is_author: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PetitionFacts:
    """What of a letter decides who sees it.

    `accepted` is True once the centre has screened and accepted the letter. `withheld` is the centre's
    decision not to publish: minors, health, named private persons. `complained_of` is the unit the letter
    is about. `report_receivers` are the accounts named by the route of a report (举报).
    """

    kind: Kind
    accepted: bool
    public_consent: bool
    lead: str | None = None
    co_handling: frozenset[str] = frozenset()
    withheld: bool = False
    complained_of: str | None = None
    report_receivers: frozenset[str] = frozenset()


_N, _M, _F = Access.NONE, Access.MASKED, Access.FULL
_GROUPS: Final = tuple(FieldGroup)

# Columns: text, identity, attachments, notes, rating. "Masked" holds if the letter is public, see access().
MATRIX: Final[Mapping[Seat, tuple[Access, ...]]] = MappingProxyType(
    {
        Seat.PUBLIC: (_M, _N, _N, _N, _M),
        Seat.AUTHOR: (_F, _F, _F, _N, _F),
        Seat.CO_HANDLING: (_F, _N, _F, Access.OWN_PART, _F),
        Seat.LEAD: (_F, _F, _F, _F, _F),
        Seat.OTHER_DEPARTMENT: (_M, _N, _N, _N, _M),
        Seat.CENTRE: (_F, _F, _F, _F, _F),
        Seat.OVERSIGHT: (_F, Access.ON_REQUEST, _F, _F, _F),
        Seat.TECHNICAL: (_N, _N, _N, _N, _N),
    }
)


def publicly_listed(facts: PetitionFacts) -> bool:
    """Whether the public finds the letter and its lamp: accepted, agreed to, not withheld, no report.

    Letters that are not listed still count in every total.
    """
    return facts.accepted and facts.public_consent and not facts.withheld and facts.kind is not Kind.REPORT


def seat(viewer: Viewer, facts: PetitionFacts, units: Organisation) -> Seat:
    """Where a viewer sits towards a letter.

    A department that the letter is about sits with the other departments, whatever was assigned.
    """
    if viewer.is_author:
        return Seat.AUTHOR
    if viewer.role in CENTRE:
        return Seat.CENTRE
    if viewer.role in OVERSIGHT:
        return Seat.OVERSIGHT
    if viewer.role in DEPARTMENTS:
        return _department_seat(viewer.unit_id, facts, units)
    return Seat.TECHNICAL if viewer.role in (Role.PROCESS_ADMIN, Role.OPERATOR) else Seat.PUBLIC


def _department_seat(unit_id: str | None, facts: PetitionFacts, units: Organisation) -> Seat:
    if unit_id is None:
        return Seat.OTHER_DEPARTMENT
    about = units.organ_of(facts.complained_of) if facts.complained_of is not None else None
    if about is not None and units.is_within(unit_id, about.id):
        return Seat.OTHER_DEPARTMENT
    if facts.lead is not None and units.same_line(unit_id, facts.lead):
        return Seat.LEAD
    if any(units.same_line(unit_id, helper) for helper in facts.co_handling):
        return Seat.CO_HANDLING
    return Seat.OTHER_DEPARTMENT


def access(viewer: Viewer, facts: PetitionFacts, units: Organisation) -> dict[FieldGroup, Access]:
    """How much a viewer sees of each field group of a letter.

    A report (举报) is open to the receivers named by its route and to nobody else.
    """
    if facts.kind is Kind.REPORT:
        named = viewer.account_id is not None and viewer.account_id in facts.report_receivers
        return dict.fromkeys(_GROUPS, _F if named else _N)
    row = MATRIX[seat(viewer, facts, units)]
    listed = publicly_listed(facts)
    return {
        group: _N if cell is _M and not listed else cell for group, cell in zip(_GROUPS, row, strict=True)
    }


def visible(viewer: Viewer, facts: PetitionFacts, units: Organisation) -> frozenset[FieldGroup]:
    """The field groups a viewer sees anything of, now.

    What is shown on request counts once the viewer has given a reason. Ask `access` how much is seen:
    masked groups go through `petitions.masking.mask`.
    """
    reason = bool(viewer.reason and viewer.reason.strip())
    return frozenset(
        group
        for group, cell in access(viewer, facts, units).items()
        if cell is not _N and (cell is not Access.ON_REQUEST or reason)
    )
