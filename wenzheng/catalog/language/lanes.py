"""Lanes: which steps of a picture stand in whose lane."""

from __future__ import annotations

from dataclasses import dataclass, field

from wenzheng.catalog.language.graph import Graph, Node
from wenzheng.catalog.language.model import Process, Step
from wenzheng.catalog.language.parts import Label, Word


@dataclass
class Lane:
    """A role's lane; `members` are the ids of what stands in it."""

    id: str
    role: Word
    label: Label
    members: list[str] = field(default_factory=list)


def lanes_of(graph: Graph, name: str, process: Process) -> list[Lane]:
    """The lanes of a scope, in the order in which their roles first do something; none for a single role.

    What no person does stands in the lane of who was last before it: there it follows from.
    """
    first: dict[str, Word] = {}
    for node in graph.nodes.values():
        role = _role(node)
        if role is not None:
            first.setdefault(role.text, role)
    if len(first) < 2:  # noqa: PLR2004 - one lane says nothing
        return []
    lanes = {role: Lane(f"lane-{name}-{role}", word, _label(role, process)) for role, word in first.items()}
    for member, owner in _assigned(graph, set(lanes), next(iter(lanes))).items():
        lanes[owner].members.append(member)
    return list(lanes.values())


def _label(role: str, process: Process) -> Label:
    named = process.roles.get(role)
    return named.label if named is not None and named.label else {"": role}


def _role(node: Node) -> Word | None:
    return node.of.value if isinstance(node.of, Step) and node.of.kind == "by" else None


def _assigned(graph: Graph, roles: set[str], otherwise: str) -> dict[str, str]:
    """The role in whose lane each node stands."""
    own = {name: role.text for name, node in graph.nodes.items() if (role := _role(node)) is not None}
    for name, inner in graph.inner.items():
        inside = [role.text for node in inner.nodes.values() if (role := _role(node)) is not None]
        if inside and inside[0] in roles:
            own[name] = inside[0]
    # What leads to a node, from the one written last before it; else what it leads to.
    before: dict[str, list[str]] = {name: [] for name in graph.nodes}
    behind: dict[str, list[str]] = {name: [] for name in graph.nodes}
    for flow in graph.flows.values():
        source = graph.nodes[flow.source].host or flow.source
        if flow.target in before and source in behind:
            before[flow.target].append(source)
            behind[source].append(flow.target)
    for ways in (before, behind):
        settled = False
        while not settled:
            settled = True
            for name in graph.nodes:
                found = [own[one] for one in ways[name] if one in own]
                if name not in own and found:
                    own[name], settled = found[0], False
    hosted = {name: node.host for name, node in graph.nodes.items() if node.host is not None}
    return {name: own.get(hosted.get(name) or name, otherwise) for name in graph.nodes}
