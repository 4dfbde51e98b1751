"""Signing in and out. What somebody had written when their session ended is kept through it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from wenzheng.web import sessions
from wenzheng.web.access import STAFF
from wenzheng.web.forms import TOKEN_COOKIE, TOKEN_FIELD
from wenzheng.web.multipart import words_of
from wenzheng.web.pages.render import is_genuine, render, see_other, typed, words
from wenzheng.web.problems import Problem

router = APIRouter()

HOME: Final = "/desk"
"""Where staff begin unless they were on their way to another page."""
_NO_DESK: Final = "/incidents"
"""Where those begin who handle no letters: see what has stopped."""
_FORM: Final = ("account", "password", "next", "kept")
# Of this site only: one slash, no second one or backslash (browsers read both as another site's address),
# nothing that is no printable ASCII.
_LOCAL: Final = re.compile(r"/(?![/\\])[!-\[\]-~]*")
_NEVER: Final = ("/api/", "/sign-in", "/sign-out")


def local(path: str) -> str:
    """The path, if it is one of our own pages to go to after signing in; else where staff begin."""
    if _LOCAL.fullmatch(path) is None or path.startswith(_NEVER):
        return HOME
    return path


def _begin(wanted: str, session: sessions.Session | None) -> str:
    """The wanted page; not the desk for somebody who has none."""
    has_desk = session is None or session.principal.role in STAFF
    return wanted if has_desk or wanted != HOME else _NO_DESK


@router.get("/sign-in")
async def ask(request: Request) -> Response:
    """The form; whoever has signed in already goes on."""
    wanted = local(request.query_params.get("next", ""))
    session = sessions.session_of(request)
    if session is not None:
        return see_other(_begin(wanted, session))
    return _form(request, {"next": wanted}, {})


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """Begin a session. An error says neither whether the name exists nor what was typed as password."""
    t = words(request)
    sent = await request.form(max_files=0, max_fields=20)
    form = typed(sent, _FORM)
    if not is_genuine(request, sent):
        return _form(request, form, {"account": t("error.expired")}, 403)
    errors = {name: t(f"sign_in.empty_{name}") for name in ("account", "password") if not form[name].strip()}
    if errors:
        return _form(request, form, errors, 422)
    try:
        token = await sessions.sign_in(request, form["account"].strip(), form["password"])
    except sessions.WrongPassword:
        return _form(request, form, {"account": t("sign_in.wrong")}, 422)
    except sessions.TooManyTries as wait:
        error = t("sign_in.wait", until=t.second(wait.until))
        response = _form(request, form, {"account": error}, 429)
        response.headers["Retry-After"] = str(max(1, wait.seconds))
        return response
    response = await _signed_in(request, form, token)
    sessions.give_cookie(request, response, token)
    response.delete_cookie(TOKEN_COOKIE, path="/")
    return response


async def _signed_in(request: Request, form: dict[str, str], token: str) -> Response:
    """On to the wanted page, or with a kept form to the page that sends it."""
    kept = _kept(form["kept"])
    session = await sessions.lookup(request, token)
    if kept is None:
        return see_other(_begin(local(form["next"]), session))
    # The page is already one of the new session: its form carries the new token.
    request.state.session = session
    return render(request, "send_again.html", kept=kept, home=HOME)


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """End the session."""
    form = await request.form(max_files=0, max_fields=20)
    if not is_genuine(request, form):
        raise Problem(403, "bad-form", "The page had expired. Go back, load it again and sign out.")
    await sessions.sign_out(request)
    response = see_other("/sign-in")
    sessions.take_cookie(request, response)
    return response


async def ask_again(request: Request) -> Response:
    """For a form that was sent after its session had ended: sign in here, and it can be sent then."""
    sent = await words_of(request)
    fields = [
        (name, value)
        for name, value in sent.fields.multi_items()
        if isinstance(value, str) and name != TOKEN_FIELD
    ]
    kept = [request.url.path, fields, [file.name for file in sent.files]]
    return _form(request, {"next": HOME, "kept": json.dumps(kept, ensure_ascii=False)}, {}, 401)


@dataclass(frozen=True)
class _Kept:
    """A form that waits for its sender to sign in. `lost` are the names of files to be chosen again."""

    action: str
    fields: list[tuple[str, str]]
    lost: list[str]


def _kept(text: str) -> _Kept | None:
    """The kept form; None when there is none, or not one of ours."""
    try:
        action, pairs, files = json.loads(text)
        kept = _Kept(str(action), [(str(name), str(value)) for name, value in pairs], [str(f) for f in files])
    except (ValueError, TypeError):
        return None
    return kept if local(kept.action) == kept.action else None


def _form(request: Request, form: dict[str, str], errors: dict[str, str], status: int = 200) -> Response:
    shown: dict[str, Any] = {
        "form": {"account": form.get("account", "")},
        "next": local(form.get("next", "")),
        "kept": form.get("kept", ""),
        "errors": errors,
    }
    return render(request, "sign_in.html", status, **shown)
