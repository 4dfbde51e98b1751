"""Sessions of people at their pages: a random token in a cookie, everything else in the store.

The API takes no session, only bearer tokens: a browser sends cookies along with requests that other sites
make, and programs do not fill in the token that our forms carry.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from wenzheng.petitions.roles import Role
from wenzheng.store import UnitOfWork
from wenzheng.store.views.people import Account, SignedIn
from wenzheng.web import guessing
from wenzheng.web.services import Services, services_of

_NAME: Final = "wz_session"
_TOKEN_BYTES: Final = 32
_LONGEST_NAME: Final = 100
_SEEN_EVERY: Final = timedelta(minutes=1)
"""How exactly it is known when somebody was here last: a page is not worth a write each."""


@dataclass(frozen=True)
class Principal:
    """A signed-in person."""

    account: str
    name: str
    role: Role
    unit: str | None


@dataclass(frozen=True)
class Session:
    """A browser a person has signed in at. `csrf` is the token its forms carry."""

    principal: Principal
    language: str
    contact: str | None
    unit_names: dict[str, str | None]
    """Name of the person's unit by language."""
    token: str = field(repr=False)
    csrf: str = field(repr=False)


def principal_of(account: Account) -> Principal:
    """The account as the one who calls."""
    return Principal(account.id, account.name, Role(account.role), account.unit_id)


def cookie_name(services: Services) -> str:
    """With `__Host-` where cookies are Secure: no other host of the domain can then plant one."""
    return f"__Host-{_NAME}" if services.settings.secure_cookies else _NAME


async def recall(request: Request) -> Session | None:
    """The session of the request's cookie, if it lives; remembers that the person was here."""
    services = services_of(request)
    token = request.cookies.get(cookie_name(services))
    return await lookup(request, token) if token else None


async def lookup(request: Request, token: str) -> Session | None:
    """The living session of a token; remembers that the person was here."""
    services = services_of(request)
    now, idle = services.wall(), services.settings.session_idle
    found = await services.read(lambda reader: reader.signed_in(token, now=now, idle=idle))
    if found is None:
        return None
    if now - found.seen_at >= min(_SEEN_EVERY, idle / 4):
        await services.write(lambda unit: unit.touch_session(token, now))
    return _session(found, token)


def _session(found: SignedIn, token: str) -> Session:
    return Session(
        principal=principal_of(found.account),
        language=found.account.language,
        contact=found.account.contact,
        unit_names={"zh": found.unit_zh, "en": found.unit_en},
        token=token,
        csrf=found.csrf,
    )


def session_of(request: Request) -> Session | None:
    """The session the guard found, if any; also on pages of errors, where no guard was asked."""
    session: Session | None = getattr(request.state, "session", None)
    return session


async def sign_in(request: Request, name: str, password: str) -> str:
    """Check a name and a password; the token of the new session, and the one before is ended.

    Raises WrongPassword, the same for a wrong password, an unknown name and a disabled account, and
    TooManyTries while guessing is slowed down.
    """
    services = services_of(request)
    name = name if name.isprintable() and len(name) <= _LONGEST_NAME else ""
    keys = guessing.password_keys(name, request.client.host if request.client else None)
    until = await guessing.try_again_at(services, keys)
    if until is not None:
        raise TooManyTries(until, ceil((until - services.wall()).total_seconds()))
    account, kept = await services.read(lambda reader: (reader.account(name), reader.password_hash(name)))
    right = await guessing.matches(password, kept)
    if account is None or account.disabled_at is not None or not right:
        raise WrongPassword
    await guessing.was_right(services, keys)
    return await begin(request, account.id)


async def begin(request: Request, account_id: str) -> str:
    """A session with a fresh token, in place of the one the browser had: nobody else can know it."""
    services = services_of(request)
    before = request.cookies.get(cookie_name(services))
    token, csrf = secrets.token_urlsafe(_TOKEN_BYTES), secrets.token_urlsafe(_TOKEN_BYTES)
    now, settings = services.wall(), services.settings

    def change(unit: UnitOfWork) -> None:
        if before:
            unit.close_session(before)
        unit.open_session(
            token=token,
            account_id=account_id,
            csrf=csrf,
            now=now,
            expires_at=now + settings.session_longest,
            idle=settings.session_idle,
        )

    await services.write(change)
    return token


async def sign_out(request: Request) -> None:
    """End the browser's session, if it has one."""
    services = services_of(request)
    token = request.cookies.get(cookie_name(services))
    if token:
        await services.write(lambda unit: unit.close_session(token))


def give_cookie(request: Request, response: Response, token: str) -> None:
    """Hand the token to the browser, for as long as it is open: office machines are shared."""
    services = services_of(request)
    response.set_cookie(
        cookie_name(services),
        token,
        path="/",
        secure=services.settings.secure_cookies,
        httponly=True,
        samesite="lax",
    )


def take_cookie(request: Request, response: Response) -> None:
    """Let the browser forget the token."""
    services = services_of(request)
    response.delete_cookie(
        cookie_name(services),
        path="/",
        secure=services.settings.secure_cookies,
        httponly=True,
        samesite="lax",
    )


class WrongPassword(Exception):
    """Name and password do not belong together."""


class TooManyTries(Exception):
    """Nothing is tried before `until` (UTC), which is in `seconds`."""

    def __init__(self, until: datetime, seconds: int) -> None:
        super().__init__(f"blocked until {until.isoformat(timespec='seconds')}")
        self.until, self.seconds = until, seconds
