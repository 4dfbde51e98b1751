"""A BPMN file as its markup: what stands where and what refers to what, whether the engine runs it or not.

The rules of the standard that need no graph are checked on it (`file_rules`), so that a file that breaks one
is refused for that rule, and not only because something in it is not executed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from wenzheng.engine import vocabulary as words
from wenzheng.engine.findings import FindingList, Position
from wenzheng.engine.rules.kinds import Kind
from wenzheng.engine.xml_tree import XmlNode

ARTIFACTS: Final = frozenset({"association", "group", "textAnnotation"})
CHOREOGRAPHY_ACTIVITIES: Final = frozenset({"choreographyTask", "subChoreography", "callChoreography"})
CHOREOGRAPHIES: Final = frozenset({"choreography", "globalChoreographyTask", "subChoreography"})
ACTIVITIES: Final = words.ACTIVITIES | {"businessRuleTask"}
CATCH_EVENTS: Final = frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent"})
THROW_EVENTS: Final = frozenset({"endEvent", "intermediateThrowEvent"})
EVENTS: Final = CATCH_EVENTS | THROW_EVENTS
FLOW_NODES: Final = ACTIVITIES | EVENTS | words.GATEWAYS
CONTAINERS: Final = frozenset({"process", *words.SUB_PROCESSES})


def local(reference: str | None) -> str:
    """A QName without its prefix: what is referred to stands in the same file."""
    return (reference or "").strip().rpartition(":")[2]


class BpmnFile:
    """The BPMN elements of a file by id and by name, and what each stands in."""

    def __init__(self, root: XmlNode, findings: FindingList) -> None:
        self.root = root
        self.reported: set[Position] = set()
        self._findings = findings
        self._by_id: dict[str, XmlNode] = {}
        self._named: dict[str, list[XmlNode]] = defaultdict(list)
        self._parents: dict[int, XmlNode] = {}
        for node in root.walk():
            for child in node.children:
                self._parents[id(child)] = node
            if node.namespace == words.BPMN:
                self._named[node.name].append(node)
                if (name := node.get("id")) is not None:
                    self._by_id.setdefault(name, node)

    def named(self, *names: str) -> list[XmlNode]:
        """All elements with one of these names, name by name in the order of the file."""
        return [node for name in names for node in self._named.get(name, ())]

    def kind(self, reference: str | None) -> str | None:
        """The name of the element that an id belongs to."""
        node = self.find(reference)
        return node.name if node is not None else None

    def find(self, reference: str | None) -> XmlNode | None:
        """The element that a QName refers to."""
        return self._by_id.get(local(reference))

    def kinds(self) -> dict[str, str]:
        """The element name of every id."""
        return {name: node.name for name, node in self._by_id.items()}

    def parent(self, node: XmlNode) -> XmlNode | None:
        """What an element stands in."""
        return self._parents.get(id(node))

    def around(self, node: XmlNode, names: frozenset[str]) -> XmlNode | None:
        """The innermost element with one of these names that another stands in."""
        found = self.parent(node)
        while found is not None and found.name not in names:
            found = self.parent(found)
        return found

    def owner(self, node: XmlNode) -> str | None:
        """The id that a finding about an element names: its own, or that of what it stands in."""
        found: XmlNode | None = node
        while found is not None:
            if found.get("id"):
                return found.get("id")
            found = self.parent(found)
        return None

    def error(
        self,
        node: XmlNode,
        rule: str,
        message: str,
        hint: str,
        *,
        about: XmlNode | None = None,
        seen_as: Kind | None = None,
    ) -> None:
        """Add a finding at an element; that it, or what it is `about`, is not executed need not follow."""
        self.reported |= {node.position, (about or node).position}
        self._findings.error(node.position, self.owner(node), rule, message, hint, seen_as=seen_as)


def bpmn_children(node: XmlNode | None, *names: str) -> list[XmlNode]:
    """The BPMN children with one of these names."""
    if node is None:
        return []
    return [child for child in node.children if child.namespace == words.BPMN and child.name in names]


def texts(nodes: Iterable[XmlNode]) -> list[str]:
    """The references that elements hold as their text."""
    return [local(node.text) for node in nodes]
