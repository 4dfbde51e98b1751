"""Definitions over the API, for process administrators: versions, differences, deploying, proposals."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from wenzheng.catalog.bundle import Bundle
from wenzheng.catalog.changes.change import Change
from wenzheng.deploying import Checked, Order, Outcome
from wenzheng.store import Reader
from wenzheng.store.views.definitions import Deployment, Proposal
from wenzheng.web import definitions
from wenzheng.web.problems import Problem
from wenzheng.web.security import Given, Staff

router = APIRouter(prefix="/definitions", tags=["definitions"])

_DIGEST: Final = "^[0-9a-f]{6,64}$"
Name = Annotated[str, Path(description="Name of a definition, such as petition.")]
Digest = Annotated[str, Path(description="Digest of a version, or its first digits.")]


class DeploymentView(BaseModel):
    """A version that came into force: by whom, when, why, in place of which. `by` null: the program."""

    number: int
    digest: str
    before: str | None
    by: str | None
    reason: str
    approved_by: str | None
    at: datetime


class ProposalView(BaseModel):
    """A version that waits, or waited, for a second person; `state` is open, approved, refused, withdrawn."""

    number: int
    digest: str
    before: str | None
    by: str
    reason: str
    at: datetime
    state: str
    decided_by: str | None
    decided_reason: str | None
    decided_at: datetime | None


class Current(BaseModel):
    """A definition and the version that counts."""

    name: str
    current: DeploymentView | None
    open_proposals: int


class Definitions(BaseModel):
    """All definitions; `approval` says whether a second person has to agree."""

    approval: bool
    items: list[Current]


class History(BaseModel):
    """A definition with all that happened to it, the last first."""

    name: str
    deployments: list[DeploymentView]
    proposals: list[ProposalView]


class VersionView(BaseModel):
    """A version: its files, what is found on it, and what it changes in the one that counts.

    `calendars` names the calendar of each process that can run; null is the city's.
    """

    name: str
    digest: str
    current: str | None
    files: dict[str, str]
    runs: bool
    calendars: dict[str, str | None]
    findings: list[dict[str, Any]]
    changes: list[dict[str, Any]] | None


class Changes(BaseModel):
    """What differs between two versions; each with a stable code and a sentence in both languages."""

    before: str
    after: str
    changes: list[dict[str, Any]]


class Wish(BaseModel):
    """A version to be put in force: its files, or the digest of one that is kept."""

    files: dict[str, str] | None = Field(default=None, description="Text of every file by its path.")
    digest: str | None = Field(default=None, pattern=_DIGEST)
    reason: str = Field(description="Why; kept in the history.")
    expected: str | None = Field(
        description="Digest of the version that you compared with; null where none is deployed."
    )
    accept_losses: bool = Field(default=False, description="Roles, choices or messages may fall away.")
    dry_run: bool = Field(default=False, description="Only say what it would change.")


class Reason(BaseModel):
    """Why somebody decides like that."""

    reason: str


class Result(BaseModel):
    """What came of it: a deployment, or a proposal; neither for a dry run. `known`: nothing was to do."""

    name: str
    digest: str
    known: bool
    deployment: DeploymentView | None
    proposal: ProposalView | None
    findings: list[dict[str, Any]]
    changes: list[dict[str, Any]] | None


@router.get("")
async def listed(given: Given) -> Definitions:
    """Every definition with the version that counts: since when, by whom and why."""

    def ask(reader: Reader) -> list[Current]:
        return [
            Current(
                name=name,
                current=_deployment(next(iter(reader.deployments(name)), None)),
                open_proposals=len(reader.proposals(name, only_open=True)),
            )
            for name in reader.definition_names()
        ]

    approval = await definitions.asked(given.workshop.needs_approval)
    return Definitions(approval=approval, items=await given.read(ask))


@router.get("/{name}")
async def show(name: Name, given: Given) -> History:
    """Every version that was in force, and what was proposed."""
    deployments, proposals = await definitions.history(given, name)
    return History(
        name=name,
        deployments=[DeploymentView.model_validate(asdict(one)) for one in deployments],
        proposals=[ProposalView.model_validate(asdict(one)) for one in proposals],
    )


@router.get("/{name}/versions/{digest}")
async def version(name: Name, digest: Digest, given: Given) -> VersionView:
    """A version's files, what is found on them, and what it would change."""
    bundle = await definitions.version(given, name, digest)
    checked = await definitions.checked(given, bundle)
    return VersionView(
        name=name,
        digest=bundle.digest,
        current=checked.current,
        files={path: content.decode("utf-8", "replace") for path, content in bundle.files.items()},
        runs=checked.runs,
        calendars=dict(checked.calendars),
        findings=[finding.as_dict() for finding in checked.findings],
        changes=_changes(checked.changes),
    )


