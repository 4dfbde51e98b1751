"""What goes wrong with an expression: refused before it runs, or failed while it runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Finding:
    """One reason why an expression or script is refused.

    `line` and `column` count from 1 inside the text that was given (columns in code points).
    """

    code: str
    message: str
    hint: str
    line: int = 1
    column: int = 1

    def moved(self, lines: int, columns: int) -> Finding:
        """The same finding inside a longer text: `columns` counts on the first line only."""
        column = self.column + columns if self.line == 1 else self.column
        return replace(self, line=self.line + lines, column=column)


class ExpressionRefused(ValueError):
    """The text, or a declaration, is not accepted; nothing has run.

    The attributes are those of the first finding; `findings` has them all, in the text's order.
    """

    def __init__(self, findings: Sequence[Finding]) -> None:
        ordered = sorted(findings, key=lambda f: (f.line, f.column))
        first = ordered[0]
        super().__init__(f"{first.line}:{first.column}: {first.message} ({first.code}). {first.hint}")
        self.findings: tuple[Finding, ...] = tuple(ordered)
        self.code = first.code
        self.message = first.message
        self.hint = first.hint
        self.line = first.line
        self.column = first.column


class ExpressionFailed(Exception):
    """An accepted expression gave no value for this data.

    `code` is stable; `variable` names the variable at fault when there is one; `line` is the
    line of the script or expression where evaluation stopped, counted from 1.
    """

    def __init__(
        self, code: str, message: str, hint: str, *, variable: str | None = None, line: int = 1
    ) -> None:
        super().__init__(f"{message} ({code}). {hint}")
        self.code = code
        self.message = message
        self.hint = hint
        self.variable = variable
        self.line = line

    def at(self, line: int) -> ExpressionFailed:
        """The same failure on another line of a script."""
        return ExpressionFailed(self.code, self.message, self.hint, variable=self.variable, line=line)


def refused(code: str, message: str, hint: str, line: int = 1, column: int = 1) -> ExpressionRefused:
    """A refusal with a single finding."""
    return ExpressionRefused([Finding(code, message, hint, line, column)])
