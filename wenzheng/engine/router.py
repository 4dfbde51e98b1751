"""Who gets a message or hears a signal: the rules, the same in virtual time and on Temporal.

The router sees what instances wait for and what they throw. It keeps nothing itself: a `Board` does, in
memory (`MemoryBoard`) or in tables (`wenzheng.store.router`). Instances of different bundles never hear of
each other (docs/decisions/0022).

A message goes to whoever has waited longest among those whose correlation it fits; else it begins a process
that begins with it; else it is kept until somebody waits for it. A signal reaches every instance that waits
at that moment, but not the one that threw it, which has heard it already, and begins the processes that begin
with it (BPMN 2.0.2 §8.3.2, §10.5.1).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from wenzheng.contracts import JsonObject

MESSAGE: Final = "message"
SIGNAL: Final = "signal"

Keys = Mapping[str, Sequence[Any]]
"""Values of correlation keys, by the key's id: one value for each of its properties, in their order."""


@dataclass(frozen=True)
class Waiting:
    """An instance waits for a message or a signal. `id` is new for every wait of an instance."""

    bundle: str
    instance: str
    id: str
    kind: str
    name: str
    keys: Keys = field(default_factory=dict)


@dataclass(frozen=True)
class Thrown:
    """A message or signal on its way; `key` names it for ever, `begins` the processes that begin with it."""

    bundle: str
    key: str
    instance: str
    kind: str
    name: str
    keys: Keys = field(default_factory=dict)
    data: JsonObject = field(default_factory=dict)
    begins: tuple[str, ...] = ()


def fits(expected: Keys, carried: Keys) -> bool:
    """Whether a message with these keys belongs to a conversation that expects those.

    It has to carry at least one of the expected keys, and no other value than expected (BPMN 2.0.2 p. 74).
    Who expects nothing takes any.
    """
    common = expected.keys() & carried.keys()
    return all(same(expected[key], carried[key]) for key in common) and (bool(common) or not expected)


def same(one: Sequence[Any], other: Sequence[Any]) -> bool:
    """Whether two values of a key are the same; 1, true and "1" are three."""
    return json.dumps(list(one), sort_keys=True) == json.dumps(list(other), sort_keys=True)


class Board(Protocol):
    """Where waits and messages are kept, and what is to be handed over to whom."""

    def of(self, instance: str) -> Mapping[str, Waiting]:
        """The waits of an instance by id."""
        ...

    def listeners(self, thrown: Thrown) -> Iterable[Waiting]:
        """Who waits for that name in the bundle, the longest first; without those a message is on its way to.

        May leave out waits that do not fit.
        """
        ...

    def kept(self, waiting: Waiting) -> Iterable[Thrown]:
        """The messages of that name in the bundle that nobody has got, the oldest first.

        May leave out messages that do not fit.
        """
        ...

    def add(self, waiting: Waiting) -> None:
        """Somebody begins to wait, or waits with other keys than before."""
        ...

    def remove(self, waiting: Waiting) -> Thrown | None:
        """Somebody waits no longer. Returns the message that was on its way there and has not arrived."""
        ...

    def is_free(self, waiting: Waiting) -> bool:
        """Whether no message is on its way to this wait."""
        ...

    def hand_over(self, thrown: Thrown, waiting: Waiting) -> None:
        """A message is on its way to a wait from now on."""
        ...

    def tell(self, thrown: Thrown, instance: str, waits: Sequence[str]) -> None:
        """A signal is to be told to an instance, for these of its waits."""
        ...

    def begin(self, thrown: Thrown, process: str) -> None:
        """An instance of a process is to begin with a message or signal."""
        ...

    def keep(self, thrown: Thrown) -> None:
        """Nobody takes a message yet."""
        ...

    def arrived(self, key: str, instance: str) -> None:
        """An instance has got what was on its way to it."""
        ...


