"""A wrong and a right example for each rule of good sense, and why it is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from scripts.rule_examples.example import Example

_SPLIT: Final = "var n int = 1\nstart s\n"
_CHOICE: Final = f"{_SPLIT}xor x default=x_b\nend e\nend f\n"
_LETTER: Final = """\
language: 1
process: p
name: {zh: 来信, en: Letter}
start:
  begun: {zh: 收到, en: Received}
deadlines:
  answer:
    starts: begun
    stops: reply
    limits:
      late: {working_days: 5, lamp: LAMP}
steps:
  reply:
    name: {zh: 答复, en: Reply}
    by: department
    go: done
outcomes:
  done: {zh: 办结, en: Done}
"""
_PICTURE: Final = """\
<process id="p" isExecutable="true"><startEvent id="s" name="Begun"/><task id="t" name="Work"/>
<endEvent id="e" name="Done"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/>
<sequenceFlow id="g" sourceRef="t" targetRef="e"/></process>
<di:BPMNDiagram><di:BPMNPlane bpmnElement="p">
<di:BPMNShape bpmnElement="s"><dc:Bounds x="100" y="122" width="36" height="36"/></di:BPMNShape>
<di:BPMNShape bpmnElement="t"><dc:Bounds x="200" y="100" width="100" height="80"/></di:BPMNShape>
<di:BPMNShape bpmnElement="e"><dc:Bounds x="350" y="122" width="36" height="36"/></di:BPMNShape>
<di:BPMNEdge bpmnElement="f"/><di:BPMNEdge bpmnElement="g"/></di:BPMNPlane></di:BPMNDiagram>
"""
_SIGNALS: Final = """\
<signal id="one" name="ended"/>MORE<process id="p" isExecutable="true"><startEvent id="s"/>
<endEvent id="e"><signalEventDefinition signalRef="one"/></endEvent>
<sequenceFlow id="f" sourceRef="s" targetRef="e"/></process>
"""
_OTHER: Final = '<signal id="two" name="NAME"/>'
_THROWN: Final = '<endEvent id="e"><signalEventDefinition signalRef="one"/></endEvent>'
_BOTH: Final = (
    '<intermediateThrowEvent id="t"><signalEventDefinition signalRef="two"/></intermediateThrowEvent>'
    f'<sequenceFlow id="g" sourceRef="t" targetRef="e"/>{_THROWN}'
)
_TWO_SIGNALS: Final = _SIGNALS.replace(_THROWN, _BOTH).replace(
    'targetRef="e"/></process>', 'targetRef="t"/></process>'
)
_TABLE: Final = """\
=== p.bpmn
start s
end e
s -> e
=== fee.decision.yaml
hit: unique
inputs: {amount: int}
outputs: {fee: int}
rules:
  - {amount: "< 100", fee: 5}
  - {amount: ">= 100", fee: amount / 10}
"""
_WORDS: Final = """\
=== p.bpmn
var petition_id string required
start s
service t call=notify_author petition_id=petition_id template="'replied'"
end e
s -> t -> e
=== messages/replied.zh.txt
告知

{number} 已办。
=== messages/replied.en.txt
Told

