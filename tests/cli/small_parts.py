"""A supervisor whose worker and web are tiny: run as `python small_parts.py DATA [PORT]`.

The Temporal server, the locks, the signals and the sockets are the real ones. With the argument
`web --socket N` it is the web itself: it answers every request with its own process id.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from wenzheng.cli.connection import CommandError
from wenzheng.cli.run import Plan, Supervisor
from wenzheng.gateways.parts import PartError
from wenzheng.settings import Settings

NOTES = ("The definition is refused.",)
"""What preparing the store leaves to say."""


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = str(os.getpid()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def web(descriptor: int) -> None:
    server = HTTPServer(("127.0.0.1", 0), Answer, bind_and_activate=False)
    server.socket.close()
    server.socket = socket.socket(fileno=descriptor)
    server.serve_forever()


def worker() -> None:
    signal.sigwait({signal.SIGTERM})


def broken() -> None:
    sys.exit("no such table: petitions")


def supervise(data: str, port: str | None, web_command: str) -> None:
    settings = Settings(data_dir=Path(data), port=int(port) if port else None)
    me = [sys.executable, __file__]
    plan = Plan(lambda _: NOTES, {"worker": [*me, "worker"], "web": [*me, web_command]})

    async def run() -> None:
        await Supervisor(settings, plan).run()

    try:
        asyncio.run(run())
    except (CommandError, PartError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["web", "--socket", descriptor]:
            web(int(descriptor))
        case ["worker"]:
            worker()
        case ["broken", *_]:
            broken()
        case [data]:
            supervise(data, None, "web")
        case [data, "broken"]:
            supervise(data, None, "broken")
        case [data, port]:
            supervise(data, port, "web")
