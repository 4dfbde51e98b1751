"""What a step of the engine wants done or written. Drivers act on effects; nobody else does.

`kind` is the record kind of `wenzheng.contracts`; `data` is JSON, described there.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from wenzheng.contracts import JsonObject


@dataclass(frozen=True)
class Effect:
    """One effect of a step, in the order in which it happened."""

    kind: str
    element: str
    data: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class TraceEntry:
    """One line of a trace: `event` is activated, completed, cancelled, failed, thrown or caught."""

    element: str
    type: str
    name: str
    event: str
