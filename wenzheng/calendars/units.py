"""Units of limits: days and hours that the law counts differently, and that never turn into one another.

A limit of days starts from a date (day 0, not counted itself: Civil Code of the PRC, Art. 201) and runs
to the end of its last day (Art. 203). A limit of hours starts from an instant and runs to one. A negative
number counts back from an event: `last` is then the last day (or instant) at which one is still in time.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple, NoReturn, overload

from wenzheng.calendars.calendar import Calendar
from wenzheng.calendars.errors import CalendarError
from wenzheng.calendars.explanation import Explanation, Step

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_ZERO: Final = timedelta(0)


class Unit(StrEnum):
    """What a limit is counted in."""

    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    """Every day counts; the last may be a day off (where the law says so, or says nothing)."""
    CALENDAR_DAYS_ROLLED = "calendar_days_rolled"
    """Every day counts; a last day that is off rolls to the next working day (Civil Code, Art. 203).
    A weekend day worked as make-up is a working day: a limit that ends on it stays there. Counted back
    from an event it rolls to the working day before, or it would come nearer to the event than allowed."""
    OFFICE_HOURS = "office_hours"
    """Hours of the calendar's zone while the office is open, on working days only."""
    HOURS = "hours"
    """Hours of the clock, day and night."""

    @property
    def counts_days(self) -> bool:
        """Whether limits start from a date and run to the end of one; else both are instants."""
        return self not in (Unit.OFFICE_HOURS, Unit.HOURS)

    @property
    def needs_notices(self) -> bool:
        """Whether a day off or worked can move a limit in this unit."""
        return self not in (Unit.CALENDAR_DAYS, Unit.HOURS)


class Limit(NamedTuple):
    """When a limit runs out.

    `last` is the last day in time, inclusive; for hours the instant of the end (UTC). From `late_from`
    (UTC) on one is late: the first instant of the day after the last, or the end itself. `provisional`
    if it rests on a day that no notice covers yet.
    """

    last: date | datetime
    late_from: datetime
    provisional: bool


def limit(calendar: Calendar, unit: Unit, start: date | datetime, n: int | timedelta) -> Limit:
    """When a limit of `n` units from `start` runs out; with negative `n` it lies before `start`.

    Args:
        calendar: whose days, zone and office hours count.
        unit: what is counted.
        start: day 0 for days; the instant of the event for hours.
        n: how many; for hours also as a duration, such as what a pause left of a limit.

    Raises:
        CalendarError: `calendar.not_a_day` or `calendar.not_an_instant` for the wrong kind of start,
            `calendar.not_a_count` for the wrong kind of number, `calendar.out_of_range`.
    """
    if not unit.counts_days:
        moment, span = _instant(start), _span(n)
        if unit is Unit.HOURS:
            end = _after(moment, span)
            return Limit(end, end, provisional=False)
        return _office_limit(calendar, moment, span)
    day, number = _day(start), _number(n)
    if unit is Unit.WORKING_DAYS:
        last, provisional = calendar.add(day, number)
    else:
        unrolled: date = _after(day, _times(number, _DAY))
        rolls = unit is Unit.CALENDAR_DAYS_ROLLED
        last = _rolled(calendar, unrolled, back=number < 0) if rolls else unrolled
        provisional = rolls and (calendar.is_provisional(unrolled) or calendar.is_provisional(last))
    return Limit(last, calendar.end_of(last), provisional)


@overload
def used(calendar: Calendar, unit: Unit, start: datetime, until: datetime) -> timedelta: ...
@overload
def used(calendar: Calendar, unit: Unit, start: date, until: date) -> int | timedelta: ...
def used(calendar: Calendar, unit: Unit, start: date | datetime, until: date | datetime) -> int | timedelta:
    """How much of a limit from `start` is used up at `until`: whole days, the last included, or a duration.

    The day `start` is not counted. Negative if `until` is before `start`.

    Raises:
        CalendarError: `calendar.not_a_day` or `calendar.not_an_instant` for the wrong kind of moment.
    """
    if unit is Unit.HOURS:
        return _instant(until) - _instant(start)
    if unit is Unit.OFFICE_HOURS:
        return _office_time(calendar, _instant(start), _instant(until))
    if unit is Unit.WORKING_DAYS:
        return calendar.between(_day(start), _day(until))
    return (_day(until) - _day(start)).days


