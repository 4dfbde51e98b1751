"""Overlays: what a region or an office has of its own, on top of another calendar.

An overlay is a small YAML file (docs/how-to/next-years-notice.md)::

    calendar: cn-xinjiang
    on: cn
    title: 新疆维吾尔自治区少数民族习惯节日放假办法
    days_off:
      - {name: 古尔邦节, name_en: Eid al-Adha, from: 2026-05-27, to: 2026-05-29}
    office_hours: ["10:00 to 14:00", "16:00 to 19:30"]
    cut_off: "19:30"

It makes a calendar of its own, which is made anew whenever the one below has a new version. Its own days win.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from wenzheng.calendars.calendar import Calendar
from wenzheng.calendars.errors import CalendarError
from wenzheng.calendars.files import Faults, FileReader, Place, kind_of, place_of
from wenzheng.calendars.notices import read_days

NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}", re.ASCII)
"""What a calendar can be called."""
_HEAD: Final = ("calendar", "on")
_TEXT: Final = ("title", "title_en", "number", "published", "source")
_RULES: Final = ("office_hours", "cut_off")
_SPAN: Final = re.compile(r"(\d\d:\d\d) to (\d\d:\d\d)", re.ASCII)
KEY: Final = "overlay"
"""The key of an overlay in a document, and of its own text among the notices."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """What a file adds to the calendar `on`; `content` is kept in the documents that are made with it."""

    id: str
    on: str
    content: dict[str, Any]


def read_overlay(text: str, faults: Faults) -> Overlay:
    """Read the file of an overlay.

    Raises:
        FileRefused: with every fault at once.
    """
    reader = FileReader("overlay", faults)
    root = reader.root(text)
    entries = reader.mapping(root, _HEAD, (*_TEXT, *_RULES, "days_off", "days_worked")) if root else {}
    name, on = (_name(reader, entries.get(key)) for key in _HEAD)
    texts = {key: reader.text(entries.get(key)) for key in _TEXT if key != "published"}
    published = reader.day(entries.get("published"))
    days = read_days(reader, entries)
    content: dict[str, Any] = {
        part: {
            day.day.isoformat(): {"name_zh": day.name_zh, "name_en": day.name_en or day.name_zh}
            for day in days
            if day.works == works
        }
        for part, works in (("days_off", False), ("days_worked", True))
    }
    where = place_of(root) if root is not None else Place(1, 1)
    if days and not texts["title"]:
        _wrong(reader, where, "title", "title, the text that the days rest on", "days without it")
    if entries and not days and not set(_RULES) & entries.keys() and not faults.items:
        _wrong(reader, where, "empty", "days_off, days_worked, office_hours or cut_off", "none of them")
    if texts["title"]:
        content["notice"] = {
            "title_zh": texts["title"],
            "title_en": texts["title_en"] or texts["title"],
            "number": texts["number"],
            "published": published.isoformat() if published else None,
            "kind": "decree",
        } | ({"source": texts["source"]} if texts["source"] else {})
    if name is not None and name == on:
        _wrong(reader, where, "name", "a calendar on another one", f"{name} on itself")
    if "office_hours" in entries:
        content["office_hours"] = _hours(reader, entries["office_hours"])
    if "cut_off" in entries:
        content["cut_off"] = reader.text(entries["cut_off"])
    faults.raise_if_refused()
    assert name is not None and on is not None  # noqa: PT018 - refused above
    return Overlay(name, on, {"on": on, **content})


def _wrong(reader: FileReader, place: Place, rule: str, expected: str, found: str) -> None:
    reader.faults.error(
        place, f"overlay.{rule}", expected=expected, found=found, remedy="Correct the file; see the how-to."
    )


def _name(reader: FileReader, node: yaml.Node | None) -> str | None:
    text = reader.text(node)
    if text is None or node is None or NAME.fullmatch(text):
        return text
    expected = "a name of small letters, digits, - and _, beginning with a letter"
    _wrong(reader, place_of(node), "name", expected, repr(text))
    return None


def _hours(reader: FileReader, node: yaml.Node) -> list[list[str]]:
    found = []
    for item in reader.items(node):
        match = _SPAN.fullmatch(item.value) if isinstance(item, yaml.ScalarNode) else None
        if match is None:
            _wrong(reader, place_of(item), "hours", 'a span such as "08:30 to 12:00"', kind_of(item))
        else:
            found.append([match[1], match[2]])
    return found


def compose(base: Calendar, id: str, content: Mapping[str, Any]) -> Calendar:  # noqa: A002 - the binding name
    """The calendar that an overlay's content makes on a version of the calendar below.

    Raises:
        CalendarError: if the content does not fit that version.
    """
    below = base.document()
    if KEY in below:
        raise CalendarError(
            "calendar.overlay",
            where="on",
            expected="a calendar that is no overlay itself",
            found=below["id"],
            remedy="Put both on the calendar below, each with all it needs.",
        )
    off, worked = dict(below["days_off"]), dict(below["days_worked"])
    for part, mine, other in (("days_off", off, worked), ("days_worked", worked, off)):
        for day, entry in content[part].items():
            other.pop(day, None)
            mine[day] = entry | {"notice": KEY}
    days = (*content["days_off"], *content["days_worked"])
    notice = {KEY: content["notice"]} if "notice" in content else {}
    rules = {key: content[key] for key in _RULES if key in content}
    return Calendar.from_document(
        below
        | rules
        | {
            "id": id,
            "horizon": max(below["horizon"], *days) if days else below["horizon"],
            "notices": below["notices"] | notice,
            "days_off": off,
            "days_worked": worked,
            KEY: {**content, "base": base.version},
        }
    )


def parts(calendar: Calendar) -> tuple[str, dict[str, Any]] | None:
    """The calendar below and the content of the overlay that a calendar was made with, or None."""
    content = calendar.document().get(KEY)
    if content is None:
        return None
    own = {key: value for key, value in content.items() if key != "base"}
    return str(own["on"]), own
