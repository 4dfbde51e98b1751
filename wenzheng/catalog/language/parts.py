"""Parts of a YAML definition: named things, words with their places, and how they are read from values."""

from __future__ import annotations

from dataclasses import dataclass

from wenzheng.engine.clock_reader import MAX_WORKING_DAYS
from wenzheng.engine.findings import Position
from wenzheng.engine.yaml_tree import Key, YamlNode


@dataclass(frozen=True)
class Word:
    """A name or an expression and its place."""

    text: str
    node: YamlNode

    @property
    def position(self) -> Position:
        """Where it stands."""
        return self.node.position


Label = dict[str, str]
"""What people read, by language: zh, en, or only one of them; a plain text stands under ''."""


@dataclass(frozen=True)
class Part:
    """What every named thing has."""

    id: str
    position: Position
    label: Label


def pairs(node: YamlNode, name: str) -> list[tuple[Key, YamlNode]]:
    """The keys and values under a key; none where it is missing."""
    found = node.get(name)
    return found.pairs if found is not None else []


def word_at(node: YamlNode | None, name: str) -> Word | None:
    """The text under a key, with its place."""
    return as_word(node.get(name)) if node is not None else None


def as_word(node: YamlNode | None) -> Word | None:
    """A value as a text, with its place; None when it is none."""
    if node is None or not isinstance(node.value, str) or not node.value:
        return None
    return Word(node.value, node)


def number_at(node: YamlNode, name: str) -> int | None:
    """The whole number under a key."""
    found = node.get(name)
    value = found.value if found is not None else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def days_at(node: YamlNode, name: str) -> int | None:
    """A count of working days; None when it is wrong too, which the grammar has said already."""
    found = number_at(node, name)
    return found if found is not None and 0 <= found <= MAX_WORKING_DAYS else None


def flag_at(node: YamlNode, name: str) -> bool:
    """Whether true stands under a key."""
    found = node.get(name)
    return found is not None and found.value is True


def expression(node: YamlNode) -> Word | None:
    """A value as the text of an expression: numbers and true or false are their own."""
    value = node.value
    if value is None or node.kind != "scalar":
        return None
    if isinstance(value, bool):
        return Word(str(value).lower(), node)
    return Word(" ".join(value.splitlines()) if isinstance(value, str) else repr(value), node)


def expression_of(node: YamlNode | None) -> Word | None:
    """A value as the text of an expression; None where there is none."""
    return expression(node) if node is not None else None


def label_of(node: YamlNode | None) -> Label:
    """What people read, by language."""
    if node is None:
        return {}
    if isinstance(node.value, str) and node.kind == "scalar":
        return {"": node.value}
    return {
        key.text: value.value
        for key, value in node.pairs
        if key.text in {"zh", "en"} and isinstance(value.value, str)
    }


def words_of(node: YamlNode | None) -> tuple[Word, ...]:
    """One name, or a list of them."""
    if node is None:
        return ()
    nodes = node.items if node.kind == "list" else [node]
    return tuple(word for word in map(as_word, nodes) if word is not None)
