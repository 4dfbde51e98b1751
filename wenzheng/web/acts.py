"""Acts of people on a letter: content first, then the process, and one act stays one act.

The text of an act is stored before the act; the act carries its id. A text whose act was
refused stays unreferenced and is shown to nobody.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import time
import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

import anyio

from wenzheng import contracts
from wenzheng.contracts import ActResult, CompleteTask, SendMessage
from wenzheng.gateways.ports import ActRefused, ProcessUnavailable
from wenzheng.store import BadText, Reader, UnitOfWork
from wenzheng.store.views.log import Act
from wenzheng.store.views.petitions import PetitionRow
from wenzheng.web.problems import Fault, Problem
from wenzheng.web.schemas.acts import Done
from wenzheng.web.schemas.fields import ACT_ID_LENGTH, ACT_ID_PATTERN
from wenzheng.web.services import Services

AUTHOR: Final = "author"
"""Actor and role of the author's acts: histories carry no names."""
WITHDRAWN: Final = "withdrawn"
"""The message by which an author takes a letter back."""

_CONTENT_NAMESPACE: Final = uuid.UUID("6f0b6b0e-3b7c-5d43-9c1c-0a4a2f1f6a10")
_ACT_ID_BYTES: Final = 12
_PAUSE: Final = 0.05
_TASK_ID_LENGTH: Final = 200
"""Seconds between two looks while an act settles."""

MAIN_TEXT: Final = "content_id"
"""The field by which a task of the shipped definition takes its text."""
WITHDRAWAL: Final = "withdrawal"
"""Kind of the text that a message carries."""
_KINDS: Final = {
    "complete": "completion",
    "rate": "rating",
    "decide": "decision",
}
"""Kinds of the main texts that are not called like their element."""


@dataclass(frozen=True)
class Intent:
    """What a person wants to do to a letter.

    `element` is the user task, or None for a message. Each of `texts` (by field of the task's form) is
    stored as content; its id joins `data` under the field's name. `unit` is the actor's.
    """

    element: str | None
    actor: str
    role: str
    act_id: str
    data: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    unit: str | None = None
    task_id: str | None = None


def new_act_id() -> str:
    """A name for an act whose sender gave none."""
    return secrets.token_urlsafe(_ACT_ID_BYTES)


def content_kind(element: str | None, field_id: str) -> str:
    """What sort of text a field holds: the shipped tasks' have words of their own, others their ids."""
    if element is None:
        return WITHDRAWAL
    return _KINDS.get(element, element) if field_id == MAIN_TEXT else field_id


def act_id_of(field: str) -> str:
    """The act id that a form carries; a new one where there is none or nobody could have been given it."""
    return field if re.fullmatch(ACT_ID_PATTERN, field) and len(field) <= ACT_ID_LENGTH else new_act_id()


def task_id_of(field: str) -> str | None:
    """The opening of a task that a form was made for; None where it names none that there could be."""
    return field if field.isprintable() and 0 < len(field) <= _TASK_ID_LENGTH else None


def content_id(instance: str, intent: Intent, field_id: str) -> str:
    """The id of an act's text in one field.

    Derived from the act, its actor and the words: the same act sent twice stores one text,
    and somebody who uses a taken act id never overwrites another's words.
    """
    words = hashlib.sha256(intent.texts[field_id].encode()).hexdigest()
    kind = content_kind(intent.element, field_id)
    name = f"{instance}\0{intent.act_id}\0{intent.actor}\0{kind}\0{words}"
    # The main text's name is as it always was: an act that is sent again after an upgrade is the same one.
    return str(uuid.uuid5(_CONTENT_NAMESPACE, name if field_id == MAIN_TEXT else f"{name}\0{field_id}"))


async def perform(services: Services, row: PetitionRow, intent: Intent) -> Done:
    """Do it once. Raises Problem with the reason when it cannot be done.

    Temporal is asked every time, also when the store shows the act or the letter's end: a worker writes
    to the store before Temporal has the act, and a kill between the two leaves the store ahead. An
    act acknowledged from the store alone would then never happen.
    """
    data = dict(intent.data)
    # A message's text is found by its kind, not by its id: none may be added to a closed letter.
    if intent.element is not None or row.ended_at is None:
        saved = await _save_contents(services, row, intent)
        if intent.element is not None:
            # A message sets process variables only; its text is found by its kind (views.contents).
            data |= saved
    try:
        result = await _ask(services, row, intent, data)
    except ProcessUnavailable as error:
        problem = await away(services, row, intent.element, error)
        if not error.not_started:
            raise problem from error
        # Temporal knows no such running instance: if the store has the act, it is from a finished one.
        result = await _recorded_or(services, row, intent, problem)
    except ActRefused as error:
        if error.code != contracts.REFUSED_ENDED:
            raise await _refusal(services, row, intent, error) from error
        result = await _recorded_or(services, row, intent, await _ended(services, row, intent.element))
    _check_mine(result, intent)
    return _done(row, intent, await _settle(services, row, intent, result))


