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
    assert {("questions", "2026-12-16"), ("material", "2026-12-17")} <= moved


def test_the_session_begins_on_its_new_day_and_not_before() -> None:
    assert walked().when("until_the_day") == ["12-18 00:00"]
    assert walked(postponed=[]).when("until_the_day") == ["12-11 00:00"]


def passed(walk: Walk) -> list[tuple[Any, ...]]:
    """The limits that are over and of which somebody hears."""
    found = [one.data for one in walk.of(said.THRESHOLD_PASSED) if one.data["notify"]]
    return [(data["clock"], data["due"], data["notify"]) for data in found]


def reminded(walk: Walk) -> list[tuple[str, str, list[str]]]:
    found = [(at, one.data) for at, one in walk.effects if one.kind == said.REMINDER_DUE]
    return [(f"{at.astimezone(ZONE):%m-%d %H:%M}", data["clock"], data["remind"]) for at, data in found]


def test_supervision_is_not_disturbed_while_every_matter_is_answered_and_completed_in_time() -> None:
    walk = walked()
    assert reminded(walk) == [("12-24 08:30", "replies", ["supervision"])]
    assert passed(walk) == []
    lamps = {one.data["clock"]: one.data["lamp"] for one in walk.of(said.CLOCK_STOPPED)}
    assert (lamps["replies"], lamps["promises"]) == ("green", "green")


def test_supervision_and_the_leader_hear_of_each_promised_day_that_goes_by() -> None:
    ends = [
        {"data": {"matter": one, "ended_as": "solved"}, "after": "P80D"} for one in ("letter-1", "letter-2")
    ]
    silent = walked(matter_replied=[], matter_completed=[], matter_settled=ends)
    assert passed(silent) == [
        ("replies", "2026-12-25", ["supervision"]),  # 5 working days after 12-18
        (
            "promises",
            "2027-01-11",
            ["supervision", "leader"],
        ),  # letter-2: no day was promised, 15 working days
    ]
    late = walked(matter_completed=[{"data": {"matter": "letter-2"}, "after": "P52D"}], matter_settled=ends)
    assert passed(late) == [
        ("promises", "2027-01-11", ["supervision", "leader"]),
        # On 01-14 letter-2 is completed, and the next promised day counts.
        ("promises", "2027-01-29", ["supervision", "leader"]),
    ]
    assert ("01-26 08:30", "promises", ["supervision"]) in reminded(late)


def test_a_session_day_that_goes_by_without_the_session_is_told() -> None:
    forgotten = walked(live=[{"data": {"asked_live": 1, "answered_live": 1}, "after": "P2D"}])
    assert ("live", "2026-12-18", ["centre_head", "supervision"]) in passed(forgotten)
    assert "live" in [one.data["clock"] for one in walked().of(said.CLOCK_STARTED)]


def test_a_new_day_and_a_new_guest_are_published_on_the_day_they_are_decided_or_supervision_hears() -> None:
    kept = walked()
    assert {"new_day", "new_guest"} <= {one.data["clock"] for one in kept.of(said.CLOCK_STOPPED)}
    late = walked(
        announce_change=[{"data": {"change_notice": "c"}, "after": "P1D"}],
        announce_guest=[{"data": {"guest_notice": "g"}, "after": "P1D"}],
    )
    told = {clock: (due, to) for clock, due, to in passed(late) if clock in {"new_day", "new_guest"}}
    decided = {one.data["clock"]: one.data["day0"] for one in late.of(said.CLOCK_STARTED)}
    assert told == {
        "new_day": (decided["new_day"], ["centre_head", "supervision"]),
        "new_guest": (decided["new_guest"], ["centre_head", "supervision"]),
    }


def test_people_are_reminded_before_each_limit_and_supervision_hears_of_each_that_is_over() -> None:
    """But for the vote: the centre's own head hears of it a week before the notice is late.

    Nobody is reminded of what falls due on the day on which it begins.
    """
    clocks = FORUM.processes["forum"].model.clocks
    limits = [(clock.id, limit) for clock in clocks.values() for limit in clock.thresholds]
    assert {clock for clock, limit in limits if limit.notify and "supervision" not in limit.notify} == {
        "topic"
    }
    assert {clock for clock, _ in limits} - {clock for clock, limit in limits if limit.remind} == {
        *("live", "new_day", "new_guest")
    }


def test_a_session_does_not_close_while_a_promise_is_open() -> None:
    walk = walked(matter_settled=[{"data": {"matter": "letter-2", "ended_as": "solved"}, "after": "P40D"}])
    waiting = {one["element"] for one in outcome(walk)["waiting"]}
    assert outcome(walk)["state"] == "waiting"
    assert "promises_kept" in waiting
    assert walk.when("feedback") == []


@pytest.mark.parametrize("ended_as", ["rejected", "withdrawn", None])
def test_a_promise_whose_letter_ended_unhandled_is_explained_before_the_session_closes(
    ended_as: str | None,
) -> None:
    said_of = {"matter": "letter-2"} | ({"ended_as": ended_as} if ended_as else {})
    ends = [
        {"data": said_of, "after": "P40D"},
        {"data": {"matter": "letter-1", "ended_as": "decided"}, "after": "P65D"},
    ]
    walk = walked(matter_settled=ends, explain=[{"data": {"explanation": "c"}, "after": "P30D"}])
    assert walk.when("explain") == ["02-01 09:00"]  # 30 days after 01-02
    assert walk.when("feedback") == ["02-01 09:00"]
    assert outcome(walk)["data"]["dropped"] == ["letter-2"]
    assert walked().when("explain") == []


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


def test_whoever_does_a_step_has_guidance_and_texts_to_begin_with_in_both_languages() -> None:
    model = FORUM.processes["forum"].model
    asked = [one for one in model.all_elements() if one.type == "userTask"]
    assert [one.id for one in asked if set(one.guidance) != {"zh", "en"}] == []
    texts = {
        (one.id, item.id): set(item.template)
        for one in asked
        for item in one.fields
        if item.type == "content"
    }
    without = {name for name, template in texts.items() if template != {"zh", "en"}}
    # A leader's objection, and what the next session does better, are free.
    assert without == {
        ("approve_plan", "plan_note"),
        ("approve_brief", "brief_note"),
        ("feedback", "lessons"),
    }
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