{number} is done.
"""
_TUNED: Final = """\
=== p.bpmn
or x
start s
end e
end f
var n int = 1
s -> x
x -> e if n > 0
x -> f if n < 2
=== rules.yaml
no-inclusive-gateway: {severity: off}
"""

SENSE_EXAMPLES: Final[Mapping[str, Example]] = {
    "unreachable": Example(
        "an element to which no way leads from the start",
        "It never runs. Often a flow was led to another element when the picture was changed.",
        "start s\nend e\ns -> e\ntask a\ntask b\na -> b -> a",
        "start s\ntask a\ntask b\nend e\ns -> a -> b -> e",
        frozenset(),
    ),
    "endless-loop": Example(
        "a loop that no way leads out of",
        "What gets into it never ends: the letter stays open for ever.",
        f"{_SPLIT}xor x default=x_m\nend e\nxor m\ntask a\ns -> x\nx -> e if n > 1\nx -> m\nm -> a -> m",
        f"{_SPLIT}xor m\nend e\ntask a\nxor x default=x_e\ns -> m -> a -> x\nx -> m if n < 3\nx -> e",
    ),
    "deadlock": Example(
        "a gateway that waits for a token that may never come",
        "Only one of two ways was chosen, and the parallel gateway behind them waits for both.",
        f"{_SPLIT}xor x default=x_b\ntask a\ntask b\nand j\nend e\n"
        "s -> x\nx -> a if n > 1\nx -> b\na -> j\nb -> j\nj -> e",
        "start s\nand x\ntask a\ntask b\nand j\nend e\ns -> x -> a -> j -> e\nx -> b -> j",
    ),
    "lack-of-synchronisation": Example(
        "two tokens that meet without waiting for each other",
        "What was split is not put together again: all that follows is done once for each.",
        "start s\nand x\ntask a\ntask b\nxor j\nend e\ns -> x -> a -> j -> e\nx -> b -> j",
        "start s\nand x\ntask a\ntask b\nand j\nend e\ns -> x -> a -> j -> e\nx -> b -> j",
    ),
    "not-exhaustive": Example(
        "a choice of which no way may hold, without a default",
        "The conditions are tried with the values that forms offer and with the numbers at and beside those "
        "they name. Where none holds, the letter stops with an incident.",
        f"{_SPLIT}xor x\nend e\nend f\ns -> x\nx -> e if n > 1\nx -> f if n < 1",
        f"{_SPLIT}xor x\nend e\nend f\ns -> x\nx -> e if n > 1\nx -> f if n <= 1",
    ),
    "condition-never-holds": Example(
        "a condition that is never true, or only where one before it is",
        "Its way is dead. It is said only where all that the condition reads is a yes or no, or chosen in a "
        "form.",
        "var urgent bool = false\nstart s\nxor x default=x_g\nend e\nend f\nend g\n"
        "s -> x\nx -> e if urgent\nx -> f if urgent\nx -> g",
        "var urgent bool = false\nstart s\nxor x\nend e\nend f\ns -> x\nx -> e if urgent\nx -> f if !urgent",
    ),
    "value-never-taken": Example(
        "a comparison with a text that the form does not offer",
        "A slip in the text: nothing tells of it, and the way is never taken.",
        "start s\nuser u\nfield u kind string values=done,promised required\nboundary late on=u days=5\n"
        "xor x default=x_f\nend d\nend e\nend f\n"
        "s -> u -> x\nlate -> d\nx -> e if kind == 'done' || kind == 'promise'\nx -> f",
        "start s\nuser u\nfield u kind string values=done,promised required\nboundary late on=u days=5\n"
        "xor x default=x_f\nend d\nend e\nend f\n"
        "s -> u -> x\nlate -> d\nx -> e if kind == 'promised'\nx -> f",
    ),
    "read-before-set": Example(
        "a variable that is read where no way leads to from the form that asks for it",
        "It is empty there, always.",
        "start s\nxor x default=x_f\nuser u\nfield u ok bool required\nboundary late on=u days=5\n"
        "end d\nend e\nend f\ns -> x\nx -> u if ok\nx -> f\nu -> e\nlate -> d",
        "start s\nuser u\nfield u ok bool required\nboundary late on=u days=5\nxor x default=x_f\n"
        "end d\nend e\nend f\ns -> u -> x\nx -> e if ok\nx -> f\nlate -> d",
    ),
    "may-be-empty": Example(
        "a value that is read and that a form may leave empty, or that is asked for on some ways only",
        "An expression stops with an incident where what it reads has no value. Where conditions that belong "
        "together rule that out, switch the rule off with that reason.",
        "start s\nuser u\nfield u ok bool\nboundary late on=u days=5\nxor x default=x_f\n"
        "end d\nend e\nend f\ns -> u -> x\nx -> e if ok\nx -> f\nlate -> d",
        "start s\nuser u\nfield u ok bool required\nboundary late on=u days=5\nxor x default=x_f\n"
        "end d\nend e\nend f\ns -> u -> x\nx -> e if ok\nx -> f\nlate -> d",
    ),
    "clock-never-stops": Example(
        "a clock whose stop does not come after its start",
        "Its lamps come on whatever is done in time.",
        "start s\ntask a\ntask b\nend e\ns -> a -> b -> e\nclock c starts=b stops=a yellow=5:centre_head",
        "start s\ntask a\ntask b\nend e\ns -> a -> b -> e\nclock c starts=a stops=b yellow=5:centre_head",
    ),
    "task-without-deadline": Example(
        "a task of people during which no clock with a limit runs and no timer waits",
        "It may lie for ever, and nobody hears of it.",
        "start s\nuser u\nend e\ns -> u -> e",
        "start s\nuser u\nend e\ns -> u -> e\nclock c starts=s stops=u yellow=5:centre_head",
    ),
    "lamp-unseen": Example(
        "a lamp of which nobody is told",
        "It comes on and nobody sees it.",
        _LETTER.replace("LAMP", "yellow"),
        _LETTER.replace("LAMP", "yellow, notify: department_head"),
    ),
    "late-watch-themselves": Example(
        "a red lamp that only those hear of who are late",
        "A red lamp is for somebody above them: the head of a department is of the department that is late.",
        _LETTER.replace("LAMP", "red, notify: department_head"),
        _LETTER.replace("LAMP", "red, notify: [department_head, supervision]"),
    ),
    "escalation-uncaught": Example(
        "an escalation that nothing around it catches",
        "It is thrown, and nobody hears of it.",
        "start s\nthrow t escalation=late\nend e\ns -> t -> e",
        "start s\nsub x\nstart i\nthrow t escalation=late\nend j\ni -> t -> j\nclose\n"
        "boundary b on=x escalation=late keep\nend e\nend f\ns -> x -> e\nb -> f",
    ),
    "manual-task-passes": Example(
        "a manual task: what people do without the system",
        "Nobody is asked, and the process goes on at once (BPMN 2.0.2 §10.3.3). Other engines, SpiffArena "
        "among them, open a task and wait.",
        "start s\nmanual m\nend e\ns -> m -> e",
        "start s\nuser m\nboundary late on=m days=5\nend e\nend f\ns -> m -> e\nlate -> f",
    ),
    "error-uncaught": Example(
        "an error that nothing around it catches",
        "The whole process fails with it.",
        "start s\nend e error=broken\ns -> e",
        "start s\nsub x\nstart i\nend j error=broken\ni -> j\nclose\n"
        "boundary b on=x error=broken\nend e\nend f\ns -> x -> e\nb -> f",
    ),
    "table-unused": Example(
        "a decision table that no task asks",
        "It looks as if it counted.",
        _TABLE,
        "=== p.bpmn\nstart s\nend e\ns -> e\n",
    ),
    "words-unused": Example(
        "words of a notice that nothing sends",
        "Whoever changes them waits in vain for what they wrote.",
        _WORDS + "=== messages/lost.zh.txt\n忘记\n\n{number}\n=== messages/lost.en.txt\nLost\n\n{number}\n",
        _WORDS,
    ),
    "tuning-without-reason": Example(
        "a rule that is tuned without a reason",
        "In a year nobody knows whether it may go. Such a line does not count.",
        _TUNED,
        _TUNED.replace("off}", "off, reason: Both ways may be taken at once.}"),
        frozenset({"no-inclusive-gateway"}),
    ),
    "fake-join": Example(
        "several flows into a task or event",
        "It looks as if it waited for all of them. It runs once for each.",
        f"{_SPLIT}xor x default=x_b\ntask a\ntask b\ntask t\nend e\n"
        "s -> x\nx -> a if n > 1\nx -> b\na -> t\nb -> t -> e",
        f"{_SPLIT}xor x default=x_b\ntask a\ntask b\nxor m\ntask t\nend e\n"
        "s -> x\nx -> a if n > 1\nx -> b\na -> m\nb -> m -> t -> e",
    ),
    "no-implicit-split": Example(
        "several flows without a condition out of a task or event",
        "It looks like a choice. All of them are taken at once.",
        "start s\ntask t\nend e\nend f\ns -> t -> e\nt -> f",
        "start s\ntask t\nand g\nend e\nend f\ns -> t -> g -> e\ng -> f",
    ),
    "no-gateway-join-fork": Example(
        "a gateway that merges and splits",
        "Readers take it for one of the two.",
        f"{_SPLIT}xor g default=g_e\ntask a\nend e\ns -> g\ng -> a if n > 1\ng -> e\na -> g",
        f"{_SPLIT}xor m\nxor g default=g_e\ntask a\nend e\ns -> m -> g\ng -> a if n > 1\ng -> e\na -> m",
    ),
    "no-disconnected": Example(
        "an element that nothing is connected with",
        "It stands in the picture and never runs.",
        "start s\nend e\ns -> e\ntask t",
        "start s\ntask t\nend e\ns -> t -> e",
        frozenset({"incoming-missing", "outgoing-missing"}),
    ),
    "no-implicit-end": Example(
        "a path that ends in anything but an end event",
        "Nobody sees with what outcome the letter is closed.",
        f"{_SPLIT}xor x default=x_e\ntask t\nend e\ns -> x\nx -> t if n > 1\nx -> e",
        f"{_SPLIT}xor x default=x_e\ntask t\nend e\nend f\ns -> x\nx -> t if n > 1\nx -> e\nt -> f",
        frozenset({"outgoing-missing"}),
    ),
    "no-implicit-start": Example(
        "a path that begins with anything but a start event",
        "Nobody sees what begins it.",
        "start s\nend e\ns -> e\ntask t\nend f\nt -> f",
        "start s\ntask t\nend f\ns -> t -> f",
        frozenset({"incoming-missing", "unreachable"}),
    ),
    "start-event-required": Example(
        "a process or sub-process without a start event",
        "The standard lets one begin with whatever nothing leads to; readers look for its start.",
        "start s\nsub x\ntask t\nend j\nt -> j\nclose\nend e\ns -> x -> e",
        "start s\nsub x\nstart i\ntask t\nend j\ni -> t -> j\nclose\nend e\ns -> x -> e",
        frozenset({"start-missing", "no-implicit-start"}),
    ),
    "end-event-required": Example(
        "a process or sub-process without an end event",
        "Readers look for where it ends.",
        "start s\nsub x\nstart i\ntask t\ni -> t\nclose\nend e\ns -> x -> e",
        "start s\nsub x\nstart i\ntask t\nend j\ni -> t -> j\nclose\nend e\ns -> x -> e",
        frozenset({"end-missing", "no-implicit-end"}),
    ),
    "single-blank-start-event": Example(
        "several start events without a trigger",
        "Nobody can tell which of them begins.",
        "start s\nstart t\nend e\nend f\ns -> e\nt -> f",
        "start s\nend e\ns -> e",
        frozenset({"several-starts"}),
    ),
    "single-event-definition": Example(
        "an event with several triggers",
        "Its sign in the picture names none of them.",
        "start s\ncatch c message=paid signal=ended\nend e\ns -> c -> e",
        "start s\nevents g\ncatch c message=paid\ncatch d signal=ended\nend e\nend f\n"
        "s -> g -> c -> e\ng -> d -> f",
    ),
    "conditional-flows": Example(
        "a flow without a condition beside others with one",
        "Readers think that one of them is chosen. This one is always taken.",
        f"{_SPLIT}task t\nend e\nend f\ns -> t\nt -> e if n > 1\nt -> f",
        f"{_SPLIT}task t default=t_f\nend e\nend f\ns -> t\nt -> e if n > 1\nt -> f",
    ),
    "no-duplicate-sequence-flows": Example(
        "two flows that say the same",
        "What follows is done twice, or one of the two is never taken.",
        '<process id="p" isExecutable="true"><startEvent id="s"/><parallelGateway id="g"/><task id="t"/>\n'
        '<endEvent id="e"/><sequenceFlow id="a" sourceRef="s" targetRef="g"/>\n'
        '<sequenceFlow id="b" sourceRef="g" targetRef="t"/>\n'
        '<sequenceFlow id="c" sourceRef="g" targetRef="t"/>\n'
        '<sequenceFlow id="d" sourceRef="t" targetRef="e"/></process>',
        "start s\ntask t\nend e\ns -> t -> e",
        frozenset({"fake-join", "lack-of-synchronisation"}),
    ),
    "link-twice": Example(
        "a link that is caught in two places",
        "Nobody can tell where it leads.",
        "start s\nthrow t link=a\ncatch c link=a\ncatch d link=a\nend e\nend f\ns -> t\nc -> e\nd -> f",
        "start s\nthrow t link=a\ncatch c link=a\nend e\ns -> t\nc -> e",
        frozenset({"link-unmatched"}),
    ),
    "no-inclusive-gateway": Example(
        "an inclusive gateway",
        "What it waits for cannot be seen in the picture: it depends on all that runs elsewhere.",
        f"{_SPLIT}or x default=x_f\nend e\nend f\ns -> x\nx -> e if n > 1\nx -> f",
        f"{_SPLIT}xor x default=x_f\nend e\nend f\ns -> x\nx -> e if n > 1\nx -> f",
    ),
    "no-complex-gateway": Example(
        "a complex gateway",
        "What it waits for stands in an expression that no picture shows.",
        f"{_SPLIT}complex x default=x_f until=true\nend e\nend f\ns -> x\nx -> e if n > 1\nx -> f",
        f"{_SPLIT}xor x default=x_f\nend e\nend f\ns -> x\nx -> e if n > 1\nx -> f",
    ),
    "superfluous-termination": Example(
        "a terminate event where nothing else can be under way",
        "Readers look for what it ends.",
        "start s\nend e terminate\ns -> e",
        "start s\nend e\ns -> e",
    ),
    "global-unnamed": Example(
        "a message, signal, error or escalation without a name",
        "Whoever reads of it in a list does not know what it is.",
        '<escalation id="one" escalationCode="E1"/><process id="p" isExecutable="true"><startEvent id="s"/>\n'
        '<subProcess id="x"><startEvent id="i"/><endEvent id="j">\n'
        '<escalationEventDefinition escalationRef="one"/></endEvent>\n'
        '<sequenceFlow id="h" sourceRef="i" targetRef="j"/></subProcess><endEvent id="e"/>\n'
        '<boundaryEvent id="b" attachedToRef="x">\n'
        '<escalationEventDefinition escalationRef="one"/></boundaryEvent>\n'
        '<endEvent id="k"/><sequenceFlow id="f" sourceRef="s" targetRef="x"/>\n'
        '<sequenceFlow id="g" sourceRef="x" targetRef="e"/>\n'
        '<sequenceFlow id="l" sourceRef="b" targetRef="k"/>\n'
        "</process>",
        _SIGNALS.replace("MORE", ""),
    ),
    "global-twice": Example(
        "two messages, signals, errors or escalations of one name",
        "Nobody can tell which of them is meant.",
        _TWO_SIGNALS.replace("MORE", _OTHER.replace("NAME", "ended")),
        _TWO_SIGNALS.replace("MORE", _OTHER.replace("NAME", "begun")),
    ),
    "global-unused": Example(
        "a message, signal, error or escalation that nothing uses",
        "It looks as if somebody waited for it.",
        _SIGNALS.replace("MORE", _OTHER.replace("NAME", "begun")),
        _SIGNALS.replace("MORE", ""),
    ),
    "no-bpmndi": Example(
        "an element that is not in the picture",
        "A modeler does not show it, though it runs. Where a file has no picture at all, that is said once.",
        _PICTURE.replace('<di:BPMNEdge bpmnElement="g"/>', ""),
        _PICTURE,
    ),
    "label-required": Example(
        "a task, event, choice, condition, pool or lane without a name",
        "Nobody can tell from the picture what it is.",
        _PICTURE.replace('<task id="t" name="Work"/>', '<task id="t"/>'),
        _PICTURE,
    ),
    "standard-size": Example(
        "a shape of another size than usual",
        "Pictures of one house should look alike. The usual sizes are those of bpmn.io; `sizes` in "
        "`rules.yaml` says others: `{activity: [120, 80], event: [36, 36], gateway: [50, 50], pool: 60}`.",
        _PICTURE.replace('width="100" height="80"', 'width="140" height="80"'),
        _PICTURE,
    ),
    "no-overlapping-elements": Example(
        "a shape that lies on another, or outside the sub-process it stands in",
        "One hides the other.",
        _PICTURE.replace('x="350"', 'x="280"'),
        _PICTURE,
    ),
}
