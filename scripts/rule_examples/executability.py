"""A wrong and a right example for rules of what is executed here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from scripts.rule_examples.example import Example, rule

_LINE: Final = "start s\ntask t\nend e\ns -> t -> e"
_USER: Final = "start s\nuser u\nend e\ns -> u -> e\n"
_CLOCK: Final = "clock c starts=s stops=u yellow=5:centre_head"
_CALL: Final = "start s\ncall c of=q\nend e\ns -> c -> e\nprocess q\nstart i\ntask t\nend j\ni -> t -> j"
_LOOP: Final = "var n int = 1\nstart s\nscript t max=3 while='loopCounter < n': n = n\nend e\ns -> t -> e"
_TOLD: Final = (
    "var petition_id string required\nstart s\n"
    "service t call=notify_author petition_id=petition_id WITH\nend e\ns -> t -> e"
)
_PLAIN: Final = (
    '<process id="p" isExecutable="true"><startEvent id="s"/><task id="t"/><endEvent id="e"/>\n'
    '<sequenceFlow id="f" sourceRef="s" targetRef="t"/><sequenceFlow id="g" sourceRef="t" targetRef="e"/>\n'
    "</process>"
)
_ROLE: Final = _PLAIN.replace('<task id="t"/>', '<userTask id="t" wz:role="clerk">EXT</userTask>')
_FIELD: Final = '<wz:field id="ok" type="bool"/>'


def _extended(inner: str) -> str:
    return _ROLE.replace("EXT", f"<extensionElements>{inner}</extensionElements>")


def _declared(inner: str) -> str:
    return _PLAIN.replace("<startEvent", f"<extensionElements>{inner}</extensionElements><startEvent", 1)


HERE_EXAMPLES: Final[Mapping[str, Example]] = {
    "xml-doctype": rule("a DOCTYPE: it could declare entities", "=== p.bpmn\n!<!DOCTYPE x><x/>", _LINE),
    "no-process": rule("a file without a process", '<message id="m" name="m"/>', _PLAIN),
    "process-not-executable": rule(
        "a process that does not say that it is executable",
        _PLAIN.replace(' isExecutable="true"', ""),
        _PLAIN,
    ),
    "duplicate-process": rule(
        "a process that stands in two files",
        f"=== p.bpmn\n{_LINE}\n=== q.bpmn\n{_LINE}\n",
        f"=== p.bpmn\n{_LINE}\n",
    ),
    "missing-id": rule(
        "an element without an id", _PLAIN.replace('<sequenceFlow id="f"', "<sequenceFlow"), _PLAIN
    ),
    "element-not-executed": rule(
        "an element that is not executed",
        _PLAIN.replace("<startEvent", "<auditing/><startEvent", 1),
        _PLAIN,
    ),
    "attribute-not-executed": rule(
        "an attribute that is not executed",
        _PLAIN.replace('<task id="t"', '<task id="t" colour="red"'),
        _PLAIN,
    ),
    "vendor-extension": rule(
        "markup of another tool that changes what happens",
        _PLAIN.replace(
            '<task id="t"',
            '<task xmlns:camunda="http://camunda.org/schema/1.0/bpmn" camunda:assignee="li" id="t"',
        ),
        _ROLE.replace("EXT", ""),
    ),
    "vendor-note": rule(
        "markup of another tool that says nothing about what happens (a warning)",
        _PLAIN.replace(
            '<task id="t"',
            '<task xmlns:camunda="http://camunda.org/schema/1.0/bpmn" camunda:asyncBefore="true" id="t"',
        ),
        _PLAIN,
    ),
    "calendar-name": rule(
        "what cannot be the name of a calendar",
        _PLAIN.replace(' isExecutable="true"', ' isExecutable="true" wz:calendar="Our office"'),
        _PLAIN.replace(' isExecutable="true"', ' isExecutable="true" wz:calendar="cn"'),
    ),
    "calendar-unknown": rule(
        "a calendar that did not come with the program (a warning); deploying asks for those of the city",
        _PLAIN.replace(' isExecutable="true"', ' isExecutable="true" wz:calendar="cn-ofice"'),
        _PLAIN.replace(' isExecutable="true"', ' isExecutable="true" wz:calendar="cn"'),
    ),
    "several-starts": rule(
        "several start events without a trigger",
        "start s\nstart t\nend e\nend f\ns -> e\nt -> f",
        "start s\nstart t message=m\nend e\nend f\ns -> e\nt -> f",
    ),
    "event-sub-process-loop": rule(
        "an event sub-process with a loop",
        "start s\nhandler x times=2\nstart i signal=a\nend j\ni -> j\nclose\nend e\ns -> e",
        "start s\nhandler x\nstart i signal=a\nend j\ni -> j\nclose\nend e\ns -> e",
    ),
    "start-cycle": rule(
        "a process that begins again and again",
        "start s cycle=R3/PT1H\nend e\ns -> e",
        "start s\nend e\ns -> e",
    ),
    "condition-missing": rule(
        "a choice with a way that has no condition and is not the default",
        "var n int = 1\nstart s\nxor x\nend e\nend f\ns -> x\nx -> e if n > 1\nx -> f",
        "var n int = 1\nstart s\nxor x default=x_f\nend e\nend f\ns -> x\nx -> e if n > 1\nx -> f",
    ),
    "default-with-condition": rule(
        "a default flow with a condition",
        "var n int = 1\nstart s\nxor x default=x_f\nend e\nend f\ns -> x\nx -> e if n > 1\nx -> f if n < 1",
        "var n int = 1\nstart s\nxor x default=x_f\nend e\nend f\ns -> x\nx -> e if n > 1\nx -> f",
    ),
    "activation-missing": rule(
        "a complex gateway that merges and does not say when it goes on",
        "start s\nand x\ntask a\ntask b\ncomplex j\nend e\ns -> x -> a -> j -> e\nx -> b -> j",
        "start s\nand x\ntask a\ntask b\ncomplex j until='activationCount >= 2'\nend e\n"
        "s -> x -> a -> j -> e\nx -> b -> j",
    ),
    "loop-maximum": rule("a loop whose maximum is no number", _LOOP.replace("max=3", "max=many"), _LOOP),
    "attribute-out-of-place": rule(
        "an expression that counts rounds where there is no loop",
        "start s\nxor x default=x_f\nend e\nend f\ns -> x\nx -> e if loopCounter > 1\nx -> f",
        _LOOP,
    ),
    "unknown-called-element": rule("a call of nothing", _CALL.replace("of=q", "of=r"), _CALL),
    "call-of-itself": rule("a process that calls itself", _CALL.replace("task t", "call t of=q"), _CALL),
    "message-without-name": rule(
        "a message without a name", f'<message id="m"/>{_PLAIN}', f'<message id="m" name="m"/>{_PLAIN}'
    ),
    "signal-without-name": rule(
        "a signal without a name", f'<signal id="m"/>{_PLAIN}', f'<signal id="m" name="m"/>{_PLAIN}'
    ),
    "timer-needs-one-time": rule(
        "a timer that does not say when, or says it twice",
        "start s\ncatch c duration=P3D\nend e\ns -> c -> e\n".replace("duration=P3D", "duration="),
        "start s\ncatch c duration=P3D\nend e\ns -> c -> e",
    ),
    "expression-language": rule(
        "an expression that says that it is not CEL",
        _PLAIN.replace(
            '<task id="t"/>', '<scriptTask id="t" scriptFormat="python"><script># x</script></scriptTask>'
        ),
        _PLAIN.replace('<task id="t"/>', '<scriptTask id="t"><script># x</script></scriptTask>'),
    ),
    "role-missing": rule(
        "a task of people that does not say whose",
        _PLAIN.replace("<task ", "<userTask "),
        _ROLE.replace("EXT", ""),
    ),
    "script-missing": rule(
        "a script task without a script",
        _PLAIN.replace("<task ", "<scriptTask "),
        _PLAIN.replace('<task id="t"/>', '<scriptTask id="t"><script># x</script></scriptTask>'),
    ),
    "service-missing": rule(
        "a service task that names no activity",
        _PLAIN.replace("<task ", "<serviceTask "),
        _TOLD.replace("WITH", "template=\"'replied'\""),
    ),
    "unknown-service": rule(
        "a service task that names an activity nobody has registered",
        _TOLD.replace("notify_author", "nobody").replace("WITH", "template=\"'replied'\""),
        _TOLD.replace("WITH", "template=\"'replied'\""),
    ),
    "service-input": rule(
        "an activity that is not given what it needs",
        _TOLD.replace("WITH", ""),
        _TOLD.replace("WITH", "template=\"'replied'\""),
    ),
    "decision-missing": rule(
        "a business rule task without a table", _PLAIN.replace("<task ", "<businessRuleTask "), _PLAIN
    ),
    "extension-missing": rule(
        "a wz: element without what it needs",
        _extended(_FIELD.replace(' type="bool"', "")),
        _extended(_FIELD),
    ),
    "extension-attribute": rule(
        "a wz: element with an attribute that it does not have",
        _extended(_FIELD.replace("/>", ' colour="red"/>')),
        _extended(_FIELD),
    ),
    "extension-value": rule(
        "a wz: element with a value that it cannot have",
        _extended(_FIELD.replace("bool", "colour")),
        _extended(_FIELD),
    ),
    "name-not-ascii": rule(
        "a variable whose name is not ASCII",
        _extended(_FIELD.replace("ok", "同意")),
        _extended(_FIELD),
        "variable_name",
    ),
    "duplicate-field": rule("a form that asks twice", _extended(_FIELD + _FIELD), _extended(_FIELD)),
    "duplicate-variable": rule(
        "a variable that is declared twice",
        _declared('<wz:variable name="n" type="int"/><wz:variable name="n" type="int"/>'),
        _declared('<wz:variable name="n" type="int"/>'),
    ),
    "initial-value": rule(
        "a first value of another type than the variable's",
        f"var n int = 'one'\n{_LINE}",
        f"var n int = 1\n{_LINE}",
    ),
    "field-type": rule(
        "a field of another type than the variable of its name",
        f"var ok int\n{_USER}field u ok bool\n{_CLOCK}",
        f"var ok bool\n{_USER}field u ok bool\n{_CLOCK}",
    ),
    "unknown-role": rule(
        "a task of a role that nobody has",
        f"{_USER}{_CLOCK}".replace("user u", "user u role=clark"),
        f"{_USER}{_CLOCK}",
    ),
    "unknown-recipient": rule(
        "a lamp that is told to a name nobody has",
        f"{_USER}{_CLOCK}".replace("centre_head", "boss"),
        f"{_USER}{_CLOCK}",
    ),
    "threshold-order": rule(
        "limits of a clock that do not follow each other",
        f"{_USER}{_CLOCK} red=5:supervision",
        f"{_USER}{_CLOCK} red=9:supervision",
    ),
    "clock-day0": rule(
        "a clock that counts from what is no date",
        f"var day string\n{_USER}{_CLOCK} from=day",
        f"var day date\n{_USER}{_CLOCK} from=day",
    ),
    "syntax": rule(
        "an expression that is no CEL",
        "var n int = 1\nstart s\nxor x default=x_f\nend e\nend f\ns -> x\nx -> e if n >\nx -> f",
        "var n int = 1\nstart s\nxor x default=x_f\nend e\nend f\ns -> x\nx -> e if n > 1\nx -> f",
    ),
    "not_declared": rule(
        "an expression that names a variable nobody declares",
        "start s\nxor x default=x_f\nend e\nend f\ns -> x\nx -> e if n > 1\nx -> f",
        "var n int = 1\nstart s\nxor x default=x_f\nend e\nend f\ns -> x\nx -> e if n > 1\nx -> f",
    ),
    "wrong_result_type": rule(
        "an expression whose value is of another type than wanted",
        "var n int = 1\nstart s\nxor x default=x_f\nend e\nend f\ns -> x\nx -> e if n + 1\nx -> f",
        "var n int = 1\nstart s\nxor x default=x_f\nend e\nend f\ns -> x\nx -> e if n > 1\nx -> f",
    ),
    "bad_line": rule(
        "a line of a script that is none",
        "var n int = 1\nstart s\nscript t: import os\nend e\ns -> t -> e",
        "var n int = 1\nstart s\nscript t: n = n + 1\nend e\ns -> t -> e",
    ),
}
