"""docs/reference/petition.md and its picture say what definitions/petition/petition.bpmn does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from activities.services import contracts
from wenzheng.catalog.bundle import read_bundle
from wenzheng.engine.compiled import compile_bpmn
from wenzheng.engine.model import Clock, Element
from wenzheng.settings import definitions_dir

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "reference" / "petition.md").read_text(encoding="utf-8")
PICTURE = (DOCS / "images" / "petition.svg").read_text(encoding="utf-8")
PROCESS = compile_bpmn(read_bundle(definitions_dir() / "petition").files, contracts())[0]["petition"]
MODEL = PROCESS.model
TASKS = [element for element in MODEL.all_elements() if element.type == "userTask"]
CLOCKS = list(MODEL.clocks.values())


def row(section: str, first: str) -> list[str]:
    """The cells of the table row of a section that begins with a name."""
    text = PAGE.split(f"\n## {section}\n")[1].split("\n## ")[0]
    (line,) = [line for line in text.splitlines() if line.startswith(f"| `{first}` |")]
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_an_administrator_finds_every_step_with_its_role_fact_and_form(task: Element) -> None:
    _, name, role, fact, form = row("Steps", task.id)
    assert (name, role, fact) == (task.name, task.role, task.fact)
    said = re.findall(r"`(\w+)`(\\\*)?:", form)
    assert said == [(field.id, "\\*" if field.required else "") for field in task.fields]
    for field in task.fields:
        assert all(f"`{value}`" in form for value in field.values)


@pytest.mark.parametrize("clock", CLOCKS, ids=lambda clock: clock.id)
def test_an_administrator_finds_every_clock_with_its_limits(clock: Clock) -> None:
    _, name, day0, until, thresholds = row("Clocks", clock.id)
    assert name == clock.name
    assert until == f"`{clock.stops}`"
    assert (day0 == "day of receipt") == (clock.day0_variable == "received_on")
    said = [
        f"`{t.id}` after {t.after}, {f'lamp {t.lamp}' if t.lamp else 'no lamp'}, tells "
        + (" and ".join(f"`{name}`" for name in t.notify) or "nobody")
        for t in clock.thresholds
    ]
    assert thresholds == ("; ".join(said) or "none")


def test_no_step_clock_or_outcome_stands_on_the_page_that_the_definition_does_not_have() -> None:
    tables = re.split(r"\n## ", PAGE)
    named = {
        section.splitlines()[0]: set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
        for section in tables
    }
    assert named["Steps"] == {task.id for task in TASKS}
    assert named["Clocks"] == {clock.id for clock in CLOCKS}
    scripts = [element.script or "" for element in MODEL.all_elements()]
    outcomes = {found for script in scripts for found in re.findall(r'outcome = "(\w+)"', script)}
    assert named["Rounds and outcomes"] == outcomes


def test_timers_messages_and_notices_are_named() -> None:
    for element in MODEL.all_elements():
        if element.timer is not None:
            assert f"`{element.id}` closes a letter after {element.timer.text} working days" in PAGE
        if element.message:
            assert f"message `{element.message}`" in PAGE
        if element.service:
            (template,) = [text for name, text, _ in element.service.inputs if name == "template"]
            assert f"(`{template.strip(chr(39))}`)" in PAGE


def test_the_picture_shows_every_step_clock_and_threshold() -> None:
    for task in TASKS:
        assert f">{task.name}</text>" in PICTURE
        assert f">{task.id}</text>" in PICTURE
    bars = re.findall(r'class="bartext"[^>]*>([^<]+)<', PICTURE)
    assert len(bars) == len(CLOCKS)
    for clock in CLOCKS:
        assert any(re.search(rf"\b{clock.id}\b", bar) for bar in bars), clock.id
    drawn = sorted(
        (lamp.replace("plain", ""), int(days))
        for lamp, days in re.findall(r'<circle class="(yellow|red|plain)".*?over (\d+)', PICTURE)
    )
    assert drawn == sorted((t.lamp or "", t.after) for clock in CLOCKS for t in clock.thresholds)
    assert "10 个工作日未评价" in PICTURE


def test_the_picture_names_every_end() -> None:
    for element in MODEL.all_elements():
        if element.type == "endEvent":
            assert element.name.removesuffix("办结") in PICTURE
