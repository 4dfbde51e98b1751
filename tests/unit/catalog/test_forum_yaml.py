"""A session of the forum walked in virtual time, from the notice to the last promise kept.

Dates by hand: the session of Friday 2026-12-11 is postponed to Friday 2026-12-18; no public holiday lies in
between, and 2027-01-01 (Friday) is one. What is decreed of 2027 is not known: its dates are provisional.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from activities.services import contracts
from wenzheng import contracts as said
from wenzheng.calendars.china import china
from wenzheng.catalog.bundle import read_bundle
from wenzheng.catalog.compiling import compile_bundle
from wenzheng.catalog.language import Names
from wenzheng.catalog.message_check import Messages
from wenzheng.cli.main import execute
from wenzheng.engine.definition import Definition
from wenzheng.engine.effects import Effect
from wenzheng.engine.events import Event
from wenzheng.petitions.recipients import NOTIFY_NAMES
from wenzheng.petitions.roles import ELEMENT_ROLES
from wenzheng.settings import definitions_dir
from wenzheng.simulation.answers import Answers
from wenzheng.simulation.world import Inhabitant, World

ANSWERS = Path(__file__).resolve().parents[2] / "support" / "forum_answers.json"
BEGINS = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PLANNED = {"session_id": "s", "session_on": "2026-12-11"}
ZONE = china().zone
NINE = "123456789"


def shipped(folder: str) -> Definition:
    bundle = read_bundle(definitions_dir() / folder)
    names = Names(ELEMENT_ROLES, NOTIFY_NAMES)
    messages = Messages.NEEDED if folder == "forum" else Messages.NOT
    return compile_bundle(bundle.digest, bundle.files, contracts(), names, messages)


FORUM = shipped("forum")


@dataclass
class Walk:
    """A session that was walked: its world and all that followed."""

    world: World
    effects: list[tuple[datetime, Effect]] = field(default_factory=list)

    def of(self, kind: str) -> list[Effect]:
        """The effects of a kind, in their order."""
        return [effect for _, effect in self.effects if effect.kind == kind]

    def when(self, element: str) -> list[str]:
        """When an element was completed, by the city's clocks."""
        found = [line for line in self.world.lines if (line.element, line.event) == (element, "completed")]
        return [f"{line.time.astimezone(ZONE):%m-%d %H:%M}" for line in found]


def walked(definition: Definition = FORUM, **changed: Any) -> Walk:
    given: dict[str, Any] = json.loads(ANSWERS.read_text(encoding="utf-8")) | changed
    walk: Walk

    def watch(_who: Inhabitant, _event: Event, effects: list[Effect]) -> None:
        walk.effects += [(walk.world.now, effect) for effect in effects]

    walk = Walk(World(definition, china(), BEGINS, Answers.read(given), watch))
    walk.world.start("forum", PLANNED)
    walk.world.run(datetime(2027, 6, 1, tzinfo=UTC))
    return walk


def outcome(walk: Walk) -> Mapping[str, Any]:
    return walk.world.outcome()


def test_a_session_goes_through_all_nine_steps_to_its_archive() -> None:
    walk = walked()
    assert (outcome(walk)["state"], outcome(walk)["data"]["outcome"]) == ("completed", "completed")
    names = [line.name for line in walk.world.lines if line.type == "userTask" and line.event == "completed"]
    numbered = [name[0] for name in names if name[0] in NINE]
    assert sorted(set(numbered)) == list(NINE)
    # Collection and material overlap; the others come in their order.
    assert [step for step in dict.fromkeys(numbered) if step not in "23"] == list("1456789")


def test_the_leader_who_returns_the_plan_is_asked_again() -> None:
    walk = walked()
    assert walk.when("plan") == ["11-23 09:00", "11-23 09:00"]
    assert walk.when("approve_plan") == ["11-23 09:00", "11-24 09:00"]


def test_every_unit_that_takes_part_prepares_its_own_material() -> None:
    walk = walked()
    opened = [one.data for one in walk.of(said.TASK_OPENED) if one.element == "prepare_material"]
    assert [data["unit"] for data in opened] == ["housing", "transport"]
    assert outcome(walk)["data"]["materials"] == ["m1", "m2"]
    assert walk.when("material") == ["11-29 09:00"]


