"""`wenzheng validate` of many files: how far it is, which file it is about, the three kinds apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.notation import bpmn
from wenzheng.cli.main import execute

GOOD = bpmn("start s\nend e\ns -> e")
BROKEN = bpmn("start s\ntask t\nend e\ns -> e", as_it_is=True)


def test_who_checks_many_files_is_told_how_far_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [tmp_path / f"p{number}.bpmn" for number in range(100)]
    for file in files:
        file.write_bytes(GOOD)
    assert execute(["validate", *map(str, files)]) == 0
    said = capsys.readouterr()
    assert said.err.splitlines() == ["checked 100 of 100"]
    assert said.out.splitlines()[-1] == "100 definitions can run."


def test_of_several_definitions_each_finding_names_its_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, broken = tmp_path / "good.bpmn", tmp_path / "broken.bpmn"
    good.write_bytes(GOOD)
    broken.write_bytes(BROKEN)
    assert execute(["validate", "--format", "json", str(good), str(broken)]) == 1
    found = json.loads(capsys.readouterr().out)
    missing = next(one for one in found if one["rule"] == "incoming-missing")
    assert missing["file"] == str(broken)
    assert (missing["kind"], missing["severity"], missing["element"]) == ("structure", "error", "t")
    assert {"line", "column", "message", "remedy"} <= missing.keys()


def test_what_breaks_the_standard_is_told_apart_from_what_is_not_sensible(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "broken.bpmn"
    path.write_bytes(BROKEN)
    assert execute(["validate", str(path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    structure, sense = (
        lines.index("Against the standard (structure):"),
        lines.index("Probably not meant (good sense):"),
    )
    assert structure < sense
    assert "error incoming-missing [t]" in " ".join(lines[structure:sense])
    assert "warning no-disconnected [t]" in " ".join(lines[sense:])
