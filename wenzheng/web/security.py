"""Who is calling, and the dependency that enforces the table of access.

Two ways to a `Principal`: a bearer token, and at pages also a session (web.sessions). The API takes no
session, so that no page of another site can make a browser call it.
"""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from wenzheng.web import sessions
from wenzheng.web.access import Access
from wenzheng.web.problems import Problem
from wenzheng.web.services import Services, services_of
from wenzheng.web.sessions import Principal, Session

__all__ = ["Caller", "Given", "Principal", "Session", "SignedIn", "Staff", "caller", "guard", "staff"]

# auto_error off: our own problem says what is wrong and what to do.
_bearer = HTTPBearer(auto_error=False, description="Token of an account (tokens.json of the data folder)")
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="wenzheng"'}
SIGN_IN: Final = "/sign-in"


def _unauthorised(detail: str) -> Problem:
    return Problem(401, "not-signed-in", detail, headers=dict(_CHALLENGE))


async def _principal(services: Services, token: str) -> Principal:
    account = await services.read(lambda reader: reader.account_by_token(token))
    if account is None:
        raise _unauthorised("Nobody has this token. Take one from tokens.json of the data folder.")
    return sessions.principal_of(account)


def is_page(request: Request) -> bool:
    """Whether a request is for a page rather than for the API."""
    return not request.url.path.startswith("/api/")


def _nobody(request: Request, names: str) -> Problem:
    """Nobody has signed in: a page is fetched again after signing in, a sent form is kept (pages.render)."""
    if not is_page(request):
        return _unauthorised(f"This needs the token of one of these roles: {names}.")
    detail = f"Sign in as one of these roles: {names}."
    if request.method not in {"GET", "HEAD"}:
        return Problem(401, "not-signed-in", detail)
    query = f"?{request.url.query}" if request.url.query else ""
    location = f"{SIGN_IN}?{urlencode({'next': request.url.path + query})}"
    return Problem(303, "not-signed-in", detail, headers={"Location": location})


async def guard(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> None:
    """Let the caller in by the table of access; leaves the Principal (or None) in the request's state.

    A token nobody has is refused on public routes as well: it must not silently show less. A session that
    has ended is nobody's.
    """
    access: Access = request.app.state.access[request.scope["endpoint"]]
    session = await sessions.recall(request) if is_page(request) else None
    request.state.session, request.state.principal = session, None
    if access.author:
        return
    header = request.headers.get("authorization")
    if header and credentials is None:
        raise _unauthorised("Expected 'Authorization: Bearer TOKEN', found something else.")
    if credentials is not None:
        request.state.principal = await _principal(services_of(request), credentials.credentials)
    elif session is not None:
        request.state.principal = session.principal
    if access.public:
        return
    principal: Principal | None = request.state.principal
    names = ", ".join(sorted(role.value for role in access.roles))
    if principal is None:
        raise _nobody(request, names)
    if principal.role not in access.roles:
        detail = f"{principal.account} has the role {principal.role.value}; this needs one of: {names}."
        raise Problem(403, "wrong-role", detail)


def caller(request: Request) -> Principal | None:
    """The signed-in person, if any."""
    principal: Principal | None = request.state.principal
    return principal


def staff(request: Request) -> Principal:
    """The signed-in person of a route that needs one (the guard has made sure)."""
    principal = caller(request)
    if principal is None:
        raise _unauthorised("This needs a token.")
    return principal


def signed_in(request: Request) -> Session:
    """The session of a page that needs a person at a browser: forms that change the account."""
    session = sessions.session_of(request)
    if session is None:
        raise _nobody(request, "any")
    return session


Caller = Annotated[Principal | None, Depends(caller)]
Staff = Annotated[Principal, Depends(staff)]
SignedIn = Annotated[Session, Depends(signed_in)]
Given = Annotated[Services, Depends(services_of)]
