"""Letters and what belongs to them: texts, drafts, files, lamps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

LampName = Literal["unlit", "green", "yellow", "red"]
"""unlit: not answered, in time; green: answered in time; yellow, red: over the limits."""
StandingName = Literal["running", "paused", "extended", "stopped", "promised"]
"""paused: 暂停, somebody else has to answer first; extended: 延期, a longer limit holds."""


@dataclass(frozen=True, kw_only=True)
class PetitionRow:
    """A petition and where it stands.

    `state` is `received`, then the latest fact (`accepted` or `rejected`, `assigned`, `acknowledged`,
    `drafted`, `replied`, `promised`, `reported`, `completed`, `fed_back`, `verdict`, `decided`), at the
    end `closed` with an `outcome`. `co_handling` are the units that help the one it is assigned to.
    `accepted` is None until somebody decided. `lamp` is that of the letter clock at the instant
    asked for, `standing` whether that is paused or extended then, or `promised` while that is to be
    done; `yellow_from` and `red_from` are None while no clock is known.
    `received_at` is when the city received it, `taken_by` who took it down, if anybody did; `citizen_group`
    and `citizen_area` are what the author said of themselves, if anything.
    Holds everything: who may see which field is decided by petitions.visibility, not here.
    """

    id: str
    number: str
    tracking_code: str
    act_id: str
    instance: str
    title: str
    text: str
    kind: str
    channel: str
    addressee: str
    author_name: str
    author_contact: str
    public_consent: bool
    received_on: date
    received_at: datetime
    taken_by: str | None
    citizen_group: str | None
    citizen_area: str | None
    submitted_at: datetime
    language: str
    state: str
    instance_state: str
    outcome: str | None
    accepted: bool | None
    department: str | None
    co_handling: list[str]
    emergency: bool
    round: int
    lamp: LampName
    standing: StandingName
    yellow_from: datetime | None
    red_from: datetime | None
    replied_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Filed:
    """A letter as it was filed, by the act that filed it: to tell it from another one."""

    number: str
    title: str
    text: str
    kind: str
    channel: str
    addressee: str
    author_name: str
    author_contact: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of petitions, newest first; `next_cursor` is None on the last page."""

    items: list[PetitionRow]
    next_cursor: str | None


@dataclass(frozen=True, kw_only=True)
class LampCount:
    """How many letters of a department (None: not assigned yet) show a lamp."""

    department: str | None
    lamp: LampName
    count: int


@dataclass(frozen=True, kw_only=True)
class Content:
    """A text said in the course of a petition; `unit_id` is the unit its author acted for."""

    id: str
    petition_id: str
    kind: str
    text: str
    author: str
    unit_id: str | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A letter being written, step by step; `data` is the pages' own."""

    id: str
    data: dict[str, Any] = field(repr=False)
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file of a draft or a letter; its bytes lie in the blob store under `sha256`.

    `unit_id` is None for the author's own. `size` is in bytes, `position` its place in the list, from 0.
    """

    id: str
    petition_id: str | None
    draft_id: str | None
    content_id: str | None
    position: int
    name: str
    media_type: str
    size: int
    sha256: str
    added_by: str
    unit_id: str | None
    added_at: datetime
