"""What people do: the bodies of requests, and the answers to them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

from wenzheng.web.schemas.fields import (
    ACT_ID_HELP,
    PASSPHRASE_HELP,
    ActId,
    Day,
    Input,
    Kind,
    Note,
    Passphrase,
    Reason,
    ReplyKind,
    Words,
)


class Submission(Input):
    """A letter as its author sends it. Text is kept byte for byte."""

    title: str
    text: str
    kind: Kind = "help"
    addressee: str | None = Field(None, description="Id of a unit; the city when left out")
    name: str | None = None
    contact: str | None = Field(None, description="Mobile phone number or mail address")
    public: bool = Field(False, description="The author agrees to publication")
    channel: str = Field("web", description="web or app")
    citizen_group: str | None = Field(
        None,
        description="Whom the author counts themselves among: farmer, worker, migrant, business, student, "
        "retired, official, other. Never required",
    )
    citizen_area: str | None = Field(
        None, description="Id of the county the author lives in, or elsewhere. Never required"
    )
    language: Literal["zh", "en"] = Field("zh", description="The language the author is told in")
    passphrase: Passphrase | None = Field(
        None,
        repr=False,
        description="A word of the author's own that opens the letter together with the tracking code. "
        "Left out: the contact does; a letter without either is not taken.",
    )
    act_id: ActId | None = Field(None, description=ACT_ID_HELP)


class TakenDown(Submission):
    """A letter that the centre takes down for its author."""

    channel: Literal["phone", "counter", "post", "mail"] = "phone"
    received_at: AwareDatetime | None = Field(
        None, description="When the call was, or it was handed in; now when left out. Its day is day 0"
    )


class GatewayLetter(Input):
    """A letter as a gateway hands it in. Text is kept byte for byte."""

    title: str | None = None
    text: str
    kind: Kind = "help"
    addressee: str | None = None
    name: str | None = None
    contact: str | None = None
    public: bool = False
    citizen_group: str | None = None
    citizen_area: str | None = None
    language: Literal["zh", "en"] = "zh"
    passphrase: Passphrase | None = Field(None, repr=False)


class HandedIn(Input):
    """An event of a gateway; `timestamp` is when it received the letter, whose day is day 0."""

    type: Literal["letter.received"]
    timestamp: AwareDatetime
    data: GatewayLetter


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
    promised_on: date | None = Field(None, description="The day by which what is promised is done")


class Statement(Act):
    """A text: the result (feedback), the decision (decide)."""

    text: Words


class Complete(Statement):
    """What was done; or why a promise is not kept yet, and the later day (`renew_until`)."""

    renew_until: date | None = Field(None, description="A promise is renewed once, with its head's approval")


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


class AskIdentity(Input):
    """Supervision and leaders are shown who wrote a letter for a reason, which is kept."""

    reason: Annotated[str, Field(min_length=1, max_length=500, description="Kept in the log of disclosures")]
