"""An administrator writes down a notice: the next version, or every reason why not, with its line."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.support.notice_files import DAYS_OFF
from wenzheng.calendars import Calendar, limit
from wenzheng.calendars.applying import apply_notice
from wenzheng.calendars.changes import changes
from wenzheng.calendars.china import china
from wenzheng.calendars.files import LARGEST, Fault, Faults, FileRefused
from wenzheng.calendars.notices import read_notice
from wenzheng.calendars.units import Unit

TODAY = date(2026, 11, 23)

NEXT_YEAR = (
    DAYS_OFF
    + """\
days_worked:
  - 2027-02-14
  - 2027-02-20
  - {day: 2027-05-08, name: 调休}
  - 2027-09-19
  - 2027-10-09
"""
)
HEAD = NEXT_YEAR.partition("days_off")[0]


def known_through(year: int) -> dict[str, Any]:
    """The calendar as it was when the notice of a year was the last one: nothing of later notices."""
    document = china().document()
    document["decreed_through"] = document["horizon"] = f"{year}-12-31"
    for part in ("days_off", "days_worked"):
        document[part] = {
            day: entry
            for day, entry in document[part].items()
            if day <= f"{year}-12-31" and entry["notice"][:4] <= str(year)
        }
    used = {entry["notice"] for part in ("days_off", "days_worked") for entry in document[part].values()}
    document["notices"] = {key: entry for key, entry in document["notices"].items() if key in used}
    return document


def applied(
    text: str, document: dict[str, Any] | None = None, today: date = TODAY
) -> tuple[Calendar, list[Fault]]:
    faults = Faults()
    found = apply_notice(document or china().document(), read_notice(text, faults), today, faults)
    return Calendar.from_document(found.document), faults.items


def refused(
    text: str, document: dict[str, Any] | None = None, today: date = TODAY
) -> list[tuple[int, str, str]]:
    """Line, code and severity of each fault."""
    with pytest.raises(FileRefused) as error:
        applied(text, document, today)
    return [(fault.place.line, fault.code, fault.severity) for fault in error.value.faults]


# --- the next year --------------------------------------------------------------------------------------


def test_the_next_years_notice_takes_the_place_of_what_was_guessed() -> None:
    calendar, warnings = applied(NEXT_YEAR)
    assert warnings == []
    assert calendar.decreed_through == date(2027, 12, 31)
    assert china().add(date(2027, 1, 29), 10).provisional
    # 1-4 Feb, then off through the 13th, 14 (Sunday) to 19 worked.
    assert calendar.add(date(2027, 1, 29), 10) == (date(2027, 2, 19), False)
    named = {day.day.isoformat(): day for day in calendar.special_days(date(2027, 1, 1), date(2027, 12, 31))}
    assert all(day.notice.key == "2027" and day.notice.kind == "decree" for day in named.values())
    assert named["2027-02-05"].name_en == "Chinese New Year (Spring Festival)"
    assert named["2027-02-14"].works
    assert "2027-05-03" in named
    assert calendar.add(date(2028, 1, 3), 5).provisional


def test_a_notice_leaves_the_document_it_is_applied_to_alone() -> None:
    document = china().document()
    before = copy.deepcopy(document)
    applied(NEXT_YEAR, document)
    assert document == before
    refused(NEXT_YEAR.replace("2027-09-19", "2027-09-20"), document)
    assert document == before


def test_what_changes_between_two_versions_is_told_day_by_day() -> None:
    calendar, _ = applied(NEXT_YEAR)
    found = changes(china(), calendar)
    days = {str(change.day): change.works for change in found.days}
    assert days == {
        "2027-02-11": False, "2027-02-12": False, "2027-02-14": True, "2027-02-20": True,
        "2027-05-05": False, "2027-05-08": True, "2027-09-16": False, "2027-09-17": False,
        "2027-09-19": True, "2027-10-06": False, "2027-10-07": False, "2027-10-09": True,
    }  # fmt: skip
    assert found.touches(date(2027, 2, 20), date(2027, 2, 28))
    assert found.touches(date(2026, 12, 25), date(2027, 1, 5))  # no day of it changes, but it is decreed now
    assert not found.touches(date(2026, 12, 1), date(2026, 12, 31))
    assert not found.touches(date(2028, 1, 1), date(2028, 2, 1))
    assert changes(calendar, calendar).nothing
    assert not changes(calendar, china()).nothing


def test_the_same_notice_again_changes_nothing() -> None:
    once, _ = applied(NEXT_YEAR)
    faults = Faults()
    again = apply_notice(once.document(), read_notice(NEXT_YEAR, faults), TODAY, faults)
    assert again.known
    assert again.document == once.document()
    other = NEXT_YEAR.replace("2027-10-09", "2027-10-10")
    assert refused(other, once.document()) == [(1, "notice.known", "error")]


def test_the_source_and_an_english_title_stand_in_the_explanation() -> None:
    text = NEXT_YEAR + "title_en: Holidays of 2027\nsource: https://www.gov.cn/2027\n"
    calendar, _ = applied(text)
    notice = calendar.special_days(date(2027, 1, 1), date(2027, 1, 1))[0].notice
    assert (notice.title_en, notice.source) == ("Holidays of 2027", "https://www.gov.cn/2027")
    assert calendar.explain(date(2026, 12, 31), 1).as_json()["steps"][0]["number"] == "国办发明电〔2026〕9号"


# --- what really happened -------------------------------------------------------------------------------

EXTENDED_2020 = """\
number: 国办发明电〔2020〕1号
published: 2020-01-26
title: 国务院办公厅关于延长2020年春节假期的通知
amends: "2020"
days_off:
  - {name: 春节, from: 2020-01-31, to: 2020-02-02}
