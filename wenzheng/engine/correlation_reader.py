"""Reads correlation: properties and keys of a file, subscriptions of its processes (BPMN 2.0.2 §8.3.2)."""

from __future__ import annotations

from typing import Final

from wenzheng.engine.event_reader import local_name
from wenzheng.engine.findings import FindingList
from wenzheng.engine.markup import Markup
from wenzheng.engine.model import CorrelationModel, Path
from wenzheng.engine.xml_tree import XmlNode

_PROPERTY: Final = "correlationProperty"
_KEY: Final = "correlationKey"


class CorrelationReader:
    """Reads the correlation of one file into `model`."""

    def __init__(self, markup: Markup, findings: FindingList) -> None:
        self._markup = markup
        self._findings = findings
        self.model = CorrelationModel()

    def file(self, root: XmlNode, messages: dict[str, str]) -> None:
        """Read the properties and keys of a file. `messages` gives the name of each message's id."""
        for node in root.children:
            if node.name == _PROPERTY:
                self._property(node, messages)
        for node in root.walk():
            if node.name == _KEY:
                self._key(node)

    def _property(self, node: XmlNode, messages: dict[str, str]) -> None:
        owner = self._markup.id_of(node)
        self._markup.attributes(node, {"id": None, "name": None, "type": None}, owner)
        paths = self.model.paths.setdefault(owner, {})
        for child in self._markup.children(node, owner):
            if child.name != "correlationPropertyRetrievalExpression":
                self._markup.not_executed(child, owner)
                continue
            self._markup.attributes(child, {"id": None, "messageRef": None}, owner)
            self._markup.register(child, owner)
            path = self._path(child, "messagePath", owner)
            reference = local_name(child.get("messageRef"))
            if reference not in messages:
                self._unknown(child, owner, "messageRef", "a message", reference)
            elif path is not None:
                paths[messages[reference]] = path
        if not paths:
            self._findings.error(
                node.position,
                owner,
                "correlation-without-messages",
                f"Expected property '{owner}' to say by which messagePath it is read from which message, "
                "found nothing (BPMN 2.0.2 p. 75).",
                "Add a correlationPropertyRetrievalExpression for each message.",
            )

    def _key(self, node: XmlNode) -> None:
        """A key stands in a collaboration, whose reader has checked its markup."""
        owner = self._markup.current_id(node)
        properties = []
        for child in self._markup.children(node, owner):
            reference = local_name(child.text)
            if reference in self.model.paths:
                properties.append(reference)
            else:
                self._unknown(child, owner, "correlationPropertyRef", "a correlationProperty", reference)
        if properties:
            self.model.keys[owner] = properties

    def subscription(self, node: XmlNode, owner: str, bindings: dict[str, dict[str, Path]]) -> None:
        """Read what a process expects of a key: an expression for each of its properties."""
        self._markup.attributes(node, {"id": None, "correlationKeyRef": None}, owner)
        self._markup.register(node, owner)
        key = local_name(node.get("correlationKeyRef"))
        if key not in self.model.keys:
            self._unknown(node, owner, "correlationKeyRef", "a correlationKey", key)
            return
        found: dict[str, Path] = {}
        for child in self._markup.children(node, owner):
            if child.name != "correlationPropertyBinding":
                self._markup.not_executed(child, owner)
                continue
            self._markup.attributes(child, {"id": None, "correlationPropertyRef": None}, owner)
            self._markup.register(child, owner)
            path = self._path(child, "dataPath", owner)
            reference = local_name(child.get("correlationPropertyRef"))
            if reference not in self.model.keys[key]:
                self._unknown(child, owner, "correlationPropertyRef", f"a property of key '{key}'", reference)
            elif path is not None:
                found[reference] = path
        missing = [one for one in self.model.keys[key] if one not in found]
        if missing:
            self._findings.error(
                node.position,
                owner,
                "correlation-binding-missing",
                f"Expected a correlationPropertyBinding for each property of key '{key}', found none for "
                f"{', '.join(missing)} (BPMN 2.0.2 p. 76).",
                "Say in CEL what the process expects of it.",
            )
        bindings[key] = found

    def _path(self, node: XmlNode, name: str, owner: str) -> Path | None:
        found: list[Path] = []
        for child in self._markup.children(node, owner):
            if child.name == name:
                text = self._markup.text_of(child, owner)
                found.append(Path(text, child.text_position or child.position))
            else:
                self._markup.not_executed(child, owner)
        if len(found) == 1 and found[0].text.strip():
            return found[0]
        self._findings.error(
            node.position,
            owner,
            "correlation-path",
            f"Expected one {name} in {node.name}, found {len(found) or 'none'} (BPMN 2.0.2 p. 75).",
            "Say in CEL where the value is.",
        )
        return None

    def _unknown(self, node: XmlNode, owner: str, attribute: str, what: str, found: str) -> None:
        self._findings.error(
            node.position,
            owner,
            "unknown-correlation",
            f"Expected {attribute} on '{owner}' to name {what} of the file, found '{found}'.",
            "Declare it, or correct the reference.",
        )
