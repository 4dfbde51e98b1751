"""The router's rules, on each of its boards: in memory and in the tables of both databases.

A town of instances in one bundle; `due` says what is to be handed over to whom.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.conftest import BACKENDS
from wenzheng.engine.router import MESSAGE, SIGNAL, MemoryBoard, Router, Thrown, Waiting, fits
from wenzheng.store import open_store
from wenzheng.store.router import TableBoard

BUNDLE = "b" * 64


class Town:
    """A router on some board, spoken to in short."""

    def __init__(self, board: Any, due: Callable[[], list[tuple[str, str]]]) -> None:
        self.router = Router(board)
        self.due = due
        self.thrown = 0

    def waits(
        self, instance: str, *ids: str, name: str = "go", arrived: tuple[str, ...] = (), **key: Any
    ) -> None:
        keys = {one: [value] for one, value in key.items()}
        self.router.stands(
            instance, [Waiting(BUNDLE, instance, id_, MESSAGE, name, keys) for id_ in ids], arrived
        )

    def listens(self, instance: str, *ids: str, name: str = "alarm") -> None:
        self.router.stands(instance, [Waiting(BUNDLE, instance, id_, SIGNAL, name) for id_ in ids])

    def send(
        self, name: str = "go", *, bundle: str = BUNDLE, begins: tuple[str, ...] = (), **key: Any
    ) -> str:
        self.thrown += 1
        message = f"thrower/act/{self.thrown}"
        keys = {one: [value] for one, value in key.items()}
        self.router.throw(Thrown(bundle, message, "thrower", MESSAGE, name, keys, {"n": self.thrown}, begins))
        return message

    def signal(self, *begins: str) -> str:
        self.thrown += 1
        self.router.throw(
            Thrown(BUNDLE, f"thrower/act/{self.thrown}", "thrower", SIGNAL, "alarm", begins=begins)
        )
        return f"thrower/act/{self.thrown}"


def in_memory() -> Town:
    board = MemoryBoard()
    return Town(board, lambda: sorted((one.thrown.key, one.receiver) for one in board.due))


@contextlib.contextmanager
def in_tables(url: str, *, keep: bool = True) -> Iterator[Town]:
    with contextlib.closing(open_store(url)) as store, store.unit_of_work() as unit:
        now = datetime(2026, 9, 7, tzinfo=UTC)

        def due() -> list[tuple[str, str]]:
            rows = unit.due(now=now)
            return sorted(
                (row.data.get("start", {}).get("event", row.data)["act_id"], row.instance) for row in rows
            )

        yield Town(TableBoard(unit.session, now, "c" * 64), due)
        if not keep:
            unit.session.rollback()


@pytest.fixture(params=["memory", *BACKENDS])
def town(request: pytest.FixtureRequest) -> Iterator[Town]:
    if request.param == "memory":
        yield in_memory()
        return
    with in_tables(request.getfixturevalue(f"{request.param}_migrated")) as found:
        yield found


def test_a_message_goes_to_whoever_has_waited_longest(town: Town) -> None:
    town.waits("b", "1/0")
    town.waits("a", "1/0")
    message = town.send()
    assert town.due() == [(message, "b")]


def test_two_messages_go_to_two_who_wait(town: Town) -> None:
    town.waits("a", "1/0")
    town.waits("b", "1/0")
    first, second = town.send(), town.send()
    assert town.due() == [(first, "a"), (second, "b")]


def test_a_message_is_kept_until_somebody_waits_and_then_given_once(town: Town) -> None:
    first, second = town.send(), town.send()
    assert town.due() == []
    town.waits("a", "1/0")
    assert town.due() == [(first, "a")]
    town.waits("b", "1/0")
    assert town.due() == [(first, "a"), (second, "b")]


def test_a_message_of_another_name_or_bundle_concerns_nobody(town: Town) -> None:
    town.waits("a", "1/0")
    town.send("other")
    town.send(bundle="c" * 64)
    assert town.due() == []


def test_a_correlated_message_goes_to_the_conversation_it_belongs_to(town: Town) -> None:
    town.waits("a", "1/0", order="A")
    town.waits("b", "1/0", order="B")
    message = town.send(order="B")
    assert town.due() == [(message, "b")]
    town.send(order="C")
    town.send()
    assert town.due() == [(message, "b")]


def test_who_comes_gets_the_kept_message_of_their_conversation(town: Town) -> None:
    town.send(order="A")
    message = town.send(order="B")
    town.waits("b", "1/0", order="B")
    assert town.due() == [(message, "b")]


def test_a_kept_message_is_taken_when_the_key_that_is_expected_changes(town: Town) -> None:
    message = town.send(order="B")
    town.waits("a", "1/0", order="A")
    assert town.due() == []
    town.waits("a", "1/0", order="B")
    assert town.due() == [(message, "a")]


def test_numbers_texts_and_truths_are_different_values(town: Town) -> None:
    town.waits("a", "1/0", order=1)
    town.send(order="1")
    town.send(order=True)
    assert town.due() == []
    message = town.send(order=1)
    assert town.due() == [(message, "a")]


def test_a_message_that_begins_a_process_goes_to_a_waiting_instance_first(town: Town) -> None:
    town.waits("a", "1/0")
    first, second = town.send(begins=("p",)), town.send(begins=("p",))
    assert next(receiver for _, receiver in town.due()) == "a"
    assert [key for key, _ in town.due()] == [first, second]
    assert town.due()[1][1] != "a"


def test_a_message_on_its_way_to_a_wait_that_is_gone_goes_to_somebody_else(town: Town) -> None:
    town.waits("a", "1/0")
    message = town.send()
    town.waits("a")
    assert town.due() == []
    town.waits("b", "1/0")
    assert town.due() == [(message, "b")]


def test_a_message_that_begins_a_process_after_all_is_not_kept_as_well(town: Town) -> None:
    town.waits("a", "1/0")
    message = town.send(begins=("p",))
    town.waits("a")
    town.waits("b", "1/0")
    assert [key for key, _ in town.due()] == [message]
    assert town.due()[0][1] not in {"a", "b"}


def test_a_message_that_came_too_late_goes_to_somebody_else(town: Town) -> None:
    town.waits("a", "1/0")
    town.waits("b", "1/0")
    message = town.send()
    town.router.refused(Waiting(BUNDLE, "a", "1/0", MESSAGE, "go"))
    assert town.due() == [(message, "b")]


def test_who_has_got_a_message_and_waits_on_gets_the_next(town: Town) -> None:
    town.waits("a", "1/0")
    first, second = town.send(), town.send()
    assert town.due() == [(first, "a")]
    town.waits("a", "1/0", arrived=(first,))
    assert (second, "a") in town.due()


def test_who_has_got_a_message_and_is_gone_takes_no_other(town: Town) -> None:
    town.waits("a", "1/0")
    first = town.send()
    town.waits("a", arrived=(first,))
    town.waits("b", "1/0")
    assert "b" not in [receiver for _, receiver in town.due()]


def test_a_signal_reaches_everybody_but_its_thrower_once_and_begins_processes(town: Town) -> None:
    town.listens("a", "1/0", "2/0")
    town.listens("b", "1/0")
    town.listens("thrower", "1/0")
    signal = town.signal("p", "q")
    found = town.due()
    assert len(found) == 4
    assert {(signal, "a"), (signal, "b")} < set(found)


def test_a_signal_is_not_kept(town: Town) -> None:
    town.signal()
    town.listens("a", "1/0")
    assert town.due() == []


@pytest.mark.parametrize(
    ("expected", "carried", "answer"),
    [
        ({}, {}, True),
        ({}, {"k": [1]}, True),
        ({"k": [1]}, {}, False),
        ({"k": [1]}, {"k": [1]}, True),
        ({"k": [1]}, {"k": [2]}, False),
        ({"k": [1], "l": [2]}, {"k": [1]}, True),
        ({"k": [1], "l": [2]}, {"k": [1], "l": [3]}, False),
        ({"k": [1, 2]}, {"k": [1, 3]}, False),
    ],
)
def test_a_message_has_to_carry_one_expected_key_and_contradict_none(
    expected: dict[str, list[Any]], carried: dict[str, list[Any]], *, answer: bool
) -> None:
    assert fits(expected, carried) is answer


NAMES = st.sampled_from(["a", "b", "c"])
WAITS = st.lists(st.sampled_from(["1/0", "2/0", "3/1"]), unique=True, max_size=2)
KEYS = st.dictionaries(st.sampled_from("kl"), st.sampled_from([1, "1", True]), max_size=2)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("waits"), NAMES, WAITS, KEYS, st.integers(0, 3)),
        st.tuples(st.just("send"), KEYS, st.booleans()),
        st.tuples(st.just("refuse"), NAMES, st.sampled_from(["1/0", "2/0", "3/1"])),
    ),
    max_size=12,
)


def live(town: Town, steps: list[Any]) -> list[list[tuple[str, str]]]:
    """What is due after each step; `waits` may say that one of the messages on their way has arrived."""
    seen = []
    for step in steps:
        match step:
            case ("waits", instance, ids, keys, arrived):
                mine = sorted({key for key, receiver in town.due() if receiver == instance})
                town.waits(instance, *ids, arrived=tuple(mine[:arrived]), **keys)
            case ("send", keys, begins):
                town.send(begins=("p",) if begins else (), **keys)
            case ("refuse", instance, wait):
                town.router.refused(Waiting(BUNDLE, instance, wait, MESSAGE, "go"))
        seen.append([(key, receiver if receiver in "abc" else "begun") for key, receiver in town.due()])
    return seen


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_tables_and_memory_decide_alike_and_give_nothing_to_two(
    sqlite_migrated: str, steps: list[Any]
) -> None:
    expected = live(in_memory(), steps)
    with in_tables(sqlite_migrated, keep=False) as town:
        assert live(town, steps) == expected
    for due in expected:
        keys = [key for key, _ in due]
        assert len(keys) == len(set(keys))
