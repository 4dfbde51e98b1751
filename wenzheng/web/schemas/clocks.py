"""Clocks of a letter, and why their limits are over when they are."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from wenzheng.web.schemas.fields import LampName

ClockUnit = Literal["working_days", "calendar_days", "calendar_days_rolled", "office_hours", "hours"]
ClockStanding = Literal["running", "paused", "extended", "stopped"]
LetterStanding = Literal["running", "paused", "extended", "stopped", "promised"]


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

    clock: str = Field(description="Its id; of one of several units at work at once `id@unit`")
    name: str
    name_en: str = ""
    whose: str | None = Field(None, description="The unit whose clock it is; null: the whole letter's")
    whose_name: str | None = None
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
