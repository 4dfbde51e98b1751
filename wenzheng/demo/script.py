"""Reads definitions/demo: letters, and what people did about them on which working day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from wenzheng.calendars import Calendar
from wenzheng.petitions.kinds import Channel, Kind

_TIME: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
Time = Annotated[str, Field(pattern=_TIME)]


class ScriptRefused(ValueError):
    """A demo script that cannot be played; the text names the file and the place."""


class Act(BaseModel):
    """Something a person does: completes the task `do`, or withdraws the letter.

    `day` counts working days from the day of receipt, which is 0. `text` goes into the form's main text,
    `note` into its other text field, `fields` into fields by their ids (`dated`); a required yes or no that
    is not given is yes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    do: str
    day: int = Field(ge=0)
    at: Time
    text: str | None = None
    note: str | None = None
    fields: dict[str, Any] = Field(default_factory=dict)


class Story(BaseModel):
    """A letter and its past. `received` counts working days back from the day the demo begins.

    One that came of the forum has its `lead` unit, and is `filed` so many working days after it counts as
    received: the day of the session. `fails` names services whose first call failed, each with the error's
    code: an operator sees to what has stopped there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: str
    text: str
    kind: Kind
    channel: Channel
    addressee: str = ""
    author: str = ""
    contact: str = ""
    public: bool
    received: int = Field(ge=0)
    at: Time
    acts: tuple[Act, ...] = ()
    lead: str | None = None
    filed: int = Field(default=0, ge=0)
    fails: dict[str, str] = Field(default_factory=dict)


_STORIES: Final = TypeAdapter(list[Story])


def read_stories(folder: Path) -> list[Story]:
    """The letters of all YAML files of a folder, in the order of files and entries.

    Raises ScriptRefused with everything that is wrong with the first file that is wrong.
    """
    stories: list[Story] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            stories += _STORIES.validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
        except (yaml.YAMLError, ValidationError) as wrong:
            raise ScriptRefused(f"{path}: {wrong}") from wrong
    ids = [story.id for story in stories]
    twice = sorted({one for one in ids if ids.count(one) > 1})
    if twice or not stories:
        found = f"{', '.join(twice)} twice" if twice else "no letter at all"
        raise ScriptRefused(f"{folder}: expected letters, each with an id of its own, found {found}")
    return stories


def moments(story: Story, calendar: Calendar, now: datetime) -> Iterator[datetime]:
    """When the letter came and when each act was done, in that order (UTC).

    All before `now`, a minute apart at least: what the script puts into a later hour of the demo's first
    day has happened in the minutes before.
    """
    today = calendar.today(now)
    received = calendar.add(today, -story.received).date
    filed = calendar.add(received, story.filed).date
    days = [(filed, story.at), *((calendar.add(received, act.day).date, act.at) for act in story.acts)]
    left = len(days)
    for day, at in days:
        yield min(calendar.instant(day, at), now - timedelta(minutes=left))
        left -= 1


def dated(fields: dict[str, Any], calendar: Calendar, day_0: date) -> dict[str, Any]:
    """Fields with their dates: `{working_day: 7}` is the seventh working day after day 0."""
    return {
        name: calendar.add(day_0, value["working_day"]).date.isoformat()
        if isinstance(value, dict) and value.keys() == {"working_day"}
        else value
        for name, value in fields.items()
    }
