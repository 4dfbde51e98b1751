"""Acts on a session's instance: asked of the process engine, shown when the store has them."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import anyio

from wenzheng import contracts
from wenzheng.contracts import ActResult, CompleteTask, SendMessage
from wenzheng.gateways.ports import ActRefused, ProcessUnavailable
from wenzheng.store import Reader
from wenzheng.store.forum import SessionRow
from wenzheng.store.views.instances import Task
from wenzheng.web.problems import Problem
from wenzheng.web.security import Principal
from wenzheng.web.services import Services

_PAUSE: Final = 0.05
"""Seconds between two looks while an act settles."""


@dataclass(frozen=True)
class Wish:
    """A person's wish to complete a task of a session, or to send it a message, with these values."""

    who: Principal
    ref: str
    element: str
    act_id: str
    values: Mapping[str, Any] = field(default_factory=dict)
    task_id: str | None = None


async def complete(
    services: Services, row: SessionRow, wish: Wish, task: Task, data: Mapping[str, Any]
) -> None:
    """Complete a task of a session. The same act id is one act. Raises Problem."""
    # Which opening is meant is said by whoever saw it, or by the unit. Otherwise the engine knows better:
    # after a crash the store may show one that has not come to be.
    task_id = wish.task_id or (task.task_id if task.unit_id is not None else None)
    act = CompleteTask(wish.act_id, task.element, wish.who.account, task.role, dict(data), task_id)
    await _perform(services, row, wish, lambda: services.process.complete_task(row.instance, act))


async def message(
    services: Services, row: SessionRow, wish: Wish, name: str, data: Mapping[str, Any]
) -> None:
    """Send a session a message. The same act id is one act. Raises Problem."""
    act = SendMessage(wish.act_id, name, wish.who.account, dict(data))
    await _perform(services, row, wish, lambda: services.process.send_message(row.instance, act))


async def _perform(
    services: Services, row: SessionRow, wish: Wish, ask: Callable[[], Awaitable[ActResult]]
) -> None:
    """Temporal is asked every time: a worker writes to the store before Temporal has the act (web.acts)."""
    deadline = time.monotonic() + services.settings.settle_seconds
    while True:
        try:
            result = await ask()
        except ActRefused as error:
            if error.code == contracts.REFUSED_TRY_AGAIN and time.monotonic() < deadline:
                await anyio.sleep(_PAUSE)
                continue
            if error.code == contracts.REFUSED_ENDED and await _is_recorded(services, row, wish):
                return
            raise _refusal(row, wish, error) from error
        except ProcessUnavailable as error:
            if error.not_started and await _is_recorded(services, row, wish):
                return
            raise await _away(services, row, error) from error
        break
    if result.actor != wish.who.account:
        extra = {"by": result.actor, "at": result.at.isoformat()}
        raise Problem(409, "already-done", f"The act id is taken: {result.actor} used it.", extra=extra)
    while not await services.read(lambda reader: _shown(reader, row, wish)):
        if time.monotonic() >= deadline:
            return
        await anyio.sleep(_PAUSE)


async def _is_recorded(services: Services, row: SessionRow, wish: Wish) -> bool:
    """Whether an act that comes again is the last one of a session that has ended."""
    act = await services.read(lambda reader: reader.act(row.instance, wish.act_id))
    return act is not None and act.actor in {None, wish.who.account}


def _shown(reader: Reader, row: SessionRow, wish: Wish) -> bool:
    """Whether the store has the act, and what is open next: service steps behind it take a moment."""
    if reader.act(row.instance, wish.act_id) is None:
        return False
    instance = reader.instance(row.instance)
    ended = instance is not None and instance.ended_at is not None
    return ended or bool(reader.tasks(instance=row.instance, open_only=True))


def _refusal(row: SessionRow, wish: Wish, error: ActRefused) -> Problem:
    match error.code:
        case contracts.REFUSED_ALREADY_DONE if error.by is not None:
            extra = {"by": error.by, "at": error.at.isoformat() if error.at else None}
            return Problem(
                409, "already-done", f"{error.by} did this. Look at the session again.", extra=extra
            )
        case contracts.REFUSED_ENDED:
            return Problem(409, "ended", f"Session {row.number} has ended; nothing more can be done with it.")
        case contracts.REFUSED_ALREADY_DONE | contracts.REFUSED_NOT_OPEN:
            detail = f"'{wish.element}' is not open for session {row.number}. {error.detail}"
            return Problem(409, "not-open", detail, extra={"state": row.stage})
        case contracts.REFUSED_ROLE:
            return Problem(403, "wrong-role", error.detail)
        case contracts.REFUSED_DATA:
            return Problem(422, "bad-data", error.detail)
    return Problem(503, "try-again", f"{error.detail} Try again.", headers={"Retry-After": "2"})


async def _away(services: Services, row: SessionRow, error: ProcessUnavailable) -> Problem:
    latest = await services.read(lambda reader: reader.forum_session(row.id))
    if error.not_started and latest is not None and latest.ended_at is not None:
        return Problem(409, "ended", f"Session {row.number} has ended; nothing more can be done with it.")
    if error.not_started:
        detail = "The session is kept; its preparation has not yet begun. Try again in a moment."
        return Problem(503, "not-started", detail, headers={"Retry-After": "2"})
    detail = "The process engine cannot be reached just now. Nothing is lost: try again with the same act id."
    return Problem(503, "process-away", detail, headers={"Retry-After": "10"})
