"""Writes a deadline as wz:clock."""

from __future__ import annotations

from collections.abc import Iterator

from wenzheng.calendars.units import Unit
from wenzheng.catalog.language.attributes import in_languages, names, quoted
from wenzheng.catalog.language.deadlines import Deadline, Extension, Limit, Pause
from wenzheng.catalog.language.parts import Word
from wenzheng.engine.findings import Position

Value = str | int | Word | tuple[Word, ...] | None


def clock_tag(deadline: Deadline, whose: str | None = None, starts: str | None = None) -> str:
    """The tag that opens it; `whose` and `starts` stand for what it does not say."""
    unit = str(deadline.unit) if deadline.unit is not Unit.WORKING_DAYS else None
    more = _attributes(
        starts=deadline.starts or starts,
        **{"from": deadline.day_0},
        stops=deadline.stops,
        unit=unit,
        whose=deadline.whose or whose,
        atOnce=deadline.at_once_if,
    )
    return f'wz:clock id="{deadline.id}" {names(deadline.label, deadline.id)}{more}'


def clock_lines(deadline: Deadline) -> Iterator[tuple[str, Position]]:
    """What stands inside it, an element a line with its place in the YAML."""
    if deadline.rule is not None:
        rule = deadline.rule
        texts = in_languages(rule.text, "text", "en") + in_languages(rule.article, "article", "articleEn")
        texts += in_languages(rule.day_0, "day0", "day0En")
        yield f"<wz:rule{texts}/>", deadline.position
    for limit in deadline.limits:
        yield _threshold(limit), limit.position
    for pause in deadline.pauses:
        yield _pause(pause), pause.position
    for extension in deadline.extensions:
        yield _extension(extension), extension.position
    restart = deadline.restart
    if restart is not None:
        more = _attributes(on=restart.on, **{"from": restart.day_0})
        yield f"<wz:restart{more}/>", restart.position.position


def _threshold(limit: Limit) -> str:
    count = limit.after or 0
    side = f'before="{-count}"' if limit.kind == "before" else f'after="{count}"'
    # Without its day a limit is refused; whether the reminder fits before it cannot be said.
    reminded = () if limit.after is None else limit.remind or ()
    more = _attributes(
        lamp=limit.lamp,
        notify=limit.notify,
        remind=reminded,
        remindBefore=limit.remind_before if reminded else None,
    )
    return f'<wz:threshold id="{limit.id}" {side}{more}/>'


def _pause(pause: Pause) -> str:
    more = _attributes(
        on=pause.on,
        resumes=pause.resumes,
        atMost=pause.at_most,
        unit=pause.unit,
        times=pause.times,
        within=pause.within,
        of=pause.of if pause.within is not None else None,
        reason=pause.reason,
    )
    return f'<wz:pause id="{pause.id}"{more}/>'


def _extension(extension: Extension) -> str:
    more = _attributes(
        on=extension.on,
        by=extension.by,
        atMost=extension.at_most,
        times=extension.times,
        asked=extension.asked,
        reason=extension.reason,
    )
    return f'<wz:extension id="{extension.id}"{more}/>'


def _attributes(**values: Value) -> str:
    """Those that are given; several names stand with blanks between."""
    found = ""
    for name, value in values.items():
        if isinstance(value, Word):
            text = value.text
        elif isinstance(value, tuple):
            text = " ".join(word.text for word in value)
        else:
            text = "" if value is None else str(value)
        if text:
            found += f" {name}={quoted(text)}"
    return found
