"""What shapes cannot tell: names that lead nowhere, loops without an end, roles nobody has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from wenzheng.calendars.units import Unit
from wenzheng.catalog.language.deadline_meaning import DeadlineCheck
from wenzheng.catalog.language.model import Event, FormField, Process, Step, Waiting
from wenzheng.catalog.language.parts import Part, Word
from wenzheng.catalog.language.reuse_meaning import Names, ReuseCheck, check_schedule, check_start
from wenzheng.catalog.language.shapes import nearest
from wenzheng.catalog.language.ways import WayCheck, used
from wenzheng.engine.findings import FindingList, Position
from wenzheng.engine.yaml_tree import YamlNode

SCOPE: Final = "handling_scope"
SCOPE_START: Final = "handling_begins"
CLOSED: Final = "closed"
MARK: Final = "mark_"
OUTCOME: Final = "outcome"
"""The data that holds the outcome, and what goes before its name in the step that sets it."""


def check_meaning(process: Process, names: Names, findings: FindingList) -> None:
    """Add a finding for everything that has its shape but cannot be meant."""
    _Meaning(process, names, findings).check()


class _Meaning:
    def __init__(self, process: Process, names: Names, findings: FindingList) -> None:
        self._process = process
        self._names = names
        self._findings = findings
        self._steps = process.all_steps()
        self._order = {step.id for step in self._steps}
        self._outcomes = {outcome.id for outcome in process.outcomes}
        self._reuse = ReuseCheck(process, names, self._error, self._known)

    def check(self) -> None:
        self._check_ids()
        self._check_data()
        self._reuse.check()
        check_start(self._process.start, self._error)
        for step in self._steps:
            self._check_step(step)
        for way in self._process.ways():
            WayCheck(way, self._process, self._error, self._known).check()
        DeadlineCheck(self._process, self._names.recipients, self._error, self._known).check()
        self._check_anytime()
        self._check_use()

    def _error(self, place: Position, element: str, rule: str, message: str, hint: str) -> None:
        self._findings.error(place, element, rule, message, hint)

    # --- names --------------------------------------------------------------------------

    def _parts(self) -> Iterator[Part]:
        yield self._process.start
        for step in self._steps:
            yield step
            yield from step.unless
            yield from step.together
        yield from self._process.outcomes
        yield from self._process.anytime
        yield from self._process.done()

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

    def _check_step(self, step: Step) -> None:
        if step.kind == "by":
            self._reuse.does(step.value, step.id)
        for form_field in step.form:
            self._check_field(form_field)
        self._check_each(step)
        for wait in (step.wait, *(event.wait for event in step.unless)):
            self._check_wait(wait, step.id)
        for key, _ in step.expressions if step.kind == "set" else ():
            self._is_data(key.text, key.position, step.id)
        for word in step.keeps:
            self._is_data(word.text, word.position, step.id)
        if step.output is not None:
            if step.kind == "decide":
                self._is_data(step.output.text, step.output.position, step.id)
            else:
                self._keeps_result(step.output, step.id)

    def _check_each(self, step: Step) -> None:
        """Who does it is a list, and so are what is collected and who is missing."""
        typed = {**{one.id: one.type for one in self._process.fields()}, **self._types}
        lists = {name for name, kind in typed.items() if kind in {"list", "units", "any"}}
        self._known(step.for_each, lists, "unknown-list", "a list of units, data or a field", step.id)
        for key, field in step.collect:
            if step.for_each is None:
                self._error(
                    key.position,
                    step.id,
                    "collect-of-nobody",
                    f"Expected 'for_each' beside 'collect' of '{step.id}', found nobody to collect from.",
                    "Say which units do it with 'for_each', or remove 'collect'.",
                )
            declared = {name for name, kind in self._types.items() if kind in {"list", "any"}}
            name = Word(key.text, YamlNode("scalar", key.position, key.text))
            self._known(name, declared, "unknown-data", "data of type list", step.id)
            fields = {asked.id for asked in step.form} if step.kind == "by" else set(typed)
            wanted = "a field of this step's form" if step.kind == "by" else "data or a field"
            self._known(field, fields, "unknown-data", wanted, step.id)
        if step.missing is not None and step.for_each is None:
            self._error(
                step.missing.position,
                step.id,
                "collect-of-nobody",
                f"Expected 'for_each' beside 'missing' of '{step.id}', found nobody who could be missing.",
                "Say which units do it with 'for_each', or remove 'missing'.",
            )
        declared = {name for name, kind in self._types.items() if kind in {"list", "any"}}
        self._known(step.missing, declared, "unknown-data", "data of type list", step.id)

    def _check_wait(self, wait: Waiting | None, owner: str) -> None:
        check_schedule(wait, owner, self._error)
        if wait is None or wait.kind not in {*Unit}:
            return
        dates = {one.id for one in self._process.fields() if one.type == "date"}
        dates |= {name for name, kind in self._types.items() if kind == "date"}
        self._known(wait.anchor, dates, "unknown-date", "data or a field of type date", owner)
        if wait.anchor is None and wait.value.text.startswith("-"):
            self._error(
                wait.value.position,
                owner,
                "days-before-nothing",
                f"Expected 'from' beside {wait.value.text} days of '{owner}', found no day to count "
                "back from.",
                "Name the date with 'from:', or count forward.",
            )

    @property
    def _types(self) -> dict[str, str]:
        return {data.id: data.type for data in self._process.data.values()}

    def _keeps_result(self, output: Word, owner: str) -> None:
        maps = {data.id for data in self._process.data.values() if data.type in {"map", "any"}}
        self._known(output, maps, "unknown-data", "data of type map", owner)

    def _is_data(self, name: str, position: Position, owner: str) -> None:
        fields = {field.id for field in self._process.fields()}
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
        if field.template and field.type not in {"string", "content"}:
            self._error(
                field.position,
                field.id,
                "template-of-no-text",
                f"Expected a template for a text or content only, found one at '{field.id}'.",
                "Use 'type: content' or 'type: text', or remove 'template'.",
            )
        if field.choice != bool(field.values):
            self._error(
                field.position,
                field.id,
                "choice-values",
                f"Expected values for a choice and for nothing else, found "
                f"{'none' if field.choice else 'some'} at '{field.id}'.",
                "Add 'values: [a, b]'." if field.choice else "Use 'type: choice', or remove 'values'.",
            )

    # --- deadlines, events, outcomes ------------------------------------------------------

    def _check_anytime(self) -> None:
        taken = {name for way in self._process.ways() for name in used(way)}
        for event in self._process.anytime:
            self._reuse.does(event.by, event.id)
            check_schedule(event.wait, event.id, self._error)
            for form_field in event.form:
                self._check_field(form_field)
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

    def _check_use(self) -> None:
        reached = set(_targets(self._process.anytime))
        for way in self._process.ways():
            reached |= {*used(way), *(step.id for step in way.steps[:1])}
        # An outcome that is imported may be there for others.
        own = [one for one in self._process.outcomes if one.position.file == self._process.file]
        for part in [*self._steps, *own]:
            if part.id not in reached:
                self._error(
                    part.position,
                    part.id,
                    "never-reached",
                    f"Expected something to lead to '{part.id}', found nothing does.",
                    "Name it in a 'go:', move it, or remove it.",
                )


def _targets(events: Iterable[Event]) -> list[str]:
    return [event.go.text for event in events if event.go is not None]
