"""Incidents over the API: what has stopped, why, and what an operator does about it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from wenzheng.petitions.masking import mask
from wenzheng.store import Reader
from wenzheng.store.views.incidents import Incident
from wenzheng.web.acts import new_act_id
from wenzheng.web.answering import Choices
from wenzheng.web.api.letters import Key, one_act_id
from wenzheng.web.incidents import (
    ANSWER,
    LONGEST_REASON,
    RETRY,
    SKIP,
    Wish,
    cause,
    choices_of,
    incident_of,
    name_of,
    resolve,
)
from wenzheng.web.schemas.fields import ACT_ID_HELP, ActId, Input, Written
from wenzheng.web.security import Given, Staff

router = APIRouter(prefix="/incidents", tags=["incidents"])


class IncidentView(BaseModel):
    """An element that stopped. `letter` is the number of the letter whose handling it belongs to.

    `action` is how it was resolved: retry, skip, answer, or cancelled when nobody need decide any more.
    """

    id: str
    letter: str | None
    instance: str
    process: str | None
    element: str
    code: str
    message: str
    raised_at: datetime
    resolved_at: datetime | None
    action: str | None
    resolved_by: str | None
    reason: str | None


class Incidents(BaseModel):
    """Incidents: the open ones the longest waiting first, the resolved ones the latest first."""

    open: int
    items: list[IncidentView]


class FlowView(BaseModel):
    """A sequence flow that an answer may name, and where it leads."""

    flow: str
    to: str
    name: str


class IncidentDetail(IncidentView):
    """An incident with what may be done about it.

    `actions` is null when the process engine cannot be asked just now. `output` says which values an answer
    gives, by name their type; null where any are taken.
    """

    name: str | None
    type: str | None
    actions: list[str] | None
    flows: list[FlowView]
    output: dict[str, str] | None


class Resolved(IncidentView):
    """A resolved incident, with what else is open in the same instance: a retry may have stopped again."""

    act_id: str
    open: list[str]


class Decide(Input):
    """Why an operator retries or skips."""

    reason: Annotated[str, Field(min_length=1, max_length=LONGEST_REASON), Written]
    act_id: ActId | None = Field(None, description=ACT_ID_HELP)


class Answer(Decide):
    """What an operator answers in place of the element: the values of a service, or `flow`."""

    data: dict[str, Any] = Field(default_factory=dict)


def _view(incident: Incident) -> dict[str, Any]:
    return {
        "id": name_of(incident),
        "letter": incident.number,
        "instance": incident.instance,
        "process": incident.process,
        "element": incident.element,
        "code": incident.code,
        "message": cause(incident),
        "raised_at": incident.raised_at,
        "resolved_at": incident.resolved_at,
        "action": incident.action,
        "resolved_by": incident.actor,
        "reason": mask(incident.reason) if incident.reason else None,
    }


@router.get("")
async def incidents(
    given: Given,
    show: Literal["open", "resolved"] = "open",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Incidents:
    """What has stopped and waits for an operator; or what was resolved."""

    def ask(reader: Reader) -> Incidents:
        found = reader.incidents(limit=limit) if show == "open" else reader.resolved_incidents(limit=limit)
        return Incidents(
            open=reader.open_incidents(), items=[IncidentView(**_view(incident)) for incident in found]
        )

    return await given.read(ask)


@router.get("/{incident}")
async def read(incident: str, given: Given) -> IncidentDetail:
    """One incident, with what may be done about it."""
    found = await incident_of(given, incident)
    return _detail(found, await choices_of(given, found))


def _detail(incident: Incident, choices: Choices | None) -> IncidentDetail:
    nothing: list[str] | None = [] if incident.resolved_at is not None else None
    return IncidentDetail(
        **_view(incident),
        name=choices.name if choices else None,
        type=choices.type if choices else None,
        actions=list(choices.actions) if choices else nothing,
        flows=[FlowView(flow=flow, to=to, name=choices.names[flow]) for flow, to in choices.flows.items()]
        if choices
        else [],
        output=dict(choices.output) if choices and choices.output is not None else None,
    )


@router.post("/{incident}/retry")
async def retry(incident: str, body: Decide, given: Given, who: Staff, key: Key = None) -> Resolved:
    """Let the element try again: after a repair of what it needs."""
    return await _resolve(given, Wish(who, incident, RETRY, body.reason, _name(key, body)))


@router.post("/{incident}/skip")
async def skip(incident: str, body: Decide, given: Given, who: Staff, key: Key = None) -> Resolved:
    """Go on behind the element as if it had done its work, without what it would have given."""
    return await _resolve(given, Wish(who, incident, SKIP, body.reason, _name(key, body)))


@router.post("/{incident}/answer")
async def answer(incident: str, body: Answer, given: Given, who: Staff, key: Key = None) -> Resolved:
    """Give in place of the element what it was to give: a service's values, or the flow to take."""
    return await _resolve(given, Wish(who, incident, ANSWER, body.reason, _name(key, body), body.data))


def _name(key: str | None, body: Decide) -> str:
    return one_act_id(key, body) or new_act_id()


async def _resolve(given: Given, wish: Wish) -> Resolved:
    done = await resolve(given, wish)

    def ask(reader: Reader) -> list[str]:
        return [name_of(one) for one in reader.incidents() if one.instance == done.instance]

    still = [name for name in await given.read(ask) if name != name_of(done)]
    return Resolved(**_view(done), act_id=wish.act_id, open=still)
