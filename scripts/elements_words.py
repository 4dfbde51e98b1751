"""Sentences of the page of executed elements: one for each word of the vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from wenzheng.catalog.bundle import MAX_BUNDLE_BYTES
from wenzheng.engine import vocabulary as words
from wenzheng.engine.extensions import MAX_VARIABLES, MAX_WORKING_DAYS
from wenzheng.engine.reader import MAX_FLOW_NODES, MAX_NESTING
from wenzheng.engine.timers import LAST_YEAR
from wenzheng.engine.xml_tree import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS

ELEMENTS: Final[Mapping[str, str]] = {
    "startEvent": "Begins the process or the sub-process. A sub-process has one, without a trigger. A "
    "process may have one without a trigger and others with: the plain one begins at once and the "
    "others never fire; without a plain one, the first trigger that fires begins and withdraws the others.",
    "endEvent": "Takes the token away. The scope ends when no token is left. With `terminate` it cancels "
    "everything else in its scope; with `error` it ends the whole instance as failed.",
    "intermediateCatchEvent": "Waits for its message or its time.",
    "intermediateThrowEvent": "With a message: records it with the variables, and goes on. This version "
    "delivers messages to nobody. Without a trigger it marks a state that is reached: with `wz:fact` the "
    "fact is established there and keeps the values of the variables in `wz:keeps`; without it, the token "
    "passes.",
    "boundaryEvent": "Waits while its activity is open, from before the activity begins. An interrupting one "
    "cancels the activity; `cancelActivity='false'` lets a further token out: a timer once, a message each "
    "time.",
    "userTask": "Opens a task for people of its `wz:role` and waits. Its form is checked when it is "
    "completed; each field becomes the variable of that name, an empty field null.",
    "serviceTask": "Calls the activity named by `wz:service` and waits for its result.",
    "scriptTask": "Runs lines of `name = expression`. `throw CODE` ends the instance as failed with that "
    "code, after keeping what was assigned.",
    "sendTask": "As the message throw event.",
    "receiveTask": "As the message catch event; may carry boundary events.",
    "exclusiveGateway": "Sends the token along the first flow, in the order of the file, whose condition is "
    "true, else along the `default`. Without either an incident is raised. Tokens "
    "pass one by one.",
    "parallelGateway": "Waits for one token on each incoming flow, then sends one along each outgoing flow.",
    "subProcess": "Embedded: runs its own elements to the end, then goes on. It shares the "
    "process's variables.",
}
TRIGGERS: Final[Mapping[str, str]] = {
    "timer": "Exactly one of `timeDuration`, `timeDate` and `wz:workingDays`.",
    "message": "`messageRef` names a `message` of the file, which must have a `name`. The one that has "
    "waited longest takes the message; its data become variables.",
    "error": "`errorRef` names an `error` of the file, which must have an `errorCode`.",
    "terminate": "Needs nothing.",
}
TEXTS: Final[Mapping[str, str]] = {
    "script": "Lines of a script task.",
    "conditionExpression": "On flows behind exclusive gateways only. `xsi:type` may stand there.",
    "timeDuration": "ISO 8601 without fractions, at most a hundred years: `P3D`, `PT8H`, `P1M`. Days and "
    "months are those of the wall clock in the calendar's zone.",
    "timeDate": f"An ISO 8601 instant with a zone, before {LAST_YEAR + 1}: `2026-10-08T08:30:00+08:00`.",
    "incoming": "May be left out. Where any is written, all must agree with the sequence flows.",
    "outgoing": "As `incoming`.",
}
EXTENSIONS: Final[Mapping[str, str]] = {
    "variable": "A process variable: a start may set it, expressions may read it, scripts write it. "
    "`initial` is an expression without variables.",
    "clock": "A clock that starts when the element `starts` is completed and stops when `stops` is, or when "
    "the instance ends. `from` names a variable of type date that holds day 0; without it day 0 is the day "
    "on which the clock starts. A clock that already runs is not started again. While the condition `atOnce` "
    "holds, word of a threshold goes out at its instant, else at 08:30 of the next working day; a condition "
    "that cannot be evaluated, because a variable has no value yet, does not hold.",
    "threshold": f"Inside `wz:clock`: reached at the first instant after the working day number `after` "
    f"(0 to {MAX_WORKING_DAYS:,}) from day 0. `lamp` is {' or '.join(sorted(words.LAMPS, reverse=True))}; "
    "`notify` lists who hears of it and has to answer. `remind` lists who is told at 08:30 of the day that "
    "lies `remindBefore` working days (1 unless said) before the last day; a reminder whose morning is over "
    "when the clock starts falls away. Thresholds stand in their order.",
    "field": "A field of the form of a user task. It is a variable too and need not be declared; if it is, "
    "the types must agree. `values` is a list of words; `min` and `max` bound a number, the length of a "
    "text, or how many entries a list has.",
    "service": "The activity a service task calls. `output` names a variable of type map that takes the "
    "result.",
    "input": "Inside `wz:service`: `value` is an expression of the type the activity asks for.",
    "role": "The role that may complete a user task.",
    "fact": "The fact that is established when it is completed; the store keeps facts for ever.",
    "keeps": "The variables and fields, with blanks between, whose values the fact keeps. One without a "
    "value is kept as null. Only beside `wz:fact`.",
    "en": "The name in English, where `name` holds the Chinese one. Records carry both. On `wz:clock` and "
    "`wz:field` it is written without `wz:`.",
    "workingDays": f"A timer that is due at the first instant after so many working days (0 to "
    f"{MAX_WORKING_DAYS:,}), counted by the instance's calendar from the day on which the timer is set.",
}
FIELD_TYPES: Final[Mapping[str, str]] = {
    "string": "text",
    "int": "a whole number",
    "double": "a number",
    "bool": "yes or no",
    "date": "a day",
    "unit": "id of a unit of the organisation",
    "units": "ids of units, each once",
    "content": "id of a text that was stored before the act",
    "files": "ids of attachments that were stored before the act, each once",
}
REFUSALS: Final = f"""
xml-not-well-formed xml-empty xml-encoding
    text that is no XML, or not in UTF-8
    Correct the markup.
