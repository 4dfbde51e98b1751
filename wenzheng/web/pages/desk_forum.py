"""The forum at the desk: its sessions, and of each what is mine to do, with guidance beside the form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from wenzheng.petitions.forms import fields_of, in_two_languages
from wenzheng.petitions.guides import StepGuide, said_in
from wenzheng.petitions.roles import CENTRE
from wenzheng.store.forum import MatterRow
from wenzheng.store.views.instances import Task
from wenzheng.web.acts import act_id_of, new_act_id, task_id_of
from wenzheng.web.forum import (
    LONGEST_TITLE,
    MisfitForm,
    SessionView,
    do_step,
    open_session,
    send,
    session_view,
    sessions,
)
from wenzheng.web.forum_acts import Wish
from wenzheng.web.i18n import Words
from wenzheng.web.pages.desk import At, Desk, sections
from wenzheng.web.pages.labels import clock_card
from wenzheng.web.pages.render import is_genuine, render, see_other, typed
from wenzheng.web.pages.widgets import (
    TaskForm,
    error_texts,
    read_sent,
    sent_values,
    task_form,
)
from wenzheng.web.problems import Problem

router = APIRouter()

_OPENING: Final = ("title", "day-year", "day-month", "day-day", "act_id")
_REFUSED: Final = frozenset({403, 409, 422, 503})


@dataclass(frozen=True)
class _Asked:
    """A step or message as its form is built from it (widgets.Formed)."""

    element: str
    task_id: str
    name: str
    fact: str | None
    fields: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class _Attempt:
    """What somebody sent that did not go through."""

    element: str = ""
    act_id: str = ""
    sent: Mapping[str, Sequence[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


@router.get("/desk/forum")
async def forum(at: At) -> Response:
    """The sessions, and for the centre a form to open another."""
    return await _list(at, dict.fromkeys(_OPENING, ""), {})


@router.post("/desk/forum")
async def open_one(at: At) -> Response:
    """Open a session."""
    form = await at.request.form(max_files=0, max_fields=20)
    values = typed(form, _OPENING)
    if not is_genuine(at.request, form):
        return await _list(at, values, {"title": at.t("error.expired")}, 403)
    try:
        day = date(*(int(values[f"day-{part}"].strip()) for part in ("year", "month", "day")))
    except (ValueError, OverflowError):
        return await _list(at, values, {"day": at.t("error.forum.day")}, 422)
    try:
        row = await open_session(at.services, at.who, values["title"], day, act_id_of(values["act_id"]))
    except Problem as problem:
        if problem.status_code not in _REFUSED or not problem.faults:
            raise
        words = {"#/title": ("title", "error.forum.title"), "#/session_on": ("day", "error.forum.past")}
        known = [words[fault.pointer] for fault in problem.faults]
        errors = {name: at.t(key, most=LONGEST_TITLE) for name, key in known}
        return await _list(at, values, errors, 422)
    return see_other(f"/desk/forum/{row.number}")


async def _list(
    at: Desk, values: Mapping[str, str], errors: Mapping[str, str], status: int = 200
) -> Response:
    t = at.t
    rows = [
        {
            "number": row.number,
            "title": row.title,
            "day": row.session_on,
            "stage": _stage(t, row.stage, row.outcome),
        }
        for row in await sessions(at.services)
    ]
    return render(
        at.request,
        "desk_forum.html",
        status,
        sections=await sections(t, at.services, at.who),
        rows=rows,
        may_open=at.who.role in CENTRE,
        form=values,
        day={part: values[f"day-{part}"] for part in ("year", "month", "day")},
        act_id=values["act_id"] or new_act_id(),
        errors=errors,
    )


@router.get("/desk/forum/{number}")
async def one(number: str, at: At) -> Response:
    """A session: what is mine to do, what I may send, what was said, and the letters that came of it."""
    return await _page(at, number, _Attempt())


@router.post("/desk/forum/{number}/tasks/{element}")
async def act(number: str, element: str, at: At) -> Response:
    """Complete a step with what its form holds."""
    return await _sent(at, number, element, message=False)


@router.post("/desk/forum/{number}/messages/{element}")
async def say(number: str, element: str, at: At) -> Response:
    """Postpone, change the guest, cancel."""
    return await _sent(at, number, element, message=True)


async def _sent(at: Desk, number: str, element: str, *, message: bool) -> Response:
    form = await at.request.form(max_files=0, max_fields=500)
    view = await session_view(at.services, number, at.who)
    asked = next((one for one in _asked(at.t, view, message=message) if one.element == element), None)
    if asked is None:
        return await _page(at, number, _Attempt(errors={"forms": at.t("error.desk.gone")}), 409)
    fields = fields_of(in_two_languages(asked.fields))
    attempt = _Attempt(element, act_id_of(str(form.get("act_id", ""))), sent_values(fields, element, form))
    if not is_genuine(at.request, form):
        return await _page(at, number, replace(attempt, errors={"forms": at.t("error.expired")}), 403)
    task_id = task_id_of(str(form.get("task", "")))
    wish = Wish(at.who, number, element, attempt.act_id, read_sent(fields, attempt.sent), task_id)
    try:
        await (send if message else do_step)(at.services, wish)
    except MisfitForm as wrong:
        errors = error_texts(at.t, element, fields, wrong.misfits)
        return await _page(at, number, replace(attempt, errors=errors), 422)
    except Problem as problem:
        if problem.status_code not in _REFUSED:
            raise
        key = "error.desk.away" if problem.status_code == 503 else "error.desk.gone"  # noqa: PLR2004
        return await _page(at, number, replace(attempt, errors={"forms": at.t(key)}), problem.status_code)
    return see_other(f"/desk/forum/{view.row.number}?done=1")


def _asked(t: Words, view: SessionView, *, message: bool) -> list[_Asked]:
    if message:
        return [
            _Asked(one.element, "", said_in(one.guide.names, t.language), None, one.fields)
            for one in view.offers
        ]
    return [
        _Asked(task.element, task.task_id, _name(t, view, task), task.fact, task.fields) for task in view.mine
    ]


def _name(t: Words, view: SessionView, task: Task) -> str:
    guide = view.guides.get(task.element, StepGuide())
    return said_in(guide.names, t.language) or task.name


async def _page(at: Desk, number: str, attempt: _Attempt, status: int = 200) -> Response:
    t = at.t
    view = await session_view(at.services, number, at.who)
    row = view.row

    def unit(unit_id: str | None) -> str:
        found = view.units.get(unit_id or "")
        return "" if found is None else found.name_en if t.language == "en" else found.name_zh

    def form(asked: _Asked, guide: StepGuide) -> dict[str, Any]:
        tried = attempt.element == asked.element
        templates = {name: [said_in(texts, t.language)] for name, texts in guide.templates.items()}
        built: TaskForm = task_form(
            t,
            replace(asked, fields=in_two_languages(asked.fields)),
            attempt.act_id if tried else new_act_id(),
            view.units,
            sent=attempt.sent if tried else templates,
            errors=attempt.errors if tried else {},
            answering=True,
        )
        return {
            "form": replace(built, title=asked.name),
            "guidance": said_in(guide.guidance, t.language),
            "tried": tried,
        }

    now, calendar = at.services.now(), at.services.calendar
    guides = {one.element: one.guide for one in view.offers} | dict(view.guides)
    forms = [form(one, guides.get(one.element, StepGuide())) for one in _asked(t, view, message=False)]
    offers = {one.element: one.guide for one in view.offers}
    messages = [form(one, offers[one.element]) for one in _asked(t, view, message=True)]
    return render(
        at.request,
        "desk_session.html",
        status,
        sections=await sections(t, at.services, at.who),
        row=row,
        stage=_stage(t, row.stage, row.outcome),
        moved=row.session_on != row.planned_on,
        forms=forms,
        messages=messages,
        others=[(_name(t, view, task), unit(task.unit_id)) for task in view.others],
        texts=[
            {
                "label": _label(t, view, one.kind),
                "text": one.text,
                "at": one.at,
                "unit": unit(one.unit_id),
            }
            for one in view.texts
        ],
        matters=[
            {
                "number": one.number,
                "title": one.title,
                "kind": t.or_else(f"matter.{one.kind}", one.kind),
                "unit": unit(one.unit_id),
                "due": one.due,
                "state": _standing(t, one),
            }
            for one in view.matters
        ],
        clocks=[
            clock_card(t, clock, calendar, now, view.counted_by(clock, calendar), forum=True)
            for clock in view.clocks
        ],
        errors=dict(attempt.errors),
        done="done" in at.request.query_params and at.request.method == "GET",
    )


def _standing(t: Words, matter: MatterRow) -> str:
    """Where a matter's letter stands; at its end how it ended: "nobody was reached" is not "solved"."""
    said = matter.outcome if matter.ended_at is not None and matter.outcome else matter.stage
    return t.or_else(f"state.{'submitted' if said == 'received' else said}", said)


def _stage(t: Words, stage: str, outcome: str | None) -> str:
    return (
        t.or_else(f"forum.outcome.{outcome}", outcome)
        if outcome
        else t.or_else(f"forum.stage.{stage}", stage)
    )


def _label(t: Words, view: SessionView, kind: str) -> str:
    """What a text is called: the label of the field that it was written in."""
    rows = [row for record in view.records for row in record.data.get("fields", ()) if row["id"] == kind]
    rows += [row for one in view.offers for row in one.fields if row["id"] == kind]
    found = fields_of(in_two_languages(rows[:1]))
    return found[0].name(t.language) if found else t.or_else(f"forum.text.{kind}", kind)
