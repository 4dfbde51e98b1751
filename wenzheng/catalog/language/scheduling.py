"""Schedules of a definition: days of the calendar on which something begins or happens again."""

from __future__ import annotations

from dataclasses import dataclass

from wenzheng.catalog.language.parts import Word, number_at, word_at
from wenzheng.engine.schedules import DEFAULT_AT, MOST
from wenzheng.engine.yaml_tree import YamlNode


@dataclass(frozen=True)
class Scheduled:
    """When something comes by the calendar; `working` and `calendar` are the days, as far as written."""

    every: Word
    working: int | None
    calendar: int | None
    at: str
    node: YamlNode

    @property
    def number(self) -> int:
        """The day of the period: from its end when it is negative."""
        return self.calendar if self.calendar is not None else self.working or 1

    def problem(self) -> tuple[str, str] | None:
        """What is expected instead, and what to do; None when it can be meant."""
        if self.working is not None and self.calendar is not None:
            return "one of 'working_day' and 'calendar_day'", "Keep one of the two."
        given = [count for count in (self.working, self.calendar) if count is not None]
        most = MOST.get(self.every.text, 1)
        if given and not 1 <= abs(given[0]) <= most:
            return (
                f"a day from 1 to {most}, or from -1 to -{most} counted from the end",
                f"In each {self.every.text} there are no others.",
            )
        return None


def read_schedule(node: YamlNode | None) -> Scheduled | None:
    """A schedule; None when there is none, or none that says how often."""
    every = word_at(node, "every")
    if node is None or every is None:
        return None
    at = word_at(node, "at")
    return Scheduled(
        every,
        number_at(node, "working_day"),
        number_at(node, "calendar_day"),
        at.text if at is not None else DEFAULT_AT,
        node,
    )
