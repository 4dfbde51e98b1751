"""Following a letter by its tracking code and second factor, rating it, taking it back.

A browser proves both once; a random token in a cookie then stands for them (web.following), so that they
stand in no address and no log. A link with `?code=`, as in notices, fills in the form.
"""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from wenzheng.petitions.attachments import in_words
from wenzheng.petitions.second_factor import FIELD, check_word
from wenzheng.petitions.tracking import TrackingCodeError, parse_tracking_code
from wenzheng.store import StoreAway
from wenzheng.store.views.petitions import PetitionRow
from wenzheng.web import drafts, following
from wenzheng.web.acts import Intent, act_id_of, new_act_id, perform, task_id_of
from wenzheng.web.api.acts import rating, withdrawal
from wenzheng.web.files import file_response, one_of
from wenzheng.web.lookup import authors_letter, no_letter
from wenzheng.web.pages.again import again
from wenzheng.web.pages.labels import clocks, contents, events, next_step, status_key
from wenzheng.web.pages.render import is_genuine, render, see_other, typed, words
from wenzheng.web.pages.submit import errors_of
from wenzheng.web.problems import Problem
from wenzheng.web.proof import Proof, address_of, word_hash
from wenzheng.web.reading import open_own
from wenzheng.web.schemas.acts import Rate
from wenzheng.web.security import Given
from wenzheng.web.services import Services
from wenzheng.web.views import letter as view_of
from wenzheng.web.views import timeline, whys

router = APIRouter()

_EXAMPLE: Final = "7K3M-QX2D-09TF-VHW8"
_LONGEST_COMMENT: Final = 4000
_RATING: Final = ("solved", "satisfaction", "comment")
_PROOF: Final = ("code", FIELD)
_NOTICES: Final = {"rated": "rate.thanks", "withdrawn": "withdraw.done", "chosen": "second.done"}


@router.get("/follow")
async def follow(request: Request, given: Given) -> Response:
    """The letter this browser has proved to be its author's; else the form that asks for the proof."""
    petition_id = await following.followed(request)
    code = request.query_params.get("code", "")
    if petition_id is None or (code and not await _is_code_of(given, code, petition_id)):
        return _ask(request, {"code": code, FIELD: ""}, {})
    notice = next((_NOTICES[name] for name in _NOTICES if name in request.query_params), None)
    received = "received" in request.query_params
    return await _letter(request, given, petition_id, notice=notice, received=received)


async def _is_code_of(given: Services, code: str, petition_id: str) -> bool:
    row = await given.read(lambda reader: reader.petition(petition_id))
    try:
        return row is not None and parse_tracking_code(code) == row.tracking_code
    except TrackingCodeError:
        return False


@router.post("/follow")
async def find(request: Request, given: Given) -> Response:
    """Check code and second factor, remember that this browser proved them, show the letter."""
    form = await request.form(max_files=0, max_fields=20)
    values, kept = typed(form, _PROOF), typed(form, _RATING)
    if not is_genuine(request, form):
        return _ask(request, values, {"code": words(request)("error.expired")}, 403, kept)
    try:
        row, errors, status = await _proven(request, given, values)
        if row is None:
            return _ask(request, values, errors, status, kept)
        if any(kept.values()):
            # Typed before the browser had to prove itself again: shown on the letter, not yet sent.
            response = await _letter(request, given, row.id, form=kept)
        else:
            response = see_other("/follow")
        await following.begin(request, response, row.id)
    except StoreAway:
        return again(request, form)
    return response


async def _proven(
    request: Request, given: Services, values: dict[str, str]
) -> tuple[PetitionRow | None, dict[str, str], int]:
    """The letter, or what to say and the status to say it with."""
    t = words(request)
    try:
        parse_tracking_code(values["code"])
        row = await authors_letter(given, values["code"], Proof(values[FIELD], address_of(request)))
    except TrackingCodeError as refusal:
        text = refusal.zh if t.language == "zh" else f"{t('follow.code')}: {refusal.en}"
        return None, {"code": text}, 404
    except Problem as problem:
        if problem.code == "no-letter":
            return None, {"code": t("error.code")}, 404
        if problem.code == "too-many-tries":
            return None, {"code": t("error.tries", seconds=problem.extra["seconds"])}, 429
        if problem.code != "second-factor":
            raise
        missing = not values[FIELD].strip()
        return None, {FIELD: t("error.proof.missing" if missing else "error.proof")}, 403
    return row, {}, 200


