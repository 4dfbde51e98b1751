"""Becomes another user's process that ends with its parent: `python as_user.py UID GID PARENT COMMAND…`.

Started by path, between fork and exec, as wenzheng/gateways/lifeline.py is. The order matters: what
is imported comes first (the other user may not enter this interpreter's folder), the signal last
(a change of user forgets it). SIGINT is PostgreSQL's fast shutdown.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

from wenzheng.gateways.lifeline import PR_SET_PDEATHSIG


def main(arguments: list[str]) -> None:
    """See the module's text; does not return."""
    user, group, parent = map(int, arguments[:3])
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(group)
        os.setuid(user)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("the process that started this one is gone")
    os.execv(arguments[3], arguments[3:])  # noqa: S606  # becoming the command is the point; no shell


if __name__ == "__main__":
    main(sys.argv[1:])
