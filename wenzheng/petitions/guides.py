"""What a definition says to people: names of steps, guidance, templates; and what they may send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

Texts = Mapping[str, str]
"""A text by language: zh, en, or only one of them."""


@dataclass(frozen=True)
class StepGuide:
    """What is shown to whoever does a step or sends a message; `templates` are by field."""

    names: Texts = field(default_factory=dict)
    guidance: Texts = field(default_factory=dict)
    templates: Mapping[str, Texts] = field(default_factory=dict)


@dataclass(frozen=True)
class Offer:
    """A message that people may send to an instance: who, with what form.

    `element` is the event that takes it, `role` the one of the definition; `fields` are as in task records.
    """

    element: str
    message: str
    role: str
    fields: Sequence[Mapping[str, Any]]
    guide: StepGuide


class Guides(Protocol):
    """Looks into deployed definitions. Its methods may block: they run in a thread."""

    def steps(self, definition: str, process: str) -> Mapping[str, StepGuide]:
        """What is said of each step of a process, by element."""
        ...

    def offers(self, definition: str, process: str) -> Sequence[Offer]:
        """The messages that people may send to its instances, in the order of the file."""
        ...


def said_in(texts: Texts, language: str) -> str:
    """A text in a language, in another where there is none in this one; empty when there is none."""
    return texts.get(language) or next(iter(texts.values()), "")
