"""The shapes a value of the language can have: one description, read by the checker and the schema.

A shape says what YAML is allowed in a place. `check` adds a finding for everything that is not;
`schema` is the same as JSON Schema (draft 2020-12), for editors.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from wenzheng.engine.findings import FindingList, Position
from wenzheng.engine.yaml_tree import YamlNode, describe

JsonSchema = dict[str, Any]


class Shape(Protocol):
    """What YAML is allowed in a place."""

    def check(self, node: YamlNode, findings: FindingList) -> None:
        """Add a finding for everything in the value that is not allowed."""
        ...

    def schema(self) -> JsonSchema:
        """The same as JSON Schema."""
        ...


def inspect(shape: Shape, node: YamlNode, findings: FindingList) -> None:
    """Check a value, unless the reader has refused it already."""
    if not node.refused:
        shape.check(node, findings)


def wrong(node: YamlNode, wanted: str, hint: str, findings: FindingList) -> None:
    """The value is not what belongs there."""
    findings.error(node.position, None, "wrong-type", f"Expected {wanted}, found {describe(node)}.", hint)


@dataclass(frozen=True)
class Text:
    """A text; `pattern` is a regular expression that it matches as a whole."""

    words: str = "a text"
    pattern: str = ""
    longest: int = 500
    hint: str = "Write it so, in quotes if it looks like something else."

    def check(self, node: YamlNode, findings: FindingList) -> None:
        """See Shape."""
        text = node.value
        if not isinstance(text, str):
            wrong(node, self.words, self.hint, findings)
        elif not 0 < len(text) <= self.longest or (self.pattern and not re.fullmatch(self.pattern, text)):
            findings.error(
                node.position,
                None,
                "wrong-value",
                f"Expected {self.words} of 1 to {self.longest} characters, found {describe(node)}.",
                self.hint,
            )

    def schema(self) -> JsonSchema:
        """See Shape."""
        found: JsonSchema = {"type": "string", "minLength": 1, "maxLength": self.longest}
        if self.pattern:
            found["pattern"] = f"^(?:{self.pattern})$"
        return found


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    values: tuple[str, ...]

    def check(self, node: YamlNode, findings: FindingList) -> None:
        """See Shape."""
        if node.kind != "scalar" or node.value not in self.values or not isinstance(node.value, str):
            findings.error(
                node.position,
                None,
                "wrong-value",
                f"Expected one of {', '.join(self.values)}, found {describe(node)}.",
                nearest(str(node.value), self.values) or "Use one of these words.",
            )

    def schema(self) -> JsonSchema:
        """See Shape."""
        return {"enum": list(self.values)}


@dataclass(frozen=True)
class Whole:
    """A whole number between two limits, both included."""

    least: int
    most: int

    def check(self, node: YamlNode, findings: FindingList) -> None:
        """See Shape."""
        value = node.value
        whole = isinstance(value, int) and not isinstance(value, bool)
        if node.kind != "scalar" or not whole:
            wrong(
                node,
                f"a whole number from {self.least} to {self.most}",
                "Write the number in digits, without quotes: 5.",
                findings,
            )
        elif isinstance(value, int) and not self.least <= value <= self.most:
            findings.error(
                node.position,
                None,
                "wrong-value",
                f"Expected a whole number from {self.least} to {self.most}, found {value}.",
                "Choose a number between these limits.",
            )

    def schema(self) -> JsonSchema:
        """See Shape."""
        if self.least == self.most:
            return {"const": self.least}
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True)
class YesNo:
    """true or false."""

    def check(self, node: YamlNode, findings: FindingList) -> None:
        """See Shape."""
        if not isinstance(node.value, bool):
            wrong(node, "true or false", "Write true or false, without quotes.", findings)

    def schema(self) -> JsonSchema:
        """See Shape."""
        return {"type": "boolean"}


@dataclass(frozen=True)
class Value:
    """A text, a number, or true or false; `words` says what it means."""

    words: str

    def check(self, node: YamlNode, findings: FindingList) -> None:
        """See Shape."""
        if node.kind != "scalar" or node.value is None or node.value == "":
            wrong(node, self.words, "Write it behind the colon, in one line.", findings)
        elif len(str(node.value)) > _LONGEST_EXPRESSION:
            findings.error(
                node.position,
                None,
                "wrong-value",
                f"Expected at most {_LONGEST_EXPRESSION:,} characters, found {len(str(node.value)):,}.",
                "Split it into several steps.",
            )

    def schema(self) -> JsonSchema:
        """See Shape."""
        text = {"type": "string", "minLength": 1, "maxLength": _LONGEST_EXPRESSION}
        return {"anyOf": [text, {"type": "number"}, {"type": "boolean"}]}


_LONGEST_EXPRESSION: Final = 4_000
_GUESSES: Final = 100
"""Findings up to which it is guessed what was meant: a guess costs half a millisecond."""


@dataclass(frozen=True)
class Entry:
    """A key of a group: the shape of its value, and what it is for."""

    shape: Shape
    about: str
    required: bool = False


@dataclass(frozen=True)
class Group:
    """Keys that are known, each with its own shape; `words` names the group in findings."""

    words: str
    entries: Mapping[str, Entry]
    least: int = 0

    def check(self, node: YamlNode, findings: FindingList) -> None:
        """See Shape."""
        if node.kind != "mapping":
            wrong(node, f"the keys of {self.words}", f"Keys are: {', '.join(self.entries)}.", findings)
            return
        for key, value in node.pairs:
            entry = self.entries.get(key.text)
            if entry is None:
                unknown_key(key.text, key.position, self.words, self.entries, findings)
            else:
                inspect(entry.shape, value, findings)
        for name, entry in self.entries.items():
            if entry.required and node.get(name) is None:
                findings.error(
                    node.position,
                    None,
                    "key-missing",
                    f"Expected the key '{name}' in {self.words}, found none.",
                    f"Add '{name}:' — {entry.about}",
                )
        if len(node.pairs) < self.least:
            wrong(node, f"one of the keys {', '.join(self.entries)}", "Write one of them.", findings)

    def schema(self) -> JsonSchema:
        """See Shape."""
        found: JsonSchema = {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                name: {"description": entry.about, **entry.shape.schema()}
                for name, entry in self.entries.items()
            },
        }
        required = [name for name, entry in self.entries.items() if entry.required]
        if required:
            found["required"] = required
        if self.least:
            found["minProperties"] = self.least
        return found


@dataclass(frozen=True)
class Kinds:
    """A group of one of several kinds; the key that only this kind has tells which."""

    words: str
    kinds: Mapping[str, Group]

    def kind_of(self, node: YamlNode) -> str | None:
        """The key that says which kind it is; None when there is none or more than one."""
        found = [key.text for key, _ in node.pairs if key.text in self.kinds]
        return found[0] if len(found) == 1 else None

    def check(self, node: YamlNode, findings: FindingList) -> None:
        """See Shape."""
        names = ", ".join(self.kinds)
        if node.kind != "mapping":
            wrong(node, f"the keys of {self.words}", f"Use exactly one of: {names}.", findings)
            return
        kind = self.kind_of(node)
        if kind is not None:
            self.kinds[kind].check(node, findings)
            return
        found = [key.text for key, _ in node.pairs if key.text in self.kinds]
        findings.error(
            node.position,
            None,
            "kind",
            f"Expected {self.words} to have exactly one of {names}, found {' and '.join(found) or 'none'}.",
            "Keep one; make several of it if you need more."
            if found
            else "Say what it does with one of them.",
        )
        every = {name: entry for group in self.kinds.values() for name, entry in group.entries.items()}
        for key, _ in node.pairs:
            if key.text not in every:
                unknown_key(key.text, key.position, self.words, every, findings)

    def schema(self) -> JsonSchema:
        """See Shape."""
        return {"type": "object", "anyOf": [group.schema() for group in self.kinds.values()]}


@dataclass(frozen=True)
class Table:
    """Names that the author chooses, each with a value of the same shape."""

    words: str
    names: Text
    shape: Shape
    least: int = 1
    most: int = 500

    def check(self, node: YamlNode, findings: FindingList) -> None:
        """See Shape."""
        if node.kind != "mapping" or not self.least <= len(node.pairs) <= self.most:
            wrong(
                node,
                f"{self.words}: {self.least} to {self.most} names with their values",
                "Indent them below the key, each on its own line: 'name: …'.",
                findings,
            )
        for key, value in node.pairs:
            self.names.check(YamlNode("scalar", key.position, key.text), findings)
            inspect(self.shape, value, findings)

    def schema(self) -> JsonSchema:
        """See Shape."""
        return {
            "type": "object",
            "minProperties": self.least,
            "maxProperties": self.most,
            "propertyNames": self.names.schema(),
            "additionalProperties": self.shape.schema(),
        }


@dataclass(frozen=True)
class Items:
    """A list of values of one shape."""

    words: str
    shape: Shape
    least: int = 1
    most: int = 100

    def check(self, node: YamlNode, findings: FindingList) -> None:
        """See Shape."""
        if node.kind != "list" or not self.least <= len(node.items) <= self.most:
            wrong(
                node,
                f"a list of {self.words}, {self.least} to {self.most} of them",
                "Write each on its own line with '- ' before it, or all as [a, b].",
                findings,
            )
        for item in node.items:
            inspect(self.shape, item, findings)

    def schema(self) -> JsonSchema:
        """See Shape."""
        return {
            "type": "array",
            "minItems": self.least,
            "maxItems": self.most,
            "items": self.shape.schema(),
        }


@dataclass(frozen=True)
class Short:
    """A value with a short form: alone when nothing else is to be said."""

    alone: Shape
    more: Shape
    kinds: frozenset[str] = field(default=frozenset({"scalar"}))

    def check(self, node: YamlNode, findings: FindingList) -> None:
        """See Shape."""
        (self.alone if node.kind in self.kinds else self.more).check(node, findings)

    def schema(self) -> JsonSchema:
        """See Shape."""
        return {"anyOf": [self.alone.schema(), self.more.schema()]}


def unknown_key(
    name: str, position: Position, where: str, known: Collection[str], findings: FindingList
) -> None:
    """A key that the language does not have."""
    before, colon, _ = name.replace("\uff1a", ":").partition(":")  # full-width: an input method's colon
    if colon and before.strip() in known:
        hint = f"Write the colon of an English keyboard and a blank behind it: '{before.strip()}: …'."
    else:
        hint = nearest(name, known) if len(findings.items) < _GUESSES else ""
    findings.error(
        position,
        None,
        "unknown-key",
        f"Expected a key of {where}, found '{name[:60]}'.",
        hint or f"Keys are: {', '.join(known)}.",
    )


def nearest(name: str, known: Iterable[str]) -> str:
    """A question that names what was probably meant; empty when nothing is like it."""
    found = difflib.get_close_matches(name[:60], sorted(known), 1)
    return f"Did you mean '{found[0]}'?" if found else ""
