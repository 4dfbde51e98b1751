"""Administrators put versions in force, on each database: alone, at once, with a second, and killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.contract.store_samples import day
from wenzheng.bootstrap.deploying import workshop_of
from wenzheng.catalog.bundle import Bundle, read_bundle
from wenzheng.deploying import DeployRefused, Order
from wenzheng.engine.findings import DefinitionRefused, Severity
from wenzheng.settings import definitions_dir
from wenzheng.store import Store
from wenzheng.workshop import Workshop, remember_approval

SHIPPED = read_bundle(definitions_dir() / "petition")
YELLOW = "yellow: {working_days: 5, lamp: yellow, notify: department_head, remind"
WHY = "Three days, says the mayor"


def edited(*edits: tuple[str, str], everywhere: bool = False) -> Bundle:
    """The shipped petition with these edits, each where its words stand first, or everywhere."""
    text = SHIPPED.files["petition.yaml"].decode()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, -1 if everywhere else 1)
    return Bundle("petition", {**SHIPPED.files, "petition.yaml": text.encode()})


def with_limit(days: int) -> Bundle:
    return edited((YELLOW, YELLOW.replace("5", str(days))))


THREE, FOUR = with_limit(3), with_limit(4)


@pytest.fixture
def workshop(store: Store) -> Workshop:
    """The workshop of a city that runs the shipped definition and has people of every role."""
    made = workshop_of(store)
    made.install(SHIPPED)
    roles = ("clerk", "centre_head", "department", "department_head", "supervisor", "leader", "process_admin")
    with store.unit_of_work() as unit:
        for role in roles:
            unit.save_account(id=role, name=role, role=role, unit_id=None)
        unit.save_account(id="second", name="另一位", role="process_admin", unit_id=None)
    return made


def current(workshop: Workshop) -> str | None:
    with workshop.store.reader() as reader:
        return reader.current_definition("petition")


def order(by: str = "process_admin", **more: object) -> Order:
    return replace(Order(by, WHY), **more)  # type: ignore[arg-type]


def refusal(error: pytest.ExceptionInfo[DeployRefused]) -> str:
    assert error.value.hint
    return error.value.code


def test_who_deploys_gives_a_reason_and_all_of_it_is_kept(workshop: Workshop) -> None:
    outcome = workshop.deploy(THREE, order())
    assert current(workshop) == THREE.digest
    [change] = outcome.checked.changes or ()
    assert (change.code, change.element) == ("limit.length", "letter.yellow")
    with workshop.store.reader() as reader:
        [last, first] = reader.deployments("petition")
        assert reader.definition(SHIPPED.digest).files == SHIPPED.files  # type: ignore[union-attr]
    assert (last.number, last.digest, last.before) == (2, THREE.digest, SHIPPED.digest)
    assert (last.by, last.reason, last.approved_by) == ("process_admin", WHY, None)
    assert (first.number, first.by, first.before) == (1, None, None)


def test_going_back_deploys_the_older_version_once_more(workshop: Workshop) -> None:
    workshop.deploy(THREE, order())
    outcome = workshop.deploy(workshop.bundle(SHIPPED.digest[:8]), order(reason="back"))
    assert outcome.deployment is not None
    assert (outcome.deployment.number, current(workshop)) == (3, SHIPPED.digest)


def test_the_same_order_again_changes_nothing(workshop: Workshop) -> None:
    workshop.deploy(THREE, order())
    again = workshop.deploy(THREE, order(reason="once more"))
    assert again.known
    with workshop.store.reader() as reader:
        assert len(reader.deployments("petition")) == 2


def test_a_broken_definition_changes_nothing_and_every_finding_is_told(workshop: Workshop) -> None:
    broken = edited(("working_days: 5", "working_days: five"), ("by: supervisor", "by: the_boss"))
    with pytest.raises(DefinitionRefused) as refused:
        workshop.deploy(broken, order())
    assert {finding.rule for finding in refused.value.findings} >= {"wrong-type", "unknown-role"}
    assert current(workshop) == SHIPPED.digest
    with workshop.store.reader() as reader:
        assert reader.definition(broken.digest) is None


@pytest.mark.parametrize("reason", ["", "  \n", "长" * 2001])
def test_nobody_deploys_without_saying_why(workshop: Workshop, reason: str) -> None:
    with pytest.raises(DeployRefused) as error:
        workshop.deploy(THREE, order(reason=reason))
    assert (refusal(error), current(workshop)) == ("deploy.reason", SHIPPED.digest)


def test_of_two_administrators_at_once_one_is_told_that_the_version_has_changed(workshop: Workshop) -> None:
    def deploy(bundle: Bundle) -> str:
        try:
            workshop.deploy(bundle, order(expected=SHIPPED.digest, looked=True))
        except DeployRefused as error:
            return f"{error.code}: {WHY in error.message}"  # who was first, and why
        return "deployed"

    with ThreadPoolExecutor(4) as threads:
        said = list(threads.map(deploy, [THREE, FOUR, with_limit(2), with_limit(1)]))
    assert sorted(said) == ["deploy.changed: True"] * 3 + ["deployed"]
    with workshop.store.reader() as reader:
        assert len(reader.deployments("petition")) == 2


def test_what_was_compared_with_an_older_version_is_not_deployed_over_a_newer_one(workshop: Workshop) -> None:
    workshop.deploy(THREE, order())
    with pytest.raises(DeployRefused) as error:
        workshop.deploy(FOUR, order(expected=SHIPPED.digest, looked=True))
    assert (refusal(error), current(workshop)) == ("deploy.changed", THREE.digest)


LOSSES = [
    (("by: supervisor", "by: leader"), "role.removed"),
    (
        ("values: [incomplete, not_ours, duplicate, unlawful]", "values: [incomplete, unlawful]"),
        "choice.removed",
    ),
    (("message: withdrawn", "message: taken_back"), "receives.removed"),
]


@pytest.mark.parametrize(("edit", "code"), LOSSES)
def test_roles_choices_and_messages_fall_away_only_knowingly(
    workshop: Workshop, edit: tuple[str, str], code: str
) -> None:
    bundle = edited(edit, everywhere=True)
    with pytest.raises(DeployRefused) as error:
        workshop.deploy(bundle, order())
    assert {change.code for change in error.value.losses} == {code}
    assert (refusal(error), current(workshop)) == ("deploy.losses", SHIPPED.digest)
    workshop.deploy(bundle, order(losses_seen=True))
    assert current(workshop) == bundle.digest


def test_a_step_of_a_role_that_nobody_has_any_more_is_refused(workshop: Workshop) -> None:
    with workshop.store.unit_of_work() as unit:
        unit.set_disabled("supervisor", day(0))
    with pytest.raises(DefinitionRefused) as refused:
        workshop.deploy(THREE, order())
    found = [one for one in refused.value.findings if one.rule == "role-nobody"]
    assert {one.element for one in found} == {"allow", "allow_renewal", "decide"}
    assert all(one.position.file == "petition.yaml" and "supervisor" in one.message for one in found)


def test_a_limit_that_nobody_would_hear_of_is_told_before_it_comes_into_force(workshop: Workshop) -> None:
    with workshop.store.unit_of_work() as unit:
        unit.set_disabled("department_head", day(0))
    head_less = edited(("by: department_head", "by: department"), everywhere=True)
    checked = workshop.check(head_less)
    found = [one for one in checked.findings if one.rule == "escalation-nobody"]
    assert checked.runs
    assert found
    assert all(one.severity is Severity.WARNING and "department_head" in one.message for one in found)
    assert all(one.position.line > 1 for one in found)


def test_supervisors_who_are_all_of_one_department_are_told_of_it(workshop: Workshop) -> None:
    units = [
        ("city", None, "city", "市", "City"),
        ("centre", "city", "centre", "中心", "Centre"),
        ("housing", "city", "department", "住建局", "Housing"),
        ("watch", "housing", "supervision", "督办", "Supervision"),
    ]
    with workshop.store.unit_of_work() as unit:
        unit.save_units(units)
        unit.save_account(id="supervisor", name="督办", role="supervisor", unit_id="watch")
    found = [one for one in workshop.check(SHIPPED).findings if one.rule == "supervisor-late-itself"]
    assert found
    assert all("housing" in one.message for one in found)
    with workshop.store.unit_of_work() as unit:
        unit.save_account(id="another", name="督办", role="supervisor", unit_id="city")
    assert not [one for one in workshop.check(SHIPPED).findings if one.rule == "supervisor-late-itself"]


def test_one_content_has_one_name_and_a_name_is_plain(workshop: Workshop) -> None:
    for bundle in (Bundle("letters", SHIPPED.files), Bundle("信件", THREE.files)):
        with pytest.raises(DeployRefused) as error:
            workshop.deploy(bundle, order())
        assert refusal(error) == "deploy.name"


# --- a second person ------------------------------------------------------------------------------


@pytest.fixture
def careful(workshop: Workshop) -> Workshop:
    """The same where another administrator has to agree, as whoever runs the web has set."""
    remember_approval(workshop.store, needed=True)
    return workshop


def proposal(workshop: Workshop, bundle: Bundle = THREE) -> int:
    made = workshop.deploy(bundle, order())
    assert made.proposal is not None
    assert made.deployment is None
    return made.proposal.number


def test_a_version_comes_into_force_only_when_another_administrator_agrees(careful: Workshop) -> None:
    number = proposal(careful)
    assert current(careful) == SHIPPED.digest
    assert proposal(careful) == number  # the same wish again
    with pytest.raises(DeployRefused) as error:
        careful.approve("petition", number, by="process_admin", reason="I agree with myself")
    assert (refusal(error), current(careful)) == ("deploy.four-eyes", SHIPPED.digest)
    outcome = careful.approve("petition", number, by="second", reason="counted through")
    assert current(careful) == THREE.digest
    assert outcome.deployment is not None
    assert (outcome.deployment.by, outcome.deployment.approved_by) == ("process_admin", "second")
    assert outcome.deployment.reason == WHY
    with pytest.raises(DeployRefused) as error:
        careful.approve("petition", number, by="second", reason="again")
    assert refusal(error) == "deploy.decided"


def test_a_proposal_is_refused_or_taken_back_with_a_reason(careful: Workshop) -> None:
    number = proposal(careful)
    with pytest.raises(DeployRefused) as error:
        careful.refuse("petition", number, by="second", reason=" ")
    assert refusal(error) == "deploy.reason"
    decided = careful.refuse("petition", number, by="second", reason="not before May")
    assert (decided.state, decided.decided_by, decided.decided_reason) == (
        "refused",
        "second",
        "not before May",
    )
    again = proposal(careful)
    assert again == number + 1
    assert careful.refuse("petition", again, by="process_admin", reason="slip").state == "withdrawn"
    assert current(careful) == SHIPPED.digest


def test_a_proposal_made_before_another_version_came_is_not_agreed_to_unawares(careful: Workshop) -> None:
    first, second = proposal(careful), proposal(careful, FOUR)
    careful.approve("petition", second, by="second", reason="ok")
    with pytest.raises(DeployRefused) as error:
        careful.approve("petition", first, by="second", reason="ok")
    assert (refusal(error), current(careful)) == ("deploy.changed", FOUR.digest)


def test_of_two_who_agree_and_refuse_at_once_one_counts(careful: Workshop) -> None:
    number = proposal(careful)

    def decide(yes: bool) -> str:
        try:
            if yes:
                careful.approve("petition", number, by="second", reason="yes")
            else:
                careful.refuse("petition", number, by="third", reason="no")
        except DeployRefused as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(2) as threads:
        said = list(threads.map(decide, [True, False]))
    assert sorted(said) == ["deploy.decided", "done"]
    assert (current(careful) == THREE.digest) is (said[0] == "done")


def test_where_two_have_to_agree_nobody_deploys_without_a_name(careful: Workshop) -> None:
    with pytest.raises(DeployRefused) as error:
        careful.deploy(THREE, Order(None, WHY))
    assert refusal(error) == "deploy.who"


# --- drafts, and kills ---------------------------------------------------------------------------------


def test_a_draft_is_kept_changes_nothing_and_is_forgotten_when_nobody_wants_it(store: Store) -> None:
    now = [day(0)]
    workshop = replace(workshop_of(store), now=lambda: now[0])
    workshop.install(SHIPPED)
    broken = Bundle("petition", {"petition.yaml": b"language: 1"})
    workshop.keep(broken)
    workshop.keep(broken)
    assert workshop.bundle(broken.digest).files == broken.files
    assert current(workshop) == SHIPPED.digest
    now[0] = day(40)
    workshop.keep(THREE)
    with pytest.raises(DeployRefused) as error:
        workshop.bundle(broken.digest)
    assert refusal(error) == "deploy.unknown"
    assert workshop.bundle(SHIPPED.digest).files == SHIPPED.files


KILLED = """
import os, signal, sys
from sqlalchemy import event
from tests.contract.test_workshop import THREE, order
from wenzheng.bootstrap.deploying import workshop_of
from wenzheng.store import open_store

store = open_store(sys.argv[1])
if sys.argv[2] == "before":
    @event.listens_for(store.engine, "commit")
    def die(_connection):
        os.kill(os.getpid(), signal.SIGKILL)
workshop_of(store).deploy(THREE, order())
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_while_deploying_there_is_all_of_it_or_nothing_and_again_it_is_there_once(
    workshop: Workshop, store_url: str, when: str
) -> None:
    root = str(Path(__file__).resolve().parents[2])
    environment = {**os.environ, "PYTHONPATH": root}
    done = subprocess.run(
        [sys.executable, "-c", KILLED, store_url, when], check=False, cwd=root, env=environment, timeout=120
    )
    assert done.returncode == -signal.SIGKILL
    assert current(workshop) == (SHIPPED.digest if when == "before" else THREE.digest)
    with workshop.store.reader() as reader:
        assert (reader.definition(THREE.digest) is not None) == (when == "after")
    workshop.deploy(THREE, order())
    with workshop.store.reader() as reader:
        assert [one.digest for one in reader.deployments("petition")] == [THREE.digest, SHIPPED.digest]
