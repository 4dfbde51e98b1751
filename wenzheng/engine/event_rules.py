"""Rules about where events may stand that the engine relies on while it runs (BPMN 2.0.2 §10.5).

`structure` checks the graph; these are about who could never be caught, or would never end.
"""

from __future__ import annotations

from typing import Final

from wenzheng.engine.findings import FindingList
from wenzheng.engine.model import Element, ProcessModel, ScopeModel

ALWAYS_INTERRUPTS: Final = frozenset({"error", "cancel"})
"""What ends the activity that it comes from, whatever catches it (table 10.90)."""


def check_events(model: ProcessModel, findings: FindingList) -> None:
    """Add a finding for every event that stands where it cannot work."""
    hosts = {element.id: element for element in model.all_elements()}
    for scope in model.scopes.values():
        for element in scope.elements.values():
            if element.type == "endEvent" and element.event("cancel") is not None:
                _cancel_end(element, hosts.get(scope.id), hosts, findings)
            elif element.type == "boundaryEvent":
                _boundary(element, scope, findings)
            elif element.type == "eventBasedGateway":
                _behind_gateway(element, scope, findings)


def _cancel_end(
    end: Element, host: Element | None, elements: dict[str, Element], findings: FindingList
) -> None:
    if host is None or host.type != "transaction":
        findings.error(
            end.position,
            end.id,
            "cancel-outside-transaction",
            f"Expected cancel end event '{end.id}' to stand in a transaction, found it in "
            f"'{end.scope}' (BPMN 2.0.2 p. 248).",
            "Make the sub-process a transaction, or end with an error.",
        )
        return
    caught = [one for one in elements.values() if one.attached_to == host.id and one.event("cancel")]
    if not caught:
        findings.error(
            end.position,
            end.id,
            "cancel-uncaught",
            f"Expected a cancel event on the boundary of transaction '{host.id}', which '{end.id}' leaves "
            "through it, found none (BPMN 2.0.2 p. 248).",
            "Attach a boundary event with a cancelEventDefinition to the transaction.",
        )


def _boundary(element: Element, scope: ScopeModel, findings: FindingList) -> None:
    host = scope.elements.get(element.attached_to or "")
    if element.event("cancel") is not None and host is not None and host.type != "transaction":
        findings.error(
            element.position,
            element.id,
            "cancel-outside-transaction",
            f"Expected cancel event '{element.id}' on the boundary of a transaction, found it on "
            f"{host.type} '{host.id}' (BPMN 2.0.2 p. 260).",
            "Attach it to a transaction.",
        )
    kinds = sorted(event.kind for event in element.events if event.kind in ALWAYS_INTERRUPTS)
    if kinds and not element.interrupting:
        findings.error(
            element.position,
            element.id,
            "boundary-interrupting",
            f"Expected {kinds[0]} event '{element.id}' to interrupt its activity, found "
            "cancelActivity='false' (BPMN 2.0.2 table 10.90).",
            "Remove cancelActivity, or catch an escalation instead.",
        )


def _behind_gateway(gateway: Element, scope: ScopeModel, findings: FindingList) -> None:
    """A receive task behind an event-based gateway waits as an event does (BPMN 2.0.2 p. 297)."""
    for flow in gateway.outgoing:
        target = scope.elements.get(flow.target)
        if target is None or target.type != "receiveTask":
            continue
        guarded = any(one.attached_to == target.id for one in scope.elements.values())
        if guarded or target.loop is not None or target.start_quantity > 1:
            findings.error(
                target.position,
                target.id,
                "event-gateway-receive",
                f"Expected receive task '{target.id}' behind event-based gateway '{gateway.id}' without "
                "boundary events, loops and startQuantity, found one of them (BPMN 2.0.2 p. 297).",
                "Move what the task needs behind it, or use an event that catches the message.",
            )
