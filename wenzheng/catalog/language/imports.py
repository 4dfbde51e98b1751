"""Reuse: what a definition takes over from fragments, which are other files of its folder.

A fragment is read like a definition, but names itself with `fragment:` and runs only where it is imported.
What it names stands in the definition as if it were written there; every part keeps its place in its own
file, so a finding on it points there.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from wenzheng.catalog.language.grammar import FRAGMENT, REUSED
from wenzheng.catalog.language.parts import Word, words_of
from wenzheng.catalog.language.shapes import nearest
from wenzheng.engine.findings import DefinitionRefused, FindingList, Position
from wenzheng.engine.yaml_tree import Key, YamlNode, read_yaml


@dataclass
class Library:
    """The YAML files of a bundle; `opened` are those read as fragments, with the findings on them."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    opened: dict[str, tuple[YamlNode | None, FindingList]] = field(default_factory=dict)

    def fragments(self) -> set[str]:
        """The files that say that they are fragments."""
        maybe = [name for name, data in self.files.items() if b"fragment" in data]
        opened = ((name, self.fragment(name)[0]) for name in maybe)
        return {name for name, root in opened if root is not None and is_fragment(root)}

    def fragment(self, file: str) -> tuple[YamlNode | None, FindingList]:
        """The fragment in a file with the findings on it; None for a file that cannot be read."""
        if file not in self.opened:
            findings = FindingList()
            root: YamlNode | None = None
            try:
                root = read_yaml(self.files[file], file, findings)
            except DefinitionRefused as unreadable:
                findings.items[:] = unreadable.findings
            else:
                if is_fragment(root):
                    FRAGMENT.check(root, findings)
            self.opened[file] = root, findings
        return self.opened[file]


def is_fragment(root: YamlNode) -> bool:
    """Whether a file says that it is one."""
    return root.kind == "mapping" and root.get("fragment") is not None


def refuse_alone(root: YamlNode, findings: FindingList) -> None:
    """A fragment is no definition."""
    FRAGMENT.check(root, findings)
    key = root.key("fragment")
    findings.error(
        key.position if key is not None else root.position,
        None,
        "fragment-alone",
        "Expected a definition, with 'process:' and 'steps:', found a fragment: it runs only where it is "
        "imported.",
        "Name the folder, or the definition that imports it.",
    )


def merged(root: YamlNode, file: str, library: Library, findings: FindingList) -> YamlNode:
    """A definition with everything that it imports, however far.

    Adds a finding for each file that is not there, cannot be used or imports itself, and for each name that
    stands in two files; and those on the fragments themselves.
    """
    if root.get("import") is None:
        return root
    return _Merge(library, findings).of(root, file)


class _Merge:
    def __init__(self, library: Library, findings: FindingList) -> None:
        self._library = library
        self._findings = findings
        self._seen: set[str] = set()

    def of(self, root: YamlNode, file: str) -> YamlNode:
        tables = {name: list(node.pairs) if (node := root.get(name)) else [] for name in REUSED}
        places = {(name, key.text): key.position for name, pairs in tables.items() for key, _ in pairs}
        for fragment in self._imported(root, [file]):
            for name in REUSED:
                for key, value in node.pairs if (node := fragment.get(name)) else []:
                    if (name, key.text) in places:
                        self._twice(key, name, places[name, key.text])
                    else:
                        places[name, key.text] = key.position
                        tables[name].append((key, value))
        own = [(key, value) for key, value in root.pairs if key.text not in REUSED]
        for name, pairs in tables.items():
            if pairs:
                key = root.key(name) or Key(name, pairs[0][0].position)
                node = root.get(name) or YamlNode("mapping", pairs[0][0].position)
                own.append((key, replace(node, pairs=pairs)))
        return replace(root, pairs=own)

    def _imported(self, root: YamlNode, way: list[str]) -> Iterator[YamlNode]:
        """The fragments that a file imports, each once, those that they import first."""
        for word in words_of(root.get("import")):
            if word.text in way:
                self._cycle(word, way)
            elif word.text not in self._seen:
                self._seen.add(word.text)
                fragment = self._open(word)
                if fragment is not None:
                    yield from self._imported(fragment, [*way, word.text])
                    yield fragment

    def _open(self, word: Word) -> YamlNode | None:
        if any(finding.position == word.position for finding in self._findings.items):
            return None  # no name of a file
        if word.text not in self._library.files:
            known = [name for name in self._library.files if name.endswith(".yaml")]
            self._error(
                word.position,
                "fragment-missing",
                f"Expected '{word.text}' to be a file of this folder, found none of that name.",
                nearest(word.text, known)
                or "Write its path from the definition's folder, and check the folder, not the file alone.",
            )
            return None
        root, findings = self._library.fragment(word.text)
        self._findings.extend(findings.items)
        if root is None:
            return None
        if not is_fragment(root):
            self._error(
                word.position,
                "not-a-fragment",
                f"Expected '{word.text}' to be a fragment, with 'fragment:' in it, found "
                f"{'a definition' if root.get('process') else 'another file'}.",
                "Put what both need into a fragment, and let both import it.",
            )
            return None
        return root

    def _cycle(self, word: Word, way: list[str]) -> None:
        around = " → ".join([*way[way.index(word.text) :], word.text])
        self._error(
            word.position,
            "fragment-cycle",
            f"Expected imports to lead to other files, found that they lead back: {around}.",
            "Put what both need into a third file.",
        )

    def _twice(self, key: Key, table: str, first: Position) -> None:
        self._error(
            key.position,
            "fragment-twice",
            f"Expected each name once in '{table}' of the definition and what it imports, found '{key.text}' "
            f"again; the first is in {first.file}, line {first.line}.",
            "Rename one of the two, or remove it.",
        )

    def _error(self, place: Position, rule: str, message: str, hint: str) -> None:
        self._findings.error(place, None, rule, message, hint)


def imported_files(data: bytes, name: str, read: Mapping[str, bytes]) -> list[str]:
    """The names of files that a file imports, however far; `read` answers with what is in a file."""
    found: dict[str, None] = {}
    waiting = [(name, data)]
    while waiting:
        here, content = waiting.pop()
        try:
            root = read_yaml(content, here, FindingList())
        except DefinitionRefused:
            continue
        for word in words_of(root.get("import")) if root.kind == "mapping" else ():
            inside = posixpath.normpath(word.text) == word.text and not word.text.startswith(("/", ".."))
            if inside and word.text != name and word.text not in found and word.text in read:
                found[word.text] = None
                waiting.append((word.text, read[word.text]))
    return list(found)
