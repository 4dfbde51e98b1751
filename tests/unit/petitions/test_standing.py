"""暂停 and 延期 follow from the clock and the time of the reader: nothing has to run for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from wenzheng.petitions.lamps import ClockReading, Lamp, Standing, lamp, standing

OVER = datetime(2026, 9, 15, 16, tzinfo=UTC)
BEFORE = OVER - timedelta(microseconds=1)
RUNNING = ClockReading(day0=date(2026, 9, 1), yellow_from=OVER, red_from=None)
PAUSED = replace(RUNNING, paused_on=date(2026, 9, 3), paused_over=OVER)
EXTENDED = replace(RUNNING, extended_until=date(2026, 9, 15), extended_over=OVER)


@pytest.mark.parametrize(
    ("clock", "before", "after"),
    [
        (RUNNING, Standing.RUNNING, Standing.RUNNING),
        (PAUSED, Standing.PAUSED, Standing.RUNNING),
        (replace(PAUSED, paused_over=None), Standing.PAUSED, Standing.PAUSED),
        (EXTENDED, Standing.EXTENDED, Standing.RUNNING),
        (replace(EXTENDED, paused_on=date(2026, 9, 3)), Standing.PAUSED, Standing.PAUSED),
        (replace(EXTENDED, stopped_at=OVER), Standing.EXTENDED, Standing.STOPPED),
    ],
)
def test_a_reader_sees_it_until_its_instant_and_not_longer(
    clock: ClockReading, before: Standing, after: Standing
) -> None:
    assert (standing(clock, BEFORE), standing(clock, OVER)) == (before, after)


def test_an_extended_letter_that_is_late_shows_its_colour() -> None:
    assert (lamp(EXTENDED, OVER), standing(EXTENDED, OVER)) == (Lamp.YELLOW, Standing.RUNNING)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        standing(PAUSED, OVER.replace(tzinfo=None))
    with pytest.raises(ValueError, match="time zone"):
        replace(PAUSED, paused_over=OVER.replace(tzinfo=None))
