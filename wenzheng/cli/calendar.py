"""`wenzheng calendar …`: working-day questions and their reasons."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from wenzheng.calendars import Calendar, Unit
from wenzheng.cli.connection import CommandError
from wenzheng.cli.options import (
    DataOption,
    Format,
    FormatOption,
    Language,
    LanguageOption,
    load_settings,
    print_json,
)

app = typer.Typer(
    name="calendar",
    help="Working-day questions and their reasons.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"expected a day as YYYY-MM-DD, found {text!r}") from error


def _start(text: str) -> date | datetime:
    """A day, or for hours an instant; without an offset by the calendar's clocks."""
    try:
        return datetime.fromisoformat(text) if "T" in text else _day(text)
    except ValueError as error:
        raise typer.BadParameter(f"expected YYYY-MM-DD or YYYY-MM-DDTHH:MM, found {text!r}") from error


Start = Annotated[
    date,
    typer.Argument(
        metavar="DATE",
        parser=_start,
        help="A day, YYYY-MM-DD; itself not counted. For hours an instant, YYYY-MM-DDTHH:MM.",
    ),
]
Count = Annotated[int, typer.Argument(metavar="N", help="How many; a negative number counts back.")]
UnitOption = Annotated[Unit, typer.Option("--unit", help="What is counted.")]
Which = Annotated[
    str,
    typer.Option(
        "--calendar",
        metavar="NAME",
        help="cn, another country such as de, a part of one such as de-by, or an overlay.",
    ),
]
_FILE: Final = "sqlite:///"
# Numbers such as -5 are arguments, not options.
NEGATIVE: Final = {"ignore_unknown_options": True}


def which(name: str, data: Path | None) -> Calendar:
    """The calendar of a name: the version in force in the data folder's store, else the shipped one."""
    from wenzheng.calendars.countries import shipped

    return deployed(name, data) or shipped(name)


def deployed(name: str, data: Path | None) -> Calendar | None:
    """The version in force, or None where no store is or it has none."""
    if data is None and _no_store(load_settings().database_url):
        return None
    from wenzheng.calendar_versions import in_force

    with kept(data) as store, store.reader() as reader:
        return in_force(reader, name)


def _no_store(url: str) -> bool:
    return url.startswith(_FILE) and not Path(url.removeprefix(_FILE)).is_file()


@contextmanager
def kept(data: Path | None) -> Iterator[Any]:
    """The store of the data folder. Raises CommandError where there is none: asking must not make one."""
    settings = load_settings(data)
    if _no_store(settings.database_url):
        folder = settings.data_dir
        raise CommandError(f"there is no store in {folder}; `wenzheng run` once, or name another with --data")
    from wenzheng.store import StoreError, open_store

    store = open_store(settings.database_url)
    try:
        store.check_schema()
        yield store
    except StoreError as error:
        raise CommandError(str(error)) from error
    finally:
        store.close()


@app.command(context_settings=NEGATIVE)
def add(
    start: Start,
    n: Count,
    *,
    unit: UnitOption = Unit.WORKING_DAYS,
    calendar: Which = "cn",
    data: DataOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """The last day in time of a limit of N from DATE on: the N-th working day after it.

    With a negative N the limit lies before DATE, and the day printed is the last one in time for it.
    """
    from wenzheng.calendars import limit

    found = which(calendar, data)
    begin = start
    if isinstance(start, datetime) and start.tzinfo is None:
        begin = start.replace(tzinfo=found.zone)
    last, late_from, provisional = limit(found, unit, begin, n)
    if output is Format.JSON:
        print_json(
            {
                **({"day0": start.isoformat()} if unit.counts_days else {"start": begin.isoformat()}),
                "n": n,
                "unit": unit.value,
                "due": last.isoformat(),
                "late_from": late_from.isoformat(),
                "provisional": provisional,
                "calendar": found.id,
                "version": found.version,
            }
        )
        return
    shown = f"{last.astimezone(found.zone):%Y-%m-%d %H:%M}" if isinstance(last, datetime) else f"{last}"
    print(f"{shown}{'  (provisional: no decree for that time yet)' if provisional else ''}")


@app.command(context_settings=NEGATIVE)
def explain(
    start: Start,
    n: Count,
    *,
    unit: UnitOption = Unit.WORKING_DAYS,
    calendar: Which = "cn",
    language: LanguageOption = Language.ZH,
    data: DataOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """The same with every special day on the way and the notice that decreed it. For days only."""
    from wenzheng.calendars.units import explain_limit

    found = which(calendar, data)
    explanation = explain_limit(found, unit, start, n)
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
    calendar: Which = "cn",
    data: DataOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """How many working days lie after A, up to and including B; negative when B is before A."""
    days = which(calendar, data).between(a, b)
    if output is Format.JSON:
        print_json({"a": a.isoformat(), "b": b.isoformat(), "working_days": days})
    else:
        print(days)


@app.command()
def show(
    year: Annotated[int, typer.Argument(metavar="YEAR", min=1900, max=2200, help="A year.")],
    calendar: Which = "cn",
    data: DataOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """The special days of a year: days off on weekdays, and weekend days that are worked."""
    found = which(calendar, data)
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
