"""Every deadline explains itself: rule, day 0, each special day with its notice, and what happened since."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.bpmn import CALENDAR, Run
from tests.support.notices import EXTENDED_2020, LABOUR_DAY_2019, before_notice
from wenzheng.calendars import Calendar
from wenzheng.calendars.units import Unit
from wenzheng.engine.events import CalendarChanged
from wenzheng.petitions.reason_words import words_of
from wenzheng.petitions.reasons import ClockFacts, ClockReasons, explain_clock

LETTER = """
    var day date
    var fixed_on date
    clock k starts=s stops=answer from=day late=5:head
    rule k text=五日内答复 en=Answered article=办法第八条 articleEn="Rules Art. 8" day0=收到日 day0En=receipt
    pause k id=q on=ask resumes=told atMost=5 times=1
    extension k id=e on=granted by=10
    restart k on=corrected from=fixed_on
    start s
    and f
    user answer
    user ask
    user told
    user granted
    user corrected
    field corrected fixed_on date
    s -> f
    f -> answer
    f -> ask -> told
    f -> granted
    f -> corrected
"""
PLAIN = "\n".join(line for line in LETTER.splitlines() if "rule k" not in line)


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T10:00:00+08:00")


def facts(run: Run) -> ClockFacts:
    """The clock as the store keeps it."""
    started = run.of("clock_started")[0]
    changes = [e for e in run.effects if e.kind.startswith("clock_") and "thresholds" in e.data]
    last = changes[-1].data
    ledger = [{"kind": e.kind, **{k: v for k, v in e.data.items() if k != "thresholds"}} for e in changes[1:]]
    return ClockFacts(
        "k",
        "答复时限",
        date.fromisoformat(last.get("day0", started["day0"])),
        last["thresholds"],
        Unit(started.get("unit", "working_days")),
        started.get("rule", {}),
        ledger,
        last.get("calendar", started["calendar"]),
    )


def letter(day: str, notation: str = LETTER, calendar: Calendar = CALENDAR) -> Run:
    return Run(notation, now=at(day), calendar=calendar).start(day=day)


def explained(run: Run, calendar: Calendar = CALENDAR) -> ClockReasons:
    return explain_clock(facts(run), calendar)


def words(run: Run, language: Any = "zh") -> list[str]:
    reasons = explained(run, run.instance.calendar)
    return words_of(reasons, reasons.limits[0], language)


def test_the_citizen_reads_the_rule_day_0_and_each_special_day_with_its_notice() -> None:
    lines = words(letter("2026-09-30"))
    assert lines[:3] == [
        "依据：五日内答复（办法第八条）。",
        "第0日是2026-09-30：收到日。",
        "自2026-09-30 星期三（当日不计）起第5个工作日是2026-10-13 星期二。",
    ]
    assert lines[3].startswith(
        "2026-10-01 星期四 放假，不计：国庆节，《国务院办公厅关于2026年部分节假日安排的通知》"
    )
    assert any(line.startswith("2026-10-10 星期六 上班，计入") for line in lines)
    assert lines[-1] == f"按日历cn（版本{CALENDAR.version[:12]}）计算。"


def test_the_same_in_english() -> None:
    lines = words(letter("2026-09-30"), "en")
    assert lines[:3] == [
        "Rule: Answered (Rules Art. 8).",
        "Day 0 is 2026-09-30: receipt.",
        "5 working days after 2026-09-30 Wednesday (not counted) is 2026-10-13 Tuesday.",
    ]
    assert lines[-1] == f"Counted by calendar cn, version {CALENDAR.version[:12]}."


def test_a_clock_without_a_rule_quotes_none() -> None:
    assert words(letter("2026-09-07", PLAIN))[0].startswith("自2026-09-07 星期一")


def test_a_pause_divides_the_count_in_what_was_used_and_what_was_left() -> None:
    run = letter("2026-09-07", PLAIN)
    run.until(at("2026-09-09"))
    run.complete("ask")
    run.until(at("2026-09-11"))
    run.complete("told")
    assert words(run)[:5] == [
        "2026-09-09暂停，2026-09-11恢复：其间2个工作日不计。",
        "暂停前已用2个工作日：",
        "自2026-09-07 星期一（当日不计）起第2个工作日是2026-09-09 星期三。",
        "还剩3个工作日：",
        "自2026-09-11 星期五（当日不计）起第3个工作日是2026-09-16 星期三。",
    ]
    stretches = explained(run).as_json()["limits"][0]["stretches"]
    assert [(one["day0"], one["n"], one["due"]) for one in stretches] == [
        ("2026-09-07", 2, "2026-09-09"),
        ("2026-09-11", 3, "2026-09-16"),
    ]


def test_while_it_is_paused_the_citizen_reads_until_when_at_most() -> None:
    run = letter("2026-09-07", PLAIN)
    run.until(at("2026-09-09"))
    run.complete("ask")
    assert words(run)[0] == "自2026-09-09起暂停，至迟2026-09-16恢复。"
    assert words(run, "en")[0] == "Paused from 2026-09-09 on, until 2026-09-16 at the latest."


def test_a_pause_that_ended_by_itself_says_so() -> None:
    run = letter("2026-09-07", PLAIN)
    run.until(at("2026-09-09"))
    run.complete("ask")
    run.until(at("2026-09-18"))
    assert words(run)[0] == "2026-09-09暂停，2026-09-16恢复，暂停到限自动恢复：其间5个工作日不计。"


def test_a_pause_without_an_end_has_no_last_day() -> None:
    run = letter("2026-09-07", PLAIN.replace(" atMost=5", ""))
    run.complete("ask")
    assert words(run)[:2] == ["自2026-09-07起暂停。", "暂停期间没有期限。"]


def test_an_extension_says_how_much_when_and_what_it_was_before() -> None:
    run = letter("2026-09-07", PLAIN)
    run.until(at("2026-09-09"))
    run.complete("granted")
    assert words(run)[:3] == [
        "2026-09-09批准延期10个工作日。",
        "原为5个工作日，延期后共15个工作日。",
        "自2026-09-07 星期一（当日不计）起第15个工作日是2026-09-28 星期一。",
    ]
    assert words(run, "en")[:2] == [
        "Extended by 10 working days on 2026-09-09.",
        "5 working days at first, 15 working days with the extension.",
    ]


def test_a_restart_says_which_day_was_day_0_before_and_counts_from_the_new_one() -> None:
    run = letter("2026-09-07", PLAIN)
    run.until(at("2026-09-09"))
    run.complete("ask")
    run.until(at("2026-09-14"))
    run.complete("corrected", fixed_on="2026-09-14")
    assert words(run)[:2] == [
        "补正后重新起算：第0日由2026-09-07改为2026-09-14。",
        "自2026-09-14 星期一（当日不计）起第5个工作日是2026-09-20 星期日。",
    ]


def test_a_new_notice_is_told_with_the_day_before_and_the_day_after() -> None:
    run = letter("2020-01-22", PLAIN, before_notice(**EXTENDED_2020))
    run.do(CalendarChanged(CALENDAR, notice="国办发明电〔2020〕1号"))
    assert words(run)[0] == "放假安排调整（国办发明电〔2020〕1号）：2020-02-04改为2020-02-06。"


def test_where_the_later_day_holds_both_days_are_told() -> None:
    run = letter("2019-04-24", PLAIN, before_notice(**LABOUR_DAY_2019))
    run.do(CalendarChanged(CALENDAR))
    lines = words(run)
    assert "按新的放假安排应为2019-04-30；以较晚的2019-05-02为准。" in lines
    assert explained(run).limits[0].counted == date(2019, 4, 30)


def test_a_day_beyond_the_decrees_is_called_provisional() -> None:
    run = letter("2026-12-28", PLAIN)
    assert explained(run).limits[0].provisional
    assert any(line.startswith("暂定：放假安排只公布到2026-12-31") for line in words(run))


def test_nothing_is_made_up_for_a_clock_that_another_version_of_the_calendar_counted() -> None:
    run = letter("2020-01-22", PLAIN, before_notice(**EXTENDED_2020))
    reasons = explained(run, CALENDAR)
    assert reasons.limits[0].stretches == ()
    assert words_of(reasons, reasons.limits[0], "zh") == [
        "自2020-01-22起5个工作日，最后一日是2020-02-04。",
        f"按日历cn（版本{run.instance.calendar.version[:12]}）计算。",
    ]


def test_hours_are_told_without_days() -> None:
    run = Run("clock k starts=s unit=hours late=24\nstart s\nuser a\ns -> a", now=at("2026-09-07")).start()
    assert words(run)[0] == "自2026-09-07起24小时，最后一日是2026-09-08。"


def test_a_limit_before_an_event_counts_back_from_it() -> None:
    run = Run("var d date\nclock k starts=s from=d closes=-2\nstart s\nuser a\ns -> a", now=at("2026-09-07"))
    run.start(d="2026-10-12")
    assert words(run)[0] == "自2026-10-12 星期一（当日不计）之前第2个工作日是2026-10-09 星期五。"


@pytest.mark.parametrize("unit", ["working_days", "calendar_days", "calendar_days_rolled"])
@given(
    day=st.dates(date(2005, 1, 1), date(2026, 3, 1)),
    asked=st.integers(0, 12),
    told=st.integers(0, 12),
    count=st.integers(1, 30),
)
def test_whatever_happened_the_stretches_end_on_the_last_day(
    unit: str, day: date, asked: int, told: int, count: int
) -> None:
    notation = PLAIN.replace("late=5:head", f"late={count}:head").replace("from=day", f"from=day unit={unit}")
    run = letter(day.isoformat(), notation)
    run.until(at(day.isoformat()) + timedelta(days=asked))
    run.complete("ask")
    run.until(run.now + timedelta(days=told))
    run.complete("told")
    (limit,) = explained(run).limits
    assert limit.stretches
    assert limit.stretches[-1].due == limit.due
    assert sum(stretch.n for stretch in limit.stretches) == limit.count