@router.post("/follow/forget")
async def forget(request: Request) -> Response:
    """Forget the letter, and the draft it was, on this machine; other people use it too."""
    form = await request.form(max_files=0, max_fields=20)
    response = see_other("/follow")
    if is_genuine(request, form):
        try:
            await following.end(request, response)
        except StoreAway:
            return again(request, form)
        response.delete_cookie(drafts.COOKIE, path="/")
    return response


@router.post("/follow/rate")
async def rate(request: Request, given: Given) -> Response:
    """Take the author's verdict."""
    form = await request.form(max_files=0, max_fields=20)
    values, hidden = typed(form, _RATING), typed(form, ("act_id", "task"))
    try:
        petition_id = await following.followed(request)
        if petition_id is None:
            return _ask(request, {}, {"code": words(request)("error.session")}, 403, values)
        errors = {} if is_genuine(request, form) else {"rate": words(request)("error.expired")}
        errors = errors or _rating_errors(request, values)
        if not errors:
            body = Rate(
                solved=values["solved"] == "yes",
                satisfaction=int(values["satisfaction"]),
                comment=values["comment"] or None,
                task_id=task_id_of(hidden["task"]),
            )
            errors = await _acted(request, given, petition_id, rating(body, act_id_of(hidden["act_id"])))
        if errors:
            return await _letter(request, given, petition_id, form=values, errors=errors)
    except StoreAway:
        return again(request, form)
    return see_other("/follow?rated=1")


async def _acted(request: Request, given: Services, petition_id: str, intent: Intent) -> dict[str, str]:
    """Do an act of the author; what to say when it could not be done."""
    row = await given.read(lambda reader: reader.petition(petition_id))
    if row is None:
        raise no_letter()
    try:
        await perform(given, row, intent)
    except Problem as problem:
        return _why_not(request, problem)
    return {}


def _rating_errors(request: Request, values: dict[str, str]) -> dict[str, str]:
    t = words(request)
    errors = {}
    if values["solved"] not in {"yes", "no"}:
        errors["solved"] = t("error.rate.solved")
    if values["satisfaction"] not in {"1", "2", "3", "4", "5"}:
        errors["satisfaction"] = t("error.rate.satisfaction")
    if len(values["comment"]) > _LONGEST_COMMENT:
        errors["comment"] = t("error.rate.length", found=len(values["comment"]))
    return errors


def _why_not(request: Request, problem: Problem) -> dict[str, str]:
    """A refused act, said on the letter's own page."""
    t = words(request)
    if problem.status_code == 503:  # noqa: PLR2004 - service unavailable
        return {"rate": t("error.away")}
    if problem.status_code == 409:  # noqa: PLR2004 - conflict
        return {"rate": t("error.late")}
    if problem.code == "bad-text":
        return {"comment": t("error.text")}
    raise problem


@router.get("/follow/withdraw")
async def ask_to_withdraw(request: Request, given: Given) -> Response:
    """Whether the author really wants to take the letter back."""
    petition_id = await following.followed(request)
    if petition_id is None:
        return see_other("/follow")
    return await _withdraw_page(request, given, petition_id, {"reason": ""}, {})


@router.post("/follow/withdraw")
async def withdraw(request: Request, given: Given) -> Response:
    """Take the letter back."""
    form = await request.form(max_files=0, max_fields=20)
    values = typed(form, ("reason", "act_id"))
    t = words(request)
    try:
        petition_id = await following.followed(request)
        if petition_id is None:
            return _ask(request, {}, {"code": t("error.session")}, 403)
        errors = {} if is_genuine(request, form) else {"reason": t("error.expired")}
        if len(values["reason"]) > _LONGEST_COMMENT:
            errors["reason"] = t("error.rate.length", found=len(values["reason"]))
        if not errors:
            intent = withdrawal(values["reason"].strip() or None, act_id_of(values["act_id"]))
            acted = await _acted(request, given, petition_id, intent)
            errors = {"reason": next(iter(acted.values()))} if acted else {}
        if errors:
            return await _withdraw_page(request, given, petition_id, values, errors)
    except StoreAway:
        return again(request, form)
    return see_other("/follow?withdrawn=1")


