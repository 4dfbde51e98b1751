"""Rules of clocks: what they name is there, and what is counted in days is not mixed with hours."""

from __future__ import annotations

from wenzheng.engine.clock_model import Clock, Extension, Pause
from wenzheng.engine.environments import held
from wenzheng.engine.findings import Position
from wenzheng.engine.rules.graph import Graph
from wenzheng.engine.vocabulary import FIELD_TYPES


def check_clocks(graph: Graph) -> None:
    """Add a finding for everything a clock names that is not there, or says that cannot be meant."""
    types = {name: variable.type for name, variable in graph.model.variables.items()}
    for element in graph.elements.values():
        for field in element.fields:
            if (
                types.get(field.id, "any") == "any"
            ):  # any: a day that may be left empty, so that it can be asked
                types[field.id] = FIELD_TYPES[field.type]
    for clock in graph.model.clocks.values():
        rules = _ClockRules(graph, clock, types | _own_types(graph, clock))
        rules.check()


def _own_types(graph: Graph, clock: Clock) -> dict[str, str]:
    """What the run that a clock belongs to sees besides the variables of the process."""
    found: dict[str, str] = {}
    here = graph.elements.get(clock.of or "")
    while here is not None:
        inside = graph.model.scopes.get(here.id)
        for item in [
            *(inside.data if inside is not None else ()),
            *(one for part in held(here) for one in part),
        ]:
            found.setdefault(item.variable, item.type)
        here = graph.elements.get(here.scope)
    return found


class _ClockRules:
    def __init__(self, graph: Graph, clock: Clock, types: dict[str, str]) -> None:
        self._graph = graph
        self._clock = clock
        self._types = types

    def check(self) -> None:
        clock = self._clock
        for attribute, ref in clock.named():
            if not self._is_inside(ref):
                where = "the process" if clock.of is None else f"'{clock.of}', to whose runs it belongs"
                self._error(
                    "unknown-reference",
                    f"Expected {attribute} of clock '{clock.id}' to be an element of {where}, found '{ref}'.",
                    "Name the id of the element whose completion counts.",
                )
        self._whose()
        self._day0(clock.day0_variable, clock.position)
        if clock.restart is not None:
            self._day0(clock.restart.day0_variable, clock.restart.position)
        if clock.counts_back:
            self._back()
        if not clock.unit.counts_days:
            self._hours()
        for pause in clock.pauses:
            self._pause(pause)
        for extension in clock.extensions:
            self._extension(extension)

    def _is_inside(self, ref: str) -> bool:
        """Whether an element stands in what the clock belongs to, at whatever depth."""
        here = self._graph.elements.get(ref)
        while here is not None and self._clock.of is not None and here.scope != self._clock.of:
            here = self._graph.elements.get(here.scope)
        return here is not None

    def _whose(self) -> None:
        whose = self._clock.whose
        if whose is not None and self._types.get(whose) not in {"string", "unit", "any"}:
            self._error(
                "unknown-variable",
                f"Expected whose of clock '{self._clock.id}' to name a variable or field with a unit, found "
                f"'{whose}'.",
                "Name the variable of type string that holds the unit's id.",
            )

    def _error(self, rule: str, message: str, hint: str, position: Position | None = None) -> None:
        self._graph.findings.error(
            position or self._clock.position, self._graph.model.id, rule, message, hint
        )

    def _day0(self, name: str | None, position: Position) -> None:
        wanted = "date" if self._clock.unit.counts_days else "timestamp"
        if name and self._types.get(name) != wanted:
            self._error(
                "clock-day0",
                f"Expected from of clock '{self._clock.id}' to be a declared variable of type {wanted}, "
                f"found '{name}'.",
                f"Declare it with <wz:variable type='{wanted}'>.",
                position,
            )

    def _back(self) -> None:
        clock = self._clock
        if not clock.day0_variable:
            self._error(
                "clock-without-event",
                f"Expected the day of the event that clock '{clock.id}' counts back from, found no 'from'.",
                "Name the variable of type date that holds it.",
            )
        if clock.pauses or clock.extensions:
            self._error(
                "clock-counts-back",
                f"Expected clock '{clock.id}', which counts back from an event, to have no pause and no "
                "extension, found one.",
                "Postpone the event instead: its limits move with the variable.",
            )

    def _hours(self) -> None:
        clock = self._clock
        if clock.pauses:
            self._error(
                "pause-unit",
                f"Expected pauses on clocks of days only, because they are whole days; found one on "
                f"'{clock.id}', which counts {clock.unit}.",
                "Count in days, or stop the clock and start another.",
                clock.pauses[0].position,
            )
        if any(threshold.remind for threshold in clock.thresholds):
            self._error(
                "reminder-unit",
                f"Expected reminders on clocks of days only, found one on '{clock.id}', which counts "
                f"{clock.unit}: the morning before may be too early or too late.",
                "Add an earlier threshold that tells them.",
            )

    def _pause(self, pause: Pause) -> None:
        clock = self._clock
        if pause.unit is not None and not pause.unit.counts_days and clock.unit.counts_days:
            self._error(
                "pause-unit",
                f"Expected pause '{pause.id}' of clock '{clock.id}' to last days, found {pause.unit}.",
                "Pauses are whole days; give the unit of days that is meant.",
                pause.position,
            )
        if pause.of is not None and pause.of not in self._graph.model.clocks:
            self._error(
                "unknown-clock",
                f"Expected 'of' of pause '{pause.id}' to name a clock, found '{pause.of}'.",
                f"Known are: {', '.join(sorted(self._graph.model.clocks))}.",
                pause.position,
            )
        self._variable(pause.reason, pause.id, pause.position)

    def _extension(self, extension: Extension) -> None:
        by = extension.by
        if isinstance(by, str) and self._types.get(by) != "int":
            self._error(
                "extension-length",
                f"Expected 'by' of extension '{extension.id}' to be a number or a variable of type int, "
                f"found '{by}'.",
                "Write the number of units, or declare the variable with type='int'.",
                extension.position,
            )
        elif isinstance(by, int) and extension.at_most is not None and by > extension.at_most:
            self._error(
                "extension-length",
                f"Expected extension '{extension.id}' to add at most {extension.at_most}, found {by}.",
                "Correct one of the two.",
                extension.position,
            )
        self._variable(extension.reason, extension.id, extension.position)

    def _variable(self, name: str | None, owner: str, position: Position) -> None:
        if name is not None and name not in self._types:
            self._error(
                "unknown-variable",
                f"Expected the reason of '{owner}' to be a variable or a form field, found '{name}'.",
                "Correct the name, or declare it with <wz:variable>.",
                position,
            )
