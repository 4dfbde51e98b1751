"""Whatever of BPMN 2.0 the engine does not execute is refused with place, element, rule and remedy.

The names are those of the BPMN 2.0 schemas (BPMN20.xsd, Semantic.xsd). None may be dropped silently.
"""

from __future__ import annotations

import pytest

from tests.support.bpmn import bpmn, compiled, definitions, process
from tests.support.refusals import SOUND, in_process, in_task, refused
from wenzheng.engine import vocabulary as words


def names(text: str) -> list[str]:
    return text.split()


def test_the_sound_process_around_all_these_cases_compiles() -> None:
    compiled(in_process(""))


# What may stand in a process or sub-process: tFlowElement, tArtifact, and the rest of tProcess.
IN_PROCESS = names("""
    callChoreography choreographyTask subChoreography event implicitThrowEvent
    auditing monitoring resourceRole performer humanPerformer potentialOwner
    supports ioBinding artifact flowElement
""")

BY_THE_STANDARD = {
    **dict.fromkeys(("callChoreography", "choreographyTask", "subChoreography"), "choreography-in-process"),
    "ioBinding": "binding-data",
}
"""What no process may have, whoever runs it: then that rule is named."""


@pytest.mark.parametrize("name", IN_PROCESS)
def test_an_element_in_a_process_that_is_not_executed_is_refused(name: str) -> None:
    (finding,) = refused(in_process(f'  <{name} id="odd"/>'))
    assert finding.rule == BY_THE_STANDARD.get(name, "element-not-executed")
    assert (finding.position.line, finding.position.column) == (11, 3)
    assert finding.element == "odd"
    assert name in finding.message


@pytest.mark.parametrize("name", IN_PROCESS)
def test_the_same_inside_a_sub_process(name: str) -> None:
    inner = (
        f'<startEvent id="i"/><sequenceFlow id="f" sourceRef="i" targetRef="j"/><endEvent id="j"/><{name}/>'
    )
    outer = f'<sequenceFlow id="e2" sourceRef="u2" targetRef="box"/><subProcess id="box">{inner}</subProcess>'
    outer += '<sequenceFlow id="e3" sourceRef="box" targetRef="e"/>'
    found = refused(
        in_process(outer.replace('sourceRef="u2"', 'sourceRef="odd"') + '<implicitThrowEvent id="odd"/>')
    )
    assert {(finding.rule, finding.element) for finding in found} == {
        ("choreography-in-process" if "horeography" in name else "element-not-executed", "box"),
        ("element-not-executed", "odd"),
    }


@pytest.mark.parametrize("name", sorted(words.FLOW_NODES))
def test_a_flow_node_that_is_executed_is_never_called_one_that_is_not(name: str) -> None:
    """What is wrong with a bare one is its flows and what it lacks, not that it is there."""
    found = {finding.rule for finding in refused(in_process(f'  <{name} id="odd"/>'))}
    assert not found & {"element-not-executed", "attribute-not-executed"}


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        ('<laneSet id="ls"><lane id="l"><flowNodeRef>u</flowNodeRef></lane></laneSet>', []),
        ('<laneSet id="ls" name="x"><lane id="l" name="y" wz:role="z"/></laneSet>', []),
        ('<laneSet><lane id="l"><childLaneSet id="c"><lane id="m"/></childLaneSet></lane></laneSet>', []),
        ('<laneSet id="ls"><task id="t"/></laneSet>', ["element-not-executed"]),
        ('<laneSet id="ls"><lane id="l"><partitionElement/></lane></laneSet>', ["element-not-executed"]),
        ('<laneSet id="ls"><lane id="l" odd="1"/></laneSet>', ["attribute-not-executed"]),
        ('<laneSet id="ls" odd="1"/>', ["attribute-not-executed"]),
        ('<laneSet id="u"/>', ["duplicate-id"]),
        ('<laneSet><lane id="l"><flowNodeRef>gone</flowNodeRef></lane></laneSet>', ["lane-member"]),
        ('<laneSet><lane id="l"><flowNodeRef>l</flowNodeRef></lane></laneSet>', ["lane-member"]),
        ('<laneSet><lane id="l"><flowNodeRef/></lane></laneSet>', ["lane-member"]),
        ('<association id="a" sourceRef="u" targetRef="n"/><textAnnotation id="n"/>', []),
        ('<association id="a" sourceRef="u" targetRef="e" associationDirection="Both"/>', []),
        ('<association id="a" sourceRef="u" targetRef="e" odd="1"/>', ["attribute-not-executed"]),
        ('<association id="a" sourceRef="u" targetRef="e"><x/></association>', ["element-not-executed"]),
        ('<association id="u" sourceRef="u" targetRef="e"/>', ["duplicate-id"]),
    ],
)
def test_lanes_and_associations_hold_what_the_standard_puts_into_them(markup: str, found: list[str]) -> None:
    data = in_process(markup.replace("wz:role", 'xmlns:wz="urn:wenzheng:bpmn:1" wz:role'))
    if found:
        assert [finding.rule for finding in refused(data)] == found
    else:
        compiled(data)


