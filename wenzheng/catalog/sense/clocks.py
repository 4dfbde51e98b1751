"""Deadlines that nothing stops, lamps that nobody sees, watchers who are those watched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from wenzheng.catalog.sense.paths import Paths, warning
from wenzheng.engine.clock_model import Clock, Threshold
from wenzheng.engine.compiled import CompiledProcess
from wenzheng.engine.entries import entries
from wenzheng.engine.findings import Finding, Severity
from wenzheng.engine.model import Element

AUTHOR: Final = "author"
"""Who wrote the letter owes nobody an answer."""


def check_clocks(process: CompiledProcess, houses: Mapping[str, str], callers: Callers) -> Iterator[Finding]:
    """The clocks of a process; `houses` says of roles and recipients whose people they are."""
    paths = callers.paths(process)
    reached = paths.reached()
    for clock in process.model.clocks.values():
        yield from _hangs(clock, paths)
        for threshold in clock.thresholds:
            yield from _seen(clock, threshold)
            yield from _watched(clock, threshold, callers.tasks(process, clock), houses)
    for element in process.model.all_elements():
        if element.type == "userTask" and element.role != AUTHOR and element.id in reached:
            yield from _counted(element, process, callers)


class Callers:
    """The processes of a bundle, and what of them is counted: by their own clocks or by those of a caller."""

    def __init__(self, processes: Mapping[str, CompiledProcess]) -> None:
        self._paths = {name: Paths(one.model) for name, one in processes.items()}
        self._clocks = {name: _limited(one) for name, one in processes.items()}
        self._calls: dict[str, list[tuple[str, Element]]] = {}
        for name, process in processes.items():
            for element in process.model.all_elements():
                if element.called is not None and element.called in processes:
                    self._calls.setdefault(element.called, []).append((name, element))

    def paths(self, process: CompiledProcess) -> Paths:
        """What may follow what in a process."""
        return self._paths[process.model.id]

    def tasks(self, process: CompiledProcess, clock: Clock) -> list[Element]:
        """The tasks of people that may be open while a clock runs, in processes that are called as well."""
        found: list[Element] = []
        paths = self.paths(process)
        waiting = [(paths, one) for one in _running(clock, paths)]
        seen = set[str]()
        while waiting:
            here, name = waiting.pop()
            element = here.elements.get(name)
            if element is None:
                continue
            if element.type == "userTask" and element.role is not None:
                found.append(element)
            elif element.called in self._paths and element.called not in seen:
                seen.add(element.called)
                inner = self._paths[element.called]
                waiting += [(inner, one) for one in inner.reached()]
        return found

    def uncounted(self, name: str, element: Element, around: frozenset[str] = frozenset()) -> str | None:
        """Where nothing counts what an element takes: its process, or the call of it; None if something does.

        A process that others call is counted when every call of it is. What calls itself was refused.
        """
        if _counts(element, self._clocks[name], self._paths[name]):
            return None
        calls = [] if name in around else self._calls.get(name, [])
        found = [self.uncounted(caller, call, around | {name}) for caller, call in calls]
        if calls and not any(found):
            return None
        return next(
            (call.id for (_, call), missing in zip(calls, found, strict=True) if missing is not None), name
        )


def _limited(process: CompiledProcess) -> list[Clock]:
    return [clock for clock in process.model.clocks.values() if clock.thresholds]


def _counts(element: Element, clocks: list[Clock], paths: Paths) -> bool:
    """Whether a clock with a limit runs, or a timer waits, while an element or a scope around it is open."""
    here: Element | None = element
    while here is not None:
        beside = [one for one in paths.elements.values() if one.attached_to == here.id]
        scope = paths.model.scopes[here.scope]
        beside += [one for handler in scope.handlers for one in entries(paths.model.scopes[handler.id])]
        if any(one.timer is not None for one in beside):
            return True
        here = paths.elements.get(here.scope)
    return any(element.id in _running(clock, paths) for clock in clocks)


def _warn(clock: Clock, rule: str, message: str, hint: str) -> Finding:
    return Finding(clock.position, clock.id, rule, message, hint, Severity.WARNING)


def _hangs(clock: Clock, paths: Paths) -> Iterator[Finding]:
    after = {one for start in clock.starts for one in paths.after(start)}
    if not clock.starts:  # it begins and ends with what it belongs to
        return
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
    clock: Clock, threshold: Threshold, tasks: list[Element], houses: Mapping[str, str]
) -> Iterator[Finding]:
    """A red lamp is for somebody above those who are late."""
    told = {houses.get(name, name) for name in threshold.notify}
    if threshold.lamp != "red" or not told:
        return
    late = {houses.get(element.role or "", element.role) for element in tasks}
    if any(told == {house} for house in late):
        yield _warn(
            clock,
            "late-watch-themselves",
            f"Expected the red lamp '{threshold.id}' of clock '{clock.id}' to be told to somebody above "
            f"those who are late, found only {', '.join(threshold.notify)}, who are those late themselves.",
            "Add a supervisor to 'notify'.",
        )


def _running(clock: Clock, paths: Paths) -> frozenset[str]:
    """The elements that may run while a clock does; one of an activity ends with that."""
    if clock.of is None:
        return frozenset(one for start in clock.starts for one in paths.after(start, until=clock.stops))
    if clock.starts:
        ends = (*clock.stops, clock.of)
        return frozenset(one for start in clock.starts for one in paths.after(start, until=ends))
    return frozenset({clock.of, *paths.inside(clock.of)})


def _counted(element: Element, process: CompiledProcess, callers: Callers) -> Iterator[Finding]:
    """A task that no clock counts may lie for ever, and nobody hears of it."""
    name = process.model.id
    missing = callers.uncounted(name, element)
    if missing is None:
        return
    called = "" if missing == name else f", and that none does while '{missing}' calls it"
    yield warning(
        element,
        "task-without-deadline",
        f"Expected a limit on what '{element.id}' may take, found that no clock with a limit runs and no "
        f"timer waits{called}: it may lie for ever.",
        "Add a deadline that starts before it and stops with it, or a timer on its boundary.",
    )
