"""Compiling and running single expressions."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from cel_expr_python import cel
from cel_expr_python.ext import ext_optional

from wenzheng.engine.expressions import optionals, source
from wenzheng.engine.expressions.bounds import Analysis
from wenzheng.engine.expressions.checked import Node, TooDeepError, decode
from wenzheng.engine.expressions.errors import ExpressionFailed, ExpressionRefused, refused
from wenzheng.engine.expressions.functions import declarations
from wenzheng.engine.expressions.results import LIBRARY_ERRORS, EvaluationError, take
from wenzheng.engine.expressions.types import Variables, VarType, parse_type
from wenzheng.engine.expressions.values import JSON, Converter, Guard

DEFAULT_ZONE: Final = ZoneInfo("Asia/Shanghai")

# Which checked types may become which expected one; dyn is checked while it runs.
_FITS: Final = {
    "bool": {"bool"},
    "int": {"int", "uint"},
    "double": {"double", "int", "uint"},
    "string": {"string"},
    "date": {"timestamp", "string"},
    "timestamp": {"timestamp", "string"},
    "list": {"list"},
    "map": {"map"},
    "any": {"bool", "int", "uint", "double", "string", "timestamp", "list", "map", "null"},
}
# CEL tells errors apart by their text only. What may quote data comes first, so that data
# cannot pass for another error.
_ERRORS: Final = (
    ("Key not found", "key_missing", "Test has(map.key) first, or write map[?'key'].orValue(…)."),
    ("Expected a", "bad_date", "Write 2026-10-08 for a date, 2026-10-08T08:30:00+08:00 for an instant."),
    ("is not text", "not_json", "Write the keys of a map in quotes."),
    ("The year", "bad_date", "Use a date within the supported years."),
    ("supported years", "bad_date", "Use a smaller number of days."),
    ("null_type", "type_mismatch", "Test for null first: x != null && …"),
    ("overloads", "type_mismatch", "Convert first: double(x), int(x), string(x); or declare the type."),
    ("Invalid container", "type_mismatch", "Only lists and maps have parts: test type(x) first."),
    ("SELECT", "type_mismatch", "Only maps have fields: test type or has() first."),
    ("by zero", "division_by_zero", "Test the divisor first: n != 0 ? a / n : 0."),
    ("Index error", "index_out_of_range", "Test size(list) first, or write list[?0].orValue(…)."),
    ("Iteration budget", "too_many_rounds", "All loops together may run 10,000 rounds: loop over less."),
    ("optional.none()", "optional_empty", "Use orValue(…) instead of value()."),
    ("cannot convert", "bad_conversion", "Check the text before converting it."),
    ("conversion", "bad_conversion", "Check the text before converting it."),
    ("overflow", "number_out_of_range", "Use smaller numbers, or double(x)."),
    ("64 range", "number_out_of_range", "Use smaller numbers, or double(x)."),
    ("out of range", "number_out_of_range", "Use smaller numbers, or double(x)."),
)


class Program:
    """A compiled expression. Immutable; any number of threads may evaluate it.

    `uses` names the variables it reads, `work` is the upper bound of its work (units of 0.1 µs).
    """

    def __init__(
        self,
        text: str,
        compiled: Any,
        types: Mapping[str, VarType],
        *,
        expect: VarType | None,
        converter: Converter,
        work: float,
    ) -> None:
        self.text = text
        self.uses = tuple(sorted(types))
        self.work = work
        self._compiled = compiled
        self._types = dict(types)
        self._expect = expect
        self._converter = converter

    def evaluate(self, data: Mapping[str, JSON]) -> JSON:
        """The expression's value for `data`; variables it does not use are not looked at.

        A variable that is missing or null fails only when the value depends on it
        (`paid && amount > 3` is false when `paid` is).

        Raises:
            ExpressionFailed: with a stable code and a remedy.
        """
        bound = self._bind(data)
        try:
            plain = take(self._compiled.eval(data=bound))
        except (EvaluationError, *LIBRARY_ERRORS) as error:
            raise _failure(str(error)) from None
        result = self._converter.from_cel(plain, self._expect)
        Guard("The result").check(result)
        return result

    def _bind(self, data: Mapping[str, JSON]) -> dict[str, Any]:
        guard = Guard("Variable")
        bound: dict[str, Any] = {}
        for name, declared in self._types.items():
            value = data.get(name)
            if value is None and not declared.nullable and not (declared.base == "any" and name in data):
                continue  # CEL names it if the value depends on it
            guard.check(value, name)
            bound[name] = self._converter.to_cel(value, declared, name)
        return bound


class Definition:
    """The expressions of one process definition: declared once, each text compiled once.

    The cache belongs to the definition and goes with it. Thread-safe.
    """

    def __init__(self, declared: Mapping[str, str], *, zone: ZoneInfo = DEFAULT_ZONE) -> None:
        self.declared = Variables.of(declared)
        self.zone = zone
        self._types = self.declared.types()
        self._converter = Converter(zone)
        self._env = cel.NewEnv(
            variables={name: declared.to_cel() for name, declared in self._types.items()},
            extensions=[ext_optional.ExtOptional()],
            functions=declarations(self._converter),
        )
        self._programs: dict[tuple[str, str | None], Program] = {}
        self._lock = threading.Lock()

    def expression(self, text: str, *, expect: str | None = None) -> Program:
        """The program of an expression.

        Raises:
            ExpressionRefused: one finding per error, with line and column inside `text`.
        """
        key = (text, expect)
        with self._lock:
            program = self._programs.get(key)
            if program is None:
                program = self._programs[key] = self._compile(text, expect)
        return program

    def _compile(self, text: str, expect: str | None) -> Program:
        source.check_source(text)
        expected = parse_type(expect) if expect is not None else None
        try:
            compiled = self._env.compile(text)
            checked = decode(compiled.serialize())
        except TooDeepError:
            raise refused(
                "nested_too_deep", "The expression is too deep.", "Split it into several assignments."
            ) from None
        except RuntimeError as error:
            raise ExpressionRefused(source.syntax_findings(str(error))) from None
        _check_optionals(text, checked.root)
        analysis = Analysis(text, self._types)
        work = analysis.run(checked.root)
        _check_result(text, checked.root, expected)
        if checked.changed:
            compiled = self._env.deserialize(checked.program)
        types = {name: self._types[name] for name in analysis.uses}
        return Program(text, compiled, types, expect=expected, converter=self._converter, work=work)


def compile_expression(
    text: str, declared: Mapping[str, str], *, expect: str | None = None, zone: ZoneInfo = DEFAULT_ZONE
) -> Program:
    """Compile one expression by itself; many of one definition share a `Definition`.

    Args:
        text: CEL, at most 4,096 bytes.
        declared: variable name to type (see `types`).
        expect: the type of the result, or None for any JSON value.
        zone: the zone in which days begin.

    Raises:
        ExpressionRefused: with code, message, hint, line and column.
    """
    return Definition(declared, zone=zone).expression(text, expect=expect)


def _check_optionals(text: str, root: Node) -> None:
    found = optionals.misplaced(root)
    if found is not None:
        hint = "Write .orValue(…) after it, or [?x] and {?'key': x} to leave it out when it is empty."
        where = source.position(text, found.offset)
        raise refused("optional_misplaced", "An optional cannot be a part of another value.", hint, *where)


def _check_result(text: str, root: Node, expected: VarType | None) -> None:
    """Refuse a result that can never be what is expected."""
    allowed = set(_FITS[expected.base if expected else "any"]) | {"dyn"}
    if expected is not None and expected.nullable:
        allowed.add("null")
    if root.type in allowed:
        return
    wanted = expected.base if expected else "JSON"
    hint = "Convert it, for example with int(x), double(x), string(x), or .orValue(…) after an optional."
    raise refused(
        "wrong_result_type", f"Expected {wanted}, found {root.type}.", hint, *source.position(text, 0)
    )


def _failure(text: str) -> ExpressionFailed:
    """The failure behind CEL's error text; the code is ours, so it stays when CEL's words change."""
    message = re.sub(r"^[A-Z_]+: ", "", re.sub(r"\s*\[[A-Z_]+\]$", "", text))[:300]
    named = re.search(r'^(?:[A-Z_]+: )?No value with name "([^"]*)"', text)
    if named:
        hint = (
            "Fill it in before this element, test another variable first, or declare it with ? to allow null."
        )
        return ExpressionFailed(
            "variable_missing", f"Variable {named[1]!r} has no value.", hint, variable=named[1]
        )
    for part, code, hint in _ERRORS:
        if part in message:
            return ExpressionFailed(code, f"{message.rstrip('.')}.", hint)
    return ExpressionFailed(
        "evaluation_failed", f"{message.rstrip('.')}.", "Check the expression against the data."
    )