async def _withdraw_page(
    request: Request, given: Services, petition_id: str, form: dict[str, str], errors: dict[str, str]
) -> Response:
    file, sight = await open_own(given, petition_id, words(request).language)
    if file.row.ended_at is not None and not errors:
        return see_other("/follow")
    letter = view_of(file, sight, given.now())
    status = 422 if errors else 200
    return render(
        request, "withdraw.html", status, letter=letter, form=form, errors=errors, act_id=new_act_id()
    )


@router.post("/follow/passphrase")
async def choose(request: Request, given: Given) -> Response:
    """Give a letter that has no second factor one."""
    form = await request.form(max_files=0, max_fields=20)
    word = typed(form, (FIELD,))[FIELD]
    t = words(request)
    try:
        petition_id = await following.followed(request)
        if petition_id is None:
            return _ask(request, {}, {"code": t("error.session")}, 403)
        wrong = check_word(word)
        errors = errors_of(t, [wrong]) if wrong is not None else {}
        if not is_genuine(request, form):
            errors = {FIELD: t("error.expired")}
        if errors:
            return await _letter(request, given, petition_id, errors=errors, word=word)
        kept, token = await word_hash(word), following.token_of(request)
        await given.write(lambda unit: unit.set_passphrase(petition_id, kept, keep_session=token))
    except StoreAway:
        return again(request, form)
    return see_other("/follow?chosen=1")


@router.get("/follow/attachments/{attachment_id}")
async def attachment(attachment_id: str, request: Request, given: Given) -> Response:
    """A file of the letter, to save."""
    petition_id = await following.followed(request)
    if petition_id is None:
        return see_other("/follow")
    file, _sight = await open_own(given, petition_id, "zh")
    return await file_response(given, one_of(file.files, attachment_id))


def _ask(
    request: Request,
    form: dict[str, str],
    errors: dict[str, str],
    status: int = 200,
    kept: dict[str, str] | None = None,
) -> Response:
    """The form that asks for the proof, with what is wrong with the one given; `kept` comes back after it."""
    return render(
        request,
        "find.html",
        status,
        form={"code": "", FIELD: ""} | form,
        errors=errors,
        example=_EXAMPLE,
        kept={name: value for name, value in (kept or {}).items() if value},
    )


async def _letter(
    request: Request,
    given: Services,
    petition_id: str,
    *,
    form: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    word: str = "",
    notice: str | None = None,
    received: bool = False,
) -> Response:
    t = words(request)
    file, sight = await open_own(given, petition_id, t.language)
    unlocked = await given.read(lambda reader: reader.passphrase_hash(petition_id)) is None
    letter = view_of(file, sight, given.now())
    files = [
        {"id": one.id, "name": one.name, "size": one.size, "unit": file.names.get(one.unit_id or "")}
        for one in file.files
    ]
    return render(
        request,
        "follow.html",
        422 if errors else 200,
        code=file.row.tracking_code,
        letter=letter,
        standing=status_key(letter),
        contents=contents(t, letter),
        clocks=clocks(t, letter, whys(file, sight, given.calendar, "en" if t.language == "en" else "zh")),
        events=events(t, timeline(file, sight)),
        files=files,
        size=in_words,
        next_step=next_step(t, letter, given.calendar.today(given.now())),
        may_choose=unlocked,
        may_rate="rate" in file.open,
        may_withdraw=file.row.ended_at is None,
        task=file.tasks.get("rate", ""),
        stars=[(str(star), t(f"rate.satisfaction.{star}")) for star in (5, 4, 3, 2, 1)],
        act_id=new_act_id(),
        form=dict.fromkeys(_RATING, "") | (form or {}) | {FIELD: word},
        errors=errors or {},
        notice=notice,
        received=received,
    )
