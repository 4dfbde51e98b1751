"""A wrong and a right example for rules of the standard about activities, data, collaborations and files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from scripts.rule_examples.example import Example, rule
from scripts.rule_examples.parts import LINE, between, named, process, task

_ITEMS: Final = (
    '<itemDefinition id="text" structureRef="xs:string"/>\n'
    '<itemDefinition id="number" structureRef="xs:int"/>\n'
    '<itemDefinition id="texts" structureRef="xs:string" isCollection="true"/>\n'
    '<message id="m" name="m" itemRef="text"/>'
)
_ASKED: Final = (
    f'{_ITEMS}<interface id="if" name="if"><operation id="op" name="op"><inMessageRef>m</inMessageRef>'
    "</operation></interface>"
)
_IN: Final = (
    '<ioSpecification><dataInput id="i" itemSubjectRef="ITEM"/>'
    "<inputSet><dataInputRefs>i</dataInputRefs>MORE</inputSet><outputSet/></ioSpecification>"
)
_LOOP: Final = "multiInstanceLoopCharacteristics"
_POOLS: Final = (
    '<collaboration id="c"><participant id="a" name="A" processRef="p"/>'
    '<participant id="b" name="B" processRef="q"/>FLOW</collaboration>\n'
    '<message id="m" name="m"/><process id="p" isExecutable="true"><task id="t"/></process>\n'
    '<process id="q" isExecutable="true"><startEvent id="s">WAITS</startEvent><endEvent id="e"/>'
    '<sequenceFlow id="f" sourceRef="s" targetRef="e"/></process>'
)
_WAITS: Final = '<messageEventDefinition messageRef="m"/>'


def _pools(source: str, target: str, waits: str = _WAITS) -> str:
    flow = f'<messageFlow id="mf" sourceRef="{source}" targetRef="{target}"/>'
    return _POOLS.replace("FLOW", flow).replace("WAITS", waits)


def _input(item: str = "text", more: str = "", tag: str = "task", attributes: str = "") -> str:
    return task(_IN.replace("ITEM", item).replace("MORE", more), tag, attributes, _ASKED)


def _each(inner: str, attributes: str = "") -> str:
    return task(f"<{_LOOP} {attributes}>{inner}</{_LOOP}>".replace(" >", ">"), beside=_ITEMS)


def _listed(member: str) -> str:
    collection = _IN.replace('"ITEM"', '"texts" isCollection="true"').replace("MORE", "")
    loop = (
        f"<{_LOOP}><loopDataInputRef>i</loopDataInputRef>"
        f'<inputDataItem id="one" itemSubjectRef="{member}"/></{_LOOP}>'
    )
    return task(collection + loop, beside=_ITEMS)


def _called(inside: str) -> str:
    call = f'<callActivity id="c" calledElement="q">{inside}</callActivity>'
    return f'{_ITEMS}{process(call)}<globalTask id="q"/>'


def _event(data: str) -> str:
    return _ITEMS + process(
        f'<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="e"/><endEvent id="e">{data}'
        '<messageEventDefinition messageRef="m"/></endEvent>'
    )


def _carried(item: str) -> str:
    return f'<dataInput id="i" itemSubjectRef="{item}"/><inputSet><dataInputRefs>i</dataInputRefs></inputSet>'


def _pair(one: str, other: str) -> str:
    return task(
        f'<ioSpecification><inputSet id="in">{one}</inputSet><outputSet id="out">{other}</outputSet>'
        "</ioSpecification>"
    )


def _joined(item: str, more: str = "") -> str:
    given = _IN.replace("ITEM", "text").replace("MORE", "")
    return _ITEMS + process(
        f'<dataObject id="d" itemSubjectRef="{item}"/><task id="t">{given}<dataInputAssociation>'
        f"<sourceRef>d</sourceRef>{more}<targetRef>i</targetRef></dataInputAssociation></task>"
    )


def _bound(binding: str) -> str:
    return f'{_ASKED}<globalTask id="g"><supportedInterfaceRef>if</supportedInterfaceRef>' + (
        '<ioSpecification><dataInput id="i" itemSubjectRef="text"/><dataOutput id="o"/>'
        "<inputSet><dataInputRefs>i</dataInputRefs></inputSet><outputSet><dataOutputRefs>o</dataOutputRefs>"
        f"</outputSet></ioSpecification>{binding}</globalTask>" + process('<task id="t"/>')
    )


_BINDING: Final = '<ioBinding operationRef="op" inputDataRef="i" outputDataRef="o"/>'
_OBJECT: Final = process(
    '<dataObject id="d" name="Order"/><dataObjectReference id="r" dataObjectRef="d" name="NAME">'
    '<dataState name="paid"/></dataObjectReference><task id="t"/>'
)
_AD_HOC: Final = process('<adHocSubProcess id="a">INSIDE</adHocSubProcess>')
_NOT_HERE: Final = process('<task id="t"/>')
_YAML: Final = """\
language: 1
process: p
name: {zh: 事项, en: Matter}
start:
  begun: {zh: 开始, en: Begun}
