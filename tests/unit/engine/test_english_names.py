"""Names in English: records carry them beside the Chinese ones, and leave them out when there are none."""

from __future__ import annotations

import pytest

from tests.support.bpmn import SERVICES, Run, bpmn, compiled, findings_of
from wenzheng.engine import vocabulary as words
from wenzheng.engine.compiler import compile_bpmn

NOTATION = """
    clock k starts=s yellow=5
    start s
    user ask
    field ask note string
    end e
    s -> ask -> e
"""
NAMED = (
    ('<userTask id="ask"', '<userTask id="ask" name="问" wz:en="Ask"'),
    ('<wz:field id="note"', '<wz:field id="note" name="附言" en="Note"'),
    ('<wz:clock id="k"', '<wz:clock id="k" name="时限" en="Limit"'),
)


def named() -> bytes:
    text = bpmn(NOTATION).decode()
    for old, new in NAMED:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text.encode()


def test_records_of_a_task_its_form_and_a_clock_carry_both_names() -> None:
    run = Run(named(), restored=True).start()
    (opened,) = run.of("task_opened")
    (started,) = run.of("clock_started")
    for said, names in (
        (opened, ("问", "Ask")),
        (opened["fields"][0], ("附言", "Note")),
        (started, ("时限", "Limit")),
    ):
        assert (said["name"], said["name_en"]) == names


def test_without_an_english_name_nothing_is_said_of_it() -> None:
    run = Run(NOTATION).start()
    (opened,) = run.of("task_opened")
    (started,) = run.of("clock_started")
    for said in (opened, opened["fields"][0], started):
        assert "name" in said
        assert "name_en" not in said


ALL_NODES = """
    start s
    user a
    service b
    script c: n = 1
    var n int
    send d message=m
    receive x message=m
    xor g default=g_h
    and h
    catch i message=m
    throw t message=m
    sub z
    start zs
    end ze
    zs -> ze
    close
    boundary y on=a message=q
    end e
    s -> a -> b -> c -> d -> x -> g -> h -> i -> t -> z -> e
    y -> e
    g -> e if false
    h -> e
"""


# Those that the notation has no word for, in a row behind the task a.
MORE_NODES = """
<task id="t1"/><manualTask id="t2"/><callActivity id="t3" calledElement="other"/>
<transaction id="t4"><startEvent id="t4s"/><sequenceFlow id="t4f" sourceRef="t4s" targetRef="t4e"/>
<endEvent id="t4e"/></transaction><adHocSubProcess id="t5"><task id="t5t"/></adHocSubProcess>
<inclusiveGateway id="t6" default="row6"/><complexGateway id="t7" default="row7"/><eventBasedGateway id="t8"/>
<intermediateCatchEvent id="t9"><messageEventDefinition messageRef="message_m"/></intermediateCatchEvent>
<intermediateCatchEvent id="t10"><messageEventDefinition messageRef="message_q"/></intermediateCatchEvent>
<sequenceFlow id="t8_t10" sourceRef="t8" targetRef="t10"/><endEvent id="t11"/>
<sequenceFlow id="t6_t11" sourceRef="t6" targetRef="t11"><conditionExpression>false</conditionExpression>
</sequenceFlow><sequenceFlow id="t7_t11" sourceRef="t7" targetRef="t11">
<conditionExpression>false</conditionExpression></sequenceFlow>
<sequenceFlow id="t9_t11" sourceRef="t9" targetRef="t11"/>
<sequenceFlow id="t10_t11" sourceRef="t10" targetRef="t11"/>
<businessRuleTask id="t12"><extensionElements><wz:decision name="t">
<wz:input name="i" value="1"/></wz:decision></extensionElements></businessRuleTask>
<sequenceFlow id="t1_t12" sourceRef="t1" targetRef="t12"/>
<sequenceFlow id="t12_t11" sourceRef="t12" targetRef="t11"/>
<sequenceFlow id="a_t1" sourceRef="a" targetRef="t1"/>"""
TABLE = b"column,in,out\nname,i,n\ntype,int,int\n1,-,1\n"
CALLED = """</process><process id="other" isExecutable="true"><startEvent id="os"/>
<sequenceFlow id="of" sourceRef="os" targetRef="oe"/><endEvent id="oe"/></process></definitions>"""


def all_nodes() -> str:
    more = MORE_NODES + "".join(
        f'<sequenceFlow id="row{n}" sourceRef="t{n}" targetRef="t{n + 1}"/>' for n in range(1, 9)
    )
    return bpmn(ALL_NODES).decode().replace("</process></definitions>", more + CALLED)


def test_every_flow_node_may_have_an_english_name() -> None:
    text = all_nodes()
    for tag in words.FLOW_NODES:
        assert f"<{tag} " in text, tag
        text = text.replace(f"<{tag} ", f'<{tag} wz:en="Some {tag}" ')
    processes, _ = compile_bpmn({"p.bpmn": text.encode(), "t.csv": TABLE}, SERVICES)
    for element in processes["p"].model.all_elements():
        assert element.name_en == f"Some {element.type}"


@pytest.mark.parametrize("tag", ["sequenceFlow", "message", "messageEventDefinition"])
def test_what_is_no_flow_node_has_none(tag: str) -> None:
    text = bpmn(ALL_NODES).decode().replace(f"<{tag} ", f'<{tag} wz:en="x" ', 1)
    assert "vendor-extension" in {finding.rule for finding in findings_of(lambda: compiled(text.encode()))}
