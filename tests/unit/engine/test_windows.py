"""The days an instance rests on: whoever is not told of a version, as it changes none, has right days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.bpmn import CALENDAR, Run
from wenzheng.calendars import Calendar
from wenzheng.calendars.changes import changes
from wenzheng.calendars.units import Unit
from wenzheng.engine.counting import recorded
from wenzheng.engine.events import CalendarChanged
from wenzheng.engine.state import dump
from wenzheng.engine.windows import windows
from wenzheng.petitions.recounting import RecordedClock, recounted

CLOCKS = {
    "k": "clock k starts=s stops=answer from=day yellow=5:head red=15:head",
    "rolled": "clock rolled starts=s stops=answer from=day unit=calendar_days_rolled yellow=10 red=20",
    "plain": "clock plain starts=s stops=answer from=day unit=calendar_days yellow=7 red=9",
    "timer": "boundary expired on=answer days=12\n    user after\n    expired -> after",
}
LETTER = """
    var day date
    {clocks}
    start s
    and f
    user answer
    user ask
    user told
    s -> f
    f -> answer
    f -> ask -> told
    {timer}
"""
FIRST = date(2025, 9, 1)
SPAN = 90
DAYS = st.integers(0, SPAN).map(lambda n: FIRST + timedelta(days=n))


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 2, tzinfo=UTC)


def turned(days: list[date]) -> Calendar:
    """The calendar with these days the other way round."""
    document = CALENDAR.document()
    for day in days:
        text = day.isoformat()
        entry = {"name_zh": "变", "name_en": "turned", "notice": "2025"}
        part = "days_off" if CALENDAR.is_working(day) else "days_worked"
        for one in ("days_off", "days_worked"):
            document[one].pop(text, None)
        document[part][text] = entry
    return Calendar.from_document(document)


def letter(parts: set[str]) -> str:
    """A process with some of the clocks, and with the timer."""
    clocks = [CLOCKS[name] for name in ("k", "rolled", "plain") if name in parts]
    if "k" in parts:
        clocks.append("pause k id=q on=ask resumes=told atMost=5")
    return LETTER.format(clocks="\n    ".join(clocks), timer=CLOCKS["timer"] if "timer" in parts else "")


def lived(parts: set[str], received: date, pause_after: int | None, resume_after: int | None) -> Run:
    """A letter received on a day, perhaps paused some days later, and perhaps going on."""
    run = Run(letter(parts), now=at(received), calendar=CALENDAR).start(day=received.isoformat())
    if pause_after is not None:
        run.until(at(received + timedelta(days=pause_after)))
        run.complete("ask")
        if resume_after is not None:
            run.until(at(received + timedelta(days=pause_after + resume_after)))
            run.complete("told")
    return run


def inside(day: date, found: list[list[str]]) -> bool:
    return any(first <= day.isoformat() <= last for first, last in found)


def rests_on(run: Run) -> dict[str, Any]:
    state = dump(run.instance)
    return {"clocks": state["clocks"], "waiting": state["waiting"], "alarm": run.instance.next_alarm()}


PARTS = st.sets(st.sampled_from(sorted(CLOCKS)), min_size=1)
PAUSES = st.one_of(st.none(), st.integers(1, 4))


@given(
    parts=PARTS,
    received=DAYS,
    pauses=st.tuples(PAUSES, PAUSES),
    turned_days=st.lists(st.integers(1, 30), min_size=1, max_size=6, unique=True),
)
@settings(max_examples=150, deadline=None)
def test_a_version_that_changes_only_days_outside_moves_nothing(
    parts: set[str], received: date, pauses: tuple[int | None, int | None], turned_days: list[int]
) -> None:
    run = lived(parts, received, *pauses)
    days = [received + timedelta(days=n) for n in turned_days]
    found = windows(run.instance)
    other = turned([day for day in days if not inside(day, found)])
    before = rests_on(run)
    said = run.do(CalendarChanged(other, keep_later=False))
    assert [effect.kind for effect in said] in ([], ["calendar_changed"])
    assert rests_on(run) == before
    assert all(
        not changes(CALENDAR, other).touches(date.fromisoformat(first), date.fromisoformat(last))
        for first, last in found
    )


@given(received=DAYS, keep_later=st.booleans(), days=st.lists(DAYS, min_size=1, max_size=6, unique=True))
@settings(max_examples=80, deadline=None)
def test_the_preview_of_the_rows_is_what_the_engine_counts(
    received: date, keep_later: bool, days: list[date]
) -> None:
    run = lived({"k", "rolled", "plain"}, received, None, None)
    rows = {name: recorded(state) for name, state in run.instance.clocks.running.items()}
    other = turned([day for day in days if day > received])
    run.do(CalendarChanged(other, keep_later=keep_later))
    for name, state in run.instance.clocks.running.items():
        unit = {"rolled": Unit.CALENDAR_DAYS_ROLLED, "plain": Unit.CALENDAR_DAYS}.get(name, Unit.WORKING_DAYS)
        clock = RecordedClock(received, unit, rows[name])
        assert recounted(clock, other, at(received), keep_later=keep_later) == recorded(state)


def _said(run: Run) -> list[dict[str, Any]]:
    """What happened to the clock `k`, as its row keeps it."""
    return [
        {"kind": one.kind, **one.data} for one in run.effects if one.kind in {"clock_paused", "clock_resumed"}
    ]


@given(received=DAYS, pause_after=st.integers(0, 8), at_most=st.sampled_from([5, None]),
       keep_later=st.booleans(), days=st.lists(DAYS, min_size=1, max_size=6, unique=True))  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_the_preview_counts_a_clock_that_stands_still_as_the_engine_will(
    received: date, pause_after: int, at_most: int | None, keep_later: bool, days: list[date]
) -> None:
    text = letter({"k"}).replace(" atMost=5", "" if at_most is None else " atMost=5")
    run = Run(text, now=at(received), calendar=CALENDAR).start(day=received.isoformat())
    run.until(at(received + timedelta(days=pause_after)))
    run.complete("ask")
    before = recorded(run.instance.clocks.running["k"])
    clock = RecordedClock(received, Unit.WORKING_DAYS, before, _said(run))
    now = run.now
    other = turned(days)
    run.do(CalendarChanged(other, keep_later=keep_later))
    found = recounted(clock, other, now, keep_later=keep_later)
    assert found == recorded(run.instance.clocks.running["k"])


@given(received=DAYS, hour=st.integers(0, 23), keep_later=st.booleans(),
       days=st.lists(DAYS, min_size=1, max_size=6, unique=True))  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_the_preview_counts_office_hours_as_the_engine_will(
    received: date, hour: int, keep_later: bool, days: list[date]
) -> None:
    text = "clock k starts=s stops=u unit=office_hours yellow=8 red=40\nstart s\nuser u\nend e\ns -> u -> e"
    begin = datetime(received.year, received.month, received.day, hour, 20, tzinfo=UTC)
    run = Run(text, now=begin, calendar=CALENDAR).start()
    before = recorded(run.instance.clocks.running["k"])
    clock = RecordedClock(received, Unit.OFFICE_HOURS, before)
    other = turned(days)
    run.do(CalendarChanged(other, keep_later=keep_later))
    found = recounted(clock, other, begin, keep_later=keep_later)
    assert found == recorded(run.instance.clocks.running["k"])


def test_the_preview_does_not_guess_what_old_records_do_not_say() -> None:
    row = {"id": "late", "after": 8, "due": "2025-09-02", "from": "2025-09-02T06:00:00+00:00", "lamp": None}
    hours = RecordedClock(FIRST, Unit.OFFICE_HOURS, [row])
    assert recounted(hours, CALENDAR, at(FIRST), keep_later=True) is None
    paused = RecordedClock(FIRST, Unit.WORKING_DAYS, [row], [{"kind": "clock_paused", "from": "2025-09-01"}])
    assert recounted(paused, CALENDAR, at(FIRST), keep_later=True) is None


def test_who_has_ended_rests_on_nothing() -> None:
    run = lived(set(CLOCKS), FIRST, None, None)
    assert windows(run.instance)
    run.complete("ask")
    run.complete("told")
    run.complete("answer")
    assert run.instance.ended is not None
    assert windows(run.instance) == []
