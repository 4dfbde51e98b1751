"""What other tools write into BPMN files beside BPMN, and what stands for it here.

Nothing of it is executed. What changes how another engine runs the process is refused, with what to write
instead; what only says something about the file or about that engine's own housekeeping is a warning.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_CAMUNDA: Final = "http://camunda.org/schema/1.0/bpmn"
_ZEEBE: Final = "http://camunda.org/schema/zeebe/1.0"
_SPIFF: Final = "http://spiffworkflow.org/bpmn/schema/1.0/core"
VENDORS: Final[Mapping[str, str]] = {
    _CAMUNDA: "Camunda 7",
    _ZEEBE: "Camunda 8",
    _SPIFF: "SpiffWorkflow",
    "http://activiti.org/bpmn": "Activiti",
    "http://flowable.org/bpmn": "Flowable",
    "http://www.signavio.com": "Signavio",
    "http://bpmn.sourceforge.net": "Yaoqiang",
}

_WHO: Final = "Say who does it with wz:role on the task or on its lane, and whose unit with wz:unit."
_FORM: Final = "Write what is asked for as <wz:field> in the task's extensionElements."
_WORK: Final = "Name a registered activity with <wz:service name='…'> in the task's extensionElements."
_WHEN: Final = "Write a deadline as <wz:clock> in the process, or put a timer on the task's boundary."
_DATA: Final = "Declare variables with <wz:variable>; read and set them in conditions, scripts and wz:input."
_TABLE: Final = "Put the table into the folder and name it with <wz:decision name='…'>."
_SCRIPT: Final = "Put it into a script task before or after, as lines of the form name = expression."
_LOOP: Final = "Name the list in <loopDataInputRef> and its element in <inputDataItem name='…'/>."
_SAID: Final = "Write it as <wz:guidance> of a user task; elsewhere put it into <documentation>."
_MESSAGE: Final = "Name what identifies the receiver by BPMN's correlationProperty and correlationKey."
_CALL: Final = "Name the process in calledElement, and give it data by BPMN's inputs and outputs."
_TRIES: Final = "How often an activity is tried again is said by its contract; remove it."
_OWN: Final = (
    "Only that tool reads what it holds: write a form as <wz:field>, what else it changes in BPMN; remove it."
)
_SENT: Final = "Say what is sent as data inputs of the event that throws, and what is taken as data outputs."
_INSTEAD: Final[Mapping[str, str]] = {
    **dict.fromkeys(("assignee", "candidateUsers", "candidateGroups", "assignmentDefinition"), _WHO),
    **dict.fromkeys(("starterUsers", "candidateStarterUsers", "candidateStarterGroups"), _WHO),
    **dict.fromkeys(("allowGuest", "guestConfirmation", "initiator"), _WHO),
    **dict.fromkeys(("formKey", "formRef", "formRefBinding", "formRefVersion", "formData"), _FORM),
    **dict.fromkeys(("formDefinition", "userTaskForm", "formProperty", "formHandlerClass"), _FORM),
    **dict.fromkeys(("class", "delegateExpression", "expression", "type", "topic", "connector"), _WORK),
    **dict.fromkeys(("taskDefinition", "serviceTaskOperator", "taskHeaders", "userTask", "field"), _WORK),
    **dict.fromkeys(("dueDate", "followUpDate", "taskSchedule", "priority", "priorityDefinition"), _WHEN),
    **dict.fromkeys(("inputOutput", "ioMapping", "resultVariable", "variables", "property"), _DATA),
    **dict.fromkeys(("processVariable", "isOutputSynced", "variableName"), _DATA),
    **dict.fromkeys(("errorCodeVariable", "errorMessageVariable", "escalationCodeVariable"), _DATA),
    **dict.fromkeys(("decisionRef", "decisionRefBinding", "mapDecisionResult", "calledDecision"), _TABLE),
    **dict.fromkeys(("decisionRefVersion", "calledDecisionId"), _TABLE),
    **dict.fromkeys(("preScript", "postScript", "script", "resource"), _SCRIPT),
    **dict.fromkeys(("executionListener", "executionListeners", "taskListener", "taskListeners"), _SCRIPT),
    **dict.fromkeys(("collection", "elementVariable", "loopCharacteristics"), _LOOP),
    **dict.fromkeys(("instructionsForEndUser", "signalButtonLabel"), _SAID),
    **dict.fromkeys(("subscription", "messagePayload", "messageVariable"), _MESSAGE),
    **dict.fromkeys(("properties",), _OWN),
    **dict.fromkeys(("payloadExpression",), _SENT),
    **dict.fromkeys(("calledElement", "in", "out", "calledElementBinding"), _CALL),
    **dict.fromkeys(("failedJobRetryTimeCycle", "retries", "errorEventDefinition"), _TRIES),
}
_NOTES: Final = frozenset(
    {
        # housekeeping of other engines and of their modelers: nothing that a process does depends on it
        *("historyTimeToLive", "versionTag", "isStartableInTasklist", "modelerTemplate"),
        *("modelerTemplateVersion", "modelerTemplateIcon", "jobPriority", "taskPriority", "exclusive"),
        *("asyncBefore", "asyncAfter", "exporterVersion", "unitTests", "scriptsOnInstances"),
        *(
            "signavioMetaData",
            "signavioDiagramMetaData",
            "signavioLabel",
            "signavioType",
            "userTaskImplementation",
        ),
    }
)


def is_note(namespace: str, name: str) -> bool:
    """Whether it says nothing about how the process runs."""
    return namespace in VENDORS and name in _NOTES


def instead(namespace: str, name: str) -> str:
    """What to write here instead of markup of another tool."""
    if namespace in VENDORS and name in _INSTEAD:
        return _INSTEAD[name]
    return "It could change how another engine runs this; remove it or express it in BPMN."


def vendor(namespace: str) -> str:
    """Whose markup it is, as a message says it."""
    return f" of {VENDORS[namespace]}" if namespace in VENDORS else ""