xml-doctype
    a DOCTYPE: it could declare entities
    Remove it.
xml-too-large xml-too-deep xml-too-many-elements
    a file of more than {MAX_BYTES:,} bytes, {MAX_DEPTH} levels or {MAX_ELEMENTS:,} XML elements
    Split the definition into several files.
too-many-flow-nodes
    a file of more than {MAX_FLOW_NODES:,} flow nodes
    Split the definition into several files.
bundle-too-large
    files of more than {MAX_BUNDLE_BYTES:,} bytes together
    Split the definition into several files.
bundle-empty not-bpmn no-process
    nothing to run
    Name a folder with BPMN 2.0 files.
process-not-executable
    a process without `isExecutable='true'`
    Mark it, or leave it out.
duplicate-process duplicate-id
    a name used twice
    Rename one.
missing-id bad-id
    an element without an id, or with one that is no XML name
    Give it an id; labels go into `name`.
element-not-executed
    any BPMN element not listed on this page, or in another place
    Model it with the elements above.
attribute-not-executed
    an attribute, or a value of one, not listed on this page
    Remove it; it would not do what it says.
vendor-extension
    elements and attributes of another vendor, and `wz:` ones in the wrong place
    Remove them, or express them in BPMN.
element-repeated
    a child that may stand once, twice
    Remove one.
several-event-definitions event-without-definition
    an event with two triggers, or without the one it needs
    Give it one.
implicit-split
    two flows out of an activity or an event
    Put a gateway behind it.
incoming-missing incoming-not-allowed outgoing-missing outgoing-not-allowed
    an element that nothing reaches or that must lead on and does not; a flow into a start or out of an end
    Connect it, or remove the flow.
unknown-reference flow-crosses-scope flow-not-listed boundary-host
    a flow to nothing or into another scope, `incoming` that contradicts it, a boundary event on no activity
    Connect elements that stand beside each other.
condition-missing condition-not-executed default-flow-unknown default-with-condition gateway-direction
    a choice without conditions, conditions behind anything else, a wrong default or direction
    Correct the flow that the finding names.
start-missing several-starts sub-process-start
    no start, or two plain ones
    Give each scope one plain start.
too-many-variables
    more than {MAX_VARIABLES:,} declared variables
    Group what belongs together in a variable of type map.
sub-process-too-deep
    more than {MAX_NESTING} levels of sub-processes
    Flatten them.
unknown-message message-without-name unknown-error error-without-errorcode
    a reference to nothing, a message or an error without its name
    Declare it beside the process.
timer-needs-one-time timer-value
    no time, two, or one that cannot be read
    Say it in one of the three ways.
expression-language
    expressions that say they are not CEL (on `definitions` a warning, because modelers write XPath there)
    Write `urn:cel`, or nothing.
role-missing script-missing service-missing
    a user task without a role, a script task without a script, a service task without a service
    Add it.
unknown-service service-input service-output
    an activity that is not registered, inputs it does not take or lacks, an output that is no map
    Read the [page of the service](services/notify_author.md), or [add one](../how-to/add-an-activity.md).
extension-missing extension-attribute extension-value field-limit name-not-ascii threshold-order
    a `wz:` element that lacks something, has too much, or has a wrong value
    Read its line above.
reminder-too-early
    a reminder that would lie before day 0
    Remind later, or lengthen the limit.
reminder-of-nobody
    a day of a reminder without anybody who is reminded
    Say who is reminded, or remove the day.
keeps-without-fact unknown-variable
    `wz:keeps` on an event without `wz:fact`, or with a name that is no variable and no field
    Name the fact, and keep what the process has.
duplicate-variable duplicate-clock duplicate-field field-type initial-value clock-day0
    declarations that contradict each other
    Correct one of the two.
escalation-not-executed
    `escalate` in a script
    Use a clock with thresholds.
"""
"""Three lines each: the rules, what they refuse, what to do instead."""
EXAMPLES: Final[tuple[tuple[str, str], ...]] = (
    ("round < 2 && !solved", "true"),
    ("kind in ['help', 'complaint']", "true"),
    ("department == null ? 'nobody' : department", '"nobody"'),
    ("size(text)", "5"),
    ("tags.exists(t, t.startsWith('road'))", "true"),
    ("tags.filter(t, t != 'water').size()", "1"),
    ("has(answer.code) && answer.code == 7", "true"),
    ("answer[?'missing'].orValue('none')", '"none"'),
    ("add_days(received_on, 10) > date('2026-10-08')", "true"),
    ("days_between(received_on, date('2026-10-08'))", "7"),
    ("weekday(received_on)", "4"),
    ("lower('AbC').matches('^[a-c]+$')", "true"),
)
"""Expressions over EXAMPLE_DATA and their values as JSON; a test evaluates them."""
EXAMPLE_TYPES: Final[Mapping[str, str]] = {
    "round": "int", "solved": "bool", "kind": "string", "department": "any", "text": "string",
    "tags": "list", "answer": "map", "received_on": "date",
}  # fmt: skip
EXAMPLE_DATA: Final[Mapping[str, object]] = {
    "round": 1, "solved": False, "kind": "help", "department": None, "text": "路灯坏了。",
    "tags": ["road", "water"], "answer": {"code": 7}, "received_on": "2026-10-01",
}  # fmt: skip
