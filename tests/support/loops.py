"""Processes that never end: each goes round and waits at least once in each round.

In all of them `stop` is never set, so that they go on for as long as somebody makes them (`turn`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, Final

from wenzheng.engine.events import (
    Event,
    IncidentResolved,
    MessageReceived,
    ServiceFailed,
    ServiceFinished,
    SignalReceived,
    TaskCompleted,
    TimeReached,
)
from wenzheng.engine.instance import ProcessInstance
from wenzheng.engine.step import open_user_tasks, step

_STOP: Final = "var stop bool = false\n"
_WITHIN: Final = "start i\nxor n\nuser u\nxor h default=h_n\nend o\ni -> n -> u -> h -> n\nh -> o if stop\n"
_ONE_TASK: Final = "start i\nuser u\nend o\ni -> u -> o\n"


def around(body: str, way: str = "w", more: str = "") -> str:
    """A process that does `body` for ever; `way` is what its flow passes through."""
    return (
        f"{_STOP}start s\nxor m\n{body}\nxor g default=g_m\nend e\n"
        f"s -> m -> {way} -> g -> m\ng -> e if stop\n{more}"
    )


def aside(inside: str, options: str = "") -> str:
    """A process that waits for a service for ever, with an event sub-process beside it."""
    return f"{_STOP}start s\nservice w\nend e\ns -> w -> e\nhandler h{options}\n{inside}close\n"


def holding(boundary: str, more: str = "end o\nb -> x -> o") -> str:
    """A service that never answers, with a boundary event that does not interrupt it."""
    return f"start s\nservice w\nboundary b on=w {boundary} keep\ntask x\nend e\ns -> w -> e\n{more}"


NAMED: Final = {
    "a user task": around("user w"),
    "a timer": around("catch w duration=PT1H"),
    "a loop in a sub-process": f"{_STOP}start s\nsub w\n{_WITHIN}close\nend e\ns -> w -> e",
    "a loop in an event sub-process": aside(
        "start hs message=begin keep\nxor n\ncatch c message=go\nxor q default=q_n\nend o\n"
        "hs -> n -> c -> q -> n\nq -> o if stop\n"
    ),
    "an event sub-process each round": aside("start hs cycle=R/PT1H keep\ntask x\nend o\nhs -> x -> o\n"),
    "a loop in multiple instances": f"{_STOP}start s\nsub w times=3\n{_WITHIN}close\nend e\ns -> w -> e",
    "a loop in a call": f"start s\ncall w of=q\nend e\ns -> w -> e\nprocess q\n{_STOP}{_WITHIN}",
    "a standard loop": 'start s\nuser w while="true"\nend e\ns -> w -> e',
    "a boundary cycle": holding("cycle=R/PT1H"),
}
"""Loops of ten thousand rounds that must stay flat."""

OTHERS: Final = {
    "a message": around("catch w message=go"),
    "a receive task": around("receive w message=go"),
    "a signal": around("catch w signal=go"),
    "working days": around("catch w days=1"),
    "a service": around("service w"),
    "two events, both awaited": around("catch w message=go signal=go all"),
    "a condition": around(
        'user u\nfield u n int\ncatch w condition="n > 0"\nscript z: n = 0',
        "u -> w -> z",
        "var n int = 0\n",
    ),
    "an event-based gateway": (
        f"{_STOP}start s\nxor m\nevents w\ncatch a message=go\ncatch b duration=P1D\n"
        "xor g default=g_m\nend e\ns -> m -> w\nw -> a -> g\nw -> b -> g\ng -> m\ng -> e if stop"
    ),
    "a parallel gateway": around("and f\nuser a\nuser b\nand j", "f -> a -> j", "f -> b -> j"),
    "an inclusive gateway": (
        f"{_STOP}start s\nxor m\nor f\nuser a\nuser b\nor j\nxor g default=g_m\nend e\ns -> m -> f\n"
        "f -> a if true\nf -> b if !stop\na -> j\nb -> j\nj -> g -> m\ng -> e if stop"
    ),
    "a complex gateway": around(
        'and f\nuser a\nuser b\ncomplex j until="activationCount >= 2"', "f -> a -> j", "f -> b -> j"
    ),
    "a sub-process": around(f"sub w\n{_ONE_TASK}close"),
    "a transaction": around(f"transaction w\n{_ONE_TASK}close"),
    "an ad-hoc sub-process": around("adhoc w in_turn\nuser a\nuser b\nclose"),
    "a call": around("call w of=q", more=f"process q\nvar k int = 1\n{_ONE_TASK}"),
    "multiple instances": around("user w times=10"),
    "multiple instances in turn": around("user w times=10 in_turn"),
    "a sub-process in a standard loop": (
        f'start s\nsub w while="true"\n{_ONE_TASK}close\nend e\ns -> w -> e'
    ),
    "an error": (
        "start s\nxor m\nsub w\nstart i\nuser u\nend o error=E\ni -> u -> o\nclose\nboundary b on=w error=E\n"
        "end e\ns -> m -> w -> e\nb -> m"
    ),
    "an escalation": around(
        "sub w\nstart i\nuser u\nend o escalation=E\ni -> u -> o\nclose\nboundary b on=w escalation=E keep\n"
        "task t\nend d\nb -> t -> d"
    ),
    "clocks": around("user w", more="clock k starts=m stops=w yellow=1:head,office red=2\n"),
    "a signal thrown": around("catch w duration=PT1H\nthrow t signal=x", "w -> t"),
    "what can be undone": around("user w\nboundary b on=w compensation\nuser x undo\nb => x"),
    "what can be undone, in a sub-process": around(
        f"sub w\n{_ONE_TASK}boundary b on=u compensation\nuser x undo\nb => x\nclose"
    ),
    "several steps that can be undone": around(
        "user w\nuser v\nboundary b on=w compensation\nboundary c on=v compensation\nuser x undo\n"
        "user y undo\nb => x\nc => y",
        "w -> v",
    ),
    "what is undone": around(
        "user w\nthrow t compensation\nboundary b on=w compensation\nuser x undo\nb => x", "w -> t"
    ),
}
"""Further loops, one for each family of elements."""


_COUNT: Final = "var n int = 0\n"
_ROUND: Final = "start i\nscript x: n = n + 1\nend o\ni -> x -> o\n"
NEVER_WAITING: Final = {
    "a flow back": around("script w: n = n + 1", more=_COUNT),
    "a standard loop": f'{_COUNT}start s\nscript w while="true": n = n + 1\nend e\ns -> w -> e',
    "a standard loop of a sub-process": (
        f'{_COUNT}start s\nsub w while="true"\n{_ROUND}close\nend e\ns -> w -> e'
    ),
    "multiple instances of multiple instances": (
        f"{_COUNT}start s\nsub w times=1000\nstart i\nscript x times=1000: n = n + 1\nend o\ni -> x -> o\n"
        "close\nend e\ns -> w -> e"
    ),
    "multiple instances in turn of such": (
        f"{_COUNT}start s\nsub w times=1000 in_turn\nstart i\nscript x times=1000 in_turn: n = n + 1\nend o\n"
        "i -> x -> o\nclose\nend e\ns -> w -> e"
    ),
    "calls": around("call w of=q", more="process q\nstart i\ntask t\nend o\ni -> t -> o\n"),
    "ad-hoc sub-processes": around("adhoc w\ntask a\ntask b\nclose"),
    "compensation": around(
        "task w\nboundary b on=w compensation\ntask x undo\nb => x\nthrow t compensation", "w -> t"
    ),
    "an error caught again and again": (
        "start s\nxor m\nsub w\nstart i\nend o error=E\ni -> o\nclose\nboundary b on=w error=E\nend e\n"
        "s -> m -> w -> e\nb -> m"
    ),
    "an escalation caught again and again": (
        "start s\nxor m\nsub w\nstart i\nend o escalation=E\ni -> o\nclose\nboundary b on=w escalation=E\n"
        "end e\ns -> m -> w -> e\nb -> m"
    ),
    "links": (
        "start s\nthrow t link=A\ncatch c link=A\nxor g default=g_t2\nthrow t2 link=B\ncatch d link=B\n"
        "end e\ns -> m -> t\nxor m\nc -> g\ng -> t2\ng -> e if false\nd -> m"
    ),
    "conditions that make each other true": (
        f"{_COUNT}start s\nscript x: n = 1\nuser u\nend e\ns -> x -> u -> e\n"
        'handler h\nstart hs condition="n % 2 == 1" keep\nscript hx: n = n + 1\nend ho\nhs -> hx -> ho\n'
        'close\nhandler k\nstart ks condition="n % 2 == 0" keep\nscript kx: n = n + 1\nend ko\n'
        "ks -> kx -> ko\nclose"
    ),
    "an inclusive merge": (
        f"{_COUNT}start s\nor m\nscript x: n = n + 1\nor g default=g_m\nend e\ns -> m -> x -> g\ng -> m\n"
        "g -> e if n < 0"
    ),
    "tokens that become more": (
        "start s\nxor m\nand f\nend e\ns -> m -> f\nf -> m\nf -> x -> m\ntask x\nf -> e"
    ),
}
"""Processes that go round without ever waiting."""


def turn(instance: ProcessInstance, *, failing: bool = False) -> None:
    """The next thing happens: a message or signal comes, somebody acts, or else time passes.

    A service that is `failing` does so each time, and is tried again.
    """
    now = instance.now
    event = _next(instance, failing=failing)
    if isinstance(event, TimeReached):
        now = instance.next_alarm() or now
    step(instance, event, now)


def _next(instance: ProcessInstance, *, failing: bool) -> Event:
    if instance.incidents:
        return IncidentResolved(next(iter(instance.incidents)), "retry", "op")
    for name in ("go", "begin"):
        if instance.listeners("message", name):
            return MessageReceived(name, {})
    if instance.listeners("signal", "go"):
        return SignalReceived("go")
    tasks = open_user_tasks(instance)
    if tasks:
        element = tasks[0].task_spec.element
        return TaskCompleted(element.id, "c1", "clerk", dict.fromkeys(_fields(element), 1), tasks[0].id)
    if instance.next_alarm() is not None:
        return TimeReached()
    call = next(iter(instance.calls))
    return ServiceFailed(call, "broken", "It broke.") if failing else ServiceFinished(call, {})


def _fields(element: Any) -> list[str]:
    return [field.id for field in element.fields]


def operations(act: Callable[[], object]) -> int:
    """How many operations of Python's virtual machine an act takes: the same on every machine."""
    count = 0

    def look(frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return look

    before = sys.gettrace()
    sys.settrace(look)
    try:
        act()
    finally:
        sys.settrace(before)
    return count
