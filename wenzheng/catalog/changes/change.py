"""One difference between two versions: a stable code, what it is about, and a sentence in each language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import Any, Final

from wenzheng.catalog.changes.words import ENDS, NAMES, SENTENCES, VALUES
from wenzheng.engine.findings import Position

LOSSES: Final = frozenset({"process.removed", "role.removed", "choice.removed", "receives.removed"})
"""Codes of changes by which something that people rely on ends: nobody should do that unawares."""
_LONGEST: Final = 120
"""Characters of a value in a sentence; the whole stands in the JSON."""


@dataclass(frozen=True)
class Name:
    """What people call a thing: its id, and its name in both languages where it has one."""

    id: str
    zh: str = ""
    en: str = ""

    def said(self, language: str) -> str:
        """The name with the id behind it, by which it is found in the file."""
        name = (self.en or self.zh) if language == "en" else (self.zh or self.en)
        if not name or name == self.id:
            return self.id
        return f"“{name}” ({self.id})" if language == "en" else f"“{name}”（{self.id}）"


@dataclass(frozen=True)
class Change:
    """A difference. `code` is stable; `of` names what changed, from the process inwards.

    `before` and `after` are JSON; a thing that came has no before, one that went no after. `trait` says which
    trait of the thing changed where the code does not.
    """

    code: str
    of: tuple[Name, ...]
    before: Any = None
    after: Any = None
    trait: str = ""

    @property
    def loses(self) -> bool:
        """Something that people rely on is gone with it."""
        return self.code in LOSSES

    @property
    def element(self) -> str:
        """The id of what changed; of a limit or a field that of its clock or step before a dot."""
        return ".".join(name.id for name in self.of[1:]) or self.of[0].id

    def sentence(self, language: str) -> str:
        """The change in words; `language` is zh or en."""
        sentence = SENTENCES[self.code][language == "en"]
        what = [name.said(language) for name in self.of]
        trait = NAMES.get(self.trait, (self.trait, self.trait.replace("_", " ")))[language == "en"]
        return sentence.format(
            process=what[0],
            what=what[min(1, len(what) - 1)],
            part=what[-1],
            trait=trait,
            before=spoken(self.before, language),
            after=spoken(self.after, language),
        )

    def as_json(self) -> dict[str, Any]:
        """The change for programs, with its sentences."""
        return {
            "code": self.code,
            "process": self.of[0].id,
            "element": self.element,
            "trait": self.trait or None,
            "before": self.before,
            "after": self.after,
            "loses": self.loses,
            "text": {language: self.sentence(language) for language in ("zh", "en")},
        }


def spoken(value: Any, language: str) -> str:
    """A value as a sentence has it."""
    en = language == "en"
    if value is None or value in ("", [], {}):
        return VALUES["none"][en]
    if isinstance(value, bool):
        return VALUES["yes" if value else "no"][en]
    if isinstance(value, str):
        known = VALUES.get(value)
        return known[en] if known else _short(" ".join(value.split()))
    if isinstance(value, list):
        return _short(ENDS["list"][en].join(spoken(one, language) for one in value))
    return _mapping(value, language) if isinstance(value, dict) else str(value)


def _mapping(value: dict[str, Any], language: str) -> str:
    if value.keys() == {"after", "unit"}:
        return f"{value['after']} {spoken(value['unit'], language)}"
    joint = ENDS["list"][language == "en"]
    return _short(joint.join(_pair(name, one, language) for name, one in value.items()))


def _pair(name: str, value: Any, language: str) -> str:
    en = language == "en"
    called = NAMES.get(name, (name, name.replace("_", " ")))[en]
    return f"{called}{ENDS['colon'][en]}{spoken(value, language)}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def plain(value: Any) -> Any:
    """What a definition says as JSON, without where it stands: two files may say the same in other places."""
    if is_dataclass(value) and not isinstance(value, type):
        kept = {field.name: getattr(value, field.name) for field in fields(value)}
        return {
            name: plain(one)
            for name, one in kept.items()
            if not isinstance(one, Position) and not name.endswith("position") and not _silent(one)
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [plain(one) for one in value if not isinstance(one, Position)]
    if isinstance(value, set | frozenset):
        return sorted(plain(one) for one in value)
    return value


def _silent(value: Any) -> bool:
    return value is None or value in ((), [], {}, "")


def differing(
    before: Any, after: Any, traits: Mapping[str, Callable[[Any], Any]]
) -> list[tuple[str, Any, Any]]:
    """The traits of two things that differ, each with both values."""
    found = ((name, plain(read(before)), plain(read(after))) for name, read in traits.items())
    return [(name, old, new) for name, old, new in found if old != new]
