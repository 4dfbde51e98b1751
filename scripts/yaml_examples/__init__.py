"""Examples of the YAML language, one a construct: each is a whole definition that the tests run."""

from __future__ import annotations

from typing import Final

from scripts.yaml_examples.files import BESIDE
from scripts.yaml_examples.tasks import TASKS
from scripts.yaml_examples.ways import WAYS

EXAMPLES: Final = {**TASKS, **WAYS}
"""Examples by name: the definition that stands in the file `p.yaml`."""


def bundle_of(name: str) -> dict[str, bytes]:
    """The files of an example's folder."""
    files = {"p.yaml": EXAMPLES[name], **BESIDE.get(name, {})}
    return {file: text.encode() for file, text in files.items()}


def everything_beside() -> dict[str, bytes]:
    """The files that any example needs beside it."""
    return {file: text.encode() for files in BESIDE.values() for file, text in files.items()}


__all__ = ["BESIDE", "EXAMPLES", "bundle_of", "everything_beside"]
