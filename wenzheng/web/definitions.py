"""Definitions as administrators see and change them, for the API and the pages: refusals become problems."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, TypeVar

from starlette.concurrency import run_in_threadpool

from wenzheng.catalog.bundle import SUFFIXES, Bundle
from wenzheng.deploying import NAME, Checked, DeployRefused, Order, Outcome
from wenzheng.engine.findings import DefinitionRefused, Finding
from wenzheng.store.views.definitions import Deployment, Proposal
from wenzheng.web.problems import Fault, Problem, shown
from wenzheng.web.services import Services

T = TypeVar("T")
STATUS: Final = {
    "deploy.changed": 409,
    "deploy.decided": 409,
    "deploy.four-eyes": 409,
    "deploy.losses": 409,
    "deploy.who": 403,
    "deploy.unknown": 404,
    "deploy.no-proposal": 404,
}
"""The status of a refusal, where it is not 422."""
MOST_FILES: Final = 200
_PATH: Final = re.compile(r"(?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_-][A-Za-z0-9_.-]*")


async def asked(work: Callable[[], T]) -> T:
    """Ask the workshop, in a thread. Raises Problem for what it refuses."""
    try:
        return await run_in_threadpool(work)
    except DefinitionRefused as refused:
        detail = "The definition is refused as it stands; nothing has changed."
        raise Problem(
            422, "definition-refused", detail, [fault(one) for one in refused.findings]
        ) from refused
    except DeployRefused as refused:
        lost = [change.as_json() for change in refused.losses]
        extra = {"losses": lost} if lost else {}
        status = STATUS.get(refused.code, 422)
        raise Problem(status, refused.code, f"{refused.message} {refused.hint}", extra=extra) from refused


def fault(finding: Finding) -> Fault:
    """A finding as the API tells faults: its place stands in the pointer's."""
    place = finding.position
    return Fault(
        pointer=f"{place.file}:{place.line}:{place.column}{finding.came_from}",
        expected=finding.rule,
        found=finding.message,
        hint=finding.hint,
    )


async def current(given: Services, name: str) -> Bundle | None:
    """The version of a name that counts."""
    return await asked(lambda: given.workshop.current(name))


async def version(given: Services, name: str, digest: str) -> Bundle:
    """A version of that name that is kept, deployed or not. Raises Problem 404."""
    found = await asked(lambda: given.workshop.bundle(digest))
    if found.name != name:
        raise Problem(404, "deploy.unknown", f"Version {shown(digest)} is none of '{shown(name)}'.")
    return found


async def checked(given: Services, bundle: Bundle) -> Checked:
    """What is to be said of a version before it comes into force."""
    return await asked(lambda: given.workshop.check(bundle))


async def history(given: Services, name: str) -> tuple[list[Deployment], list[Proposal]]:
    """Every time a version came into force, and what was proposed; the last first. Raises Problem 404."""
    found = await given.read(lambda reader: (reader.deployments(name), reader.proposals(name)))
    if not any(found):
        raise Problem(404, "not-found", f"There is no definition '{shown(name)}' here.")
    return found


def edited(bundle: Bundle, files: Mapping[str, bytes], *, without: frozenset[str] = frozenset()) -> Bundle:
    """A version with some files in place of its own, and without some. Raises Problem 422."""
    wrong = [name for name in files if _PATH.fullmatch(name) is None or not name.endswith(SUFFIXES)]
    if wrong or len(files) > MOST_FILES:
        faults = [
            Fault(
                pointer=f"#/files/{shown(name)}",
                expected=f"a plain path that ends in {', '.join(SUFFIXES)}",
                found=shown(name),
                hint="Rename the file.",
            )
            for name in wrong
        ]
        raise Problem(422, "bad-files", "These files cannot be part of a definition.", faults)
    kept = {name: content for name, content in bundle.files.items() if name not in without}
    return replace(bundle, files=kept | dict(files))


async def begun(given: Services, name: str, files: Mapping[str, bytes]) -> Bundle:
    """Keep the first version of a name that nothing is called by yet; it counts once it is deployed.

    Raises Problem 422 for what cannot be a definition or its name, 409 for a name that is taken.
    """
    if NAME.fullmatch(name) is None:
        detail = f"Expected a name of ASCII letters, digits, '-' and '_', found '{shown(name)}'."
        raise Problem(422, "deploy.name", detail)
    if not files:
        raise Problem(422, "deploy.empty", "Expected a text or files of the definition, found none.")
    taken = await given.read(lambda reader: bool(reader.deployments(name) or reader.proposals(name)))
    if taken:
        detail = f"There is a definition '{shown(name)}' already; change that one, or choose another name."
        raise Problem(409, "deploy.taken", detail)
    made = edited(Bundle(name, {}), files)
    await asked(lambda: given.workshop.keep(made))
    return made


async def deploy(given: Services, bundle: Bundle, order: Order) -> Outcome:
    """Put a version in force, or propose it."""
    return await asked(lambda: given.workshop.deploy(bundle, order))


async def decide(
    given: Services, name: str, number: int, *, by: str, reason: str, agree: bool
) -> Outcome | Proposal:
    """Agree to a proposal, or refuse it."""
    workshop = given.workshop
    if agree:
        return await asked(lambda: workshop.approve(name, number, by=by, reason=reason))
    return await asked(lambda: workshop.refuse(name, number, by=by, reason=reason))
