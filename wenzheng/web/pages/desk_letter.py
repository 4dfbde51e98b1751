"""A letter at the desk: everything this person may see of it, and the tasks they may do as forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from wenzheng import contracts
from wenzheng.petitions.forms import fields_of
from wenzheng.petitions.organisation import Organisation
from wenzheng.petitions.visibility import FieldGroup
from wenzheng.store import Reader
from wenzheng.store.views import Account, RecordRow, Task
from wenzheng.web import schemas
from wenzheng.web.acts import new_act_id
from wenzheng.web.deadlines import limit_rows
from wenzheng.web.i18n import Words
from wenzheng.web.lookup import no_letter, organisation
from wenzheng.web.notes import add_note, notes
from wenzheng.web.pages.desk import At, Desk, sections
from wenzheng.web.pages.labels import clock_name, events, status_key
from wenzheng.web.pages.render import is_genuine, render, see_other, typed
from wenzheng.web.pages.widgets import (
    TaskForm,
    error_texts,
    field_label,
    read_sent,
    sent_values,
    step_name,
    task_form,
)
from wenzheng.web.problems import Problem
from wenzheng.web.reading import open_letter
from wenzheng.web.security import Principal
from wenzheng.web.seeing import Sight
from wenzheng.web.services import Services
from wenzheng.web.tasks import BadForm, Completion, complete, mine
from wenzheng.web.views import Dossier, contents, timeline
from wenzheng.web.views import letter as view_of

router = APIRouter()


@dataclass(frozen=True)
class Attempt:
    """What somebody sent that did not go through: kept, so that nothing has to be typed again."""

    element: str = ""
    act_id: str = ""
    sent: Mapping[str, Sequence[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    late: str = ""
    """Who was quicker, and when."""
    lost: Sequence[tuple[str, str]] = ()
    """Labels and texts that were typed for a task that is no longer open."""
    note: str = ""


@router.get("/desk/letters/{number}")
async def desk_letter(number: str, at: At) -> Response:
    """The letter as this person's sight allows; a letter of others as the public sees it."""
    return await _page(at, number, Attempt())


@router.post("/desk/letters/{number}/tasks/{element}")
async def act(number: str, element: str, at: At) -> Response:
    """Complete a task with what its form holds."""
    t, given = at.t, at.services
    form = await at.request.form(max_files=0, max_fields=200)
    task_id = str(form.get("task", ""))
    act_id = str(form.get("act_id", "")) or new_act_id()
    task = await _task(given, number, element, task_id)
    if task is None:
        return await _page(at, number, Attempt(errors={"forms": t("error.desk.gone")}))
    fields = fields_of(task.fields)
    sent = sent_values(fields, element, form)
    if not is_genuine(at.request, form):
        again = Attempt(element, act_id, sent, {"forms": t("error.expired")})
        return await _page(at, number, again, 403)
    wish = Completion(at.who, number, element, act_id, read_sent(fields, sent), task_id or None)
    try:
        await complete(given, wish)
    except BadForm as problem:
        labels = {item.id: field_label(t, element, item) for item in fields}
        errors = error_texts(t, element, problem.misfits, labels)
        return await _page(at, number, Attempt(element, act_id, sent, errors), 422)
    except Problem as problem:
        return await _not_done(at, number, problem, task, Attempt(element, act_id, sent))
    return see_other(f"/desk/letters/{number}?done={act_id}")


async def _task(given: Services, number: str, element: str, task_id: str) -> Task | None:
    """The opening of a task that the form was made for, also when it is closed by now."""

    def ask(reader: Reader) -> Task | None:
        row = reader.petition(number)
        if row is None:
            return None
        named = (task for task in reader.tasks(instance=row.instance) if task.task_id == task_id)
        return next(named, None) or reader.task(row.instance, element)

    return await given.read(ask)