# What an activity may contain: tActivity, tUserTask, tSendTask, tEvent and so on.
IN_TASK = names("""
    resourceRole performer dataInput outputSet
    humanPerformer potentialOwner rendering auditing monitoring categoryValueRef
    loopCharacteristics
    script timerEventDefinition laneSet
""")


@pytest.mark.parametrize("name", IN_TASK)
def test_an_element_in_a_task_that_is_not_executed_is_refused(name: str) -> None:
    (finding,) = refused(in_task(f"<{name}/>"))
    assert finding.rule == "element-not-executed"
    assert finding.element == "u"
    assert finding.position.line == 8


def test_an_activity_that_is_executed_may_loop() -> None:
    compiled(in_task("<standardLoopCharacteristics><loopCondition>true</loopCondition>"
                     "</standardLoopCharacteristics>"))  # fmt: skip
    compiled(in_task("<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
                     "</multiInstanceLoopCharacteristics>"))  # fmt: skip


# What stands beside processes: tRootElement, and the rest of tDefinitions.
IN_DEFINITIONS = names("""
    import choreography globalChoreographyTask conversation globalConversation
    endPoint
    partnerEntity partnerRole resource
    extension relationship extensionElements eventDefinition rootElement
""")


def beside_the_process(markup: str) -> bytes:
    body = bpmn("start s\nend e\ns -> e").decode().partition('urn:test">\n')[2].replace("</definitions>", "")
    return definitions(body + markup)


@pytest.mark.parametrize("name", IN_DEFINITIONS)
def test_an_element_beside_the_process_that_is_not_executed_is_refused(name: str) -> None:
    (finding,) = refused(beside_the_process(f'<{name} id="odd"/>'))
    assert (finding.rule, finding.element) == ("element-not-executed", "odd")


@pytest.mark.parametrize(
    "markup",
    [
        '<collaboration id="odd"><participant id="pool" processRef="p"/></collaboration>',
        """<collaboration id="odd"><participant id="a" name="A"><participantMultiplicity maximum="2"/>
        </participant><participant id="b"/><messageFlow id="m" sourceRef="a" targetRef="b"/>
        </collaboration>""",
        """<interface id="odd" name="i"><operation id="o" name="n"><inMessageRef>m</inMessageRef></operation>
        </interface><message id="m" name="m"/>""",
        '<itemDefinition id="odd" structureRef="xs:string" isCollection="false" itemKind="Information"/>',
        '<globalTask id="odd"/>',
        '<globalManualTask id="odd" name="x"/>',
        '<globalScriptTask id="odd" scriptLanguage="urn:cel"><script># nothing</script></globalScriptTask>',
        '<globalUserTask id="odd" xmlns:wz="urn:wenzheng:bpmn:1" wz:role="clerk"/>',
        '<signal id="odd" name="s"/>',
        '<error id="odd" errorCode="E"/>',
        '<escalation id="odd" escalationCode="E"/>',
        '<terminateEventDefinition id="odd"/>',
        '<cancelEventDefinition id="odd"/>',
        '<compensateEventDefinition id="odd"/>',
        '<linkEventDefinition id="odd" name="l"/>',
    ],
)
def test_an_element_beside_the_process_that_is_executed_or_describes_is_let_pass(markup: str) -> None:
    compiled(beside_the_process(markup))


