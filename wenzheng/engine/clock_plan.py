"""The clocks of a definition by what they hang on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from wenzheng.engine import ledger
from wenzheng.engine.clock_model import Clock
from wenzheng.engine.expressions import Program
from wenzheng.engine.model import ProcessModel

_NEVER: Final[Mapping[str, Program]] = {}


class ClockPlan:
    """The clocks of a process by what they hang on: one for all its instances."""

    def __init__(
        self,
        model: ProcessModel,
        at_once: Mapping[str, Program] = _NEVER,
        called: Iterable[ProcessModel] = (),
    ) -> None:
        """`at_once` holds, by clock, the condition under which word goes out without waiting.

        `called` are the processes that this one calls, however deep: each call has their clocks.
        """
        self.model = model
        self.at_once = at_once
        self.named: dict[tuple[str, str], list[Clock]] = {}
        own = [clock for clock in model.clocks.values() if clock.of is None]
        every = [*model.clocks.values(), *(clock for one in called for clock in one.clocks.values())]
        self.clocks = {clock.id: clock for clock in every}
        self.of_runs = len(own) < len(every)
        """Whether some belong to runs of activities, and not to the process."""
        for clock in own:
            for part in (("starts", clock.starts), ("stops", clock.stops)):
                for element in part[1]:
                    self.named.setdefault((part[0], element), []).append(clock)
        self.eventful = [clock for clock in own if ledger.is_eventful(clock)]
        self.anchored = [clock for clock in every if clock.day0_variable]