def limit_after_pauses(
    calendar: Calendar,
    unit: Unit,
    start: date | datetime,
    n: int | timedelta,
    pauses: Iterable[tuple[date | datetime, date | datetime]],
) -> Limit:
    """When a limit runs out that stood still between the days (or instants) of `pauses`, in their order.

    The day of the pausing event counts as used; the day on which it goes on is day 0 again, for what is
    left. So pausing and going on within one day changes nothing. A pause that begins when the limit is
    over changes nothing either. What is left is never below nothing: whoever pauses on the last day has
    the day on which it goes on.

    Raises:
        CalendarError: as `limit`; `calendar.pause` for a pause out of order, or in a limit before an event.
    """
    # Whole days or a duration, as the unit has it: `limit` and `used` see to it that they never meet.
    left: Any = _number(n) if unit.counts_days else _span(n)
    zero: Any = 0 if unit.counts_days else _ZERO
    if left < zero:
        _refuse_pause("a limit that runs forward", f"{n} {unit}")
    found = limit(calendar, unit, start, left)
    for begin, end in pauses:
        if not _ordered(unit, start, begin, end):
            _refuse_pause("a pause after the start and the pauses before", f"{begin} to {end}")
        if begin > found.last:
            break
        left = max(left - used(calendar, unit, start, begin), zero)
        start = end
        found = limit(calendar, unit, start, left)
    return found


def explain_limit(calendar: Calendar, unit: Unit, start: date, n: int) -> Explanation:
    """A limit of days with its reasons: every special day that moved it, and the notice behind it.

    Raises:
        CalendarError: as `limit`; `calendar.explain` for hours.
    """
    if not unit.counts_days:
        raise CalendarError(
            "calendar.explain",
            where="unit",
            expected="a unit of days",
            found=unit.value,
            remedy="Hours have no days to explain; ask for the limit itself.",
        )
    if unit is Unit.WORKING_DAYS:
        return calendar.explain(_day(start), n)
    last, _, provisional = limit(calendar, unit, start, n)
    assert not isinstance(last, datetime)  # for the type checker: a limit of days
    end = start + n * _DAY
    first, until = sorted((end, last))
    steps = tuple(
        Step.of(special, provisional=calendar.is_provisional(special.day))
        for special in calendar.special_days(first, until)
        if end != last and not special.works
    )
    return Explanation(
        day0=start,
        n=n,
        due=last,
        provisional=provisional,
        weekend_days=abs((last - end).days) - len(steps),
        steps=steps,
        calendar=calendar.id,
        version=calendar.version,
        decreed_through=calendar.decreed_through,
        unit="calendar_days" if unit is Unit.CALENDAR_DAYS else "calendar_days_rolled",
        unrolled=None if end == last else end,
    )


# --- days ------------------------------------------------------------------------------------------


def _rolled(calendar: Calendar, day: date, *, back: bool) -> date:
    """The day itself if offices work on it, else the nearest one they do in the direction of counting."""
    if calendar.is_working(day):
        return day
    return calendar.add(day, -1).date if back else calendar.next_working(day)


# --- office hours: on the clocks of the zone, so that a day has the hours written at the door -------


