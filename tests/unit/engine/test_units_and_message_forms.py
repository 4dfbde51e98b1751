"""A task for the people of one unit, and messages that bring a form, as sessions of the forum need them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.bpmn import Run, bpmn, compiled, findings_of
from wenzheng.contracts import REFUSED_DATA, TASK_OPENED
from wenzheng.engine.events import EventRefused

EACH = """
    var units list required
    var drafts list
    start s
    user write role=clerk
    field write draft string required
    end e
    s -> write -> e
"""
LOOP = """<multiInstanceLoopCharacteristics><loopDataInputRef>units</loopDataInputRef>
<loopDataOutputRef>drafts</loopDataOutputRef><inputDataItem id="i" name="unit"/>
<outputDataItem id="o" name="draft"/></multiInstanceLoopCharacteristics></userTask>"""
TALK = """
    var day date
    var known string
    start s
    user work role=clerk
    end e
    end e2
    s -> work -> e
    boundary moved on=work message=moved keep
    moved -> e2
"""
FORM = """<boundaryEvent id="moved" wz:role="clerk"><extensionElements><wz:guidance zh="请"/>
<wz:field id="day" type="date" required="true"/>
<wz:field id="why" type="string" max="5"/></extensionElements>"""


def each(unit: str = "unit") -> bytes:
    text = bpmn(EACH).decode()
    text = text.replace('<userTask id="write"', f'<userTask id="write" wz:unit="{unit}"', 1)
    return text.replace("</userTask>", LOOP, 1).encode()


def opened(run: Run) -> list[dict[str, Any]]:
    return [effect.data for effect in run.effects if effect.kind == TASK_OPENED]


def test_each_unit_of_a_list_has_a_task_that_says_whose_it_is() -> None:
    run = Run(each()).start(units=["roads", "water"])
    assert [data["unit"] for data in opened(run)] == ["roads", "water"]
    run.complete_any("write", 1, draft="二")
    run.complete_any("write", 0, draft="一")
    assert run.instance.variables["drafts"] == ["一", "二"]
    assert run.instance.ended is not None


def test_without_any_unit_it_goes_on_at_once() -> None:
    assert Run(each()).start(units=[]).instance.ended is not None


def test_a_unit_that_is_none_stops_its_own_branch_with_an_incident() -> None:
    run = Run(each()).start(units=["roads", 5])
    assert [data["unit"] for data in opened(run)] == ["roads"]
    (incident,) = run.instance.incidents.values()
    assert incident["code"] == "task-unit"


def test_a_unit_out_of_a_variable_that_is_not_there_is_refused() -> None:
    (finding,) = findings_of(lambda: compiled(each("nobody")))
    assert (finding.rule, finding.element) == ("unknown-variable", "write")


def talking() -> Run:
    text = bpmn(TALK).decode()
    opening = text[text.index("<boundaryEvent") : text.index(">", text.index("<boundaryEvent")) + 1]
    inside = FORM[FORM.index(">") + 1 :]
    return Run(text.replace(opening, opening[:-1] + ' wz:role="clerk">' + inside, 1).encode()).start()


def test_a_message_with_a_form_brings_its_values_and_empties_what_was_left_out() -> None:
    run = talking()
    run.message("moved", day="2026-12-18", why="雨")
    assert (run.instance.variables["day"], run.instance.variables["why"]) == ("2026-12-18", "雨")
    run.message("moved", day="2026-12-25")
    assert (run.instance.variables["day"], run.instance.variables["why"]) == ("2026-12-25", None)
    assert run.open == ["work"]


@pytest.mark.parametrize(
    "data", [{}, {"day": "soon"}, {"day": "2026-12-18", "why": "long" * 9}, {"day": "2026-12-18", "x": 1}]
)
def test_a_message_whose_form_is_wrong_is_refused_and_changes_nothing(data: dict[str, Any]) -> None:
    run = talking()
    with pytest.raises(EventRefused) as refused:
        run.message("moved", **data)
    assert refused.value.code == REFUSED_DATA
    assert run.instance.variables["day"] is None


def test_who_sends_and_what_is_asked_belongs_to_messages_only() -> None:
    text = bpmn(TALK.replace("message=moved", "duration=P1D")).decode()
    text = text.replace('<boundaryEvent id="moved"', '<boundaryEvent id="moved" wz:role="clerk"', 1)
    (finding,) = findings_of(lambda: compiled(text.encode()))
    assert (finding.rule, finding.element) == ("message-form", "moved")
