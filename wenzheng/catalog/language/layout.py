"""Where a viewer draws what a YAML definition stands for, with room for its names in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from wenzheng.catalog.language.graph import Flow, Graph
from wenzheng.catalog.language.lanes import Lane
from wenzheng.catalog.language.parts import Label
from wenzheng.catalog.pictures.geometry import Drawing, Link, Plan, Shape
from wenzheng.catalog.pictures.labels import place_names
from wenzheng.catalog.pictures.layout import lay_out

Lanes = Mapping[int, list[Lane]]
"""The lanes of graphs, by the graph's identity."""


def draw(graph: Graph, lanes: Lanes) -> Drawing:
    """The drawing of a process's scope and of the scopes inside it; `labels` hold the names shown."""
    drawing = lay_out(_plan(graph, lanes))
    texts: dict[str, str] = {}
    whole = Plan()
    for scope in graph.scopes():
        for node in scope.nodes.values():
            whole.shapes[node.id] = Shape(node.id, node.tag, (), node.host)
            texts[node.id] = shown(node.label)
        for flow in scope.flows.values():
            whole.links.append(Link(flow.id, flow.source, flow.target))
            texts[flow.id] = _condition(flow)
    whole.shapes = {name: shape for name, shape in whole.shapes.items() if name in drawing.boxes}
    whole.links = [link for link in whole.links if link.id in drawing.edges]
    names = place_names(whole, drawing, texts)
    drawing.labels = {name: placed.box for name, placed in names.items()}
    return drawing


def shown(label: Label, otherwise: str = "") -> str:
    """What a BPMN viewer shows of a label: Chinese first."""
    return label.get("zh") or label.get("") or label.get("en") or otherwise


def _plan(graph: Graph, lanes: Lanes) -> Plan:
    plan = Plan(lanes={lane.id: lane.members for lane in lanes.get(id(graph), [])})
    for node in graph.nodes.values():
        inner = _plan(graph.inner[node.id], lanes) if node.id in graph.inner else None
        texts = tuple(text for text in node.label.values() if text)
        plan.shapes[node.id] = Shape(node.id, node.tag, texts, node.host, inner)
    plan.links = [Link(flow.id, flow.source, flow.target, _condition(flow)) for flow in graph.flows.values()]
    return plan


def _condition(flow: Flow) -> str:
    if flow.condition is None:
        return ""
    return " ".join(f"{flow.before}{flow.condition.text}{flow.after}".split())
