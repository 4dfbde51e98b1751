"""Watching other processes in tests: on the kernel's word, not after a pause."""

from __future__ import annotations

import os
import select
import signal
from pathlib import Path

from wenzheng.gateways.parts import wait_until


def ended(pid: int, seconds: float) -> bool:
    """Whether the process ends within the time (it may be a zombie then)."""
    try:
        watch = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([watch], [], [], seconds)[0])
    finally:
        os.close(watch)


def freeze(pid: int) -> None:
    """SIGSTOP, and back when it has taken effect: a signal sent earlier with a lower number would win."""
    os.kill(pid, signal.SIGSTOP)
    stat = Path(f"/proc/{pid}/stat")
    assert wait_until(lambda: stat.read_text().rpartition(")")[2].split()[0] == "T", 60)
