"""What staff work with: tasks and their forms, notes, the inbox."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from wenzheng.web.schemas.fields import LampName


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


class TaskView(BaseModel):
    """An open task of mine."""

    task_id: str
    element: str
    name: str
    role: str
    about: Literal["letter", "forum"]
    petition: str = Field(description="The letter's id; empty for a session of the forum")
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
    not_before: Literal["today", "tomorrow"] | None = Field(
        None, description="The first day a date may be, by the day on which the form is sent"
    )
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
