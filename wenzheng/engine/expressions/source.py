"""Reading expression text just far enough to know strings, comments and brackets apart.

CEL itself parses; this scanner finds where a script's expression ends, and the names that
must not reach CEL's parser at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from wenzheng.engine.expressions import limits
from wenzheng.engine.expressions.errors import Finding, refused

_TOKEN: Final = re.compile(
    r"""
    (?P<comment>//[^\n]*)
  | (?P<triple>
        [bB]?[rR][bB]?(?:'''(?s:.*?)'''|\"{3}(?s:.*?)\"{3})
      | [bB]?(?:'''(?s:\\.|.)*?'''|\"{3}(?s:\\.|.)*?\"{3})
    )
  | (?P<unclosed>'''|\"{3})
  | (?P<string>
        [bB]?[rR][bB]?(?:'[^'\n\r]*'|"[^"\n\r]*")
      | [bB]?(?:'(?:\\.|[^'\\\n\r])*'|"(?:\\.|[^"\\\n\r])*")
    )
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<open>[(\[{])
  | (?P<close>[)\]}])
  | (?P<other>.|\n)
    """,
    re.VERBOSE | re.ASCII,
)

# These macros write their operand out twice: 18 in a row keep CEL's parser busy for 5 s.
_REFUSED_NAMES: Final = frozenset({"optMap", "optFlatMap"})


@dataclass
class Scan:
    """What the scanner saw: open brackets, an open triple-quoted text, names outside texts."""

    open_brackets: int = 0
    open_string: bool = False
    names: list[tuple[str, int]] = field(default_factory=list)


def scan(text: str, depth: int = 0) -> Scan:
    """Scan `text` once, in linear time, with `depth` brackets already open."""
    seen = Scan(depth)
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "name":
            seen.names.append((token.group(), token.start()))
        elif kind == "open":
            seen.open_brackets += 1
        elif kind == "close":
            seen.open_brackets = max(0, seen.open_brackets - 1)
        elif kind == "unclosed":
            seen.open_string = True
            break  # the rest is inside the text
    return seen


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of a code point offset."""
    before = text[: max(0, offset)]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def check_text(text: str, most: int) -> None:
    """Refuse what may not even be parsed.

    Raises:
        ExpressionRefused: `not_text`, `source_too_long`, `nul_in_text`, `surrogate_in_text`.
    """
    if not isinstance(text, str):
        raise refused(
            "not_text", f"Expected text, found {type(text).__name__}.", "Give the expression as text."
        )
    nul = text.find("\0")
    if nul >= 0:
        raise refused("nul_in_text", "The text holds a NUL character.", "Remove it.", *position(text, nul))
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        where = position(text, error.start)
        raise refused(
            "surrogate_in_text", "The text holds half a character (a lone surrogate).", "Remove it.", *where
        ) from None
    if size > most:
        raise refused(
            "source_too_long",
            f"The text has {size} bytes; at most {most} are allowed.",
            "Split it into several lines or elements, or use a decision table.",
        )


def check_source(text: str) -> None:
    """All checks of one expression's text before CEL sees it.

    Raises:
        ExpressionRefused: those of `check_text`, `empty_expression`, `function_not_available`.
    """
    check_text(text, limits.MAX_SOURCE)
    if not text.strip():
        raise refused(
            "empty_expression", "The expression is empty.", "Write an expression, for example true."
        )
    for name, offset in scan(text).names:
        if name in _REFUSED_NAMES:
            hint = "Use x.hasValue() ? … : …, or orValue(…)."
            raise refused(
                "function_not_available", f"{name} is not available.", hint, *position(text, offset)
            )


def syntax_findings(error: str) -> list[Finding]:
    """Turn the text of CEL's compile error into findings."""
    findings = []
    for match in re.finditer(
        r"^(?:INVALID_ARGUMENT: )?ERROR: <input>:(-?\d+):(-?\d+): (.*)$", error, re.MULTILINE
    ):
        line, column, message = max(1, int(match[1])), max(1, int(match[2])), match[3]
        findings.append(_finding(message.replace(" (in container '')", ""), line, column))
    return findings or [_finding(re.sub(r"\s*\[[A-Z_]+\]$", "", error.split("\n", maxsplit=1)[0]), 1, 1)]


def _finding(message: str, line: int, column: int) -> Finding:
    message = message[:300]
    if "recursion" in message or "node count" in message:
        return Finding(
            "nested_too_deep",
            f"The expression is too deep: {message}.",
            "Split it into several assignments.",
            line,
            column,
        )
    if "undeclared reference" in message:
        hint = f"Declare the variable in the process, or correct the name; functions: {limits.FUNCTIONS}."
        return Finding("not_declared", f"{message[0].upper()}{message[1:]}.", hint, line, column)
    if "no matching overload" in message:
        hint = "Use 3.0 with a double, 3 with an int; double(x), int(x) and string(x) convert."
        return Finding("type_mismatch", f"{message[0].upper()}{message[1:]}.", hint, line, column)
    hint = "Correct the expression: CEL, with text in quotes, == for comparison, && and || for and and or."
    return Finding("syntax", f"{message[:1].upper()}{message[1:]}.", hint, line, column)
