"""What a YAML definition says, with the place of everything; built even when parts are wrong.

A part that does not have its shape is left out here: the shape's finding has told why.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from wenzheng.catalog.language.grammar import DATA_TYPES, FORM_TYPES, STEP, UNLESS, WAIT
from wenzheng.catalog.language.shapes import Kinds
from wenzheng.engine.clock_reader import MAX_WORKING_DAYS
from wenzheng.engine.findings import Position
from wenzheng.engine.vocabulary import LAMPS
from wenzheng.engine.yaml_tree import Key, YamlNode


@dataclass(frozen=True)
class Word:
    """A name or an expression and its place."""

    text: str
    node: YamlNode

    @property
    def position(self) -> Position:
        """Where it stands."""
        return self.node.position


Label = dict[str, str]
"""What people read, by language: zh, en, or only one of them; a plain text stands under ''."""


@dataclass(frozen=True)
class Part:
    """What every named thing has."""

    id: str
    position: Position
    label: Label


@dataclass(frozen=True)
class Data(Part):
    """A piece of data; `type` is the engine's name."""

    type: str
    required: bool = False
    initial: YamlNode | None = None


@dataclass(frozen=True)
class Limit(Part):
    """A limit of a deadline."""

    working_days: int | None
    lamp: str | None
    notify: tuple[Word, ...]
    remind: tuple[Word, ...] | None
    remind_before: int | None


