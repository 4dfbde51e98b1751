"""The calendars' page: which version counts, which did, and the next one by a notice that is tried first.

Who has an account reads it; process administrators give notices. The rules are those of the API and of
`wenzheng calendar notice`: both ask wenzheng.calendar_versions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from wenzheng.calendar_versions import Taken, in_force, take_notice
from wenzheng.calendars import Calendar, CalendarError
from wenzheng.calendars.files import LARGEST, Fault, FileRefused
from wenzheng.calendars.overlays import parts
from wenzheng.petitions.roles import Role
from wenzheng.store import Reader, StoreAway
from wenzheng.web.i18n import Words
from wenzheng.web.pages.again import again
from wenzheng.web.pages.desk import At, Desk
from wenzheng.web.pages.render import is_genuine, render, see_other, typed
from wenzheng.web.problems import Problem

router = APIRouter()

Id = Annotated[str, Path(pattern="^[a-z0-9][a-z0-9_-]{0,39}$")]
_FIELD: Final = "notice"
_TAKE: Final = "take"


@dataclass(frozen=True)
class _Attempt:
    """A notice that was sent: its text, what is wrong with it, and what it would do."""

    text: str = ""
    error: str = ""
    faults: tuple[Fault, ...] = ()
    would: Taken | None = field(default=None)


@router.get("/calendars")
async def listed(at: At) -> Response:
    """All calendars that letters are counted by."""

    def ask(reader: Reader) -> list[Calendar]:
        found = (in_force(reader, name) for name in reader.calendar_ids())
        return [calendar for calendar in found if calendar is not None]

    calendars = await at.services.read(ask)
    return render(at.request, "calendars.html", calendars=calendars)


@router.get("/calendars/{calendar_id}")
async def look(calendar_id: Id, at: At) -> Response:
    """One calendar: its versions, how far open letters have heard of them, and the form for a notice."""
    return await _page(at, calendar_id, _Attempt())


@router.post("/calendars/{calendar_id}")
async def give(calendar_id: Id, at: At) -> Response:
    """Try a notice, or put its version in force; what was written stays in the form until it is taken."""
    form = await at.request.form(max_files=0, max_fields=20)
    text = typed(form, (_FIELD,))[_FIELD].replace("\r\n", "\n")
    if not is_genuine(at.request, form):
        return await _page(at, calendar_id, _Attempt(text, at.t("error.expired")), 403)
    if not text.strip() or len(text) > LARGEST:
        return await _page(at, calendar_id, _Attempt(text, at.t("error.notice.size", most=LARGEST)), 422)
    try:
        return await _given(at, calendar_id, text, take=form.get("go") == _TAKE)
    except StoreAway:
        return again(at.request, form)


async def _given(at: Desk, calendar_id: str, text: str, *, take: bool) -> Response:
    try:
        taken = await run_in_threadpool(_take, at, calendar_id, text, dry_run=not take)
    except FileRefused as refused:
        wrong = tuple(refused.faults)
        return await _page(at, calendar_id, _Attempt(text, at.t("error.notice.refused"), wrong), 422)
    except CalendarError as error:
        key = f"error.{error.code}"
        return await _page(at, calendar_id, _Attempt(text, at.t.or_else(key, str(error))), 409)
    if take:
        at.services.in_force.look()
        return see_other(f"/calendars/{calendar_id}?{'known' if taken.known else 'taken'}=1")
    return await _page(at, calendar_id, _Attempt(text, faults=taken.warnings, would=taken))


def _take(at: Desk, calendar_id: str, text: str, *, dry_run: bool) -> Taken:
    given = at.services
    with given.store.reader() as reader:
        _found(reader, calendar_id)
    return take_notice(
        given.store, calendar_id, text, by=at.who.account, now=given.now(), dry_run=dry_run,
        keep_later=given.settings.keep_later_date,
    )  # fmt: skip


def _found(reader: Reader, calendar_id: str) -> Calendar:
    calendar = in_force(reader, calendar_id)
    if calendar is None:
        raise Problem(404, "not-found", f"There is no calendar {calendar_id!r} here.")
    return calendar


async def _page(at: Desk, calendar_id: str, attempt: _Attempt, status: int = 200) -> Response:
    t = at.t

    def ask(reader: Reader) -> tuple[Calendar, list[dict[str, Any]]]:
        calendar = _found(reader, calendar_id)
        moves = {found.number: found for found in reader.move_progress(calendar_id)}
        rows = []
        for change in reader.calendar_changes(calendar_id):
            who = reader.account(change.by) if change.by else None
            notice = change.data.get("notice") or {}
            rows.append(
                {
                    "number": change.number,
                    "version": change.digest[:12],
                    "at": change.at,
                    "kind": t(f"calendar.kind.{change.kind}"),
                    "by": who.name if who else change.by or t("calendar.program"),
                    "why": notice.get("number") or (change.reason if change.by else ""),
                    "moves": moves.get(change.number),
                }
            )
        return calendar, rows

    calendar, versions = await at.services.read(ask)
    query = at.request.query_params
    news = next((key for key in ("taken", "known") if key in query and at.request.method == "GET"), None)
    return render(
        at.request,
        "calendar.html",
        status,
        calendar=calendar,
        version=calendar.version[:12],
        provisional_from=calendar.decreed_through + timedelta(days=1),
        versions=versions,
        news=news,
        may=at.who.role is Role.PROCESS_ADMIN and parts(calendar) is None,
        attempt=attempt,
        errors={_FIELD: attempt.error} if attempt.error else {},
        faults=list(_words_of(t, attempt.faults)),
        would=_would(t, attempt.would),
        most=LARGEST,
    )


def _words_of(t: Words, faults: tuple[Fault, ...]) -> Iterator[dict[str, str]]:
    """What is wrong with a notice, line by line: by the kind of fault, with what was found."""
    for fault in faults:
        expected, found = t.or_else(f"fault.{fault.code}", fault.expected), _as_found(t, fault.found)
        said = f"{expected}{t('calendar.found')}{found}"
        yield {
            "where": t("calendar.line", line=fault.place.line, column=fault.place.column),
            "kind": t(f"calendar.{fault.severity}"),
            "said": said,
            "code": fault.code,
        }


# What was found, in the words of the calendars and as Chinese pages say it.
_FOUND: Final = tuple(
    (re.compile(pattern), chinese)
    for pattern, chinese in (
        (r"no day", "没有写日子"),
        (r"neither", "都没有"),
        (r"none of them here", "这里一个也没有"),
        (r"worked", "上班"),
        (r"off", "放假"),
        (r"it on line (\d+) as the other", r"第\1行写成了另一种"),
        (r"it on line (\d+) as well", r"第\1行已写过"),
        (r"(.+), worked", r"\1上班"),
        (r"(.+), which is worked anyway", r"\1，本来就上班"),
        (r"(.+), off anyway", r"\1，本来就休息"),
        (r"(.+), worked already by (.+)", r"\1，已由\2定为上班"),
        (r"(.+), off already by (.+)", r"\1，已由\2定为放假"),
        (r"(.+), which was worked", r"\1，当时上班"),
        (r"(.+), which was off", r"\1，当时放假"),
    )
)


def _as_found(t: Words, found: str) -> str:
    """What was found, in the reader's language where it is more than what was written."""
    if t.language == "zh":
        for pattern, chinese in _FOUND:
            if (match := pattern.fullmatch(found)) is not None:
                return match.expand(chinese)
    return found


