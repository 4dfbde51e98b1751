"""Rules of sequence flows: what they connect, what must and must not have them, their conditions."""

from __future__ import annotations

from typing import Final

from wenzheng.engine import vocabulary as words
from wenzheng.engine.model import Element, ScopeModel, SequenceFlow
from wenzheng.engine.rules.graph import Graph

_BESIDE: Final = "Connect the flow to an element beside it."


def connect(graph: Graph, scope: ScopeModel, flow: SequenceFlow) -> None:
    """Give a flow to the elements at its ends (BPMN 2.0.2 p. 97)."""
    for attribute, ref in (("sourceRef", flow.source), ("targetRef", flow.target)):
        if ref in scope.elements or ref in scope.refused:
            continue
        kind = graph.model.kinds.get(ref)
        if ref in graph.elements or kind in words.FLOW_NODES:
            rule, found = "flow-crosses-scope", f"a {kind or 'flow node'} of another sub-process or pool"
        elif kind is not None:
            rule, found = "flow-end", f"a {kind}"
        else:
            rule, found = "unknown-reference", "nothing of that id"
        graph.flow_error(
            flow,
            rule,
            f"Expected {attribute} '{ref}' to be a flow node of the same process or sub-process, found "
            f"{found} (BPMN 2.0.2 p. 97, artifacts: p. 65).",
            _BESIDE,
        )
    if flow.source in scope.elements:
        scope.elements[flow.source].outgoing.append(flow)
    if flow.target in scope.elements:
        scope.elements[flow.target].incoming.append(flow)


def check_listed(graph: Graph, element: Element) -> None:
    """Where `incoming` and `outgoing` are written at all, they must be the flows' own ends."""
    listed = element.listed or []
    ends = [("incoming", flow.id) for flow in element.incoming]
    ends += [("outgoing", flow.id) for flow in element.outgoing]
    for end, flow in sorted(set(ends) ^ set(listed)):
        wrong = "does not lead there" if (end, flow) in listed else "is not listed"
        graph.error(
            element,
            "flow-not-listed",
            f"Expected the {end} flows of '{element.id}' to be those that its sequence flows say, found that "
            f"'{flow}' {wrong} (BPMN 2.0.2 p. 97).",
            f"Correct <{end}>, or leave all incoming and outgoing elements out of the file.",
        )


def check_ends(graph: Graph, scope: ScopeModel, element: Element) -> None:
    """What nothing may lead to, what must lead on, and the other way round."""
    beside = element.triggered or element.for_compensation
    if beside or element.instantiate or element.type in {"startEvent", "boundaryEvent"}:
        _none(graph, element, "incoming", "162, 176, 244, 255, 297, 302")
    elif not element.incoming and not _may_begin(graph, scope, element):
        graph.error(
            element,
            "incoming-missing",
            f"Expected an incoming sequence flow on '{element.id}', found none: it would never run "
            "(BPMN 2.0.2 p. 238).",
            "Connect it, or remove it.",
        )
    undone = element.type == "boundaryEvent" and element.trigger == "compensation"
    if beside or undone or element.type == "endEvent":
        _none(graph, element, "outgoing", "176, 248, 255, 302")
    elif not element.outgoing and not _may_end(graph, scope, element):
        graph.error(
            element,
            "outgoing-missing",
            f"Expected an outgoing sequence flow on {element.type} '{element.id}', found none "
            "(BPMN 2.0.2 p. 244, 246, 255, 258, 287).",
            "Say what follows.",
        )


def _none(graph: Graph, element: Element, which: str, pages: str) -> None:
    flows = element.incoming if which == "incoming" else element.outgoing
    if flows:
        graph.error(
            element,
            f"{which}-not-allowed",
            f"Expected no {which} sequence flow on {element.type} '{element.id}', found {len(flows)} "
            f"(BPMN 2.0.2 p. {pages}).",
            "Remove the flow.",
        )


def _may_begin(graph: Graph, scope: ScopeModel, element: Element) -> bool:
    """An element that nothing leads to may begin its scope where no start event does (p. 238)."""
    host = graph.host(scope)
    if element.event("link") is not None:
        return element.type == "intermediateCatchEvent"
    if host is not None and host.type == "adHocSubProcess":
        return True
    return scope.id not in graph.with_start and (
        element.type in words.ACTIVITIES or element.type in words.GATEWAYS
    )


def _may_end(graph: Graph, scope: ScopeModel, element: Element) -> bool:
    """An element that leads nowhere may end its scope where no end event does (p. 246)."""
    if element.event("link") is not None:
        return element.type == "intermediateThrowEvent"
    if element.type not in words.ACTIVITIES:
        return False
    host = graph.host(scope)
    return scope.id not in graph.with_end or (host is not None and host.type == "adHocSubProcess")


# --- conditions ---------------------------------------------------------------------------


def check_conditions(graph: Graph, element: Element) -> None:
    """Behind activities each flow may have a condition; behind events none has (p. 97)."""
    if element.type not in words.ACTIVITIES:
        no_conditions(graph, element)
        return
    check_default(graph, element)
    if len(element.outgoing) == 1 and element.outgoing[0].condition is not None:
        graph.flow_error(
            element.outgoing[0],
            "condition-alone",
            f"Expected another flow beside the conditional one out of '{element.id}', found none "
            "(BPMN 2.0.2 p. 426).",
            "Say where the token goes when the condition is false.",
        )


def check_default(graph: Graph, element: Element) -> None:
    """The default flow is one of those behind the element, and has no condition."""
    if element.default and element.default not in {flow.id for flow in element.outgoing}:
        graph.error(
            element,
            "default-flow-unknown",
            f"Expected default '{element.default}' to be an outgoing flow of '{element.id}', found it is not "
            "(BPMN 2.0.2 p. 290).",
            "Name one of its outgoing flows.",
        )
    for flow in element.outgoing:
        if flow.id == element.default and flow.condition is not None:
            graph.flow_error(
                flow,
                "default-with-condition",
                f"Expected no condition on the default flow '{flow.id}', found one (BPMN 2.0.2 p. 97).",
                "Remove the condition, or choose another default.",
            )


def no_conditions(graph: Graph, element: Element) -> None:
    """No flow behind the element has a condition."""
    for flow in element.outgoing:
        if flow.condition is not None:
            graph.flow_error(
                flow,
                "condition-not-executed",
                "Expected conditions only behind activities and gateways that choose, found one behind "
                f"{element.type} '{element.id}' (BPMN 2.0.2 p. 97, 297).",
                "Put an exclusive gateway behind the element.",
            )
