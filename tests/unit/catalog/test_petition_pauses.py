"""The shipped petition: a question to the citizen is no free pass, and more time is the centre's to grant."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from activities.services import contracts
from tests.support.bpmn import Run
from wenzheng.catalog.bundle import read_bundle
from wenzheng.catalog.compiling import compile_bundle
from wenzheng.engine.events import EventRefused, TaskCompleted
from wenzheng.settings import definitions_dir

BUNDLE = read_bundle(definitions_dir() / "petition")
PETITION = compile_bundle(BUNDLE.digest, BUNDLE.files, contracts()).processes["petition"]


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T02:00:00").replace(tzinfo=UTC)


def assigned(assigned_on: str = "2026-09-07") -> Run:
    run = Run(PETITION, now=at("2026-09-07")).start(petition_id="p", received_on="2026-09-07")
    run.complete("accept", accepted=True)
    run.serve({"queued": True})
    run.until(at(assigned_on))
    run.complete("assign", department="roads")
    run.complete("sign", "department")
    return run


def says(run: Run, day: str, kind: str) -> None:
    run.until(at(day))
    run.complete("reply", "department", content_id=f"c-{day}", reply_kind=kind)


def dues(run: Run, clock: str) -> list[str]:
    return [one["due"] for one in run.instance.clocks.running[clock]["thresholds"]]


def test_the_citizen_is_asked_and_both_clocks_stand_still_until_the_answer_is_written_down() -> None:
    run = assigned()
    says(run, "2026-09-09", "question")
    assert [call["input"]["template"] for call in run.instance.calls.values()] == ["question"]
    run.serve({"queued": True})
    assert {data["clock"] for data in run.of("clock_paused")} == {"letter", "unit"}
    assert {data["reason"] for data in run.of("clock_paused")} == {"c-2026-09-09"}
    run.until(at("2026-09-11"))
    run.complete("hear_author", content_id="a")
    assert run.open == ["reply"]
    assert dues(run, "letter") == ["2026-09-16", "2026-09-30"]
    assert dues(run, "unit") == ["2026-09-16"]


def test_the_citizen_reads_the_question_and_a_reply_that_is_only_a_question_is_none() -> None:
    run = assigned()
    says(run, "2026-09-09", "question")
    (asked,) = [data for data in run.of("fact_reached") if data["fact"] == "asked"]
    assert asked["data"] == {"content_id": "c-2026-09-09"}
    assert [data["clock"] for data in run.of("clock_stopped")] == ["centre", "sign"]


def test_a_citizen_who_says_nothing_delays_the_answer_by_five_working_days_at_most() -> None:
    run = assigned()
    says(run, "2026-09-09", "question")
    run.serve({"queued": True})
    run.until(at("2026-09-17"))
    assert {(data["clock"], data["days"], data["why"]) for data in run.of("clock_resumed")} == {
        ("letter", 5, "limit"),
        ("unit", 5, "limit"),
    }
    assert run.open == ["reply"]
    assert dues(run, "letter")[0] == "2026-09-20"


@pytest.mark.parametrize(
    ("day", "paused"), [("2026-09-10", True), ("2026-09-11", False), ("2026-09-14", False)]
)
def test_the_question_must_be_asked_within_three_working_days_of_assignment(
    day: str, *, paused: bool
) -> None:
    run = assigned()
    says(run, day, "question")
    assert bool(run.of("clock_paused")) is paused
    assert [kept["why"] for kept in run.of("clock_kept")] == ([] if paused else ["late", "late"])


def test_three_days_count_from_assignment_however_long_the_centre_took() -> None:
    run = assigned("2026-09-10")
    says(run, "2026-09-14", "question")
    assert {data["clock"] for data in run.of("clock_paused")} == {"letter", "unit"}


def test_a_second_question_stops_nothing() -> None:
    run = assigned()
    says(run, "2026-09-08", "question")
    run.serve({"queued": True})
    run.until(at("2026-09-08"))
    run.complete("hear_author", content_id="a")
    says(run, "2026-09-09", "question")
    assert [kept["why"] for kept in run.of("clock_kept")] == ["times", "times"]


def test_more_time_is_granted_by_the_centre_and_not_by_the_department() -> None:
    run = assigned()
    says(run, "2026-09-10", "more_time")
    with pytest.raises(EventRefused, match="Expected role"):
        run.do(TaskCompleted("grant", "d", "department", {"granted": True}))
    run.complete("grant", granted=True, extension_days=10)
    assert [call["input"]["template"] for call in run.instance.calls.values()] == ["extended"]
    assert {(data["clock"], data["by"], data["until"]) for data in run.of("clock_extended")} == {
        ("letter", 10, "2026-09-28"),
        ("unit", 10, "2026-09-28"),
    }
    run.serve({"queued": True})
    assert run.open == ["reply"]


def test_no_department_gets_more_than_ten_working_days_or_a_second_extension() -> None:
    run = assigned()
    says(run, "2026-09-10", "more_time")
    with pytest.raises(EventRefused, match="at most 10"):
        run.complete("grant", granted=True, extension_days=11)
    run.complete("grant", granted=True, extension_days=2)
    run.serve({"queued": True})
    says(run, "2026-09-11", "more_time")
    run.complete("grant", granted=True, extension_days=8)
    assert [kept["why"] for kept in run.of("clock_kept")] == ["times", "times"]
    assert dues(run, "letter")[0] == "2026-09-16"


def test_who_asks_for_more_time_on_the_last_day_is_in_time_and_a_day_later_is_not() -> None:
    in_time = assigned()
    says(in_time, "2026-09-14", "more_time")
    in_time.until(at("2026-09-15"))
    in_time.complete("grant", granted=True, extension_days=5)
    assert dues(in_time, "letter")[0] == "2026-09-20"
    late = assigned()
    says(late, "2026-09-15", "more_time")
    late.complete("grant", granted=True, extension_days=5)
    assert {kept["why"] for kept in late.of("clock_kept")} == {"late"}


def test_a_refusal_leaves_everything_as_it_was() -> None:
    run = assigned()
    before: Any = dues(run, "letter")
    says(run, "2026-09-10", "more_time")
    run.complete("grant", granted=False, grant_note="n")
    assert run.open == ["reply"]
    assert dues(run, "letter") == before
