"""How a letter came into the house: when it was received, and who took it down.

Day 0 of its clocks is the day on which the city received it, by every channel (defaults.md): of a call the
call's, of a letter over the counter the day on which it was handed in, whenever it was typed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from wenzheng.petitions.findings import Finding

FIELD: Final = "received_at"
LONGEST_AGO: Final = timedelta(days=60)
"""Received longer ago, a letter is no news: whoever enters it has mistyped the day, or moves an archive."""
FAST_CLOCK: Final = timedelta(minutes=5)
"""So far may the clock of who received it be ahead of ours."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a letter came in.

    `received_at` is when the city received it; None: now, as it is kept. `taken_by` is the account of whoever
    took it down, None for a letter its author sent.
    """

    received_at: datetime | None = None
    taken_by: str | None = None

    def at(self, now: datetime) -> datetime:
        """When it was received; a clock that is a little ahead of ours is not believed."""
        return now if self.received_at is None else min(self.received_at, now)


BY_ITSELF: Final = Arrival()
"""Sent by its author, and received as it is kept."""


def check_arrival(arrival: Arrival, now: datetime) -> tuple[Finding, ...]:
    """What is wrong with an instant of receipt; empty when it can be."""
    at = arrival.received_at
    if at is None:
        return ()
    if at > now + FAST_CLOCK:
        return (
            Finding(
                "letter.received_later",
                FIELD,
                "收到时间晚于现在，请核对日期和时间。",
                "expected an instant that has passed, found a later one. Correct day and time.",
            ),
        )
    if at < now - LONGEST_AGO:
        return (
            Finding(
                "letter.received_long_ago",
                FIELD,
                f"收到时间早于{LONGEST_AGO.days}天前，请核对日期。",
                f"expected one of the last {LONGEST_AGO.days} days, found an earlier one. Correct the day.",
            ),
        )
    return ()
