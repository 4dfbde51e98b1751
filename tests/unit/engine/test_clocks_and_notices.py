"""A notice comes while letters are open: their clocks and timers are counted again (calendar.md §5.6, §6)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.bpmn import CALENDAR, Run
from tests.support.notices import EXTENDED_2020, LABOUR_DAY_2019, NEW_YEAR_2006, before_notice
from wenzheng.calendars import Calendar, Unit, limit
from wenzheng.engine.events import CalendarChanged
from wenzheng.engine.state import digest, dump

LETTER = """
    var day date
    clock k starts=s stops=answer from=day yellow=5:head red=15:head
    pause k id=q on=ask resumes=told atMost=5
    start s
    and f
    user answer
    user ask
    user told
    s -> f
    f -> answer
    f -> ask -> told
"""


def at(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(hour=2, tzinfo=UTC)


def letter(day: str, change: dict[str, list[str]]) -> Run:
    return Run(LETTER, now=at(day), calendar=before_notice(**change)).start(day=day)


def dues(run: Run) -> list[str]:
    return [threshold["due"] for threshold in run.instance.clocks.running["k"]["thresholds"]]


@pytest.mark.parametrize(
    ("change", "received", "before", "after"),
    [
        (EXTENDED_2020, "2020-01-22", ["2020-02-04", "2020-02-18"], ["2020-02-06", "2020-02-20"]),
        (EXTENDED_2020, "2020-01-20", ["2020-02-01", "2020-02-14"], ["2020-02-04", "2020-02-18"]),
        (LABOUR_DAY_2019, "2019-04-24", ["2019-05-02", "2019-05-16"], ["2019-04-30", "2019-05-16"]),
        (LABOUR_DAY_2019, "2019-04-29", ["2019-05-07", "2019-05-21"], ["2019-05-08", "2019-05-22"]),
        (NEW_YEAR_2006, "2005-12-14", ["2005-12-21", "2006-01-04"], ["2005-12-21", "2006-01-05"]),
    ],
)
def test_a_notice_moves_the_days_of_an_open_letter(
    change: dict[str, list[str]], received: str, before: list[str], after: list[str]
) -> None:
    run = letter(received, change)
    assert dues(run) == before
    run.do(CalendarChanged(CALENDAR, keep_later=False))
    assert dues(run) == after


def test_old_day_new_day_and_notice_are_written_down() -> None:
    run = letter("2020-01-22", EXTENDED_2020)
    old = run.instance.calendar.version
    changed, moved = run.do(CalendarChanged(CALENDAR, notice="国办发明电〔2020〕1号"))
    assert (changed.kind, moved.kind) == ("calendar_changed", "clock_moved")
    assert changed.data == {
        "calendar": CALENDAR.version,
        "was": old,
        "notice": "国办发明电〔2020〕1号",
        "keep_later": True,
        "timers": [],
    }
    assert moved.data["moved"] == [
        {"threshold": "yellow", "before": "2020-02-04", "due": "2020-02-06"},
        {"threshold": "red", "before": "2020-02-18", "due": "2020-02-20"},
    ]
    assert (moved.data["cause"], moved.data["calendar"], moved.data["was"], moved.data["notice"]) == (
        "calendar",
        CALENDAR.version,
        old,
        "国办发明电〔2020〕1号",
    )
    assert [t["due"] for t in moved.data["thresholds"]] == ["2020-02-06", "2020-02-20"]


def test_a_notice_that_shortens_a_limit_takes_no_day_from_the_department_and_both_days_are_known() -> None:
    run = letter("2019-04-24", LABOUR_DAY_2019)
    _, moved = run.do(CalendarChanged(CALENDAR))
    assert dues(run) == ["2019-05-02", "2019-05-16"]
    assert moved.data["moved"] == [
        {"threshold": "yellow", "before": "2019-05-02", "due": "2019-05-02", "counted": "2019-04-30"}
    ]
    assert moved.data["thresholds"][0]["counted"] == "2019-04-30"
    assert run.instance.next_alarm() == datetime(2019, 5, 2, 16, tzinfo=UTC)


def test_the_same_version_again_changes_nothing() -> None:
    run = letter("2020-01-22", EXTENDED_2020)
    run.do(CalendarChanged(CALENDAR))
    before = digest(run.instance)
    assert run.do(CalendarChanged(CALENDAR)) == []
    assert digest(run.instance) == before


def test_what_was_passed_stays_and_the_next_limit_moves() -> None:
    run = letter("2020-01-13", EXTENDED_2020)
    run.until(at("2020-01-28"))
    assert [p["due"] for p in run.of("threshold_passed")] == ["2020-01-19"]
    run.do(CalendarChanged(CALENDAR))
    assert dues(run) == ["2020-01-19", "2020-02-10"]
    assert [p.data["threshold"] for p in run.until(at("2020-02-20"))] == ["red"]


def test_a_stopped_clock_keeps_what_it_was_judged_by() -> None:
    run = letter("2020-01-20", EXTENDED_2020)
    run.until(at("2020-02-03"))
    run.complete("answer")
    assert run.of("clock_stopped")[0]["lamp"] == "yellow"
    assert [e.kind for e in run.do(CalendarChanged(CALENDAR))] == ["calendar_changed"]


def test_the_end_of_a_pause_moves_too() -> None:
    run = letter("2020-01-20", EXTENDED_2020)
    run.until(at("2020-01-21"))
    run.complete("ask")
    # Five working days: 22, 23, 31 January, 1, 3 February; with the notice 22, 23 January, 3, 4, 5 February.
    assert run.instance.next_alarm() == datetime(2020, 2, 3, 16, tzinfo=UTC)
    run.do(CalendarChanged(CALENDAR))
    assert run.instance.next_alarm() == datetime(2020, 2, 5, 16, tzinfo=UTC)


TIMERS = """
    start s
    and f
    user rate
    boundary expired on=rate days=10
    catch slept duration=P10D
    user after
    s -> f
    f -> rate
    f -> slept
    expired -> after
