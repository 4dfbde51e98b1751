"""What a process administrator sees of a definition before anybody writes a letter."""

from __future__ import annotations

import json
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from activities.services import contracts
from tests.support.bpmn import bpmn
from wenzheng.calendars.china import china
from wenzheng.catalog.bundle import read_bundle
from wenzheng.catalog.compiling import compile_bundle
from wenzheng.cli.main import app, execute
from wenzheng.settings import definitions_dir
from wenzheng.simulation.answers import Answers, AnswersRefusedError
from wenzheng.simulation.world import World

START = datetime(2026, 9, 30, 2, tzinfo=UTC)
VARIABLES = {"petition_id": "p1", "received_on": "2026-09-30"}
PETITION = definitions_dir() / "petition"


def world(answers: Any = None) -> World:
    definition = compile_bundle("d" * 64, read_bundle(PETITION).files, contracts())
    lived = World(definition, china(), START, Answers.read(answers or {}))
    lived.start("petition", VARIABLES)
    return lived


def completed(lived: World) -> list[str]:
    return [line.element for line in lived.lines if line.event == "completed" and line.type == "userTask"]


def test_administrator_sees_the_straight_way_without_answering_anything() -> None:
    lived = world()
    lived.run()
    assert completed(lived) == [
        *("accept", "assign", "sign", "reply", "approve"),
        *("complete", "check", "feedback", "rate"),
    ]
    marks = [(line.event, line.element) for line in lived.lines if line.type == "intermediateThrowEvent"]
    assert [element for event, element in marks if event == "completed"] == ["replied", "completed"]
    assert lived.outcome()["state"] == "completed"
    assert lived.outcome()["data"]["outcome"] == "solved"
    assert lived.now == START


def test_administrator_sees_the_second_round_and_the_supervision_office() -> None:
    unsolved = {"data": {"solved": False, "satisfaction": 1}, "after": "P1D"}
    lived = world({"rate": [unsolved, unsolved]})
    lived.run()
    once = ["reply", "approve", "complete", "check", "feedback", "rate"]
    assert completed(lived) == ["accept", "assign", "sign", *once, *once, "decide"]
    assert lived.outcome()["data"]["outcome"] == "decided"
    assert lived.now == START + timedelta(days=2)


def test_administrator_sees_a_draft_and_a_report_go_back_and_come_again() -> None:
    lived = world(
        {
            "approve": [{"data": {"approved": False, "return_note": "n"}, "after": "P1D"}, {}],
            "check": [{"data": {"done": False}}, {"data": {"done": False}}, {}],
        }
    )
    lived.run()
    assert completed(lived) == [
        *("accept", "assign", "sign", "reply", "approve", "reply", "approve"),
        *("complete", "check", "complete", "check", "complete", "check", "feedback", "rate"),
    ]
    reached = [
        line.element
        for line in lived.lines
        if line.type == "intermediateThrowEvent" and line.event == "completed"
    ]
    assert reached == ["replied", "completed"]
    assert lived.outcome()["data"]["outcome"] == "solved"


def test_silent_author_is_waited_for_ten_working_days_across_the_holiday() -> None:
    lived = world({"rate": []})
    lived.run()
    # Day 0 is 30 September; 8, 9, 10 (a Saturday), 12 to 16, 19 and 20 October are ten working days.
    assert lived.now == datetime(2026, 10, 20, 16, tzinfo=UTC)
    assert lived.outcome()["data"]["outcome"] == "unconfirmed"


def test_silent_department_leaves_a_letter_waiting_and_says_where() -> None:
    lived = world({"reply": []})
    lived.run(START + timedelta(days=60))
    outcome = lived.outcome()
    assert outcome["state"] == "waiting"
    assert [entry["element"] for entry in outcome["waiting"]] == ["author_withdraws", "reply"]
    assert lived.now == START + timedelta(days=60)


def test_answer_that_comes_too_late_comes_to_nothing() -> None:
    lived = world({"rate": [{"after": "P60D", "data": {"solved": True, "satisfaction": 5}}]})
    lived.run()
    assert lived.outcome()["data"]["outcome"] == "unconfirmed"


