"""Where the web listens: a socket on a port that is free."""

from __future__ import annotations

import socket
from typing import Final

from wenzheng.cli.connection import CommandError

FIRST_PORT: Final = 8080
"""Where the web listens unless told otherwise; the next hundred are tried when it is taken."""


def listen(host: str, port: int | None) -> socket.socket:
    """A listening socket on the port, or, without one, on 8080 or the next free port.

    The supervisor keeps it open while the web is restarted: a request then waits instead of failing.
    Raises `CommandError` when the given port is taken or the address is not one of this machine.
    """
    ports = [port] if port is not None else [*range(FIRST_PORT, FIRST_PORT + 100), 0]
    for candidate in ports:
        try:
            return socket.create_server(
                (host, candidate), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=2048
            )
        except OSError as error:
            if isinstance(error, socket.gaierror) or not _is_taken(host, candidate):
                raise CommandError(
                    f"cannot listen on {host}: {error.strerror}; choose another WENZHENG_HOST"
                ) from error
            if port is not None:
                raise CommandError(
                    f"port {port} is used by another program; free it, choose another with --port, "
                    "or leave --port out to get a free one"
                ) from error
    raise CommandError(f"no free port from {FIRST_PORT} on; name one with --port")


def _is_taken(host: str, port: int) -> bool:
    """Whether the port is the trouble (in use, or reserved to root), not the host."""
    try:
        socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError:
        return False
    return port != 0


def url_of(listening: socket.socket) -> str:
    """The address a browser on this machine can open."""
    host, port = listening.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"
