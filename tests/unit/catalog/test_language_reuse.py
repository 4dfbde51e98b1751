"""Reuse in the language: imports, roles and groups, forms, procedures; schedules; and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from activities.services import contracts
from scripts.yaml_examples import EXAMPLES, bundle_of
from scripts.yaml_page import SECTIONS, yaml_page
from tests.support.bpmn import Run
from wenzheng.catalog.bundle import read_bundle
from wenzheng.catalog.compiling import compile_bundle
from wenzheng.catalog.language import Names
from wenzheng.catalog.language.shapes import Kinds
from wenzheng.cli.main import execute
from wenzheng.engine.definition import Definition
from wenzheng.engine.findings import DefinitionRefused, Finding
from wenzheng.petitions.recipients import NOTIFY_NAMES
from wenzheng.petitions.roles import ALONE, ELEMENT_ROLES, GROUPS, Role, may_perform
from wenzheng.settings import definitions_dir

NAMES = Names(ELEMENT_ROLES, NOTIFY_NAMES, ALONE)
IMPORTING = (
    "language: 1\nprocess: p\nimport: [{}]\nsteps:\n  a:\n    by: clerk\n    go: done\noutcomes:\n  done: D\n"
)
EMPTY = "language: 1\nfragment: f\n"


def compiled(files: dict[str, str]) -> Definition:
    return compile_bundle("d", {name: text.encode() for name, text in files.items()}, contracts(), NAMES)


def refused(files: dict[str, str]) -> list[Finding]:
    with pytest.raises(DefinitionRefused) as caught:
        compiled(files)
    assert all(
        finding.message.startswith(("Expected ", "In the ")) and finding.hint
        for finding in caught.value.findings
    )
    return caught.value.findings


def places(files: dict[str, str]) -> list[tuple[str, int, int, str]]:
    found = refused(files)
    return [(f.position.file, f.position.line, f.position.column, f.rule) for f in found]


def example(name: str, *changes: tuple[str, str], file: str = "p.yaml") -> dict[str, str]:
    files = {key: data.decode() for key, data in bundle_of(name).items()}
    for old, new in changes:
        assert files[file].count(old) == 1, f"{old!r} stands in the file {files[file].count(old)} times"
        files[file] = files[file].replace(old, new)
    return files


# --- imports -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"p.yaml": IMPORTING.format("gone.yaml")}, [("p.yaml", 3, 10, "fragment-missing")]),
        (
            {
                "p.yaml": IMPORTING.format("a.yaml"),
                "a.yaml": EMPTY + "import: [b.yaml]\n",
                "b.yaml": EMPTY + "import: [a.yaml]\n",
            },
            [("b.yaml", 3, 10, "fragment-cycle")],
        ),
        (
            {"p.yaml": IMPORTING.format("p.yaml")},
            [("p.yaml", 3, 10, "fragment-cycle")],
        ),
        (
            {"p.yaml": IMPORTING.format("q.yaml"), "q.yaml": EXAMPLES["choose"]},
            [("p.yaml", 3, 10, "not-a-fragment")],
        ),
        (
            {"p.yaml": IMPORTING.format("f.yaml"), "f.yaml": EMPTY + "outcomes:\n  done: Again\n"},
            [("f.yaml", 4, 3, "fragment-twice")],
        ),
        (
            {"p.yaml": IMPORTING.format("f.yaml"), "f.yaml": EMPTY + "forms:\n  x:\n    y: {type: yesno}\n"},
            [("f.yaml", 5, 15, "wrong-value")],
        ),
        ({"p.yaml": IMPORTING.format("../f.yaml")}, [("p.yaml", 3, 10, "wrong-value")]),
        ({"f.yaml": EMPTY}, [("f.yaml", 2, 1, "fragment-alone")]),
    ],
    ids=["missing", "cycle", "itself", "no fragment", "twice", "wrong in it", "outside", "alone"],
)  # fmt: skip
def test_an_import_that_cannot_be_is_refused_at_its_place(
    files: dict[str, str], found: list[tuple[str, int, int, str]]
) -> None:
    assert [one for one in places(files) if one[3] != "fragment-missing" or len(found) == 1][
        : len(found)
    ] == found


def test_a_finding_on_what_is_imported_points_into_its_file_once_for_all_who_import_it() -> None:
    files = example("import", ("by: clerk", "by: nobody"), file="shared/hearing.yaml")
    files["q.yaml"] = files["p.yaml"].replace("process: consulting", "process: again")
    assert places(files) == [("shared/hearing.yaml", 15, 13, "unknown-role")]


def test_what_the_engine_finds_in_an_imported_condition_points_at_its_word() -> None:
    form = "        form: opinion\n"
    step = "      check:\n        choose:\n          - if: agreed && gone\n            go: hear\n"
    otherwise = "          - otherwise: hear\n"
    files = example("import", (form, form + step + otherwise), file="shared/hearing.yaml")
    assert places(files) == [("shared/hearing.yaml", 19, 27, "not_declared")]


def test_a_missing_import_does_not_hide_behind_what_follows_from_it() -> None:
    files = example("import", ("by: leader", "by: nobody"))
    del files["shared/hearing.yaml"]
    assert places(files) == [
        ("p.yaml", 3, 10, "fragment-missing"),
    ]


def test_a_changed_fragment_is_another_definition(tmp_path: Path) -> None:
    for name, data in bundle_of("import").items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    before = read_bundle(tmp_path).digest
    fragment = tmp_path / "shared" / "forms.yaml"
    fragment.write_text(fragment.read_text(encoding="utf-8").replace("500", "400"), encoding="utf-8")
    assert read_bundle(tmp_path).digest != before


def test_an_administrator_checks_compiles_and_draws_one_file_with_what_it_imports(tmp_path: Path) -> None:
    for name, data in bundle_of("import").items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    file, out = str(tmp_path / "p.yaml"), str(tmp_path / "out.bpmn")
    assert execute(["validate", file]) == 0
    assert execute(["validate", str(tmp_path)]) == 0
    assert execute(["compile", file, "-o", out]) == 0
    assert execute(["validate", out]) == 0
    assert execute(["render", file, "-o", str(tmp_path / "out.svg")]) == 0
    assert "Hear the others" not in (tmp_path / "out.svg").read_text(encoding="utf-8")  # Chinese unless asked
    assert "听取意见" in (tmp_path / "out.svg").read_text(encoding="utf-8")
    assert execute(["validate", str(tmp_path / "shared" / "hearing.yaml")]) == 1


# --- roles and groups ---------------------------------------------------------------------------


def test_each_of_a_group_may_do_it_and_each_is_told() -> None:
    process = compiled(example("roles")).processes["on_duty"]
    element = process.model.element("answer")
    assert element is not None
    assert element.role == "centre_head supervisor"
    assert element.role in GROUPS
    assert may_perform(Role.SUPERVISOR, element.role)
    assert may_perform(Role.CENTRE_HEAD, element.role)
    assert not may_perform(Role.CLERK, element.role)
    assert process.model.clocks["call"].thresholds[0].notify == ("centre_head", "supervision")


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "rule"),
    [
        ("[centre_head, supervisor]}", "[centre_head, nobody]}", 5, 69, "unknown-role"),
        ("[centre_head, supervisor]}", "[centre_head, department]}", 19, 9, "group-alone"),
        ("  supervisor: {zh", "  superviser: {zh", 4, 3, "unknown-role"),
        ("en: Supervision office}", "any_of: [leader]}", 4, 3, "group-name"),
    ],
)
def test_a_group_that_cannot_be_meant_is_refused(
    old: str, new: str, line: int, column: int, rule: str
) -> None:
    files = example("roles", (old, new))
    assert places(files) == [("p.yaml", line, column, rule)]


# --- forms and procedures -----------------------------------------------------------------------


def test_one_form_is_filled_in_at_several_steps() -> None:
    run = Run(compiled(example("forms")).processes["twice_signed"]).start()
    run.complete("head_signs", "department_head", agreed=True)
    run.complete("leader_signs", "leader", agreed=False, remark="But soon")
    assert run.instance.variables["remark"] == "But soon"


def test_the_rounds_of_a_procedure_count_anew_each_time() -> None:
    run = Run(compiled(example("do")).processes["visiting"]).start()
    for clear in (False, True, False, True):
        assert run.open == ["look"]
        run.complete("look", clear=clear)
    assert run.instance.variables["places"] == 2


@pytest.mark.parametrize(
    ("name", "old", "new", "found"),
    [
        ("forms", "form: signature\n    go", "form: signatura\n    go", [(18, 11, "unknown-form")]),
        ("do", "do: visit\n    go", "do: visits\n    go", [(11, 9, "unknown-procedure")]),
        ("do", "set: {places: places + 1}", "do: visit", [(14, 3, "call-of-itself")]),
        ("do", "  visit:\n", "  idle:\n    steps: {x: {by: clerk}}\n  visit:\n", [(14, 3, "never-reached")]),
        ("do", "go: look_again", "go: visited", [(24, 17, "unknown-step"), (26, 7, "never-reached")]),
        ("decide", "decide: urgency", "decide: urgence", [(10, 13, "unknown-decision")]),
        ("schedule", "working_day: 1,", "working_day: 0,", [(7, 15, "schedule-day")]),
        ("schedule", "working_day: 1,", "working_day: 1, calendar_day: 1,", [(7, 15, "schedule-day")]),
        ("schedule", "    en: The monthly inspection\n", "    message: m\n", [(4, 3, "event-cause")]),
        ("again", "    schedule: {every: week, working_day: 1}\n", "", [(12, 3, "event-cause")]),
        ("again", "    keep: true\n", "    keep: true\n    by: clerk\n", [(12, 3, "schedule-of-nobody")]),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_at_its_place(
    name: str, old: str, new: str, found: list[tuple[int, int, str]]
) -> None:
    assert [one[1:] for one in places(example(name, (old, new)))] == found


def test_deadlines_are_not_counted_by_steps_of_a_procedure() -> None:
    deadline = "deadlines:\n  late:\n    starts: first\n    stops: look\nsteps:\n  first:\n"
    assert [one[3] for one in places(example("do", ("steps:\n  first:\n", deadline)))] == ["unknown-step"]


def test_every_key_of_the_language_is_in_an_example_or_a_shipped_definition() -> None:
    texts = [text for name in EXAMPLES for text in bundle_of(name).values()]
    texts += [path.read_bytes() for path in sorted(definitions_dir().rglob("*.yaml"))]
    written = {key.decode() for text in texts for key in re.findall(rb"[{,\s]([a-z_0-9]+):", b"\n" + text)}
    page = yaml_page()
    for _, _, shape, kind, _ in SECTIONS:
        for group in [shape.kinds[kind]] if isinstance(shape, Kinds) else [shape]:
            for key in group.entries:
                assert f"| `{key}` |" in page
                assert key in written, key
