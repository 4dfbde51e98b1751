"""Flushes and what they show: tasks, clocks, facts, states, acts."""

import pytest

from tests.contract.store_samples import (
    LETTER,
    act,
    clock_starts,
    clock_stops,
    closed,
    day,
    ended,
    first_round,
    flush,
    letter,
    opened,
    started,
)
from wenzheng import contracts
from wenzheng.store import StoreError


@pytest.fixture
def filed(city):
    with city.unit_of_work() as unit:
        unit.submit_petition(**letter())
    return city


def send(store, *acts, **more):
    for rows in acts:
        store.apply_flush(flush(rows, **more))


@pytest.mark.parametrize(
    ("acts", "state", "department", "lamp"),
    [
        (1, "received", None, "unlit"),
        (2, "accepted", None, "unlit"),
        (3, "assigned", "water", "unlit"),
        (4, "replied", "water", "green"),
        (5, "completed", "water", "green"),
        (6, "verdict", "water", "green"),
    ],
)
def test_a_letter_shows_where_it_stands(filed, acts, state, department, lamp):
    send(filed, *first_round()[:acts])
    with filed.reader() as reader:
        row = reader.petition("p1", now=day(4))
        assert (row.state, row.department, row.lamp) == (state, department, lamp)
        assert row.instance_state == "running"
        assert row.accepted is (True if acts > 1 else None)
        assert row.replied_at == (day(1) if acts > 3 else None)


def test_a_rejected_letter_is_never_shown_as_accepted(filed):
    rejected = act(2, "r", day(1), closed("accept", "li", "accepted", accepted=False), ended("rejected"))
    send(filed, first_round()[0], rejected)
    with filed.reader() as reader:
        row = reader.petition("p1", now=day(1))
        assert (row.state, row.accepted, row.outcome) == ("closed", False, "rejected")
        assert reader.petitions(now=day(1), accepted_only=True).items == []


def test_a_department_finds_its_tasks_and_no_others(filed):
    send(filed, *first_round())
    with filed.reader() as reader:

        def elements(**conditions):
            return [(task.element, task.round) for task in reader.tasks(**conditions)]

        # (the sample leaves "complete" closed and opens "reply" again)
        assert elements(role="department", unit_id="water", open_only=True) == [("reply", 2)]
        assert elements(role="department", unit_id="roads") == []
        assert elements(role="clerk", unit_id="centre") == [("accept", 1), ("assign", 1)]
        assert elements(role="author", petition_id="p1") == [("rate", 1)]
        assert reader.task(LETTER, "reply").task_id == "reply-2"
        assert reader.task(LETTER, "accept").actor == "clerk-li"
        assert reader.task(LETTER, "accept").data == {"accepted": True}
        assert reader.task(LETTER, "nothing") is None


def test_a_departments_task_before_assignment_is_in_nobodys_queue(filed):
    send(filed, act(1, "start", day(0), started(), opened("reply", "department")))
    with filed.reader() as reader:
        assert reader.tasks(role="department", unit_id="water") == []
        assert len(reader.tasks(role="department")) == 1


def test_the_authors_first_verdict_is_frozen(filed):
    second = [
        act(
            7, "b-reply", day(4), closed("reply", "zhang", "replied", nth=2), opened("rate", "author", nth=2)
        ),
        act(8, "b-rate", day(5), closed("rate", "author", "verdict", nth=2, solved=True), ended("solved")),
    ]
    send(filed, *first_round(), *second)
    with filed.reader() as reader:
        facts = [(fact.fact, fact.round) for fact in reader.facts("p1")]
        verdicts = [fact for fact in reader.facts("p1") if fact.fact == "verdict"]
        row = reader.petition("p1")
    assert facts == [
        ("accepted", 1),
        ("assigned", 1),
        ("replied", 1),
        ("completed", 1),
        ("verdict", 1),
        ("replied", 2),
        ("verdict", 2),
    ]
    assert verdicts[0].data == {"solved": False, "satisfaction": 1}
    assert (verdicts[0].actor, verdicts[0].at) == ("author", day(3))
    assert (row.state, row.outcome, row.round, row.ended_at) == ("closed", "solved", 2, day(5))


def test_a_cancelled_task_is_no_fact(filed):
    send(filed, first_round()[0], act(2, "w", day(1), closed("accept", None, "accepted"), ended("withdrawn")))
    with filed.reader() as reader:
        assert reader.facts("p1") == []
        assert reader.task(LETTER, "accept").reason == "cancelled"
        assert reader.tasks(role="clerk", open_only=True) == []


