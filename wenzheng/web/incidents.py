"""Incidents as an operator sees and resolves them: which branch stopped, why, and what may be done.

An operator reads no letter (defaults.md, "Who sees what"): shown are the letter's number, the element and
the cause with long numbers and addresses masked.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import anyio

from wenzheng import contracts
from wenzheng.contracts import ActResult, ResolveIncident
from wenzheng.gateways.ports import ActRefused, ProcessUnavailable
from wenzheng.petitions.masking import mask
from wenzheng.store import BadText, Conflict, Reader
from wenzheng.store.views.incidents import Incident
from wenzheng.web.acts import unstorable
from wenzheng.web.answering import Choices, Misfit, misfits
from wenzheng.web.problems import Fault, Problem, shown
from wenzheng.web.security import Principal
from wenzheng.web.services import Services

RETRY: Final = "retry"
SKIP: Final = "skip"
ANSWER: Final = "answer"
ACTIONS: Final = (RETRY, SKIP, ANSWER)
CANCELLED: Final = "cancelled"
"""Nobody need decide any more: the branch was cancelled or the instance has ended."""
LONGEST_REASON: Final = 2_000
_PAUSE: Final = 0.05
_GONE: Final = frozenset(
    {contracts.REFUSED_NOT_OPEN, contracts.REFUSED_ENDED, contracts.REFUSED_ALREADY_DONE}
)


@dataclass(frozen=True)
class Wish:
    """What an operator wants done about an incident, and why. `ref` is its name (`name_of`)."""

    who: Principal
    ref: str
    action: str
    reason: str
    act_id: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass
class BadAnswer(Problem):
    """An answer with something wrong in it; `misfits` say it for pages."""

    misfits: tuple[Misfit, ...] = ()

    __str__ = Problem.__str__


def name_of(incident: Incident) -> str:
    """What people and addresses call an incident: the letter's number, else the instance, and its own id."""
    return f"{incident.number or incident.instance}-{incident.incident_id}"


def cause(incident: Incident) -> str:
    """What went wrong, without what could identify a person."""
    return mask(incident.message)


async def incident_of(services: Services, ref: str) -> Incident:
    """The incident of a name. Raises Problem 404."""
    where, _, incident_id = ref.rpartition("-")

    def ask(reader: Reader) -> Incident | None:
        own = (one for one in reader.incidents_of_letter(where) if one.incident_id == incident_id)
        return next(own, None) or reader.incident(where, incident_id)

    found = await services.read(ask) if where and incident_id else None
    if found is None or name_of(found) != ref:
        detail = "There is no incident of this name. List them: GET /api/incidents."
        raise Problem(404, "no-incident", detail)
    return found


async def choices_of(services: Services, incident: Incident) -> Choices | None:
    """What may be done about an incident now; None when it is resolved or the engine cannot be asked."""
    if incident.resolved_at is not None:
        return None
    try:
        snapshot = await services.process.snapshot(incident.instance)
    except ProcessUnavailable:
        return None
    described = (one for one in snapshot.incidents if one["incident_id"] == incident.incident_id)
    return next(map(Choices.of, described), None)


async def resolve(services: Services, wish: Wish) -> Incident:
    """Do it once; the incident as it stands afterwards. Raises Problem with all that is wrong."""
    incident = await incident_of(services, wish.ref)
    choices = await choices_of(services, incident)
    if choices is not None:
        _check(wish, choices)
    await _keep(services, incident, wish)
    act = ResolveIncident(wish.act_id, incident.incident_id, wish.who.account, wish.action, wish.data)
    try:
        result = await _ask(services, incident, act)
    except ProcessUnavailable as error:
        if not error.not_started:
            raise _away() from error
        return await _recorded_or(services, incident, wish, _away())
    except ActRefused as error:
        if error.code == contracts.REFUSED_DATA:
            raise Problem(422, "bad-data", error.detail) from error
        if error.code not in _GONE:
            detail = f"{error.detail} Try again.".strip()
            raise Problem(503, "try-again", detail, headers={"Retry-After": "2"}) from error
        gone = Problem(409, "not-open", f"{wish.ref} does not wait for anybody. Look at it again.")
        return await _recorded_or(services, incident, wish, gone)
    if result.actor != wish.who.account:
        extra = {"by": result.actor, "at": result.at.isoformat()}
        raise Problem(409, "already-done", f"The act id is taken: {result.actor} used it.", extra=extra)
    return await _settled(services, incident)


