"""How much of a letter somebody sees: the domain's matrix, asked once for each letter and caller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from wenzheng.petitions.kinds import Kind
from wenzheng.petitions.masking import mask
from wenzheng.petitions.organisation import Organisation
from wenzheng.petitions.visibility import (
    Access,
    FieldGroup,
    PetitionFacts,
    Seat,
    Viewer,
    access,
    publicly_listed,
    seat,
)
from wenzheng.store.views.petitions import PetitionRow
from wenzheng.web.security import Principal

_HANDLING: Final = frozenset({Seat.LEAD, Seat.CO_HANDLING, Seat.CENTRE, Seat.OVERSIGHT})
"""Seats that see who acted and every clock, not only what concerns the author."""
_FROM_OUTSIDE: Final = frozenset({Seat.PUBLIC, Seat.OTHER_DEPARTMENT})
"""Seats that know of a letter only when it is public."""


@dataclass(frozen=True)
class Sight:
    """What a caller sees of one letter. `knows` is False when it must look as if it were not there."""

    levels: Mapping[FieldGroup, Access]
    knows: bool
    staff: bool
    author: bool
    own: frozenset[str] = frozenset()
    """The caller's department or county with its sections: what these wrote is the caller's own part."""

    def words(self, group: FieldGroup, text: str, unit: str | None = None) -> str | None:
        """A text as far as the caller may see its group: whole, masked or None.

        `unit` is the one its author acted for. What is shown on request only is not shown here: see
        web.disclosing.
        """
        if self.whole(group, unit):
            return text
        return mask(text) if self.levels[group] is Access.MASKED else None

    def whole(self, group: FieldGroup, unit: str | None = None) -> bool:
        """Whether the caller sees what `unit` wrote, or added, of a group unmasked."""
        level = self.levels[group]
        return level is Access.FULL or (level is Access.OWN_PART and unit is not None and unit in self.own)


def sight_of(
    row: PetitionRow,
    who: Principal | None,
    units: Organisation,
    *,
    by_author: bool = False,
    report_receivers: frozenset[str] = frozenset(),
) -> Sight:
    """The sight a caller has of a letter; `by_author` when the tracking code named it."""
    viewer = Viewer(
        role=who.role if who else None,
        unit_id=who.unit if who else None,
        account_id=who.account if who else None,
        is_author=by_author,
    )
    facts = PetitionFacts(
        kind=Kind(row.kind),
        accepted=row.accepted is True,
        public_consent=row.public_consent,
        lead=row.department,
        co_handling=frozenset(row.co_handling),
        report_receivers=report_receivers,
    )
    sits = seat(viewer, facts, units)
    # The route of a report may name people of any unit.
    named = facts.kind is Kind.REPORT and viewer.account_id in report_receivers
    return Sight(
        levels=access(viewer, facts, units),
        knows=named or sits not in _FROM_OUTSIDE or publicly_listed(facts),
        staff=named or sits in _HANDLING,
        author=sits is Seat.AUTHOR,
        own=_own(who, units),
    )


def _own(who: Principal | None, units: Organisation) -> frozenset[str]:
    organ = units.organ_of(who.unit) if who is not None and who.unit is not None else None
    if organ is None:
        return frozenset()
    return frozenset(unit.id for unit in units if units.is_within(unit.id, organ.id))
