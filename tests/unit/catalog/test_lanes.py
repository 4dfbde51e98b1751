"""Lanes: the BPMN of a YAML definition shows in whose hands each step is."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from activities.services import contracts
from scripts.yaml_examples import EXAMPLES, everything_beside
from wenzheng.catalog.bundle import read_bundle
from wenzheng.catalog.language import Library, Translation, translate
from wenzheng.cli.main import execute
from wenzheng.engine.definition import compile_definition
from wenzheng.engine.findings import FindingList
from wenzheng.settings import definitions_dir

MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ROLE = "{urn:wenzheng:bpmn:1}role"
SHIPPED = [
    definitions_dir() / name
    for name in ("petition/petition.yaml", "forum/forum.yaml", "examples/digest/supervision.yaml")
]
Box = tuple[int, int, int, int]


def translated(path: Path, *, lanes: bool = True) -> Translation:
    library = Library(read_bundle(path).files)
    found = translate(
        path.read_bytes(), path.name, FindingList(), library=library, picture=lanes, lanes=lanes
    )
    assert found is not None
    return found


def boxes(data: bytes) -> dict[str, Box]:
    """Left, top, right and bottom of every shape."""
    shape = r'bpmnElement="([^"]+)"[^>]*>\s*<dc:Bounds x="(-?\d+)" y="(-?\d+)" width="(\d+)" height="(\d+)"'
    found = {name: tuple(map(int, rest)) for name, *rest in re.findall(shape, data.decode())}
    return {name: (x, y, x + w, y + h) for name, (x, y, w, h) in found.items()}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_step_stands_in_the_lane_of_who_does_it(path: Path) -> None:
    data = translated(path).data
    root, drawn = ET.fromstring(data), boxes(data)  # noqa: S314 - our own
    tasks = {node.get("id"): node.get(ROLE) for node in root.iter(f"{MODEL}userTask")}
    seen = set()
    for lane_set in root.iter(f"{MODEL}laneSet"):
        lanes = list(lane_set)
        frames = [drawn[lane.get("id") or ""] for lane in lanes]
        assert [frame[1] for frame in frames[1:]] == [frame[3] for frame in frames[:-1]]
        assert len({(frame[0], frame[2]) for frame in frames}) == 1
        for lane, (left, top, right, bottom) in zip(lanes, frames, strict=True):
            for member in (ref.text or "" for ref in lane):
                x, y, xx, yy = drawn[member]
                assert left < x < xx < right
                assert top <= y < yy <= bottom
                if member in tasks:
                    assert tasks[member] == lane.get(ROLE)
                    seen.add(member)
    assert len(seen) > 3


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_without_its_picture_and_lanes_it_is_what_runs(path: Path) -> None:
    seen = translated(path).data.decode()
    drawn = r" *<bpmndi:BPMNDiagram.*</bpmndi:BPMNDiagram>\n| *<bpmn:laneSet.*?</bpmn:laneSet>\n"
    bare = re.sub(drawn, "", seen, flags=re.DOTALL)
    assert bare == translated(path, lanes=False).data.decode()


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_bpmn_with_lanes_runs_too(name: str) -> None:
    library = Library(everything_beside())
    found = translate(
        EXAMPLES[name].encode(), "p.yaml", FindingList(), library=library, picture=True, lanes=True
    )
    assert found is not None
    tables = {file: data for file, data in everything_beside().items() if file.endswith(".csv")}
    compile_definition("d", {"p.bpmn": found.data, **tables}, contracts())


def test_a_group_is_known_in_the_bpmn_too(tmp_path: Path) -> None:
    path, out = definitions_dir() / "examples" / "digest" / "supervision.yaml", tmp_path / "out.bpmn"
    assert execute(["compile", str(path), "-o", str(out)]) == 0
    assert execute(["validate", str(out)]) == 0
    out.write_text(
        out.read_text(encoding="utf-8").replace("centre_head supervisor", "centre_head nobody"),
        encoding="utf-8",
    )
    assert execute(["validate", str(out)]) == 1


def test_one_role_alone_has_no_lane() -> None:
    found = translate(EXAMPLES["definition"].encode(), "p.yaml", FindingList(), picture=True, lanes=True)
    assert found is not None
    assert b"laneSet" not in found.data


def test_an_administrator_draws_a_definition_with_the_names_of_its_roles(tmp_path: Path) -> None:
    out = tmp_path / "out.svg"
    path = str(definitions_dir() / "examples" / "digest" / "supervision.yaml")
    assert execute(["render", path, "--lanes", "--language", "en", "-o", str(out)]) == 0
    drawn = out.read_text(encoding="utf-8")
    lanes = re.findall(r'<g data-lane="[^"]+"><title>([^<]+)</title>', drawn)
    assert set(lanes) == {
        *("The two supervision offices", "department", "Leaders of the city"),
        *("Who verifies", "Editor of the digest"),
    }
    assert execute(["render", path, "-o", str(out)]) == 0
    assert "data-lane" not in out.read_text(encoding="utf-8")
