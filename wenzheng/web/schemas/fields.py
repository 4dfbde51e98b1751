"""Kinds of fields that many requests and answers have."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

Day = date  # a field called `date` hides the type
Kind = Literal["enquiry", "help", "complaint", "suggestion", "report"]
LampName = Literal["unlit", "green", "yellow", "red"]
State = Literal[
    "submitted", "accepted", "rejected", "assigned", "acknowledged", "drafted", "asked", "extended",
    "replied", "promised", "renewed", "reported", "completed", "fed_back", "verdict", "decided", "closed",
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
