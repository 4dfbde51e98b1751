"""Reads what describes and runs nothing itself: pools and message flows, interfaces, kinds of items.

Messages find their receivers by name and correlation, whatever a collaboration draws. What may stand in
these elements is still checked, so that nothing of a file is passed over unread.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from wenzheng.engine import vocabulary as words
from wenzheng.engine.markup import Markup
from wenzheng.engine.xml_tree import XmlNode

_NAMED: Final[words.Allowed] = {"id": None, "name": None}
ATTRIBUTES: Final[Mapping[str, words.Allowed]] = {
    "collaboration": {**_NAMED, "isClosed": words.BOOLEAN},
    "participant": {**_NAMED, "processRef": None},
    "participantMultiplicity": {"id": None, "minimum": None, "maximum": None},
    "correlationKey": _NAMED,
    "messageFlow": {**_NAMED, "sourceRef": None, "targetRef": None, "messageRef": None},
    "interface": {**_NAMED, "implementationRef": None},
    "operation": {**_NAMED, "implementationRef": None},
    "itemDefinition": {
        "id": None,
        "structureRef": None,
        "isCollection": words.BOOLEAN,
        "itemKind": frozenset({"Information", "Physical"}),
    },
}
"""Attributes of what is described; elements that hold a reference as their text have none."""
CHILDREN: Final[Mapping[str, frozenset[str]]] = {
    "collaboration": frozenset({"participant", "messageFlow", "association", "correlationKey"}),
    "participant": frozenset({"participantMultiplicity", "interfaceRef", "endPointRef"}),
    "correlationKey": frozenset({"correlationPropertyRef"}),
    "interface": frozenset({"operation"}),
    "operation": frozenset({"inMessageRef", "outMessageRef", "errorRef"}),
}
_OTHERS: Final[Mapping[str, words.Allowed]] = {"association": words.ASSOCIATION_ATTRIBUTES}
DESCRIBED: Final = frozenset({"collaboration", "interface", "itemDefinition"})
"""What of it stands beside the processes."""


def read_described(node: XmlNode, markup: Markup) -> None:
    """Check an element of DESCRIBED and all in it (BPMN 2.0.2 chapters 8 and 9)."""
    owner = node.get("id") or markup.current_id(node)
    markup.attributes(node, ATTRIBUTES.get(node.name, _OTHERS.get(node.name, {})), owner)
    markup.register(node, owner)
    for child in markup.children(node, owner):
        if child.name in CHILDREN.get(node.name, frozenset()):
            read_described(child, markup)
        else:
            markup.not_executed(child, owner)
