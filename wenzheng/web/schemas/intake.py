"""What bringing in a file answers."""

from __future__ import annotations

from pydantic import BaseModel, Field


class BroughtView(BaseModel):
    """A row that is a letter."""

    row: int = Field(description="As a spreadsheet shows it: the head is row 1")
    number: str | None = Field(description="null in a trial, and of a row that stands twice in the file")
    tracking_code: str | None = Field(None, description="For its author; told this once")


class RowFaultView(BaseModel):
    """What is wrong with a row."""

    row: int
    column: str = Field(description="As the file calls it; empty for the whole row")
    code: str
    zh: str
    en: str


class ImportReport(BaseModel):
    """What became of each row of a file."""

    trial: bool = Field(description="Nothing was kept; `taken` are the rows that would be letters")
    encoding: str = Field(description="utf-8 or gb18030")
    rows: int = Field(description="Rows below the head that are not empty")
    taken: list[BroughtView]
    known: list[BroughtView] = Field(description="Rows that had been brought in before")
    faults: list[RowFaultView] = Field(description="Rows that were not taken, and why; all of them")
