"""Decision tables: rows of conditions and results, read from YAML or CSV, with the hit policies of DMN.

A table is a function of its inputs. It knows nothing of processes; `businessRuleTask` calls it.
"""

from wenzheng.engine.decisions.files import decision_name, is_decision, read_decisions
from wenzheng.engine.decisions.hits import Undecided
from wenzheng.engine.decisions.table import Table

__all__ = ["Table", "Undecided", "decision_name", "is_decision", "read_decisions"]