def _would(t: Words, taken: Taken | None) -> dict[str, Any] | None:
    """What a notice would do, as people read it: days, letters, clocks and lamps."""
    if taken is None:
        return None
    moves = taken.moves
    lines = [t("calendar.would.clocks", letters=moves.instances, clocks=moves.clocks, moving=moves.moving)]
    for by, limits in sorted(moves.days.items()):
        lines.append(
            t("calendar.would.later" if by > 0 else "calendar.would.earlier", n=limits, days=abs(by))
        )
    if moves.kept:
        lines.append(t("calendar.would.kept", n=moves.kept))
    for (now, then), clocks in sorted(moves.lamps.items()):
        lines.append(t("calendar.would.lamps", n=clocks, now=t(f"lamp.{now}"), then=t(f"lamp.{then}")))
    if moves.later:
        lines.append(t("calendar.would.another_day", n=moves.later))
    if moves.unknown:
        lines.append(t("calendar.would.unknown", n=moves.unknown))
    days = [
        {
            "day": change.day,
            "works": t("calendar.works" if change.works else "calendar.off"),
            "name": change.name_zh if t.language == "zh" else change.name_en,
        }
        for change in taken.changes.days
    ]
    return {
        "known": taken.known,
        "days": days,
        "lines": lines,
        "through": taken.calendar.decreed_through,
        "overlays": [one.id for one in taken.overlays],
    }
