"""Which cell of a grid an element stands in: rows that are read like lines of text.

Elements stand one layer behind the furthest element that leads to them; what leads back to an
earlier one does not count. The longest way is a straight row, branches stand in rows below it,
and a step that only leads back stands under the one it comes from. What gets too long goes on
in the next band of rows, broken where the fewest flows cross.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from wenzheng.catalog.pictures.geometry import TASK, Box, Plan, is_scope

_LEAST_COLUMNS: Final = 6
_MOST_COLUMNS: Final = 14
_SHAPE: Final = 1.6
"""Columns squared for each layer: makes a picture somewhat wider than high."""
_BREAK: Final = 3
"""What it costs to break a way forward; one back costs 1, an empty band 3."""
_PITCH: Final = TASK[0] + 40
Cell = tuple[int, int]
"""Column and row, both from 0."""


@dataclass
class Places:
    """The cells of elements that sit on no other; `lanes` are the first row of each and the one behind it."""

    cells: dict[str, Cell] = field(default_factory=dict)
    lanes: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return max((column for column, _ in self.cells.values()), default=-1) + 1

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return max((row for _, row in self.cells.values()), default=-1) + 1


def place(plan: Plan, inner: dict[str, Box]) -> Places:
    """The cells of a scope's elements; `inner` are the sizes of its sub-processes."""
    return _Placing(plan, inner).place()


