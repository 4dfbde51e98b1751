"""Differences of clocks: what starts and stops them, their limits, pauses and extensions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from wenzheng.catalog.changes.change import Change, Name, differing, plain
from wenzheng.engine.clock_model import Clock, Threshold
from wenzheng.engine.model import ProcessModel

TRAITS: Final[dict[str, Callable[[Clock], Any]]] = {
    "clock.starts": lambda clock: clock.starts,
    "clock.stops": lambda clock: clock.stops,
    "clock.day0": lambda clock: clock.day0_variable,
    "clock.unit": lambda clock: clock.unit,
    "clock.at_once": lambda clock: clock.at_once,
    "clock.rule": lambda clock: clock.rule,
    "clock.restart": lambda clock: clock.restart,
    "clock.of": lambda clock: clock.of,
    "clock.whose": lambda clock: clock.whose,
}
LIMIT_TRAITS: Final[dict[str, Callable[[Threshold], Any]]] = {
    "limit.lamp": lambda limit: limit.lamp,
    "limit.notify": lambda limit: limit.notify,
    "limit.remind": lambda limit: limit.remind,
    "limit.remind_before": lambda limit: limit.remind_before if limit.remind else None,
}


def clocks(process: Name, old: ProcessModel, new: ProcessModel) -> Iterator[Change]:
    """Clocks that came, went, or count otherwise; by id."""
    for name, clock in old.clocks.items():
        if name not in new.clocks:
            yield Change("clock.removed", (process, _called(clock)), before=_limits(clock))
    for name, clock in new.clocks.items():
        if name not in old.clocks:
            yield Change("clock.added", (process, _called(clock)), after=_limits(clock))
        else:
            yield from _clock((process, _called(clock)), old.clocks[name], clock)


def _called(clock: Clock) -> Name:
    return Name(clock.id, clock.name, clock.name_en)


def _limits(clock: Clock) -> dict[str, Any]:
    return {limit.id: length(limit, clock) for limit in clock.thresholds}


def length(limit: Threshold, clock: Clock) -> dict[str, Any]:
    """How long a limit is, with the unit it is counted in."""
    return {"after": limit.after, "unit": clock.unit.value}


def _clock(what: tuple[Name, ...], old: Clock, new: Clock) -> Iterator[Change]:
    if (old.name, old.name_en) != (new.name, new.name_en):
        names = [{"zh": clock.name, "en": clock.name_en} for clock in (old, new)]
        yield Change("clock.renamed", what, names[0], names[1])
    for code, was, now in differing(old, new, TRAITS):
        yield Change(code, what, was, now)
    yield from _thresholds(what, old, new)
    yield from _parts("pause", what, old.pauses, new.pauses)
    yield from _parts("extension", what, old.extensions, new.extensions)


def _thresholds(what: tuple[Name, ...], old: Clock, new: Clock) -> Iterator[Change]:
    before = {limit.id: limit for limit in old.thresholds}
    after = {limit.id: limit for limit in new.thresholds}
    for name, limit in before.items():
        if name not in after:
            yield Change("limit.removed", (*what, Name(name)), before=length(limit, old))
    for name, limit in after.items():
        place = (*what, Name(name))
        if name not in before:
            yield Change("limit.added", place, after=length(limit, new))
            continue
        if length(before[name], old) != length(limit, new):
            yield Change("limit.length", place, length(before[name], old), length(limit, new))
        for code, was, now in differing(before[name], limit, LIMIT_TRAITS):
            yield Change(code, place, was, now)


def _parts(kind: str, what: tuple[Name, ...], old: tuple[Any, ...], new: tuple[Any, ...]) -> Iterator[Change]:
    before, after = ({part.id: plain(part) for part in side} for side in (old, new))
    for name, part in before.items():
        if name not in after:
            yield Change(f"{kind}.removed", (*what, Name(name)), before=part)
        elif after[name] != part:
            yield Change(f"{kind}.changed", (*what, Name(name)), *_only_differing(part, after[name]))
    for name, part in after.items():
        if name not in before:
            yield Change(f"{kind}.added", (*what, Name(name)), after=part)


def _only_differing(old: dict[str, Any], new: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    names = [
        name for name in (*old, *(key for key in new if key not in old)) if old.get(name) != new.get(name)
    ]
    return tuple({name: side.get(name) for name in names} for side in (old, new))  # type: ignore[return-value]
