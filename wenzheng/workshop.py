"""The definition workshop: checking a version, putting it in force, and going back.

Of each name one version counts: new letters and sessions take it, running ones keep theirs. A version comes
into force whole and at once, in one transaction that also says who did it and why; where a second person
has to agree, it is proposed first. May be imported by bootstrap, cli and web.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from wenzheng.catalog.bundle import Bundle
from wenzheng.catalog.changes.change import Change
from wenzheng.catalog.changes.compare import Version, compare
from wenzheng.catalog.checking import House, check_bundle
from wenzheng.catalog.compiling import compile_bundle
from wenzheng.catalog.drawing import draw
from wenzheng.catalog.language import Names
from wenzheng.catalog.message_check import Messages
from wenzheng.catalog.sense.tuning import read_tuning
from wenzheng.deploying import LONGEST_REASON, NAME, Checked, DeployRefused, Order, Outcome
from wenzheng.engine.definition import Definition
from wenzheng.engine.findings import LATER_RULES, DefinitionRefused, Severity
from wenzheng.engine.services import ServiceContract
from wenzheng.petitions.recipients import NOTIFY_NAMES
from wenzheng.petitions.roles import ALONE, ELEMENT_ROLES, HOUSES
from wenzheng.staffing import nobody_for, unwatched
from wenzheng.store import Conflict, Reader, Store, UnitOfWork
from wenzheng.store.views.definitions import Proposal

SHIPPED: Final = "The definition that came with the program"
APPROVAL: Final = "deploy_approval"
"""The property that says whether a second person has to agree; kept, so that a shell obeys it as well."""
DRAFT_LIFE: Final = timedelta(days=30)
"""A version that was checked and never proposed nor deployed is forgotten after this."""
DIGEST: Final = re.compile("[0-9a-f]{6,64}")
"""A version's digest, or enough of it to look it up."""


def calendars_of(definition: Definition) -> dict[str, str | None]:
    """The calendar that each process is counted by; None is the city's."""
    choices = {name: process.model.calendar for name, process in definition.processes.items()}
    return {name: choice.name if choice is not None else None for name, choice in choices.items()}


Check = Callable[[Definition, Bundle], None]
"""What a definition of a certain name has to be able to do besides; raises DefinitionRefused."""


