"""Any task of any definition is completed by its own form, through one door."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.web.conftest import City

# A definition nobody has shipped: an inspection by a department, with fields of most types.
INSPECTION = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:wz="urn:wenzheng:bpmn:1"
                  id="d" targetNamespace="urn:test" expressionLanguage="urn:cel">
  <bpmn:process id="petition" name="查验" isExecutable="true" processType="Private">
    <bpmn:extensionElements>
      <wz:variable name="petition_id" type="string" required="true"/>
      <wz:variable name="received_on" type="date" required="true"/>
      <wz:variable name="kind" type="string"/>
      <wz:variable name="addressee" type="string"/>
      <wz:variable name="department" type="string"/>
      <wz:variable name="found_id" type="string"/>
      <wz:variable name="advice_id" type="string"/>
      <wz:variable name="safe" type="bool"/>
      <wz:variable name="visits" type="int"/>
      <wz:variable name="next_visit" type="date"/>
      <wz:variable name="with_unit" type="string"/>
    </bpmn:extensionElements>
    <bpmn:startEvent id="received"/>
    <bpmn:sequenceFlow id="f1" sourceRef="received" targetRef="assign"/>
    <bpmn:userTask id="assign" name="转办" wz:role="clerk" wz:fact="assigned">
      <bpmn:extensionElements><wz:field id="department" type="unit" required="true"/></bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="f2" sourceRef="assign" targetRef="inspect"/>
    <bpmn:userTask id="inspect" name="查验" wz:role="department">
      <bpmn:extensionElements>
        <wz:field id="found_id" type="content" required="true" name="查验情况"/>
        <wz:field id="advice_id" type="content" name="建议"/>
        <wz:field id="safe" type="bool" required="true"/>
        <wz:field id="visits" type="int" min="1" max="9"/>
        <wz:field id="next_visit" type="date"/>
        <wz:field id="with_unit" type="unit"/>
      </bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="f3" sourceRef="inspect" targetRef="settle"/>
    <bpmn:userTask id="settle" name="了结" wz:role="supervisor"/>
    <bpmn:sequenceFlow id="f4" sourceRef="settle" targetRef="over"/>
    <bpmn:endEvent id="over"/>
  </bpmn:process>
</bpmn:definitions>
"""
GOOD = {
    "found_id": "井盖松动。\r\n",
    "advice_id": "更换。",
    "safe": False,
    "visits": 2,
    "with_unit": "transport",
}
HOUSING = "department_housing"


@pytest.fixture
def inspected(make_city: Callable[..., City], tmp_path: Path) -> City:
    """A city whose letters are inspected."""
    folder = tmp_path / "inspection"
    folder.mkdir()
    (folder / "petition.bpmn").write_text(INSPECTION, encoding="utf-8")
    return make_city(bundle=folder)


def forms(city: City, number: str, account: str) -> Any:
    answer = city.client.get(f"/api/petitions/{number}/tasks", headers=city.as_(account))
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def perform(city: City, number: str, element: str, account: str, **body: Any) -> Any:
    return city.act(number, f"tasks/{element}", account, **body)


def assigned(city: City) -> str:
    number = str(city.submit()["number"])
    answer = perform(city, number, "assign", "clerk", data={"department": "housing"})
    assert answer.status_code == 200, answer.text
    return number


def test_staff_see_the_forms_of_what_they_may_do_and_nothing_else(inspected: City) -> None:
    number = assigned(inspected)
    (form,) = forms(inspected, number, HOUSING)
    assert (form["element"], form["name"], form["role"]) == ("inspect", "查验", "department")
    assert [field["id"] for field in form["fields"]] == [
        "found_id", "advice_id", "safe", "visits", "next_visit", "with_unit",
    ]  # fmt: skip
    assert form["fields"][0] == {
        "id": "found_id", "type": "content", "name_zh": "查验情况", "name_en": "查验情况",
        "required": True, "min": None, "max": None, "values": [], "not_before": None,
    }  # fmt: skip
    assert forms(inspected, number, "clerk") == []
    assert forms(inspected, number, "supervisor_supervision_party") == []


