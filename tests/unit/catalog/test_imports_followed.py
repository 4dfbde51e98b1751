"""What a BPMN file imports is looked for, in the bundle and beside it."""

from __future__ import annotations

from pathlib import Path

from wenzheng.catalog.checking import check_path
from wenzheng.engine.rules.kinds import Kind

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def file(folder: Path, name: str, imports: str = "", namespace: str = "urn:a") -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        f'<definitions xmlns="{BPMN}" targetNamespace="{namespace}">{imports}<process id="{path.stem}" '
        'isExecutable="true"><startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="e"/>'
        '<endEvent id="e"/></process></definitions>',
        encoding="utf-8",
    )
    return path


def imported(location: str, namespace: str = "urn:a") -> str:
    return f'<import importType="{BPMN}" location="{location}" namespace="{namespace}"/>'


def broken(path: Path) -> list[str]:
    return [finding.rule for finding in check_path(path).findings if finding.kind is Kind.STRUCTURE]


def test_a_file_that_is_there_is_no_breach_of_the_standard(tmp_path: Path) -> None:
    file(tmp_path, "sub/other.bpmn")
    assert broken(file(tmp_path, "p.bpmn", imported("sub/other.bpmn"))) == []
    assert broken(file(tmp_path, "q.bpmn", imported("http://elsewhere.example/other.bpmn"))) == []


def test_an_import_of_nothing_is_found_also_behind_another(tmp_path: Path) -> None:
    assert broken(file(tmp_path, "first.bpmn", imported("none.bpmn"))) == ["import-missing"]
    assert broken(file(tmp_path, "second.bpmn", imported("first.bpmn"))) == ["import-missing"]


def test_an_import_of_something_else_is_found(tmp_path: Path) -> None:
    file(tmp_path, "other.bpmn", namespace="urn:b")
    assert broken(file(tmp_path, "p.bpmn", imported("other.bpmn"))) == ["import-broken"]
    (tmp_path / "text.bpmn").write_text("no XML", encoding="utf-8")
    assert broken(file(tmp_path, "q.bpmn", imported("text.bpmn"))) == ["import-broken"]


def test_files_that_import_each_other_are_read_once(tmp_path: Path) -> None:
    file(tmp_path, "one.bpmn", imported("two.bpmn"))
    file(tmp_path, "two.bpmn", imported("one.bpmn"))
    assert broken(tmp_path / "one.bpmn") == []


def test_nothing_outside_the_folder_is_read(tmp_path: Path) -> None:
    file(tmp_path, "secret.bpmn")
    (tmp_path / "inner").mkdir()
    path = file(tmp_path / "inner", "p.bpmn", imported("../secret.bpmn"))
    assert broken(path) == ["import-missing"]
