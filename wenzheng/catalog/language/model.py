"""What a YAML definition says, with the place of everything; built even when parts are wrong.

A part that does not have its shape is left out here: the shape's finding has told why.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from wenzheng.catalog.language.deadlines import Deadline, read_deadline
from wenzheng.catalog.language.grammar import DATA_TYPES, FORM_TYPES, STEP, UNLESS, WAIT
from wenzheng.catalog.language.parts import (
    Label,
    Part,
    Word,
    as_word,
    expression,
    expression_of,
    flag_at,
    label_of,
    number_at,
    pairs,
    word_at,
    words_of,
)
from wenzheng.catalog.language.shapes import Kinds
from wenzheng.engine.findings import Position
from wenzheng.engine.yaml_tree import Key, YamlNode


@dataclass(frozen=True)
class Data(Part):
    """A piece of data; `type` is the engine's name."""

    type: str
    required: bool = False
    initial: YamlNode | None = None


@dataclass(frozen=True)
class FormField(Part):
    """A field; `type` is the engine's name, `choice` whether it was written as a choice."""

    type: str
    choice: bool
    required: bool
    limits: dict[str, int]
    values: tuple[Word, ...]
    template: Label = field(default_factory=dict)


@dataclass(frozen=True)
class Waiting:
    """What is waited for: kind is working_days, calendar_days, duration, message or until.

    `anchor` names the date from which days count.
    """

    kind: str
    value: Word
    anchor: Word | None = None


