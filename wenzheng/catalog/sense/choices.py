"""Choices whose conditions leave something out, or can never hold; texts that no form offers.

Conditions are tried with every value that a form offers, and for numbers with those at and beside the ones
they name. What cannot be tried (lists, maps, free text that is not compared) is not judged.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from wenzheng.catalog.sense.paths import warning
from wenzheng.engine.compiled import CompiledProcess
from wenzheng.engine.elements import ElementSpec
from wenzheng.engine.expressions import ExpressionFailed, Program
from wenzheng.engine.findings import Finding
from wenzheng.engine.model import Element

MAX_TRIED: Final = 2_000
"""Combinations of values that a choice is tried with."""
_NUMBER: Final = re.compile(r"(?<![\w.'\"])-?\d+(?:\.\d+)?(?![\w.])")
_TEXT: Final = re.compile(r"'([^'\\\n]*)'|\"([^\"\\\n]*)\"")
_NAME: Final = r"[A-Za-z_]\w*"
_COMPARED: Final = re.compile(
    rf"(?P<left>{_NAME})\s*[!=]=\s*(?P<q>['\"])(?P<text>[^'\"\\\n]*)(?P=q)"
    rf"|(?P<r>['\"])(?P<other>[^'\"\\\n]*)(?P=r)\s*[!=]=\s*(?P<right>{_NAME})"
)
_LISTED: Final = re.compile(rf"(?P<name>{_NAME})\s+in\s+\[(?P<list>[^\]]*)\]")
_OTHER: Final = "\x1a other"
"""A text that no definition names."""


@dataclass
class Values:
    """What the variables of a process may hold, as far as its forms and types say."""

    types: Mapping[str, str]
    offered: dict[str, list[str]] = field(default_factory=dict)
    computed: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, process: CompiledProcess, written: set[str]) -> Values:
        """The values of a process's variables; `written` are those that something but a form sets."""
        found = cls(process.types, computed=set(written))
        for element in process.model.all_elements():
            for one in element.fields:
                if one.values:
                    known = found.offered.setdefault(one.id, [])
                    known += [value for value in one.values if value not in known]
                elif one.type == "string":
                    found.computed.add(one.id)
        return found

    def closed(self, name: str) -> bool:
        """Whether it holds nothing but what forms offer."""
        return name in self.offered and name not in self.computed

    def tried(self, name: str, texts: list[str]) -> list[Any] | None:
        """The values to try a variable with; None when that would say nothing."""
        kind = self.types.get(name)
        if kind == "bool":
            return [True, False]
        if kind == "string":
            if self.closed(name):
                return list(self.offered[name])
            named = [one[0] or one[1] for text in texts for one in _TEXT.findall(text)]
            return [*dict.fromkeys([*self.offered.get(name, []), *named]), _OTHER]
        if kind in {"int", "double"}:
            numbers = {float(one) for text in texts for one in _NUMBER.findall(text)} or {0.0}
            beside = {number + step for number in numbers for step in (-1, 0, 1)}
            return sorted({int(one) if kind == "int" else one for one in beside})
        return None


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
    tried = _combinations(names, [program.text for _, program in programs], values)
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
    for flow, program in programs:
        exact = all(values.types.get(name) == "bool" or values.closed(name) for name in names)
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
    lists: list[list[Any]] = []
    for name in names:
        found = values.tried(name, texts)
        if found is None:
            return None
        lists.append(found)
    total = 1
    for one in lists:
        total *= len(one)
    if total > MAX_TRIED:
        return None
    return [dict(zip(names, one, strict=True)) for one in itertools.product(*lists)]


def _holds(program: Program, data: dict[str, Any]) -> bool:
    try:
        return program.evaluate(data) is True
    except ExpressionFailed:
        return False


def _shown(value: object) -> str:
    if value == _OTHER:
        return "another text"
    return str(value).lower() if isinstance(value, bool) else repr(value)


def check_texts(owner: Element, program: Program, values: Values) -> Iterator[Finding]:
    """Texts that a choice is compared with, and that no form offers."""
    pairs = [
        (match["left"] or match["right"], match["text"] if match["left"] else match["other"])
        for match in _COMPARED.finditer(program.text)
    ]
    for match in _LISTED.finditer(program.text):
        pairs += [(match["name"], one[0] or one[1]) for one in _TEXT.findall(match["list"])]
    for name, text in dict.fromkeys(pairs):
        if values.closed(name) and text not in values.offered[name]:
            yield warning(
                owner,
                "value-never-taken",
                f"Expected '{name}' to be compared with what its form offers "
                f"({', '.join(values.offered[name])}), found '{text}': it is never that.",
                "Correct the text, or offer it in the form.",
            )
