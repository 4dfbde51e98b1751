"""`wenzheng calendar …`: working-day questions and their reasons."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import typer

from wenzheng.cli.options import Format, FormatOption, print_json

app = typer.Typer(
    name="calendar",
    help="Working-day questions and their reasons.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class CalendarName(StrEnum):
    """The calendars that are shipped."""

    CN = "cn"


class Language(StrEnum):
    """The language of an explanation."""

    ZH = "zh"
    EN = "en"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"expected a day as YYYY-MM-DD, found {text!r}") from error


Day = Annotated[
    date, typer.Argument(metavar="DATE", parser=_day, help="A day, YYYY-MM-DD; itself not counted.")
]
Count = Annotated[int, typer.Argument(metavar="N", help="Working days; write -- before a negative number.")]
Which = Annotated[CalendarName, typer.Option("--calendar", help="Which calendar.")]


def _calendar(name: CalendarName) -> Any:
    # One calendar so far; the option is here so that scripts name the one they mean.
    assert name is CalendarName.CN
    from wenzheng.calendars.china import china

    return china()


@app.command()
def add(day: Day, n: Count, calendar: Which = CalendarName.CN, output: FormatOption = Format.TEXT) -> None:
    """The N-th working day after DATE: the last day in time of an N-day limit."""
    due, provisional = _calendar(calendar).add(day, n)
    if output is Format.JSON:
        print_json({"day0": day.isoformat(), "n": n, "due": due.isoformat(), "provisional": provisional})
    else:
        print(f"{due}{'  (provisional: no decree for that time yet)' if provisional else ''}")


@app.command()
def explain(
    day: Day,
    n: Count,
    calendar: Which = CalendarName.CN,
    language: Annotated[Language, typer.Option("--language", help="Language of the words.")] = Language.ZH,
    output: FormatOption = Format.TEXT,
) -> None:
    """The same with every special day on the way and the notice that decreed it."""
    explanation = _calendar(calendar).explain(day, n)
    if output is Format.JSON:
        print_json(explanation.as_json())
    else:
        print(explanation.words(language.value))


@app.command()
def between(
    a: Annotated[
        date, typer.Argument(metavar="A", parser=_day, help="A day, YYYY-MM-DD; itself not counted.")
    ],
    b: Annotated[date, typer.Argument(metavar="B", parser=_day, help="A day, YYYY-MM-DD; itself counted.")],
    calendar: Which = CalendarName.CN,
    output: FormatOption = Format.TEXT,
) -> None:
    """How many working days lie after A, up to and including B; negative when B is before A."""
    days = _calendar(calendar).between(a, b)
    if output is Format.JSON:
        print_json({"a": a.isoformat(), "b": b.isoformat(), "working_days": days})
    else:
        print(days)


@app.command()
def show(
    year: Annotated[int, typer.Argument(metavar="YEAR", min=1900, max=2200, help="A year.")],
    calendar: Which = CalendarName.CN,
    output: FormatOption = Format.TEXT,
) -> None:
    """The special days of a year: days off on weekdays, and weekend days that are worked."""
    found = _calendar(calendar)
    first, last = date(year, 1, 1), date(year, 12, 31)
    days = found.special_days(first, last)
    working = found.between(date(year - 1, 12, 31), last)
    provisional = found.is_provisional(last)
    if output is Format.JSON:
        print_json(
            {
                "year": year,
                "calendar": found.id,
                "version": found.version,
                "working_days": working,
                "provisional": provisional,
                "days": [
                    {"day": d.day.isoformat(), "works": d.works, "name_zh": d.name_zh, "name_en": d.name_en}
                    for d in days
                ],
            }
        )
        return
    for special in days:
        print(f"{special.day}  {'上班' if special.works else '放假'}  {special.name_zh}")
    print(f"{year}: {working} working days{' (provisional: not decreed yet)' if provisional else ''}")
