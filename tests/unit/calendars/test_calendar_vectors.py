"""The deadlines of the reference table, and what a changed notice does to them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.support.notices import EXTENDED_2020, LABOUR_DAY_2019, NEW_YEAR_2006, before_notice
from wenzheng.calendars.china import china

# received (day 0), +5, +15, +20 working days
RECEIVED = [
    ("2026-09-18", "2026-09-24", "2026-10-15", "2026-10-22"),  # make-up Sunday 20 September
    ("2026-09-20", "2026-09-28", "2026-10-16", "2026-10-23"),  # received on a make-up day
    ("2026-09-30", "2026-10-13", "2026-10-27", "2026-11-03"),  # eve of National Day
    ("2026-10-03", "2026-10-13", "2026-10-27", "2026-11-03"),  # inside the holiday
    ("2026-10-09", "2026-10-15", "2026-10-29", "2026-11-05"),  # make-up Saturday next
    ("2026-02-13", "2026-02-27", "2026-03-12", "2026-03-19"),  # Saturday works, then nine days off
    ("2026-02-15", "2026-02-28", "2026-03-13", "2026-03-20"),  # due on a Saturday
    ("2026-04-30", "2026-05-11", "2026-05-25", "2026-06-01"),  # Saturday 9 May works
    ("2025-12-31", "2026-01-08", "2026-01-22", "2026-01-29"),  # year edge, Sunday 4 January works
    ("2025-09-26", "2025-10-10", "2025-10-23", "2025-10-30"),  # eight days off
    ("2024-02-08", "2024-02-21", "2024-03-06", "2024-03-13"),  # 9 February was a working day
    ("2013-01-04", "2013-01-09", "2013-01-23", "2013-01-30"),  # Saturday 5 and Sunday 6 work
    ("2005-12-30", "2006-01-09", "2006-01-23", "2006-01-28"),  # Saturday 31 December works
    ("2026-07-01", "2026-07-08", "2026-07-22", "2026-07-29"),  # plain
]


@pytest.mark.parametrize(("received", "five", "fifteen", "twenty"), RECEIVED)
def test_a_letter_is_due_on_the_day_the_decrees_give(
    received: str, five: str, fifteen: str, twenty: str
) -> None:
    day0 = date.fromisoformat(received)
    for n, due in ((5, five), (15, fifteen), (20, twenty)):
        assert china().add(day0, n) == (date.fromisoformat(due), False)
        assert china().between(day0, date.fromisoformat(due)) == n


@pytest.mark.parametrize(
    ("change", "received", "n", "before", "after"),
    [
        (EXTENDED_2020, "2020-01-22", 5, "2020-02-04", "2020-02-06"),
        (EXTENDED_2020, "2020-01-22", 15, "2020-02-18", "2020-02-20"),
        (EXTENDED_2020, "2020-01-20", 5, "2020-02-01", "2020-02-04"),
        (EXTENDED_2020, "2020-01-20", 15, "2020-02-14", "2020-02-18"),
        (LABOUR_DAY_2019, "2019-04-24", 5, "2019-05-02", "2019-04-30"),  # a notice can shorten a limit
        (LABOUR_DAY_2019, "2019-04-24", 15, "2019-05-16", "2019-05-16"),
        (LABOUR_DAY_2019, "2019-04-29", 5, "2019-05-07", "2019-05-08"),
        (LABOUR_DAY_2019, "2019-04-29", 15, "2019-05-21", "2019-05-22"),
        (NEW_YEAR_2006, "2005-12-14", 5, "2005-12-21", "2005-12-21"),
        (NEW_YEAR_2006, "2005-12-14", 15, "2006-01-04", "2006-01-05"),
    ],
)
def test_a_notice_issued_while_a_letter_is_open_moves_its_day(
    change: dict[str, list[str]], received: str, n: int, before: str, after: str
) -> None:
    old, day0 = before_notice(**change), date.fromisoformat(received)
    assert old.version != china().version
    assert old.add(day0, n).date.isoformat() == before
    assert china().add(day0, n).date.isoformat() == after


def test_a_letter_turns_late_at_the_midnight_in_shanghai_after_the_last_day() -> None:
    # Due on Saturday 28 February, a make-up day: the limit does not roll, it is over on Sunday 00:00.
    assert china().late_from(date(2026, 2, 15), 5) == datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert china().late_from(date(2026, 9, 30), 15) == datetime(2026, 10, 27, 16, tzinfo=UTC)


def test_a_department_is_told_at_half_past_eight_of_the_next_working_day() -> None:
    late = china().today(china().late_from(date(2026, 9, 18), 8))
    assert late == date(2026, 10, 1)
    assert china().next_working(late) == date(2026, 10, 8)
    assert china().instant(date(2026, 10, 8), "08:30") == datetime(2026, 10, 8, 0, 30, tzinfo=UTC)


def test_shortly_before_midnight_utc_it_is_already_the_next_day_in_shanghai() -> None:
    assert china().today(datetime(2026, 10, 7, 15, 59, 59, tzinfo=UTC)) == date(2026, 10, 7)
    assert china().today(datetime(2026, 10, 7, 16, tzinfo=UTC)) == date(2026, 10, 8)


def test_a_december_letter_whose_limit_crosses_the_last_decree_is_provisional() -> None:
    assert china().add(date(2026, 12, 10), 15) == (date(2026, 12, 31), False)
    assert china().add(date(2026, 12, 11), 15).provisional
    assert china().add(date(2027, 1, 8), -1) == (date(2027, 1, 7), True)
    assert china().add(date(2027, 1, 1), -1) == (date(2026, 12, 31), False)
    assert china().add(date(2003, 12, 30), 1).provisional
    assert not china().add(date(2003, 12, 31), 1).provisional
    assert china().add(date(2004, 1, 1), -1).provisional


def test_after_the_decrees_the_statute_is_the_guess_and_after_the_horizon_only_the_week() -> None:
    assert not china().is_working(date(2027, 10, 1))
    assert china().is_provisional(date(2027, 10, 1))
    assert china().is_working(date(2037, 10, 1))  # a Thursday beyond the horizon
    assert not china().is_working(date(2037, 10, 3))
    assert china().add(date(2037, 9, 30), 5) == (date(2037, 10, 7), True)


def test_the_clerk_reads_every_skipped_day_with_its_notice() -> None:
    reasons = china().explain(date(2026, 9, 30), 5)
    assert (reasons.due, reasons.provisional, reasons.weekend_days) == (date(2026, 10, 13), False, 3)
    assert [(step.day.day, step.kind) for step in reasons.steps] == [
        (1, "skipped"), (2, "skipped"), (5, "skipped"), (6, "skipped"), (7, "skipped"), (10, "worked"),
    ]  # fmt: skip
    assert {step.notice.number for step in reasons.steps} == {"国办发明电〔2025〕7号"}
    chinese, english = reasons.words("zh"), reasons.words("en")
    assert chinese.startswith("自2026-09-30 星期三（当日不计）起第5个工作日是2026-10-13 星期二。")
    assert "2026-10-10 星期六 上班，计入" in chinese
    assert chinese.count("《国务院办公厅关于2026年部分节假日安排的通知》（国办发明电〔2025〕7号）") == 6
    assert english.startswith(
        "5 working days after 2026-09-30 Wednesday (not counted) is 2026-10-13 Tuesday."
    )
    assert "Provisional" not in english
    assert reasons.as_json()["steps"][0]["name_zh"] == "国庆节"


def test_the_citizen_is_told_that_a_date_beyond_the_decrees_may_move() -> None:
    reasons = china().explain(date(2026, 12, 30), 5)
    assert reasons.provisional
    assert [(step.day, step.notice.kind) for step in reasons.steps] == [(date(2027, 1, 1), "statute")]
    assert "暂定：放假安排只公布到2026-12-31" in reasons.words("zh")
    assert "Provisional: days are decreed through 2026-12-31 only" in reasons.words("en")


def test_counting_back_is_explained_as_well() -> None:
    reasons = china().explain(date(2026, 10, 13), -5)
    assert reasons.due == date(2026, 9, 30)
    assert len(reasons.steps) == 6
    assert "之前第5个工作日" in reasons.words("zh")
    assert "5 working days before" in reasons.words("en")


@pytest.mark.parametrize(
    ("day", "notice"),
    [
        ("2005-12-31", "2006"),
        ("2007-12-31", "2008"),
        ("2015-09-04", "2015-09"),
        ("2018-12-29", "2019"),
        ("2019-04-28", "2019-05"),
        ("2020-01-31", "2020-01"),
        ("2026-10-01", "2026"),
        ("2027-10-01", "statute"),
    ],
)
def test_each_special_day_names_the_notice_that_made_it(day: str, notice: str) -> None:
    when = date.fromisoformat(day)
    (special,) = china().special_days(when, when)
    assert special.notice.key == notice
