"""Filing a letter: checked by the domain, kept with its number and code, its handling asked for."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from starlette.concurrency import run_in_threadpool

from wenzheng.petitions.arrival import BY_ITSELF, Arrival, check_arrival
from wenzheng.petitions.findings import Finding
from wenzheng.petitions.intake import Letter, LetterRefusedError, check_letter, read_letter
from wenzheng.petitions.kinds import OPEN_CHANNELS, Channel
from wenzheng.petitions.second_factor import check_word
from wenzheng.petitions.tracking import new_tracking_code
from wenzheng.store import Conflict, UnitOfWork
from wenzheng.store.views.petitions import PetitionRow
from wenzheng.web.acts import new_act_id
from wenzheng.web.lookup import organisation
from wenzheng.web.problems import Problem, refused
from wenzheng.web.proof import contact_hash, word_hash
from wenzheng.web.schemas.acts import Submission
from wenzheng.web.services import Services

_LETTERS: Final = uuid.UUID("0d3f2b61-52f4-5a0e-8f0a-6a2b1c9e7d11")

_NOTICES_IN_A_ROW: Final = 5
"""How often a letter is counted anew because a notice came in between."""

# The API's short names and the domain's.
_FIELDS: Final = {"name": "author_name", "contact": "contact", "public": "public_consent"}
_SHORT: Final = {domain: api for api, domain in _FIELDS.items()}


OURS: Final = ("intake/", "import/")
"""How act ids of letters from gateways and files begin: nobody takes them from outside."""


async def file_letter(services: Services, body: Submission, act_id: str | None) -> PetitionRow:
    """Keep a letter. The same act id with the same letter gives the same letter again.

    Raises Problem 422 with everything that is wrong, 409 for a taken act id.
    """
    if act_id is not None and act_id.startswith(OURS):
        detail = f"Act ids that begin with {' or '.join(OURS)} are the house's own. Choose another."
        raise Problem(422, "bad-act-id", detail)
    try:
        return await take_letter(services, body, act_id)
    except LetterRefusedError as error:
        findings = in_api_words(error.findings)
        raise refused("bad-letter", "The letter cannot be taken as it is.", findings) from error


async def take_letter(
    services: Services, body: Submission, act_id: str | None, arrival: Arrival = BY_ITSELF
) -> PetitionRow:
    """As file_letter, but raises LetterRefusedError with the domain's findings in both languages.

    Without an `arrival` its author sends it, who may not say that it came by a channel of the house's.
    """
    taken = {"act_id", "passphrase", "language", "received_at"}
    fields = {_FIELDS.get(name, name): value for name, value in body.model_dump(exclude=taken).items()}
    units = await services.read(organisation)
    beside = check_arrival(arrival, services.now())
    if arrival is BY_ITSELF and body.channel in _OF_THE_HOUSE:
        beside = (_not_your_channel(body.channel),)
    # Without a contact there is nothing but a word that could open the letter besides its code.
    word_given = body.passphrase is not None or not (body.contact or "").strip()
    wrong = check_word(body.passphrase or "") if word_given else None
    if wrong is not None:
        beside = (*beside, wrong)
    if beside:
        raise LetterRefusedError((*check_letter(fields, units), *beside))
    letter = read_letter(fields, units)
    word = body.passphrase
    kept = await contact_hash(letter.contact) if word is None else await word_hash(word)
    authors = Authors(kept, body.language)
    return await keep_letter(services, letter, act_id or new_act_id(), authors, arrival)


_OF_THE_HOUSE: Final = frozenset(Channel) - OPEN_CHANNELS


def _not_your_channel(channel: str) -> Finding:
    open_to_all = ", ".join(sorted(OPEN_CHANNELS))
    return Finding(
        "letter.channel_of_the_house",
        "channel",
        f"“{channel}”渠道由工作人员或接入网关登记，请从以下选项中选择：{open_to_all}。",
        f"expected one of {open_to_all}, found {channel}: staff and signed gateways hand those in.",
    )


def in_api_words(findings: tuple[Finding, ...]) -> list[Finding]:
    """Findings with the field names callers use."""
    return [
        Finding(finding.code, _SHORT.get(finding.field, finding.field), finding.zh, finding.en)
        for finding in findings
    ]


@dataclass(frozen=True)
class Authors:
    """What else is kept for the author: the second factor's hash, their language, the draft it was."""

    passphrase_hash: str | None = field(repr=False)
    language: str
    draft_id: str | None = None


