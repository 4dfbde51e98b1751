"""A short notation for BPMN, so that a test shows its process in a few lines; and a run of it.

One element a line, `kind id key=value …`; flows `a -> b -> c`, their ids `a_b`; a condition
stands behind `if`. A sub-process begins with `sub id` and ends with `close`:

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

Kinds: start end user service script send receive xor and catch throw boundary sub.
Triggers: message=NAME duration= date= days= error=CODE terminate. `keep` does not interrupt.
"""

from __future__ import annotations

import itertools
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from wenzheng.calendars.china import china
from wenzheng.engine.compiled import CompiledProcess
from wenzheng.engine.compiler import compile_bpmn
from wenzheng.engine.effects import Effect
from wenzheng.engine.events import (
    Event,
    IncidentResolved,
    MessageReceived,
    ServiceFailed,
    ServiceFinished,
    Start,
    TaskCompleted,
    TimeReached,
)
from wenzheng.engine.findings import DefinitionRefused, Finding
from wenzheng.engine.instance import ProcessInstance
from wenzheng.engine.services import ServiceContract, ServiceInput
from wenzheng.engine.state import dump, load, pack, unpack
from wenzheng.engine.step import open_user_tasks, step

CALENDAR: Final = china()
MONDAY: Final = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)
"""Ten in the morning of an ordinary working Monday in Beijing."""

SERVICES: Final = {
    contract.name: contract
    for contract in (
        ServiceContract("ping", {}, {}, timedelta(seconds=5)),
        ServiceContract(
            "tell",
            {"who": ServiceInput("string"), "how": ServiceInput("string", required=False, values=("a", "b"))},
            {"told": "bool"},
            timedelta(seconds=5),
        ),
    )
}
_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:wz="urn:wenzheng:bpmn:1"
             xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="urn:test">
"""
_TAGS: Final = {
    "start": "startEvent",
    "end": "endEvent",
    "user": "userTask",
    "service": "serviceTask",
    "script": "scriptTask",
    "send": "sendTask",
    "receive": "receiveTask",
    "xor": "exclusiveGateway",
    "and": "parallelGateway",
    "catch": "intermediateCatchEvent",
    "throw": "intermediateThrowEvent",
    "boundary": "boundaryEvent",
}


def definitions(body: str) -> bytes:
    """A BPMN file with these elements inside `definitions`."""
    return f"{_HEAD}{body}</definitions>\n".encode()


def process(body: str, attributes: str = "") -> bytes:
    """A BPMN file with one executable process `p`, its content written as XML."""
    return definitions(f'<process id="p" isExecutable="true" {attributes}>\n{body}\n</process>\n')


def bpmn(notation: str) -> bytes:
    """The BPMN file of a process `p` in the short notation."""
    return _Writer().write(notation)


def compiled(
    source: str | bytes, services: Mapping[str, ServiceContract] = SERVICES, process_id: str = "p"
) -> CompiledProcess:
    """The compiled process of a short notation or of a file's bytes."""
    data = source if isinstance(source, bytes) else bpmn(source)
    return compile_bpmn({"p.bpmn": data}, services)[0][process_id]


