"""Who hears of a passed threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wenzheng.petitions.organisation import Organisation
from wenzheng.petitions.roles import Role

NOTIFY_NAMES: Final = frozenset(
    {"clerk", "centre_head", "department", "department_head", "supervision", "leader"}
)
"""Names a definition may give in `notify`."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A role and the unit whose holder of that role is meant; None means every holder of the role."""

    role: Role
    unit_id: str | None


def resolve(notify: str, department: str | None, units: Organisation) -> Recipient:
    """Who is meant by a `notify` name, given the unit the letter is assigned to (None before that).

    `department` and `department_head` mean the assigned unit's; the head of a section is the head of the
    department or county it belongs to. Before assignment both mean the centre's head (defaults.md,
    "Organisation"), and so they do for a unit that no longer exists: a notice always has a reader.
    `supervision` and `leader` mean all of them.

    Raises:
        ValueError: for a name that no definition may use.
    """
    centre = units.centre.id
    match notify:
        case "clerk":
            return Recipient(Role.CLERK, centre)
        case "supervision":
            return Recipient(Role.SUPERVISOR, None)
        case "leader":
            return Recipient(Role.LEADER, None)
        case "department" if department is not None and department in units:
            return Recipient(Role.DEPARTMENT, department)
        case "department_head" if department is not None and (organ := units.organ_of(department)):
            return Recipient(Role.DEPARTMENT_HEAD, organ.id)
        case "department" | "department_head" | "centre_head":
            return Recipient(Role.CENTRE_HEAD, centre)
    raise ValueError(
        f"notify: expected one of {', '.join(sorted(NOTIFY_NAMES))}, found {notify!r}. "
        "Correct the definition."
    )
