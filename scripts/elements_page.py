"""The page of what the engine executes: lists from the code, a sentence for each from elements_words.

Whoever adds a word to the vocabulary adds its sentence; a test says which one is missing.
"""

from __future__ import annotations

from typing import Final

from scripts.data_words import DATA, DATA_HEAD, DATA_TAIL
from scripts.elements_words import (
    ELEMENTS,
    EXAMPLE_DATA,
    EXAMPLE_TYPES,
    EXAMPLES,
    EXTENSIONS,
    FIELD_TYPES,
    GLOBAL,
    LOOPS,
    REFUSALS,
    TEXTS,
    TRIGGERS,
)
from wenzheng.engine import vocabulary as words
from wenzheng.engine.described import ATTRIBUTES, CHILDREN
from wenzheng.engine.expressions import BASES, limits
from wenzheng.engine.extensions import _ATTRIBUTES, _LIMITED_TYPES, _PLACES
from wenzheng.engine.stopping import OPEN_LIMIT, STEP_LIMIT
from wenzheng.engine.timers import LONGEST_DAYS
from wenzheng.engine.values import MAX_VARIABLES

_ONLY: Final = {
    "scriptFormat": "urn:cel",
    "scriptLanguage": "urn:cel",
    "language": "urn:cel",
    "isExecutable": "true",
}
"""Attributes that the reader holds to one value by itself."""

HEAD: Final = """\
# BPMN elements

What stands on this page is executed as it says. Everything else is **refused** when a definition is loaded,
with file, line, column, element, rule and what to do: nothing of a file is dropped silently, and nothing runs
that would run wrong. `wenzheng validate PATH` shows all findings at once.

This page is written by `scripts/reference.py` from `wenzheng/engine/vocabulary.py`; do not edit it by hand.

## Elements

Every element and flow has an `id` and may have a `name`; every element may have `wz:en`, its name in English.
*Only* means that another value is refused.

"""
DRAWING: Final = """
Pictures and notes are let pass and do nothing: {ignored}, and all of the BPMN diagram and colour namespaces.

## Around the elements

Pools and message flows, interfaces and item definitions describe and run nothing: messages find their
receivers by name. Lanes give roles. An association leads from a compensation boundary event to what undoes.

| element | attributes besides `id` and `name` |
|---|---|
"""
EVENTS: Final = """
## Event definitions

| event definition | where | what it needs |
|---|---|---|
"""
LOOP_HEAD: Final = """
An event may have several, and `eventDefinitionRef` for one that stands beside the processes.

## Loops

| element of an activity | what it does | attributes |
|---|---|---|
"""
GLOBAL_HEAD: Final = """
## Global tasks

They stand beside the processes; call activities name them.

| element | what it does | attributes |
|---|---|---|
"""
TEXT_HEAD: Final = """
## Elements that hold text

| element | holds | attributes |
|---|---|---|
"""
EXTENSION_HEAD: Final = """
## Extensions

They stand in the namespace `{namespace}`, the elements inside `extensionElements`.

| element | belongs into | attributes | what it says |
|---|---|---|---|
"""
EXTENSION_ATTRIBUTES_HEAD: Final = """
| attribute | on | what it says |
|---|---|---|
"""
FIELDS_HEAD: Final = """
`type` of a variable is one of {variable_types}. `type` of a field:

| field type | holds | type of the variable |
|---|---|---|
"""
EXPRESSIONS_HEAD: Final = """
`min` and `max` may stand on {ranged}, `values` on {listed}, `notBefore` on `date`.

## Expressions

Conditions, inputs, initial values and scripts are [CEL](https://cel.dev), guarded. There is no clock and no
chance in them: the same data give the same value for ever. Names of variables are ASCII; texts may be in any
script. With

```text
{data}
```

| expression | value |
|---|---|
"""
EXPRESSIONS_TAIL: Final = """
- Operators are CEL's. `==` compares, `&&` and `||` decide, `? :` chooses, `+` joins texts and lists.
- Macros: `has`, `all`, `exists`, `exists_one`, `filter`, `map`. Over a map they run in the order of its keys.
- Functions: {functions}.
- `date(text)`, `year`, `month`, `day`, `weekday` (1 is Monday), `days_between` and `add_days` count
  **calendar** days in the zone Asia/Shanghai. Working days belong to clocks and timers.
- A variable without a value is null. To use it stops the element with an incident, unless the result does not
  depend on it. Only a variable of type `any` may be compared with `null`.
- In a script, lines that begin with `#` are comments; a statement goes on in the next line inside brackets.

| limit | value |
|---|---|
| one expression, one script | {source:,} and {script:,} bytes |
| all variables of one expression, and its result | {bytes:,} bytes, {items:,} items, depth {depth} |
| work of one expression, of a script | {work:,} and {script_work:,} steps, counted before it runs |
| name of a variable | {name} characters |
| years | {first} to {last} |
| all variables of an instance together | {variables:,} bytes |
| elements run without waiting | {steps:,} in one step, then an incident (`step-limit`) |
| elements open in one instance | {opened:,}, then an incident (`open-limit`) |
| a timer's duration | {longest:,} days |

An expression beyond a limit of text or work is refused when the definition is loaded. What can only be known
with the data raises an incident.

## What is refused

| rule | what | do |
|---|---|---|
"""


