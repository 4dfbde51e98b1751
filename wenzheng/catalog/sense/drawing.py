"""The picture in a BPMN file: all is in it, labelled, of its usual size, and nothing lies on another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from wenzheng.catalog.pictures.geometry import TASK
from wenzheng.catalog.sense.scopes import condition_of, described, node_id
from wenzheng.engine import vocabulary as words
from wenzheng.engine.findings import Finding, Severity
from wenzheng.engine.rules.bpmn_file import EVENTS, FLOW_NODES, BpmnFile, bpmn_children, local
from wenzheng.engine.xml_tree import XmlNode

_DI: Final = "http://www.omg.org/spec/BPMN/20100524/DI"
_DRAWN: Final = (
    *sorted(FLOW_NODES),
    *("sequenceFlow", "messageFlow", "participant", "lane"),
    *("dataObjectReference", "dataStoreReference", "group", "textAnnotation", "association"),
)
_UNLABELLED: Final = frozenset({"parallelGateway", "eventBasedGateway"})
ACTIVITY, EVENT, GATEWAY = (100.0, 80.0), (36.0, 36.0), (50.0, 50.0)
POOL: Final = 60.0
_PIXEL: Final = 0.5
_OURS: Final = {TASK}
"""What `wenzheng compile` draws is as usual as what bpmn.io does."""


@dataclass(frozen=True)
class Box:
    """The place of a shape on its plane."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: Box) -> bool:
        """Whether both cover a place, by more than their lines."""
        return (
            min(self.x + self.width, other.x + other.width) - max(self.x, other.x) > 1
            and min(self.y + self.height, other.y + other.height) - max(self.y, other.y) > 1
        )

    def contains(self, other: Box) -> bool:
        """Whether the other lies in this one."""
        return (
            self.x <= other.x + 1
            and self.y <= other.y + 1
            and self.x + self.width >= other.x + other.width - 1
            and self.y + self.height >= other.y + other.height - 1
        )


class Drawing:
    """The shapes of a file by the id of what they show."""

    def __init__(self, file: BpmnFile) -> None:
        self.shapes: dict[str, XmlNode] = {}
        self.shown: set[str] = set()
        self.planes: dict[str, str] = {}
        for plane in (node for node in file.root.walk() if (node.namespace, node.name) == (_DI, "BPMNPlane")):
            self.shown.add(local(plane.get("bpmnElement")))
            for node in plane.children:
                name = local(node.get("bpmnElement"))
                if node.namespace == _DI and name:
                    self.shown.add(name)
                    self.planes[name] = local(plane.get("bpmnElement"))
                    if node.name == "BPMNShape":
                        self.shapes[name] = node

    def box(self, name: str) -> Box | None:
        """Where a shape is; None when it says so nowhere."""
        shape = self.shapes.get(name)
        bounds = [child for child in shape.children if child.name == "Bounds"] if shape is not None else []
        if not bounds:
            return None
        try:
            x, y, width, height = (float(bounds[0].get(one) or "") for one in ("x", "y", "width", "height"))
        except ValueError:
            return None
        return Box(x, y, width, height)


def check_drawing(file: BpmnFile, sizes: Mapping[str, object] | None = None) -> Iterator[Finding]:
    """What is wrong with the picture and its labels; `sizes` are other usual sizes than bpmn.io's."""
    drawing = Drawing(file)
    missing = [node for node in file.named(*_DRAWN) if node.get("id") and node_id(node) not in drawing.shown]
    if len(missing) > 1 and not drawing.shown:
        first = min(missing, key=lambda node: (node.position.line, node.position.column))
        yield _finding(
            file,
            first,
            "no-bpmndi",
            f"Expected a picture of {described(first)} and {len(missing) - 1} others, found none.",
            "Open the file in a modeler and draw it, or run `wenzheng render` for a picture.",
        )
    else:
        for node in missing:
            yield _finding(
                file,
                node,
                "no-bpmndi",
                f"Expected {described(node)} to be in the picture, found no shape or line for it: a modeler "
                "would not show it, though it runs.",
                "Open the file in a modeler and draw it, or run `wenzheng render` for a picture.",
            )
    yield from _labels(file)
    yield from _sizes(file, drawing, sizes or {})
    yield from _overlaps(file, drawing)


# --- labels -------------------------------------------------------------------------------


def _labels(file: BpmnFile) -> Iterator[Finding]:
    for node in file.named(*sorted(FLOW_NODES), "sequenceFlow", "participant", "lane"):
        if not (node.get("name") or "").strip() and _needs_label(file, node):
            yield _finding(
                file,
                node,
                "label-required",
                f"Expected a name on {node.name} '{node_id(node)}', found none: nobody can tell from the "
                "picture what it is.",
                "Give it a name.",
            )


def _needs_label(file: BpmnFile, node: XmlNode) -> bool:
    if node.name in words.SUB_PROCESSES or node.name in _UNLABELLED:
        return False
    if node.name in words.GATEWAYS:
        mine = [flow for flow in file.named("sequenceFlow") if local(flow.get("sourceRef")) == node_id(node)]
        return len(mine) > 1
    if node.name == "sequenceFlow":
        return condition_of(node) is not None
    return True


# --- sizes --------------------------------------------------------------------------------


