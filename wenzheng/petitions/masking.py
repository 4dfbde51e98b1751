"""Masking of what identifies a person in a published text. The stored text is never touched.

This is the machine's part: phone, identity card, bank card and mail addresses. Names and addresses in
running text are for the people who screen a letter before it is published.
"""

from __future__ import annotations

import re
from typing import Final

# A mobile number may be written in groups; other long numbers are masked when written in one piece.
# Letters beside a number do not protect it; \d also matches full-width digits.
_NUMBER: Final = re.compile(
    r"(?:\d{17}[\dXx]"  # identity card
    r"|\d{12,}"  # bank card, other long numbers
    r"|(?:(?:\+|00)?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}"  # mobile
    r"|0\d{2,3}[ -]?\d{7,8}"  # landline with area code
    r"|\d{7,11})"  # landline and account numbers
    r"(?!\d)"
)
_MAIL: Final = re.compile(r"[A-Za-z0-9_.+%-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_KEPT: Final = 2


def mask(text: str) -> str:
    """The text with long numbers and mail addresses masked; every other character stays as it is."""
    return _NUMBER.sub(_mask_number, _MAIL.sub(_mask_mail, text))


def _mask_number(found: re.Match[str]) -> str:
    """Keep the last two digits: enough for the author to recognise it, useless to anybody else."""
    number = found.group()
    return "*" * (len(number) - _KEPT) + number[-_KEPT:]


def _mask_mail(found: re.Match[str]) -> str:
    return "***@" + found.group().rpartition("@")[2]
