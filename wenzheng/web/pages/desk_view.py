"""What a letter's page at the desk shows: built once, from everything this person may see of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.responses import Response

from wenzheng import contracts
from wenzheng.petitions.attachments import in_words
from wenzheng.petitions.organisation import Organisation
from wenzheng.petitions.visibility import FieldGroup
from wenzheng.store import Reader
from wenzheng.store.views.instances import Task
from wenzheng.store.views.log import RecordRow
from wenzheng.store.views.people import Account
from wenzheng.store.views.petitions import Attachment, Content
from wenzheng.web.acts import new_act_id
from wenzheng.web.alike import SCREENING, likely_duplicates
from wenzheng.web.files import told_files
from wenzheng.web.i18n import Words
from wenzheng.web.lookup import no_letter, organisation
from wenzheng.web.notes import notes
from wenzheng.web.pages.citizens import area_name, group_name
from wenzheng.web.pages.desk import Desk, sections
from wenzheng.web.pages.labels import clock_card, clock_name, events, status_key
from wenzheng.web.pages.render import render, see_other
from wenzheng.web.pages.widgets import File, TaskForm, step_name, task_form
from wenzheng.web.reading import open_letter
from wenzheng.web.schemas.letters import ContentView, Event, Identity
from wenzheng.web.security import Principal
from wenzheng.web.seeing import Sight
from wenzheng.web.services import Services
from wenzheng.web.tasks import mine, own_side
from wenzheng.web.views import Dossier, contents, timeline
from wenzheng.web.views import letter as view_of

_TOLD: Final = frozenset(
    {
        "submitted",
        contracts.TASK_CLOSED,
        contracts.FACT_REACHED,
        contracts.THRESHOLD_PASSED,
        contracts.INSTANCE_ENDED,
    }
)


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
    reason: str = ""
    """Why somebody asked for the author's name."""
    identity: Identity | None = None
    """The author, once that reason is written down."""


@dataclass(frozen=True)
class Opened:
    """A letter with what the page needs of the store, read for one person."""

    file: Dossier
    sight: Sight
    tasks: list[Task]
    units: Organisation
    own: list[Attachment]
    """Files the person's unit has added and no reply or report has told the author of."""
    accounts: dict[str, Account]
    stopped: bool
    """A branch has stopped and waits for an operator."""


async def open_for(given: Services, number: str, who: Principal, language: str) -> Opened:
    """A letter as one person sees it. Raises Problem 404 for one they may not know of."""
    file, sight = await open_letter(given, number, who, language)
    if sight.author:
        raise no_letter()  # a tracking code is the author's key, not a name for staff

    def ask(reader: Reader) -> Opened:
        actors = set(file.units_of) | {content.author for content in file.contents.values()}
        accounts = {account.id: account for actor in actors if (account := reader.account(actor))}
        tasks = mine(reader, file.row, who) if sight.staff else []
        told = told_files(reader, file.row.id)
        own = [one for one in file.files if one.unit_id == own_side(who) and one.id not in told]
        stopped = sight.staff and reader.has_stopped(file.row.instance)
        return Opened(file, sight, tasks, organisation(reader), own, accounts, stopped)

    return await given.read(ask)


async def letter_page(at: Desk, number: str, attempt: Attempt, status: int = 200) -> Response:
    """The page of a letter; whoever only sees it as the public does is sent to the public page."""
    t, request, given, who = at.t, at.request, at.services, at.who
    opened = await open_for(given, number, who, t.language)
    file, sight = opened.file, opened.sight
    if not sight.staff:
        return see_other(f"/letters/{file.row.number}")
    now = given.now()
    letter = view_of(file, sight, now)
    forms = [_form(t, opened, task, attempt) for task in opened.tasks]
    screening = any(task.element in SCREENING for task in opened.tasks)
    beside = {item["id"] for form in forms for item in form["before"]["said"]}
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
        about=await _about(t, given, opened),
        identity=sight.levels[FieldGroup.IDENTITY].value,
        said=[_said(t, opened, item) for item in letter.contents if item.id not in beside],
        notes=[_note(opened, item) for item in notes(file, sight)],
        forms=forms,
        others=_others(t, opened),
        clocks=_clocks(t, given, opened),
        events=_events(t, opened),
        stopped=opened.stopped,
        done=_done(t, opened, done) if done else None,
        noted="noted" in request.query_params,
        attempt=attempt,
        errors=dict(attempt.errors),
        note_act=new_act_id(),
        files=[_file(opened, one) for one in file.files],
        limits=_limits(t, given),
        alike=await likely_duplicates(given, file.row.number, who, t.language) if screening else None,
        hidden=None if letter.text is not None else await _hidden(t, given),
    )