steps:
  work:
    name: {zh: 办理, en: Work}
    set: {n: "1"}
    go: done
data:
  n: whole_number
outcomes:
  done: {zh: 办结, en: Done}
"""
_OTHER_FILE: Final = "process q\nstart i\nend j\ni -> j\n"


def _importing(location: str) -> str:
    return (
        '=== p.bpmn\n!<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
        'targetNamespace="urn:a">\n'
        f'<import importType="http://www.omg.org/spec/BPMN/20100524/MODEL" location="{location}" '
        'namespace="urn:a"/>\n<process id="p" isExecutable="true"><task id="t"/></process></definitions>\n'
    )


STRUCTURE_DATA_EXAMPLES: Final[Mapping[str, Example]] = {
    "loop-count": rule(
        "multiple instances without a number or a list",
        _each(""),
        _each("<loopCardinality>2</loopCardinality>"),
    ),
    "loop-twice": rule(
        "an activity with both kinds of loop",
        task(
            f"<{_LOOP}><loopCardinality>2</loopCardinality></{_LOOP}>"
            '<standardLoopCharacteristics loopMaximum="2"/>'
        ),
        task('<standardLoopCharacteristics loopMaximum="2"/>'),
        "element-repeated",
    ),
    "loop-item": rule(
        "an element of a list that is of another kind than the list", _listed("number"), _listed("text")
    ),
    "loop-data-kind": rule(
        "a loop over something that holds no data",
        _each("<loopDataInputRef>text</loopDataInputRef>"),
        _each("<loopCardinality>2</loopCardinality>"),
    ),
    "complex-behavior": rule(
        "complex behaviour of multiple instances that does not say what is thrown",
        _each("<loopCardinality>2</loopCardinality>", 'behavior="Complex"'),
        _each("<loopCardinality>2</loopCardinality>"),
    ),
    "ad-hoc-empty": rule(
        "an ad-hoc sub-process without an activity",
        _AD_HOC.replace("INSIDE", ""),
        _AD_HOC.replace("INSIDE", '<task id="t"/>'),
    ),
    "ad-hoc-event": rule(
        "an ad-hoc sub-process with a start or end event",
        _AD_HOC.replace("INSIDE", '<task id="t"/><startEvent id="s"/>'),
        _AD_HOC.replace("INSIDE", '<task id="t"/>'),
        "outgoing-missing",
    ),
    "token-quantity": rule(
        "a number of tokens below one",
        task("", attributes='startQuantity="0"'),
        task("", attributes='startQuantity="1"'),
    ),
    "transaction-method": rule(
        "a transaction whose method is neither one of the standard's nor a URI",
        process('<transaction id="x" method="undo"/>'),
        process('<transaction id="x" method="##Compensate"/>'),
    ),
    "resource-assignment": rule(
        "a performer that names a resource and computes it",
        task("<performer><resourceRef>r</resourceRef><resourceAssignmentExpression/></performer>"),
        task("<performer><resourceRef>r</resourceRef></performer>"),
    ),
    "property-place": rule(
        "a property of something that is no process, activity or event",
        between(
            '<parallelGateway id="t"><property id="x"/></parallelGateway><endEvent id="k"/>'
            '<sequenceFlow id="h" sourceRef="t" targetRef="k"/>'
        ),
        task('<property id="x"/>'),
    ),
    "text-format": rule(
        "a text format that is no MIME type",
        process('<documentation textFormat="plain">x</documentation><task id="t"/>'),
        process('<documentation textFormat="text/plain">x</documentation><task id="t"/>'),
    ),
    "expression-empty": rule(
        "an expression without text",
        _each("<loopCardinality/>"),
        _each("<loopCardinality>2</loopCardinality>"),
    ),
    "choreography-in-process": rule(
        "a choreography's activity in a process",
        process('<task id="t"/><choreographyTask id="x"/>'),
        '<choreography id="c"><choreographyTask id="x"/></choreography>' + _NOT_HERE,
    ),
    "choreography-ref": rule(
        "a choreography that refers to a choreography",
        f'<choreography id="c"><choreographyRef>d</choreographyRef></choreography>{_NOT_HERE}',
        f'<collaboration id="c"><choreographyRef>d</choreographyRef></collaboration>{_NOT_HERE}',
    ),
    "choreography-closed": rule(
        "a message flow from outside to a closed choreography",
        _pools("t", "ct", "")
        + '<choreography id="ch" isClosed="true"><choreographyTask id="ct"/></choreography>',
        _pools("t", "ct", "") + '<choreography id="ch"><choreographyTask id="ct"/></choreography>',
    ),
    "global-conversation": rule(
        "a global conversation that contains conversations or artifacts",
        f'<globalConversation id="c"><conversation id="x"/></globalConversation>{_NOT_HERE}',
        f'<globalConversation id="c"/>{_NOT_HERE}',
    ),
    "message-flow-end": rule(
        "a message flow from or to something that sends and receives nothing",
        _pools("t", "f"),
        _pools("t", "s"),
    ),
    "message-flow-event": rule(
        "a message flow out of an event that catches, or into one that throws",
        _pools("s", "t"),
        _pools("t", "s"),
    ),
    "message-flow-trigger": rule(
        "a message flow to a start event, or from an end event, without a message",
        _pools("t", "s", ""),
        _pools("t", "s"),
    ),
    "message-flow-same-pool": rule("a message flow inside one pool", _pools("t", "a"), _pools("t", "s")),
    "participant-multiplicity": rule(
        "a participant whose numbers cannot be meant",
        _pools("t", "s").replace(
            'processRef="q"/>',
            'processRef="q"><participantMultiplicity minimum="3" maximum="2"/></participant>',
        ),
        _pools("t", "s").replace(
            'processRef="q"/>',
            'processRef="q"><participantMultiplicity minimum="2" maximum="3"/></participant>',
        ),
    ),
    "process-public": rule(
        "a public process that is executable",
        process('<task id="t"/>', 'processType="Public"'),
        process('<task id="t"/>', 'processType="Private"'),
    ),
    "item-collection": rule(
        "data whose isCollection is not that of its item definition",
        _ITEMS + process('<dataObject id="d" itemSubjectRef="texts"/><task id="t"/>'),
        _ITEMS + process('<dataObject id="d" itemSubjectRef="texts" isCollection="true"/><task id="t"/>'),
    ),
    "event-data": rule(
        "an event with data for some of its event definitions only",
        _event(_carried("text")).replace("</endEvent>", '<signalEventDefinition signalRef="sg"/></endEvent>')
        + '<signal id="sg" name="sg"/>',
        _event(_carried("text")),
    ),
    "event-data-item": rule(
        "data of an event that are not what its message carries",
        _event(_carried("number")),
        _event(_carried("text")),
    ),
    "association-items": rule(
        "a data association between different items without a transformation",
        _joined("number"),
        _joined("text"),
    ),
    "association-sources": rule(
        "a data association of several sources without a transformation",
        _joined("text", "<sourceRef>d</sourceRef>"),
        _joined("text"),
    ),
    "task-data-count": rule(
        "a task with more data than its message carries",
        _input(tag="sendTask", attributes='messageRef="m"').replace("</inputSet>", "</inputSet><inputSet/>"),
        _input(tag="sendTask", attributes='messageRef="m"'),
    ),
    "task-data-item": rule(
        "data of a task that are not what its message carries",
        _input("number", tag="sendTask", attributes='messageRef="m"'),
        _input("text", tag="sendTask", attributes='messageRef="m"'),
    ),
    "called-data": rule(
        "a call with other data than what it calls",
        _called(_IN.replace("ITEM", "text").replace("MORE", "")),
        _called(""),
    ),
    "data-set-missing": rule(
        "data that stand in no set",
        _input().replace("<dataInputRefs>i</dataInputRefs>", ""),
        _input(),
    ),
    "data-set-optional": rule(
        "an optional input that is none of the set's inputs",
        _input().replace(
            "<dataInputRefs>i</dataInputRefs></inputSet>",
            "<dataInputRefs>i</dataInputRefs>"
            "</inputSet><inputSet><optionalInputRefs>i</optionalInputRefs></inputSet>",
        ),
        _input(more="<optionalInputRefs>i</optionalInputRefs>"),
    ),
    "data-set-unknown": rule(
        "a set that names data which are not there",
        _input(more="<dataInputRefs>j</dataInputRefs>"),
        _input(),
    ),
    "data-set-pair": rule(
        "an input set that names an output set which does not name it",
        _pair("<outputSetRefs>out</outputSetRefs>", ""),
        _pair("<outputSetRefs>out</outputSetRefs>", "<inputSetRefs>in</inputSetRefs>"),
    ),
    "data-in-sub-process": rule(
        "a sub-process with an ioSpecification",
        process('<subProcess id="x"><ioSpecification><inputSet/><outputSet/></ioSpecification></subProcess>'),
        process('<subProcess id="x"/>'),
    ),
    "data-object-name": rule(
        "a data object reference that is not named after its data object and state",
        _OBJECT.replace("NAME", "Order"),
        _OBJECT.replace("NAME", "Order [paid]"),
    ),
    "binding-missing": rule("an interface that is supported and not bound", _bound(""), _bound(_BINDING)),
    "binding-data": rule(
        "a binding to an operation or to data that are not there",
        _bound(_BINDING.replace('"i"', '"nothing"')),
        _bound(_BINDING),
    ),
    "element-repeated": rule(
        "a child that may stand once, twice",
        task("<script>a = 1</script><script>a = 2</script>", "scriptTask"),
        task("<script>a = 1</script>", "scriptTask"),
    ),
    "xml-not-well-formed": rule("text that is no XML", "=== p.xml.bpmn\n!<process>", LINE),
    "not-bpmn": rule("XML that is no BPMN", '=== p.bpmn\n!<svg xmlns="http://www.w3.org/2000/svg"/>', LINE),
    "operation-missing": rule(
        "a message event of an executable process that names no operation (a warning, where no wz: is)",
        named("message", "x"),
        '<interface id="if" name="if"><operation id="op" name="op"><inMessageRef>x</inMessageRef></operation>'
        "</interface>"
        + named("message", "x").replace(
            'messageRef="x"/>', 'messageRef="x"><operationRef>op</operationRef></messageEventDefinition>'
        ),
    ),
    "import-missing": rule("an import of a file that is not there", _importing("none.bpmn"), LINE),
    "import-broken": rule(
        "an import of a file that is not of the namespace that it says",
        f"{_importing('other.bpmn')}=== other.bpmn\n{_OTHER_FILE}",
        f"=== p.bpmn\n{LINE}\n=== other.bpmn\n{_OTHER_FILE}",
    ),
    "unknown-key": rule("a key that the language does not know", _YAML + "stepps: {}\n", _YAML),
    "key-missing": rule("a key without which nothing can be done", _YAML.replace("language: 1\n", ""), _YAML),
    "wrong-type": rule(
        "a value of another kind", _YAML.replace("n: whole_number", "n: [whole_number]"), _YAML
    ),
    "wrong-value": rule(
        "a value that is none of those it may be", _YAML.replace("language: 1", "language: 9"), _YAML
    ),
    "yaml-syntax": rule("text that is no YAML", _YAML + "a: [\n", _YAML),
    "yaml-tab": rule("a tab that indents a line", _YAML + "data:\n\tn: text\n", _YAML),
    "yaml-documents": rule("several documents in one file", _YAML + "---\nlanguage: 1\n", _YAML),
    "yaml-directive": rule("a directive", "%YAML 1.2\n---\n" + _YAML, _YAML),
}
