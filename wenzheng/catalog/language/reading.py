"""From the values of a YAML file to the model of a definition.

A part that does not have its shape is left out here: the shape's finding has told why.
"""

from __future__ import annotations

from collections.abc import Mapping

from wenzheng.catalog.language.deadlines import Deadline, read_deadline
from wenzheng.catalog.language.model import (
    Branch,
    Data,
    Event,
    FormField,
    Procedure,
    Process,
    Role,
    Start,
    Step,
    Strand,
    Waiting,
)
from wenzheng.catalog.language.parts import (
    Part,
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
from wenzheng.catalog.language.scheduling import read_schedule
from wenzheng.catalog.language.shapes import Kinds
from wenzheng.catalog.language.step_grammar import DATA_TYPES, FORM_TYPES, STEP, UNLESS, WAIT
from wenzheng.engine.yaml_tree import Key, YamlNode

_Forms = Mapping[str, YamlNode]
"""The forms that a definition names, as they are written."""


def read_process(root: YamlNode, file: str) -> Process:
    """The model of a file, of whatever in it has its shape."""
    name = word_at(root, "process")
    begins = [_start(key, value) for key, value in pairs(root, "start")]
    start = begins[0] if begins else Start("start", root.position, {})
    process = Process(
        file,
        name.text if name else "process",
        name.position if name else root.position,
        label_of(root.get("name")),
        start,
    )
    process.calendar = word_at(root, "calendar")
    for key, value in pairs(root, "data"):
        process.data[key.text] = _data(key, value)
    process.roles = {key.text: _role(key, value) for key, value in pairs(root, "roles")}
    deadlines = [read_deadline(key, value) for key, value in pairs(root, "deadlines")]
    process.deadlines = [process.with_roles(deadline) for deadline in deadlines]
    forms = {key.text: value for key, value in pairs(root, "forms")}
    process.forms = {name: _fields(value) for name, value in forms.items()}
    process.steps = [_step(key, value, forms) for key, value in pairs(root, "steps")]
    process.procedures = [_procedure(key, value, forms) for key, value in pairs(root, "procedures")]
    process.outcomes = [
        Part(key.text, key.position, label_of(value)) for key, value in pairs(root, "outcomes")
    ]
    process.anytime = [_anytime(key, value, forms) for key, value in pairs(root, "anytime")]
    return process


def _start(key: Key, node: YamlNode) -> Start:
    return Start(key.text, key.position, label_of(node), _cause(node), _both(node))


def _both(node: YamlNode) -> bool:
    return node.get("message") is not None and node.get("schedule") is not None


def _cause(node: YamlNode) -> Waiting | None:
    """The message or the time that something begins with."""
    message, schedule = word_at(node, "message"), read_schedule(node.get("schedule"))
    if message is not None:
        return Waiting("message", message)
    return Waiting("schedule", schedule.every, None, schedule) if schedule is not None else None


def _role(key: Key, node: YamlNode) -> Role:
    return Role(key.text, key.position, label_of(node), words_of(node.get("any_of")))


def _procedure(key: Key, node: YamlNode, forms: _Forms) -> Procedure:
    steps = tuple(_step(name, value, forms) for name, value in pairs(node, "steps"))
    return Procedure(key.text, key.position, label_of(node.get("name")), steps, _deadlines(node))


def _deadlines(node: YamlNode) -> tuple[Deadline, ...]:
    return tuple(read_deadline(key, value) for key, value in pairs(node, "deadlines"))


def _data(key: Key, node: YamlNode) -> Data:
    word = as_word(node) or word_at(node, "type")
    kind = DATA_TYPES.get(word.text if word else "", "any")
    return Data(key.text, key.position, {}, kind, flag_at(node, "required"), node.get("initial"))


def _waiting(node: YamlNode | None, kinds: Kinds) -> Waiting | None:
    kind = kinds.kind_of(node) if node is not None else None
    if node is None or kind is None:
        return None
    if kind == "schedule":
        schedule = read_schedule(node.get("schedule"))
        return Waiting(kind, schedule.every, None, schedule) if schedule is not None else None
    value = node.get(kind)
    word = expression(value) if value is not None else None
    return Waiting(kind, word, word_at(node, "from")) if word is not None else None


def _event(key: Key, node: YamlNode, kinds: Kinds) -> Event:
    return Event(
        key.text, key.position, label_of(node.get("name")), _waiting(node, kinds), word_at(node, "go")
    )


def _anytime(key: Key, node: YamlNode, forms: _Forms) -> Event:
    return Event(
        key.text,
        key.position,
        label_of(node.get("name")),
        _cause(node),
        word_at(node, "go"),
        flag_at(node, "keep"),
        word_at(node, "by"),
        label_of(node.get("guidance")),
        _form(node, forms),
        tuple(_step(name, value, forms) for name, value in pairs(node, "steps")),
        word_at(node, "form"),
        _both(node),
    )


def _form(node: YamlNode, forms: _Forms) -> tuple[FormField, ...]:
    named = word_at(node, "form")
    written = forms.get(named.text) if named is not None else node.get("form")
    return _fields(written) if written is not None else ()


def _fields(node: YamlNode) -> tuple[FormField, ...]:
    return tuple(_field(name, value) for name, value in node.pairs)


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
        word_at(node, "not_before"),
    )


def _branch(node: YamlNode) -> Branch | None:
    go = word_at(node, "go") or word_at(node, "otherwise")
    if go is None:
        return None
    return Branch(expression_of(node.get("if")), go, node.position)


def _step(key: Key, node: YamlNode, forms: _Forms) -> Step:
    kind = STEP.kind_of(node) or ""
    table = pairs(node, "set" if kind == "set" else "with")
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
        _form(node, forms),
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
            Strand(
                name.text, name.position, {}, tuple(_step(inner, one, forms) for inner, one in value.pairs)
            )
            for name, value in pairs(node, "together")
        ),
        word_at(node, "form"),
        _deadlines(node),
        word_at(node, "missing"),
    )
