"""Rules of what our own markup says: roles, scripts, services and facts."""

from __future__ import annotations

from wenzheng.engine.model import Element
from wenzheng.engine.rules.graph import Graph


def check_task(graph: Graph, element: Element) -> None:
    """Add a finding for what a task lacks, or a mark says too much."""
    if element.type == "intermediateThrowEvent":
        _kept(graph, element)
    elif element.type == "scriptTask" and not (element.script or "").strip():
        graph.error(
            element,
            "script-missing",
            f"Expected a script in '{element.id}', found none.",
            "Write lines of the form name = expression.",
        )
    elif element.type == "serviceTask":
        _service(graph, element)
    elif element.type == "userTask":
        _user_task(graph, element)
    elif element.type in {"startEvent", "boundaryEvent"} and element.event("message") is None:
        _no_sender(graph, element)


def _user_task(graph: Graph, element: Element) -> None:
    if not element.role:
        graph.error(
            element,
            "role-missing",
            f"Expected wz:role on user task '{element.id}', found none.",
            "Name the role that does this task.",
        )
    if element.unit is not None and element.unit not in _seen(graph, element):
        graph.error(
            element,
            "unknown-variable",
            f"Expected wz:unit of '{element.id}' to name a variable or field, found '{element.unit}'.",
            "Name the variable that holds the unit's id; of a loop, its inputDataItem.",
        )


def _seen(graph: Graph, element: Element) -> set[str]:
    """Names of variables that an element sees; what its own loop gives it is among them."""
    item = element.loop.item if element.loop is not None else None
    return {*graph.fields, *graph.model.variables, *([item] if item is not None else [])}


def _no_sender(graph: Graph, element: Element) -> None:
    """Only of a message is asked who may send it and what it says."""
    if element.role is not None or element.fields or element.guidance:
        graph.error(
            element,
            "message-form",
            f"Expected wz:role, wz:field and wz:guidance only on an event that waits for a message, found "
            f"them on '{element.id}'.",
            "Remove them, or let the event wait for a message.",
        )


def _kept(graph: Graph, element: Element) -> None:
    """A fact that is reached keeps variables; without a fact there is nothing to keep them."""
    for name in element.keeps:
        if element.fact is None:
            graph.error(
                element,
                "keeps-without-fact",
                f"Expected wz:fact beside wz:keeps on '{element.id}', found none.",
                "Name the fact that is reached here, or remove wz:keeps.",
            )
            return
        if name not in graph.fields and name not in graph.model.variables:
            graph.error(
                element,
                "unknown-variable",
                f"Expected wz:keeps of '{element.id}' to name variables or fields, found '{name}'.",
                "Correct the name, or declare it with <wz:variable>.",
            )


def _service(graph: Graph, element: Element) -> None:
    call = element.service
    if call is None:
        graph.error(
            element,
            "service-missing",
            f"Expected wz:service in service task '{element.id}', found none.",
            "Name the activity with <wz:service name='…'>.",
        )
        return
    contract = graph.services.get(call.name)
    if contract is None:
        graph.findings.error(
            call.position,
            element.id,
            "unknown-service",
            f"Expected the name of a registered activity, found '{call.name}'.",
            f"Registered are: {', '.join(sorted(graph.services)) or 'none'}.",
        )
        return
    given = {name for name, _, _ in call.inputs}
    for name in sorted(given - set(contract.inputs)):
        graph.findings.error(
            call.position,
            element.id,
            "service-input",
            f"Expected an input of activity '{call.name}', found '{name}'.",
            f"It takes: {', '.join(sorted(contract.inputs))}.",
        )
    for name in sorted(contract.required - given):
        graph.findings.error(
            call.position,
            element.id,
            "service-input",
            f"Expected input '{name}' for activity '{call.name}', found none.",
            f"Add <wz:input name='{name}' value='…'/>.",
        )
