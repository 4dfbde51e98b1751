"""docs/reference/petition.md and its picture say what definitions/petition/petition.yaml does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from activities.services import contracts
from wenzheng.catalog.bundle import read_bundle
from wenzheng.catalog.compiling import compile_bundle
from wenzheng.engine.clock_model import Clock, Threshold
from wenzheng.engine.model import Element
from wenzheng.engine.vocabulary import LISTED
from wenzheng.settings import definitions_dir

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "reference" / "petition.md").read_text(encoding="utf-8")
FILES = read_bundle(definitions_dir() / "petition").files
MODEL = compile_bundle("d", FILES, contracts()).processes["petition"].model
TASKS = [element for element in MODEL.all_elements() if element.type == "userTask"]
MARKS = [element for element in MODEL.all_elements() if element.type == "intermediateThrowEvent"]
CLOCKS = list(MODEL.clocks.values())


def row(section: str, first: str) -> list[str]:
    """The cells of the table row of a section that begins with a name."""
    text = PAGE.split(f"\n## {section}\n")[1].split("\n## ")[0]
    (line,) = [line for line in text.splitlines() if line.startswith(f"| `{first}` |")]
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_an_administrator_finds_every_step_with_its_role_fact_and_form(task: Element) -> None:
    _, name, role, fact, form = row("Steps", task.id)
    assert (name, role, fact) == (task.name, task.role, task.fact or "–")
    said = re.findall(r"`(\w+)`(\\\*)?:", form)
    assert said == [(field.id, "\\*" if field.required else "") for field in task.fields]
    for field in task.fields:
        assert all(f"`{value}`" in form for value in field.values)
        if field.type in LISTED:
            assert re.search(rf"`{field.id}`: [^;]+, at most {field.max}\b", form)


@pytest.mark.parametrize("mark", MARKS, ids=lambda mark: mark.id)
def test_an_administrator_finds_every_mark_with_its_fact_and_what_it_keeps(mark: Element) -> None:
    _, name, fact, _, keeps = row("Marks", mark.id)
    assert (name, fact) == (mark.name, mark.fact)
    assert keeps == ", ".join(f"`{name}`" for name in mark.keeps)


def limit(threshold: Threshold) -> str:
    """A threshold as the table of clocks says it."""
    lamp = f"lamp {threshold.lamp}" if threshold.lamp else "no lamp"
    told = " and ".join(f"`{name}`" for name in threshold.notify) or "nobody"
    place = f"after {threshold.after}" if threshold.after >= 0 else f"{-threshold.after} calendar days before"
    text = f"`{threshold.id}` {place}, {lamp}, tells {told}"
    if threshold.remind and not threshold.remind_before:
        text += f", reminds {' and '.join(f'`{name}`' for name in threshold.remind)} on that day"
    elif threshold.remind:
        reminded = " and ".join(f"`{name}`" for name in threshold.remind)
        text += f", reminds {reminded} {threshold.remind_before} working day before"
    return text


@pytest.mark.parametrize("clock", CLOCKS, ids=lambda clock: clock.id)
def test_an_administrator_finds_every_clock_with_its_limits(clock: Clock) -> None:
    _, name, day0, until, thresholds = row("Clocks", clock.id)
    assert name == clock.name
    assert until == f"`{' '.join(clock.stops)}`"
    assert (day0 == "day of receipt") == (clock.day0_variable == "received_on")
    assert thresholds == ("; ".join(map(limit, clock.thresholds)) or "none")


def test_an_administrator_finds_which_clocks_tell_at_once_and_when() -> None:
    (said,) = re.findall(r"\(`([^`]+)`\), the notices of\s+the clocks ([^.]+?) go out", PAGE)
    at_once = [clock for clock in CLOCKS if clock.at_once]
    assert {clock.at_once for clock in at_once} == {said[0]}
    assert re.findall(r"`(\w+)`", said[1]) == [clock.id for clock in at_once]


def test_an_administrator_finds_every_reminder() -> None:
    section = PAGE.split("\n## Reminders\n")[1].split("\n## ")[0]
    reminding = [clock.id for clock in CLOCKS if any(t.remind for t in clock.thresholds)]
    assert re.findall(r"`(\w+)` clock", section) == reminding
    days = {t.remind_before for clock in CLOCKS for t in clock.thresholds if t.remind}
    assert {int(number) for number in re.findall(r"(\d+) working day", section)} == days


@pytest.mark.parametrize("clock", [clock for clock in CLOCKS if clock.pauses], ids=lambda clock: clock.id)
def test_an_administrator_finds_how_often_and_how_long_a_clock_pauses_and_is_extended(clock: Clock) -> None:
    section = "Questions to the author, and more time"
    assert f"`{clock.id}`" in PAGE.split(f"\n## {section}\n")[1].split("\n## ")[0]
    (pause,), (extension,) = clock.pauses, clock.extensions
    rows = re.findall(r"^\| (`times`|`at_most`) \| (\d+)", PAGE, re.MULTILINE)
    said = [pause.times, pause.at_most, extension.times, extension.at_most]
    assert [int(number) for _, number in rows] == said
    assert f"| {pause.within} working days of day 0 of `unit`" in PAGE


def test_no_step_clock_or_outcome_stands_on_the_page_that_the_definition_does_not_have() -> None:
    tables = re.split(r"\n## ", PAGE)
    named = {
        section.splitlines()[0]: set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))
        for section in tables
    }
    assert named["Steps"] == {task.id for task in TASKS}
    assert named["Marks"] == {mark.id for mark in MARKS}
    assert named["Clocks"] == {clock.id for clock in CLOCKS}
    scripts = [element.script or "" for element in MODEL.all_elements()]
    outcomes = {found for script in scripts for found in re.findall(r'outcome = "(\w+)"', script)}
    assert named["Rounds and outcomes"] == outcomes


def test_timers_messages_and_notices_are_named() -> None:
    for element in MODEL.all_elements():
        if element.timer is not None:
            days = f"after {element.timer.text} working days"
            assert re.search(rf"`{element.id}`\s[^`.]+\s{days}", PAGE)
        if element.message:
            assert f"message `{element.message}`" in PAGE
        if element.service:
            (template,) = [text for name, text, _ in element.service.inputs if name == "template"]
            assert f"(`{template.strip(chr(39))}`)" in PAGE
