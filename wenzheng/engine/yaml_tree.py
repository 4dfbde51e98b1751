"""Reads YAML into a small tree that knows line and column of every key and value.

Scalars are those of the YAML 1.2 core schema (YAML 1.2.2 §10.3): `on`, `yes` and `12:30` are
text. What means different things to different readers, or hides what is meant, is refused:
duplicate keys, numbers with a leading zero, anchors, aliases, merge keys, tags, tabs, several
documents. Size, depth and number of nodes are bounded; nothing here recurses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from wenzheng.engine.findings import FindingList, Position

MAX_BYTES: Final = 10_000_000
MAX_DEPTH: Final = 20
MAX_NODES: Final = 50_000

# libyaml is ten times faster; both parsers give the same events and marks.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE: Final = frozenset({"true", "True", "TRUE"})
_FALSE: Final = frozenset({"false", "False", "FALSE"})
_INTEGER: Final = re.compile(r"[-+]?[0-9]+")
_OTHER_BASE: Final = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE: Final = re.compile(r"[-+]?(\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN")
_LEADING_ZERO: Final = re.compile(r"[-+]?0[0-9]+")
_MAX_DIGITS: Final = 15
# What XML 1.0 (§2.2) cannot hold; a double-quoted text can spell it.
_UNWRITABLE: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAB: Final = re.compile(r"^ *\t[ \t]*(?=\S)")


@dataclass(slots=True)
class Key:
    """A mapping's key and where it stands."""

    text: str
    position: Position


@dataclass(slots=True)
class YamlNode:
    """A value: `kind` is mapping, list or scalar.

    A scalar's `value` is None, bool, int, float or str. `exact` tells that its text stands in one
    line as it is read, from `text_position` on, so that a place in the text is a place in the file.
    `refused` tells that a finding has said what is wrong with it.
    """

    kind: str
    position: Position
    value: bool | int | float | str | None = None
    pairs: list[tuple[Key, YamlNode]] = field(default_factory=list)
    items: list[YamlNode] = field(default_factory=list)
    exact: bool = False
    quoted: bool = False
    refused: bool = False

    @property
    def text_position(self) -> Position:
        """Where the text of a scalar begins."""
        here = self.position
        return Position(here.file, here.line, here.column + 1) if self.quoted else here

    def get(self, name: str) -> YamlNode | None:
        """The value of a key of a mapping."""
        return next((value for key, value in self.pairs if key.text == name), None)

    def key(self, name: str) -> Key | None:
        """The key of that name."""
        return next((key for key, _ in self.pairs if key.text == name), None)

    def plain(self) -> Any:
        """The value as JSON would hold it."""
        if self.kind == "mapping":
            return {key.text: value.plain() for key, value in self.pairs}
        if self.kind == "list":
            return [item.plain() for item in self.items]
        return self.value


def read_yaml(data: bytes, file: str, findings: FindingList) -> YamlNode:
    """Parse one document and return its root.

    Adds a finding for every key or value that is refused. Raises DefinitionRefused with all findings
    so far when the text cannot be read to its end.
    """
    return _Reader(file, findings).read(data)


