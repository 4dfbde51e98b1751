"""What several commands share: options, settings from them, output as text or JSON."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from wenzheng.cli.connection import CommandError, WrongUseError


class Format(StrEnum):
    """How data is printed."""

    TEXT = "text"
    JSON = "json"


class Language(StrEnum):
    """The language of words for people, where there are both."""

    ZH = "zh"
    EN = "en"


DataOption = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Data folder (also WENZHENG_DATA_DIR).", show_default=False),
]
LanguageOption = Annotated[
    Language, typer.Option("--language", help="Language of the words, where there are both.")
]
FormatOption = Annotated[Format, typer.Option("--format", help="Print for people or for programs.")]


def load_settings(data: Path | None = None, **chosen: Any) -> Any:
    """The settings of the environment, with what the command line chose on top.

    Returns `wenzheng.settings.Settings` (imported late: most commands need none). Raises
    `CommandError` with one line that names the variable when a value cannot be read.
    """
    from pydantic import ValidationError

    from wenzheng.settings import Settings

    given = {name: value for name, value in chosen.items() if value is not None}
    if data is not None:
        given["data_dir"] = data
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        text = str(first["msg"]).removeprefix("Value error, ")
        found = f"{text}, found {first.get('input')!r}"
        raise CommandError(f"the setting {name} (WENZHENG_{name.upper()}): {found}; correct it") from error


def working_day(pace: str | None) -> int | None:
    """The length of a practice city's working day in microseconds. Raises WrongUseError."""
    if pace is None:
        return None
    from wenzheng.calendars import CalendarError
    from wenzheng.calendars.pace import read_pace

    try:
        return read_pace(pace)
    except CalendarError as error:
        raise WrongUseError(f"--{error}") from error


def print_json(data: Any) -> None:
    """One JSON document on stdout, Chinese as it is."""
    print(json.dumps(data, ensure_ascii=False, indent=2))
