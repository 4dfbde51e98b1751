"""What `wenzheng calendar` prints for people."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wenzheng.calendar_versions import Comparison, Taken
    from wenzheng.calendars import Calendar
    from wenzheng.calendars.changes import Changes, DayChange
    from wenzheng.calendars.files import Fault
    from wenzheng.moving import Preview
    from wenzheng.store.calendar_moves import MoveProgress
    from wenzheng.store.views.deployments import CalendarChange

_SHORT = 12
"""Digits of a version that people read."""
_AHEAD = 75
"""Days before the end of the decreed time from which its end is told."""


def faults(found: Iterable[Fault], name: str) -> None:
    """Faults of a file, one a line, on stderr."""
    for fault in found:
        print(f"{name}:{fault}", file=sys.stderr)


def changed(change: DayChange) -> str:
    """A day that changes."""
    what = "上班 worked" if change.works else "放假 off   "
    return f"  {change.day} {change.day:%a}  {what}  {change.name_zh} {change.name_en}"


def differences(found: Changes) -> list[str]:
    """What differs between two versions."""
    lines = [changed(change) for change in found.days]
    lines += [f"  {rule} differs" for rule in found.rules]
    if found.decreed_before != found.decreed_through:
        lines.append(f"  decreed through {found.decreed_through}, before {found.decreed_before}")
    return lines or ["  no day"]


def taken(result: Taken) -> str:
    """What taking a version did, or would do."""
    name = f"{result.calendar.id} {result.calendar.version[:_SHORT]}"
    if result.known:
        return f"{name} is in force already; nothing is to do."
    head = f"{name} would come into force; it changes:" if result.dry_run else f"{name} is in force. Changed:"
    lines = [head, *differences(result.changes)]
    lines += [f"{made.id} {made.version[:_SHORT]}: made anew with it" for made in result.overlays]
    return "\n".join([*lines, *open_letters(result.moves)])


def open_letters(found: Preview) -> list[str]:
    """What becomes of open letters."""
    if not found.instances:
        return ["No open letter counts any of these days."]
    lines = [f"Open letters that are told: {found.instances}; clocks on another day: {found.moving}"]
    for days, limits in sorted(found.days.items()):
        lines.append(f"  {limits} limits {abs(days)} day(s) {'later' if days > 0 else 'earlier'}")
    if found.kept:
        lines.append(f"  {found.kept} of them hold the later day; authors see both")
    for (now, then), clocks in sorted(found.lamps.items()):
        lines.append(f"  {clocks} lamps turn from {now} to {then}")
    if found.later:
        lines.append(f"  {found.later} lamps will turn on another day")
    if found.unknown:
        lines.append(
            f"  {found.unknown} clocks whose older records do not say enough: counted when they are told"
        )
    return [*lines, "See how far it is: wenzheng calendar moves"]


def moves(found: list[MoveProgress]) -> str:
    """How far the telling of versions is."""
    from wenzheng.cli.petition_output import minute, table

    head = ("no.", "version", "since", "letters", "waiting", "told", "moved", "ended", "superseded")
    rows = [
        tuple(map(str, (one.number, one.digest[:_SHORT], minute(one.planned_at.isoformat()), one.all)))
        + tuple(map(str, (one.waiting, one.told, one.moved, one.ended, one.superseded)))
        for one in found
    ]
    wrong = [
        f"no. {one.number}: {one.failing} tried in vain: {one.last_error}" for one in found if one.failing
    ]
    return "\n".join([table(head, rows), *wrong])


def versions(found: list[CalendarChange]) -> str:
    """The versions of a calendar, the one in force first."""
    from wenzheng.cli.petition_output import minute, table

    head = ("no.", "version", "since", "by", "kind", "why")
    rows = [
        (
            str(one.number),
            one.digest[:_SHORT],
            minute(one.at.isoformat()),
            one.by or "-",
            one.kind,
            one.reason,
        )
        for one in found
    ]
    return table(head, rows)


def standing(calendar: Calendar, *, in_store: bool) -> list[str]:
    """Which version counts and how far it is decreed."""
    where = "in force" if in_store else "shipped with the program; no store has another"
    first = calendar.decreed_through + timedelta(days=1)
    return [
        f"{calendar.id} {calendar.version[:_SHORT]}, {where}",
        f"decreed {calendar.decreed_from} through {calendar.decreed_through}; provisional from {first} on",
    ]


def compared(found: Comparison, other: Calendar) -> list[str]:
    """The shipped calendar against the one in force."""
    lines = []
    if found.differing:
        lines += ["The shipped calendar has other days:", *map(changed, found.differing)]
    if found.ahead:
        lines.append(f"The shipped calendar is decreed through {found.ahead}.")
    if found.lacking:
        lines.append(f"The shipped calendar lacks {', '.join(found.lacking)}: keep the one in force.")
    elif found.news:
        lines.append(f"Take it with: wenzheng calendar check --take --calendar {other.id}")
    return lines or [f"The shipped calendar ({other.version[:_SHORT]}) has no other days."]


def soon(calendar: Calendar, today: date) -> list[str]:
    """What an administrator should look for: the General Office publishes a year's notice in November."""
    if today < calendar.decreed_through - timedelta(days=_AHEAD):
        return []
    year = calendar.decreed_through.year + 1
    return [f"No notice for {year} yet: add it with `wenzheng calendar notice FILE` when it is published."]