def _check(wish: Wish, choices: Choices) -> None:
    """All that is wrong with a wish, before anything is asked for."""
    if wish.action not in choices.actions:
        allowed = ", ".join(choices.actions)
        fault = Fault(
            pointer="#/action",
            expected=f"one of {allowed}",
            found=wish.action,
            hint=f"'{choices.name}' is a {choices.type}: {_WHY[bool(choices.flows)]}",
        )
        detail = f"{wish.ref} cannot be resolved by {wish.action}."
        raise Problem(422, "bad-action", detail, [fault])
    wrong = misfits(choices, wish.data) if wish.action == ANSWER else []
    if wrong:
        faults = [
            Fault(
                pointer=f"#/data/{one.field}",
                expected=_EXPECTED.get(one.expected) or f"one of {', '.join(one.among) or 'none'}",
                found="nothing" if one.found is None else shown(one.found),
                hint="GET the incident to see what an answer holds.",
            )
            for one in wrong
        ]
        where = ", ".join(fault.pointer for fault in faults)
        detail = f"The answer to {wish.ref} has {len(faults)} fault(s): {where}."
        raise BadAnswer(422, "bad-data", detail, faults, misfits=tuple(wrong))


_WHY: Final = {
    True: "it has to choose a flow; name one with an answer, or let it choose again.",
    False: "only service tasks, and elements that have to choose a flow, take an answer.",
}
_EXPECTED: Final = {
    "string": "some text",
    "bool": "true or false",
    "int": "a whole number",
    "double": "a number",
    "date": "a date as YYYY-MM-DD",
    "timestamp": "an instant such as 2026-09-01T08:30:00Z",
    "list": "a list",
    "map": "an object",
}


async def _keep(services: Services, incident: Incident, wish: Wish) -> None:
    """Write down what is wanted and why, before it is done."""
    try:
        await services.write(
            lambda unit: unit.save_resolution(
                instance=incident.instance,
                act_id=wish.act_id,
                incident_id=incident.incident_id,
                action=wish.action,
                actor=wish.who.account,
                data=wish.data,
                reason=wish.reason,
                at=services.now(),
            )
        )
    except BadText as error:
        raise unstorable("#/reason", error) from error
    except Conflict as error:
        raise Problem(409, "act-id-taken", str(error)) from error


async def _ask(services: Services, incident: Incident, act: ResolveIncident) -> ActResult:
    """Ask the instance. While it writes its last rows it says "try again": wait a little for that."""
    deadline = time.monotonic() + services.settings.settle_seconds
    while True:
        try:
            return await services.process.resolve_incident(incident.instance, act)
        except ActRefused as error:
            if error.code != contracts.REFUSED_TRY_AGAIN or time.monotonic() >= deadline:
                raise
        await anyio.sleep(_PAUSE)


async def _recorded_or(services: Services, incident: Incident, wish: Wish, otherwise: Problem) -> Incident:
    """The incident, if it was this very act that resolved it; else who did, when and how."""
    latest = await services.read(lambda reader: reader.incident(incident.instance, incident.incident_id))
    if latest is None or latest.resolved_at is None:
        raise otherwise
    if (latest.act_id, latest.actor, latest.action) == (wish.act_id, wish.who.account, wish.action):
        return latest
    raise resolved_already(services, latest)


def resolved_already(services: Services, incident: Incident) -> Problem:
    """The refusal of a second decision: it says who was first, when and how."""
    assert incident.resolved_at is not None  # asked for resolved ones only
    at = f"{incident.resolved_at.astimezone(services.calendar.zone):%Y-%m-%d %H:%M}"
    extra: Mapping[str, Any] = {
        "by": incident.actor,
        "at": incident.resolved_at.isoformat(),
        "action": incident.action,
    }
    if incident.action == CANCELLED:
        detail = f"Nobody need decide about {name_of(incident)}: what had stopped was cancelled at {at}."
    else:
        detail = f"{incident.actor} resolved {name_of(incident)} at {at} by {incident.action}."
    return Problem(409, "already-done", detail, extra=extra)


def _away() -> Problem:
    detail = "The process engine cannot be reached just now. Nothing is lost: try again with the same act id."
    return Problem(503, "process-away", detail, headers={"Retry-After": "10"})


async def _settled(services: Services, incident: Incident) -> Incident:
    """The incident as the store shows it resolved; waits for that, but never long."""
    deadline = time.monotonic() + services.settings.settle_seconds
    while True:
        found = await services.read(lambda reader: reader.incident(incident.instance, incident.incident_id))
        latest = found or incident
        if latest.resolved_at is not None or time.monotonic() >= deadline:
            return latest
        await anyio.sleep(_PAUSE)