@dataclass(frozen=True)
class Workshop:
    """Puts versions in force in a store. `checks` by name; `now` is the machine's clock (UTC)."""

    store: Store
    contracts: Mapping[str, ServiceContract]
    now: Callable[[], datetime]
    checks: Mapping[str, Check] = field(default_factory=dict)
    approval: bool = False

    # --- looking --------------------------------------------------------------------------------

    def needs_approval(self) -> bool:
        """Whether a second person has to agree: by the setting here, or by that of whoever runs the web."""
        with self.store.reader() as reader:
            kept = reader.property(APPROVAL) or {}
        return self.approval or bool(kept.get("needed"))

    def bundle(self, digest: str) -> Bundle:
        """A version that is kept, by its digest or enough of it. Raises DeployRefused `deploy.unknown`."""
        with self.store.reader() as reader:
            found = reader.definitions_like(digest) if DIGEST.fullmatch(digest) else []
            kept = reader.definition(found[0].digest) if len(found) == 1 else None
        if kept is None:
            count = f"{len(found)} of them" if found else "none"
            raise DeployRefused(
                "deploy.unknown",
                f"Expected one version whose digest begins with {digest}, found {count}.",
                "List versions with `wenzheng definitions show NAME`.",
            )
        return Bundle(kept.name, kept.files)

    def current(self, name: str) -> Bundle | None:
        """The version of that name that counts."""
        with self.store.reader() as reader:
            found = reader.latest_definition(name)
        return None if found is None else Bundle(found.name, found.files)

    def check(self, bundle: Bundle) -> Checked:
        """Everything that is to be said of a version before it comes into force. Changes nothing."""
        current = self.current(bundle.name)
        digest = current.digest if current is not None else None
        try:
            definition = self._compiled(bundle)
        except DefinitionRefused as refused:
            return Checked(bundle, digest, False, tuple(refused.findings), None)
        changes = None
        if current is not None:
            before = self._running(current)
            changes = None if before is None else tuple(compare(before, Version(definition, bundle.files)))
        return Checked(bundle, digest, True, definition.findings, changes, calendars_of(definition))

    def picture(self, bundle: Bundle, language: str) -> str | None:
        """The version as SVG, with names in that language (zh, en); None when it cannot run."""
        try:
            compiled = compile_bundle(bundle.digest, bundle.files, self.contracts, tolerated=LATER_RULES)
        except DefinitionRefused:
            return None
        return draw(compiled, bundle.files, language)

    def calendars(self, bundle: Bundle) -> dict[str, str | None]:
        """The calendar of each process of a version, None for the city's; empty when it cannot run."""
        found = self._running(bundle)
        return {} if found is None else calendars_of(found.definition)

    def differences(self, before: Bundle, after: Bundle) -> list[Change]:
        """What differs between two versions. Raises DefinitionRefused for one that cannot run."""
        versions = [
            Version(compile_bundle(one.digest, one.files, self.contracts, tolerated=LATER_RULES), one.files)
            for one in (before, after)
        ]
        return compare(*versions)

    def _running(self, bundle: Bundle) -> Version | None:
        """The version in force, as workers load it; None when this version of the program refuses it."""
        try:
            compiled = compile_bundle(bundle.digest, bundle.files, self.contracts, tolerated=LATER_RULES)
        except DefinitionRefused:
            return None
        return Version(compiled, bundle.files)

    def _compiled(self, bundle: Bundle) -> Definition:
        names = Names(ELEMENT_ROLES, NOTIFY_NAMES, ALONE)
        with self.store.reader() as reader:
            calendars = reader.calendar_ids()
        report = check_bundle(bundle, House(self.contracts, names, Messages.NEEDED, HOUSES, calendars))
        definition = report.definition
        if definition is None:
            raise DefinitionRefused(list(report.findings))
        if (check := self.checks.get(bundle.name)) is not None:
            check(definition, bundle)
        with self.store.reader() as reader:
            nobody = nobody_for(reader, definition)
            warned = read_tuning(bundle.files).applied(unwatched(reader, definition))
        found = (*definition.findings, *warned)
        if nobody or any(one.severity is Severity.ERROR for one in found):
            raise DefinitionRefused([*found, *nobody])
        return replace(definition, findings=found)

    # --- coming into force ----------------------------------------------------------------------

    def install(self, bundle: Bundle) -> Definition:
        """Put the version in force that came with the program: nobody asks why, and nobody has to agree.

        Raises DefinitionRefused.
        """
        definition = self._compiled(bundle)
        with self.store.unit_of_work() as unit:
            unit.save_definition(
                digest=bundle.digest, name=bundle.name, files=bundle.files, at=self.now(), reason=SHIPPED
            )
        return definition

    def keep(self, bundle: Bundle) -> None:
        """Keep a version to be looked at, however wrong it is; old ones nobody deployed are forgotten.

        Raises DeployRefused `deploy.name`.
        """
        with self.store.unit_of_work() as unit:
            unit.forget_drafts(self.now() - DRAFT_LIFE)
            self._keep(unit, bundle)

    def deploy(self, bundle: Bundle, order: Order) -> Outcome:
        """Check a version and put it in force, or where another person has to agree propose it.

        What is in force already stays as it is, so that the same order may be given again.

        Raises:
            DefinitionRefused: with all findings; nothing has changed.
            DeployRefused: for what else stands against it; nothing has changed.
        """
        reason = _reason(order.reason)
        checked = self.check(bundle)
        if not checked.runs:
            raise DefinitionRefused(list(checked.findings))
        if checked.losses and not order.losses_seen and checked.current != bundle.digest:
            told = " ".join(change.sentence("en") for change in checked.losses)
            raise DeployRefused(
                "deploy.losses",
                f"Expected that nothing falls away which people rely on, found: {told}",
                "Keep it in the definition, or say that you know (--accept-losses).",
                losses=checked.losses,
            )
        needed = self.needs_approval()
        with self.store.unit_of_work() as unit:
            unit.hold_definitions(bundle.name)
            current = unit.current_definition(bundle.name)
            if current == bundle.digest:
                [last, *_] = unit.deployments(bundle.name)
                return Outcome(bundle.name, bundle.digest, checked, last, known=True)
            # What was compared is what counts: somebody may have deployed since.
            _unchanged(unit, bundle.name, order.expected if order.looked else checked.current)
            self._keep(unit, bundle)
            if needed:
                return self._propose(unit, checked, order.by, reason)
            number = unit.save_definition(
                digest=bundle.digest,
                name=bundle.name,
                files=bundle.files,
                at=self.now(),
                by=order.by,
                reason=reason,
            )
            deployment = next(one for one in unit.deployments(bundle.name) if one.number == number)
            return Outcome(bundle.name, bundle.digest, checked, deployment)

    def _keep(self, unit: UnitOfWork, bundle: Bundle) -> None:
        if NAME.fullmatch(bundle.name) is None:
            raise DeployRefused(
                "deploy.name",
                f"Expected a name of ASCII letters, digits, '-' and '_', found '{bundle.name}'.",
                "Name the folder so, or say --name.",
            )
        try:
            unit.keep_definition(digest=bundle.digest, name=bundle.name, files=bundle.files, at=self.now())
        except Conflict as error:
            raise DeployRefused("deploy.name", f"{error}.", "One content has one name.") from error

    def _propose(self, unit: UnitOfWork, checked: Checked, by: str | None, reason: str) -> Outcome:
        if by is None:
            raise DeployRefused(
                "deploy.who",
                "Expected an administrator's account, found nobody: here a second person has to agree.",
                "Give your token (WENZHENG_TOKEN, or --as ACCOUNT).",
            )
        bundle = checked.bundle
        proposal = unit.propose_definition(
            name=bundle.name, digest=bundle.digest, by=by, reason=reason, at=self.now()
        )
        return Outcome(bundle.name, bundle.digest, checked, proposal=proposal)

    # --- the second person -------------------------------------------------------------------------

    def approve(self, name: str, number: int, *, by: str, reason: str) -> Outcome:
        """Agree to a proposal of another person: its version comes into force.

        Raises DefinitionRefused when the version may not run any more, and DeployRefused.
        """
        reason = _reason(reason)
        with self.store.reader() as reader:
            proposal = _open_proposal(reader, name, number)
        checked = self.check(self.bundle(proposal.digest))
        if not checked.runs:
            raise DefinitionRefused(list(checked.findings))
        if proposal.by == by:
            raise DeployRefused(
                "deploy.four-eyes",
                f"Expected another person than {by}, who proposed it.",
                "Ask another administrator to look at it.",
            )
        with self.store.unit_of_work() as unit:
            unit.hold_definitions(name)
            _open_proposal(unit, name, number)
            _unchanged(unit, name, proposal.before)
            decided = unit.decide_proposal(
                name=name, number=number, state="approved", by=by, reason=reason, at=self.now()
            )
            unit.save_definition(
                digest=proposal.digest,
                name=name,
                files=checked.bundle.files,
                at=self.now(),
                by=proposal.by,
                reason=proposal.reason,
                approved_by=by,
            )
            [deployment, *_] = unit.deployments(name)
        return Outcome(name, proposal.digest, checked, deployment, decided)

    def refuse(self, name: str, number: int, *, by: str, reason: str) -> Proposal:
        """Say no to a proposal, or take back one's own. Raises DeployRefused."""
        reason = _reason(reason)
        with self.store.unit_of_work() as unit:
            unit.hold_definitions(name)
            proposal = _open_proposal(unit, name, number)
            state: Any = "withdrawn" if proposal.by == by else "refused"
            return unit.decide_proposal(
                name=name, number=number, state=state, by=by, reason=reason, at=self.now()
            )


