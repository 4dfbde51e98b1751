"""Reads what a BPMN file itself says about its drawing (diagram interchange) and its names."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from wenzheng.catalog.pictures.geometry import Box, Drawing, Point
from wenzheng.engine.vocabulary import BPMN, ENGLISH, WZ
from wenzheng.engine.xml_tree import XmlNode, read_xml

_DI: Final = "http://www.omg.org/spec/BPMN/20100524/DI"
_FARTHEST: Final = 1_000_000


@dataclass
class Drawn:
    """Drawing and names of a file: Chinese or the only ones in `names`, English ones in `english`.

    `lanes` tells of which process each lane is.
    """

    drawing: Drawing = field(default_factory=Drawing)
    names: dict[str, str] = field(default_factory=dict)
    english: dict[str, str] = field(default_factory=dict)
    lanes: dict[str, str] = field(default_factory=dict)


def read_drawing(data: bytes, file: str) -> Drawn:
    """What a file draws. Numbers that are none are left out, and their element with them.

    Raises DefinitionRefused when it is no XML.
    """
    found = Drawn()
    root = read_xml(data, file)
    for node in _nodes(root):
        if node.namespace == _DI and node.name == "BPMNShape":
            _shape(node, found.drawing)
        elif node.namespace == _DI and node.name == "BPMNEdge":
            _edge(node, found.drawing)
        elif node.namespace == BPMN and (name := node.get("id")):
            found.names[name] = node.get("name") or ""
            if node.name == "process":
                lanes = (one for one in _nodes(node) if one.namespace == BPMN and one.name == "lane")
                found.lanes |= {lane: name for one in lanes if (lane := one.get("id"))}
            if english := node.attributes.get(f"{{{WZ}}}{ENGLISH}"):
                found.english[name] = english
    return found


def _nodes(root: XmlNode) -> Iterator[XmlNode]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.children))


def _shape(node: XmlNode, drawing: Drawing) -> None:
    name = _reference(node)
    for child in node.children:
        if child.name == "Bounds" and (box := _box(child)) is not None:
            drawing.boxes.setdefault(name, box)
    _label(node, name, drawing)


def _edge(node: XmlNode, drawing: Drawing) -> None:
    points = [_point(child) for child in node.children if child.name == "waypoint"]
    known = [point for point in points if point is not None]
    if len(known) == len(points) >= 2:  # noqa: PLR2004 - a line has two ends
        drawing.edges.setdefault(_reference(node), known)
    _label(node, _reference(node), drawing)


def _label(node: XmlNode, name: str, drawing: Drawing) -> None:
    for child in node.children:
        if child.name == "BPMNLabel":
            for bounds in child.children:
                if bounds.name == "Bounds" and (box := _box(bounds)) is not None:
                    drawing.labels.setdefault(name, box)


def _reference(node: XmlNode) -> str:
    return (node.get("bpmnElement") or "").rpartition(":")[2]


def _box(node: XmlNode) -> Box | None:
    numbers = [_number(node, key) for key in ("x", "y", "width", "height")]
    if any(number is None for number in numbers):
        return None
    x, y, width, height = (number or 0 for number in numbers)
    return Box(x, y, width, height) if width > 0 and height > 0 else None


def _point(node: XmlNode) -> Point | None:
    x, y = _number(node, "x"), _number(node, "y")
    return (x, y) if x is not None and y is not None else None


def _number(node: XmlNode, name: str) -> int | None:
    try:
        number = float(node.get(name) or "")
    except ValueError:
        return None
    return round(number) if math.isfinite(number) and abs(number) < _FARTHEST else None
