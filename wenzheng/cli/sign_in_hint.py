"""What a person at the terminal is told about signing in."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Final

from wenzheng.settings import Settings

_SHOWN: Final = {
    "clerk": "accepts, assigns, checks what is reported done",
    "department_urban_management": "signs for letters, drafts replies, reports, tells the result",
    "head_urban_management": "approves drafts or sends them back",
    "supervisor_supervision_government": "hears of red lamps, decides what was not solved twice",
    "leader": "reads",
}
"""Accounts of the demo to begin with, and what they do."""


def how_to_sign_in(settings: Settings, url: str) -> str | None:
    """Where staff sign in, as whom for example, and where the passwords stand; None without such a file."""
    with suppress(OSError, ValueError):
        known = json.loads(settings.passwords_file.read_text(encoding="utf-8"))
        if len(known) > 1 and len(shared := set(known.values())) == 1:
            told = [f"Staff sign in at {url}/sign-in; everybody's password is {shared.pop()}, for example:"]
            told += [f"  {name:34} {does}" for name, does in _SHOWN.items() if name in known]
            return "\n".join(told)
        names = [
            next((name for name in known if name.startswith(kind)), None) for kind in ("clerk", "department_")
        ]
        examples = " or ".join(name for name in names if name)
        return (
            f"Staff sign in at {url}/sign-in, for example as {examples}; passwords: {settings.passwords_file}"
        )
    return None
