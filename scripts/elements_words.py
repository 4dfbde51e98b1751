"""Sentences of the page of executed elements: one for each word of the vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from scripts.data_words import DATA_REFUSALS, DATA_TEXTS
from wenzheng.catalog.bundle import MAX_BUNDLE_BYTES
from wenzheng.engine import vocabulary as words
from wenzheng.engine.calling import MAX_LEVELS, MAX_PROCESSES
from wenzheng.engine.clock_reader import MAX_WORKING_DAYS
from wenzheng.engine.extensions import MAX_VARIABLES
from wenzheng.engine.reader import MAX_FLOW_NODES, MAX_NESTING
from wenzheng.engine.timers import LAST_YEAR
from wenzheng.engine.xml_tree import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS

ELEMENTS: Final[Mapping[str, str]] = {
    "startEvent": "Begins the process, the sub-process or the event sub-process. A sub-process begins "
    "without a trigger, an event sub-process with one. A process may have one without a trigger and others "
    "with: the plain one begins at once and the others never fire; without a plain one, the first trigger "
    "that fires begins and withdraws the others. In an event sub-process `isInterrupting='false'` lets the "
    "rest go on, and it may run many times.",
    "endEvent": "Takes the token away. The scope ends when no token is left. With triggers it throws them "
    "first: `terminate` cancels everything else in its scope; `error` ends the innermost scope that catches "
    "it, the whole instance as failed if none does; `cancel` undoes and leaves its transaction.",
    "intermediateCatchEvent": "Waits for its trigger; of several, for the first, or with "
    "`parallelMultiple='true'` for all.",
    "intermediateThrowEvent": "Throws its triggers and goes on. Without a trigger it marks a state that is "
    "reached: with `wz:fact` the fact is established there and keeps the values of the variables in "
    "`wz:keeps`; without it, the token passes.",
    "boundaryEvent": "Waits while its activity is open, from before the activity begins. An interrupting one "
    "cancels the activity; `cancelActivity='false'` lets a further token out: a time once, a message each "
    "time. With `compensation` it waits until its activity is to be undone, and an association leads to what "
    "undoes it.",
    "task": "Passes the token on: there is nothing for the engine to do.",
    "manualTask": "As `task`: what people do without the system; it passes at once (SpiffArena asks "
    "somebody there: use a user task for that).",
    "userTask": "Opens a task for people of its `wz:role` and waits. Its form is checked when it is "
    "completed; each field becomes the variable of that name, an empty field null.",
    "serviceTask": "Calls the activity named by `wz:service` and waits for its result.",
    "businessRuleTask": "Asks the [decision table](decisions.md) named by `wz:decision`.",
    "scriptTask": "Runs lines of `name = expression`, after which what was assigned is kept. `throw CODE` "
    "throws an error, `escalate CODE` an escalation: the task's own boundary catches it first.",
    "sendTask": "As the message throw event.",
    "receiveTask": "As the message catch event; may carry boundary events. With `instantiate='true'` nothing "
    "leads to it, and its message begins the process.",
    "callActivity": "Runs the process or global task of the bundle that `calledElement` names, inside the "
    "same instance. The called one has its own variables: those of the same name go in and come back.",
    "subProcess": "Embedded: runs its own elements to the end, then goes on; at once if it has none. "
    "It shares the process's variables. With `triggeredByEvent='true'` it stands beside the flow and waits "
    "for its start event as long as its scope lives.",
    "transaction": "A sub-process that a cancel end event undoes: what was completed in it is compensated, "
    "and the token leaves by its cancel boundary event. `method` is let pass.",
    "adHocSubProcess": "Its elements without an incoming flow begin all at once, or with "
    "`ordering='Sequential'` one after the other in the order of the file. It ends when all are done or its "
    "`completionCondition` holds; then `cancelRemainingInstances` says whether what still runs is cancelled.",
    "exclusiveGateway": "Sends the token along the first flow, in the order of the file, whose condition is "
    "true, else along the `default`. Without either an incident is raised. Tokens "
    "pass one by one.",
    "inclusiveGateway": "Waits until no token can reach its empty incoming flows any more, then sends one "
    "along each outgoing flow whose condition is true, else along the `default`.",
    "complexGateway": "Goes on when its `activationCondition` holds, which may read `activationCount`; then "
    "takes in what is still to come (`waitingForStart` is false while it does) and begins anew.",
    "parallelGateway": "Waits for one token on each incoming flow, then sends one along each outgoing flow.",
    "eventBasedGateway": "Waits for what stands behind it; the first that happens withdraws the others. With "
    "`instantiate='true'` nothing leads to it and it begins the process; `eventGatewayType='Parallel'`, "
    "only there, needs all of them.",
}
TRIGGERS: Final[Mapping[str, str]] = {
    "timer": "Exactly one of `timeDuration`, `timeDate`, `timeCycle`, `wz:workingDays` and `wz:every`.",
    "message": "`messageRef` names a `message` of the file, which must have a `name`. The one that has "
    "waited longest and whose correlation it fits takes the message, in whatever instance of the bundle; "
    "without one a process begins that begins with it, or the message is kept until somebody waits. Its data "
    "become the variables of the same names. `operationRef` is let pass.",
    "signal": "`signalRef` names a `signal` of the file, which must have a `name`. All who wait for it hear "
    "it, in every instance of the bundle; it begins the processes that begin with it, and is not kept.",
    "error": "`errorRef` names an `error` of the file, which must have an `errorCode`. Where it is caught "
    "it may be left out: then every error is caught. Always interrupts.",
    "escalation": "`escalationRef` names an `escalation` of the file, which must have an `escalationCode`; "
    "as with errors. Nobody need catch it.",
    "conditional": "`condition` is an expression; it fires when it becomes true.",
    "compensation": "Undoes the completed activity that `activityRef` names, or all of its scope, the last "
    "first. With `waitForCompletion='false'` the thrower does not wait for it.",
    "cancel": "Ends a transaction, and is caught on its boundary.",
    "link": "Leads from where it is thrown to the one catch event of the same `name` in the same scope.",
    "terminate": "Needs nothing.",
}
LOOPS: Final[Mapping[str, str]] = {
    "standardLoopCharacteristics": "Runs while `loopCondition` holds, which may read `loopCounter`, at most "
    "`loopMaximum` times; with `testBefore='true'` perhaps never.",
    "multiInstanceLoopCharacteristics": "Runs `loopCardinality` times, or once for each element of the list "
    "in `loopDataInputRef`, at once or with `isSequential='true'` in turn. Each instance reads "
    "`loopCounter` and its element by the name of `inputDataItem`; the list `loopDataOutputRef` takes what "
    "each has in `outputDataItem`. `completionCondition` cancels what is left. `behavior` throws the event "
    "of `noneBehaviorEventRef` for each instance, that of `oneBehaviorEventRef` for the first, or those of "
    "the `complexBehaviorDefinition` whose condition holds. Conditions may read `numberOfInstances`, "
    "`numberOfActiveInstances`, `numberOfCompletedInstances` and `numberOfTerminatedInstances`.",
}
TEXTS: Final[Mapping[str, str]] = {
    "script": "Lines of a script task.",
    "conditionExpression": "On flows behind exclusive, inclusive and complex gateways, and behind "
    "activities that have another flow beside it. `xsi:type` may stand there.",
    "condition": "In conditional events and complex behaviors.",
    "activationCondition": "In complex gateways.",
    "loopCondition": "In standard loops.",
    "loopCardinality": "In multiple instances: a whole number.",
    "completionCondition": "In multiple instances and ad-hoc sub-processes.",
    "timeDuration": "ISO 8601 without fractions, at most a hundred years: `P3D`, `PT8H`, `P1M`. Days and "
    "months are those of the wall clock in the calendar's zone.",
    "timeDate": f"An ISO 8601 instant with a zone, before {LAST_YEAR + 1}: `2026-10-08T08:30:00+08:00`.",
    "timeCycle": "ISO 8601: `R4/PT1H`, `R/P1D`, `R4/2026-10-08T08:30:00+08:00/P1D`. Not on the start events "
    "of a process, which an instance begins with once.",
    "loopDataInputRef": "A variable that holds a list.",
    "loopDataOutputRef": "A variable that takes a list.",
    "eventDefinitionRef": "In events: an event definition that stands beside the processes.",
    "flowNodeRef": "In lanes: an element of the lane.",
    "messagePath": "In `correlationPropertyRetrievalExpression`: CEL over what the message carries; gives "
    "the value of the `correlationProperty` in it.",
    "dataPath": "In `correlationPropertyBinding`: CEL over the process's variables; gives the value of the "
    "property that the process expects.",
    "incoming": "May be left out. Where any is written, all must agree with the sequence flows.",
    "outgoing": "As `incoming`.",
    **DATA_TEXTS,
}
GLOBAL: Final[Mapping[str, str]] = {
    "globalTask": "runs as `task`",
    "globalManualTask": "runs as `manualTask`",
    "globalUserTask": "runs as `userTask`, with its form",
    "globalScriptTask": "runs as `scriptTask`",
    "globalBusinessRuleTask": "runs as `businessRuleTask`",
}
EXTENSIONS: Final[Mapping[str, str]] = {
    "variable": "A process variable: a start may set it, expressions may read it, scripts write it. "
    "`initial` is an expression without variables.",
    "clock": "A clock that starts when one of the elements `starts` is completed and stops when one of "
    "`stops` is, or when the instance ends. `from` names a variable of type date that holds day 0; without "
    "it day 0 is the day on which the clock starts. When the variable changes, the clock moves with it, and "
    "limits that lie ahead again count again. `unit` is what is counted: `working_days` (unless said), "
    "`calendar_days`, `calendar_days_rolled` (a last day that is off rolls to the next working day), "
    "`office_hours` or `hours`; of these two the variable is a timestamp, and the clock counts from the "
    "instant. A clock that already runs is not started again. While the condition `atOnce` "
    "holds, word of a threshold goes out at its instant, else at 08:30 of the next working day; a condition "
    "that cannot be evaluated, because a variable has no value yet, does not hold. On an activity each run "
    "of it has the clock, each of several instances its own: without `starts` it begins with the run, what "
    "it names lies inside the activity, and it ends with the run at the latest. Of a called process each "
    "call has the clocks. `whose` names the variable with the unit whose clock it is: its people hear of it.",
    "threshold": f"Inside `wz:clock`: reached at the first instant after the day number `after` (0 to "
    f"{MAX_WORKING_DAYS:,}) from day 0, or after the day that lies `before` so many days before it: then day "
    "0 is the day of an event, and the clock waits until it is known. "
    f"`lamp` is {' or '.join(sorted(words.LAMPS, reverse=True))}; "
    "`notify` lists who hears of it and has to answer. `remind` lists who is told at 08:30 of the day that "
    "lies `remindBefore` working days (1 unless said) before the last day; a reminder whose morning is over "
    "when the clock starts falls away. Thresholds stand in their order.",
    "rule": "Inside `wz:clock`: what a deadline's explanation quotes, the rule (`text`, in English `en`), "
    "the article that says it (`article`, `articleEn`) and what makes day 0 (`day0`, `day0En`).",
    "pause": "Inside `wz:clock`: the clock stands still from the completion of one of the elements `on` to "
    "that of one of `resumes`, for at most `atMost` days (of `unit`, else of the clock's), then it goes on "
    "by itself; it pauses at most `times` times, and only `within` so many days of day 0 of the clock `of` "
    "(its own unless said). The day on which it pauses is used, the day on which it goes on is day 0 again: "
    "within one day nothing changes. `reason` names the variable or field that says why. Of days only.",
    "extension": "Inside `wz:clock`: the completion of one of the elements `on` adds `by` units (a number, "
    "or a variable or field of type int) to the limits that are not over, at most `times` times and `atMost` "
    "units in all. What counts is the instant at which `asked` was completed, if it is named.",
    "restart": "Inside `wz:clock`: the completion of one of the elements `on` makes the day in the variable "
    "`from`, or that very day, day 0. Earlier pauses and extensions are over with the old count.",
    "field": "A field of the form of a user task. It is a variable too and need not be declared; if it is, "
    "the types must agree. `values` is a list of words; `min` and `max` bound a number, the length of a "
    "text, or how many entries a list has; `notBefore` (`today`, `tomorrow`) a date, by the day on which the "
    "form is sent. `template` and `templateEn` are what a text may begin with. On an "
    "event that waits for a message: what whoever sends it fills in, checked like the form of a task.",
    "guidance": "What whoever does the task, or sends the message, should know, in Chinese and English. It "
    "changes nothing of what happens.",
    "service": "The activity a service task calls. `output` names a variable of type map that takes the "
    "result.",
    "decision": "The [decision table](decisions.md) a business rule task asks, by the name of its file. "
    "`output` "
    "names the variable for the result; without it each output column is the variable of its name.",
    "input": "Inside `wz:service` and `wz:decision`: `value` is an expression of the type that is asked "
    "for. An "
    "input of a decision that is not named is the variable of its name.",
    "role": "The role that may complete a user task. On a lane: that of the user tasks in it which name "
    "none; without it the lane's name is their role. On an event that waits for a message: who may send it; "
    "the engine takes it from anybody, pages and the API ask.",
    "unit": "The variable that holds the id of the unit whose people do the task: with several instances the "
    "`inputDataItem`, so that each of a list of units has a task of its own.",
    "missing": "A variable of type list that holds, at every moment, the elements of `loopDataInputRef` "
    "whose instances have not completed: who is silent when the others are waited for no longer.",
    "fact": "The fact that is established when it is completed; the store keeps facts for ever.",
    "calendar": "The calendar that the process's days are counted by: `cn`, another country such as `de`, "
    "or one that the city has set up for a region or an office; without it the city's own.",
    "source": "The file and line that the element was compiled from, `FILE:LINE`, as `wenzheng compile` "
    "writes it. Findings show it beside their own place; it changes nothing of what runs.",
    "keeps": "The variables and fields, with blanks between, whose values the fact keeps. One without a "
    "value is kept as null. Only beside `wz:fact`.",
    "en": "The name in English, where `name` holds the Chinese one. Records carry both. On `wz:clock` and "
    "`wz:field` it is written without `wz:`.",
    "workingDays": f"A timer that is due at the first instant after so many working days (0 to "
    f"{MAX_WORKING_DAYS:,}), counted by the instance's calendar from the day on which the timer is set.",
    "from": "Beside a count of days: the variable or field of type date with the day from which is counted; "
    "a negative number counts back from it. The timer waits while there is no day, and moves with it.",
    "calendarDays": "As `wz:workingDays`, but every day counts.",
    "every": "A timer that comes by the calendar: once in each `day`, `week` (from Monday), `month`, "
    "`quarter` or `year`. On a start event of an event sub-process, or a boundary event that does not "
    "interrupt, it comes again each time; elsewhere once, the next time after it is set. It moves with the "
    "calendar's versions.",
    "workingDay": "Beside `wz:every`: on which working day of it, 1 (unless said) being the first and -1 the "
    "last. Where there are fewer the last counts; a period without any is passed over.",
    "calendarDay": "Beside `wz:every`, instead of `wz:workingDay`: on which day of it, worked or not.",
    "at": "Beside `wz:every`: at which time of the calendar's zone; 08:30 unless said.",
    "calendarDaysRolled": "As `wz:calendarDays`; a last day that is off rolls to the next working day, "
    "counting back to the one before.",
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
duplicate-process duplicate-id duplicate-scope
    a name used twice
    Rename one.
calendar-name
    a `wz:calendar` that cannot be the name of a calendar
    Name cn, de or one of the city; without it the city's own counts.
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
    Write what the finding says instead; the commonest of Camunda and SpiffArena have their remedy.
vendor-note
    markup of another tool that says nothing about how the process runs (a warning)
    It may stay.
element-repeated
    a child that may stand once, twice
    Remove one.
trigger-not-allowed
    an event definition that its kind of event cannot have, such as a timer on an end event
    Choose another trigger, or put it on another event.
event-without-definition unknown-event-definition event-definition-shared
    an event without the trigger it needs, a reference to no event definition
    Give it one.
start-trigger start-cycle start-interrupting
    a start event whose trigger cannot begin what it stands in, or that must interrupt and does not
    Move it into an event sub-process, or choose another trigger.
incoming-missing incoming-not-allowed outgoing-missing outgoing-not-allowed
    an element that nothing reaches or that must lead on and does not; a flow into a start or out of an end
    Connect it, or remove the flow.
flow-end
    a sequence flow from or to a note or anything else that is no flow node
    Connect it to an element beside it.
unknown-reference flow-crosses-scope flow-not-listed boundary-host
    a flow to nothing or into another scope, `incoming` that contradicts it, a boundary event on no activity
    Connect elements that stand beside each other.
event-condition-missing condition-not-formal
    a conditional event without a condition, or with one not marked as formal (a warning)
    Write the condition with `xsi:type="tFormalExpression"`.
condition-missing condition-not-executed condition-alone
    a choice without conditions, conditions behind anything that does not choose
    Correct the flow that the finding names.
default-flow-unknown default-with-condition gateway-direction
    a wrong default or direction
    Correct it, or leave it out.
start-missing several-starts sub-process-start event-sub-process-start event-sub-process-loop
    no start, or two plain ones; a sub-process that waits for a trigger, an event sub-process that does not
    Give each scope one plain start, an event sub-process one with a trigger.
end-missing
    a process or sub-process with a start event and no end event
    Add an end event behind what comes last.
lane-member
    a lane that names nothing, no flow node, or one of another process
    Correct the id, or remove the reference.
gateway-alone
    a gateway with one flow in and one out
    Remove it, or draw what it merges or chooses between.
event-gateway-outgoing event-gateway-mixed event-gateway-receive
    an event-based gateway with one way out, with messages and receive tasks, or guarded receive tasks
    Draw what else may happen; use one of the two; keep the task plain.
event-gateway-target event-gateway-parallel
    behind an event-based gateway anything but events to catch; a parallel one that begins no process
    Put what it waits for directly behind it.
activation-missing
    a complex gateway that merges and does not say when it goes on
    Write an `activationCondition`.
link-unmatched link-flow link-pair
    a link without its other end, with a flow where it leads, or with another `source` or `target`
    Give both ends the same name.
compensation-handler
    a compensation boundary event without one association to an activity that undoes
    Draw it, and mark the activity with `isForCompensation`.
compensation-activity
    compensation of something that is no activity of the process
    Name the activity, or leave `activityRef` out.
cancel-outside-transaction cancel-uncaught boundary-interrupting
    a cancel event away from a transaction, or that nothing catches; errors that do not interrupt
    Use a transaction with a cancel boundary event, and remove `cancelActivity`.
loop-count loop-twice complex-behavior
    multiple instances without a number or list, two kinds of loop at once, a complex behavior without events
    Say how often it runs, in one way.
ad-hoc-empty ad-hoc-event transaction-method
    an ad-hoc sub-process without activities or with start or end events, a `method` that is no URI
    Correct the sub-process.
choreography-in-process choreography-ref choreography-closed global-conversation
    choreography in a process, references or contents that choreographies and conversations may not have
    Keep choreographies apart from processes.
message-flow-end message-flow-event message-flow-trigger message-flow-same-pool participant-multiplicity
    message flows inside one pool, from or to what sends or receives none; wrong numbers of participants
    Connect what sends and receives in two pools.
process-public resource-assignment text-format property-place
    an executable public process, a resource named and computed, a wrong MIME type, a property out of place
    Correct what the finding names.
expression-empty
    an expression without text
    Write it in CEL, or remove the element.
item-collection loop-item event-data event-data-item association-items task-data-count task-data-item
    data whose item, number or `isCollection` is not that of what they belong to
    Use the same item definition at both ends.
data-set-missing data-set-optional data-set-pair data-set-unknown data-in-sub-process data-object-name
    data in no set, sets that name what they do not have, data of a sub-process, a reference named otherwise
    Correct the specification that the finding names.
binding-missing binding-data
    an interface that is supported and not bound to its operations
    Bind it, or leave the interface out.
process-data-end
    an association that writes an input of the process, or reads an output
    Use a data object between the two.
loop-data-kind
    a loop over something that holds no data
    Name a data input or output, a data object, a property or a variable.
flow-immediate
    a sequence flow that is not immediate
    Remove `isImmediate`.
token-quantity loop-maximum
    a number that is none or out of range
    Correct it.
attribute-out-of-place
    an expression that reads `loopCounter` and its kin where there is no loop
    Declare a variable of another name.
unknown-called-element called-start call-of-itself
    a call of nothing, of a process without a plain start, or of itself
    Read the line of `callActivity` above.
calls-too-deep too-many-processes
    calls that lead more than {MAX_LEVELS} levels deep, more than {MAX_PROCESSES} processes in a bundle
    Let one process call the others; deploy several bundles.
too-many-variables
    more than {MAX_VARIABLES:,} declared variables
    Group what belongs together in a variable of type map.
sub-process-too-deep
    more than {MAX_NESTING} levels of sub-processes
    Flatten them.
unknown-correlation correlation-path correlation-without-messages correlation-binding-missing
    a correlation property, key or subscription that names nothing, or has no expression where it needs one
    Declare what it names; say in CEL where the value is.
unknown-message message-ref-missing message-without-name unknown-signal signal-without-name unknown-error
    a reference to nothing, a message, signal or error without its name or code
    Declare it beside the process.
unknown-escalation error-without-code escalation-without-code
    an escalation without its code, or an event that throws and does not say what
    Declare it beside the process.
timer-needs-one-time timer-schedule timer-value
    no time, two, or one that cannot be read
    Say it in one of the five ways.
expression-language
    expressions that say they are not CEL (on `definitions` a warning, because modelers write XPath there)
    Write `urn:cel`, or nothing.
role-missing script-missing service-missing
    a user task without a role, a script task without a script, a service task without a service
    Add it.
unknown-service service-input service-output
    an activity that is not registered, inputs it does not take or lacks, an output that is no map
    Read the [page of the service](services/notify_author.md), or [add one](../how-to/add-an-activity.md).
decision-missing unknown-decision decision-input decision-output
    a business rule task without a table, or one whose variables do not fit the table's columns
    Read the page of [decision tables](decisions.md), which lists what is refused in the tables themselves.
extension-missing extension-attribute extension-value field-limit name-not-ascii threshold-order
    a `wz:` element that lacks something, has too much, or has a wrong value
    Read its line above.
reminder-too-early
    a reminder that would lie before day 0
    Remind later, or lengthen the limit.
reminder-of-nobody
    a day of a reminder without anybody who is reminded
    Say who is reminded, or remove the day.
threshold-side clock-without-event clock-counts-back
    a limit both before and after day 0; limits before an event whose day nobody knows, or that could pause
    Count from a variable of type date; postpone the event instead of pausing.
pause-unit reminder-unit
    a pause that is not of whole days, a reminder on a clock of hours
    Count in days, or add an earlier threshold.
extension-length unknown-clock timer-day
    an extension without a length, a clock or a day that is not there
    Correct the name or the number.
keeps-without-fact unknown-variable
    `wz:keeps` on an event without `wz:fact`; `wz:keeps` or `wz:unit` with a name that is no variable
    Name the fact, and keep what the process has.
message-form
    `wz:role`, `wz:field` or `wz:guidance` on an event that waits for no message
    Remove them, or let it wait for a message.
duplicate-variable duplicate-clock duplicate-field field-type initial-value clock-day0
    declarations that contradict each other
    Correct one of the two.
{DATA_REFUSALS.strip()}
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
