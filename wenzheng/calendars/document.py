"""The document behind a calendar: checked on reading, canonical when written, named by its sha256.

A document is a JSON object::

    {"format": 1, "id": "cn", "zone": "Asia/Shanghai", "weekend": [6, 7],
     "decreed_from": "2004-01-01", "decreed_through": "2026-12-31", "horizon": "2036-12-31",
     "notices": {"2026": {"title_zh": "…", "title_en": "…", "number": "…"|null,
                          "published": "2025-11-04"|null, "kind": "decree"|"statute"}},
     "days_off": {"2026-10-01": {"name_zh": "…", "name_en": "…", "notice": "2026"}},
     "days_worked": {"2026-10-10": {…the same…}}}

`weekend` holds ISO weekdays (Monday is 1). Days between `decreed_from` and `decreed_through` are law;
days after it up to `horizon` are what the statute lets one guess; outside, only the weekly rule is left.

A notice may also name its `source`, an address. Three keys may be left out: `office_hours`, a list such as
`[["08:30", "12:00"], ["14:00", "17:30"]]`, when the office is open on a working day (else
`DEFAULT_OFFICE_HOURS`); `cut_off`, such as `"17:30"`, the time of day from which a receipt counts as one
of the next working day (else a day runs to midnight); and `overlay`, what was put on top of which version of
another calendar (`overlays`), from which nothing is counted.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from itertools import pairwise
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wenzheng.calendars.errors import CalendarError

FORMAT: Final = 1
LONGEST_YEARS: Final = 200
"""Longest span from `decreed_from` to `horizon`: keeps the index of a calendar below a megabyte."""

DEFAULT_OFFICE_HOURS: Final = ((time(8, 30), time(12)), (time(14), time(17, 30)))
"""When an office is open that names no hours of its own: what most Chinese offices post at the door."""

_DAYS_A_WEEK: Final = 7
_CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
_HEAD: Final = frozenset(
    {"format", "id", "zone", "weekend", "decreed_from", "decreed_through", "horizon"}
    | {"notices", "days_off", "days_worked"}
)
_OPTIONAL: Final = frozenset({"office_hours", "cut_off", "overlay"})


@dataclass(frozen=True, slots=True)
class Notice:
    """The text a special day rests on: a yearly decree, or the statute where no decree exists yet."""

    key: str
    title_zh: str
    title_en: str
    number: str | None
    published: date | None
    kind: Literal["decree", "statute"]
    source: str | None = None


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that a notice names: off (a holiday) or worked (a weekend day made up for one)."""

    day: date
    works: bool
    name_zh: str
    name_en: str
    notice: Notice


@dataclass(frozen=True, slots=True)
class Document:
    """A calendar document that has been checked; `canonical` is its one JSON text."""

    id: str
    zone: ZoneInfo
    weekend: tuple[int, ...]
    decreed_from: date
    decreed_through: date
    horizon: date
    special: tuple[SpecialDay, ...]
    office_hours: tuple[tuple[time, time], ...]
    cut_off: time | None
    canonical: str
    version: str


def read_document(raw: Mapping[str, Any]) -> Document:
    """Check a document and freeze it.

    Raises:
        CalendarError: with the place in the document and what to do about it.
    """
    _check_head(raw)
    decreed_from, decreed_through, horizon = (
        _day(raw[key], key) for key in ("decreed_from", "decreed_through", "horizon")
    )
    if not decreed_from <= decreed_through <= horizon:
        raise CalendarError(
            "calendar.order",
            where="decreed_from, decreed_through, horizon",
            expected="three days in this order",
            found=f"{decreed_from}, {decreed_through}, {horizon}",
            remedy="Put them in order; without a guess the horizon equals decreed_through.",
        )
    if horizon.year - decreed_from.year > LONGEST_YEARS:
        raise CalendarError(
            "calendar.too_long",
            where="horizon",
            expected=f"at most {LONGEST_YEARS} years after decreed_from",
            found=str(horizon),
            remedy="Shorten the calendar: beyond its horizon the weekly rule goes on by itself.",
        )
    notices = {key: _notice(key, value) for key, value in _object(raw["notices"], "notices").items()}
    special = _special_days(raw, notices, decreed_from, horizon)
    weekend = _weekend(raw["weekend"])
    canonical = _canonical({**raw, "weekend": weekend})
    return Document(
        id=raw["id"],
        zone=_zone(raw["zone"]),
        weekend=weekend,
        decreed_from=decreed_from,
        decreed_through=decreed_through,
        horizon=horizon,
        special=special,
        office_hours=_office_hours(raw["office_hours"]) if "office_hours" in raw else DEFAULT_OFFICE_HOURS,
        cut_off=read_time(raw["cut_off"], "cut_off") if "cut_off" in raw else None,
        canonical=canonical,
        version=hashlib.sha256(canonical.encode()).hexdigest(),
    )


