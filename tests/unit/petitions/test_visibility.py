"""The matrix of who sees what: one test per cell, named for the row and the column."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from wenzheng.petitions.kinds import Kind
from wenzheng.petitions.organisation import Organisation, Unit, UnitKind
from wenzheng.petitions.roles import Role
from wenzheng.petitions.visibility import (
    Access,
    FieldGroup,
    PetitionFacts,
    Viewer,
    access,
    publicly_listed,
    visible,
)

UNITS = Organisation(
    [
        Unit("city", None, UnitKind.CITY, "市", "City"),
        Unit("centre", "city", UnitKind.CENTRE, "中心", "Centre"),
        Unit("office", "city", UnitKind.SUPERVISION, "督办", "Supervision"),
        Unit("housing", "city", UnitKind.DEPARTMENT, "住建", "Housing"),
        Unit("section", "housing", UnitKind.SECTION, "物业科", "Section"),
        Unit("transport", "city", UnitKind.DEPARTMENT, "交通", "Transport"),
        Unit("health", "city", UnitKind.DEPARTMENT, "卫健", "Health"),
    ]
)
PUBLIC_LETTER = PetitionFacts(
    Kind.HELP, accepted=True, public_consent=True, lead="housing", co_handling=frozenset({"transport"})
)
CLOSED_LETTER = replace(PUBLIC_LETTER, public_consent=False)

PUBLIC = Viewer()
AUTHOR = Viewer(Role.AUTHOR, is_author=True)
CO_HANDLING = Viewer(Role.DEPARTMENT, "transport", "t1")
LEAD = Viewer(Role.DEPARTMENT, "housing", "h1")
LEAD_HEAD = Viewer(Role.DEPARTMENT_HEAD, "housing", "h2")
LEAD_SECTION = Viewer(Role.DEPARTMENT, "section", "h3")
OTHER = Viewer(Role.DEPARTMENT, "health", "x1")
CLERK = Viewer(Role.CLERK, "centre", "c1")
CENTRE_HEAD = Viewer(Role.CENTRE_HEAD, "centre", "c2")
SUPERVISOR = Viewer(Role.SUPERVISOR, "office", "s1")
LEADER = Viewer(Role.LEADER, "city", "l1")
ADMIN = Viewer(Role.PROCESS_ADMIN, None, "a1")
OPERATOR = Viewer(Role.OPERATOR, None, "o1")
EVERYBODY = {
    "public": PUBLIC, "author": AUTHOR, "co-handling": CO_HANDLING, "lead": LEAD, "lead head": LEAD_HEAD,
    "lead section": LEAD_SECTION, "other": OTHER, "clerk": CLERK, "centre head": CENTRE_HEAD,
    "supervisor": SUPERVISOR, "leader": LEADER, "admin": ADMIN, "operator": OPERATOR,
}  # fmt: skip

NO, MASKED, YES = Access.NONE, Access.MASKED, Access.FULL
COLUMNS = (
    FieldGroup.TEXT, FieldGroup.IDENTITY, FieldGroup.ATTACHMENTS, FieldGroup.NOTES, FieldGroup.RATING,
)  # fmt: skip
# Copied by hand from defaults.md, not from the code: text, identity, attachments, notes, rating text.
ROWS = {
    "public": (MASKED, NO, NO, NO, MASKED),
    "author": (YES, YES, YES, NO, YES),
    "co-handling": (YES, NO, YES, Access.OWN_PART, YES),
    "lead": (YES, YES, YES, YES, YES),
    "lead head": (YES, YES, YES, YES, YES),
    "lead section": (YES, YES, YES, YES, YES),
    "other": (MASKED, NO, NO, NO, MASKED),
    "clerk": (YES, YES, YES, YES, YES),
    "centre head": (YES, YES, YES, YES, YES),
    "supervisor": (YES, Access.ON_REQUEST, YES, YES, YES),
    "leader": (YES, Access.ON_REQUEST, YES, YES, YES),
    "admin": (NO, NO, NO, NO, NO),
    "operator": (NO, NO, NO, NO, NO),
}
CELLS = [(who, group, cell) for who, row in ROWS.items() for group, cell in zip(COLUMNS, row, strict=True)]


@pytest.mark.parametrize(("who", "group", "cell"), CELLS, ids=lambda value: str(value).replace(" ", "-"))
def test_of_a_public_letter(who: str, group: FieldGroup, cell: Access) -> None:
    assert access(EVERYBODY[who], PUBLIC_LETTER, UNITS)[group] is cell


@pytest.mark.parametrize(("who", "group", "cell"), CELLS, ids=lambda value: str(value).replace(" ", "-"))
def test_of_a_letter_its_author_did_not_agree_to_publish(who: str, group: FieldGroup, cell: Access) -> None:
    expected = NO if cell is MASKED else cell
    assert access(EVERYBODY[who], CLOSED_LETTER, UNITS)[group] is expected


@pytest.mark.parametrize(("who", "group"), list(product(EVERYBODY, COLUMNS)))
def test_of_a_report_nobody_but_its_named_receivers_sees_anything(who: str, group: FieldGroup) -> None:
    report = replace(PUBLIC_LETTER, kind=Kind.REPORT)
    viewer = EVERYBODY[who]
    assert access(viewer, report, UNITS)[group] is NO
    if viewer.account_id is not None:
        named = replace(report, report_receivers=frozenset({viewer.account_id}))
        assert access(viewer, named, UNITS)[group] is YES


@pytest.mark.parametrize("hidden", ["accepted", "public_consent", "withheld", "kind"])
def test_the_public_finds_a_letter_only_when_all_conditions_hold(hidden: str) -> None:
    assert publicly_listed(PUBLIC_LETTER)
    change = {"accepted": False, "public_consent": False, "withheld": True, "kind": Kind.REPORT}[hidden]
    letter = replace(PUBLIC_LETTER, **{hidden: change})  # type: ignore[arg-type]
    assert not publicly_listed(letter)
    assert visible(PUBLIC, letter, UNITS) == frozenset()
    assert visible(OTHER, letter, UNITS) == frozenset()


def test_the_public_never_sees_who_wrote() -> None:
    assert visible(PUBLIC, PUBLIC_LETTER, UNITS) == {FieldGroup.TEXT, FieldGroup.RATING}


@pytest.mark.parametrize("viewer", [SUPERVISOR, LEADER])
def test_oversight_sees_the_identity_after_giving_a_reason(viewer: Viewer) -> None:
    assert FieldGroup.IDENTITY not in visible(viewer, PUBLIC_LETTER, UNITS)
    assert FieldGroup.IDENTITY not in visible(replace(viewer, reason="  "), PUBLIC_LETTER, UNITS)
    assert FieldGroup.IDENTITY in visible(replace(viewer, reason="核实投诉"), PUBLIC_LETTER, UNITS)


def test_a_reason_opens_nothing_to_anybody_else() -> None:
    curious = replace(OTHER, reason="好奇")
    assert visible(curious, PUBLIC_LETTER, UNITS) == visible(OTHER, PUBLIC_LETTER, UNITS)


def test_before_assignment_every_department_sees_it_as_the_public_does() -> None:
    unassigned = replace(PUBLIC_LETTER, lead=None, co_handling=frozenset())
    assert access(LEAD, unassigned, UNITS) == access(PUBLIC, unassigned, UNITS)
    assert access(replace(LEAD, unit_id=None), PUBLIC_LETTER, UNITS) == access(PUBLIC, PUBLIC_LETTER, UNITS)


def test_the_head_above_an_assigned_section_sees_it_and_the_neighbouring_department_does_not() -> None:
    letter = replace(PUBLIC_LETTER, lead="section")
    assert access(LEAD_HEAD, letter, UNITS)[FieldGroup.IDENTITY] is YES
    assert access(OTHER, letter, UNITS)[FieldGroup.IDENTITY] is NO


def test_a_department_complained_of_does_not_learn_who_complained() -> None:
    letter = replace(PUBLIC_LETTER, complained_of="section")
    for viewer in (LEAD, LEAD_HEAD, LEAD_SECTION):
        assert access(viewer, letter, UNITS) == access(PUBLIC, letter, UNITS)
    assert access(CLERK, letter, UNITS)[FieldGroup.IDENTITY] is YES
