"""What cannot be meant by a deadline: names that are nowhere, days in the wrong order, units mixed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Protocol

from wenzheng.catalog.language.deadlines import Deadline, Limit, Pause
from wenzheng.catalog.language.model import EACH, Process, Way
from wenzheng.catalog.language.parts import Word
from wenzheng.engine.findings import Position

_Error = Callable[[Position, str, str, str, str], None]


class _Known(Protocol):
    def __call__(self, word: Word | None, known: Iterable[str], rule: str, wanted: str, owner: str) -> bool:
        """Whether a word is one of the names; a finding when it is not."""
        ...


def _ends(ways: Iterable[Way]) -> set[str]:
    """What starts, stops and changes deadlines: steps, what interrupts them, and branches."""
    steps = [step for way in ways for step in way.steps]
    events = [event.id for step in steps for event in step.unless]
    return {*(step.id for step in steps), *events, *(strand.id for step in steps for strand in step.together)}


class DeadlineCheck:
    """Checks the deadlines of a definition."""

    def __init__(
        self, process: Process, recipients: Collection[str] | None, error: _Error, known: _Known
    ) -> None:
        """`recipients` are those who can be told, None where the caller does not know them."""
        self._process = process
        self._recipients = recipients
        self._error = error
        self._known = known
        self._types = {data.id: data.type for data in process.data.values()}
        for field in process.fields():
            if self._types.get(field.id, "any") == "any":  # any: one that may be left empty
                self._types[field.id] = field.type

    def check(self) -> None:
        """Add a finding for everything that cannot be meant."""
        process = self._process
        first: dict[str, Deadline] = {}
        # What is counted with the process itself, a procedure's steps neither start nor stop.
        own = {process.start.id, *(event.id for event in process.anytime), *_ends(process.own_ways())}
        self._check_all(process.deadlines, own, "a step, an event or the start", first)
        for procedure in process.done():
            ends = _ends(process.ways_of(procedure))
            wanted = f"a step or an event of '{procedure.id}'"
            self._check_all(process.deadlines_of(procedure), ends, wanted, first)
        for step in process.all_steps():
            self._check_all(process.deadlines_of(step), set(), "nothing", first)

    def _check_all(
        self, deadlines: Iterable[Deadline], ends: Collection[str], wanted: str, first: dict[str, Deadline]
    ) -> None:
        """Check those of one part: `ends` is what they may name, `first` those that were there before."""
        for deadline in deadlines:
            if deadline.id in first:
                self._error(
                    deadline.position,
                    deadline.id,
                    "duplicate-id",
                    f"Expected each name once among deadlines, found '{deadline.id}' again; the first is in "
                    f"line {first[deadline.id].position.line}.",
                    "Rename one of the two.",
                )
            first.setdefault(deadline.id, deadline)
            for word in deadline.elements():
                self._known(word, ends, "unknown-step", wanted, deadline.id)
            units = {name for name, type_ in self._types.items() if type_ in {"string", "unit", "any"}}
            self._known(
                deadline.whose, {*units, EACH}, "unknown-data", "data or a field with a unit", deadline.id
            )
            kind = "date" if deadline.unit.counts_days else "timestamp"
            days = {name for name, type_ in self._types.items() if type_ == kind}
            called = "date" if deadline.unit.counts_days else "moment"
            day_0s = [deadline.day_0, deadline.restart.day_0 if deadline.restart is not None else None]
            for day_0 in day_0s:
                self._known(day_0, days, "unknown-date", f"data of type {called}", deadline.id)
            for word in deadline.reasons():
                self._known(word, self._types, "unknown-data", "data or a field of a form", deadline.id)
            self._check_limits(deadline)
            self._check_changes(deadline)

    def _check_limits(self, deadline: Deadline) -> None:
        before: Limit | None = None
        for limit in deadline.limits:
            if before is not None and limit.after is not None and before.after is not None:
                self._check_order(deadline, before, limit)
            before = limit if limit.after is not None else before
            self._check_side(deadline, limit)
            if limit.remind_before is not None and limit.remind is None:
                self._error(
                    limit.position,
                    deadline.id,
                    "reminder-of-nobody",
                    f"Expected 'remind' beside 'remind_before' of '{limit.id}', found nobody to remind.",
                    "Say who is reminded, or remove 'remind_before'.",
                )
            known = self._recipients
            for word in (*limit.notify, *(limit.remind or ())) if known is not None else ():
                self._known(word, known or (), "unknown-recipient", "somebody who can be told", deadline.id)

    def _check_order(self, deadline: Deadline, before: Limit, limit: Limit) -> None:
        assert limit.after is not None
        assert before.after is not None
        if limit.after > before.after:
            return
        back = limit.kind == "before"
        wanted = f"fewer than {-before.after} days before" if back else f"more than {before.after} days"
        self._error(
            limit.position,
            deadline.id,
            "limit-order",
            f"Expected {wanted} for '{limit.id}', found {abs(limit.after)}.",
            "Order the limits by their days, each later than the one before.",
        )

    def _check_side(self, deadline: Deadline, limit: Limit) -> None:
        if limit.kind == "working_days" and deadline.unit != "working_days":
            self._error(
                limit.position,
                deadline.id,
                "limit-unit",
                f"Expected 'after' at limit '{limit.id}' of '{deadline.id}', which counts {deadline.unit}, "
                "found 'working_days'.",
                "Write 'after:' with the number of that unit.",
            )
        if limit.kind == "before" and deadline.day_0 is None:
            self._error(
                limit.position,
                deadline.id,
                "days-before-nothing",
                f"Expected 'day_0' on '{deadline.id}', whose limit '{limit.id}' lies before it, found none.",
                "Name the date of the event with 'day_0:'.",
            )

    def _check_changes(self, deadline: Deadline) -> None:
        for pause in deadline.pauses:
            self._check_pause(deadline, pause)
        for extension in deadline.extensions:
            by = extension.by
            numbers = {name for name, kind in self._types.items() if kind == "int"}
            if by is not None and not by.text.lstrip("-").isdigit():
                self._known(by, numbers, "unknown-data", "a number or data of type whole_number", deadline.id)
        changes = (*deadline.pauses, *deadline.extensions)
        if changes and any(limit.kind == "before" for limit in deadline.limits):
            self._error(
                changes[0].position,
                deadline.id,
                "moves-with-event",
                f"Expected no pause and no extension of '{deadline.id}', which counts back from an event, "
                f"found '{changes[0].id}'.",
                "Postpone the event instead: the limits move with its date.",
            )

    def _check_pause(self, deadline: Deadline, pause: Pause) -> None:
        others = [other.id for other in self._process.deadlines]
        self._known(pause.of, others, "unknown-deadline", "a deadline", deadline.id)
        if pause.of is not None and pause.within is None:
            self._error(
                pause.of.position,
                deadline.id,
                "of-without-within",
                f"Expected 'within' beside 'of' of '{pause.id}', found none.",
                "Say within how many days of that deadline's day 0, or remove 'of'.",
            )
        if not deadline.unit.counts_days:
            self._error(
                pause.position,
                deadline.id,
                "pause-unit",
                f"Expected pauses of deadlines that count days, found one of '{deadline.id}', which counts "
                f"{deadline.unit}: a pause is whole days.",
                "Count in days, or stop it and start another deadline.",
            )
