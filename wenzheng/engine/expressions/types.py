"""Declared types of process variables.

Grammar: `base`, `list<type>`, `map<type>` (keys are always text), each optionally followed by
`[n]` (at most n characters or items) and `?` (may be missing or null).
Bases: string int double bool date timestamp list map any.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cel_expr_python import cel

from wenzheng.engine.expressions import limits
from wenzheng.engine.expressions.errors import ExpressionRefused, Finding, refused

BASES: Final = ("string", "int", "double", "bool", "date", "timestamp", "list", "map", "any")

_CEL_SCALARS: Final[dict[str, Any]] = {
    "string": cel.Type.STRING,
    "int": cel.Type.INT,
    "double": cel.Type.DOUBLE,
    "bool": cel.Type.BOOL,
    "date": cel.Type.TIMESTAMP,
    "timestamp": cel.Type.TIMESTAMP,
    "any": cel.Type.DYN,
}

# CEL's grammar reserves these words (language definition, "Syntax": RESERVED).
_RESERVED: Final = frozenset({
    "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let",
    "loop", "namespace", "null", "package", "return", "true", "var", "void", "while",
})  # fmt: skip
# Names that already mean something in every CEL environment, and the words of our scripts.
_TAKEN: Final = frozenset({
    "bool", "bytes", "cel", "double", "dyn", "google", "int", "list", "map", "null_type", "optional",
    "optional_type", "string", "type", "uint", "throw", "escalate",
})  # fmt: skip
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_TYPE: Final = re.compile(
    r"(?P<base>[a-z]+)(?:<(?P<element>.*)>)?(?:\[(?P<limit>[0-9]{1,6})\])?(?P<null>\?)?", re.ASCII
)


@dataclass(frozen=True)
class VarType:
    """A declared type. `limit` is in characters for text, in items for lists and maps."""

    base: str
    element: VarType | None = None
    limit: int | None = None
    nullable: bool = False

    def to_cel(self) -> Any:
        """The type CEL checks against; a nullable one is checked while it runs."""
        if self.nullable:
            return cel.Type.DYN
        if self.base in _CEL_SCALARS:
            return _CEL_SCALARS[self.base]
        element = self.element.to_cel() if self.element else cel.Type.DYN
        if self.base == "list":
            return cel.Type.List(element)
        # Keys of JSON objects are text; declaring it lets the checker refuse m[1].
        return cel.Type.Map(cel.Type.STRING, element)


def parse_type(text: str, _depth: int = 0) -> VarType:
    """Read a declared type.

    Raises:
        ExpressionRefused: `variable_type`, with what is allowed.
    """
    match = _TYPE.fullmatch(text.strip()) if len(text) <= limits.MAX_NAME else None
    hint = f"Use one of {', '.join(BASES)}, list<TYPE> or map<TYPE>; [n] limits the length, ? allows null."
    if match is None or match["base"] not in BASES or _depth > limits.MAX_TYPE_DEPTH:
        raise refused("variable_type", f"Expected a type, found {text[:80]!r}.", hint)
    base, element, limit = match["base"], match["element"], match["limit"]
    if element is not None and base not in ("list", "map"):
        raise refused("variable_type", f"Type {base!r} takes no element type.", hint)
    if limit is not None and base not in ("list", "map", "string"):
        raise refused("variable_type", f"Type {base!r} has no length to limit.", hint)
    return VarType(
        base=base,
        element=parse_type(element, _depth + 1) if element is not None else None,
        limit=int(limit) if limit is not None else None,
        nullable=match["null"] is not None,
    )


def _name_finding(name: str) -> Finding | None:
    """Why `name` cannot be a variable, or None."""
    hint = "Use ASCII letters, digits and _, beginning with a letter; labels may be in any script."
    if not _NAME.fullmatch(name):
        return Finding("variable_name", f"{name[:80]!r} is not a variable name.", hint)
    if len(name) > limits.MAX_NAME:
        return Finding(
            "variable_name", f"The name {name[:20]!r}… has more than {limits.MAX_NAME} characters.", hint
        )
    if name in _RESERVED or name in _TAKEN:
        return Finding(
            "variable_name",
            f"{name!r} is a word of the language.",
            f"Choose another name, e.g. {name}_value.",
        )
    return None


def is_variable_name(text: str) -> bool:
    """Whether a text may name a variable: ASCII, and no word of the language."""
    return _name_finding(text) is None


class Variables(Mapping[str, str]):
    """The declared variables of a definition: name to type, in the order given. Immutable.

    Raises:
        ExpressionRefused: one finding for each bad name (`variable_name`) or type (`variable_type`).
    """

    def __init__(self, declared: Mapping[str, str]) -> None:
        findings: list[Finding] = []
        self._declared = dict(declared)
        self._types: dict[str, VarType] = {}
        for name, text in declared.items():
            bad = _name_finding(name)
            if bad:
                findings.append(bad)
                continue
            try:
                self._types[name] = parse_type(text)
            except ExpressionRefused as refusal:
                findings += [
                    Finding(f.code, f"Variable {name!r}: {f.message}", f.hint) for f in refusal.findings
                ]
        if findings:
            raise ExpressionRefused(findings)

    @classmethod
    def of(cls, declared: Mapping[str, str]) -> Variables:
        """The same declarations, checked once."""
        return declared if isinstance(declared, Variables) else cls(declared)

    def type_of(self, name: str) -> VarType:
        """The parsed type of a declared variable; KeyError when it is not declared."""
        return self._types[name]

    def types(self) -> dict[str, VarType]:
        """All parsed types by name."""
        return dict(self._types)

    def __getitem__(self, name: str) -> str:
        return self._declared[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._declared)

    def __len__(self) -> int:
        return len(self._declared)
