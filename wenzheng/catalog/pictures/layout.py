"""Where elements and flows are drawn, for a definition that brings no drawing of its own."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from wenzheng.catalog.pictures.geometry import (
    EVENT,
    LANE,
    Box,
    Drawing,
    Plan,
    Point,
    Shape,
    boundary_boxes,
    is_event,
    is_gateway,
    size_of,
)
from wenzheng.catalog.pictures.placing import place
from wenzheng.catalog.pictures.routing import DOWN, LEFT, RIGHT, UP, Job, Router, Spot
from wenzheng.catalog.pictures.text import width_of, wrap
from wenzheng.catalog.pictures.tracks import Routed, Tracks, assign_tracks

NAME_SIZE: Final = 12
NAME_WIDTH: Final = 96
NAME_LINES: Final = 3
FLOW_SIZE: Final = 11
FLOW_WIDTH: Final = 84
FLOW_LINES: Final = 2
"""Names beside events, gateways and flows: font size, widest line, most lines."""
TITLE: Final = 26
"""Height of a sub-process's title."""
_TRIES: Final = 8
_MARGIN: Final = 14
_ACROSS: Final = 34
_DOWN: Final = 26
_TRACK: Final = 12
_EDGE: Final = (14, 18)
"""Between a gap's edge and its first track: beside columns, beside rows (an arrow's head ends there)."""
_SPACE: Final = 6
_INSIDE: Final = 12
"""Between a lane's edge and what stands in it."""


def lay_out(plan: Plan) -> Drawing:
    """The drawing of a scope and all scopes inside it; its upper left corner is 0, 0."""
    # Inner scopes first, without recursion: a file may nest 32 levels.
    done: dict[int, Drawing] = {}
    waiting = [plan]
    while waiting:
        at = waiting[-1]
        inner = [shape.inner for shape in at.shapes.values() if shape.inner is not None]
        missing = [one for one in inner if id(one) not in done]
        if missing:
            waiting += missing
            continue
        waiting.pop()
        done[id(at)] = _Layout(at, done).draw()
    return done[id(plan)]


@dataclass
class _Extent:
    """How far something reaches from its middle."""

    left: int = 0
    up: int = 0
    right: int = 0
    down: int = 0

    def grow(self, left: float = 0, up: float = 0, right: float = 0, down: float = 0) -> None:
        self.left = max(self.left, math.ceil(left))
        self.up = max(self.up, math.ceil(up))
        self.right = max(self.right, math.ceil(right))
        self.down = max(self.down, math.ceil(down))