@dataclass
class _Writer:
    messages: dict[str, None] = field(default_factory=dict)
    errors: dict[str, None] = field(default_factory=dict)
    fields: dict[str, list[str]] = field(default_factory=dict)
    body: list[str] = field(default_factory=list)
    head: list[str] = field(default_factory=list)

    def write(self, notation: str) -> bytes:
        lines = [line.strip() for line in notation.splitlines() if line.strip()]
        for line in lines:
            if line.startswith("field "):
                self._field(line)
        for line in lines:
            self._line(line)
        declared = [f'<message id="message_{name}" name="{name}"/>' for name in self.messages]
        declared += [f'<error id="error_{code}" errorCode="{code}"/>' for code in self.errors]
        extensions = f"<extensionElements>{''.join(self.head)}</extensionElements>" if self.head else ""
        inner = "\n".join([extensions, *self.body])
        return definitions("\n".join([*declared, f'<process id="p" isExecutable="true">{inner}</process>']))

    def _line(self, line: str) -> None:
        kind, _, rest = line.partition(" ")
        if kind == "field":
            return
        if kind == "close":
            self.body.append("</subProcess>")
        elif kind == "var":
            self._variable(rest)
        elif kind == "clock":
            self._clock(rest)
        elif " -> " in line and kind not in _TAGS:
            self._flow(line)
        else:
            self._element(kind, rest)

    def _variable(self, rest: str) -> None:
        declared, _, initial = rest.partition(" = ")
        name, kind, *flags = declared.split()
        more = f" initial={quoteattr(initial)}" if initial else ""
        more += ' required="true"' if "required" in flags else ""
        self.head.append(f'<wz:variable name="{name}" type="{kind}"{more}/>')

    def _clock(self, rest: str) -> None:
        name, *pairs = rest.split()
        given = dict(pair.split("=") for pair in pairs)
        ends = " ".join(f'{key}="{given.pop(key)}"' for key in ("starts", "stops", "from") if key in given)
        thresholds = ""
        for key, text in given.items():
            after, _, notify = text.partition(":")
            lamp = f' lamp="{key}"' if key in {"yellow", "red"} else ""
            thresholds += (
                f'<wz:threshold id="{key}" after="{after}"{lamp} notify="{notify.replace(",", " ")}"/>'
            )
        self.head.append(f'<wz:clock id="{name}" {ends}>{thresholds}</wz:clock>')

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
            self.body.append(
                f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">'
                f"{inner}</sequenceFlow>"
            )

    def _element(self, kind: str, rest: str) -> None:
        rest, _, script = rest.partition(": ") if kind == "script" else (rest, "", "")
        name, *pairs = shlex.split(rest)
        given = {key: value for key, _, value in (pair.partition("=") for pair in pairs)}
        if kind == "sub":
            self.body.append(f'<subProcess id="{name}">')
            return
        tag = _TAGS[kind]
        attributes = f'id="{name}"'
        if "on" in given:
            attributes += f' attachedToRef="{given["on"]}"'
        if "keep" in given:
            attributes += ' cancelActivity="false"'
        if "default" in given:
            attributes += f' default="{given["default"]}"'
        if kind == "user":
            attributes += f' wz:role="{given.get("role", "clerk")}"'
        if kind in {"send", "receive"}:
            attributes += f' messageRef="{self._message(given["message"])}"'
        inner = self._content(kind, name, given, script)
        self.body.append(f"<{tag} {attributes}>{inner}</{tag}>")

    def _content(self, kind: str, name: str, given: dict[str, str], script: str) -> str:
        if kind == "script":
            return f"<script>{escape(script.replace('; ', chr(10)))}</script>"
        if kind == "service":
            return self._service(given)
        if name in self.fields:
            return f"<extensionElements>{''.join(self.fields[name])}</extensionElements>"
        if kind in {"send", "receive"}:
            return ""
        return self._trigger(given)

    def _service(self, given: dict[str, str]) -> str:
        call = given.pop("call", "ping")
        output = f' output="{given.pop("output")}"' if "output" in given else ""
        inputs = "".join(f'<wz:input name="{key}" value={quoteattr(text)}/>' for key, text in given.items())
        return (
            f'<extensionElements><wz:service name="{call}"{output}>{inputs}</wz:service></extensionElements>'
        )

    def _trigger(self, given: dict[str, str]) -> str:
        if "message" in given:
            return f'<messageEventDefinition messageRef="{self._message(given["message"])}"/>'
        if "error" in given:
            self.errors[given["error"]] = None
            return f'<errorEventDefinition errorRef="error_{given["error"]}"/>'
        if "terminate" in given:
            return "<terminateEventDefinition/>"
        if "days" in given:
            return f'<timerEventDefinition wz:workingDays="{given["days"]}"/>'
        for key, tag in (("duration", "timeDuration"), ("date", "timeDate")):
            if key in given:
                return f"<timerEventDefinition><{tag}>{given[key]}</{tag}></timerEventDefinition>"
        return ""

    def _message(self, name: str) -> str:
        self.messages[name] = None
        return f"message_{name}"


