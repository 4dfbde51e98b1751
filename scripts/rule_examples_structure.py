"""A wrong and a right example for each rule of the standard, written as in scripts/rule_examples.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from scripts.rule_examples import Example

_LINE: Final = "start s\ntask t\nend e\ns -> t -> e"
_EITHER: Final = "start s\nevents g\ncatch c message=m\nend e\ns -> g -> c -> e\n"
_SOUND: Final = f"{_EITHER}catch d message=n\nend f\ng -> d -> f"
_BOX: Final = "start s\nsub x\nstart i\nend j\ni -> j\nclose\nend e\ns -> x -> e"
_HANDLER: Final = "start s\nhandler x\nstart i message=m\nend j\ni -> j\nclose\nend e\ns -> e"
_CAUGHT: Final = (
    "start s\nsub x\nstart i\nend j THROWN\ni -> j\nclose\nboundary b on=x CAUGHT\nend e\nend f\n"
    "s -> x -> e\nb -> f"
)
_UNDONE: Final = "start s\ntask t\ntask u undo\nboundary b on=t compensation\nb => u\nend e\ns -> t -> e"
_FORKED: Final = "start s\nand x\ntask t\nend e\nend f\nend g\ns -> x -> e\nx -> t -> f\n"
_LEFT: Final = (
    "start s\ntransaction x\nstart i\nend j cancel\ni -> j\nclose\nboundary b on=x cancel\nend e\nend f\n"
    "s -> x -> e\nb -> f"
)


def _process(body: str, attributes: str = "") -> str:
    return f'<process id="p" isExecutable="true" {attributes}>{body}</process>'.replace(" >", ">")


def _task(inner: str, tag: str = "task", attributes: str = "", beside: str = "") -> str:
    return beside + _process(f'<{tag} id="t" {attributes}>{inner}</{tag}>'.replace(" >", ">"))


def _between(task: str, listed: str = "") -> str:
    return _process(
        f'<startEvent id="s">{listed}</startEvent>{task}<endEvent id="e"/>'
        '<sequenceFlow id="f" sourceRef="s" targetRef="t"/><sequenceFlow id="g" sourceRef="t" targetRef="e"/>'
    )


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
    return _task(_IN.replace("ITEM", item).replace("MORE", more), tag, attributes, _ASKED)


def _each(inner: str, attributes: str = "") -> str:
    return _task(f"<{_LOOP} {attributes}>{inner}</{_LOOP}>".replace(" >", ">"), beside=_ITEMS)


def _listed(member: str) -> str:
    collection = _IN.replace('"ITEM"', '"texts" isCollection="true"').replace("MORE", "")
    loop = (
        f"<{_LOOP}><loopDataInputRef>i</loopDataInputRef>"
        f'<inputDataItem id="one" itemSubjectRef="{member}"/></{_LOOP}>'
    )
    return _task(collection + loop, beside=_ITEMS)


def _link(throws: str) -> str:
    return _process(
        '<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="a"/>'
        '<intermediateThrowEvent id="a">'
        f'<linkEventDefinition id="la" name="l">{throws}</linkEventDefinition></intermediateThrowEvent>\n'
        '<intermediateCatchEvent id="b"><linkEventDefinition id="lb" name="l"/></intermediateCatchEvent>'
        '<sequenceFlow id="g" sourceRef="b" targetRef="e"/><endEvent id="e"/>'
    )


def _called(inside: str) -> str:
    call = f'<callActivity id="c" calledElement="q">{inside}</callActivity>'
    return f'{_ITEMS}{_process(call)}<globalTask id="q"/>'


def _event(data: str) -> str:
    return _ITEMS + _process(
        f'<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="e"/><endEvent id="e">{data}'
        '<messageEventDefinition messageRef="m"/></endEvent>'
    )


def _carried(item: str) -> str:
    return f'<dataInput id="i" itemSubjectRef="{item}"/><inputSet><dataInputRefs>i</dataInputRefs></inputSet>'


def _pair(one: str, other: str) -> str:
    return _task(
        f'<ioSpecification><inputSet id="in">{one}</inputSet><outputSet id="out">{other}</outputSet>'
        "</ioSpecification>"
    )


def _joined(item: str, more: str = "") -> str:
    given = _IN.replace("ITEM", "text").replace("MORE", "")
    return _ITEMS + _process(
        f'<dataObject id="d" itemSubjectRef="{item}"/><task id="t">{given}<dataInputAssociation>'
        f"<sourceRef>d</sourceRef>{more}<targetRef>i</targetRef></dataInputAssociation></task>"
    )


def _bound(binding: str) -> str:
    return f'{_ASKED}<globalTask id="g"><supportedInterfaceRef>if</supportedInterfaceRef>' + (
        '<ioSpecification><dataInput id="i" itemSubjectRef="text"/><dataOutput id="o"/>'
        "<inputSet><dataInputRefs>i</dataInputRefs></inputSet><outputSet><dataOutputRefs>o</dataOutputRefs>"
        f"</outputSet></ioSpecification>{binding}</globalTask>" + _process('<task id="t"/>')
    )


_BINDING: Final = '<ioBinding operationRef="op" inputDataRef="i" outputDataRef="o"/>'
_OBJECT: Final = _process(
    '<dataObject id="d" name="Order"/><dataObjectReference id="r" dataObjectRef="d" name="NAME">'
    '<dataState name="paid"/></dataObjectReference><task id="t"/>'
)
_WAITING: Final = _process(
    '<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="c"/><intermediateCatchEvent id="c">'
    "<conditionalEventDefinition>CONDITION</conditionalEventDefinition></intermediateCatchEvent>"
    '<sequenceFlow id="g" sourceRef="c" targetRef="e"/><endEvent id="e"/>'
)
_FORMAL: Final = '<condition xsi:type="tFormalExpression">true</condition>'
_AD_HOC: Final = _process('<adHocSubProcess id="a">INSIDE</adHocSubProcess>')
_NOT_HERE: Final = _process('<task id="t"/>')


def _named(kind: str, reference: str) -> str:
    attribute = {"error": 'errorCode="x"', "escalation": 'escalationCode="x"'}.get(kind, "")
    return f'<{kind} id="x" name="x" {attribute}/>'.replace(" />", "/>") + _process(
        '<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="e"/><endEvent id="e">'
        f'<{kind}EventDefinition {kind}Ref="{reference}"/></endEvent>'
    )


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


def _rule(what: str, wrong: str, right: str, *beside: str) -> Example:
    return Example(what, "", wrong, right, frozenset(beside))


STRUCTURE_EXAMPLES: Final[Mapping[str, Example]] = {
    "bad-id": _rule("an id that is no XML name", _task("").replace('"t"', '"1 t"'), _task("")),
    "duplicate-id": _rule(
        "an id used twice", _process('<task id="t"/><task id="t"/>'), _process('<task id="t"/><task id="u"/>')
    ),
    "unknown-reference": _rule("a flow to nothing", f"{_LINE}\nt -> nowhere", _LINE),
    "flow-crosses-scope": _rule("a flow into or out of a sub-process", f"{_BOX}\ns -> j", _BOX),
    "flow-end": _rule(
        "a sequence flow from or to something that is no flow node",
        _between('<task id="t"/><textAnnotation id="n"/><sequenceFlow id="h" sourceRef="t" targetRef="n"/>'),
        _between('<task id="t"/><textAnnotation id="n"/><association id="h" sourceRef="t" targetRef="n"/>'),
    ),
    "flow-not-listed": _rule(
        "an element whose incoming and outgoing say something else than the flows",
        _between(
            '<task id="t"><incoming>f</incoming><outgoing>f</outgoing></task>', "<outgoing>f</outgoing>"
        ).replace('<endEvent id="e"/>', '<endEvent id="e"><incoming>g</incoming></endEvent>'),
        _between(
            '<task id="t"><incoming>f</incoming><outgoing>g</outgoing></task>', "<outgoing>f</outgoing>"
        ).replace('<endEvent id="e"/>', '<endEvent id="e"><incoming>g</incoming></endEvent>'),
    ),
    "flow-immediate": _rule(
        "a sequence flow of an executable process that is not immediate",
        _between('<task id="t"/>').replace('id="f"', 'id="f" isImmediate="false"'),
        _between('<task id="t"/>'),
    ),
    "incoming-missing": _rule(
        "an element that nothing leads to, where there is a start event",
        "start s\nend e\ns -> e\ntask t\nend f\nt -> f",
        "start s\ntask t\nend f\ns -> t -> f",
    ),
    "incoming-not-allowed": _rule(
        "a flow into a start event, a boundary event, an event sub-process or what undoes",
        "start s\ntask t\nboundary b on=t message=m\nend e\nend f\ns -> t -> e\nb -> f\nt -> b",
        "start s\ntask t\nboundary b on=t message=m\nend e\nend f\ns -> t -> e\nb -> f",
    ),
    "outgoing-missing": _rule(
        "an element that leads nowhere, where there is an end event",
        "start s\nand x\ntask t\nend e\ns -> x -> e\nx -> t",
        "start s\nand x\ntask t\nend e\nend f\ns -> x -> e\nx -> t -> f",
    ),
    "outgoing-not-allowed": _rule(
        "a flow out of an end event, an event sub-process or a compensation event",
        "start s\nend e\ntask t\nend f\ns -> e -> t -> f",
        "start s\ntask t\nend f\ns -> t -> f",
    ),
    "condition-alone": _rule(
        "a single flow out of an activity that has a condition",
        "start s\ntask t\nend e\ns -> t\nt -> e if true",
        _LINE,
    ),
    "condition-not-executed": _rule(
        "a condition behind an event, a parallel or an event-based gateway",
        "start s\nend e\ns -> e if true",
        "start s\nend e\ns -> e",
    ),
    "default-flow-unknown": _rule(
        "a default that is none of the outgoing flows",
        "var n int = 1\nstart s\nxor x default=s_x\nend e\nend f\ns -> x\nx -> e if n > 1\nx -> f if n <= 1",
        "var n int = 1\nstart s\nxor x default=x_f\nend e\nend f\ns -> x\nx -> e if n > 1\nx -> f",
    ),
    "start-missing": _rule("an end event without a start event", "task t\nend e\nt -> e", _LINE),
    "end-missing": _rule("a start event without an end event", "start s\ntask t\ns -> t", _LINE),
    "start-trigger": _rule(
        "a process that begins with an error, an escalation or compensation",
        "start s error=x\nend e\ns -> e",
        "start s message=x\nend e\ns -> e",
    ),
    "start-interrupting": _rule(
        "a start event of an event sub-process that catches an error or compensation and does not interrupt",
        _HANDLER.replace("start i message=m", "start i error=x keep"),
        _HANDLER.replace("start i message=m", "start i error=x"),
    ),
    "sub-process-start": _rule(
        "a sub-process that begins with a trigger", _BOX.replace("start i", "start i message=m"), _BOX
    ),
    "event-sub-process-start": _rule(
        "an event sub-process without exactly one start event that has a trigger",
        _HANDLER.replace(" message=m", ""),
        _HANDLER,
    ),
    "called-start": _rule(
        "a called process without a start event that has no trigger",
        "start s\ncall c of=q\nend e\ns -> c -> e\nprocess q\nstart i message=m\nend j\ni -> j",
        "start s\ncall c of=q\nend e\ns -> c -> e\nprocess q\nstart i\nend j\ni -> j",
    ),
    "lane-member": _rule(
        "a lane that names what is no flow node of its process",
        _process('<laneSet id="l"><lane id="a"><flowNodeRef>u</flowNodeRef></lane></laneSet><task id="t"/>'),
        _process('<laneSet id="l"><lane id="a"><flowNodeRef>t</flowNodeRef></lane></laneSet><task id="t"/>'),
    ),
    "trigger-not-allowed": _rule(
        "an event definition that its kind of event cannot have",
        "start s\nend e duration=PT1H\ns -> e",
        "start s\ncatch c duration=PT1H\nend e\ns -> c -> e",
    ),
    "event-without-definition": _rule(
        "an event to catch that does not say what",
        "start s\ncatch c\nend e\ns -> c -> e",
        "start s\ncatch c message=m\nend e\ns -> c -> e",
    ),
    "event-condition-missing": _rule(
        "a conditional event without a condition",
        _WAITING.replace("CONDITION", ""),
        _WAITING.replace("CONDITION", _FORMAL),
    ),
    "condition-not-formal": _rule(
        "a condition of an event in an executable process that is not marked as formal (a warning)",
        _WAITING.replace("CONDITION", "<condition>true</condition>"),
        _WAITING.replace("CONDITION", _FORMAL),
    ),
    "unknown-event-definition": _rule(
        "a reference to no event definition of the file",
        _process(
            '<startEvent id="s"><eventDefinitionRef>d</eventDefinitionRef></startEvent><endEvent id="e"/>'
            '<sequenceFlow id="f" sourceRef="s" targetRef="e"/>'
        ),
        '<message id="m" name="m"/><messageEventDefinition id="d" messageRef="m"/>'
        + _process(
            '<startEvent id="s"><eventDefinitionRef>d</eventDefinitionRef></startEvent><endEvent id="e"/>'
            '<sequenceFlow id="f" sourceRef="s" targetRef="e"/>'
        ),
    ),
    "event-definition-shared": _rule(
        "an event definition inside an event that another event refers to",
        '<message id="m" name="m"/>'
        + _process(
            '<startEvent id="s"><messageEventDefinition id="d" messageRef="m"/></startEvent><endEvent id="e">'
            "<eventDefinitionRef>d</eventDefinitionRef></endEvent>"
            '<sequenceFlow id="f" sourceRef="s" targetRef="e"/>'
        ),
        '<message id="m" name="m"/><messageEventDefinition id="d" messageRef="m"/>'
        + _process(
            '<startEvent id="s"><eventDefinitionRef>d</eventDefinitionRef></startEvent><endEvent id="e">'
            "<eventDefinitionRef>d</eventDefinitionRef></endEvent>"
            '<sequenceFlow id="f" sourceRef="s" targetRef="e"/>'
        ),
        "unknown-event-definition",
    ),
    "boundary-host": _rule(
        "a boundary event on something that is no activity beside it",
        f"{_FORKED}boundary b on=x message=m\nb -> g",
        f"{_FORKED}boundary b on=t message=m\nb -> g",
    ),
    "boundary-interrupting": _rule(
        "a boundary event that catches an error, a cancellation or compensation and does not interrupt",
        _CAUGHT.replace("THROWN", "error=x").replace("CAUGHT", "error=x keep"),
        _CAUGHT.replace("THROWN", "error=x").replace("CAUGHT", "error=x"),
    ),
    "cancel-outside-transaction": _rule(
        "a cancel event away from a transaction",
        _CAUGHT.replace("THROWN", "").replace("CAUGHT", "cancel"),
        _LEFT,
    ),
    "cancel-uncaught": _rule(
        "a transaction that is cancelled and has no cancel event on its boundary",
        "start s\ntransaction x\nstart i\nend j cancel\ni -> j\nclose\nend e\ns -> x -> e",
        _LEFT,
    ),
    "compensation-handler": _rule(
        "a compensation event without one association to an activity that undoes",
        _UNDONE.replace("task u undo\n", "").replace("b => u\n", ""),
        _UNDONE,
    ),
    "compensation-activity": _rule(
        "compensation of something that is no activity",
        _UNDONE.replace("end e", "end e compensation=s"),
        _UNDONE.replace("end e", "end e compensation=t"),
    ),
    "escalation-without-code": _rule(
        "an escalation that is thrown without a code",
        _CAUGHT.replace("THROWN", "escalation").replace("CAUGHT", "escalation"),
        _CAUGHT.replace("THROWN", "escalation=x").replace("CAUGHT", "escalation=x"),
    ),
    "error-without-code": _rule(
        "an error that is thrown without a code",
        _CAUGHT.replace("THROWN", "error").replace("CAUGHT", "error"),
        _CAUGHT.replace("THROWN", "error=x").replace("CAUGHT", "error=x"),
    ),
    "unknown-message": _rule(
        "a reference to no message of the file", _named("message", "y"), _named("message", "x")
    ),
    "unknown-signal": _rule(
        "a reference to no signal of the file", _named("signal", "y"), _named("signal", "x")
    ),
    "unknown-error": _rule("a reference to no error of the file", _named("error", "y"), _named("error", "x")),
    "unknown-escalation": _rule(
        "a reference to no escalation of the file", _named("escalation", "y"), _named("escalation", "x")
    ),
    "message-ref-missing": _rule(
        "an event or task of an executable process that does not say which message",
        _named("message", "x").replace(' messageRef="x"', ""),
        _named("message", "x"),
    ),
    "link-unmatched": _rule(
        "a link that is thrown and not caught, or caught and not thrown",
        "start s\nthrow t link=a\ncatch c link=b\nend e\ns -> t\nc -> e",
        "start s\nthrow t link=a\ncatch c link=a\nend e\ns -> t\nc -> e",
    ),
    "link-flow": _rule(
        "a flow out of a link that throws, or into one that catches",
        "start s\nthrow t link=a\ncatch c link=a\nend e\nend f\ns -> t -> f\nc -> e",
        "start s\nthrow t link=a\ncatch c link=a\nend e\ns -> t\nc -> e",
    ),
    "link-pair": _rule(
        "a link whose target or source is not its other end",
        _link("<target>la</target>"),
        _link("<target>lb</target>"),
    ),
    "timer-value": _rule(
        "a time that is not written as ISO 8601 says",
        "start s\ncatch c duration='three days'\nend e\ns -> c -> e",
        "start s\ncatch c duration=P3D\nend e\ns -> c -> e",
    ),
    "gateway-alone": _rule(
        "a gateway with one flow in and one out",
        "start s\nxor x\nend e\ns -> x -> e",
        "start s\nend e\ns -> e",
    ),
    "gateway-direction": _rule(
        "a gateway that says that it diverges, converges or is mixed and has other flows",
        _between(
            '<parallelGateway id="t" gatewayDirection="Converging"/><endEvent id="k"/>'
            '<sequenceFlow id="h" sourceRef="t" targetRef="k"/>'
        ),
        _between(
            '<parallelGateway id="t" gatewayDirection="Diverging"/><endEvent id="k"/>'
            '<sequenceFlow id="h" sourceRef="t" targetRef="k"/>'
        ),
    ),
    "event-gateway-outgoing": _rule("an event-based gateway with one way on", _EITHER, _SOUND),
    "event-gateway-target": _rule(
        "something behind an event-based gateway that waits for nothing",
        f"{_EITHER}task d\nend f\ng -> d -> f",
        _SOUND,
    ),
    "event-gateway-mixed": _rule(
        "message events and receive tasks behind one event-based gateway",
        f"{_EITHER}receive d message=n\nend f\ng -> d -> f",
        _SOUND,
    ),
    "event-gateway-receive": _rule(
        "a receive task behind an event-based gateway that has boundary events or a loop",
        _SOUND.replace("catch c", "receive c").replace("catch d", "receive d max=2"),
        _SOUND.replace("catch c", "receive c").replace("catch d", "receive d"),
    ),
    "event-gateway-parallel": _rule(
        "a parallel event-based gateway that does not begin the process",
        _SOUND.replace("events g", "events g all"),
        _SOUND,
    ),
    "loop-count": _rule(
        "multiple instances without a number or a list",
        _each(""),
        _each("<loopCardinality>2</loopCardinality>"),
    ),
    "loop-twice": _rule(
        "an activity with both kinds of loop",
        _task(
            f"<{_LOOP}><loopCardinality>2</loopCardinality></{_LOOP}>"
            '<standardLoopCharacteristics loopMaximum="2"/>'
        ),
        _task('<standardLoopCharacteristics loopMaximum="2"/>'),
        "element-repeated",
    ),
    "loop-item": _rule(
        "an element of a list that is of another kind than the list", _listed("number"), _listed("text")
    ),
    "loop-data-kind": _rule(
        "a loop over something that holds no data",
        _each("<loopDataInputRef>text</loopDataInputRef>"),
        _each("<loopCardinality>2</loopCardinality>"),
    ),
    "complex-behavior": _rule(
        "complex behaviour of multiple instances that does not say what is thrown",
        _each("<loopCardinality>2</loopCardinality>", 'behavior="Complex"'),
        _each("<loopCardinality>2</loopCardinality>"),
    ),
    "ad-hoc-empty": _rule(
        "an ad-hoc sub-process without an activity",
        _AD_HOC.replace("INSIDE", ""),
        _AD_HOC.replace("INSIDE", '<task id="t"/>'),
    ),
    "ad-hoc-event": _rule(
        "an ad-hoc sub-process with a start or end event",
        _AD_HOC.replace("INSIDE", '<task id="t"/><startEvent id="s"/>'),
        _AD_HOC.replace("INSIDE", '<task id="t"/>'),
        "outgoing-missing",
    ),
    "token-quantity": _rule(
        "a number of tokens below one",
        _task("", attributes='startQuantity="0"'),
        _task("", attributes='startQuantity="1"'),
    ),
    "transaction-method": _rule(
        "a transaction whose method is neither one of the standard's nor a URI",
        _process('<transaction id="x" method="undo"/>'),
        _process('<transaction id="x" method="##Compensate"/>'),
    ),
    "resource-assignment": _rule(
        "a performer that names a resource and computes it",
        _task("<performer><resourceRef>r</resourceRef><resourceAssignmentExpression/></performer>"),
        _task("<performer><resourceRef>r</resourceRef></performer>"),
    ),
    "property-place": _rule(
        "a property of something that is no process, activity or event",
        _between(
            '<parallelGateway id="t"><property id="x"/></parallelGateway><endEvent id="k"/>'
            '<sequenceFlow id="h" sourceRef="t" targetRef="k"/>'
        ),
        _task('<property id="x"/>'),
    ),
    "text-format": _rule(
        "a text format that is no MIME type",
        _process('<documentation textFormat="plain">x</documentation><task id="t"/>'),
        _process('<documentation textFormat="text/plain">x</documentation><task id="t"/>'),
    ),
    "expression-empty": _rule(
        "an expression without text",
        _each("<loopCardinality/>"),
        _each("<loopCardinality>2</loopCardinality>"),
    ),
    "choreography-in-process": _rule(
        "a choreography's activity in a process",
        _process('<task id="t"/><choreographyTask id="x"/>'),
        '<choreography id="c"><choreographyTask id="x"/></choreography>' + _NOT_HERE,
    ),
    "choreography-ref": _rule(
        "a choreography that refers to a choreography",
        f'<choreography id="c"><choreographyRef>d</choreographyRef></choreography>{_NOT_HERE}',
        f'<collaboration id="c"><choreographyRef>d</choreographyRef></collaboration>{_NOT_HERE}',
    ),
    "choreography-closed": _rule(
        "a message flow from outside to a closed choreography",
        _pools("t", "ct", "")
        + '<choreography id="ch" isClosed="true"><choreographyTask id="ct"/></choreography>',
        _pools("t", "ct", "") + '<choreography id="ch"><choreographyTask id="ct"/></choreography>',
    ),
    "global-conversation": _rule(
        "a global conversation that contains conversations or artifacts",
        f'<globalConversation id="c"><conversation id="x"/></globalConversation>{_NOT_HERE}',
        f'<globalConversation id="c"/>{_NOT_HERE}',
    ),
    "message-flow-end": _rule(
        "a message flow from or to something that sends and receives nothing",
        _pools("t", "f"),
        _pools("t", "s"),
    ),
    "message-flow-event": _rule(
        "a message flow out of an event that catches, or into one that throws",
        _pools("s", "t"),
        _pools("t", "s"),
    ),
    "message-flow-trigger": _rule(
        "a message flow to a start event, or from an end event, without a message",
        _pools("t", "s", ""),
        _pools("t", "s"),
    ),
    "message-flow-same-pool": _rule("a message flow inside one pool", _pools("t", "a"), _pools("t", "s")),
    "participant-multiplicity": _rule(
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
    "process-public": _rule(
        "a public process that is executable",
        _process('<task id="t"/>', 'processType="Public"'),
        _process('<task id="t"/>', 'processType="Private"'),
    ),
    "item-collection": _rule(
        "data whose isCollection is not that of its item definition",
        _ITEMS + _process('<dataObject id="d" itemSubjectRef="texts"/><task id="t"/>'),
        _ITEMS + _process('<dataObject id="d" itemSubjectRef="texts" isCollection="true"/><task id="t"/>'),
    ),
    "event-data": _rule(
        "an event with data for some of its event definitions only",
        _event(_carried("text")).replace("</endEvent>", '<signalEventDefinition signalRef="sg"/></endEvent>')
        + '<signal id="sg" name="sg"/>',
        _event(_carried("text")),
    ),
    "event-data-item": _rule(
        "data of an event that are not what its message carries",
        _event(_carried("number")),
        _event(_carried("text")),
    ),
    "association-items": _rule(
        "a data association between different items without a transformation",
        _joined("number"),
        _joined("text"),
    ),
    "association-sources": _rule(
        "a data association of several sources without a transformation",
        _joined("text", "<sourceRef>d</sourceRef>"),
        _joined("text"),
    ),
    "task-data-count": _rule(
        "a task with more data than its message carries",
        _input(tag="sendTask", attributes='messageRef="m"').replace("</inputSet>", "</inputSet><inputSet/>"),
        _input(tag="sendTask", attributes='messageRef="m"'),
    ),
    "task-data-item": _rule(
        "data of a task that are not what its message carries",
        _input("number", tag="sendTask", attributes='messageRef="m"'),
        _input("text", tag="sendTask", attributes='messageRef="m"'),
    ),
    "called-data": _rule(
        "a call with other data than what it calls",
        _called(_IN.replace("ITEM", "text").replace("MORE", "")),
        _called(""),
    ),
    "data-set-missing": _rule(
        "data that stand in no set",
        _input().replace("<dataInputRefs>i</dataInputRefs>", ""),
        _input(),
    ),
    "data-set-optional": _rule(
        "an optional input that is none of the set's inputs",
        _input().replace(
            "<dataInputRefs>i</dataInputRefs></inputSet>",
            "<dataInputRefs>i</dataInputRefs>"
            "</inputSet><inputSet><optionalInputRefs>i</optionalInputRefs></inputSet>",
        ),
        _input(more="<optionalInputRefs>i</optionalInputRefs>"),
    ),
    "data-set-unknown": _rule(
        "a set that names data which are not there",
        _input(more="<dataInputRefs>j</dataInputRefs>"),
        _input(),
    ),
    "data-set-pair": _rule(
        "an input set that names an output set which does not name it",
        _pair("<outputSetRefs>out</outputSetRefs>", ""),
        _pair("<outputSetRefs>out</outputSetRefs>", "<inputSetRefs>in</inputSetRefs>"),
    ),
    "data-in-sub-process": _rule(
        "a sub-process with an ioSpecification",
        _process(
            '<subProcess id="x"><ioSpecification><inputSet/><outputSet/></ioSpecification></subProcess>'
        ),
        _process('<subProcess id="x"/>'),
    ),
    "data-object-name": _rule(
        "a data object reference that is not named after its data object and state",
        _OBJECT.replace("NAME", "Order"),
        _OBJECT.replace("NAME", "Order [paid]"),
    ),
    "binding-missing": _rule("an interface that is supported and not bound", _bound(""), _bound(_BINDING)),
    "binding-data": _rule(
        "a binding to an operation or to data that are not there",
        _bound(_BINDING.replace('"i"', '"nothing"')),
        _bound(_BINDING),
    ),
    "element-repeated": _rule(
        "a child that may stand once, twice",
        _task("<script>a = 1</script><script>a = 2</script>", "scriptTask"),
        _task("<script>a = 1</script>", "scriptTask"),
    ),
    "xml-not-well-formed": _rule("text that is no XML", "=== p.xml.bpmn\n!<process>", _LINE),
    "not-bpmn": _rule("XML that is no BPMN", '=== p.bpmn\n!<svg xmlns="http://www.w3.org/2000/svg"/>', _LINE),
    "operation-missing": _rule(
        "a message event of an executable process that names no operation (a warning, where no wz: is)",
        _named("message", "x"),
        '<interface id="if" name="if"><operation id="op" name="op"><inMessageRef>x</inMessageRef></operation>'
        "</interface>"
        + _named("message", "x").replace(
            'messageRef="x"/>', 'messageRef="x"><operationRef>op</operationRef></messageEventDefinition>'
        ),
    ),
    "import-missing": _rule("an import of a file that is not there", _importing("none.bpmn"), _LINE),
    "import-broken": _rule(
        "an import of a file that is not of the namespace that it says",
        f"{_importing('other.bpmn')}=== other.bpmn\n{_OTHER_FILE}",
        f"=== p.bpmn\n{_LINE}\n=== other.bpmn\n{_OTHER_FILE}",
    ),
    "unknown-key": _rule("a key that the language does not know", _YAML + "stepps: {}\n", _YAML),
    "key-missing": _rule(
        "a key without which nothing can be done", _YAML.replace("language: 1\n", ""), _YAML
    ),
    "wrong-type": _rule(
        "a value of another kind", _YAML.replace("n: whole_number", "n: [whole_number]"), _YAML
    ),
    "wrong-value": _rule(
        "a value that is none of those it may be", _YAML.replace("language: 1", "language: 9"), _YAML
    ),
    "yaml-syntax": _rule("text that is no YAML", _YAML + "a: [\n", _YAML),
    "yaml-tab": _rule("a tab that indents a line", _YAML + "data:\n\tn: text\n", _YAML),
    "yaml-documents": _rule("several documents in one file", _YAML + "---\nlanguage: 1\n", _YAML),
    "yaml-directive": _rule("a directive", "%YAML 1.2\n---\n" + _YAML, _YAML),
}
