"""A region or an office has days and hours of its own, on top of the country's calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wenzheng.calendars import Calendar, CalendarError, Unit, limit, used
from wenzheng.calendars.china import ZONE, china
from wenzheng.calendars.files import Faults, FileRefused
from wenzheng.calendars.overlays import compose, parts, read_overlay

XINJIANG = """\
calendar: cn-xinjiang
on: cn
title: 新疆维吾尔自治区少数民族习惯节日放假办法
days_off:
  - {name: 古尔邦节, name_en: Eid al-Adha, from: 2026-05-27, to: 2026-05-29}
office_hours: ["10:00 to 14:00", "16:00 to 19:30"]
cut_off: "19:30"
"""


def made(text: str, base: Calendar | None = None) -> Calendar:
    overlay = read_overlay(text, Faults())
    return compose(base or china(), overlay.id, overlay.content)


def test_local_holidays_come_on_top_of_the_countrys() -> None:
    local = made(XINJIANG)
    assert local.id == "cn-xinjiang"
    assert china().add(date(2026, 5, 26), 1).date == date(2026, 5, 27)
    assert local.add(date(2026, 5, 26), 1).date == date(2026, 6, 1)
    assert local.add(date(2026, 9, 30), 5).date == date(2026, 10, 13)
    (eid, *_) = local.special_days(date(2026, 5, 27), date(2026, 5, 27))
    assert (eid.name_en, eid.notice.title_zh) == ("Eid al-Adha", "新疆维吾尔自治区少数民族习惯节日放假办法")
    assert "古尔邦节" in local.explain(date(2026, 5, 26), 1).words("zh")


def test_an_office_has_its_hours_and_its_cut_off() -> None:
    local = made(XINJIANG)
    evening = datetime(2026, 7, 1, 19, tzinfo=ZONE)
    assert used(local, Unit.OFFICE_HOURS, evening, evening + timedelta(days=1)) == timedelta(hours=7.5)
    assert limit(local, Unit.OFFICE_HOURS, evening, 1).last == datetime(2026, 7, 2, 10, 30, tzinfo=ZONE)
    assert local.received_on(evening + timedelta(hours=1)) == date(2026, 7, 2)


def test_an_overlay_is_made_anew_on_another_version_and_keeps_what_is_its_own() -> None:
    first = made(XINJIANG)
    document = china().document()
    document["days_off"]["2026-06-01"] = {"name_zh": "假", "name_en": "off", "notice": "2026"}
    on, content = parts(first) or ("", {})
    assert on == "cn"
    again = compose(Calendar.from_document(document), first.id, content)
    assert again.add(date(2026, 5, 26), 1).date == date(2026, 6, 2)
    assert again.office_hours == first.office_hours
    assert parts(again) == (on, content)
    assert again.version != first.version
    assert compose(china(), first.id, content) == first
    assert parts(china()) is None


def test_a_local_day_wins_over_a_make_up_day() -> None:
    text = XINJIANG.replace("from: 2026-05-27, to: 2026-05-29", "day: 2026-10-10")
    assert china().is_working(date(2026, 10, 10))
    assert not made(text).is_working(date(2026, 10, 10))
    back = text.replace("days_off", "days_worked").replace("2026-10-10", "2026-10-07")
    assert made(back).is_working(date(2026, 10, 7))


def test_local_days_of_a_year_without_a_notice_are_provisional() -> None:
    local = made(XINJIANG.replace("2026-05-27, to: 2026-05-29", "2040-05-27, to: 2040-05-29"))
    assert local.add(date(2040, 5, 25), 2) == (date(2040, 5, 31), True)
    assert local.horizon == date(2040, 5, 29)


def test_hours_alone_need_no_title() -> None:
    local = made("calendar: office\non: cn\noffice_hours: ['09:00 to 21:00']\n")
    assert local.add(date(2026, 9, 30), 5) == china().add(date(2026, 9, 30), 5)


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        (XINJIANG.replace("on: cn\n", ""), 1, "overlay.keys"),
        (XINJIANG.replace("cn-xinjiang", "新疆"), 1, "overlay.name"),
        (XINJIANG.replace("cn-xinjiang", "cn"), 1, "overlay.name"),
        (XINJIANG.replace("title: 新疆维吾尔自治区少数民族习惯节日放假办法\n", ""), 1, "overlay.title"),
        (XINJIANG.replace("10:00 to 14:00", "10:00-14:00"), 6, "overlay.hours"),
        (XINJIANG.replace("to: 2026-05-29", "to: 2026-04-29"), 5, "overlay.span"),
        (XINJIANG + "days_worked: [2026-05-28]\n", 8, "overlay.both"),
        (XINJIANG + "year: 2026\n", 8, "overlay.keys"),
        ("calendar: x\non: cn\n", 1, "overlay.empty"),
        ("", 1, "overlay.syntax"),
    ],
)
def test_a_fault_is_refused_with_its_line(text: str, line: int, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read_overlay(text, Faults())
    assert [(fault.place.line, fault.code) for fault in refused.value.faults] == [(line, code)]


@pytest.mark.parametrize("hours", ["14:00 to 10:00", "10:00 to 25:00"])
def test_hours_that_no_clock_shows_are_refused(hours: str) -> None:
    with pytest.raises(CalendarError):
        made(XINJIANG.replace("10:00 to 14:00", hours))


def test_an_overlay_on_an_overlay_is_refused() -> None:
    with pytest.raises(CalendarError) as refused:
        made(XINJIANG.replace("cn-xinjiang", "office"), made(XINJIANG))
    assert refused.value.code == "calendar.overlay"


# --- against a clerk who ticks off day by day, with random local days ---------------------------------------

ONE = timedelta(1)
FIRST = date(2004, 1, 1)
DAYS = (date(2030, 12, 31) - FIRST).days
local_days = st.dictionaries(st.integers(0, DAYS).map(lambda n: FIRST + n * ONE), st.booleans(), max_size=40)


def overlaid(days: dict[date, bool]) -> Calendar:
    entries: dict[str, Any] = {"notice": {
        "title_zh": "本地", "title_en": "local", "number": None, "published": None, "kind": "decree",
    }}  # fmt: skip
    for part, works in (("days_off", False), ("days_worked", True)):
        entries[part] = {
            str(day): {"name_zh": "本地", "name_en": "local"}
            for day, worked in days.items()
            if worked == works
        }
    return compose(china(), "local", {"on": "cn", **entries})


def ticked(days: dict[date, bool], day: date, n: int) -> date:
    """The slow truth: one day at a time."""
    step = ONE if n > 0 else -ONE
    while n:
        day += step
        n -= (days[day] if day in days else china().is_working(day)) * (1 if n > 0 else -1)
    return day


@given(local_days, st.integers(0, DAYS).map(lambda n: FIRST + n * ONE), st.integers(-60, 60), st.data())
@settings(deadline=None)
def test_counting_agrees_with_ticking_off_day_by_day_from_2004_to_2030(
    days: dict[date, bool], day: date, n: int, data: st.DataObject
) -> None:
    calendar = overlaid(days)
    # Days near a local one are the ones that can go wrong.
    if days:
        near = data.draw(st.sampled_from(sorted(days)))
        day = near + data.draw(st.integers(-10, 10)) * ONE
    due = calendar.add(day, n).date
    assert due == ticked(days, day, n)
    assert limit(calendar, Unit.WORKING_DAYS, day, n).last == due
    counted = calendar.between(day, due) if n >= 0 else -calendar.between(due - ONE, day - ONE)
    assert counted == n, "adding, then counting"
    if n and calendar.is_working(day):
        assert calendar.add(due, -n).date == day, "forward and backward meet"
    assert calendar.add(day + ONE, n).date >= due, "monotone in the day"
    assert calendar.add(day, n + 1).date >= due, "monotone in the number"
    rolled = limit(calendar, Unit.CALENDAR_DAYS_ROLLED, day, n).last
    end = day + n * ONE
    while not (days[end] if end in days else china().is_working(end)):
        end += ONE if n >= 0 else -ONE
    assert rolled == end


@given(local_days, st.integers(0, DAYS), st.integers(0, 40))
@settings(deadline=None)
def test_a_version_that_changes_no_day_in_the_window_changes_no_limit(
    days: dict[date, bool], start: int, n: int
) -> None:
    day0 = FIRST + start * ONE
    due = china().add(day0, n)
    outside = {day: works for day, works in days.items() if not day0 < day <= due.date}
    assert overlaid(outside).add(day0, n) == due


def test_the_first_instant_after_a_limit_is_the_zones_midnight() -> None:
    assert limit(made(XINJIANG), Unit.WORKING_DAYS, date(2026, 5, 26), 1).late_from == datetime(
        2026, 6, 1, 16, tzinfo=UTC
    )
