"""The organisation, and whether the application is well."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel


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


class Health(BaseModel):
    """Whether the application and its store answer; what the city's clock shows.

    `working_day` is how long a working day lasts in a practice city (5s), else null.
    """

    status: Literal["ok"]
    version: str
    now: datetime
    working_day: str | None
