"""Definitions as Camunda Modeler, bpmn-js and SpiffArena save them run, or are refused with what to change.

Written by hand in the form of these tools; nothing of theirs is copied.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.support.bpmn import Run
from wenzheng.catalog.bundle import Bundle
from wenzheng.catalog.checking import Report, check_bundle
from wenzheng.engine.findings import Severity

SPACES = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "modeler": "http://camunda.org/schema/modeler/1.0",
    "camunda": "http://camunda.org/schema/1.0/bpmn",
    "zeebe": "http://camunda.org/schema/zeebe/1.0",
    "spiffworkflow": "http://spiffworkflow.org/bpmn/schema/1.0/core",
    "wz": "urn:wenzheng:bpmn:1",
}
PLACES = {"Start": (100, 36), "Ask": (200, 100), "Choice": (350, 50), "Yes": (460, 36), "No": (560, 36)}


def saved(exporter: str, task: str, condition: str, more: str = "", process: str = "") -> bytes:
    """A question and a choice, as a modeler saves it, with its picture."""
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in SPACES.items())
    shapes = "".join(
        f'<bpmndi:BPMNShape id="{name}_di" bpmnElement="{name}"><dc:Bounds x="{x}" y="100" width="{size}" '
        f'height="{80 if size == 100 else size}"/></bpmndi:BPMNShape>'
        for name, (x, size) in PLACES.items()
    )
    edges = "".join(
        f'<bpmndi:BPMNEdge id="{name}_di" bpmnElement="{name}"><di:waypoint x="1" y="1"/></bpmndi:BPMNEdge>'
        for name in ("Flow_1", "Flow_2", "Flow_3", "Flow_4")
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions {spaces} id="Definitions_1" targetNamespace="http://bpmn.io/schema/bpmn" {exporter}>
  <bpmn:process id="p" name="Question" isExecutable="true" {process}>
    {more}
    <bpmn:startEvent id="Start" name="Asked"><bpmn:outgoing>Flow_1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="Flow_1" sourceRef="Start" targetRef="Ask" />
    {task}
    <bpmn:sequenceFlow id="Flow_2" sourceRef="Ask" targetRef="Choice" />
    <bpmn:exclusiveGateway id="Choice" name="Approved?" default="Flow_4">
      <bpmn:incoming>Flow_2</bpmn:incoming><bpmn:outgoing>Flow_3</bpmn:outgoing>
      <bpmn:outgoing>Flow_4</bpmn:outgoing></bpmn:exclusiveGateway>
    <bpmn:sequenceFlow id="Flow_3" name="yes" sourceRef="Choice" targetRef="Yes">
      <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{condition}</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="Flow_4" sourceRef="Choice" targetRef="No" />
    <bpmn:endEvent id="Yes" name="Yes"><bpmn:incoming>Flow_3</bpmn:incoming></bpmn:endEvent>
    <bpmn:endEvent id="No" name="No"><bpmn:incoming>Flow_4</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="BPMNDiagram_1"><bpmndi:BPMNPlane id="BPMNPlane_1" bpmnElement="p">
    {shapes}{edges}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>
""".encode()


def user_task(attributes: str, extensions: str = "") -> str:
    inner = f"<bpmn:extensionElements>{extensions}</bpmn:extensionElements>" if extensions else ""
    return (
        f'<bpmn:userTask id="Ask" name="Ask" {attributes}>{inner}<bpmn:incoming>Flow_1</bpmn:incoming>'
        "<bpmn:outgoing>Flow_2</bpmn:outgoing></bpmn:userTask>"
    )


OURS = user_task('wz:role="clerk"', '<wz:field id="ok" type="bool" required="true"/>')
CAMUNDA_7 = 'exporter="Camunda Modeler" exporterVersion="5.20.0" modeler:executionPlatform="Camunda Platform"'
CAMUNDA_8 = 'exporter="Camunda Modeler" exporterVersion="5.20.0" modeler:executionPlatform="Camunda Cloud"'
BPMN_JS = 'exporter="bpmn-js (https://demo.bpmn.io)" exporterVersion="17.0.0"'
SPIFF = 'exporter="bpmn-js-spiffworkflow"'


def report(data: bytes) -> Report:
    return check_bundle(Bundle("p", {"p.bpmn": data}))


def remedies(data: bytes) -> Mapping[str, str]:
    """What is refused, and what to do about it."""
    return {
        finding.message: finding.hint
        for finding in report(data).findings
        if finding.severity is Severity.ERROR
    }


@pytest.mark.parametrize("exporter", [CAMUNDA_7, CAMUNDA_8, BPMN_JS, SPIFF])
def test_what_a_modeler_draws_runs_when_our_words_are_written_into_it(exporter: str) -> None:
    data = saved(exporter, OURS, "ok")
    assert {finding.rule for finding in report(data).findings} == {"task-without-deadline"}
    run = Run(data)
    run.start()
    run.complete("Ask", ok=True)
    assert run.completed[-1] == "Yes"


