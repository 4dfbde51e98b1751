"""The example definitions keep the clocks of the laws they are made from, by the laws' own numbers.

Days were counted by hand from the notices: in 2026 1 to 7 October and 25 to 27 September are off, Sunday
20 September and Saturday 10 October are worked.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from activities.services import contracts
from tests.support.bpmn import Run
from wenzheng.catalog.bundle import read_bundle
from wenzheng.catalog.compiling import compile_bundle
from wenzheng.engine.compiled import CompiledProcess
from wenzheng.petitions.reason_words import words_of
from wenzheng.petitions.reasons import ClockFacts, explain_clock
from wenzheng.settings import definitions_dir

EXAMPLES = ["seed-lamps", "xinfang", "disclosure", "administrative-review", "jinan-12345"]


def example(folder: str) -> CompiledProcess:
    bundle = read_bundle(definitions_dir() / "examples" / folder)
    return compile_bundle(bundle.digest, bundle.files, contracts()).processes[folder.replace("-", "_")]


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T10:00:00+08:00")


def begun(folder: str, day: str) -> Run:
    return Run(example(folder), now=at(day)).start(received_on=day)


def done(run: Run, day: str, element: str, role: str = "clerk", **data: Any) -> None:
    run.until(at(day))
    run.complete(element, role, **data)


def dues(run: Run, clock: str) -> list[str]:
    return [one["due"] for one in run.instance.clocks.running[clock]["thresholds"]]


@pytest.mark.parametrize("folder", EXAMPLES)
def test_every_clock_quotes_its_article_in_two_languages(folder: str) -> None:
    for clock in example(folder).model.clocks.values():
        assert clock.rule.text
        assert clock.rule.text_en
        assert clock.rule.article
        assert clock.rule.article_en


# --- the seed: 5 and 15 working days, urged after 30 ----------------------------------------------


def test_the_seed_green_within_five_yellow_after_them_red_after_fifteen_urged_after_thirty() -> None:
    run = begun("seed-lamps", "2026-09-30")
    assert dues(run, "answer") == ["2026-10-13", "2026-10-27", "2026-11-17"]
    run.until(at("2026-11-18"))
    passed = [(one["threshold"], one["lamp"], one["notify"]) for one in run.of("threshold_passed")]
    assert passed == [
        ("yellow", "yellow", ["department_head"]),
        ("red", "red", ["department_head", "supervision"]),
        ("urge", None, ["department_head", "supervision", "leader"]),
    ]
    assert [one["due"] for one in run.of("reminder_due")] == ["2026-10-13"]


# --- 信访工作条例 ------------------------------------------------------------------------------------


def test_xinfang_art_23_tells_of_acceptance_within_fifteen_days_that_roll_off_the_holiday() -> None:
    # 18 September + 15 days is 3 October: the last day is off, the next working day is the 8th.
    assert dues(begun("xinfang", "2026-09-18"), "notice") == ["2026-10-08"]
    # A make-up Sunday is a working day: 5 + 15 days end on it and do not roll.
    assert dues(begun("xinfang", "2026-09-05"), "notice") == ["2026-09-20"]


def test_xinfang_art_23_the_objection_alone_counts_working_days() -> None:
    run = begun("xinfang", "2026-09-18")
    done(run, "2026-09-18", "accept")
    done(run, "2026-09-18", "assign", department="d")
    assert dues(run, "objection") == ["2026-09-24"]


def in_hand(day: str) -> Run:
    run = begun("xinfang", day)
    done(run, day, "accept")
    done(run, day, "assign", department="d")
    done(run, day, "take_over", "department", ours=True)
    return run


def test_xinfang_art_34_sixty_days_from_acceptance_and_thirty_more_with_the_heads_approval() -> None:
    run = in_hand("2026-07-01")
    assert dues(run, "handling") == ["2026-08-31"]  # 30 August is a Sunday
    done(run, "2026-08-20", "handle", "department", complex=True, days=30, reason="c-1")
    done(run, "2026-08-25", "approve_longer", "department_head", granted=True)
    (extended,) = run.of("clock_extended")
    assert (extended["by"], extended["until"], extended["reason"]) == (30, "2026-09-29", "c-1")


def test_xinfang_art_34_no_second_extension_and_none_that_is_asked_for_too_late() -> None:
    run = in_hand("2026-07-01")
    done(run, "2026-08-20", "handle", "department", complex=True, days=10)
    done(run, "2026-08-20", "approve_longer", "department_head", granted=True)
    done(run, "2026-08-21", "handle", "department", complex=True, days=10)
    done(run, "2026-08-21", "approve_longer", "department_head", granted=True)
    assert [kept["why"] for kept in run.of("clock_kept")] == ["times"]
    late = in_hand("2026-07-01")
    done(late, "2026-09-01", "handle", "department", complex=True, days=10)
    done(late, "2026-09-01", "approve_longer", "department_head", granted=True)
    assert [kept["why"] for kept in late.of("clock_kept")] == ["late"]


def answered(day: str) -> Run:
    run = in_hand("2026-07-01")
    done(run, day, "handle", "department", complex=False)
    done(run, day, "answer", "department")
    return run


def test_xinfang_art_35_thirty_days_to_ask_for_a_review_and_thirty_to_give_it() -> None:
    run = answered("2026-07-31")
    assert dues(run, "ask_review") == ["2026-08-31"]  # 30 August is a Sunday
    done(run, "2026-08-31", "content_with_it", "author", wants_review=True)
    assert dues(run, "review") == ["2026-09-30"]
    silent = answered("2026-07-31")
    silent.until(at("2026-09-01"))
    assert silent.state == "completed"


def test_xinfang_art_36_the_time_of_the_hearing_is_not_counted() -> None:
    run = answered("2026-07-31")
    done(run, "2026-08-03", "content_with_it", "author", wants_review=True)
    done(run, "2026-08-10", "review", "supervisor")
    done(run, "2026-08-11", "ask_second", "author", wants_second=True)
    assert dues(run, "second_review") == ["2026-09-10"]
    done(run, "2026-08-13", "prepare_second", "supervisor", with_hearing=True)
    assert dues(run, "second_review") == [None]
    done(run, "2026-08-23", "hearing", "supervisor")
    # Two days were used; 28 are left from 23 August: 20 September, a Sunday that is worked.
    assert dues(run, "second_review") == ["2026-09-20"]


# --- 政府信息公开条例 --------------------------------------------------------------------------------


def test_disclosure_art_33_twenty_working_days_and_twenty_more_with_consent() -> None:
    run = begun("disclosure", "2026-09-30")
    assert dues(run, "answer") == ["2026-11-03"]
    assert dues(run, "correction") == ["2026-10-15"]
    done(run, "2026-10-08", "look", clear=True)
    done(run, "2026-11-03", "decide", "department", next="more_time")
    done(run, "2026-11-04", "consent", "department_head", granted=True)
    assert dues(run, "answer") == ["2026-12-01"]


def test_disclosure_art_30_the_count_begins_when_the_corrected_application_arrives() -> None:
    run = begun("disclosure", "2026-09-01")
    done(run, "2026-09-03", "look", clear=False)
    done(run, "2026-09-16", "correct", "author", corrected_on="2026-09-15")
    (restarted,) = run.of("clock_restarted")
    assert (restarted["before"], restarted["day0"]) == ("2026-09-01", "2026-09-15")
    assert dues(run, "answer") == ["2026-10-19"]
    assert run.of("clock_paused") == run.of("clock_extended") == []


def test_disclosure_art_32_and_33_asking_a_third_party_is_not_counted() -> None:
    run = begun("disclosure", "2026-07-01")
    done(run, "2026-07-02", "look", clear=True)
    done(run, "2026-07-06", "decide", "department", next="ask_third_party")
    assert dues(run, "opinion") == ["2026-07-27"]
    done(run, "2026-07-13", "third_party")
    assert [one["days"] for one in run.of("clock_resumed")] == [5]
    assert dues(run, "answer") == ["2026-08-05"]  # 29 July and five working days more


def test_disclosure_art_32_a_silent_third_party_stops_nothing_for_longer_than_fifteen_working_days() -> None:
    run = begun("disclosure", "2026-07-01")
    done(run, "2026-07-02", "look", clear=True)
    done(run, "2026-07-06", "decide", "department", next="ask_third_party")
    run.until(at("2026-07-28"))
    assert [(one["to"], one["days"]) for one in run.of("clock_resumed")] == [("2026-07-27", 15)]
    assert run.open == ["decide"]


# --- 行政复议法 -------------------------------------------------------------------------------------


def test_review_art_88_five_days_are_working_days_sixty_are_not() -> None:
    run = begun("administrative-review", "2026-09-30")
    assert dues(run, "acceptance") == ["2026-10-13"]
    done(run, "2026-10-08", "look", complete=True)
    done(run, "2026-10-09", "accept", procedure="ordinary")
    assert dues(run, "ordinary") == ["2026-12-08"]


def test_review_art_62_thirty_days_in_the_simple_procedure() -> None:
    run = begun("administrative-review", "2026-09-01")
    done(run, "2026-09-01", "look", complete=True)
    done(run, "2026-09-02", "accept", procedure="simple")
    assert dues(run, "simple") == ["2026-10-08"]  # 2 October is off


def test_review_art_31_a_correction_begins_the_five_days_anew() -> None:
    run = begun("administrative-review", "2026-09-01")
    done(run, "2026-09-03", "look", complete=False)
    done(run, "2026-09-14", "correct", "author", corrected_on="2026-09-11")
    assert dues(run, "acceptance") == ["2026-09-18"]


def test_review_art_62_thirty_days_more_for_complex_matters() -> None:
    run = begun("administrative-review", "2026-07-01")
    done(run, "2026-07-01", "look", complete=True)
    done(run, "2026-07-01", "accept", procedure="ordinary")
    done(run, "2026-08-20", "examine", complex=True, days=30)
    done(run, "2026-08-21", "approve_longer", "centre_head", granted=True)
    assert dues(run, "ordinary") == ["2026-09-29"]


# --- 济南 12345 -------------------------------------------------------------------------------------


def test_jinan_art_24_five_working_days_from_the_transfer_not_from_the_call() -> None:
    run = begun("jinan-12345", "2026-09-29")
    done(run, "2026-09-30", "transfer", department="d")
    assert dues(run, "unit") == ["2026-10-13"]


def test_jinan_art_24_a_law_may_give_longer_and_which_one_is_kept() -> None:
    run = begun("jinan-12345", "2026-09-07")
    done(run, "2026-09-07", "transfer", department="d")
    done(run, "2026-09-08", "take", "department", other_limit=True, law="信息公开条例第三十三条", days=15)
    (extended,) = run.of("clock_extended")
    assert (extended["by"], extended["until"]) == (15, "2026-10-10")
    assert extended["reason"] == "信息公开条例第三十三条"


def test_jinan_art_27_what_does_not_satisfy_is_done_again_with_a_count_of_its_own() -> None:
    run = begun("jinan-12345", "2026-09-07")
    done(run, "2026-09-07", "transfer", department="d")
    done(run, "2026-09-07", "take", "department", other_limit=False)
    done(run, "2026-09-10", "answer", "department")
    done(run, "2026-09-11", "call_back", satisfied=False)
    assert dues(run, "unit") == ["2026-09-18"]
    assert [one["lamp"] for one in run.of("clock_stopped")] == ["green", None]
    done(run, "2026-09-14", "answer", "department")
    done(run, "2026-09-15", "call_back", satisfied=False)
    assert run.open == ["city_office"]


def test_a_citizen_reads_the_article_and_the_notice_behind_the_last_day() -> None:
    run = begun("xinfang", "2026-09-18")
    data = next(one for one in run.of("clock_started") if one["clock"] == "notice")
    facts = ClockFacts(
        "notice",
        data["name"],
        datetime.fromisoformat(data["day0"]).date(),
        data["thresholds"],
        example("xinfang").model.clocks["notice"].unit,
        data["rule"],
    )
    reasons = explain_clock(facts, run.instance.calendar)
    words = words_of(reasons, reasons.limits[0], "zh")
    assert words[0] == "依据：自收到信访事项之日起十五日内书面告知是否受理（信访工作条例第二十三条）。"
    assert "顺延至2026-10-08" in words[2]
    assert any("国庆节" in line for line in words)
