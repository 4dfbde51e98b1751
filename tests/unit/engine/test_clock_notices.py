"""Who hears of a threshold, when, and at once while the clock's condition holds; who is reminded before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.bpmn import MONDAY, Run, bpmn, compiled, findings_of

LETTER = """
    var day date
    var n int = 3
    clock k starts=s stops=answer from=day yellow=5:head red=15:head,office
    start s
    user screen
    field screen urgent bool
    user answer
    s -> screen -> answer
"""
INSTANT = datetime(2026, 9, 14, 16, tzinfo=UTC)
AT_ONCE, NEXT_MORNING = "2026-09-14T16:00:00+00:00", "2026-09-15T00:30:00+00:00"


def letter(*changes: tuple[str, str]) -> bytes:
    text = bpmn(LETTER).decode()
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text.encode()


def at_once(condition: str) -> bytes:
    return letter(('<wz:clock id="k"', f'<wz:clock id="k" atOnce="{condition}"'))


def noticed(data: bytes, said: dict[str, Any] | None) -> str:
    """When word of the first threshold goes out; `said` is what the clerk said of the letter."""
    run = Run(data, restored=True).start(day="2026-09-07")
    if said is not None:
        run.complete("screen", **said)
    (passed,) = run.until(INSTANT)
    assert passed.data["from"] == AT_ONCE
    found: str = passed.data["notice_at"]
    return found


@pytest.mark.parametrize(
    ("condition", "said", "notice_at"),
    [
        ("urgent == true", {"urgent": True}, AT_ONCE),
        ("urgent", {"urgent": True}, AT_ONCE),
        ("n > 2", None, AT_ONCE),
        ("urgent == true", {"urgent": False}, NEXT_MORNING),
        ("n > 5", None, NEXT_MORNING),
        # Nobody has said it: not yet, or left the field empty.
        ("urgent == true", None, NEXT_MORNING),
        ("urgent", {}, NEXT_MORNING),
        ("!urgent", None, NEXT_MORNING),
        # It cannot be worked out.
        ("1 / (n - 3) == 1", None, NEXT_MORNING),
    ],
)
def test_word_goes_out_at_once_only_while_the_condition_holds(
    condition: str, said: dict[str, Any] | None, notice_at: str
) -> None:
    assert noticed(at_once(condition.replace(">", "&gt;")), said) == notice_at


def test_a_clock_without_a_condition_waits_for_the_morning() -> None:
    assert noticed(letter(), {"urgent": True}) == NEXT_MORNING


def test_the_condition_is_asked_when_the_threshold_passes_and_not_before() -> None:
    run = Run(at_once("urgent == true")).start(day="2026-09-07")
    first = run.until(INSTANT)[0].data
    run.complete("screen", urgent=True)
    (second,) = run.wait(days=30)
    assert first["notice_at"] == NEXT_MORNING
    assert second.data["notice_at"] == second.data["from"]


def test_a_notice_at_once_is_of_the_instant_also_when_the_alarm_rings_late() -> None:
    run = Run(at_once("n == 3")).start(day="2026-09-07")
    passed = run.wait(days=60)
    assert [effect.data["notice_at"] for effect in passed] == [effect.data["from"] for effect in passed]


def test_a_condition_that_fails_is_no_incident() -> None:
    run = Run(at_once("1 / (n - 3) == 1")).start(day="2026-09-07")
    run.until(INSTANT)
    assert run.codes == []


@pytest.mark.parametrize(
    ("condition", "rule"),
    [
        ("n", "wrong_result_type"),
        ("'yes'", "wrong_result_type"),
        ("nobody == true", "not_declared"),
        ("urgent ==", "syntax"),
        ("", "empty_expression"),
    ],
)
def test_a_condition_that_is_no_yes_or_no_is_refused_at_its_clock(condition: str, rule: str) -> None:
    data = at_once(condition)
    (finding,) = findings_of(lambda: compiled(data))
    assert (finding.rule, finding.element) == (rule, "k")
    assert "atOnce" in finding.message
    line = data.decode().splitlines()[finding.position.line - 1]
    assert line[finding.position.column - 1 :].startswith("<wz:clock")


# --- reminded, before it is too late --------------------------------------------------------


def reminding(words: str, day: str | None = "2026-09-07", now: datetime = MONDAY) -> Run:
    data = letter(('notify="head"', f'notify="head" {words}'))
    run = Run(data, now=now, restored=True)
    return run.start(day=day) if day else run.start()


def test_a_reminder_is_due_on_the_morning_before_the_last_day_and_once() -> None:
    run = reminding('remind="unit desk"')
    morning = datetime(2026, 9, 11, 0, 30, tzinfo=UTC)  # Friday; the last day is Monday the 14th.
    assert run.instance.next_alarm() == morning
    assert run.until(morning - timedelta(microseconds=1)) == []
    (effect,) = run.until(morning)
    assert (effect.kind, effect.element) == ("reminder_due", "s")
    assert effect.data == {
        "clock": "k",
        "threshold": "yellow",
        "due": "2026-09-14",
        "remind": ["unit", "desk"],
        "notice_at": "2026-09-11T00:30:00+00:00",
    }
    assert run.until(morning) == []
    assert run.instance.next_alarm() == INSTANT


@pytest.mark.parametrize(
    ("before", "morning"),
    [("0", "2026-09-14"), ("1", "2026-09-11"), ("3", "2026-09-09"), ("4", "2026-09-08")],
)
def test_a_reminder_comes_so_many_working_days_before_the_last_day(before: str, morning: str) -> None:
    run = reminding(f'remind="unit" remindBefore="{before}"')
    run.wait(days=60)
    assert [said["notice_at"] for said in run.of("reminder_due")] == [f"{morning}T00:30:00+00:00"]


def test_a_reminder_is_counted_across_a_holiday_in_working_days() -> None:
    # From 30 September: 8, 9, 10 (a working Saturday), 12 and 13 October.
    run = reminding('remind="unit"', "2026-09-30", datetime(2026, 9, 30, 2, tzinfo=UTC))
    (effect,) = run.until(datetime(2026, 10, 12, 0, 30, tzinfo=UTC))
    assert effect.data["notice_at"] == "2026-10-12T00:30:00+00:00"


def test_what_is_answered_in_time_is_not_reminded_of() -> None:
    run = reminding('remind="unit"')
    run.complete("screen")
    run.complete("answer")
    assert run.wait(days=60) == []


def test_a_morning_that_is_over_when_the_clock_starts_is_not_made_up_for() -> None:
    late = reminding('remind="unit"', now=datetime(2026, 9, 11, 0, 31, tzinfo=UTC))
    assert late.instance.next_alarm() == INSTANT
    just = reminding('remind="unit"', now=datetime(2026, 9, 11, 0, 30, tzinfo=UTC))
    assert [effect.kind for effect in just.until(just.now)] == ["reminder_due"]


def test_an_alarm_that_rings_weeks_late_reminds_first_and_then_passes() -> None:
    run = reminding('remind="unit"')
    kinds = [(effect.kind, effect.data["threshold"]) for effect in run.wait(days=60)]
    assert kinds == [("reminder_due", "yellow"), ("threshold_passed", "yellow"), ("threshold_passed", "red")]


def test_a_reminder_waits_for_its_morning_also_while_the_clock_is_at_once() -> None:
    data = letter(
        ('<wz:clock id="k"', '<wz:clock id="k" atOnce="n == 3"'), ('notify="head"', 'remind="unit"')
    )
    run = Run(data).start(day="2026-09-07")
    reminder, passed = run.until(INSTANT)
    assert reminder.data["notice_at"] == "2026-09-11T00:30:00+00:00"
    assert (passed.data["notify"], passed.data["notice_at"]) == ([], AT_ONCE)


def test_readers_of_a_clock_see_the_same_limits_with_and_without_a_reminder() -> None:
    (with_one,) = reminding('remind="unit"').of("clock_started")
    (without,) = reminding("").of("clock_started")
    assert with_one == without


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ('remind="unit" remindBefore="6"', "reminder-too-early"),
        ('remind="unit" remindBefore="-1"', "extension-value"),
        ('remind="unit" remindBefore="soon"', "extension-value"),
        ('reminds="unit"', "extension-attribute"),
        ('remindBefore="2"', "reminder-of-nobody"),
    ],
)
def test_a_reminder_that_cannot_be_meant_is_refused_at_its_threshold(words: str, rule: str) -> None:
    data = letter(('notify="head"', words))
    (finding,) = findings_of(lambda: compiled(data))
    assert finding.rule == rule
    line = data.decode().splitlines()[finding.position.line - 1]
    assert line[finding.position.column - 1 :].startswith('<wz:threshold id="yellow"')


def test_five_working_days_before_the_fifth_is_day_0_itself() -> None:
    run = reminding('remind="unit" remindBefore="5"', now=datetime(2026, 9, 7, 0, 0, tzinfo=UTC))
    assert run.instance.next_alarm() == datetime(2026, 9, 7, 0, 30, tzinfo=UTC)
