"""What every element's markup is held to: ids, attributes, children, the expression language.

Everything that is not known is reported here, so that nothing of a file is dropped silently.
"""

from __future__ import annotations

import re
from typing import Final

from wenzheng.engine import vocabulary as words
from wenzheng.engine.findings import FindingList, Position
from wenzheng.engine.rules.vendors import instead, is_note, vendor
from wenzheng.engine.xml_tree import XmlNode

# xs:ID is a name without a colon (Namespaces in XML 1.0, NCName).
_ID: Final = re.compile(r"[^\W\d][\w.\-·]*")
_XML: Final = "http://www.w3.org/XML/1998/namespace"


class Markup:
    """Checks nodes of one file and adds what is wrong to `findings`.

    What breaks a rule of the standard, at the places `reported`, is not said again to be not executed.
    """

    def __init__(self, file: str, findings: FindingList, reported: frozenset[Position] = frozenset()) -> None:
        self.file = file
        self.findings = findings
        self._reported = reported
        self._ids: dict[str, Position] = {}

    def id_of(self, node: XmlNode) -> str:
        """The element's id, registered: it must be there, well-formed and new in the file."""
        element_id = self.current_id(node)
        if not node.get("id"):
            self.findings.error(
                node.position,
                None,
                "missing-id",
                f"Expected attribute 'id' on {node.name}, found none.",
                "Give every element an id; findings and running letters refer to it.",
            )
            return element_id
        self.register(node, element_id)
        return element_id

    def register(self, node: XmlNode, owner: str | None) -> None:
        """Check the id of a node that may do without one."""
        element_id = node.get("id")
        if element_id is None:
            return
        if not _ID.fullmatch(element_id):
            self.findings.error(
                node.position,
                owner,
                "bad-id",
                f"Expected an id of letters, digits, '_', '-' and '.', beginning with a letter or '_', "
                f"found '{element_id}'.",
                "Rename it; labels go into name='…'.",
            )
        if element_id in self._ids:
            first = self._ids[element_id]
            self.findings.error(
                node.position,
                owner,
                "duplicate-id",
                f"Expected a new id, found '{element_id}' again; it is already used in line {first.line}.",
                "Rename one of the two.",
            )
        else:
            self._ids[element_id] = node.position

    def current_id(self, node: XmlNode) -> str:
        """The element's id, or a name made from its place when it has none."""
        return node.get("id") or f"{node.name}@{node.position.line}:{node.position.column}"

    def children(self, node: XmlNode, element_id: str | None) -> list[XmlNode]:
        """The BPMN children that matter; others are reported or known to be harmless."""
        kept: list[XmlNode] = []
        for child in node.children:
            if child.namespace == words.BPMN:
                if child.name not in words.IGNORED_BPMN:
                    kept.append(child)
            elif child.namespace not in words.DRAWING_NAMESPACES:
                self.foreign(
                    child.position, element_id, f"element '{child.name}'", (child.namespace, child.name)
                )
        return kept

    def attributes(self, node: XmlNode, allowed: words.Allowed, element_id: str | None) -> None:
        """Report attributes that are unknown, foreign, or have a value that is not executed."""
        ours = words.EXTENSION_ATTRIBUTES.get(node.name, frozenset())
        if node.name in words.FLOW_NODES or node.name in words.GLOBAL_TASKS:
            ours |= {words.ENGLISH}
        for name, value in node.attributes.items():
            namespace, _, local = name[1:].rpartition("}") if name[0] == "{" else ("", "", name)
            if namespace in words.DRAWING_NAMESPACES or namespace in {words.XSI, _XML}:
                continue
            if namespace == words.WZ and (local in ours or local == words.SOURCE):
                continue
            if namespace:
                self.foreign(node.position, element_id, f"attribute '{local}'", (namespace, local))
            elif local not in allowed:
                self.findings.error(
                    node.position,
                    element_id,
                    "attribute-not-executed",
                    f"Expected only attributes that are executed on {node.name}, found '{local}'.",
                    "Remove the attribute; the reference lists what each element takes.",
                )
            elif (values := allowed[local]) is not None and value.strip() not in values:
                self.findings.error(
                    node.position,
                    element_id,
                    "attribute-not-executed",
                    f"Expected {local} on {node.name} to be {' or '.join(sorted(values, reverse=True))}, "
                    f"found '{value}'.",
                    f"{local}='{value}' is not executed; model it with other elements.",
                )

    def text_of(self, node: XmlNode, element_id: str) -> str:
        """The text of an element that may contain nothing else."""
        self.attributes(node, words.TEXT_ELEMENTS[node.name], element_id)
        self.register(node, element_id)
        if "language" in words.TEXT_ELEMENTS[node.name]:
            self.expression_language(node, "language", element_id)
        for child in self.children(node, element_id):
            self.not_executed(child, element_id)
        return node.text

    def once(self, node: XmlNode, already: bool, element_id: str) -> None:  # noqa: FBT001 - reads as a sentence
        """Report a child that was there before; the first one counts."""
        if already:
            self.findings.error(
                node.position,
                element_id,
                "element-repeated",
                f"Expected one '{node.name}' in '{element_id}', found another.",
                "Remove one of the two.",
            )

    def expression_language(self, node: XmlNode, attribute: str, element_id: str) -> None:
        """Report an expression that says it is not CEL."""
        language = node.get(attribute)
        if language not in {None, "", "urn:cel"}:
            self.findings.error(
                node.position,
                element_id,
                "expression-language",
                f"Expected {attribute}='urn:cel', found '{language}'.",
                "Write the expression in CEL.",
            )

    def foreign(self, position: Position, element_id: str | None, what: str, name: tuple[str, str]) -> None:
        """Report markup that is neither BPMN nor ours; `name` is its namespace and local name."""
        report_foreign(self.findings, position, element_id, what, name)

    def not_executed(self, node: XmlNode, element_id: str | None) -> None:
        """Report a BPMN element that the engine does not execute in this place.

        Of extensions it is what stands in them that somebody has to change: where nothing of ours belongs,
        all of it is another tool's, or misplaced.
        """
        if node.position in self._reported:
            return
        if node.name == "extensionElements" and element_id is not None:
            self._extended(node, element_id)
            return
        self.findings.error(
            node.position,
            node.get("id") or element_id,
            "element-not-executed",
            f"Expected an element that is executed here, found '{node.name}'.",
            "The reference lists the elements that are executed; model it with those.",
        )

    def _extended(self, node: XmlNode, element_id: str | None) -> None:
        for child in node.children:
            what, name = f"element '{child.name}'", (child.namespace, child.name)
            if child.namespace == words.WZ:
                self.findings.error(
                    child.position,
                    element_id,
                    "vendor-extension",
                    f"Expected no wz: extension here, found '{child.name}'.",
                    "Remove it, or move it to the element it belongs to.",
                )
            elif child.namespace not in words.DRAWING_NAMESPACES:
                self.foreign(child.position, element_id, what, name)


def report_foreign(
    findings: FindingList, position: Position, element_id: str | None, what: str, name: tuple[str, str]
) -> None:
    """Add a finding for markup of another tool: an error where it could change what happens."""
    whose = vendor(name[0])
    if is_note(*name):
        findings.warn(
            position,
            element_id,
            "vendor-note",
            f"Expected BPMN and wz: markup only, found the foreign {what}{whose}, which says nothing about "
            "how the process runs.",
            "It is not read here; it may stay.",
        )
        return
    findings.error(
        position,
        element_id,
        "vendor-extension",
        f"Expected BPMN and wz: markup that belongs here, found the foreign {what}{whose}.",
        instead(*name),
    )
