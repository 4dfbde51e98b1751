"""What the API calls a thing, as pages say it to a person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from wenzheng import contracts
from wenzheng.calendars import Calendar
from wenzheng.contracts import clock_id
from wenzheng.store.views.instances import Clock
from wenzheng.web.deadlines import limit_rows
from wenzheng.web.i18n import Words
from wenzheng.web.schemas.clocks import ClockView
from wenzheng.web.schemas.letters import Event, Letter, Summary
from wenzheng.web.views import clock_view


def status_key(letter: Summary) -> str:
    """The message that says where a letter stands: at the end its outcome, before that its state."""
    if letter.state == "closed" and letter.outcome:
        return f"state.{letter.outcome}"
    if letter.state == "verdict" and "decide" in letter.open:
        return "state.review"
    return f"state.{letter.state}"


_HANDLED: Final = frozenset(
    {"submitted", "accepted", "assigned", "acknowledged", "drafted", "verdict", "asked", "extended"}
)


def next_step(t: Words, letter: Letter, today: date) -> str:
    """What happens next and by when, as far as it is known; empty at the end."""
    if "decide" in letter.open:
        return t("next.decide")
    if "rate" in letter.open:
        return t("next.rate")
    if letter.state in _HANDLED:
        return _due(t, letter, "next.reply", ("round", "letter"), today)
    if letter.state in {"completed", "reported"}:
        return _due(t, letter, "next.feedback", ("feedback",), today) or t("next.complete")
    if letter.state in {"promised", "renewed"}:
        return _due(t, letter, "next.promise", ("promise",), today) or t("next.complete")
    return t("next.complete") if letter.state == "replied" else ""


def _due(t: Words, letter: Letter, key: str, names: tuple[str, ...], today: date) -> str:
    """A sentence with the first limit of the first of these clocks that runs."""
    running = {clock.clock: clock for clock in letter.clocks if clock.running and clock.limits}
    clock = next((running[name] for name in names if name in running), None)
    if clock is None:
        return ""
    due = min((limit.due for limit in clock.limits if limit.due is not None), default=None)
    if due is None:
        return ""
    return t(f"{key}.late" if today > due else key, day=t.day(due))


def events(t: Words, timeline: list[Event]) -> list[dict[str, Any]]:
    """A timeline for people: label, instant, who."""
    return [
        {
            "label": _label(t, event),
            "at": event.at,
            "by": "" if event.actor in {None, "author"} else event.actor,
        }
        for event in timeline
    ]


_NOES: Final = ("accepted", "approved", "done", "allowed")
"""Fields whose "no" makes another act of it: a refusal, a return."""


def _label(t: Words, event: Event) -> str:
    if event.event == contracts.THRESHOLD_PASSED:
        return t.or_else(f"event.{event.data.get('lamp') or 'late'}", event.name)
    if event.event == contracts.INSTANCE_ENDED:
        outcome = event.data.get("outcome")
        return t.or_else(f"state.{outcome}", t("event.ended")) if outcome else t("event.ended")
    key = f"event.{event.element}"
    if any(event.data.get(answer) is False for answer in _NOES):
        key = f"event.{event.element}.no"
    if event.element == "rate" and "solved" in event.data:
        key = "event.rate.solved" if event.data["solved"] else "event.rate.not_solved"
    label = t.or_else(key, t.or_else(f"event.{event.element}", event.name))
    reason = event.data.get("reason")
    if not reason:
        return label
    why = t.or_else(f"reason.{reason}", str(reason))
    return f"{label}（{why}）" if t.language == "zh" else f"{label} ({why})"


def contents(t: Words, letter: Letter) -> list[dict[str, Any]]:
    """What was said, for people."""
    return [
        {
            "kind": item.kind,
            "reply_kind": item.reply_kind,
            "by": "" if item.author == "author" else item.author,
            "at": item.at,
            "text": item.text,
            "silent": ("、" if t.language == "zh" else ", ").join(item.silent),
            "internal": item.internal,
        }
        for item in letter.contents
    ]


def clock_name(
    t: Words, clock: str, name: str, *, name_en: str = "", unit: str | None = None, forum: bool = False
) -> str:
    """What a clock is called: our words for the shipped ones, else the definition's.

    `forum`: it is one of a session, whose clocks may have the same ids as a letter's. `unit` is the name of
    the unit whose it is, of clocks that several units have.
    """
    known = f"forum.clock.{clock_id(clock)}" if forum else f"clock.{clock_id(clock)}"
    said = t.or_else(known, (name_en if t.language == "en" else "") or name)
    return t("clock.whose", clock=said, unit=unit) if unit else said


def standing(t: Words, clock: ClockView) -> str:
    """What is to be said of a clock beside its lamp: 暂停 or 延期, with the day; empty when nothing is."""
    if clock.paused_on is not None:
        return t("standing.paused", day=t.day(clock.paused_on))
    if clock.extended_until is not None:
        return t("standing.extended", day=t.day(clock.extended_until))
    return ""


def clock_card(
    t: Words,
    clock: Clock,
    calendar: Calendar,
    now: datetime,
    counted_by: Calendar,
    *,
    unit: str | None = None,
    forum: bool = False,
) -> dict[str, Any]:
    """A clock as staff read it (macro `ui.clock`): what it counts from, its lamp, each limit and why.

    `unit` is the name of the unit whose clock it is.
    """
    shown = clock_view(clock, now)
    return {
        "label": clock_name(t, clock.clock, clock.name, name_en=clock.name_en, unit=unit, forum=forum),
        "day0": clock.day0,
        "lamp": shown.lamp,
        "standing": standing(t, shown),
        "stopped": clock.stopped_at,
        "limits": limit_rows(t, clock, calendar, now, counted_by),
    }


def clocks(t: Words, letter: Letter, whys: Mapping[str, list[list[str]]]) -> list[dict[str, Any]]:
    """The time limits that concern the author, with their last days, and in words why (by clock)."""
    return [
        {
            "label": clock_name(t, clock.clock, clock.name, name_en=clock.name_en, unit=clock.whose_name),
            "limits": [
                {
                    "label": t.or_else(f"threshold.{limit.id}", limit.id),
                    "due": limit.due,
                    "provisional": limit.provisional,
                    "moved_from": limit.moved_from,
                    "counted": limit.counted,
                    "why": why,
                }
                for limit, why in zip(clock.limits, whys[clock.clock], strict=True)
            ],
            "lamp": clock.lamp,
            "standing": standing(t, clock),
        }
        for clock in letter.clocks
        if clock.limits
    ]
