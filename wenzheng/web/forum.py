"""Sessions of the forum: opened by the centre, carried on by the people whom their definition names.

Which steps there are, who does them and what they fill in is the definition's to say; only that a session is
postponed before it is held, and who opens one, is said here.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from starlette.concurrency import run_in_threadpool

from wenzheng.calendars import Calendar
from wenzheng.contracts import TASK_CLOSED
from wenzheng.petitions.forms import Around, Filled, Misfit, fields_of, fill
from wenzheng.petitions.guides import Offer, StepGuide
from wenzheng.petitions.matters import MATTER_KIND, PROMISED, PROMISED_BY
from wenzheng.petitions.organisation import Organisation, check_assignment
from wenzheng.petitions.roles import CENTRE, DEPARTMENTS, OVERSIGHT, may_perform
from wenzheng.store import BadText, Conflict, Reader, UnitOfWork
from wenzheng.store.forum import MatterRow, SessionRow, SessionText
from wenzheng.store.views.instances import Clock, Task
from wenzheng.store.views.log import RecordRow
from wenzheng.web.forum_acts import Wish, complete, message
from wenzheng.web.lookup import organisation
from wenzheng.web.problems import Fault, Problem
from wenzheng.web.security import Principal
from wenzheng.web.services import Services

LONGEST_TITLE: Final = 100
ASSIGNED: Final = "assigned"
HELD: Final = "held"
"""The fact after which a session's day and guest do not change any more, and it is not called off: what was
promised in it is kept."""
PUBLISHED: Final = frozenset(
    {
        *("notice_text", "change_notice", "guest_notice", "cancel_notice"),
        *("questions", "transcript_text", "explanation", "results_text"),
    }
)
"""Texts (by field) that every department reads; of the others it reads its own."""
_BEFORE_IT: Final = frozenset({"postponed", "guest_changed", "cancelled"})
_SESSIONS: Final = uuid.UUID("7f0c5a8e-9f7e-5f0a-8a36-4c1d8f2b9e55")
_TEXTS: Final = uuid.UUID("1b9d6bcd-2f3c-5c7e-b1f5-6e1f0a7d4c21")


@dataclass(frozen=True)
class SessionView:
    """A session as one person sees it.

    `mine` are the open tasks that they may complete, `others` those of other people, `offers` what they may
    send; `guides` are by element.
    """

    row: SessionRow
    mine: list[Task]
    others: list[Task]
    offers: list[Offer]
    guides: Mapping[str, StepGuide]
    texts: list[SessionText]
    matters: list[MatterRow]
    clocks: list[Clock]
    records: list[RecordRow]
    units: Organisation
    held: bool
    calendars: Mapping[str, Calendar]
    """The versions by which its clocks were counted, by digest."""

    def counted_by(self, clock: Clock, now: Calendar) -> Calendar:
        """The version by which a clock was counted; that of `now` where nobody knows it any more."""
        return self.calendars.get(clock.calendar, now)


@dataclass
class MisfitForm(Problem):
    """A form with something wrong in it; `misfits` say it in both languages, for pages."""

    misfits: tuple[Misfit, ...] = ()

    __str__ = Problem.__str__


def no_session() -> Problem:
    """The one answer for a session that is not there."""
    return Problem(404, "no-session", "There is no such session of the forum. GET /api/forum lists them.")


async def open_session(
    services: Services, who: Principal, title: str, session_on: date, act_id: str
) -> SessionRow:
    """Open a session. The same act id with the same words gives the same session again. Raises Problem."""
    digest = await run_in_threadpool(services.forum)
    calendar = await run_in_threadpool(services.counted_by, digest, services.forum_process)
    faults = _wrong_opening(title, session_on, calendar.today(services.now()))
    if faults:
        raise Problem(422, "bad-data", "The session cannot be opened as it is.", faults)
    session_id = str(uuid.uuid5(_SESSIONS, hashlib.sha256(act_id.encode()).hexdigest()))
    variables = {"session_id": session_id, "session_on": session_on.isoformat()}

    def keep(unit: UnitOfWork) -> SessionRow:
        return unit.open_forum_session(
            session_id=session_id,
            act_id=act_id,
            title=title.strip(),
            session_on=session_on,
            opened_by=who.account,
            opened_at=services.now(),
            definition=digest,
            calendar=calendar.version,
            start={"process": services.forum_process, "variables": variables},
        )

    try:
        row = await services.write(keep)
    except Conflict as error:
        detail = "This act id has opened another session. Open this one with a fresh act id."
        raise Problem(409, "act-id-taken", detail) from error
    services.submitted()
    return row


def _wrong_opening(title: str, session_on: date, today: date) -> list[Fault]:
    faults = []
    if not title.strip() or len(title) > LONGEST_TITLE or len(title.splitlines()) > 1 or "\0" in title:
        wanted = f"one line of 1 to {LONGEST_TITLE} characters"
        faults.append(Fault(pointer="#/title", expected=wanted, found=title[:80], hint="Shorten it."))
    if session_on <= today:
        faults.append(
            Fault(
                pointer="#/session_on",
                expected=f"a day after {today.isoformat()}",
                found=session_on.isoformat(),
                hint="Choose a day two weeks ahead or later, so that people can ask.",
            )
        )
    return faults


async def sessions(services: Services) -> list[SessionRow]:
    """All sessions, the latest first."""
    return await services.read(lambda reader: reader.forum_sessions())


async def session_view(services: Services, ref: str, who: Principal) -> SessionView:
    """A session as this person sees it. Raises Problem 404."""

    def ask(reader: Reader) -> SessionView:
        row = reader.forum_session(ref)
        if row is None:
            raise no_session()
        units = organisation(reader)
        tasks = reader.tasks(instance=row.instance, open_only=True)
        mine = [task for task in tasks if _may_do(who, task, units)]
        clocks = reader.clocks_of([row.instance])[row.instance]
        records = reader.records(row.instance)
        held = any(
            record.kind == TASK_CLOSED
            and record.data.get("fact") == HELD
            and record.data["reason"] == "completed"
            for record in records
        )
        texts = [text for text in reader.forum_texts(row.id) if _may_read(who, text)]
        return SessionView(
            row=row,
            mine=mine,
            others=[task for task in tasks if task not in mine],
            offers=[],
            guides={},
            texts=texts,
            matters=reader.forum_matters(row.id),
            clocks=clocks,
            records=records,
            units=units,
            held=held,
            calendars=reader.kept_calendars({clock.calendar for clock in clocks}),
        )

    view = await services.read(ask)
    process = view.row.process or services.forum_process
    guides = await run_in_threadpool(services.guides.steps, view.row.definition, process)
    offers = await run_in_threadpool(services.guides.offers, view.row.definition, process)
    if view.row.state != "running":
        offers = []
    allowed = [one for one in offers if may_perform(who.role, one.role)]
    return replace(
        view, guides=guides, offers=[one for one in allowed if not (view.held and one.message in _BEFORE_IT)]
    )


def _may_do(who: Principal, task: Task, units: Organisation) -> bool:
    """Whether a person may complete a task: by their role, a department's for their own line of units."""
    if not may_perform(who.role, task.role):
        return False
    if who.role not in DEPARTMENTS:
        return True
    return who.unit is not None and task.unit_id is not None and units.same_line(who.unit, task.unit_id)


