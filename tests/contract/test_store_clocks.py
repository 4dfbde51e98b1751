"""What pauses, lengthens, restarts and moves a clock stands in its row, whoever looks and whatever runs."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.contract.store_samples import (
    LETTER,
    RECEIVED,
    RED,
    act,
    clock_starts,
    clock_stops,
    day,
    flush,
    letter,
    letter_clock,
    started,
)
from wenzheng import contracts

LATER = datetime(2026, 9, 15, 16, tzinfo=UTC)


def limits(yellow: datetime | None, red: datetime | None = RED, **more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [dict(one) for one in letter_clock()["thresholds"]]
    found[0] |= {"from": yellow and yellow.isoformat(), "due": yellow and yellow.date().isoformat(), **more}
    found[1] |= {"from": red and red.isoformat()}
    return found


def paused(over: datetime | None = LATER) -> tuple[str, str, dict[str, Any]]:
    data = {
        "clock": "letter",
        "id": "question",
        "from": "2026-09-03",
        "until": over and "2026-09-10",
        "over": over and over.isoformat(),
        "reason": "note",
        "thresholds": limits(LATER if over else None, RED if over else None),
    }
    return contracts.CLOCK_PAUSED, "ask", data


def changed(kind: str, **data: Any) -> tuple[str, str, dict[str, Any]]:
    return kind, "x", {"clock": "letter", **data}


RESUMED = changed(
    contracts.CLOCK_RESUMED,
    id="question",
    **{"from": "2026-09-03", "to": "2026-09-07", "days": 2, "why": "answered", "reason": "note"},
    thresholds=limits(datetime(2026, 9, 10, 16, tzinfo=UTC)),
)
EXTENDED = changed(
    contracts.CLOCK_EXTENDED,
    id="longer",
    by=5,
    on="2026-09-04",
    until="2026-09-15",
    reason=None,
    thresholds=limits(LATER, plus=5),
)
RESTARTED = changed(
    contracts.CLOCK_RESTARTED,
    day0="2026-09-08",
    before="2026-09-01",
    calendar="e" * 64,
    thresholds=limits(LATER),
)
MOVED = changed(
    contracts.CLOCK_MOVED,
    cause="calendar",
    was="c" * 64,
    notice="notice",
    day0=RECEIVED.isoformat(),
    calendar="f" * 64,
    moved=[{"threshold": "yellow", "before": "2026-09-08", "due": "2026-09-15"}],
    thresholds=limits(LATER),
)


@pytest.fixture
def filed(city):
    with city.unit_of_work() as unit:
        unit.submit_petition(**letter())
    return city


def clock(store):
    with store.reader() as reader:
        (found,) = [one for one in reader.clocks("p1") if one.current and one.clock == "letter"]
    return found


def record(store, *acts):
    first = act(1, "start", day(1), started(), clock_starts())
    rest = [act(n, f"a{n}", day(n), event) for n, event in enumerate(acts, 2)]
    store.apply_flush(flush(first, *rest))


def test_a_clock_of_working_days_says_nothing_more_than_before(filed):
    record(filed)
    found = clock(filed)
    assert (found.unit, found.rule, found.ledger) == ("working_days", None, [])
    assert (found.paused_on, found.paused_over, found.extended_until) == (None, None, None)


def test_a_pause_shows_since_when_and_until_when_at_most(filed):
    record(filed, paused())
    found = clock(filed)
    assert (found.paused_on, found.paused_over) == (date(2026, 9, 3), LATER)
    assert found.yellow_from == LATER
    (said,) = found.ledger
    assert (said["kind"], said["id"], said["reason"]) == ("clock_paused", "question", "note")


def test_a_pause_without_an_end_lights_no_lamp(filed):
    record(filed, paused(over=None))
    found = clock(filed)
    assert (found.yellow_from, found.red_from, found.paused_over) == (None, None, None)
    with filed.reader() as reader:
        assert reader.petition("p1", now=datetime(2027, 1, 1, tzinfo=UTC)).lamp == "unlit"


def test_after_the_answer_it_runs_on_with_new_days(filed):
    record(filed, paused(), RESUMED)
    found = clock(filed)
    assert (found.paused_on, found.paused_over) == (None, None)
    assert found.yellow_from == datetime(2026, 9, 10, 16, tzinfo=UTC)
    assert [entry["kind"] for entry in found.ledger] == ["clock_paused", "clock_resumed"]


def test_an_extension_shows_its_new_last_day(filed):
    record(filed, EXTENDED)
    found = clock(filed)
    assert found.extended_until == date(2026, 9, 15)
    assert found.yellow_from == LATER


def test_a_restart_has_a_new_day_0_and_forgets_the_pause_and_the_extension(filed):
    record(filed, EXTENDED, paused(), RESTARTED)
    found = clock(filed)
    assert (found.day0, found.calendar) == (date(2026, 9, 8), "e" * 64)
    assert (found.paused_on, found.extended_until) == (None, None)


def test_a_new_calendar_version_moves_the_days_and_says_which_it_was(filed):
    record(filed, MOVED)
    found = clock(filed)
    assert (found.calendar, found.yellow_from) == ("f" * 64, LATER)
    assert found.ledger[0]["moved"] == [{"threshold": "yellow", "before": "2026-09-08", "due": "2026-09-15"}]


def test_what_was_refused_is_known_and_changes_no_day(filed):
    record(filed, changed(contracts.CLOCK_KEPT, asked="pause", id="question", why="late"))
    found = clock(filed)
    assert found.ledger[0]["why"] == "late"
    assert found.paused_on is None


def test_a_stopped_clock_is_judged_and_nothing_moves_it(filed):
    record(filed, clock_stops("green"), MOVED)
    found = clock(filed)
    assert (found.calendar, found.ledger, found.frozen_lamp) == ("cn", [], "green")


def test_a_unit_and_a_rule_are_kept_with_the_clock(filed):
    data = letter_clock() | {"unit": "calendar_days", "rule": {"article": "Art. 34"}}
    first = act(1, "start", day(1), started(), (contracts.CLOCK_STARTED, "letter", data))
    filed.apply_flush(flush(first))
    assert (clock(filed).unit, clock(filed).rule) == ("calendar_days", {"article": "Art. 34"})


def test_drawn_again_from_the_log_it_is_the_same(filed):
    record(filed, paused(), RESUMED, EXTENDED, MOVED)
    before = clock(filed)
    with filed.unit_of_work() as unit:
        unit.rebuild(LETTER)
    assert clock(filed) == before