def test_limits_before_the_session_count_back_from_it_and_move_when_it_is_postponed() -> None:
    walk = walked()
    started = {one.data["clock"]: one.data for one in walk.of(said.CLOCK_STARTED)}
    due = {clock: [limit["due"] for limit in data["thresholds"]] for clock, data in started.items()}
    assert due["topic"] == ["2026-11-27"]  # 14 days before Friday 12-11
    assert due["preview"] == ["2026-12-04"]  # 7 days
    assert due["questions"] == ["2026-12-09"]  # two working days: the Wednesday
    assert due["material"] == ["2026-12-10"]  # one working day: the Thursday
    assert due["approval"] == ["2026-12-17"]  # begun after the postponement: the eve of the new day
    moved = {
        (one.data["clock"], move["due"]) for one in walk.of(said.CLOCK_MOVED) for move in one.data["moved"]
    }
    assert moved == {("questions", "2026-12-16"), ("material", "2026-12-17")}


def test_the_session_begins_on_its_new_day_and_not_before() -> None:
    assert walked().when("until_the_day") == ["12-18 00:00"]
    assert walked(postponed=[]).when("until_the_day") == ["12-11 00:00"]


def test_people_are_told_after_the_session_before_limits_are_over_and_when_they_are() -> None:
    walk = walked()
    reminded = [(f"{at.astimezone(ZONE):%m-%d %H:%M}", one.data["threshold"], one.data["remind"])
                for at, one in walk.effects if one.kind == said.REMINDER_DUE]  # fmt: skip
    assert ("12-24 08:30", "reply", ["supervision"]) in reminded
    passed = [(one.data["clock"], one.data["threshold"], one.data["due"], one.data["notify"])
              for one in walk.of(said.THRESHOLD_PASSED)]  # fmt: skip
    assert passed == [
        ("results", "reply", "2026-12-25", ["supervision"]),
        ("results", "result", "2027-01-11", ["supervision", "leader"]),
        ("promises", "near", "2027-01-26", ["supervision"]),
    ]


def test_a_session_does_not_close_while_a_promise_is_open() -> None:
    walk = walked(matter_settled=[{"data": {"matter": "letter-2"}, "after": "P40D"}])
    waiting = {one["element"] for one in outcome(walk)["waiting"]}
    assert outcome(walk)["state"] == "waiting"
    assert "promises_kept" in waiting
    assert walk.when("feedback") == []
    late = [one.data["clock"] for one in walk.of(said.THRESHOLD_PASSED) if one.data["threshold"] == "late"]
    assert late == ["promises"]


def test_the_same_end_told_twice_settles_one_matter() -> None:
    assert outcome(walked())["data"]["settled"] == ["letter-2", "letter-1"]


def test_a_session_where_all_was_answered_goes_on_to_its_results() -> None:
    walk = walked(transcript=[{"data": {"transcript_text": "c", "open_matters": False}}])
    assert outcome(walk)["data"]["outcome"] == "completed"
    assert walk.when("dispatch") == []
    assert [one.data["clock"] for one in walk.of(said.CLOCK_STARTED)][-1] == "dispatch"


@pytest.mark.parametrize("after", ["PT1H", "P2D", "P12D", "P30D"])
def test_a_leader_calls_a_session_off_at_any_time(after: str) -> None:
    walk = walked(cancelled_by=[{"data": {"cancelled_because": "c"}, "after": after}])
    assert (outcome(walk)["state"], outcome(walk)["data"]["outcome"]) == ("completed", "cancelled")
    assert not walk.world.inhabitants[0].instance.clocks.running


def test_the_one_written_in_yaml_and_the_one_in_bpmn_leave_the_same_trace() -> None:
    other = shipped("examples/forum-bpmn")
    cases: list[dict[str, Any]] = [
        {},
        {"transcript": [{"data": {"transcript_text": "c", "open_matters": False}}]},
        {"cancelled_by": [{"data": {"cancelled_because": "c"}, "after": "P9D"}]},
        {"postponed": []},
    ]
    for changed in cases:
        one, two = walked(**changed), walked(other, **changed)
        assert [line.as_dict() for line in one.world.lines] == [line.as_dict() for line in two.world.lines]
        assert one.effects == two.effects
        assert outcome(one) == outcome(two)


def test_whoever_does_a_step_has_guidance_in_both_languages() -> None:
    model = FORUM.processes["forum"].model
    asked = [one for one in model.all_elements() if one.type == "userTask"]
    without = {one.id for one in asked if set(one.guidance) != {"zh", "en"}}
    assert without == {"announce_change", "announce_guest"}
    assert all(set(item.template) in (set(), {"zh", "en"}) for one in asked for item in one.fields)
    assert all(item.name_en for one in asked for item in one.fields)


def test_the_trace_command_walks_a_session_with_answers_from_a_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = str(definitions_dir() / "forum")
    start = ["--data", json.dumps(PLANNED), "--start", BEGINS.isoformat(), "--format", "json"]
    assert execute(["trace", folder, "--answers", str(ANSWERS), *start]) == 0
    *lines, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert last["state"] == "completed"
    assert [line["element"] for line in lines if line["event"] == "completed"][-1] == "closed"