class Router:
    """Routes on a board. Each method is one transaction of the board's."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def throw(self, thrown: Thrown) -> None:
        """Find out who gets a message or hears a signal."""
        board = self._board
        if thrown.kind == SIGNAL:
            self._broadcast(thrown)
            return
        for waiting in board.listeners(thrown):
            if fits(waiting.keys, thrown.keys):
                board.hand_over(thrown, waiting)
                return
        if thrown.begins:
            board.begin(thrown, thrown.begins[0])
        else:
            board.keep(thrown)

    def _broadcast(self, thrown: Thrown) -> None:
        heard: dict[str, list[str]] = {}
        for waiting in self._board.listeners(thrown):
            if waiting.instance != thrown.instance:
                heard.setdefault(waiting.instance, []).append(waiting.id)
        for instance, waits in heard.items():
            self._board.tell(thrown, instance, waits)
        for process in thrown.begins:
            self._board.begin(thrown, process)

    def stands(self, instance: str, waits: Sequence[Waiting], arrived: Collection[str] = ()) -> None:
        """An instance has gone on: what it waits for now, and the keys of what has arrived at it since.

        Messages on their way to a wait that is gone look for somebody else; new waits take what was kept.
        """
        board = self._board
        for key in arrived:
            board.arrived(key, instance)
        before, now = board.of(instance), {waiting.id for waiting in waits}
        stray = [board.remove(waiting) for waiting in before.values() if waiting.id not in now]
        for waiting in waits:
            if before.get(waiting.id) != waiting:
                board.add(waiting)
        for thrown in stray:
            if thrown is not None:
                self.throw(thrown)
        for waiting in waits:
            if waiting.kind == MESSAGE and board.is_free(waiting):
                self.take_kept(waiting)

    def take_kept(self, waiting: Waiting) -> None:
        """A wait to which nothing is on its way takes the oldest kept message that fits."""
        for thrown in self._board.kept(waiting):
            if fits(waiting.keys, thrown.keys):
                self._board.hand_over(thrown, waiting)
                return

    def refused(self, waiting: Waiting) -> None:
        """A message came too late for a wait: it looks for somebody else."""
        thrown = self._board.remove(waiting)
        if thrown is not None:
            self.throw(thrown)


@dataclass
class HandOver:
    """What a board wants done: a message or signal handed to an instance, or a process begun.

    `receiver` is an instance and `waits` those of its waits that it is for; or `waits` is None and
    `receiver` the id of the process to begin.
    """

    thrown: Thrown
    receiver: str
    waits: frozenset[str] | None


class MemoryBoard:
    """A board in memory. `due` holds what is to be handed over, in order; its reader takes it out."""

    def __init__(self) -> None:
        self.due: list[HandOver] = []
        self._waits: dict[tuple[str, str], Waiting] = {}
        self._messages: dict[str, Thrown] = {}
        self._on_the_way: dict[tuple[str, str], str] = {}

    def of(self, instance: str) -> Mapping[str, Waiting]:
        """See Board."""
        return {waiting.id: waiting for waiting in self._waits.values() if waiting.instance == instance}

    def listeners(self, thrown: Thrown) -> list[Waiting]:
        """See Board."""
        wanted = (thrown.bundle, thrown.kind, thrown.name)
        return [
            waiting
            for waiting in self._waits.values()
            if (waiting.bundle, waiting.kind, waiting.name) == wanted and self.is_free(waiting)
        ]

    def kept(self, waiting: Waiting) -> list[Thrown]:
        """See Board."""
        taken = set(self._on_the_way.values())
        return [
            thrown
            for thrown in self._messages.values()
            if (thrown.bundle, thrown.name) == (waiting.bundle, waiting.name) and thrown.key not in taken
        ]

    def add(self, waiting: Waiting) -> None:
        """See Board."""
        self._waits[waiting.instance, waiting.id] = waiting

    def remove(self, waiting: Waiting) -> Thrown | None:
        """See Board."""
        place = (waiting.instance, waiting.id)
        self._waits.pop(place, None)
        key = self._on_the_way.pop(place, None)
        if key is None:
            return None
        self.due = [one for one in self.due if one.thrown.key != key]
        return self._messages[key]

    def is_free(self, waiting: Waiting) -> bool:
        """See Board."""
        return (waiting.instance, waiting.id) not in self._on_the_way

    def hand_over(self, thrown: Thrown, waiting: Waiting) -> None:
        """See Board."""
        self._messages[thrown.key] = thrown
        self._on_the_way[waiting.instance, waiting.id] = thrown.key
        self.due.append(HandOver(thrown, waiting.instance, frozenset({waiting.id})))

    def tell(self, thrown: Thrown, instance: str, waits: Sequence[str]) -> None:
        """See Board."""
        self.due.append(HandOver(thrown, instance, frozenset(waits)))

    def begin(self, thrown: Thrown, process: str) -> None:
        """See Board."""
        self._messages.pop(thrown.key, None)  # it may have been on its way to somebody who waits no longer
        self.due.append(HandOver(thrown, process, None))

    def keep(self, thrown: Thrown) -> None:
        """See Board."""
        self._messages[thrown.key] = thrown

    def arrived(self, key: str, instance: str) -> None:
        """See Board."""
        self._messages.pop(key, None)
        for place, on_the_way in list(self._on_the_way.items()):
            if on_the_way == key and place[0] == instance:
                del self._on_the_way[place]
