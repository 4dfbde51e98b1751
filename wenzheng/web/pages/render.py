"""Templates into responses: language, navigation, form token, error pages."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from wenzheng.web.assets import asset
from wenzheng.web.i18n import COOKIE, LANGUAGES, Words, chosen_language
from wenzheng.web.problems import Problem
from wenzheng.web.services import services_of

TOKEN_COOKIE: Final = "wz_form"  # noqa: S105 - the name of a cookie
TOKEN_FIELD: Final = "csrf"  # noqa: S105 - the name of a field
_YEAR: Final = 365 * 24 * 3600
_EXPLAINED: Final = frozenset({403, 404, 405, 413, 500, 503})


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("wenzheng.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def words(request: Request) -> Words:
    """The reader's language."""
    return Words(chosen_language(request), services_of(request).calendar.zone)


def set_cookie(request: Request, response: Response, name: str, value: str, age: int | None = None) -> None:
    """Set a cookie that scripts and other sites never get."""
    secure = services_of(request).settings.secure_cookies
    response.set_cookie(name, value, max_age=age, path="/", secure=secure, httponly=True, samesite="lax")


def render(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """A page. Pages with a person's letter or a form are never kept by caches on the way."""
    t = words(request)
    token = request.cookies.get(TOKEN_COOKIE) or secrets.token_urlsafe(24)
    other = next(language for language in LANGUAGES if language != t.language)
    page = _templates().get_template(template)
    html = page.render(
        t=t,
        here=request.url.path,
        csrf=token,
        asset=asset,
        other_language_url=_same_page(request, other),
        other_language_tag=Words(other, t.zone).tag,
        **values,
    )
    response = HTMLResponse(
        html, status, headers={"Cache-Control": "no-store", "Vary": "Accept-Language, Cookie"}
    )
    if token != request.cookies.get(TOKEN_COOKIE):
        set_cookie(request, response, TOKEN_COOKIE, token)
    if request.query_params.get("lang") in LANGUAGES:
        set_cookie(request, response, COOKIE, t.language, _YEAR)
    return response


def _same_page(request: Request, language: str) -> str:
    """The address of this page in another language; of a sent form, the page that holds it."""
    path = request.url.path
    if request.method != "GET" and path.startswith("/follow"):
        path = "/follow"
    query = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return f"{path}?{urlencode([*query, ('lang', language)])}"


def see_other(path: str) -> RedirectResponse:
    """After a form: the next page is fetched, so that reloading it sends nothing twice."""
    return RedirectResponse(path, 303)


def is_genuine(request: Request, form: FormData) -> bool:
    """Whether a form comes from one of our own pages: same origin, and token equal to its cookie."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    if site not in {"same-origin", "none"}:
        return False
    if origin not in {None, "null"} and urlsplit(origin or "").netloc != request.headers.get("host"):
        return False
    cookie, field = request.cookies.get(TOKEN_COOKIE, ""), form.get(TOKEN_FIELD, "")
    return bool(cookie) and isinstance(field, str) and hmac.compare_digest(cookie.encode(), field.encode())


def typed(form: FormData, names: tuple[str, ...]) -> dict[str, str]:
    """What was typed into the named fields.

    Browsers send the line ends of a text area as CR LF whatever was typed; people typed LF.
    """
    values: Mapping[str, Any] = form
    return {
        name: value.replace("\r\n", "\n") if isinstance(value := values.get(name, ""), str) else ""
        for name in names
    }


def wants_page(request: Request) -> bool:
    """Whether an error goes to a person's browser rather than to a program."""
    return not request.url.path.startswith("/api") and "text/html" in request.headers.get("accept", "")


def error_page(request: Request, problem: Problem) -> Response:
    """A problem as a page, in the reader's language."""
    t = words(request)
    key = f"oops.{problem.status_code}" if problem.status_code in _EXPLAINED else "oops.other"
    incident = problem.extra.get("incident")
    response = render(
        request, "oops.html", problem.status_code, heading=t(key), hint=t(f"{key}.hint"), incident=incident
    )
    for name, value in (problem.headers or {}).items():
        response.headers[name] = value
    return response