"""


def test_a_timer_of_working_days_moves_and_one_of_plain_time_does_not() -> None:
    run = Run(TIMERS, now=at("2020-01-22"), calendar=before_notice(**EXTENDED_2020)).start()
    slept = run.instance.next_alarm()
    run.until(at("2020-01-27"))
    (changed,) = run.do(CalendarChanged(CALENDAR))
    assert changed.data["timers"] == [
        {"element": "expired", "before": "2020-02-11T16:00:00+00:00", "due": "2020-02-13T16:00:00+00:00"}
    ]
    assert run.instance.next_alarm() == slept
    run.until(at("2020-02-13"))
    assert "after" not in run.open
    run.until(at("2020-02-14"))
    assert "after" in run.open


def test_a_timer_that_would_ring_sooner_keeps_its_day() -> None:
    run = Run(
        TIMERS.replace("days=10", "days=5"), now=at("2019-04-24"), calendar=before_notice(**LABOUR_DAY_2019)
    )
    run.start()
    (changed,) = run.do(CalendarChanged(CALENDAR))
    (timer,) = changed.data["timers"]
    assert (timer["due"], timer["counted"]) == ("2019-05-02T16:00:00+00:00", "2019-04-30T16:00:00+00:00")
    (again,) = run.do(CalendarChanged(before_notice(**LABOUR_DAY_2019)))
    (timer,) = again.data["timers"]
    assert timer == {"element": "expired", "before": timer["due"], "due": "2019-05-02T16:00:00+00:00"}
    run.until(at("2019-05-02"))
    assert "after" not in run.open


MEETING = """
    var session_on date
    start s
    and f
    catch two_days_before days=-2 from=session_on
    user brief
    user postpone
    field postpone session_on date
    user hold
    s -> f
    f -> two_days_before -> brief
    f -> postpone
    f -> hold