def remember_approval(store: Store, *, needed: bool) -> None:
    """Keep the setting where every command sees it."""
    with store.reader() as reader:
        known = bool((reader.property(APPROVAL) or {}).get("needed"))
    if known != needed:
        with store.unit_of_work() as unit:
            unit.set_property(APPROVAL, {"needed": needed})


def _reason(given: str) -> str:
    reason = given.strip()
    if not reason or len(reason) > LONGEST_REASON:
        found = f"{len(reason)} characters" if reason else "none"
        raise DeployRefused(
            "deploy.reason",
            f"Expected a reason of at most {LONGEST_REASON} characters, found {found}.",
            "Say why: whoever reads the history later has nothing else.",
        )
    return reason


def _open_proposal(reader: Reader, name: str, number: int) -> Proposal:
    found = reader.proposal(name, number)
    if found is None:
        raise DeployRefused(
            "deploy.no-proposal",
            f"Expected proposal {number} of '{name}', found none.",
            f"List them with `wenzheng definitions show {name}`.",
        )
    if found.state != "open":
        raise DeployRefused(
            "deploy.decided",
            f"Expected an open proposal, found {number} of '{name}' {found.state} by {found.decided_by}.",
            "Look at the history; propose the version again if it is still wanted.",
        )
    return found


def _unchanged(reader: Reader, name: str, expected: str | None) -> None:
    if reader.current_definition(name) == expected:
        return
    last = next(iter(reader.deployments(name)), None)
    who = f"{last.digest[:12]}, deployed by {last.by or 'the program'}: {last.reason}" if last else "none"
    raise DeployRefused(
        "deploy.changed",
        f"Expected version {(expected or 'none')[:12]} of '{name}' to be current, found {who}",
        "Compare with it (`wenzheng definitions diff`), then deploy again.",
    )
