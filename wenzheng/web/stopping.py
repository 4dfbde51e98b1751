"""The last answer of a server that stops: try again, instead of a bare 500."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wenzheng.web.problems import Problem


def stopping() -> Problem:
    """What a request hears that is still under way when the server's time to finish is over."""
    detail = "The application is being stopped. Nothing is lost: try again in a moment with the same act id."
    return Problem(503, "stopping", detail, headers={"Retry-After": "5", "Connection": "close"})


class Stopping:
    """Answer a request that the end of the server cuts short.

    The server cancels the requests that outlast its grace, and answers each with a bare 500 unless
    somebody has answered. `answer` makes a problem into a response.
    """

    def __init__(self, app: ASGIApp, answer: Callable[[Request, Problem], Response]) -> None:
        self.app = app
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except asyncio.CancelledError:
            if started:
                raise
            # Not raised again: this answer is all that was left to do for the request.
            await self.answer(Request(scope), stopping())(scope, receive, send)
