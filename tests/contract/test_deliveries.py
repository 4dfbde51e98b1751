"""What becomes of a delivery by the receiver's answer, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wenzheng import contracts
from wenzheng.bootstrap.outboxes import StoreDeliveries
from wenzheng.contracts import ActResult, Delivery, Flush, Record, Routing, Subscription
from wenzheng.gateways.deliveries import Deliveries
from wenzheng.gateways.ports import ActRefused, ProcessUnavailable

NOW = datetime(2100, 1, 1, tzinfo=UTC)
BUNDLE = "b" * 64


class Instances:
    """Receivers that answer as they are told; `asked` is what came to whom."""

    def __init__(self, answer: Callable[[], Exception | None]) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str]] = []

    async def deliver(self, instance: str, delivery: Delivery) -> ActResult:
        self.asked.append((instance, delivery.name))
        error = self.answer()
        if error is not None:
            raise error
        return ActResult(delivery.act_id, 1, delivery.sender, NOW)


def flush(instance: str, kind: str, waits: list[str], **data: Any) -> Flush:
    record = Record("go", 0, 1, kind, "e", NOW, data)
    subscriptions = [Subscription(wait, "message", "hello") for wait in waits]
    return Flush(instance, BUNDLE, "c" * 64, [record], instance, {}, Routing(subscriptions))


@pytest.fixture
def talking(store):
    """Two wait, and a message is on its way to the first."""
    for instance in ("b", "c"):
        store.apply_flush(flush(instance, contracts.INSTANCE_MOVED, ["1/0"]))
    store.apply_flush(flush("a", contracts.MESSAGE_THROWN, [], message="hello", data={}))
    return store


def due(store: Any, at: datetime) -> list[str]:
    return [row.instance for row in StoreDeliveries(store).due_deliveries(at, 10)]


async def test_what_was_taken_is_not_handed_over_again(talking):
    receivers = Instances(lambda: None)
    deliveries = Deliveries(StoreDeliveries(talking), receivers, lambda: NOW)
    assert [await deliveries.sweep(), await deliveries.sweep()] == [1, 0]
    assert receivers.asked == [("b", "hello")]


GONE = [
    ActRefused(contracts.REFUSED_NOT_OPEN, "nobody waits"),
    ActRefused(contracts.REFUSED_ENDED, "it has ended"),
    ProcessUnavailable("no such instance", not_started=True),
]


@pytest.mark.parametrize("answer", GONE, ids=["not-open", "ended", "unknown"])
async def test_what_is_refused_goes_to_the_next_who_waits_and_then_is_kept(talking, answer):
    receivers = Instances(lambda: answer)
    deliveries = Deliveries(StoreDeliveries(talking), receivers, lambda: NOW)
    for _ in range(3):
        await deliveries.sweep()
    assert receivers.asked == [("b", "hello"), ("c", "hello")]
    talking.apply_flush(flush("d", contracts.INSTANCE_MOVED, ["1/0"]))
    assert due(talking, NOW) == ["d"]


PASSING = [
    ActRefused(contracts.REFUSED_TRY_AGAIN, "the store is away"),
    ProcessUnavailable("nobody there"),
]


@pytest.mark.parametrize("answer", PASSING, ids=["try-again", "away"])
async def test_what_fails_stays_with_its_receiver_and_is_tried_later(talking, answer):
    receivers = Instances(lambda: answer)
    deliveries = Deliveries(StoreDeliveries(talking), receivers, lambda: NOW)
    assert await deliveries.sweep() == 0
    assert due(talking, NOW) == []
    assert due(talking, NOW + timedelta(minutes=2)) == ["b"]
    with talking.reader() as reader:
        row = reader.due(now=NOW + timedelta(minutes=2), kind="deliver")[0]
    assert row.last_error == str(answer)


async def test_what_a_receiver_cannot_take_is_set_aside_and_others_get_through(store, caplog):
    store.apply_flush(flush("b", contracts.INSTANCE_MOVED, ["1/0"]))
    for sender in ("a", "e"):
        store.apply_flush(flush(sender, contracts.MESSAGE_THROWN, [], message="hello", data={}))
    answers = iter([ActRefused(contracts.REFUSED_DATA, "too large"), None])
    receivers = Instances(lambda: next(answers))
    deliveries = Deliveries(StoreDeliveries(store), receivers, lambda: NOW)
    assert [await deliveries.sweep() for _ in range(3)] == [1, 1, 0]
    assert receivers.asked == [("b", "hello"), ("b", "hello")]
    assert due(store, NOW + timedelta(days=400)) == []
    with store.reader() as reader:
        (aside,) = reader.messages("set_aside")
    assert (aside.instance, aside.why, aside.receiver) == ("a", "too large", None)
    assert "set aside: too large" in caplog.text