class _Reader:
    def __init__(self, file: str, findings: FindingList) -> None:
        self._file = file
        self._findings = findings
        self._stack: list[_Open] = []
        self._root: YamlNode | None = None
        self._nodes = 0
        self._documents = 0
        self._lines: list[str] = []

    def read(self, data: bytes) -> YamlNode:
        text = self._text(data)
        self._lines = re.split(r"\r\n|[\n\r\x85\u2028\u2029]", text)
        self._refuse_tabs()
        try:
            for event in yaml.parse(text, Loader=_LOADER):
                self._event(event)
        except yaml.YAMLError as error:
            self._syntax(error)
        if self._root is None or (self._root.value in {None, ""} and self._root.kind == "scalar"):
            self._stop(
                Position(self._file, 1, 1),
                "yaml-empty",
                "Expected a definition, found an empty file.",
                "Begin with 'language: 1'.",
            )
            raise AssertionError  # pragma: no cover - _stop raises
        return self._root

    def _text(self, data: bytes) -> str:
        start = Position(self._file, 1, 1)
        if len(data) > MAX_BYTES:
            self._stop(
                start,
                "yaml-too-large",
                f"Expected at most {MAX_BYTES:,} bytes, found {len(data):,}.",
                "Split the definition into several files.",
            )
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self._stop(
                Position(self._file, line, 1),
                "yaml-encoding",
                f"Expected UTF-8 text, found byte 0x{data[error.start]:02x} that does not belong there.",
                "Save the file as UTF-8.",
            )
            return ""

    def _refuse_tabs(self) -> None:
        """A tab has no width that two editors agree on, so what belongs to what cannot be known."""
        found = False
        for number, line in enumerate(self._lines, 1):
            if _TAB.match(line):
                found = True
                column = line.index("\t") + 1
                self._error(
                    Position(self._file, number, column),
                    "yaml-tab",
                    "Expected spaces at the beginning of the line, found a tab.",
                    "Indent with two spaces; let your editor insert spaces for tabs.",
                )
        if found:
            self._findings.raise_if_errors()

    def _syntax(self, error: yaml.YAMLError) -> None:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        position = self._at(mark) if mark is not None else self._character(getattr(error, "position", 0))
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "text that is not YAML"
        self._stop(
            position,
            "yaml-syntax",
            f"Expected YAML, found: {' '.join(str(problem).split())}.",
            "Look at this line and the one above: indentation, a missing colon, or an unclosed quote.",
        )

    def _character(self, offset: int) -> Position:
        """Where a character that YAML does not allow stands; PyYAML tells its number only."""
        line = 1
        for text in self._lines:
            if offset <= len(text):
                break
            offset -= len(text) + 1
            line += 1
        return Position(self._file, line, max(offset, 0) + 1)

    # --- events -----------------------------------------------------------------------

    def _event(self, event: Any) -> None:
        match event:
            case yaml.DocumentStartEvent():
                self._document(event)
            case yaml.AliasEvent():
                self._error(
                    self._at(event.start_mark),
                    "yaml-alias",
                    f"Expected a value, found the alias '*{event.anchor}'.",
                    "Write the value out; aliases are not read.",
                )
                self._attach(YamlNode("scalar", self._at(event.start_mark), refused=True))
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                kind = "mapping" if isinstance(event, yaml.MappingStartEvent) else "list"
                self._open(self._node(kind, event))
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._stack.pop()
            case yaml.ScalarEvent():
                self._scalar(event)

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            self._stop(
                self._at(event.start_mark),
                "yaml-documents",
                "Expected one document in the file, found another after '---'.",
                "Put it into a file of its own.",
            )
        if event.version is not None or event.tags:
            self._error(
                self._at(event.start_mark),
                "yaml-directive",
                "Expected no % directive, found one.",
                "Remove the line that begins with %.",
            )

    def _node(self, kind: str, event: Any) -> YamlNode:
        self._nodes += 1
        position = self._at(event.start_mark)
        if self._nodes > MAX_NODES:
            self._stop(
                position,
                "yaml-too-many-values",
                f"Expected at most {MAX_NODES:,} values, found more.",
                "Split the definition into several files.",
            )
        if event.anchor is not None:
            self._error(
                position,
                "yaml-anchor",
                f"Expected a value, found the anchor '&{event.anchor}'.",
                "Remove the anchor; write what is used twice out twice.",
            )
        if event.tag is not None:
            self._error(
                position,
                "yaml-tag",
                f"Expected a value without a tag, found '{event.tag}'.",
                "Remove the word with the exclamation mark; quote what is to be text.",
            )
        return YamlNode(kind, position)

    def _open(self, node: YamlNode) -> None:
        if len(self._stack) >= MAX_DEPTH:
            self._stop(
                node.position,
                "yaml-too-deep",
                f"Expected at most {MAX_DEPTH} levels, found more.",
                "Flatten the nested values.",
            )
        self._attach(node)
        self._stack.append(_Open(node))

    def _attach(self, node: YamlNode) -> None:
        if not self._stack:
            self._root = node
            return
        top = self._stack[-1]
        if top.node.kind == "list":
            top.node.items.append(node)
        elif top.key is None:
            top.key = self._key(node, top)
        else:
            if not top.refused:
                top.node.pairs.append((top.key, node))
            top.key, top.refused = None, False

    def _key(self, node: YamlNode, top: _Open) -> Key:
        text = node.value if isinstance(node.value, str) else ""
        rule, message, hint = "", "", ""
        if text == "<<" and not node.quoted:
            rule = "yaml-merge"
            message, hint = "Expected a key, found the merge key '<<'.", "Write the keys out."
        elif not isinstance(node.value, str) or node.kind != "scalar":
            rule = "yaml-key"
            message = f"Expected text as a key, found {describe(node)}."
            hint = "Use a name of letters, digits and _."
        elif text in top.seen:
            rule = "duplicate-key"
            message = f"Expected '{text}' once, found it again; the first is in line {top.seen[text]}."
            hint = "Remove or rename one of the two."
        if rule:
            top.refused = True
            self._error(node.position, rule, message, hint)
        else:
            top.seen[text] = node.position.line
        return Key(text, node.position)

    # --- scalars ----------------------------------------------------------------------

    def _scalar(self, event: Any) -> None:
        node = self._node("scalar", event)
        plain = not event.style  # libyaml says "", PyYAML None
        node.quoted = event.style in {"'", '"'}
        node.exact = self._stands_exactly(node, event)
        text = event.value
        if _UNWRITABLE.search(text):
            self._error(
                node.position,
                "yaml-character",
                "Expected characters that can be written down, found a control character.",
                "Remove the escape, such as \\0 or \\x01.",
            )
            text = _UNWRITABLE.sub("", text)
            node.refused = True
        node.value = self._plain(text, node) if plain else text
        self._attach(node)

    def _stands_exactly(self, node: YamlNode, event: Any) -> bool:
        several = event.start_mark.line != event.end_mark.line or event.style in {"|", ">"}
        # A value that is not there may stand behind the last line.
        if several or event.start_mark.line >= len(self._lines):
            return False
        start = node.text_position.column - 1
        line: str = self._lines[event.start_mark.line]
        return line.startswith(event.value, start)

    def _plain(self, text: str, node: YamlNode) -> bool | int | float | str | None:
        """A plain scalar by the core schema of YAML 1.2.2 (§10.3.2)."""
        if text in _NULL:
            return None
        if text in _TRUE:
            return True
        if text in _FALSE:
            return False
        if not text[0].isdigit() and text[0] not in "+-.":
            return text
        return self._number(text, node)

    def _number(self, text: str, node: YamlNode) -> int | float | str:
        what = ""
        if _LEADING_ZERO.fullmatch(text):
            what = "a number without a leading zero"
        elif _NOT_FINITE.fullmatch(text):
            what = "a finite number"
        elif _OTHER_BASE.fullmatch(text):
            what = "a decimal number"
        elif _INTEGER.fullmatch(text):
            if len(text) <= _MAX_DIGITS:
                return int(text)
            what = f"a number of at most {_MAX_DIGITS} digits"
        elif _FLOAT.fullmatch(text):
            value = float(text)
            if value - value == 0:
                return value
            what = "a finite number"
        else:
            return text
        shown = text if len(text) <= 40 else text[:40] + "…"  # noqa: PLR2004 - a line's worth
        node.refused = True
        self._error(
            node.position, "yaml-number", f"Expected {what}, found '{shown}'.", "Write it so, or quote text."
        )
        return text

    # --- findings ---------------------------------------------------------------------

    def _at(self, mark: Any) -> Position:
        return Position(self._file, mark.line + 1, mark.column + 1)

    def _error(self, position: Position, rule: str, message: str, hint: str) -> None:
        self._findings.error(position, None, rule, message, hint)

    def _stop(self, position: Position, rule: str, message: str, hint: str) -> None:
        self._error(position, rule, message, hint)
        self._findings.raise_if_errors()


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not been seen."""

    node: YamlNode
    key: Key | None = None
    refused: bool = False
    seen: dict[str, int] = field(default_factory=dict)


def describe(node: YamlNode) -> str:
    """What a value is, in words for a person."""
    if node.kind == "mapping":
        return "a group of keys"
    if node.kind == "list":
        return "a list"
    if node.value is None:
        return "nothing"
    if isinstance(node.value, bool):
        return f"the yes/no value {str(node.value).lower()}"
    if isinstance(node.value, int | float):
        return f"the number {node.value}"
    text = node.value if len(node.value) <= 60 else node.value[:60] + "…"  # noqa: PLR2004 - a line's worth
    return f"the text '{text}'"
