"""Ties a child process to its parent: `python lifeline.py LOCK_FD PARENT_PID COMMAND…`.

A tiny launcher that runs between fork and exec, in the child, where Python code is safe (a
`preexec_fn` is not: it runs after fork in a copy of a threaded process). It

1. writes its process id into the lock file whose descriptor it inherited. The id stays the same
   after exec, so while the lock is held, the id in the file is that of a living process;
2. asks Linux to send SIGTERM when the parent dies, however it dies;
3. becomes COMMAND. The descriptor stays open, so the lock lives exactly as long as the command.

Imports the standard library only, and is started by path with `-I -S`, so that it costs
milliseconds. On systems without such a signal (macOS) step 2 is skipped: the lock still tells the
next run whom to end.
"""

from __future__ import annotations

import os
import signal
import sys

PR_SET_PDEATHSIG = 1
"""Option of prctl(2), from linux/prctl.h."""


def die_with_parent(parent: int) -> None:
    """Asks the kernel for SIGTERM when `parent` is gone (Linux; elsewhere nothing happens).

    "Parent" means the thread that started this process: start children from the main thread.
    Ends this process at once when the parent died before the kernel knew.
    """
    if sys.platform != "linux":
        return
    import ctypes  # noqa: PLC0415  # only Linux pays for it

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:
        sys.exit("the process that started this one is gone")


def main(arguments: list[str]) -> None:
    """See the module's text; does not return."""
    lock, parent, command = int(arguments[0]), int(arguments[1]), arguments[2:]
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    die_with_parent(parent)
    os.execv(command[0], command)  # noqa: S606  # becoming the command is the point; no shell


if __name__ == "__main__":
    main(sys.argv[1:])
