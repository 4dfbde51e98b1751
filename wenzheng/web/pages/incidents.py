"""Incidents on pages: what has stopped, why, and the form by which an operator decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from wenzheng.petitions.masking import mask
from wenzheng.store import Reader
from wenzheng.store.messages import NOBODY
from wenzheng.store.views.incidents import Incident
from wenzheng.store.views.messages import MessageRow
from wenzheng.web.access import OPERATORS
from wenzheng.web.acts import act_id_of, new_act_id
from wenzheng.web.answering import FLOW, LONGEST, Choices, Misfit, typed
from wenzheng.web.i18n import Words
from wenzheng.web.incidents import (
    ACTIONS,
    ANSWER,
    LONGEST_REASON,
    BadAnswer,
    Wish,
    cause,
    choices_of,
    incident_of,
    name_of,
    resolve,
)
from wenzheng.web.pages.desk import At, Desk, page_number
from wenzheng.web.pages.render import is_genuine, render, see_other
from wenzheng.web.pages.render import typed as typed_fields
from wenzheng.web.pages.widgets import Widget
from wenzheng.web.problems import Problem

router = APIRouter()

_MOST_MESSAGES: Final = 100
_VALUE: Final = "value-"
"""Before the name of each control that holds a value of an answer."""
_FLOW: Final = "flow"
_KEPT: Final = ("action", "reason", "act_id")


@dataclass(frozen=True)
class _Attempt:
    """What was sent and did not go through: kept, so that nothing has to be typed again."""

    action: str = ""
    reason: str = ""
    act_id: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    late: bool = False


@router.get("/incidents")
async def listed(at: At) -> Response:
    """The open incidents; with `?show=resolved` those resolved, with `?show=messages` what nobody takes."""
    t, given, query = at.t, at.services, at.request.query_params
    if query.get("show") == "messages":
        return await _messages(at)
    resolved = query.get("show") == "resolved"
    page, size = page_number(query.get("page")), given.settings.page_size

    def ask(reader: Reader) -> tuple[list[dict[str, Any]], bool, int, int]:
        # One more than shown: it says whether there is a next page.
        offset, most = (page - 1) * size, size + 1
        found = (
            reader.resolved_incidents(offset=offset, limit=most)
            if resolved
            else reader.incidents(limit=offset + most)[offset:]
        )
        rows = [_row(t, one, _person(reader, one)) for one in found[:size]]
        return rows, len(found) > size, reader.open_incidents(), reader.messages_set_aside()

    rows, more, waiting, aside = await given.read(ask)
    here = f"/incidents?show={'resolved' if resolved else 'open'}"
    return render(
        at.request,
        "incidents.html",
        tabs=_tabs(t, waiting, aside),
        tab=here,
        resolved=resolved,
        incidents=rows,
        previous_url=f"{here}&page={page - 1}" if page > 1 else None,
        next_url=f"{here}&page={page + 1}" if more else None,
    )


def _tabs(t: Words, waiting: int, aside: int) -> list[tuple[str, str] | tuple[str, str, int]]:
    return [
        ("/incidents?show=open", t("incidents.open"), waiting),
        ("/incidents?show=messages", t("incidents.messages"), aside),
        ("/incidents?show=resolved", t("incidents.resolved")),
    ]


async def _messages(at: Desk) -> Response:
    """Messages between instances that were set aside: named, not what they say."""
    t = at.t

    def ask(reader: Reader) -> tuple[list[MessageRow], int, int]:
        found = reader.messages("set_aside", limit=_MOST_MESSAGES)
        return found, reader.open_incidents(), reader.messages_set_aside()

    found, waiting, aside = await at.services.read(ask)
    return render(
        at.request,
        "messages.html",
        tabs=_tabs(t, waiting, aside),
        tab="/incidents?show=messages",
        messages=[
            {
                "name": one.name,
                "key": one.key,
                "sender": one.instance,
                "since": one.since,
                "why": t("messages.nobody") if one.why == NOBODY else mask(one.why or ""),
            }
            for one in found
        ],
    )


def _row(t: Words, incident: Incident, by: str) -> dict[str, Any]:
    return {
        "id": name_of(incident),
        "where": incident.number or incident.instance,
        "process": incident.process or "",
        "element": incident.element,
        "code": incident.code,
        "kind": t.or_else(f"cause.{incident.code}", incident.code),
        "cause": cause(incident),
        "since": incident.raised_at,
        "action": t.or_else(f"incident.was.{incident.action}", incident.action or ""),
        "by": by,
        "at": incident.resolved_at,
        "reason": mask(incident.reason or ""),
    }


def _person(reader: Reader, incident: Incident) -> str:
    account = reader.account(incident.actor) if incident.actor else None
    return account.name if account else incident.actor or ""


@router.get("/incidents/{incident}")
async def look(incident: str, at: At) -> Response:
    """One incident with what may be done about it. Looking at it changes nothing."""
    return await _page(at, incident, _Attempt())


@router.post("/incidents/{incident}")
async def decide(incident: str, at: At) -> Response:
    """Do what the operator has decided; the first decision counts."""
    t = at.t
    form = await at.request.form(max_files=0, max_fields=200)
    kept = typed_fields(form, _KEPT)
    values = {
        name.removeprefix(_VALUE): text.replace("\r\n", "\n")
        for name, text in form.multi_items()
        if name.startswith(_VALUE) and isinstance(text, str)
    }
    if isinstance(flow := form.get(_FLOW), str):
        values[FLOW] = flow
    attempt = _Attempt(kept["action"], kept["reason"], act_id_of(kept["act_id"]), values)
    if not is_genuine(at.request, form):
        return await _page(at, incident, replace(attempt, errors={"action": t("error.expired")}), 403)
    errors = _wrong(t, attempt)
    if errors:
        return await _page(at, incident, replace(attempt, errors=errors), 422)
    found = await incident_of(at.services, incident)
    data = _data(await choices_of(at.services, found), attempt)
    wish = Wish(at.who, incident, attempt.action, attempt.reason, attempt.act_id, data)
    try:
        await resolve(at.services, wish)
    except Problem as problem:
        return await _not_done(at, incident, problem, attempt)
    return see_other(f"/incidents/{quote(incident, safe='')}?done=1")


def _wrong(t: Words, attempt: _Attempt) -> dict[str, str]:
    errors: dict[str, str] = {}
    if attempt.action not in ACTIONS:
        errors["action"] = t("error.incident.action")
    if not attempt.reason.strip() or len(attempt.reason) > LONGEST_REASON:
        errors["reason"] = t("error.incident.reason", most=LONGEST_REASON)
    return errors


def _data(choices: Choices | None, attempt: _Attempt) -> dict[str, Any]:
    """The values of an answer as the page's fields hold them; what is left empty is not there."""
    if attempt.action != ANSWER or choices is None:
        return {}
    if choices.flows:
        return {FLOW: attempt.values[FLOW]} if attempt.values.get(FLOW) else {}
    output = choices.output or {}
    return {
        name: typed(output.get(name), text if output.get(name) == "string" else text.strip())
        for name, text in attempt.values.items()
        if name != FLOW and (text.strip() or output.get(name) == "string")
    }


