"""Words of the pages in Chinese and English, and how dates are written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import cache
from importlib import resources
from typing import Final

import yaml
from starlette.requests import Request

LANGUAGES: Final = ("zh", "en")
DEFAULT: Final = "zh"
COOKIE: Final = "wz_lang"
_TAGS: Final = {"zh": "zh-CN", "en": "en"}
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@cache
def catalogue(language: str) -> dict[str, str]:
    """All messages of a language, from the file shipped with the package."""
    text = resources.files("wenzheng.web").joinpath("messages", f"{language}.yaml")
    loaded = yaml.safe_load(text.read_text(encoding="utf-8"))
    return {str(key): str(value) for key, value in loaded.items()}


@dataclass(frozen=True)
class Words:
    """One reader's language: messages, dates and instants as text."""

    language: str
    zone: tzinfo

    @property
    def tag(self) -> str:
        """The language tag of the page (BCP 47)."""
        return _TAGS[self.language]

    def __call__(self, key: str, **values: object) -> str:
        """The message of a key. An unknown key is a mistake of ours and raises KeyError."""
        return catalogue(self.language)[key].format(**values)

    def or_else(self, key: str, fallback: str) -> str:
        """The message of a key, or the fallback where an administrator has added a word."""
        return catalogue(self.language).get(key, fallback)

    def day(self, day: date | str | None) -> str:
        """A calendar day as people write it."""
        if day is None:
            return ""
        day = date.fromisoformat(day) if isinstance(day, str) else day
        if self.language == "zh":
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

    def instant(self, at: datetime | str) -> str:
        """An instant as day and minute in the city's zone."""
        at = datetime.fromisoformat(at) if isinstance(at, str) else at
        local = at.astimezone(self.zone)
        return f"{self.day(local.date())} {local:%H:%M}"

    def second(self, at: datetime) -> str:
        """The time of day of an instant of today, to the second, in the city's zone."""
        return f"{at.astimezone(self.zone):%H:%M:%S}"


def chosen_language(request: Request, usual: str | None = None) -> str:
    """The reader's language: `?lang=`, the remembered choice, the `usual` one, then Accept-Language."""
    for wanted in (request.query_params.get("lang"), request.cookies.get(COOKIE), usual):
        if wanted in LANGUAGES:
            return wanted
    return _accepted(request.headers.get("accept-language", ""))


def _accepted(header: str) -> str:
    """The first of our languages by the quality values of an Accept-Language header."""
    ranked: list[tuple[float, int, str]] = []
    for position, item in enumerate(header.split(",")[:20]):
        tag, _, quality = item.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            continue
        base = tag.split("-")[0].lower()
        if base in LANGUAGES and weight > 0:
            ranked.append((-weight, position, base))
    return min(ranked)[2] if ranked else DEFAULT
