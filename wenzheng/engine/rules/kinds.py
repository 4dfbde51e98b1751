"""What kind of thing a rule finds: against the standard, not run here, or not sensible.

The three are kept apart because they mean different things to who drew the picture. What breaks the standard
is wrong everywhere. What is not executable may be good BPMN that only this engine does not run. What is not
sensible runs, and is probably not meant.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """Which of the three a finding is."""

    STRUCTURE = "structure"
    EXECUTABILITY = "executability"
    SENSE = "sense"


STRUCTURE: Final = frozenset(
    {
        # the file: XML, ids, what refers to what
        *("xml-not-well-formed", "xml-empty", "xml-encoding", "not-bpmn", "bad-id", "duplicate-id"),
        *("unknown-reference", "unknown-event-definition", "element-repeated", "import-missing"),
        *("unknown-message", "unknown-signal", "unknown-error", "unknown-escalation", "message-ref-missing"),
        *("import-broken", "event-definition-shared"),
        # YAML and its language are a standard of their own
        *("yaml-syntax", "yaml-encoding", "yaml-empty", "yaml-tab", "yaml-character", "yaml-documents"),
        *("yaml-directive", "unknown-key", "key-missing", "wrong-type", "wrong-value", "kind"),
        *("fragment-missing", "not-a-fragment", "fragment-cycle", "fragment-twice", "fragment-alone"),
        *("unknown-form", "unknown-procedure", "event-cause", "schedule-day", "timer-schedule"),
        # flows
        *("flow-end", "flow-crosses-scope", "flow-not-listed", "flow-immediate"),
        *("incoming-missing", "incoming-not-allowed", "outgoing-missing", "outgoing-not-allowed"),
        *("condition-alone", "condition-not-executed", "default-flow-unknown"),
        # where scopes begin and end
        *("start-missing", "end-missing", "start-trigger", "start-interrupting", "sub-process-start"),
        *("event-sub-process-start", "called-start", "lane-member"),
        # events
        *("trigger-not-allowed", "event-without-definition", "event-condition-missing"),
        *("condition-not-formal", "boundary-host", "boundary-interrupting", "cancel-outside-transaction"),
        *("cancel-uncaught", "compensation-handler", "compensation-activity", "escalation-without-code"),
        *("error-without-code", "link-unmatched", "link-flow", "link-pair", "timer-value"),
        # gateways
        *("gateway-alone", "gateway-direction", "event-gateway-outgoing", "event-gateway-target"),
        *("event-gateway-mixed", "event-gateway-receive", "event-gateway-parallel"),
        # activities
        *("loop-count", "loop-twice", "complex-behavior", "ad-hoc-empty", "ad-hoc-event", "token-quantity"),
        *("transaction-method", "resource-assignment", "property-place", "text-format", "expression-empty"),
        # collaborations and choreographies
        *("choreography-in-process", "choreography-ref", "choreography-closed", "global-conversation"),
        *("message-flow-end", "message-flow-event", "message-flow-trigger", "message-flow-same-pool"),
        *("participant-multiplicity", "process-public"),
        # data
        *(
            "item-collection",
            "loop-item",
            "loop-data-kind",
            "process-data-end",
            "operation-missing",
            "event-data",
            "event-data-item",
        ),
        *("association-items", "association-sources", "task-data-count", "task-data-item", "called-data"),
        *("data-set-missing", "data-set-optional", "data-set-pair", "data-set-unknown"),
        *("data-in-sub-process", "data-object-name", "binding-missing", "binding-data"),
    }
)
"""Rules of BPMN 2.0.2, XML, YAML and the definition language."""

SENSE: Final = frozenset(
    {
        # what can happen at all
        *("unreachable", "endless-loop", "deadlock", "lack-of-synchronisation"),
        # choices and variables
        *("not-exhaustive", "condition-never-holds", "value-never-taken", "read-before-set"),
        "may-be-empty",
        # deadlines and who watches them
        *("clock-never-stops", "task-without-deadline", "lamp-unseen"),
        *("late-watch-themselves", "supervisor-late-itself", "escalation-nobody"),
        *("escalation-uncaught", "error-uncaught", "manual-task-passes"),
        # files that nothing uses, and tuning that says no reason
        *("table-unused", "words-unused", "tuning-without-reason"),
        # how it is drawn
        *("fake-join", "no-implicit-split", "no-gateway-join-fork", "no-disconnected", "no-implicit-end"),
        *("no-implicit-start", "start-event-required", "end-event-required", "single-blank-start-event"),
        *("single-event-definition", "conditional-flows", "no-duplicate-sequence-flows", "link-twice"),
        *("no-inclusive-gateway", "no-complex-gateway", "superfluous-termination"),
        *("global-unnamed", "global-twice", "global-unused"),
        *("no-bpmndi", "label-required", "standard-size", "no-overlapping-elements"),
    }
)
"""Rules of good sense; the others say what is not executed here."""


def kind_of(rule: str) -> Kind:
    """The kind of finding that a rule makes."""
    if rule in STRUCTURE:
        return Kind.STRUCTURE
    return Kind.SENSE if rule in SENSE else Kind.EXECUTABILITY
