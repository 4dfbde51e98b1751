"""Following a letter by its tracking code, rating it, taking it back.

The code is remembered in a cookie for the browser's session, so that it stands in no address
and no log; a link with `?code=` works as well, for notices.
"""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from wenzheng.petitions.tracking import TrackingCodeError, parse_tracking_code
from wenzheng.web import schemas
from wenzheng.web.acts import act_id_of, new_act_id, perform
from wenzheng.web.api.acts import rating, withdrawal
from wenzheng.web.lookup import authors_letter
from wenzheng.web.pages.labels import clocks, contents, events, status_key
from wenzheng.web.pages.render import is_genuine, render, see_other, set_cookie, typed, words
from wenzheng.web.problems import Problem
from wenzheng.web.reading import open_letter
from wenzheng.web.security import Given
from wenzheng.web.services import Services
from wenzheng.web.views import letter as view_of
from wenzheng.web.views import timeline

router = APIRouter()

LETTER_COOKIE: Final = "wz_letter"
_EXAMPLE: Final = "7K3M-QX2D-09TF-VHW8"
_LONGEST_COMMENT: Final = 4000
_RATING: Final = ("code", "act_id", "task", "solved", "satisfaction", "comment")
_NOTICES: Final = {"rated": "rate.thanks", "withdrawn": "withdraw.done"}


def remember(request: Request, response: Response, code: str) -> None:
    """Keep the code for this browser session."""
    set_cookie(request, response, LETTER_COOKIE, code)


@router.get("/follow")
async def follow(request: Request, given: Given) -> Response:
    """The letter of the remembered code or of `?code=`; without one the form that asks for it."""
    code = request.query_params.get("code") or request.cookies.get(LETTER_COOKIE)
    if not code:
        return _ask(request, "")
    notice = next((_NOTICES[name] for name in _NOTICES if name in request.query_params), None)
    try:
        return await _letter(request, given, code, notice=notice, received="received" in request.query_params)
    except Problem as problem:
        if problem.code != "no-letter":
            raise
        return _ask(request, code)


@router.post("/follow")
async def find(request: Request, given: Given) -> Response:
    """Remember a code and show its letter."""
    form = await request.form(max_files=0, max_fields=20)
    code = typed(form, ("code",))["code"].strip()
    if not is_genuine(request, form):
        return _ask(request, code, words(request)("error.expired"), 403)
    try:
        row = await authors_letter(given, code)
    except Problem as problem:
        if problem.code != "no-letter":
            raise
        return _ask(request, code)
    response = see_other("/follow")
    remember(request, response, row.tracking_code)
    return response


@router.post("/follow/forget")
async def forget(request: Request) -> Response:
    """Forget the code on this machine; other people use it too."""
    form = await request.form(max_files=0, max_fields=20)
    response = see_other("/follow")
    if is_genuine(request, form):
        response.delete_cookie(LETTER_COOKIE, path="/")
    return response


@router.post("/follow/rate")
async def rate(request: Request, given: Given) -> Response:
    """Take the author's verdict."""
    form = await request.form(max_files=0, max_fields=20)
    values = typed(form, _RATING)
    errors = _rating_errors(request, form, values)
    if not errors:
        body = schemas.Rate(
            solved=values["solved"] == "yes",
            satisfaction=int(values["satisfaction"]),
            comment=values["comment"] or None,
            task_id=values["task"] or None,
        )
        try:
            row = await authors_letter(given, values["code"])
            await perform(given, row, rating(body, act_id_of(values["act_id"])))
        except Problem as problem:
            errors = _why_not(request, problem)
    return await _after(request, given, values, errors, "rated")


@router.post("/follow/withdraw")
async def withdraw(request: Request, given: Given) -> Response:
    """Take the letter back."""
    form = await request.form(max_files=0, max_fields=20)
    values = typed(form, _RATING)
    errors = {} if is_genuine(request, form) else {"rate": words(request)("error.expired")}
    if not errors:
        try:
            row = await authors_letter(given, values["code"])
            await perform(given, row, withdrawal(None, act_id_of(values["act_id"])))
        except Problem as problem:
            errors = _why_not(request, problem)
    return await _after(request, given, values, errors, "withdrawn")


def _rating_errors(request: Request, form: FormData, values: dict[str, str]) -> dict[str, str]:
    t = words(request)
    if not is_genuine(request, form):
        return {"rate": t("error.expired")}
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
    raise problem


async def _after(
    request: Request, given: Services, values: dict[str, str], errors: dict[str, str], done: str
) -> Response:
    """Back to the letter: with what was typed after an error, freshly fetched otherwise."""
    if errors:
        return await _letter(request, given, values["code"], form=values, errors=errors)
    response = see_other(f"/follow?{done}=1")
    remember(request, response, parse_tracking_code(values["code"]))
    return response


def _ask(request: Request, code: str, error: str | None = None, status: int | None = None) -> Response:
    """The form that asks for a code, with what is wrong with the one given."""
    t = words(request)
    wrong = error
    if wrong is None and (code or request.method == "POST"):
        try:
            parse_tracking_code(code)
            wrong = t("error.code")
        except TrackingCodeError as refusal:
            wrong = refusal.zh if t.language == "zh" else f"{t('follow.code')}: {refusal.en}"
    errors = {"code": wrong} if wrong else {}
    status = status or (404 if errors else 200)
    return render(request, "find.html", status, form={"code": code}, errors=errors, example=_EXAMPLE)


async def _letter(
    request: Request,
    given: Services,
    code: str,
    *,
    form: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    notice: str | None = None,
    received: bool = False,
) -> Response:
    t = words(request)
    await authors_letter(given, code)
    file, sight = await open_letter(given, code, None, t.language)
    letter = view_of(file, sight, given.now())
    return render(
        request,
        "follow.html",
        422 if errors else 200,
        code=file.row.tracking_code,
        letter=letter,
        standing=status_key(letter),
        contents=contents(letter),
        clocks=clocks(t, letter),
        events=events(t, timeline(file, sight)),
        may_rate="rate" in file.open,
        may_withdraw=file.row.ended_at is None,
        task=file.tasks.get("rate", ""),
        stars=[(str(star), t(f"rate.satisfaction.{star}")) for star in (5, 4, 3, 2, 1)],
        act_id=new_act_id(),
        form=form or dict.fromkeys(_RATING, ""),
        errors=errors or {},
        notice=notice,
        received=received,
    )
