"""Which messages belong together: correlation keys (BPMN 2.0.2 §8.3.2), ready to be used by instances.

A key is made of properties. Each property says, for each message, by what expression its value is read out of
that message. The first message of a conversation fixes the value of a key; a process may also say by
expressions over its own variables what it expects (a correlation subscription), and that goes first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wenzheng.contracts import JsonObject
from wenzheng.engine.expressions import ExpressionFailed, Program


@dataclass
class Correlation:
    """The compiled keys of a bundle, and the subscription of one process to some of them."""

    keys: Mapping[str, list[str]] = field(default_factory=dict)
    programs: Mapping[str, Mapping[str, Program]] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    bindings: Mapping[str, Mapping[str, Program]] = field(default_factory=dict)

    def carried(self, message: str, data: JsonObject) -> dict[str, list[Any]]:
        """The keys that a message carries: those whose properties all have a value in it."""
        if not self.keys:
            return {}
        values = {**dict.fromkeys(self.names), **data}
        found = {}
        for key, properties in self.keys.items():
            programs = [self.programs.get(one, {}).get(message) for one in properties]
            value = _values(programs, values)
            if value is not None:
                found[key] = value
        return found

    def expected(self, message: str, fixed: JsonObject, variables: JsonObject) -> dict[str, list[Any]]:
        """The keys by which an instance takes a message, from its conversation so far and its variables."""
        expected = {}
        for key, properties in self.keys.items():
            if not all(message in self.programs.get(one, {}) for one in properties):
                continue
            bound = self.bindings.get(key)
            value = _values([bound.get(one) for one in properties], variables) if bound else None
            if value is None:
                value = fixed.get(key)
            if value is not None:
                expected[key] = value
        return expected


def _values(programs: list[Program | None], variables: JsonObject) -> list[Any] | None:
    """All values, or None when one of them is missing: a key is whole or not valid."""
    found = []
    for program in programs:
        try:
            value = program.evaluate(variables) if program is not None else None
        except ExpressionFailed:
            value = None
        if value is None:
            return None
        found.append(value)
    return found or None
