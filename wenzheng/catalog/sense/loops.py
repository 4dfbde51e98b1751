"""Activities that are repeated for ever."""

from __future__ import annotations

from collections.abc import Iterator

from wenzheng.catalog.sense.paths import warning
from wenzheng.engine.compiled import CompiledProcess
from wenzheng.engine.expressions import ExpressionFailed, ExpressionRefused, compile_expression
from wenzheng.engine.findings import Finding


def check_loops(process: CompiledProcess) -> Iterator[Finding]:
    """Activities whose loop has a condition that always holds, and no other way out."""
    elements = list(process.model.all_elements())
    left = {one.attached_to for one in elements if one.attached_to is not None and one.interrupting}
    for element in elements:
        loop = element.loop
        if loop is None or loop.multiple or loop.maximum is not None or element.id in left:
            continue
        if loop.condition is not None and _always(loop.condition):
            yield warning(
                element,
                "endless-loop",
                f"Expected a way out of the loop of '{element.id}', found that '{loop.condition.strip()}' "
                "always holds: the process never ends.",
                "Let the condition depend on what is done in it, or limit the rounds with loopMaximum.",
            )


def _always(condition: str) -> bool:
    """Whether a condition reads nothing and holds."""
    try:
        return compile_expression(condition, {}, expect="bool").evaluate({}) is True
    except (ExpressionRefused, ExpressionFailed):
        return False
