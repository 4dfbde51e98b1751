"""How wide words are and where lines break, without the fonts: a drawing is made where none are.

Widths are a little generous, so that a line fits in whatever font the reader has.
"""

from __future__ import annotations

import unicodedata
from typing import Final

_NARROW: Final = frozenset("iljtfrI.,:;'|!()[]{} ")
_BROAD: Final = frozenset("mwMW@%&")
# Chinese lines neither begin nor end with these (GB/T 15834-2011, 5.1).
_NO_START: Final = frozenset("，。、；：？！）》”’％,.;:?!)]}%")
LINE: Final = 1.25
"""Height of a line, in font sizes."""


def width_of(text: str, size: float) -> float:
    """The width of a line in a font of that size."""
    return sum(_width(letter) for letter in text) * size


def _width(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    if unicodedata.combining(letter):
        return 0.0
    if letter in _NARROW:
        return 0.36
    if letter in _BROAD:
        return 0.92
    return 0.68 if letter.isupper() else 0.6


def wrap(text: str, width: float, size: float, most: int) -> list[str]:
    """The text in at most so many lines of at most that width; what does not fit ends with `…`."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if width_of((line + piece).strip(), size) <= width:
            line += piece
            continue
        if line.strip():
            lines.append(line.strip())
        line = piece
        while width_of(line.strip(), size) > width and len(line) > 1:
            head = _head(line, width, size)
            lines.append(head.strip())
            line = line[len(head) :]
    if line.strip():
        lines.append(line.strip())
    if len(lines) > most:
        lines = [*lines[: most - 1], _cut(lines[most - 1] + "…", width, size)]
    return lines


def _pieces(text: str) -> list[str]:
    """Words with the blanks behind them; every Chinese character by itself, with the sign behind it."""
    pieces: list[str] = []
    for letter in " ".join(text.split()):
        wide = unicodedata.east_asian_width(letter) in "WF"
        before = pieces[-1][-1] if pieces else ""
        after_wide = bool(before) and unicodedata.east_asian_width(before) in "WF"
        if not pieces or (
            letter not in _NO_START and letter != " " and (wide or before == " " or after_wide)
        ):
            pieces.append(letter)
        else:
            pieces[-1] += letter
    return pieces


def _head(text: str, width: float, size: float) -> str:
    """As much of a long word as fits, broken after an underscore or sign where there is one."""
    end = 1
    while end < len(text) and width_of(text[: end + 1], size) <= width:
        end += 1
    soft = max((text.rfind(sign, 1, end) for sign in "_-./"), default=-1)
    return text[: soft + 1] if soft >= end // 3 else text[:end]


def _cut(text: str, width: float, size: float) -> str:
    while len(text) > 2 and width_of(text, size) > width:  # noqa: PLR2004 - a letter and the sign
        text = text[:-2] + "…"
    return text
