"""What a version of a calendar would do to what runs: how many clocks move, by how much, which lamps change.

From the store's rows alone, before anything happens. The engine counts when the time comes, by the same laws.
May be imported by bootstrap, cli and web.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from wenzheng.calendars import Calendar
from wenzheng.petitions.lamps import ClockReading, lamp
from wenzheng.petitions.recounting import recounted
from wenzheng.store import Reader
from wenzheng.store.calendar_moves import OpenClock

Limits = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Preview:
    """What a version does to open matters.

    `instances` are told of it; of their running `clocks`, `moving` have a limit on another day, and of
    `unknown` ones, written down by an older version of the program, only the engine can say. `days` counts
    limits by the calendar days they move (negative: nearer); `kept` of them hold where they are, because
    they would come nearer. `lamps` counts clocks by the colour they show now and would show then, `later`
    those whose colour changes on another day.
    """

    instances: int = 0
    clocks: int = 0
    moving: int = 0
    unknown: int = 0
    kept: int = 0
    days: dict[int, int] = field(default_factory=dict)
    lamps: dict[tuple[str, str], int] = field(default_factory=dict)
    later: int = 0

    def as_json(self) -> dict[str, Any]:
        """As JSON, for the command and the API."""
        return {
            "letters": self.instances,
            "clocks": self.clocks,
            "moving": self.moving,
            "unknown": self.unknown,
            "kept": self.kept,
            "days": [{"days": days, "limits": count} for days, count in sorted(self.days.items())],
            "lamps": [
                {"now": now, "then": then, "clocks": count}
                for (now, then), count in sorted(self.lamps.items())
            ],
            "lamps_on_another_day": self.later,
        }


def preview(reader: Reader, versions: Iterable[Calendar], now: datetime, *, keep_later: bool) -> Preview:
    """What would follow if these versions, each of a calendar of its own, came into force at `now`."""
    told = {row.instance: new for new in versions for row in reader.touched(new)}
    clocks = moving = unknown = kept = later = 0
    days: Counter[int] = Counter()
    lamps: Counter[tuple[str, str]] = Counter()
    for clock in reader.running_clocks(list(told)):
        clocks += 1
        new = told[clock.instance]
        then = recounted(clock.recorded, new, now, keep_later=keep_later)
        if then is None:
            unknown += 1
            continue
        moved = list(_moved(clock, then))
        moving += bool(moved)
        days.update(moved)
        kept += sum("counted" in limit for limit in then)
        before, after = _reading(clock, clock.recorded.thresholds), _reading(clock, then)
        shown = lamp(before, now).value, lamp(after, now).value
        if shown[0] != shown[1]:
            lamps[shown] += 1
        later += (before.yellow_from, before.red_from) != (after.yellow_from, after.red_from)
    return Preview(len(told), clocks, moving, unknown, kept, dict(days), dict(lamps), later)


def _moved(clock: OpenClock, then: Limits) -> Iterator[int]:
    """By how many calendar days each limit that moves does; one that holds, by how many it would have."""
    for old, new in zip(clock.recorded.thresholds, then, strict=True):
        due = new.get("counted", new["due"])
        if due is not None and old["due"] is not None and due != old["due"]:
            yield (date.fromisoformat(due) - date.fromisoformat(old["due"])).days


def _reading(clock: OpenClock, limits: Limits) -> ClockReading:
    def first(colour: str) -> datetime | None:
        found = [one["from"] for one in limits if one.get("lamp") == colour and one["from"]]
        return min(map(datetime.fromisoformat, found), default=None)

    return ClockReading(clock.recorded.day0, first("yellow"), first("red"))
