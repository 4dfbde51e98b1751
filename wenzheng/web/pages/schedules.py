"""Pages of what begins by the calendar: when it comes next, for what it began; pause, resume, run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from wenzheng.engine.schedules import Schedule
from wenzheng.planning import LONGEST_REASON, Standing
from wenzheng.store import Reader
from wenzheng.store.schedules import schedule_id
from wenzheng.web import schedules
from wenzheng.web.i18n import Words
from wenzheng.web.pages.desk import At, Desk
from wenzheng.web.pages.render import is_genuine, render, see_other, typed
from wenzheng.web.problems import Problem

router = APIRouter()

_ACTIONS: Final = (schedules.PAUSE, schedules.RESUME, schedules.RUN)
_AT_PERIOD: Final = frozenset({"schedule.period", "schedule.begun"})


@dataclass(frozen=True)
class _Attempt:
    """What was sent and did not go through: kept, so that nothing has to be typed again."""

    reason: str = ""
    period: str | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


def _path(standing: Standing) -> str:
    row = standing.row
    return "/schedules/" + "/".join(quote(part, safe="") for part in (row.name, row.process, row.element))


@router.get("/schedules")
async def listed(at: At) -> Response:
    """Every schedule of the definitions in force."""
    found = await schedules.standings(at.services)
    rows = [await _row(at, one) for one in found]
    return render(at.request, "schedules.html", rows=rows)


@router.get("/schedules/{name}/{process}/{element}")
async def show(name: str, process: str, element: str, at: At) -> Response:
    """One schedule: its occasions, and the form by which it is paused, resumed or run."""
    standing = await schedules.standing(at.services, schedule_id(name, process, element))
    return await _page(at, standing, _Attempt())


@router.post("/schedules/{name}/{process}/{element}")
async def act(name: str, process: str, element: str, at: At) -> Response:
    """Pause, resume or run it, with a reason."""
    standing = await schedules.standing(at.services, schedule_id(name, process, element))
    form = await at.request.form(max_files=0, max_fields=20)
    fields = typed(form, ("action", "reason", "period"))
    attempt = _Attempt(fields["reason"], fields["period"])
    if not is_genuine(at.request, form):
        return await _page(at, standing, _wrong(attempt, "reason", at.t("error.expired")), 403)
    action = fields["action"] if fields["action"] in _ACTIONS else ""
    try:
        await _do(at, standing.row.id, action, attempt)
    except Problem as problem:
        place = "period" if problem.code in _AT_PERIOD else "reason"
        said = at.t.or_else(f"error.{problem.code}", problem.detail).format(most=LONGEST_REASON)
        return await _page(at, standing, _wrong(attempt, place, said), problem.status_code)
    return see_other(f"{_path(standing)}?done={action}")


async def _do(at: Desk, schedule: str, action: str, attempt: _Attempt) -> None:
    given, who, why = at.services, at.who.account, attempt.reason
    if action == schedules.RUN:
        period = (attempt.period or "").strip() or None
        await schedules.run(given, schedule, by=who, reason=why, period=period)
    elif action:
        await schedules.switch(given, schedule, action, by=who, reason=why)
    else:
        raise Problem(422, "bad-request", "Expected one of pause, resume and run.")


async def _row(at: Desk, one: Standing) -> dict[str, Any]:
    names = await run_in_threadpool(schedules.names_of, at.services, one)
    row = one.row
    return {
        "path": _path(one),
        "title": names.get(at.t.language) or row.element,
        "definition": row.name,
        "when": _when(at.t, one.schedule),
        "next": f"{one.next[0].period} ({at.t.instant(one.next[0].at)})" if one.next else "",
        "last": one.last[0].period if one.last else "",
        "state": at.t("schedule.paused" if row.paused_at else "schedule.rings"),
        "paused": row.paused_at is not None,
    }


def _when(t: Words, schedule: Schedule) -> str:
    """When it comes, in words."""
    days = t("schedule.working" if schedule.working else "schedule.calendar")
    every = t(f"schedule.every.{schedule.every}")
    if schedule.every == "day":
        return t("schedule.when.each", every=every, days=days, at=schedule.at)
    end = "last" if schedule.number < 0 else "first"
    number = abs(schedule.number)
    return t(f"schedule.when.{end}", every=every, number=number, days=days, at=schedule.at)


async def _page(at: Desk, one: Standing, attempt: _Attempt, status: int = 200) -> Response:
    t = at.t

    def people(reader: Reader) -> dict[str, str]:
        found = {act.by: reader.account(act.by) for act in one.acts}
        return {by: account.name if account is not None else by for by, account in found.items()}

    names = await at.services.read(people)
    done = at.request.query_params.get("done", "")
    return render(
        at.request,
        "schedule.html",
        status,
        row=await _row(at, one),
        path=_path(one),
        short=one.row.definition[:12],
        trouble="error" in (one.row.told or {}),
        next=[(found.period, t.instant(found.at)) for found in one.next],
        last=[
            (found.period, t.instant(found.at), t(f"schedule.cause.{found.cause}"), found.instance or "")
            for found in one.last
        ],
        acts=[
            (t.instant(act.at), t(f"schedule.act.{act.kind}"), act.period or "", names[act.by], act.reason)
            for act in one.acts
        ],
        at_hand=one.at_hand or "",
        attempt=attempt,
        period=attempt.period if attempt.period is not None else one.at_hand or "",
        errors=dict(attempt.errors),
        longest=LONGEST_REASON,
        done=done if done in _ACTIONS and status == 200 else "",  # noqa: PLR2004
    )


def _wrong(attempt: _Attempt, place: str, said: str) -> _Attempt:
    return _Attempt(attempt.reason, attempt.period, {place: said})
