"""The second thing, besides the tracking code, that opens a letter to its author.

The author chooses: a word of their own, or the contact they gave. What is typed is compared in a normal
form, so that capitals, full-width letters, spaces and dashes do not keep anybody out.
"""

from __future__ import annotations

import secrets
import unicodedata
from typing import Final

from wenzheng.petitions.findings import Finding
from wenzheng.petitions.intake import contact_or_none

LONGEST: Final = 100
FIELD: Final = "passphrase"
_ENOUGH: Final = 12
_DRAWN: Final = 8
_WIDE_FROM: Final = "\u2e80"
"""From here on the characters are Chinese and their neighbours: one says more than a letter does."""


def drawn_word() -> str:
    """A word for an author who has none ready: digits, because on the phone they are heard rightly."""
    while len(set(word := "".join(secrets.choice("0123456789") for _ in range(_DRAWN)))) == 1:
        pass
    return word


def check_word(word: str) -> Finding | None:
    """What is wrong with a word of the author's own. Needed: 6 letters or digits, or 4 Chinese characters."""
    text = normal(word)
    if not text:
        return Finding(
            "second_factor.missing",
            FIELD,
            "请填写查询口令。",
            "expected a word of your own, found none. Write one that you will remember.",
        )
    if len(word) > LONGEST:
        return Finding(
            "second_factor.too_long",
            FIELD,
            f"查询口令最多{LONGEST}个字符，现有{len(word)}个。",
            f"expected at most {LONGEST} characters, found {len(word)}. Choose a shorter one.",
        )
    if sum(3 if character >= _WIDE_FROM else 2 for character in text) < _ENOUGH or len(set(text)) == 1:
        return Finding(
            "second_factor.too_short",
            FIELD,
            "查询口令至少 6 个字母或数字，或者 4 个汉字，不能全部相同。",
            "expected at least 6 letters or digits (or 4 Chinese characters), not all the same. "
            "Choose a longer one.",
        )
    if not text.isprintable():
        return Finding(
            "second_factor.character",
            FIELD,
            "查询口令里有无法显示的字符，请重新输入。",
            "expected characters that can be seen, found others. Type it again.",
        )
    return None


def normal(text: str) -> str:
    """A word as it is compared: compatibility forms folded, no capitals, no spaces at the ends or doubled."""
    return " ".join(unicodedata.normalize("NFKC", text[: 4 * LONGEST]).casefold().split())


def normal_contact(text: str) -> str | None:
    """A phone number or mail address as it is compared; None when it is neither."""
    try:
        contact = contact_or_none(text)
    except ValueError:
        return None
    return contact.casefold() if contact else None


def readings(typed: str) -> tuple[str, ...]:
    """What somebody may have meant: a word, and where it looks like one, a contact. Each once."""
    found = (normal(typed), normal_contact(typed))
    return tuple(dict.fromkeys(text for text in found if text))
