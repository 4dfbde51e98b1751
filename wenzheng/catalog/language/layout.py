"""Where a viewer draws the elements: layers from left to right, what goes back runs above.

A step stands one layer behind the furthest step that leads to it; in its layer it takes the
first free row. Measures are those that bpmn.io draws with, in pixels.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from wenzheng.catalog.language.graph import Flow, Graph, Node

_SIZES: Final = {
    "startEvent": (36, 36),
    "endEvent": (36, 36),
    "boundaryEvent": (36, 36),
    "intermediateCatchEvent": (36, 36),
    "exclusiveGateway": (50, 50),
}
_TASK: Final = (100, 80)
_COLUMN: Final = 160
_ROW: Final = 140
_MARGIN: Final = 60
_TURN: Final = 20


@dataclass(frozen=True)
class Box:
    """A rectangle: its upper left corner and its size."""

    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> tuple[int, int]:
        """Its centre."""
        return self.x + self.width // 2, self.y + self.height // 2


@dataclass
class Drawing:
    """Boxes by element id and way points by flow id."""

    boxes: dict[str, Box] = field(default_factory=dict)
    edges: dict[str, list[tuple[int, int]]] = field(default_factory=dict)


def draw(graph: Graph) -> Drawing:
    """The drawing of a process's scope and of the scope inside it."""
    drawing = Drawing()
    _scope(graph, drawing, _MARGIN, _MARGIN)
    return drawing


def _size(node: Node) -> tuple[int, int]:
    return _SIZES.get(node.tag, _TASK)


def _scope(graph: Graph, drawing: Drawing, left: int, top: int) -> tuple[int, int]:
    """Draw a scope with its upper left corner there; its width and height."""
    inner = Drawing()
    room = (0, 0)
    if graph.inner is not None:
        offset = left + _COLUMN
        room = _scope(graph.inner, inner, offset + _MARGIN // 2, top + _MARGIN)
        room = (room[0] + _MARGIN, room[1] + _MARGIN * 2)
    layers = _layers(graph)
    rows = _rows(graph, layers)
    first_row = top + _MARGIN
    for node in graph.nodes.values():
        if node.host is not None:
            continue
        width, height = _size(node)
        x = left + layers[node.id] * _COLUMN
        if node.tag == "subProcess":
            drawing.boxes[node.id] = Box(x, top, *room)
            continue
        # Behind a sub-process there is as much room as it takes.
        behind = room[0] - _COLUMN + _MARGIN if graph.inner is not None and layers[node.id] > 1 else 0
        below = room[1] + _MARGIN - _TASK[1] if graph.inner is not None and rows[node.id] > 0 else 0
        y = first_row + rows[node.id] * _ROW + max(below, 0) + (_TASK[1] - height) // 2
        if graph.inner is not None and rows[node.id] == 0:
            y = top + (room[1] - height) // 2
        drawing.boxes[node.id] = Box(x + max(behind, 0) + (_TASK[0] - width) // 2, y, width, height)
    _boundaries(graph, drawing)
    for flow in graph.flows.values():
        if flow.source in drawing.boxes and flow.target in drawing.boxes:
            drawing.edges[flow.id] = _way(flow, graph, drawing, top)
    drawing.boxes.update(inner.boxes)
    drawing.edges.update(inner.edges)
    own = [box for name, box in drawing.boxes.items() if name in graph.nodes]
    right = max((box.x + box.width for box in own), default=left)
    bottom = max((box.y + box.height for box in own), default=top)
    return right - left + _TURN, bottom - top + _TURN


def _layers(graph: Graph) -> dict[str, int]:
    """How far each node is from the start; flows that lead back do not count.

    An outcome's nodes may stand before what leads to them, so it is repeated until nothing moves.
    """
    order = {name: number for number, name in enumerate(graph.nodes)}
    layers = dict.fromkeys(graph.nodes, 0)
    for _ in range(len(order)):
        moved = False
        for flow in graph.flows.values():
            source, target = graph.nodes.get(flow.source), graph.nodes.get(flow.target)
            if source is None or target is None or _leads_back(flow, graph):
                continue
            at = layers[source.host] if source.host in layers and source.host else layers[source.id]
            if layers[target.id] < at + 1:
                layers[target.id] = at + 1
                moved = True
        if not moved:
            break
    return layers


def _leads_back(flow: Flow, graph: Graph) -> bool:
    return getattr(graph.nodes[flow.source].of, "kind", "") == "back_to"


def _rows(graph: Graph, layers: dict[str, int]) -> dict[str, int]:
    taken: dict[int, set[int]] = {}
    rows: dict[str, int] = {}
    before: dict[str, list[str]] = {}
    for flow in graph.flows.values():
        before.setdefault(flow.target, []).append(flow.source)
    for node in sorted(graph.nodes.values(), key=lambda node: layers[node.id]):
        if node.host is not None:
            continue
        row = 0
        for source in before.get(node.id, []):
            origin = graph.nodes.get(source)
            hung = origin is not None and origin.host is not None
            row = max(row, rows.get(origin.host or "", 0) + 1 if hung and origin else 0)
        sources = [rows[source] for source in before.get(node.id, []) if source in rows]
        row = max(row, min(sources, default=0))
        while row in taken.setdefault(layers[node.id], set()):
            row += 1
        taken[layers[node.id]].add(row)
        rows[node.id] = row
    return rows


def _boundaries(graph: Graph, drawing: Drawing) -> None:
    seen: dict[str, int] = {}
    for node in graph.nodes.values():
        host = drawing.boxes.get(node.host or "")
        if node.host is None or host is None:
            continue
        number = seen[node.host] = seen.get(node.host, 0) + 1
        x = host.x + host.width - 18 - 40 * number
        drawing.boxes[node.id] = Box(x, host.y + host.height - 18, 36, 36)


def _way(flow: Flow, graph: Graph, drawing: Drawing, top: int) -> list[tuple[int, int]]:
    source, target = drawing.boxes[flow.source], drawing.boxes[flow.target]
    out = (source.x + source.width, source.middle[1])
    into = (target.x, target.middle[1])
    if graph.nodes[flow.source].host is not None:
        down = (source.middle[0], source.y + source.height)
        if into[0] > down[0]:
            return [down, (down[0], into[1]), into]
        level = target.y - _TURN
        return [down, (down[0], level), (target.middle[0], level), (target.middle[0], target.y)]
    if _leads_back(flow, graph):
        high, right, left = top + _TURN, out[0] + _TURN, into[0] - _TURN
        return [out, (right, out[1]), (right, high), (left, high), (left, into[1]), into]
    if out[1] == into[1] and not _crosses(out, into, drawing):
        return [out, into]
    turn = into[0] - _TURN
    if out[1] == into[1] or _crosses(out, (turn, out[1]), drawing):
        level = source.y + source.height + _TURN * 2
        near = out[0] + _TURN
        return [out, (near, out[1]), (near, level), (turn, level), (turn, into[1]), into]
    return [out, (turn, out[1]), (turn, into[1]), into]


def _crosses(start: tuple[int, int], end: tuple[int, int], drawing: Drawing) -> bool:
    """Whether a level line runs through an element."""
    return any(
        start[0] < box.x + box.width // 2 < end[0] and box.y <= start[1] <= box.y + box.height
        for box in drawing.boxes.values()
    )
