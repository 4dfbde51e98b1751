"""The calendar of the People's Republic of China, from the decree data of the `holidays` package.

Every year the General Office of the State Council decrees which days are off and which weekend days
are worked instead. `holidays` holds these notices from 2001 on. For years without a notice it answers
from the statute (Regulation on Public Holidays, 2024 revision) without saying so; replayed on past
years that guess is wrong on 10 to 16 days a year. So the document says how far the decrees reach, and
every result beyond is provisional.

Reading the package is all this module does besides counting; the result is a document that is stored
and named by its digest, so a newer package can never move a running letter's dates by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import holidays

from wenzheng.calendars.calendar import Calendar
from wenzheng.calendars.document import FORMAT

ZONE: Final = ZoneInfo("Asia/Shanghai")
"""The zone of the calendar: there days begin and end, and limits run out."""
FIRST_YEAR: Final = 2004
LAST_DECREED_YEAR: Final = 2026
"""The last year whose notice the pinned package holds; a test compares this with the package."""
LAST_YEAR: Final = 2036

_STATUTE: Final = "statute"
_DECEMBER: Final = 12

# Notices that changed a year after its ordinary notice: the days they name.
_LATER_NOTICES: Final = {
    "2015-09": ("2015-09-03", "2015-09-04", "2015-09-06"),
    "2019-05": ("2019-04-28", "2019-05-01", "2019-05-02", "2019-05-03", "2019-05-05"),
    "2020-01": ("2020-01-31", "2020-02-01", "2020-02-02"),
}
# Document numbers and dates, only where we have checked them.
_NUMBERS: Final = {
    "2006": ("国办发明电〔2005〕35号", "2005-12-16"),
    "2019-05": ("国办发明电〔2019〕3号", "2019-03-22"),
    "2020-01": ("国办发明电〔2020〕1号", None),
    "2024": ("国办发明电〔2023〕7号", "2023-10-25"),
    "2025": ("国办发明电〔2024〕12号", "2024-11-12"),
    "2026": ("国办发明电〔2025〕7号", "2025-11-04"),
}
_TITLES: Final = {
    "2015-09": (
        "国务院关于中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日调休放假的通知",
        "State Council notice on the days off for the 70th anniversary of victory, 2015",
    ),
    "2019-05": (
        "国务院办公厅关于调整2019年劳动节假期安排的通知",
        "General Office notice changing the Labour Day holiday of 2019",
    ),
    "2020-01": (
        "国务院办公厅关于延长2020年春节假期的通知",
        "General Office notice extending the Spring Festival holiday of 2020",
    ),
    _STATUTE: (
        "全国年节及纪念日放假办法（推定，尚无年度通知）",
        "Regulation on Public Holidays (a guess: no notice for the year yet)",
    ),
}


@cache
def china() -> Calendar:
    """The calendar `cn`: decreed 2004 to 2026, guessed from the statute to 2036, Monday to Friday beyond."""
    return Calendar.from_document(china_document())


def china_document() -> dict[str, Any]:
    """The document of `china()`, built afresh from the `holidays` package."""
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    chinese = holidays.country_holidays("CN", years=years, language="zh_CN")
    english = holidays.country_holidays("CN", years=years, language="en_US")
    # The package adds the make-up days of a year while it fills that year; some belong to the year before.
    worked = sorted(day for day in chinese.weekend_workdays if day.year in years)
    days_off = {day: (name, english[day]) for day, name in sorted(chinese.items()) if day.year in years}
    days_worked = dict.fromkeys(worked, ("调休上班", "make-up working day"))
    return {
        "format": FORMAT,
        "id": "cn",
        "zone": ZONE.key,
        "weekend": [6, 7],
        "decreed_from": f"{FIRST_YEAR}-01-01",
        "decreed_through": f"{LAST_DECREED_YEAR}-12-31",
        "horizon": f"{LAST_YEAR}-12-31",
        "notices": dict(_notices()),
        "days_off": _entries(days_off),
        "days_worked": _entries(days_worked),
    }


def _entries(days: dict[date, tuple[str, str]]) -> dict[str, dict[str, str]]:
    return {
        day.isoformat(): {"name_zh": zh, "name_en": en, "notice": _notice_of(day)}
        for day, (zh, en) in days.items()
    }


def _notice_of(day: date) -> str:
    """Key of the notice that names a day."""
    text = day.isoformat()
    for key, days in _LATER_NOTICES.items():
        if text in days:
            return key
    # No festival falls in December: its special days belong to New Year, so to the next year's notice.
    year = day.year + (day.month == _DECEMBER)
    return str(year) if year <= LAST_DECREED_YEAR else _STATUTE


def _notices() -> Iterator[tuple[str, dict[str, str | None]]]:
    keys = [str(year) for year in range(FIRST_YEAR, LAST_DECREED_YEAR + 1)]
    for key in (*keys, *_LATER_NOTICES, _STATUTE):
        title_zh, title_en = _TITLES.get(
            key,
            (
                f"国务院办公厅关于{key}年部分节假日安排的通知",
                f"General Office of the State Council, notice on the holidays of {key}",
            ),
        )
        number, published = _NUMBERS.get(key, (None, None))
        yield (
            key,
            {
                "title_zh": title_zh,
                "title_en": title_en,
                "number": number,
                "published": published,
                "kind": _STATUTE if key == _STATUTE else "decree",
            },
        )
