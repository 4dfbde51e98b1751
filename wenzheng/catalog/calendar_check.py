"""Whether the calendars that processes name are there: those the program has, and those of a city."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from wenzheng.calendars import CalendarError
from wenzheng.calendars.countries import shipped
from wenzheng.calendars.overlays import NAME
from wenzheng.catalog.language import Translation
from wenzheng.engine import vocabulary as words
from wenzheng.engine.findings import Finding, FindingList, Position, Severity
from wenzheng.engine.xml_tree import XmlNode

_ATTRIBUTE: Final = f"{{{words.WZ}}}calendar"
Named = tuple[str, str, Position]
"""A process, the calendar that it names, and where."""


def named_in(translations: Mapping[str, Translation], drawn: Iterable[XmlNode]) -> Iterator[Named]:
    """The calendars that processes name, written or drawn; whether they can run does not matter."""
    for translation in translations.values():
        process = translation.process
        if process.calendar is not None:
            yield process.id, process.calendar.text, process.calendar.position
    for root in drawn:
        for node in root.children:
            if node.name == "process" and (name := node.attributes.get(_ATTRIBUTE)) is not None:
                yield node.get("id") or "", name, node.position


def check_calendars(named: Iterable[Named], in_city: Collection[str] | None) -> list[Finding]:
    """A finding for each process that is counted by a calendar which is not there.

    `in_city` names the calendars that the city has in force. None: nobody knows them, and a name that did not
    come with the program may be one of the city's.
    """
    found = FindingList()
    for process, name, position in named:
        if not NAME.fullmatch(name) or (in_city is not None and name in in_city):
            continue
        came = _came_with_the_program(name)
        if in_city is not None:
            found.add(_not_in_the_city(process, name, position, in_city, came=came))
        elif not came:
            found.warn(
                position,
                process,
                "calendar-unknown",
                f"Expected '{process}' to be counted by a calendar that came with the program (cn, a country "
                f"such as de, a part such as de-by), found '{name}', which only a city can have set up.",
                "Correct the name, or see that every city which deploys this has it (`wenzheng calendar "
                "overlay`).",
            )
    return found.items


def _not_in_the_city(
    process: str, name: str, position: Position, in_city: Collection[str], *, came: bool
) -> Finding:
    has = ", ".join(sorted(in_city)) or "none"
    remedy = (
        f"Put it in force with `wenzheng calendar check --calendar {name} --take`"
        if came
        else "Correct the name, or set it up with `wenzheng calendar overlay FILE`"
    )
    return Finding(
        position,
        process,
        "calendar-unknown",
        f"Expected '{process}' to be counted by a calendar that this city has ({has}), found '{name}'.",
        f"{remedy}; without a name the city's own counts.",
        Severity.ERROR,
    )


def _came_with_the_program(name: str) -> bool:
    try:
        shipped(name)
    except CalendarError:
        return False
    return True
