"""The map between real and shown time: exact, monotone, quick, whatever the calendar does."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wenzheng.calendars import Calendar, CalendarError
from wenzheng.calendars.china import china, china_document
from wenzheng.calendars.pace import LAST_DAY, CityClock, Pace, read_pace, write_pace

TICK = timedelta(microseconds=1)
YEAR = timedelta(days=365) // TICK
START = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
"""A Tuesday, 10:00 in the city."""
SHANGHAI = ZoneInfo("Asia/Shanghai")


def summer_time() -> Calendar:
    """A calendar whose days have 23, 24 and 25 hours."""
    document = china_document()
    document["zone"] = "Europe/Berlin"
    return Calendar.from_document(document)


CALENDARS = {"china": china(), "summer time": summer_time()}


def pace(working_day: str = "5s", shown: datetime = START, calendar: Calendar | None = None) -> Pace:
    return Pace(calendar or china(), read_pace(working_day), datetime(2026, 11, 23, 9, tzinfo=UTC), shown)


paces = st.builds(
    Pace,
    st.sampled_from(list(CALENDARS.values())),
    st.integers(100_000, 12 * 3600 * 1_000_000),
    st.integers(0, 10 * YEAR).map(lambda passed: datetime(2020, 1, 1, tzinfo=UTC) + passed * TICK),
    st.integers(0, 25 * YEAR).map(lambda passed: datetime(2010, 1, 1, tzinfo=UTC) + passed * TICK),
)
spans = st.timedeltas(timedelta(0), timedelta(days=400))


@given(paces, spans)
def test_real_instant_is_found_again_to_the_microsecond(one: Pace, span: timedelta) -> None:
    real = one.epoch_real + span
    assert one.real(one.shown(real)) == real


@given(paces, spans)
def test_alarm_set_for_a_shown_instant_rings_at_it_and_not_a_microsecond_before(
    one: Pace, span: timedelta
) -> None:
    deadline = one.epoch_shown + timedelta(seconds=1) + span
    rings = one.real(deadline)
    assert one.shown(rings) >= deadline
    assert one.shown(rings - TICK) < deadline


@given(paces, st.lists(spans, min_size=2, max_size=6))
def test_clock_never_runs_backwards(one: Pace, found: list[timedelta]) -> None:
    real = [one.epoch_real + span for span in sorted(found)]
    shown = [one.shown(moment) for moment in real]
    assert all(before <= after for before, after in pairwise(shown))
    assert all(a < b for (a, b), (r, s) in zip(pairwise(shown), pairwise(real), strict=True) if r < s)


@given(paces, st.integers(0, 4000))
def test_working_day_lasts_as_long_as_was_asked_and_a_day_off_a_fifth(one: Pace, ahead: int) -> None:
    day = one.calendar.today(one.epoch_shown) + timedelta(days=ahead + 1)
    begins, ends = (
        one.real(one.calendar.instant(moment, "00:00")) for moment in (day, day + timedelta(days=1))
    )
    length = one.working_day if one.calendar.is_working(day) else one.working_day // 5
    assert (ends - begins) // TICK == length


def test_trainer_sees_a_week_pass_in_27_seconds() -> None:
    one = pace(shown=datetime(2026, 9, 6, 16, tzinfo=UTC))  # midnight before a Monday
    ends = one.shown(one.epoch_real + timedelta(seconds=27))
    assert ends.astimezone(SHANGHAI).isoformat() == "2026-09-14T00:00:00+08:00"


def test_trainer_sees_national_day_fly_past() -> None:
    # 1 to 7 October 2026 are off: seven seconds from the evening of 30 September.
    one = pace(shown=datetime(2026, 9, 30, 16, tzinfo=UTC))
    ends = one.shown(one.epoch_real + timedelta(seconds=7))
    assert ends.astimezone(SHANGHAI).isoformat() == "2026-10-08T00:00:00+08:00"


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_day_on_which_clocks_are_changed_passes_as_any_other(day: date, hours: int) -> None:
    calendar = CALENDARS["summer time"]
    midnight = calendar.instant(day, "00:00")
    one = pace(shown=midnight, calendar=calendar)
    one_second = one.shown(one.epoch_real + timedelta(seconds=1))  # both are Sundays
    assert one_second - midnight == timedelta(hours=hours)


def test_before_the_epoch_and_after_the_last_year_time_passes_as_it_does() -> None:
    one = pace()
    hour = timedelta(hours=1)
    assert one.shown(one.epoch_real - hour) == START - hour
    assert one.real(START - hour) == one.epoch_real - hour
    end = china().instant(LAST_DAY + timedelta(days=1), "00:00")
    assert one.shown(one.real(end)) == end
    assert one.shown(one.real(end) + hour) == end + hour
    assert one.real(end + hour) == one.real(end) + hour


def test_clock_stands_still_and_goes_on_where_it_stood() -> None:
    one = pace()
    stopped = one.epoch_real + timedelta(seconds=12)
    later = stopped + timedelta(hours=10)
    resumed = one.resumed(later, one.shown(stopped))
    assert resumed.shown(later) >= one.shown(stopped)
    assert resumed.shown(later) - one.shown(stopped) < timedelta(seconds=1)
    deadline = START + timedelta(days=30)
    assert abs(resumed.real(deadline) - one.real(deadline) - timedelta(hours=10)) <= TICK


def test_pace_survives_being_kept() -> None:
    one = pace("1m")
    assert Pace.load(one.dump(), china()) == one


def test_jump_of_a_hundred_years_is_answered_at_once() -> None:
    one = pace()
    far = one.real(datetime(2126, 1, 1, tzinfo=UTC))
    began = time.process_time()
    for _ in range(1000):
        one.shown(far)
    assert time.process_time() - began < 1.0  # 0.06 s here; a walk over the days would take minutes


def test_city_without_a_pace_shows_real_time() -> None:
    clock = CityClock(lambda: START)
    assert (clock.now(), clock.after(timedelta(minutes=5))) == (START, START + timedelta(minutes=5))


def test_lease_in_a_paced_city_lasts_real_minutes() -> None:
    one = pace()
    clock = CityClock(lambda: one.epoch_real, one)
    assert one.real(clock.after(timedelta(minutes=5))) == one.epoch_real + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [("5s", 5_000_000), ("100ms", 100_000), ("1m", 60_000_000), ("1min", 60_000_000), ("1.5 s", 1_500_000)],
)
def test_pace_is_written_as_people_write_it(text: str, microseconds: int) -> None:
    assert read_pace(text) == microseconds
    assert read_pace(write_pace(microseconds)) == microseconds


@pytest.mark.parametrize("text", ["", "5", "five", "-5s", "0s", "99ms", "13h", "1d", "5s5s", "５s", "nan s"])
def test_wrong_pace_is_refused_with_an_example(text: Any) -> None:
    with pytest.raises(CalendarError, match=r"from 100ms to 12h.*for example 5s") as refused:
        read_pace(text)
    assert refused.value.code == "calendar.pace"
