"""What the rest of the house asks of the outside: protocols and their errors.

Pure declarations, imports only contracts and the standard library, so that the web
layer and tests can name a gateway without importing the Temporal client.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from wenzheng.contracts import ActResult, CompleteTask, ResolveIncident, SendMessage, Snapshot


class GatewayError(Exception):
    """Something outside said no or did not answer."""


class ActRefused(GatewayError):
    """The instance refused an act; nothing was changed.

    `code` is one of the `REFUSED_*` names of contracts. `by` and `at` name who did
    the act first and when (UTC), for a lost race; both are None otherwise.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        by: str | None = None,
        at: datetime | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.by = by
        self.at = at


class ProcessUnavailable(GatewayError):
    """The process engine cannot be reached or the instance is not started yet.

    The act may be sent again with the same act id; it is then still one act.
    `not_started` is True when the engine answered that it knows no such instance:
    the letter is stored and its start waits in the outbox.
    """

    def __init__(self, detail: str, *, not_started: bool = False) -> None:
        super().__init__(detail)
        self.detail = detail
        self.not_started = not_started


class ProcessGateway(Protocol):
    """Acts on running process instances and reads where they stand."""

    async def complete_task(self, instance: str, act: CompleteTask) -> ActResult:
        """Complete an open user task.

        Raises ActRefused when the instance says no and ProcessUnavailable when it
        cannot be asked. The same act id twice is one act with one result.
        """
        ...

    async def send_message(self, instance: str, act: SendMessage) -> ActResult:
        """Send a named message to the instance. Errors as in complete_task."""
        ...

    async def resolve_incident(self, instance: str, act: ResolveIncident) -> ActResult:
        """Retry, skip or answer what stopped. Errors as in complete_task."""
        ...

    async def snapshot(self, instance: str) -> Snapshot:
        """Where the instance stands now. Raises ProcessUnavailable."""
        ...


class BlobsFull(GatewayError):
    """There is no room left for files; the databases need the rest. The text is for the operator."""


class Spooled(Protocol):
    """A file on its way in: written piece by piece, then put or discarded. Its methods block."""

    path: Path
    """Where its bytes are, for whoever wants to look at them before it is put."""
    size: int
    """Bytes so far."""

    @property
    def sha256(self) -> str:
        """Of the bytes so far, in lower-case hex."""

    def write(self, data: bytes) -> None:
        """Add bytes. Raises BlobsFull."""

    def close(self) -> None:
        """Write everything to disk; nothing is added any more. Raises BlobsFull."""

    def discard(self) -> None:
        """Forget it; twice, or after it was put, is no mistake."""


class Blobs(Protocol):
    """Files by what is in them. Its methods block and run in a thread."""

    def spool(self) -> Spooled:
        """A new file, still empty. Raises BlobsFull."""
        ...

    def put(self, spooled: Spooled) -> str:
        """Keep a whole file for good; its sha256. The same bytes twice are one file. Raises BlobsFull."""
        ...

    def path(self, sha256: str) -> Path | None:
        """Where to read a file; None when there is none of that name. Raises ValueError for no digest."""
        ...

    def sweep(self, used: Callable[[Collection[str]], Collection[str]], *, older_than: float = ...) -> int:
        """Remove what has lain there for `older_than` seconds and is not in use; how many files.

        `used` tells which of some digests are in use.
        """
        ...


class OutboxRow(Protocol):
    """A row of the outbox, as those see it who carry it out."""

    @property
    def id(self) -> str:
        """Of the row."""

    @property
    def instance(self) -> str:
        """The instance it is for."""

    @property
    def attempts(self) -> int:
        """Tries that failed."""

    @property
    def data(self) -> dict[str, Any]:
        """What is to be done; its shape belongs to the kind of the row."""
