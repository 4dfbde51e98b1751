"""What shapes cannot tell: names that lead nowhere, loops without an end, roles nobody has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from wenzheng.catalog.language.model import Deadline, Event, FormField, Part, Process, Step, Word
from wenzheng.catalog.language.shapes import nearest
from wenzheng.engine.findings import FindingList, Position

SCOPE: Final = "handling_scope"
SCOPE_START: Final = "handling_begins"
CLOSED: Final = "closed"
MARK: Final = "mark_"
OUTCOME: Final = "outcome"
"""The data that holds the outcome, and what goes before its name in the step that sets it."""


@dataclass(frozen=True)
class Names:
    """The names that definitions may use; None where the caller does not know them."""

    roles: frozenset[str] | None = None
    recipients: frozenset[str] | None = None


def check_meaning(process: Process, names: Names, findings: FindingList) -> None:
    """Add a finding for everything that has its shape but cannot be meant."""
    _Meaning(process, names, findings).check()


class _Meaning:
    def __init__(self, process: Process, names: Names, findings: FindingList) -> None:
        self._process = process
        self._names = names
        self._findings = findings
        self._order = {step.id: number for number, step in enumerate(process.steps)}
        self._outcomes = {outcome.id for outcome in process.outcomes}

    def check(self) -> None:
        self._check_ids()
        self._check_data()
        for number, step in enumerate(self._process.steps):
            self._check_step(step, number)
        self._check_deadlines()
        self._check_anytime()
        self._check_use()

    def _error(self, place: Position, element: str, rule: str, message: str, hint: str) -> None:
        self._findings.error(place, element, rule, message, hint)

    # --- names --------------------------------------------------------------------------

    def _parts(self) -> Iterator[Part]:
        yield self._process.start
        for step in self._process.steps:
            yield step
            yield from step.unless
        yield from self._process.outcomes
        yield from self._process.anytime

    def _check_ids(self) -> None:
        first: dict[str, Position] = {self._process.id: self._process.position}
        for part in self._parts():
            if part.id in first:
                self._error(
                    part.position,
                    part.id,
                    "duplicate-id",
                    f"Expected each name once among steps, outcomes and events, found '{part.id}' again; "
                    f"the first is in line {first[part.id].line}.",
                    "Rename one of the two.",
                )
            first.setdefault(part.id, part.position)
            if part.id in {SCOPE, SCOPE_START, CLOSED} or part.id.startswith((MARK, "message_", "flow_")):
                self._error(
                    part.position,
                    part.id,
                    "reserved-name",
                    f"Expected a name of your own, found '{part.id}', which the language uses itself.",
                    "Choose another name.",
                )

    def _known(self, word: Word | None, known: Iterable[str], rule: str, wanted: str, owner: str) -> bool:
        if word is None or word.text in known:
            return word is not None
        listed = ", ".join(sorted(known))
        shown = listed if len(listed) <= 300 else listed[:300] + " …"  # noqa: PLR2004 - a paragraph
        self._error(
            word.position,
            owner,
            rule,
            f"Expected {wanted}, found '{word.text}'.",
            nearest(word.text, known) or f"Known are: {shown or 'none'}.",
        )
        return False

    def _check_data(self) -> None:
        for data in self._process.data.values():
            value = data.initial.value if data.initial is not None else None
            number = isinstance(value, int) and not isinstance(value, bool)
            fits = {
                "string": isinstance(value, str),
                "bool": isinstance(value, bool),
                "int": number,
                "double": number or isinstance(value, float),
            }
            if data.initial is not None and value is not None and not fits.get(data.type, False):
                self._error(
                    data.initial.position,
                    data.id,
                    "initial-value",
                    f"Expected a first value of the type of '{data.id}', found {value!r}.",
                    "Texts, numbers, true and false can be given; set others in a step.",
                )

    # --- steps --------------------------------------------------------------------------

    def _check_step(self, step: Step, number: int) -> None:
        if step.kind == "by" and self._names.roles is not None:
            self._known(step.value, self._names.roles, "unknown-role", "a role that people have", step.id)
        for form_field in step.form:
            self._check_field(form_field)
        self._leads_on(step.go, number, step)
        for event in step.unless:
            self._leads_on(event.go, number, step)
        if step.kind == "choose":
            self._check_choice(step, number)
        elif step.kind == "back_to":
            self._check_loop(step, number)
        elif step.kind and step.go is None and number + 1 == len(self._process.steps):
            self._error(
                step.position,
                step.id,
                "leads-nowhere",
                f"Expected the last step '{step.id}' to say where it leads, found no 'go'.",
                "Add 'go:' with the outcome that follows.",
            )
        for key, _ in step.expressions if step.kind == "set" else ():
            self._is_data(key.text, key.position, step.id)
        for word in step.keeps:
            self._is_data(word.text, word.position, step.id)
        if step.output is not None:
            self._keeps_result(step.output, step.id)

    def _keeps_result(self, output: Word, owner: str) -> None:
        maps = {data.id for data in self._process.data.values() if data.type in {"map", "any"}}
        self._known(output, maps, "unknown-data", "data of type map", owner)

    def _is_data(self, name: str, position: Position, owner: str) -> None:
        fields = {field.id for step in self._process.steps for field in step.form}
        known = {*self._process.data, *fields, *([OUTCOME] if self._outcomes else [])}
        if name not in known:
            self._error(
                position,
                owner,
                "unknown-data",
                f"Expected the name of data, found '{name}'.",
                nearest(name, known) or f"Add '{name}' to 'data:' with its type.",
            )

    def _check_field(self, field: FormField) -> None:
        if field.choice != bool(field.values):
            self._error(
                field.position,
                field.id,
                "choice-values",
                f"Expected values for a choice and for nothing else, found "
                f"{'none' if field.choice else 'some'} at '{field.id}'.",
                "Add 'values: [a, b]'." if field.choice else "Use 'type: choice', or remove 'values'.",
            )

    def _leads_on(self, go: Word | None, number: int, step: Step, *, chosen: bool = False) -> None:
        known = [*self._order, *self._outcomes]
        if not self._known(go, known, "unknown-step", "a step or an outcome", step.id) or go is None:
            return
        target = self._process.step(go.text)
        if target is not None and self._order[go.text] <= number:
            if not (chosen and self._passes_a_person(go.text, number)):
                self._error(
                    go.position,
                    step.id,
                    "loop-without-limit",
                    f"Expected '{step.id}' to lead forward, found that it leads back to '{go.text}': "
                    "that could go on for ever.",
                    f"Lead back from an 'if' of a 'choose', after a step that a person does ('by:') on "
                    f"every way round; or go to a step with 'back_to: {go.text}', 'rounds:' and 'count:'.",
                )
        elif target is not None and target.kind == "back_to" and not chosen:
            self._error(
                go.position,
                step.id,
                "loop-without-exit",
                f"Expected a choice to lead to '{go.text}', found '{step.id}': when the rounds are used "
                "up there would be no way on.",
                "Put a step with 'choose' before it.",
            )

    def _passes_a_person(self, back_to: str, number: int) -> bool:
        """Whether a person does a step on every way round: what goes back then cannot run away."""
        waiting, seen = [self._order[back_to]], set[int]()
        while waiting:
            here = waiting.pop()
            if here == number:
                return False
            if here in seen or here > number or self._process.steps[here].kind == "by":
                continue
            seen.add(here)
            waiting += self._next(here)
        return True

    def _next(self, number: int) -> list[int]:
        """The places of the steps that may follow a step when nothing interrupts it."""
        step = self._process.steps[number]
        ways = [step.go, *(branch.go for branch in step.branches)]
        named = [self._order[way.text] for way in ways if way is not None and way.text in self._order]
        falls = step.go is None and step.kind not in {"choose", "back_to"}
        return [*named, number + 1] if falls else named

    def _check_choice(self, step: Step, number: int) -> None:
        for branch in step.branches:
            self._leads_on(branch.go, number, step, chosen=branch.condition is not None)
        if step.branches and all(self._order.get(way.go.text, number + 1) <= number for way in step.branches):
            self._error(
                step.position,
                step.id,
                "loop-without-exit",
                f"Expected a branch of the choice '{step.id}' to lead forward, found that all lead back.",
                "Let one branch go to a later step or to an outcome.",
            )
        without = [branch for branch in step.branches if branch.condition is None]
        if len(without) != 1 or (step.branches and step.branches[-1].condition is not None):
            place = without[-1].position if len(without) > 1 else step.position
            self._error(
                place,
                step.id,
                "choice-otherwise",
                f"Expected exactly one 'otherwise' at the end of the choice '{step.id}', found "
                f"{len(without) or 'none'}{' elsewhere' if len(without) == 1 else ''}.",
                "End the list with '- otherwise: …', so that there is always a way on.",
            )

    def _check_loop(self, step: Step, number: int) -> None:
        target = step.value
        if self._known(target, self._order, "unknown-step", "an earlier step", step.id):
            assert target is not None
            if self._order[target.text] >= number:
                self._error(
                    target.position,
                    step.id,
                    "loop-forward",
                    f"Expected 'back_to' to name an earlier step, found '{target.text}'.",
                    "Use 'go:' to lead forward.",
                )
        before = self._process.steps[number - 1] if number else None
        falls = before is not None and before.go is None and before.kind not in {"choose", "back_to", ""}
        if before is None or falls:
            self._error(
                step.position,
                step.id,
                "loop-without-exit",
                f"Expected a choice to lead to '{step.id}', found "
                f"'{before.id if before else self._process.start.id}': when the rounds are used up there "
                "would be no way on.",
                "Put a step with 'choose' before it.",
            )
        count = self._process.data.get(step.count.text) if step.count else None
        if count is not None and step.count is not None and count.type != "int":
            self._error(
                step.count.position,
                step.id,
                "loop-count",
                f"Expected data of type whole_number to count rounds, found '{count.id}'.",
                "Name another, or leave it out of 'data': it is declared by itself.",
            )

    # --- deadlines, events, outcomes ------------------------------------------------------

    def _check_deadlines(self) -> None:
        ends = {self._process.start.id, *self._order}
        dates = {data.id for data in self._process.data.values() if data.type == "date"}
        for deadline in self._process.deadlines:
            for word in (deadline.starts, deadline.stops):
                self._known(word, ends, "unknown-step", "a step or the start", deadline.id)
            self._known(deadline.day_0, dates, "unknown-date", "data of type date", deadline.id)
            self._check_limits(deadline)

    def _check_limits(self, deadline: Deadline) -> None:
        days = -1
        for limit in deadline.limits:
            after = limit.working_days
            if after is not None and after <= days:
                self._error(
                    limit.position,
                    deadline.id,
                    "limit-order",
                    f"Expected more than {days} working days for '{limit.id}', found {after}.",
                    "Order the limits by working days, each later than the one before.",
                )
            days = days if after is None else after
            if limit.remind_before is not None and limit.remind is None:
                self._error(
                    limit.position,
                    deadline.id,
                    "reminder-of-nobody",
                    f"Expected 'remind' beside 'remind_before' of '{limit.id}', found nobody to remind.",
                    "Say who is reminded, or remove 'remind_before'.",
                )
            known = self._names.recipients
            for word in (*limit.notify, *(limit.remind or ())) if known is not None else ():
                self._known(word, known or (), "unknown-recipient", "somebody who can be told", deadline.id)

    def _check_anytime(self) -> None:
        taken = set(self._used())
        for event in self._process.anytime:
            go = event.go
            if self._known(go, self._outcomes, "unknown-step", "an outcome", event.id) and go is not None:
                if go.text in taken:
                    self._error(
                        go.position,
                        event.id,
                        "outcome-shared",
                        f"Expected an outcome of its own for '{event.id}', found '{go.text}', which is "
                        "used elsewhere.",
                        "Add another outcome and name that.",
                    )
                taken.add(go.text)

    def _used(self) -> Iterator[str]:
        for number, step in enumerate(self._process.steps):
            ways = [step.go, *(event.go for event in step.unless), *(way.go for way in step.branches)]
            yield from (way.text for way in ways if way is not None)
            if step.go is None and step.kind not in {"choose", "back_to"}:
                yield from (after.id for after in self._process.steps[number + 1 : number + 2])

    def _check_use(self) -> None:
        used = {*self._used(), *(self._first()), *_targets(self._process.anytime)}
        for part in [*self._process.steps, *self._process.outcomes]:
            if part.id not in used:
                self._error(
                    part.position,
                    part.id,
                    "never-reached",
                    f"Expected something to lead to '{part.id}', found nothing does.",
                    "Name it in a 'go:', move it, or remove it.",
                )

    def _first(self) -> list[str]:
        return [step.id for step in self._process.steps[:1]]


def _targets(events: Iterable[Event]) -> list[str]:
    return [event.go.text for event in events if event.go is not None]
