"""Findings come all at once, each once, at the right place of the file."""

from __future__ import annotations

import pytest

from tests.support.bpmn import SERVICES, bpmn, compiled, findings_of, process
from tests.support.refusals import in_process, refused
from wenzheng.engine.compiler import compile_bpmn
from wenzheng.engine.findings import Severity


def test_all_findings_are_reported_at_once_in_the_order_of_the_file() -> None:
    data = in_process(
        '<implicitThrowEvent id="one"/>\n<supports id="two"/>\n'
        '<startEvent id="three" isInterrupting="maybe"/>\n'
        '<sequenceFlow id="four" sourceRef="nobody" targetRef="e"/>\n<auditing/>'
    )
    found = refused(data)
    lines = [finding.position.line for finding in found]
    assert lines == sorted(lines)
    assert {finding.rule for finding in found} >= {
        "element-not-executed",
        "attribute-not-executed",
        "unknown-reference",
        "outgoing-missing",
        "several-starts",
    }
    assert len([finding for finding in found if finding.rule == "element-not-executed"]) == 3


def test_findings_of_all_files_come_together() -> None:
    files = {"a.bpmn": in_process("<auditing/>"), "b.bpmn": b"<x", "c.bpmn": in_process("<task/>")}
    found = findings_of(lambda: compile_bpmn(files, SERVICES))
    assert {finding.position.file for finding in found} == {"a.bpmn", "b.bpmn", "c.bpmn"}
    assert "duplicate-process" in {finding.rule for finding in found}


def test_a_flow_to_a_refused_element_is_not_called_a_flow_to_nowhere() -> None:
    found = refused(
        in_process(
            '<implicitThrowEvent id="g"/><sequenceFlow id="f" sourceRef="g" targetRef="w"/>'
            '<endEvent id="w"/><boundaryEvent id="b" attachedToRef="g"><timerEventDefinition>'
            "<timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>"
            '<sequenceFlow id="h" sourceRef="b" targetRef="w"/>'
        )
    )
    assert [(finding.rule, finding.element) for finding in found] == [("element-not-executed", "g")]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_an_error_in_a_script_is_shown_at_its_line_and_column_of_the_file(newline: str) -> None:
    text = (
        '<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="x"/>\n'
        '\t<scriptTask id="x" name="问政"><script># 说明\n\n  n = 1 +</script></scriptTask>\n'
        '<extensionElements><wz:variable name="n" type="int"/></extensionElements>'
        '<sequenceFlow id="g" sourceRef="x" targetRef="e"/><endEvent id="e"/>'
    )
    (finding,) = refused(process(text).replace(b"\n", newline.encode()))
    assert (finding.rule, finding.element) == ("syntax", "x")
    assert (finding.position.line, finding.position.column) == (8, 10)


def test_an_error_in_a_condition_is_shown_behind_its_tag() -> None:
    data = bpmn("start s\nxor g default=g_e\nend e\nend f\ns -> g\ng -> e\ng -> f if nobody > 1")
    (finding,) = refused(data)
    line = data.decode().splitlines()[finding.position.line - 1]
    assert line[finding.position.column - 1 :].startswith("nobody")
    assert finding.element == "g_f"


def test_an_error_in_an_attributes_expression_is_shown_at_its_element() -> None:
    data = bpmn("start s\nservice c call=tell who=\"'a' + nobody\"\ns -> c")
    (finding,) = refused(data)
    line = data.decode().splitlines()[finding.position.line - 1]
    assert line[finding.position.column - 1 :].startswith("<wz:input")


def test_a_finding_is_printed_as_one_line_and_as_json() -> None:
    (finding,) = refused(in_process('<implicitThrowEvent id="odd"/>'))
    assert str(finding).startswith("p.bpmn:11:1: error element-not-executed [odd]: ")
    assert finding.as_dict()["line"] == 11
    assert finding.as_dict()["severity"] == "error"
    assert finding.as_dict()["kind"] == "executability"
    assert finding.as_dict()["remedy"] == finding.hint


def test_another_expression_language_of_the_file_is_a_warning_only() -> None:
    data = in_process("").replace(
        b"<definitions ", b'<definitions expressionLanguage="http://www.w3.org/1999/XPath" '
    )
    _, findings = compile_bpmn({"p.bpmn": data}, SERVICES)
    assert [(f.rule, f.severity) for f in findings.items] == [("expression-language", Severity.WARNING)]


def test_notes_and_pictures_say_nothing_about_running_and_are_let_pass() -> None:
    compiled(
        in_process(
            '<textAnnotation id="t"><text>x</text></textAnnotation><documentation>y</documentation>'
            '<association id="a" sourceRef="t" targetRef="u"/><group id="gr"/>'
        )
        .decode()
        .replace(
            "</process>", '</process><b:BPMNDiagram xmlns:b="http://www.omg.org/spec/BPMN/20100524/DI"/>'
        )
        .encode()
    )


@pytest.mark.parametrize(
    ("trigger", "wrong"),
    [("error", []), ("signal", ["unknown-signal"]), ("message", ["message-ref-missing"])],
)
def test_an_event_sub_process_is_reported_by_what_is_in_it_not_by_its_place(
    trigger: str, wrong: list[str]
) -> None:
    data = in_process(
        f'<subProcess id="box" triggeredByEvent="true"><startEvent id="i"><{trigger}EventDefinition/>'
        '</startEvent><sequenceFlow id="f" sourceRef="i" targetRef="j"/><endEvent id="j"/></subProcess>'
    )
    if wrong:
        assert [finding.rule for finding in refused(data)] == wrong
    else:
        compiled(data)


@pytest.mark.parametrize(("value", "runs"), [("true", True), ("1", True), ("false", False), ("0", False)])
def test_a_process_says_that_it_is_executable(value: str, runs: bool) -> None:
    data = in_process("").replace(b'isExecutable="true"', f'isExecutable="{value}"'.encode())
    if runs:
        compiled(data)
    else:
        (finding,) = refused(data)
        assert (finding.rule, finding.element) == ("process-not-executable", "p")


def test_a_process_that_does_not_say_so_is_not_executable() -> None:
    (finding,) = refused(in_process("").replace(b'isExecutable="true"', b""))
    assert finding.rule == "process-not-executable"
