"""Processes that live and die with the one that started them.

`Part` starts a command through `lifeline.py`, keeps one log file, and holds a lock on the data
folder for exactly as long as the command lives, also when the starter was killed. So a part is
never started twice on the same data, and an orphan is found by the lock it still holds.
POSIX only (flock).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from wenzheng.gateways import lifeline

LOG_LIMIT: Final = 10 * 1024 * 1024
"""A log longer than this many bytes is set aside (NAME.log.1) when its part starts."""

_POLL_SECONDS: Final = 0.02


class PartError(Exception):
    """A part could not be started or ended; the text is one line that says what to do. `code` is stable."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class FolderLock:
    """An exclusive lock on a file; released when the last descriptor of it is closed, by whatever cause."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Takes the lock without waiting; False when another process holds it."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    @property
    def descriptor(self) -> int:
        """The open descriptor, to be inherited by the process that shall hold the lock."""
        if self._descriptor is None:
            raise RuntimeError(f"{self.path} is not locked by this process")
        return self._descriptor

    def holder(self) -> int | None:
        """The process id that the holder wrote into the file; None when it wrote none."""
        with contextlib.suppress(OSError, ValueError):
            return int(self.path.read_text(encoding="ascii"))
        return None

    def release(self) -> None:
        """Closes our descriptor; a child that inherited it keeps the lock."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Looks at `condition` until it holds (True) or `seconds` are over (False)."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def take_over(lock: FolderLock, *, grace: float = 10.0) -> int | None:
    """Takes the lock of a part, ending the orphan that holds it.

    The caller must know that nobody rightfully runs the part (it holds the folder's own lock).
    Waits `grace` seconds each after SIGTERM and after SIGKILL. Returns the process id that was
    ended, None when the lock was free. Raises `PartError` when the holder stays or is unknown.
    """
    if lock.acquire():
        return None
    orphan = lock.holder()
    # An orphan of a run that was killed a moment ago is stopping by itself; a signal does no harm.
    for sign in (signal.SIGTERM, signal.SIGKILL):
        if orphan is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(orphan, sign)
        if wait_until(lock.acquire, grace):
            return orphan
    who = f"process {orphan}" if orphan is not None else "an unknown process"
    raise PartError("part-orphan", f"{who} still holds {lock.path}; end it by hand, then try again")


class Part:
    """One command, its log and its lock."""

    def __init__(self, name: str, folder: Path, *, inherit: Sequence[int] = ()) -> None:
        """`folder` is the data folder; `inherit` are further descriptors the command may use."""
        self.name = name
        self.log = folder / "logs" / f"{name}.log"
        self.lock = FolderLock(folder / f"{name}.lock")
        self._inherit = tuple(inherit)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the command; None before it was started."""
        return self._process.pid if self._process else None

    def returncode(self) -> int | None:
        """None while the command runs; else its exit code, negative for a signal."""
        return self._process.poll() if self._process else None

    def alive(self) -> bool:
        """Whether the command was started and still runs."""
        return self._process is not None and self._process.poll() is None

    def start(
        self,
        command: Sequence[str],
        environment: Mapping[str, str] | None = None,
        *,
        orphan_grace: float = 10.0,
    ) -> None:
        """Starts `command` (its first item is a path), after ending an orphan of it (see `take_over`).

        Main thread only: Linux ties the child to the thread that started it.
        """
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError(f"{self.name} must be started from the main thread, or it dies with this one")
        if self.alive():
            raise RuntimeError(f"{self.name} runs already, as process {self.pid}")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        take_over(self.lock, grace=orphan_grace)
        try:
            descriptor = self.lock.descriptor
            launcher = [sys.executable, "-I", "-S", lifeline.__file__, str(descriptor), str(os.getpid())]
            with self.log.open("ab") as log:
                self._process = subprocess.Popen(
                    [*launcher, *command],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    pass_fds=(descriptor, *self._inherit),
                    env=dict(environment) if environment is not None else None,
                    start_new_session=True,  # Ctrl-C reaches the starter only, which stops parts in order
                )
        finally:
            self.lock.release()

    def stop(self, grace: float = 10.0) -> None:
        """SIGTERM, and SIGKILL after `grace` seconds; returns when the command has ended."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(grace)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()

    def kill(self) -> None:
        """SIGKILL without ceremony."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def last_words(self) -> str:
        """The last line of the log that is not empty, at most 300 characters; for one-line errors."""
        with contextlib.suppress(OSError):
            lines = self.log.read_bytes()[-8192:].decode("utf-8", "replace").splitlines()
            for line in reversed(lines):
                if line.strip():
                    return line.strip()[:300]
        return ""
