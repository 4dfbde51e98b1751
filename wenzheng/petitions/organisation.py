"""The organisation: a tree of units, read from the text of `definitions/organisation.yaml`.

City → county or department → section. Beside them stand the centre that receives letters, the
supervision offices, and the posts of leaders that letters can be addressed to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, final

import yaml

from wenzheng.petitions.findings import Finding


class UnitKind(StrEnum):
    """What a unit is."""

    CITY = "city"
    CENTRE = "centre"
    SUPERVISION = "supervision"
    POST = "post"
    DEPARTMENT = "department"
    COUNTY = "county"
    SECTION = "section"


ADDRESSABLE: Final = frozenset({UnitKind.CITY, UnitKind.POST, UnitKind.DEPARTMENT, UnitKind.COUNTY})
"""Kinds a letter can be addressed to."""
ASSIGNABLE: Final = frozenset({UnitKind.DEPARTMENT, UnitKind.COUNTY, UnitKind.SECTION})
"""Kinds a letter can be assigned to."""
ORGANS: Final = frozenset({UnitKind.DEPARTMENT, UnitKind.COUNTY})
"""Kinds that have a head who answers for the units below."""

_ID: Final = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_DEEPEST: Final = 12


class OrganisationError(ValueError):
    """The organisation is not a tree of known units; the text says where and what to do."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit; `parent_id` is None for the city only."""

    id: str
    parent_id: str | None
    kind: UnitKind
    name_zh: str
    name_en: str


@final
class Organisation:
    """All units, parents before children. Immutable."""

    def __init__(self, units: Iterable[Unit]) -> None:
        """Check that the units are one tree with one city at its root and one centre.

        Raises:
            OrganisationError: if they are not.
        """
        self._units: dict[str, Unit] = {}
        for unit in units:
            if unit.id in self._units:
                raise OrganisationError(
                    f"unit {unit.id!r}: expected an id of its own, found it twice. Rename one."
                )
            if (unit.parent_id is None) != (not self._units):
                raise OrganisationError(
                    f"unit {unit.id!r}: expected one root, the city, found "
                    f"{'another' if unit.parent_id is None else 'none'}. Put every other unit below the city."
                )
            if unit.parent_id is not None and unit.parent_id not in self._units:
                raise OrganisationError(
                    f"unit {unit.id!r}: expected a parent listed before it, found {unit.parent_id!r}. "
                    "List parents before children."
                )
            self._units[unit.id] = unit
        self._check()

    def _check(self) -> None:
        for kind in (UnitKind.CITY, UnitKind.CENTRE):
            found = [unit.id for unit in self if unit.kind is kind]
            if len(found) != 1:
                raise OrganisationError(
                    f"organisation: expected exactly one unit of kind {kind}, found {found or 'none'}. "
                    "Every letter starts at the one centre of the one city."
                )
        if self.root.kind is not UnitKind.CITY:
            raise OrganisationError(
                f"unit {self.root.id!r}: expected the city at the root, found {self.root.kind}."
            )

    def __iter__(self) -> Iterator[Unit]:
        return iter(self._units.values())

    def __len__(self) -> int:
        return len(self._units)

    def __contains__(self, unit_id: object) -> bool:
        return unit_id in self._units

    def __getitem__(self, unit_id: str) -> Unit:
        return self._units[unit_id]

    def get(self, unit_id: str) -> Unit | None:
        """The unit, or None."""
        return self._units.get(unit_id)

    @property
    def root(self) -> Unit:
        """The city."""
        return next(iter(self._units.values()))

    @property
    def centre(self) -> Unit:
        """The centre that receives, screens and assigns letters."""
        return self.of_kind(UnitKind.CENTRE)[0]

    def of_kind(self, *kinds: UnitKind) -> tuple[Unit, ...]:
        """All units of these kinds, in the order of the tree."""
        return tuple(unit for unit in self if unit.kind in kinds)

    def children(self, unit_id: str) -> tuple[Unit, ...]:
        """The units directly below."""
        return tuple(unit for unit in self if unit.parent_id == unit_id)

    def line(self, unit_id: str) -> tuple[Unit, ...]:
        """The unit and everything above it, the city last; empty for an unknown unit."""
        found: list[Unit] = []
        unit = self._units.get(unit_id)
        while unit is not None:
            found.append(unit)
            unit = None if unit.parent_id is None else self._units[unit.parent_id]
        return tuple(found)

    def is_within(self, unit_id: str, above: str) -> bool:
        """Whether a unit is `above` or lies below it."""
        return any(unit.id == above for unit in self.line(unit_id))

    def organ_of(self, unit_id: str) -> Unit | None:
        """The nearest department or county at or above a unit: the one whose head answers for it."""
        return next((unit for unit in self.line(unit_id) if unit.kind in ORGANS), None)

    def same_line(self, unit_id: str, assigned: str) -> bool:
        """Whether a unit handles what is assigned to `assigned`: itself, below it, or the organ above it."""
        if self.is_within(unit_id, assigned):
            return True
        unit = self._units.get(unit_id)
        return unit is not None and unit.kind in ORGANS and self.is_within(assigned, unit_id)

    def rows(self) -> list[tuple[str, str | None, str, str, str]]:
        """(id, parent_id, kind, name_zh, name_en) of every unit, parents first: what the store saves."""
        return [(unit.id, unit.parent_id, unit.kind.value, unit.name_zh, unit.name_en) for unit in self]


