"""Taking a result out of the CEL library, value by value.

The library's own conversion of whole results is not safe (cel-expr-python 0.1.3): each null in it
takes one reference from Python's None without owning it, which ends the process on Python 3.11
after a few thousand nulls, and an optional inside a map ends it at once. Asking each value for its
type first avoids both.
"""

from __future__ import annotations

from typing import Any, Final

from cel_expr_python import cel

from wenzheng.engine.expressions import limits
from wenzheng.engine.expressions.errors import ExpressionFailed

# What the C++ library throws: its budget, or a value it cannot convert.
LIBRARY_ERRORS: Final = (RuntimeError, TypeError, ValueError, OverflowError, SystemError)

_NULL: Final = cel.Type.NULL
_ERROR: Final = cel.Type.ERROR


class EvaluationError(Exception):
    """The result is an error value; its text is CEL's."""


def take(value: Any) -> Any:
    """The Python value of a result: scalars, lists and dicts, timestamps as datetime.

    Raises:
        EvaluationError: the result is an error value.
        ExpressionFailed: `not_json` for what has no Python value, `too_many_items` beyond the limit.
    """
    if value.type() == _ERROR:
        raise EvaluationError(str(_raw(value)))
    return _take(value, [limits.MAX_ITEMS])


def _take(value: Any, left: list[int]) -> Any:
    kind = value.type()
    if kind == _NULL:
        return None
    raw = _raw(value)
    if isinstance(raw, (list, dict)):
        left[0] -= len(raw)
        if left[0] < 0:
            message = f"The result: more than {limits.MAX_ITEMS} list elements and map entries."
            raise ExpressionFailed("too_many_items", message, "Let a service prepare the data.")
        if isinstance(raw, list):
            return [_take(item, left) for item in raw]
        return {key: _take(item, left) for key, item in raw.items()}
    if kind == _ERROR:
        raise _not_json()
    return raw


def _raw(value: Any) -> Any:
    """The library's value. An optional has none, also where it calls itself an error (x[?1])."""
    try:
        return value.value()
    except LIBRARY_ERRORS:
        raise _not_json() from None


def _not_json() -> ExpressionFailed:
    hint = "Write .orValue(…) after an optional; a result is JSON."
    return ExpressionFailed("not_json", "The result is no JSON value.", hint)