@pytest.mark.parametrize(
    ("markup", "rule"),
    [
        ('<collaboration id="odd"><task id="t"/></collaboration>', "element-not-executed"),
        ('<collaboration id="odd"><participant id="a" odd="1"/></collaboration>', "attribute-not-executed"),
        ('<collaboration id="odd"><participant id="a"><x/></participant></collaboration>',
         "element-not-executed"),
        ('<collaboration id="s"/>', "duplicate-id"),
        ('<collaboration id="odd"><participant id="s"/></collaboration>', "duplicate-id"),
        ('<collaboration id="odd"><v:x xmlns:v="urn:v"/></collaboration>', "vendor-extension"),
        ('<collaboration id="odd"><participant id="a" v:x="1" xmlns:v="urn:v"/></collaboration>',
         "vendor-extension"),
        ('<interface id="odd" name="i"><task id="t"/></interface>', "element-not-executed"),
        ('<itemDefinition id="odd" itemKind="Magical"/>', "attribute-not-executed"),
        ('<itemDefinition id="odd"><x/></itemDefinition>', "element-not-executed"),
        ('<signal id="odd"/>', "signal-without-name"),
        ('<globalTask id="odd" odd="1"/>', "attribute-not-executed"),
        ('<globalTask id="odd"><startEvent/></globalTask>', "element-not-executed"),
        ('<globalUserTask id="odd"/>', "role-missing"),
        ('<globalScriptTask id="odd" scriptLanguage="text/js"><script># x</script></globalScriptTask>',
         "expression-language"),
        ('<messageEventDefinition id="odd"/>', "message-ref-missing"),
        ('<signalEventDefinition id="odd"/>', "unknown-signal"),
        ('<timerEventDefinition id="odd"/>', "timer-needs-one-time"),
        ('<conditionalEventDefinition id="odd"/>', "event-condition-missing"),
    ],
)  # fmt: skip
def test_what_stands_beside_the_process_is_read_as_carefully_as_what_is_in_it(markup: str, rule: str) -> None:
    assert [finding.rule for finding in refused(beside_the_process(markup))] == [rule]


TRIGGERS = names("""
    cancel compensate conditional error escalation link message signal terminate timer
""")
EVENTS = {
    "startEvent": '<{0} id="x">{1}</{0}><sequenceFlow id="f" sourceRef="x" targetRef="e"/>',
    "endEvent": '<{0} id="x">{1}</{0}><task id="g"/>'
    '<sequenceFlow id="f1" sourceRef="b" targetRef="g"/><sequenceFlow id="f" sourceRef="g" targetRef="x"/>'
    '<boundaryEvent id="b" attachedToRef="u"><timerEventDefinition><timeDuration>PT1H</timeDuration>'
    "</timerEventDefinition></boundaryEvent>",
    "intermediateCatchEvent": '<{0} id="x">{1}</{0}><sequenceFlow id="f" sourceRef="b" targetRef="x"/>'
    '<boundaryEvent id="b" attachedToRef="u"><timerEventDefinition><timeDuration>PT1H</timeDuration>'
    '</timerEventDefinition></boundaryEvent><sequenceFlow id="h" sourceRef="x" targetRef="e"/>',
    "boundaryEvent": '<{0} id="x" attachedToRef="u">{1}</{0}>'
    '<sequenceFlow id="f" sourceRef="x" targetRef="e"/>',
}
EVENTS["intermediateThrowEvent"] = EVENTS["intermediateCatchEvent"]

# What a bare trigger lacks, wherever it may stand ("") and in one event; nothing where it lacks nothing.
MISSING = {
    ("", "message"): ["message-ref-missing"],
    ("", "signal"): ["unknown-signal"],
    ("", "timer"): ["timer-needs-one-time"],
    ("", "conditional"): ["event-condition-missing"],
    ("", "link"): ["link-flow", "link-unmatched"],
    ("startEvent", "error"): ["start-trigger"],
    ("startEvent", "escalation"): ["start-trigger"],
    ("startEvent", "compensate"): ["start-trigger"],
    ("endEvent", "cancel"): ["cancel-outside-transaction"],
    ("boundaryEvent", "cancel"): ["cancel-outside-transaction"],
    ("endEvent", "error"): ["error-without-code"],
    ("endEvent", "escalation"): ["escalation-without-code"],
    ("intermediateThrowEvent", "escalation"): ["escalation-without-code"],
    ("boundaryEvent", "compensate"): ["compensation-handler", "outgoing-not-allowed"],
}


