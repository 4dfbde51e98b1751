"""Who is calling: bearer tokens, and the dependency that enforces the table of access.

Issue 3 adds sessions for pages: they become a second way to a `Principal`, nothing else changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from wenzheng.petitions.roles import Role
from wenzheng.web.access import Access
from wenzheng.web.problems import Problem
from wenzheng.web.services import Services, services_of

# auto_error off: our own problem says what is wrong and what to do.
_bearer = HTTPBearer(auto_error=False, description="Token of an account (tokens.json of the data folder)")
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="wenzheng"'}


@dataclass(frozen=True)
class Principal:
    """A signed-in person."""

    account: str
    name: str
    role: Role
    unit: str | None


def _unauthorised(detail: str) -> Problem:
    return Problem(401, "not-signed-in", detail, headers=dict(_CHALLENGE))


async def _principal(services: Services, token: str) -> Principal:
    account = await services.read(lambda reader: reader.account_by_token(token))
    if account is None:
        raise _unauthorised("Nobody has this token. Take one from tokens.json of the data folder.")
    return Principal(account.id, account.name, Role(account.role), account.unit_id)


async def guard(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> None:
    """Let the caller in by the table of access; leaves the Principal (or None) in the request's state.

    A token nobody has is refused on public routes as well: it must not silently show less.
    """
    access: Access = request.app.state.access[request.scope["endpoint"]]
    request.state.principal = None
    if access.author:
        return
    header = request.headers.get("authorization")
    if header and credentials is None:
        raise _unauthorised("Expected 'Authorization: Bearer TOKEN', found something else.")
    if credentials is not None:
        request.state.principal = await _principal(services_of(request), credentials.credentials)
    if access.public:
        return
    principal: Principal | None = request.state.principal
    names = ", ".join(sorted(role.value for role in access.roles))
    if principal is None:
        raise _unauthorised(f"This needs the token of one of these roles: {names}.")
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


Caller = Annotated[Principal | None, Depends(caller)]
Staff = Annotated[Principal, Depends(staff)]
Given = Annotated[Services, Depends(services_of)]
