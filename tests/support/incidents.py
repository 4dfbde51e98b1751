"""Answers that nobody may ever get, and what the log of the web says about them."""

from __future__ import annotations

import re
from http import HTTPStatus
from itertools import pairwise
from typing import Final

import httpx2

from wenzheng.settings import Settings

_LOGGED: Final = re.compile(r"^(incident \w+:|Exception in ASGI application|ERROR: +Exception in ASGI)")
_TRACEBACK: Final = 80
"""Lines of the log that are shown after the first one of an incident."""


def web_log(settings: Settings) -> list[str]:
    """The lines of the log of the web, in all its lives."""
    path = settings.logs_dir / "web.log"
    return path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []


def incidents(settings: Settings) -> list[str]:
    """What the web has logged as an error it had not foreseen, each with its traceback."""
    lines = web_log(settings)
    starts = [number for number, line in enumerate(lines) if _LOGGED.match(line)]
    return ["\n".join(lines[start:end][:_TRACEBACK]) for start, end in pairwise([*starts, len(lines)])]


async def check_answer(answer: httpx2.Response, settings: Settings) -> None:
    """A person may be asked to try again (503), but never meets an error of ours."""
    if answer.status_code < 500 or answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
        return
    await answer.aread()
    logged = "\n".join(incidents(settings)) or "nothing in the log of the web"
    raise AssertionError(
        f"{answer.request.method} {answer.request.url.path} was answered with {answer.status_code}: "
        f"{answer.text}\n{logged}"
    )


def check_log(settings: Settings) -> None:
    """No incident, also none whose answer reached nobody: its sender had given up."""
    found = incidents(settings)
    assert not found, "\n\n".join(found)
