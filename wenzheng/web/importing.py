"""Bringing the letters of a file in: the good rows, in lots, each under a name that a rerun recognises."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from starlette.concurrency import run_in_threadpool

from wenzheng.petitions.arrival import Arrival
from wenzheng.petitions.findings import Finding
from wenzheng.petitions.importing import Reading, RowFault, RowLetter, Sheet, read_sheet
from wenzheng.store.views.petitions import Filed, PetitionRow
from wenzheng.web.filing import Authors, Filing, keep_letters
from wenzheng.web.lookup import organisation
from wenzheng.web.problems import Problem
from wenzheng.web.proof import contact_hash
from wenzheng.web.security import Principal
from wenzheng.web.services import Services

_LOT: Final = 100
"""Letters kept in one transaction: others write in between."""
_ANOTHER: Final = Finding(
    "import.another",
    "id",
    "这个编号已经导入过另一封信，没有改动。如果是另一个来源的编号，请填写来源。",
    "this id has brought in another letter, which was not changed. Ids of another source need its name.",
)


@dataclass(frozen=True)
class Brought:
    """A row that is a letter now; without a code in a trial, or when it had been before."""

    row: int
    number: str
    tracking_code: str | None = None


@dataclass
class Imported:
    """What became of a file. In a trial `taken` are the rows that would be letters."""

    encoding: str
    total: int
    trial: bool
    taken: list[Brought] = field(default_factory=list)
    known: list[Brought] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)


@dataclass(frozen=True)
class Wish:
    """Who brings a file in, how its ids are to be told from others', and whether only to try."""

    who: Principal
    source: str = ""
    trial: bool = False


async def import_letters(services: Services, raw: bytes, wish: Wish) -> Imported:
    """Bring in the rows that are letters and have not been. Raises BadFileError."""
    units = await services.read(organisation)
    by = Reading(units, services.calendar.zone, services.now(), wish.source)
    sheet = await run_in_threadpool(read_sheet, raw, by)
    done = Imported(sheet.encoding, sheet.total, wish.trial, faults=list(sheet.faults))
    fresh = await _fresh(services, sheet, done)
    if wish.trial:
        done.taken = [Brought(row.row, "") for row in fresh]
    else:
        for begin in range(0, len(fresh), _LOT):
            await _bring(services, fresh[begin : begin + _LOT], wish, done)
    done.faults.sort(key=lambda fault: fault.row)
    return done


async def _fresh(services: Services, sheet: Sheet, done: Imported) -> list[RowLetter]:
    """The rows that are no letters yet; each name once."""
    names = list({row.act_id for row in sheet.letters})
    there = await services.read(lambda reader: reader.filed_under(names))
    fresh: dict[str, RowLetter] = {}
    for row in sheet.letters:
        filed, twin = there.get(row.act_id), fresh.get(row.act_id)
        if filed is not None:
            if _says(row) == filed_says(filed):
                done.known.append(Brought(row.row, filed.number))
            else:
                done.faults.append(RowFault(row.row, "id", _ANOTHER))
        elif twin is None:
            fresh[row.act_id] = row
        elif twin.letter != row.letter:
            done.faults.append(RowFault(row.row, "id", _ANOTHER))
        else:
            done.known.append(Brought(row.row, ""))
    return list(fresh.values())


def _says(row: RowLetter) -> tuple[str, ...]:
    letter = row.letter
    names = (letter.title, letter.text, letter.kind.value, letter.channel.value, letter.addressee)
    return (*names, letter.author_name, letter.contact)


def filed_says(filed: Filed) -> tuple[str, ...]:
    """What tells a letter from another one."""
    names = (filed.title, filed.text, filed.kind, filed.channel, filed.addressee)
    return (*names, filed.author_name, filed.author_contact)


async def _bring(services: Services, lot: list[RowLetter], wish: Wish, done: Imported) -> None:
    filings = [await _filing(row, wish) for row in lot]
    try:
        rows = await keep_letters(services, filings)
    except Problem as problem:
        if problem.code != "act-id-taken":
            raise
        # Another import has brought one of them in meanwhile: one by one, to see which.
        for row, filing in zip(lot, filings, strict=True):
            try:
                _note(done, row, (await keep_letters(services, [filing]))[0])
            except Problem as one:
                if one.code != "act-id-taken":
                    raise
                done.faults.append(RowFault(row.row, "id", _ANOTHER))
        return
    for row, kept in zip(lot, rows, strict=True):
        _note(done, row, kept)


def _note(done: Imported, row: RowLetter, kept: PetitionRow) -> None:
    done.taken.append(Brought(row.row, kept.number, kept.tracking_code))


async def _filing(row: RowLetter, wish: Wish) -> Filing:
    """The contact opens the letter besides the code; without one the code does, until its author chooses."""
    authors = Authors(await contact_hash(row.letter.contact), "zh")
    return Filing(row.letter, row.act_id, authors, Arrival(row.received_at, wish.who.account))
