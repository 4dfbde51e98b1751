"""Calendars over the API: which version is in force, which were, and the next one by a notice."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from wenzheng.calendar_versions import in_force, take_notice
from wenzheng.calendars import Calendar, CalendarError
from wenzheng.calendars.files import LARGEST, Fault, FileRefused
from wenzheng.store import Reader
from wenzheng.store.calendar_moves import MoveProgress
from wenzheng.store.views.deployments import CalendarChange, CalendarChangeKind
from wenzheng.web.problems import Fault as Wrong
from wenzheng.web.problems import Problem
from wenzheng.web.security import Given, Staff
from wenzheng.web.services import Services

router = APIRouter(prefix="/calendars", tags=["calendars"])

Id = Annotated[str, Path(pattern="^[a-z0-9][a-z0-9_-]{0,39}$", description="Name of a calendar, such as cn.")]

_REFUSED: Final = "The notice is not taken; nothing has changed."
_BYTES: Final = 4 * LARGEST
_NOTICE: Final = {
    "requestBody": {
        "required": True,
        "description": "The notice, as in its file: YAML, or the same keys as JSON.",
        "content": {"application/yaml": {"schema": {"type": "string"}}},
    }
}


class CalendarView(BaseModel):
    """The version of a calendar in force. From `provisional_from` on its days are a guess."""

    calendar: str
    version: str
    zone: str
    decreed_from: date
    decreed_through: date
    provisional_from: date


class VersionView(BaseModel):
    """A version that came into force: by whom, when, and why. `by` is null when it came with the program."""

    number: int
    version: str
    kind: CalendarChangeKind
    by: str | None
    at: datetime
    reason: str
    notice: dict[str, Any] | None
    changes: dict[str, Any] | None


class Versions(BaseModel):
    """All versions of a calendar, the one in force first."""

    items: list[VersionView]


class FaultView(BaseModel):
    """Something doubtful in a notice that was taken; line and column count from 1."""

    line: int
    column: int
    code: str
    severity: str
    expected: str
    found: str
    remedy: str


class OverlayView(BaseModel):
    """A calendar on top of this one that was made anew with it."""

    calendar: str
    version: str


class TakenView(BaseModel):
    """What taking a notice did, or with dry_run would do; `known` when it was taken before."""

    calendar: str
    version: str
    decreed_through: date
    known: bool
    dry_run: bool
    changes: dict[str, Any] = Field(description="Days that change, and how far the calendar is decreed.")
    warnings: list[FaultView]
    overlays: list[OverlayView]
    moves: dict[str, Any] = Field(description="Open letters it is news to, and what becomes of their clocks.")


class MovesView(BaseModel):
    """How far open letters have heard of a version: numbers of letters, and why some have not."""

    number: int
    version: str
    since: datetime
    all: int
    waiting: int
    told: int = Field(description="Told, and not counted anew yet")
    moved: int
    ended: int
    superseded: int = Field(description="A newer version came before anybody told them")
    failing: int = Field(description="Of those that wait, tried in vain")
    last_error: str | None


class Moves(BaseModel):
    """The telling of every version of a calendar that was news to open letters, the last first."""

    items: list[MovesView]


@router.get("/{calendar_id}")
async def show(calendar_id: Id, given: Given) -> CalendarView:
    """The version in force, and how far it is decreed."""
    calendar = await given.read(lambda reader: _found(reader, calendar_id))
    return CalendarView(
        calendar=calendar.id,
        version=calendar.version,
        zone=calendar.zone.key,
        decreed_from=calendar.decreed_from,
        decreed_through=calendar.decreed_through,
        provisional_from=calendar.decreed_through + timedelta(days=1),
    )


@router.get("/{calendar_id}/versions")
async def versions(calendar_id: Id, given: Given) -> Versions:
    """Every version that was in force: who took it, when and why; the one in force first."""

    def ask(reader: Reader) -> list[CalendarChange]:
        _found(reader, calendar_id)
        return reader.calendar_changes(calendar_id)

    return Versions(items=[_version(change) for change in await given.read(ask)])


def _version(change: CalendarChange) -> VersionView:
    return VersionView(
        number=change.number,
        version=change.digest,
        kind=change.kind,
        by=change.by,
        at=change.at,
        reason=change.reason,
        notice=change.data.get("notice"),
        changes=change.data.get("changes"),
    )


@router.get("/{calendar_id}/moves")
async def moves(calendar_id: Id, given: Given) -> Moves:
    """How far open letters have heard of the versions that touch their days."""

    def ask(reader: Reader) -> list[MoveProgress]:
        _found(reader, calendar_id)
        return reader.move_progress(calendar_id)

    return Moves(items=[_moves(found) for found in await given.read(ask)])


def _moves(found: MoveProgress) -> MovesView:
    names = ("number", "all", "waiting", "told", "moved", "ended", "superseded", "failing", "last_error")
    return MovesView(
        version=found.digest, since=found.planned_at, **{name: getattr(found, name) for name in names}
    )


@router.post("/{calendar_id}/notices", openapi_extra=_NOTICE)
async def notice(
    calendar_id: Id,
    request: Request,
    given: Given,
    who: Staff,
    *,
    dry_run: Annotated[bool, Query(description="Only say what it would change.")] = False,
) -> TakenView:
    """Take a notice: its version comes into force at once, or with every fault nothing does."""
    text = await _text(request)
    await given.read(lambda reader: _found(reader, calendar_id))
    taken = await run_in_threadpool(_take, given, calendar_id, text, who.account, dry_run=dry_run)
    return TakenView.model_validate(taken)


def _take(given: Services, calendar_id: str, text: str, by: str, *, dry_run: bool) -> dict[str, Any]:
    try:
        taken = take_notice(
            given.store, calendar_id, text, by=by, now=given.now(), dry_run=dry_run,
            keep_later=given.settings.keep_later_date,
        )  # fmt: skip
    except FileRefused as refused:
        raise Problem(
            422, "notice-refused", _REFUSED, [_wrong(fault) for fault in refused.faults]
        ) from refused
    except CalendarError as error:
        raise Problem(409, error.code, str(error)) from error
    given.in_force.look()
    return taken.as_json()


def _found(reader: Reader, calendar_id: str) -> Calendar:
    calendar = in_force(reader, calendar_id)
    if calendar is None:
        known = ", ".join(reader.calendar_ids())
        raise Problem(404, "not-found", f"There is no calendar {calendar_id!r} here; there are: {known}.")
    return calendar


async def _text(request: Request) -> str:
    """The body as text; the limit of all bodies holds as well."""
    body = await request.body()
    if len(body) > _BYTES:
        raise Problem(413, "too-large", f"A notice has at most {_BYTES} bytes. Nothing was taken.")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fault = Wrong(
            pointer="#", expected="UTF-8", found=f"byte {error.start}", hint="Save the file as UTF-8."
        )
        raise Problem(
            422, "notice-refused", "The notice is not taken; nothing has changed.", [fault]
        ) from error


def _wrong(fault: Fault) -> Wrong:
    """A fault of a file as the API tells faults: the line stands in the pointer's place."""
    return Wrong(
        pointer=f"line {fault.place.line}, column {fault.place.column}",
        expected=fault.expected,
        found=fault.found,
        hint=f"{fault.remedy} [{fault.code}]" if fault.severity == "error" else f"(warning) {fault.remedy}",
    )
