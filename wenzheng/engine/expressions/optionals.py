"""Where an optional value may stand.

JSON has no optionals, and cel-expr-python 0.1.3 crashes the process when it converts a map with one
inside (seen by fuzzing: `{'a': optional.none()}`). So an optional must be resolved before it can
become a part of anything; the checker's types show where.
"""

from __future__ import annotations

from typing import Final

from wenzheng.engine.expressions.checked import Node

_RESOLVE: Final = frozenset({"value", "orValue", "or", "hasValue"})
_GO_ON: Final = frozenset({"_?._", "_[?_]", "_[_]", "_?_:_"})


def misplaced(node: Node) -> Node | None:
    """The first optional that stands where it may not, or None. The root is checked with its result."""
    parts = node.parts
    if node.loop is not None:
        loop = node.loop
        parts = (loop.over, loop.start, loop.condition, loop.step, loop.result)
    for index, part in enumerate(parts):
        found = part if part.type == "optional" and not _allowed(node, index) else misplaced(part)
        if found is not None:
            return found
    return None


def _allowed(parent: Node, index: int) -> bool:
    if index in parent.optional_parts:
        return True
    if parent.kind == "select":
        return parent.type == "optional"
    if parent.kind != "call":
        return False
    if parent.name in _RESOLVE:
        return index == 0 or parent.name == "or"
    # What goes on from an optional must itself be known to be one.
    return parent.name in _GO_ON and parent.type == "optional" and (index == 0 or parent.name == "_?_:_")
