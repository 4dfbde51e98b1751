"""Choices whose conditions leave something out, or can never hold; texts that no form offers.

Conditions are tried with values (trying.py) by the program that runs them.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from typing import Any, Final

from wenzheng.catalog.sense.paths import warning
from wenzheng.catalog.sense.trying import OTHER, TEXT, Values
from wenzheng.engine.compiled import CompiledProcess
from wenzheng.engine.elements import ElementSpec
from wenzheng.engine.expressions import ExpressionFailed, Program
from wenzheng.engine.findings import Finding
from wenzheng.engine.model import Element

MAX_TRIED: Final = 2_000
"""Combinations of values that a choice is tried with."""
_NAME: Final = r"[A-Za-z_]\w*"
_COMPARED: Final = re.compile(
    rf"(?P<left>{_NAME})\s*[!=]=\s*(?P<q>['\"])(?P<text>[^'\"\\\n]*)(?P=q)"
    rf"|(?P<r>['\"])(?P<other>[^'\"\\\n]*)(?P=r)\s*[!=]=\s*(?P<right>{_NAME})"
)
_LISTED: Final = re.compile(rf"(?P<name>{_NAME})\s+in\s+\[(?P<list>[^\]]*)\]")


def check_choices(process: CompiledProcess, values: Values) -> Iterator[Finding]:
    """Each choice of a process: whether one of its ways always holds, and each of them sometimes."""
    for scope in process.specs.values():
        for spec in scope.task_specs.values():
            if isinstance(spec, ElementSpec) and not spec.inner and spec.conditions:
                yield from _choice(spec, values)


def _choice(spec: ElementSpec, values: Values) -> Iterator[Finding]:
    element = spec.element
    flows = [flow.id for flow in element.outgoing]
    programs = [(flow, spec.conditions[flow]) for flow in flows if flow in spec.conditions]
    others = [flow for flow in flows if flow not in spec.conditions]
    open_ended = not element.default and not others
    names = sorted({name for _, program in programs for name in program.uses})
    texts = [program.text for _, program in programs]
    tried = _combinations(names, texts, values)
    if tried is None:
        if open_ended:
            yield _incomplete(element, "nobody can tell whether one of its conditions always holds")
        return
    first = element.type == "exclusiveGateway"
    held: set[str] = set()
    missing: dict[str, Any] | None = None
    for data in tried:
        true = [flow for flow, program in programs if _holds(program, data)]
        held |= set(true[:1] if first else true)
        if not true and missing is None:
            missing = data
    if open_ended and missing is not None:
        said = ", ".join(f"{name} = {_shown(value)}" for name, value in missing.items())
        yield _incomplete(element, f"none of its conditions holds for {said}")
    exact = all(values.covers(name, texts) for name in names)
    for flow, program in programs:
        if exact and flow not in held:
            yield warning(
                element,
                "condition-never-holds",
                f"Expected condition '{program.text.strip()}' behind '{element.id}' to hold in some case, "
                "found none in which it does" + (" and none before it." if first else "."),
                "Correct the condition, or remove the way.",
            )


def _incomplete(element: Element, why: str) -> Finding:
    return warning(
        element,
        "not-exhaustive",
        f"Expected a way on from '{element.id}' in every case, found that {why}: the process would stop with "
        "an incident.",
        "Give it a default flow, or conditions of which one always holds.",
    )


def _combinations(names: list[str], texts: list[str], values: Values) -> list[dict[str, Any]] | None:
    """All combinations of values; of fewer where they are too many, None where that says nothing."""
    for few in (False, True):
        lists = [values.tried(name, texts, few=few) for name in names]
        known = [one for one in lists if one is not None]
        if len(known) < len(lists):
            return None
        if math.prod(map(len, known)) <= MAX_TRIED:
            return [dict(zip(names, one, strict=True)) for one in itertools.product(*known)]
    return None


def _holds(program: Program, data: dict[str, Any]) -> bool:
    try:
        return program.evaluate(data) is True
    except ExpressionFailed:
        return False


def _shown(value: object) -> str:
    if value == OTHER:
        return "another text"
    return str(value).lower() if isinstance(value, bool) else repr(value)


def check_texts(owner: Element, program: Program, values: Values) -> Iterator[Finding]:
    """Texts that a choice is compared with, and that no form offers."""
    pairs = [
        (match["left"] or match["right"], match["text"] if match["left"] else match["other"])
        for match in _COMPARED.finditer(program.text)
    ]
    for match in _LISTED.finditer(program.text):
        pairs += [(match["name"], one[0] or one[1]) for one in TEXT.findall(match["list"])]
    for name, text in dict.fromkeys(pairs):
        if values.closed(name) and text not in values.offered[name]:
            yield warning(
                owner,
                "value-never-taken",
                f"Expected '{name}' to be compared with what its form offers "
                f"({', '.join(values.offered[name])}), found '{text}': it is never that.",
                "Correct the text, or offer it in the form.",
            )