"""


def test_a_timer_counts_back_from_the_day_of_the_session_and_moves_with_it() -> None:
    run = Run(MEETING, now=at("2026-09-01")).start(session_on="2026-09-11")
    assert run.instance.next_alarm() == datetime(2026, 9, 9, 16, tzinfo=UTC)
    run.until(at("2026-09-09"))
    run.complete("postpone", session_on="2026-10-12")
    assert run.instance.next_alarm() == datetime(2026, 10, 9, 16, tzinfo=UTC)
    run.until(at("2026-10-10"))
    assert "brief" in run.open


def test_it_waits_until_the_day_is_known_and_goes_on_at_once_when_that_is_too_late() -> None:
    run = Run(MEETING, now=at("2026-09-01")).start()
    assert run.instance.next_alarm() is None
    run.complete("postpone", session_on="2026-09-02")
    run.wait()
    assert "brief" in run.open


def test_calendar_days_are_counted_without_asking_for_holidays() -> None:
    run = Run(MEETING.replace("days=-2", "days=-7 of_unit=calendarDays"), now=at("2026-09-01"))
    run.start(session_on="2026-10-12")
    assert run.instance.next_alarm() == datetime(2026, 10, 5, 16, tzinfo=UTC)


UNTOUCHED = {"off": ["2024-02-12"], "worked": []}


@given(st.dates(date(2025, 1, 1), date(2026, 6, 1)))
def test_a_version_that_changes_no_day_in_the_window_changes_no_clock(day: date) -> None:
    run = Run(LETTER, now=at(day.isoformat()), calendar=before_notice(**UNTOUCHED)).start(day=day.isoformat())
    before: Any = dump(run.instance)
    assert [effect.kind for effect in run.do(CalendarChanged(CALENDAR))] == ["calendar_changed"]
    assert dump(run.instance)["clocks"] == before["clocks"]


def test_an_instance_that_has_ended_hears_nothing() -> None:
    run = Run("start s\nuser a\ns -> a", calendar=before_notice(**UNTOUCHED)).start()
    run.complete("a")
    assert run.do(CalendarChanged(CALENDAR)) == []
    assert isinstance(run.instance.calendar, Calendar)


# --- the later day that holds, and what happens to the clock afterwards -------------------------------


def held(day: str = "2019-04-24") -> Run:
    """A letter whose yellow limit holds at 2 May, although the notice of 2019 makes it 30 April."""
    run = letter(day, LABOUR_DAY_2019)
    run.do(CalendarChanged(CALENDAR))
    return run


def yellow(run: Run) -> tuple[str, str | None]:
    (found, _) = run.instance.clocks.running["k"]["thresholds"]
    return found["due"], found.get("counted")


def test_a_later_day_that_holds_is_not_lost_when_the_clock_is_paused_afterwards() -> None:
    run = letter("2019-04-24", {"worked": ["2019-04-28", "2019-05-05"]})
    run.do(CalendarChanged(CALENDAR))
    assert yellow(run) == ("2019-05-06", "2019-04-30")
    run.until(at("2019-04-25"))
    run.complete("ask")
    paused = yellow(run)
    assert paused == ("2019-05-13", "2019-05-09")  # as if it lasted to its limit
    run.until(at("2019-04-29"))
    run.complete("told")
    # The days from 26 to 29 April do not count, three of them worked: both days are so much later.
    assert yellow(run) == ("2019-05-09", "2019-05-07")


def test_a_pause_that_is_over_within_its_day_leaves_the_later_day_as_it_was() -> None:
    run = held()
    before = yellow(run)
    run.until(at("2019-04-26"))
    run.complete("ask")
    run.complete("told")
    assert yellow(run) == before == ("2019-05-02", "2019-04-30")


def test_another_version_that_brings_the_day_no_nearer_ends_the_holding() -> None:
    run = held()
    run.do(CalendarChanged(before_notice(**LABOUR_DAY_2019)))
    assert yellow(run) == ("2019-05-02", None)
    assert "kept" not in run.instance.clocks.running["k"]["thresholds"][0]


def test_a_new_day_0_counts_again_and_holds_nothing() -> None:
    run = Run(LETTER.replace("user told", "user told\n    field told day date"), now=at("2019-04-24"),
              calendar=before_notice(**LABOUR_DAY_2019)).start(day="2019-04-24")  # fmt: skip
    run.do(CalendarChanged(CALENDAR))
    run.complete("ask")
    run.complete("told", day="2019-04-23")
    assert yellow(run) == ("2019-04-29", None)


def test_what_only_the_old_version_has_fall_due_after_the_new_one_was_in_force_counts_again() -> None:
    run = letter(
        "2020-01-20", EXTENDED_2020
    )  # due on 1 February by the old version, on the 4th by the new one
    in_force = datetime(2020, 2, 1, 12, tzinfo=UTC)
    run.until(datetime(2020, 2, 1, 17, tzinfo=UTC))  # nobody told it yet: its own alarm has rung
    assert [p["due"] for p in run.of("threshold_passed")] == ["2020-02-01"]
    run.do(CalendarChanged(CALENDAR, since=in_force))
    assert dues(run)[0] == "2020-02-04"
    run.until(at("2020-02-05"))
    assert [p["due"] for p in run.of("threshold_passed")] == ["2020-02-01", "2020-02-04"]


def test_what_had_fallen_due_before_the_version_was_in_force_stays_passed() -> None:
    run = letter("2020-01-20", EXTENDED_2020)
    run.until(datetime(2020, 2, 1, 17, tzinfo=UTC))
    run.do(CalendarChanged(CALENDAR, since=datetime(2020, 2, 1, 16, 30, tzinfo=UTC)))
    assert dues(run)[0] == "2020-02-01"


def test_a_clock_that_began_after_the_version_was_in_force_keeps_no_later_day() -> None:
    process = LETTER.replace(" from=day", "")
    run = Run(process, now=at("2019-04-24"), calendar=before_notice(**LABOUR_DAY_2019)).start(
        day="2019-04-24"
    )
    run.do(CalendarChanged(CALENDAR, since=at("2019-04-22")))
    assert yellow(run) == ("2019-04-30", None)


def test_a_day_that_is_certain_now_is_said_to_be_so_also_where_it_does_not_move() -> None:
    document = CALENDAR.document()
    early = Calendar.from_document(document | {"decreed_through": "2020-02-10"})
    run = Run(LETTER, now=at("2020-02-07"), calendar=early).start(day="2020-02-07")
    assert [t["provisional"] for t in run.instance.clocks.running["k"]["thresholds"]] == [True, True]
    _, said = run.do(CalendarChanged(CALENDAR, notice="n"))
    assert (said.kind, said.data["moved"]) == ("clock_moved", [])
    assert [t["provisional"] for t in said.data["thresholds"]] == [False, False]


HOURS = """
    var at timestamp
    var more int
    clock k starts=s stops=answer from=at unit=office_hours late=20
    extension k id=longer on=grant,again by=more times=3
    start s
    and f
    user answer
    user grant
    field grant more int
    user again
    field again more int
    s -> f
    f -> answer
    f -> grant -> again
