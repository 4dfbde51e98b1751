"""Forms of our own pages: the token they carry, and whether a sent one is genuine. One rule for all.

A signed-in person's forms carry the token of the session; everybody else's carry the value of a cookie
that only our pages set. On top, browsers say which site a request comes from, and another's is refused.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from wenzheng.web.services import services_of
from wenzheng.web.sessions import session_of

TOKEN_COOKIE: Final = "wz_form"  # noqa: S105 - the name of a cookie
TOKEN_FIELD: Final = "csrf"  # noqa: S105 - the name of a field


def form_token(request: Request) -> str:
    """The token that forms of this page carry; a new one for a browser that has none."""
    session = session_of(request)
    if session is not None:
        return session.csrf
    return request.cookies.get(TOKEN_COOKIE) or secrets.token_urlsafe(24)


def remember_token(request: Request, response: Response, token: str) -> None:
    """Set the cookie of a form's token where the browser has none and nobody is signed in."""
    if session_of(request) is None and token != request.cookies.get(TOKEN_COOKIE):
        set_cookie(request, response, TOKEN_COOKIE, token)


def is_genuine(request: Request, form: FormData) -> bool:
    """Whether a form comes from one of our own pages: same origin, and the token that it was given."""
    session = session_of(request)
    wanted = session.csrf if session is not None else request.cookies.get(TOKEN_COOKIE, "")
    field = form.get(TOKEN_FIELD, "")
    return (
        _same_origin(request)
        and bool(wanted)
        and isinstance(field, str)
        and hmac.compare_digest(wanted.encode(), field.encode("utf-8", "replace"))
    )


def _same_origin(request: Request) -> bool:
    """What the browser says about the page that sent the form. Old browsers say nothing.

    Our pages send no referrer, so browsers name their origin "null"; Sec-Fetch-Site tells them apart.
    """
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    if site not in {"same-origin", "none"}:
        return False
    return origin in {None, "null"} or urlsplit(origin or "").netloc == request.headers.get("host")


def set_cookie(request: Request, response: Response, name: str, value: str, age: int | None = None) -> None:
    """Set a cookie that scripts and other sites never get."""
    secure = services_of(request).settings.secure_cookies
    response.set_cookie(name, value, max_age=age, path="/", secure=secure, httponly=True, samesite="lax")


def typed(form: FormData, names: tuple[str, ...]) -> dict[str, str]:
    """What was typed into the named fields.

    Browsers send the line ends of a text area as CR LF whatever was typed; people typed LF.
    """
    values: Mapping[str, Any] = form
    return {
        name: value.replace("\r\n", "\n") if isinstance(value := values.get(name, ""), str) else ""
        for name in names
    }
