"""When a letter was received: day 0 of its clocks is the day of the call, not of the typing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from wenzheng.petitions.arrival import BY_ITSELF, FAST_CLOCK, LONGEST_AGO, Arrival, check_arrival

NOW = datetime(2026, 9, 2, 1, 0, tzinfo=UTC)


def test_a_letter_its_author_sends_is_received_as_it_is_kept() -> None:
    assert BY_ITSELF.at(NOW) == NOW
    assert check_arrival(BY_ITSELF, NOW) == ()


def test_the_caller_of_last_night_does_not_lose_the_evening() -> None:
    call = NOW - timedelta(hours=14)
    assert Arrival(call, "clerk").at(NOW) == call
    assert check_arrival(Arrival(call), NOW) == ()


def test_a_gateway_whose_clock_is_ahead_is_served_and_not_believed() -> None:
    ahead = Arrival(NOW + FAST_CLOCK)
    assert check_arrival(ahead, NOW) == ()
    assert ahead.at(NOW) == NOW


@pytest.mark.parametrize(
    ("span", "code"),
    [(FAST_CLOCK, "letter.received_later"), (-LONGEST_AGO, "letter.received_long_ago")],
)
def test_a_mistyped_day_is_not_taken_for_the_day_of_the_call(span: timedelta, code: str) -> None:
    second = timedelta(seconds=1 if span > timedelta() else -1)
    assert check_arrival(Arrival(NOW + span), NOW) == ()
    assert [finding.code for finding in check_arrival(Arrival(NOW + span + second), NOW)] == [code]
