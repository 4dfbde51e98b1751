"""What the API takes and gives. Field names are those of the glossary; unknown fields are refused."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

Day = date  # a field called `date` hides the type

Kind = Literal["enquiry", "help", "complaint", "suggestion", "report"]
LampName = Literal["unlit", "green", "yellow", "red"]
State = Literal[
    "submitted", "accepted", "rejected", "assigned", "acknowledged", "drafted", "asked", "extended",
    "replied", "reported", "completed", "fed_back", "verdict", "decided", "closed",
]  # fmt: skip
ReplyKind = Literal["done", "promised", "explained", "question", "more_time"]

ACT_ID_LENGTH = 100
ACT_ID_PATTERN = r"^[\x21-\x7e]+$"
ActId = Annotated[str, Field(min_length=1, max_length=ACT_ID_LENGTH, pattern=ACT_ID_PATTERN)]
ACT_ID_HELP = "Names this act for ever: sent twice it is one act. Made up when left out."


def _written(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "some text, not only blanks")
    return text


Written = AfterValidator(_written)
"""Blanks are no words: a reply of two blanks would light the green lamp."""
# The rule on lengths is the letter's (petitions.intake); replies have room for more.
Words = Annotated[str, Field(min_length=1, max_length=20_000), Written]
Note = Annotated[str, Field(min_length=1, max_length=4000), Written]
Reason = Annotated[str, Field(max_length=200)]


Passphrase = Annotated[str, Field(max_length=400)]
PASSPHRASE_HELP = "The author's second factor; may come in the header Wenzheng-Passphrase"  # noqa: S105 - a help


class Input(BaseModel):
    """Base of every request body."""

    model_config = ConfigDict(extra="forbid")


class Submission(Input):
    """A letter as its author sends it. Text is kept byte for byte."""

    title: str
    text: str
    kind: Kind = "help"
    addressee: str | None = Field(None, description="Id of a unit; the city when left out")
    name: str | None = None
    contact: str | None = Field(None, description="Mobile phone number or mail address")
    public: bool = Field(False, description="The author agrees to publication")
    channel: str = "web"
    language: Literal["zh", "en"] = Field("zh", description="The language the author is told in")
    passphrase: Passphrase | None = Field(
        None,
        repr=False,
        description="A word of the author's own that opens the letter together with the tracking code. "
        "Left out: the contact does; a letter without either is not taken.",
    )
    act_id: ActId | None = Field(None, description=ACT_ID_HELP)


class Act(Input):
    """What every act may carry."""

    act_id: ActId | None = Field(None, description=ACT_ID_HELP)
    task_id: str | None = Field(None, description="The opening of the task that was seen")


class Accept(Act):
    """The centre accepts the letter, or refuses it with a reason."""

    accepted: bool = True
    reason: Reason | None = Field(
        None,
        description="A reason of the definition: incomplete, not_ours, duplicate, unlawful",
    )
    emergency: bool | None = Field(None, description="Word of its limits goes out at once, at any hour")


class Assign(Act):
    """The centre passes the letter to a unit."""

    department: str = Field(description="Id of a department, county or section")
    co_handling: list[str] | None = Field(None, max_length=10, description="Ids of the units that help")


class Reply(Act):
    """The department's draft of an answer; its head approves it before the author reads it."""

    text: Words
    kind: ReplyKind = "done"


class Statement(Act):
    """A text: what was done (complete), the result (feedback), the decision (decide)."""

    text: Words


class Approve(Act):
    """The department's head approves the draft, or returns it with a note."""

    approved: bool = True
    note: Note | None = None


class Check(Act):
    """The centre accepts the report of completion, or returns it with a note."""

    done: bool = True
    note: Note | None = None


class Perform(Act):
    """A task completed by its own form: values by field, texts as they were written."""

    data: dict[str, Any] = Field(default_factory=dict)


class WriteNote(Input):
    """An internal note for those who handle the letter."""

    text: Words
    act_id: ActId | None = Field(None, description=ACT_ID_HELP)


class AuthorsAct(Act):
    """What every act of the author may carry."""

    passphrase: Passphrase | None = Field(None, repr=False, description=PASSPHRASE_HELP)


class Rate(AuthorsAct):
    """The author's verdict."""

    solved: bool
    satisfaction: int = Field(ge=1, le=5)
    comment: Annotated[str, Field(max_length=4000)] | None = None


class Withdraw(AuthorsAct):
    """The author takes the letter back."""

    reason: Annotated[str, Field(max_length=4000)] | None = None


class Acknowledge(Input):
    """A rung is acknowledged by an order, a date or a reason; opening it is not enough."""

    order: Note | None = None
    date: Day | None = None
    reason: Note | None = None


class Receipt(BaseModel):
    """What the author gets for a letter."""

    id: str
    number: str
    tracking_code: str
    second_factor: Literal["passphrase", "contact"] = Field(
        description="What opens the letter to its author, together with the tracking code"
    )
    received_on: date
    state: str


class Done(BaseModel):
    """The answer to an act."""

    petition: str
    number: str
    act_id: str
    actor: str
    at: datetime
    state: str
    open: list[str] = Field(description="Elements open after the act")
    ended: bool


