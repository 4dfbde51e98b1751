"""Elements that never run, paths that never end, gateways that wait for ever or let through twice."""

from __future__ import annotations

from collections.abc import Iterator

from wenzheng.catalog.sense.scopes import Scope, beside, described, has_definition, is_true, node_id
from wenzheng.catalog.sense.soundness import Explored
from wenzheng.engine.findings import Finding
from wenzheng.engine.xml_tree import XmlNode


def check_reachability(scope: Scope) -> Iterator[Finding]:
    """What of a scope never runs, never ends, deadlocks, or runs twice by accident."""
    begins = [node_id(node) for node in scope.begins()]
    reached = _from(scope, begins)
    for name, node in scope.nodes.items():
        # what nothing leads to at all is a matter of the standard (rules/flows.py)
        if name not in reached and scope.incoming[name] and not beside(node):
            yield scope.finding(
                node,
                "unreachable",
                f"Expected a way from the start to {described(node)}, found none: it never runs.",
                "Lead a flow to it, or remove it.",
            )
    yield from _endless(scope, reached)
    explored = Explored(scope)
    yield from _stuck(scope, explored)
    if explored.complete:
        yield from _terminations(scope, explored)


def _from(scope: Scope, begins: list[str]) -> set[str]:
    reached, waiting = set(begins), list(begins)
    while waiting:
        for name in scope.next(waiting.pop()):
            if name not in reached:
                reached.add(name)
                waiting.append(name)
    return reached


def _endless(scope: Scope, reached: set[str]) -> Iterator[Finding]:
    """Elements from which no end can be reached, said once for all that lead to each other."""
    if scope.is_ad_hoc or _is_left_from_outside(scope):
        return
    ends = {name for name in scope.nodes if not scope.next(name)}
    leads: dict[str, set[str]] = {name: set() for name in scope.nodes}
    for name in scope.nodes:
        for following in scope.next(name):
            leads[following].add(name)
    ending, waiting = set(ends), list(ends)
    while waiting:
        for name in leads[waiting.pop()] - ending:
            ending.add(name)
            waiting.append(name)
    lost = [name for name in scope.nodes if name in reached and name not in ending]
    said: set[str] = set()
    for name in lost:
        if name in said:
            continue
        around = _from(scope, [name])
        if name not in {following for one in around for following in scope.next(one)}:
            continue  # it leads into the loop, and is not part of it
        said |= around
        yield scope.finding(
            scope.nodes[name],
            "endless-loop",
            f"Expected a way out of the loop in which {described(scope.nodes[name])} stands, found none: the "
            "process never ends.",
            "Choose between another round and the end, and limit the rounds.",
        )


def _is_left_from_outside(scope: Scope) -> bool:
    """Whether an event may end the scope wherever its tokens are."""
    for node in scope.nodes.values():
        if is_true(node, "triggeredByEvent"):
            starts = [child for child in node.children if child.name == "startEvent"]
            if any(is_true(start, "isInterrupting", "true") for start in starts):
                return True
    holder = node_id(scope.holder)
    return any(
        event.get("attachedToRef") == holder and is_true(event, "cancelActivity", "true")
        for event in scope.file.named("boundaryEvent")
    )


def _stuck(scope: Scope, explored: Explored) -> Iterator[Finding]:
    for name, empty in explored.stuck.items():
        node = scope.nodes[name]
        yield scope.finding(
            node,
            "deadlock",
            f"Expected {described(node)} to get a token on each flow that it waits for, found that "
            f"{', '.join(empty) or 'some'} may stay empty: it would wait for ever.",
            "Merge what was chosen by an exclusive gateway, and wait with a parallel one only for what was "
            "split by one.",
        )
    for name, flow in explored.crowded.items():
        node = scope.nodes[name]
        yield scope.finding(
            node,
            "lack-of-synchronisation",
            f"Expected one token at a time at {described(node)}, found that a second one may come by "
            f"'{flow}': what follows would be done twice.",
            "Wait for all branches with a parallel gateway before they meet.",
        )


def _terminations(scope: Scope, explored: Explored) -> Iterator[Finding]:
    """A terminate event where nothing else can be under way says more than it does."""
    if explored.crowded or any(_runs_beside(node) for node in scope.nodes.values()):
        return
    for name, node in scope.nodes.items():
        terminates = node.name == "endEvent" and has_definition(scope.file, node, "terminateEventDefinition")
        if terminates and name in explored.ran and name not in explored.ended_others:
            yield scope.finding(
                node,
                "superfluous-termination",
                f"Expected something else to be under way when {described(node)} ends everything, found that "
                "nothing can be.",
                "Use a plain end event.",
            )


def _runs_beside(node: XmlNode) -> bool:
    """Whether it is an event sub-process that does not interrupt what else is under way."""
    starts = [child for child in node.children if child.name == "startEvent"]
    return is_true(node, "triggeredByEvent") and any(
        not is_true(start, "isInterrupting", "true") for start in starts
    )
