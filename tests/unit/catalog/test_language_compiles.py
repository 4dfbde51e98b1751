"""YAML to BPMN: every construct runs, the BPMN is BPMN, and the picture can be looked at."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from activities.services import contracts
from scripts.yaml_examples import EXAMPLES, bundle_of, everything_beside
from tests.support.bpmn import MONDAY, Run
from wenzheng.calendars.china import china
from wenzheng.catalog.compiling import compile_bundle
from wenzheng.catalog.language import Library, Translation, step_grammar, translate
from wenzheng.cli.main import execute
from wenzheng.engine.definition import compile_definition
from wenzheng.engine.findings import FindingList
from wenzheng.settings import definitions_dir
from wenzheng.simulation.answers import Answers
from wenzheng.simulation.world import World

SHIPPED = definitions_dir() / "petition" / "petition.yaml"
ALL = {"petition": SHIPPED.read_text(encoding="utf-8"), **EXAMPLES}
ANSWERS = {
    "by": {"rate": [{"data": {"solved": True}, "after": "P40D"}]},
    "back_to": {"draft": [{"data": {"good": False}}] * 3},
}
GIVEN = {"petition_id": "p", "day": "2026-10-12", "received_on": "2026-09-07"}
OUTCOMES = {
    "definition": "greeted",
    "data": "counted",
    "deadlines": "answered",
    "by": "unconfirmed",
    "tell": "told",
    "mark": "answered",
    "call": "called",
    "set": "judged",
    "choose": "middle",
    "wait": "waited",
    "back_to": "given_up",
    "anytime": "replied",
    "together": "prepared",
    "for_each": "written",
    "each_deadline": "answered",
    "beside": "held",
    "ledger": "done",
    "decide": "at_once",
    "send": "answered",
    "do": "visited",
    "schedule": "reported",
    "again": "watched",
    "roles": "answered",
    "forms": "signed",
    "import": "decided",
}


def translated(text: str) -> Translation:
    library = Library(everything_beside())
    found = translate(text.encode(), "p.yaml", FindingList(), library=library, picture=True)
    assert found is not None
    return found


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_of_the_reference_runs_to_its_outcome(name: str) -> None:
    definition = compile_bundle("d" * 64, bundle_of(name), contracts())
    world = World(definition, china(), MONDAY, Answers.read(ANSWERS.get(name, {})))
    process = translated(EXAMPLES[name]).process.id
    declared = definition.processes[process].model.variables
    world.start(process, {key: GIVEN[key] for key in declared if key in GIVEN})
    world.run(datetime(2028, 1, 1, tzinfo=UTC))
    outcome: dict[str, Any] = world.outcome()
    assert (outcome["state"], outcome["data"]["outcome"]) == ("completed", OUTCOMES[name])


def test_every_kind_of_step_has_an_example() -> None:
    assert set(step_grammar.STEP.kinds) <= set(EXAMPLES)


@pytest.mark.parametrize("name", ALL)
def test_the_bpmn_stands_for_itself(name: str) -> None:
    data = translated(ALL[name]).data
    tables = {file: text for file, text in everything_beside().items() if file.endswith(".csv")}
    compile_definition("d", {"p.bpmn": data, **tables}, contracts())
    assert data == translated(ALL[name]).data


def test_the_rounds_are_counted_from_one_and_end() -> None:
    definition = compile_bundle("d", {"p.yaml": EXAMPLES["back_to"].encode()}, contracts())
    run = Run(definition.processes["repeating"]).start()
    for _ in range(3):
        assert run.open == ["draft"]
        run.complete("draft", "department", good=False)
    assert run.instance.variables["round"] == 3
    assert run.instance.variables["outcome"] == "given_up"


def test_an_outcome_may_be_named_by_several_steps() -> None:
    text = EXAMPLES["choose"].replace("otherwise: small", "otherwise: middle").replace("  small: Small\n", "")
    assert compile_bundle("d", {"p.yaml": text.encode()}, contracts()).processes


def boxes(data: bytes) -> dict[str, tuple[int, ...]]:
    shape = r'bpmnElement="([^"]+)"[^>]*>\s*<dc:Bounds x="(-?\d+)" y="(-?\d+)" width="(\d+)" height="(\d+)"'
    return {name: tuple(map(int, numbers)) for name, *numbers in re.findall(shape, data.decode())}


def test_what_runs_is_what_people_see_without_its_picture() -> None:
    text = ALL["petition"].encode()
    runs = translate(text, "p.yaml", FindingList())
    assert runs is not None
    seen = translated(ALL["petition"]).data.decode()
    assert "BPMNShape" not in runs.data.decode()
    assert runs.data.decode() == re.sub(
        r" *<bpmndi:BPMNDiagram.*</bpmndi:BPMNDiagram>\n", "", seen, flags=re.DOTALL
    )


@pytest.mark.parametrize("name", ALL)
def test_every_element_is_drawn_and_none_lies_on_another(name: str) -> None:
    data = translated(ALL[name]).data
    root = ET.fromstring(data)  # noqa: S314 - our own
    model = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
    processes = root.findall(f"{model}process")
    flows = {node.get("id") for process in processes for node in process.iter(f"{model}sequenceFlow")}
    nodes = {node.get("id"): node for process in processes for node in process.iter() if node.get("id")}
    drawn = boxes(data)
    elements = {
        key: node.tag
        for key, node in nodes.items()
        if key
        and key not in flows
        and node.tag.startswith(model)
        and not node.tag.endswith(("DataItem", "dataInput"))
    }
    for process in processes:
        elements.pop(process.get("id") or "")
    assert set(drawn) == set(elements)
    assert flows == set(re.findall(r'BPMNEdge id="[^"]*" bpmnElement="([^"]+)"', data.decode()))
    pages = {name: page for page, one in enumerate(processes) for name in (n.get("id") for n in one.iter())}
    solid = [k for k, tag in elements.items() if not tag.endswith(("boundaryEvent", "subProcess"))]
    for one, other in combinations(solid, 2):
        if pages[one] != pages[other]:
            continue
        (x, y, w, h), (a, b, c, d) = drawn[one], drawn[other]
        assert x + w <= a or a + c <= x or y + h <= b or b + d <= y, (one, other)


def test_steps_are_read_in_rows_from_left_to_right_and_the_scope_holds_them() -> None:
    drawn = boxes(translated(ALL["petition"]).data)
    steps = [
        "received",
        "accept",
        "is_accepted",
        "tell_accepted",
        "assign",
        "sign",
        "reply",
        "approve",
        "deliver_reply",
        "replied",
        "complete",
        "check",
        "completed",
        "feedback",
        "rate",
        "decide",
    ]
    # By their middles: those of one row are on one height.
    spots = [(drawn[step][1] + drawn[step][3] // 2, drawn[step][0]) for step in steps[1:]]
    assert spots == sorted(spots)
    assert len({y for y, _ in spots}) < len(spots) // 2
    x, y, width, height = drawn["handling_scope"]
    for step in [*steps[1:], "rejected", "unconfirmed", "solved"]:
        left, top, wide, high = drawn[step]
        assert x < left < left + wide < x + width, step
        assert y < top < top + high < y + height, step


def test_an_administrator_compiles_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.bpmn"
    assert execute(["compile", "--no-sources", str(SHIPPED), "-o", str(out)]) == 0
    drawn = translate(SHIPPED.read_bytes(), SHIPPED.name, FindingList(), picture=True, lanes=True)
    assert drawn is not None
    assert out.read_bytes() == drawn.data
    assert execute(["validate", str(out)]) == 0
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(EXAMPLES["by"].replace("working_days: 10", "working_days: ten"), encoding="utf-8")
    capsys.readouterr()
    assert execute(["compile", str(wrong), "-o", str(tmp_path / "none.bpmn")]) == 1
    assert not (tmp_path / "none.bpmn").exists()
    (line, _) = capsys.readouterr().err.splitlines()
    assert line.startswith("wrong.yaml:13:31: error wrong-type: Expected a whole number")
    assert execute(["compile", str(out)]) == 1
    assert execute(["compile", str(tmp_path / "missing.yaml")]) == 1