def test_a_clock_that_starts_again_is_a_new_run(filed):
    again = act(2, "again", day(2), clock_stops("green"), clock_starts(day(3), day(6)))
    send(filed, first_round()[0], again)
    with filed.reader() as reader:
        runs = [(clock.run, clock.current, clock.stopped_at) for clock in reader.clocks("p1")]
        assert runs == [(1, False, day(2)), (2, True, None)]
        assert reader.petition("p1", now=day(4)).lamp == "yellow"


def test_stopping_a_clock_stops_its_latest_run_only(filed):
    send(
        filed,
        first_round()[0],
        act(2, "again", day(2), clock_starts()),
        act(3, "stop", day(3), clock_stops()),
    )
    with filed.reader() as reader:
        assert [(clock.run, clock.stopped_at) for clock in reader.clocks("p1")] == [(1, None), (2, day(3))]


def test_the_timeline_tells_everything_in_order(filed):
    for rows in first_round():
        filed.apply_flush(flush(list(reversed(rows))))
    with filed.reader() as reader:
        timeline = reader.timeline("p1")
        assert [(row.seq, row.ordinal) for row in timeline] == sorted((r.seq, r.ordinal) for r in timeline)
        assert len(timeline) == sum(len(rows) for rows in first_round())
        assert timeline == reader.records(LETTER)
        assert timeline[0].data == {"process": "petition", "name": "来信办理"}


def test_an_act_is_answered_from_the_store_after_the_end(filed):
    send(filed, *first_round(), act(7, "w", day(4), closed("reply", None, None, nth=2), ended("withdrawn")))
    with filed.reader() as reader:
        found = reader.act(LETTER, "a-reply")
        assert (found.actor, found.at, found.kind, found.element, found.seq) == (
            "zhang",
            day(1),
            "task_closed",
            "reply",
            4,
        )
        assert reader.act(LETTER, "start").actor is None
        assert reader.act(LETTER, "never") is None
        assert reader.act("petition-p2", "a-reply") is None


def test_a_process_without_a_petition_is_recorded_too(store):
    rows = act(1, "start", day(0), started(), opened("check", "clerk"), clock_starts())
    store.apply_flush(flush(rows, instance="digest-2026-09", month="2026-09"))
    with store.reader() as reader:
        row = reader.instance("digest-2026-09")
        assert (row.petition_id, row.state, row.variables) == (None, "running", {"month": "2026-09"})
        assert reader.tasks(instance="digest-2026-09")[0].petition_id is None


def test_incidents_wait_for_an_operator(filed):
    data = {"incident_id": "i1", "code": "service.failed", "message": "no answer"}
    send(filed, first_round()[0], act(2, "fail", day(1), (contracts.INCIDENT_RAISED, "tell", data)))
    with filed.reader() as reader:
        assert [(i.element, i.code) for i in reader.incidents()] == [("tell", "service.failed")]
    resolved = {"incident_id": "i1", "action": "retry", "actor": "ops"}
    send(filed, act(3, "fix", day(2), (contracts.INCIDENT_RESOLVED, "tell", resolved)))
    with filed.reader() as reader:
        assert reader.incidents() == []
        assert [i.actor for i in reader.incidents(open_only=False)] == ["ops"]


def test_the_drift_digest_and_variables_of_the_last_flush_are_kept(filed):
    filed.apply_flush(flush(first_round()[0], digest="one", round=1))
    filed.apply_flush(flush(first_round()[1], digest="two", round=1, accepted=True))
    filed.apply_flush(flush(first_round()[0], digest="one", round=1))
    with filed.reader() as reader:
        row = reader.instance(LETTER)
        assert (row.digest, row.variables, row.seq) == ("two", {"round": 1, "accepted": True}, 2)


def test_a_flush_with_two_acts_at_one_place_is_refused(filed):
    with pytest.raises(StoreError, match="one act at seq 1"):
        filed.apply_flush(flush(act(1, "a", day(0), started()), act(1, "b", day(0), opened("x", "clerk"))))


def test_an_act_may_be_flushed_in_two_pieces_in_any_order(filed):
    rows = first_round()[2]
    filed.apply_flush(flush(rows[1:]))
    filed.apply_flush(flush(rows[:1]))
    filed.apply_flush(flush(rows[1:]))
    with filed.reader() as reader:
        assert reader.voided_records(LETTER) == []
        assert len(reader.records(LETTER)) == len(rows)
        # The task of the second row belongs to the department that the first row names.
        assert reader.task(LETTER, "reply").unit_id == "water"