class Run:
    """An instance of one process in virtual time, and what it has done so far.

    With `restored` the instance is written out and read back after every event.
    """

    def __init__(
        self,
        source: str | bytes | CompiledProcess,
        *,
        now: datetime = MONDAY,
        restored: bool = False,
    ) -> None:
        self.process = source if isinstance(source, CompiledProcess) else compiled(source)
        self.now = now
        self.restored = restored
        self.instance = ProcessInstance(self.process, CALENDAR)
        self.instance.trace = []
        self.effects: list[Effect] = []

    def start(self, **variables: Any) -> Run:
        """Begin; returns itself."""
        self.do(Start(variables))
        return self

    def do(self, event: Event) -> list[Effect]:
        """Let an event happen now."""
        effects = step(self.instance, event, self.now)
        self.effects += effects
        if self.restored:
            trace = self.instance.trace
            self.instance = load(unpack(pack(dump(self.instance))), self.process, CALENDAR)
            self.instance.trace = trace
        return effects

    def complete(self, element: str, role: str = "clerk", **data: Any) -> list[Effect]:
        """Somebody completes a user task."""
        return self.do(TaskCompleted(element, "c1", role, data))

    def message(self, name: str, **data: Any) -> list[Effect]:
        """A message arrives."""
        return self.do(MessageReceived(name, data))

    def wait(self, **duration: float) -> list[Effect]:
        """Time passes (keywords of timedelta), and the alarm rings once."""
        self.now += timedelta(**duration)
        return self.do(TimeReached())

    def until(self, instant: datetime) -> list[Effect]:
        """Time passes to an instant, and the alarm rings once."""
        self.now = instant
        return self.do(TimeReached())

    def serve(self, output: Mapping[str, Any] | None = None) -> list[Effect]:
        """The oldest open service call ends well."""
        return self.do(ServiceFinished(next(iter(self.instance.calls)), dict(output or {})))

    def fail(self, code: str = "broken", message: str = "It broke.") -> list[Effect]:
        """The oldest open service call fails for good."""
        return self.do(ServiceFailed(next(iter(self.instance.calls)), code, message))

    def resolve(self, action: str, **data: Any) -> list[Effect]:
        """An operator resolves the oldest open incident."""
        return self.do(IncidentResolved(next(iter(self.instance.incidents)), action, "op", data))

    @property
    def open(self) -> list[str]:
        """The open user tasks, oldest first."""
        return [task.task_spec.element.id for task in open_user_tasks(self.instance)]

    @property
    def at(self) -> list[str]:
        """Where tokens are: the elements of all live tasks, oldest first."""
        return [task.task_spec.element.id for task in self.instance.live.values()]

    @property
    def completed(self) -> list[str]:
        """The elements completed so far, in order."""
        return self.traced("completed")

    def traced(self, event: str) -> list[str]:
        """The elements of one kind of trace line, in order."""
        return [entry.element for entry in self.instance.trace or [] if entry.event == event]

    @property
    def state(self) -> str | None:
        """How the instance ended; None while it runs."""
        return str(self.instance.ended["state"]) if self.instance.ended else None

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The data of all effects of a kind so far."""
        return [effect.data for effect in self.effects if effect.kind == kind]

    @property
    def codes(self) -> list[str]:
        """The codes of open incidents."""
        return [str(incident["code"]) for incident in self.instance.incidents.values()]


def findings_of(action: Callable[[], object]) -> list[Finding]:
    """The findings with which an action refuses a definition."""
    try:
        action()
    except DefinitionRefused as refused:
        return refused.findings
    raise AssertionError("Expected the definition to be refused, found it was not.")