class _Placing:
    def __init__(self, plan: Plan, inner: dict[str, Box]) -> None:
        self._plan = plan
        self._inner = inner
        self._names = [shape.id for shape in plan.shapes.values() if shape.host is None]
        self._after: dict[str, list[str]] = defaultdict(list)
        self._back: dict[str, list[str]] = defaultdict(list)
        self._before: dict[str, list[str]] = defaultdict(list)
        self._layers: dict[str, int] = {}
        self._rows: dict[str, int] = {}
        self._taken: set[Cell] = set()
        # Ways out by a boundary event: they go aside.
        self._aside: set[tuple[str, str]] = set()

    def place(self) -> Places:
        order = self._forward()
        self._layer(order)
        returns = self._returns()
        breaks = [0] if self._plan.lanes else self._breaks()
        self._row(order, returns, breaks)
        return self._in_lanes() if self._plan.lanes else self._wrapped(breaks)

    # --- layers -----------------------------------------------------------------------

    def _forward(self) -> list[str]:
        """Sort what leads forward from what leads back; the elements in an order of the former."""
        ways: dict[str, list[str]] = {name: [] for name in self._names}
        boundary = self._aside
        for link in self._plan.links:
            if link.source in self._plan.shapes and link.target in ways:
                source = self._plan.owner(link.source)
                if source in ways and link.target not in ways[source]:
                    ways[source].append(link.target)
                    if source != link.source:
                        boundary.add((source, link.target))
        entered = {target for targets in ways.values() for target in targets}
        roots = [name for name in self._names if self._plan.shapes[name].type == "startEvent"]
        roots += [name for name in self._names if name not in entered] + self._names
        done: list[str] = []
        state: dict[str, int] = {}
        for root in roots:
            if root not in state:
                self._walk(root, ways, state, done)
        return done[::-1]

    def _walk(self, root: str, ways: dict[str, list[str]], state: dict[str, int], done: list[str]) -> None:
        """Depth first, without recursion: what leads to an element under way leads back."""
        state[root] = 1
        stack = [(root, iter(ways[root]))]
        while stack:
            name, rest = stack[-1]
            for target in rest:
                if state.get(target) == 1:
                    self._back[name].append(target)
                    continue
                self._after[name].append(target)
                self._before[target].append(name)
                if target not in state:
                    state[target] = 1
                    stack.append((target, iter(ways[target])))
                    break
            else:
                stack.pop()
                state[name] = 2
                done.append(name)

    def _layer(self, order: list[str]) -> None:
        for name in order:
            self._layers[name] = max((self._layers[before] + 1 for before in self._before[name]), default=0)

    def _returns(self) -> dict[str, str]:
        """Steps that only lead back, by the element they come from: they stand under it."""
        found: dict[str, str] = {}
        for name in self._names:
            back, before = self._back[name], self._before[name]
            if back and not self._after[name] and len(before) == 1 and not self._plan.hung(name):
                if is_scope(self._plan.shapes[before[0]].type):
                    continue
                found[name] = before[0]
                self._layers[name] = self._layers[before[0]]
        return found

    # --- rows ---------------------------------------------------------------------------

    def _row(self, order: list[str], returns: dict[str, str], breaks: list[int]) -> None:
        lengths: dict[str, int] = {}
        following: dict[str, str | None] = {}
        for name in reversed(order):
            ways = [
                target
                for target in self._after[name]
                if target not in returns and (name, target) not in self._aside
            ]
            best = max(ways, key=lambda target: lengths[target], default=None)
            following[name] = best
            lengths[name] = 1 + (lengths[best] if best is not None else 0)
        placed = sorted(order, key=lambda name: (self._layers[name], name not in returns))
        for name in placed:
            if name not in self._rows:
                begin = max(one for one in breaks if one <= self._layers[name])
                self._chain(name, following, returns, begin)

    def _chain(
        self, name: str, following: dict[str, str | None], returns: dict[str, str], begin: int
    ) -> None:
        chain = [name]
        while (after := following[chain[-1]]) is not None and after not in self._rows and name not in returns:
            chain.append(after)
        first, last = self._layers[chain[0]], self._layers[chain[-1]]
        above = [self._rows[before] for before in self._before[name] if before in self._rows]
        row = min(above) + 1 if above else (max(self._rows.values(), default=-1) + 1)
        if name in returns:
            back = [self._layers[target] for target in self._back[name]]
            first = max(min([*back, first]), begin)
        cells = range(first, last + 1)
        while any((layer, row) in self._taken for layer in cells):
            row += 1
        self._taken.update((layer, row) for layer in cells)
        for member in chain:
            self._rows[member] = row

    # --- lanes --------------------------------------------------------------------------

    def _in_lanes(self) -> Places:
        """The rows lane by lane; rows of one lane that do not meet in a column become one."""
        places = Places()
        top = 0
        for lane, members in self._plan.lanes.items():
            here = [name for name in self._names if name in set(members)]
            rows: list[set[int]] = []
            for row in sorted({self._rows[name] for name in here}):
                band = [name for name in here if self._rows[name] == row]
                layers = {self._layers[name] for name in band}
                free = (number for number, taken in enumerate(rows) if not taken & layers)
                number = next(free, len(rows))
                rows[number:] = (
                    [rows[number] | layers, *rows[number + 1 :]] if number < len(rows) else [layers]
                )
                places.cells |= {name: (self._layers[name], top + number) for name in band}
            places.lanes[lane] = (top, top + len(rows))
            top += len(rows)
        return places

    # --- bands --------------------------------------------------------------------------

    def _breaks(self) -> list[int]:
        """Before which layers a new band begins; the first is 0."""
        count = max(self._layers.values(), default=0) + 1
        widths = [1.0] * count
        for name, box in self._inner.items():
            layer = self._layers[name]
            widths[layer] = max(widths[layer], box.width / _PITCH)
        room = min(max(round(math.sqrt(_SHAPE * count)), _LEAST_COLUMNS), _MOST_COLUMNS)
        total = sum(widths)
        bands = math.ceil(total / (room + 1))
        most = max(float(math.ceil(total / bands)), max(widths) + 3)
        if bands == 1 or total <= most:
            return [0]
        crossing = [0] * (count + 1)
        ways = [(one, other, _BREAK) for one, targets in self._after.items() for other in targets]
        ways += [(one, other, 1) for one, targets in self._back.items() for other in targets]
        for source, target, price in ways:
            low, high = sorted((self._layers[source], self._layers[target]))
            for layer in range(low + 1, high + 1):
                crossing[layer] += price
        return _cheapest(widths, crossing, most)

    def _wrapped(self, breaks: list[int]) -> Places:
        places = Places()
        top = 0
        for number, begin in enumerate(breaks):
            end = breaks[number + 1] if number + 1 < len(breaks) else len(self._names) + begin + 1
            band = [name for name in self._names if begin <= self._layers[name] < end]
            rows = sorted({self._rows[name] for name in band})
            for name in band:
                places.cells[name] = (self._layers[name] - begin, top + rows.index(self._rows[name]))
            top += len(rows)
        return places


def _cheapest(widths: list[float], crossing: list[int], most: float) -> list[int]:
    """Bands that fit, with few flows between them and of like width: least sum over all breaks."""
    count = len(widths)
    costs = [math.inf] * count + [0.0]
    ends = [count] * (count + 1)
    for begin in reversed(range(count)):
        width = 0.0
        for end in range(begin + 1, count + 1):
            width += widths[end - 1]
            if width > most and end > begin + 1:
                break
            empty = (most - width) / most
            cost = costs[end] + 1 + empty**2 * 3 + (crossing[end] if end < count else -(empty**2) * 2)
            if cost < costs[begin]:
                costs[begin], ends[begin] = cost, end
    breaks = [0]
    while ends[breaks[-1]] < count:
        breaks.append(ends[breaks[-1]])
    return breaks
