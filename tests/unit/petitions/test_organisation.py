"""The tree of units, who acts and who hears within it."""

from __future__ import annotations

from pathlib import Path

import pytest

from wenzheng.petitions.organisation import (
    ADDRESSABLE,
    ASSIGNABLE,
    Organisation,
    OrganisationError,
    UnitKind,
    check_assignment,
    read_organisation,
)
from wenzheng.petitions.recipients import NOTIFY_NAMES, Recipient, resolve
from wenzheng.petitions.roles import ELEMENT_ROLES, Role, may_act, may_perform

SHIPPED = Path(__file__).parents[3] / "definitions" / "organisation.yaml"
UNITS = read_organisation(SHIPPED.read_text(encoding="utf-8"))


def test_the_shipped_city_has_what_a_letter_needs() -> None:
    assert UNITS.root.kind is UnitKind.CITY
    assert UNITS.centre.name_zh == "市信息中心"
    assert [unit.name_zh for unit in UNITS.of_kind(UnitKind.SUPERVISION)] == ["市委督办", "市府督办"]
    assert len(UNITS.of_kind(UnitKind.DEPARTMENT)) == 10
    assert len(UNITS.of_kind(UnitKind.COUNTY)) == 4
    assert {unit.kind for unit in UNITS} == set(UnitKind)
    assert UNITS.of_kind(*ADDRESSABLE)
    assert UNITS.of_kind(*ASSIGNABLE)


def test_the_store_gets_parents_before_children() -> None:
    seen: set[str | None] = {None}
    for unit_id, parent, kind, name_zh, name_en in UNITS.rows():
        assert parent in seen
        assert kind in list(UnitKind)
        assert name_zh
        assert name_en
        seen.add(unit_id)
    assert len(seen) == len(UNITS) + 1


def test_a_section_lies_within_its_department_and_not_the_other_way_round() -> None:
    assert UNITS.is_within("housing_property", "housing")
    assert UNITS.is_within("housing_property", "city")
    assert not UNITS.is_within("housing", "housing_property")
    assert not UNITS.is_within("nowhere", "city")
    assert [unit.id for unit in UNITS.line("housing_property")] == ["housing_property", "housing", "city"]
    assert [unit.id for unit in UNITS.children("housing")] == ["housing_property"]
    organ = UNITS.organ_of("housing_property")
    assert organ is not None
    assert organ.id == "housing"
    assert UNITS.organ_of("mayor") is None


BASE = """units:
  - id: city
    kind: city
    name: {zh: 市, en: City}
    units:
      - id: centre
        kind: centre
        name: {zh: 中心, en: Centre}
"""
UNIT = "      - id: %s\n        kind: %s\n        name: {zh: 局, en: Bureau}\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "expected units"),
        ("units: [", "expected YAML"),
        ("units: 7", "expected a list of units"),
        ("other: []", "line 1: expected each of units at most once, found 'other'"),
        (BASE + UNIT % ("centre", "department"), "'centre': expected an id of its own"),
        (BASE + UNIT % ("two", "centre"), "exactly one unit of kind centre"),
        (BASE + UNIT % ("two", "ministry"), "line 9: expected an id"),
        (BASE + UNIT % ("Two!", "department"), "line 9: expected an id"),
        (
            BASE + "    kind: city\n",
            "line 9: expected each of id, kind, name, units at most once, found 'kind' again",
        ),
        (BASE + "  - id: second\n    kind: city\n    name: {zh: 市, en: City}\n", "expected one root"),
        (BASE.replace(", en: Centre", ""), "line 8: expected en as well"),
        (BASE.replace("en: Centre", "en: []"), "line 8: expected a text"),
        (BASE.replace("kind: city", "kind: county"), "exactly one unit of kind city"),
        (
            "units: &a\n  - id: city\n    kind: city\n    name: {zh: 市, en: City}\n    units: *a\n",
            "an id of its own",
        ),
    ],
)
def test_an_administrator_hears_where_the_tree_is_wrong(text: str, says: str) -> None:
    with pytest.raises(OrganisationError) as refused:
        read_organisation(text)
    assert says in str(refused.value)


def test_names_that_yaml_would_turn_into_something_else_stay_as_written() -> None:
    units = read_organisation(BASE + UNIT % ("no", "department") + UNIT % ("on", "county"))
    assert "no" in units
    assert "on" in units


def test_units_out_of_order_are_refused() -> None:
    with pytest.raises(OrganisationError, match="listed before"):
        Organisation([UNITS.root, UNITS["housing_property"]])
    with pytest.raises(OrganisationError, match="found none"):
        Organisation([UNITS["housing"]])


