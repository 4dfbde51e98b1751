"""A letter at the desk: looked at, acted on by the forms of its tasks, noted on, its author asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fastapi import APIRouter
from starlette.responses import Response

from wenzheng.petitions.forms import FormField, fields_of
from wenzheng.store import Reader
from wenzheng.store.views.instances import Task
from wenzheng.web.acts import act_id_of, task_id_of
from wenzheng.web.api.attachments import owner_of
from wenzheng.web.disclosing import LONGEST_REASON, disclose_identity
from wenzheng.web.files import file_response, one_of
from wenzheng.web.multipart import SentForm, sent_form
from wenzheng.web.notes import add_note
from wenzheng.web.pages.desk import At, Desk
from wenzheng.web.pages.desk_view import Attempt, letter_page, open_for
from wenzheng.web.pages.render import is_genuine, see_other, typed
from wenzheng.web.pages.widgets import (
    error_texts,
    field_label,
    read_sent,
    sent_values,
    upload_name,
)
from wenzheng.web.problems import Problem
from wenzheng.web.services import Services
from wenzheng.web.tasks import BadForm, Completion, complete
from wenzheng.web.uploads import take_uploads

router = APIRouter()


@router.get("/desk/letters/{number}")
async def desk_letter(number: str, at: At) -> Response:
    """The letter as this person's sight allows; a letter of others as the public sees it."""
    return await letter_page(at, number, Attempt())


@router.post("/desk/letters/{number}/tasks/{element}")
async def act(number: str, element: str, at: At) -> Response:
    """Complete a task with what its form holds. Files are kept first: they stay when the rest is wrong."""
    async with sent_form(at.request) as sent:
        form = sent.fields
        task = await _task(at.services, number, element, task_id_of(str(form.get("task", ""))))
        if task is None:
            return await letter_page(at, number, Attempt(errors={"forms": at.t("error.desk.gone")}), 409)
        fields = fields_of(task.fields)
        attempt = Attempt(element, act_id_of(str(form.get("act_id", ""))), sent_values(fields, element, form))
        if not is_genuine(at.request, form):
            again = replace(attempt, errors={"forms": at.t("error.expired")})
            return await letter_page(at, number, again, 403)
        if sent.files:
            attempt = await _with_files(at, number, fields, attempt, sent)
    if attempt.errors:
        return await letter_page(at, number, attempt, 422)
    return await _complete(at, number, task, fields, attempt)


async def _complete(
    at: Desk, number: str, task: Task, fields: Sequence[FormField], attempt: Attempt
) -> Response:
    t, element = at.t, task.element
    values = read_sent(fields, attempt.sent)
    wish = Completion(at.who, number, element, attempt.act_id, values, task.task_id)
    try:
        await complete(at.services, wish)
    except BadForm as problem:
        errors = error_texts(t, element, fields, problem.misfits)
        return await letter_page(at, number, replace(attempt, errors=errors), 422)
    except Problem as problem:
        return await _not_done(at, number, problem, task, attempt)
    return see_other(f"/desk/letters/{number}?done={attempt.act_id}")


async def _with_files(
    at: Desk, number: str, fields: Sequence[FormField], attempt: Attempt, form: SentForm
) -> Attempt:
    """Keep the files of a form: their ids join what was sent, what was wrong with some joins the errors."""
    opened = await open_for(at.services, number, at.who, at.t.language)
    owner = await owner_of(at.services, opened.file.row, opened.sight, at.who)
    by_name = {upload_name(attempt.element, item.id): item.id for item in fields if item.type == "files"}
    mine = [file for file in form.files if file.field in by_name]
    sent = {name: list(texts) for name, texts in attempt.sent.items()}
    errors: dict[str, str] = {}
    for upload in await take_uploads(at.services, owner, mine):
        if upload.finding is not None:
            said = upload.finding.zh if at.t.language == "zh" else upload.finding.en
            before = errors.get(upload.field)
            errors[upload.field] = f"{before + ' ' if before else ''}{upload.name}: {said}"
        elif upload.attachment is not None:
            held = sent.setdefault(by_name[upload.field], [])
            if upload.attachment.id not in held:
                held.append(upload.attachment.id)
    return replace(attempt, sent=sent, errors=errors)


async def _task(given: Services, number: str, element: str, task_id: str | None) -> Task | None:
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
        again = replace(attempt, errors={"forms": t("error.desk.away")})
        return await letter_page(at, number, again, 503)
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
    return await letter_page(at, number, Attempt(late=late, lost=lost), problem.status_code)


@router.post("/desk/letters/{number}/notes")
async def note(number: str, at: At) -> Response:
    """Keep an internal note."""
    t, given = at.t, at.services
    form = await at.request.form(max_files=0, max_fields=20)
    values = typed(form, ("text", "act_id"))
    if not is_genuine(at.request, form):
        again = Attempt(note=values["text"], errors={"note": t("error.expired")})
        return await letter_page(at, number, again, 403)
    try:
        await add_note(given, number, at.who, values["text"], act_id_of(values["act_id"]))
    except Problem as problem:
        if problem.status_code != 422:  # noqa: PLR2004 - the words are wrong
            raise
        again = Attempt(note=values["text"], errors={"note": t("error.desk.note")})
        return await letter_page(at, number, again, 422)
    return see_other(f"/desk/letters/{number}?noted=1#notes")


@router.post("/desk/letters/{number}/identity")
async def identity(number: str, at: At) -> Response:
    """Show the author to somebody who says why; the reason is written down first."""
    form = await at.request.form(max_files=0, max_fields=20)
    reason = typed(form, ("reason",))["reason"]
    if not is_genuine(at.request, form):
        again = Attempt(reason=reason, errors={"reason": at.t("error.expired")})
        return await letter_page(at, number, again, 403)
    try:
        shown = await disclose_identity(at.services, number, at.who, reason)
    except Problem as problem:
        if problem.status_code != 422:  # noqa: PLR2004 - the words are wrong
            raise
        again = Attempt(reason=reason, errors={"reason": at.t("error.desk.reason", most=LONGEST_REASON)})
        return await letter_page(at, number, again, 422)
    return await letter_page(at, number, Attempt(identity=shown))


@router.get("/desk/letters/{number}/files/{attachment_id}")
async def fetch(number: str, attachment_id: str, at: At) -> Response:
    """One file of the letter, to save."""
    opened = await open_for(at.services, number, at.who, at.t.language)
    return await file_response(at.services, one_of(opened.file.files, attachment_id))