@dataclass(frozen=True)
class Event(Part):
    """What interrupts a step or, at any time, the handling.

    With `keep` it interrupts nothing: its `form` gives new values, and its `steps` are done beside the rest.
    """

    wait: Waiting | None
    go: Word | None
    keep: bool = False
    by: Word | None = None
    guidance: Label = field(default_factory=dict)
    form: tuple[FormField, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Strand(Part):
    """One of several branches that run at the same time."""

    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Branch:
    """A way out of a choice; without a condition it is the way when none holds."""

    condition: Word | None
    go: Word
    position: Position


@dataclass(frozen=True)
class Step(Part):
    """A step; `kind` is the key that says what it does, `value` what stands behind that key."""

    kind: str
    value: Word | None = None
    go: Word | None = None
    fact: Word | None = None
    form: tuple[FormField, ...] = ()
    unless: tuple[Event, ...] = ()
    expressions: tuple[tuple[Key, Word], ...] = ()
    output: Word | None = None
    branches: tuple[Branch, ...] = ()
    wait: Waiting | None = None
    rounds: int = 0
    count: Word | None = None
    keeps: tuple[Word, ...] = ()
    guidance: Label = field(default_factory=dict)
    for_each: Word | None = None
    collect: tuple[tuple[Key, Word], ...] = ()
    together: tuple[Strand, ...] = ()


@dataclass(frozen=True)
class Way:
    """Steps that follow one another: those of the process, of a branch, or of what happens beside it.

    `owner` is what they stand in; None for the process's own. Inside, its name leads to the end.
    """

    steps: tuple[Step, ...]
    owner: Part | None = None


@dataclass
class Process:
    """One definition file."""

    file: str
    id: str
    position: Position
    label: Label
    start: Part
    data: dict[str, Data] = field(default_factory=dict)
    deadlines: list[Deadline] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    outcomes: list[Part] = field(default_factory=list)
    anytime: list[Event] = field(default_factory=list)

    def ways(self) -> list[Way]:
        """Its own steps, and those that stand in others."""
        strands = [Way(strand.steps, strand) for step in self.steps for strand in step.together]
        beside = [Way(event.steps, event) for event in self.anytime if event.keep]
        return [Way(tuple(self.steps)), *strands, *beside]

    def all_steps(self) -> list[Step]:
        """Every step, wherever it stands."""
        return [step for way in self.ways() for step in way.steps]

    def fields(self) -> list[FormField]:
        """Every field of every form."""
        forms = [*(step.form for step in self.all_steps()), *(event.form for event in self.anytime)]
        return [asked for form in forms for asked in form]

    def step(self, name: str) -> Step | None:
        """The step of that name."""
        return next((step for step in self.all_steps() if step.id == name), None)


# --- from values to the model ------------------------------------------------------------------


def read_process(root: YamlNode, file: str) -> Process:
    """The model of a file, of whatever in it has its shape."""
    name = word_at(root, "process")
    begins = [Part(key.text, key.position, label_of(value)) for key, value in pairs(root, "start")]
    start = begins[0] if begins else Part("start", root.position, {})
    process = Process(
        file,
        name.text if name else "process",
        name.position if name else root.position,
        label_of(root.get("name")),
        start,
    )
    for key, value in pairs(root, "data"):
        process.data[key.text] = _data(key, value)
    process.deadlines = [read_deadline(key, value) for key, value in pairs(root, "deadlines")]
    process.steps = [_step(key, value) for key, value in pairs(root, "steps")]
    process.outcomes = [
        Part(key.text, key.position, label_of(value)) for key, value in pairs(root, "outcomes")
    ]
    process.anytime = [_anytime(key, value) for key, value in pairs(root, "anytime")]
    return process


def _data(key: Key, node: YamlNode) -> Data:
    word = as_word(node) or word_at(node, "type")
    kind = DATA_TYPES.get(word.text if word else "", "any")
    return Data(key.text, key.position, {}, kind, flag_at(node, "required"), node.get("initial"))


def _waiting(node: YamlNode | None, kinds: Kinds) -> Waiting | None:
    kind = kinds.kind_of(node) if node is not None else None
    if node is None or kind is None:
        return None
    value = node.get(kind)
    word = expression(value) if value is not None else None
    return Waiting(kind, word, word_at(node, "from")) if word is not None else None


def _event(key: Key, node: YamlNode, kinds: Kinds) -> Event:
    return Event(
        key.text, key.position, label_of(node.get("name")), _waiting(node, kinds), word_at(node, "go")
    )


def _anytime(key: Key, node: YamlNode) -> Event:
    message = word_at(node, "message")
    return Event(
        key.text,
        key.position,
        label_of(node.get("name")),
        Waiting("message", message) if message is not None else None,
        word_at(node, "go"),
        flag_at(node, "keep"),
        word_at(node, "by"),
        label_of(node.get("guidance")),
        _form(node),
        tuple(_step(name, value) for name, value in pairs(node, "steps")),
    )


def _form(node: YamlNode) -> tuple[FormField, ...]:
    return tuple(_field(name, value) for name, value in pairs(node, "form"))


def _field(key: Key, node: YamlNode) -> FormField:
    kind = word_at(node, "type")
    word = kind.text if kind else ""
    limits = {name: number_at(node, name) for name in ("min", "max")}
    return FormField(
        key.text,
        key.position,
        label_of(node.get("name")),
        FORM_TYPES.get(word, "string"),
        word == "choice",
        flag_at(node, "required"),
        {name: value for name, value in limits.items() if value is not None},
        words_of(node.get("values")),
        label_of(node.get("template")),
    )


def _branch(node: YamlNode) -> Branch | None:
    go = word_at(node, "go") or word_at(node, "otherwise")
    if go is None:
        return None
    return Branch(expression_of(node.get("if")), go, node.position)


def _step(key: Key, node: YamlNode) -> Step:
    kind = STEP.kind_of(node) or ""
    table = pairs(node, "with" if kind == "call" else "set")
    words = [(name, expression(value)) for name, value in table]
    choose = node.get("choose")
    branches = [_branch(item) for item in (choose.items if choose is not None else [])]
    return Step(
        key.text,
        key.position,
        label_of(node.get("name")),
        kind,
        word_at(node, kind) if kind else None,
        word_at(node, "go"),
        word_at(node, "fact"),
        _form(node),
        tuple(_event(name, value, UNLESS) for name, value in pairs(node, "unless")),
        tuple((name, word) for name, word in words if word is not None),
        word_at(node, "output"),
        tuple(branch for branch in branches if branch is not None),
        _waiting(node.get("wait"), WAIT),
        number_at(node, "rounds") or 0,
        word_at(node, "count"),
        words_of(node.get("keeps")),
        label_of(node.get("guidance")),
        word_at(node, "for_each"),
        tuple((name, word) for name, value in pairs(node, "collect") if (word := as_word(value))),
        tuple(
            Strand(name.text, name.position, {}, tuple(_step(inner, one) for inner, one in value.pairs))
            for name, value in pairs(node, "together")
        ),
    )