@pytest.mark.parametrize("event", sorted(EVENTS))
@pytest.mark.parametrize("trigger", TRIGGERS)
def test_an_event_definition_runs_where_the_vocabulary_says_so_and_is_refused_elsewhere(
    event: str, trigger: str
) -> None:
    tag = f"{trigger}EventDefinition"
    data = in_process(EVENTS[event].format(event, f"<{tag}/>"))
    if tag in words.EVENT_DEFINITIONS[event]:
        # What is missing from it is said; never that it is not executed.
        missing = MISSING.get((event, trigger), MISSING.get(("", trigger), []))
        if missing:
            assert sorted(finding.rule for finding in refused(data)) == missing
        else:
            compiled(data)
    else:
        (finding,) = refused(data)
        assert (finding.rule, finding.element) == ("trigger-not-allowed", "x")


@pytest.mark.parametrize(
    ("event", "inner", "rule"),
    [
        ("startEvent", "<eventDefinitionRef>t</eventDefinitionRef>", "unknown-event-definition"),
        ("boundaryEvent", "<terminateEventDefinition/>", "trigger-not-allowed"),
        ("boundaryEvent", "", "event-without-definition"),
        ("intermediateCatchEvent", "", "event-without-definition"),
        ("startEvent", "<dataInput/>", "element-not-executed"),
        ("endEvent", "<dataOutputAssociation/>", "element-not-executed"),
        (
            "endEvent",
            "<terminateEventDefinition><timeDate/></terminateEventDefinition>",
            "element-not-executed",
        ),
        ("endEvent", "<terminateEventDefinition messageRef='m'/>", "attribute-not-executed"),
        (
            "startEvent",
            "<timerEventDefinition><timeCycle>R3/P1D</timeCycle></timerEventDefinition>",
            "start-cycle",
        ),
    ],
)
def test_other_contents_of_events_are_refused(event: str, inner: str, rule: str) -> None:
    assert rule in {finding.rule for finding in refused(in_process(EVENTS[event].format(event, inner)))}


TASK = '<{tag} id="u" {more}>{inner}</{tag}>'


@pytest.mark.parametrize(
    "attribute",
    [
        'isForCompensation="yes"',
        'implementation="http://example.org/human"',
        'ioSpecification="x"',
        'resourceRef="x"',
        'unheardOf=""',
    ],
)
def test_an_attribute_of_a_task_that_is_not_executed_is_refused(attribute: str) -> None:
    data = process(SOUND.replace("@U", "").replace("@P", "").replace('id="u"', f'id="u" {attribute}'))
    (finding,) = refused(data)
    assert (finding.rule, finding.element, finding.position.line) == ("attribute-not-executed", "u", 7)
    assert attribute.partition("=")[0] in finding.message


@pytest.mark.parametrize(
    ("attribute", "rules"),
    [
        ('startQuantity="2"', []),
        ('completionQuantity="2"', []),
        ('startQuantity="0"', ["token-quantity"]),
        ('completionQuantity="-1"', ["token-quantity"]),
        ('startQuantity="many"', ["token-quantity"]),
        ('default="u_e"', []),
        ('default="s_u"', ["default-flow-unknown"]),
        ('isForCompensation="false"', []),
        ('isForCompensation="1"', ["incoming-not-allowed", "outgoing-not-allowed"]),
    ],
)
def test_an_attribute_of_a_task_that_is_executed_is_held_to_its_values(
    attribute: str, rules: list[str]
) -> None:
    data = process(SOUND.replace("@U", "").replace("@P", "").replace('id="u"', f'id="u" {attribute}'))
    if not rules:
        compiled(data)
    else:
        assert [(finding.rule, finding.element) for finding in refused(data)] == [
            (rule, "u") for rule in rules
        ]


