"""Why a deadline falls where it falls: as data, and in words a citizen and a clerk can check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from wenzheng.calendars.document import Notice, SpecialDay

Language = Literal["zh", "en"]

_WEEKDAYS: Final[dict[Language, tuple[str, ...]]] = {
    "zh": ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One special day that changed the count: a weekday skipped, or a weekend day worked."""

    day: date
    kind: Literal["skipped", "worked"]
    name_zh: str
    name_en: str
    notice: Notice
    provisional: bool

    @classmethod
    def of(cls, special: SpecialDay, *, provisional: bool) -> Step:
        """The step a special day makes in a count."""
        kind: Literal["skipped", "worked"] = "worked" if special.works else "skipped"
        return cls(special.day, kind, special.name_zh, special.name_en, special.notice, provisional)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The result of `Calendar.add(day0, n)`, or of another limit of days, with its reasons.

    `unrolled` is the last day before it rolled off days off, if it did. `due` is the last day in time,
    inclusive; `weekend_days` are the ordinary weekend days passed over on the way; `steps` are the special
    days, in the order of the calendar.
    """

    day0: date
    n: int
    due: date
    provisional: bool
    weekend_days: int
    steps: tuple[Step, ...]
    calendar: str
    version: str
    decreed_through: date
    unit: Literal["working_days", "calendar_days", "calendar_days_rolled"] = "working_days"
    unrolled: date | None = None

    def as_json(self) -> dict[str, Any]:
        """The same as a JSON object; days as YYYY-MM-DD."""
        return {
            "day0": self.day0.isoformat(),
            "n": self.n,
            "unit": self.unit,
            "unrolled": None if self.unrolled is None else self.unrolled.isoformat(),
            "due": self.due.isoformat(),
            "provisional": self.provisional,
            "weekend_days": self.weekend_days,
            "calendar": self.calendar,
            "version": self.version,
            "decreed_through": self.decreed_through.isoformat(),
            "steps": [
                {
                    "day": step.day.isoformat(),
                    "kind": step.kind,
                    "name_zh": step.name_zh,
                    "name_en": step.name_en,
                    "notice": step.notice.title_zh,
                    "notice_en": step.notice.title_en,
                    "number": step.notice.number,
                    "notice_kind": step.notice.kind,
                    "provisional": step.provisional,
                }
                for step in self.steps
            ],
        }

    def words(self, language: Language) -> str:
        """Lines of plain text: the result, each special day with its notice, a warning if provisional."""
        lines = [self._result(language)]
        lines += [_step_words(step, language) for step in self.steps]
        if self.weekend_days:
            days = "days are" if self.weekend_days > 1 else "day is"
            lines.append(
                f"另有{self.weekend_days}个周末休息日不计。"
                if language == "zh"
                else f"{self.weekend_days} ordinary weekend {days} not counted either."
            )
        if self.provisional:
            lines.append(
                f"暂定：放假安排只公布到{self.decreed_through}，新的通知发布后将重新计算。"
                if language == "zh"
                else f"Provisional: days are decreed through {self.decreed_through} only; "
                "a new notice will have this counted again."
            )
        return "\n".join(lines)

    def _result(self, language: Language) -> str:
        start, due = _named(self.day0, language), _named(self.unrolled or self.due, language)
        number, working = abs(self.n), self.unit == "working_days"
        if language == "zh":
            direction = "起第" if self.n >= 0 else "之前第"
            result = f"自{start}（当日不计）{direction}{number}{'个工作日' if working else '日'}是{due}"
        else:
            days = ("working " if working else "") + ("day" if number == 1 else "days")
            result = f"{number} {days} {'after' if self.n >= 0 else 'before'} {start} (not counted) is {due}"
        return result + self._roll(language)

    def _roll(self, language: Language) -> str:
        if self.unrolled is None:
            return "。" if language == "zh" else "."
        due = _named(self.due, language)
        if language == "zh":
            return f"，为休息日，{'顺延至' if self.n >= 0 else '提前至'}{due}。"
        return f", a day off; the limit rolls {'on' if self.n >= 0 else 'back'} to {due}."


def _named(day: date, language: Language) -> str:
    weekday = _WEEKDAYS[language][day.weekday()]
    return f"{day} {weekday}"


def _step_words(step: Step, language: Language) -> str:
    notice = step.notice
    number = notice.number
    if language == "zh":
        what = "上班，计入" if step.kind == "worked" else "放假，不计"
        source = f"《{notice.title_zh}》" + (f"（{number}）" if number else "")
        return f"{_named(step.day, language)} {what}：{step.name_zh}，{source}"
    what = "worked, counted" if step.kind == "worked" else "off, not counted"
    source = notice.title_en + (f" ({number})" if number else "")
    return f"{_named(step.day, language)} {what}: {step.name_en}, {source}"
