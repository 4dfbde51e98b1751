"""Flows side by side in a gap of the grid: each gets a track, so that none is drawn upon another.

Two flows share a track only as long as they have come the same way from one element, or go the
same way to one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from wenzheng.catalog.pictures.routing import Job, Spot


@dataclass(frozen=True)
class Segment:
    """A straight part of a flow on one line of the grid, between two other lines."""

    upright: bool
    line: int
    first: int
    last: int
    heading: Spot


@dataclass
class Routed:
    """A flow and the spots at which it begins, turns and ends."""

    job: Job
    spots: list[Spot]
    segments: list[Segment] = field(init=False)

    def __post_init__(self) -> None:
        """Its straight parts."""
        self.segments = [_segment(one, other) for one, other in zip(self.spots, self.spots[1:], strict=False)]

    def alike(self, number: int, other: Routed, other_number: int) -> bool:
        """Whether two parts have come from one element, or go to one, on the same spots."""
        here, there = self.segments[number], other.segments[other_number]
        if here.heading != there.heading:
            return False
        if (
            self.job.source == other.job.source
            and self.spots[: number + 1] == other.spots[: other_number + 1]
        ):
            return True
        return (
            self.job.target == other.job.target
            and self.spots[number + 1 :] == other.spots[other_number + 1 :]
        )


@dataclass
class Tracks:
    """How many tracks each gap has, by its line, and the track of each flow's parts."""

    upright: dict[int, int] = field(default_factory=dict)
    level: dict[int, int] = field(default_factory=dict)
    of: dict[tuple[str, int], int] = field(default_factory=dict)
    torn: set[tuple[str, Spot]] = field(default_factory=set)
    """Flows that would be drawn upon another where they turn; they have to take another way."""

    def offset(self, flow: str, number: int, distance: int) -> int:
        """How far behind the gap's first track that part runs."""
        return self.of[flow, number] * distance


def assign_tracks(routed: list[Routed]) -> Tracks:
    """The tracks of all flows of a scope."""
    gaps: dict[tuple[bool, int], list[Member]] = defaultdict(list)
    for way in routed:
        for number, segment in enumerate(way.segments):
            if segment.line % 2 == 0:
                gaps[segment.upright, segment.line].append(Member(segment, way, number))
    tracks = Tracks()
    for (upright, line), members in gaps.items():
        count = _assign(members, tracks)
        (tracks.upright if upright else tracks.level)[line] = count
    return tracks


@dataclass(frozen=True, eq=False)
class Member:
    """A part of a flow that runs in a gap."""

    segment: Segment
    way: Routed
    number: int

    @property
    def key(self) -> tuple[int, int, str, int]:
        """The shortest parts come first."""
        return (
            self.segment.last - self.segment.first,
            self.segment.first,
            self.way.job.id,
            self.number,
        )

    def joints(self) -> Iterator[tuple[int, int, Spot]]:
        """At which middle lines it ends, and whether it goes on before (-1) or behind (1) the gap there."""
        segments, spots = self.way.segments, self.way.spots
        axis = 0 if self.segment.upright else 1
        if self.number > 0 and not (self.number == 1 and self.way.job.below):
            spot = spots[self.number]
            yield spot[1 - axis], -segments[self.number - 1].heading[axis], spot
        if self.number + 1 < len(segments):
            spot = spots[self.number + 1]
            yield spot[1 - axis], segments[self.number + 1].heading[axis], spot

    def alike(self, other: Member) -> bool:
        """Whether the two may share a track although they meet."""
        return self.way.alike(self.number, other.way, other.number)


def _assign(members: list[Member], tracks: Tracks) -> int:
    """First fit, the shortest parts first; how many tracks that takes."""
    earlier = _earlier(members)
    rows: list[list[Member]] = []
    at: dict[Member, int] = {}
    for member in _ordered(members, earlier, tracks):
        index = max((at[other] + 1 for other in earlier[member] if other in at), default=0)
        while index < len(rows) and not all(_fits(member, other) for other in rows[index]):
            index += 1
        while index >= len(rows):
            rows.append([])
        rows[index].append(member)
        at[member] = index
        tracks.of[member.way.job.id, member.number] = index
    return len(rows)


def _earlier(members: list[Member]) -> dict[Member, set[Member]]:
    """What must run before each: of two that end at one middle line, the one that goes on before the gap."""
    sides: dict[int, dict[int, list[Member]]] = defaultdict(lambda: {-1: [], 1: []})
    for member in members:
        for line, side, _ in member.joints():
            if line % 2:
                sides[line][side].append(member)
    earlier: dict[Member, set[Member]] = {member: set() for member in members}
    for found in sides.values():
        for behind in found[1]:
            earlier[behind].update(before for before in found[-1] if before is not behind)
    return earlier


def _ordered(members: list[Member], earlier: dict[Member, set[Member]], tracks: Tracks) -> Iterator[Member]:
    """Each behind those that must run before it; where that is a circle, one flow is noted as torn."""
    waiting = sorted(members, key=lambda member: member.key)
    done: set[Member] = set()
    while waiting:
        ready = next((member for member in waiting if earlier[member] <= done), None)
        if ready is None:
            ready = waiting[0]
            tracks.torn.update((ready.way.job.id, spot) for line, _, spot in ready.joints() if line % 2)
        waiting.remove(ready)
        done.add(ready)
        yield ready


def _fits(one: Member, other: Member) -> bool:
    return _apart(one.segment, other.segment) or one.alike(other)


def _apart(one: Segment, other: Segment) -> bool:
    return one.last < other.first or other.last < one.first


def _segment(one: Spot, other: Spot) -> Segment:
    upright = one[0] == other[0]
    line = one[0] if upright else one[1]
    first, last = sorted((one[1], other[1]) if upright else (one[0], other[0]))
    sign = 1 if (other[0] + other[1]) > (one[0] + one[1]) else -1
    return Segment(upright, line, first, last, (0, sign) if upright else (sign, 0))
