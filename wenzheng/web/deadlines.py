"""What staff read about time limits: the day, how many working days are left, and why it is that day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from wenzheng.calendars import Calendar
from wenzheng.calendars.explanation import Language
from wenzheng.calendars.units import Unit
from wenzheng.petitions.reason_words import words_of
from wenzheng.petitions.reasons import ClockFacts, ClockReasons, explain_clock
from wenzheng.store.views.instances import Clock
from wenzheng.web.i18n import Words
from wenzheng.web.schemas import clocks as schemas

_NOTHING: Final[Mapping[str, Calendar]] = {}


@dataclass(frozen=True)
class Deadline:
    """A limit of a running clock. `days` are the working days left, 0 on the last one; negative when over."""

    clock: str
    name: str
    due: date
    days: int
    over: bool
    """The last day has passed, be it by a day off only."""
    name_en: str = ""


def deadline(
    clocks: Iterable[Clock], calendar: Calendar, now: datetime, kept: Mapping[str, Calendar] = _NOTHING
) -> Deadline | None:
    """The limit of these running clocks that comes, or came, first; None where nothing is limited.

    `kept` are the versions that counted them, by digest: one of another calendar than the city's says what
    is left.
    """
    limits = [(due, clock) for clock in clocks if (due := _first_limit(clock)) is not None]
    if not limits:
        return None
    due, clock = min(limits, key=lambda limit: (limit[0], limit[1].clock))
    counted_by = kept.get(clock.calendar, calendar)
    calendar = calendar if counted_by.id == calendar.id else counted_by
    return Deadline(
        clock.clock, clock.name, due, *_left(calendar, calendar.today(now), due), name_en=clock.name_en
    )


def _first_limit(clock: Clock) -> date | None:
    """The first day that lights a lamp; without lamps the last limit: earlier ones only remind."""
    known = [limit for limit in clock.thresholds if limit["due"]]
    lit = [limit["due"] for limit in known if limit.get("lamp")]
    every = [limit["due"] for limit in known]
    found = min(lit, default=None) or max(every, default=None)
    return None if found is None else date.fromisoformat(found)


def _left(calendar: Calendar, today: date, due: date) -> tuple[int, bool]:
    return calendar.between(today, due), today > due


def in_words(t: Words, found: Deadline) -> str:
    """How many working days are left, or over."""
    days = abs(found.days)
    if days == 0:
        return t("days.past" if found.over else "days.today")
    key = "days.over" if found.over else "days.left"
    return t(f"{key}.one" if days == 1 else key, n=days)


def limit_rows(
    t: Words, clock: Clock, calendar: Calendar, now: datetime, counted_by: Calendar
) -> list[dict[str, Any]]:
    """The limits of one clock with their days, what is left, and why it is that day.

    What is left is said by the calendar in force, why it is that day by the version that counted it. That
    says what is left, too, where it is of another calendar than the city's.
    """
    calendar = calendar if counted_by.id == calendar.id else counted_by
    today = calendar.today(now)
    reasons = reasons_of(clock, counted_by)
    language: Language = "zh" if t.language == "zh" else "en"
    rows = []
    for limit, why in zip(clock.thresholds, reasons.limits, strict=True):
        due = why.due
        left = ""
        if due is not None and clock.stopped_at is None:
            days, over = _left(calendar, today, due)
            left = in_words(t, Deadline(clock.clock, clock.name, due, days, over))
        rows.append(
            {
                "label": t.or_else(f"threshold.{limit['id']}", limit["id"]),
                "due": due,
                "left": left,
                "provisional": bool(limit.get("provisional")),
                "why": words_of(reasons, why, language),
            }
        )
    return rows


def explained(clock: Clock, counted_by: Calendar) -> schemas.ClockReasons:
    """Why the limits of a clock are over when they are, as data and in both languages."""
    reasons = reasons_of(clock, counted_by)
    data = reasons.as_json()
    for one, limit in zip(data["limits"], reasons.limits, strict=True):
        one["words"] = {"zh": words_of(reasons, limit, "zh"), "en": words_of(reasons, limit, "en")}
    return schemas.ClockReasons(**data)


def reasons_of(clock: Clock, calendar: Calendar) -> ClockReasons:
    """Why the limits of a clock are over when they are."""
    facts = ClockFacts(
        clock=clock.clock,
        name=clock.name,
        day0=clock.day0,
        thresholds=clock.thresholds,
        unit=Unit(clock.unit),
        rule=clock.rule or {},
        ledger=clock.ledger,
        version=clock.calendar,
    )
    return explain_clock(facts, calendar)