def _may_read(who: Principal, text: SessionText) -> bool:
    return who.role in CENTRE | OVERSIGHT or text.kind in PUBLISHED or text.unit_id == who.unit


async def do_step(services: Services, wish: Wish) -> SessionView:
    """Complete a task once. Raises Problem with all that is wrong when it cannot be done."""
    view = await session_view(services, wish.ref, wish.who)
    task = await _task(services, view, wish)
    around = Around(view.units, services.calendar.today(services.now()), assigns=task.fact == ASSIGNED)
    filled = read_form(task.fields, wish.values, around)
    misfits = (*filled.misfits, *_without_a_day(filled, view.row))
    if misfits:
        raise misfitting(wish.element, misfits)
    texts = _texts(view.row, wish, filled)
    await _save(services, view.row, wish, texts)
    await complete(services, view.row, wish, task, filled.values | _ids(texts))
    return await session_view(services, wish.ref, wish.who)


async def send(services: Services, wish: Wish) -> SessionView:
    """Send a message once: postpone, change the guest, cancel. Raises Problem."""
    view = await session_view(services, wish.ref, wish.who)
    offer = await _offer(services, view, wish)
    around = Around(view.units, services.calendar.today(services.now()))
    filled = read_form(offer.fields, wish.values, around)
    if filled.misfits:
        raise misfitting(wish.element, filled.misfits)
    texts = _texts(view.row, wish, filled)
    await _save(services, view.row, wish, texts)
    await message(services, view.row, wish, offer.message, filled.values | _ids(texts))
    return await session_view(services, wish.ref, wish.who)


def _without_a_day(filled: Filled, row: SessionRow) -> list[Misfit]:
    """A promise has a day (civic.md §7, step 5), and none before the session in which it was made."""
    if filled.values.get(MATTER_KIND) != PROMISED or any(one.field == PROMISED_BY for one in filled.misfits):
        return []
    day = filled.values.get(PROMISED_BY)
    if day is None:
        zh = "承诺必须有完成日期。"
        return [Misfit(PROMISED_BY, "form.promise", zh, "the day that was promised, because it is a promise")]
    if date.fromisoformat(day) >= row.session_on:
        return []
    zh = f"不能早于论坛当天（{row.session_on.isoformat()}）。"
    en = f"a day from {row.session_on.isoformat()}, that of the session, on"
    return [Misfit(PROMISED_BY, "form.promise", zh, en, day)]


