"""Filing letters and reading them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Protocol

from fastapi import APIRouter, Depends, Header, Query, Response

from wenzheng.web import board, views
from wenzheng.web.board import Filters, letters
from wenzheng.web.disclosing import disclose_identity, disclosures_of
from wenzheng.web.filing import file_letter
from wenzheng.web.problems import Fault, Problem, shown
from wenzheng.web.proof import Proven
from wenzheng.web.reading import open_letter
from wenzheng.web.schemas.acts import AskIdentity, Receipt, Submission, TakenDown
from wenzheng.web.schemas.clocks import ClockReasons
from wenzheng.web.schemas.fields import ACT_ID_HELP, ActId, Kind, LampName, State
from wenzheng.web.schemas.letters import Disclosures, Identity, Letter, Page, Timeline
from wenzheng.web.security import Caller, Given, Staff
from wenzheng.web.taking import receipt_of, take_down

router = APIRouter(prefix="/petitions", tags=["letters"])

Key = Annotated[ActId | None, Header(alias="Idempotency-Key", description=ACT_ID_HELP)]


class Named(Protocol):
    """A body that may name its act."""

    @property
    def act_id(self) -> str | None:
        """The name."""


def one_act_id(key: str | None, body: Named) -> str | None:
    """The act's name: header or body. Two different ones are a mistake of the sender."""
    if key and body.act_id and key != body.act_id:
        fault = Fault(
            pointer="#/act_id",
            expected="the value of Idempotency-Key",
            found=shown(body.act_id),
            hint="Send the act id once, in the header or in the body.",
        )
        raise Problem(422, "bad-data", "The request has two act ids.", [fault])
    return key or body.act_id


@router.post("", status_code=201)
async def submit(body: Submission, given: Given, key: Key = None) -> Receipt:
    """Submit a letter. Its handling starts at once, or as soon as the process engine is back."""
    row = await file_letter(given, body, one_act_id(key, body))
    return receipt_of(row, word=body.passphrase is not None)


@router.post("/taken", status_code=201)
async def taken(body: TakenDown, given: Given, who: Staff, key: Key = None) -> Receipt:
    """Take a letter down for a caller, or for somebody at the counter, who follows it with the receipt."""
    row = await take_down(given, body, one_act_id(key, body), who)
    return receipt_of(row, word=body.passphrase is not None)


@dataclass(frozen=True)
class Search:
    """What somebody looks for."""

    lamp: LampName | None = None
    department: Annotated[str | None, Query(max_length=100)] = None
    state: State | None = None
    kind: Kind | None = None
    q: Annotated[str | None, Query(max_length=100, description="Stands in the number or the title")] = None
    cursor: Annotated[str | None, Query(max_length=200)] = None
    limit: Annotated[int, Query(ge=1, le=200)] = 50


@router.get("")
async def search(given: Given, who: Caller, asked: Annotated[Search, Depends()]) -> Page:
    """Letters that I may know of, newest first. A page may be short; `next` says whether more follow."""
    words = (asked.q or "").strip() or None
    filters = Filters(asked.lamp, asked.department, asked.kind, asked.state, words)
    return await letters(given, board.Query(who, filters, asked.cursor, asked.limit))


@router.get("/{ref}")
async def read(ref: str, given: Given, who: Caller, proof: Proven) -> Letter:
    """One letter: by its tracking code and second factor as its author, by number or id as whoever I am."""
    file, sight = await open_letter(given, ref, who, proof=proof)
    return views.letter(file, sight, given.now())


@router.get("/{ref}/timeline")
async def timeline(ref: str, given: Given, who: Caller, proof: Proven) -> Timeline:
    """What happened to a letter, oldest first."""
    file, sight = await open_letter(given, ref, who, proof=proof)
    return Timeline(id=file.row.id, number=file.row.number, events=views.timeline(file, sight))


@router.get("/{ref}/clocks/{clock}")
async def clock(ref: str, clock: str, given: Given, who: Caller, proof: Proven) -> ClockReasons:
    """Why the limits of a clock are over when they are: rule, day 0, each special day with its notice."""
    file, sight = await open_letter(given, ref, who, proof=proof)
    found = views.clock_reasons(file, sight, clock, given.calendar)
    if found is None:
        names = ", ".join(one.clock for one in views.letter(file, sight, given.now()).clocks)
        detail = f"Expected one of the letter's clocks ({names or 'it has none'}), found {shown(clock)}."
        raise Problem(404, "no-clock", f"{detail} GET /api/petitions/{{ref}} lists them.")
    return found


@router.post("/{ref}/identity")
async def identity(ref: str, body: AskIdentity, given: Given, who: Staff, response: Response) -> Identity:
    """Who wrote a letter, for supervision and leaders. The reason is kept before anything is shown."""
    response.headers["Cache-Control"] = "no-store"
    return await disclose_identity(given, ref, who, body.reason)


@router.get("/{ref}/disclosures")
async def disclosures(ref: str, given: Given, who: Staff) -> Disclosures:
    """Who was shown the author of a letter on request, when and why."""
    return await disclosures_of(given, ref, who)
