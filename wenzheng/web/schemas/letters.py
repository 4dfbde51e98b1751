"""Letters as they are read: in lists, whole, with their history and who may know the author."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field

from wenzheng.web.schemas.clocks import ClockView, LetterStanding
from wenzheng.web.schemas.fields import LampName


class ContentView(BaseModel):
    """Something that was said, once the act that carried it had happened."""

    id: str
    kind: str
    text: str
    author: str
    at: datetime
    reply_kind: str | None = None
    silent: list[str] = Field(
        default=[], description="Units that were asked to help and had said nothing when it was given"
    )
    internal: bool = Field(False, description="A draft or a note of the house: the author is not told of it")


class Person(BaseModel):
    """Who wrote the letter. Never shown to the public."""

    name: str | None
    contact: str | None
    group: str | None = Field(None, description="Whom they count themselves among, if they said")
    area: str | None = Field(None, description="County they live in, or elsewhere, if they said")


class DisclosureView(BaseModel):
    """Somebody was shown what is shown on request only."""

    account: str
    field_group: str = Field(description="identity: name and contact of the author")
    reason: str
    at: datetime


class Disclosures(BaseModel):
    """Who was shown what of a letter on request, oldest first."""

    items: list[DisclosureView]


class Identity(BaseModel):
    """Who wrote a letter, and the entry of the log that says who was told."""

    number: str
    name: str | None
    contact: str | None
    disclosure: DisclosureView


class Summary(BaseModel):
    """A letter in a list. What the caller may not see is null."""

    id: str
    number: str
    title: str | None
    kind: str
    state: str
    lamp: LampName
    standing: LetterStanding = Field(
        description="Of its letter clock: whether it is paused or extended; or promised, until that is done"
    )
    addressee: str
    department: str | None
    department_name: str | None
    received_on: date
    submitted_at: datetime
    public: bool
    round: int
    open: list[str]
    outcome: str | None


class AttachmentView(BaseModel):
    """A file of a letter. `unit` is null for the author's own."""

    id: str
    name: str
    media_type: str
    size: int = Field(description="Bytes")
    sha256: str
    unit: str | None
    added_at: datetime


class Attachments(BaseModel):
    """Files of a letter, in their order."""

    items: list[AttachmentView]


class Letter(Summary):
    """A letter as the caller may see it."""

    text: str | None
    author: Person | None
    channel: str | None = Field(description="How it came in; for the author and those who handle it")
    received_at: datetime | None = Field(description="When the city received it; likewise")
    taken_by: str | None = Field(description="Who took it down, for those who handle it; null: nobody had to")
    contents: list[ContentView]
    clocks: list[ClockView]
    attachments: list[AttachmentView]


class Page(BaseModel):
    """A page of letters; `next` is the cursor of the following one."""

    items: list[Summary]
    next: str | None


class Event(BaseModel):
    """One thing that happened to a letter."""

    at: datetime
    seq: int
    event: str
    element: str
    name: str
    actor: str | None
    role: str | None
    data: dict[str, object]


class Timeline(BaseModel):
    """All that happened to a letter, oldest first."""

    id: str
    number: str
    events: list[Event]


class Board(BaseModel):
    """The public board: every letter counts, public ones are shown."""

    total: int
    lamps: dict[LampName, int]
    letters: list[Summary]
    next: str | None
