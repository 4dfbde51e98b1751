"""What leads where: steps that lead nowhere, loops without an end, forks without a way on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from wenzheng.catalog.language.model import Process, Step, Way
from wenzheng.catalog.language.parts import Word
from wenzheng.engine.findings import Position

Report = Callable[[Position, str, str, str, str], None]
"""Adds a finding: place, element, rule, message, hint."""
Known = Callable[[Word | None, Iterable[str], str, str, str], bool]
"""Whether a name is one of those that are known; adds a finding with rule, what was wanted and element."""


def used(way: Way) -> Iterator[str]:
    """The names that the steps of a way lead to."""
    for number, step in enumerate(way.steps):
        ways = [step.go, *(event.go for event in step.unless), *(branch.go for branch in step.branches)]
        yield from (target.text for target in ways if target is not None)
        if step.go is None and step.kind not in {"choose", "back_to"}:
            yield from (after.id for after in way.steps[number + 1 : number + 2])


class WayCheck:
    """Checks what leads where among steps that follow one another."""

    def __init__(self, way: Way, process: Process, report: Report, known: Known) -> None:
        self._process = process
        self._steps = way.steps
        self._owner = way.owner
        self._order = {step.id: number for number, step in enumerate(way.steps)}
        self._exits = {one.id for one in process.outcomes} if way.owner is None else {way.owner.id}
        inside = "" if way.owner is None else f" beside it, or '{way.owner.id}' for its end"
        self._wanted = f"a step{inside}" if inside else "a step or an outcome"
        self._start = (way.owner or process.start).id
        self._error = report
        self._known = known

    def check(self) -> None:
        """Add a finding for everything that leads where it cannot be meant to."""
        for number, step in enumerate(self._steps):
            self._leads_on(step.go, number, step)
            for event in step.unless:
                self._leads_on(event.go, number, step)
            if step.kind == "choose":
                self._check_choice(step, number)
            elif step.kind == "back_to":
                self._check_loop(step, number)
            elif step.kind and step.go is None and number + 1 == len(self._steps) and self._owner is None:
                self._error(
                    step.position,
                    step.id,
                    "leads-nowhere",
                    f"Expected the last step '{step.id}' to say where it leads, found no 'go'.",
                    "Add 'go:' with the outcome that follows.",
                )

    def _step_of(self, name: str) -> Step | None:
        return self._steps[self._order[name]] if name in self._order else None

    def _leads_on(self, go: Word | None, number: int, step: Step, *, chosen: bool = False) -> None:
        known = [*self._order, *self._exits]
        if not self._known(go, known, "unknown-step", self._wanted, step.id) or go is None:
            return
        target = self._step_of(go.text)
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
            if here in seen or here > number or self._steps[here].kind == "by":
                continue
            seen.add(here)
            waiting += self._next(here)
        return True

    def _next(self, number: int) -> list[int]:
        """The places of the steps that may follow a step when nothing interrupts it."""
        step = self._steps[number]
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
        before = self._steps[number - 1] if number else None
        falls = before is not None and before.go is None and before.kind not in {"choose", "back_to", ""}
        if before is None or falls:
            self._error(
                step.position,
                step.id,
                "loop-without-exit",
                f"Expected a choice to lead to '{step.id}', found "
                f"'{before.id if before else self._start}': when the rounds are used up there "
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
