"""What a picture of a process shows: its elements, where they stand, and what is written there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from wenzheng.catalog.language.layout import shown
from wenzheng.catalog.language.translate import Translation
from wenzheng.catalog.pictures.geometry import Drawing, Link, Plan, Shape, is_event, is_gateway, is_scope
from wenzheng.catalog.pictures.interchange import Drawn, read_drawing
from wenzheng.catalog.pictures.labels import Name, place_names
from wenzheng.catalog.pictures.layout import lay_out
from wenzheng.engine.model import ProcessModel

_ENGLISH: Final = "en"


@dataclass(frozen=True)
class Picture:
    """One process. `texts` are names by element, flow and `deadline/CLOCK`; `names` those beside shapes."""

    model: ProcessModel
    plan: Plan
    drawing: Drawing
    texts: Mapping[str, str]
    names: Mapping[str, Name] = field(default_factory=dict)
    own_drawing: bool = True
    """Whether the file brought its drawing; otherwise we have laid it out."""


def picture_of(
    model: ProcessModel, data: bytes, language: str, translation: Translation | None = None
) -> Picture:
    """The picture of a process of a BPMN file, or of the BPMN that a YAML file stands for.

    `language` is zh or en; a name that is missing in it is shown in the other.
    """
    drawn = read_drawing(data, model.position.file)
    texts = _texts(model, drawn, language)
    if translation is not None and language == _ENGLISH:
        labels = translation.written.labels
        texts |= {name: label[_ENGLISH] for name, label in labels.items() if label.get(_ENGLISH)}
    if translation is not None and language != _ENGLISH:
        texts |= {
            name: shown(label, texts.get(name, "")) for name, label in translation.written.labels.items()
        }
    plan = _plan(model, texts)
    drawing = _part(drawn.drawing, plan)
    if drawing is not None and not _nested(drawing, model):
        drawing = None
    own = drawing is not None
    if drawing is not None:
        mine = [lane for lane, process in drawn.lanes.items() if process == model.id]
        drawing.lanes = {lane: drawn.drawing.boxes[lane] for lane in mine if lane in drawn.drawing.boxes}
        texts = {lane: drawn.names.get(lane, "") for lane in mine} | texts
    if drawing is None:
        drawing = lay_out(plan_of(model, texts))
    return Picture(model, plan, drawing, texts, place_names(plan, drawing, texts), own)


def plan_of(model: ProcessModel, texts: Mapping[str, str]) -> Plan:
    """The scopes of a process, one inside the other, for a layout."""
    plans = {scope: Plan() for scope in model.scopes}
    for scope in model.scopes.values():
        for element in scope.elements.values():
            inner = plans.get(element.id) if is_scope(element.type) else None
            text = texts.get(element.id, "")
            plans[scope.id].shapes[element.id] = Shape(
                element.id, element.type, (text,) if text else (), element.attached_to, inner
            )
        plans[scope.id].links = [
            Link(flow.id, flow.source, flow.target, texts.get(flow.id, "")) for flow in scope.flows.values()
        ]
    return plans[model.id]


def _plan(model: ProcessModel, texts: Mapping[str, str]) -> Plan:
    """All scopes as one."""
    whole = Plan()
    for element in model.all_elements():
        whole.shapes[element.id] = Shape(
            element.id, element.type, (texts.get(element.id, ""),), element.attached_to
        )
    for scope in model.scopes.values():
        for flow in scope.flows.values():
            whole.links.append(Link(flow.id, flow.source, flow.target, texts.get(flow.id, "")))
    return whole


def _texts(model: ProcessModel, drawn: Drawn, language: str) -> dict[str, str]:
    """Names as the file has them; an activity without one shows its id, a flow its condition."""
    names = dict(drawn.names)
    if language == _ENGLISH:
        names.update(drawn.english)
    texts: dict[str, str] = {model.id: names.get(model.id) or model.id}
    for element in model.all_elements():
        name = names.get(element.id, "")
        bare = is_event(element.type) or is_gateway(element.type)
        texts[element.id] = name or ("" if bare else element.id)
    for scope in model.scopes.values():
        for flow in scope.flows.values():
            texts[flow.id] = names.get(flow.id) or " ".join((flow.condition or "").split())
    for clock in model.clocks.values():
        english = clock.name_en if language == _ENGLISH else ""
        texts[f"deadline/{clock.id}"] = english or clock.name
    return texts


def _part(found: Drawing, plan: Plan) -> Drawing | None:
    """The file's drawing of this process; None when it does not draw all of it as it is."""
    if not plan.shapes or any(name not in found.boxes for name in plan.shapes):
        return None
    if any(link.id not in found.edges for link in plan.links):
        return None
    part = Drawing()
    part.boxes = {name: found.boxes[name] for name in plan.shapes}
    part.edges = {link.id: found.edges[link.id] for link in plan.links}
    part.labels = {name: box for name, box in found.labels.items() if name in {*part.boxes, *part.edges}}
    if any(not _hangs(part, shape) for shape in plan.shapes.values()):
        return None
    return None if any(one == other for one, other in pairwise(_sorted_boxes(part))) else part


def _nested(drawing: Drawing, model: ProcessModel) -> bool:
    """Whether what stands in a sub-process is drawn inside it, not on a page of its own."""
    return all(
        frame.x <= box.x and frame.y <= box.y and box.right <= frame.right and box.bottom <= frame.bottom
        for scope in model.scopes.values()
        if (frame := drawing.boxes.get(scope.id)) is not None
        for box in (drawing.boxes[name] for name in scope.elements)
    )


def _hangs(drawing: Drawing, shape: Shape) -> bool:
    return shape.host is None or drawing.boxes[shape.id].meets(drawing.boxes[shape.host], 1)


def _sorted_boxes(drawing: Drawing) -> list[tuple[int, int, int, int]]:
    """Two in one place are neighbours."""
    return sorted((box.x, box.y, box.width, box.height) for box in drawing.boxes.values())
