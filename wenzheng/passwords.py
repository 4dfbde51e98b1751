"""Passwords and passphrases: normalised, checked, hashed, made up. A leaf: knows nothing else of the house.

Hashes are argon2id (RFC 9106) with the parameters OWASP's Password Storage Cheat Sheet names as its
minimum: 19 MiB, two passes, one lane; some 20 ms. More memory for each would let a few dozen
people who sign in at once, or somebody who only pretends to, take the memory of a small server.
"""

from __future__ import annotations

import secrets
import unicodedata
from functools import cache
from typing import Final

from pwdlib.hashers.argon2 import Argon2Hasher

SHORTEST: Final = 12
"""Characters of a password: long beats complicated (NIST SP 800-63B asks for no kinds of characters)."""
LONGEST: Final = 256
"""More is refused, not cut: what is typed decides, not its beginning."""

_MEMORY_KIB: Final = 19 * 1024
_PASSES: Final = 2
_LANES: Final = 1

# Without letters and digits that are mistaken for each other when read aloud or from paper.
_READABLE: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS: Final = 4
_GROUP_LENGTH: Final = 4

_hasher: Final = Argon2Hasher(time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=_LANES)


class PasswordRefused(ValueError):
    """A new password that is not taken. `code` is `short`, `long`, `spaces` or `name`."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def normalised(password: str) -> str:
    """The password however it was typed: Unicode NFC, so that one keyboard's é is another's."""
    return unicodedata.normalize("NFC", password)


def _octets(password: str) -> bytes:
    return normalised(password).encode("utf-8", "surrogatepass")


def check(password: str, account: str = "") -> str:
    """The password to keep, normalised. Raises PasswordRefused with what to do.

    Neither too short, too long, only one character over and over, nor the account's own name.
    """
    text = normalised(password)
    if len(text) > LONGEST:
        raise PasswordRefused(
            "long", f"expected at most {LONGEST} characters, found {len(text)}; choose a shorter one"
        )
    if len(text) < SHORTEST:
        raise PasswordRefused(
            "short", f"expected at least {SHORTEST} characters, found {len(text)}; choose a longer one"
        )
    if text != text.strip():
        raise PasswordRefused("spaces", "expected no space at the beginning or end; remove it")
    if len(set(text)) == 1 or (account and text.casefold() == account.casefold()):
        raise PasswordRefused("name", "expected something nobody guesses at once; choose another")
    return text


def hashed(password: str) -> str:
    """The argon2id hash to keep, with its salt and parameters inside. Takes some 20 ms of a core."""
    return _hasher.hash(_octets(password))


def verified(password: str, kept: str | None) -> bool:
    """Whether a password is the one a hash was made of.

    Without a hash (nobody of that name, or no password yet) as much work is done and the answer is
    False: how long it takes tells nobody which names exist.
    """
    octets = _octets(password[: LONGEST + 1])
    right = _hasher.verify(octets, kept if kept is not None else _nobodys())
    return right and kept is not None and len(password) <= LONGEST


@cache
def _nobodys() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))


def made_up() -> str:
    """A new random password that can be read from paper: four groups of four, 79 bits."""
    groups = ("".join(secrets.choice(_READABLE) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS))
    return "-".join(groups)
