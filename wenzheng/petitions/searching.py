"""Words of letters and how well a letter answers what somebody looks for: no database, no network.

Chinese is written without spaces, so what is indexed are its single characters and pairs of neighbours:
路灯 is found as well as 路灯不亮, and no dictionary decides what a word is. Words and numbers of other
scripts are indexed whole. Full-width and half-width, capital and small letters are the same (NFKC and case
folding); traditional and simplified characters are not: that needs a dictionary.

Both databases index the same terms and both answers are ordered here, so they agree.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

_HAN: Final = (
    "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUN: Final = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_IS_HAN: Final = re.compile(rf"[{_HAN}]")
LONGEST_QUERY: Final = 100
_LONGEST_WORD: Final = 40
"""Characters of a term; longer words are cut, alike in letters and in questions."""

TITLE_PHRASE, TEXT_PHRASE, TITLE_SCATTERED, SCATTERED = 8, 4, 2, 1
"""What a word that is found counts: in one piece before scattered, in the title before the text."""


def normal(text: str) -> str:
    """The text as it is compared: one width, small letters."""
    return unicodedata.normalize("NFKC", text).casefold()


def terms_of(text: str) -> frozenset[str]:
    """What a text is found by: its words, its Chinese characters and their pairs."""
    return frozenset(_terms(normal(text)))


def _terms(plain: str) -> Iterable[str]:
    for run in _RUN.findall(plain):
        if _IS_HAN.match(run):
            yield from run
            yield from map("".join, pairwise(run))
        else:
            yield run[:_LONGEST_WORD]


@dataclass(frozen=True)
class Word:
    """One word of a question, as it is compared, and the terms that a letter with it has.

    Of a Chinese word of two and more characters these are the pairs: they say all that the characters do.
    """

    text: str
    terms: frozenset[str]


def words_of(question: str) -> tuple[Word, ...]:
    """The words somebody looks for, in their order: each is to be found. None where there are only marks."""
    plain = normal(question[:LONGEST_QUERY])
    found = dict.fromkeys(part for part in re.split(r"[\W_]+", plain) if part)
    return tuple(Word(part, _needed(part)) for part in found)


def _needed(word: str) -> frozenset[str]:
    terms: set[str] = set()
    for run in _RUN.findall(word):
        if _IS_HAN.match(run) and len(run) > 1:
            terms.update(map("".join, pairwise(run)))
        else:
            terms.add(run[:_LONGEST_WORD])
    return frozenset(terms)


@dataclass(frozen=True)
class Seen:
    """The words of a letter that somebody may see: of what they may not, nothing is found here."""

    number: str
    title: str
    text: str
    replies: Sequence[str] = ()


def score(words: Sequence[Word], letter: Seen) -> int:
    """How well a letter answers a question; 0 when a word of it is not there."""
    title = normal(f"{letter.number}\n{letter.title}")
    whole = normal("\n".join((letter.text, *letter.replies)))
    return _points(words, title, whole)


def _points(words: Sequence[Word], title: str, whole: str) -> int:
    points = 0
    in_title: frozenset[str] | None = None
    everywhere: frozenset[str] = frozenset()
    for word in words:
        if _in_one_piece(word, title):
            points += TITLE_PHRASE
            continue
        if _in_one_piece(word, whole):
            points += TEXT_PHRASE
            continue
        if in_title is None:
            in_title = frozenset(_terms(title))
            everywhere = in_title | frozenset(_terms(whole))
        if word.terms <= in_title:
            points += TITLE_SCATTERED
        elif word.terms <= everywhere:
            points += SCATTERED
        else:
            return 0
    return points


def _in_one_piece(word: Word, plain: str) -> bool:
    """Whether a word stands in a text as it was asked for; words with spaces between are whole ones."""
    if _IS_HAN.search(word.text):
        return word.text in plain
    return word.text in plain and _alone(word.text).search(plain) is not None


@lru_cache(maxsize=256)
def _alone(word: str) -> re.Pattern[str]:
    """A word of letters or numbers with none of its own sort beside it."""
    return re.compile(rf"(?<![^\W_{_HAN}]){re.escape(word)}(?![^\W_{_HAN}])")


@dataclass(frozen=True)
class Piece:
    """A piece of an excerpt; marked where it is what somebody looks for. Whoever shows it escapes it."""

    text: str
    marked: bool


_BEFORE: Final = 20
_EXCERPT: Final = 90
"""Characters of an excerpt, and how many of them stand before the first word found."""


def marked(words: Sequence[Word], text: str) -> list[Piece]:
    """A text with the words that are found marked: whole ones, else their pairs."""
    plain, places = _placed(text)
    spots = _spots(words, plain)
    pieces: list[Piece] = []
    last = 0
    for start, end in spots:
        first, after = places[start], places[end - 1] + 1
        if after <= last:
            continue
        first = max(first, last)
        pieces += [Piece(text[last:first], marked=False), Piece(text[first:after], marked=True)]
        last = after
    pieces.append(Piece(text[last:], marked=False))
    return [piece for piece in pieces if piece.text]


def excerpt(words: Sequence[Word], texts: Sequence[str]) -> list[Piece]:
    """The part of the first text in which most of the words stand, marked; the beginning where none does."""
    best, where = (texts[0] if texts else ""), 0
    most = 0
    for text in texts:
        plain, places = _placed(text)
        spots = _spots(words, plain)
        if len(spots) > most:
            most, best, where = len(spots), text, places[spots[0][0]]
    start = max(0, where - _BEFORE)
    part = " ".join(best[start : start + _EXCERPT].split())
    pieces = marked(words, part)
    if start > 0:
        pieces.insert(0, Piece("…", marked=False))
    if start + _EXCERPT < len(best):
        pieces.append(Piece("…", marked=False))
    return pieces


def _placed(text: str) -> tuple[str, list[int]]:
    """The text as it is compared, and where each of its characters came from."""
    plain: list[str] = []
    places: list[int] = []
    for at, one in enumerate(text):
        for character in normal(one):
            plain.append(character)
            places.append(at)
    return "".join(plain), places


def _spots(words: Sequence[Word], plain: str) -> list[tuple[int, int]]:
    """Where words stand, in order, none inside another."""
    found: list[tuple[int, int]] = []
    for word in words:
        names = [word.text] if _in_one_piece(word, plain) else sorted(word.terms)
        for name in names:
            found += [one.span() for one in re.finditer(re.escape(name), plain)]
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1] - 1:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
