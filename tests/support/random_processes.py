"""Small processes and event sequences at random, for property tests of the engine."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from hypothesis import strategies as st

from tests.support.bpmn import Run
from wenzheng.engine.events import (
    Event,
    IncidentResolved,
    MessageReceived,
    ServiceFailed,
    ServiceFinished,
    Start,
    TaskCompleted,
    TimeReached,
)
from wenzheng.engine.step import open_user_tasks


@dataclass
class Block:
    """Lines of the short notation, entered at one element and left at another."""

    lines: list[str]
    entry: str
    exit: str


SIMPLE = ("user", "user", "service", "script", "catch", "receive", "throw", "division")
NESTED = ("sequence", "sequence", "and", "xor", "sub", "loop")


@dataclass
class _Maker:
    draw: st.DrawFn
    numbers: Iterator[int]

    def block(self, depth: int) -> Block:
        kinds = SIMPLE if depth == 0 else (*SIMPLE, *NESTED, *NESTED)
        kind = self.draw(st.sampled_from(kinds))
        name = f"{kind[0]}{next(self.numbers)}"
        if kind in SIMPLE:
            return self._simple(kind, name)
        inner = self.block(depth - 1)
        if kind == "sub":
            flows = [f"{name}s -> {inner.entry}", f"{inner.exit} -> {name}e"]
            lines = [f"sub {name}", f"start {name}s", f"end {name}e", *inner.lines, *flows, "close"]
            return Block([*lines, *self._boundary(name)], name, name)
        if kind == "loop":
            first, count, last, out = f"{name}m", f"{name}c", f"{name}g", f"{name}o"
            flows = [f"{first} -> {inner.entry}", f"{inner.exit} -> {count} -> {last}"]
            flows += [f"{last} -> {first} if n < 4", f"{last} -> {out}"]
            nodes = [
                f"xor {first}",
                f"script {count}: n = n + 1",
                f"xor {last} default={last}_{out}",
                f"xor {out}",
            ]
            return Block([*nodes, *inner.lines, *flows], first, out)
        other = self.block(depth - 1)
        if kind == "sequence":
            return Block(
                [*inner.lines, *other.lines, f"{inner.exit} -> {other.entry}"], inner.entry, other.exit
            )
        split, join = f"{name}f", f"{name}j"
        default = f" default={split}_{inner.entry}" if kind == "xor" else ""
        condition = " if n >= 2" if kind == "xor" else ""
        return Block(
            [
                *(f"{kind} {split}{default}", f"{kind} {join}", *inner.lines, *other.lines),
                *(f"{split} -> {inner.entry}", f"{split} -> {other.entry}{condition}"),
                *(f"{inner.exit} -> {join}", f"{other.exit} -> {join}"),
            ],
            split,
            join,
        )

    def _simple(self, kind: str, name: str) -> Block:
        line = {
            "user": f"user {name}",
            "service": f"service {name}",
            "script": f"script {name}: n = n + 1",
            "division": f"script {name}: n = 6 / n",
            "catch": f"catch {name} duration=PT{self.draw(st.integers(0, 3))}H",
            "receive": f"receive {name} message=go",
            "throw": f"throw {name} message=out",
        }[kind]
        boundary = self._boundary(name) if kind in {"user", "service", "receive"} else []
        return Block([line, *boundary], name, name)

    def _boundary(self, host: str) -> list[str]:
        trigger = self.draw(
            st.sampled_from(["", "", "message=stop", "message=stop keep", "duration=PT2H", "days=1 keep"])
        )
        if not trigger:
            return []
        return [f"boundary {host}b on={host} {trigger}", f"user {host}r", f"{host}b -> {host}r"]


@st.composite
def notations(draw: st.DrawFn) -> str:
    """A process of up to two levels of nested blocks, in the short notation."""
    block = _Maker(draw, itertools.count()).block(draw(st.integers(1, 3)))
    clocks = f"clock k starts=s stops={block.exit} yellow=1 red=2\nclock l starts={block.entry} late=1"
    end = draw(st.sampled_from(["end e", "end e terminate", "end e error=E"]))
    return "\n".join(
        ["var n int = 0", clocks, "start s", *block.lines, end, f"s -> {block.entry}", f"{block.exit} -> e"]
    )


choices = st.lists(st.integers(0, 10_000), min_size=1, max_size=30)
"""One number a step: which of the events that are possible then happens."""


def candidates(run: Run) -> list[Event]:
    """Events that can happen now, and some that cannot."""
    instance = run.instance
    events: list[Event] = [MessageReceived("go"), MessageReceived("stop"), TimeReached()]
    for task in open_user_tasks(instance):
        events.append(TaskCompleted(task.task_spec.element.id, "c", "clerk", {}, task.id))
        events.append(TaskCompleted(task.task_spec.element.id, "c", "clerk", {}))
    for call in instance.calls:
        events += [ServiceFinished(call, {}), ServiceFailed(call, "broken", "It broke.")]
    for incident in instance.incidents:
        events += [IncidentResolved(incident, action, "op") for action in ("retry", "skip", "answer")]
    return [*events, *IMPOSSIBLE]


IMPOSSIBLE: tuple[Event, ...] = (
    Start({}),
    TaskCompleted("nobody", "c", "clerk"),
    TaskCompleted("e", "c", "author", {"x": 1}),
    MessageReceived("nobody"),
    MessageReceived("go", {"x": 1}),
    IncidentResolved("0", "retry", "op"),
    ServiceFinished("0", {}),
)


def play(run: Run, choice: int) -> Event:
    """The event that a number stands for now; time moves on with it, sometimes backwards."""
    run.now += timedelta(hours=(choice // 100) % 7 - 1, minutes=choice % 60)
    events = candidates(run)
    return events[choice % len(events)]
