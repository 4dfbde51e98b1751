"""Calendars of other countries, from the `holidays` package: a weekly rule and the days that law makes free.

Where law itself names the days, no notice is waited for: the calendar counts as decreed as far as it goes.
Where a holiday follows the moon and the package only estimates it, the calendar is decreed up to the year
before, and what lies beyond is provisional.

A calendar is named by the country's code, `de`, or with a part of the country, `de-by`.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final
from zoneinfo import TZPATH

import holidays

from wenzheng.calendars.calendar import Calendar
from wenzheng.calendars.china import FIRST_YEAR, LAST_DECREED_YEAR, LAST_YEAR, china
from wenzheng.calendars.document import FORMAT
from wenzheng.calendars.errors import CalendarError

_NAME: Final = re.compile(r"([a-z]{2})(?:-([a-z0-9]{1,3}))?", re.ASCII)
_MONDAY: Final = 1
_NOW: Final = LAST_DECREED_YEAR
_KEY: Final = "law"

# The zone of the capital, for countries with several.
_CAPITALS: Final = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CD": "Africa/Kinshasa",
    "CL": "America/Santiago",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "FM": "Pacific/Pohnpei",
    "GL": "America/Nuuk",
    "ID": "Asia/Jakarta",
    "KI": "Pacific/Tarawa",
    "KZ": "Asia/Almaty",
    "MH": "Pacific/Majuro",
    "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PF": "Pacific/Tahiti",
    "PG": "Pacific/Port_Moresby",
    "PS": "Asia/Hebron",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
    "VN": "Asia/Ho_Chi_Minh",
}


def shipped(name: str) -> Calendar:
    """The calendar that comes with the program under this name: `cn`, another country, a part of one.

    Raises:
        CalendarError: `calendar.unknown` if there is none.
    """
    return china() if name == "cn" else country(name)


@cache
def country(name: str) -> Calendar:
    """The calendar of a country such as `de`, or of a part of it such as `de-by`.

    Raises:
        CalendarError: `calendar.unknown` if the package does not know it.
    """
    return Calendar.from_document(country_document(name))


def country_document(name: str) -> dict[str, Any]:
    """The document of `country(name)`, built afresh from the `holidays` package."""
    match = _NAME.fullmatch(name)
    known: dict[str, list[str]] = holidays.list_supported_countries(include_aliases=False)
    code, part = (match[1].upper(), (match[2] or "").upper()) if match else ("", "")
    if code not in known or (part and part not in known[code]):
        raise CalendarError(
            "calendar.unknown",
            where="calendar",
            expected="cn, another country such as de, a part of one such as de-by, or one you have set up",
            found=repr(name),
            remedy="Correct the name; `wenzheng calendar overlay` sets one up.",
        )
    found = _days(code, part or None)
    # What was estimated of years gone by has happened as it has: only the years to come are open.
    estimated = [day.year for day, (_, name) in found.items() if "(estimated" in name and day.year >= _NOW]
    decreed = min(estimated, default=LAST_YEAR + 1) - 1
    package = _package(code, part or None)
    title = f"{code}{'-' + part if part else ''}: public holidays by law"
    return {
        "format": FORMAT,
        "id": name,
        "zone": _zone(code),
        "weekend": sorted(weekday + _MONDAY for weekday in package.weekend),
        "decreed_from": f"{FIRST_YEAR}-01-01",
        "decreed_through": f"{decreed}-12-31",
        "horizon": f"{LAST_YEAR}-12-31",
        "notices": {
            _KEY: {"title_zh": title, "title_en": title, "number": None, "published": None, "kind": "decree"}
        },
        "days_off": _entries(found),
        "days_worked": _entries(
            {
                day: ("调休上班", "make-up working day")
                for day in sorted(package.weekend_workdays)
                if FIRST_YEAR <= day.year <= LAST_YEAR
            }
        ),
    }


def _entries(days: dict[date, tuple[str, str]]) -> dict[str, dict[str, str]]:
    return {day.isoformat(): {"name_zh": zh, "name_en": en, "notice": _KEY} for day, (zh, en) in days.items()}


def _package(code: str, part: str | None, language: str | None = None) -> holidays.HolidayBase:
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    with warnings.catch_warnings():
        # A country whose days are known for some of the years only: what is missing stays a working day.
        warnings.simplefilter("ignore", UserWarning)
        return holidays.country_holidays(code, subdiv=part, years=years, language=language)


def _days(code: str, part: str | None) -> dict[date, tuple[str, str]]:
    """The days off with two names: in Chinese or else the country's own language, and in English."""
    package = _package(code, part)
    # Always named: left out, the package would ask the machine for its language, and the version would vary.
    own, english = (
        _package(
            code, part, language if language in package.supported_languages else package.default_language
        )
        for language in ("zh_CN", "en_US")
    )
    return {
        day: (name, english[day]) for day, name in sorted(own.items()) if FIRST_YEAR <= day.year <= LAST_YEAR
    }


def _zone(code: str) -> str:
    """The country's zone in the tz database; of several the capital's."""
    if code in _CAPITALS:
        return _CAPITALS[code]
    zones = {zone for country, zone in _zone_table() if country == code}
    if len(zones) == 1:
        return zones.pop()
    raise CalendarError(
        "calendar.zone",
        where="calendar",
        expected="a country with one time zone",
        found=f"{code} with {len(zones)}",
        remedy="Write an overlay on another country's calendar with the days of this one.",
    )


def _zone_table() -> Iterator[tuple[str, str]]:
    """Country and zone of each line of the tz database's own table."""
    for text in _tables():
        for line in text.splitlines():
            if not line.startswith("#"):
                code, _place, zone, *_ = line.split("\t")
                yield code, zone
        return


def _tables() -> Iterator[str]:
    for folder in TZPATH:
        path = Path(folder) / "zone.tab"
        if path.is_file():
            yield path.read_text(encoding="utf-8")
    try:
        yield (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    except (ModuleNotFoundError, FileNotFoundError):
        return
