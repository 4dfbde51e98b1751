"""Our days against an independent list, and the traps of the package they come from."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import numpy as np
from holidays.countries.china import ChinaStaticHolidays

from wenzheng.calendars import china as module
from wenzheng.calendars.china import china

FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


def test_every_day_since_2004_agrees_with_chinesecalendar_but_the_one_it_lacks() -> None:
    disagreements = [day for day in DAYS if china().is_working(day) != chinese_calendar.is_workday(day)]
    # 国办发明电〔2005〕35号 of 2005-12-16 has "12月31日(星期六)上班"; chinesecalendar overlooks it.
    assert disagreements == [date(2005, 12, 31)]
    assert china().is_working(date(2005, 12, 31))


def test_the_years_of_decrees_hold_the_known_number_of_days() -> None:
    special = china().special_days(FIRST, LAST)
    assert len(DAYS) == 8401
    assert china().between(FIRST - timedelta(days=1), LAST) == 5745
    assert sum(day.works for day in special) == 151
    assert sum(not day.works and day.day.weekday() < 5 for day in special) == 407


def test_a_package_with_another_years_notice_makes_us_look_before_it_counts_as_decreed() -> None:
    assert max(ChinaStaticHolidays.special_public_holidays) == module.LAST_DECREED_YEAR


def test_the_document_is_the_same_when_built_again() -> None:
    assert module.china_document() == module.china_document()
    assert module.china_document() == china().document()


def test_counting_agrees_with_numpy_over_the_decreed_years() -> None:
    # numpy has no make-up days: a week of seven days with every closed day named does.
    closed = np.array([day for day in DAYS if not china().is_working(day)], dtype="datetime64[D]")
    weekdays = np.array(DAYS[:-60], dtype="datetime64[D]")
    for n in (1, 5, 15, 20):
        theirs = np.busday_offset(weekdays, n, roll="backward", weekmask="1111111", holidays=closed)
        for day, due in zip(DAYS[4:-60], theirs[4:].tolist(), strict=True):
            assert china().add(day, n).date == due
