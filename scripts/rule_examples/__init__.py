"""A wrong and a right example for each rule: docs/reference/rules is made of them, and a test runs them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from scripts.rule_examples.bpmn import BPMN_EXAMPLES
from scripts.rule_examples.example import Example
from scripts.rule_examples.executability import HERE_EXAMPLES
from scripts.rule_examples.expressions import EXPRESSION_EXAMPLES, NOT_FROM_FILES
from scripts.rule_examples.language import LANGUAGE_EXAMPLES
from scripts.rule_examples.limits import LIMIT_EXAMPLES
from scripts.rule_examples.sense import SENSE_EXAMPLES
from scripts.rule_examples.structure import STRUCTURE_EXAMPLES
from scripts.rule_examples.structure_data import STRUCTURE_DATA_EXAMPLES
from scripts.rule_examples.tables import TABLE_EXAMPLES

EXAMPLES: Final[Mapping[str, Example]] = {
    **STRUCTURE_EXAMPLES,
    **STRUCTURE_DATA_EXAMPLES,
    **HERE_EXAMPLES,
    **SENSE_EXAMPLES,
    **LANGUAGE_EXAMPLES,
    **TABLE_EXAMPLES,
    **EXPRESSION_EXAMPLES,
    **BPMN_EXAMPLES,
    **LIMIT_EXAMPLES,
}

__all__ = ["EXAMPLES", "NOT_FROM_FILES", "Example"]
