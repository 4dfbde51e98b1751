"""Clocks that pause, are lengthened, begin anew and move with their day (calendar.md §5, defaults.md)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.bpmn import Run

ASKED = """
    var day date
    var why string
    var more int
    var fixed_on date
    clock k starts=s stops=answer from=day yellow=5:head red=15:head,office
    pause k id=question on=ask resumes=told at_most
    extension k id=longer on=grant by=more atMost=10 times=1 asked=request reason=why
    restart k on=corrected from=fixed_on
    start s
    and f
    user answer
    user ask
    field ask why string
    user told
    user request
    user grant
    field grant more int
    field grant why string
    user corrected
    field corrected fixed_on date
    s -> f
    f -> answer
    f -> ask -> told
    f -> request -> grant
    f -> corrected
"""
PAUSE = "pause k id=question on=ask resumes=told"
ONCE = ASKED.replace(f"{PAUSE} at_most", f"{PAUSE} atMost=5 times=1 within=3 reason=why")
ENDLESS = ASKED.replace(f"{PAUSE} at_most", PAUSE)


def at(day: str, hour: int = 2) -> datetime:
    """An instant of a day; two o'clock UTC is ten in the morning in Beijing."""
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)


def letter(notation: str = ONCE, day: str = "2026-09-07") -> Run:
    return Run(notation, now=at(day)).start(day=day)


def on(run: Run, day: str, element: str, **data: Any) -> list[Any]:
    run.until(at(day))
    return run.complete(element, **data)


def dues(run: Run, clock: str = "k") -> list[str]:
    return [threshold["due"] for threshold in run.instance.clocks.running[clock]["thresholds"]]


# --- pauses -------------------------------------------------------------------------------------


def test_a_question_to_the_citizen_stops_the_days_and_the_answer_lets_them_run_on() -> None:
    run = letter()
    assert dues(run) == ["2026-09-14", "2026-09-28"]
    (paused,) = [e.data for e in on(run, "2026-09-09", "ask", why="note-1") if e.kind == "clock_paused"]
    # Monday is day 0; Tuesday and Wednesday are used, three are left.
    assert {name: paused[name] for name in ("id", "from", "until", "reason")} == {
        "id": "question",
        "from": "2026-09-09",
        "until": "2026-09-16",
        "reason": "note-1",
    }
    (resumed,) = [e.data for e in on(run, "2026-09-11", "told") if e.kind == "clock_resumed"]
    assert {name: resumed[name] for name in ("from", "to", "days", "why")} == {
        "from": "2026-09-09",
        "to": "2026-09-11",
        "days": 2,
        "why": "answered",
    }
    # Friday is day 0 again; 14, 15, 16 September are the three that were left.
    assert dues(run) == ["2026-09-16", "2026-09-30"]
    assert [t["due"] for t in resumed["thresholds"]] == dues(run)


def test_nothing_is_passed_while_the_clock_stands_still() -> None:
    run = letter()
    on(run, "2026-09-09", "ask")
    assert run.until(at("2026-09-15")) == []
    assert run.instance.next_alarm() == datetime(2026, 9, 16, 16, tzinfo=UTC)


def test_a_pause_goes_on_by_itself_at_its_limit_even_when_the_alarm_rings_weeks_late() -> None:
    run = letter()
    on(run, "2026-09-09", "ask")
    happened = run.until(at("2026-10-31"))
    assert [effect.kind for effect in happened] == ["clock_resumed", "threshold_passed", "threshold_passed"]
    resumed = happened[0].data
    assert (resumed["to"], resumed["days"], resumed["why"]) == ("2026-09-16", 5, "limit")
    assert happened[1].data["due"] == "2026-09-20"  # a working Sunday
    assert happened[1].data["from"] == "2026-09-20T16:00:00+00:00"


def test_boards_are_right_without_a_worker_a_pause_is_shown_as_if_it_lasted_to_its_limit() -> None:
    run = letter()
    on(run, "2026-09-09", "ask")
    before = dues(run)
    run.until(at("2026-09-17"))
    assert dues(run) == before == ["2026-09-20", "2026-10-10"]


def test_a_pause_without_a_limit_has_no_days_until_it_ends() -> None:
    run = letter(ENDLESS)
    on(run, "2026-09-09", "ask")
    assert dues(run) == [None, None]
    assert run.instance.next_alarm() is None
    assert run.until(at("2026-12-01")) == []
    run.complete("told")
    assert dues(run) == ["2026-12-04", "2026-12-18"]


def thresholds(run: Run) -> list[Any]:
    found: list[Any] = run.instance.clocks.running["k"]["thresholds"]
    return found


def test_a_limit_that_was_over_before_the_pause_stays_over() -> None:
    run = letter(ENDLESS)
    on(run, "2026-09-16", "ask")
    assert [(t["due"], t["passed"]) for t in thresholds(run)] == [("2026-09-14", True), (None, False)]
    on(run, "2026-09-21", "told")
    assert [(t["due"], t["passed"]) for t in thresholds(run)] == [
        ("2026-09-14", True),
        ("2026-10-09", False),
    ]