async def _ask(services: Services, row: PetitionRow, intent: Intent, data: dict[str, Any]) -> ActResult:
    """Ask the instance. While it writes its last rows it says "try again": wait a little for that."""
    deadline = time.monotonic() + services.settings.settle_seconds
    while True:
        try:
            return await _send(services, row, intent, data)
        except ActRefused as error:
            if error.code != contracts.REFUSED_TRY_AGAIN or time.monotonic() >= deadline:
                raise
        await anyio.sleep(_PAUSE)


async def _send(services: Services, row: PetitionRow, intent: Intent, data: dict[str, Any]) -> ActResult:
    if intent.element is None:
        message = SendMessage(intent.act_id, WITHDRAWN, intent.actor, data)
        return await services.process.send_message(row.instance, message)
    act = CompleteTask(intent.act_id, intent.element, intent.actor, intent.role, data, intent.task_id)
    return await services.process.complete_task(row.instance, act)


async def _save_contents(services: Services, row: PetitionRow, intent: Intent) -> dict[str, str]:
    """Keep the texts of an act; their ids by field."""
    at = services.now()
    ids = {name: content_id(row.instance, intent, name) for name in intent.texts}

    def save(unit: UnitOfWork) -> None:
        for name, identity in ids.items():
            unit.save_content(
                content_id=identity,
                petition_id=row.id,
                kind=content_kind(intent.element, name),
                text=intent.texts[name],
                author=intent.actor,
                unit_id=intent.unit,
                at=at,
            )

    if not ids:
        return {}
    try:
        await services.write(save)
    except BadText as error:
        raise unstorable("#/text", error) from error
    return ids


def unstorable(pointer: str, error: BadText) -> Problem:
    """The refusal of a text with characters no database keeps."""
    fault = Fault(
        pointer=pointer,
        expected="text without NUL and without half characters",
        found=str(error),
        hint="Remove the character and send it again.",
    )
    return Problem(422, "bad-text", "The text holds a character that cannot be stored.", [fault])


async def _recorded_or(services: Services, row: PetitionRow, intent: Intent, otherwise: Problem) -> ActResult:
    """The result of an act that is already recorded, for whoever sends it again."""
    act = await services.read(lambda reader: reader.act(row.instance, intent.act_id))
    # The rows of a message name nobody: the tasks it cancels were closed by no one.
    actor = None if act is None else act.actor or (intent.actor if intent.element is None else None)
    if act is None or actor is None:
        raise otherwise
    tasks = await services.read(lambda reader: reader.tasks(petition_id=row.id, open_only=True))
    open_elements = [task.element for task in tasks]
    _check_same_act(act, row, intent)
    result = ActResult(act.act_id, act.seq, actor, act.at, open_elements, row.instance_state == "completed")
    _check_mine(result, intent)
    return result


def _check_mine(result: ActResult, intent: Intent) -> None:
    """Somebody else's act id is not mine: saying "done" would be a lie."""
    if result.actor != intent.actor:
        raise _lost(f"The act id is taken: {result.actor} used it.", result.actor, result.at)


def _lost(detail: str, by: str | None, at: datetime | None) -> Problem:
    extra = {} if by is None else {"by": by, "at": at.isoformat() if at else None}
    return Problem(409, "already-done", detail, extra=extra)


def _shown(services: Services, at: datetime) -> str:
    """An instant for people, by the city's clock; programs find it in `at`."""
    return f"{at.astimezone(services.calendar.zone):%Y-%m-%d %H:%M}"


async def _ended(services: Services, row: PetitionRow, element: str | None) -> Problem:
    """The letter is closed; whoever lost a race for its last act hears who did it."""
    outcome = f" ({row.outcome})" if row.outcome else ""
    closed = f"Letter {row.number} is closed{outcome}. Nothing more can be done with it."
    if element is None:
        return Problem(409, "ended", closed)
    by, at = await services.read(lambda reader: _who_closed(reader, row, element))
    if by is None or at is None:
        return Problem(409, "ended", closed)
    detail = f"{by} did this at {_shown(services, at)}. {closed}"
    return Problem(409, "ended", detail, extra={"by": by, "at": at.isoformat()})