def _attribute(name: str, values: frozenset[str] | None) -> str:
    if name in _ONLY:
        return f"`{name}` (only `{_ONLY[name]}`)"
    if values is None or values == words.BOOLEAN:
        return f"`{name}`"
    # "1" and "0" are second spellings of a boolean.
    shown = sorted(values - {"1", "0"} or values)
    return f"`{name}` (only {', '.join(f'`{value}`' for value in shown)})"


def _attributes(allowed: words.Allowed, extra: frozenset[str] = frozenset()) -> str:
    found = [_attribute(name, values) for name, values in allowed.items() if name not in {"id", "name"}]
    found += [f"`wz:{name}`" for name in sorted(extra)]
    return ", ".join(found) or "–"


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _code(names: str, joint: str = ", ") -> str:
    return joint.join(f"`{name}`" for name in names.split())


def _elements() -> str:
    head = _row("element", "what it does", "attributes", "event definitions") + "|---|---|---|---|\n"
    return head + "".join(
        _row(
            f"`{name}`",
            ELEMENTS[name],
            _attributes(allowed, words.EXTENSION_ATTRIBUTES.get(name, frozenset())),
            ", ".join(words.EVENT_DEFINITIONS.get(name, {}).values()) or "–",
        )
        for name, allowed in words.FLOW_NODES.items()
    )


def _events() -> str:
    rows = ""
    for trigger in words.EVENT_DEFINITION_ATTRIBUTES:
        where = [f"`{name}`" for name, known in words.EVENT_DEFINITIONS.items() if trigger in known.values()]
        rows += _row(f"`{trigger}EventDefinition`", ", ".join(where), TRIGGERS[trigger])
    return rows


def _extensions() -> str:
    places: dict[str, str] = {}
    for place, name in sorted(_PLACES, reverse=True):
        places[name] = f"{places[name]}, `{place}`" if name in places else f"`{place}`"
    rows = "".join(
        _row(
            f"`wz:{name}`",
            places.get(name, "`wz:service`, `wz:decision`" if name == "input" else "`wz:clock`"),
            _code(" ".join(sorted(attributes))),
            EXTENSIONS[name],
        )
        for name, attributes in _ATTRIBUTES.items()
    )
    rows += EXTENSION_ATTRIBUTES_HEAD
    for place, names in words.EXTENSION_ATTRIBUTES.items():
        rows += "".join(_row(f"`wz:{name}`", f"`{place}`", EXTENSIONS[name]) for name in sorted(names))
    return rows + "".join(
        _row(f"`wz:{name}`", "every element", EXTENSIONS[name]) for name in (words.ENGLISH, words.SOURCE)
    )