def test_a_task_with_two_texts_keeps_both_out_of_the_process(inspected: City) -> None:
    number = assigned(inspected)
    done = perform(inspected, number, "inspect", HOUSING, data=GOOD, act_id="i-1")
    assert done.status_code == 200, done.text
    assert done.json()["open"] == ["settle"]
    row = inspected.services.store
    with row.reader() as reader:
        petition = reader.petition(number)
        assert petition is not None
        contents = {content.kind: content for content in reader.contents(petition.id)}
        instance = reader.instance(petition.instance)
    assert instance is not None
    assert {kind: content.text for kind, content in contents.items()} == {
        "found_id": GOOD["found_id"],
        "advice_id": GOOD["advice_id"],
    }
    assert {content.unit_id for content in contents.values()} == {"housing"}
    assert instance.variables["found_id"] == contents["found_id"].id
    assert "井盖" not in str(instance.variables)
    last = perform(inspected, number, "settle", "supervisor_supervision_party")
    assert last.json()["ended"]


def test_every_fault_of_a_form_is_named_at_once_and_nothing_is_done(inspected: City) -> None:
    number = assigned(inspected)
    bad = {"found_id": " ", "safe": "maybe", "visits": 10, "next_visit": "soon", "with_unit": "x", "hue": 1}
    answer = perform(inspected, number, "inspect", HOUSING, data=bad)
    assert answer.status_code == 422
    faults = {fault["pointer"]: fault for fault in answer.json()["errors"]}
    assert set(faults) == {f"#/data/{name}" for name in bad}
    assert faults["#/data/visits"]["expected"] == "1 to 9"
    assert faults["#/data/visits"]["found"] == "10"
    assert [form["element"] for form in forms(inspected, number, HOUSING)] == ["inspect"]


def test_the_same_act_again_is_the_same_act_and_other_words_are_refused(inspected: City) -> None:
    number = assigned(inspected)
    first = perform(inspected, number, "inspect", HOUSING, data=GOOD, act_id="i-1")
    again = perform(inspected, number, "inspect", HOUSING, data=GOOD, act_id="i-1")
    assert again.status_code == 200
    assert again.json()["at"] == first.json()["at"]
    for other in ({"advice_id": "不换。"}, {"visits": 3}, {"advice_id": None}):
        refused = perform(inspected, number, "inspect", HOUSING, data=GOOD | other, act_id="i-1")
        assert refused.status_code == 409
        assert refused.json()["code"] == "act-id-taken"


def test_the_second_of_two_colleagues_hears_who_was_first(inspected: City) -> None:
    number = assigned(inspected)
    task = forms(inspected, number, HOUSING)[0]["task_id"]
    perform(inspected, number, "inspect", HOUSING, data=GOOD, task_id=task)
    late = perform(inspected, number, "inspect", "head_housing", data=GOOD, task_id=task)
    assert late.status_code == 409
    assert late.json()["by"] == HOUSING


@pytest.mark.parametrize(
    ("account", "status", "code"),
    [
        ("clerk", 403, "wrong-role"),
        ("supervisor_supervision_party", 403, "wrong-role"),
        ("department_transport", 404, "no-letter"),
        ("head_transport", 404, "no-letter"),
    ],
)
def test_nobody_does_what_is_another_ones_to_do(
    inspected: City, account: str, status: int, code: str
) -> None:
    number = assigned(inspected)
    refused = perform(inspected, number, "inspect", account, data=GOOD)
    assert (refused.status_code, refused.json()["code"]) == (status, code)


def test_a_task_that_is_not_open_is_said_to_be_not_open(inspected: City) -> None:
    number = assigned(inspected)
    refused = perform(inspected, number, "settle", "supervisor_supervision_party")
    assert refused.status_code == 409
    assert refused.json()["code"] == "not-open"
    unknown = perform(inspected, number, "dance", "clerk")
    assert unknown.status_code == 409


def test_a_letter_is_assigned_only_where_letters_are_answered(inspected: City) -> None:
    number = str(inspected.submit()["number"])
    refused = perform(inspected, number, "assign", "clerk", data={"department": "mayor"})
    assert refused.status_code == 422
    assert refused.json()["code"] == "bad-unit"
    assert refused.json()["errors"][0]["pointer"] == "#/data/department"


def test_while_the_engine_is_away_the_act_waits_and_its_sender_hears_so(inspected: City) -> None:
    number = assigned(inspected)
    inspected.processes.away = True
    assert perform(inspected, number, "inspect", HOUSING, data=GOOD).status_code == 503
    assert perform(inspected, number, "settle", "supervisor_supervision_party").status_code == 503
    inspected.processes.away = False
    assert perform(inspected, number, "inspect", HOUSING, data=GOOD).status_code == 200