@pytest.mark.parametrize("unit_id", ["housing", "housing_property", "heyang"])
def test_a_clerk_may_assign_to_departments_counties_and_sections(unit_id: str) -> None:
    assert check_assignment(unit_id, UNITS) == ()


@pytest.mark.parametrize(
    ("unit_id", "complained_of", "code"),
    [
        ("moon", None, "assignment.unknown_unit"),
        ("mayor", None, "assignment.kind"),
        ("centre", None, "assignment.kind"),
        ("housing", "housing", "assignment.complained_of"),
        ("housing_property", "housing", "assignment.complained_of"),
        ("housing", "housing_property", "assignment.complained_of"),
    ],
)
def test_a_letter_about_a_department_never_goes_there(
    unit_id: str, complained_of: str | None, code: str
) -> None:
    (finding,) = check_assignment(unit_id, UNITS, complained_of=complained_of)
    assert finding.code == code
    assert finding.field == "department"


def test_a_letter_about_one_department_may_go_to_another() -> None:
    assert check_assignment("transport", UNITS, complained_of="housing") == ()
    assert check_assignment("transport", UNITS, complained_of="mayor") == ()


# --- roles ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("element_role", "roles"),
    [
        ("author", {Role.AUTHOR}),
        ("clerk", {Role.CLERK, Role.CENTRE_HEAD}),
        ("centre_head", {Role.CENTRE_HEAD}),
        ("department", {Role.DEPARTMENT, Role.DEPARTMENT_HEAD}),
        ("department_head", {Role.DEPARTMENT_HEAD}),
        ("supervisor", {Role.SUPERVISOR}),
        ("leader", {Role.LEADER}),
        ("process_admin", set()),
        ("nonsense", set()),
    ],
)
def test_who_performs_a_task(element_role: str, roles: set[Role]) -> None:
    assert {role for role in Role if may_perform(role, element_role)} == roles


def test_the_roles_of_the_shipped_process_are_known() -> None:
    assert {"clerk", "department", "author", "supervisor"} <= ELEMENT_ROLES


@pytest.mark.parametrize(
    ("unit_id", "assigned", "allowed"),
    [
        ("housing", "housing", True),
        ("housing_property", "housing", True),
        ("housing", "housing_property", True),
        ("transport", "housing", False),
        ("city", "housing", False),
        (None, "housing", False),
        ("housing", None, False),
        ("moon", "housing", False),
    ],
)
def test_only_the_assigned_unit_replies(unit_id: str | None, assigned: str | None, allowed: bool) -> None:
    assert may_act(Role.DEPARTMENT, unit_id, "department", assigned=assigned, units=UNITS) is allowed


def test_a_clerk_and_a_supervisor_act_whatever_is_assigned() -> None:
    assert may_act(Role.CLERK, "centre", "clerk", assigned=None, units=UNITS)
    assert may_act(Role.SUPERVISOR, "supervision_party", "supervisor", assigned="housing", units=UNITS)
    assert not may_act(Role.CLERK, "centre", "department", assigned="housing", units=UNITS)


# --- recipients -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("notify", "department", "recipient"),
    [
        ("department_head", "housing", Recipient(Role.DEPARTMENT_HEAD, "housing")),
        ("department_head", "housing_property", Recipient(Role.DEPARTMENT_HEAD, "housing")),
        ("department_head", "heyang", Recipient(Role.DEPARTMENT_HEAD, "heyang")),
        ("department_head", None, Recipient(Role.CENTRE_HEAD, "centre")),
        ("department_head", "dissolved", Recipient(Role.CENTRE_HEAD, "centre")),
        ("department", "housing_property", Recipient(Role.DEPARTMENT, "housing_property")),
        ("department", None, Recipient(Role.CENTRE_HEAD, "centre")),
        ("centre_head", "housing", Recipient(Role.CENTRE_HEAD, "centre")),
        ("clerk", "housing", Recipient(Role.CLERK, "centre")),
        ("supervision", "housing", Recipient(Role.SUPERVISOR, None)),
        ("leader", None, Recipient(Role.LEADER, None)),
    ],
)
def test_who_hears_of_a_passed_limit(notify: str, department: str | None, recipient: Recipient) -> None:
    assert resolve(notify, department, UNITS) == recipient


def test_every_name_has_a_reader_and_other_names_are_refused() -> None:
    for name in NOTIFY_NAMES:
        assert resolve(name, None, UNITS).role in Role
    with pytest.raises(ValueError, match="Correct the definition"):
        resolve("everybody", "housing", UNITS)
