"""A short notation for BPMN, so that a test shows its process in a few lines.

One element a line, `kind id key=value …`; flows `a -> b -> c`, their ids `a_b`; a condition
stands behind `if`. A sub-process begins with its kind and ends with `close`:

    var amount int = 1
    start s
    user ask role=clerk
    field ask amount int required
    xor g default=g_small
    end big
    end small terminate
    s -> ask -> g
    g -> big if amount > 10
    g -> small
    boundary late on=ask duration=P3D keep
    late -> reminded
    script reminded: amount = amount + 1

A clock is `clock ID starts=A,B stops=C from=DAY unit=UNIT whose=VAR LIMIT=5:head OTHER=-2`, a limit before
its day with a minus; lines `pause`, `extension`, `restart` and `rule` with its id and their attributes belong
to it.

Kinds: start end catch throw boundary; task manual user service script send receive call;
sub handler (an event sub-process) transaction adhoc, each up to its close; xor or and complex events
(an event-based gateway). `process ID` begins another process of the file, `global ID: SCRIPT` is a
global script task. `a => b` is an association, from a compensation boundary event to what undoes.

Triggers, several of them for a multiple event: message=NAME signal=NAME error[=CODE] escalation[=CODE]
compensation[=ACTIVITY] link=NAME condition=CEL duration= date= cycle= days= cancel terminate.
A timer of days= may have from=VARIABLE and of_unit=calendarDays. `all` waits for all of them, `keep` does not
interrupt, `nowait` does not wait for what is compensated.
Activities: starts=N tokens=N (quantities) undo (for compensation); while=CEL max=N before (standard loop);
times=CEL or each=LIST:ITEM, into=LIST:ITEM, until=CEL, in_turn (multiple instances); until= and in_turn
of an ad-hoc sub-process, and until= of a complex gateway mean its own conditions.
"""

from __future__ import annotations

import itertools
import shlex
from dataclasses import dataclass, field
from typing import Final
from xml.sax.saxutils import escape, quoteattr

_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:wz="urn:wenzheng:bpmn:1"
             xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="urn:test">
"""
_TAGS: Final = {
    "start": "startEvent",
    "end": "endEvent",
    "task": "task",
    "manual": "manualTask",
    "user": "userTask",
    "service": "serviceTask",
    "script": "scriptTask",
    "send": "sendTask",
    "receive": "receiveTask",
    "call": "callActivity",
    "xor": "exclusiveGateway",
    "or": "inclusiveGateway",
    "and": "parallelGateway",
    "complex": "complexGateway",
    "events": "eventBasedGateway",
    "catch": "intermediateCatchEvent",
    "throw": "intermediateThrowEvent",
    "boundary": "boundaryEvent",
}
_SCOPES: Final = {
    "sub": "subProcess",
    "handler": "subProcess",
    "transaction": "transaction",
    "adhoc": "adHocSubProcess",
}
_ATTRIBUTES: Final = {
    "on": "attachedToRef",
    "default": "default",
    "of": "calledElement",
    "starts": "startQuantity",
    "tokens": "completionQuantity",
}
_TIMES: Final = {"duration": "timeDuration", "date": "timeDate", "cycle": "timeCycle"}
_NAMED: Final = {"message": "name", "signal": "name", "error": "errorCode", "escalation": "escalationCode"}

Pairs = list[tuple[str, str]]


def definitions(body: str) -> bytes:
    """A BPMN file with these elements inside `definitions`."""
    return f"{_HEAD}{body}</definitions>\n".encode()


def process(body: str, attributes: str = "") -> bytes:
    """A BPMN file with one executable process `p`, its content written as XML."""
    return definitions(f'<process id="p" isExecutable="true" {attributes}>\n{body}\n</process>\n')


def bpmn(notation: str, *, as_it_is: bool = False) -> bytes:
    """The BPMN file of a process `p` in the short notation.

    Where a start or an end event is drawn, each path ends in an end event (BPMN 2.0.2 p. 246): paths that the
    notation leaves open get one of their own, unless the file is wanted as it is.
    """
    return Writer(as_it_is=as_it_is).write(notation)


def _called(attribute: str, name: str) -> str:
    """What is matched by a code has a name, too."""
    return f'name="{name}"' + ("" if attribute == "name" else f' {attribute}="{name}"')


@dataclass
class _Process:
    id: str
    head: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)


OVER: Final = "over_"
"""How ids of end events begin that the notation does not draw; a run's trace leaves them out."""


