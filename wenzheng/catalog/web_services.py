"""What the standard asks of executable processes and this engine has no use for: operations of web services.

Messages are delivered by name here. A file with markup of ours has been written for that; others are told.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from wenzheng.engine import vocabulary as words
from wenzheng.engine.findings import Finding, Severity
from wenzheng.engine.rules.bpmn_file import EVENTS, BpmnFile, bpmn_children

_OURS: Final = f"{{{words.WZ}}}"


def check_operations_named(file: BpmnFile) -> Iterator[Finding]:
    """A warning for each message event of an executable process that names no operation (p. 272)."""
    if any(
        node.namespace == words.WZ or any(name.startswith(_OURS) for name in node.attributes)
        for node in file.root.walk()
    ):
        return
    for event in file.named(*sorted(EVENTS)):
        process = file.around(event, frozenset({"process"}))
        if process is None or process.token("isExecutable", "false") not in words.TRUE:
            continue
        for message in bpmn_children(event, "messageEventDefinition"):
            if not bpmn_children(message, "operationRef"):
                yield Finding(
                    message.position,
                    file.owner(event),
                    "operation-missing",
                    f"Expected message event '{file.owner(event)}' of an executable process to name an "
                    "operation, found none (BPMN 2.0.2 table 10.97, p. 272).",
                    "It may stay: messages are delivered by their names here.",
                    Severity.WARNING,
                )
