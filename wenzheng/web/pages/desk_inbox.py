"""Escalations at the desk: the open ones first; each is answered with an order, a date or a reason."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from wenzheng.store import Reader
from wenzheng.store.views.notices import AcknowledgementKind, InboxEntry
from wenzheng.web.i18n import Words
from wenzheng.web.inbox import LONGEST_ANSWER, Entry, acknowledge, entry_for, seen
from wenzheng.web.pages.desk import At, Desk, page_number, sections
from wenzheng.web.pages.labels import clock_name
from wenzheng.web.pages.render import is_genuine, render, see_other, typed
from wenzheng.web.problems import Problem

router = APIRouter()

_KINDS: Final[tuple[AcknowledgementKind, ...]] = ("order", "date", "reason")
_FIELDS: Final = ("kind", "order", "reason", "date-year", "date-month", "date-day")


@router.get("/desk/inbox")
async def inbox(at: At) -> Response:
    """The entries that wait for an answer, or with `?show=answered` those that have one."""
    t, given, who, query = at.t, at.services, at.who, at.request.query_params
    answered = query.get("show") == "answered"
    page, size = page_number(query.get("page")), given.settings.page_size

    def ask(reader: Reader) -> tuple[list[Entry], int, int]:
        mine: dict[str, Any] = {"role": who.role.value, "unit_id": who.unit}
        counts = reader.inbox_count(**mine)
        rows = reader.inbox_page(**mine, answered=answered, offset=(page - 1) * size, limit=size)
        return seen(reader, given, who, rows), counts.open, counts.answered

    entries, waiting, done = await given.read(ask)
    here = "/desk/inbox?show=answered" if answered else "/desk/inbox?show=open"
    more = page * size < (done if answered else waiting)
    acknowledged = query.get("done")
    return render(
        at.request,
        "desk_inbox.html",
        sections=await sections(t, given, who),
        tabs=[
            ("/desk/inbox?show=open", t("inbox.open"), waiting),
            ("/desk/inbox?show=answered", t("inbox.answered"), done),
        ],
        tab=here,
        answered=answered,
        entries=[_shown(t, entry) for entry in entries],
        previous_url=f"{here}&page={page - 1}" if page > 1 else None,
        next_url=f"{here}&page={page + 1}" if more else None,
        notice=t("inbox.done", number=acknowledged[:30]) if acknowledged else None,
    )


def _shown(t: Words, item: Entry) -> dict[str, Any]:
    entry, answer = item.entry, item.entry.acknowledgement
    said = None
    if answer is not None:
        text = t.day(answer.text) if answer.kind == "date" else answer.text
        said = {"by": item.answered_by, "at": answer.at, "kind": t(f"inbox.{answer.kind}"), "text": text}
    return {
        "id": entry.id,
        "number": entry.petition_number or "",
        "path": f"/desk/{'forum' if entry.petition_id is None else 'letters'}/{entry.petition_number or ''}",
        "title": item.title or t("desk.hidden_title", number=entry.petition_number or ""),
        "clock": clock_name(
            t,
            entry.clock,
            entry.clock_name,
            name_en=entry.clock_name_en,
            unit=_unit_name(t, item),
            forum=entry.petition_id is None,
        ),
        "threshold": t.or_else(f"threshold.{entry.threshold}", entry.threshold),
        "lamp": entry.lamp,
        "due": entry.due,
        "since": entry.at,
        "answer": said,
    }


def _unit_name(t: Words, item: Entry) -> str | None:
    if item.whose is None:
        return None
    return item.whose.name_en if t.language == "en" else item.whose.name_zh


@router.get("/desk/inbox/{entry_id}")
async def look(entry_id: str, at: At) -> Response:
    """One entry with the form to answer it. Looking at it answers nothing."""
    entry = await entry_for(at.services, entry_id, at.who)
    return await _page(at, entry, dict.fromkeys(_FIELDS, ""), {})


@router.post("/desk/inbox/{entry_id}")
async def answer(entry_id: str, at: At) -> Response:
    """Take the answer; the first one counts."""
    t = at.t
    form = await at.request.form(max_files=0, max_fields=20)
    values = typed(form, _FIELDS)
    entry = await entry_for(at.services, entry_id, at.who)
    if not is_genuine(at.request, form):
        return await _page(at, entry, values, {"kind": t("error.expired")})
    kind, text, errors = _read(t, values)
    if errors or kind is None:
        return await _page(at, entry, values, errors)
    try:
        await acknowledge(at.services, entry_id, at.who, kind, text)
    except Problem as problem:
        if problem.code == "past-date":
            return await _page(at, entry, values, {"date": t("error.inbox.past")})
        if problem.code != "already-done":
            raise
        # A colleague was first: the page says who, when and with what; what was typed stays for copying.
        entry = await entry_for(at.services, entry_id, at.who)
        return await _page(at, entry, values, {}, late=t.day(text) if kind == "date" else text)
    return see_other(f"/desk/inbox?done={entry.petition_number or ''}")


def _read(t: Words, values: dict[str, str]) -> tuple[AcknowledgementKind | None, str, dict[str, str]]:
    """The answer of a form, or all that is wrong with it."""
    kind = next((kind for kind in _KINDS if kind == values["kind"]), None)
    if kind is None:
        return None, "", {"kind": t("error.inbox.kind")}
    if kind == "date":
        parts = [values[f"date-{part}"].strip() for part in ("year", "month", "day")]
        try:
            return kind, date(*(int(part) for part in parts)).isoformat(), {}
        except (ValueError, OverflowError):
            return kind, "", {"date": t("error.inbox.date")}
    text = values[kind]
    if not text.strip():
        return kind, "", {kind: t(f"error.inbox.{kind}")}
    if len(text) > LONGEST_ANSWER:
        return kind, "", {kind: t("error.inbox.length", most=LONGEST_ANSWER, found=len(text))}
    return kind, text, {}


async def _page(
    at: Desk,
    entry: InboxEntry,
    values: dict[str, str],
    errors: dict[str, str],
    *,
    late: str | None = None,
) -> Response:
    t = at.t
    (shown,) = await at.services.read(lambda reader: seen(reader, at.services, at.who, [entry]))
    status = 409 if late is not None else 422 if errors else 200
    return render(
        at.request,
        "desk_escalation.html",
        status,
        sections=await sections(t, at.services, at.who),
        entry=_shown(t, shown),
        form=values,
        day={part: values[f"date-{part}"] for part in ("year", "month", "day")},
        kinds=[(kind, t(f"inbox.kind.{kind}")) for kind in _KINDS],
        errors=errors,
        late=late,
        longest=LONGEST_ANSWER,
    )