@dataclass(frozen=True)
class Deadline(Part):
    """A clock."""

    starts: Word | None
    stops: Word | None
    day_0: Word | None
    limits: tuple[Limit, ...]
    at_once_if: Word | None = None


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
    """What is waited for: kind is working_days, duration, message or until.

    `anchor` names the date from which working days count.
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
    name = _word(root, "process")
    begins = [Part(key.text, key.position, _label(value)) for key, value in _pairs(root, "start")]
    start = begins[0] if begins else Part("start", root.position, {})
    process = Process(
        file,
        name.text if name else "process",
        name.position if name else root.position,
        _label(root.get("name")),
        start,
    )
    for key, value in _pairs(root, "data"):
        process.data[key.text] = _data(key, value)
    process.deadlines = [_deadline(key, value) for key, value in _pairs(root, "deadlines")]
    process.steps = [_step(key, value) for key, value in _pairs(root, "steps")]
    process.outcomes = [
        Part(key.text, key.position, _label(value)) for key, value in _pairs(root, "outcomes")
    ]
    process.anytime = [_anytime(key, value) for key, value in _pairs(root, "anytime")]
    return process


def _pairs(node: YamlNode, name: str) -> list[tuple[Key, YamlNode]]:
    found = node.get(name)
    return found.pairs if found is not None else []


def _word(node: YamlNode | None, name: str) -> Word | None:
    return _as_word(node.get(name)) if node is not None else None


def _as_word(node: YamlNode | None) -> Word | None:
    if node is None or not isinstance(node.value, str) or not node.value:
        return None
    return Word(node.value, node)


def _number(node: YamlNode, name: str) -> int | None:
    found = node.get(name)
    value = found.value if found is not None else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _days(node: YamlNode, name: str) -> int | None:
    """A count of working days; None when it is wrong too, which the grammar has said already."""
    found = _number(node, name)
    return found if found is not None and 0 <= found <= MAX_WORKING_DAYS else None


def _flag(node: YamlNode, name: str) -> bool:
    found = node.get(name)
    return found is not None and found.value is True


def expression(node: YamlNode) -> Word | None:
    """A value as the text of an expression: numbers and true or false are their own."""
    value = node.value
    if value is None or node.kind != "scalar":
        return None
    if isinstance(value, bool):
        return Word(str(value).lower(), node)
    return Word(" ".join(value.splitlines()) if isinstance(value, str) else repr(value), node)


def _expression(node: YamlNode | None) -> Word | None:
    return expression(node) if node is not None else None


def _label(node: YamlNode | None) -> Label:
    if node is None:
        return {}
    if isinstance(node.value, str) and node.kind == "scalar":
        return {"": node.value}
    return {
        key.text: value.value
        for key, value in node.pairs
        if key.text in {"zh", "en"} and isinstance(value.value, str)
    }


def _data(key: Key, node: YamlNode) -> Data:
    word = _as_word(node) or _word(node, "type")
    kind = DATA_TYPES.get(word.text if word else "", "any")
    return Data(key.text, key.position, {}, kind, _flag(node, "required"), node.get("initial"))


def _words(node: YamlNode | None) -> tuple[Word, ...]:
    if node is None:
        return ()
    nodes = node.items if node.kind == "list" else [node]
    return tuple(word for word in map(_as_word, nodes) if word is not None)


def _deadline(key: Key, node: YamlNode) -> Deadline:
    limits = []
    for name, value in _pairs(node, "limits"):
        lamp = _word(value, "lamp")
        limits.append(
            Limit(
                name.text,
                name.position,
                {},
                _days(value, "working_days"),
                lamp.text if lamp and lamp.text in LAMPS else None,
                _words(value.get("notify")),
                _words(value.get("remind")) if value.get("remind") is not None else None,
                _days(value, "remind_before"),
            )
        )
    return Deadline(
        key.text,
        key.position,
        _label(node.get("name")),
        _word(node, "starts"),
        _word(node, "stops"),
        _word(node, "day_0"),
        tuple(limits),
        _expression(node.get("at_once_if")),
    )


def _waiting(node: YamlNode | None, kinds: Kinds) -> Waiting | None:
    kind = kinds.kind_of(node) if node is not None else None
    if node is None or kind is None:
        return None
    value = node.get(kind)
    word = expression(value) if value is not None else None
    return Waiting(kind, word, _word(node, "from")) if word is not None else None


def _event(key: Key, node: YamlNode, kinds: Kinds) -> Event:
    return Event(key.text, key.position, _label(node.get("name")), _waiting(node, kinds), _word(node, "go"))


def _anytime(key: Key, node: YamlNode) -> Event:
    message = _word(node, "message")
    return Event(
        key.text,
        key.position,
        _label(node.get("name")),
        Waiting("message", message) if message is not None else None,
        _word(node, "go"),
        _flag(node, "keep"),
        _word(node, "by"),
        _label(node.get("guidance")),
        _form(node),
        tuple(_step(name, value) for name, value in _pairs(node, "steps")),
    )


def _form(node: YamlNode) -> tuple[FormField, ...]:
    return tuple(_field(name, value) for name, value in _pairs(node, "form"))


def _field(key: Key, node: YamlNode) -> FormField:
    kind = _word(node, "type")
    word = kind.text if kind else ""
    limits = {name: _number(node, name) for name in ("min", "max")}
    return FormField(
        key.text,
        key.position,
        _label(node.get("name")),
        FORM_TYPES.get(word, "string"),
        word == "choice",
        _flag(node, "required"),
        {name: value for name, value in limits.items() if value is not None},
        _words(node.get("values")),
        _label(node.get("template")),
    )


def _branch(node: YamlNode) -> Branch | None:
    go = _word(node, "go") or _word(node, "otherwise")
    if go is None:
        return None
    return Branch(_expression(node.get("if")), go, node.position)


def _step(key: Key, node: YamlNode) -> Step:
    kind = STEP.kind_of(node) or ""
    table = _pairs(node, "with" if kind == "call" else "set")
    words = [(name, expression(value)) for name, value in table]
    choose = node.get("choose")
    branches = [_branch(item) for item in (choose.items if choose is not None else [])]
    return Step(
        key.text,
        key.position,
        _label(node.get("name")),
        kind,
        _word(node, kind) if kind else None,
        _word(node, "go"),
        _word(node, "fact"),
        _form(node),
        tuple(_event(name, value, UNLESS) for name, value in _pairs(node, "unless")),
        tuple((name, word) for name, word in words if word is not None),
        _word(node, "output"),
        tuple(branch for branch in branches if branch is not None),
        _waiting(node.get("wait"), WAIT),
        _number(node, "rounds") or 0,
        _word(node, "count"),
        _words(node.get("keeps")),
        _label(node.get("guidance")),
        _word(node, "for_each"),
        tuple((name, word) for name, value in _pairs(node, "collect") if (word := _as_word(value))),
        tuple(
            Strand(name.text, name.position, {}, tuple(_step(inner, one) for inner, one in value.pairs))
            for name, value in _pairs(node, "together")
        ),
    )
