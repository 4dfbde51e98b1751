"""Clocks that belong to runs of activities: whose they are, and what they are called.

Of an activity that runs several times at once, each run has its own clocks. In the state and in records such
a clock is called `id@unit`, without a unit `id@2` by the number of its run; one that is in no such activity
has its plain id. While another of that name runs, a number stands behind it. Those of the process keep their
ids.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Final

from wenzheng.contracts import CLOCK_OF, JsonObject
from wenzheng.engine.clock_model import Clock
from wenzheng.engine.effects import Effect

if TYPE_CHECKING:
    from wenzheng.engine.tasks import ElementTask

_NAMED: Final = re.compile(r"[\w.-]{1,64}")
"""Units that may stand in the name of a clock, which is part of addresses."""


def unit_of(clock: Clock, variables: JsonObject) -> str | None:
    """The unit whose clock it is, if the definition says and the variable knows."""
    unit = variables.get(clock.whose) if clock.whose is not None else None
    return unit if isinstance(unit, str) and unit else None


def belongs_to(run: ElementTask | None, unit: str | None) -> JsonObject:
    """The part of a clock's state that says to which run it belongs and whose it is."""
    of = {} if run is None else {"of": run.id}
    return of if unit is None else {**of, "whose": unit}


def new_name(clock: Clock, run: ElementTask, unit: str | None, taken: Collection[str]) -> str:
    """What the clock of a run is called, when others run under the names of `taken`."""
    whose = unit if unit is not None and _NAMED.fullmatch(unit) else ".".join(_numbers(run))
    first = f"{clock.id}{CLOCK_OF}{whose}" if whose else clock.id
    name, number = first, 1
    while name in taken:
        number += 1
        name = f"{first}.{number}" if whose else f"{clock.id}{CLOCK_OF}{number}"
    return name


def said_of(name: str, state: JsonObject, effect: Effect) -> Effect:
    """What happens to a clock, under its name and with whose it is."""
    if effect.data["clock"] == name and "whose" not in state:
        return effect
    whose = {"whose": state["whose"]} if "whose" in state else {}
    return Effect(effect.kind, effect.element, {**effect.data, "clock": name, **whose})


def runs_around(task: ElementTask) -> Iterator[ElementTask]:
    """The runs with clocks in which a task stands, from the inside out."""
    host = task.scope.host
    while host is not None:
        if host.task_spec.clocks:
            yield host
        host = host.scope.host


def _numbers(run: ElementTask) -> list[str]:
    """Which of several runs at once it is, with those around it, from the outside in."""
    found: list[str] = []
    task: ElementTask | None = run
    while task is not None:
        host = task.scope.host
        loop = host.task_spec.element.loop if host is not None else None
        if task.task_spec.inner and loop is not None and loop.multiple and not loop.sequential:
            found.append(str(task.internal_data["locals"]["loopCounter"]))
        task = host
    return found[::-1]