def _office_limit(calendar: Calendar, start: datetime, span: timedelta) -> Limit:
    """Forward the first instant by which the hours are over, back the last from which there are enough."""
    if not span:
        return Limit(start, start, provisional=False)
    first = calendar.today(start)
    whole = _hours_a_day(calendar)
    place = _into(calendar, start) + span
    if span > _ZERO:
        # `place` counts from the opening of day `first`; a closed day has none of the days counted.
        days = -(-place // whole) - calendar.is_working(first)
        at = place - (days - 1 + calendar.is_working(first)) * whole
    else:
        days = place // whole
        at = place - days * whole
    day = calendar.add(first, days).date if days else first
    end = _at_place(calendar, day, at, back=span < _ZERO)
    ends = sorted((first, day))
    return Limit(end, end, provisional=any(map(calendar.is_provisional, ends)))


def _office_time(calendar: Calendar, start: datetime, until: datetime) -> timedelta:
    a, b = calendar.today(start), calendar.today(until)
    days = calendar.between(a, b) + calendar.is_working(a) - calendar.is_working(b)
    return days * _hours_a_day(calendar) + _into(calendar, until) - _into(calendar, start)


def _hours_a_day(calendar: Calendar) -> timedelta:
    return sum((_length(*span) for span in calendar.office_hours), _ZERO)


def _into(calendar: Calendar, moment: datetime) -> timedelta:
    """How long the office has been open on the day of a moment; nothing on a day off."""
    local = moment.astimezone(calendar.zone)
    if not calendar.is_working(local.date()):
        return _ZERO
    return sum(
        (min(max(_length(opens, local.time()), _ZERO), _length(opens, closes))
         for opens, closes in calendar.office_hours),
        _ZERO,
    )  # fmt: skip


def _at_place(calendar: Calendar, day: date, place: timedelta, *, back: bool) -> datetime:
    """The instant by which the office was open that long; of a break the beginning, going back the end."""
    for opens, closes in calendar.office_hours:
        length = _length(opens, closes)
        if place < length or (place == length and not back):
            return _wall(calendar, day, opens, place)
        place -= length
    raise AssertionError("a place within the day's hours")  # pragma: no cover


def _wall(calendar: Calendar, day: date, opens: time, into: timedelta) -> datetime:
    """An instant (UTC) by the zone's clocks."""
    return (datetime.combine(day, opens) + into).replace(tzinfo=calendar.zone).astimezone(UTC)


def _length(opens: time, closes: time) -> timedelta:
    return datetime.combine(date.min, closes) - datetime.combine(date.min, opens)


# --- what is taken, what is refused -----------------------------------------------------------------


def _day(value: date) -> date:
    if value.__class__ is not date:
        raise CalendarError(
            "calendar.not_a_day",
            where="start",
            expected="a date: a limit of days starts from a day",
            found=repr(value),
            remedy="Ask Calendar.received_on(instant) for day 0, or count in hours.",
        )
    return value


def _instant(value: date) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise CalendarError(
            "calendar.not_an_instant",
            where="start",
            expected="an instant with a time zone: a limit of hours starts from an instant",
            found=repr(value),
            remedy="Give the instant of the event, or count in days.",
        )
    return value.astimezone(UTC)


def _number(value: int | timedelta) -> int:
    if isinstance(value, timedelta) or value.__class__ is not int:
        _refuse_number("a whole number of days", value)
    return value


def _span(value: int | timedelta) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if value.__class__ is not int:
        _refuse_number("a whole number of hours or a duration", value)
    return _times(value, _HOUR)


def _times(number: int, span: timedelta) -> timedelta:
    try:
        return number * span
    except OverflowError:
        _refuse_range(number)


@overload
def _after(start: datetime, span: timedelta) -> datetime: ...
@overload
def _after(start: date, span: timedelta) -> date: ...
def _after(start: Any, span: timedelta) -> Any:
    try:
        return start + span
    except OverflowError:
        _refuse_range(span)


def _ordered(unit: Unit, *moments: date | datetime) -> bool:
    kind = _day if unit.counts_days else _instant
    checked: list[Any] = [kind(moment) for moment in moments]
    return checked == sorted(checked)


def _refuse_number(expected: str, found: object) -> NoReturn:
    raise CalendarError(
        "calendar.not_a_count",
        where="n",
        expected=expected,
        found=repr(found),
        remedy="Days and hours are different units with different laws: never convert them.",
    )


def _refuse_range(found: object) -> NoReturn:
    raise CalendarError(
        "calendar.out_of_range",
        where="n",
        expected="a result between the years 1 and 9999",
        found=f"{found}",
        remedy="Use a smaller number.",
    )


def _refuse_pause(expected: str, found: str) -> NoReturn:
    raise CalendarError(
        "calendar.pause",
        where="pauses",
        expected=expected,
        found=found,
        remedy="Give the pauses in their order; a limit counted back from an event moves with the event.",
    )
