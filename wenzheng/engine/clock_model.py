"""What a definition says of a clock: its limits, and what stops, pauses, lengthens or restarts it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from wenzheng.calendars.units import Unit
from wenzheng.engine.findings import Position


@dataclass(frozen=True)
class Threshold:
    """A point on a clock: its last day (or instant) lies `after` so many units from day 0.

    With a negative number it lies before day 0, which is then the day of an event. `notify` hears that it
    is over and has to answer; `remind` hears, on the morning `remind_before` working days before its last
    day, that it draws near.
    """

    id: str
    after: int
    lamp: str | None
    notify: tuple[str, ...]
    remind: tuple[str, ...] = ()
    remind_before: int = 1


@dataclass(frozen=True)
class Rule:
    """The rule behind a clock, quoted where a deadline is explained; each text empty when not given.

    `day0` says in words what makes day 0, such as "the day on which both sides confirmed".
    """

    text: str = ""
    text_en: str = ""
    article: str = ""
    article_en: str = ""
    day0: str = ""
    day0_en: str = ""

    def as_dict(self) -> dict[str, str]:
        """What was given of it."""
        return {name: value for name, value in vars(self).items() if value}


@dataclass(frozen=True)
class Pause:
    """When a clock stands still: from the completion of `on` to that of one of `resumes`.

    It goes on by itself after `at_most` units. It may pause `times` times, and only `within` so many units
    of the clock's day 0, or of that of the clock `of`. `reason` names the variable that says why.
    """

    id: str
    on: tuple[str, ...]
    resumes: tuple[str, ...]
    position: Position
    at_most: int | None = None
    unit: Unit | None = None
    times: int | None = None
    within: int | None = None
    of: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Extension:
    """What lengthens a clock: the completion of `on` adds `by` units to the limits that are not over.

    `by` is a number, or the name of the variable that has it; all extensions of this kind together add
    `at_most`. They are asked for by the completion of `asked`, else by that of `on`, and what is over by
    then stays over. `reason` names the variable that says why.
    """

    id: str
    on: tuple[str, ...]
    by: int | str
    position: Position
    at_most: int | None = None
    times: int | None = None
    asked: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Restart:
    """What lets a clock begin anew: day 0 is that of the variable, else the day on which `on` completes."""

    on: tuple[str, ...]
    position: Position
    day0_variable: str | None = None


NO_RULE: Final = Rule()


@dataclass(frozen=True)
class Clock:
    """A clock: which elements' completion starts it and which stops it.

    It belongs to the process, or to each run of the activity `of`; then what it names lies inside that, and
    without `starts` it begins with the run. `whose` names the variable with the unit whose clock it is.

    `day0_variable` names the variable that holds day 0 (for hours: the instant); without it, day 0 is the
    day on which the clock starts. When the variable changes, the clock moves with it. `at_once` is CEL:
    while it holds, word of a threshold goes out at its instant instead of the next working morning.
    """

    id: str
    name: str
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    day0_variable: str | None
    thresholds: tuple[Threshold, ...]
    position: Position
    at_once: str | None = None
    name_en: str = ""
    unit: Unit = Unit.WORKING_DAYS
    rule: Rule = NO_RULE
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()
    restart: Restart | None = None
    of: str | None = None
    whose: str | None = None

    @property
    def place(self) -> str:
        """The element at which what happens to it by itself is said to happen."""
        return self.starts[0] if self.starts else self.of or self.id

    @property
    def counts_back(self) -> bool:
        """It has limits before its day 0: without that day there is nothing to count from."""
        return any(threshold.after < 0 for threshold in self.thresholds)

    def named(self) -> Iterator[tuple[str, str]]:
        """Every element it names, with what it names it for."""
        for element in self.starts:
            yield "starts", element
        for element in self.stops:
            yield "stops", element
        for pause in self.pauses:
            yield from (("on", element) for element in pause.on)
            yield from (("resumes", element) for element in pause.resumes)
        for extension in self.extensions:
            yield from (("on", element) for element in extension.on)
            if extension.asked is not None:
                yield "asked", extension.asked
        if self.restart is not None:
            yield from (("on", element) for element in self.restart.on)

    def said(self) -> dict[str, Any]:
        """What a record of its start says of it besides its limits: nothing for the ordinary clock."""
        said: dict[str, Any] = {}
        if self.unit is not Unit.WORKING_DAYS:
            said["unit"] = str(self.unit)
        if self.rule != NO_RULE:
            said["rule"] = self.rule.as_dict()
        return said