def _expressions() -> str:
    data = "\n".join(f"{name} ({kind}) = {EXAMPLE_DATA[name]!r}" for name, kind in EXAMPLE_TYPES.items())
    text = EXPRESSIONS_HEAD.format(
        ranged=_code(" ".join(_LIMITED_TYPES["min"])),
        listed=_code(" ".join(_LIMITED_TYPES["values"])),
        data=data,
    )
    text += "".join(_row(f"`{expression}`", f"`{value}`") for expression, value in EXAMPLES)
    return text + EXPRESSIONS_TAIL.format(
        functions=", ".join(f"`{name}`" for name in limits.FUNCTIONS.split(", ")),
        source=limits.MAX_SOURCE,
        script=limits.MAX_SCRIPT,
        bytes=limits.MAX_BYTES,
        items=limits.MAX_ITEMS,
        depth=limits.MAX_DEPTH,
        work=limits.MAX_WORK,
        script_work=limits.MAX_SCRIPT_WORK,
        name=limits.MAX_NAME,
        first=limits.MIN_YEAR,
        last=limits.MAX_YEAR,
        variables=MAX_VARIABLES,
        steps=STEP_LIMIT,
        opened=OPEN_LIMIT,
        longest=LONGEST_DAYS,
    )


def _refusals() -> str:
    lines = [line.strip() for line in REFUSALS.strip().splitlines()]
    return "".join(
        _row(_code(rules), what, remedy)
        for rules, what, remedy in zip(lines[0::3], lines[1::3], lines[2::3], strict=True)
    )


def elements_page() -> str:
    """docs/reference/elements.md. A KeyError names the word of the vocabulary that has no sentence here."""
    around: tuple[tuple[str, words.Allowed], ...] = (
        ("definitions", words.DEFINITIONS_ATTRIBUTES),
        ("process", words.PROCESS_ATTRIBUTES),
        ("sequenceFlow", words.FLOW_ATTRIBUTES),
        ("message", {}),
        ("signal", {}),
        ("error", {"errorCode": None}),
        ("escalation", {"escalationCode": None}),
        ("laneSet", words.LANE_ATTRIBUTES["laneSet"]),
        ("lane", {**words.LANE_ATTRIBUTES["lane"], "wz:role": None}),
        ("association", words.ASSOCIATION_ATTRIBUTES),
        *((name, ATTRIBUTES.get(name, {})) for name in sorted({*ATTRIBUTES, *CHILDREN})),
    )
    parts = [
        HEAD,
        _elements(),
        DRAWING.format(ignored=_code(" ".join(sorted(words.IGNORED_BPMN | words.IGNORED_BESIDE)))),
        *(_row(f"`{name}`", _attributes(allowed)) for name, allowed in around),
        EVENTS,
        _events(),
        LOOP_HEAD,
        *(
            _row(f"`{name}`", LOOPS[name], _attributes(allowed))
            for name, allowed in words.LOOP_ATTRIBUTES.items()
        ),
        GLOBAL_HEAD,
        *(
            _row(
                f"`{name}`",
                GLOBAL[name],
                _attributes(allowed, words.EXTENSION_ATTRIBUTES.get(name, frozenset())),
            )
            for name, allowed in words.GLOBAL_TASK_ATTRIBUTES.items()
        ),
        DATA_HEAD,
        *(_row(f"`{name}`", DATA[name], _attributes(allowed)) for name, allowed in words.DATA.items()),
        DATA_TAIL,
        TEXT_HEAD,
        *(
            _row(f"`{name}`", TEXTS[name], _attributes(allowed))
            for name, allowed in words.TEXT_ELEMENTS.items()
        ),
        EXTENSION_HEAD.format(namespace=words.WZ),
        _extensions(),
        FIELDS_HEAD.format(variable_types=_code(" ".join(BASES))),
        *(_row(f"`{name}`", FIELD_TYPES[name], f"`{kind}`") for name, kind in words.FIELD_TYPES.items()),
        _expressions(),
        _refusals(),
    ]
    return "".join(parts)
