"""The outbox: at least once, each under its key."""

from datetime import timedelta

from tests.contract.store_samples import (
    LETTER,
    SUBMITTED,
    YELLOW,
    act,
    clock_starts,
    day,
    flush,
    letter,
    passed,
    started,
)
from wenzheng.store.outbox import PAST


def notice(key, **changes):
    return {
        "key": key,
        "instance": "petition-p1",
        "petition_id": None,
        "template": "accepted",
        "recipient_role": "author",
        "recipient_unit": None,
        "not_before": SUBMITTED,
        "data": {"n": 1},
    } | changes


def test_a_notice_is_queued_once_under_its_key(store):
    assert store.queue_notice(**notice("k")) is True
    assert store.queue_notice(**notice("k", template="other")) is False
    with store.reader() as reader:
        (row,) = reader.due(now=SUBMITTED)
    assert (row.key, row.kind, row.template, row.data) == ("k", "notice", "accepted", {"n": 1})


def test_due_rows_come_in_the_order_of_their_time(store):
    for n in (3, 1, 2):
        store.queue_notice(**notice(f"k{n}", not_before=day(n)))
    with store.reader() as reader:
        assert [row.key for row in reader.due(now=day(2))] == ["k1", "k2"]
        assert [row.key for row in reader.due(now=day(9), limit=1)] == ["k1"]
        assert reader.due(now=day(9), kind="start_workflow") == []


def test_what_was_handed_over_is_not_due_again(store):
    store.queue_notice(**notice("k"))
    with store.unit_of_work() as unit:
        (row,) = unit.due(now=SUBMITTED)
        assert unit.mark_sent(id=row.id, at=day(1)) is True
        assert unit.mark_sent(id=row.id, at=day(2)) is False
        assert unit.mark_failed(id=row.id, at=day(2), error="late", retry_at=day(3)) is False
        assert unit.mark_sent(id="gone", at=day(1)) is False
        assert unit.due(now=day(9)) == []
        (kept,) = unit.outbox(instance="petition-p1")
    assert (kept.sent_at, kept.attempts) == (day(1), 1)


def test_what_failed_is_tried_again_when_its_time_comes(store):
    store.queue_notice(**notice("k"))
    with store.unit_of_work() as unit:
        (row,) = unit.due(now=SUBMITTED)
        unit.mark_failed(id=row.id, at=SUBMITTED, error="connection \x00 refused \ud83d", retry_at=day(1))
    with store.reader() as reader:
        assert reader.due(now=day(1) - timedelta(seconds=1)) == []
        (row,) = reader.due(now=day(1))
    assert (row.attempts, row.failed_at) == (1, SUBMITTED)
    assert "connection" in row.last_error


def test_a_letters_outbox_is_found_by_the_letter(city):
    with city.unit_of_work() as unit:
        unit.submit_petition(**letter())
    city.queue_notice(**notice("k", petition_id="p1"))
    with city.reader() as reader:
        assert {row.kind for row in reader.outbox(petition_id="p1")} == {"start_workflow", "notice"}


def test_notice_of_a_past_lived_in_virtual_time_shows_what_was_said_and_goes_to_nobody(city):
    with city.unit_of_work() as unit:
        unit.set_property(PAST, {"until": day(10).isoformat()})
        unit.submit_petition(**letter())
    city.queue_notice(**notice("k1", not_before=day(9)))
    city.queue_notice(**notice("k2", not_before=day(10)))
    city.apply_flush(flush(act(1, "start", SUBMITTED, started(), clock_starts())))
    city.apply_flush(flush(act(2, "time-2", YELLOW, passed("yellow", "centre_head"))))
    with city.unit_of_work() as unit:
        told = {row.template: row.sent_at for row in unit.outbox(instance=LETTER) if row.kind == "notice"}
        assert told["escalation"] is not None
        assert [row.key for row in unit.due(now=day(30), kind="notice")] == ["k2"]
        unit.rebuild(LETTER)
        assert [row.key for row in unit.due(now=day(30), kind="notice")] == ["k2"]
