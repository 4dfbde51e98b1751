"""A bundle: the files of one definition, identified by the sha256 of all of them.

The digest covers every file's name and bytes, so that a changed form is another definition
just as a changed flow is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wenzheng.catalog.language import imported_files
from wenzheng.engine.findings import DefinitionRefused, Finding, Position

MAX_BUNDLE_BYTES: Final = 20_000_000
SUFFIXES: Final = (".bpmn", ".yaml", ".txt", ".csv", ".dmn")
"""Process definitions, drawn or written, words of notices (messages.py), and decision tables.

A process may stand in a bundle once only, drawn or written."""


@dataclass(frozen=True)
class Bundle:
    """The files of a definition by name relative to its folder; `name` is the folder's."""

    name: str
    files: Mapping[str, bytes]

    @property
    def digest(self) -> str:
        """sha256 over the names and contents of all files, as 64 hex digits."""
        total = hashlib.sha256()
        for name in sorted(self.files):
            content = hashlib.sha256(self.files[name]).hexdigest()
            total.update(f"{name}\0{content}\n".encode())
        return total.hexdigest()


def read_bundle(path: Path) -> Bundle:
    """The bundle in a folder, or of one file with what it imports from beside it.

    Raises DefinitionRefused when there is nothing to read or too much of it.
    """
    if path.is_file():
        return Bundle(path.stem, {path.name: path.read_bytes(), **_imports(path)})
    files = {
        found.relative_to(path).as_posix(): found.read_bytes()
        for found in sorted(path.rglob("*"))
        if found.is_file() and found.suffix in SUFFIXES
    }
    if not files:
        raise _refused(path, "bundle-empty", f"Expected .yaml or .bpmn files in '{path.name}', found none.")
    size = sum(len(content) for content in files.values())
    if size > MAX_BUNDLE_BYTES:
        raise _refused(
            path,
            "bundle-too-large",
            f"Expected at most {MAX_BUNDLE_BYTES:,} bytes in '{path.name}', found {size:,}.",
        )
    return Bundle(path.name, files)


def _imports(path: Path) -> dict[str, bytes]:
    if path.suffix != ".yaml" or b"import" not in path.read_bytes():
        return {}
    beside = _Beside(path.parent)
    return {name: beside[name] for name in imported_files(path.read_bytes(), path.name, beside)}


class _Beside(Mapping[str, bytes]):
    """The files beside one, by their names relative to its folder; read when they are asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getitem__(self, name: str) -> bytes:
        try:
            return (self._folder / name).read_bytes()
        except OSError:
            raise KeyError(name) from None

    def __iter__(self) -> Iterator[str]:
        return (found.relative_to(self._folder).as_posix() for found in self._folder.rglob("*.yaml"))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _refused(path: Path, rule: str, message: str) -> DefinitionRefused:
    hint = "Name a folder with the definition's files, or one .yaml or .bpmn file."
    return DefinitionRefused([Finding(Position(str(path), 1, 1), None, rule, message, hint)])