async def _about(t: Words, given: Services, opened: Opened) -> dict[str, str]:
    """What the author said of themselves, and who took the letter down, in words."""
    row = opened.file.row
    name = row.taken_by or ""
    taken = await given.read(lambda reader: reader.account(name)) if name else None
    return {
        "group": group_name(t, row.citizen_group),
        "area": area_name(t, row.citizen_area, opened.units),
        "taken_by": taken.name if taken is not None else name,
    }


async def _hidden(t: Words, given: Services) -> str:
    """Why there is no text: who may read a report (举报) that this person may not."""
    named = given.settings.report_receivers
    accounts = await given.read(lambda reader: [reader.account(one) for one in sorted(named)])
    names = [one.name for one in accounts if one is not None and one.disabled_at is None]
    if not names:
        return t("desk.hidden_text.nobody")
    return t("desk.hidden_text", names=("、" if t.language == "zh" else ", ").join(names))


def _limits(t: Words, given: Services) -> dict[str, Any]:
    """What is said before anybody chooses a file."""
    limits = given.settings.files
    types = limits.endings() if t.language == "zh" else limits.endings_en()
    return {"count": limits.most, "size": in_words(limits.largest), "types": types}


def _file(opened: Opened, one: Attachment) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "size": in_words(one.size),
        "unit": opened.file.names.get(one.unit_id or "", ""),
    }


def _form(t: Words, opened: Opened, task: Task, attempt: Attempt) -> dict[str, Any]:
    tried = attempt.element == task.element
    form: TaskForm = task_form(
        t,
        task,
        attempt.act_id if tried else new_act_id(),
        opened.units,
        files=[File(one.id, one.name) for one in opened.own],
        sent=attempt.sent if tried else _returned(opened, task),
        errors=attempt.errors if tried else None,
    )
    return {
        "form": form,
        "before": _before(t, opened, task),
        "hint": t.or_else(f"do.{task.element}", ""),
        "send": t.or_else(f"send.{task.element}", t("desk.send", step=form.title)),
    }


def _returned(opened: Opened, task: Task) -> dict[str, list[str]]:
    """What this task's form held when it was last sent, if that came back: a draft is changed, not retyped.

    It came back if the act before this task said no: a head who has returned a draft decides on the next
    one with an empty form. A text that a fact has told the author of did not come back: the next round
    begins empty.
    """
    acts = _acts(opened, task)
    last = next((one for one in reversed(acts) if one.element == task.element), None)
    if last is None or not _says_no(acts[-1]):
        return {}
    texts = {item.id: item for item in contents(opened.file, opened.sight)}
    held: dict[str, list[str]] = {}
    for name, value in (last.data.get("data") or {}).items():
        if isinstance(value, str) and value in texts:
            if not texts[value].internal:
                return {}
            held[name] = [texts[value].text]
        elif isinstance(value, list):
            held[name] = [str(one) for one in value]
        elif not isinstance(value, bool):
            held[name] = [str(value)]
    return held


def _says_no(act: RecordRow) -> bool:
    return any(value is False for value in (act.data.get("data") or {}).values())


def _acts(opened: Opened, task: Task) -> list[RecordRow]:
    """Acts of people before a task was opened, the oldest first."""
    return [
        record
        for record in opened.file.records
        if record.kind == contracts.TASK_CLOSED
        and record.data.get("reason") == "completed"
        and record.seq <= task.opened_seq
    ]


