"""Occasions: for which month or week a schedule comes, and how a process begins for one."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice

import pytest

from tests.support.bpmn import CALENDAR, MONDAY, compiled, process
from wenzheng.contracts import Delivery
from wenzheng.engine.compiled import CompiledProcess
from wenzheng.engine.events import (
    EventRefused,
    IncidentResolved,
    OccasionCome,
    Start,
    StartRefused,
    TimeReached,
)
from wenzheng.engine.instance import ProcessInstance
from wenzheng.engine.occasions import occasion_of, occasions
from wenzheng.engine.routing import event_of, occasion_event
from wenzheng.engine.schedules import Schedule, parse_schedule
from wenzheng.engine.state import dump, load
from wenzheng.engine.step import open_user_tasks, step

DATA = (
    '<wz:variable name="occasion" type="string"/><wz:variable name="occasion_from" type="date"/>'
    '<wz:variable name="occasion_until" type="date"/><wz:variable name="occasion_before" type="int"/>'
)
TIMER = '<timerEventDefinition wz:every="month" wz:workingDay="1" wz:at="09:00"/>'


def read(text: str) -> Schedule:
    schedule = parse_schedule(text)
    assert schedule is not None
    return schedule


def inspection(extra: str = "") -> CompiledProcess:
    """A process that begins on the first working day of each month."""
    body = (
        f'<startEvent id="month_begins">{TIMER}</startEvent>'
        '<sequenceFlow id="f1" sourceRef="month_begins" targetRef="inspect"/>'
        '<userTask id="inspect" name="Inspect" wz:role="supervisor"/>'
        '<sequenceFlow id="f2" sourceRef="inspect" targetRef="over"/><endEvent id="over"/>'
    )
    variables = f"<extensionElements>{DATA}{extra}</extensionElements>"
    return compiled(process(variables + body))


def opened(instance: ProcessInstance) -> list[str]:
    return [task.task_spec.element.id for task in open_user_tasks(instance)]


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("day working 1 08:30", ["2026-09-30", "2026-10-08", "2026-10-09"]),
        # The week of National Day has no working day but a Saturday of another week.
        ("week working 1 08:30", ["2026-W41", "2026-W42", "2026-W43"]),
        ("month working 1 09:00", ["2026-10", "2026-11", "2026-12"]),
        ("quarter calendar -1 09:00", ["2026-Q3", "2026-Q4", "2027-Q1"]),
        ("year calendar 1 00:00", ["2027", "2028", "2029"]),
    ],
)
def test_an_occasion_is_known_by_its_period(text: str, periods: list[str]) -> None:
    after = datetime(2026, 9, 29, 12, tzinfo=UTC)
    assert [one.period for one in islice(occasions(read(text), after, CALENDAR), 3)] == periods


def test_the_week_around_new_year_belongs_to_the_year_it_has_most_days_in() -> None:
    after = datetime(2026, 12, 27, 12, tzinfo=UTC)
    found = next(occasions(read("week calendar 1 08:30"), after, CALENDAR))
    assert (found.period, found.before, str(found.first), str(found.last)) == (
        *("2026-W53", "2026-W52"),
        *("2026-12-28", "2027-01-03"),
    )


def test_the_month_of_an_occasion_is_that_of_the_citys_clocks_not_of_utc() -> None:
    """00:15 on the first of the month in Beijing is the last day of the month before in UTC."""
    found = occasion_of(read("month calendar 1 00:15"), "2026-12", CALENDAR, MONDAY)
    assert found is not None
    assert (found.at, found.before) == (datetime(2026, 11, 30, 16, 15, tzinfo=UTC), "2026-11")
    assert occasion_of(read("month calendar 1 00:15"), "2026-W12", CALENDAR, MONDAY) is None


@pytest.mark.parametrize("late", ["2026-10-08T01:00:00+00:00", "2026-11-20T03:00:00+00:00"])
def test_a_process_begins_for_its_occasion_however_late_anybody_is_awake(late: str) -> None:
    instance, now = ProcessInstance(inspection(), CALENDAR), datetime.fromisoformat(late)
    planned = datetime(2026, 10, 8, 1, tzinfo=UTC)
    step(instance, Start(), now)
    assert opened(instance) == []
    event = event_of(occasion_event("s", "month_begins", "2026-10", planned), instance.process)
    step(instance, event, now)
    assert opened(instance) == ["inspect"]
    # A variable of another type than the occasion's is the author's own.
    assert instance.variables == {
        "occasion": "2026-10",
        "occasion_from": "2026-10-01",
        "occasion_until": "2026-10-31",
        "occasion_before": None,
    }
    assert instance.next_alarm() is None  # it has begun: another month is another instance


def test_in_virtual_time_it_waits_for_the_day_and_is_told_the_same() -> None:
    instance = ProcessInstance(inspection(), CALENDAR)
    step(instance, Start(), MONDAY)
    due = instance.next_alarm()
    assert due == datetime(2026, 10, 8, 1, tzinfo=UTC)
    step(instance, TimeReached(), due)
    assert (opened(instance), instance.variables["occasion"]) == (["inspect"], "2026-10")


def test_an_occasion_at_a_start_that_has_begun_is_refused() -> None:
    instance = ProcessInstance(inspection(), CALENDAR)
    step(instance, Start(), MONDAY)
    step(instance, OccasionCome("month_begins", MONDAY), MONDAY)
    with pytest.raises(EventRefused, match="Expected 'month_begins' to wait for its schedule"):
        step(instance, OccasionCome("month_begins", MONDAY), MONDAY)


def test_a_process_that_cannot_begin_without_data_waits_for_an_operator_and_keeps_its_month() -> None:
    definition = inspection('<wz:variable name="city" type="string" required="true"/>')
    instance, late = ProcessInstance(definition, CALENDAR), datetime(2026, 11, 20, tzinfo=UTC)
    event = OccasionCome("month_begins", datetime(2026, 10, 8, 1, tzinfo=UTC))
    with pytest.raises(EventRefused) as refused:
        step(instance, Start(), late)
    step(instance, StartRefused(event, {}, str(refused.value)), late)
    instance = load(dump(instance), definition, CALENDAR)
    [incident] = instance.incidents
    step(instance, IncidentResolved(incident, "answer", "operator", {"city": "惠民"}), late)
    assert opened(instance) == ["inspect"]
    assert (instance.variables["occasion"], instance.variables["city"]) == ("2026-10", "惠民")


def test_an_occasion_travels_as_a_delivery() -> None:
    at = datetime(2026, 10, 8, 1, tzinfo=UTC)
    sent = occasion_event("inspection/inspection/month_begins", "month_begins", "2026-10", at)
    assert event_of(Delivery(**vars(sent)), inspection()) == OccasionCome("month_begins", at)
