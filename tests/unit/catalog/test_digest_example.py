"""The weekly digest, written in the language: issues, instructions, supervision until they are done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from activities.services import contracts
from tests.support.bpmn import CALENDAR, Run
from wenzheng.catalog.bundle import read_bundle
from wenzheng.catalog.compiling import compile_bundle
from wenzheng.catalog.language import Names
from wenzheng.contracts import FACT_REACHED
from wenzheng.engine.definition import Definition
from wenzheng.engine.effects import Effect
from wenzheng.engine.events import Event
from wenzheng.petitions.recipients import NOTIFY_NAMES
from wenzheng.petitions.roles import ALONE, ELEMENT_ROLES
from wenzheng.settings import definitions_dir
from wenzheng.simulation.answers import Answers
from wenzheng.simulation.world import Inhabitant, World

FOLDER = definitions_dir() / "examples" / "digest"
YES = {"instructed": True, "item": "The bus stop", "instruction": "See to it.", "more": False}


@pytest.fixture(scope="module")
def definition() -> Definition:
    bundle = read_bundle(FOLDER)
    names = Names(ELEMENT_ROLES, NOTIFY_NAMES, ALONE)
    return compile_bundle(bundle.digest, bundle.files, contracts(), names)


def at(day: str, clock: str = "10:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}:00+08:00")


def lived(definition: Definition, answers: dict[str, Any], until: str) -> tuple[World, list[tuple[str, Any]]]:
    """A series that begins on Saturday 5 September 2026, and the facts that were reached."""
    facts: list[tuple[str, Any]] = []

    def watch(_who: Inhabitant, _event: Event, effects: list[Effect]) -> None:
        facts.extend((one.element, one.data["data"]) for one in effects if one.kind == FACT_REACHED)

    world = World(definition, CALENDAR, at("2026-09-05"), Answers.read(answers), watch)
    world.start("digest", {})
    world.run(at(until))
    return world, facts


def test_an_issue_comes_out_on_the_first_working_day_of_each_week_and_is_numbered(
    definition: Definition,
) -> None:
    answers = {
        "series": [{"after": "P60D"}],
        "instruct": [{"data": {"instructed": False, "more": False}}] * 9,
    }
    world, facts = lived(definition, answers, "2026-10-13")
    assert [data["issue"] for name, data in facts if name == "issued"] == [1, 2, 3, 4, 5, 6]
    begun = [line.time for line in world.lines if (line.element, line.event) == ("number_issue", "completed")]
    assert [when.astimezone(CALENDAR.zone).strftime("%m-%d %H:%M") for when in begun] == [
        *("09-07 08:30", "09-14 08:30", "09-21 08:30", "09-28 08:30"),
        *("10-08 08:30", "10-12 08:30"),  # 1 to 7 October are off
    ]


def test_what_the_leader_writes_is_supervised_until_it_is_done_and_comes_back(definition: Definition) -> None:
    answers = {
        "series": [{"after": "P60D"}],
        "instruct": [{"data": YES | {"more": True}}, {"data": YES | {"item": "The lamp"}}]
        + [{"data": {"instructed": False, "more": False}}] * 9,
        "carry_out": [{"data": {"what": "done", "report": "c"}, "after": "P3D"}] * 9,
        "verify": [{"data": {"kept": False}}, {"data": {"kept": True}}, {"data": {"kept": True}}],
    }
    world, facts = lived(definition, answers, "2026-11-09")
    assert [name for name, _ in facts].count("done") == 2
    assert sorted(world.outcome()["data"]["settled"]) == ["The bus stop", "The lamp"]
    assert world.outcome()["data"]["outcome"] == "ended"


def test_a_returned_issue_keeps_its_number_while_the_next_week_begins(definition: Definition) -> None:
    approvals = [{"data": {"approved": False}, "after": "P8D"}] + [{"data": {"approved": True}}] * 9
    answers = {"series": [{"after": "P60D"}], "approve": approvals}
    _, facts = lived(
        definition, answers | {"instruct": [{"data": {"instructed": False, "more": False}}] * 9}, "2026-10-01"
    )
    assert [data["issue"] for name, data in facts if name == "issued"] == [2, 1, 3, 4]


def test_an_instruction_is_yellow_after_ten_working_days_and_red_after_fifteen(
    definition: Definition,
) -> None:
    run = Run(definition.processes["instruction"], now=at("2026-09-07"))
    run.start(issue=1, item="The bus stop", instruction="See to it.")
    run.message("instruction", issue=1, item="The bus stop", instruction="See to it.")
    run.complete("register", "supervisor", department="housing")
    clock = run.instance.clocks.running["done"]
    assert [limit["due"] for limit in clock["thresholds"]] == ["2026-09-20", "2026-09-28"]
    run.complete("carry_out", "department", what="done", report="c")
    run.complete("verify", "centre_head supervisor", kept=True)
    assert list(run.instance.clocks.running) == ["published"]
    assert run.open == ["publish"]
