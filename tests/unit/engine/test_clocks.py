"""Clocks of an instance: days, thresholds, lamps, and when word goes out (calendar.md §5, defaults.md)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.bpmn import CALENDAR, MONDAY, Run, bpmn, compiled, findings_of
from tests.support.engine_story import petition
from wenzheng.engine.state import digest

LETTER = """
    var day date
    clock k starts=s stops=answer from=day yellow=5:head red=15:head,office
    start s
    user answer
    user file
    s -> answer -> file
"""


def letter(day: str | None = None, now: datetime = MONDAY, notation: str = LETTER) -> Run:
    run = Run(notation, now=now)
    return run.start(day=day) if day else run.start()


def thresholds(run: Run) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = run.of("clock_started")[-1]["thresholds"]
    return found


def test_a_clock_starts_when_its_element_completes_with_all_that_a_reader_needs() -> None:
    run = letter("2026-09-07")
    assert run.of("clock_started") == [
        {
            "clock": "k",
            "name": "k",
            "day0": "2026-09-07",
            "calendar": CALENDAR.version,
            "thresholds": [
                {
                    "id": "yellow",
                    "after": 5,
                    "due": "2026-09-14",
                    "from": "2026-09-14T16:00:00+00:00",
                    "lamp": "yellow",
                    "notify": ["head"],
                    "provisional": False,
                },
                {
                    "id": "red",
                    "after": 15,
                    "due": "2026-09-28",
                    "from": "2026-09-28T16:00:00+00:00",
                    "lamp": "red",
                    "notify": ["head", "office"],
                    "provisional": False,
                },
            ],
        }
    ]
    assert run.instance.next_alarm() == datetime(2026, 9, 14, 16, tzinfo=UTC)


def test_day_0_comes_from_the_variable_even_when_the_letter_is_entered_later() -> None:
    assert letter("2026-09-01").of("clock_started")[0]["day0"] == "2026-09-01"


@pytest.mark.parametrize(
    ("now", "day0"),
    [
        (datetime(2026, 9, 7, 15, 59, 59, tzinfo=UTC), "2026-09-07"),
        (datetime(2026, 9, 7, 16, 0, tzinfo=UTC), "2026-09-08"),
    ],
)
def test_without_a_variable_day_0_is_the_day_it_is_in_the_calendars_zone(now: datetime, day0: str) -> None:
    assert letter(now=now).of("clock_started")[0]["day0"] == day0
    assert letter(now=now, notation=LETTER.replace(" from=day", "")).of("clock_started")[0]["day0"] == day0


def test_a_threshold_passes_at_its_instant_once_and_not_before() -> None:
    run = letter("2026-09-07")
    instant = datetime(2026, 9, 14, 16, tzinfo=UTC)
    assert run.until(instant - timedelta(microseconds=1)) == []
    (passed,) = run.until(instant)
    assert passed.data == {
        "clock": "k",
        "threshold": "yellow",
        "due": "2026-09-14",
        "from": "2026-09-14T16:00:00+00:00",
        "lamp": "yellow",
        "notify": ["head"],
        "notice_at": "2026-09-15T00:30:00+00:00",
    }
    assert run.until(instant) == []
    assert run.instance.next_alarm() == datetime(2026, 9, 28, 16, tzinfo=UTC)


def test_an_alarm_that_rings_weeks_late_passes_all_thresholds_oldest_first() -> None:
    run = letter("2026-09-07")
    assert [effect.data["threshold"] for effect in run.wait(days=60)] == ["yellow", "red"]
    assert run.instance.next_alarm() is None


# --- word of a lamp: half past eight of the next working day ----------------------------------


@pytest.mark.parametrize(
    ("day0", "after", "late_from", "notice_at"),
    [
        # Across National Day: 8, 9, 10 (a working Saturday), 12, 13 October.
        ("2026-09-30", 5, "2026-10-13T16:00:00+00:00", "2026-10-14T00:30:00+00:00"),
        # Late from an ordinary Saturday: word goes out on Monday.
        ("2026-09-04", 5, "2026-09-11T16:00:00+00:00", "2026-09-14T00:30:00+00:00"),
        # Late from the working Saturday itself: word goes out that morning.
        ("2026-09-30", 2, "2026-10-09T16:00:00+00:00", "2026-10-10T00:30:00+00:00"),
        # Late from the first day of the holiday: word waits until it is over.
        ("2026-09-29", 1, "2026-09-30T16:00:00+00:00", "2026-10-08T00:30:00+00:00"),
    ],
)
def test_word_goes_out_at_half_past_eight_of_the_next_working_day(
    day0: str, after: int, late_from: str, notice_at: str
) -> None:
    run = letter(day0, notation=LETTER.replace("yellow=5:head red=15:head,office", f"yellow={after}"))
    assert thresholds(run)[0]["from"] == late_from
    (passed,) = run.until(datetime.fromisoformat(late_from))
    assert passed.data["notice_at"] == notice_at


def test_the_petitions_own_clocks_across_national_day() -> None:
    run = Run(petition().process, now=datetime(2026, 9, 30, 2, tzinfo=UTC))
    run.start(petition_id="p", received_on="2026-09-30")
    run.wait(days=60)
    passed = {(p["clock"], p["threshold"]): (p["from"], p["notice_at"]) for p in run.of("threshold_passed")}
    assert passed["letter", "yellow"] == ("2026-10-13T16:00:00+00:00", "2026-10-14T00:30:00+00:00")
    assert passed["letter", "red"] == ("2026-10-27T16:00:00+00:00", "2026-10-28T00:30:00+00:00")
    assert passed["centre", "late"] == ("2026-10-08T16:00:00+00:00", "2026-10-09T00:30:00+00:00")


@pytest.mark.parametrize(("day0", "provisional"), [("2026-12-01", False), ("2026-12-28", True)])
def test_a_deadline_beyond_the_last_decree_is_provisional(day0: str, provisional: bool) -> None:
    assert CALENDAR.decreed_through.isoformat() == "2026-12-31"
    assert thresholds(letter(day0))[0]["provisional"] is provisional


# --- stopping -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answered", "lamp"),
    [
        (datetime(2026, 9, 7, 3, tzinfo=UTC), "green"),
        (datetime(2026, 9, 14, 15, 59, 59, 999999, tzinfo=UTC), "green"),
        (datetime(2026, 9, 14, 16, tzinfo=UTC), "yellow"),
        (datetime(2026, 9, 28, 15, 59, 59, tzinfo=UTC), "yellow"),
        (datetime(2026, 9, 28, 16, tzinfo=UTC), "red"),
    ],
)
@pytest.mark.parametrize("rang", [False, True])
def test_a_stopped_clock_keeps_the_lamp_of_its_time_whether_or_not_the_alarm_rang(
    answered: datetime, lamp: str, rang: bool
) -> None:
    run = letter("2026-09-07")
    if rang:
        run.until(answered)
    run.now = answered
    run.complete("answer")
    assert run.of("clock_stopped") == [{"clock": "k", "reason": "completed", "lamp": lamp}]
    assert run.instance.next_alarm() is None


def test_a_clock_without_lamps_keeps_none() -> None:
    run = letter(notation=LETTER.replace("yellow=5:head red=15:head,office", "late=5"))
    run.now += timedelta(days=60)
    run.complete("answer")
    assert run.of("clock_stopped")[0]["lamp"] is None


@pytest.mark.parametrize(("days", "lamp"), [(1, None), (10, "yellow"), (40, "red")])
def test_the_end_of_an_instance_stops_its_clocks_without_praise(days: int, lamp: str | None) -> None:
    run = letter(notation=LETTER.replace(" stops=answer", ""))
    run.complete("answer")
    run.now += timedelta(days=days)
    run.complete("file")
    assert run.of("clock_stopped") == [{"clock": "k", "reason": "ended", "lamp": lamp}]


def test_a_cancelled_element_does_not_stop_a_clock_only_a_completed_one_does() -> None:
    run = letter(notation=f"{LETTER}boundary b on=answer message=no\nuser after\nb -> after")
    run.message("no")
    assert run.of("clock_stopped") == []
    assert list(run.instance.clocks.running) == ["k"]


ROUNDS = """
    clock k starts=begin stops=answer yellow=5
    start s
    xor m
    script begin: n = n + 1
    var n int = 0
    user answer default=answer_m
    end never
    s -> m -> begin -> answer -> m
    answer -> never if false
