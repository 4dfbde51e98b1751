"""Rules of gateways (BPMN 2.0.2 §10.6)."""

from __future__ import annotations

from typing import Final

from wenzheng.engine import vocabulary as words
from wenzheng.engine.model import Element, ScopeModel, SequenceFlow
from wenzheng.engine.rules.flows import check_default, no_conditions
from wenzheng.engine.rules.graph import Graph

_AWAITED: Final = frozenset({"message", "signal", "timer", "conditional", "multiple", "refused"})
"""What an event behind an event-based gateway may wait for (p. 297); `refused` is reported on the event."""


def check_gateway(graph: Graph, scope: ScopeModel, element: Element) -> None:
    """Add a finding for each rule that a gateway breaks."""
    _direction(graph, element)
    if element.type == "eventBasedGateway":
        _event_gateway(graph, scope, element)
    elif len(element.incoming) <= 1 and len(element.outgoing) == 1:
        graph.error(
            element,
            "gateway-alone",
            f"Expected gateway '{element.id}' to have several incoming or several outgoing sequence flows, "
            f"found {len(element.incoming)} and 1 (BPMN 2.0.2 p. 287).",
            "Remove the gateway, or draw the flows that it merges or chooses between.",
        )
    if element.type not in words.CHOOSING_GATEWAYS:
        no_conditions(graph, element)
        return
    if element.type == "complexGateway" and len(element.incoming) > 1:
        _activation(graph, element)
    check_default(graph, element)
    if len(element.outgoing) == 1:
        return
    for flow in element.outgoing:
        if flow.id != element.default and not (flow.condition or "").strip():
            graph.flow_error(
                flow,
                "condition-missing",
                f"Expected a condition on flow '{flow.id}' behind {element.type} '{element.id}', found none "
                "(BPMN 2.0.2 p. 289, 291).",
                "Write a condition, or make it the default flow.",
            )


def _direction(graph: Graph, element: Element) -> None:
    """What a gateway says it is: converging, diverging or mixed (p. 288, table 8.46)."""
    splits, joins = len(element.outgoing) > 1, len(element.incoming) > 1
    wanted = {"Converging": (True, False), "Diverging": (False, True), "Mixed": (True, True)}
    if (joins, splits) != wanted.get(element.direction, (joins, splits)):
        graph.error(
            element,
            "gateway-direction",
            f"Expected gateway '{element.id}' to be {element.direction.lower()} as it says, found "
            f"{len(element.incoming)} incoming and {len(element.outgoing)} outgoing flows "
            "(BPMN 2.0.2 p. 89, 288).",
            "Correct gatewayDirection or the flows.",
        )


def _activation(graph: Graph, element: Element) -> None:
    if not (element.activation or "").strip():
        graph.error(
            element,
            "activation-missing",
            f"Expected an activationCondition in complex gateway '{element.id}', which merges, found none "
            "(BPMN 2.0.2 p. 295).",
            "Say when it goes on, for example activationCount >= 2.",
        )


# --- event-based --------------------------------------------------------------------------


def _event_gateway(graph: Graph, scope: ScopeModel, element: Element) -> None:
    """What may stand behind an event-based gateway (BPMN 2.0.2 p. 297-298)."""
    if element.all_events and not element.instantiate:
        graph.error(
            element,
            "event-gateway-parallel",
            f"Expected a parallel event-based gateway to instantiate, found '{element.id}' does not "
            "(BPMN 2.0.2 p. 298).",
            "Give it instantiate='true', or make it exclusive.",
        )
    if len(element.outgoing) < 2:  # noqa: PLR2004 - two is what the standard says
        graph.error(
            element,
            "event-gateway-outgoing",
            f"Expected two or more outgoing sequence flows on event-based gateway '{element.id}', found "
            f"{len(element.outgoing)} (BPMN 2.0.2 p. 297).",
            "Add what else may happen, or wait for the event without the gateway.",
        )
    targets = [scope.elements[flow.target] for flow in element.outgoing if flow.target in scope.elements]
    for flow in element.outgoing:
        if flow.target in scope.elements:
            _target(graph, element, flow, scope.elements[flow.target])
    kinds = {"receiveTask" if one.type == "receiveTask" else one.trigger for one in targets}
    if {"receiveTask", "message"} <= kinds:
        graph.error(
            element,
            "event-gateway-mixed",
            f"Expected message events or receive tasks behind event-based gateway '{element.id}', found both "
            "(BPMN 2.0.2 p. 297).",
            "Use one of the two.",
        )


def _target(graph: Graph, gateway: Element, flow: SequenceFlow, target: Element) -> None:
    waits = target.type == "receiveTask" or (
        target.type == "intermediateCatchEvent" and target.trigger in _AWAITED
    )
    if not waits or len(target.incoming) > 1:
        found = f"{target.type} '{target.id}'" + (" with another incoming flow" if waits else "")
        graph.flow_error(
            flow,
            "event-gateway-target",
            "Expected only events to catch and receive tasks, each with this one incoming flow, behind "
            f"event-based gateway '{gateway.id}', found {found} (BPMN 2.0.2 p. 297).",
            "Put what it waits for directly behind the gateway.",
        )
    guarded = bool(graph.boundaries.get(target.id))
    if target.type == "receiveTask" and (guarded or target.loop is not None or target.start_quantity > 1):
        graph.error(
            target,
            "event-gateway-receive",
            f"Expected receive task '{target.id}' behind event-based gateway '{gateway.id}' without boundary "
            "events, loops and startQuantity, found one of them (BPMN 2.0.2 p. 297).",
            "Move what the task needs behind it, or use an event that catches the message.",
        )