def check_assignment(
    unit_id: str, units: Organisation, *, complained_of: str | None = None
) -> tuple[Finding, ...]:
    """What speaks against assigning a letter to a unit; empty if nothing does.

    A letter about a department or its head never goes to that department, nor to any unit below it
    (信访工作条例 Art. 30). `complained_of` is the unit the letter is about, if any.
    """
    unit = units.get(unit_id)
    if unit is None:
        return (
            Finding(
                "assignment.unknown_unit",
                "department",
                "没有这个单位，请从单位名录中选择。",
                "expected a unit of the organisation, found an unknown id. Choose one of the list of units.",
            ),
        )
    if unit.kind not in ASSIGNABLE:
        return (
            Finding(
                "assignment.kind",
                "department",
                f"“{unit.name_zh}”不承办来信，请选择部门、县区或科室。",
                f"expected a department, county or section, found the {unit.kind} "
                f"{unit.name_en}. Choose another.",
            ),
        )
    about = units.organ_of(complained_of) if complained_of is not None else None
    if about is not None and units.is_within(unit.id, about.id):
        return (
            Finding(
                "assignment.complained_of",
                "department",
                f"来信反映的是“{about.name_zh}”，不得转给该单位（信访工作条例第三十条）。",
                f"the letter is about {about.name_en}: it must not go there (信访工作条例 Art. 30). "
                "Assign it to another unit, or ask the supervision office.",
            ),
        )
    return ()


def read_organisation(text: str) -> Organisation:
    """Read the organisation from YAML.

    Each unit has `id`, `kind`, `name: {zh, en}` and, below it, `units`. All values are texts as written
    (no YAML typing); a key given twice is refused.

    Raises:
        OrganisationError: with the line and what to do.
    """
    try:
        document = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as broken:
        raise OrganisationError(f"organisation: expected YAML, found {broken}. Correct the file.") from broken
    top = _mapping(document, {"units"})
    return Organisation(_units(top["units"], None, 1))


def _where(node: yaml.Node | None) -> str:
    return f"organisation, line {node.start_mark.line + 1}" if node is not None else "organisation"


def _mapping(
    node: yaml.Node | None, allowed: set[str], needed: set[str] | None = None
) -> Mapping[str, yaml.Node]:
    """The entries of a mapping node, its keys checked."""
    if not isinstance(node, yaml.MappingNode):
        raise OrganisationError(f"{_where(node)}: expected {', '.join(sorted(allowed))}, found no mapping.")
    entries: dict[str, yaml.Node] = {}
    for key, value in node.value:
        name = str(key.value)
        if name in entries or name not in allowed:
            raise OrganisationError(
                f"{_where(key)}: expected each of {', '.join(sorted(allowed))} at most once, found {name!r}"
                f"{' again' if name in entries else ''}. Take it out."
            )
        entries[name] = value
    missing = (allowed if needed is None else needed) - entries.keys()
    if missing:
        raise OrganisationError(
            f"{_where(node)}: expected {', '.join(sorted(missing))} as well. Add what is missing."
        )
    return entries


def _text(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
        raise OrganisationError(f"{_where(node)}: expected a text, found something else. Write a text.")
    return str(node.value)


def _units(node: yaml.Node, parent: str | None, depth: int) -> Iterator[Unit]:
    """The units of a list node and all below them, parents first."""
    if not isinstance(node, yaml.SequenceNode) or depth > _DEEPEST:
        raise OrganisationError(
            f"{_where(node)}: expected a list of units, at most {_DEEPEST} deep. "
            "Start each unit with '- id:'."
        )
    for item in node.value:
        entry = _mapping(item, {"id", "kind", "name", "units"}, {"id", "kind", "name"})
        name = _mapping(entry["name"], {"zh", "en"})
        unit_id, kind = _text(entry["id"]), _text(entry["kind"])
        if not _ID.fullmatch(unit_id) or kind not in set(UnitKind):
            raise OrganisationError(
                f"{_where(item)}: expected an id of a-z, 0-9 and _ and a kind of {', '.join(UnitKind)}, "
                f"found {unit_id!r} and {kind!r}. Correct them; the id stays for ever, the name may change."
            )
        yield Unit(unit_id, parent, UnitKind(kind), _text(name["zh"]), _text(name["en"]))
        if "units" in entry:
            yield from _units(entry["units"], unit_id, depth + 1)