def test_a_question_on_the_fourth_day_is_no_free_pass() -> None:
    run = letter()
    (kept,) = [e.data for e in on(run, "2026-09-11", "ask") if e.kind.startswith("clock_")]
    assert kept == {"clock": "k", "asked": "pause", "id": "question", "why": "late"}
    assert dues(run) == ["2026-09-14", "2026-09-28"]


def test_the_days_in_which_one_may_ask_can_be_those_of_another_clock() -> None:
    assigned = (
        ONCE.replace("within=3", "within=3 of=unit")
        + """
        clock unit starts=assign late=5
        user assign
        f -> assign
    """
    )
    run = letter(assigned)
    on(run, "2026-09-10", "assign")
    on(run, "2026-09-15", "ask")
    assert run.of("clock_kept") == []
    assert [e["id"] for e in run.of("clock_paused")] == ["question"]
    never = letter(assigned)
    on(never, "2026-09-08", "ask")
    assert [e["why"] for e in never.of("clock_kept")] == ["late"]


ROUNDS = """
    clock k starts=s yellow=5
    pause k id=q on=ask resumes=told atMost=5 times=2
    start s
    xor m
    user ask
    user told default=told_m
    end never
    s -> m -> ask -> told -> m
    told -> never if false
"""


def test_several_pauses_add_up_and_no_more_than_were_allowed() -> None:
    run = Run(ROUNDS, now=at("2026-09-07")).start()
    for asked, told in (
        ("2026-09-08", "2026-09-09"),
        ("2026-09-10", "2026-09-14"),
        ("2026-09-15", "2026-09-16"),
    ):
        on(run, asked, "ask")
        on(run, told, "told")
    assert [(r["from"], r["to"], r["days"]) for r in run.of("clock_resumed")] == [
        ("2026-09-08", "2026-09-09", 1),
        ("2026-09-10", "2026-09-14", 2),
    ]
    assert run.of("clock_kept") == [{"clock": "k", "asked": "pause", "id": "q", "why": "times"}]
    assert dues(run) == ["2026-09-17"]  # 14 September and three working days more


@given(st.dates(date(2004, 1, 1), date(2026, 6, 1)), st.integers(0, 12))
def test_to_pause_and_go_on_within_a_day_changes_nothing(day: date, later: int) -> None:
    run = letter(ENDLESS, day.isoformat())
    run.until(at(day.isoformat()) + timedelta(days=later))
    before = dues(run)
    run.complete("ask")
    run.complete("told")
    assert dues(run) == before


def test_an_answer_while_the_clock_stands_still_is_green() -> None:
    run = letter()
    on(run, "2026-09-09", "ask")
    on(run, "2026-09-15", "answer")
    assert run.of("clock_stopped") == [{"clock": "k", "reason": "completed", "lamp": "green"}]


# --- extensions ---------------------------------------------------------------------------------


def test_an_extension_lengthens_what_is_not_over() -> None:
    run = letter()
    on(run, "2026-09-08", "request")
    (extended,) = [
        e.data for e in on(run, "2026-09-09", "grant", more=10, why="r-1") if e.kind == "clock_extended"
    ]
    assert {name: extended[name] for name in ("id", "by", "on", "until", "reason")} == {
        "id": "longer",
        "by": 10,
        "on": "2026-09-09",
        "until": "2026-09-28",
        "reason": "r-1",
    }
    assert dues(run) == ["2026-09-28", "2026-10-16"]
    assert [t["plus"] for t in extended["thresholds"]] == [10, 10]


def test_who_asks_in_time_is_not_late_because_the_centre_takes_a_day() -> None:
    run = letter()
    on(run, "2026-09-14", "request")
    run.until(at("2026-09-15"))
    assert [p["threshold"] for p in run.of("threshold_passed")] == ["yellow"]
    run.complete("grant", more=5)
    assert [(t["due"], t["passed"]) for t in thresholds(run)] == [
        ("2026-09-20", False),
        ("2026-10-10", False),
    ]


def test_who_asks_when_the_limit_is_over_gets_nothing() -> None:
    run = letter()
    on(run, "2026-09-15", "request")
    run.complete("grant", more=5)
    assert run.of("clock_kept") == [{"clock": "k", "asked": "extension", "id": "longer", "why": "late"}]
    assert dues(run) == ["2026-09-14", "2026-09-28"]


@pytest.mark.parametrize(("more", "by"), [(10, 10), (11, 10), (1, 1)])
def test_no_extension_is_longer_than_the_rule_allows(more: int, by: int) -> None:
    run = letter()
    on(run, "2026-09-08", "request")
    run.complete("grant", more=more)
    assert [e["by"] for e in run.of("clock_extended")] == [by]


@pytest.mark.parametrize("more", [0, -3, None])
def test_an_extension_of_nothing_is_none(more: int | None) -> None:
    run = letter()
    on(run, "2026-09-08", "request")
    run.complete("grant", more=more)
    assert [e["why"] for e in run.of("clock_kept")] == ["length"]


