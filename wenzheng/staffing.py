"""Whether the people of a city can do what a definition asks of them, and are told by somebody else.

Asked when a version is to come into force: a file alone does not know who has an account. May be imported by
the workshop and tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from wenzheng.engine.clock_model import Clock, Threshold
from wenzheng.engine.definition import Definition
from wenzheng.engine.findings import Finding, Position, Severity
from wenzheng.petitions.organisation import Organisation, OrganisationError, Unit, UnitKind
from wenzheng.petitions.oversight import organ_of_all
from wenzheng.petitions.roles import Role, may_perform
from wenzheng.store import Reader
from wenzheng.store.views.people import Account

_HEARS: Final = {
    "clerk": Role.CLERK,
    "centre_head": Role.CENTRE_HEAD,
    "department": Role.DEPARTMENT,
    "department_head": Role.DEPARTMENT_HEAD,
    "supervision": Role.SUPERVISOR,
    "leader": Role.LEADER,
}
"""The role of those whom a recipient's name means (petitions.recipients says in which unit)."""
_RED: Final = "red"


def nobody_for(reader: Reader, definition: Definition) -> list[Finding]:
    """Steps of a role that no account has: a letter would stop there for ever."""
    able = {Role(account.role) for account in _able(reader)}
    if not able:  # a store without people is being made ready
        return []
    return [
        _unmanned(element.position, element.id, element.role)
        for process in definition.processes.values()
        for element in process.model.all_elements()
        if element.role not in (None, Role.AUTHOR)
        and not any(may_perform(role, element.role or "") for role in able)
    ]


def unwatched(reader: Reader, definition: Definition) -> list[Finding]:
    """Limits that nobody hears of, or of which a department that is late is told by itself: warnings."""
    people = _able(reader)
    if not people:
        return []
    organ = _organ_of_supervisors(reader, people)
    return [
        finding
        for process in definition.processes.values()
        for clock in process.model.clocks.values()
        for threshold in clock.thresholds
        for finding in _of_threshold(clock, threshold, {Role(one.role) for one in people}, organ)
    ]


def _able(reader: Reader) -> list[Account]:
    return [account for account in reader.accounts() if account.disabled_at is None]


def _organ_of_supervisors(reader: Reader, people: list[Account]) -> Unit | None:
    """The department or county whose people all supervisors are."""
    try:
        units = Organisation(
            Unit(one.id, one.parent_id, UnitKind(one.kind), one.name_zh, one.name_en)
            for one in reader.units()
        )
    except OrganisationError:  # none was loaded yet
        return None
    supervisors = [one for one in people if one.role == Role.SUPERVISOR]
    return organ_of_all([one.unit_id or units.root.id for one in supervisors], units)


def _of_threshold(
    clock: Clock, threshold: Threshold, able: set[Role], organ: Unit | None
) -> Iterator[Finding]:
    for name in dict.fromkeys((*threshold.notify, *threshold.remind)):
        role = _HEARS.get(name)
        if role is not None and role not in able:
            yield _warning(
                clock,
                "escalation-nobody",
                f"Expected an account of a {role} for '{name}', who hears of '{threshold.id}' of clock "
                f"'{clock.id}', found none: nobody would be told.",
                "Add one with `wenzheng accounts add`, or tell somebody else as well.",
            )
    if organ is not None and threshold.lamp == _RED and "supervision" in threshold.notify:
        yield _warning(
            clock,
            "supervisor-late-itself",
            f"Expected somebody outside '{organ.id}' among the supervisors who hear of '{threshold.id}' of "
            f"clock '{clock.id}', found that all of them are its own people: of its late letters it is told "
            "by itself.",
            "Give an account of another unit the role supervisor.",
        )


def _warning(clock: Clock, rule: str, message: str, hint: str) -> Finding:
    return Finding(clock.position, clock.id, rule, message, hint, Severity.WARNING)


def _unmanned(position: Position, element: str, role: str | None) -> Finding:
    return Finding(
        position,
        element,
        "role-nobody",
        f"Expected an account that may act as '{role}', found none: nobody could do this step.",
        "Add one with `wenzheng accounts add`, or give the step to another role.",
    )
