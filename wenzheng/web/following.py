"""A browser that has proved to be a letter's author: a random token in a cookie, the rest in the store.

The tracking code and the second factor are asked for once; neither stands in a cookie or an address.
"""

from __future__ import annotations

import secrets
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from wenzheng.store import UnitOfWork
from wenzheng.web.forms import set_cookie
from wenzheng.web.services import services_of

COOKIE: Final = "wz_letter"
_TOKEN_BYTES: Final = 32
_LONGEST: Final = 100


def token_of(request: Request) -> str:
    """The browser's token; empty when it has none."""
    return request.cookies.get(COOKIE, "")[:_LONGEST]


async def followed(request: Request) -> str | None:
    """The id of the letter this browser may look at as its author."""
    services, token = services_of(request), token_of(request)
    if not token:
        return None
    now = services.wall()
    return await services.read(lambda reader: reader.authors_petition(token, now=now))


async def begin(request: Request, response: Response, petition_id: str) -> None:
    """Remember that this browser has proved to be the author's; the cookie ends with the browser."""
    services, token = services_of(request), secrets.token_urlsafe(_TOKEN_BYTES)
    now, old = services.wall(), token_of(request)
    until = now + services.settings.follow_life

    def keep(unit: UnitOfWork) -> None:
        unit.close_author_session(old)
        unit.open_author_session(token, petition_id, now=now, until=until)

    await services.write(keep)
    set_cookie(request, response, COOKIE, token)


async def end(request: Request, response: Response) -> None:
    """Forget the letter on this machine; other people use it too."""
    token = token_of(request)
    await services_of(request).write(lambda unit: unit.close_author_session(token))
    response.delete_cookie(COOKIE, path="/")
