"""Lamps: four states, a colour that freezes with the answer, no clock of their own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wenzheng.calendars.china import china
from wenzheng.petitions.lamps import ClockReading, Lamp, lamp

SECOND = timedelta(seconds=1)
RECEIVED = date(2026, 9, 30)
YELLOW = china().late_from(RECEIVED, 5)
RED = china().late_from(RECEIVED, 15)


def letter(stopped_at: datetime | None = None, *, answered: bool = True) -> ClockReading:
    return ClockReading(RECEIVED, YELLOW, RED, stopped_at, answered)


def test_a_letter_across_national_day_turns_yellow_on_14_and_red_on_28_october_in_shanghai() -> None:
    assert datetime(2026, 10, 13, 16, tzinfo=UTC) == YELLOW
    assert datetime(2026, 10, 27, 16, tzinfo=UTC) == RED


@pytest.mark.parametrize(
    ("now", "colour"),
    [
        (YELLOW - 10 * 24 * 3600 * SECOND, Lamp.UNLIT),
        (YELLOW - SECOND, Lamp.UNLIT),
        (YELLOW, Lamp.YELLOW),
        (RED - SECOND, Lamp.YELLOW),
        (RED, Lamp.RED),
        (RED + 1000 * 24 * 3600 * SECOND, Lamp.RED),
    ],
)
def test_the_author_of_an_unanswered_letter_sees_it_change_to_the_second(now: datetime, colour: Lamp) -> None:
    assert lamp(letter(), now) is colour


@pytest.mark.parametrize(
    ("answered_at", "colour"),
    [(YELLOW - SECOND, Lamp.GREEN), (YELLOW, Lamp.YELLOW), (RED - SECOND, Lamp.YELLOW), (RED, Lamp.RED)],
)
def test_the_departments_colour_at_the_answer_stays_for_ever(answered_at: datetime, colour: Lamp) -> None:
    for later in (answered_at, RED + SECOND, RED + 10**6 * SECOND):
        assert lamp(letter(answered_at), max(later, answered_at)) is colour


def test_an_answer_that_has_not_happened_yet_does_not_light_the_lamp() -> None:
    assert lamp(letter(YELLOW - SECOND), YELLOW - 2 * SECOND) is Lamp.UNLIT
    assert lamp(letter(RED), RED - SECOND) is Lamp.YELLOW


def test_a_withdrawn_letter_is_never_green() -> None:
    assert lamp(letter(YELLOW - SECOND, answered=False), RED) is Lamp.UNLIT
    assert lamp(letter(YELLOW, answered=False), RED) is Lamp.YELLOW


def test_a_clock_without_limits_is_unlit_and_then_green() -> None:
    measured = ClockReading(RECEIVED, None, None)
    assert lamp(measured, RED) is Lamp.UNLIT
    assert lamp(ClockReading(RECEIVED, None, None, YELLOW), RED) is Lamp.GREEN


def test_a_server_in_another_zone_shows_the_same_lamp() -> None:
    elsewhere = timezone(timedelta(hours=-9))
    assert lamp(letter(), YELLOW.astimezone(elsewhere)) is Lamp.YELLOW
    assert lamp(letter(), (YELLOW - SECOND).astimezone(elsewhere)) is Lamp.UNLIT


def test_an_instant_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 10, 14)  # noqa: DTZ001 that is the point
    with pytest.raises(ValueError, match="time zone"):
        lamp(letter(), naive)
    with pytest.raises(ValueError, match="time zone"):
        letter(naive)
    with pytest.raises(ValueError, match="red_from after yellow_from"):
        ClockReading(RECEIVED, RED, YELLOW)


instants = st.integers(0, 40 * 24).map(
    lambda hours: datetime(2026, 9, 30, tzinfo=UTC) + timedelta(hours=hours)
)


@given(instants, instants, st.one_of(st.none(), instants))
def test_time_never_makes_a_lamp_better_and_an_answer_fixes_it(
    first: datetime, second: datetime, stopped: datetime | None
) -> None:
    early, late = sorted((first, second))
    order = [Lamp.UNLIT, Lamp.YELLOW, Lamp.RED]
    if stopped is None:
        assert order.index(lamp(letter(), early)) <= order.index(lamp(letter(), late))
    elif stopped <= early:
        assert lamp(letter(stopped), early) is lamp(letter(stopped), late)
        assert lamp(letter(stopped), early) is not Lamp.UNLIT
