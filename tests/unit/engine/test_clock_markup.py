"""What wz:clock says in BPMN is read as it is meant, or refused with its line and a remedy."""

from __future__ import annotations

import pytest

from tests.support.bpmn import Run, bpmn, compiled, findings_of
from wenzheng.calendars.units import Unit
from wenzheng.engine.clock_model import Extension, Pause, Restart, Rule

WHOLE = """
    var day date
    var more int
    var why string
    clock other starts=s late=3
    clock k starts=s,again stops=done,given_up from=day unit=calendar_days_rolled soon=30 late=60:head
    rule k text=六十日内办结 en="60 days" article=信访工作条例第三十四条 day0=受理之日 day0En=acceptance
    pause k id=hearing on=heard resumes=again atMost=20 unit=working_days times=2 within=9 of=other reason=why
    extension k id=complex on=granted by=more atMost=30 times=1 asked=asked reason=why
    restart k on=again from=day
    start s
    and f
    user again
    user done
    user given_up
    user heard
    user granted
    user asked
    s -> f
    f -> again
    f -> done
    f -> given_up
    f -> heard
    f -> granted
    f -> asked
"""


def test_everything_a_clock_may_say_is_read() -> None:
    clock = compiled(WHOLE).model.clocks["k"]
    assert (clock.starts, clock.stops) == (("s", "again"), ("done", "given_up"))
    assert clock.unit is Unit.CALENDAR_DAYS_ROLLED
    assert [threshold.after for threshold in clock.thresholds] == [30, 60]
    assert clock.rule == Rule(
        text="六十日内办结",
        text_en="60 days",
        article="信访工作条例第三十四条",
        day0="受理之日",
        day0_en="acceptance",
    )
    place = clock.position
    assert clock.pauses == (
        Pause(
            "hearing",
            ("heard",),
            ("again",),
            clock.pauses[0].position,
            20,
            Unit.WORKING_DAYS,
            2,
            9,
            "other",
            "why",
        ),
    )
    assert clock.extensions == (
        Extension("complex", ("granted",), "more", clock.extensions[0].position, 30, 1, "asked", "why"),
    )
    assert clock.restart == Restart(("again",), clock.restart.position if clock.restart else place, "day")


def test_the_record_of_its_start_says_the_unit_and_the_rule_and_of_an_ordinary_clock_neither() -> None:
    started = {data["clock"]: data for data in Run(WHOLE).start(day="2026-09-07").of("clock_started")}
    assert started["k"]["unit"] == "calendar_days_rolled"
    assert started["k"]["rule"]["article"] == "信访工作条例第三十四条"
    assert not {"unit", "rule"} & started["other"].keys()


REFUSED = {
    "unknown-reference": ("on=heard", "on=nowhere"),
    "clock-day0": ("from=day unit=", "from=more unit="),
    "pause-unit": ("unit=working_days times", "unit=hours times"),
    "unknown-clock": ("of=other", "of=nobody"),
    "extension-length": ("by=more", "by=why"),
    "unknown-variable": ("of=other reason=why", "of=other reason=nothing"),
    "extension-value": ("atMost=20", "atMost=0"),
    "extension-attribute": ("times=2", "often=2"),
    "extension-missing": ("within=9 of", "of"),
    "element-repeated": ("restart k on=again from=day", "restart k on=again\nrestart k on=done"),
    "duplicate-id": ("id=complex", "id=hearing"),
    "threshold-order": ("soon=30 late=60:head", "late=60:head soon=30"),
}


@pytest.mark.parametrize("rule", REFUSED)
def test_what_a_clock_cannot_mean_is_refused_with_its_line_and_a_remedy(rule: str) -> None:
    right, wrong = REFUSED[rule]
    assert WHOLE.count(right) == 1
    (found,) = findings_of(lambda: compiled(WHOLE.replace(right, wrong)))
    assert found.rule == rule
    assert found.position.line > 1
    assert found.hint.endswith(".")


def test_an_extension_longer_than_the_rule_allows_is_refused() -> None:
    (found,) = findings_of(lambda: compiled(WHOLE.replace("by=more", "by=31")))
    assert (found.rule, "at most 30, found 31" in found.message) == ("extension-length", True)


HOURS = """
    var at timestamp
    clock k starts=s from=at unit=hours late=24
    start s
    user answer
    s -> answer
"""


def test_hours_run_from_the_instant_and_never_from_a_day() -> None:
    run = Run(HOURS).start(at="2026-09-11T23:30:00+08:00")
    (started,) = run.of("clock_started")
    assert started["day0"] == "2026-09-11"
    assert started["thresholds"][0]["from"] == "2026-09-12T15:30:00+00:00"
    assert started["thresholds"][0]["due"] == "2026-09-12"
    (found,) = findings_of(lambda: compiled(HOURS.replace("var at timestamp", "var at date")))
    assert found.rule == "clock-day0"


def test_hours_know_no_pause_of_whole_days_and_no_morning_before() -> None:
    paused = HOURS.replace("start s", "pause k id=q on=answer resumes=answer\nstart s")
    assert [found.rule for found in findings_of(lambda: compiled(paused))] == ["pause-unit"]
    reminding = bpmn(HOURS).replace(b'notify=""', b'notify="" remind="head"')
    assert [found.rule for found in findings_of(lambda: compiled(reminding))] == ["reminder-unit"]


BACK = """
    var session_on date
    clock k starts=s from=session_on closes=-2
    start s
    user hold
    s -> hold
"""


@pytest.mark.parametrize(
    ("right", "wrong", "rule"),
    [
        (" from=session_on", "", "clock-without-event"),
        ("start s", "extension k id=e on=hold by=3\nstart s", "clock-counts-back"),
        ("start s", "pause k id=e on=hold resumes=hold\nstart s", "clock-counts-back"),
    ],
)
def test_limits_before_an_event_need_its_day_and_move_with_nothing_else(
    right: str, wrong: str, rule: str
) -> None:
    assert [found.rule for found in findings_of(lambda: compiled(BACK.replace(right, wrong)))] == [rule]


def test_a_limit_lies_before_or_after_its_day_not_both() -> None:
    both = bpmn(BACK).replace(b'before="2"', b'before="2" after="3"')
    assert [found.rule for found in findings_of(lambda: compiled(both))] == ["threshold-side"]


def test_a_number_of_days_is_never_negative_it_says_before_or_after() -> None:
    negative = bpmn(BACK).replace(b'before="2"', b'after="-2"')
    assert [found.rule for found in findings_of(lambda: compiled(negative))] == ["extension-value"]


TIMER = """
    var session_on date
    start s
    catch c days=-2 from=session_on
    user after
    s -> c -> after
"""


@pytest.mark.parametrize(
    ("right", "wrong", "rule"),
    [
        ("from=session_on", "from=nothing", "timer-day"),
        ("days=-2 from=session_on", "days=-2", "timer-value"),
        ("days=-2", "days=two", "timer-value"),
    ],
)
def test_a_timer_counts_days_from_a_day_that_a_variable_holds(right: str, wrong: str, rule: str) -> None:
    assert [found.rule for found in findings_of(lambda: compiled(TIMER.replace(right, wrong)))] == [rule]


def test_a_timer_of_another_kind_counts_from_no_day() -> None:
    plain = bpmn(TIMER).replace(
        b'<timerEventDefinition wz:workingDays="-2" wz:from="session_on"/>',
        b'<timerEventDefinition wz:from="session_on"><timeDuration>P1D</timeDuration></timerEventDefinition>',
    )
    assert [found.rule for found in findings_of(lambda: compiled(plain))] == ["timer-day"]
