"""Which way a flow takes over the grid: along free lines, with few turns and crossings.

The grid has a line through the middle of every column and row and one in every gap between
them. On a line through the middle an element is in the way, and two flows share it only where
they leave one element or reach one. In a gap every flow gets a track of its own afterwards, so
nothing is drawn upon another and no flow runs through an element.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from wenzheng.catalog.pictures.placing import Cell, Places

Spot = tuple[int, int]
"""A crossing of lines, x and y; odd lines are the middles of columns and rows, even ones the gaps."""
RIGHT, DOWN, LEFT, UP, START = (1, 0), (0, 1), (-1, 0), (0, -1), (0, 0)
_TURN: Final = 2.0
_CROSSING: Final = 1.5
_GAP_USED: Final = 0.15
_LEAVE: Final = {RIGHT: 0.0, DOWN: 1.0, UP: 2.5, LEFT: 3.0}
_REACH: Final = {RIGHT: 0.0, UP: 1.0, DOWN: 1.0, LEFT: 4.0}
"""What it costs to leave in a direction, and to arrive going in one."""
_SHARED_EXIT: Final = 3.0
_EFFORT: Final = 60_000


@dataclass(frozen=True)
class Job:
    """A flow to be routed: `closed` are directions in which its ends may not be left or reached."""

    id: str
    source: str
    target: str
    start: Cell
    end: Cell
    leave: frozenset[Spot]
    reach: frozenset[Spot]
    fork: bool = False
    """Each way out of its source has a corner to itself, as far as there are corners."""
    below: bool = False
    """It comes out of the lower edge of its start, beside the middle: a boundary event's."""


@dataclass
class _Line:
    """Flows on one stretch of a line, between two neighbouring spots, or at one spot."""

    sources: set[str] = field(default_factory=set)
    targets: set[str] = field(default_factory=set)

    def alike(self, job: Job) -> bool:
        """Whether all of them leave the element that this one leaves, or reach the one it reaches."""
        return self.sources == {job.source} or self.targets == {job.target}


