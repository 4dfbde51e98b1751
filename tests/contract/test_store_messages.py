"""Messages that nobody takes: set aside and listed, offered again or discarded, never dropped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.contract.test_store_router import SENT, apply, catches, due, flush, moves, sent, throws
from wenzheng.store import BadText, NotFound, StoreError
from wenzheng.sweeping import MessageKeeper

START = datetime(2026, 9, 7, tzinfo=UTC)
LIFE = timedelta(days=30)


@pytest.fixture
def clock(store):
    """A clock for the store, to be put forward."""
    now = [START]
    store.use_clock(lambda: now[0])
    return now


def keeper(store, clock) -> MessageKeeper:
    return MessageKeeper(store, LIFE, lambda: clock[0])


def found(store, state: str) -> list[Any]:
    with store.reader() as reader:
        return list(reader.messages(state))


def aside(store, clock) -> str:
    """A message that was set aside, by its name."""
    apply(store, flush("a", throws()))
    clock[0] = START + LIFE + timedelta(seconds=1)
    assert keeper(store, clock).sweep() == 1
    return SENT


def test_a_message_is_kept_as_long_as_the_setting_says_and_then_listed(store, clock, caplog):
    apply(store, flush("a", throws()))
    clock[0] = START + LIFE
    assert keeper(store, clock).sweep() == 0
    (kept,) = found(store, "kept")
    assert (kept.key, kept.name, kept.instance, kept.since) == (SENT, "hello", "a", START)
    clock[0] += timedelta(seconds=1)
    assert keeper(store, clock).sweep() == 1
    assert "wenzheng messages list" in caplog.text
    assert keeper(store, clock).sweep() == 0
    assert found(store, "kept") == []
    (row,) = found(store, "set_aside")
    assert (row.why, row.since, row.thrown_at) == ("nobody has taken it", clock[0], START)
    with store.reader() as reader:
        assert reader.messages_set_aside() == 1


def test_what_is_on_its_way_or_has_arrived_is_never_set_aside(store, clock):
    apply(store, flush("b", moves("start", 1), waits={"3/0": "hello"}), flush("a", throws()))
    clock[0] = START + 10 * LIFE
    assert keeper(store, clock).sweep() == 0
    assert [row.receiver for row in found(store, "on_its_way")] == ["b"]
    sent(store)
    apply(store, flush("b", catches(SENT, 2)))
    assert keeper(store, clock).sweep() == 0
    assert found(store, "on_its_way") == []


def test_what_is_set_aside_goes_to_nobody_who_comes_later(store, clock):
    aside(store, clock)
    apply(store, flush("b", moves("start", 1), waits={"3/0": "hello"}))
    assert due(store) == []


def test_what_is_offered_again_goes_to_who_waits_by_now(store, clock):
    key = aside(store, clock)
    apply(store, flush("b", moves("start", 1), waits={"3/0": "hello"}))
    with store.unit_of_work() as unit:
        assert unit.offer_again(key).receiver == "b"
    assert due(store) == [("b", ["3/0"])]
    assert found(store, "set_aside") == []


def test_what_is_offered_again_to_nobody_is_kept_anew_for_as_long(store, clock):
    key = aside(store, clock)
    with store.unit_of_work() as unit:
        row = unit.offer_again(key)
    assert (row.state, row.why, row.since) == ("kept", None, clock[0])
    clock[0] += LIFE
    assert keeper(store, clock).sweep() == 0
    clock[0] += timedelta(seconds=1)
    assert keeper(store, clock).sweep() == 1


def test_what_is_discarded_loses_its_data_and_stays_listed_with_the_reason(store, clock):
    key = aside(store, clock)
    with store.unit_of_work() as unit:
        unit.discard(key, "sent by a test")
    (row,) = found(store, "discarded")
    assert (row.key, row.why, row.since) == (key, "sent by a test", clock[0])
    assert found(store, "set_aside") == []
    apply(store, flush("b", moves("start", 1), waits={"3/0": "hello"}))
    assert due(store) == []
    assert keeper(store, clock).sweep() == 0


def test_only_what_is_set_aside_can_be_offered_or_discarded_and_only_with_a_reason(store, clock):
    apply(store, flush("a", throws()))
    for key in (SENT, "message-x"):
        with pytest.raises(NotFound, match="list them"), store.unit_of_work() as unit:
            unit.offer_again(key)
        with pytest.raises(NotFound), store.unit_of_work() as unit:
            unit.discard(key, "why")
    for reason, error in ((" ", StoreError), ("a\0b", BadText)):
        with pytest.raises(error), store.unit_of_work() as unit:
            unit.discard(SENT, reason)


def test_a_refused_delivery_that_comes_twice_sets_nothing_else_aside(store, clock):
    apply(store, flush("b", moves("start", 1), waits={"3/0": "hello"}), flush("a", throws()))
    with store.reader() as reader:
        (row,) = reader.due(now=START + LIFE, kind="deliver")
    sent(store)
    for _ in range(2):
        with store.unit_of_work() as unit:
            unit.set_aside_delivery("b", row.data, "too large\0")
    assert [one.why for one in found(store, "set_aside")] == ["too large\ufffd"]
    apply(store, flush("a", throws(act_id="again", seq=2)))
    assert due(store) == [("b", ["3/0"])], "the wait is free for another message"


def test_a_message_that_has_arrived_after_all_is_not_set_aside_any_more(store, clock):
    apply(store, flush("b", moves("start", 1), waits={"3/0": "hello"}), flush("a", throws()))
    with store.unit_of_work() as unit:
        (row,) = unit.due(now=START + LIFE, kind="deliver")
        unit.set_aside_delivery("b", row.data, "too large")
    apply(store, flush("b", catches(SENT, 2)))
    assert found(store, "set_aside") == []
