"""A process or sub-process as the rules of good sense look at it: what stands in it and what leads where.

It is made from the markup, so that it is there too for what the engine would not run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from wenzheng.engine import vocabulary as words
from wenzheng.engine.findings import Finding, Severity
from wenzheng.engine.rules.bpmn_file import ACTIVITIES, EVENTS, FLOW_NODES, BpmnFile, bpmn_children, local
from wenzheng.engine.xml_tree import XmlNode

_KEPT_INSIDE: Final = frozenset({"cancelEventDefinition", "errorEventDefinition"})


@dataclass
class Scope:
    """The flow nodes and sequence flows that stand directly in one process or sub-process, by id."""

    file: BpmnFile
    holder: XmlNode
    nodes: dict[str, XmlNode] = field(default_factory=dict)
    flows: dict[str, XmlNode] = field(default_factory=dict)
    outgoing: dict[str, list[XmlNode]] = field(default_factory=lambda: defaultdict(list))
    incoming: dict[str, list[XmlNode]] = field(default_factory=lambda: defaultdict(list))
    boundaries: dict[str, list[XmlNode]] = field(default_factory=lambda: defaultdict(list))

    @property
    def is_process(self) -> bool:
        """Whether it is a process, and not a part of one."""
        return self.holder.name == "process"

    @property
    def is_ad_hoc(self) -> bool:
        """Whether what is in it needs no flows."""
        return self.holder.name == "adHocSubProcess"

    @property
    def handles_event(self) -> bool:
        """Whether it is an event sub-process."""
        return is_true(self.holder, "triggeredByEvent")

    def next(self, name: str) -> list[str]:
        """The ids that an element's flows, its boundary events and its link lead to."""
        found = [local(flow.get("targetRef")) for flow in self.outgoing[name]]
        found += [node_id(event) for event in self.boundaries[name]]
        found += [node_id(node) for node in self.linked(name)]
        return [one for one in found if one in self.nodes]

    def linked(self, name: str) -> list[XmlNode]:
        """The events that catch the link which an element throws."""
        link = link_of(self.nodes[name])
        if link is None or self.nodes[name].name != "intermediateThrowEvent":
            return []
        return [
            node
            for node in self.nodes.values()
            if node.name == "intermediateCatchEvent" and link_of(node) == link
        ]

    def begins(self) -> list[XmlNode]:
        """What may run first: start events, else all that nothing leads to."""
        starts = [node for node in self.nodes.values() if node.name == "startEvent"]
        if starts and not self.is_ad_hoc:
            return starts + [node for node in self.nodes.values() if is_true(node, "instantiate")]
        return [
            node
            for name, node in self.nodes.items()
            if not self.incoming[name] and not beside(node) and node.name != "boundaryEvent"
            if link_of(node) is None or node.name != "intermediateCatchEvent"
        ]

    def finding(self, node: XmlNode, rule: str, message: str, hint: str) -> Finding:
        """A warning at an element."""
        return Finding(node.position, self.file.owner(node), rule, message, hint, Severity.WARNING)


def scopes_of(file: BpmnFile) -> Iterator[Scope]:
    """Every process and sub-process of a file."""
    for holder in file.named("process", *sorted(words.SUB_PROCESSES)):
        scope = Scope(file, holder)
        for child in holder.children:
            if child.namespace != words.BPMN or not child.get("id"):
                continue
            if child.name in FLOW_NODES:
                scope.nodes.setdefault(node_id(child), child)
            elif child.name == "sequenceFlow":
                scope.flows.setdefault(node_id(child), child)
        for flow in scope.flows.values():
            scope.outgoing[local(flow.get("sourceRef"))].append(flow)
            scope.incoming[local(flow.get("targetRef"))].append(flow)
        for node in scope.nodes.values():
            if node.name == "boundaryEvent":
                scope.boundaries[local(node.get("attachedToRef"))].append(node)
        yield scope


def node_id(node: XmlNode) -> str:
    """The id of an element that has one."""
    return node.get("id") or ""


def is_true(node: XmlNode, attribute: str, default: str = "false") -> bool:
    """Whether a flag of an element is set."""
    return node.token(attribute, default) in words.TRUE


def beside(node: XmlNode) -> bool:
    """Whether an element stands beside the flow: event sub-processes, and what undoes."""
    return is_true(node, "triggeredByEvent") or is_true(node, "isForCompensation")


def definitions_of(file: BpmnFile, node: XmlNode) -> list[XmlNode]:
    """The event definitions of an event, its own and those that it refers to."""
    own = [child for child in node.children if child.name.endswith("EventDefinition")]
    referred = (file.find(child.text) for child in bpmn_children(node, "eventDefinitionRef"))
    return own + [found for found in referred if found is not None]


def has_definition(file: BpmnFile, node: XmlNode, *names: str) -> bool:
    """Whether an event has one of these event definitions."""
    return any(one.name in names for one in definitions_of(file, node))


def link_of(node: XmlNode) -> str | None:
    """The name of the link that an event throws or catches."""
    links = bpmn_children(node, "linkEventDefinition")
    return links[0].get("name") or "" if links else None


def condition_of(flow: XmlNode) -> XmlNode | None:
    """The condition of a sequence flow."""
    found = bpmn_children(flow, "conditionExpression")
    return found[0] if found else None


def is_default(scope: Scope, flow: XmlNode) -> bool:
    """Whether a flow is the default of what it leaves."""
    source = scope.nodes.get(local(flow.get("sourceRef")))
    return source is not None and local(source.get("default")) == node_id(flow) != ""


def leaves_scope(scope: Scope, node: XmlNode) -> bool:
    """Whether an end event ends everything in its scope."""
    definitions = {one.name for one in definitions_of(scope.file, node)}
    return bool(definitions & (_KEPT_INSIDE | {"terminateEventDefinition"}))


def described(node: XmlNode) -> str:
    """An element as a message names it: its kind and its label, or its id."""
    return f"{node.name} '{(node.get('name') or '').strip() or node_id(node)}'"


def is_event(node: XmlNode) -> bool:
    """Whether an element is an event."""
    return node.name in EVENTS


def is_activity(node: XmlNode) -> bool:
    """Whether an element is an activity."""
    return node.name in ACTIVITIES
