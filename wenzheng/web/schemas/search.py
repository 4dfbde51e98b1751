"""Letters that were found by their words."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from wenzheng.web.schemas.letters import Summary


class PieceView(BaseModel):
    """A piece of a text; marked where it is what was looked for. Text, never markup."""

    text: str
    marked: bool = False


class Hit(BaseModel):
    """A letter that was found: its title and the best part of its words, as the caller may read them."""

    letter: Summary
    title: list[PieceView]
    excerpt: list[PieceView]


class Hits(BaseModel):
    """A page of what was found, the best first, the newer first among equals."""

    q: str
    items: list[Hit]
    found: int = Field(description="How many letters were found; at least so many when `more` is true")
    more: bool = Field(description="There are more than are looked through: narrow it down by another word")
    page: int
    pages: int


class AlikeView(BaseModel):
    """A letter that may say the same."""

    letter: Summary
    score: float = Field(description="From 0 to 1; what is shown reaches the threshold of petitions.likeness")
    reasons: list[Literal["words", "title", "author", "contact", "addressee"]]


class Alike(BaseModel):
    """Letters that may say the same, the likeliest first."""

    items: list[AlikeView]
