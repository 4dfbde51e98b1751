"""What of BPMN 2.0 and of our extension the engine executes: elements and attributes.

A definition may use what stands here and nothing else. An element outside this list is
refused, never dropped (design.md §2). Attributes map to the values that are executed;
None means any value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from wenzheng.calendars.units import Unit

BPMN: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
WZ: Final = "urn:wenzheng:bpmn:1"

# Pictures and editor notes: they say nothing about how a process runs.
DRAWING_NAMESPACES: Final = frozenset(
    {
        "http://www.omg.org/spec/BPMN/20100524/DI",
        "http://www.omg.org/spec/DD/20100524/DC",
        "http://www.omg.org/spec/DD/20100524/DI",
        "http://bpmn.io/schema/bpmn/biocolor/1.0",
        "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
        "http://camunda.org/schema/modeler/1.0",
    }
)
# Standard elements that carry no execution semantics (BPMN 2.0.2 §8.3.1, §10.1.1).
IGNORED_BPMN: Final = frozenset({"documentation", "textAnnotation", "group"})
IGNORED_BESIDE: Final = frozenset({"category"})
"""Beside processes: a category holds the names of groups (BPMN 2.0.2 §8.3.1), which modelers write."""

Allowed = Mapping[str, frozenset[str] | None]

# xs:boolean has four spellings (XML Schema Part 2, 3.2.2).
TRUE: Final = frozenset({"true", "1"})
FALSE: Final = frozenset({"false", "0"})
BOOLEAN: Final = TRUE | FALSE
# The values that name no technology of their own (BPMN 2.0.2 p. 156); wz: markup says what runs.
_IMPLEMENTATION: Final = frozenset({"##unspecified", "##WebService"})
_DIRECTIONS: Final = frozenset({"Unspecified", "Converging", "Diverging", "Mixed"})

_NODE: Final[Allowed] = {"id": None, "name": None}
_ACTIVITY: Final[Allowed] = {
    **_NODE,
    "startQuantity": None,
    "completionQuantity": None,
    "isForCompensation": BOOLEAN,
    "default": None,
}
_SUB_PROCESS: Final[Allowed] = {**_ACTIVITY, "triggeredByEvent": BOOLEAN}

DEFINITIONS_ATTRIBUTES: Final[Allowed] = {
    "id": None,
    "name": None,
    "targetNamespace": None,
    "exporter": None,
    "exporterVersion": None,
    "expressionLanguage": None,
    "typeLanguage": None,
}
PROCESS_ATTRIBUTES: Final[Allowed] = {
    **_NODE,
    "isExecutable": BOOLEAN,
    "isClosed": BOOLEAN,
    # A public process is not executable (rules/collaborations.py).
    "processType": frozenset({"None", "Private", "Public"}),
}
FLOW_ATTRIBUTES: Final[Allowed] = {
    **_NODE,
    "sourceRef": None,
    "targetRef": None,
    # What is not immediate is reported by rules/file_rules.py.
    "isImmediate": BOOLEAN,
}
FLOW_NODES: Final[Mapping[str, Allowed]] = {
    "startEvent": {
        **_NODE,
        "isInterrupting": BOOLEAN,
        "parallelMultiple": BOOLEAN,
    },
    "endEvent": _NODE,
    "intermediateCatchEvent": {**_NODE, "parallelMultiple": BOOLEAN},
    "intermediateThrowEvent": _NODE,
    "boundaryEvent": {
        **_NODE,
        "attachedToRef": None,
        "cancelActivity": BOOLEAN,
        "parallelMultiple": BOOLEAN,
    },
    "task": _ACTIVITY,
    "manualTask": _ACTIVITY,
    "userTask": {**_ACTIVITY, "implementation": _IMPLEMENTATION},
    "serviceTask": {**_ACTIVITY, "implementation": _IMPLEMENTATION},
    "scriptTask": {**_ACTIVITY, "scriptFormat": None},
    "businessRuleTask": {**_ACTIVITY, "implementation": _IMPLEMENTATION},
    "sendTask": {
        **_ACTIVITY,
        "messageRef": None,
        "operationRef": None,
        "implementation": _IMPLEMENTATION,
    },
    "receiveTask": {
        **_ACTIVITY,
        "messageRef": None,
        "operationRef": None,
        "implementation": _IMPLEMENTATION,
        "instantiate": BOOLEAN,
    },
    "callActivity": {**_ACTIVITY, "calledElement": None},
    "subProcess": _SUB_PROCESS,
    "transaction": {**_SUB_PROCESS, "triggeredByEvent": FALSE, "method": None},
    "adHocSubProcess": {
        **_SUB_PROCESS,
        "triggeredByEvent": FALSE,
        "ordering": frozenset({"Parallel", "Sequential"}),
        "cancelRemainingInstances": BOOLEAN,
    },
    "exclusiveGateway": {**_NODE, "default": None, "gatewayDirection": _DIRECTIONS},
    "inclusiveGateway": {**_NODE, "default": None, "gatewayDirection": _DIRECTIONS},
    "complexGateway": {**_NODE, "default": None, "gatewayDirection": _DIRECTIONS},
    "parallelGateway": {**_NODE, "gatewayDirection": _DIRECTIONS},
    "eventBasedGateway": {
        **_NODE,
        "gatewayDirection": frozenset({"Unspecified", "Diverging", "Mixed"}),
        "instantiate": BOOLEAN,
        "eventGatewayType": frozenset({"Exclusive", "Parallel"}),
    },
}
# Children that hold text: their attributes. What they may contain besides text: nothing.
TEXT_ELEMENTS: Final[Mapping[str, Allowed]] = {
    "script": {},
    "conditionExpression": {"id": None, "language": None},
    "condition": {"id": None, "language": None},
    "activationCondition": {"id": None, "language": None},
    "loopCondition": {"id": None, "language": None},
    "loopCardinality": {"id": None, "language": None},
    "completionCondition": {"id": None, "language": None},
    "timeDuration": {"id": None, "language": None},
    "timeDate": {"id": None, "language": None},
    "timeCycle": {"id": None, "language": None},
    "loopDataInputRef": {},
    "loopDataOutputRef": {},
    "eventDefinitionRef": {},
    "flowNodeRef": {},
    "messagePath": {"id": None, "language": None},
    "dataPath": {"id": None, "language": None},
    "sourceRef": {},
    "targetRef": {},
    "transformation": {"id": None, "language": None},
    "from": {"id": None, "language": None},
    "to": {"id": None, "language": None},
    "dataInputRefs": {},
    "optionalInputRefs": {},
    "dataOutputRefs": {},
    "optionalOutputRefs": {},
    "incoming": {},
    "outgoing": {},
}
EVENT_DEFINITION_ATTRIBUTES: Final[Mapping[str, Allowed]] = {
    "timer": {"id": None},
    "message": {"id": None, "messageRef": None},
    "signal": {"id": None, "signalRef": None},
    "error": {"id": None, "errorRef": None},
    "escalation": {"id": None, "escalationRef": None},
    "conditional": {"id": None},
    "compensation": {"id": None, "activityRef": None, "waitForCompletion": BOOLEAN},
    "cancel": {"id": None},
    "link": {"id": None, "name": None},
    "terminate": {"id": None},
}
LOOP_ATTRIBUTES: Final[Mapping[str, Allowed]] = {
    "standardLoopCharacteristics": {"id": None, "testBefore": BOOLEAN, "loopMaximum": None},
    "multiInstanceLoopCharacteristics": {
        "id": None,
        "isSequential": BOOLEAN,
        "behavior": frozenset({"None", "One", "All", "Complex"}),
        "oneBehaviorEventRef": None,
        "noneBehaviorEventRef": None,
    },
}
_ITEM: Final[Allowed] = {**_NODE, "itemSubjectRef": None}
DATA: Final[Mapping[str, Allowed]] = {
    "dataObject": {**_ITEM, "isCollection": BOOLEAN},
    "dataObjectReference": {**_ITEM, "dataObjectRef": None},
    "property": _ITEM,
    "ioSpecification": {"id": None},
    "dataInput": {**_ITEM, "isCollection": BOOLEAN},
    "dataOutput": {**_ITEM, "isCollection": BOOLEAN},
    "inputSet": _NODE,
    "outputSet": _NODE,
    "dataInputAssociation": {"id": None},
    "dataOutputAssociation": {"id": None},
    "assignment": {"id": None},
}
"""Data and their ways in and out (BPMN 2.0.2 §10.4)."""
SUB_PROCESSES: Final = frozenset({"subProcess", "transaction", "adHocSubProcess"})
"""Activities that contain a scope of their own."""
ACTIVITIES: Final = SUB_PROCESSES | frozenset(
    {
        "task",
        "manualTask",
        "userTask",
        "serviceTask",
        "scriptTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
        "callActivity",
    }
)
GATEWAYS: Final = frozenset(
    {"exclusiveGateway", "inclusiveGateway", "complexGateway", "parallelGateway", "eventBasedGateway"}
)
CHOOSING_GATEWAYS: Final = frozenset({"exclusiveGateway", "inclusiveGateway", "complexGateway"})
"""Gateways whose outgoing flows carry conditions."""
_DEFINITION: Final[Mapping[str, str]] = {
    "timer": "timerEventDefinition",
    "message": "messageEventDefinition",
    "signal": "signalEventDefinition",
    "error": "errorEventDefinition",
    "escalation": "escalationEventDefinition",
    "conditional": "conditionalEventDefinition",
    "compensation": "compensateEventDefinition",
    "cancel": "cancelEventDefinition",
    "link": "linkEventDefinition",
    "terminate": "terminateEventDefinition",
}
EVENT_DEFINITION_KINDS: Final[Mapping[str, str]] = {name: kind for kind, name in _DEFINITION.items()}
"""The kind of each event definition's element name."""


