"""Messages between instances in the store: one transaction with the act, repeats, lost futures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wenzheng import contracts
from wenzheng.contracts import Flush, Record, Routing, Subscription
from wenzheng.store.outbox import DELIVER, START_WORKFLOW
from wenzheng.store.router import throw_key

NOW = datetime(2026, 9, 7, tzinfo=UTC)
LATER = datetime(2100, 1, 1, tzinfo=UTC)
BUNDLE = "b" * 64
SENT = throw_key("a", "go", 0)


def record(act_id: str, seq: int, kind: str, ordinal: int = 0, **data: Any) -> Record:
    return Record(act_id, ordinal, seq, kind, "e", NOW + timedelta(seconds=seq), data)


def flush(instance: str, *records: Record, waits: dict[str, str] | None = None, begins: Any = None) -> Flush:
    routing = Routing(
        [Subscription(id_, "message", name) for id_, name in (waits or {}).items()], begins or {}
    )
    digest = f"{instance}-{[(one.act_id, one.seq) for one in records]}"
    return Flush(instance, BUNDLE, "c" * 64, list(records), digest, {}, routing)


def throws(name: str = "hello", act_id: str = "go", seq: int = 1, **more: Any) -> Record:
    return record(act_id, seq, contracts.MESSAGE_THROWN, message=name, data={"n": 1}, **more)


def catches(key: str, seq: int) -> Record:
    return record(key, seq, contracts.MESSAGE_CAUGHT, message="hello", key=key)


def moves(act_id: str, seq: int) -> Record:
    return record(act_id, seq, contracts.INSTANCE_MOVED)


def due(store: Any, kind: str = DELIVER) -> list[tuple[str, list[str]]]:
    with store.reader() as reader:
        return sorted((row.instance, row.data.get("waits", [])) for row in reader.due(now=LATER, kind=kind))


def sent(store: Any) -> None:
    """What is due goes out."""
    with store.unit_of_work() as unit:
        for row in unit.due(now=LATER):
            unit.mark_sent(id=row.id, at=NOW)


def apply(store: Any, *flushes: Flush) -> None:
    for one in flushes:
        store.apply_flush(one)


def test_a_message_is_due_as_soon_as_act_and_wait_are_both_in_the_store(store):
    apply(store, flush("a", throws()))
    assert due(store) == []
    apply(store, flush("b", moves("start", 1), waits={"3/0": "hello"}))
    assert due(store) == [("b", ["3/0"])]


def test_a_flush_that_comes_again_sends_nothing_again(store):
    thrown, waiting = flush("a", throws()), flush("b", moves("start", 1), waits={"3/0": "hello"})
    apply(store, waiting, thrown, thrown, waiting)
    assert due(store) == [("b", ["3/0"])]
    sent(store)
    got = flush("b", catches(SENT, 2))
    apply(store, got, thrown, waiting, got)
    assert due(store) == []
    apply(store, flush("c", moves("start", 1), waits={"1/0": "hello"}))
    assert due(store) == [], "an old flush of b must not bring its wait back, nor the message"


def test_a_flush_without_anything_between_instances_touches_no_table(store):
    quiet = flush("a", throws(), waits={"1/0": "hello"})
    quiet.routing = None
    apply(store, quiet)
    assert due(store) == []
    apply(store, flush("b", moves("start", 1), waits={"3/0": "hello"}))
    assert due(store) == []


def test_an_instance_that_ends_leaves_what_was_on_its_way_to_others(store):
    apply(
        store,
        flush("b", moves("start", 1), waits={"3/0": "hello"}),
        flush("a", throws()),
        flush(
            "b", record("time-2", 2, contracts.INSTANCE_ENDED, state="completed", outcome=None, error=None)
        ),
    )
    assert due(store) == []
    apply(store, flush("c", moves("start", 1), waits={"1/0": "hello"}))
    assert due(store) == [("c", ["1/0"])]


def test_a_refused_delivery_looks_for_somebody_else_and_a_second_refusal_changes_nothing(store):
    apply(
        store,
        flush("b", moves("start", 1), waits={"3/0": "hello"}),
        flush("c", moves("start", 1), waits={"1/0": "hello"}),
        flush("a", throws()),
    )
    with store.unit_of_work() as unit:
        row = unit.due(now=LATER, kind=DELIVER)[0]
        assert row.instance == "b"
        unit.mark_sent(id=row.id, at=NOW)
        unit.refuse_delivery(row.instance, row.data)
        unit.refuse_delivery(row.instance, row.data)
    assert due(store) == [("c", ["1/0"])]


def test_a_message_that_has_arrived_is_not_sent_anew_by_a_late_refusal(store):
    apply(store, flush("b", moves("start", 1), waits={"3/0": "hello"}), flush("a", throws()))
    with store.reader() as reader:
        row = reader.due(now=LATER, kind=DELIVER)[0]
    apply(store, flush("b", catches(SENT, 2), waits={"3/0": "hello"}))
    sent(store)
    with store.unit_of_work() as unit:
        unit.refuse_delivery(row.instance, row.data)
    apply(store, flush("c", moves("start", 1), waits={"1/0": "hello"}))
    assert due(store) == []
    apply(store, flush("a", throws(act_id="more", seq=2)))
    assert due(store) == [("b", ["3/0"])], "b waits on, and has waited longest"


def test_a_throw_of_a_lost_future_goes_out_to_nobody(store):
    apply(
        store,
        flush("b", moves("start", 1), waits={"3/0": "hello"}),
        flush("a", throws()),
        flush("a", moves("other", 1)),
    )
    assert due(store) == []
    apply(store, flush("a", throws(seq=2)))
    assert due(store) == [("b", ["3/0"])]


def test_who_was_promised_a_message_of_a_lost_future_gets_the_next_kept_one(store):
    apply(
        store,
        flush("b", moves("start", 1), waits={"3/0": "hello"}),
        flush("a", throws()),
        flush("d", throws(act_id="also")),
        flush("a", moves("other", 1)),
    )
    with store.reader() as reader:
        rows = reader.due(now=LATER, kind=DELIVER)
    assert [(row.instance, row.data["sender"]) for row in rows] == [("b", "d")]


def test_a_message_that_arrived_in_a_lost_future_is_sent_again(store):
    apply(store, flush("b", moves("start", 1), waits={"3/0": "hello"}), flush("a", throws()))
    sent(store)
    apply(store, flush("b", catches(SENT, 2)))
    apply(store, flush("b", moves("time-2", 2), waits={"3/0": "hello"}))
    assert due(store) == [("b", ["3/0"])]


def test_a_message_begins_one_instance_however_often_it_is_written(store):
    thrown = flush("a", throws(), begins={"message/hello": ["clerk"]})
    apply(store, thrown, thrown)
    with store.reader() as reader:
        rows = reader.due(now=LATER, kind=START_WORKFLOW)
    assert len(rows) == 1
    assert rows[0].instance.startswith("clerk-")
    assert rows[0].data["definition"] == BUNDLE
    assert rows[0].data["start"]["event"]["act_id"] == SENT
    sent(store)
    apply(store, thrown, flush(rows[0].instance, moves("start", 1), catches(SENT, 2)))
    assert due(store, START_WORKFLOW) == due(store) == []


@pytest.mark.parametrize("again", [False, True])
def test_a_signal_is_told_once_to_each_who_waits(store, *, again: bool) -> None:
    for instance in ("b", "c"):
        listening = flush(instance, moves("start", 1))
        listening.routing = Routing([Subscription("1/0", "signal", "alarm")])
        apply(store, listening)
    thrown = flush(
        "a", record("go", 1, contracts.SIGNAL_THROWN, signal="alarm"), begins={"signal/alarm": ["p"]}
    )
    apply(store, thrown)
    if again:
        sent(store)
        apply(store, thrown)
        assert due(store) == []
    else:
        assert due(store) == [("b", ["1/0"]), ("c", ["1/0"])]
        assert len(due(store, START_WORKFLOW)) == 1
