"""What is drawn and where: the measures of a picture, in pixels as bpmn.io counts them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from wenzheng.engine.vocabulary import SUB_PROCESSES

Point = tuple[int, int]
"""x to the right, y down."""

EVENT: Final = 36
GATEWAY: Final = 50
TASK: Final = (110, 76)
_PER_BOUNDARY: Final = 46
LANE: Final = 30
"""Width of the strip at a lane's left that holds its name, as bpmn.io draws it."""


@dataclass(frozen=True)
class Box:
    """A rectangle: its upper left corner and its size."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """Its lower edge."""
        return self.y + self.height

    @property
    def middle(self) -> Point:
        """Its centre."""
        return self.x + self.width // 2, self.y + self.height // 2

    def moved(self, x: int, y: int) -> Box:
        """The same size elsewhere."""
        return Box(self.x + x, self.y + y, self.width, self.height)

    def meets(self, other: Box, space: int = 0) -> bool:
        """Whether the two share some area, or come nearer to each other than `space`."""
        return (
            self.x < other.right + space
            and other.x < self.right + space
            and self.y < other.bottom + space
            and other.y < self.bottom + space
        )


@dataclass
class Drawing:
    """Boxes of shapes by element id, way points by flow id; `labels` where names stand, where that is known.

    `lanes` are boxes behind the shapes, by the lane's id, each with a strip for its name at the left.

    `room` is what a layout has kept free for names as well.
    """

    boxes: dict[str, Box] = field(default_factory=dict)
    edges: dict[str, list[Point]] = field(default_factory=dict)
    labels: dict[str, Box] = field(default_factory=dict)
    lanes: dict[str, Box] = field(default_factory=dict)
    room: Box | None = None

    def add(self, other: Drawing, x: int, y: int) -> None:
        """Take over another drawing, moved."""
        self.boxes.update({name: box.moved(x, y) for name, box in other.boxes.items()})
        self.labels.update({name: box.moved(x, y) for name, box in other.labels.items()})
        self.lanes.update({name: box.moved(x, y) for name, box in other.lanes.items()})
        for name, points in other.edges.items():
            self.edges[name] = [(a + x, b + y) for a, b in points]

    @property
    def frame(self) -> Box:
        """What it takes up; nothing drawn is an empty box."""
        boxes = [
            *self.boxes.values(),
            *self.labels.values(),
            *self.lanes.values(),
            *([self.room] if self.room else []),
        ]
        spots = [point for points in self.edges.values() for point in points]
        xs = [box.x for box in boxes] + [box.right for box in boxes] + [x for x, _ in spots]
        ys = [box.y for box in boxes] + [box.bottom for box in boxes] + [y for _, y in spots]
        if not xs:
            return Box(0, 0, 0, 0)
        return Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


@dataclass(frozen=True)
class Shape:
    """An element to be laid out: `type` is its BPMN name, `texts` its name in every language.

    `host` is the activity that a boundary event sits on, `inner` what stands in a sub-process.
    """

    id: str
    type: str
    texts: tuple[str, ...] = ()
    host: str | None = None
    inner: Plan | None = None


@dataclass(frozen=True)
class Link:
    """A sequence flow to be laid out, with what is written beside it."""

    id: str
    source: str
    target: str
    text: str = ""


@dataclass
class Plan:
    """What one scope holds, in the order of the file; `lanes` are the shapes in each lane, if any."""

    shapes: dict[str, Shape] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    lanes: dict[str, list[str]] = field(default_factory=dict)

    def owner(self, name: str) -> str:
        """The element itself, or the activity that a boundary event sits on."""
        return self.shapes[name].host or name

    def hung(self, host: str) -> list[str]:
        """The boundary events of an activity."""
        return [shape.id for shape in self.shapes.values() if shape.host == host]


def is_event(kind: str) -> bool:
    """Whether it is drawn as a circle."""
    return kind.endswith("Event")


def is_scope(kind: str) -> bool:
    """Whether it is drawn as a frame around what is in it."""
    return kind in SUB_PROCESSES


def is_gateway(kind: str) -> bool:
    """Whether it is drawn as a diamond."""
    return kind.endswith("Gateway")


def size_of(shape: Shape, boundaries: int) -> tuple[int, int]:
    """Width and height; an activity is wide enough for its boundary events and a way in between them."""
    if is_event(shape.type):
        return EVENT, EVENT
    if is_gateway(shape.type):
        return GATEWAY, GATEWAY
    width, height = TASK
    return max(width, 20 + 2 * _PER_BOUNDARY * ((boundaries + 1) // 2)), height


def boundary_boxes(host: Box, names: list[str]) -> dict[str, Box]:
    """Where boundary events sit on the lower edge: from the right corner and the left one in turn."""
    found = {}
    for number, name in enumerate(names):
        step = EVENT // 2 + 4 + _PER_BOUNDARY * (number // 2)
        x = host.right - step if number % 2 == 0 else host.x + step
        found[name] = Box(x - EVENT // 2, host.bottom - EVENT // 2, EVENT, EVENT)
    return found