"""
LABOUR_DAY_2019 = """\
number: 国办发明电〔2019〕3号
published: 2019-03-22
title: 国务院办公厅关于调整2019年劳动节假期安排的通知
days_off:
  - {name: 劳动节, from: 2019-05-01, to: 2019-05-04}
days_worked:
  - 2019-04-28
  - 2019-05-05
amends: ["2019"]
"""
NEW_YEAR_2006 = """\
number: 国办发明电〔2005〕35号
published: 2005-12-16
title: 国务院办公厅关于2006年部分节假日安排的通知
year: 2006
days_off:
  - {name: 元旦, from: 2006-01-01, to: 2006-01-03}
days_worked: [2005-12-31]
"""


def before_2020() -> dict[str, Any]:
    document = known_through(2020)
    for day in ("2020-01-31", "2020-02-01", "2020-02-02"):
        document["days_off"].pop(day, None)
    document["days_worked"]["2020-02-01"] = {"name_zh": "调休上班", "name_en": "make-up", "notice": "2020"}
    del document["notices"]["2020-01"]
    return document


def before_2019() -> dict[str, Any]:
    document = known_through(2019)
    for day in ("2019-05-01", "2019-05-02", "2019-05-03"):
        document["days_off"].pop(day, None)
    for day in ("2019-04-28", "2019-05-05"):
        document["days_worked"].pop(day)
    document["days_off"]["2019-05-01"] = {"name_zh": "劳动节", "name_en": "Labor Day", "notice": "2019"}
    del document["notices"]["2019-05"]
    return document


IN_2020 = (before_2020(), EXTENDED_2020, date(2020, 1, 27))
IN_2019 = (before_2019(), LABOUR_DAY_2019, date(2019, 3, 22))
IN_2005 = (known_through(2005), NEW_YEAR_2006, date(2005, 12, 16))


@pytest.mark.parametrize(
    ("when", "received", "n", "dues"),
    [
        (IN_2020, "2020-01-22", 5, ("2020-02-04", "2020-02-06")),
        (IN_2020, "2020-01-22", 15, ("2020-02-18", "2020-02-20")),
        (IN_2020, "2020-01-20", 5, ("2020-02-01", "2020-02-04")),
        (IN_2020, "2020-01-20", 15, ("2020-02-14", "2020-02-18")),
        (IN_2019, "2019-04-24", 5, ("2019-05-02", "2019-04-30")),
        (IN_2019, "2019-04-24", 15, ("2019-05-16", "2019-05-16")),
        (IN_2019, "2019-04-29", 5, ("2019-05-07", "2019-05-08")),
        (IN_2019, "2019-04-29", 15, ("2019-05-21", "2019-05-22")),
        (IN_2005, "2005-12-14", 5, ("2005-12-21", "2005-12-21")),
    ],
)
def test_a_notice_that_arrives_in_between_moves_what_it_moved_then(
    when: tuple[dict[str, Any], str, date], received: str, n: int, dues: tuple[str, str]
) -> None:
    document, notice, today = when
    old = Calendar.from_document(document)
    new, warnings = applied(notice, document, today)
    assert warnings == []
    for calendar, due in zip((old, new), dues, strict=True):
        assert str(limit(calendar, Unit.WORKING_DAYS, date.fromisoformat(received), n).last) == due


def test_the_december_before_may_make_up_for_a_new_year() -> None:
    calendar, _ = applied(NEW_YEAR_2006, known_through(2005), date(2005, 12, 16))
    assert calendar.is_working(date(2005, 12, 31))
    assert str(calendar.add(date(2005, 12, 14), 15).date) == "2006-01-05"
    assert calendar.special_days(date(2005, 12, 31), date(2005, 12, 31))[0].notice.key == "2006"


def test_a_day_that_was_worked_by_an_earlier_notice_is_off_and_says_by_which_notice() -> None:
    calendar, _ = applied(EXTENDED_2020, before_2020(), date(2020, 1, 27))
    (saturday,) = calendar.special_days(date(2020, 2, 1), date(2020, 2, 1))
    assert not saturday.works
    assert saturday.notice.number == "国办发明电〔2020〕1号"


# --- what is wrong ----------------------------------------------------------------------------------------


def changed(old: str, new: str) -> str:
    assert old in NEXT_YEAR
    return NEXT_YEAR.replace(old, new)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (changed("2027-02-14", "2027-02-11"), [(14, "notice.both")]),
        (changed("2027-02-14", "2027-02-20"), [(15, "notice.twice")]),
        (changed("day: 2027-06-09", "day: 2027-05-03"), [(10, "notice.twice")]),
        (changed("2027-09-19", "2027-09-20"), [(17, "notice.worked_weekday")]),
        (changed("2027-02-14", "2028-02-13"), [(14, "notice.outside")]),
        (changed("2027-02-14", "2026-02-14"), [(14, "notice.outside")]),
        (changed("year: 2027", "year: 2028"), [(4, "notice.gap")]),
        (changed("published: 2026-11-20", "published: 2026-11-24"), [(2, "notice.published")]),
        (changed("published: 2026-11-20", "published: 20 November"), [(2, "notice.day")]),
        (changed("to: 2027-10-07", "to: 2028-10-07"), [(12, "notice.span")]),
        (changed("to: 2027-10-07", "to: 2027-09-30"), [(12, "notice.span")]),
        (changed("to: 2027-10-07", "until: 2027-10-07"), [(12, "notice.keys")]),
        (changed("number: 国办发明电〔2026〕9号\n", ""), [(1, "notice.keys")]),
        (changed("number: 国办发明电〔2026〕9号", "number:"), [(1, "notice.text")]),
        (NEXT_YEAR + "holiday: 2027-12-25\n", [(19, "notice.keys")]),
        (NEXT_YEAR + "year: 2027\n", [(19, "notice.keys")]),
        (changed("year: 2027", "year: 27"), [(4, "notice.year")]),
        (NEXT_YEAR + "amends: 国办发明电〔1999〕1号\n", [(19, "notice.amends")]),
        (HEAD, [(1, "notice.empty")]),
        (HEAD + "days_worked: 2027-02-14\n", [(5, "notice.list")]),
        (changed("  - 2027-02-14", " - 2027-02-14\n  -"), [(17, "notice.syntax")]),
        ("", [(1, "notice.syntax")]),
        ("[" * 5000, [(1, "notice.syntax")]),
        ("#" * (LARGEST + 1), [(1, "notice.size")]),
        ("- a", [(1, "notice.keys")]),
    ],
)
def test_a_fault_is_refused_with_its_line(text: str, faults: list[tuple[int, str]]) -> None:
    found = [(line, code) for line, code, severity in refused(text) if severity == "error"]
    assert found[: len(faults)] == faults


def test_all_faults_are_told_at_once_and_say_what_to_do() -> None:
    text = changed("published: 2026-11-20", "published: soon").replace("2027-02-14", "2027-02-11") + "x: 1\n"
    with pytest.raises(FileRefused) as error:
        applied(text)
    assert [fault.place.line for fault in error.value.faults] == [2, 14, 19]
    assert all(fault.remedy and fault.expected and fault.found for fault in error.value.faults)
    assert "14:5: error notice.both: expected 2027-02-11 once" in str(error.value)
    assert error.value.faults[0].as_json()["line"] == 2


CHANGE = """\
number: 国办发明电〔2026〕10号
published: 2026-11-23
title: 关于调整的通知
"""


@pytest.mark.parametrize(
    ("rest", "faults"),
    [
        # a decreed day that is over
        ("days_off: [{name: 假, day: 2026-11-20}]", [(4, "notice.past", "error")]),
        ("days_off: [{name: 假, day: 2026-11-30}]", []),
        ("days_off: [{name: 假, day: 2026-11-23}]", []),  # today is not over
        # against an earlier notice, only when it says so
        ("days_off: [{name: 国庆节, day: 2026-10-10}]",
         [(4, "notice.overlap", "error")]),
        # a year that no notice arranges yet
        ("days_off: [{name: 假, day: 2027-03-01}]", [(4, "notice.outside", "error")]),
        ("year: 2026\ndays_off: [{name: 假, day: 2026-12-01}]", [(4, "notice.overlap", "error")]),
        # a weekend that is off anyway: legal, and doubtful
        ("days_off: [{name: 假, day: 2026-12-05}]", [(4, "notice.no_effect", "warning")]),
        # another notice has it already
        ("days_off: [{name: 国庆节, day: 2026-10-01}, {name: 假, day: 2026-12-01}]",
         [(4, "notice.already", "warning")]),
        ("days_off: [{name: 假, day: 2026-12-01}]\namends: 国办发明电〔2025〕7号",
         [(5, "notice.amends", "warning")]),
    ],
)  # fmt: skip
def test_a_change_of_decreed_days_is_taken_warned_of_or_refused(
    rest: str, faults: list[tuple[int, str, str]]
) -> None:
    if any(severity == "error" for *_, severity in faults):
        assert refused(CHANGE + rest) == faults
        return
    _, warnings = applied(CHANGE + rest)
    assert [(fault.place.line, fault.code, fault.severity) for fault in warnings] == faults


def test_a_change_may_give_back_a_day_that_an_earlier_notice_took() -> None:
    rest = """amends: 国办发明电〔2025〕7号
