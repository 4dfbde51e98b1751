"""Several processes on one database: nobody is turned away, nothing is lost."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path
from threading import Barrier

import pytest

from tests.contract.store_samples import (
    LETTER,
    SUBMITTED,
    YELLOW,
    act,
    day,
    flush,
    letter,
    opened,
    passed,
    started,
)
from wenzheng.store import Conflict, StoreAway, open_store

PROCESSES, LETTERS = 4, 25

WORK = """
import sys
from tests.contract.store_samples import *
from wenzheng.store import open_store

url, me, letters = sys.argv[1], sys.argv[2], int(sys.argv[3])
store = open_store(url)
for n in range(letters):
    name = f"{me}-{n}"
    with store.unit_of_work() as unit:
        unit.submit_petition(**letter(name))
        # Everybody sends this one as well, each under its own id: one letter.
        unit.submit_petition(**letter(f"shared-{name}", act_id=f"shared-{n}"))
    for rows in first_round():
        store.apply_flush(flush(rows, instance=f"petition-{name}"))
        # All processes deliver the flushes of one instance, as after a restart.
        store.apply_flush(flush(rows, instance="shared"))
    with store.reader() as reader:
        assert reader.petition(name, now=day(1)).state == "verdict"
        reader.lamp_counts(now=day(1))
store.close()
"""


def at_once(times, do):
    """What `do(0)`, `do(1)`, … give when they all begin at the same moment."""
    ready = Barrier(times)

    def one(n):
        ready.wait()
        return do(n)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def test_four_processes_submit_and_flush_without_a_lock_error(city, store_url):
    root = Path(__file__).parents[2]
    running = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", WORK, store_url, f"w{n}", str(LETTERS)],
            cwd=root,
            stderr=subprocess.PIPE,
            text=True,
        )
        for n in range(PROCESSES)
    ]
    errors = [process.communicate(timeout=120)[1] for process in running]
    assert errors == [""] * PROCESSES
    with city.reader() as reader:
        rows = reader.petitions(now=day(1), limit=500).items
        assert len(rows) == PROCESSES * LETTERS + LETTERS
        numbers = sorted(row.number for row in rows)
        assert numbers == [f"2026-{n:06d}" for n in range(1, len(rows) + 1)]
        assert len(reader.due(now=SUBMITTED, kind="start_workflow", limit=999)) == len(rows)
        assert [fact.fact for fact in reader.facts("w0-0")][-1] == "verdict"
        assert len(reader.records("shared")) == len(reader.timeline("w0-0"))
        assert reader.voided_records("shared") == []


def test_of_twenty_heads_who_answer_at_once_exactly_one_wins(city):
    city.apply_flush(flush(act(1, "t", YELLOW, passed("red", "supervision")), instance="other"))
    with city.reader() as reader:
        (entry,) = reader.inbox(role="supervisor")

    def answer(n):
        try:
            with city.unit_of_work() as unit:
                unit.acknowledge(entry_id=entry.id, actor=f"a{n}", kind="order", text="x", at=day(9))
        except Conflict as lost:
            return lost.by
        return "won"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(answer, range(20)))
    assert answers.count("won") == 1
    winner = f"a{answers.index('won')}"
    assert set(answers) == {"won", winner}


def test_a_reader_waits_for_no_writer_and_sees_one_picture(city, store_url):
    other = open_store(store_url)
    with city.reader() as before, other.unit_of_work() as unit:
        assert before.petition("p1") is None
        unit.submit_petition(**letter())
        unit.apply_flush(flush(act(1, "s", day(0), started(), opened("accept", "clerk"))))
        with city.reader() as meanwhile:
            assert meanwhile.petition("p1") is None
    with city.reader() as after:
        assert after.petition("p1").instance_state == "running"
    other.close()


def test_of_senders_that_finish_one_notice_at_once_one_recorded_it(store):
    for n in range(5):
        key = f"k{n}"
        store.queue_notice(
            key=key,
            instance="i",
            petition_id=None,
            template="accepted",
            recipient_role="author",
            recipient_unit=None,
            not_before=SUBMITTED,
            data={},
        )
        with store.reader() as reader:
            (row,) = reader.due(now=SUBMITTED)

        def finish(_n, row=row):
            with store.unit_of_work() as unit:
                return unit.mark_sent(id=row.id, at=day(1))

        assert sorted(at_once(4, finish)) == [False, False, False, True]


def test_a_letter_sent_twice_at_new_years_midnight_is_one_letter(city):
    for n in range(5):

        def send(k, n=n):
            year = 2026 + k % 2
            with city.unit_of_work() as unit:
                row = unit.submit_petition(
                    **letter(f"p{n}-{k}", act_id=f"same-{n}", received_on=date(year, 1, 1))
                )
                return row.id

        assert len(set(at_once(4, send))) == 1


def test_the_first_flushes_of_a_process_may_come_at_once(store):
    for n in range(5):
        one = flush(act(1, "start", day(0), started()), instance=f"other-{n}")
        at_once(4, lambda _n, one=one: store.apply_flush(one))
        with store.reader() as reader:
            assert len(reader.records(f"other-{n}")) == 1


def test_flushes_of_one_instance_at_once_leave_the_picture_of_all_of_them(city):
    with city.unit_of_work() as unit:
        unit.submit_petition(**letter())
    acts = [act(n + 1, f"a{n}", day(n), opened(f"e{n}", "clerk")) for n in range(4)]
    at_once(4, lambda n: city.apply_flush(flush(*acts[: n + 1])))
    with city.reader() as reader:
        assert reader.instance(LETTER).seq == 4
        assert [task.element for task in reader.tasks(instance=LETTER)] == ["e0", "e1", "e2", "e3"]


def test_an_account_saved_by_all_processes_as_they_start_is_one_account(city):
    def save(_n):
        with city.unit_of_work() as unit:
            return unit.save_account(id="li", name="李", role="clerk", unit_id="centre", token="t").id

    assert at_once(4, save) == ["li"] * 4


def test_a_reader_sees_one_picture_though_letters_come_in_between(city, store_url):
    writer = open_store(store_url)
    with city.reader() as reader:
        assert reader.petition("p1") is None
        with writer.unit_of_work() as unit:
            unit.submit_petition(**letter())
        assert reader.petitions(now=day(1)).items == []
        assert reader.lamp_counts(now=day(1)) == []
    with city.reader() as reader:
        assert reader.petition("p1") is not None
    writer.close()


def test_a_writer_behind_one_that_does_not_finish_is_told_to_try_again(sqlite_migrated, monkeypatch):
    monkeypatch.setattr("wenzheng.store.store.LOCK_TIMEOUT", 0.05)
    with closing(open_store(sqlite_migrated)) as store:
        one = flush(act(1, "start", day(0), started()), instance="other")
        with store.unit_of_work(), pytest.raises(StoreAway):
            at_once(1, lambda _n: store.apply_flush(one))
        at_once(1, lambda _n: store.apply_flush(one))
        with store.reader() as reader:
            assert len(reader.records("other")) == 1