def _triggers(*kinds: str) -> Mapping[str, str]:
    return {_DEFINITION[kind]: kind for kind in kinds}


# Which events may carry which triggers: BPMN 2.0.2 tables 10.84 (start), 10.88 (end), 10.89 (intermediate
# in normal flow) and 10.90 (boundary); element -> event definition -> trigger.
EVENT_DEFINITIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "startEvent": _triggers(
        "message", "timer", "signal", "conditional", "error", "escalation", "compensation"
    ),
    "endEvent": _triggers("terminate", "error", "message", "signal", "escalation", "cancel", "compensation"),
    "intermediateCatchEvent": _triggers("message", "timer", "signal", "conditional", "link"),
    "intermediateThrowEvent": _triggers("message", "signal", "escalation", "compensation", "link"),
    "boundaryEvent": _triggers(
        "message", "timer", "signal", "error", "escalation", "conditional", "compensation", "cancel"
    ),
}
ASSOCIATION_ATTRIBUTES: Final[Allowed] = {
    "id": None,
    "sourceRef": None,
    "targetRef": None,
    "associationDirection": frozenset({"None", "One", "Both"}),
}
LANE_ATTRIBUTES: Final[Mapping[str, Allowed]] = {
    "laneSet": _NODE,
    "childLaneSet": _NODE,
    # What a lane stands for in an organisation is said by wz:role (design.md §4).
    "lane": _NODE,
}
GLOBAL_TASK_ATTRIBUTES: Final[Mapping[str, Allowed]] = {
    "globalTask": _NODE,
    "globalManualTask": _NODE,
    "globalUserTask": {**_NODE, "implementation": _IMPLEMENTATION},
    "globalScriptTask": {**_NODE, "scriptLanguage": None},
    "globalBusinessRuleTask": {**_NODE, "implementation": _IMPLEMENTATION},
}
GLOBAL_TASKS: Final[Mapping[str, str]] = {
    "globalTask": "task",
    "globalManualTask": "manualTask",
    "globalUserTask": "userTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
}
"""Tasks that only call activities run, and what they run as."""
DAY_TIMERS: Final[Mapping[str, Unit]] = {
    "workingDays": Unit.WORKING_DAYS,
    "calendarDays": Unit.CALENDAR_DAYS,
    "calendarDaysRolled": Unit.CALENDAR_DAYS_ROLLED,
}
"""Attributes of a timer that count days, and which days they count."""
SCHEDULES: Final = frozenset({"every", "workingDay", "calendarDay", "at"})
"""Attributes of a timer that comes again by the calendar (schedules.py)."""
EXTENSION_ATTRIBUTES: Final[Mapping[str, frozenset[str]]] = {
    "process": frozenset({"en", "calendar"}),
    "lane": frozenset({"role"}),
    "multiInstanceLoopCharacteristics": frozenset({"missing"}),
    "userTask": frozenset({"role", "fact", "unit"}),
    "globalUserTask": frozenset({"role", "fact", "unit"}),
    "startEvent": frozenset({"role"}),
    "boundaryEvent": frozenset({"role"}),
    "intermediateThrowEvent": frozenset({"fact", "keeps"}),
    "timerEventDefinition": frozenset({*DAY_TIMERS, "from", *SCHEDULES}),
}
ENGLISH: Final = "en"
"""Attribute of ours that any flow node may carry: its name in English, `name` being the Chinese one."""

SOURCE: Final = "source"
"""Attribute of ours that any element may carry: the file and line that it came from; it means nothing"""

VARIABLE_TYPES: Final = frozenset(
    {"string", "int", "double", "bool", "date", "timestamp", "list", "map", "any"}
)
# A field's type and the type of the variable that holds its value.
FIELD_TYPES: Final[Mapping[str, str]] = {
    "string": "string",
    "int": "int",
    "double": "double",
    "bool": "bool",
    "date": "date",
    "unit": "string",
    "units": "list",
    "content": "string",
    "files": "list",
}
FIRST_DAYS: Final[Mapping[str, int]] = {"today": 0, "tomorrow": 1}
"""What a date field's notBefore may say, and how many days after today that is."""
LISTED: Final = frozenset({"units", "files"})
"""Field types whose value is a list of ids, each once."""
LAMPS: Final = frozenset({"yellow", "red"})
