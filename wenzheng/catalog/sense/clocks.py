"""Deadlines that nothing stops, lamps that nobody sees, watchers who are those watched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from wenzheng.catalog.sense.paths import Paths, warning
from wenzheng.engine.clock_model import Clock, Threshold
from wenzheng.engine.compiled import CompiledProcess
from wenzheng.engine.findings import Finding, Severity
from wenzheng.engine.model import Element

AUTHOR: Final = "author"
"""Who wrote the letter owes nobody an answer."""


def check_clocks(process: CompiledProcess, houses: Mapping[str, str]) -> Iterator[Finding]:
    """The clocks of a process; `houses` says of roles and recipients whose people they are."""
    paths = Paths(process.model)
    reached = paths.reached()
    for clock in process.model.clocks.values():
        yield from _hangs(clock, paths)
        for threshold in clock.thresholds:
            yield from _seen(clock, threshold)
            yield from _watched(clock, threshold, paths, houses)
    for element in process.model.all_elements():
        if element.type == "userTask" and element.role != AUTHOR and element.id in reached:
            yield from _counted(element, process, paths)


def _warn(clock: Clock, rule: str, message: str, hint: str) -> Finding:
    return Finding(clock.position, clock.id, rule, message, hint, Severity.WARNING)


def _hangs(clock: Clock, paths: Paths) -> Iterator[Finding]:
    after = {one for start in clock.starts for one in paths.after(start)}
    if clock.stops and not any(stop in after or stop in clock.starts for stop in clock.stops):
        yield _warn(
            clock,
            "clock-never-stops",
            f"Expected that what stops clock '{clock.id}' comes after what starts it, found that none of "
            f"{', '.join(clock.stops)} does: its lamps come on whatever is done.",
            "Stop it with an element that is reached from where it starts.",
        )


def _seen(clock: Clock, threshold: Threshold) -> Iterator[Finding]:
    if threshold.lamp is not None and not threshold.notify and not threshold.remind:
        yield _warn(
            clock,
            "lamp-unseen",
            f"Expected somebody to be told of the {threshold.lamp} lamp '{threshold.id}' of clock "
            f"'{clock.id}', found nobody: it comes on and nobody sees it.",
            "Name in 'notify' who has to act then.",
        )


def _watched(
    clock: Clock, threshold: Threshold, paths: Paths, houses: Mapping[str, str]
) -> Iterator[Finding]:
    """A red lamp is for somebody above those who are late."""
    told = {houses.get(name, name) for name in threshold.notify}
    if threshold.lamp != "red" or not told:
        return
    late = {houses.get(element.role or "", element.role) for element in _under(clock, paths)}
    if any(told == {house} for house in late):
        yield _warn(
            clock,
            "late-watch-themselves",
            f"Expected the red lamp '{threshold.id}' of clock '{clock.id}' to be told to somebody above "
            f"those who are late, found only {', '.join(threshold.notify)}, who are those late themselves.",
            "Add a supervisor to 'notify'.",
        )


def _under(clock: Clock, paths: Paths) -> list[Element]:
    """The tasks of people that may be open while a clock runs."""
    running = {one for start in clock.starts for one in paths.after(start, until=clock.stops)}
    return [
        element
        for element in paths.elements.values()
        if element.type == "userTask" and element.role is not None and element.id in running
    ]


def _counted(element: Element, process: CompiledProcess, paths: Paths) -> Iterator[Finding]:
    """A task that no clock counts may lie for ever, and nobody hears of it."""
    if any(one.timer is not None for one in paths.elements.values() if one.attached_to == element.id):
        return
    clocks = [clock for clock in process.model.clocks.values() if clock.thresholds]
    if any(element in _under(clock, paths) for clock in clocks):
        return
    yield warning(
        element,
        "task-without-deadline",
        f"Expected a limit on what '{element.id}' may take, found that no clock with a limit runs and no "
        "timer waits: it may lie for ever.",
        "Add a deadline that starts before it and stops with it, or a timer on its boundary.",
    )
