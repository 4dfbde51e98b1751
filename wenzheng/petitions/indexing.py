"""What a letter is indexed by: its terms as the public reads them, those that only staff may find, and marks.

One row a letter serves every reader. A term as it is was taken from what the public would see, masked. With
`!` before it, it stands only in the unmasked words: a question of the public never names such a term, so
nobody finds out by searching what is masked. `^` before a term says that it stands in the title.
Marks begin with `@` and say who may look: `@public`, `@letter` (no report), `@report`, `@unit:ID` of those
that handle it; that it is `@answered`; and between which others it was filed (`@a…`, `@b…`), so that the
newest are found without reading all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from wenzheng.petitions.kinds import Kind
from wenzheng.petitions.masking import mask
from wenzheng.petitions.searching import Word, terms_of

TITLE: Final = "^"
STAFF_ONLY: Final = "!"
PUBLIC: Final = "@public"
LETTER: Final = "@letter"
REPORT: Final = "@report"
ANSWERED: Final = "@answered"

PUBLISHED: Final = frozenset({"replied", "promised", "completed", "fed_back", "decided"})
"""Facts whose text everybody reads who may read the letter."""
ANSWERS: Final = frozenset({"replied", "promised"})
INDEXED: Final = PUBLISHED | {"accepted", "assigned"}
"""Facts after which a letter is found otherwise than before."""

WINDOWS: Final = (16_384, 131_072)
"""So many letters lie between two marks of a sort."""
_YEAR: Final = 10**9


def place_of(number: str) -> int:
    """Where a letter stands among all, by its number (2026-000123): later ones come after."""
    year, _, running = number.partition("-")
    return int(year) * _YEAR + int(running)


def windows_of(place: int) -> tuple[str, ...]:
    """The marks of a place, the narrowest first."""
    year, running = divmod(place, _YEAR)
    return tuple(f"@{sort}{year}-{running // size}" for sort, size in zip("ab", WINDOWS, strict=True))


def newest_windows(last: int) -> list[tuple[str, ...]]:
    """Where to look first when the last letter has this place: each answer names the marks of one look."""
    year, running = divmod(last, _YEAR)
    looks = []
    for sort, size in zip("ab", WINDOWS, strict=True):
        window = running // size
        before = (f"@{sort}{year}-{window - 1}",) if window else ()
        looks.append((f"@{sort}{year}-{window}", *before))
    return looks


@dataclass(frozen=True)
class Entry:
    """What of a letter decides how it is found. `published` is told to everybody who may read it."""

    number: str
    title: str
    text: str
    kind: Kind
    public: bool
    units: Collection[str] = ()
    published: Sequence[str] = ()
    answered: bool = False


def index_terms(entry: Entry) -> str:
    """Everything a letter is found by, in one text with spaces between; the same for equal letters."""
    whole = _read(entry.number, entry.title, (entry.text, *entry.published))
    masked = _read(entry.number, mask(entry.title), [mask(text) for text in (entry.text, *entry.published)])
    if entry.kind is Kind.REPORT:  # open to the receivers of its route only, whoever handles it
        marks = [REPORT]
    else:
        marks = [LETTER, *([PUBLIC] if entry.public else []), *(unit_mark(unit) for unit in entry.units)]
    marks += [ANSWERED] if entry.answered else []
    hidden = {STAFF_ONLY + term for term in whole - masked}
    return " ".join(sorted({*masked, *hidden, *marks, *windows_of(place_of(entry.number))}))


def _read(number: str, title: str, texts: Iterable[str]) -> set[str]:
    in_title = terms_of(f"{number} {title}")
    return {*in_title, *(TITLE + term for term in in_title), *terms_of("\n".join(texts))}


def unit_mark(unit: str) -> str:
    """The mark of a letter that a unit handles."""
    return "@unit:" + "_".join(unit.split())


Groups = tuple[tuple[str, ...], ...]
"""What a letter's terms must meet: of each group, one."""


@dataclass(frozen=True)
class Scope:
    """A part of the letters that somebody may search: those with one of these marks."""

    marks: tuple[str, ...]
    whole: bool
    """Whether they read these letters unmasked."""

    def ask(self, words: Iterable[Word], *, title: bool = False) -> Groups:
        """What finds the letters of this part that hold every word, `title` in the title."""
        place = TITLE if title else ""
        terms = sorted({place + term for word in words for term in word.terms})
        found = [(term, STAFF_ONLY + term) if self.whole else (term,) for term in terms]
        return (tuple(sorted(self.marks)), *found)
