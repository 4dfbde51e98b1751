"""What of BPMN 2.0 and of our extension the engine executes: elements and attributes.

A definition may use what stands here and nothing else. An element outside this list is
refused, never dropped (design.md §2). Attributes map to the values that are executed;
None means any value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

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
IGNORED_BPMN: Final = frozenset({"documentation", "textAnnotation", "association", "group"})

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
    "startQuantity": frozenset({"1"}),
    "completionQuantity": frozenset({"1"}),
    "isForCompensation": FALSE,
}

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
    # A public process is not executable (BPMN 2.0.2 p. 146).
    "processType": frozenset({"None", "Private"}),
}
FLOW_ATTRIBUTES: Final[Allowed] = {
    **_NODE,
    "sourceRef": None,
    "targetRef": None,
    "isImmediate": TRUE,
}
FLOW_NODES: Final[Mapping[str, Allowed]] = {
    "startEvent": {
        **_NODE,
        "isInterrupting": TRUE,
        "parallelMultiple": FALSE,
    },
    "endEvent": _NODE,
    "intermediateCatchEvent": {**_NODE, "parallelMultiple": FALSE},
    "intermediateThrowEvent": _NODE,
    "boundaryEvent": {
        **_NODE,
        "attachedToRef": None,
        "cancelActivity": BOOLEAN,
        "parallelMultiple": FALSE,
    },
    "userTask": {**_ACTIVITY, "implementation": _IMPLEMENTATION},
    "serviceTask": {**_ACTIVITY, "implementation": _IMPLEMENTATION},
    "scriptTask": {**_ACTIVITY, "scriptFormat": None},
    "sendTask": {**_ACTIVITY, "messageRef": None, "implementation": _IMPLEMENTATION},
    "receiveTask": {
        **_ACTIVITY,
        "messageRef": None,
        "implementation": _IMPLEMENTATION,
        "instantiate": FALSE,
    },
    "exclusiveGateway": {**_NODE, "default": None, "gatewayDirection": _DIRECTIONS},
    "parallelGateway": {**_NODE, "gatewayDirection": _DIRECTIONS},
    "subProcess": {**_ACTIVITY, "triggeredByEvent": FALSE},
}
# Children that hold text: their attributes. What they may contain besides text: nothing.
TEXT_ELEMENTS: Final[Mapping[str, Allowed]] = {
    "script": {},
    "conditionExpression": {"id": None, "language": None},
    "timeDuration": {"id": None, "language": None},
    "timeDate": {"id": None, "language": None},
    "incoming": {},
    "outgoing": {},
}
EVENT_DEFINITION_ATTRIBUTES: Final[Mapping[str, Allowed]] = {
    "timer": {"id": None},
    "message": {"id": None, "messageRef": None},
    "error": {"id": None, "errorRef": None},
    "terminate": {"id": None},
}
ACTIVITIES: Final = frozenset(
    {"userTask", "serviceTask", "scriptTask", "sendTask", "receiveTask", "subProcess"}
)
EVENT_DEFINITIONS: Final[Mapping[str, Mapping[str, str]]] = {
    # element -> event definition -> trigger
    "startEvent": {"messageEventDefinition": "message", "timerEventDefinition": "timer"},
    "endEvent": {"terminateEventDefinition": "terminate", "errorEventDefinition": "error"},
    "intermediateCatchEvent": {
        "messageEventDefinition": "message",
        "timerEventDefinition": "timer",
    },
    "intermediateThrowEvent": {"messageEventDefinition": "message"},
    "boundaryEvent": {"messageEventDefinition": "message", "timerEventDefinition": "timer"},
}
EXTENSION_ATTRIBUTES: Final[Mapping[str, frozenset[str]]] = {
    "process": frozenset({"en"}),
    "userTask": frozenset({"role", "fact"}),
    "intermediateThrowEvent": frozenset({"fact", "keeps"}),
    "timerEventDefinition": frozenset({"workingDays"}),
}
ENGLISH: Final = "en"
"""Attribute of ours that any flow node may carry: its name in English, `name` being the Chinese one."""

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
LISTED: Final = frozenset({"units", "files"})
"""Field types whose value is a list of ids, each once."""
LAMPS: Final = frozenset({"yellow", "red"})
