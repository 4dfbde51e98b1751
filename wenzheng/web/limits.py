"""What a request may be and what every response carries: body limit, security headers."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wenzheng.web.problems import Fault, Problem, problem_response

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


class BodyLimit:
    """Refuse a body above `limit` bytes with 413, before reading more than that.

    A declared length is refused unread. A body without a declared length is counted
    while the application reads it.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdigit() and int(declared) > self.limit:
            problem = too_large(self.limit, f"{declared} bytes")
            await problem_response(problem, scope["path"])(scope, receive, send)
            return
        await self.app(scope, self._counting(receive), send)

    def _counting(self, receive: Receive) -> Receive:
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.limit:
                raise too_large(self.limit, f"more than {self.limit} bytes")
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
