"""`wenzheng calendar notice|overlay|versions|check`: which version counts, and the next one."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wenzheng.calendars import Calendar
from wenzheng.cli import calendar_output as say
from wenzheng.cli.calendar import Which, app, deployed, kept
from wenzheng.cli.connection import CommandError
from wenzheng.cli.options import DataOption, Format, FormatOption, load_settings, print_json

__all__ = ["app"]

if TYPE_CHECKING:
    from wenzheng.calendar_versions import Taken

File = Annotated[Path, typer.Argument(metavar="FILE", help="A YAML file; - is standard input.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what it would change.")]


@app.command()
def notice(
    file: File,
    calendar: Which = "cn",
    dry_run: DryRun = False,
    data: DataOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """Take a notice: its version comes into force at once; a file with a fault changes nothing."""
    from wenzheng.calendar_versions import take_notice

    by, at = _somebody(), now()
    with kept(data) as store:
        _tell(
            file,
            lambda text: take_notice(
                store, calendar, text, by=by, now=at, dry_run=dry_run, keep_later=_keeps_later(data)
            ),
            output,
        )


@app.command()
def overlay(
    file: File, dry_run: DryRun = False, data: DataOption = None, output: FormatOption = Format.TEXT
) -> None:
    """Set up, or change, a calendar of a region or office on top of another: local days, office hours."""
    from wenzheng.calendar_versions import take_overlay

    by, at = _somebody(), now()
    with kept(data) as store:
        _tell(
            file,
            lambda text: take_overlay(
                store, text, by=by, now=at, dry_run=dry_run, keep_later=_keeps_later(data)
            ),
            output,
        )


@app.command()
def versions(calendar: Which = "cn", data: DataOption = None, output: FormatOption = Format.TEXT) -> None:
    """Every version that was in force, the last first: since when, by whom and why."""
    with kept(data) as store, store.reader() as reader:
        found = reader.calendar_changes(calendar)
    if not found:
        raise CommandError(f"no version of the calendar {calendar} in the store; it counts as shipped")
    if output is Format.TEXT:
        print(say.versions(found))
        return
    names = ("number", "digest", "kind", "by", "reason", "data")
    items = [{name: getattr(one, name) for name in names} | {"at": one.at.isoformat()} for one in found]
    print_json({"items": items})


@app.command()
def moves(calendar: Which = "cn", data: DataOption = None, output: FormatOption = Format.TEXT) -> None:
    """How far open letters have heard of the versions that touch their days, the last version first."""
    with kept(data) as store, store.reader() as reader:
        found = reader.move_progress(calendar)
    if output is Format.TEXT:
        print(say.moves(found) if found else f"no version of {calendar} has touched an open letter")
        return
    items = [asdict(one) | {"planned_at": one.planned_at.isoformat(), "all": one.all} for one in found]
    print_json({"items": items})


@app.command()
def check(
    calendar: Which = "cn",
    take: Annotated[bool, typer.Option("--take", help="Put the shipped calendar in force.")] = False,
    data: DataOption = None,
    output: FormatOption = Format.TEXT,
) -> None:
    """How far the calendar is decreed, and whether the shipped one knows better; exit code 1 when it does."""
    from wenzheng.calendar_versions import compare, take_shipped
    from wenzheng.calendars.countries import shipped

    if take:
        with kept(data) as store:
            keep = _keeps_later(data)
            _print_taken(take_shipped(store, calendar, by=_somebody(), now=now(), keep_later=keep), output)
        return
    counted = deployed(calendar, data)
    here, below = counted or shipped(calendar), _below(counted)
    other = shipped(below or calendar)
    # What an overlay adds is its own: the calendar below is compared.
    found = compare((deployed(below, data) or other) if below else here, other)
    if output is Format.JSON:
        print_json(
            {
                "calendar": here.id,
                "version": here.version,
                "in_force": counted is not None,
                "decreed_through": here.decreed_through.isoformat(),
                "shipped": {"version": other.version, "decreed_through": other.decreed_through.isoformat()},
                "differing": [change.as_json() for change in found.differing],
                "lacking": list(found.lacking),
                "news": found.news,
            }
        )
    else:
        lines = say.standing(here, in_store=counted is not None) + say.compared(found, other)
        print("\n".join([*lines, *say.soon(here, here.today(now()))]))
    if found.news:
        raise typer.Exit(1)


def now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


def _below(calendar: Calendar | None) -> str | None:
    """The calendar that an overlay lies on."""
    from wenzheng.calendars.overlays import parts

    overlay = parts(calendar) if calendar is not None else None
    return overlay[0] if overlay is not None else None


def _keeps_later(data: Path | None) -> bool:
    return bool(load_settings(data).keep_later_date)


def _somebody() -> str | None:
    """Who stands at the machine, as far as it knows."""
    try:
        return f"{getpass.getuser()} (shell)"
    except (OSError, KeyError):  # a container's number without a name
        return None


def _tell(file: Path, take: Callable[[str], Taken], output: Format) -> None:
    """Take a file and say what came of it."""
    from wenzheng.calendars.files import FileRefused

    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"cannot read {file}: {error}; give a YAML file in UTF-8") from error
    try:
        result = take(text)
    except FileRefused as refused:
        if output is Format.JSON:
            print_json({"faults": [fault.as_json() for fault in refused.faults]})
        else:
            say.faults(refused.faults, str(file))
        raise CommandError(
            f"{file} is not taken and nothing has changed; correct it and try again"
        ) from refused
    if output is Format.TEXT:
        say.faults(result.warnings, str(file))
    _print_taken(result, output)


def _print_taken(result: Taken, output: Format) -> None:
    if output is Format.JSON:
        print_json(result.as_json())
    else:
        print(say.taken(result))
