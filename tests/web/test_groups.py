"""A task of a group of roles is on the desk of each of them, and of nobody else."""

from __future__ import annotations

import pytest

from wenzheng.petitions.organisation import read_organisation
from wenzheng.petitions.roles import ALONE, ELEMENT_ROLES, GROUPS, Role, may_perform
from wenzheng.settings import definitions_dir
from wenzheng.web.desk import queue_of
from wenzheng.web.security import Principal


@pytest.mark.parametrize("role", Role)
def test_what_somebody_may_do_is_on_their_desk(role: Role) -> None:
    units = read_organisation((definitions_dir() / "organisation.yaml").read_text(encoding="utf-8"))
    queue = queue_of(Principal("someone", "Someone", role, None), units)
    assert queue.roles == {name for name in ELEMENT_ROLES | GROUPS if may_perform(role, name)}
    assert ("centre_head supervisor" in queue.roles) == (role in {Role.CENTRE_HEAD, Role.SUPERVISOR})


def test_nobody_who_acts_for_a_unit_or_as_the_author_is_in_a_group() -> None:
    assert not any(set(group.split()) & ALONE for group in GROUPS)
    assert all(set(group.split()) <= ELEMENT_ROLES for group in GROUPS)
