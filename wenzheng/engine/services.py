"""The contract of a service: what a service task may ask of an activity.

An activity declares its contract beside its code (see `activities.services`); definitions
are checked against it when they are loaded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from wenzheng.contracts import TASK_QUEUE
from wenzheng.engine.values import type_problem

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class ServiceInput:
    """One input: `type` is a variable type of expressions; `values` limits a string."""

    type: str
    required: bool = True
    values: tuple[str, ...] = ()

    def problem(self, value: Any) -> str | None:
        """What the value should be, in words; None when it is."""
        wanted = type_problem(self.type, value)
        if wanted is None and self.values and value not in self.values:
            wanted = f"one of {', '.join(self.values)}"
        return wanted


@dataclass(frozen=True)
class ServiceContract:
    """What an activity takes and gives, how long it may run, how often and where.

    `timeout` bounds one attempt, `attempts` their number (0: unlimited, backing off up to
    `longest_pause`). `local` runs it as a local activity, for quick idempotent work inside the
    worker; anything slow or outside is a regular activity on `queue`.
    """

    name: str
    inputs: Mapping[str, ServiceInput]
    output: Mapping[str, str]
    timeout: timedelta
    attempts: int = 0
    longest_pause: timedelta = timedelta(minutes=1)
    queue: str = TASK_QUEUE
    local: bool = False

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"Expected a service name of a-z, 0-9 and _, found {self.name!r}.")

    @property
    def required(self) -> set[str]:
        """Names of the inputs that must be given."""
        return {name for name, declared in self.inputs.items() if declared.required}

    @property
    def activity(self) -> str:
        """The Temporal activity type."""
        return f"wenzheng.service.{self.name}"

    def check_output(self, output: Mapping[str, Any]) -> list[str]:
        """What is wrong with an activity's result, in words; empty when it keeps the contract."""
        problems = [f"missing '{name}'" for name in self.output if name not in output]
        problems += [f"unexpected '{name}'" for name in output if name not in self.output]
        for name, kind in self.output.items():
            wanted = type_problem(kind, output[name]) if name in output else None
            if wanted:
                problems.append(f"'{name}' must be {wanted}")
        return problems
