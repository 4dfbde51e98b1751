"""Expressions: the one guarded door through which every condition and script runs.

CEL (cel-expr-python) parses, checks and evaluates; this package bounds it (design.md §2).
Nothing else in the project may import cel_expr_python.
"""

from wenzheng.engine.expressions.errors import ExpressionFailed, ExpressionRefused, Finding
from wenzheng.engine.expressions.program import DEFAULT_ZONE, Definition, Program, compile_expression
from wenzheng.engine.expressions.script import Effects, Script, compile_script
from wenzheng.engine.expressions.types import BASES, Variables, is_variable_name
from wenzheng.engine.expressions.values import JSON

__all__ = [
    "BASES",
    "DEFAULT_ZONE",
    "JSON",
    "Definition",
    "Effects",
    "ExpressionFailed",
    "ExpressionRefused",
    "Finding",
    "Program",
    "Script",
    "Variables",
    "compile_expression",
    "compile_script",
    "is_variable_name",
]
