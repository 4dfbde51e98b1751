"""What a BPMN file imports: it is there, it can be read, and it is what it is said to be.

The engine runs nothing of another file by import (a bundle's files know each other anyway); but a file that
imports what is missing is wrong by the standard (BPMN 2.0.2 §8.2.1, p. 51).
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from wenzheng.engine import vocabulary as words
from wenzheng.engine.findings import DefinitionRefused, Finding
from wenzheng.engine.xml_tree import MAX_BYTES, XmlNode, read_xml

_WSDL: Final = "http://www.w3.org/ns/wsdl"
# WSDL 2.0 §2.1: what stands in a description, and what names an interface of it.
_DESCRIPTION: Final = frozenset(
    {"documentation", "import", "include", "types", "interface", "binding", "service"}
)
_NAMES_INTERFACE: Final = ("service", "binding")
Source = Callable[[str], bytes | None]
"""The bytes of a file by its name relative to the bundle; None when it is not there."""


def files_of(files: Mapping[str, bytes], beside: Path | None) -> Source:
    """The files of a bundle, and those that lie beside it on disk."""

    def find(name: str) -> bytes | None:
        if name in files:
            return files[name]
        if beside is None or name.startswith(".."):
            return None
        path = beside / name
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            return None
        return path.read_bytes()

    return find


def check_imports(name: str, root: XmlNode, source: Source) -> Iterator[Finding]:
    """A finding for each import of a file that leads to nothing, or to something else."""
    yield from _imports(name, root, source, frozenset({name}))


def _imports(name: str, root: XmlNode, source: Source, on_the_way: frozenset[str]) -> Iterator[Finding]:
    for node in root.children:
        location = (node.get("location") or "").strip()
        if (node.namespace, node.name) != (words.BPMN, "import") or not location or "://" in location:
            continue
        where = posixpath.normpath(posixpath.join(posixpath.dirname(name), location))
        if where not in on_the_way:
            yield from _imported(node, where, source, on_the_way | {where})


def _imported(node: XmlNode, where: str, source: Source, on_the_way: frozenset[str]) -> Iterator[Finding]:
    data = source(where)
    if data is None:
        yield _finding(
            node, "import-missing", f"Expected the imported file '{node.get('location')}', found none"
        )
        return
    try:
        root = read_xml(data, where)
    except DefinitionRefused as refused:
        yield _finding(node, "import-broken", f"Expected to read '{where}', found: {refused.findings[0]}")
        return
    wanted, found = node.get("namespace"), root.get("targetNamespace")
    if wanted and found and wanted != found:
        yield _finding(
            node,
            "import-broken",
            f"Expected '{where}' to be of the namespace '{wanted}' that the import says, found '{found}'",
        )
    if root.name == "definitions":
        for deeper in _imports(where, root, source, on_the_way):
            yield _finding(node, deeper.rule, f"Expected that '{where}' can be used, found: {deeper.message}")
    elif root.namespace == _WSDL:
        for wrong in _wsdl(root):
            yield _finding(node, "import-broken", f"Expected '{where}' to be WSDL 2.0, found {wrong}")


def _wsdl(root: XmlNode) -> Iterator[str]:
    for child in root.children:
        if child.namespace == _WSDL and child.name not in _DESCRIPTION:
            yield f"'{child.name}' in line {child.position.line}"
    interfaces = {child.get("name") for child in root.children if child.name == "interface"}
    for child in root.children:
        if child.name not in _NAMES_INTERFACE:
            continue
        named = (child.get("interface") or "").rpartition(":")[2]
        if named not in interfaces and (named or child.name == "service"):
            yield f"{child.name} '{child.get('name')}' of no interface in line {child.position.line}"


def _finding(node: XmlNode, rule: str, message: str) -> Finding:
    return Finding(
        node.position,
        None,
        rule,
        f"{message.rstrip('.')} (BPMN 2.0.2 §8.2.1, p. 51)." if "p. 51" not in message else message,
        "Correct the import's location and namespace, add the file, or remove the import.",
    )