@dataclass
class Router:
    """Routes flows one after the other; each sees where the others run."""

    places: Places
    barred: set[tuple[str, Spot]] = field(default_factory=set)
    """Flows and the spots at which they may not turn."""
    _stretches: dict[tuple[Spot, Spot], _Line] = field(default_factory=lambda: defaultdict(_Line))
    _straight: dict[tuple[Spot, bool], _Line] = field(default_factory=lambda: defaultdict(_Line))
    """Flows that pass a spot straight on, level (True) or upright; what passes the other way crosses them."""
    _occupied: set[Spot] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Elements are in the way."""
        self._occupied = {spot_of(cell) for cell in self.places.cells.values()}
        self._width = self.places.columns * 2
        self._height = self.places.rows * 2

    def route(self, job: Job) -> list[Spot]:
        """The spots at which the flow begins, turns and ends."""
        path = self._search(job)
        self._keep(job, path)
        return [
            spot
            for number, spot in enumerate(path)
            if number in (0, len(path) - 1)
            or _heading(path[number - 1], spot) != _heading(spot, path[number + 1])
        ]

    def _keep(self, job: Job, path: list[Spot]) -> None:
        lines = [self._stretches[min(one, other), max(one, other)] for one, other in pairwise(path)]
        for before, spot, behind in zip(path, path[1:], path[2:], strict=False):
            if (heading := _heading(before, spot)) == _heading(spot, behind):
                lines.append(self._straight[spot, heading[1] == 0])
        for line in lines:
            line.sources.add(job.source)
            line.targets.add(job.target)

    def _search(self, job: Job) -> list[Spot]:
        """A* over spots and headings. Raises nothing: through the gaps there is always a way."""
        begin, goal = spot_of(job.start), spot_of(job.end)
        queue: list[tuple[float, int, float, Spot, Spot]] = []
        best: dict[tuple[Spot, Spot], float] = {}
        came: dict[tuple[Spot, Spot], tuple[Spot, Spot]] = {}
        for heading, cost in self._begin(job, begin):
            spot = _moved(begin, heading)
            best[spot, heading] = cost
            came[spot, heading] = (begin, START)
            heapq.heappush(queue, (cost + _far(spot, goal), len(best), cost, spot, heading))
        for _ in range(_EFFORT):
            if not queue:
                break
            _, _, cost, spot, heading = heapq.heappop(queue)
            if spot == goal:
                return _unwound(came, begin, (spot, heading))
            if cost > best[spot, heading]:
                continue
            for turn in (RIGHT, DOWN, LEFT, UP):
                ahead = self._step(job, spot, heading, turn, goal)
                if ahead is None:
                    continue
                following, price = ahead
                total = cost + price
                if total < best.get((following, turn), float("inf")):
                    best[following, turn] = total
                    came[following, turn] = (spot, heading)
                    entry = (total + _far(following, goal), len(came), total, following, turn)
                    heapq.heappush(queue, entry)
        return _around(begin, goal)

    def _begin(self, job: Job, begin: Spot) -> Iterator[tuple[Spot, float]]:
        """The headings in which the flow may leave, and what each costs."""
        for heading in (DOWN,) if job.below else sorted(job.leave):
            spot = _moved(begin, heading)
            cost = 1 + (0 if job.below else _LEAVE[heading]) + self._price(job, begin, spot)
            if job.fork and job.source in self._sources(begin, spot):
                cost += _SHARED_EXIT
            if cost < float("inf"):
                yield heading, cost

    def _step(self, job: Job, spot: Spot, heading: Spot, turn: Spot, goal: Spot) -> tuple[Spot, float] | None:
        if turn == (-heading[0], -heading[1]) or (turn != heading and (job.id, spot) in self.barred):
            return None
        following = _moved(spot, turn)
        if not (0 <= following[0] <= self._width and 0 <= following[1] <= self._height):
            return None
        price = 1.0 + (_TURN if turn != heading else self._crossing(job, spot, turn))
        if following == goal:
            if turn not in job.reach:
                return None
            price += _REACH[turn]
        elif following in self._occupied:
            return None
        price += self._price(job, spot, following)
        return (following, price) if price < float("inf") else None

    def _crossing(self, job: Job, spot: Spot, heading: Spot) -> float:
        """What it costs to pass a spot straight on that another passes the other way."""
        crossed = self._straight.get((spot, heading[1] != 0))
        return _CROSSING if crossed is not None and not crossed.alike(job) else 0.0

    def _sources(self, one: Spot, other: Spot) -> set[str]:
        line = self._stretches.get((min(one, other), max(one, other)))
        return line.sources if line is not None else set()

    def _price(self, job: Job, one: Spot, other: Spot) -> float:
        """What a stretch costs beyond its length, for the flows that are there."""
        stretch = (min(one, other), max(one, other))
        level = one[1] == other[1]
        line = self._stretches.get(stretch)
        if line is None:
            return 0.0
        alike = line.alike(job)
        middle = (one[1] if level else one[0]) % 2 == 1
        if middle and (not alike or job.below):
            return float("inf")
        return 0.0 if alike else _GAP_USED


def spot_of(cell: Cell) -> Spot:
    """The spot in the middle of a cell."""
    return cell[0] * 2 + 1, cell[1] * 2 + 1


def _moved(spot: Spot, heading: Spot) -> Spot:
    return spot[0] + heading[0], spot[1] + heading[1]


def _heading(one: Spot, other: Spot) -> Spot:
    return (other[0] > one[0]) - (other[0] < one[0]), (other[1] > one[1]) - (other[1] < one[1])


def _far(spot: Spot, goal: Spot) -> float:
    return float(abs(spot[0] - goal[0]) + abs(spot[1] - goal[1]))


def _unwound(
    came: dict[tuple[Spot, Spot], tuple[Spot, Spot]], begin: Spot, end: tuple[Spot, Spot]
) -> list[Spot]:
    path = [end[0]]
    at = end
    while at in came:
        at = came[at]
        path.append(at[0])
    assert path[-1] == begin
    return path[::-1]


def _around(begin: Spot, goal: Spot) -> list[Spot]:
    """A way through gaps only, for a flow that no search has found one for."""
    down = begin[1] + 1
    side = goal[0] - 1
    turns = [begin, (begin[0], down), (side, down), (side, goal[1]), goal]
    path = [begin]
    for turn in turns[1:]:
        while path[-1] != turn:
            path.append(_moved(path[-1], _heading(path[-1], turn)))
    return path