def _before(t: Words, opened: Opened, task: Task) -> dict[str, Any]:
    """What the last step before this task said: a draft to approve, a report to check, a note to heed."""
    acts = _acts(opened, task)
    data = (acts[-1].data.get("data") or {}) if acts else {}
    texts = {item.id: item for item in contents(opened.file, opened.sight)}
    named = set(_texts_in(data.values()))
    return {
        "said": [_said(t, opened, texts[name]) for name in data.values() if _is_text(name, texts)],
        "files": [_file(opened, one) for one in opened.file.files if one.id in named],
    }


def _is_text(name: object, texts: Mapping[str, object]) -> bool:
    return isinstance(name, str) and name in texts


def _texts_in(values: Iterable[object]) -> Iterable[str]:
    for value in values:
        if isinstance(value, list):
            yield from (one for one in value if isinstance(one, str))


def _said(t: Words, opened: Opened, item: ContentView) -> dict[str, Any]:
    return {
        "id": item.id,
        "kind": item.kind,
        "reply_kind": item.reply_kind,
        "by": _who(t, opened, item.author),
        "at": item.at,
        "text": item.text,
        "silent": ("、" if t.language == "zh" else ", ").join(item.silent),
        "internal": item.internal,
    }


def _note(opened: Opened, item: Content) -> dict[str, Any]:
    account = opened.accounts.get(item.author)
    return {
        "by": account.name if account else item.author,
        "unit": opened.file.names.get(item.unit_id or "", ""),
        "at": item.at,
        "text": item.text,
    }


def _who(t: Words, opened: Opened, actor: str | None) -> str:
    """A person by name, with the unit."""
    if actor in {None, "", "author"}:
        return t("desk.author") if actor == "author" else ""
    account = opened.accounts.get(str(actor))
    if account is None:
        return str(actor)
    unit = opened.file.names.get(account.unit_id or "")
    return account.name if not unit or unit in account.name else f"{account.name} · {unit}"


def _others(t: Words, opened: Opened) -> list[str]:
    """Open tasks of somebody else: whose turn it is."""
    own = {task.task_id for task in opened.tasks}
    tasks = {element: task for element, task in opened.file.tasks.items() if task not in own}
    return [step_name(t, element, _opened_name(opened, element)) for element in tasks]


def _opened_name(opened: Opened, element: str) -> str:
    named = (
        str(record.data.get("name") or "")
        for record in reversed(opened.file.records)
        if record.kind == contracts.TASK_OPENED and record.element == element
    )
    return next(named, "")


def _clocks(t: Words, given: Services, opened: Opened) -> list[dict[str, Any]]:
    now, calendar = given.now(), given.calendar
    shown = {clock.clock for clock in view_of(opened.file, opened.sight, now).clocks}
    return [
        clock_card(
            t,
            clock,
            calendar,
            now,
            opened.file.counted_by(clock, calendar),
            unit=opened.file.names.get(clock.unit_id or ""),
        )
        for clock in opened.file.clocks
        if clock.current and clock.clock in shown
    ]


def _events(t: Words, opened: Opened) -> list[dict[str, Any]]:
    """Acts, lamps and the end, with who it was; what machines did in between is left to the API."""
    shown = [
        event
        for event in timeline(opened.file, opened.sight)
        if event.event in _TOLD and event.data.get("reason") != "cancelled"
    ]
    rows = events(t, shown)
    for row, event in zip(rows, shown, strict=True):
        row["by"] = _who(t, opened, row["by"])
        if event.event == contracts.THRESHOLD_PASSED:
            # Several clocks run: the author is told of one, the staff of all.
            name = str(event.data.get("clock"))
            unit = opened.file.names.get(str(event.data.get("whose")))
            english = next((one.name_en for one in opened.file.clocks if one.clock == name), "")
            row["by"] = clock_name(t, name, event.name, name_en=english, unit=unit)
    return rows


def _done(t: Words, opened: Opened, act_id: str) -> str | None:
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


def _is(event: Event, record: RecordRow) -> bool:
    return event.seq == record.seq and event.event == record.kind and event.element == record.element