def test_attributes_that_say_nothing_where_they_stand_are_let_pass() -> None:
    """BPMN 2.0.2 p. 242: both are looked at in event sub-processes and with several triggers only."""
    for attribute in ('isInterrupting="false"', 'parallelMultiple="true"'):
        compiled(in_process("").replace(b'<startEvent id="s"', f'<startEvent id="s" {attribute}'.encode()))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<startEvent id="s"', '<startEvent id="s" isInterrupting="no"'),
        ('<startEvent id="s"', '<startEvent id="s" parallelMultiple="2"'),
        ('id="s_u"', 'id="s_u" isImmediate="maybe"'),
        ('id="s_u"', 'id="s_u" conditionExpression="x"'),
        ('<endEvent id="e"', '<endEvent id="e" eventDefinitionRef="x"'),
        ('<process id="p"', '<process id="p" processType="Secret"'),
        ('<process id="p"', '<process id="p" isClosed="maybe"'),
        ('<process id="p"', '<process id="p" definitionalCollaborationRef="c"'),
        ("<definitions ", '<definitions unheardOf="1" '),
    ],
)
def test_other_attributes_that_are_not_executed_are_refused(old: str, new: str) -> None:
    data = in_process("").decode().replace(old, new)
    assert [finding.rule for finding in refused(data.encode())] == ["attribute-not-executed"]


@pytest.mark.parametrize(
    ("attribute", "rules"),
    [
        (
            'triggeredByEvent="true"',
            {"event-sub-process-start", "incoming-not-allowed", "outgoing-not-allowed"},
        ),
        ('triggeredByEvent="1"', {"event-sub-process-start", "incoming-not-allowed", "outgoing-not-allowed"}),
        ('isForCompensation="true"', {"incoming-not-allowed", "outgoing-not-allowed"}),
        ('method="x"', {"attribute-not-executed"}),
    ],
)
def test_a_sub_process_that_waits_for_an_event_has_no_flows(attribute: str, rules: set[str]) -> None:
    notation = "start s\nsub box\nstart i\nend j\ni -> j\nclose\ns -> box"
    data = bpmn(notation).decode().replace('<subProcess id="box"', f'<subProcess id="box" {attribute}')
    assert {finding.rule for finding in refused(data.encode())} == rules


def test_a_receive_task_creates_instances_only_where_no_flow_leads_to_it() -> None:
    data = (
        bpmn("start s\nreceive r message=m\ns -> r").decode().replace('id="r"', 'id="r" instantiate="true"')
    )
    (finding,) = refused(data.encode())
    assert (finding.rule, finding.element) == ("incoming-not-allowed", "r")
    compiled(bpmn("receive r message=m").replace(b'id="r"', b'id="r" instantiate="true"'))


@pytest.mark.parametrize("value", ["true", "1", " true ", "false", "0"])
def test_a_boundary_event_reads_all_spellings_of_true_and_false(value: str) -> None:
    data = bpmn("start s\nuser u\ns -> u\nboundary b on=u message=m\nend e\nb -> e").decode()
    model = compiled(data.replace('id="b"', f'id="b" cancelActivity="{value}"').encode()).model
    element = model.element("b")
    assert element is not None
    assert element.interrupting is (value.strip() in {"true", "1"})


def test_a_boundary_event_that_is_neither_true_nor_false_is_refused() -> None:
    data = bpmn("start s\nuser u\ns -> u\nboundary b on=u message=m\nend e\nb -> e").decode()
    (finding,) = refused(data.replace('id="b"', 'id="b" cancelActivity="no"').encode())
    assert finding.rule == "attribute-not-executed"


# --- other engines ----------------------------------------------------------------------------

VENDORS = {
    "camunda": "http://camunda.org/schema/1.0/bpmn",
    "zeebe": "http://camunda.org/schema/zeebe/1.0",
    "flowable": "http://flowable.org/bpmn",
    "activiti": "http://activiti.org/bpmn",
    "spiffworkflow": "http://spiffworkflow.org/bpmn/schema/1.0/core",
    "operaton": "http://operaton.org/schema/1.0/bpmn",
    "signavio": "http://www.signavio.com",
    "drools": "http://www.jboss.org/drools",
    "unknown": "urn:nobody",
    "wz": "urn:wenzheng:bpmn:1",
}