@dataclass(frozen=True)
class Filing:
    """A letter that has been read, on its way into the store."""

    letter: Letter
    act_id: str
    authors: Authors
    arrival: Arrival = BY_ITSELF


async def keep_letter(
    services: Services, letter: Letter, act_id: str, authors: Authors, arrival: Arrival = BY_ITSELF
) -> PetitionRow:
    """Keep a letter that has been read; with a draft, its files become the letter's in the same moment.

    Raises Problem 409 for an act id that has filed another letter.
    """
    return (await keep_letters(services, [Filing(letter, act_id, authors, arrival)]))[0]


async def keep_letters(services: Services, filings: Sequence[Filing]) -> list[PetitionRow]:
    """Keep letters in one moment, all of them or none. Raises Problem 409 as `keep_letter`."""
    for _ in range(_NOTICES_IN_A_ROW):
        rows = await _keep(services, filings)
        if rows is not None:
            services.submitted()
            return rows
    raise Problem(503, "calendar-changes", "The calendar changes just now. Try again with the same act id.")


async def _keep(services: Services, filings: Sequence[Filing]) -> list[PetitionRow] | None:
    """None when another version of the calendar came into force meanwhile: letters are counted by that."""
    now = services.now()
    # Before the transaction: nobody waits for its lock, or holds it, while a definition is compiled.
    definition = await run_in_threadpool(services.definition)
    calendar = await run_in_threadpool(services.counted_by, definition, services.process_id)
    days = {calendar.received_on(filing.arrival.at(now)) for filing in filings}
    clocks = {day: await run_in_threadpool(services.expected_clocks, definition, day) for day in days}

    def submit(unit: UnitOfWork) -> list[PetitionRow] | None:
        unit.hold_calendars()
        if unit.calendar_in_force(calendar.id) not in (calendar.version, None):
            return None
        return [one(unit, filing) for filing in filings]

    def one(unit: UnitOfWork, filing: Filing) -> PetitionRow:
        letter, authors = filing.letter, filing.authors
        received_at = filing.arrival.at(now)
        received_on = calendar.received_on(received_at)
        petition_id = _id_of(filing.act_id)
        variables = {
            "petition_id": petition_id,
            "received_on": received_on.isoformat(),
            "kind": letter.kind.value,
            "addressee": letter.addressee,
        }
        row = unit.submit_petition(
            petition_id=petition_id,
            tracking_code=new_tracking_code(),
            act_id=filing.act_id,
            title=letter.title,
            text=letter.text,
            kind=letter.kind.value,
            channel=letter.channel.value,
            addressee=letter.addressee,
            author_name=letter.author_name,
            author_contact=letter.contact,
            public_consent=letter.public_consent,
            received_on=received_on,
            submitted_at=now,
            definition=definition,
            calendar=calendar.version,
            start={"process": services.process_id, "variables": variables},
            expected_clocks=clocks[received_on],
            passphrase_hash=authors.passphrase_hash,
            language=authors.language,
            received_at=None if filing.arrival.received_at is None else received_at,
            taken_by=filing.arrival.taken_by,
            citizen_group=None if letter.citizen_group is None else letter.citizen_group.value,
            citizen_area=letter.citizen_area,
        )
        if authors.draft_id is not None:
            unit.finish_draft(authors.draft_id, row.id, services.wall())
        return row

    try:
        return await services.write(submit)
    except Conflict as error:
        # The store names the other letter; a stranger who guessed an act id must not learn it.
        detail = "This act id has filed another letter. Send this one with a fresh act id."
        raise Problem(409, "act-id-taken", detail) from error


def _id_of(act_id: str) -> str:
    """Derived from the act, so that a repeat names the same letter and instance."""
    return str(uuid.uuid5(_LETTERS, hashlib.sha256(act_id.encode()).hexdigest()))