def test_failing_service_is_shown_with_its_place() -> None:
    lived = world({"tell_accepted": [{"fail": "mail-away"}]})
    lived.run()
    assert lived.outcome()["state"] == "failed"
    assert lived.outcome()["error"]["element"] == "tell_accepted"


def test_every_fault_of_the_answers_is_told_at_once() -> None:
    with pytest.raises(AnswersRefusedError) as refused:
        Answers.read({"a": 1, "b": [{"after": "soon"}], "c": [{"dat": {}}], "d": [{"fail": 3}]})
    assert [fault.split(":")[0] for fault in str(refused.value).split("; ")] == ["a", "b[0]", "c[0]", "d[0]"]


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["trace", *arguments])


def test_trace_prints_one_object_a_line_and_the_outcome_last() -> None:
    result = run(
        str(PETITION),
        *("--data", json.dumps(VARIABLES), "--start", "2026-09-30T10:00:00+08:00", "--format", "json"),
    )
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert lines[0] == {
        "seq": 1,
        "time": "2026-09-30T02:00:00+00:00",
        "instance": "petition-1",
        "process": "petition",
        "element": "received",
        "type": "startEvent",
        "name": "收到来信",
        "event": "activated",
    }
    assert [line["seq"] for line in lines[:-1]] == list(range(1, len(lines)))
    assert set(lines[-1]) == {"state", "waiting", "data", "error"}


def test_administrator_sees_in_a_trace_on_which_day_a_lamp_turns(tmp_path: Path) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text('{"reply": [{"after": "P30D"}]}')
    given = ("--data", json.dumps(VARIABLES | {"received_on": "2026-09-28"}), "--answers", str(answers))
    lines = run(str(PETITION), *given, "--start", "2026-09-28T10:00:00+08:00").stdout.splitlines()
    letter = [line for line in lines if "  letter  答复时限" in line]
    assert [" ".join(line.split()) for line in letter] == [
        "2026-09-28 10:00 petition-1 clock letter 答复时限: yellow after 2026-10-10, red after 2026-10-23",
        "2026-10-09 08:30 petition-1 reminder letter 答复时限: yellow after 2026-10-10",
        "2026-10-11 00:00 petition-1 yellow letter 答复时限",
        "2026-10-24 00:00 petition-1 red letter 答复时限",
        "2026-10-28 10:00 petition-1 stopped letter 答复时限",
    ]


def test_trace_without_what_a_process_begins_with_shows_how_to_give_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert execute(["trace", str(PETITION)]) == 1
    said = capsys.readouterr().err
    example = shlex.split(said[said.index("--data") :])[1]
    assert execute(["trace", str(PETITION), "--data", example]) == 0


def test_trace_of_a_refused_definition_prints_findings_and_runs_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "broken.bpmn"
    broken.write_text("<definitions/>")
    result = run(str(broken), "--format", "json")
    assert result.exit_code == 1
    assert [json.loads(line)["rule"] for line in result.stdout.splitlines()] == ["not-bpmn"]


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (["--start", "yesterday"], "--start expects", 2),
        (["--until", "a while"], "--until expects", 2),
        (["--data", "[]"], "--data expects", 2),
        (["--process", "nobody"], "there is no process nobody", 2),
        (["--data", '{"received_on": "soon"}'], "'petition_id' is missing", 1),
        (["--answers", "nowhere.json"], "cannot use the answers", 1),
    ],
)
def test_wrong_option_is_one_sentence(
    arguments: list[str], said: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert execute(["trace", str(PETITION), *arguments]) == code
    [line] = capsys.readouterr().err.splitlines()
    assert said in line


def test_each_of_several_processes_begins_with_the_data_that_it_declares(tmp_path: Path) -> None:
    notation = "var a int\nstart s\nend e\ns -> e\nprocess q\nvar a int\nvar b int\nstart t\nend f\nt -> f"
    (tmp_path / "two.bpmn").write_bytes(bpmn(notation))
    begun = ["trace", str(tmp_path / "two.bpmn"), "--process", "p", "--process", "q", "--format", "json"]
    told = CliRunner().invoke(app, [*begun, "--data", '{"a": 1, "b": 2}'])
    assert told.exit_code == 0
    assert json.loads(told.output.splitlines()[-1])["data"] == {"a": 1}
    assert execute([*begun, "--data", '{"c": 1}']) == 1
