"""One's own account: language, where notices go, and the password."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from wenzheng import passwords
from wenzheng.petitions.intake import contact_or_none
from wenzheng.store import UnitOfWork
from wenzheng.web import guessing, sessions
from wenzheng.web.i18n import COOKIE, LANGUAGES, Words
from wenzheng.web.pages.render import is_genuine, render, see_other, typed, words
from wenzheng.web.security import Given, SignedIn

router = APIRouter()

_NOTICES: Final = {"saved": "account.saved", "changed": "account.password.changed"}


@router.get("/account")
async def account(request: Request, session: SignedIn) -> Response:
    """The account as it is."""
    notice = next((_NOTICES[name] for name in _NOTICES if name in request.query_params), None)
    return _page(request, session, {}, {}, notice=notice)


@router.post("/account")
async def settings(request: Request, given: Given, session: SignedIn) -> Response:
    """Keep language and contact."""
    t = words(request)
    sent = await request.form(max_files=0, max_fields=20)
    form = typed(sent, ("language", "contact"))
    if not is_genuine(request, sent):
        return _page(request, session, form, {"language": t("error.expired")}, 403)
    language = form["language"] if form["language"] in LANGUAGES else session.language
    try:
        contact = contact_or_none(form["contact"])
    except ValueError:
        return _page(request, session, form, {"contact": t("account.contact.wrong")}, 422)
    who = session.principal.account

    def change(unit: UnitOfWork) -> None:
        unit.set_language(who, language)
        unit.set_contact(who, contact)

    await given.write(change)
    response = see_other("/account?saved=1")
    # A choice of the past must not hide the one just made.
    response.delete_cookie(COOKIE, path="/")
    return response


@router.post("/account/password")
async def password(request: Request, given: Given, session: SignedIn) -> Response:
    """Change the password, if the present one is right; ends every other session of the account."""
    t = words(request)
    sent = await request.form(max_files=0, max_fields=20)
    form = typed(sent, ("old", "password", "repeat"))
    if not is_genuine(request, sent):
        return _page(request, session, {}, {"old": t("error.expired")}, 403)
    errors = _faults(t, form, session.principal.account)
    if errors:
        return _page(request, session, {}, errors, 422)
    who = session.principal.account
    keys = guessing.password_keys(who, None)
    until = await guessing.try_again_at(given, keys)
    if until is not None:
        return _page(request, session, {}, {"old": t("sign_in.wait", until=t.second(until))}, 429)
    kept = await given.read(lambda reader: reader.password_hash(who))
    if not await guessing.matches(form["old"], kept):
        return _page(request, session, {}, {"old": t("account.password.wrong")}, 422)
    await guessing.was_right(given, keys)
    fresh = await guessing.in_thread(lambda: passwords.hashed(form["password"]))
    await given.write(lambda unit: unit.set_password(who, fresh))
    token = await sessions.begin(request, who)
    response = see_other("/account?changed=1")
    sessions.give_cookie(request, response, token)
    return response


def _faults(t: Words, form: dict[str, str], account: str) -> dict[str, str]:
    """What is wrong with a new password, in the reader's language."""
    errors: dict[str, str] = {}
    if not form["old"]:
        errors["old"] = t("account.password.wrong")
    try:
        passwords.check(form["password"], account)
    except passwords.PasswordRefused as refused:
        errors["password"] = t(
            f"account.password.{refused.code}",
            least=passwords.SHORTEST,
            most=passwords.LONGEST,
            found=len(passwords.normalised(form["password"])),
        )
    if form["password"] != form["repeat"]:
        errors["repeat"] = t("account.password.differs")
    return errors


def _page(
    request: Request,
    session: SignedIn,
    form: dict[str, str],
    errors: dict[str, str],
    status: int = 200,
    *,
    notice: str | None = None,
) -> Response:
    t = words(request)
    shown: dict[str, Any] = {
        "form": {"language": session.language, "contact": session.contact or ""} | form,
        "languages": [(language, t(f"language.{language}")) for language in LANGUAGES],
        "least": passwords.SHORTEST,
        "errors": errors,
        "notice": notice,
    }
    return render(request, "account.html", status, **shown)
