"""BPMN as it is written, line by line, and where in the YAML each line came from."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, field
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from wenzheng.catalog.language.parts import Label, Word
from wenzheng.engine.findings import Position

_ELEMENT: Final = re.compile(r"<(?:wz:\w+|bpmn:(?!definitions\b)\w+(?=[^>]* id=))(?=[ />])")
"""The begin of an element that findings are made on: one of ours, or one with an id."""


@dataclass(frozen=True)
class Origin:
    """Where a line came from; from `column` on it is the YAML's own text, when that is known."""

    position: Position
    column: int | None = None


@dataclass
class Written:
    """BPMN as text, the origin of its lines, and what people read.

    `labels` are by element id; a deadline's stand under `deadline/ID`, a form field's under `STEP/ID`.
    """

    lines: list[str] = field(default_factory=list)
    origins: dict[int, Origin] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)

    @property
    def data(self) -> bytes:
        """The BPMN file."""
        return ("\n".join(self.lines) + "\n").encode()

    def source(self, position: Position) -> Position | None:
        """The place in the YAML that a place in the BPMN came from."""
        known = list(self.origins)  # in the order of the lines
        at = bisect.bisect_right(known, position.line)
        if not at:
            return None
        origin = self.origins[known[at - 1]]
        column = origin.position.column
        if origin.column is not None and known[at - 1] == position.line:
            column += max(position.column - origin.column, 0)
        return Position(origin.position.file, origin.position.line, column)


def _with_source(text: str, position: Position) -> str:
    """The line with the place that it came from on its element; what has no id belongs to one that has."""
    match = _ELEMENT.match(text)
    if match is None:
        return text
    source = quoteattr(f"{position.file}:{position.line}")
    return f"{match[0]} wz:source={source}{text[match.end() :]}"


class Lines:
    """Writes one XML element a line."""

    def __init__(self, *, sources: bool = False) -> None:
        """With `sources` every element says the file and line that it came from."""
        self.written = Written()
        self._depth = 0
        self._sources = sources

    def line(self, text: str, position: Position, column: int | None = None) -> None:
        """One line, that came from a place; its text from `column` on is the YAML's own."""
        if self._sources:
            text = _with_source(text, position)
        self.written.lines.append("  " * self._depth + text)
        self.written.origins[len(self.written.lines)] = Origin(position, column)

    def text(self, opened: str, word: Word | None, text: str, closed: str, position: Position) -> None:
        """A line that ends in a word of the YAML and what stands around it."""
        if word is not None and word.node.exact:
            column = 2 * self._depth + len(opened) + 1
            self.line(opened + text + closed, word.node.text_position, column)
        else:
            self.line(opened + text + closed, word.position if word is not None else position)

    def open(self, tag: str, position: Position) -> None:
        """The begin of an element with others in it."""
        self.line(f"<{tag}>", position)
        self._depth += 1

    def close(self, tag: str) -> None:
        """The end of one."""
        self._depth -= 1
        self.written.lines.append("  " * self._depth + f"</{tag}>")

    def script(self, texts: list[tuple[str, Word]], places: list[Position]) -> None:
        """An assignment a line; they stand at the margin, so that their columns are the YAML's."""
        depth, self._depth = self._depth, 0
        last = len(texts) - 1
        for number, (name, word) in enumerate(texts):
            opened = f"{'<bpmn:script>' if number == 0 else ''}{name} = "
            closed = "</bpmn:script>" if number == last else ""
            self.text(opened, word, escape(word.text), closed, places[number])
        self._depth = depth