@pytest.mark.parametrize(
    ("data", "changes"),
    [
        (
            saved(
                CAMUNDA_7,
                user_task('camunda:candidateGroups="clerks" camunda:formKey="embedded:ask.html"'),
                "${ok}",
                process='camunda:historyTimeToLive="180"',
            ),
            {
                "'candidateGroups' of Camunda 7": "wz:role",
                "'formKey'": "<wz:field>",
                "condition": "without ${",
            },
        ),
        (
            saved(
                CAMUNDA_8,
                user_task(
                    "",
                    '<zeebe:formDefinition formId="ask"/><zeebe:assignmentDefinition candidateGroups="c"/>',
                ),
                "=ok",
            ),
            {
                "'formDefinition' of Camunda 8": "<wz:field>",
                "'assignmentDefinition'": "wz:role",
                "condition": "FEEL",
            },
        ),
        (
            saved(
                SPIFF,
                user_task(
                    "",
                    "<spiffworkflow:instructionsForEndUser>Ask.</spiffworkflow:instructionsForEndUser>"
                    "<spiffworkflow:preScript>ok = True</spiffworkflow:preScript>",
                ),
                "ok and True",
            ),
            {
                "'instructionsForEndUser' of SpiffWorkflow": "wz:guidance",
                "'preScript'": "script task",
                "condition": "&&",
            },
        ),
        (saved(BPMN_JS, user_task(""), "ok"), {"wz:role": "Name the role", "condition": ""}),
    ],
    ids=["camunda-7", "camunda-8", "spiffarena", "bpmn-js"],
)
def test_what_would_be_lost_is_refused_with_what_to_write_instead(
    data: bytes, changes: dict[str, str]
) -> None:
    found = remedies(data)
    for message, remedy in changes.items():
        assert any(message in said and remedy in hint for said, hint in found.items()), (message, found)


def test_what_another_engine_keeps_for_itself_is_said_and_may_stay() -> None:
    data = saved(CAMUNDA_7, OURS, "ok", process='camunda:historyTimeToLive="180" camunda:versionTag="1"')
    found = report(data)
    assert not found.refused
    assert [finding.rule for finding in found.findings if finding.rule == "vendor-note"] == [
        "vendor-note"
    ] * 2


def test_what_nobody_knows_is_never_passed_over() -> None:
    unknown = saved(CAMUNDA_7, user_task('wz:role="clerk" camunda:brandNew="1"'), "true")
    assert any("brandNew" in message for message in remedies(unknown))


def told(report: Report, what: str) -> tuple[str, str]:
    """Rule and remedy of the finding on a piece of another tool's markup."""
    (finding,) = [one for one in report.findings if f"'{what}'" in one.message]
    return finding.rule, finding.hint


FLOWS = "<bpmn:incoming>Flow_1</bpmn:incoming><bpmn:outgoing>Flow_2</bpmn:outgoing>"
TASK = f'<bpmn:manualTask id="Ask" name="Asks">{FLOWS}{{}}</bpmn:manualTask>'


def beside(markup: str) -> Report:
    """A model with something beside its process."""
    data = saved("", TASK.format(""), "true").replace(b"<bpmn:process", markup.encode() + b"<bpmn:process", 1)
    return check_bundle(Bundle("p", {"p.bpmn": data}))


@pytest.mark.parametrize(
    ("owner", "inside", "what", "remedy"),
    [
        (
            'message id="m" name="m"',
            '<zeebe:subscription correlationKey="=x"/>',
            "subscription",
            "correlationKey",
        ),
        (
            'message id="m" name="m"',
            "<spiffworkflow:messageVariable>x</spiffworkflow:messageVariable>",
            "messageVariable",
            "correlationKey",
        ),
        (
            'signal id="m" name="m"',
            "<spiffworkflow:payloadExpression>x</spiffworkflow:payloadExpression>",
            "payloadExpression",
            "data inputs",
        ),
        ('signal id="m" name="m"', '<camunda:in source="a" target="b"/>', "in", "calledElement"),
    ],
)
def test_what_stands_in_a_message_or_signal_is_named_with_its_remedy(
    owner: str, inside: str, what: str, remedy: str
) -> None:
    name = owner.split(maxsplit=1)[0]
    report = beside(f"<bpmn:{owner}><bpmn:extensionElements>{inside}</bpmn:extensionElements></bpmn:{name}>")
    rule, hint = told(report, what)
    assert rule == "vendor-extension"
    assert remedy in hint
    assert "element-not-executed" not in {one.rule for one in report.findings}


def test_empty_extensions_and_the_names_of_groups_are_no_fault() -> None:
    empty = '<bpmn:message id="m" name="m"><bpmn:extensionElements/></bpmn:message>'
    group = '<bpmn:category id="c"><bpmn:categoryValue id="v" value="Preparation"/></bpmn:category>'
    assert not beside(empty).refused
    assert not beside(group).refused
    twice = beside(group + '<bpmn:message id="c" name="m"/>')
    assert "duplicate-id" in {one.rule for one in twice.findings}


def test_our_extensions_in_a_place_where_they_mean_nothing_are_refused() -> None:
    inside = '<bpmn:extensionElements><wz:variable name="x" type="int"/></bpmn:extensionElements>'
    rule, hint = told(beside(f'<bpmn:message id="m" name="m">{inside}</bpmn:message>'), "variable")
    assert (rule, "move it" in hint) == ("vendor-extension", True)


def test_loops_of_camunda_8_are_told_with_the_list_to_name() -> None:
    loop = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
        '<zeebe:loopCharacteristics inputCollection="=items"/></bpmn:extensionElements>'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    report = check_bundle(Bundle("p", {"p.bpmn": saved("", TASK.format(loop), "true")}))
    rule, hint = told(report, "loopCharacteristics")
    assert (rule, "loopDataInputRef" in hint) == ("vendor-extension", True)


def test_instructions_and_properties_say_where_they_can_stand_here() -> None:
    inside = (
        "<bpmn:extensionElements><spiffworkflow:instructionsForEndUser>Go on"
        "</spiffworkflow:instructionsForEndUser><spiffworkflow:properties/></bpmn:extensionElements>"
    )
    report = check_bundle(Bundle("p", {"p.bpmn": saved("", TASK.format(inside), "true")}))
    assert "<documentation>" in told(report, "instructionsForEndUser")[1]
    assert "<wz:field>" in told(report, "properties")[1]