async def _not_done(at: Desk, incident: str, problem: Problem, attempt: _Attempt) -> Response:
    t = at.t
    if isinstance(problem, BadAnswer):
        separator = "：" if t.language == "zh" else ": "
        errors = {_control(one.field): one.field + separator + _expected(t, one) for one in problem.misfits}
        return await _page(at, incident, replace(attempt, errors=errors), 422)
    if problem.code == "bad-action":
        error = {"action": t("error.incident.not_here")}
        return await _page(at, incident, replace(attempt, errors=error), 422)
    if problem.status_code == 422:  # noqa: PLR2004 - the words are wrong
        return await _page(at, incident, replace(attempt, errors={"action": problem.detail}), 422)
    if problem.status_code == 503:  # noqa: PLR2004 - service unavailable
        error = {"action": t("error.incident.away")}
        return await _page(at, incident, replace(attempt, errors=error), 503)
    if problem.status_code != 409:  # noqa: PLR2004 - conflict
        raise problem
    return await _page(at, incident, replace(attempt, act_id="", late=True), 409)


def _expected(t: Words, wrong: Misfit) -> str:
    among = ("、" if t.language == "zh" else ", ").join(wrong.among)
    return t(f"expected.{wrong.expected}", among=among)


def _control(name: str) -> str:
    return _FLOW if name == FLOW else f"{_VALUE}{name}"


async def _page(at: Desk, ref: str, attempt: _Attempt, status: int = 200) -> Response:
    t, given = at.t, at.services
    found = await incident_of(given, ref)
    choices = await choices_of(given, found)
    may = at.who.role in OPERATORS

    def ask(reader: Reader) -> tuple[str, list[str]]:
        others = [one for one in reader.incidents() if one.instance == found.instance]
        return _person(reader, found), [name_of(one) for one in others if one != found]

    by, others = await given.read(ask)
    return render(
        at.request,
        "incident.html",
        status,
        incident=_row(t, found, by),
        name=choices.name if choices else found.element,
        type=t.or_else(f"element.{choices.type}", choices.type) if choices else "",
        others=others,
        open=found.resolved_at is None,
        away=found.resolved_at is None and choices is None,
        may=may,
        actions=[(one, t(f"incident.{one}")) for one in choices.actions] if choices else [],
        flows=list(choices.names.items()) if choices else [],
        widgets=_widgets(t, choices, attempt.values) if choices else [],
        attempt=attempt,
        act_id=attempt.act_id or new_act_id(),
        errors=dict(attempt.errors),
        done=at.request.query_params.get("done") and at.request.method == "GET",
        longest=LONGEST_REASON,
    )


def _widgets(t: Words, choices: Choices, held: Mapping[str, str]) -> list[Widget]:
    """A control for each value that an answer gives."""
    return [
        Widget(
            _control(name),
            _KINDS.get(kind, "input"),
            name,
            t(f"expected.{kind}", among=""),
            [("yes", t("answer.yes")), ("no", t("answer.no"))] if kind == "bool" else [],
            [held[name]] if name in held else [],
            LONGEST,
        )
        for name, kind in (choices.output or {}).items()
    ]


_KINDS: Final = {"bool": "radios", "list": "textarea", "map": "textarea"}
