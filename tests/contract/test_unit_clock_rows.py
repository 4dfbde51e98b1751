"""Clocks of units in the store: whose they are, who hears of them, and which tasks show their lamps."""

from datetime import timedelta

from tests.contract.store_samples import YELLOW, act, closed, day, flush, letter, letter_clock, opened, passed
from tests.contract.store_samples import first_round as rounds
from wenzheng import contracts
from wenzheng.store.desk import Queue

NEVER = YELLOW + timedelta(days=300)


def helper(unit, yellow):
    data = {**letter_clock(yellow, None), "clock": f"help@{unit}", "name": "协办时限", "name_en": "Help"}
    return contracts.CLOCK_STARTED, "begins", {**data, "whose": unit}


def asked(unit):
    kind, element, data = opened("contribute", "department")
    return kind, element, {**data, "task_id": f"contribute-{unit}", "unit": unit}


def late(unit, *notify):
    kind, _, data = passed("yellow", *notify, clock=f"help@{unit}")
    return kind, "begins", {**data, "whose": unit}


def helped(city):
    """A letter of the water department; roads and parks help, roads is late."""
    with city.unit_of_work() as unit:
        unit.submit_petition(**letter())
    rows = rounds()[:3]
    rows[0] = [one for one in rows[0] if one.kind != contracts.CLOCK_STARTED]
    help_ = act(4, "help", day(0, 3), helper("roads", YELLOW), helper("housing", NEVER))
    city.apply_flush(flush(*rows, help_, act(5, "ask", day(0, 3), asked("roads"), asked("housing"))))


def test_each_unit_has_a_row_that_says_whose_it_is(city):
    helped(city)
    with city.reader() as reader:
        found = {one.clock: (one.unit_id, one.name_en, one.current) for one in reader.clocks("p1")}
    assert found == {"help@roads": ("roads", "Help", True), "help@housing": ("housing", "Help", True)}


def test_a_second_round_of_a_unit_is_the_next_run_of_its_row(city):
    helped(city)
    stop = contracts.CLOCK_STOPPED, "x", {"clock": "help@roads", "reason": "cancelled", "lamp": None}
    city.apply_flush(flush(act(6, "again", day(1), stop, helper("roads", NEVER))))
    with city.reader() as reader:
        rows = [
            (one.run, one.stop_reason, one.current) for one in reader.clocks("p1") if "roads" in one.clock
        ]
    assert rows == [(1, "cancelled", False), (2, None, True)]


def test_a_late_helper_is_told_of_to_its_own_head_and_to_nobody_elses(city):
    helped(city)
    city.apply_flush(flush(act(6, "late", YELLOW, late("roads", "department_head", "department"))))
    with city.reader() as reader:
        (entry,) = reader.inbox(role="department_head", unit_id="roads")
        assert (entry.clock, entry.clock_name, entry.clock_name_en) == ("help@roads", "协办时限", "Help")
        assert entry.whose == "roads"
        assert len(reader.inbox(role="department", unit_id="roads")) == 1
        assert reader.inbox(role="department_head", unit_id="water") == []


def test_a_task_shows_the_lamp_of_its_own_unit_and_not_anothers(city):
    helped(city)
    now = YELLOW + timedelta(minutes=1)
    queues = {unit: Queue(frozenset({"department"}), frozenset({unit})) for unit in ("roads", "housing")}
    with city.reader() as reader:
        lamps = {unit: reader.queue(queue, now=now)[0].lamp for unit, queue in queues.items()}
        counts = {unit: reader.queue_counts(queue, now=now)[0].lamp for unit, queue in queues.items()}
    assert lamps == counts
    assert lamps["roads"] == "yellow"
    assert lamps["housing"] != "yellow"


def test_what_is_told_of_a_calendar_counts_each_units_clock(city):
    helped(city)
    with city.reader() as reader:
        running = [one.clock for one in reader.running_clocks(["petition-p1"])]
    assert running == ["help@housing", "help@roads"]
    city.apply_flush(flush(act(6, "done", day(1), closed("contribute", "wang", None, text="t"))))
