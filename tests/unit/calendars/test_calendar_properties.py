"""What must hold for any calendar, against an oracle that walks day by day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from wenzheng.calendars import Calendar
from wenzheng.calendars.china import china

ONE = timedelta(days=1)
EPOCH = date(2020, 1, 1)
NOTICE = {"title_zh": "通知", "title_en": "notice", "number": None, "published": None, "kind": "decree"}
ENTRY = {"name_zh": "日", "name_en": "day", "notice": "n"}


@st.composite
def calendars(draw: st.DrawFn) -> tuple[Calendar, dict[date, bool], set[int]]:
    """A small calendar with the facts it was made of: exceptions and weekend."""
    weekend = draw(st.sets(st.integers(1, 7), max_size=6))
    exceptions = draw(
        st.dictionaries(st.integers(0, 60).map(lambda n: EPOCH + n * ONE), st.booleans(), max_size=30)
    )
    document: dict[str, Any] = {
        "format": 1, "id": "test", "zone": "Asia/Shanghai", "weekend": sorted(weekend),
        "decreed_from": "2020-01-01", "decreed_through": "2020-02-15", "horizon": "2020-03-31",
        "notices": {"n": NOTICE},
        "days_off": {str(day): ENTRY for day, works in exceptions.items() if not works},
        "days_worked": {str(day): ENTRY for day, works in exceptions.items() if works},
    }  # fmt: skip
    return Calendar.from_document(document), exceptions, weekend


near = st.integers(-40, 110).map(lambda n: EPOCH + n * ONE)
counts = st.integers(-30, 30)


def walk(works: dict[date, bool], weekend: set[int], day: date, n: int) -> tuple[date, bool]:
    """The slow truth: one day at a time."""
    step, left, guessed = (ONE if n > 0 else -ONE), abs(n), False
    while left:
        day += step
        guessed |= not date(2020, 1, 1) <= day <= date(2020, 2, 15)
        left -= works.get(day, day.isoweekday() not in weekend)
    return day, guessed


@given(calendars(), near, counts)
def test_adding_agrees_with_walking_day_by_day(
    made: tuple[Calendar, dict[date, bool], set[int]], day: date, n: int
) -> None:
    calendar, works, weekend = made
    assert calendar.add(day, n) == walk(works, weekend, day, n)


@given(calendars(), near, near)
def test_between_counts_the_days_one_would_tick_off(
    made: tuple[Calendar, dict[date, bool], set[int]], a: date, b: date
) -> None:
    calendar, works, weekend = made
    low, high = min(a, b), max(a, b)
    ticked = sum(
        works.get(day, day.isoweekday() not in weekend)
        for day in (low + k * ONE for k in range(1, (high - low).days + 1))
    )
    assert calendar.between(low, high) == ticked
    assert calendar.between(high, low) == -ticked


@given(calendars(), near, st.integers(1, 30))
def test_between_undoes_add_and_the_way_back_meets_the_way_out(
    made: tuple[Calendar, dict[date, bool], set[int]], day: date, n: int
) -> None:
    calendar = made[0]
    due = calendar.add(day, n).date
    assert calendar.is_working(due)
    assert calendar.between(day, due) == n
    start = calendar.next_working(day)
    assert calendar.add(calendar.add(start, n).date, -n).date == start


@given(calendars(), near, near, st.integers(0, 30))
def test_a_later_letter_is_never_due_earlier(
    made: tuple[Calendar, dict[date, bool], set[int]], a: date, b: date, n: int
) -> None:
    calendar = made[0]
    low, high = min(a, b), max(a, b)
    assert calendar.add(low, n).date <= calendar.add(high, n).date
    assert calendar.add(a, n).date < calendar.add(a, n + 1).date


@given(calendars(), near)
def test_the_next_working_day_is_the_first_at_or_after(
    made: tuple[Calendar, dict[date, bool], set[int]], day: date
) -> None:
    calendar, works, weekend = made
    found = calendar.next_working(day)
    expected = day if works.get(day, day.isoweekday() not in weekend) else walk(works, weekend, day, 1)[0]
    assert found == expected


@given(calendars(), near, counts)
def test_an_explanation_accounts_for_every_day(
    made: tuple[Calendar, dict[date, bool], set[int]], day: date, n: int
) -> None:
    calendar = made[0]
    reasons = calendar.explain(day, n)
    assert (reasons.due, reasons.provisional) == calendar.add(day, n)
    assert reasons.weekend_days >= 0
    skipped = sum(step.kind == "skipped" for step in reasons.steps)
    assert abs((reasons.due - day).days) == abs(n) + skipped + reasons.weekend_days


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 300))
def test_the_chinese_calendar_keeps_the_identity_in_every_year(day: date, n: int) -> None:
    assert china().between(day, china().add(day, n).date) == n


@given(st.integers(694_224_000, 4_102_444_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_a_day_starts_at_its_own_midnight(now: datetime) -> None:
    day = china().today(now)
    assert china().instant(day, "00:00") <= now < china().instant(day + ONE, "00:00")