"""


def test_a_clock_starts_anew_after_it_has_stopped() -> None:
    run = Run(ROUNDS).start()
    run.now += timedelta(days=1)
    run.complete("answer")
    assert [started["day0"] for started in run.of("clock_started")] == ["2026-09-07", "2026-09-08"]
    assert len(run.of("clock_stopped")) == 1


def test_a_clock_that_runs_is_not_started_again() -> None:
    run = Run(ROUNDS.replace(" stops=answer", "")).start()
    run.now += timedelta(days=1)
    run.complete("answer")
    assert [started["day0"] for started in run.of("clock_started")] == ["2026-09-07"]


def test_a_clock_stopped_and_started_by_one_element_runs_on_anew() -> None:
    run = Run(ROUNDS.replace("stops=answer", "stops=begin")).start()
    run.now += timedelta(days=1)
    run.complete("answer")
    kinds = [effect.kind for effect in run.effects if effect.kind.startswith("clock")]
    assert kinds == ["clock_started", "clock_stopped", "clock_started"]


def test_clocks_reach_across_sub_processes() -> None:
    run = Run("""
        clock k starts=s stops=inside yellow=5
        start s
        sub box
        start i
        user inside
        i -> inside
        close
        user after
        s -> box -> after
    """).start()
    run.complete("inside")
    assert run.of("clock_stopped")[0]["lamp"] == "green"


# --- together with timers -----------------------------------------------------------------------


def test_at_one_instant_the_lamp_turns_before_a_timer_that_ends_the_clock() -> None:
    run = Run("clock k starts=s yellow=5\nstart s\ncatch c days=5\nend e\ns -> c -> e").start()
    assert run.instance.next_alarm() == datetime(2026, 9, 14, 16, tzinfo=UTC)
    effects = run.until(datetime(2026, 9, 14, 16, tzinfo=UTC))
    assert [effect.kind for effect in effects] == ["threshold_passed", "clock_stopped", "instance_ended"]


def test_a_timer_that_is_due_earlier_acts_before_a_later_threshold() -> None:
    run = Run("clock k starts=s yellow=5\nstart s\ncatch c days=4\nend e\ns -> c -> e").start()
    effects = run.wait(days=60)
    # It rang late, so the clock ends yellow; but the threshold was not passed by anybody waiting.
    assert [effect.kind for effect in effects] == ["clock_stopped", "instance_ended"]


def test_thresholds_of_two_clocks_at_one_instant_pass_in_a_fixed_order() -> None:
    run = Run(
        "clock b starts=s yellow=5\nclock a starts=s yellow=5\nstart s\nuser u\ns -> u", restored=True
    ).start()
    assert [effect.data["clock"] for effect in run.wait(days=30)] == ["a", "b"]


def test_running_clocks_are_part_of_the_state_and_the_digest() -> None:
    one, other = letter("2026-09-07"), letter("2026-09-07")
    one.until(datetime(2026, 9, 14, 16, tzinfo=UTC))
    other.until(datetime(2026, 9, 14, 16, tzinfo=UTC))
    assert digest(one.instance) == digest(other.instance)
    other.instance.clocks.running["k"]["day0"] = "2026-09-08"
    assert digest(one.instance) != digest(other.instance)


# --- what a definition may say ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("starts=s", "starts=nobody", "unknown-reference"),
        ("starts=s ", "", "extension-missing"),
        ("stops=answer", "stops=nobody", "unknown-reference"),
        ("from=day", "from=nobody", "clock-day0"),
        ("var day date", "var day string", "clock-day0"),
        ("red=15:head,office", "red=5", "threshold-order"),
        ("red=15:head,office", "red=4", "threshold-order"),
        ("red=15:head,office", "red=99999", "extension-value"),
        ("red=15:head,office", "red=x", "extension-value"),
        ("clock k ", "clock k starts=s\nclock k ", "duplicate-clock"),
    ],
)
def test_a_clock_that_cannot_run_is_refused(old: str, new: str, rule: str) -> None:
    found = findings_of(lambda: compiled(LETTER.replace(old, new)))
    assert rule in {finding.rule for finding in found}


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('lamp="red"', 'lamp="purple"', "extension-value"),
        ('lamp="red"', 'colour="red"', "extension-attribute"),
        ('id="red"', 'id="yellow"', "threshold-order"),
        ('after="15"', "", "extension-missing"),
        ("</wz:clock>", "<wz:field/></wz:clock>", "extension-value"),
        ("</wz:clock>", "</wz:clock><wz:field id='x' type='int'/>", "vendor-extension"),
        ('type="date"', 'type="duration"', "extension-value"),
        ('type="date"', 'type="date" initial="1 +"', "syntax"),
        ('type="date"', 'type="date" initial="5"', "initial-value"),
        ('type="date"', 'type="date" initial="\'x\'"', "initial-value"),
        ('name="day"', 'name="日"', "name-not-ascii"),
        ('name="day"', 'name="true"', "variable_name"),
        (
            '<wz:variable name="day"',
            '<wz:variable name="day" type="int"/><wz:variable name="day"',
            "duplicate-variable",
        ),
        ('type="date"/>', 'type="date"><x/></wz:variable>', "extension-value"),
    ],
)
def test_extensions_of_a_process_are_read_strictly(old: str, new: str, rule: str) -> None:
    data = bpmn(LETTER).decode()
    assert old in data
    found = findings_of(lambda: compiled(data.replace(old, new, 1).encode()))
    assert rule in {finding.rule for finding in found}