def read_form(rows: Sequence[Mapping[str, Any]], values: Mapping[str, Any], around: Around) -> Filled:
    """Read values by a form; units that take part must be such as answer letters."""
    filled = fill(fields_of(rows), values, around)
    wrong = [
        Misfit(str(row["id"]), finding.code, finding.zh, finding.en, one)
        for row in rows
        if row["type"] == "units"
        for one in filled.values.get(row["id"]) or ()
        for finding in check_assignment(one, around.units)
    ]
    return replace(filled, misfits=(*filled.misfits, *wrong)) if wrong and not filled.misfits else filled


def misfitting(element: str, misfits: Sequence[Misfit]) -> MisfitForm:
    """The refusal of a form, for programs and for pages."""
    faults = [
        Fault(
            pointer=f"#/data/{misfit.field}",
            expected=misfit.en,
            found="nothing" if misfit.found is None else str(misfit.found)[:80],
            hint="GET /api/forum/{ref} describes the form.",
        )
        for misfit in misfits
    ]
    detail = f"The form of '{element}' has {len(faults)} fault(s)."
    return MisfitForm(422, "bad-data", detail, faults, misfits=tuple(misfits))


async def _task(services: Services, view: SessionView, wish: Wish) -> Task:
    """The task that is meant: an open one of mine, else one that I have completed and send again."""
    tasks = await services.read(lambda reader: reader.tasks(instance=view.row.instance))
    named = [one for one in tasks if one.element == wish.element and wish.task_id in {None, one.task_id}]
    if not named:
        if view.row.state == "pending":
            detail = "The session is kept; its preparation has not yet begun. Try again in a moment."
            raise Problem(503, "not-started", detail, headers={"Retry-After": "2"})
        detail = f"'{wish.element}' is not open for session {view.row.number}. GET it to see what is."
        raise Problem(409, "not-open", detail, extra={"state": view.row.stage})
    mine = [one for one in named if _may_do(wish.who, one, view.units)]
    if not mine:
        detail = (
            f"'{wish.element}' is for the role {named[0].role} of its units; you are {wish.who.role.value}."
        )
        raise Problem(403, "wrong-role", detail)
    return next((one for one in mine if one.closed_at is None), mine[-1])


async def _offer(services: Services, view: SessionView, wish: Wish) -> Offer:
    process = view.row.process or services.forum_process
    offers = await run_in_threadpool(services.guides.offers, view.row.definition, process)
    named = [one for one in offers if wish.element in {one.element, one.message}]
    if not named:
        known = ", ".join(one.element for one in offers)
        raise Problem(404, "no-message", f"A session takes no '{wish.element}'; it takes {known}.")
    offer = next((one for one in named if may_perform(wish.who.role, one.role)), None)
    if offer is None:
        detail = f"'{wish.element}' is for the role {named[0].role}; {wish.who.account} has another."
        raise Problem(403, "wrong-role", detail)
    if view.held and offer.message in _BEFORE_IT:
        detail = (
            f"Session {view.row.number} was held; its day and its guest do not change any more, and it is "
            "not called off: it closes when what came of it is settled."
        )
        raise Problem(409, "already-held", detail)
    return offer


def _texts(row: SessionRow, wish: Wish, filled: Filled) -> dict[str, tuple[str, str]]:
    """The texts of an act by field, each with its id: of the same act and words always the same."""
    found = {}
    for name, text in filled.texts.items():
        found[name] = (text_id(row.instance, wish.act_id, wish.who.account, name, text), text)
    return found


def text_id(instance: str, act_id: str, account: str, name: str, text: str) -> str:
    """The id of a text: of the same act, field and words always the same."""
    words = hashlib.sha256(text.encode()).hexdigest()
    return str(uuid.uuid5(_TEXTS, f"{instance}\0{act_id}\0{account}\0{name}\0{words}"))


def _ids(texts: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    return {name: content_id for name, (content_id, _) in texts.items()}


async def _save(
    services: Services, row: SessionRow, wish: Wish, texts: Mapping[str, tuple[str, str]]
) -> None:
    """Keep the texts before the act that carries their ids."""
    if not texts:
        return
    at = services.now()

    def save(unit: UnitOfWork) -> None:
        unit.save_session_texts(
            session_id=row.id,
            texts=[(content_id, name, text) for name, (content_id, text) in texts.items()],
            author=wish.who.account,
            unit_id=wish.who.unit,
            at=at,
        )

    try:
        await services.write(save)
    except BadText as error:
        fault = Fault(
            pointer="#/data",
            expected="text without NUL and half characters",
            found=str(error),
            hint="Remove it.",
        )
        raise Problem(422, "bad-text", "A text holds a character that cannot be stored.", [fault]) from error
