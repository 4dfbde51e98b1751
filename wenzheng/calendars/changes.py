"""What one version of a calendar changes against another, and so which limits are counted anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from wenzheng.calendars.calendar import Calendar

Rule = Literal["weekend", "zone", "office_hours", "cut_off"]
"""What counts besides the days."""


@dataclass(frozen=True, slots=True)
class DayChange:
    """A day that was off and is worked, or the other way round; with its names in the new version."""

    day: date
    works: bool
    name_zh: str
    name_en: str
    notice_zh: str
    notice_en: str
    number: str | None

    def as_json(self) -> dict[str, Any]:
        """As JSON; days as YYYY-MM-DD."""
        return {
            "day": self.day.isoformat(),
            "works": self.works,
            "name_zh": self.name_zh,
            "name_en": self.name_en,
            "notice_zh": self.notice_zh,
            "notice_en": self.notice_en,
            "number": self.number,
        }


@dataclass(frozen=True, slots=True)
class Changes:
    """The difference between two versions: days, and how far they are decreed.

    `rules` names what else counts and differs.
    """

    old: str
    new: str
    days: tuple[DayChange, ...]
    decreed_before: date
    decreed_through: date
    rules: tuple[Rule, ...]

    @property
    def nothing(self) -> bool:
        """Whether no limit can come out otherwise."""
        return not self.days and not self.rules and self.decreed_before == self.decreed_through

    def touches(self, first: date, last: date) -> bool:
        """Whether a limit that rests on the days `first`…`last` may come out otherwise.

        That is: a day of them changes, or whether it is provisional does, or a rule for all days.
        """
        if self.rules or any(first <= change.day <= last for change in self.days):
            return True
        early, late = sorted((self.decreed_before, self.decreed_through))
        return early < last and first <= late and early != late

    def as_json(self) -> dict[str, Any]:
        """As JSON; days as YYYY-MM-DD."""
        return {
            "old": self.old,
            "new": self.new,
            "days": [change.as_json() for change in self.days],
            "decreed_before": self.decreed_before.isoformat(),
            "decreed_through": self.decreed_through.isoformat(),
            "rules": list(self.rules),
        }


def changes(old: Calendar, new: Calendar) -> Changes:
    """What differs between two versions, wherever either of them names a day."""
    before, after = old.document(), new.document()
    named = {
        date.fromisoformat(day)
        for document in (before, after)
        for part in ("days_off", "days_worked")
        for day in document[part]
    }
    return Changes(
        old=old.version,
        new=new.version,
        days=tuple(_change(new, day) for day in sorted(named) if old.is_working(day) != new.is_working(day)),
        decreed_before=old.decreed_through,
        decreed_through=new.decreed_through,
        rules=tuple(rule for rule in get_args(Rule) if before.get(rule) != after.get(rule)),
    )


def _change(new: Calendar, day: date) -> DayChange:
    found = new.special_days(day, day)
    works = new.is_working(day)
    if not found:
        names = ("工作日", "a working day") if works else ("休息日", "a day off")
        return DayChange(day, works, *names, "", "", None)
    special = found[0]
    notice = special.notice
    return DayChange(
        day, works, special.name_zh, special.name_en, notice.title_zh, notice.title_en, notice.number
    )
