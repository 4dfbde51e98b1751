"""Whether somebody is a letter's author: the tracking code, and the second factor the author chose.

A letter without a second factor (kept before there were any, or filed without one over the API) is opened
by its code alone until the author chooses one. Guessing is slowed down by letter and by client address.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from math import ceil
from typing import Annotated, Final
from urllib.parse import unquote

from fastapi import Depends, Header, Request

from wenzheng.passwords import hashed, verified
from wenzheng.petitions.second_factor import LONGEST, normal, normal_contact, readings
from wenzheng.store.views.petitions import PetitionRow
from wenzheng.web import guessing
from wenzheng.web.problems import Problem
from wenzheng.web.services import Services

HEADER: Final = "Wenzheng-Passphrase"
_LONGEST_HEADER: Final = 12 * LONGEST
"""Characters of the header: each of the passphrase's may be four bytes, three characters each."""


@dataclass(frozen=True)
class Proof:
    """What a caller gives besides the tracking code, and where from."""

    passphrase: str | None = field(default=None, repr=False)
    address: str | None = None


NO_PROOF: Final = Proof()


async def proof_of(
    request: Request,
    passphrase: Annotated[
        str | None,
        Header(
            alias=HEADER,
            max_length=_LONGEST_HEADER,
            description="The author's second factor, percent-encoded UTF-8. Needed with a tracking code.",
        ),
    ] = None,
) -> Proof:
    """The proof in a request's header."""
    return Proof(None if passphrase is None else unquote(passphrase), address_of(request))


Proven = Annotated[Proof, Depends(proof_of)]


def authors_proof(proof: Proof, passphrase: str | None) -> Proof:
    """The proof of an act: the second factor may stand in its body instead of the header."""
    return proof if passphrase is None else replace(proof, passphrase=passphrase)


def address_of(request: Request) -> str | None:
    """Where a request comes from, as far as the server knows."""
    return request.client.host if request.client is not None else None


async def prove(services: Services, row: PetitionRow, proof: Proof) -> None:
    """Return when this is the author. Raises Problem: 403 for a wrong second factor, 429 after too many."""
    kept = await services.read(lambda reader: reader.passphrase_hash(row.id))
    if kept is None:
        return
    if not proof.passphrase or not proof.passphrase.strip():
        detail = f"This letter needs the second factor its author chose: send it in the header {HEADER}."
        raise Problem(403, "second-factor", detail)
    key = guessing.Key(f"passphrase:{row.id}")
    address = guessing.address_key("passphrase", proof.address) if proof.address else None
    blocked = await _blocked(services, address) or await guessing.try_again_at(services, [key])
    if blocked is not None:
        seconds = max(1, ceil((blocked - services.wall()).total_seconds()))
        detail = f"Too many wrong tries. Wait {seconds} s, then try again."
        headers = {"Retry-After": str(seconds)}
        raise Problem(429, "too-many-tries", detail, headers=headers, extra={"seconds": seconds})
    meant = readings(proof.passphrase)
    if not await guessing.in_thread(lambda: any(verified(text, kept) for text in meant)):
        if address is not None:
            await guessing.try_again_at(services, [address])
        detail = (
            "The second factor is not the one of this letter: the word its author chose, or their contact."
        )
        raise Problem(403, "second-factor", detail)
    await guessing.was_right(services, [key])


async def _blocked(services: Services, address: guessing.Key | None) -> datetime | None:
    """Until when an address has to wait.

    Of an address only wrong tries count, after they were found wrong: an office, or a kiosk, has many
    authors at once. What is guessed is a letter's, whose tries are counted before they are checked.
    """
    if address is None:
        return None
    failure = await services.read(lambda reader: reader.failure(address.name))
    until = failure.blocked_until if failure is not None else None
    return until if until is not None and until > services.wall() else None


async def word_hash(word: str) -> str:
    """What is kept of a word of the author's own."""
    return await guessing.in_thread(lambda: hashed(normal(word)))


async def contact_hash(contact: str) -> str | None:
    """What is kept of a contact as second factor; None when it is no contact."""
    text = normal_contact(contact)
    return None if text is None else await guessing.in_thread(lambda: hashed(text))
