"""How versions of definitions are printed: for people, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from wenzheng.catalog.bundle import Bundle
    from wenzheng.catalog.changes.change import Change
    from wenzheng.deploying import Checked, Outcome
    from wenzheng.store.views.definitions import Deployment, Proposal

SHORT: Final = 12
"""Digits of a digest that people read; commands take them in place of the whole."""
Row = tuple[str, "Deployment | None", int]


def deployment_json(deployment: Deployment | None) -> dict[str, Any] | None:
    """A deployment for programs."""
    return None if deployment is None else asdict(deployment) | {"at": deployment.at.isoformat()}


def proposal_json(proposal: Proposal | None) -> dict[str, Any] | None:
    """A proposal for programs."""
    if proposal is None:
        return None
    decided = proposal.decided_at.isoformat() if proposal.decided_at else None
    return asdict(proposal) | {"at": proposal.at.isoformat(), "decided_at": decided}


def row_json(name: str, current: Deployment | None, proposals: int) -> dict[str, Any]:
    """A definition with its current version."""
    return {"name": name, "current": deployment_json(current), "open_proposals": proposals}


def rows(found: Sequence[Row]) -> str:
    """All definitions."""
    from wenzheng.cli.petition_output import table

    if not found:
        return "No definition is deployed here; `wenzheng run` deploys those that came with it."
    head = ("name", "version", "digest", "since", "by", "reason", "proposals")
    return table(head, [_row(*row) for row in found])


def _row(name: str, current: Deployment | None, proposals: int) -> tuple[Any, ...]:
    if current is None:
        return (name, "-", "-", "-", "-", "-", proposals)
    since = f"{current.at:%Y-%m-%d %H:%M}Z"
    by = current.by or "the program"
    return (name, current.number, current.digest[:SHORT], since, by, current.reason, proposals)


def changes(found: Iterable[Change] | None, language: str) -> list[str]:
    """Changes as sentences, what is lost first of all."""
    if found is None:
        return ["  Nothing to compare with: no version was current that can run."]
    listed = sorted(found, key=lambda change: not change.loses)
    sign = {True: "! ", False: "  "}
    return [f"{sign[change.loses]}{change.sentence(language)}" for change in listed] or ["  No change."]


def checked_json(checked: Checked) -> dict[str, Any]:
    """A version that was only looked at."""
    return {
        "name": checked.bundle.name,
        "digest": checked.bundle.digest,
        "current": checked.current,
        "changes": None if checked.changes is None else [change.as_json() for change in checked.changes],
        "findings": [finding.as_dict() for finding in checked.findings],
    }


def checked(found: Checked, language: str) -> str:
    """A version that was only looked at."""
    before = found.current[:SHORT] if found.current else "none"
    head = (
        f"{found.bundle.name}: {found.bundle.digest[:SHORT]} in place of {before}; nothing is deployed yet."
    )
    return "\n".join([head, *changes(found.changes, language), *map(str, found.findings)])


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """What came of a deployment or an approval."""
    return checked_json(outcome.checked) | {
        "known": outcome.known,
        "deployment": deployment_json(outcome.deployment),
        "proposal": proposal_json(outcome.proposal),
    }


def outcome(found: Outcome, language: str) -> str:
    """What came of a deployment or an approval."""
    short = found.digest[:SHORT]
    if found.known:
        return f"{found.name} {short} is in force already; nothing has changed."
    lines = changes(found.checked.changes, language) + [str(one) for one in found.checked.findings]
    if found.deployment is None and found.proposal is not None:
        number = found.proposal.number
        return "\n".join(
            [
                f"Proposed {found.name} {short}; it comes into force when another administrator agrees:",
                *lines,
                f"`wenzheng definitions approve {found.name} {number} --reason WHY`, or refuse.",
            ]
        )
    assert found.deployment is not None  # one or the other
    return "\n".join(
        [
            f"Deployed {found.name} {short} as version {found.deployment.number}:",
            *lines,
            "New letters and sessions take it; running ones keep theirs.",
        ]
    )


def diff_json(before: Bundle, after: Bundle, found: Sequence[Change]) -> dict[str, Any]:
    """What differs between two versions."""
    return {
        "before": {"name": before.name, "digest": before.digest},
        "after": {"name": after.name, "digest": after.digest},
        "changes": [change.as_json() for change in found],
    }


def diff(before: Bundle, after: Bundle, found: Sequence[Change], language: str) -> str:
    """What differs between two versions."""
    head = f"{before.name} {before.digest[:SHORT]} → {after.name} {after.digest[:SHORT]}"
    return "\n".join([head, *changes(found, language)])


def history_json(
    name: str, bundle: Bundle | None, history: Sequence[Deployment], proposals: Sequence[Proposal]
) -> dict[str, Any]:
    """A definition with all that happened to it."""
    files = {} if bundle is None else {file: len(data) for file, data in bundle.files.items()}
    return {
        "name": name,
        "digest": bundle.digest if bundle is not None else None,
        "files": files,
        "deployments": [deployment_json(one) for one in history],
        "proposals": [proposal_json(one) for one in proposals],
    }


def counted_by(calendars: Mapping[str, str | None]) -> list[str]:
    """By which calendar each process is counted."""
    city = "the city's calendar"
    return [f"{name} is counted by {chosen or city}." for name, chosen in calendars.items()]


def history(
    name: str, bundle: Bundle | None, found: Sequence[Deployment], proposals: Sequence[Proposal]
) -> str:
    """A definition with all that happened to it."""
    from wenzheng.cli.petition_output import table

    lines = []
    if bundle is not None:
        lines += [f"{name} {bundle.digest}", *(f"  {file}" for file in sorted(bundle.files)), ""]
    head = ("version", "digest", "since", "by", "agreed", "reason")
    lines.append(
        table(
            head,
            [
                (one.number, one.digest[:SHORT], f"{one.at:%Y-%m-%d %H:%M}Z", one.by or "the program",
                 one.approved_by or "-", one.reason)
                for one in found
            ],
        )
    )  # fmt: skip
    for one in proposals:
        decided = f", {one.decided_by}: {one.decided_reason}" if one.decided_by else ""
        lines.append(
            f"Proposal {one.number}: {one.digest[:SHORT]} by {one.by}: {one.reason} [{one.state}{decided}]"
        )
    return "\n".join(lines)