@router.get("/{name}/changes")
async def changes(
    name: Name,
    given: Given,
    before: Annotated[str, Query(pattern=_DIGEST)],
    after: Annotated[str, Query(pattern=_DIGEST)],
) -> Changes:
    """What differs between two versions, in words of the work."""
    one = await definitions.version(given, name, before)
    other = await definitions.version(given, name, after)
    found = await definitions.asked(lambda: given.workshop.differences(one, other))
    return Changes(before=one.digest, after=other.digest, changes=[change.as_json() for change in found])


@router.post("/{name}/deployments")
async def deploy(name: Name, wish: Wish, given: Given, who: Staff) -> Result:
    """Put a version in force, or propose it where a second person has to agree; a fault changes nothing."""
    bundle = await _wanted(given, name, wish)
    if wish.dry_run:
        checked = await definitions.checked(given, bundle)
        return _result(bundle, checked)
    order = Order(
        by=who.account,
        reason=wish.reason,
        expected=wish.expected,
        looked=True,
        losses_seen=wish.accept_losses,
    )
    return _outcome(await definitions.deploy(given, bundle, order))


@router.post("/{name}/proposals/{number}/approve")
async def approve(name: Name, number: int, body: Reason, given: Given, who: Staff) -> Result:
    """Agree to another administrator's proposal: its version comes into force."""
    found = await definitions.decide(given, name, number, by=who.account, reason=body.reason, agree=True)
    assert isinstance(found, Outcome)
    return _outcome(found)


@router.post("/{name}/proposals/{number}/refuse")
async def refuse(name: Name, number: int, body: Reason, given: Given, who: Staff) -> ProposalView:
    """Say no to a proposal, or take back one's own."""
    found = await definitions.decide(given, name, number, by=who.account, reason=body.reason, agree=False)
    assert isinstance(found, Proposal)
    return ProposalView.model_validate(asdict(found))


async def _wanted(given: Given, name: str, wish: Wish) -> Bundle:
    if (wish.files is None) == (wish.digest is None):
        raise Problem(422, "bad-request", "Give either files or the digest of a version that is kept.")
    if wish.digest is not None:
        return await definitions.version(given, name, wish.digest)
    files = {path: text.encode() for path, text in (wish.files or {}).items()}
    return definitions.edited(Bundle(name, {}), files)


def _result(bundle: Bundle, checked: Checked) -> Result:
    return Result(
        name=bundle.name,
        digest=bundle.digest,
        known=checked.current == bundle.digest,
        deployment=None,
        proposal=None,
        findings=[finding.as_dict() for finding in checked.findings],
        changes=_changes(checked.changes),
    )


def _outcome(outcome: Outcome) -> Result:
    told = {
        "known": outcome.known,
        "deployment": _deployment(outcome.deployment),
        "proposal": _proposal(outcome.proposal),
    }
    return _result(outcome.checked.bundle, outcome.checked).model_copy(update=told)


def _deployment(deployment: Deployment | None) -> DeploymentView | None:
    return None if deployment is None else DeploymentView.model_validate(asdict(deployment))


def _proposal(proposal: Proposal | None) -> ProposalView | None:
    return None if proposal is None else ProposalView.model_validate(asdict(proposal))


def _changes(found: tuple[Change, ...] | None) -> list[dict[str, Any]] | None:
    return None if found is None else [change.as_json() for change in found]
