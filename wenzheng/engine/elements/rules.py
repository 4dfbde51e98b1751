"""Business rule tasks: ask a decision table (BPMN 2.0.2 p. 164)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wenzheng.engine.decisions import Undecided
from wenzheng.engine.elements.activities import ActivitySpec
from wenzheng.engine.elements.base import Incident
from wenzheng.engine.values import type_problem

if TYPE_CHECKING:
    from wenzheng.contracts import JsonObject
    from wenzheng.engine.decisions import Table
    from wenzheng.engine.elements.base import ScopeSpec
    from wenzheng.engine.expressions import Program
    from wenzheng.engine.instance import ProcessInstance
    from wenzheng.engine.model import Element
    from wenzheng.engine.tasks import ElementTask


class BusinessRuleTask(ActivitySpec):
    """Asks its table, with the variables of its inputs' names or what its inputs say, and keeps the result.

    The result goes into the variable `output`; without one, each output into the variable of its name.
    """

    def __init__(self, wf_spec: ScopeSpec, element: Element) -> None:
        super().__init__(wf_spec, element)
        self.table: Table | None = None
        self.input_programs: dict[str, Program] = {}
        self.gives: list[str] = []
        """The variables that it sets."""

    def behave(self, task: ElementTask, instance: ProcessInstance) -> bool | None:
        table, call = self.table, self.element.decision
        assert table is not None  # decision_compiler refuses a task without one
        assert call is not None
        try:
            result = table.decide(self.asks_with(table, task.variables))
        except Undecided as undecided:
            raise Incident(undecided.code, f"In decision '{table.name}': {undecided}") from None
        several = call.output is None and len(table.outputs) > 1
        instance.assign(dict(result) if several else {self.gives[0]: result}, task)
        return True

    def asks_with(self, table: Table, variables: JsonObject) -> JsonObject:
        """The table's inputs. Raises Incident or ExpressionFailed."""
        values: JsonObject = {}
        for name, kind in table.inputs.items():
            program = self.input_programs.get(name)
            value: Any = program.evaluate(variables) if program is not None else variables.get(name)
            wanted = type_problem(kind, value) if value is not None else None
            if wanted:
                raise Incident(
                    "decision-input",
                    f"Expected input '{name}' of decision '{table.name}' to be {wanted}, found "
                    f"{str(value)[:80]!r}. Correct the variables, then retry.",
                )
            values[name] = value
        return values
