"""Times that come again by the calendar: when they are next, also when the calendar changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.bpmn import CALENDAR, MONDAY, Run, compiled, findings_of, process
from wenzheng.calendars import Calendar
from wenzheng.engine.events import CalendarChanged
from wenzheng.engine.schedules import EVERY, MOST, Schedule, looked_at, next_time, parse_schedule
from wenzheng.engine.state import dump
from wenzheng.engine.windows import windows


def due(text: str, after: str) -> str:
    """When a schedule comes next, in the calendar's zone."""
    schedule = parse_schedule(text)
    assert schedule is not None
    moment = next_time(schedule, datetime.fromisoformat(after).replace(tzinfo=CALENDAR.zone), CALENDAR)
    return moment.astimezone(CALENDAR.zone).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("text", "after", "next_one"),
    [
        ("week working 1 08:30", "2026-09-07T08:29", "2026-09-07 08:30"),
        ("week working 1 08:30", "2026-09-07T08:30", "2026-09-14 08:30"),
        # 25 September 2026 is Mid-Autumn, a Friday; the Sunday before is worked for National Day.
        ("week working -1 17:00", "2026-09-21T09:00", "2026-09-24 17:00"),
        # National Day, 1 to 7 October 2026: the week has one working day, a Saturday more.
        ("week working 1 08:30", "2026-10-01T12:00", "2026-10-08 08:30"),
        ("month working 1 09:00", "2026-09-07T10:00", "2026-10-08 09:00"),
        ("month calendar 1 09:00", "2026-09-07T10:00", "2026-10-01 09:00"),
        ("month calendar 31 09:00", "2026-09-07T10:00", "2026-09-30 09:00"),
        ("month calendar -1 09:00", "2026-02-07T10:00", "2026-02-28 09:00"),
        ("quarter calendar 1 00:00", "2026-11-23T10:00", "2027-01-01 00:00"),
        ("year calendar -1 23:59", "2026-11-23T10:00", "2026-12-31 23:59"),
        ("year working 1 08:30", "2026-11-23T10:00", "2027-01-04 08:30"),
        ("day calendar 1 06:00", "2026-10-01T06:00", "2026-10-02 06:00"),
        ("day working 1 08:30", "2026-09-30T09:00", "2026-10-08 08:30"),
    ],
)
def test_it_is_the_next_such_day_of_the_calendar(text: str, after: str, next_one: str) -> None:
    assert due(text, after) == next_one


@pytest.mark.parametrize(
    "text",
    [
        *("", "week", "weekly working 1 08:30", "week any 1 08:30", "week working １ 08:30"),
        *("week working 0 08:30", "week working 8 08:30", "month calendar 32 08:30"),
        *("week working 1 24:00", "week working 1 8:30"),
    ],
)
def test_what_never_comes_is_no_schedule(text: str) -> None:
    assert parse_schedule(text) is None


SCHEDULES = st.sampled_from(EVERY).flatmap(
    lambda every: st.builds(
        Schedule,
        st.just(every),
        st.booleans(),
        st.integers(1, MOST[every]).flatmap(lambda n: st.sampled_from([n, -n])),
        st.sampled_from(["00:00", "08:30", "23:59"]),
    )
)
INSTANTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001 - the zone is set


@given(SCHEDULES, INSTANTS)
def test_it_lies_ahead_on_a_day_that_counts_and_there_is_none_before(
    schedule: Schedule, after: datetime
) -> None:
    moment = next_time(schedule, after, CALENDAR)
    assert moment > after
    assert not schedule.working or CALENDAR.is_working(CALENDAR.today(moment))
    between = after + (moment - after) / 2
    assert next_time(schedule, between, CALENDAR) == moment
    first, last = looked_at(schedule, after, moment, CALENDAR)
    assert first <= CALENDAR.today(after)
    assert first <= CALENDAR.today(moment) <= last


BEGINS = """
<startEvent id="s"><timerEventDefinition wz:every="week" wz:workingDay="1" wz:at="08:30"/></startEvent>
<userTask id="t" wz:role="clerk"/><endEvent id="e"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="t"/><sequenceFlow id="f2" sourceRef="t" targetRef="e"/>
"""
BESIDE = """
<startEvent id="s"/><userTask id="t" wz:role="clerk"/><endEvent id="e"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="t"/><sequenceFlow id="f2" sourceRef="t" targetRef="e"/>
<subProcess id="again" triggeredByEvent="true">
  <startEvent id="w" isInterrupting="false"><timerEventDefinition wz:every="week"/></startEvent>
  <userTask id="u" wz:role="clerk"/><endEvent id="x"/>
  <sequenceFlow id="g1" sourceRef="w" targetRef="u"/><sequenceFlow id="g2" sourceRef="u" targetRef="x"/>
</subProcess>
"""


def test_a_process_begins_on_the_first_working_day_of_the_week_and_once() -> None:
    run = Run(compiled(process(BEGINS))).start()
    assert run.open == []
    run.until(MONDAY + timedelta(days=6, hours=22))
    assert run.open == []
    run.until(MONDAY + timedelta(days=30))
    assert run.open == ["t"]


def test_beside_the_rest_it_comes_every_week_for_as_long_as_the_process_runs() -> None:
    run = Run(compiled(process(BESIDE))).start()
    run.until(MONDAY + timedelta(days=22))
    assert run.open == ["t", "u", "u", "u"]


def off(*days: str) -> Calendar:
    document = CALENDAR.document()
    document["days_off"] |= {day: {"name_zh": "放", "name_en": "off", "notice": "2025"} for day in days}
    return Calendar.from_document(document)


def test_it_moves_with_the_calendar_whose_change_it_is_told_of() -> None:
    run = Run(compiled(process(BEGINS))).start()
    monday = date(2026, 9, 14)
    assert any(first <= monday.isoformat() <= last for first, last in windows(run.instance))
    calendar = off("2026-09-14")
    run.do(CalendarChanged(calendar, keep_later=False, notice=None))
    (entry,) = dump(run.instance)["waiting"].values()
    assert entry["due"] == calendar.instant(date(2026, 9, 15), "08:30").isoformat()


@pytest.mark.parametrize(
    ("timer", "rule"),
    [
        ('wz:every="week" wz:workingDay="8"', "timer-value"),
        ('wz:every="fortnight"', "timer-value"),
        ('wz:every="week" wz:at="noon"', "timer-value"),
        ('wz:workingDay="1"', "timer-schedule"),
        ('wz:every="week" wz:workingDay="1" wz:calendarDay="1"', "timer-schedule"),
        ('wz:every="week" wz:workingDays="1"', "timer-needs-one-time"),
    ],
)
def test_a_schedule_that_cannot_be_meant_is_refused(timer: str, rule: str) -> None:
    text = BEGINS.replace('wz:every="week" wz:workingDay="1" wz:at="08:30"', timer)
    assert rule in {finding.rule for finding in findings_of(lambda: compiled(process(text)))}