"""


def over(run: Run) -> datetime:
    (found,) = run.instance.clocks.running["k"]["thresholds"]
    return datetime.fromisoformat(found["from"])


def held_hours(begins: datetime, *, restored: bool = True) -> Run:
    """Twenty office hours over 1 May 2019, which the notice of that year brings nearer."""
    before = before_notice(worked=["2019-04-28", "2019-05-05"])
    run = Run(HOURS, now=begins, calendar=before, restored=restored)
    run.start(at=begins.isoformat())
    run.do(CalendarChanged(CALENDAR))
    return run


def test_a_later_hour_that_holds_is_later_by_what_the_clock_is_extended() -> None:
    run = held_hours(datetime(2019, 4, 26, 2, tzinfo=UTC))  # Friday, ten in the morning
    (limit_,) = run.instance.clocks.running["k"]["thresholds"]
    # 5.5 hours are left of that day, seven each of the next two; the rest is of 6 May at first.
    assert (over(run), limit_["counted"]) == (datetime(2019, 5, 6, 1, tzinfo=UTC), "2019-04-30")
    run.complete("grant", more=7)
    (limit_,) = run.instance.clocks.running["k"]["thresholds"]
    assert (over(run), limit_["counted"]) == (datetime(2019, 5, 7, 1, tzinfo=UTC), "2019-05-05")


@given(st.integers(0, 6 * 24), st.integers(1, 30), st.integers(1, 30))
def test_hours_that_are_added_never_take_a_later_hour_away_and_twice_is_as_good_as_at_once(
    hours: int, first: int, then: int
) -> None:
    run = held_hours(datetime(2019, 4, 22, 1, tzinfo=UTC) + timedelta(hours=hours))
    was = over(run)
    counted = limit(CALENDAR, Unit.OFFICE_HOURS, run.now, 20).late_from
    run.complete("grant", more=first)
    assert over(run) == limit(CALENDAR, Unit.OFFICE_HOURS, was, first).late_from
    run.complete("again", more=then)
    assert over(run) == limit(CALENDAR, Unit.OFFICE_HOURS, was, first + then).late_from
    assert over(run) >= limit(CALENDAR, Unit.OFFICE_HOURS, counted, first + then).late_from


def test_hours_extended_before_this_was_so_are_replayed_as_they_were_lived() -> None:
    run = held_hours(datetime(2019, 4, 26, 2, tzinfo=UTC), restored=False)
    run.instance.clocks.patched = lambda _: False
    run.complete("grant", more=7)
    assert "counted" not in run.instance.clocks.running["k"]["thresholds"][0]


# --- the hour from which a receipt counts as one of the next working day -------------------------------

LATE = Calendar.from_document(CALENDAR.document() | {"cut_off": "17:30"})
_OFF = {"2026-09-09": {"name_zh": "放假", "name_en": "day off", "notice": "2026"}}
LATE_AND_OFF = Calendar.from_document(LATE.document() | {"days_off": LATE.document()["days_off"] | _OFF})


def test_what_begins_after_the_cut_off_begins_on_the_next_working_day() -> None:
    evening = datetime(2026, 9, 4, 10, tzinfo=UTC)  # Friday, 18:00
    process = """
        clock k starts=s late=5
        start s
        user u
        boundary expired on=u days=3
        end e
        s -> u -> e
        expired -> e
    """
    run = Run(process, now=evening, calendar=LATE).start()
    assert run.instance.clocks.running["k"]["day0"] == "2026-09-07"
    assert run.instance.next_alarm() == LATE.end_of(date(2026, 9, 10))
    changed, *_ = run.do(CalendarChanged(LATE_AND_OFF))
    assert [timer["due"][:10] for timer in changed.data["timers"]] == ["2026-09-11"]
    assert run.instance.clocks.running["k"]["day0"] == "2026-09-07"


def test_an_answer_after_the_cut_off_lets_the_clock_go_on_on_the_next_working_day() -> None:
    run = Run(LETTER, now=at("2026-09-01"), calendar=LATE).start(day="2026-09-01")
    run.until(at("2026-09-02"))
    run.complete("ask")
    run.until(datetime(2026, 9, 3, 11, tzinfo=UTC))  # 19:00
    run.complete("told")
    (resumed,) = run.of("clock_resumed")
    assert (resumed["from"], resumed["to"], resumed["days"]) == ("2026-09-02", "2026-09-04", 2)