days_off: [{name: 国庆节, day: 2026-10-10}]
days_worked: [2026-10-07]
"""
    calendar, warnings = applied(CHANGE.replace("2026-11-23", "2026-07-23") + rest, today=date(2026, 8, 1))
    assert warnings == []
    assert calendar.is_working(date(2026, 10, 7))
    assert not calendar.is_working(date(2026, 10, 10))


def test_a_notice_entered_late_may_correct_what_was_only_guessed() -> None:
    calendar, warnings = applied(NEXT_YEAR, today=date(2027, 2, 16))
    assert [(fault.code, fault.severity) for fault in warnings] == [("notice.past", "warning")] * 3
    assert [fault.found[:10] for fault in warnings] == ["2027-02-11", "2027-02-12", "2027-02-14"]
    assert calendar.is_working(date(2027, 2, 14))


def test_a_festival_that_was_forgotten_is_warned_of() -> None:
    _, warnings = applied(changed("  - {name: 端午节, day: 2027-06-09}\n", ""))
    assert [(fault.place.line, fault.code) for fault in warnings] == [(4, "notice.festival")]
    assert "2027-06-09" in warnings[0].expected


def test_a_day_in_lieu_that_the_statute_let_one_guess_may_be_worked() -> None:
    calendar, warnings = applied(changed("to: 2027-05-05", "to: 2027-05-03"))
    assert warnings == []
    assert calendar.is_working(date(2027, 5, 4))


@given(st.text(max_size=200) | st.recursive(
    st.none() | st.integers() | st.dates() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["number", "published", "title", "year", "days_off", "days_worked", "amends",
                         "name", "day", "from", "to", "x"]), inner, max_size=6),
    max_leaves=20,
).map(lambda value: yaml.safe_dump(value, allow_unicode=True)))  # fmt: skip
def test_whatever_a_file_holds_it_is_read_or_refused(text: str) -> None:
    faults = Faults()
    try:
        apply_notice(china().document(), read_notice(text, faults), TODAY, faults)
    except FileRefused as error:
        assert error.faults  # noqa: PT017 - either outcome is right


@given(st.dates(date(2026, 1, 1), date(2026, 11, 1)), st.integers(0, 20))
def test_a_version_that_changes_no_day_in_the_window_changes_no_limit(day0: date, n: int) -> None:
    calendar, _ = applied(NEXT_YEAR)
    found = limit(china(), Unit.WORKING_DAYS, day0, n)
    assert isinstance(found.last, date)
    assert not changes(china(), calendar).touches(day0, found.last)
    assert limit(calendar, Unit.WORKING_DAYS, day0, n) == found
