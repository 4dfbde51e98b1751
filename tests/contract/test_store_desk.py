"""Queues and inboxes of people: the same on each database, and read by its indexes."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from tests.contract.store_samples import (
    RED,
    YELLOW,
    act,
    clock_starts,
    closed,
    day,
    first_round,
    flush,
    letter,
    opened,
    passed,
    started,
)
from wenzheng.store.desk import Queue

CLERK = Queue(frozenset({"clerk"}), frozenset())
WATER = Queue(frozenset({"department"}), frozenset({"water", "pipes"}))


def file(city, name, *acts):
    with city.unit_of_work() as unit:
        unit.submit_petition(**letter(name))
        unit.apply_flush(flush(*acts, instance=f"petition-{name}"))


def late(name_at, emergency=False):
    """A letter with the clerk, whose clock turns yellow at an instant."""
    return [
        act(
            1, "start", day(0), started(), clock_starts(name_at, None), opened("accept", "clerk", "accepted")
        ),
        act(
            2,
            "a-accept",
            day(0, 1),
            closed("accept", "li", "accepted", accepted=True, emergency=emergency),
            opened("assign", "clerk", "assigned"),
        ),
    ]


def test_the_most_urgent_come_first_page_by_page(city):
    file(city, "later", *late(day(9)))
    file(city, "endless", *late(None))
    file(city, "sooner", *late(day(2)))
    file(city, "urgent", *late(day(20), emergency=True))
    with city.reader() as reader:
        order = [item.petition_id for item in reader.queue(CLERK, now=day(3))]
        assert order == ["urgent", "sooner", "later", "endless"]
        pages = [reader.queue(CLERK, now=day(3), offset=n, limit=2) for n in (0, 2, 4)]
        assert [[item.petition_id for item in page] for page in pages] == [order[:2], order[2:], []]
        assert [item.lamp for item in reader.queue(CLERK, now=day(3))] == [
            "unlit", "yellow", "unlit", "unlit",
        ]  # fmt: skip
        assert [item.petition_id for item in reader.queue(CLERK, now=day(3), lamp="yellow")] == ["sooner"]


def test_a_department_has_the_tasks_of_its_units_and_nobody_elses(city):
    rounds = first_round()
    file(city, "p1", *rounds[:3])
    pipes = [*rounds[:2], act(3, "a", day(0, 2), closed("assign", "li", "assigned", department="pipes"),
                              opened("reply", "department", "replied"))]  # fmt: skip
    file(city, "p2", *pipes)
    roads = [*rounds[:2], act(3, "a", day(0, 2), closed("assign", "li", "assigned", department="roads"),
                              opened("reply", "department", "replied"))]  # fmt: skip
    file(city, "p3", *roads)
    with city.reader() as reader:
        assert {item.petition_id for item in reader.queue(WATER, now=day(1))} == {"p1", "p2"}
        assert [item.petition_id for item in reader.queue(WATER, now=day(1), unit_id="pipes")] == ["p2"]
        assert reader.queue(WATER, now=day(1), unit_id="roads") == []
        for nobody in (
            Queue(frozenset({"department"}), frozenset()),
            Queue(frozenset(), frozenset({"water"})),
            Queue(frozenset({"supervisor"}), frozenset({"water"})),
        ):
            assert reader.queue(nobody, now=day(1)) == []
            assert reader.queue_counts(nobody, now=day(1)) == []


def test_the_numbers_are_those_of_the_queue(city):
    rounds = first_round()
    file(city, "p1", *rounds[:3])
    file(city, "p2", *rounds[:4])
    file(city, "p3", *rounds[:1])
    with city.reader() as reader:
        counts = reader.queue_counts(WATER, now=RED)
        assert {(c.element, c.unit_id, c.lamp, c.count) for c in counts} == {
            ("reply", "water", "red", 1),
            ("complete", "water", "green", 1),
        }
        assert sum(c.count for c in reader.queue_counts(CLERK, now=RED)) == 1
        clocks = reader.clocks_of(["petition-p1", "petition-p2"])
        assert [clock.clock for clock in clocks["petition-p1"]] == ["letter"]
        assert clocks["petition-p2"] == []
        assert set(reader.petitions_of(["p1", "p3", "nobody"], now=RED)) == {"p1", "p3"}


def test_an_inbox_is_read_open_ones_first_and_counted(city):
    for n, name in enumerate(("p1", "p2", "p3")):
        timer = act(4, "timer", YELLOW + timedelta(hours=n), passed("yellow", "department_head"))
        file(city, name, *first_round()[:3], timer)
    head = {"role": "department_head", "unit_id": "water"}
    with city.unit_of_work() as unit:
        entries = unit.inbox_page(**head, answered=False)
        assert [entry.petition_id for entry in entries] == ["p1", "p2", "p3"]
        unit.acknowledge(entry_id=entries[1].id, actor="wang", kind="order", text="快办", at=RED)
    with city.reader() as reader:
        assert [e.petition_id for e in reader.inbox_page(**head, answered=False)] == ["p1", "p3"]
        assert [e.petition_id for e in reader.inbox_page(**head, answered=True)] == ["p2"]
        assert [e.petition_id for e in reader.inbox_page(**head, answered=False, offset=1, limit=1)] == ["p3"]
        count = reader.inbox_count(**head)
        assert (count.open, count.answered) == (2, 1)
        for other in ({"role": "department_head", "unit_id": "roads"}, {"role": "clerk", "unit_id": "water"}):
            assert reader.inbox_page(**other, answered=False) == []
            assert reader.inbox_count(**other).open == 0


@pytest.mark.parametrize("words", ["没有水", "2026-000001", "P_1", "%"])
def test_letters_are_found_by_words_of_their_title_or_number(city, words):
    file(city, "p1", *first_round()[:2])
    with city.unit_of_work() as unit:
        unit.submit_petition(**letter("p2", title="100% p_1"))
    found = {"没有水": ["p1"], "2026-000001": ["p1"], "P_1": ["p2"], "%": ["p2"]}[words]
    with city.reader() as reader:
        assert [row.id for row in reader.petitions(now=RED, words=words).items] == found


def test_closed_tasks_and_other_letters_cost_a_queue_nothing(city):
    """Indexes are used to their end: what is done only grows."""
    if city.engine.dialect.name != "sqlite":
        return  # PostgreSQL chooses by its statistics, and an empty table has none
    file(city, "p1", *first_round()[:3])
    asked = []
    with city.reader() as reader:
        connection = reader.session.connection()
        event.listen(connection, "before_cursor_execute", lambda *a: asked.append((a[2], a[3])))
        for queue in (CLERK, WATER):
            reader.queue(queue, now=RED)
            reader.queue_counts(queue, now=RED)
        for query, values in asked[:]:
            plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values).all())
            assert "ix_tasks_role_unit_id_closed_at (role=? AND unit_id=? AND closed_at=?)" in plan
            assert "SCAN tasks" not in plan
            assert "SCAN clocks" not in plan
            assert "SCAN instances" not in plan
    assert len(asked) >= 4
