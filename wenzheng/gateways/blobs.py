"""Files that people send, kept by what is in them: a folder whose files are named by their sha256.

A file is spooled first and put in its place only when it is whole and on disk; the row that names it comes
after. A kill in between leaves a file no row names, or a spooled one: `sweep` removes both.
POSIX only (flock), on a local disk, like the rest of the data folder.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from wenzheng.gateways.ports import BlobsFull, Spooled

GRACE_SECONDS: Final = 3600.0
"""A file younger than this is never swept: its row may be about to be written."""
KEEP_FREE: Final = 512 * 1024 * 1024
"""Bytes of the disk that uploads leave alone: the databases need them."""

_SPOOL: Final = "spool"
_LOCK: Final = "lock"
_NAME: Final = re.compile(r"[0-9a-f]{64}")
_BATCH: Final = 500
_CHECK_EVERY: Final = 16 * 1024 * 1024
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


class _SpoolFile(Spooled):
    """A file on its way in. Not for several threads at once."""

    def __init__(self, path: Path, keep_free: int) -> None:
        self.path = path
        self.size = 0
        self._sha256 = hashlib.sha256()
        self._keep_free = keep_free
        self._since_check = _CHECK_EVERY
        self._file: BinaryIO | None = os.fdopen(
            os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb"
        )

    @property
    def sha256(self) -> str:
        return self._sha256.hexdigest()

    def write(self, data: bytes) -> None:
        assert self._file is not None  # for the type checker: nobody writes after closing
        self._since_check += len(data)
        if self._since_check >= _CHECK_EVERY:
            self._since_check = 0
            if shutil.disk_usage(self.path.parent).free < self._keep_free:
                raise BlobsFull(
                    f"less than {self._keep_free} bytes are free on the disk of {self.path.parent}"
                )
        with _full_named():
            self._file.write(data)
        self._sha256.update(data)
        self.size += len(data)

    def close(self) -> None:
        if self._file is None:
            return
        file, self._file = self._file, None
        with file, _full_named():
            file.flush()
            os.fsync(file.fileno())

    def discard(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):  # what could not be flushed is not wanted either
                self._file.close()
            self._file = None
        self.path.unlink(missing_ok=True)


class FolderBlobs:
    """Blobs in a folder: `ab/abcd…`, beside `spool/` for what is on its way in."""

    def __init__(self, folder: Path, *, keep_free: int = KEEP_FREE) -> None:
        self.folder = folder
        self._keep_free = keep_free

    def spool(self) -> Spooled:
        """See ports.Blobs."""
        spool = self.folder / _SPOOL
        with _full_named():
            self._make(self.folder)
            self._make(spool)
            return _SpoolFile(spool / secrets.token_hex(16), self._keep_free)

    def put(self, spooled: Spooled) -> str:
        """See ports.Blobs."""
        spooled.close()
        target = self._path(spooled.sha256)
        with _full_named():
            self._make(target.parent)
            with self._locked(fcntl.LOCK_SH):
                if target.exists():
                    # Young again: a sweep that has not yet looked at the rows leaves it alone.
                    os.utime(target)
                    spooled.path.unlink(missing_ok=True)
                else:
                    os.utime(spooled.path)
                    spooled.path.replace(target)
            _sync(target.parent)
        return spooled.sha256

    def path(self, sha256: str) -> Path | None:
        """See ports.Blobs."""
        found = self._path(sha256)
        return found if found.is_file() else None

    def sweep(
        self, used: Callable[[Collection[str]], Collection[str]], *, older_than: float = GRACE_SECONDS
    ) -> int:
        """See ports.Blobs."""
        if not self.folder.is_dir():
            return 0
        before = time.time() - older_than
        removed = sum(self._remove(path, before) for path in (self.folder / _SPOOL).glob("*"))
        old = [path for path in self.folder.glob("??/*") if _NAME.fullmatch(path.name) and _old(path, before)]
        for start in range(0, len(old), _BATCH):
            batch = {path.name: path for path in old[start : start + _BATCH]}
            orphans = batch.keys() - set(used(list(batch)))
            removed += sum(self._remove(batch[name], before) for name in orphans)
        return removed

    def _remove(self, path: Path, before: float) -> bool:
        """Remove a file that is still old: nobody has put the same one meanwhile."""
        with self._locked(fcntl.LOCK_EX):
            if not _old(path, before):
                return False
            path.unlink(missing_ok=True)
        return True

    @contextlib.contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        """Puts share the lock, a removal has it alone: see `put`."""
        descriptor = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, how)
            yield
        finally:
            os.close(descriptor)

    def _path(self, sha256: str) -> Path:
        if not _NAME.fullmatch(sha256):
            raise ValueError(f"expected a sha256 in lower-case hex, found {sha256!r}")
        return self.folder / sha256[:2] / sha256

    @staticmethod
    def _make(folder: Path) -> None:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _sync(folder.parent)


@contextlib.contextmanager
def _full_named() -> Iterator[None]:
    """A full disk as an error that callers can know."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise BlobsFull(str(error)) from error
        raise


def _old(path: Path, before: float) -> bool:
    try:
        return path.stat().st_mtime < before
    except FileNotFoundError:
        return False


def _sync(folder: Path) -> None:
    """A new name in a folder survives a power cut only when the folder is written too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
