"""Small processes and event sequences at random, for property tests of the engine."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from hypothesis import strategies as st

from tests.support.bpmn import Run
from wenzheng.engine.events import (
    Event,
    IncidentResolved,
    MessageReceived,
    ServiceFailed,
    ServiceFinished,
    SignalReceived,
    Start,
    TaskCompleted,
    TimeReached,
)
from wenzheng.engine.step import open_user_tasks

Pick = Callable[[int], int]
"""Picks one of so many: 0 or a higher number below that one."""


@dataclass
class Block:
    """Lines of the short notation, entered at one element and left at another."""

    lines: list[str]
    entry: str
    exit: str


SIMPLE: Final = {
    "user": "user {name}{loop}",
    "service": "service {name}{loop}",
    "told": "service {name}{loop} call=tell who=\"'li'\"",
    "note": "service {name}{loop} call=note count=n",
    "script": "script {name}{loop}: n = n + 1",
    "division": "script {name}: n = 6 / n",
    "escalating": "script {name}{loop}: escalate LATE; n = n + 1",
    "failing": "script {name}: n = n + 1; throw BAD",
    "plain": "task {name}{loop}",
    "receive": "receive {name}{loop} message=go",
    "timer": "catch {name} duration=PT{hours}H",
    "cycle": "catch {name} cycle=R3/PT{hours}H",
    "signal": "catch {name} signal=alarm",
    "condition": 'catch {name} condition="n > {hours}"',
    "either": "catch {name} message=go signal=alarm duration=PT2H",
    "both": "catch {name} message=go signal=alarm all",
    "message": "throw {name} message=out",
    "alarm": "throw {name} signal=alarm",
    "late": "throw {name} escalation=LATE",
    "undo": "throw {name} compensation",
    "undo_on": "throw {name} compensation nowait",
}
"""Single elements; the quick ones of them cannot wait."""
ACTIVITIES: Final = {"user", "service", "told", "note", "script", "escalating", "plain", "receive"}
LOOPS: Final = (
    *("", "", "", ' while="n < 3"', " max=2", ' while="n < 2" before max=3'),
    *(" times=2", " times=2 in_turn", ' times=3 until="numberOfCompletedInstances > 1"', ' times="n - 1"'),
)
BOUNDARIES: Final = (
    *("", "", "", "message=stop", "message=stop keep", "duration=PT2H", "days=1 keep", "cycle=R3/PT1H keep"),
    *("signal=alarm", "signal=alarm keep", "error", "escalation keep", "escalation=LATE"),
    *("condition='n > 2' keep", "message=stop signal=alarm", "message=stop duration=PT1H all keep"),
)
HANDLERS: Final = (
    *("message=stop", "message=stop keep", "signal=alarm keep", "error=BAD", "escalation keep", "escalation"),
    *("duration=PT2H", "cycle=R2/PT1H keep", "condition='n > 3'", "compensation"),
)
ENDS: Final = ("", "", "terminate", "error=BAD", "escalation=LATE", "signal=alarm", "compensation")
NESTED: Final = ("sequence", "sequence", "and", "xor", "or", "complex", "sub", "transaction", "adhoc", "loop")
NESTED_MORE: Final = (*NESTED, "events", "call", "link")
_KNOWN_BY: Final = {
    "sequence": ".* -> .*",
    "and": r"and \w+f",
    "xor": r"xor \w+f default=.*",
    "or": r"or \w+j",
    "loop": ".* if n < 4",
    "link": r"catch \w+ link=.*",
}


def kinds() -> dict[str, re.Pattern[str]]:
    """Everything that random processes are made of, and the lines of the notation by which it is known."""
    found = {f"nested {kind}": _KNOWN_BY.get(kind, f"{kind} .*") for kind in NESTED_MORE}
    for kind, line in SIMPLE.items():
        shape = re.escape(line).replace(r"\{name\}", r"\w+").replace(r"\{loop\}", ".*")
        found[f"simple {kind}"] = shape.replace(r"\{hours\}", r"\d")
    found |= {f"boundary {one}": rf"boundary \w+ on=\w+ {re.escape(one)}" for one in BOUNDARIES if one}
    found |= {f"handler {one}": rf"start \w+hs {re.escape(one)}" for one in HANDLERS}
    found |= {f"end {one}": rf"end \w+e {re.escape(one)}" for one in ENDS}
    found |= {f"loop {one}": rf"\w+ \w+{re.escape(one)}(:? .*)?" for one in LOOPS if one}
    return {kind: re.compile(f"^{shape}$", re.MULTILINE) for kind, shape in found.items()}


@dataclass
class _Maker:
    pick: Pick
    numbers: Iterator[int]
    called: list[str] = field(default_factory=list)

    def block(self, depth: int) -> Block:
        kinds = tuple(SIMPLE) if depth == 0 else (*SIMPLE, *NESTED_MORE, *NESTED_MORE)
        kind = self._one_of(kinds)
        name = f"{kind[0]}{next(self.numbers)}"
        if kind in SIMPLE:
            return self._simple(kind, name)
        make: dict[str, Callable[[str, Block, int], Block]] = {
            "sequence": self._sequence,
            "loop": self._loop,
            "events": self._events,
            "call": self._call,
            "link": self._link,
            "adhoc": self._adhoc,
        }
        inner = self.block(depth - 1)
        if kind in make:
            return make[kind](name, inner, depth)
        if kind in {"sub", "transaction"}:
            return self._scope(kind, name, inner)
        return self._branches(kind, name, inner, self.block(depth - 1))

    def _one_of(self, choices: tuple[str, ...]) -> str:
        return choices[self.pick(len(choices))]

    # --- what stands inside others --------------------------------------------------------------

    def _sequence(self, _name: str, inner: Block, depth: int) -> Block:
        other = self.block(depth - 1)
        return Block([*inner.lines, *other.lines, f"{inner.exit} -> {other.entry}"], inner.entry, other.exit)

    def _scope(self, kind: str, name: str, inner: Block) -> Block:
        flows = [f"{name}s -> {inner.entry}", f"{inner.exit} -> {name}e"]
        end = self._one_of(ENDS)
        more: list[str] = []
        if kind == "transaction":
            end = self._one_of(("", "cancel"))
            more = [f"boundary {name}x on={name} cancel", f"task {name}y", f"{name}x -> {name}y"]
        handler = self._handler(name) if self.pick(2) else []
        loop = self._one_of(LOOPS)
        lines = [f"{kind} {name}{loop}", f"start {name}s", f"end {name}e {end}", *inner.lines, *flows]
        return Block([*lines, *handler, "close", *more, *self._boundary(name)], name, name)

    def _handler(self, name: str) -> list[str]:
        trigger = self._one_of(HANDLERS)
        inner = self._simple(self._one_of(tuple(SIMPLE)), f"{name}i")
        begin = [f"handler {name}h", f"start {name}hs {trigger}", f"{name}hs -> {inner.entry}"]
        return [*begin, *inner.lines, "close"]

    def _adhoc(self, name: str, inner: Block, depth: int) -> Block:
        other = self.block(depth - 1)
        options = self._one_of(("", "in_turn")) + self._one_of(("", ' until="n > 2"', ' until="n > 2" keep'))
        # A task before and behind each: nothing may lead to what an ad-hoc sub-process begins with.
        inside = [*inner.lines, f"task {name}v", f"task {name}x", f"{name}v -> {inner.entry}"]
        inside += [*other.lines, f"task {name}w", f"task {name}y", f"{name}w -> {other.entry}"]
        inside += [f"{inner.exit} -> {name}x", f"{other.exit} -> {name}y"]
        return Block([f"adhoc {name} {options}", *inside, "close", *self._boundary(name)], name, name)

    def _loop(self, name: str, inner: Block, _depth: int) -> Block:
        first, count, last, out = f"{name}m", f"{name}c", f"{name}g", f"{name}o"
        head = self._one_of(("xor", "or"))
        flows = [f"{inner.exit} -> {count} -> {last}", f"{last} -> {first} if n < 4", f"{last} -> {out}"]
        nodes = [
            f"{head} {first}",
            f"script {count}: n = n + 1",
            f"xor {last} default={last}_{out}",
            f"task {out}",
        ]
        return Block([*nodes, *inner.lines, f"{first} -> {inner.entry}", *flows], first, out)

    def _branches(self, kind: str, name: str, inner: Block, other: Block) -> Block:
        split, join = f"{name}f", f"{name}j"
        default = f" default={split}_{inner.entry}" if kind in {"xor", "or"} else ""
        condition = " if n >= 2" if kind in {"xor", "or"} else ""
        splits = {"complex": "and", "or": self._one_of(("or", "xor"))}.get(kind, kind)
        joins = f'complex {join} until="activationCount >= 1"' if kind == "complex" else f"{kind} {join}"
        return Block(
            [
                *(f"{splits} {split}{default}", joins, *inner.lines, *other.lines),
                *(f"{split} -> {inner.entry}", f"{split} -> {other.entry}{condition}"),
                *(f"{inner.exit} -> {join}", f"{other.exit} -> {join}"),
            ],
            split,
            join,
        )

    def _events(self, name: str, inner: Block, _depth: int) -> Block:
        gateway, one, two, join = f"{name}g", f"{name}a", f"{name}b", f"{name}j"
        first = self._one_of(("message=go", "signal=alarm", 'condition="n > 2"'))
        return Block(
            [
                *(f"events {gateway}", f"catch {one} {first}", f"catch {two} duration=PT1H", f"xor {join}"),
                *(*inner.lines, f"{gateway} -> {one} -> {inner.entry}", f"{inner.exit} -> {join}"),
                f"{gateway} -> {two} -> {join}",
            ],
            gateway,
            join,
        )

    def _call(self, name: str, inner: Block, _depth: int) -> Block:
        process = f"q{name}"
        flows = [f"{name}s -> {inner.entry}", f"{inner.exit} -> {name}e"]
        head = [f"process {process}", "var n int", f"start {name}s", f"end {name}e"]
        self.called += [*head, *inner.lines, *flows]
        return Block([f"call {name} of={process}{self._one_of(LOOPS)}", *self._boundary(name)], name, name)

    def _link(self, name: str, inner: Block, _depth: int) -> Block:
        throw, catch = f"{name}t", f"{name}c"
        lines = [f"throw {throw} link={name}", f"catch {catch} link={name}", f"{catch} -> {inner.entry}"]
        return Block([*lines, *inner.lines], throw, inner.exit)

    # --- single elements ------------------------------------------------------------------------

    def _simple(self, kind: str, name: str) -> Block:
        loop = self._one_of(LOOPS) if kind in ACTIVITIES else ""
        line = SIMPLE[kind].format(name=name, loop=loop, hours=1 + self.pick(3))
        more: list[str] = []
        if kind in ACTIVITIES | {"division", "failing"}:
            more = self._boundary(name)
            if self.pick(4) == 0:
                undo = f"{name}u"
                more += [f"boundary {name}k on={name} compensation", f"{name}k => {undo}"]
                more.append(self._one_of((f"user {undo} undo", f"task {undo} undo", f"service {undo} undo")))
        return Block([line, *more], name, name)

    def _boundary(self, host: str) -> list[str]:
        trigger = self._one_of(BOUNDARIES)
        if not trigger:
            return []
        return [f"boundary {host}b on={host} {trigger}", f"user {host}r", f"{host}b -> {host}r"]


@st.composite
def notations(draw: st.DrawFn) -> str:
    """A process as `notation` makes it."""
    return notation(lambda count: draw(st.integers(0, count - 1)))


def notation(pick: Pick) -> str:
    """A process of up to three levels of nested blocks, and those it calls, in the short notation."""
    maker = _Maker(pick, itertools.count())
    block = maker.block(1 + pick(3))
    clocks = f"clock k starts=s stops={block.exit} yellow=1 red=2\nclock l starts={block.entry} late=1"
    ends = ["end e", "end e terminate", "end e error=E", "end e signal=alarm message=out"]
    end = ends[pick(len(ends))]
    handler = maker._handler("p") if pick(3) == 0 else []
    handler = [] if "compensation" in " ".join(handler) else handler
    flows = [f"s -> {block.entry}", f"{block.exit} -> e"]
    lines = ["var n int = 0", clocks, "start s", *block.lines, end, *flows, *handler]
    return "\n".join([*lines, *maker.called])


choices = st.lists(st.integers(0, 10_000), min_size=1, max_size=30)
"""One number a step: which of the events that are possible then happens."""


def candidates(run: Run) -> list[Event]:
    """Events that can happen now, and some that cannot."""
    instance = run.instance
    events: list[Event] = [SignalReceived("alarm"), TimeReached()]
    events += [MessageReceived(name) for name in ("go", "stop") if instance.listeners("message", name)]
    for task in open_user_tasks(instance):
        events.append(TaskCompleted(task.task_spec.element.id, "c", "clerk", {}, task.id))
        events.append(TaskCompleted(task.task_spec.element.id, "c", "clerk", {}))
    for call in instance.calls:
        events += [ServiceFinished(call, {}), ServiceFailed(call, "broken", "It broke.")]
    for incident in instance.incidents:
        events += [IncidentResolved(incident, action, "op") for action in ("retry", "skip", "answer")]
        flows = instance.stopped_task(incident).task_spec.element.outgoing
        events += [IncidentResolved(incident, "answer", "op", {"flow": flow.id}) for flow in flows]
    return [*events, *events, *events, *IMPOSSIBLE]


IMPOSSIBLE: tuple[Event, ...] = (
    Start({}),
    TaskCompleted("nobody", "c", "clerk"),
    TaskCompleted("e", "c", "author", {"x": 1}),
    MessageReceived("nobody"),
    MessageReceived("go"),
    MessageReceived("go", {"x": 1}),
    IncidentResolved("0", "retry", "op"),
    ServiceFinished("0", {}),
)


def play(run: Run, choice: int) -> Event:
    """The event that a number stands for now; time moves on with it, sometimes backwards."""
    run.now += timedelta(hours=(choice // 100) % 7 - 1, minutes=choice % 60)
    events = candidates(run)
    return events[choice % len(events)]
