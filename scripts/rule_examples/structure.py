"""A wrong and a right example for each rule of flows, events and gateways in the standard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from scripts.rule_examples.example import Example, rule
from scripts.rule_examples.parts import LINE, between, named, process, task

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


def _link(throws: str) -> str:
    return process(
        '<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="a"/>'
        '<intermediateThrowEvent id="a">'
        f'<linkEventDefinition id="la" name="l">{throws}</linkEventDefinition></intermediateThrowEvent>\n'
        '<intermediateCatchEvent id="b"><linkEventDefinition id="lb" name="l"/></intermediateCatchEvent>'
        '<sequenceFlow id="g" sourceRef="b" targetRef="e"/><endEvent id="e"/>'
    )


_WAITING: Final = process(
    '<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="c"/><intermediateCatchEvent id="c">'
    "<conditionalEventDefinition>CONDITION</conditionalEventDefinition></intermediateCatchEvent>"
    '<sequenceFlow id="g" sourceRef="c" targetRef="e"/><endEvent id="e"/>'
)
_FORMAL: Final = '<condition xsi:type="tFormalExpression">true</condition>'

STRUCTURE_EXAMPLES: Final[Mapping[str, Example]] = {
    "bad-id": rule("an id that is no XML name", task("").replace('"t"', '"1 t"'), task("")),
    "duplicate-id": rule(
        "an id used twice", process('<task id="t"/><task id="t"/>'), process('<task id="t"/><task id="u"/>')
    ),
    "unknown-reference": rule("a flow to nothing", f"{LINE}\nt -> nowhere", LINE),
    "flow-crosses-scope": rule("a flow into or out of a sub-process", f"{_BOX}\ns -> j", _BOX),
    "flow-end": rule(
        "a sequence flow from or to something that is no flow node",
        between('<task id="t"/><textAnnotation id="n"/><sequenceFlow id="h" sourceRef="t" targetRef="n"/>'),
        between('<task id="t"/><textAnnotation id="n"/><association id="h" sourceRef="t" targetRef="n"/>'),
    ),
    "flow-not-listed": rule(
        "an element whose incoming and outgoing say something else than the flows",
        between(
            '<task id="t"><incoming>f</incoming><outgoing>f</outgoing></task>', "<outgoing>f</outgoing>"
        ).replace('<endEvent id="e"/>', '<endEvent id="e"><incoming>g</incoming></endEvent>'),
        between(
            '<task id="t"><incoming>f</incoming><outgoing>g</outgoing></task>', "<outgoing>f</outgoing>"
        ).replace('<endEvent id="e"/>', '<endEvent id="e"><incoming>g</incoming></endEvent>'),
    ),
    "flow-immediate": rule(
        "a sequence flow of an executable process that is not immediate",
        between('<task id="t"/>').replace('id="f"', 'id="f" isImmediate="false"'),
        between('<task id="t"/>'),
    ),
    "incoming-missing": rule(
        "an element that nothing leads to, where there is a start event",
        "start s\nend e\ns -> e\ntask t\nend f\nt -> f",
        "start s\ntask t\nend f\ns -> t -> f",
    ),
    "incoming-not-allowed": rule(
        "a flow into a start event, a boundary event, an event sub-process or what undoes",
        "start s\ntask t\nboundary b on=t message=m\nend e\nend f\ns -> t -> e\nb -> f\nt -> b",
        "start s\ntask t\nboundary b on=t message=m\nend e\nend f\ns -> t -> e\nb -> f",
    ),
    "outgoing-missing": rule(
        "an element that leads nowhere, where there is an end event",
        "start s\nand x\ntask t\nend e\ns -> x -> e\nx -> t",
        "start s\nand x\ntask t\nend e\nend f\ns -> x -> e\nx -> t -> f",
    ),
    "outgoing-not-allowed": rule(
        "a flow out of an end event, an event sub-process or a compensation event",
        "start s\nend e\ntask t\nend f\ns -> e -> t -> f",
        "start s\ntask t\nend f\ns -> t -> f",
    ),
    "condition-alone": rule(
        "a single flow out of an activity that has a condition",
        "start s\ntask t\nend e\ns -> t\nt -> e if true",
        LINE,
    ),
    "condition-not-executed": rule(
        "a condition behind an event, a parallel or an event-based gateway",
        "start s\nend e\ns -> e if true",
        "start s\nend e\ns -> e",
    ),
    "default-flow-unknown": rule(
        "a default that is none of the outgoing flows",
        "var n int = 1\nstart s\nxor x default=s_x\nend e\nend f\ns -> x\nx -> e if n > 1\nx -> f if n <= 1",
        "var n int = 1\nstart s\nxor x default=x_f\nend e\nend f\ns -> x\nx -> e if n > 1\nx -> f",
    ),
    "start-missing": rule("an end event without a start event", "task t\nend e\nt -> e", LINE),
    "end-missing": rule("a start event without an end event", "start s\ntask t\ns -> t", LINE),
    "start-trigger": rule(
        "a process that begins with an error, an escalation or compensation",
        "start s error=x\nend e\ns -> e",
        "start s message=x\nend e\ns -> e",
    ),
    "start-interrupting": rule(
        "a start event of an event sub-process that catches an error or compensation and does not interrupt",
        _HANDLER.replace("start i message=m", "start i error=x keep"),
        _HANDLER.replace("start i message=m", "start i error=x"),
    ),
    "sub-process-start": rule(
        "a sub-process that begins with a trigger", _BOX.replace("start i", "start i message=m"), _BOX
    ),
    "event-sub-process-start": rule(
        "an event sub-process without exactly one start event that has a trigger",
        _HANDLER.replace(" message=m", ""),
        _HANDLER,
    ),
    "called-start": rule(
        "a called process without a start event that has no trigger",
        "start s\ncall c of=q\nend e\ns -> c -> e\nprocess q\nstart i message=m\nend j\ni -> j",
        "start s\ncall c of=q\nend e\ns -> c -> e\nprocess q\nstart i\nend j\ni -> j",
    ),
    "lane-member": rule(
        "a lane that names what is no flow node of its process",
        process('<laneSet id="l"><lane id="a"><flowNodeRef>u</flowNodeRef></lane></laneSet><task id="t"/>'),
        process('<laneSet id="l"><lane id="a"><flowNodeRef>t</flowNodeRef></lane></laneSet><task id="t"/>'),
    ),
    "trigger-not-allowed": rule(
        "an event definition that its kind of event cannot have",
        "start s\nend e duration=PT1H\ns -> e",
        "start s\ncatch c duration=PT1H\nend e\ns -> c -> e",
    ),
    "event-without-definition": rule(
        "an event to catch that does not say what",
        "start s\ncatch c\nend e\ns -> c -> e",
        "start s\ncatch c message=m\nend e\ns -> c -> e",
    ),
    "event-condition-missing": rule(
        "a conditional event without a condition",
        _WAITING.replace("CONDITION", ""),
        _WAITING.replace("CONDITION", _FORMAL),
    ),
    "condition-not-formal": rule(
        "a condition of an event in an executable process that is not marked as formal (a warning)",
        _WAITING.replace("CONDITION", "<condition>true</condition>"),
        _WAITING.replace("CONDITION", _FORMAL),
    ),
    "unknown-event-definition": rule(
        "a reference to no event definition of the file",
        process(
            '<startEvent id="s"><eventDefinitionRef>d</eventDefinitionRef></startEvent><endEvent id="e"/>'
            '<sequenceFlow id="f" sourceRef="s" targetRef="e"/>'
        ),
        '<message id="m" name="m"/><messageEventDefinition id="d" messageRef="m"/>'
        + process(
            '<startEvent id="s"><eventDefinitionRef>d</eventDefinitionRef></startEvent><endEvent id="e"/>'
            '<sequenceFlow id="f" sourceRef="s" targetRef="e"/>'
        ),
    ),
    "event-definition-shared": rule(
        "an event definition inside an event that another event refers to",
        '<message id="m" name="m"/>'
        + process(
            '<startEvent id="s"><messageEventDefinition id="d" messageRef="m"/></startEvent><endEvent id="e">'
            "<eventDefinitionRef>d</eventDefinitionRef></endEvent>"
            '<sequenceFlow id="f" sourceRef="s" targetRef="e"/>'
        ),
        '<message id="m" name="m"/><messageEventDefinition id="d" messageRef="m"/>'
        + process(
            '<startEvent id="s"><eventDefinitionRef>d</eventDefinitionRef></startEvent><endEvent id="e">'
            "<eventDefinitionRef>d</eventDefinitionRef></endEvent>"
            '<sequenceFlow id="f" sourceRef="s" targetRef="e"/>'
        ),
        "unknown-event-definition",
    ),
    "boundary-host": rule(
        "a boundary event on something that is no activity beside it",
        f"{_FORKED}boundary b on=x message=m\nb -> g",
        f"{_FORKED}boundary b on=t message=m\nb -> g",
    ),
    "boundary-interrupting": rule(
        "a boundary event that catches an error, a cancellation or compensation and does not interrupt",
        _CAUGHT.replace("THROWN", "error=x").replace("CAUGHT", "error=x keep"),
        _CAUGHT.replace("THROWN", "error=x").replace("CAUGHT", "error=x"),
    ),
    "cancel-outside-transaction": rule(
        "a cancel event away from a transaction",
        _CAUGHT.replace("THROWN", "").replace("CAUGHT", "cancel"),
        _LEFT,
    ),
    "cancel-uncaught": rule(
        "a transaction that is cancelled and has no cancel event on its boundary",
        "start s\ntransaction x\nstart i\nend j cancel\ni -> j\nclose\nend e\ns -> x -> e",
        _LEFT,
    ),
    "compensation-handler": rule(
        "a compensation event without one association to an activity that undoes",
        _UNDONE.replace("task u undo\n", "").replace("b => u\n", ""),
        _UNDONE,
    ),
    "compensation-activity": rule(
        "compensation of something that is no activity",
        _UNDONE.replace("end e", "end e compensation=s"),
        _UNDONE.replace("end e", "end e compensation=t"),
    ),
    "escalation-without-code": rule(
        "an escalation that is thrown without a code",
        _CAUGHT.replace("THROWN", "escalation").replace("CAUGHT", "escalation"),
        _CAUGHT.replace("THROWN", "escalation=x").replace("CAUGHT", "escalation=x"),
    ),
    "error-without-code": rule(
        "an error that is thrown without a code",
        _CAUGHT.replace("THROWN", "error").replace("CAUGHT", "error"),
        _CAUGHT.replace("THROWN", "error=x").replace("CAUGHT", "error=x"),
    ),
    "unknown-message": rule(
        "a reference to no message of the file", named("message", "y"), named("message", "x")
    ),
    "unknown-signal": rule(
        "a reference to no signal of the file", named("signal", "y"), named("signal", "x")
    ),
    "unknown-error": rule("a reference to no error of the file", named("error", "y"), named("error", "x")),
    "unknown-escalation": rule(
        "a reference to no escalation of the file", named("escalation", "y"), named("escalation", "x")
    ),
    "message-ref-missing": rule(
        "an event or task of an executable process that does not say which message",
        named("message", "x").replace(' messageRef="x"', ""),
        named("message", "x"),
    ),
    "link-unmatched": rule(
        "a link that is thrown and not caught, or caught and not thrown",
        "start s\nthrow t link=a\ncatch c link=b\nend e\ns -> t\nc -> e",
        "start s\nthrow t link=a\ncatch c link=a\nend e\ns -> t\nc -> e",
    ),
    "link-flow": rule(
        "a flow out of a link that throws, or into one that catches",
        "start s\nthrow t link=a\ncatch c link=a\nend e\nend f\ns -> t -> f\nc -> e",
        "start s\nthrow t link=a\ncatch c link=a\nend e\ns -> t\nc -> e",
    ),
    "link-pair": rule(
        "a link whose target or source is not its other end",
        _link("<target>la</target>"),
        _link("<target>lb</target>"),
    ),
    "timer-value": rule(
        "a time that is not written as ISO 8601 says",
        "start s\ncatch c duration='three days'\nend e\ns -> c -> e",
        "start s\ncatch c duration=P3D\nend e\ns -> c -> e",
    ),
    "gateway-alone": rule(
        "a gateway with one flow in and one out",
        "start s\nxor x\nend e\ns -> x -> e",
        "start s\nend e\ns -> e",
    ),
    "gateway-direction": rule(
        "a gateway that says that it diverges, converges or is mixed and has other flows",
        between(
            '<parallelGateway id="t" gatewayDirection="Converging"/><endEvent id="k"/>'
            '<sequenceFlow id="h" sourceRef="t" targetRef="k"/>'
        ),
        between(
            '<parallelGateway id="t" gatewayDirection="Diverging"/><endEvent id="k"/>'
            '<sequenceFlow id="h" sourceRef="t" targetRef="k"/>'
        ),
    ),
    "event-gateway-outgoing": rule("an event-based gateway with one way on", _EITHER, _SOUND),
    "event-gateway-target": rule(
        "something behind an event-based gateway that waits for nothing",
        f"{_EITHER}task d\nend f\ng -> d -> f",
        _SOUND,
    ),
    "event-gateway-mixed": rule(
        "message events and receive tasks behind one event-based gateway",
        f"{_EITHER}receive d message=n\nend f\ng -> d -> f",
        _SOUND,
    ),
    "event-gateway-receive": rule(
        "a receive task behind an event-based gateway that has boundary events or a loop",
        _SOUND.replace("catch c", "receive c").replace("catch d", "receive d max=2"),
        _SOUND.replace("catch c", "receive c").replace("catch d", "receive d"),
    ),
    "event-gateway-parallel": rule(
        "a parallel event-based gateway that does not begin the process",
        _SOUND.replace("events g", "events g all"),
        _SOUND,
    ),
}
