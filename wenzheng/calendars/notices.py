"""Notices: what an administrator writes down of a decree; `applying` makes a calendar version of it.

A notice is a small YAML file (docs/how-to/next-years-notice.md)::

    number: 国办发明电〔2026〕9号
    published: 2026-11-24
    title: 国务院办公厅关于2027年部分节假日安排的通知
    year: 2027
    days_off:
      - {name: 元旦, from: 2027-01-01, to: 2027-01-03}
    days_worked:
      - 2027-02-20

With `year` it arranges the year after the last decreed one: what was guessed of it gives way, and the
calendar is decreed through its end. Without, it changes single days of decreed years, and `amends` names the
notice whose days it changes. A file with a fault changes nothing; all its faults are told at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

import yaml

from wenzheng.calendars.files import Faults, FileReader, Place, place_of

LONGEST_SPAN: Final = 31
"""Days in a row that one entry may name: more is a slip of the pen in a month or a year."""

_ONE: Final = timedelta(1)
_HEAD: Final = ("number", "published", "title")
_MORE: Final = ("title_en", "source", "year", "amends", "days_off", "days_worked")
_MAKE_UP: Final = ("调休上班", "make-up working day")


@dataclass(frozen=True, slots=True)
class NamedDay:
    """A day that a notice names, and where; `name_en` is None when the file has none."""

    day: date
    works: bool
    name_zh: str
    name_en: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A notice as its file has it, checked in itself.

    `days` are in order, each once; `places` says where the keys' values stand.
    """

    number: str
    published: date
    title_zh: str
    title_en: str | None
    source: str | None
    year: int | None
    amends: tuple[tuple[str, Place], ...]
    days: tuple[NamedDay, ...]
    places: dict[str, Place] = field(compare=False)

    def as_json(self) -> dict[str, Any]:
        """The notice as it is kept with the version that it made."""
        return {
            "number": self.number,
            "published": self.published.isoformat(),
            "title_zh": self.title_zh,
            "title_en": self.title_en,
            "source": self.source,
            "year": self.year,
            "amends": [name for name, _ in self.amends],
            "days_off": [day.day.isoformat() for day in self.days if not day.works],
            "days_worked": [day.day.isoformat() for day in self.days if day.works],
        }


def read_notice(text: str, faults: Faults) -> NewNotice:
    """Read the file of a notice; warnings go to `faults`.

    Raises:
        FileRefused: with every fault at once.
    """
    reader = FileReader("notice", faults)
    root = reader.root(text)
    entries = reader.mapping(root, _HEAD, _MORE) if root is not None else {}
    texts = {key: reader.text(entries.get(key)) for key in ("number", "title", "title_en", "source")}
    published = reader.day(entries.get("published"))
    year = _year(reader, entries.get("year"))
    amends = tuple(_amended(reader, entries["amends"])) if "amends" in entries else ()
    days = read_days(reader, entries)
    if entries and not days and not faults.items:
        faults.error(
            place_of(root) if root is not None else Place(1, 1),
            "notice.empty",
            expected="days_off or days_worked",
            found="no day",
            remedy="Write down the days that the notice names.",
        )
    faults.raise_if_refused()
    assert published is not None and texts["number"] and texts["title"]  # noqa: PT018 - refused above
    return NewNotice(
        number=texts["number"],
        published=published,
        title_zh=texts["title"],
        title_en=texts["title_en"],
        source=texts["source"],
        year=year,
        amends=amends,
        days=tuple(sorted(days, key=lambda day: day.day)),
        places={key: place_of(node) for key, node in entries.items()},
    )


def read_days(reader: FileReader, entries: Mapping[str, yaml.Node]) -> list[NamedDay]:
    """The days of the keys `days_off` and `days_worked`; one named twice is a fault."""
    days = [
        day
        for key, works in (("days_off", False), ("days_worked", True))
        if key in entries
        for node in reader.items(entries[key])
        for day in _named(reader, node, works=works)
    ]
    _refuse_twice(reader, days)
    return days


def _year(reader: FileReader, node: yaml.Node | None) -> int | None:
    text = reader.text(node)
    if node is None or text is None:
        return None
    if re.fullmatch(r"(19|2[0-9])[0-9]{2}", text, re.ASCII):
        return int(text)
    reader.faults.error(
        place_of(node),
        "notice.year",
        expected="a year such as 2027",
        found=repr(text),
        remedy="Write the year that the notice arranges, or leave it out.",
    )
    return None


def _amended(reader: FileReader, node: yaml.Node) -> Iterator[tuple[str, Place]]:
    """One name of a notice, or a list of them."""
    for item in node.value if isinstance(node, yaml.SequenceNode) else [node]:
        text = reader.text(item)
        if text is not None:
            yield text, place_of(item)


def _named(reader: FileReader, node: yaml.Node, *, works: bool) -> Iterator[NamedDay]:
    """The days of one entry: a day, or a mapping with name and day or from and to."""
    place = place_of(node)
    if works and isinstance(node, yaml.ScalarNode):
        day = reader.day(node)
        if day is not None:
            yield NamedDay(day, works, *_MAKE_UP, place)
        return
    needed, spans = (() if works else ("name",)), ("day", "from", "to")
    before = len(reader.faults.items)
    entry = reader.mapping(node, needed, ("name", "name_en", *spans))
    name, name_en = reader.text(entry.get("name")), reader.text(entry.get("name_en"))
    if works and name is None:
        name, name_en = _MAKE_UP
    if len(reader.faults.items) > before:
        return
    for day in _span(reader, entry, place):
        yield NamedDay(day, works, name or "", name_en, place)


def _span(reader: FileReader, entry: dict[str, yaml.Node], place: Place) -> Iterator[date]:
    given = {key: reader.day(entry[key]) for key in ("day", "from", "to") if key in entry}
    if None in given.values():
        return
    first, last = given.get("day", given.get("from")), given.get("day", given.get("to"))
    if set(given) not in ({"day"}, {"from", "to"}) or first is None or last is None:
        reader.faults.error(
            place,
            f"{reader.kind}.span",
            expected="either day, or from and to (both days included)",
            found=", ".join(given) or "neither",
            remedy="Write for example: from: 2027-10-01, to: 2027-10-07.",
        )
        return
    if not 0 <= (last - first).days < LONGEST_SPAN:
        reader.faults.error(
            place_of(entry.get("to", entry.get("day"))),  # type: ignore[arg-type]
            f"{reader.kind}.span",
            expected=f"a last day from {first} on, at most {LONGEST_SPAN} days in all",
            found=str(last),
            remedy="Correct the month or the year.",
        )
        return
    yield from (first + n * _ONE for n in range((last - first).days + 1))


def _refuse_twice(reader: FileReader, days: list[NamedDay]) -> None:
    seen: dict[date, NamedDay] = {}
    for named in days:
        before = seen.setdefault(named.day, named)
        if before is named:
            continue
        both = before.works != named.works
        reader.faults.error(
            named.place,
            f"{reader.kind}.both" if both else f"{reader.kind}.twice",
            expected=f"{named.day} once, off or worked",
            found=f"it on line {before.place.line} {'as the other' if both else 'as well'}",
            remedy="Take one of them out.",
        )
