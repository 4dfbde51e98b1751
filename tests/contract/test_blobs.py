"""Files by what is in them: put whole or not at all, the same once, swept when nobody names them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from wenzheng.gateways.blobs import FolderBlobs
from wenzheng.gateways.ports import Blobs, BlobsFull

BYTES = "路灯".encode() * 1000
DIGEST = hashlib.sha256(BYTES).hexdigest()


@pytest.fixture(params=["folder"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    """Another implementation is one more entry."""
    return {"folder": FolderBlobs(tmp_path / "deep" / "attachments")}[request.param]


def put(blobs: Blobs, content: bytes = BYTES) -> str:
    spooled = blobs.spool()
    for start in range(0, len(content), 700):
        spooled.write(content[start : start + 700])
    return blobs.put(spooled)


def everything(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.name != "lock"]


def grow_old(folder: Path) -> None:
    for path in everything(folder):
        os.utime(path, (1, 1))


def nobody(_digests: object) -> set[str]:
    return set()


def test_a_file_comes_back_as_it_was_sent(blobs: Blobs) -> None:
    assert put(blobs) == DIGEST
    path = blobs.path(DIGEST)
    assert path is not None
    assert path.read_bytes() == BYTES
    assert blobs.path("0" * 64) is None


def test_the_same_bytes_are_kept_once(blobs: Blobs, tmp_path: Path) -> None:
    assert put(blobs) == put(blobs)
    assert len(everything(tmp_path)) == 1


def test_a_file_that_was_given_up_leaves_nothing(blobs: Blobs, tmp_path: Path) -> None:
    spooled = blobs.spool()
    spooled.write(BYTES)
    spooled.discard()
    spooled.discard()
    assert everything(tmp_path) == []
    kept = blobs.spool()
    kept.write(BYTES)
    blobs.put(kept)
    kept.discard()
    assert blobs.path(DIGEST) is not None


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_nothing_but_a_digest_names_a_file(blobs: Blobs, name: str) -> None:
    with pytest.raises(ValueError, match="sha256"):
        blobs.path(name)


def test_a_sweep_takes_what_is_old_and_in_nobodys_use(blobs: Blobs, tmp_path: Path) -> None:
    assert blobs.sweep(nobody) == 0
    put(blobs, b"wanted")
    put(blobs, b"orphan")
    left = blobs.spool()
    left.write(b"left behind")
    left.close()
    assert blobs.sweep(nobody) == 0
    grow_old(tmp_path)
    wanted = hashlib.sha256(b"wanted").hexdigest()
    assert blobs.sweep(lambda digests: {wanted} & set(digests)) == 2
    assert [path.read_bytes() for path in everything(tmp_path)] == [b"wanted"]


def test_a_file_sent_again_while_it_is_swept_stays(blobs: Blobs, tmp_path: Path) -> None:
    put(blobs)
    grow_old(tmp_path)

    def meanwhile(_digests: object) -> set[str]:
        put(blobs)  # somebody else sends the same file; the row is not yet written
        return set()

    assert blobs.sweep(meanwhile) == 0
    assert blobs.path(DIGEST) is not None


def test_many_who_send_and_sweep_at_once_lose_nothing(blobs: Blobs, tmp_path: Path) -> None:
    stop = threading.Event()

    def sweeping() -> None:
        while not stop.is_set():
            grow = blobs.path(DIGEST)
            if grow is not None:
                with contextlib.suppress(FileNotFoundError):  # the other sweep was quicker
                    os.utime(grow, (1, 1))
            blobs.sweep(nobody, older_than=3600)

    threads = [threading.Thread(target=sweeping) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        senders = [threading.Thread(target=lambda: [put(blobs) for _ in range(50)]) for _ in range(4)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    put(blobs)
    found = blobs.path(DIGEST)
    assert found is not None
    assert found.read_bytes() == BYTES


def test_a_full_disk_is_refused_before_the_databases_feel_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spooled = FolderBlobs(tmp_path / "attachments", keep_free=2**62).spool()
    with pytest.raises(BlobsFull, match="free"):
        spooled.write(BYTES)
    spooled.discard()
    assert everything(tmp_path) == []

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BlobsFull, match="No space"):
        put(FolderBlobs(tmp_path / "other"))


KILLED = """
import os, signal, sys
from pathlib import Path
from wenzheng.gateways import blobs
store = blobs.FolderBlobs(Path(sys.argv[1]))
spooled = store.spool()
spooled.write(b"x" * 100_000)
if sys.argv[2] == "before":
    os.kill(os.getpid(), signal.SIGKILL)
store.put(spooled)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(("moment", "whole"), [("before", False), ("after", True)])
def test_a_kill_leaves_a_whole_file_or_a_spooled_one_and_the_sweep_takes_both(
    tmp_path: Path, moment: str, *, whole: bool
) -> None:
    process = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), moment], check=False)
    assert process.returncode == -signal.SIGKILL
    store = FolderBlobs(tmp_path)
    assert (store.path(hashlib.sha256(b"x" * 100_000).hexdigest()) is not None) is whole
    assert len(everything(tmp_path)) == 1
    started = time.monotonic()
    assert store.sweep(nobody) == 0
    grow_old(tmp_path)
    assert store.sweep(nobody) == 1
    assert time.monotonic() - started < 5
    assert everything(tmp_path) == []
