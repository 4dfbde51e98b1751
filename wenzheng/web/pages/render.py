"""Templates into responses: language, navigation, form token, error pages."""

from __future__ import annotations

from functools import cache
from typing import Any, Final
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from wenzheng.calendars.pace import pace_in_words
from wenzheng.web.access import ADMINISTRATORS, STAFF, TECHNICAL
from wenzheng.web.assets import asset
from wenzheng.web.forms import form_token, is_genuine, remember_token, set_cookie, typed
from wenzheng.web.i18n import COOKIE, LANGUAGES, Words, chosen_language
from wenzheng.web.problems import Problem
from wenzheng.web.services import services_of
from wenzheng.web.sessions import session_of

__all__ = ["error_page", "is_genuine", "render", "see_other", "set_cookie", "typed", "wants_page", "words"]

_HELD_BY: Final = {"/account/password": "/account", "/sign-out": "/sign-in"}
_YEAR: Final = 365 * 24 * 3600
_EXPLAINED: Final = frozenset({400, 401, 403, 404, 405, 408, 413, 429, 500, 503})


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
    session = session_of(request)
    language = chosen_language(request, session.language if session is not None else None)
    return Words(language, services_of(request).calendar.zone)


def render(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """A page. Pages with a person's letter or a form are never kept by caches on the way."""
    t = words(request)
    token = form_token(request)
    other = next(language for language in LANGUAGES if language != t.language)
    page = _templates().get_template(template)
    html = page.render(
        t=t,
        here=request.url.path,
        csrf=token,
        asset=asset,
        person=_person(request, t),
        other_language_url=_same_page(request, other),
        other_language_tag=Words(other, t.zone).tag,
        practice=_practice(request, t),
        **values,
    )
    response = HTMLResponse(
        html, status, headers={"Cache-Control": "no-store", "Vary": "Accept-Language, Cookie"}
    )
    remember_token(request, response, token)
    if request.query_params.get("lang") in LANGUAGES:
        set_cookie(request, response, COOKIE, t.language, _YEAR)
    return response


def _person(request: Request, t: Words) -> dict[str, Any] | None:
    """Who has signed in, for the head of the page: name, role and unit, and which pages are theirs."""
    session = session_of(request)
    if session is None:
        return None
    who = session.principal
    return {
        "account": who.account,
        "name": who.name,
        "role": t.or_else(f"role.{who.role.value}", who.role.value),
        "unit": session.unit_names.get(t.language) or "",
        "desk": who.role in STAFF,
        "incidents": who.role in TECHNICAL,
        "definitions": who.role in ADMINISTRATORS,
        "schedules": who.role in TECHNICAL,
        "calendars": who.role in ADMINISTRATORS,
    }


def _practice(request: Request, t: Words) -> str | None:
    """What a page of a practice city says about its time; None in a city that lives in real time."""
    services = services_of(request)
    if services.working_day is None:
        return None
    number, unit = pace_in_words(services.working_day)
    length = t(f"practice.{unit}", number=number)
    return t("practice.banner", length=length, now=t.instant(services.now()))


def _same_page(request: Request, language: str) -> str:
    """The address of this page in another language; of a sent form, the page that holds it."""
    path = request.url.path
    if request.method != "GET":
        path = _holding(path)
    query = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return f"{path}?{urlencode([*query, ('lang', language)])}"


def _holding(path: str) -> str:
    """The page that holds the form which is sent to a path."""
    if path.startswith("/follow"):
        return "/follow"
    if path.startswith("/desk/letters/"):
        return "/".join(path.split("/")[:4])
    return _HELD_BY.get(path, path)


def see_other(path: str) -> RedirectResponse:
    """After a form: the next page is fetched, so that reloading it sends nothing twice."""
    return RedirectResponse(path, 303)


def wants_page(request: Request) -> bool:
    """Whether an error goes to a person's browser rather than to a program."""
    return not request.url.path.startswith(("/api", "/intake")) and "text/html" in request.headers.get(
        "accept", ""
    )


def error_page(request: Request, problem: Problem) -> Response:
    """A problem as a page, in the reader's language; somebody who must sign in is sent to do so."""
    if problem.status_code == 303 and problem.headers:  # noqa: PLR2004 - see other
        return see_other(problem.headers["Location"])
    t = words(request)
    key = f"oops.{problem.status_code}" if problem.status_code in _EXPLAINED else "oops.other"
    if problem.code == "wrong-role":
        key = "oops.role"
    if problem.code == "too-many-letters":
        key = "oops.letters"
    incident = problem.extra.get("incident")
    response = render(
        request, "oops.html", problem.status_code, heading=t(key), hint=t(f"{key}.hint"), incident=incident
    )
    for name, value in (problem.headers or {}).items():
        response.headers[name] = value
    return response
