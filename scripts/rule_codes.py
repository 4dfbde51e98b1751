"""Every rule that the program can find broken, read out of its source.

Findings are made in many places, mostly through small helpers. Whatever has a parameter `rule` or `code` that
ends up in a finding is followed to its callers, until each argument is a text. One that cannot be followed is
an error here: a rule that nobody can list is one without a page.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
SOURCES: Final = (
    "wenzheng/engine",
    "wenzheng/catalog",
    "wenzheng/petitions/oversight.py",
    "wenzheng/staffing.py",
    "wenzheng/bootstrap/deploying.py",
    "wenzheng/bootstrap/organisation.py",
)
"""Where definitions are read, checked and taken."""
_PARAMETERS: Final = ("rule", "code")
_WHILE_RUNNING: Final = frozenset({"Incident", "ExpressionFailed", "Undecided"})
"""What goes wrong with a letter, not with a definition."""
_CODE: Final = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
_MADE: Final[Mapping[str, tuple[str, ...]]] = {
    "unknown-{what}": ("unknown-message", "unknown-signal", "unknown-error", "unknown-escalation"),
    "{node.name}-input": ("service-input", "decision-input"),
    "{node.name}-without-{attribute.lower()}": ("message-without-name", "signal-without-name"),
    "{event.kind}-without-code": ("error-without-code", "escalation-without-code"),
    "{which}-not-allowed": ("incoming-not-allowed", "outgoing-not-allowed"),
    "{wanted}-event-required": ("start-event-required", "end-event-required"),
    "{kind}-uncaught": ("error-uncaught", "escalation-uncaught"),
    "_DISCOURAGED[node.name]": ("no-inclusive-gateway", "no-complex-gateway"),
}
"""Codes that are put together, as they are written, and what comes of it."""


@dataclass
class _Source:
    path: Path
    tree: ast.Module
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    calls: list[ast.Call] = field(default_factory=list)
    functions: list[ast.FunctionDef | ast.ClassDef] = field(default_factory=list)

    @classmethod
    def read(cls, path: Path) -> _Source:
        found = cls(path, ast.parse(path.read_text("utf-8")))
        for parent in ast.walk(found.tree):
            found.parents.update(dict.fromkeys(ast.iter_child_nodes(parent), parent))
            if isinstance(parent, ast.Call):
                found.calls.append(parent)
            elif isinstance(parent, ast.FunctionDef | ast.ClassDef):
                found.functions.append(parent)
        return found

    def around(self, node: ast.AST, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        """What of these kinds encloses a node, the nearest first."""
        while (node_around := self.parents.get(node)) is not None:
            node = node_around
            if isinstance(node, kinds):
                yield node


@cache
def rule_codes(root: Path = ROOT) -> frozenset[str]:
    """The codes of all rules. Raises ValueError, with all places, where a code cannot be told."""
    sources = [_Source.read(path) for path in _files(root)]
    places = _places(sources)
    found: set[str] = set()
    unknown: list[str] = []
    for source in sources:
        for call in source.calls:
            own = source.path if _is_own(call.func, source) else None
            asked = places[own].get(_name(call.func), set())
            given = [one for place in asked if (one := _argument(call, place)) is not None]
            codes = {code for one in given for code in _codes(one, source)}
            if given and not codes and not any(_handed_on(one, source) for one in given):
                unknown.append(f"{source.path.relative_to(root)}:{call.lineno}: {ast.unparse(call)[:80]}")
            found |= codes
    if unknown:
        raise ValueError(
            "Expected the rule of each finding as a text, found what cannot be followed:\n"
            + "\n".join(unknown)
        )
    return frozenset(found)


def _files(root: Path) -> Iterator[Path]:
    for name in SOURCES:
        path = root / name
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_own(called: ast.expr, source: _Source) -> bool:
    """Whether what is called is defined in the same file: a name alone, or one of `self`."""
    of_self = isinstance(called, ast.Attribute) and _name(called.value) == "self"
    if not isinstance(called, ast.Name) and not of_self:
        return False
    return any(node.name == _name(called) for node in source.functions)


def _places(sources: Iterable[_Source]) -> dict[Path | None, dict[str, set[int]]]:
    """By file, and for all files: functions and classes, and where among their arguments the code stands."""
    places: dict[Path | None, dict[str, set[int]]] = {None: {}}
    for source in sources:
        own = places.setdefault(source.path, {})
        for name, place in _declared(source):
            for table in (own, places[None]):
                table.setdefault(name, set()).add(place)
    return places


def _declared(source: _Source) -> Iterator[tuple[str, int]]:
    for node in source.functions:
        if isinstance(node, ast.ClassDef) and node.name in {"Finding", "Flaw"}:
            names = [
                one.target.id
                for one in node.body
                if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
            ]
        elif isinstance(node, ast.FunctionDef) and not _of_running(node, source):
            given = [one for one in node.args.args if one.arg not in {"self", "cls"}]
            names = [
                one.arg if one.annotation and ast.unparse(one.annotation) == "str" else "" for one in given
            ]
        else:
            continue
        yield from ((node.name, names.index(name)) for name in _PARAMETERS if name in names)


def _of_running(node: ast.FunctionDef, source: _Source) -> bool:
    """Whether a function is of what goes wrong while a letter runs, or only reads a code."""
    returned = ast.unparse(node.returns) if node.returns is not None else ""
    cls = next(source.around(node, ast.ClassDef), None)
    inside = cls.name if isinstance(cls, ast.ClassDef) else ""
    running = source.path.parent.name == "elements" or source.path.name in _RUNNING
    return running or returned in _WHILE_RUNNING or inside in _WHILE_RUNNING or node.name in _READERS


_READERS: Final = frozenset({"kind_of", "__init__"})
_RUNNING: Final = frozenset({"propagation.py", "instance.py", "stopping.py", "determinism.py"})


def _argument(call: ast.Call, place: int) -> ast.expr | None:
    named = [one.value for one in call.keywords if one.arg in _PARAMETERS]
    if named:
        return named[0]
    return call.args[place] if place < len(call.args) else None


def _codes(node: ast.expr, source: _Source) -> set[str]:
    """The codes that an argument may be."""
    if isinstance(node, ast.Constant):
        text = node.value
        return {text} if isinstance(text, str) and _CODE.fullmatch(text) else set()
    if isinstance(node, ast.IfExp):
        return _codes(node.body, source) | _codes(node.orelse, source)
    if isinstance(node, ast.JoinedStr):
        return set(_MADE.get(ast.unparse(node)[2:-1], ()))
    if isinstance(node, ast.Subscript):
        return set(_MADE.get(ast.unparse(node), ()))
    if isinstance(node, ast.Name):
        function = next(source.around(node, ast.FunctionDef), source.tree)
        values = [value for one in ast.walk(function) for value in _assigned(one, node.id)]
        return {code for value in values for code in _codes(value, source)}
    return set()


def _assigned(node: ast.AST, name: str) -> Iterator[ast.expr]:
    """What a statement gives a name."""
    if not isinstance(node, ast.Assign):
        return
    for target in node.targets:
        pairs = [(target, node.value)]
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs = list(zip(target.elts, node.value.elts, strict=True))
        yield from (value for one, value in pairs if isinstance(one, ast.Name) and one.id == name)


def _handed_on(node: ast.expr, source: _Source) -> bool:
    """Whether an argument is the code that the function around it was given, or that of another finding."""
    if isinstance(node, ast.Attribute):
        return node.attr in _PARAMETERS
    if not isinstance(node, ast.Name):
        return False
    return any(
        isinstance(function, ast.FunctionDef) and node.id in {one.arg for one in function.args.args}
        for function in source.around(node, ast.FunctionDef)
    )
