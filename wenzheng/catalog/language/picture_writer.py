"""Writes the picture of what a YAML definition stands for, for BPMN viewers."""

from __future__ import annotations

from wenzheng.catalog.language.graph import Graph
from wenzheng.catalog.language.layout import Lanes, draw
from wenzheng.catalog.language.lines import Lines
from wenzheng.catalog.pictures.geometry import Box
from wenzheng.engine.findings import Position


def write_picture(lines: Lines, process_id: str, graph: Graph, lanes: Lanes, here: Position) -> None:
    """The diagram of a process."""
    suffix = f"_of_{process_id}"
    drawing = draw(graph, lanes)
    lines.open(f'bpmndi:BPMNDiagram id="picture{suffix}"', here)
    lines.open(f'bpmndi:BPMNPlane id="plane{suffix}" bpmnElement="{process_id}"', here)
    for name, box in drawing.lanes.items():
        lines.open(f'bpmndi:BPMNShape id="shape_{name}" bpmnElement="{name}" isHorizontal="true"', here)
        _bounds(lines, box, here)
        lines.close("bpmndi:BPMNShape")
    for name, box in drawing.boxes.items():
        more = ' isExpanded="true"' if _is_scope(graph, name) else ""
        more += ' isMarkerVisible="true"' if _is_choice(graph, name) else ""
        lines.open(f'bpmndi:BPMNShape id="shape_{name}" bpmnElement="{name}"{more}', here)
        _bounds(lines, box, here)
        _label(lines, drawing.labels.get(name), here)
        lines.close("bpmndi:BPMNShape")
    for name, points in drawing.edges.items():
        lines.open(f'bpmndi:BPMNEdge id="edge_{name}" bpmnElement="{name}"', here)
        for x, y in points:
            lines.line(f'<di:waypoint x="{x}" y="{y}"/>', here)
        _label(lines, drawing.labels.get(name), here)
        lines.close("bpmndi:BPMNEdge")
    lines.close("bpmndi:BPMNPlane")
    lines.close("bpmndi:BPMNDiagram")


def _bounds(lines: Lines, box: Box, here: Position) -> None:
    lines.line(
        f'<dc:Bounds x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}"/>',
        here,
    )


def _label(lines: Lines, box: Box | None, here: Position) -> None:
    if box is not None:
        lines.open("bpmndi:BPMNLabel", here)
        _bounds(lines, box, here)
        lines.close("bpmndi:BPMNLabel")


def _is_scope(graph: Graph, name: str) -> bool:
    return any(name in one.inner for one in graph.scopes())


def _is_choice(graph: Graph, name: str) -> bool:
    tags = [one.nodes[name].tag for one in graph.scopes() if name in one.nodes]
    return tags == ["exclusiveGateway"]