def _sizes(file: BpmnFile, drawing: Drawing, sizes: Mapping[str, object]) -> Iterator[Finding]:
    for node in file.named(*sorted(FLOW_NODES), "participant"):
        box = drawing.box(node_id(node))
        if box is None:
            continue
        said = _size_wrong(node, drawing.shapes[node_id(node)], box, sizes)
        if said:
            yield _finding(
                file,
                node,
                "standard-size",
                f"Expected {described(node)} to be {said} as usual, found {box.width:g}x{box.height:g}.",
                "Draw it in its usual size, so that pictures look alike.",
            )


def _size_wrong(node: XmlNode, shape: XmlNode, box: Box, sizes: Mapping[str, object]) -> str:
    expanded = shape.token("isExpanded", "false") in words.TRUE
    if node.name == "participant":
        if node.get("processRef"):
            return ""
        across = shape.token("isHorizontal", "true") in words.TRUE
        usual = sizes.get("pool", POOL)
        side = box.height if across else box.width
        which = "high" if across else "wide"
        return f"{usual:g} {which}" if isinstance(usual, int | float) and abs(side - usual) > _PIXEL else ""
    if node.name in words.SUB_PROCESSES and expanded:
        return ""
    kind, usual_size = _usual(node)
    wanted = sizes.get(kind, usual_size)
    if not isinstance(wanted, list | tuple) or len(wanted) != 2:  # noqa: PLR2004 - width and height
        wanted = usual_size
    width, height = float(wanted[0]), float(wanted[1])
    fits = abs(box.width - width) <= _PIXEL and abs(box.height - height) <= _PIXEL
    fits = fits or (kind not in sizes and (box.width, box.height) in _OURS)
    return "" if fits else f"{width:g}x{height:g}"


def _usual(node: XmlNode) -> tuple[str, tuple[float, float]]:
    if node.name in EVENTS:
        return "event", EVENT
    return ("gateway", GATEWAY) if node.name in words.GATEWAYS else ("activity", ACTIVITY)


# --- overlaps -----------------------------------------------------------------------------


def _overlaps(file: BpmnFile, drawing: Drawing) -> Iterator[Finding]:
    for holder in file.named("process", *sorted(words.SUB_PROCESSES), "collaboration"):
        inside = bpmn_children(holder, *sorted(FLOW_NODES), "participant")
        placed = [
            (node, box)
            for node in inside
            if node.get("id") and (box := drawing.box(node_id(node))) is not None
        ]
        for place, (node, box) in enumerate(placed):
            for other, beside in placed[:place]:
                if _on_its_border(node, other) or drawing.planes.get(node_id(node)) != drawing.planes.get(
                    node_id(other)
                ):
                    continue
                if box.overlaps(beside):
                    yield _finding(
                        file,
                        node,
                        "no-overlapping-elements",
                        f"Expected {described(node)} to have a place of its own, found that it lies on "
                        f"{described(other)}.",
                        "Move one of the two.",
                    )
        yield from _outside(file, drawing, holder, placed)


def _outside(
    file: BpmnFile, drawing: Drawing, holder: XmlNode, placed: list[tuple[XmlNode, Box]]
) -> Iterator[Finding]:
    """What stands in a sub-process is drawn in it, where that is open."""
    around = drawing.box(node_id(holder))
    if around is None or drawing.shapes[node_id(holder)].token("isExpanded", "false") not in words.TRUE:
        return
    for node, box in placed:
        if drawing.planes.get(node_id(node)) == drawing.planes.get(node_id(holder)) and not around.contains(
            box
        ):
            yield _finding(
                file,
                node,
                "no-overlapping-elements",
                f"Expected {described(node)} to be drawn inside {described(holder)}, in which it stands, "
                "found it outside.",
                "Move it into the picture of its sub-process.",
            )


def _on_its_border(node: XmlNode, other: XmlNode) -> bool:
    return local(node.get("attachedToRef")) == node_id(other) or local(other.get("attachedToRef")) == node_id(
        node
    )


# --- what is declared ---------------------------------------------------------------------


_DECLARED: Final = ("message", "signal", "error", "escalation")
_REFERRING: Final = frozenset(
    {"messageRef", "signalRef", "errorRef", "escalationRef", "inMessageRef", "outMessageRef"}
)


def check_declared(file: BpmnFile) -> Iterator[Finding]:
    """Messages, signals, errors and escalations have names of their own, and somebody uses them."""
    everything = list(file.root.walk())
    used = {
        local(value) for node in everything for name, value in node.attributes.items() if name in _REFERRING
    }
    used |= {local(node.text) for node in everything if node.name in _REFERRING}
    for kind in _DECLARED:
        seen: dict[str, XmlNode] = {}
        for node in file.named(kind):
            name = (node.get("name") or "").strip()
            if not name:
                yield _finding(
                    file,
                    node,
                    "global-unnamed",
                    f"Expected a name on {kind} '{node_id(node)}', found none.",
                    "Give it a name that says what it is.",
                )
            elif name in seen:
                yield _finding(
                    file,
                    node,
                    "global-twice",
                    f"Expected one {kind} of the name '{name}', found '{node_id(seen[name])}' too: "
                    "nobody can tell which is meant.",
                    "Give one of the two another name, or use one for both.",
                )
            seen.setdefault(name, node)
            if node_id(node) not in used:
                yield _finding(
                    file,
                    node,
                    "global-unused",
                    f"Expected something that uses {kind} '{name or node_id(node)}', found nothing.",
                    "Use it, or remove it.",
                )


def _finding(file: BpmnFile, node: XmlNode, rule: str, message: str, hint: str) -> Finding:
    return Finding(node.position, file.owner(node), rule, message, hint, Severity.WARNING)
