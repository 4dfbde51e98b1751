"""Lead and co-handlers at work at once, each on its own count: the example, and what YAML refuses of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from activities.services import contracts
from tests.support.bpmn import Run
from wenzheng.catalog.bundle import Bundle, read_bundle
from wenzheng.catalog.compiling import compile_bundle
from wenzheng.cli.validate import checked
from wenzheng.contracts import CLOCK_EXTENDED, CLOCK_STOPPED, FACT_REACHED, TASK_OPENED, THRESHOLD_PASSED
from wenzheng.engine.compiled import CompiledProcess
from wenzheng.engine.events import TaskCompleted
from wenzheng.engine.findings import DefinitionRefused
from wenzheng.engine.step import open_user_tasks
from wenzheng.settings import definitions_dir

EXAMPLE = read_bundle(definitions_dir() / "examples" / "co-handling")
TEXT = EXAMPLE.files["co-handling.yaml"].decode()


def compiled(text: str) -> CompiledProcess:
    bundle = Bundle("co-handling", {"co-handling.yaml": text.encode()})
    return compile_bundle(bundle.digest, bundle.files, contracts()).processes["co_handling_letter"]


@pytest.fixture(scope="module")
def process() -> CompiledProcess:
    return compiled(TEXT)


def at(day: str, hour: int = 10) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02}:00:00+08:00")


class Letter(Run):
    """The example's letter, received on Monday 7 September and assigned that day."""

    def __init__(self, process: CompiledProcess) -> None:
        super().__init__(process, now=at("2026-09-07"))
        self.start(petition_id="p", received_on="2026-09-07")
        self.complete("assign", department="roads", co_handling=["water", "parks", "police"])

    def by(self, unit: str, element: str, role: str = "department", **data: Any) -> None:
        """A unit does its task."""
        opened = {one["task_id"]: one.get("unit") for one in self.of(TASK_OPENED)}
        waiting = [one.id for one in open_user_tasks(self.instance) if one.task_spec.element.id == element]
        task = next(one for one in waiting if opened[one] == unit)
        self.do(TaskCompleted(element, unit, role, data, task))

    def told(self) -> list[tuple[str, str, list[str], str | None]]:
        """Which limits were passed, who hears of each, and whose it is."""
        return [
            (one["clock"], one["threshold"], one["notify"], one.get("whose"))
            for one in self.of(THRESHOLD_PASSED)
        ]


def test_the_lead_replies_names_who_was_silent_and_waits_for_nobody(process: CompiledProcess) -> None:
    letter = Letter(process)
    letter.by("water", "take", needs_time=False)
    letter.by("water", "contribute", contribution="c1")
    letter.by("police", "take", needs_time=False)
    letter.complete("draft", "department", content_id="r1")
    assert letter.instance.variables["silent"] == ["parks", "police"]
    letter.complete("approve", "department_head", approved=True)
    letter.serve({"told": True})
    (fact,) = letter.of(FACT_REACHED)
    assert fact["data"] == {"content_id": "r1", "silent": ["parks", "police"]}
    assert letter.state == "completed"
    stopped = {one["clock"]: (one["reason"], one["lamp"]) for one in letter.of(CLOCK_STOPPED)}
    assert stopped["helper_time@water"] == ("completed", "green")
    assert stopped["helper_time@parks"] == stopped["helper_time@police"] == ("cancelled", None)
    assert stopped["lead_time"] == stopped["letter"] == ("completed", "green")


def test_each_late_unit_is_told_of_by_itself_and_climbs_its_own_ladder(process: CompiledProcess) -> None:
    letter = Letter(process)
    letter.by("water", "take", needs_time=False)
    letter.by("water", "contribute", contribution="c1")
    letter.by("parks", "take", needs_time=False)
    letter.until(at("2026-09-15"))
    head, red = ["department_head"], ["department_head", "supervision"]
    assert letter.told() == [
        ("helper_sign@police", "late", head, "police"),
        ("helper_time@parks", "yellow", head, "parks"),
        ("helper_time@police", "yellow", head, "police"),
        ("lead_time", "yellow", ["department"], "roads"),
        ("helper_time@parks", "red", red, "parks"),
        ("helper_time@police", "red", red, "police"),
        ("letter", "yellow", head, None),
    ]


def test_more_time_is_the_units_that_asked_its_own_head_for_it(process: CompiledProcess) -> None:
    letter = Letter(process)
    letter.by("parks", "take", needs_time=True)
    letter.by("parks", "give_time", "department_head", time_given=True)
    (extended,) = letter.of(CLOCK_EXTENDED)
    assert (extended["clock"], extended["whose"], extended["until"]) == (
        "helper_time@parks",
        "parks",
        "2026-09-14",
    )
    letter.until(at("2026-09-11"))
    assert [one[0] for one in letter.told()] == [
        "helper_sign@police",
        "helper_sign@water",
        "helper_time@police",
        "helper_time@water",
    ]


def test_the_example_has_no_finding() -> None:
    assert [str(one) for one in checked(definitions_dir() / "examples" / "co-handling").findings] == []


PROCEDURE = "          do: help\n          for_each: co_handling\n"


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("for_each: co_handling", "", "collect-of-nobody"),
        ("missing: silent", "missing: nobody", "unknown-data"),
        ("missing: silent", "missing: lead_is_done", "unknown-data"),
        ("whose: department", "whose: nobody", "unknown-data"),
        ("      helper_time:", "      lead_time:", "duplicate-id"),
        ("stops: contribute", "stops: draft", "unknown-step"),
        ("    starts: assign\n    stops: replied", "    starts: take\n    stops: replied", "unknown-step"),
        ("  lead_is_done: yes_no", "  lead_is_done: yes_no\n  unit: text", "reserved-name"),
        ("  deliver_reply:", "  once_more:\n    do: help\n  deliver_reply:", "each-and-once"),
        ("collect: {contributions: contribution}", "collect: {contributions: x}", "unknown-data"),
    ],
)
def test_what_cannot_be_meant_of_units_is_refused_where_it_stands(old: str, new: str, rule: str) -> None:
    assert old in TEXT
    with pytest.raises(DefinitionRefused) as refused:
        compiled(TEXT.replace(old, new, 1))
    assert rule in {one.rule for one in refused.value.findings}


def test_a_step_that_each_unit_does_has_deadlines_of_its_own_without_a_procedure() -> None:
    text = """
language: 1
process: co_handling_letter
data: {silent: list}
steps:
  choose:
    by: clerk
    form:
      asked: {type: units, required: true}
  answer:
    by: department
    for_each: asked
    missing: silent
    deadlines:
      time:
        unit: calendar_days
        limits:
          late: {after: 3, lamp: red, notify: supervision}
    go: done
outcomes:
  done: Done
"""
    run = Run(compiled(text), now=at("2026-09-07")).start()
    run.complete("choose", asked=["roads", "water"])
    run.until(at("2026-09-11"))
    assert [(one["clock"], one["whose"]) for one in run.of(THRESHOLD_PASSED)] == [
        ("time@roads", "roads"),
        ("time@water", "water"),
    ]
