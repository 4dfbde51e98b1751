"""What the readers of our own markup share: attributes and their values, each with its finding."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from wenzheng.engine import vocabulary as words
from wenzheng.engine.findings import FindingList
from wenzheng.engine.model import Element, ProcessModel
from wenzheng.engine.xml_tree import XmlNode

_SOURCE: Final = f"{{{words.WZ}}}{words.SOURCE}"
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class ExtensionMarkup:
    """Reads wz: elements of a process (element is None) or of a flow node."""

    attributes: Mapping[str, set[str]]
    """What may stand on each wz: element."""

    def __init__(self, model: ProcessModel, element: Element | None, findings: FindingList) -> None:
        self._model = model
        self._element = element
        self._findings = findings

    def _no_children(self, node: XmlNode) -> None:
        for child in node.children:
            self._error(
                child,
                "extension-value",
                f"Expected nothing inside wz:{node.name}, found '{child.name}'.",
                "Remove the element.",
            )

    @property
    def _owner(self) -> str:
        return self._element.id if self._element else self._model.id

    def _error(self, node: XmlNode, rule: str, message: str, hint: str) -> None:
        self._findings.error(node.position, self._owner, rule, message, hint)

    def _check_attributes(self, node: XmlNode) -> None:
        for name in sorted(set(node.attributes) - self.attributes[node.name] - {_SOURCE}):
            self._error(
                node,
                "extension-attribute",
                f"Expected one of {', '.join(sorted(self.attributes[node.name]))} on wz:{node.name}, "
                f"found '{name}'.",
                "Correct the name of the attribute.",
            )

    def _required(self, node: XmlNode, attribute: str) -> str:
        value = node.get(attribute)
        if not value:
            self._error(
                node,
                "extension-missing",
                f"Expected attribute '{attribute}' on wz:{node.name}, found none.",
                f"Add {attribute}='…'.",
            )
        return value or ""

    def _name(self, node: XmlNode, attribute: str) -> str:
        value = self._required(node, attribute)
        if value and not _NAME.fullmatch(value):
            self._error(
                node,
                "name-not-ascii",
                f"Expected ASCII letters, digits and _ in {attribute} of wz:{node.name}, found '{value}'.",
                "Names of variables are ASCII; put the Chinese label into name='…'.",
            )
        return value

    def _choice(self, node: XmlNode, attribute: str, allowed: frozenset[str]) -> str | None:
        value = node.get(attribute)
        if value is not None and value not in allowed:
            self._error(
                node,
                "extension-value",
                f"Expected {attribute} to be one of {', '.join(sorted(allowed))}, found '{value}'.",
                "Use one of the listed values.",
            )
            return None
        return value

    def _flag(self, node: XmlNode, attribute: str) -> bool:
        return self._choice(node, attribute, frozenset({"true", "false"})) == "true"

    def _integer(self, node: XmlNode, attribute: str, minimum: int, maximum: int) -> int | None:
        text = node.get(attribute)
        if text is None:
            return None
        if re.fullmatch(r"-?[0-9]{1,9}", text) and minimum <= int(text) <= maximum:
            return int(text)
        self._error(
            node,
            "extension-value",
            f"Expected {attribute} on wz:{node.name} to be a whole number from {minimum} to {maximum}, "
            f"found '{text}'.",
            "Write the number in digits.",
        )
        return None
