"""The forum over the API: sessions, their steps, and what is said to them at any time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from wenzheng.petitions.forms import fields_of, in_two_languages
from wenzheng.petitions.guides import StepGuide
from wenzheng.store.forum import SessionRow
from wenzheng.web.acts import new_act_id
from wenzheng.web.api.letters import Key, one_act_id
from wenzheng.web.deadlines import explained
from wenzheng.web.forum import SessionView, do_step, open_session, send, session_view, sessions
from wenzheng.web.forum_acts import Wish
from wenzheng.web.problems import Problem, shown
from wenzheng.web.schemas.acts import Perform
from wenzheng.web.schemas.clocks import ClockReasons
from wenzheng.web.schemas.desk import FieldView
from wenzheng.web.schemas.fields import ACT_ID_HELP, ActId, Input
from wenzheng.web.security import Given, Staff
from wenzheng.web.tasks import field_view

router = APIRouter(prefix="/forum", tags=["forum"])

State = Literal["pending", "running", "completed", "cancelled", "failed"]


class Opening(Input):
    """A new session of the forum."""

    title: str = Field(description="What people read in lists, such as its month; one line")
    session_on: date = Field(description="The day planned; it may be postponed")
    act_id: ActId | None = Field(None, description=ACT_ID_HELP)


class Said(Input):
    """A message to a session: its form's values by field, texts as they were written."""

    data: dict[str, Any] = Field(default_factory=dict)
    act_id: ActId | None = Field(None, description=ACT_ID_HELP)


class ForumSession(BaseModel):
    """A session and where it stands. `stage` is the latest fact; `outcome` is known when it has ended."""

    id: str
    number: str
    title: str
    session_on: date
    planned_on: date
    state: State
    stage: str
    outcome: str | None
    opened_by: str
    opened_at: datetime
    ended_at: datetime | None


class ForumSessions(BaseModel):
    """All sessions, the latest opened first."""

    items: list[ForumSession]


class GuidedField(FieldView):
    """A field; a text may begin with its template, by language."""

    template: dict[str, str]


class ForumTask(BaseModel):
    """An open step that the caller may do, with what they should know and the form."""

    task_id: str
    element: str
    names: dict[str, str]
    role: str
    unit: str | None
    opened_at: datetime
    guidance: dict[str, str]
    fields: list[GuidedField]


class ForumMessage(BaseModel):
    """What the caller may send: postpone, change the guest, cancel."""

    element: str
    names: dict[str, str]
    role: str
    guidance: dict[str, str]
    fields: list[GuidedField]


class OpenStep(BaseModel):
    """A step that waits for somebody else."""

    element: str
    names: dict[str, str]
    role: str
    unit: str | None


class ForumText(BaseModel):
    """A text of the session; `kind` is the field that it was written in."""

    id: str
    kind: str
    text: str
    by: str
    unit: str | None
    at: datetime


class ForumMatter(BaseModel):
    """A letter that a matter of the session has become: `stage` is its latest fact, as of every letter.

    It is open while `ended_at` is null; `outcome` says how it ended.
    """

    number: str
    title: str
    kind: str
    unit: str
    promised_by: date | None
    due: date
    stage: str
    ended_at: datetime | None
    outcome: str | None


class ForumClock(BaseModel):
    """A running clock of the session, with its limits: id, last day, lamp."""

    clock: str
    name: str
    limits: list[dict[str, Any]]


class ForumSessionDetail(ForumSession):
    """A session as the caller sees it."""

    tasks: list[ForumTask]
    others: list[OpenStep]
    messages: list[ForumMessage]
    texts: list[ForumText]
    matters: list[ForumMatter]
    clocks: list[ForumClock]


@dataclass(frozen=True)
class Sender:
    """The signed-in person and the services, as every act needs them."""

    services: Given
    who: Staff
    key: Key = None

    def wish(self, ref: str, element: str, body: Perform | Said) -> Wish:
        """The act that a body asks for, in this person's name."""
        act_id = one_act_id(self.key, body) or new_act_id()
        task_id = body.task_id if isinstance(body, Perform) else None
        return Wish(self.who, ref, element, act_id, body.data, task_id)


