"""The lamp of a clock: a pure function of the clock and the instant.

Four states: unlit (not answered, in time), green (answered in time), yellow (over 5 working days),
red (over 15). A timer never sets a lamp; timers only act. So boards are right even when nothing runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Lamp(StrEnum):
    """The colour of a clock. Its text stands in the message catalogs under `lamp.…`."""

    UNLIT = "unlit"
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class Standing(StrEnum):
    """What else is to be said of a clock beside its colour, in words under `standing.…`."""

    RUNNING = "running"
    PAUSED = "paused"
    """暂停: the days do not count, because somebody else has to answer first."""
    EXTENDED = "extended"
    """延期: a longer limit holds, and its last day has not passed."""
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class ClockReading:
    """What a clock says, whoever looks at it when.

    `yellow_from` and `red_from` are the first instants at which the clock is that late
    (`Calendar.late_from`); None if the clock never gets that colour. `stopped_at` is the instant of the
    answer, None while the clock runs. `answered` is False when the clock stopped without an answer (the
    author withdrew): such a clock is never green. `paused_on` is the day on which it was paused,
    `paused_over` the instant at which it goes on by itself (None: when somebody answers); while it stands
    still the two instants are those of a pause that lasts to its limit. `extended_until` is the new last day
    of an extension, which is over at `extended_over`; it shows as 延期 beside the lamp and has already moved
    the two instants.
    """

    day0: date
    yellow_from: datetime | None
    red_from: datetime | None
    stopped_at: datetime | None = None
    answered: bool = True
    paused_on: date | None = None
    paused_over: datetime | None = None
    extended_until: date | None = None
    extended_over: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse instants without a zone and a red before the yellow."""
        moments = (self.yellow_from, self.red_from, self.stopped_at, self.paused_over, self.extended_over)
        for instant in moments:
            _check_zone(instant)
        if self.yellow_from and self.red_from and self.red_from < self.yellow_from:
            raise ValueError(
                f"clock from {self.day0}: expected red_from after yellow_from, found {self.red_from} before "
                f"{self.yellow_from}. Give the red threshold more working days than the yellow one."
            )


def lamp(clock: ClockReading, now: datetime) -> Lamp:
    """The colour of a clock at an instant.

    The colour at the moment of the answer stays for ever. An answer that lies after `now` has not
    happened yet: the lamp then shows what it showed at `now`.

    Raises:
        ValueError: if `now` has no time zone.
    """
    _check_zone(now)
    stopped = clock.stopped_at is not None and clock.stopped_at <= now
    at = clock.stopped_at if stopped and clock.stopped_at is not None else now
    if clock.red_from is not None and at >= clock.red_from:
        return Lamp.RED
    if clock.yellow_from is not None and at >= clock.yellow_from:
        return Lamp.YELLOW
    return Lamp.GREEN if stopped and clock.answered else Lamp.UNLIT


def standing(clock: ClockReading, now: datetime) -> Standing:
    """Whether a clock stands still or was lengthened, at an instant. No timer has to fire for it.

    Raises:
        ValueError: if `now` has no time zone.
    """
    _check_zone(now)
    if clock.stopped_at is not None and clock.stopped_at <= now:
        return Standing.STOPPED
    if clock.paused_on is not None and (clock.paused_over is None or now < clock.paused_over):
        return Standing.PAUSED
    if clock.extended_until is not None and (clock.extended_over is None or now < clock.extended_over):
        return Standing.EXTENDED
    return Standing.RUNNING


def _check_zone(instant: datetime | None) -> None:
    if instant is not None and instant.tzinfo is None:
        raise ValueError(
            f"expected an instant with a time zone, found {instant.isoformat()} without one. "
            "Use datetime.now(UTC): a lamp must not depend on where a server stands."
        )