async def away(
    services: Services, row: PetitionRow, element: str | None, error: ProcessUnavailable
) -> Problem:
    """Nobody there: the instance has ended since we looked, has not started, or Temporal is away."""
    latest = await services.read(lambda reader: reader.petition(row.id))
    if error.not_started and latest is not None and latest.ended_at is not None:
        return await _ended(services, latest, element)
    if error.not_started:
        detail = "The letter is stored; its handling has not yet started. Try again in a moment."
        return Problem(503, "not-started", detail, headers={"Retry-After": "2"})
    detail = "The process engine cannot be reached just now. Nothing is lost: try again with the same act id."
    return Problem(503, "process-away", detail, headers={"Retry-After": "10"})


async def _refusal(services: Services, row: PetitionRow, intent: Intent, error: ActRefused) -> Problem:
    """A refused act as a problem."""
    if error.code in {contracts.REFUSED_ALREADY_DONE, contracts.REFUSED_NOT_OPEN}:
        by, at = error.by, error.at
        if by is None and intent.element is not None:
            element = intent.element
            by, at = await services.read(lambda reader: _who_closed(reader, row, element))
        if by is None:
            detail = f"'{intent.element or WITHDRAWN}' is not open for letter {row.number}. {error.detail}"
            return Problem(409, "not-open", detail.strip(), extra={"state": row.state})
        when = f" at {_shown(services, at)}" if at else ""
        return _lost(f"{by} did this{when}. Look at the letter again.", by, at)
    if error.code == contracts.REFUSED_ROLE:
        return Problem(403, "wrong-role", error.detail)
    if error.code == contracts.REFUSED_DATA:
        return Problem(422, "bad-data", error.detail)
    return Problem(503, "try-again", f"{error.detail} Try again.".strip(), headers={"Retry-After": "2"})


def _who_closed(reader: Reader, row: PetitionRow, element: str) -> tuple[str | None, datetime | None]:
    """Who completed the last opening of an element, unless it is open now."""
    task = reader.task(row.instance, element)
    if task is None or task.closed_at is None or task.reason != "completed":
        return None, None
    return task.actor, task.closed_at


@dataclass(frozen=True)
class _Settled:
    """The result of an act, and the state of the letter that the store shows with it."""

    result: ActResult
    state: str


async def _settle(services: Services, row: PetitionRow, intent: Intent, result: ActResult) -> _Settled:
    """Wait until the store shows the act and what is open next, but never long.

    Service steps behind an act (telling the author) take a moment; a script that accepts
    and then assigns should not have to know.
    """

    def shown(reader: Reader) -> _Settled | None:
        act = reader.act(row.instance, intent.act_id)
        if act is None:
            return None
        _check_same_act(act, row, intent)
        instance = reader.instance(row.instance)
        ended = instance is not None and instance.ended_at is not None
        now_open = [task.element for task in reader.tasks(instance=row.instance, open_only=True)]
        if not now_open and not ended:
            return None
        latest = reader.petition(row.id) or row
        return _Settled(replace(result, open_elements=now_open, ended=ended), latest.state)

    deadline = time.monotonic() + services.settings.settle_seconds
    while True:
        settled = await services.read(shown)
        if settled is not None or time.monotonic() >= deadline:
            return settled or _Settled(result, row.state)
        await anyio.sleep(_PAUSE)


def _check_same_act(act: Act, row: PetitionRow, intent: Intent) -> None:
    """One act id names one act: used again for something else it is refused, not called done."""
    if act.kind != contracts.TASK_CLOSED or act.actor is None:
        return
    wanted = intent.data | {name: content_id(row.instance, intent, name) for name in intent.texts}
    if act.element != intent.element:
        already = f"already names '{act.element}'"
    elif act.actor == intent.actor and act.data.get("data") != wanted:
        already = f"already names another '{act.element}', with other words or values"
    else:
        return
    detail = f"The act id {intent.act_id} {already}. Take a fresh one for this act."
    raise Problem(409, "act-id-taken", detail)


def _done(row: PetitionRow, intent: Intent, settled: _Settled) -> Done:
    result = settled.result
    state = "closed" if result.ended or intent.element is None else settled.state
    if intent.element == "accept" and intent.data.get("accepted") is False:
        state = "rejected"
    return Done(
        petition=row.id,
        number=row.number,
        act_id=result.act_id,
        actor=result.actor,
        at=result.at,
        state=state,
        open=result.open_elements,
        ended=result.ended,
    )
