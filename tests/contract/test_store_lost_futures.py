"""After a crash acts come back in another order: the store ends where Temporal is.

`noise` is everything a store may have seen before: parts of the true log, repeated and out of
order, and futures that were lost. A lost act may carry the id of a true one, but never its
instant: each activation has its own time, also when it runs again after a crash.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.contract.store_samples import (
    LETTER,
    YELLOW,
    act,
    clock_starts,
    clock_stops,
    closed,
    day,
    ended,
    first_round,
    flush,
    letter,
    letter_clock,
    opened,
    passed,
    started,
)
from wenzheng import contracts
from wenzheng.contracts import Record
from wenzheng.store.errors import Overtaken
from wenzheng.store.projection import FOLDED
from wenzheng.store.tables.instances import InstanceTable
from wenzheng.store.tables.log import RecordTable
from wenzheng.store.tables.notices import OutboxTable

EVENTS = st.sampled_from(
    [
        started(),
        clock_starts(),
        clock_stops("green"),
        opened("accept", "clerk", "accepted"),
        closed("accept", "li", "accepted", accepted=True),
        closed("assign", "li", "assigned", department="water"),
        closed("assign", "li", "assigned", department="roads"),
        opened("reply", "department", "replied"),
        closed("reply", "zhang", "replied", content_id="c1"),
        closed("rate", "author", "verdict", solved=False),
        passed("yellow", "department_head"),
        passed("red", "department_head", "supervision"),
        ended("solved"),
        (contracts.INCIDENT_RAISED, "tell", {"incident_id": "i", "code": "x", "message": "m"}),
        (contracts.INCIDENT_RESOLVED, "tell", {"incident_id": "i", "action": "retry", "actor": "ops"}),
        (contracts.SERVICE_REQUESTED, "tell", {"call_id": "s", "service": "notify_author", "input": {}}),
    ]
)
ROWS = st.lists(EVENTS, min_size=1, max_size=4)


def dump(unit: Any) -> dict[str, Any]:
    """Everything derived from the log of the letter, and the log."""
    unit.session.flush()
    found: dict[str, Any] = {}
    for table in (*FOLDED, RecordTable, InstanceTable, OutboxTable):
        columns = list(table.__table__.columns)
        rows = unit.session.execute(select(*columns).where(table.instance == LETTER)).all()
        found[table.__tablename__] = sorted(map(repr, rows))
    return found


def apply_all(city: Any, flushes: list[Any]) -> dict[str, Any]:
    """What a store shows after these flushes; nothing is kept."""
    with city.unit_of_work() as unit:
        unit.submit_petition(**letter(expected_clocks=[letter_clock()]))
        for one in flushes:
            unit.apply_flush(one)
        shown = dump(unit)
        unit.session.rollback()
    return shown


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[list[Record]], list[Any]]:
    """A true log and the noise before it."""
    bodies = draw(st.lists(ROWS, min_size=1, max_size=6))
    names = draw(st.permutations([f"act{n}" for n in range(len(bodies))]))
    true = [
        act(n, name, day(0, n), *body)
        for n, (name, body) in enumerate(zip(names, bodies, strict=True), start=1)
    ]
    # What happened before the instance acts once more, and is heard of again, must not matter.
    true.append(act(len(true) + 1, "fresh", day(1), *draw(ROWS)))
    noise = []
    for _ in range(draw(st.integers(0, 8))):
        if draw(st.booleans()):
            first = draw(st.integers(0, len(true) - 2))
            last = draw(st.integers(first, len(true) - 2))
            noise.append(flush(*true[first : last + 1]))
        else:
            seq = draw(st.integers(1, len(true) + 2))
            ids = draw(
                st.lists(st.sampled_from([*names, "lost0", "lost1"]), min_size=1, max_size=3, unique=True)
            )
            later = timedelta(microseconds=draw(st.integers(1, 3)))
            lost = [act(seq + n, name, day(0, n) + later, *draw(ROWS)) for n, name in enumerate(ids)]
            noise.append(flush(*lost))
    return true, noise


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(history=histories(), data=st.data())
def test_whatever_was_seen_before_the_true_log_gives_the_true_picture(city, history, data):
    true, noise = history
    cuts = sorted(data.draw(st.sets(st.integers(1, len(true)))) | {len(true)})
    pieces = [flush(*true[a:b]) for a, b in zip([0, *cuts], cuts, strict=False)]
    assert apply_all(city, [*noise, *pieces]) == apply_all(city, [flush(rows) for rows in true])


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(history=histories())
def test_applying_one_by_one_is_folding_from_the_start(city, history):
    true, noise = history
    with city.unit_of_work() as unit:
        unit.submit_petition(**letter(expected_clocks=[letter_clock()]))
        for one in [*noise, *map(flush, true)]:
            unit.apply_flush(one)
        before = dump(unit)
        unit.rebuild(LETTER)
        assert dump(unit) == before
        unit.session.rollback()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(history=histories(), data=st.data())
def test_a_late_duplicate_changes_nothing(city, history, data):
    true, _ = history
    first = data.draw(st.integers(0, len(true) - 1))
    late = flush(*true[first : data.draw(st.integers(first, len(true) - 1)) + 1], digest="stale")
    pieces = [flush(rows) for rows in true]
    assert apply_all(city, [*pieces, late]) == apply_all(city, pieces)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(history=histories())
def test_what_a_worker_that_was_cut_off_asked_for_changes_nothing_when_it_comes_late(city, history):
    true, noise = history
    pieces = [replace(flush(rows), asked_at=day(2, n)) for n, rows in enumerate(true)]
    before = apply_all(city, pieces)
    with city.unit_of_work() as unit:
        unit.submit_petition(**letter(expected_clocks=[letter_clock()]))
        for one in pieces:
            unit.apply_flush(one)
        for late in noise:
            with suppress(Overtaken):
                unit.apply_flush(replace(late, asked_at=day(1)))
        assert dump(unit) == before
        unit.session.rollback()


@pytest.fixture
def filed(city):
    with city.unit_of_work() as unit:
        unit.submit_petition(**letter())
    return city


def test_two_clerks_acts_that_come_back_in_the_other_order_are_voided_and_kept_for_the_audit(filed):
    filed.apply_flush(flush(*first_round()[:2]))
    filed.apply_flush(
        flush(act(3, "to-water", day(1), closed("assign", "li", "assigned", department="water")))
    )
    filed.apply_flush(flush(act(4, "w", day(2), ended("withdrawn"))))
    # Temporal lost both; after the restart the other clerk's act came first.
    filed.apply_flush(
        flush(act(3, "to-roads", day(3), closed("assign", "zhao", "assigned", department="roads")))
    )
    with filed.reader() as reader:
        row = reader.petition("p1")
        assert (row.department, row.state, row.outcome) == ("roads", "assigned", None)
        assert reader.act(LETTER, "to-water") is None
        voided = reader.voided_records(LETTER)
    assert [v.record.act_id for v in voided] == ["to-water", "w"]
    assert "taken by to-roads" in voided[0].reason
    assert "lost" in voided[1].reason
    assert voided[0].record.data["data"] == {"department": "water"}


def test_the_truth_is_not_voided_by_a_worker_that_was_cut_off_before(filed):
    filed.apply_flush(replace(flush(*first_round()[:2]), asked_at=day(1)))
    to_roads = act(3, "to-roads", day(1), closed("assign", "zhao", "assigned", department="roads"))
    to_water = act(3, "to-water", day(1), closed("assign", "li", "assigned", department="water"))
    filed.apply_flush(replace(flush(to_roads), asked_at=day(1, 2)))
    with pytest.raises(Overtaken, match="another worker has gone on"):
        filed.apply_flush(replace(flush(to_water), asked_at=day(1, 1)))
    with filed.reader() as reader:
        assert reader.petition("p1").department == "roads"
        assert reader.voided_records(LETTER) == []
    # What was asked for after it takes its place, as ever.
    filed.apply_flush(replace(flush(to_water), asked_at=day(1, 3)))
    with filed.reader() as reader:
        assert reader.petition("p1").department == "water"


def test_a_repeat_is_never_late_and_says_that_its_future_is_the_true_one(filed):
    kept = flush(*first_round()[:2])
    filed.apply_flush(replace(kept, asked_at=day(1)))
    filed.apply_flush(replace(kept, asked_at=day(3)))
    filed.apply_flush(replace(kept, asked_at=day(2)))
    late = act(3, "late", day(1), closed("assign", "li", "assigned", department="water"))
    with pytest.raises(Overtaken):
        filed.apply_flush(replace(flush(late), asked_at=day(2)))


def test_an_act_that_comes_again_later_is_recorded_there_only(filed):
    filed.apply_flush(flush(*first_round()[:2]))
    filed.apply_flush(flush(act(3, "x", day(1), closed("assign", "li", "assigned", department="water"))))
    filed.apply_flush(flush(act(4, "x", day(2), closed("assign", "li", "assigned", department="water"))))
    with filed.reader() as reader:
        assert reader.act(LETTER, "x").seq == 4
        assert [fact.fact for fact in reader.facts("p1")] == ["accepted", "assigned"]
        assert "came again" in reader.voided_records(LETTER)[0].reason


def test_a_notice_of_a_lost_future_is_taken_back_unless_it_was_sent(filed):
    timers = [
        act(4, "timer-a", YELLOW, passed("yellow", "department_head")),
        act(5, "timer-b", YELLOW, passed("red", "supervision")),
    ]
    filed.apply_flush(flush(*first_round()[:3], *timers))
    with filed.unit_of_work() as unit:
        sent = next(row for row in unit.due(now=day(99), kind="notice") if row.recipient_role == "supervisor")
        unit.mark_sent(id=sent.id, at=day(20))
    filed.apply_flush(flush(act(4, "reply", day(2), closed("reply", "zhang", "replied"))))
    with filed.reader() as reader:
        notices = [row for row in reader.outbox(petition_id="p1") if row.kind == "notice"]
        assert [row.id for row in notices] == [sent.id]
        assert reader.escalations("p1") == []
    # The same threshold passes in the true future: it was told, so it is not told again.
    filed.apply_flush(flush(act(5, "timer-b", day(22), passed("red", "supervision"))))
    with filed.reader() as reader:
        assert reader.due(now=day(99), kind="notice") == []
        assert len(reader.escalations("p1")) == 1


def test_a_heads_answer_survives_the_loss_of_the_future_it_answered(filed):
    timer = act(4, "timer-a", YELLOW, passed("yellow", "department_head"))
    filed.apply_flush(flush(*first_round()[:3], timer))
    with filed.unit_of_work() as unit:
        (entry,) = unit.inbox(role="department_head")
        unit.acknowledge(entry_id=entry.id, actor="wu", kind="order", text="今天回复", at=day(9))
    filed.apply_flush(flush(act(4, "note", day(9), opened("other", "clerk"))))
    filed.apply_flush(flush(act(5, "timer-a", day(9), passed("yellow", "department_head"))))
    with filed.reader() as reader:
        (again,) = reader.inbox(role="department_head")
    assert again.id == entry.id
    assert again.acknowledgement.text == "今天回复"


def test_a_failed_notice_keeps_its_attempts_when_the_picture_is_built_again(filed):
    filed.apply_flush(flush(*first_round()[:3], act(4, "t", YELLOW, passed("yellow", "department_head"))))
    with filed.unit_of_work() as unit:
        (notice,) = unit.due(now=day(99), kind="notice")
        unit.mark_failed(id=notice.id, at=day(9), error="no answer", retry_at=day(10))
        unit.rebuild(LETTER)
        (again,) = unit.due(now=day(99), kind="notice")
    assert (again.attempts, again.last_error, again.not_before) == (1, "no answer", day(10))


def test_the_queued_notices_of_services_stay_whatever_is_voided(filed):
    filed.apply_flush(flush(*first_round()[:3]))
    queued: dict[str, Any] = {
        "key": "call-1",
        "instance": LETTER,
        "petition_id": "p1",
        "template": "accepted",
        "recipient_role": "author",
        "recipient_unit": None,
        "not_before": day(0),
        "data": {},
    }
    filed.queue_notice(**queued)
    filed.apply_flush(flush(act(2, "z", day(5), ended("withdrawn"))))
    with filed.reader() as reader:
        assert {row.kind for row in reader.outbox(instance=LETTER)} == {"start_workflow", "notice"}
