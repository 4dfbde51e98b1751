"""The calendar as it was before three notices that came while letters were open (calendar.md §6)."""

from __future__ import annotations

from collections.abc import Iterable

from wenzheng.calendars import Calendar
from wenzheng.calendars.china import china


def before_notice(
    off: Iterable[str] = (), worked: Iterable[str] = (), add_worked: Iterable[str] = ()
) -> Calendar:
    """The calendar as it stood before a notice: without the days it named, with those it took away."""
    document = china().document()
    for day in off:
        del document["days_off"][day]
    for day in worked:
        del document["days_worked"][day]
    for day in add_worked:
        document["days_off"].pop(day, None)
        document["days_worked"][day] = {"name_zh": "调休上班", "name_en": "make-up", "notice": "2020"}
    return Calendar.from_document(document)


EXTENDED_2020 = {"off": ["2020-01-31"], "add_worked": ["2020-02-01"]}
LABOUR_DAY_2019 = {"off": ["2019-05-02", "2019-05-03"], "worked": ["2019-04-28", "2019-05-05"]}
NEW_YEAR_2006 = {"off": ["2006-01-02", "2006-01-03"], "worked": ["2005-12-31"]}
