"""Rules of the standard that need no graph: each has a case that breaks it and one that does not.

They hold whether the engine runs what they are about or not: a file that breaks one is refused for that rule.
"""

from __future__ import annotations

import pytest

from tests.support.notation import definitions
from wenzheng.engine.findings import FindingList
from wenzheng.engine.rules.file_rules import check_file
from wenzheng.engine.xml_tree import read_xml

PROCESS = '<process id="p" isExecutable="true">{}</process>'
POOLS = """<collaboration id="c"><participant id="a" processRef="p"/><participant id="b" processRef="q"/>
<participant id="box"/>{}</collaboration>
<process id="p"><startEvent id="s"/><task id="t"/><endEvent id="e"><messageEventDefinition/></endEvent>
<intermediateCatchEvent id="in"><messageEventDefinition/></intermediateCatchEvent>
<intermediateThrowEvent id="out"><messageEventDefinition/></intermediateThrowEvent>
<textAnnotation id="note"/><exclusiveGateway id="g"/></process>
<process id="q"><startEvent id="s2"><eventDefinitionRef>top</eventDefinitionRef></startEvent>
<startEvent id="s3"/><endEvent id="e2"/><task id="t2"/></process><messageEventDefinition id="top"/>"""
ITEMS = """<itemDefinition id="text" structureRef="xs:string"/>
<itemDefinition id="words" structureRef="xs:string"/>
<itemDefinition id="number" structureRef="xs:int"/><itemDefinition id="bare"/><itemDefinition id="bare2"/>
<itemDefinition id="texts" structureRef="xs:string" isCollection="true"/>
<message id="m" itemRef="text"/><message id="n" itemRef="number"/><message id="mb" itemRef="bare"/>
<interface id="if"><operation id="op"><inMessageRef>m</inMessageRef>
<outMessageRef>n</outMessageRef></operation></interface><interface id="other"><operation id="op2">
<inMessageRef>m</inMessageRef></operation></interface>"""
WORDS = PROCESS.format(
    '<dataObject id="d" itemSubjectRef="{}"/><dataObjectReference id="r" dataObjectRef="d"/>{}'
)


def flow(source: str, target: str) -> str:
    return POOLS.format(f'<messageFlow id="f" sourceRef="{source}" targetRef="{target}"/>')


def task(inner: str, tag: str = "task", attributes: str = "") -> str:
    return ITEMS + PROCESS.format(f'<{tag} id="t" {attributes}>{inner}</{tag}>')


def io(inputs: str = "", outputs: str = "", more: str = "") -> str:
    """An ioSpecification of `id:item` parts, all in one set each."""
    written = {"Input": "", "Output": ""}
    refs = {"Input": "", "Output": ""}
    for way, parts in (("Input", inputs), ("Output", outputs)):
        for part in parts.split():
            name, _, item = part.partition(":")
            subject = f' itemSubjectRef="{item}"' if item else ""
            written[way] += f'<data{way} id="{name}"{subject}/>'
            refs[way] += f"<data{way}Refs>{name}</data{way}Refs>"
    sets = f"<inputSet>{refs['Input']}</inputSet>{more}<outputSet>{refs['Output']}</outputSet>"
    return f"<ioSpecification>{written['Input']}{written['Output']}{sets}</ioSpecification>"


def many(inner: str, attributes: str = "") -> str:
    tag = "multiInstanceLoopCharacteristics"
    return f"<{tag} {attributes}>{inner}</{tag}>"


def partners(numbers: str) -> str:
    return f'<participant id="x"><participantMultiplicity {numbers}/></participant>'


def link(throws: str, catches: str) -> str:
    return PROCESS.format(
        '<intermediateThrowEvent id="a"><linkEventDefinition id="la" name="l">'
        f'{throws}</linkEventDefinition></intermediateThrowEvent><intermediateCatchEvent id="b">'
        f'<linkEventDefinition id="lb" name="l">{catches}</linkEventDefinition></intermediateCatchEvent>'
        '<intermediateThrowEvent id="c"><linkEventDefinition id="lc" name="l"/></intermediateThrowEvent>'
        '<intermediateCatchEvent id="d"><linkEventDefinition id="ld" name="k"/></intermediateCatchEvent>'
    )


def throws(data: str, definition: str = '<messageEventDefinition messageRef="m"/>') -> str:
    return ITEMS + PROCESS.format(
        f'<endEvent id="e">{data}{definition}</endEvent><signal id="sg" structureRef="number"/>'
    )


def called(given: str, wanted: str) -> str:
    return (
        ITEMS
        + PROCESS.format(f'<callActivity id="c" calledElement="q">{given}</callActivity>')
        + (f'<process id="q">{wanted}</process>')
    )


