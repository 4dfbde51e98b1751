"""Lamps in SQL are the lamps of the domain."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.store_samples import (
    RED,
    YELLOW,
    act,
    clock_starts,
    clock_stops,
    day,
    first_round,
    flush,
    letter,
    started,
)
from wenzheng.petitions.lamps import ClockReading, lamp

MOMENTS = st.integers(-3, 40).map(lambda n: day(0) + timedelta(hours=n))


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_the_board_agrees_with_the_domain_at_every_instant(city, data):
    yellow = data.draw(st.none() | MOMENTS)
    red = data.draw(st.none() | MOMENTS.filter(lambda at: yellow is None or at >= yellow))
    stopped = data.draw(st.none() | MOMENTS)
    answered = data.draw(st.booleans())
    now = data.draw(MOMENTS)
    reading = ClockReading(date(2026, 9, 1), yellow, red, stopped, answered=answered)
    acts = [act(1, "start", day(0), started(), clock_starts(yellow, red))]
    if stopped is not None:
        # The engine freezes the lamp of an answer; a clock that merely ended has none.
        frozen = data.draw(st.sampled_from([None, str(lamp(reading, stopped))])) if answered else None
        acts.append(act(2, "stop", stopped, clock_stops(frozen, "completed" if answered else "ended")))
    with city.unit_of_work() as unit:
        unit.submit_petition(**letter())
        unit.apply_flush(flush(*acts))
        expected = lamp(reading, now)
        assert unit.petition("p1", now=now).lamp == expected
        assert [row.lamp for row in unit.petitions(now=now, lamp=expected).items] == [expected]
        assert [(c.lamp, c.count) for c in unit.lamp_counts(now=now)] == [(expected, 1)]
        unit.session.rollback()


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (YELLOW - timedelta(microseconds=1), "unlit"),
        (YELLOW, "yellow"),
        (RED - timedelta(microseconds=1), "yellow"),
        (RED, "red"),
        (RED + timedelta(days=4000), "red"),
    ],
)
def test_a_letter_nobody_answers_turns_yellow_and_red_though_nothing_runs(city, now, expected):
    with city.unit_of_work() as unit:
        unit.submit_petition(**letter())
        unit.apply_flush(flush(first_round()[0]))
    with city.reader() as reader:
        assert reader.petition("p1", now=now).lamp == expected


def test_a_leader_counts_lamps_by_department_in_one_query(city):
    acts = first_round()
    roads = [*acts[:2], act(3, "to-roads", day(0, 2), *_assigned_to("roads"))]
    with city.unit_of_work() as unit:
        for name, log in {"p1": acts[:4], "p2": acts[:3], "p3": roads, "p4": acts[:1], "p5": roads}.items():
            unit.submit_petition(**letter(name, public_consent=name != "p5"))
            unit.apply_flush(flush(*log, instance=f"petition-{name}"))
        unit.submit_petition(**letter("p6", kind="report"))
    with city.reader() as reader:
        counts = {(c.department, c.lamp): c.count for c in reader.lamp_counts(now=YELLOW)}
        public = sum(c.count for c in reader.lamp_counts(now=YELLOW, public_only=True))
        accepted = sum(c.count for c in reader.lamp_counts(now=YELLOW, accepted_only=True))
    assert counts == {
        ("water", "green"): 1,
        ("water", "yellow"): 1,
        ("roads", "yellow"): 2,
        (None, "yellow"): 1,
        (None, "unlit"): 1,
    }
    assert (public, accepted) == (4, 4)


def _assigned_to(department):
    kind, element, data = (
        "task_closed",
        "assign",
        {"task_id": "assign-1", "reason": "completed", "actor": "li"},
    )
    return ((kind, element, data | {"fact": "assigned", "data": {"department": department}}),)