async def _not_done(at: Desk, number: str, problem: Problem, task: Task, attempt: Attempt) -> Response:
    """An act that was refused or could not be asked for: said on the letter's page, nothing typed is lost."""
    t = at.t
    if problem.status_code == 503:  # noqa: PLR2004 - service unavailable
        again = Attempt(attempt.element, attempt.act_id, attempt.sent, {"forms": t("error.desk.away")})
        return await _page(at, number, again, 503)
    if problem.status_code not in {409, 422}:
        raise problem
    labels = {item.id: field_label(t, task.element, item) for item in fields_of(task.fields)}
    lost = [(labels[name], "\n".join(texts)) for name, texts in attempt.sent.items() if any(texts)]
    by, when = problem.extra.get("by"), problem.extra.get("at")
    if by and when:
        account = await at.services.read(lambda reader: reader.account(str(by)))
        late = t("desk.late", by=account.name if account else by, at=t.instant(str(when)))
    else:
        late = t("desk.not_open") if problem.status_code == 409 else problem.detail  # noqa: PLR2004 - conflict
    return await _page(at, number, Attempt(late=late, lost=lost), problem.status_code)


@router.post("/desk/letters/{number}/notes")
async def note(number: str, at: At) -> Response:
    """Keep an internal note."""
    t, given = at.t, at.services
    form = await at.request.form(max_files=0, max_fields=20)
    values = typed(form, ("text", "act_id"))
    if not is_genuine(at.request, form):
        again = Attempt(note=values["text"], errors={"note": t("error.expired")})
        return await _page(at, number, again, 403)
    try:
        await add_note(given, number, at.who, values["text"], values["act_id"] or new_act_id())
    except Problem as problem:
        if problem.status_code != 422:  # noqa: PLR2004 - the words are wrong
            raise
        again = Attempt(note=values["text"], errors={"note": t("error.desk.note")})
        return await _page(at, number, again, 422)
    return see_other(f"/desk/letters/{number}?noted=1#notes")


@dataclass(frozen=True)
class _Opened:
    """A letter with what the page needs of the store, read for one person."""

    file: Dossier
    sight: Sight
    tasks: list[Task]
    units: Organisation
    accounts: dict[str, Account]


async def _open(given: Services, number: str, who: Principal, language: str) -> _Opened:
    file, sight = await open_letter(given, number, who, language)
    if sight.author:
        raise no_letter()  # a tracking code is the author's key, not a name for staff

    def ask(reader: Reader) -> _Opened:
        actors = set(file.units_of) | {content.author for content in file.contents.values()}
        accounts = {account.id: account for actor in actors if (account := reader.account(actor))}
        tasks = mine(reader, file.row, who) if sight.staff else []
        return _Opened(file, sight, tasks, organisation(reader), accounts)

    return await given.read(ask)


async def _page(at: Desk, number: str, attempt: Attempt, status: int = 200) -> Response:
    t, request, given, who = at.t, at.request, at.services, at.who
    opened = await _open(given, number, who, t.language)
    file, sight = opened.file, opened.sight
    if not sight.staff:
        return see_other(f"/letters/{file.row.number}")
    now = given.now()
    letter = view_of(file, sight, now)
    done = request.query_params.get("done") if request.method == "GET" else None
    return render(
        request,
        "desk_letter.html",
        status,
        sections=await sections(t, given, who),
        letter=letter,
        row=file.row,
        standing=status_key(letter),
        channel=t.or_else(f"channel.{file.row.channel}", file.row.channel),
        addressee=file.names.get(file.row.addressee, file.row.addressee),
        identity=sight.levels[FieldGroup.IDENTITY].value,
        said=[_said(t, opened, item) for item in letter.contents],
        notes=[_note(opened, item) for item in notes(file, sight, who)],
        forms=[_form(t, opened, task, attempt) for task in opened.tasks],
        others=_others(t, opened),
        clocks=_clocks(t, given, opened),
        events=_events(t, opened),
        done=_done(t, opened, done) if done else None,
        noted="noted" in request.query_params,
        attempt=attempt,
        errors=dict(attempt.errors),
        note_act=new_act_id(),
    )


def _form(t: Words, opened: _Opened, task: Task, attempt: Attempt) -> dict[str, Any]:
    tried = attempt.element == task.element
    form: TaskForm = task_form(
        t,
        task,
        attempt.act_id if tried else new_act_id(),
        opened.units,
        sent=attempt.sent if tried else None,
        errors=attempt.errors if tried else None,
    )
    return {
        "form": form,
        "before": _before(t, opened, task),
        "hint": t.or_else(f"do.{task.element}", ""),
        "send": t.or_else(f"send.{task.element}", t("desk.send", step=form.title)),
    }


