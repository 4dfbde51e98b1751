"""What can happen in a scope at all: every state its tokens can be in is looked at.

Data are left out: wherever there is a choice, each way may be taken. So what is found can happen as far as
the picture says; conditions that belong together may rule it out, and then the rule is switched off for that
definition, with that as the reason.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

from wenzheng.catalog.sense.scopes import (
    Scope,
    condition_of,
    has_definition,
    is_activity,
    is_default,
    is_true,
    leaves_scope,
    node_id,
)
from wenzheng.engine.rules.bpmn_file import local
from wenzheng.engine.xml_tree import XmlNode

MAX_STATES: Final = 3_000
"""States of one scope that are looked at; beyond it nothing is said about what depends on all of them."""
MAX_WAYS: Final = 64
"""Ways in which one element may go on that are told apart."""
_JOINS: Final = frozenset({"parallelGateway", "inclusiveGateway"})

State = frozenset[str]
"""The flows that hold a token; `>ID` is a token that arrives at an element without a flow."""


class Explored:
    """What is found by letting the tokens of a scope move in every possible way."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self.complete = False
        self.ran: set[str] = set()
        self.stuck: dict[str, list[str]] = {}
        """Gateways that wait for ever in some state, with the flows that stay empty."""
        self.crowded: dict[str, str] = {}
        """Elements that a second token reaches while the first is still there, by the flow it comes by."""
        self.ended_others: set[str] = set()
        """End events that take away tokens of others."""
        self._targets = {f">{name}": name for name in scope.nodes}
        for flow in scope.flows.values():
            if local(flow.get("targetRef")) in scope.nodes:
                self._targets[node_id(flow)] = local(flow.get("targetRef"))
        self._reach: dict[str, frozenset[str]] = {}
        self._ways: dict[str, list[frozenset[str]]] = {}
        if not self._is_too_much():
            self._explore()

    def _is_too_much(self) -> bool:
        """What has rules of its own is left out: complex gateways, quantities, events that must all come."""
        scope = self._scope
        return scope.is_ad_hoc or any(
            node.name == "complexGateway"
            or node.token("eventGatewayType", "Exclusive") == "Parallel"
            or node.token("startQuantity", "1") != "1"
            or node.token("completionQuantity", "1") != "1"
            for node in scope.nodes.values()
        )

    def _explore(self) -> None:
        waiting: deque[State] = deque(self._beginnings())
        seen = set(waiting)
        while waiting:
            state = waiting.popleft()
            for following in self._steps(state):
                if following not in seen:
                    if len(seen) >= MAX_STATES:
                        return
                    seen.add(following)
                    waiting.append(following)
        self.complete = True

    def _beginnings(self) -> Iterator[State]:
        begins = self._scope.begins()
        if any(node.name == "startEvent" or is_true(node, "instantiate") for node in begins):
            for node in begins:
                yield frozenset({f">{node_id(node)}"})
        elif begins:
            yield frozenset(f">{node_id(node)}" for node in begins)

    # --- one step -------------------------------------------------------------------------

    def _steps(self, state: State) -> Iterator[State]:
        """The states after each element that can go on; order does not matter, so one of them at a time."""
        ready: list[tuple[str, frozenset[str]]] = []
        blocked: dict[str, list[str]] = {}
        for flow in state:
            name = self._targets[flow]
            taken = self._takes(name, flow, state)
            if taken:
                ready.append((name, taken))
            else:
                blocked[name] = [one for one in self._into(name) if one not in state]
        if not ready:
            self.stuck |= {name: empty for name, empty in blocked.items() if name not in self.stuck}
        for name, taken in ready:
            self.ran.add(name)
            rest = state - taken
            node = self._scope.nodes[name]
            if node.name == "endEvent" and leaves_scope(self._scope, node):
                if rest:
                    self.ended_others.add(name)
                continue
            for way in self._ways_on(name):
                twice = rest & way
                for flow in twice:
                    self.crowded.setdefault(self._targets[flow], flow)
                if not twice:
                    yield rest | way

    def _into(self, name: str) -> list[str]:
        return [node_id(flow) for flow in self._scope.incoming[name]]

    def _takes(self, name: str, flow: str, state: State) -> frozenset[str] | None:
        """The tokens with which an element runs that one of them has reached; None while it waits."""
        node = self._scope.nodes[name]
        if node.name not in _JOINS or flow.startswith(">"):
            return frozenset({flow})
        into = self._into(name)
        full = frozenset(one for one in into if one in state)
        if node.name == "parallelGateway":
            return full if len(full) == len(into) else None
        for other in state - full:
            reached = self._reached(self._targets[other], name)
            if any(one in reached for one in into if one not in full) and not full & reached:
                return None
        return full

    def _reached(self, name: str, without: str) -> frozenset[str]:
        """The flows that a token at an element can get to, not through one other (BPMN 2.0.2 p. 292)."""
        key = f"{name}>{without}"
        if key not in self._reach:
            found: set[str] = set()
            waiting, seen = [name], {name}
            while waiting:
                here = waiting.pop()
                if here == without:
                    continue
                for way in self._ways_on(here):
                    for flow in way - found:
                        found.add(flow)
                        target = self._targets[flow]
                        if target not in seen:
                            seen.add(target)
                            waiting.append(target)
            self._reach[key] = frozenset(found)
        return self._reach[key]

    # --- the ways out of an element -------------------------------------------------------

    def _ways_on(self, name: str) -> list[frozenset[str]]:
        if name not in self._ways:
            ways = itertools.islice(self._all_ways(name), MAX_WAYS)
            self._ways[name] = list(dict.fromkeys(ways)) or [frozenset()]
        return self._ways[name]

    def _all_ways(self, name: str) -> Iterator[frozenset[str]]:
        node = self._scope.nodes[name]
        if not is_activity(node):
            yield from self._plain(name, node)
            return
        interrupting: list[str] = []
        others: list[str] = []
        for event in self._scope.boundaries[name]:
            if not has_definition(self._scope.file, event, "compensateEventDefinition"):
                alone = is_true(event, "cancelActivity", "true")
                (interrupting if alone else others).append(f">{node_id(event)}")
        for besides in _subsets(others):
            for way in self._plain(name, node):
                yield way | besides
            for leaving in interrupting:
                yield besides | {leaving}

    def _plain(self, name: str, node: XmlNode) -> Iterator[frozenset[str]]:
        flows = [flow for flow in self._scope.outgoing[name] if node_id(flow) in self._targets]
        ids = [node_id(flow) for flow in flows]
        linked = [f">{node_id(one)}" for one in self._scope.linked(name)]
        if linked:
            yield frozenset(linked[:1])
        elif node.name in {"exclusiveGateway", "eventBasedGateway"}:
            yield from (frozenset({one}) for one in ids)
        elif node.name == "inclusiveGateway":
            yield from (way for way in _subsets(ids) if way or not ids)
        elif node.name == "parallelGateway":
            yield frozenset(ids)
        else:
            yield from self._after_activity(flows)

    def _after_activity(self, flows: list[XmlNode]) -> Iterator[frozenset[str]]:
        """All flows without a condition, and any of the others; the default when none of these."""
        chosen = [node_id(flow) for flow in flows if condition_of(flow) is not None]
        default = [node_id(flow) for flow in flows if is_default(self._scope, flow)]
        always = [node_id(flow) for flow in flows if node_id(flow) not in {*chosen, *default}]
        for way in _subsets(chosen):
            if way or not chosen:
                yield way | set(always) | set(() if chosen else default)
            else:
                yield frozenset(always) | set(default)


def _subsets(items: Iterable[str]) -> Iterator[frozenset[str]]:
    """All subsets, the small ones first; of very many the first ones."""
    known = list(items)
    for size in range(len(known) + 1):
        yield from (frozenset(one) for one in itertools.combinations(known, size))
