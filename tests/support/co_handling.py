"""The example with lead and co-handlers, as a city's definition of letters."""

from __future__ import annotations

from wenzheng.catalog.bundle import Bundle, read_bundle
from wenzheng.settings import definitions_dir


def co_handling() -> Bundle:
    """The example under the name of the letters' process, with the shipped words of its notices."""
    example = read_bundle(definitions_dir() / "examples" / "co-handling").files["co-handling.yaml"]
    text = example.decode().replace("process: co_handling_letter", "process: petition")
    words = read_bundle(definitions_dir() / "petition").files
    named = ("replied", "escalation", "reminder")
    said = {
        name: words[name] for name in words if name.startswith(tuple(f"messages/{one}." for one in named))
    }
    return Bundle("petition", {"petition.yaml": text.encode(), **said})