By = Annotated[Sender, Depends()]


@router.get("")
async def list_sessions(given: Given, _who: Staff) -> ForumSessions:
    """The sessions of the forum."""
    return ForumSessions(items=[_session(row) for row in await sessions(given)])


@router.post("", status_code=201)
async def open_one(body: Opening, given: Given, who: Staff, key: Key = None) -> ForumSession:
    """Open a session; its first step begins at once, or as soon as the process engine is back."""
    act_id = one_act_id(key, body) or new_act_id()
    return _session(await open_session(given, who, body.title, body.session_on, act_id))


@router.get("/{ref}")
async def session(ref: str, given: Given, who: Staff) -> ForumSessionDetail:
    """A session by its number: what is mine to do, with guidance and forms, and all that was said."""
    return _detail(await session_view(given, ref, who))


@router.get("/{ref}/clocks/{clock}")
async def clock_reasons(ref: str, clock: str, given: Given, who: Staff) -> ClockReasons:
    """Why the limits of a session's clock are over when they are: rule, day 0, special days, notices."""
    view = await session_view(given, ref, who)
    found = next((one for one in view.clocks if one.clock == clock), None)
    if found is None:
        names = ", ".join(one.clock for one in view.clocks)
        detail = f"Expected a running clock of the session ({names or 'it has none'}), found {shown(clock)}."
        raise Problem(404, "no-clock", f"{detail} GET /api/forum/{{ref}} lists them.")
    return explained(found, view.counted_by(found, given.calendar))


@router.post("/{ref}/tasks/{element}")
async def do(ref: str, element: str, body: Perform, by: By) -> ForumSessionDetail:
    """Complete an open step with its form."""
    return _detail(await do_step(by.services, by.wish(ref, element, body)))


@router.post("/{ref}/messages/{element}")
async def say(ref: str, element: str, body: Said, by: By) -> ForumSessionDetail:
    """Postpone a session, change its guest, or cancel it."""
    return _detail(await send(by.services, by.wish(ref, element, body)))


def _session(row: SessionRow) -> ForumSession:
    return ForumSession.model_validate({name: getattr(row, name) for name in ForumSession.model_fields})


def _detail(view: SessionView) -> ForumSessionDetail:
    none = StepGuide()

    def names(element: str, name: str) -> dict[str, str]:
        return dict(view.guides.get(element, none).names) or {"zh": name}

    tasks = [
        ForumTask(
            task_id=task.task_id,
            element=task.element,
            names=names(task.element, task.name),
            role=task.role,
            unit=task.unit_id,
            opened_at=task.opened_at,
            guidance=dict(view.guides.get(task.element, none).guidance),
            fields=_fields(task.fields, view.guides.get(task.element, none)),
        )
        for task in view.mine
    ]
    messages = [
        ForumMessage(
            element=one.element,
            names=dict(one.guide.names),
            role=one.role,
            guidance=dict(one.guide.guidance),
            fields=_fields(one.fields, one.guide),
        )
        for one in view.offers
    ]
    others = [
        OpenStep(
            element=task.element, names=names(task.element, task.name), role=task.role, unit=task.unit_id
        )
        for task in view.others
    ]
    return ForumSessionDetail(
        **_session(view.row).model_dump(),
        tasks=tasks,
        others=others,
        messages=messages,
        texts=[
            ForumText(id=one.id, kind=one.kind, text=one.text, by=one.author, unit=one.unit_id, at=one.at)
            for one in view.texts
        ],
        matters=[
            ForumMatter(
                unit=one.unit_id,
                **{name: getattr(one, name) for name in ForumMatter.model_fields if name != "unit"},
            )
            for one in view.matters
        ],
        clocks=[
            ForumClock(
                clock=one.clock,
                name=one.name,
                limits=[{key: limit.get(key) for key in ("id", "due", "lamp")} for limit in one.thresholds],
            )
            for one in view.clocks
        ],
    )


def _fields(rows: Any, guide: StepGuide) -> list[GuidedField]:
    return [
        GuidedField(**field_view(item).model_dump(), template=dict(guide.templates.get(item.id, {})))
        for item in fields_of(in_two_languages(rows))
    ]