def supports(binding: str, interface: str = "if") -> str:
    return ITEMS + (
        f'<globalTask id="gt"><supportedInterfaceRef>{interface}</supportedInterfaceRef>'
        f"{io('i:text', 'o:number')}{binding}</globalTask>"
    )


EMPTY_PATH = """<correlationProperty id="x"><correlationPropertyRetrievalExpression><messagePath/>
</correlationPropertyRetrievalExpression></correlationProperty>"""
REFERRING = '<globalConversation id="c"><choreographyRef>x</choreographyRef></globalConversation>'
BROKEN = [
    ("text-format", PROCESS.format('<documentation textFormat="plain">x</documentation>')),
    ("text-format", PROCESS.format('<textAnnotation id="n" textFormat=""/>')),
    ("expression-empty", PROCESS.format("<standardLoopCharacteristics><loopCondition> </loopCondition>"
                                        "</standardLoopCharacteristics>")),
    ("expression-empty", task(many("<loopCardinality/>"))),
    ("expression-empty", task(many("<loopCardinality>1</loopCardinality><completionCondition/>"))),
    ("expression-empty", task(many("<loopCardinality>1</loopCardinality><complexBehaviorDefinition>"
                                   "<condition/></complexBehaviorDefinition>"))),
    ("expression-empty", task("<dataInputAssociation><transformation/></dataInputAssociation>")),
    ("expression-empty", task("<dataInputAssociation><assignment><from/><to>x</to></assignment>"
                              "</dataInputAssociation>")),
    ("expression-empty", EMPTY_PATH),
    ("choreography-in-process", PROCESS.format('<choreographyTask id="x"/>')),
    ("choreography-in-process", PROCESS.format('<subProcess id="s"><callChoreography id="x"/></subProcess>')),
    ("choreography-in-process", PROCESS.format('<transaction id="s"><subChoreography id="x"/>'
                                               "</transaction>")),
    ("choreography-in-process", PROCESS.format('<adHocSubProcess id="s"><task/>'
                                               '<choreographyTask id="x"/></adHocSubProcess>')),
    ("property-place", '<property id="x"/>'),
    ("property-place", PROCESS.format('<exclusiveGateway id="g"><property id="x"/></exclusiveGateway>')),
    ("transaction-method", PROCESS.format('<transaction id="t" method="undo"/>')),
    ("transaction-method", PROCESS.format('<transaction id="t" method="urn:x%zz"/>')),
    ("ad-hoc-event", PROCESS.format('<adHocSubProcess id="a"><task/><startEvent id="s"/></adHocSubProcess>')),
    ("ad-hoc-event", PROCESS.format('<adHocSubProcess id="a"><task/><endEvent id="s"/></adHocSubProcess>')),
    ("ad-hoc-empty", PROCESS.format('<adHocSubProcess id="a"/>')),
    ("resource-assignment", task("<performer><resourceRef>r</resourceRef><resourceAssignmentExpression/>"
                                 "</performer>")),
    ("resource-assignment", task("<potentialOwner><resourceParameterBinding/></potentialOwner>")),
    ("loop-twice", task(many("<loopCardinality>1</loopCardinality>") + "<standardLoopCharacteristics/>")),
    ("loop-count", task(many(""))),
    ("complex-behavior", task(many("<loopCardinality>1</loopCardinality>", 'behavior="Complex"'))),
    ("loop-data-kind", task(many("<loopDataInputRef>text</loopDataInputRef>"))),
    ("loop-item", task(io("i:texts").replace('id="i"', 'id="i" isCollection="true"') + many(
        '<loopDataInputRef>i</loopDataInputRef><inputDataItem id="x" itemSubjectRef="number"/>'))),
    ("loop-item", task(io("", "o:texts").replace('id="o"', 'id="o" isCollection="true"') + many(
        '<loopDataOutputRef>o</loopDataOutputRef><loopCardinality>2</loopCardinality>'
        '<outputDataItem id="x" itemSubjectRef="texts"/>'))),
    ("link-pair", link("<target>lc</target>", "")),
    ("link-pair", link("<target>nobody</target>", "")),
    ("link-pair", link("<target>ld</target>", "")),
    ("link-pair", link("<source>lb</source>", "")),
    ("link-pair", link("<target>lb</target>", "<source>lc</source>")),
    ("participant-multiplicity", partners('minimum="-1" maximum="2"')),
    ("participant-multiplicity", partners('minimum="0" maximum="0"')),
    ("participant-multiplicity", partners('minimum="3" maximum="2"')),
    ("participant-multiplicity", partners('minimum="2"')),
    ("participant-multiplicity", partners('maximum="many"')),
    ("message-flow-end", flow("note", "t2")),
    ("message-flow-end", flow("t", "nobody")),
    ("message-flow-end", flow("g", "t2")),
    ("message-flow-same-pool", flow("t", "in")),
    ("message-flow-same-pool", flow("t", "a")),
    ("message-flow-same-pool", flow("box", "box")),
    ("message-flow-event", flow("s", "box")),
    ("message-flow-event", flow("box", "e")),
    ("message-flow-event", flow("in", "box")),
    ("message-flow-event", flow("box", "out")),
    ("message-flow-trigger", flow("t", "s3")),
    ("message-flow-trigger", flow("e2", "t")),
    ("choreography-ref", '<choreography id="c"><choreographyRef>x</choreographyRef></choreography>'),
    ("choreography-ref", REFERRING),
    ("global-conversation", '<globalConversation id="c"><conversation id="x"/></globalConversation>'),
    ("global-conversation", '<globalConversation id="c"><textAnnotation id="x"/></globalConversation>'),
    ("choreography-closed", flow("t", "ct") + '<choreography id="ch" isClosed="true">'
                            '<choreographyTask id="ct"/></choreography>'),
    ("process-public", '<process id="p" isExecutable="1" processType="Public"/>'),
    ("item-collection", ITEMS + PROCESS.format('<dataObject id="d" itemSubjectRef="texts"/>')),
    ("item-collection", task(io("i:text").replace('id="i"', 'id="i" isCollection="true"'))),
    ("item-collection", task(io("", "o:texts"))),
    ("data-object-name", PROCESS.format('<dataObject id="d" name="Order"/><dataObjectReference id="r" '
                                        'dataObjectRef="d" name="Order"><dataState name="paid"/>'
                                        "</dataObjectReference>")),
    ("data-in-sub-process", PROCESS.format(f'<subProcess id="x">{io()}</subProcess>')),
    ("data-set-missing", task(io("i").replace("<dataInputRefs>i</dataInputRefs>", ""))),
    ("data-set-missing", task(io("", "o").replace("<dataOutputRefs>o</dataOutputRefs>", ""))),
    ("data-set-unknown", task(io("i", more="<inputSet><dataInputRefs>j</dataInputRefs></inputSet>"))),
    ("data-set-optional", task(io("i", more="<inputSet><optionalInputRefs>i</optionalInputRefs>"
                                            "</inputSet>"))),
    ("data-set-optional", task(io("", "o", "<outputSet><whileExecutingOutputRefs>o</whileExecutingOutputRefs>"
                                           "</outputSet>"))),
    ("data-set-pair", task(io().replace("<outputSet>", '<outputSet id="os">').replace(
        "<inputSet>", '<inputSet id="is"><outputSetRefs>os</outputSetRefs>'))),
    ("data-set-pair", task(io().replace("<outputSet>", "<outputSet><inputSetRefs>no</inputSetRefs>"))),
    ("association-sources", task("<dataInputAssociation><sourceRef>a</sourceRef><sourceRef>b</sourceRef>"
                                 "<targetRef>c</targetRef></dataInputAssociation>")),
    ("association-items", ITEMS + WORDS.format("number", f'<task id="t">{io("i:text")}<dataInputAssociation>'
                          "<sourceRef>r</sourceRef><targetRef>i</targetRef></dataInputAssociation></task>")),
    ("event-data", throws('<dataInput id="i" itemSubjectRef="text"/>', "<messageEventDefinition "
                          'messageRef="m"/><signalEventDefinition signalRef="sg"/>')),
    ("event-data-item", throws('<dataInput id="i" itemSubjectRef="number"/>')),
    ("event-data-item", throws('<dataInput id="i" itemSubjectRef="text"/>',
                               '<signalEventDefinition signalRef="sg"/>')),
    ("task-data-count", task("", "serviceTask", 'operationRef="op"')),
    ("task-data-count", task(io("i:text"), "serviceTask", 'operationRef="op"')),
    ("task-data-count", task(io("i:text", "o:number", "<inputSet/>"), "serviceTask", 'operationRef="op"')),
    ("task-data-count", task(io("i:text j:text"), "sendTask", 'messageRef="m"')),
    ("task-data-count", task(io("i:text", more="<inputSet/>"), "sendTask", 'messageRef="m"')),
    ("task-data-count", task(io("", "i:text", "<outputSet/>"), "receiveTask", 'messageRef="m"')),
    ("task-data-item", task(io("i:number", "o:number"), "serviceTask", 'operationRef="op"')),
    ("task-data-item", task(io("i:text", "o:text"), "serviceTask", 'operationRef="op"')),
    ("task-data-item", task(io("i:number"), "sendTask", 'messageRef="m"')),
    ("task-data-item", task(io("i"), "sendTask", 'messageRef="m"')),
    ("task-data-item", task(io("i:bare2"), "sendTask", 'messageRef="mb"')),
    ("task-data-item", task(io("", "o:number"), "receiveTask", 'messageRef="m"')),
    ("called-data", called(io("i:text"), io())),
    ("called-data", called("", io("i:text"))),
    ("called-data", called(io("i:text", "o:text"), io("j:text"))),
    ("called-data", called(io("i:text"), io("j:number"))),
    ("binding-missing", supports("")),
    ("binding-data", supports('<ioBinding operationRef="op2" inputDataRef="i" outputDataRef="o"/>')),
    ("binding-data", supports('<ioBinding operationRef="op" inputDataRef="nobody" outputDataRef="o"/>')),
    ("binding-data", supports('<ioBinding operationRef="op" inputDataRef="i" outputDataRef="i"/>')),
]  # fmt: skip
KEPT = [
    PROCESS.format('<documentation textFormat="text/x-markdown; charset=utf-8">x</documentation>'),
    task(many("<loopCardinality>1</loopCardinality>", 'behavior="All"')),
    task("<standardLoopCharacteristics/>"),
    '<choreography id="c"><choreographyTask id="x"/></choreography>',
    PROCESS.format('<property id="x"/><startEvent id="s"><property id="y"/></startEvent>'),
    PROCESS.format('<transaction id="t" method="##Compensate"/><transaction id="u" method="http://x.cn/a?b#c"/>'),
    PROCESS.format('<adHocSubProcess id="a"><userTask id="u"/></adHocSubProcess>'),
    task("<performer><resourceRef>r</resourceRef><resourceParameterBinding/></performer>"),
    task("<performer><resourceAssignmentExpression/></performer>"),
    link("<target>lb</target>", "<source>la</source><source>lc</source>").replace(
        '<linkEventDefinition id="lc" name="l"/>',
        '<linkEventDefinition id="lc" name="l"><target>lb</target></linkEventDefinition>',
    ),
    link("", ""),
    '<participantMultiplicity minimum="0" maximum="1"/><participantMultiplicity/>',
    flow("box", "s2"),
    flow("t", "s2"),
    flow("e", "t2"),
    flow("t2", "in"),
    flow("out", "b"),
    flow("a", "b"),
    '<globalConversation id="c"/><process id="p" processType="Public"/>',
    ITEMS + PROCESS.format('<dataObject id="d" itemSubjectRef="texts" isCollection="true"/>'),
    PROCESS.format(
        '<dataObject id="d" name="Order"/><dataObjectReference id="r" dataObjectRef="d" '
        'name="Order [paid]"><dataState name="paid"/></dataObjectReference>'
    ),
    task(io("i j", "o", "<inputSet/>")),
    task(io().replace("<outputSet>", '<outputSet id="os"><inputSetRefs>is</inputSetRefs>').replace(
        "<inputSet>", '<inputSet id="is"><outputSetRefs>os</outputSetRefs>')),
    ITEMS + WORDS.format("words", f'<task id="t">{io("i:text")}<dataInputAssociation><sourceRef>r</sourceRef>'
                         "<targetRef>i</targetRef></dataInputAssociation></task>"),
    ITEMS + WORDS.format("number", f'<task id="t">{io("i:text")}<dataInputAssociation>'
                         "<sourceRef>r</sourceRef><targetRef>i</targetRef><transformation>x</transformation></dataInputAssociation>"
                         "</task>"),
    throws('<dataInput id="i" itemSubjectRef="words"/>'),
    throws(""),
    task(io("i:words", "o:number"), "serviceTask", 'operationRef="op"'),
    task("", "serviceTask"),
    task("", "sendTask", 'messageRef="m"'),
    task(io("", "o:text"), "receiveTask", 'messageRef="m"'),
    called(io("i:text", "o:number"), io("j:words", "k:number")),
    called("", ""),
    supports('<ioBinding operationRef="op" inputDataRef="i" outputDataRef="o"/>'),
]  # fmt: skip


def rules(body: str) -> set[str]:
    findings = FindingList()
    check_file(read_xml(definitions(body), "p.bpmn"), findings)
    for finding in findings.items:
        assert finding.element
        assert finding.hint
        assert "BPMN 2.0.2" in finding.message
    return {finding.rule for finding in findings.items}


@pytest.mark.parametrize(("rule", "body"), BROKEN)
def test_markup_that_breaks_a_rule_is_refused_for_it_and_for_no_other(rule: str, body: str) -> None:
    assert rules(body) == {rule}


@pytest.mark.parametrize("body", KEPT)
def test_markup_that_keeps_the_rules_is_not_refused(body: str) -> None:
    assert rules(body) == set()
