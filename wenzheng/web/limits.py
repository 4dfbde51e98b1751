"""What a request may be and what every response carries: body limit, security headers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NoReturn

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wenzheng.web.problems import Fault, Problem

SECURITY_HEADERS: Final[dict[str, str]] = {
    # Own files only and nothing inline: a letter's text can never become a script or style.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # A tracking code may stand in an address; no other site may learn it.
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


DRAINED: Final = 64 * 1024 * 1024
"""Bytes of a refused form that are read and thrown away: a browser that is still sending shows no answer."""
STALLED_SECONDS: Final = 60.0
"""A sender who sends nothing for so long has gone."""
_ALLOWANCE: Final = "wenzheng.allowance"


def too_large(limit: int, found: str) -> Problem:
    """The refusal of a body that is larger than the setting allows."""
    fault = Fault(
        pointer="#",
        expected=f"a body of at most {limit} bytes",
        found=found,
        hint="Shorten the text; a letter has at most 4000 characters.",
    )
    detail = f"The request is larger than {limit} bytes. Nothing was stored."
    return Problem(413, "too-large", detail, [fault], headers={"Connection": "close"})


def lift_body_limit(request: Request) -> None:
    """Let this request be as large as its route allows: the route counts, and throws away, by itself."""
    allowance: _Allowance | None = request.scope.get(_ALLOWANCE)
    if allowance is not None:
        allowance.limit = None


def waits_for_a_word(headers: Headers) -> bool:
    """Whether the sender holds the body back until it is told to go on (Expect: 100-continue)."""
    return headers.get("expect", "").lower() == "100-continue"


def declared_length(headers: Headers) -> int | None:
    """The length a request says it has."""
    declared = headers.get("content-length", "")
    return int(declared) if declared.isdigit() and len(declared) < _DIGITS else None


_DIGITS: Final = 19


async def throw_away(receive: Receive, most: int) -> bool:
    """Read the rest of a body and forget it, so that the sender gets to reading the answer.

    False when the sender stalled, left, or has more than `most` bytes to go.
    """
    left = most
    try:
        while left >= 0:
            with anyio.fail_after(STALLED_SECONDS):
                message = await receive()
            if message["type"] != "http.request":
                return False
            if not message.get("more_body", False):
                return True
            left -= len(message.get("body", b""))
    except TimeoutError:
        return False
    return False


@dataclass
class _Allowance:
    limit: int | None


class BodyLimit:
    """Refuse a body above `limit` bytes with 413 and keep nothing of it.

    A declared length is refused before anything is read, any other is counted while the application
    reads; of what is too much, `DRAINED` bytes are thrown away, so that a person gets to see why.
    Routes for files lift the limit and have their own.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        allowance = _Allowance(self.limit)
        scope[_ALLOWANCE] = allowance
        await self.app(scope, self._counting(scope, receive, allowance), send)

    @staticmethod
    def _counting(scope: Scope, receive: Receive, allowance: _Allowance) -> Receive:
        seen = 0

        async def refuse(found: str, *, more: bool) -> NoReturn:
            assert allowance.limit is not None  # what has no limit is not refused
            limit, allowance.limit = allowance.limit, None
            # After the last piece nothing comes: who waited for more would answer when the sender has gone.
            if more and not waits_for_a_word(Headers(scope=scope)):
                await throw_away(receive, DRAINED)
            raise too_large(limit, found)

        async def counted() -> Message:
            nonlocal seen
            if seen == 0 and allowance.limit is not None:
                declared = declared_length(Headers(scope=scope))
                if declared is not None and declared > allowance.limit:
                    await refuse(f"{declared} bytes", more=True)
            message = await receive()
            seen += len(message.get("body", b""))
            if allowance.limit is not None and seen > allowance.limit:
                await refuse(f"more than {allowance.limit} bytes", more=message.get("more_body", False))
            return message

        return counted


class SecurityHeaders:
    """Put the security headers on every response that has not set its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)
