"""Several processes on one database: nobody is turned away, nothing is lost."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.contract.store_samples import SUBMITTED, YELLOW, act, day, flush, letter, opened, passed, started
from wenzheng.store import Conflict, open_store

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
