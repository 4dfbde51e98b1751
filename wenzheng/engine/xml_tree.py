"""Reads XML into a small tree that knows line and column of every element.

Neither lxml nor ElementTree keeps columns, and findings need them; so expat is driven
directly. Document types, entities and external references are refused, which closes the
door on entity bombs and on reading files or the network. Depth and size are bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from wenzheng.engine.findings import DefinitionRefused, Finding, Position

MAX_BYTES: Final = 10_000_000
MAX_DEPTH: Final = 200
MAX_ELEMENTS: Final = 100_000
EXPRESSION_ELEMENTS: Final = frozenset(
    {
        "script",
        "conditionExpression",
        "condition",
        "activationCondition",
        "loopCondition",
        "loopCardinality",
        "completionCondition",
        "timeDuration",
        "timeDate",
        "timeCycle",
        "transformation",
        "from",
    }
)


@dataclass(slots=True)
class XmlNode:
    """An XML element: `{namespace}name`, attributes by the same notation, text and position.

    `position` is where its start tag begins; `text_position` where its text begins, kept for
    EXPRESSION_ELEMENTS only, so that a finding can point into a script.
    """

    namespace: str
    name: str
    attributes: dict[str, str]
    position: Position
    children: list[XmlNode] = field(default_factory=list)
    text: str = ""
    text_position: Position | None = None

    def get(self, name: str, default: str | None = None) -> str | None:
        """An attribute without a namespace."""
        return self.attributes.get(name, default)

    def walk(self) -> Iterator[XmlNode]:
        """This element and all below it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def token(self, name: str, default: str) -> str:
        """An attribute without a namespace and without the blanks around it."""
        return self.attributes.get(name, default).strip()


def read_xml(data: bytes, file: str) -> XmlNode:
    """Parse a document and return its root.

    Raises DefinitionRefused with one finding when the text is not well-formed XML, declares a
    document type, or is larger than 10 MB, 100,000 elements or 200 levels.
    """
    if len(data) > MAX_BYTES:
        raise _refused(
            Position(file, 1, 1),
            "xml-too-large",
            f"Expected at most {MAX_BYTES:,} bytes, found {len(data):,}.",
            "Split the definition into several files.",
        )
    return _Reader(file).read(data)


def _refused(position: Position, rule: str, message: str, hint: str) -> DefinitionRefused:
    return DefinitionRefused([Finding(position, None, rule, message, hint)])


class _Reader:
    def __init__(self, file: str) -> None:
        self._file = file
        self._stack: list[XmlNode] = []
        self._texts: list[list[str]] = []
        self._root: XmlNode | None = None
        self._count = 0
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._doctype
        self._parser = parser

    def read(self, data: bytes) -> XmlNode:
        try:
            self._parser.Parse(data, True)
        except expat.ExpatError as error:
            raise _refused(
                Position(self._file, error.lineno, error.offset + 1),
                "xml-not-well-formed",
                f"Expected well-formed XML, found: {expat.ErrorString(error.code)}.",
                "Correct the markup at this place; an XML editor shows what is missing.",
            ) from None
        except (LookupError, ValueError) as error:
            raise _refused(
                self._here(),
                "xml-encoding",
                f"Expected UTF-8 text, found: {error}.",
                "Save the file as UTF-8.",
            ) from None
        if self._root is None:  # expat reports an empty document before this
            raise _refused(self._here(), "xml-empty", "Expected a root element, found none.", "")
        return self._root

    def _here(self) -> Position:
        return Position(self._file, self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MAX_ELEMENTS:
            raise _refused(
                self._here(),
                "xml-too-many-elements",
                f"Expected at most {MAX_ELEMENTS:,} XML elements, found more.",
                "Split the definition into several files.",
            )
        if len(self._stack) >= MAX_DEPTH:
            raise _refused(
                self._here(),
                "xml-too-deep",
                f"Expected at most {MAX_DEPTH} levels of nesting, found more.",
                "Flatten the nested elements.",
            )
        namespace, local = _split(name)
        node = XmlNode(
            namespace,
            local,
            {_attribute_name(key): value for key, value in attributes.items()},
            self._here(),
        )
        if self._stack:
            self._stack[-1].children.append(node)
        else:
            self._root = node
        self._stack.append(node)
        self._texts.append([])
        if local in EXPRESSION_ELEMENTS:
            # expat tells where unbuffered text begins; buffered text arrives at its end.
            self._parser.buffer_text = False

    def _end(self, _name: str) -> None:
        node = self._stack.pop()
        node.text = "".join(self._texts.pop())
        if node.name in EXPRESSION_ELEMENTS:
            self._parser.buffer_text = True

    def _characters(self, text: str) -> None:
        node = self._stack[-1]  # expat reports no text outside the root
        if not self._parser.buffer_text:
            node.text_position = node.text_position or self._here()
            self._parser.buffer_text = True
        self._texts[-1].append(text)

    def _doctype(self, name: str, *_rest: object) -> None:
        raise _refused(
            self._here(),
            "xml-doctype",
            f"Expected no document type declaration, found one for '{name}'.",
            "Remove the DOCTYPE; definitions may not declare entities.",
        )


def _split(name: str) -> tuple[str, str]:
    namespace, _, local = name.rpartition(" ")
    return namespace, local


def _attribute_name(name: str) -> str:
    namespace, local = _split(name)
    return f"{{{namespace}}}{local}" if namespace else local
