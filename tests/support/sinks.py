"""Where tests let notices go: a mail server and a web hook on this machine that keep what they are given."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.smtp import SMTP


class Inbox:
    """Keeps the letters a mail server was given; refuses them while `refuse` is set."""

    def __init__(self) -> None:
        self.letters: list[Any] = []
        self.refuse = False
        self.came = threading.Event()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.refuse:
            return "451 try again later"
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        self.came.set()
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[tuple[int, Inbox]]:
    """A mail server: its port and what it was given."""
    inbox = Inbox()
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(
        loop.create_server(lambda: SMTP(inbox, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", 0)
    )
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield server.sockets[0].getsockname()[1], inbox
    loop.call_soon_threadsafe(server.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@contextmanager
def web_hook() -> Iterator[tuple[int, list[tuple[str, dict[str, str], Any]], list[int]]]:
    """A web hook: its port, [(path, headers, JSON)], and a list that holds the status it answers with."""
    calls: list[tuple[str, dict[str, str], Any]] = []
    status = [200]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            calls.append((self.path, dict(self.headers), json.loads(body)))
            self.send_response(status[0])
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1], calls, status
    server.shutdown()
    thread.join()
    server.server_close()