def _before(t: Words, opened: _Opened, task: Task) -> list[dict[str, Any]]:
    """What the last step before this task said: a draft to approve, a report to check, a note to heed."""
    acts = [
        record
        for record in opened.file.records
        if record.kind == contracts.TASK_CLOSED
        and record.data.get("reason") == "completed"
        and record.seq <= task.opened_seq
    ]
    if not acts:
        return []
    last = acts[-1].data.get("data") or {}
    texts = {item.id: item for item in contents(opened.file, opened.sight)}
    return [
        _said(t, opened, texts[value]) for value in last.values() if isinstance(value, str) and value in texts
    ]


def _said(t: Words, opened: _Opened, item: schemas.ContentView) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "reply_kind": item.reply_kind,
        "by": _who(t, opened, item.author),
        "at": item.at,
        "text": item.text,
    }


def _note(opened: _Opened, item: Any) -> dict[str, Any]:
    account = opened.accounts.get(item.author)
    return {
        "by": account.name if account else item.author,
        "unit": opened.file.names.get(item.unit_id or "", ""),
        "at": item.at,
        "text": item.text,
    }


def _who(t: Words, opened: _Opened, actor: str | None) -> str:
    """A person by name, with the unit."""
    if actor in {None, "", "author"}:
        return t("desk.author") if actor == "author" else ""
    account = opened.accounts.get(str(actor))
    if account is None:
        return str(actor)
    unit = opened.file.names.get(account.unit_id or "")
    return account.name if not unit or unit in account.name else f"{account.name} · {unit}"


def _others(t: Words, opened: _Opened) -> list[str]:
    """Open tasks of somebody else: whose turn it is."""
    own = {task.task_id for task in opened.tasks}
    tasks = {element: task for element, task in opened.file.tasks.items() if task not in own}
    return [step_name(t, element, _opened_name(opened, element)) for element in tasks]


def _opened_name(opened: _Opened, element: str) -> str:
    named = (
        str(record.data.get("name") or "")
        for record in reversed(opened.file.records)
        if record.kind == contracts.TASK_OPENED and record.element == element
    )
    return next(named, "")


def _clocks(t: Words, given: Services, opened: _Opened) -> list[dict[str, Any]]:
    letter = view_of(opened.file, opened.sight, given.now())
    lamps = {clock.clock: clock.lamp for clock in letter.clocks}
    return [
        {
            "label": clock_name(t, clock.clock, clock.name),
            "day0": clock.day0,
            "lamp": lamps.get(clock.clock),
            "stopped": clock.stopped_at,
            "limits": limit_rows(t, clock, given.calendar, given.now()),
        }
        for clock in opened.file.clocks
        if clock.current and clock.clock in lamps
    ]


def _events(t: Words, opened: _Opened) -> list[dict[str, Any]]:
    """Acts, lamps and the end, with who it was; what machines did in between is left to the API."""
    shown = [
        event
        for event in timeline(opened.file, opened.sight)
        if event.event in _TOLD and event.data.get("reason") != "cancelled"
    ]
    rows = events(t, shown)
    for row in rows:
        row["by"] = _who(t, opened, row["by"])
    return rows


_TOLD = frozenset({"submitted", contracts.TASK_CLOSED, contracts.THRESHOLD_PASSED, contracts.INSTANCE_ENDED})


def _done(t: Words, opened: _Opened, act_id: str) -> str | None:
    """What an act of this page has done, and what comes next."""
    record = next(
        (
            one
            for one in opened.file.records
            if one.act_id == act_id and one.data.get("reason") == "completed"
        ),
        None,
    )
    if record is None:
        return t("desk.done.taken")
    label = events(t, [one for one in timeline(opened.file, opened.sight) if _is(one, record)])[0]["label"]
    open_tasks = [step_name(t, element, _opened_name(opened, element)) for element in opened.file.tasks]
    if not open_tasks:
        ended = opened.file.row.ended_at is not None
        return t("desk.done.ended" if ended else "desk.done", label=label)
    joined = ("、" if t.language == "zh" else ", ").join(open_tasks)
    return t("desk.done.next", label=label, next=joined)


def _is(event: schemas.Event, record: RecordRow) -> bool:
    return event.seq == record.seq and event.event == record.kind and event.element == record.element