ClockUnit = Literal["working_days", "calendar_days", "calendar_days_rolled", "office_hours", "hours"]
ClockStanding = Literal["running", "paused", "extended", "stopped"]


class Limit(BaseModel):
    """A threshold of a clock."""

    id: str
    due: date | None = Field(description="The last day in time; null in a pause without an end")
    lamp: LampName | None
    provisional: bool
    counted: date | None = Field(
        None, description="The day by a new notice, where the later day holds for the department"
    )
    moved_from: date | None = Field(None, description="The day before a new notice moved it")


class ClockView(BaseModel):
    """A clock of a letter; `lamp` is null for a clock that lights none."""

    clock: str
    name: str
    day0: date
    limits: list[Limit]
    lamp: LampName | None
    running: bool
    unit: ClockUnit = "working_days"
    standing: ClockStanding = Field(description="Whether it runs, is paused or extended, or has stopped")
    paused_on: date | None = None
    extended_until: date | None = None


class LimitReasons(BaseModel):
    """Why a limit is over when it is: what was counted, and in words."""

    id: str
    count: int = Field(description="What the rule gives, in the clock's unit; negative before an event")
    plus: int = Field(description="What extensions added")
    due: date | None
    over: datetime | None = Field(description="The first instant at which it is over")
    provisional: bool
    counted: date | None
    stretches: list[dict[str, Any]] = Field(
        description="The counts as pauses divide them, each with its special days and their notices"
    )
    words: dict[str, list[str]] = Field(description="The same in Chinese (zh) and English (en)")


class ClockReasons(BaseModel):
    """Why the limits of a clock are over when they are, and what happened to it."""

    clock: str
    name: str
    unit: ClockUnit
    rule: dict[str, str]
    day0: date
    calendar: str
    version: str
    decreed_through: date
    history: list[dict[str, Any]]
    limits: list[LimitReasons]


class ContentView(BaseModel):
    """Something that was said, once the act that carried it had happened."""

    id: str
    kind: str
    text: str
    author: str
    at: datetime
    reply_kind: str | None = None
    internal: bool = Field(False, description="A draft or a note of the house: the author is not told of it")


class NoteView(BaseModel):
    """An internal note."""

    id: str
    text: str
    author: str
    unit: str | None
    at: datetime


class Notes(BaseModel):
    """The internal notes of a letter that the caller sees, oldest first."""

    items: list[NoteView]


class Person(BaseModel):
    """Who wrote the letter. Never shown to the public."""

    name: str | None
    contact: str | None


class AskIdentity(Input):
    """Supervision and leaders are shown who wrote a letter for a reason, which is kept."""

    reason: Annotated[str, Field(min_length=1, max_length=500, description="Kept in the log of disclosures")]


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
    standing: ClockStanding = Field(description="Of its letter clock: whether it is paused or extended")
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


class TaskView(BaseModel):
    """An open task of mine."""

    task_id: str
    element: str
    name: str
    role: str
    petition: str
    number: str
    title: str | None
    department: str | None
    lamp: LampName = Field(description="The worst of the clocks that run")
    emergency: bool
    due: date | None = Field(description="Last day of the limit that comes, or came, first")
    working_days_left: int | None = Field(description="0 on the last day; negative when it is over")
    opened_at: datetime


class Tasks(BaseModel):
    """My open tasks, most urgent first."""

    items: list[TaskView]


class FieldView(BaseModel):
    """A field of a task's form; `min` and `max` bound a number's value or a text's length."""

    id: str
    type: str
    name_zh: str
    name_en: str
    required: bool
    min: int | None
    max: int | None
    values: list[str]


class TaskForm(BaseModel):
    """An open task of a letter with its form."""

    task_id: str
    element: str
    name: str
    role: str
    fact: str | None
    round: int
    opened_at: datetime
    fields: list[FieldView]


class TaskForms(BaseModel):
    """The open tasks of a letter that the caller may complete."""

    items: list[TaskForm]


class InboxEntry(BaseModel):
    """A notice that a threshold was passed."""

    id: str
    petition: str
    number: str
    clock: str
    threshold: str
    lamp: LampName | None
    due: date | None
    created_at: datetime
    notice_at: datetime
    recipient_role: str
    recipient_unit: str | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    acknowledged_with: str | None
    acknowledgement: str | None


class Inbox(BaseModel):
    """My notices, newest first."""

    items: list[InboxEntry]


class UnitView(BaseModel):
    """A unit of the organisation."""

    id: str
    parent: str | None
    kind: str
    name_zh: str
    name_en: str


class Units(BaseModel):
    """The organisation, parents before children."""

    items: list[UnitView]


class Board(BaseModel):
    """The public board: every letter counts, public ones are shown."""

    total: int
    lamps: dict[LampName, int]
    letters: list[Summary]
    next: str | None


class Health(BaseModel):
    """Whether the application and its store answer; what the city's clock shows.

    `working_day` is how long a working day lasts in a practice city (5s), else null.
    """

    status: Literal["ok"]
    version: str
    now: datetime
    working_day: str | None
