"""Roles of people, and which of them may perform a task of a process definition."""

from __future__ import annotations

from enum import StrEnum
from itertools import combinations
from typing import Final

from wenzheng.petitions.organisation import Organisation


class Role(StrEnum):
    """What a person is to a letter or to the system."""

    AUTHOR = "author"
    CLERK = "clerk"
    CENTRE_HEAD = "centre_head"
    DEPARTMENT = "department"
    DEPARTMENT_HEAD = "department_head"
    SUPERVISOR = "supervisor"
    LEADER = "leader"
    PROCESS_ADMIN = "process_admin"
    OPERATOR = "operator"


CENTRE: Final = frozenset({Role.CLERK, Role.CENTRE_HEAD})
DEPARTMENTS: Final = frozenset({Role.DEPARTMENT, Role.DEPARTMENT_HEAD})
OVERSIGHT: Final = frozenset({Role.SUPERVISOR, Role.LEADER})

# A head may do what the people under the head may do; nobody acts for the author or for supervision.
_PERFORMERS: Final[dict[str, frozenset[Role]]] = {
    "author": frozenset({Role.AUTHOR}),
    "clerk": CENTRE,
    "centre_head": frozenset({Role.CENTRE_HEAD}),
    "department": DEPARTMENTS,
    "department_head": frozenset({Role.DEPARTMENT_HEAD}),
    "supervisor": frozenset({Role.SUPERVISOR}),
    "leader": frozenset({Role.LEADER}),
}

HOUSES: Final = {
    **dict.fromkeys(("clerk", "centre_head"), "centre"),
    **dict.fromkeys(("department", "department_head"), "department"),
    **dict.fromkeys(("supervisor", "supervision"), "supervision"),
}
"""Whose people roles and recipients are: a head is of the house that is late."""
ELEMENT_ROLES: Final = frozenset(_PERFORMERS)
"""Names a definition may give as the role of a user task."""

ALONE: Final = frozenset({"author", "department", "department_head"})
"""Those whose tasks are for one unit or one person; no group has them."""
GROUPS: Final = frozenset(
    " ".join(group)
    for size in range(2, len(ELEMENT_ROLES - ALONE) + 1)
    for group in combinations(sorted(ELEMENT_ROLES - ALONE), size)
)
"""What a task of a group of roles has as its role: all of them in the order of the alphabet."""


def may_perform(role: Role, element_role: str) -> bool:
    """Whether a person of this role may perform a task of that role, whatever unit they are in.

    Of a group each of its roles may. A role that no definition can name (`ELEMENT_ROLES`, `GROUPS`) is
    performed by nobody.
    """
    return any(role in _PERFORMERS.get(one, frozenset()) for one in element_role.split(" "))


def may_act(
    role: Role, unit_id: str | None, element_role: str, *, assigned: str | None, units: Organisation
) -> bool:
    """Whether a person of this role and unit may perform a task of a letter.

    Tasks of a department are for the unit the letter is assigned to: its own people, its sections, and
    the department above an assigned section. Before assignment they are for nobody.
    """
    if not may_perform(role, element_role):
        return False
    if role not in DEPARTMENTS:
        return True
    return unit_id is not None and assigned is not None and units.same_line(unit_id, assigned)
