"""Limits in their units: each counts by its own law, forward and back, and none turns into another."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wenzheng.calendars import Calendar, CalendarError, Unit, limit, limit_after_pauses, used
from wenzheng.calendars.china import ZONE, china
from wenzheng.calendars.units import explain_limit

DAYS = [Unit.WORKING_DAYS, Unit.CALENDAR_DAYS, Unit.CALENDAR_DAYS_ROLLED]
WORKING, EVERY, ROLLED, OFFICE, HOURS = Unit


def day(text: str) -> date:
    return date.fromisoformat(text)


def at(text: str, zone: ZoneInfo = ZONE) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def last(unit: Unit, start: str, n: int) -> str:
    return str(limit(china(), unit, day(start), n).last)


def hours_last(unit: Unit, start: str, n: int | timedelta) -> str:
    end = limit(china(), unit, at(start), n).last
    assert isinstance(end, datetime)
    return f"{end.astimezone(ZONE):%Y-%m-%d %H:%M}"


# --- by hand, from the notices ---------------------------------------------------------------------

# Two, three, five and ten working days before the session. Written down from the notices' text:
# 国办发明电〔2025〕7号: off 15-23 Feb (worked Sat 14, Sat 28 Feb), 1-5 May (worked Sat 9), 25-27 Sep,
# 1-7 Oct (worked Sun 20 Sep, Sat 10 Oct); 〔2024〕12号: worked Sun 26 Jan, off 28 Jan - 4 Feb 2025.
BEFORE_THE_SESSION = [
    ("2026-10-12", "2026-10-09", "2026-10-08", "2026-09-29", "2026-09-21"),  # Sat 10 Oct works
    (
        "2026-10-10",
        "2026-10-08",
        "2026-09-30",
        "2026-09-28",
        "2026-09-20",
    ),  # the session on a worked Saturday
    ("2026-09-21", "2026-09-18", "2026-09-17", "2026-09-15", "2026-09-08"),  # Sun 20 Sep works
    ("2026-05-11", "2026-05-08", "2026-05-07", "2026-04-30", "2026-04-23"),  # Sat 9 May works, 1-5 May off
    ("2026-03-02", "2026-02-27", "2026-02-26", "2026-02-24", "2026-02-10"),  # Sat 28 and Sat 14 Feb work
    ("2026-02-24", "2026-02-13", "2026-02-12", "2026-02-10", "2026-02-03"),  # after nine days off
    (
        "2025-02-05",
        "2025-01-26",
        "2025-01-24",
        "2025-01-22",
        "2025-01-15",
    ),  # Sun 26 Jan works, 28 Jan-4 Feb off
]


@pytest.mark.parametrize(("session", "two", "three", "five", "ten"), BEFORE_THE_SESSION)
def test_what_must_be_done_before_a_session_counts_back_over_make_up_weekends(
    session: str, two: str, three: str, five: str, ten: str
) -> None:
    for n, due in ((2, two), (3, three), (5, five), (10, ten)):
        found = limit(china(), WORKING, day(session), -n)
        assert str(found.last) == due
        assert not found.provisional
        assert found.late_from == at(due + "T00:00") + timedelta(days=1)


def test_calendar_days_run_through_holidays_and_may_end_in_one() -> None:
    assert last(EVERY, "2026-09-18", 15) == "2026-10-03"
    assert last(EVERY, "2026-10-15", -10) == "2026-10-05"
    assert last(EVERY, "2026-09-18", 0) == "2026-09-18"


def test_a_last_day_that_is_off_rolls_to_the_next_day_offices_work() -> None:
    assert last(ROLLED, "2026-09-18", 15) == "2026-10-08"  # 3 October: National Day holiday
    assert last(ROLLED, "2026-09-18", 10) == "2026-09-28"  # a plain Monday stays
    assert last(ROLLED, "2026-10-08", 9) == "2026-10-19"  # a plain Saturday rolls over the Sunday
    assert last(ROLLED, "2026-10-18", 0) == "2026-10-19"


def test_a_last_day_that_is_a_worked_weekend_does_not_roll() -> None:
    assert last(ROLLED, "2026-09-30", 10) == "2026-10-10"  # a Saturday that is worked
    assert last(ROLLED, "2026-09-10", 10) == "2026-09-20"  # a Sunday that is worked


def test_a_limit_before_an_event_rolls_away_from_the_event() -> None:
    assert last(ROLLED, "2026-10-15", -10) == "2026-09-30"  # 5 October is off
    assert last(ROLLED, "2026-10-20", -10) == "2026-10-10"  # the worked Saturday stays


def test_hours_run_by_day_and_night() -> None:
    assert hours_last(HOURS, "2026-09-30T17:00", 72) == "2026-10-03 17:00"
    found = limit(china(), HOURS, at("2026-09-30T17:00"), 72)
    assert found.late_from == found.last


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("2026-09-30T16:30", 1, "2026-09-30 17:30"),  # until closing time, and not to the next opening
        ("2026-09-30T16:30", 2, "2026-10-08 09:30"),  # over the holiday
        ("2026-09-30T11:00", 1, "2026-09-30 12:00"),
        ("2026-09-30T11:00", 2, "2026-09-30 15:00"),  # over the noon break
        ("2026-09-30T12:30", 1, "2026-09-30 15:00"),  # handed in at noon
        ("2026-10-09T17:00", 1, "2026-10-10 09:00"),  # the Saturday is worked
        ("2026-10-11T10:00", 1, "2026-10-12 09:30"),  # handed in on a day off
        ("2026-10-12T06:00", 7, "2026-10-12 17:30"),  # a whole day of seven hours
        ("2026-10-12T18:00", 14, "2026-10-14 17:30"),
        ("2026-10-12T09:30", -1, "2026-10-12 08:30"),  # back: at the opening, not at the closing before
        ("2026-10-12T09:30", -2, "2026-10-10 16:30"),
        ("2026-10-12T15:00", -1, "2026-10-12 14:00"),
        ("2026-10-11T10:00", -7, "2026-10-10 08:30"),
        ("2026-10-11T10:00", -8, "2026-10-09 16:30"),
        ("2026-10-11T10:00", 0, "2026-10-11 10:00"),
    ],
)
def test_office_hours_count_while_the_office_is_open(start: str, n: int, end: str) -> None:
    assert hours_last(OFFICE, start, n) == end


def test_an_office_may_have_hours_of_its_own() -> None:
    document = china().document() | {"office_hours": [["09:00", "21:00"]]}
    shop = Calendar.from_document(document)
    assert shop.version != china().version
    assert limit(shop, OFFICE, at("2026-09-30T20:00"), 2).last == at("2026-10-08T10:00")
    assert used(shop, OFFICE, at("2026-09-30T20:00"), at("2026-10-08T10:00")) == timedelta(hours=2)


def test_a_cut_off_moves_what_comes_after_hours_to_the_next_working_day() -> None:
    local = Calendar.from_document(china().document() | {"cut_off": "17:30"})
    for calendar, received, day0 in [
        (china(), "2026-09-30T23:59", "2026-09-30"),
        (china(), "2026-10-03T10:00", "2026-10-03"),
        (local, "2026-09-30T17:29", "2026-09-30"),
        (local, "2026-09-30T17:30", "2026-10-08"),
        (local, "2026-10-03T10:00", "2026-10-08"),  # or who comes later would be answered earlier
        (local, "2026-10-10T09:00", "2026-10-10"),
        (local, "2026-10-10T18:00", "2026-10-12"),
    ]:
        assert str(calendar.received_on(at(received))) == day0


@pytest.mark.parametrize(
    ("unit", "start", "n", "provisional"),
    [
        (WORKING, "2026-12-25", 4, False),
        (WORKING, "2026-12-25", 5, True),
        (EVERY, "2026-12-25", 50, False),  # no notice can move it
        (ROLLED, "2026-12-25", 6, False),
        (ROLLED, "2026-12-25", 7, True),
        (ROLLED, "2003-12-01", 5, True),
    ],
)
def test_what_rests_on_a_year_without_a_notice_is_provisional(
    unit: Unit, start: str, n: int, provisional: bool
) -> None:
    assert limit(china(), unit, day(start), n).provisional is provisional


def test_hours_over_the_new_year_are_provisional_only_where_the_office_must_be_open() -> None:
    start = at("2026-12-31T16:30")
    assert not limit(china(), HOURS, start, 48).provisional
    assert not limit(china(), OFFICE, start, 1).provisional
    assert limit(china(), OFFICE, start, 2).provisional


# --- pauses ---------------------------------------------------------------------------------------


def paused(unit: Unit, start: str, n: int, *pauses: tuple[str, str]) -> str:
    spans = [(day(a), day(b)) for a, b in pauses]
    return str(limit_after_pauses(china(), unit, day(start), n, spans).last)


def test_the_day_of_the_pause_is_used_and_the_day_it_goes_on_is_day_0() -> None:
    assert paused(WORKING, "2026-07-01", 15) == "2026-07-22"
    # 2 and 3 July are used, 13 are left; Monday 13 July is day 0 again.
    assert paused(WORKING, "2026-07-01", 15, ("2026-07-03", "2026-07-13")) == "2026-07-30"
    assert paused(WORKING, "2026-07-01", 15, ("2026-07-03", "2026-07-13"), ("2026-07-14", "2026-07-16")) == (
        "2026-08-03"
    )
    assert paused(EVERY, "2026-07-01", 15, ("2026-07-03", "2026-07-13")) == "2026-07-26"
    assert paused(ROLLED, "2026-07-01", 15, ("2026-07-03", "2026-07-13")) == "2026-07-27"


def test_who_pauses_on_the_last_day_has_the_day_it_goes_on() -> None:
    assert paused(WORKING, "2026-07-01", 5, ("2026-07-08", "2026-07-20")) == "2026-07-20"
    # The last day of all days is Saturday 4 July, rolled to Monday: paused on the Sunday between.
    assert paused(ROLLED, "2026-07-01", 3, ("2026-07-05", "2026-07-18")) == "2026-07-20"


def test_a_pause_after_the_end_changes_nothing() -> None:
    assert paused(WORKING, "2026-07-01", 5, ("2026-07-09", "2026-07-20")) == "2026-07-08"


def test_hours_stand_still_from_instant_to_instant() -> None:
    spans = [(at("2026-10-09T16:30"), at("2026-10-12T09:00"))]
    found = limit_after_pauses(china(), OFFICE, at("2026-10-09T14:30"), 4, spans)
    assert found.last == at("2026-10-12T11:00")


@pytest.mark.parametrize(
    ("n", "pauses"),
    [
        (5, [("2026-07-03", "2026-07-02")]),
        (5, [("2026-06-03", "2026-07-02")]),
        (5, [("2026-07-02", "2026-07-06"), ("2026-07-03", "2026-07-07")]),
        (-5, []),
    ],
)
def test_pauses_out_of_order_or_before_an_event_are_refused(n: int, pauses: list[tuple[str, str]]) -> None:
    with pytest.raises(CalendarError) as refused:
        paused(WORKING, "2026-07-01", n, *pauses)
    assert refused.value.code == "calendar.pause"


# --- what is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "start", "n", "code"),
    [
        (WORKING, at("2026-07-01T10:00"), 5, "calendar.not_a_day"),
        (EVERY, at("2026-07-01T10:00"), 5, "calendar.not_a_day"),
        (HOURS, day("2026-07-01"), 5, "calendar.not_an_instant"),
        (OFFICE, day("2026-07-01"), 5, "calendar.not_an_instant"),
        (OFFICE, datetime(2026, 7, 1, 10), 5, "calendar.not_an_instant"),  # noqa: DTZ001 the point of the case
        (WORKING, day("2026-07-01"), timedelta(days=5), "calendar.not_a_count"),
        (EVERY, day("2026-07-01"), 5.0, "calendar.not_a_count"),
        (EVERY, day("2026-07-01"), True, "calendar.not_a_count"),
        (HOURS, at("2026-07-01T10:00"), 5.5, "calendar.not_a_count"),
        (EVERY, day("2026-07-01"), 10**7, "calendar.out_of_range"),
        (EVERY, day("2026-07-01"), 10**12, "calendar.out_of_range"),
        (WORKING, day("2026-07-01"), 10**7, "calendar.out_of_range"),
        (HOURS, at("2026-07-01T10:00"), 10**9, "calendar.out_of_range"),
        (HOURS, at("2026-07-01T10:00"), 10**12, "calendar.out_of_range"),
        (OFFICE, at("2026-07-01T10:00"), 10**9, "calendar.out_of_range"),
    ],
)
def test_units_never_turn_into_one_another(unit: Unit, start: Any, n: Any, code: str) -> None:
    with pytest.raises(CalendarError) as refused:
        limit(china(), unit, start, n)
    assert refused.value.code == code
    assert refused.value.remedy


# --- what holds for all -----------------------------------------------------------------------------

days = st.dates(day("2005-01-01"), day("2029-12-31"))
few = st.integers(0, 60)
minutes = st.integers(0, 60 * 24 * 365 * 3).map(lambda n: at("2024-06-01T00:00") + timedelta(minutes=n))
spans = st.integers(1, 60 * 200).map(lambda n: timedelta(minutes=n))


@given(st.sampled_from(DAYS), days, few)
def test_a_pause_within_one_day_changes_nothing(unit: Unit, start: date, n: int) -> None:
    plain = limit(china(), unit, start, n)
    for pause in range(8):
        moment = start + timedelta(pause)
        assert limit_after_pauses(china(), unit, start, n, [(moment, moment)]).last == plain.last


@given(st.sampled_from(DAYS), days, few, st.integers(0, 20), st.tuples(few, few))
def test_a_longer_pause_never_makes_a_limit_shorter(
    unit: Unit, start: date, n: int, wait: int, lengths: tuple[int, int]
) -> None:
    begin = start + timedelta(wait)
    short, long = (
        limit_after_pauses(china(), unit, start, n, [(begin, begin + timedelta(length))])
        for length in sorted(lengths)
    )
    assert limit(china(), unit, start, n).late_from <= short.late_from <= long.late_from


@given(st.sampled_from(DAYS), days, st.integers(-60, 60))
def test_a_later_start_or_a_longer_limit_is_never_due_earlier(unit: Unit, start: date, n: int) -> None:
    here = limit(china(), unit, start, n)
    assert here.late_from <= limit(china(), unit, start + timedelta(1), n).late_from
    assert here.late_from <= limit(china(), unit, start, n + 1).late_from


@given(st.sampled_from([WORKING, EVERY]), days, st.integers(1, 60))
def test_counting_gives_back_what_was_added(unit: Unit, start: date, n: int) -> None:
    end = limit(china(), unit, start, n).last
    assert used(china(), unit, start, end) == n
    assert used(china(), unit, end, start) == -n


@given(st.sampled_from([OFFICE, HOURS]), minutes, spans)
def test_hours_added_are_hours_used(unit: Unit, start: datetime, span: timedelta) -> None:
    end = limit(china(), unit, start, span).late_from
    assert used(china(), unit, start, end) == span
    before = limit(china(), unit, start, -span).late_from
    assert used(china(), unit, before, start) == span


@given(minutes, spans)
def test_office_hours_agree_with_a_clerk_who_counts_minutes(start: datetime, span: timedelta) -> None:
    assume(span <= timedelta(hours=20))
    moment, left = start, span
    while left:
        local = moment.astimezone(ZONE)
        time = f"{local:%H:%M}"
        open_now = "08:30" <= time < "12:00" or "14:00" <= time < "17:30"
        left -= timedelta(minutes=1) * (china().is_working(local.date()) and open_now)
        moment += timedelta(minutes=1)
    assert limit(china(), OFFICE, start, span).last == moment


@pytest.mark.parametrize(
    "hours",
    [None, [], ["08:30", "12:00"], [["08:30"]], [["12:00", "08:30"]],
     [["08:30", "12:00"], ["11:00", "17:00"]], [["08:30", "12:00", "14:00"]], [["08:30", "12:00"], "14:00"]],
)  # fmt: skip
def test_office_hours_that_no_door_could_post_are_refused(hours: object) -> None:
    with pytest.raises(CalendarError) as refused:
        Calendar.from_document(china().document() | {"office_hours": hours})
    assert refused.value.code == "calendar.office_hours"


@pytest.mark.parametrize("key", ["office_hours", "cut_off"])
def test_a_time_that_no_clock_shows_is_refused(key: str) -> None:
    value: object = [["08:30", "24:00"]] if key == "office_hours" else "5pm"
    with pytest.raises(CalendarError) as refused:
        Calendar.from_document(china().document() | {key: value})
    assert refused.value.code == "calendar.time"


def test_a_limit_that_rolls_onto_a_worked_weekend_names_only_the_days_off_before_it() -> None:
    # Saturday 17 February 2024 is the end of the Spring Festival, Sunday the 18th is worked.
    found = explain_limit(china(), ROLLED, day("2024-02-07"), 10)
    assert (str(found.unrolled), str(found.due)) == ("2024-02-17", "2024-02-18")
    assert all(step.kind == "skipped" for step in found.steps)
    assert len(found.steps) + found.weekend_days == 1
    assert not found.provisional