@dataclass
class _Paths:
    """The elements of a scope that nothing follows so far."""

    open: dict[str, None] = field(default_factory=dict)
    led_on: set[str] = field(default_factory=set)
    drawn: bool = False
    open_end: bool = False

    def note(self, kind: str, name: str, given: dict[str, str]) -> None:
        """An element of the scope."""
        self.drawn |= kind in {"start", "end"}
        undone = "undo" in given or (kind == "boundary" and "compensation" in given)
        leads_away = kind in {"end", "handler"} or (kind == "throw" and "link" in given)
        if not undone and not leads_away and name not in self.led_on:
            self.open[name] = None


@dataclass
class Writer:
    """Writes one file."""

    named: dict[str, dict[str, None]] = field(default_factory=lambda: {kind: {} for kind in _NAMED})
    fields: dict[str, list[str]] = field(default_factory=dict)
    processes: list[_Process] = field(default_factory=lambda: [_Process("p")])
    globals: list[str] = field(default_factory=list)
    open_tags: list[str] = field(default_factory=list)
    as_it_is: bool = False
    open_paths: list[_Paths] = field(default_factory=lambda: [_Paths()])

    def write(self, notation: str) -> bytes:
        """The bytes of the file."""
        lines = [line.strip() for line in notation.splitlines() if line.strip()]
        for line in lines:
            if line.startswith("field "):
                self._field(line)
        for line in lines:
            self._line(line)
        self._end_paths()
        declared = [
            f'<{kind} id="{kind}_{name}" {_called(attribute, name)}/>'
            for kind, attribute in _NAMED.items()
            for name in self.named[kind]
        ]
        written = []
        for one in self.processes:
            extensions = f"<extensionElements>{''.join(one.head)}</extensionElements>" if one.head else ""
            inner = "\n".join([extensions, *one.body])
            written.append(f'<process id="{one.id}" isExecutable="true">{inner}</process>')
        return definitions("\n".join([*declared, *written, *self.globals]))

    @property
    def _body(self) -> list[str]:
        return self.processes[-1].body

    def _line(self, line: str) -> None:
        kind, _, rest = line.partition(" ")
        if kind == "field":
            return
        if kind == "close":
            self._end_paths()
            self._body.append(f"</{self.open_tags.pop()}>")
        elif kind == "process":
            self._end_paths()
            self.open_paths.append(_Paths())
            self.processes.append(_Process(rest))
        elif kind == "global":
            name, _, script = rest.partition(": ")
            self.globals.append(f'<globalScriptTask id="{name}">{_script(script)}</globalScriptTask>')
        elif kind == "var":
            self._variable(rest)
        elif kind == "clock":
            self._clock(rest)
        elif kind in {"pause", "extension", "restart", "rule"}:
            self._clock_part(kind, rest)
        elif " => " in line:
            source, target = line.split(" => ")
            self._body.append(f'<association id="a_{source}" sourceRef="{source}" targetRef="{target}"/>')
        elif " -> " in line and kind not in _TAGS:
            self._flow(line)
        else:
            self._element(kind, rest)

    def _variable(self, rest: str) -> None:
        declared, _, initial = rest.partition(" = ")
        name, kind, *flags = declared.split()
        more = f" initial={quoteattr(initial)}" if initial else ""
        more += ' required="true"' if "required" in flags else ""
        self.processes[-1].head.append(f'<wz:variable name="{name}" type="{kind}"{more}/>')

    def _clock(self, rest: str) -> None:
        name, *pairs = rest.split()
        given = dict(pair.split("=") for pair in pairs)
        ends = _listed(
            {key: given.pop(key) for key in ("starts", "stops", "from", "unit", "whose") if key in given}
        )
        thresholds = ""
        for key, text in given.items():
            after, _, notify = text.partition(":")
            lamp = f' lamp="{key}"' if key in {"yellow", "red"} else ""
            side = f'before="{after[1:]}"' if after.startswith("-") else f'after="{after}"'
            thresholds += f'<wz:threshold id="{key}" {side}{lamp} notify="{notify.replace(",", " ")}"/>'
        self.processes[-1].head.append(f'<wz:clock id="{name}" {ends}>{thresholds}</wz:clock>')

    def _clock_part(self, kind: str, rest: str) -> None:
        """`pause`, `extension`, `restart` or `rule` of the clock named first."""
        clock, *pairs = shlex.split(rest)
        part = f"<wz:{kind} {_listed(dict(pair.split('=', 1) for pair in pairs))}/>"
        head = self.processes[-1].head
        place = next(n for n, one in enumerate(head) if one.startswith(f'<wz:clock id="{clock}"'))
        head[place] = head[place].removesuffix("</wz:clock>") + f"{part}</wz:clock>"

    def _field(self, line: str) -> None:
        _, owner, name, kind, *options = line.split()
        more = "".join(
            f' {key}="{(value or "true").replace(",", " ")}"'
            for key, _, value in (o.partition("=") for o in options)
        )
        self.fields.setdefault(owner, []).append(f'<wz:field id="{name}" type="{kind}"{more}/>')

    def _flow(self, line: str) -> None:
        path, _, condition = line.partition(" if ")
        nodes = path.split(" -> ")
        inner = f"<conditionExpression>{escape(condition)}</conditionExpression>" if condition else ""
        for source, target in itertools.pairwise(nodes):
            self.open_paths[-1].open.pop(source, None)
            self.open_paths[-1].led_on.add(source)
            self._body.append(
                f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">'
                f"{inner}</sequenceFlow>"
            )

    def _element(self, kind: str, rest: str) -> None:
        rest, _, script = rest.partition(": ") if kind == "script" else (rest, "", "")
        name, *words = shlex.split(rest)
        pairs: Pairs = [(key, value) for key, _, value in (word.partition("=") for word in words)]
        tag = _SCOPES.get(kind) or _TAGS[kind]
        inner = self._content(kind, name, pairs, script)
        self.open_paths[-1].note(kind, name, dict(pairs))
        start = f'<{tag} id="{name}"{self._attributes(kind, dict(pairs))}>{inner}'
        if kind in _SCOPES:
            self.open_tags.append(tag)
            self.open_paths.append(_Paths(open_end=kind == "adhoc"))
            self._body.append(start)
        else:
            self._body.append(f"{start}</{tag}>")

    def _end_paths(self) -> None:
        paths = self.open_paths.pop()
        if self.as_it_is or paths.open_end or not paths.drawn:
            return
        for name in paths.open:
            end = f"{OVER}{name}"
            flow = f'<sequenceFlow id="{name}_{end}" sourceRef="{name}" targetRef="{end}"/>'
            self._body.append(f'{flow}<endEvent id="{end}"/>')

    def _attributes(self, kind: str, given: dict[str, str]) -> str:
        found = {_ATTRIBUTES[key]: value for key, value in given.items() if key in _ATTRIBUTES}
        if kind == "user":
            found["wz:role"] = given.get("role", "clerk")
        if kind in {"send", "receive"}:
            found["messageRef"] = self._name("message", given["message"])
        flags = {
            "cancelActivity": ("false", kind == "boundary" and "keep" in given),
            "isInterrupting": ("false", kind == "start" and "keep" in given),
            "cancelRemainingInstances": ("false", kind == "adhoc" and "keep" in given),
            "ordering": ("Sequential", kind == "adhoc" and "in_turn" in given),
            "triggeredByEvent": ("true", kind == "handler"),
            "isForCompensation": ("true", "undo" in given),
            "instantiate": ("true", "instantiate" in given),
            "parallelMultiple": ("true", "all" in given and kind != "events"),
            "eventGatewayType": ("Parallel", "all" in given and kind == "events"),
        }
        found |= {name: value for name, (value, wanted) in flags.items() if wanted}
        return "".join(f" {name}={quoteattr(value)}" for name, value in found.items())

    def _content(self, kind: str, name: str, pairs: Pairs, script: str) -> str:
        given = dict(pairs)
        loop = self._loop(kind, given)
        if kind == "script":
            return loop + _script(script)
        if kind == "service":
            return _service(given) + loop
        if kind == "complex":
            return f"<activationCondition>{escape(given['until'])}</activationCondition>" if given else ""
        if name in self.fields:
            return f"<extensionElements>{''.join(self.fields[name])}</extensionElements>{loop}"
        if kind in {"start", "end", "catch", "throw", "boundary"}:
            return "".join(self._trigger(key, value, given) for key, value in pairs)
        if kind == "adhoc" and "until" in given:
            loop += f"<completionCondition>{escape(given['until'])}</completionCondition>"
        return loop

    def _loop(self, kind: str, given: dict[str, str]) -> str:
        if given.keys() & {"while", "max"}:
            attributes = ' testBefore="true"' if "before" in given else ""
            attributes += f' loopMaximum="{given["max"]}"' if "max" in given else ""
            inner = _tag("loopCondition", given.get("while"))
            return f"<standardLoopCharacteristics{attributes}>{inner}</standardLoopCharacteristics>"
        if kind == "adhoc" or not given.keys() & {"times", "each"}:
            return ""
        attributes = ' isSequential="true"' if "in_turn" in given else ""
        items, _, item = given.get("each", "").partition(":")
        results, _, result = given.get("into", "").partition(":")
        inner = _tag("loopCardinality", given.get("times"))
        inner += _tag("loopDataInputRef", items) + _tag("loopDataOutputRef", results)
        inner += f'<inputDataItem name="{item}"/>' if item else ""
        inner += f'<outputDataItem name="{result}"/>' if result else ""
        inner += _tag("completionCondition", given.get("until"))
        tag = "multiInstanceLoopCharacteristics"
        return f"<{tag}{attributes}>{inner}</{tag}>"

    def _trigger(self, key: str, value: str, given: dict[str, str]) -> str:
        if key in _NAMED:
            reference = f' {key}Ref="{self._name(key, value)}"' if value else ""
            return f"<{key}EventDefinition{reference}/>"
        if key in _TIMES:
            return f"<timerEventDefinition>{_tag(_TIMES[key], value)}</timerEventDefinition>"
        waits = ' waitForCompletion="false"' if "nowait" in given else ""
        activity = f' activityRef="{value}"' if value else ""
        return {
            "terminate": "<terminateEventDefinition/>",
            "cancel": "<cancelEventDefinition/>",
            "compensation": f"<compensateEventDefinition{activity}{waits}/>",
            "link": f'<linkEventDefinition name="{value}"/>',
            "condition": _tag("conditionalEventDefinition", _tag("condition", value), escaped=True),
            "days": f"<timerEventDefinition {_since(given, value)}/>",
        }.get(key, "")

    def _name(self, kind: str, name: str) -> str:
        self.named[kind][name] = None
        return f"{kind}_{name}"