def _canonical(raw: Mapping[str, Any]) -> str:
    """One text for one content: sorted keys, no spaces, ASCII."""
    return json.dumps(raw, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _check_head(raw: Mapping[str, Any]) -> None:
    """Refuse missing and unknown keys, another format, and a nameless calendar."""
    if not _HEAD <= set(raw) <= _HEAD | _OPTIONAL:
        missing, unknown = sorted(_HEAD - set(raw)), sorted(map(str, set(raw) - _HEAD - _OPTIONAL))
        raise CalendarError(
            "calendar.keys",
            where="calendar document",
            expected=f"the keys {', '.join(sorted(_HEAD))}, at most also {', '.join(sorted(_OPTIONAL))}",
            found=f"missing {missing}, unknown {unknown}",
            remedy="Add what is missing and take out what is unknown.",
        )
    if raw["format"] != FORMAT or not isinstance(raw["id"], str) or not raw["id"]:
        raise CalendarError(
            "calendar.format",
            where="format, id",
            expected=f"format {FORMAT} and an id",
            found=f"{raw['format']!r}, {raw['id']!r}",
            remedy="Write the document in this format, or read it with the version that wrote it.",
        )


def _weekend(value: object) -> tuple[int, ...]:
    days = value if isinstance(value, list) else [None]
    good = all(type(day) is int and 1 <= day <= _DAYS_A_WEEK for day in days)
    if not good or not len(set(days)) == len(days) < _DAYS_A_WEEK:
        raise CalendarError(
            "calendar.weekend",
            where="weekend",
            expected="a list of different ISO weekdays 1 to 7, at most six",
            found=repr(value),
            remedy="Saturday and Sunday are [6, 7]; a week needs one working day.",
        )
    return tuple(sorted(days))


def read_time(value: object, where: str) -> time:
    """Read a time of day as HH:MM.

    Raises:
        CalendarError: `calendar.time` if it is none.
    """
    if not isinstance(value, str) or not _CLOCK.fullmatch(value):
        raise CalendarError(
            "calendar.time",
            where=where,
            expected="HH:MM from 00:00 to 23:59",
            found=repr(value),
            remedy="Write half past eight in the morning as 08:30.",
        )
    return time.fromisoformat(value)


def _office_hours(value: object) -> tuple[tuple[time, time], ...]:
    spans = value if isinstance(value, list) else []
    pairs = [span for span in spans if isinstance(span, list) and len(span) == len(("opens", "closes"))]
    if pairs and len(pairs) == len(spans):
        times = [read_time(at, "office_hours") for pair in pairs for at in pair]
        if all(earlier < later for earlier, later in pairwise(times)):
            return tuple(zip(times[::2], times[1::2], strict=True))
    raise CalendarError(
        "calendar.office_hours",
        where="office_hours",
        expected="one or more spans of opening and closing time, one after the other",
        found=repr(value),
        remedy='Write for example [["08:30", "12:00"], ["14:00", "17:30"]].',
    )


def _zone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise CalendarError(
            "calendar.zone",
            where="zone",
            expected="a time zone of the IANA database",
            found=repr(value),
            remedy="Use a name such as Asia/Shanghai.",
        ) from unknown


def _day(value: object, where: str) -> date:
    """Read YYYY-MM-DD and nothing else: one day has one spelling, or the version would be ambiguous."""
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None or day.isoformat() != value:
        raise CalendarError(
            "calendar.day",
            where=where,
            expected="a day as YYYY-MM-DD",
            found=repr(value),
            remedy="Write the day as in 2026-10-01.",
        )
    return day


def _object(value: object, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise CalendarError(
            "calendar.object",
            where=where,
            expected="an object with text keys",
            found=type(value).__name__,
            remedy="See the document format in wenzheng.calendars.document.",
        )
    return value


def _texts(entry: Mapping[str, Any], keys: tuple[str, ...], where: str, optional: str = "") -> None:
    if set(entry) - {optional} != set(keys):
        raise CalendarError(
            "calendar.keys",
            where=where,
            expected=f"exactly the keys {', '.join(keys)}",
            found=", ".join(sorted(entry)) or "none",
            remedy="Add what is missing and take out what is unknown.",
        )
    for key, value in entry.items():
        if not isinstance(value, str | None):
            raise CalendarError(
                "calendar.text",
                where=f"{where}.{key}",
                expected="a text",
                found=type(value).__name__,
                remedy="Write the value in quotation marks.",
            )


def _notice(key: str, value: object) -> Notice:
    where = f"notices.{key}"
    entry = _object(value, where)
    _texts(entry, ("title_zh", "title_en", "number", "published", "kind"), where, "source")
    kind: Literal["decree", "statute"]
    match entry["kind"]:
        case "decree" | "statute" as kind:
            pass
        case other:
            raise CalendarError(
                "calendar.notice_kind",
                where=f"{where}.kind",
                expected="decree or statute",
                found=repr(other),
                remedy="A yearly notice is a decree; a guess rests on the statute.",
            )
    published = entry["published"]
    return Notice(
        key=key,
        title_zh=str(entry["title_zh"]),
        title_en=str(entry["title_en"]),
        number=None if entry["number"] is None else str(entry["number"]),
        published=None if published is None else _day(published, f"{where}.published"),
        kind=kind,
        source=entry.get("source"),
    )


def _special_days(
    raw: Mapping[str, Any], notices: Mapping[str, Notice], first: date, last: date
) -> tuple[SpecialDay, ...]:
    """All special days in order; each once, with a known notice, inside the calendar."""
    found: dict[date, SpecialDay] = {}
    for part, works in (("days_off", False), ("days_worked", True)):
        for key, value in _object(raw[part], part).items():
            where = f"{part}.{key}"
            day, entry = _day(key, part), _object(value, where)
            _texts(entry, ("name_zh", "name_en", "notice"), where)
            if entry["notice"] not in notices:
                raise CalendarError(
                    "calendar.no_notice",
                    where=f"{where}.notice",
                    expected="the key of one of the notices",
                    found=repr(entry["notice"]),
                    remedy="Add the notice: every special day names the text it rests on.",
                )
            if day in found or not first <= day <= last:
                raise CalendarError(
                    "calendar.special_day",
                    where=where,
                    expected=f"a day from {first} to {last} that is either off or worked",
                    found="a day that is both" if day in found else "a day outside",
                    remedy="Take it out, or move decreed_from or horizon.",
                )
            found[day] = SpecialDay(
                day, works, str(entry["name_zh"]), str(entry["name_en"]), notices[entry["notice"]]
            )
    return tuple(found[day] for day in sorted(found))