class _Layout:
    def __init__(self, plan: Plan, inner: dict[int, Drawing]) -> None:
        self._plan = plan
        self._inner: dict[str, Drawing] = {}
        self._sizes: dict[str, tuple[int, int]] = {}
        boxes: dict[str, Box] = {}
        for shape in plan.shapes.values():
            hung = len(plan.hung(shape.id))
            self._sizes[shape.id] = size_of(shape, hung)
            if shape.inner is not None:
                drawing = self._inner[shape.id] = inner[id(shape.inner)]
                frame = drawing.frame
                least, high = self._sizes[shape.id]
                width = max(least, frame.width + 2 * _MARGIN, _title_width(shape))
                below = EVENT // 2 if hung else 0  # what sits on its lower edge reaches into it
                height = max(high, frame.height + 2 * _MARGIN + TITLE + below)
                self._sizes[shape.id] = (width + width % 2, height + height % 2)
                boxes[shape.id] = Box(0, 0, *self._sizes[shape.id])
        self._places = place(plan, boxes)
        self._drawing = Drawing()

    def draw(self) -> Drawing:
        routed, tracks = self._routed(self._jobs())
        xs, ys = self._lines(tracks)
        self._drawing.room = Box(0, 0, xs.pop(), ys.pop())
        self._boxes(xs, ys)
        by_id = {}
        for way in routed:
            by_id[way.job.id] = self._points(way, tracks, xs, ys)
        for link in self._plan.links:
            if link.id in by_id:
                self._drawing.edges[link.id] = by_id[link.id]
        return self._with_lanes(tracks, ys) if self._places.lanes else self._drawing

    def _with_lanes(self, tracks: Tracks, ys: list[int]) -> Drawing:
        """The drawing with its lanes; a border runs before the first flow between its rows."""
        room, rows = self._drawing.room, self._places.rows
        assert room is not None  # for the type checker: set before
        width, height = room.width + LANE + 2 * _INSIDE, room.height + 2 * _INSIDE
        whole = Drawing(room=Box(0, 0, width, height))
        whole.add(self._drawing, LANE + _INSIDE, _INSIDE)
        borders = [0, *(self._border(row, tracks, ys) + _INSIDE for row in range(1, rows)), height]
        for lane, (first, behind) in self._places.lanes.items():
            whole.lanes[lane] = Box(0, borders[first], width, borders[behind] - borders[first])
        return whole

    def _border(self, row: int, tracks: Tracks, ys: list[int]) -> int:
        return ys[2 * row] - (_EDGE[1] // 2 if tracks.level.get(2 * row) else 0)

    def _routed(self, jobs: list[Job]) -> tuple[list[Routed], Tracks]:
        """The ways of all flows, routed anew without turns that would be drawn upon another flow."""
        barred: set[tuple[str, Spot]] = set()
        tries = 0
        while True:
            router = Router(self._places, barred)
            routed = [Routed(job, router.route(job)) for job in jobs]
            tracks = assign_tracks(routed)
            tries += 1
            if not tracks.torn or tries == _TRIES:
                return routed, tracks
            barred |= tracks.torn

    # --- flows on the grid --------------------------------------------------------------

    def _jobs(self) -> list[Job]:
        jobs = []
        cells, shapes = self._places.cells, self._plan.shapes
        for link in self._plan.links:
            if link.source not in shapes or link.target not in cells:
                continue
            source = shapes[link.source]
            owner = self._plan.owner(link.source)
            if owner not in cells:
                continue
            jobs.append(
                Job(
                    link.id,
                    link.source,
                    link.target,
                    cells[owner],
                    cells[link.target],
                    _leave(source),
                    _reach(shapes[link.target]),
                    fork=is_gateway(source.type),
                    below=source.host is not None,
                )
            )
        # The straight ones first: the others go around them.
        return sorted(jobs, key=lambda job: (job.start[1] != job.end[1], _distance(job)))

    # --- coordinates ----------------------------------------------------------------------

    def _extent(self, shape: Shape) -> _Extent:
        width, height = self._sizes[shape.id]
        extent = _Extent()
        extent.grow(width / 2, height / 2, width / 2, height / 2)
        wide, high = _room(shape.texts, NAME_SIZE, NAME_WIDTH, NAME_LINES)
        if is_event(shape.type) and wide:
            extent.grow(wide / 2, 0, wide / 2, height / 2 + 4 + high)
        elif is_gateway(shape.type) and wide:
            extent.grow(wide / 2, height / 2 + 2 + high, wide / 2)
        beside = [link.text for link in self._plan.links if link.source == shape.id and link.text]
        if beside:
            wide, high = _room(tuple(beside), FLOW_SIZE, FLOW_WIDTH, FLOW_LINES)
            extent.grow(0, 0, width / 2 + wide - _ACROSS / 2, height / 2 + high + 2)
        self._reserve_boundaries(shape, extent)
        return extent

    def _reserve_boundaries(self, shape: Shape, extent: _Extent) -> None:
        width, height = self._sizes[shape.id]
        hung = self._plan.hung(shape.id)
        for name, box in boundary_boxes(Box(0, 0, width, height), hung).items():
            wide, high = _room(self._plan.shapes[name].texts, NAME_SIZE, NAME_WIDTH, NAME_LINES)
            down = height / 2 + EVENT / 2 + high
            extent.grow(0, 0, box.middle[0] - width / 2 + _SPACE + wide, down + _SPACE)

    def _lines(self, tracks: Tracks) -> tuple[list[int], list[int]]:
        """The x of every vertical line and the y of every level one, and where all ends.

        A gap's line is its first track.
        """
        columns = [_Extent() for _ in range(self._places.columns)]
        rows = [_Extent() for _ in range(self._places.rows)]
        for name, (column, row) in self._places.cells.items():
            extent = self._extent(self._plan.shapes[name])
            columns[column].grow(left=extent.left, right=extent.right)
            rows[row].grow(up=extent.up, down=extent.down)
        xs = _spread([(one.left, one.right) for one in columns], tracks.upright, _ACROSS, _EDGE[0])
        ys = _spread([(one.up, one.down) for one in rows], tracks.level, _DOWN, _EDGE[1])
        return xs, ys

    def _boxes(self, xs: list[int], ys: list[int]) -> None:
        for name, (column, row) in self._places.cells.items():
            width, height = self._sizes[name]
            x, y = xs[column * 2 + 1], ys[row * 2 + 1]
            box = Box(x - width // 2, y - height // 2, width, height)
            self._drawing.boxes[name] = box
            self._drawing.boxes.update(boundary_boxes(box, self._plan.hung(name)))
            if name in self._inner:
                inner = self._inner[name]
                frame = inner.frame
                left = box.x + (box.width - frame.width) // 2 - frame.x
                self._drawing.add(inner, left, box.y + TITLE + _MARGIN - frame.y)

    def _points(self, way: Routed, tracks: Tracks, xs: list[int], ys: list[int]) -> list[Point]:
        source = self._drawing.boxes[way.job.source]
        target = self._drawing.boxes[way.job.target]
        places: list[int] = []
        for number, segment in enumerate(way.segments):
            lines = xs if segment.upright else ys
            if number == 0 and way.job.below:
                places.append(source.middle[0])
            elif segment.line % 2:
                places.append(lines[segment.line])
            else:
                places.append(lines[segment.line] + tracks.offset(way.job.id, number, _TRACK))
        points: list[Point] = []
        for number in range(1, len(places)):
            one, other = places[number - 1], places[number]
            points.append((one, other) if way.segments[number - 1].upright else (other, one))
        first, last = way.segments[0], way.segments[-1]
        begin = _port(source, first.heading, places[0])
        opposite = (-last.heading[0], -last.heading[1])
        return [begin, *points, _port(target, opposite, places[-1])]


def _port(box: Box, side: Spot, line: int) -> Point:
    """Where a line in the middle of that side touches the shape."""
    if side == RIGHT:
        return box.right, line
    if side == LEFT:
        return box.x, line
    return line, box.bottom if side == DOWN else box.y


def _spread(sizes: list[tuple[int, int]], tracks: dict[int, int], least: int, edge: int) -> list[int]:
    """Lines in turn: a gap, a middle, a gap …, the end; gaps are as wide as their tracks need."""
    lines: list[int] = []
    at = 0
    for number in range(len(sizes) + 1):
        outer = number in (0, len(sizes))
        count = tracks.get(number * 2, 0)
        width = 2 * edge + (count - 1) * _TRACK if count else 0
        if not outer:
            width = max(width, least)
        slack = (width - (count - 1) * _TRACK) // 2 if count else 0
        lines.append(at + slack)
        at += width
        if number < len(sizes):
            before, behind = sizes[number]
            lines.append(at + before)
            at += before + behind
    return [*lines, at]


def _room(texts: tuple[str, ...], size: int, width: int, most: int) -> tuple[int, int]:
    """Width and height that any of the texts needs."""
    wide, high = 0, 0
    for text in texts:
        lines = wrap(text, width, size, most)
        wide = max(wide, *(math.ceil(width_of(line, size)) for line in lines), 0)
        high = max(high, math.ceil(len(lines) * size * 1.25))
    return wide, high


def _title_width(shape: Shape) -> int:
    return max((math.ceil(width_of(text, NAME_SIZE + 1)) + 2 * _MARGIN for text in shape.texts), default=0)


def _leave(shape: Shape) -> frozenset[Spot]:
    if shape.host is not None:
        return frozenset({DOWN})
    if is_event(shape.type):
        return frozenset({RIGHT})
    if is_gateway(shape.type):
        return frozenset({RIGHT, DOWN, LEFT} if any(shape.texts) else {RIGHT, DOWN, LEFT, UP})
    return frozenset({RIGHT, DOWN, LEFT})


def _reach(shape: Shape) -> frozenset[Spot]:
    """Headings in which a flow may arrive; a name is not crossed."""
    if is_event(shape.type):
        return frozenset({RIGHT, DOWN, LEFT})
    if is_gateway(shape.type):
        return frozenset({RIGHT, UP, LEFT} if any(shape.texts) else {RIGHT, UP, DOWN, LEFT})
    return frozenset({RIGHT, UP, DOWN})


def _distance(job: Job) -> int:
    return abs(job.start[0] - job.end[0]) + abs(job.start[1] - job.end[1])
