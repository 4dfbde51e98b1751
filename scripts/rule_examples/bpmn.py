"""Examples for rules of executability about data, correlation, clocks and forms in BPMN."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from scripts.rule_examples.example import Example, rule

_USER: Final = "start s\nuser u\nend e\ns -> u -> e\n"
_CLOCK: Final = "clock c starts=s stops=u yellow=5:centre_head"
_FLOWS: Final = (
    '<sequenceFlow id="f" sourceRef="s" targetRef="t"/><sequenceFlow id="g" sourceRef="t" targetRef="e"/>'
)


def _task(inner: str = "", tag: str = "task", head: str = "", beside: str = "", attributes: str = "") -> str:
    """A process of one task, with what stands before it in the process and beside the process."""
    return (
        f'{beside}<process id="p" isExecutable="true">{head}<startEvent id="s"/>\n'
        f'<{tag} id="t"{" " * bool(attributes)}{attributes}>{inner}</{tag}>'
        f'<endEvent id="e"/>\n{_FLOWS}</process>'
    )


_DATA: Final = '<dataObject id="d" itemSubjectRef="ITEM"/>'
_ITEMS: Final = (
    '<itemDefinition id="text" structureRef="xs:string"/>'
    '<itemDefinition id="number" structureRef="xs:int"/>\n'
)
_IO: Final = (
    '<ioSpecification><dataInput id="i" itemSubjectRef="text"/><dataOutput id="o" itemSubjectRef="text"/>'
    "<inputSet><dataInputRefs>i</dataInputRefs></inputSet><outputSet><dataOutputRefs>o</dataOutputRefs>"
    "</outputSet></ioSpecification>"
)


def _into(source: str = "d", target: str = "i", more: str = "") -> str:
    ends = f"<sourceRef>{source}</sourceRef>{more}<targetRef>{target}</targetRef>"
    return f"<dataInputAssociation>{ends}</dataInputAssociation>"


def _joined(association: str, item: str = "text", head: str = "") -> str:
    """A task with an association; the output makes it one that copies nothing else."""
    io = _IO.replace('<dataOutput id="o" itemSubjectRef="text"/>', "").replace(
        "<dataOutputRefs>o</dataOutputRefs>", ""
    )
    return _task(io + association, head=head or _DATA.replace("ITEM", item), beside=_ITEMS)


def _assigned(inner: str) -> str:
    return _into().replace(
        "<targetRef>i</targetRef>", f"<targetRef>i</targetRef><assignment>{inner}</assignment>"
    )


_FROM_TO: Final = "<from>'a'</from><to>i</to>"
_OUT: Final = (
    '<ioSpecification><dataOutput id="o" itemSubjectRef="text"/><inputSet/>'
    "<outputSet><dataOutputRefs>o</dataOutputRefs></outputSet></ioSpecification>"
    "<dataOutputAssociation><sourceRef>o</sourceRef><targetRef>d</targetRef></dataOutputAssociation>"
)


def _out(script: str) -> str:
    return _task(_OUT + f"<script>{script}</script>", "scriptTask", _DATA.replace("ITEM", "text"), _ITEMS)


def _each(reference: str) -> str:
    loop = "multiInstanceLoopCharacteristics"
    inner = f"<{loop}><loopDataInputRef>{reference}</loopDataInputRef></{loop}>"
    variables = '<wz:variable name="names" type="list"/><wz:variable name="n" type="int"/>'
    return _task(inner, head=f"<extensionElements>{variables}</extensionElements>")


_KEY: Final = (
    '<collaboration id="co"><participant id="pa" name="P" processRef="p"/>'
    '<correlationKey id="k"><correlationPropertyRef>number</correlationPropertyRef></correlationKey>'
    "</collaboration>\n"
    '<message id="m" name="m"/><correlationProperty id="number">RETRIEVAL</correlationProperty>\n'
)
_RETRIEVAL: Final = (
    '<correlationPropertyRetrievalExpression messageRef="m"><messagePath>n</messagePath>'
    "</correlationPropertyRetrievalExpression>"
)
_SUBSCRIBED: Final = (
    '<correlationSubscription id="cs" correlationKeyRef="k">BINDING</correlationSubscription>'
)
_BINDING: Final = (
    '<correlationPropertyBinding correlationPropertyRef="number"><dataPath>n</dataPath>'
    "</correlationPropertyBinding>"
)


def _correlated(retrieval: str = _RETRIEVAL, binding: str = _BINDING) -> str:
    beside = _KEY.replace("RETRIEVAL", retrieval)
    head = '<extensionElements><wz:variable name="n" type="string"/></extensionElements>'
    waits = _task(tag="receiveTask", attributes='messageRef="m"', head=head, beside=beside)
    return waits.replace("</process>", f"{_SUBSCRIBED.replace('BINDING', binding)}</process>")


_FORM: Final = '<extensionElements><wz:field id="answer" type="string"/></extensionElements>'


def _field(attributes: str) -> str:
    form = f'<extensionElements><wz:field id="answer" {attributes}/></extensionElements>'
    return _task(form, "userTask", attributes='wz:role="clerk"')


def _clocked(inner: str, attributes: str = "", head: str = "") -> str:
    clock = f'<wz:clock id="c" starts="s" stops="t"{" " * bool(attributes)}{attributes}>{inner}</wz:clock>'
    return _task(
        tag="userTask",
        attributes='wz:role="clerk"',
        head=f"<extensionElements>{head}{clock}</extensionElements>",
    )


def _limit(attributes: str) -> str:
    return f'<wz:threshold id="late" {attributes}/>'


_LATE: Final = _limit('after="5" notify="centre_head"')
_EVE: Final = _limit('before="5" notify="centre_head"')
_DAY: Final = '<wz:variable name="day" type="date" required="true"/>'
_PAUSE: Final = '<wz:pause id="asked" on="t" resumes="t" MORE/>'
_LONGER: Final = '<wz:extension id="longer" on="t" BY/>'


def _pause(more: str = "") -> str:
    return _PAUSE.replace("MORE", more).replace(" />", "/>")


def _mark(attributes: str) -> str:
    head = '<extensionElements><wz:variable name="answer" type="string"/></extensionElements>'
    return _task(tag="intermediateThrowEvent", attributes=attributes, head=head)


_TOLD: Final = (
    "var petition_id string required\nvar told TYPE\nstart s\n"
    "service t call=notify_author petition_id=petition_id template=\"'replied'\" output=told\n"
    "end e\ns -> t -> e"
)
_TIMER: Final = "var day TYPE\nstart s\ncatch c days=3 from=day\nend e\ns -> c -> e"
_NESTED: Final = (
    "start s\ncall c of=q\nsub x\nstart i\nend j\ni -> j\nclose\nend e\ns -> c -> x -> e\n"
    "process q\nstart k\nsub NAME\nstart l\nend m\nl -> m\nclose\nend o\nk -> NAME -> o"
)
_HANDLED: Final = (
    '<message id="m" name="m" itemRef="text"/>'
    '<process id="p" isExecutable="true"><startEvent id="s"/><endEvent id="e"/>'
    '<sequenceFlow id="f" sourceRef="s" targetRef="e"/>\n<subProcess id="x" triggeredByEvent="true">'
    '<startEvent id="i">OUTPUTS<messageEventDefinition messageRef="m"/></startEvent><endEvent id="j"/>'
    '<sequenceFlow id="g" sourceRef="i" targetRef="j"/></subProcess></process>'
)
_OUTPUTS: Final = (
    '<dataOutput id="o" itemSubjectRef="text"/><outputSet><dataOutputRefs>o</dataOutputRefs></outputSet>'
)
_PROCESS_IO: Final = (
    '<ioSpecification><dataInput id="given" itemSubjectRef="text"/>'
    '<dataOutput id="made" itemSubjectRef="text"/>'
    "<inputSet><dataInputRefs>given</dataInputRefs></inputSet>"
    "<outputSet><dataOutputRefs>made</dataOutputRefs></outputSet></ioSpecification>"
)

BPMN_EXAMPLES: Final[Mapping[str, Example]] = {
    "data-store-not-executed": rule(
        "a data store",
        _task(head='<dataStoreReference id="r"/>'),
        _task(head='<dataObject id="r"/>'),
        why="It outlives the instance. What does, is read and written by a service task.",
    ),
    "unknown-item-definition": rule(
        "data of an item definition that is not there",
        _task(head=_DATA.replace("ITEM", "nothing")),
        _task(head=_DATA.replace("ITEM", "text"), beside=_ITEMS),
    ),
    "assignment-incomplete": rule(
        "an assignment without from or to",
        _joined(_assigned("<to>i</to>")),
        _joined(_assigned(_FROM_TO)),
    ),
    "assignment-target": rule(
        "an assignment to what is not seen there",
        _joined(_assigned(_FROM_TO.replace(">i<", ">elsewhere<"))),
        _joined(_assigned(_FROM_TO)),
    ),
    "association-end": rule(
        "a data association from or to nothing", _joined(_into(source="nothing")), _joined(_into())
    ),
    "association-type": rule(
        "a data association between different types of data",
        _joined(_into(), "number"),
        _joined(_into()),
        "association-items",
    ),
    "process-data-end": rule(
        "a task that reads an output of its process, or writes an input",
        _joined(_into(source="made"), head=_PROCESS_IO),
        _joined(_into(source="given"), head=_PROCESS_IO),
    ),
    "output-never-set": rule(
        "an output of a task that nothing sets (a warning)",
        _out("d = 'a'"),
        _out("o = 'a'"),
        why="Nothing is copied from it.",
    ),
    "loop-data": rule("a loop over what is no list", _each("n"), _each("names")),
    "start-outputs": rule(
        "data of what begins an event sub-process",
        _ITEMS + _HANDLED.replace("OUTPUTS", _OUTPUTS),
        _ITEMS + _HANDLED.replace("OUTPUTS", ""),
        why="It is caught outside, where they cannot be seen. Variables of the message's names hold them.",
    ),
    "correlation-without-messages": rule(
        "a correlation property that is read from no message", _correlated(retrieval=""), _correlated()
    ),
    "correlation-path": rule(
        "a correlation property that does not say where it is read",
        _correlated(retrieval=_RETRIEVAL.replace("<messagePath>n</messagePath>", "")),
        _correlated(),
        "correlation-without-messages",
    ),
    "correlation-binding-missing": rule(
        "a subscription that does not say what it expects of a property",
        _correlated(binding=""),
        _correlated(),
    ),
    "unknown-correlation": rule(
        "a binding to a property that is not there",
        _correlated(binding=_BINDING.replace('"number"', '"nothing"')),
        _correlated(),
        "correlation-binding-missing",
    ),
    "duplicate-scope": rule(
        "a sub-process of the same id in a process and in one that it calls",
        _NESTED.replace("NAME", "x"),
        _NESTED.replace("NAME", "y"),
        "duplicate-id",
    ),
    "service-output": rule(
        "the result of an activity in a variable that cannot hold it",
        _TOLD.replace("TYPE", "string"),
        _TOLD.replace("TYPE", "map"),
    ),
    "timer-day": rule(
        "a timer that counts from what is no date",
        _TIMER.replace("TYPE", "string"),
        _TIMER.replace("TYPE", "date"),
    ),
    "timer-schedule": rule(
        "a timer by the calendar that does not say how often",
        _task('<timerEventDefinition wz:workingDay="1"/>', "intermediateCatchEvent"),
        _task('<timerEventDefinition wz:every="month" wz:workingDay="1"/>', "intermediateCatchEvent"),
        "timer-value",
    ),
    "field-limit": rule(
        "a limit on a field that it cannot have", _field('type="date" max="5"'), _field('type="int" max="5"')
    ),
    "message-form": rule(
        "a form on an event that waits for no message",
        _task().replace('<startEvent id="s"/>', f'<startEvent id="s">{_FORM}</startEvent>'),
        _task(_FORM, "userTask", attributes='wz:role="clerk"'),
    ),
    "keeps-without-fact": rule(
        "a mark that keeps data and names no fact",
        _mark('wz:keeps="answer"'),
        _mark('wz:fact="replied" wz:keeps="answer"'),
    ),
    "unknown-variable": rule(
        "a mark that keeps what is no variable",
        _mark('wz:fact="replied" wz:keeps="reply"'),
        _mark('wz:fact="replied" wz:keeps="answer"'),
    ),
    "duplicate-clock": rule(
        "two clocks of one name",
        f"{_USER}{_CLOCK}\n{_CLOCK}",
        f"{_USER}{_CLOCK}\n{_CLOCK.replace('clock c', 'clock d')}",
    ),
    "clock-without-event": rule(
        "a clock that counts back from no day", _clocked(_EVE), _clocked(_EVE, 'from="day"', _DAY)
    ),
    "clock-counts-back": rule(
        "a pause of a clock that counts back",
        _clocked(_EVE + _pause(), 'from="day"', _DAY),
        _clocked(_EVE, 'from="day"', _DAY),
        why="Postpone the event instead: the limits move with its day.",
    ),
    "reminder-unit": rule(
        "a reminder of a clock of hours",
        _clocked(_limit('after="5" notify="centre_head" remind="clerk"'), 'unit="hours"'),
        _clocked(_limit('after="5" notify="centre_head" remind="clerk"')),
    ),
    "reminder-too-early": rule(
        "a reminder before day 0",
        _clocked(_limit('after="2" notify="centre_head" remind="clerk" remindBefore="3"')),
        _clocked(_limit('after="2" notify="centre_head" remind="clerk" remindBefore="1"')),
    ),
    "threshold-side": rule(
        "a limit both before and after its day",
        _clocked(_limit('after="5" before="1" notify="centre_head"')),
        _clocked(_LATE),
    ),
    "unknown-clock": rule(
        "a pause measured by a clock that is not there",
        _clocked(_LATE + _pause('within="3" of="d"')),
        _clocked(_LATE + _pause('within="3" of="c"')),
    ),
    "extension-length": rule(
        "an extension by what is no number",
        _clocked(_LATE + _LONGER.replace("BY", 'by="days"'), head='<wz:variable name="days" type="string"/>'),
        _clocked(_LATE + _LONGER.replace("BY", 'by="days"'), head='<wz:variable name="days" type="int"/>'),
    ),
    "xml-encoding": rule(
        "a BPMN file that names an encoding that there is none of",
        '=== p.bpmn\n!<?xml version="1.0" encoding="GB99"?><definitions/>',
        "start s\nend e\ns -> e",
    ),
}
