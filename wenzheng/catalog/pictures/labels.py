"""Where names stand that lie beside their shape: events, gateways, flows.

Each takes the first place that is free of shapes and other names, and of flows where that can be had.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from wenzheng.catalog.pictures.geometry import Box, Drawing, Plan, Point, is_event, is_gateway, is_scope
from wenzheng.catalog.pictures.layout import (
    FLOW_LINES,
    FLOW_SIZE,
    FLOW_WIDTH,
    NAME_LINES,
    NAME_SIZE,
    NAME_WIDTH,
    TITLE,
)
from wenzheng.catalog.pictures.text import LINE, width_of, wrap

_BUCKET: Final = 160
_ON_SHAPE: Final = 1000.0
_ON_NAME: Final = 400.0
_ON_FLOW: Final = 30.0
_SHARED: Final = 20.0
_LATER: Final = (1.0, 0.5, 0.0, 0.5)
"""Behind its first turn a flow's name stands best in the middle of a part."""
_NEAR: Final = 3


@dataclass(frozen=True)
class Name:
    """A name in lines and the box it fills."""

    lines: tuple[str, ...]
    box: Box


@dataclass
class _Space:
    """What is taken, found by place."""

    boxes: dict[Point, list[tuple[Box, float]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, box: Box, weight: float) -> None:
        for bucket in _buckets(box):
            self.boxes[bucket].append((box, weight))

    def cost(self, box: Box) -> float:
        met = {
            other: weight
            for bucket in _buckets(box)
            for other, weight in self.boxes.get(bucket, ())
            if box.meets(other)
        }
        return sum(met.values())


def place_names(plan: Plan, drawing: Drawing, texts: dict[str, str]) -> dict[str, Name]:
    """The places of names by element or flow id; `texts` are the names in one language.

    `plan` holds the elements of all scopes. A place that the drawing gives itself comes first.
    """
    space = _Space()
    for name, shape in plan.shapes.items():
        box = drawing.boxes[name]
        for part in _frame(box) if is_scope(shape.type) else [box]:
            space.add(part, _ON_SHAPE)
    for points in drawing.edges.values():
        for one, other in pairwise(points):
            space.add(_line(one, other), _ON_FLOW)
    found: dict[str, Name] = {}
    for name, shape in plan.shapes.items():
        if not (is_event(shape.type) or is_gateway(shape.type)) or not texts.get(name):
            continue
        lines = wrap(texts[name], NAME_WIDTH, NAME_SIZE, NAME_LINES)
        around = _around(drawing.boxes[name], *_size(lines, NAME_SIZE), hung=shape.host is not None)
        order = _GATEWAY if is_gateway(shape.type) else _EVENT
        places = [(around[at], float(number)) for number, at in enumerate(order)]
        found[name] = _best(lines, [*_given(drawing, name, lines, NAME_SIZE), *places], space)
    leaving: dict[str, list[list[Point]]] = defaultdict(list)
    for link in plan.links:
        leaving[link.source].append(drawing.edges[link.id])
    for link in plan.links:
        if not texts.get(link.id):
            continue
        lines = wrap(texts[link.id], FLOW_WIDTH, FLOW_SIZE, FLOW_LINES)
        others = [points for points in leaving[link.source] if points is not drawing.edges[link.id]]
        places = list(_along(drawing.edges[link.id], *_size(lines, FLOW_SIZE), others))
        found[link.id] = _best(lines, [*_given(drawing, link.id, lines, FLOW_SIZE), *places], space)
    return found


def _best(lines: list[str], places: list[tuple[Box, float]], space: _Space) -> Name:
    box, _ = min(places, key=lambda place: space.cost(place[0]) + place[1])
    space.add(box, _ON_NAME)
    return Name(tuple(lines), box)


def _given(drawing: Drawing, name: str, lines: list[str], size: int) -> list[tuple[Box, float]]:
    """Where the drawing itself has the name: its middle is kept, its size is that of the words."""
    box = drawing.labels.get(name)
    if box is None:
        return []
    width, height = _size(lines, size)
    return [(Box(box.middle[0] - width // 2, box.middle[1] - height // 2, width, height), -1.0)]


def _size(lines: list[str], size: int) -> tuple[int, int]:
    width = max((math.ceil(width_of(line, size)) for line in lines), default=0)
    return width, math.ceil(len(lines) * size * LINE)


_EVENT: Final = (
    "below", "below right", "below left", "above", "above right", "above left", "right", "left",
    "far below", "far above",
)  # fmt: skip
_GATEWAY: Final = (
    "above", "above right", "above left", "below", "below right", "below left", "right", "left",
    "far above", "far below",
)  # fmt: skip


def _around(box: Box, width: int, height: int, *, hung: bool) -> dict[str, Box]:
    """The places around a shape. Below a boundary event its flow begins: the name stands beside that."""
    x, y = box.middle
    above, below = box.y - height - _NEAR, box.bottom + _NEAR
    beside = _NEAR + 2
    places = {
        "below": (x - width // 2, below),
        "below right": (x + beside, below),
        "below left": (x - beside - width, below),
        "above": (x - width // 2, above),
        "above right": (x + beside, above),
        "above left": (x - beside - width, above),
        "right": (box.right + _NEAR, y - height - 1),
        "left": (box.x - _NEAR - width, y - height - 1),
        "far below": (x - width // 2, below + height),
        "far above": (x - width // 2, above - height),
    }
    if hung:
        places["below"] = places["below right"]
    return {name: Box(*place, width, height) for name, place in places.items()}


def _along(
    points: list[Point], width: int, height: int, others: list[list[Point]]
) -> Iterator[tuple[Box, float]]:
    """Places beside the parts of a flow, those near its source first."""
    for number, (one, other) in enumerate(pairwise(points)):
        level = one[1] == other[1]
        length = abs(other[0] - one[0]) + abs(other[1] - one[1])
        sign = (
            (other[0] > one[0]) - (other[0] < one[0]) if level else (other[1] > one[1]) - (other[1] < one[1])
        )
        room = width if level else height
        for slot, far in enumerate((4, 16, max((length - room) // 2, 4), max(length - room - 8, 4))):
            at = (one[0] + sign * far, one[1]) if level else (one[0], one[1] + sign * far)
            middle = (
                (one[0] + sign * (far + room // 2), one[1]) if level else (one[0], at[1] + sign * room // 2)
            )
            shared = _SHARED if any(_lies_on(middle, path) for path in others) else 0.0
            tight = 2.0 if room > length else 0.0
            price = number * 2 + (_LATER[slot] if number else slot * 0.5) + shared + tight
            left = at[0] if sign > 0 else at[0] - width
            top = at[1] if sign > 0 else at[1] - height
            if level:
                yield Box(left, one[1] - height - 2, width, height), price
                yield Box(left, one[1] + 3, width, height), price + 1
            else:
                yield Box(one[0] + 4, top, width, height), price
                yield Box(one[0] - 4 - width, top, width, height), price + 1


def _lies_on(point: Point, path: list[Point]) -> bool:
    return any(
        min(one[0], other[0]) <= point[0] <= max(one[0], other[0])
        and min(one[1], other[1]) <= point[1] <= max(one[1], other[1])
        for one, other in pairwise(path)
    )


def _line(one: Point, other: Point) -> Box:
    x, y = min(one[0], other[0]), min(one[1], other[1])
    return Box(x, y, max(abs(one[0] - other[0]), 1), max(abs(one[1] - other[1]), 1))


def _frame(box: Box) -> list[Box]:
    """A sub-process is in the way with its title and its edges; there is room inside it."""
    return [
        Box(box.x, box.y, box.width, TITLE),
        Box(box.x, box.bottom - 2, box.width, 2),
        Box(box.x, box.y, 2, box.height),
        Box(box.right - 2, box.y, 2, box.height),
    ]


def _buckets(box: Box) -> Iterator[Point]:
    for x in range(box.x // _BUCKET, box.right // _BUCKET + 1):
        for y in range(box.y // _BUCKET, box.bottom // _BUCKET + 1):
            yield x, y
