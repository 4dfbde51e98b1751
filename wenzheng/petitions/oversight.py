"""Who watches whom in an organisation: supervisors who are late themselves, escalation that reaches nobody.

An organisation with such a flaw works, and letters stay late in it without anybody above hearing of it. So
these are warnings, with the place in the file; what makes the organisation no tree is refused by
`read_organisation`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import yaml

from wenzheng.petitions.organisation import Organisation, OrganisationError, Unit, UnitKind, read_organisation

_WATCHED: Final = frozenset({UnitKind.CENTRE, UnitKind.DEPARTMENT, UnitKind.COUNTY, UnitKind.SECTION})
"""Kinds of units that letters can be late with."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is probably not meant; line and column count from 1, `unit` is the unit's id."""

    rule: str
    line: int
    column: int
    unit: str | None
    message: str
    hint: str


def flaws_of(text: str) -> list[Flaw]:
    """What is probably not meant in the text of an organisation, in the order of the file.

    Raises OrganisationError when it is no organisation.
    """
    organisation = read_organisation(text)
    places = dict(_places(yaml.compose(text, Loader=yaml.BaseLoader)))
    found = [*_watching_themselves(organisation, places), *_unheard(organisation, places)]
    return sorted(found, key=lambda flaw: (flaw.line, flaw.column, flaw.rule))


def _places(node: yaml.Node | None) -> Iterator[tuple[str, tuple[int, int]]]:
    """Where the id of each unit stands."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == "id":
                yield str(value.value), (value.start_mark.line + 1, value.start_mark.column + 1)
            yield from _places(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _places(item)


def _watching_themselves(organisation: Organisation, places: dict[str, tuple[int, int]]) -> Iterator[Flaw]:
    for office in organisation.of_kind(UnitKind.SUPERVISION):
        above = next((unit for unit in organisation.line(office.id)[1:] if unit.kind in _WATCHED), None)
        if above is not None:
            yield Flaw(
                "supervisor-late-itself",
                *places[office.id],
                office.id,
                f"Expected the supervision office '{office.id}' to stand beside those it watches, found it "
                f"below the {above.kind} '{above.id}': when '{above.id}' is late, it is told of itself.",
                f"Move '{office.id}' below '{organisation.root.id}'.",
            )


def _unheard(organisation: Organisation, places: dict[str, tuple[int, int]]) -> Iterator[Flaw]:
    root = organisation.root
    if not organisation.of_kind(UnitKind.SUPERVISION):
        yield Flaw(
            "escalation-nobody",
            *places[root.id],
            root.id,
            f"Expected a supervision office below '{root.id}', found none: what is told to 'supervision' "
            "reaches nobody.",
            f"Add a unit of kind {UnitKind.SUPERVISION} below '{root.id}'.",
        )
    for section in organisation.of_kind(UnitKind.SECTION):
        if organisation.organ_of(section.id) is None:
            yield Flaw(
                "escalation-nobody",
                *places[section.id],
                section.id,
                f"Expected a department or county above the section '{section.id}', found none: what is "
                "told to its head reaches nobody above it.",
                f"Move '{section.id}' below the department or county that answers for it.",
            )


def organ_of_all(units: list[str], organisation: Organisation) -> Unit | None:
    """The department or county that all of some units lie in, if there is one."""
    organs = {organisation.organ_of(unit) for unit in units}
    return organs.pop() if len(organs) == 1 else None


__all__ = ["Flaw", "OrganisationError", "flaws_of", "organ_of_all"]