def _tag(name: str, text: str | None, *, escaped: bool = False) -> str:
    return f"<{name}>{text if escaped else escape(text)}</{name}>" if text else ""


def _script(script: str) -> str:
    return f"<script>{escape(script.replace('; ', chr(10)))}</script>"


def _service(given: dict[str, str]) -> str:
    loops = {
        "while",
        "max",
        "before",
        "times",
        "each",
        "into",
        "until",
        "in_turn",
        "starts",
        "tokens",
        "undo",
    }
    given = {key: value for key, value in given.items() if key not in loops}
    call = given.pop("call", "ping")
    output = f' output="{given.pop("output")}"' if "output" in given else ""
    inputs = "".join(f'<wz:input name="{key}" value={quoteattr(text)}/>' for key, text in given.items())
    return f'<extensionElements><wz:service name="{call}"{output}>{inputs}</wz:service></extensionElements>'


def _since(given: dict[str, str], count: str) -> str:
    """How many days of which kind a timer counts, and from which day."""
    since = f' wz:from="{given["from"]}"' if "from" in given else ""
    return f'wz:{given.get("of_unit", "workingDays")}="{count}"{since}'


def _listed(given: dict[str, str]) -> str:
    """Attributes; several names in one value stand behind commas."""
    return " ".join(f"{key}={quoteattr(value.replace(',', ' '))}" for key, value in given.items())
