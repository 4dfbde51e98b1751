"""BPMN that was compiled from YAML shows the YAML's file and line in every finding, beside its own."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from wenzheng.catalog.bundle import Bundle
from wenzheng.catalog.changes.compare import Version, compare
from wenzheng.catalog.checking import check_bundle
from wenzheng.catalog.language import Library, translate
from wenzheng.cli.main import execute
from wenzheng.engine.findings import FindingList

TEXT = """\
language: 1
process: p
import: [shared/clocks.yaml]
data: {received_on: date, big: yes_no}
start: {received: Received}
steps:
  reply:
    by: clerk
    form: {done: {type: yes_no, required: true}}
  look: {set: {big: done}}
  told: {choose: [{if: big, go: closed_well}, {otherwise: closed_badly}]}
outcomes: {closed_well: Done, closed_badly: Not done}
"""
FRAGMENT = """\
language: 1
fragment: clocks
deadlines:
  answer:
    starts: received
    stops: reply
    limits: {red: {working_days: 5, lamp: red, notify: leader}}
"""
FILES = {"p.yaml": TEXT.encode(), "shared/clocks.yaml": FRAGMENT.encode()}


def compiled(*, sources: bool = True) -> bytes:
    findings = FindingList()
    made = translate(
        FILES["p.yaml"], "p.yaml", findings, library=Library(FILES), picture=True, lanes=True, sources=sources
    )
    assert made is not None
    assert not findings.items
    return made.data


DRAWN = compiled()


def found(data: bytes) -> dict[tuple[str, str | None], tuple[str, int] | None]:
    findings = check_bundle(Bundle("p", {"p.bpmn": data})).findings
    return {(one.rule, one.element): one.source for one in findings}


@pytest.mark.parametrize(
    ("old", "new", "rule", "element", "source"),
    [
        (b'wz:role="clerk"', b'wz:role=""', "role-missing", "reply", ("p.yaml", 7)),
        (b'type="bool" name="done"', b'type="boo" name="done"', "extension-value", "reply", ("p.yaml", 9)),
        (b"big = done", b"big = dune", "not_declared", "look", ("p.yaml", 10)),
        (b">big<", b">bigger<", "not_declared", "told", ("p.yaml", 11)),
        (b'stops="reply"', b'stops="nobody"', "unknown-reference", "p", ("shared/clocks.yaml", 4)),
        (b'lamp="red"', b'lamp="blue"', "extension-value", "p", ("shared/clocks.yaml", 7)),
    ],
)
def test_a_fault_drawn_into_it_shows_the_line_of_the_yaml(
    old: bytes, new: bytes, rule: str, element: str, source: tuple[str, int]
) -> None:
    assert old in DRAWN
    sources = {one: place for one, place in found(DRAWN.replace(old, new, 1)).items() if one[0] == rule}
    assert source in sources.values(), sources


def test_every_finding_on_an_element_has_both_places() -> None:
    unnamed = re.sub(rb' name="(?:Received|Done|Not done)"', b"", DRAWN)
    for finding in check_bundle(Bundle("p", {"p.bpmn": unnamed})).findings:
        assert finding.source is not None, str(finding)


def test_findings_on_the_picture_show_where_its_element_came_from() -> None:
    moved = re.sub(rb'(bpmnElement="look">\s*<dc:Bounds x=")[^"]+(" y=")[^"]+', rb"\g<1>1\g<2>1", DRAWN)
    other = re.sub(rb'(bpmnElement="reply">\s*<dc:Bounds x=")[^"]+(" y=")[^"]+', rb"\g<1>1\g<2>1", moved)
    assert ("p.yaml", 10) in [
        place for one, place in found(other).items() if one[0] == "no-overlapping-elements"
    ]


def test_both_places_stand_in_text_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "made"
    (folder / "shared").mkdir(parents=True)
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    out = tmp_path / "p.bpmn"
    assert execute(["compile", str(folder / "p.yaml"), "-o", str(out)]) == 0
    out.write_bytes(out.read_bytes().replace(b'wz:role="clerk"', b'wz:role=""', 1))
    capsys.readouterr()
    assert execute(["validate", str(out)]) == 1
    assert re.search(
        r"p\.bpmn:\d+:\d+ \(from p\.yaml:7\): error role-missing \[reply\]", capsys.readouterr().out
    )
    assert execute(["validate", str(out), "--format", "json"]) == 1
    (fault,) = [one for one in json.loads(capsys.readouterr().out) if one["rule"] == "role-missing"]
    assert (fault["file"], fault["source"]) == ("p.bpmn", {"file": "p.yaml", "line": 7})
    assert execute(["trace", str(out), "--data", '{"received_on": "2026-09-01"}']) == 1
    assert "(from p.yaml:7)" in capsys.readouterr().out
    assert execute(["compile", "--no-sources", str(folder / "p.yaml")]) == 0
    assert "wz:source" not in capsys.readouterr().out


def test_the_places_mean_nothing() -> None:
    bundles = [Bundle("p", {"p.bpmn": compiled(sources=sources)}) for sources in (True, False)]
    reports = [check_bundle(bundle) for bundle in bundles]
    assert [one.rule for one in reports[0].findings] == [one.rule for one in reports[1].findings]
    versions = [
        Version(report.definition, bundle.files)
        for report, bundle in zip(reports, bundles, strict=True)
        if report.definition is not None
    ]
    assert [change.code for change in compare(*versions)] == ["text.only"]


def test_a_place_that_is_none_is_left_alone() -> None:
    for wrong in (b"p.yaml", b"p.yaml:0", b":7", b"p.yaml:7:3:x"):
        data = DRAWN.replace(b'wz:source="p.yaml:7"', b'wz:source="' + wrong + b'"')
        report = check_bundle(Bundle("p", {"p.bpmn": data}))
        assert not report.refused, [str(one) for one in report.findings]