def test_a_pause_and_an_extension_add_up() -> None:
    run = letter()
    on(run, "2026-09-08", "request")
    run.complete("grant", more=2)
    on(run, "2026-09-09", "ask")
    on(run, "2026-09-11", "told")
    assert dues(run)[0] == "2026-09-18"


# --- restart ------------------------------------------------------------------------------------


def test_a_corrected_application_begins_anew_and_that_is_neither_pause_nor_extension() -> None:
    run = letter()
    on(run, "2026-09-09", "ask")
    happened = on(run, "2026-09-16", "corrected", fixed_on="2026-09-15")
    (restarted,) = [e.data for e in happened if e.kind.startswith("clock_")]
    assert (restarted["before"], restarted["day0"]) == ("2026-09-07", "2026-09-15")
    assert dues(run) == ["2026-09-21", "2026-10-12"]  # Sunday 20 September is worked
    assert "ledger" not in run.instance.clocks.running["k"]


def test_a_restart_lets_a_limit_count_again_that_was_over() -> None:
    run = letter()
    run.until(at("2026-09-16"))
    assert [t["passed"] for t in thresholds(run)] == [True, False]
    run.complete("corrected", fixed_on="2026-09-16")
    assert [t["passed"] for t in thresholds(run)] == [False, False]
    assert [e.data["threshold"] for e in run.until(at("2026-09-24"))] == ["yellow"]


def test_without_a_day_the_restart_is_the_day_on_which_it_comes() -> None:
    run = letter(ONCE.replace("restart k on=corrected from=fixed_on", "restart k on=corrected"))
    on(run, "2026-09-16", "corrected", fixed_on="2026-09-15")
    assert run.of("clock_restarted")[0]["day0"] == "2026-09-16"


# --- a day that moves -----------------------------------------------------------------------------

SESSION = """
    var session_on date
    clock forum starts=s from=session_on announced=-7:office closes=-2:office transcript=1
    start s
    and f
    user hold
    user postpone
    field postpone session_on date
    s -> f
    f -> hold
    f -> postpone
"""


def forum(now: str = "2026-09-15", **variables: Any) -> Run:
    return Run(SESSION, now=at(now)).start(**variables)


def test_limits_before_an_event_count_back_from_it() -> None:
    run = forum(session_on="2026-10-12")
    # 10 October is a working Saturday, 1 to 7 October and 25 to 27 September are off: before Monday
    # 12 October there are 10, 9, 8 October, 30, 29, 28, 24 September.
    assert dues(run, "forum") == ["2026-09-24", "2026-10-09", "2026-10-13"]


def test_a_postponed_session_takes_everything_with_it_that_hangs_on_it() -> None:
    run = forum("2026-09-01", session_on="2026-09-11")
    run.until(at("2026-09-08"))
    assert [p["threshold"] for p in run.of("threshold_passed")] == ["announced"]
    (moved,) = [e.data for e in run.complete("postpone", session_on="2026-09-25") if e.kind == "clock_moved"]
    assert moved["cause"] == "day0"
    assert (moved["before"], moved["day0"]) == ("2026-09-11", "2026-09-25")
    assert [(m["threshold"], m["before"], m["due"]) for m in moved["moved"]] == [
        ("announced", "2026-09-02", "2026-09-17"),
        ("closes", "2026-09-09", "2026-09-23"),
        ("transcript", "2026-09-14", "2026-09-28"),
    ]
    # Its time is to come again.
    assert [e.data["threshold"] for e in run.until(at("2026-09-18"))] == ["announced"]


def test_a_limit_before_an_event_waits_until_the_day_is_known() -> None:
    run = forum()
    assert run.of("clock_started") == []
    assert run.instance.next_alarm() is None
    run.complete("postpone", session_on="2026-09-25")
    assert [c["day0"] for c in run.of("clock_started")] == ["2026-09-25"]


def test_a_session_that_was_never_fixed_leaves_no_trace() -> None:
    run = forum()
    run.complete("hold")
    run.complete("postpone")
    assert run.state == "completed"
    assert run.of("clock_stopped") == []


def test_clocks_of_version_0_1_do_not_follow_their_day() -> None:
    notation = SESSION.replace("announced=-7:office closes=-2:office transcript=1", "late=5")
    run = Run(notation, now=at("2026-09-01"), restored=False)
    run.instance.clocks.patched = lambda _: False
    run.start(session_on="2026-09-11")
    run.complete("postpone", session_on="2026-09-25")
    assert run.of("clock_moved") == []


def test_who_corrects_the_day_with_the_answer_is_judged_by_the_corrected_day() -> None:
    run = Run(
        """
        var day date
        clock k starts=s stops=answer from=day yellow=5
        start s
        user answer
        field answer day date
        s -> answer
        """,
        now=at("2026-09-07"),
    ).start(day="2026-09-07")
    run.until(at("2026-09-16"))
    run.complete("answer", day="2026-09-14")
    assert [data["day0"] for data in run.of("clock_moved")] == ["2026-09-14"]
    assert run.of("clock_stopped") == [{"clock": "k", "reason": "completed", "lamp": "green"}]