@pytest.mark.parametrize("vendor", sorted(VENDORS))
def test_attributes_and_elements_of_other_engines_are_refused(vendor: str) -> None:
    declare = f'xmlns:{vendor}="{VENDORS[vendor]}"' if vendor != "wz" else ""
    for data in (
        in_process("").decode().replace('id="u"', f'id="u" {declare} {vendor}:assignee="x"'),
        in_process("").decode().replace('id="s_u"', f'id="s_u" {declare} {vendor}:skip="x"'),
        in_process("").decode().replace('<process id="p"', f'<process id="p" {declare} {vendor}:ttl="1"'),
        in_task(f"<{vendor}:x {declare}/>").decode(),
        in_task(f"<extensionElements><{vendor}:x {declare}/></extensionElements>").decode(),
        in_process(f"<extensionElements><{vendor}:x {declare}/></extensionElements>").decode(),
        in_task(f'<extensionElements {declare} {vendor}:x="1"/>').decode(),
    ):
        assert [finding.rule for finding in refused(data.encode())] == ["vendor-extension"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<conditionExpression>", '<conditionExpression xmlns:c="urn:c" c:resource="x.js">'),
        ("<script>", '<script xmlns:c="urn:c" c:resource="x.js">'),
        ("<timeDuration>", '<timeDuration xmlns:c="urn:c" c:expression="x">'),
        ("</conditionExpression>", '<c:x xmlns:c="urn:c"/></conditionExpression>'),
        ("</script>", '<c:x xmlns:c="urn:c"/></script>'),
        ("</timeDuration>", '<c:x xmlns:c="urn:c"/></timeDuration>'),
    ],
)
def test_foreign_markup_inside_conditions_scripts_and_timers_is_refused(old: str, new: str) -> None:
    data = bpmn("""
        var n int = 1
        start s
        script x: n = 2
        xor g default=g_c
        catch c duration=PT1H
        end e
        s -> x -> g
        g -> e if n == 1
        g -> c -> e
    """)
    compiled(data)
    assert [f.rule for f in refused(data.decode().replace(old, new).encode())] == ["vendor-extension"]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("<script>", "<script>n = 3</script><script>", "element-repeated"),
        (
            "<conditionExpression>",
            "<conditionExpression>true</conditionExpression><conditionExpression>",
            "element-repeated",
        ),
        ("<conditionExpression>", '<conditionExpression evaluatesToTypeRef="x">', "attribute-not-executed"),
        ("<conditionExpression>", '<conditionExpression language="javascript">', "expression-language"),
        ('id="x"', 'id="x" scriptFormat="text/javascript"', "expression-language"),
        ("<timeDuration>", "<timeDate>2026-09-09T00:00:00Z</timeDate><timeDuration>", "timer-needs-one-time"),
        ("<timerEventDefinition>", '<timerEventDefinition wz:workingDays="3">', "timer-needs-one-time"),
        ("PT1H", "P200Y", "timer-value"),
        ("PT1H", "P٣D", "timer-value"),
        ("PT1H", "R3/PT1H", "timer-value"),
        ("PT1H", "", "timer-value"),
        (
            "<timeDuration>PT1H</timeDuration>",
            "<timeDate>9999-12-31T23:59:59-14:00</timeDate>",
            "timer-value",
        ),
        (
            "<timeDuration>PT1H</timeDuration>",
            "<timeDate>0001-01-01T00:00:00+14:00</timeDate>",
            "timer-value",
        ),
        ("<timeDuration>PT1H</timeDuration>", "<timeDate>2026-01-01T00:00:00</timeDate>", "timer-value"),
        ("n = 2", "", "script-missing"),
        ("n = 2", "import os", "bad_line"),
        ("n == 1", "n ==", "syntax"),
        ("n == 1", "n + 1", "wrong_result_type"),
        ("n == 1", " ", "condition-missing"),
    ],
)
def test_what_is_doubled_or_cannot_be_read_is_refused(old: str, new: str, rule: str) -> None:
    data = bpmn("""
        var n int = 1
        start s
        script x: n = 2
        xor g default=g_c
        catch c duration=PT1H
        end e
        s -> x -> g
        g -> e if n == 1
        g -> c -> e
    """)
    assert rule in {finding.rule for finding in refused(data.decode().replace(old, new).encode())}
