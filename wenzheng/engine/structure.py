"""Checks the graph of a process: flows, scopes, gateways, events and references.

The rules are those of BPMN 2.0.2 that the engine relies on; each finding names the rule. They stand by
subject in `wenzheng.engine.rules`; what can be seen without the graph is checked there too, on the markup.
"""

from __future__ import annotations

from wenzheng.engine import vocabulary as words
from wenzheng.engine.findings import FindingList
from wenzheng.engine.model import ProcessModel
from wenzheng.engine.rules.clocks import check_clocks
from wenzheng.engine.rules.events import check_events
from wenzheng.engine.rules.flows import check_conditions, check_ends, check_listed, connect
from wenzheng.engine.rules.gateways import check_gateway
from wenzheng.engine.rules.graph import Graph
from wenzheng.engine.rules.scopes import check_scope
from wenzheng.engine.rules.tasks import check_task
from wenzheng.engine.services import ServiceContract


def check_structure(model: ProcessModel, services: dict[str, ServiceContract], findings: FindingList) -> None:
    """Connect flows to elements and add a finding for every rule broken.

    `services` are the activities that may be named, by name.
    """
    graph = Graph(model, services, findings)
    for scope in model.scopes.values():
        for flow in scope.flows.values():
            connect(graph, scope, flow)
        for element in scope.elements.values():
            if not model.is_global_task:
                check_ends(graph, scope, element)
            check_events(graph, scope, element)
            if element.type in words.GATEWAYS:
                check_gateway(graph, scope, element)
            else:
                check_conditions(graph, element)
            check_task(graph, element)
        if not model.is_global_task:
            check_scope(graph, scope)
    if any(element.listed is not None for element in graph.elements.values()):
        for element in graph.elements.values():
            check_listed(graph, element)
    check_clocks(graph)
