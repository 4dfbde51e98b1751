"""A wrong and a right example for rules of expressions and scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from scripts.rule_examples.example import Example

_VARIABLES: Final = "var n int = 1\nvar word string = 'a'\nvar words list\nvar day timestamp\nvar out any\n"

_BARE: Final = "start s\nend e\ns -> e"


def _script(expression: str) -> str:
    return f"{_VARIABLES}start s\nscript t: out = {expression}\nend e\ns -> t -> e"


def _rule(what: str, wrong: str, right: str, *, why: str = "", shown: str = "") -> Example:
    return Example(what, why, _script(wrong), _script(right), frozenset(), shown=shown)


_LONG: Final = " + ".join(["n"] * 2_000)
_DEEP: Final = "(" * 300 + "n" + ")" * 300

EXPRESSION_EXAMPLES: Final[Mapping[str, Example]] = {
    "type_mismatch": _rule(
        "an operation between values of different types",
        "n + 1.5",
        "double(n) + 1.5",
        why="A whole number does not become a fraction by itself.",
    ),
    "function_not_available": _rule(
        "a function of CEL that is not available here",
        "optional.of(n).optMap(x, x + 1).orValue(0)",
        "n + 1",
    ),
    "empty_expression": Example(
        "an assignment of nothing",
        "",
        f"{_VARIABLES}start s\nscript t: out =\nend e\ns -> t -> e",
        _script("null"),
    ),
    "nested_too_deep": _rule(
        "an expression nested too deep", _DEEP, "n", shown=_script("((((… n …)))) (300 brackets)")
    ),
    "source_too_long": _rule(
        "an expression of more than 4,096 bytes", _LONG, "n", shown=_script("n + n + n … (2,000 times)")
    ),
    "too_much_work": _rule(
        "an expression that may take too long",
        "words.all(a, words.all(b, words.all(c, a == b || b == c)))",
        "words.all(a, a != '')",
        why="No letter may make the house slow. What counts is the largest data that it may get.",
    ),
    "result_too_large": _rule(
        "an expression whose result may grow too large",
        "words.map(a, words.map(b, a))",
        "words.map(a, a)",
    ),
    "not_json": _rule(
        "a value that JSON does not have",
        "b'abc'",
        "'abc'",
        why="Bytes, messages and keys that are no text cannot be kept.",
    ),
    "nul_in_text": _rule("a text with a NUL character", r"'a\u0000b'", "'ab'"),
    "zone_missing": _rule(
        "a function of time that would answer in UTC",
        "day.getHours()",
        "day - duration('1h')",
        why="`year(x)`, `month(x)`, `day(x)` and `weekday(x)` answer in the zone of the process.",
    ),
    "pattern_not_constant": _rule(
        "a pattern that is not written out", "word.matches(word + 'x')", "word.matches('[a-z]+')"
    ),
    "optional_misplaced": _rule(
        "an optional that is a part of another value", "[optional.of(n)]", "[optional.of(n).orValue(2)]"
    ),
    "variable_name": Example(
        "a variable whose name is a word of the language",
        "",
        f"var in int = 1\n{_BARE}",
        f"var inside int = 1\n{_BARE}",
    ),
}
NOT_FROM_FILES: Final[Mapping[str, str]] = {
    "not_text": "an expression given by a program as something else than text",
    "surrogate_in_text": "half a character: no file that can be read holds one",
    "variable_type": "a type given by a program; files name types that are checked before",
    "xml-empty": "a document without an element: the parser calls it not well-formed before",
}
"""Codes that no definition can have: they guard the functions that read definitions. They have no page."""
