"""Reads BPMN 2.0 XML into the model, and refuses every element it would not execute.

All findings are collected and reported together. References across the file (messages,
errors) are resolved here; the graph itself is checked in `structure`.
"""

from __future__ import annotations

from typing import Final

from wenzheng.engine import vocabulary as words
from wenzheng.engine.extensions import read_extensions
from wenzheng.engine.findings import FindingList, Position
from wenzheng.engine.model import (
    Element,
    ProcessModel,
    ScopeModel,
    SequenceFlow,
    TimerText,
)
from wenzheng.engine.xml_tree import XmlNode, read_xml

_TIMER_KINDS: Final = {"timeDuration": "duration", "timeDate": "date"}


def read_bpmn(data: bytes, file: str, findings: FindingList) -> list[ProcessModel]:
    """The executable processes of one file.

    Findings are added to `findings`; the models are only fit to run when it has no error.
    Raises DefinitionRefused at once when the text is not XML that can be read safely.
    """
    root = read_xml(data, file)
    return _Reader(file, findings).definitions(root)


class _Reader:
    def __init__(self, file: str, findings: FindingList) -> None:
        self._file = file
        self._findings = findings
        self._messages: dict[str, str] = {}
        self._errors: dict[str, str] = {}
        self._ids: dict[str, Position] = {}

    # --- the file ---------------------------------------------------------------------

    def definitions(self, root: XmlNode) -> list[ProcessModel]:
        if (root.namespace, root.name) != (words.BPMN, "definitions"):
            self._findings.error(
                root.position,
                None,
                "not-bpmn",
                f"Expected a BPMN 2.0 'definitions' element, found '{root.name}'.",
                "Export the model as BPMN 2.0 XML.",
            )
            return []
        self._attributes(root, words.DEFINITIONS_ATTRIBUTES, None)
        processes: list[XmlNode] = []
        for child in self._children(root, None):
            match child.name:
                case "message":
                    self._named(child, self._messages, "name")
                case "error":
                    self._named(child, self._errors, "errorCode")
                case "process":
                    processes.append(child)
                case _:
                    self._not_executed(child, None)
        if not processes:
            self._findings.error(
                root.position,
                None,
                "no-process",
                "Expected at least one process, found none.",
                "Add a process with isExecutable='true'.",
            )
        return [self._process(node) for node in processes]

    def _named(self, node: XmlNode, table: dict[str, str], attribute: str) -> None:
        element_id = self._id(node)
        self._attributes(node, {"id": None, "name": None, attribute: None}, element_id)
        for child in self._children(node, element_id):
            self._not_executed(child, element_id)
        value = node.get(attribute)
        if not value:
            self._findings.error(
                node.position,
                element_id,
                f"{node.name}-without-{attribute.lower()}",
                f"Expected attribute '{attribute}' on {node.name} '{element_id}', found none.",
                f"Give the {node.name} a {attribute}.",
            )
        table[element_id] = value or ""

    def _process(self, node: XmlNode) -> ProcessModel:
        process_id = self._id(node)
        self._attributes(node, words.PROCESS_ATTRIBUTES, process_id)
        if node.get("isExecutable", "false") != "true":
            self._findings.error(
                node.position,
                process_id,
                "process-not-executable",
                f"Expected isExecutable='true' on process '{process_id}', "
                f"found {node.get('isExecutable')!r}.",
                "Mark the process executable, or leave it out of the bundle.",
            )
        model = ProcessModel(process_id, node.get("name") or process_id, node.position)
        self._scope(node, model)
        return model

    def _scope(self, node: XmlNode, model: ProcessModel) -> None:
        scope_id = self._current_id(node)
        scope = ScopeModel(scope_id)
        model.scopes[scope_id] = scope
        for child in self._children(node, scope_id):
            if child.name == "extensionElements":
                read_extensions(child, node, model, None, self._findings)
            elif child.name == "sequenceFlow":
                flow = self._flow(child)
                scope.flows[flow.id] = flow
            elif child.name in words.FLOW_NODES:
                element = self._element(child, scope_id, model)
                scope.elements[element.id] = element
            elif child.name in {"incoming", "outgoing"}:
                continue
            else:
                self._not_executed(child, scope_id)

    # --- flow nodes -------------------------------------------------------------------

    def _flow(self, node: XmlNode) -> SequenceFlow:
        flow_id = self._id(node)
        self._attributes(node, words.FLOW_ATTRIBUTES, flow_id)
        condition: str | None = None
        condition_position: Position | None = None
        for child in self._children(node, flow_id):
            if child.name == "conditionExpression":
                self._expression_language(child, "language", flow_id)
                condition = child.text.strip()
                condition_position = child.position
            else:
                self._not_executed(child, flow_id)
        return SequenceFlow(
            flow_id,
            node.get("sourceRef") or "",
            node.get("targetRef") or "",
            condition,
            node.position,
            condition_position,
        )

    def _element(self, node: XmlNode, scope_id: str, model: ProcessModel) -> Element:
        element_id = self._id(node)
        self._attributes(node, words.FLOW_NODES[node.name], element_id)
        element = Element(element_id, node.name, node.get("name") or element_id, node.position, scope_id)
        element.default = node.get("default")
        element.attached_to = node.get("attachedToRef")
        element.interrupting = node.get("cancelActivity", "true") != "false"
        element.role = node.attributes.get(f"{{{words.WZ}}}role")
        element.fact = node.attributes.get(f"{{{words.WZ}}}fact")
        if "messageRef" in words.FLOW_NODES[node.name]:
            element.trigger = "message"
            self._message_ref(node, element)
        if node.name == "subProcess":
            self._scope(node, model)
            return element
        if node.name == "scriptTask":
            self._expression_language(node, "scriptFormat", element_id)
        for child in self._children(node, element_id):
            self._element_child(child, node, element, model)
        return element

    def _element_child(self, child: XmlNode, node: XmlNode, element: Element, model: ProcessModel) -> None:
        triggers = words.EVENT_DEFINITIONS.get(node.name, {})
        if child.name in {"incoming", "outgoing"}:
            return
        if child.name == "extensionElements":
            read_extensions(child, node, model, element, self._findings)
        elif child.name == "script" and node.name == "scriptTask":
            element.script = child.text
            element.script_position = child.position
        elif child.name in triggers:
            if element.trigger != "none":
                self._findings.error(
                    child.position,
                    element.id,
                    "several-event-definitions",
                    f"Expected one event definition on '{element.id}', found another.",
                    "Use one event for each trigger; multiple events are not executed yet.",
                )
                return
            element.trigger = triggers[child.name]
            self._event_definition(child, element)
        else:
            self._not_executed(child, element.id)

    def _event_definition(self, node: XmlNode, element: Element) -> None:
        allowed = {"id": None, "messageRef": None, "errorRef": None}
        self._attributes(node, allowed, element.id)
        if element.trigger == "message":
            self._message_ref(node, element)
        elif element.trigger == "error":
            self._error_ref(node, element)
        elif element.trigger == "timer":
            self._timer(node, element)
            return
        for child in self._children(node, element.id):
            self._not_executed(child, element.id)

    def _message_ref(self, node: XmlNode, element: Element) -> None:
        ref = (node.get("messageRef") or "").rpartition(":")[2]
        if ref in self._messages:
            element.message = self._messages[ref]
        else:
            self._findings.error(
                node.position,
                element.id,
                "unknown-message",
                f"Expected messageRef on '{element.id}' to name a message of the file, found '{ref}'.",
                "Declare the message before the process, or correct the reference.",
            )

    def _error_ref(self, node: XmlNode, element: Element) -> None:
        ref = (node.get("errorRef") or "").rpartition(":")[2]
        if ref in self._errors:
            element.error_code = self._errors[ref]
        else:
            self._findings.error(
                node.position,
                element.id,
                "unknown-error",
                f"Expected errorRef on '{element.id}' to name an error of the file, found '{ref}'.",
                "Declare the error with an errorCode, or correct the reference.",
            )

    def _timer(self, node: XmlNode, element: Element) -> None:
        timers: list[TimerText] = []
        working_days = node.attributes.get(f"{{{words.WZ}}}workingDays")
        if working_days is not None:
            timers.append(TimerText("working_days", working_days.strip(), node.position))
        for child in self._children(node, element.id):
            kind = _TIMER_KINDS.get(child.name)
            if kind is None:
                self._not_executed(child, element.id)
            else:
                self._expression_language(child, "language", element.id)
                timers.append(TimerText(kind, child.text.strip(), child.position))
        if len(timers) == 1:
            element.timer = timers[0]
        else:
            self._findings.error(
                node.position,
                element.id,
                "timer-needs-one-time",
                f"Expected exactly one of timeDuration, timeDate and wz:workingDays on "
                f"'{element.id}', found {len(timers)}.",
                "Say when the timer is due in one of the three ways.",
            )

    # --- what is common ---------------------------------------------------------------

    def _id(self, node: XmlNode) -> str:
        element_id = self._current_id(node)
        if not node.get("id"):
            self._findings.error(
                node.position,
                None,
                "missing-id",
                f"Expected attribute 'id' on {node.name}, found none.",
                "Give every element an id; findings and running letters refer to it.",
            )
        elif element_id in self._ids:
            first = self._ids[element_id]
            self._findings.error(
                node.position,
                element_id,
                "duplicate-id",
                f"Expected a new id, found '{element_id}' again; it is already used in line {first.line}.",
                "Rename one of the two.",
            )
        else:
            self._ids[element_id] = node.position
        return element_id

    def _current_id(self, node: XmlNode) -> str:
        return node.get("id") or f"{node.name}@{node.position.line}:{node.position.column}"

    def _children(self, node: XmlNode, element_id: str | None) -> list[XmlNode]:
        """The BPMN children that matter; others are reported or known to be harmless."""
        kept: list[XmlNode] = []
        for child in node.children:
            if child.namespace == words.BPMN:
                if child.name not in words.IGNORED_BPMN:
                    kept.append(child)
            elif child.namespace not in words.DRAWING_NAMESPACES:
                self._foreign(child.position, element_id, f"element '{child.name}'")
        return kept

    def _attributes(self, node: XmlNode, allowed: words.Allowed, element_id: str | None) -> None:
        ours = words.EXTENSION_ATTRIBUTES.get(node.name, frozenset())
        for name, value in node.attributes.items():
            namespace, _, local = name[1:].rpartition("}") if name[0] == "{" else ("", "", name)
            if namespace in words.DRAWING_NAMESPACES or namespace == words.XSI:
                continue
            if namespace == words.WZ and local in ours:
                continue
            if namespace:
                self._foreign(node.position, element_id, f"attribute '{local}'")
            elif local not in allowed:
                self._findings.error(
                    node.position,
                    element_id,
                    "attribute-not-executed",
                    f"Expected only attributes that are executed on {node.name}, found '{local}'.",
                    "Remove the attribute; the reference lists what each element takes.",
                )
            elif (values := allowed[local]) is not None and value not in values:
                self._findings.error(
                    node.position,
                    element_id,
                    "attribute-not-executed",
                    f"Expected {local}='{'|'.join(sorted(values))}' on {node.name}, found '{value}'.",
                    f"{local}='{value}' is not executed; model it with other elements.",
                )

    def _foreign(self, position: Position, element_id: str | None, what: str) -> None:
        self._findings.error(
            position,
            element_id,
            "vendor-extension",
            f"Expected BPMN and wz: markup only, found the foreign {what}.",
            "It could change how another engine runs this; remove it or express it in BPMN.",
        )

    def _expression_language(self, node: XmlNode, attribute: str, element_id: str) -> None:
        language = node.get(attribute)
        if language not in {None, "", "urn:cel"}:
            self._findings.error(
                node.position,
                element_id,
                "expression-language",
                f"Expected {attribute}='urn:cel', found '{language}'.",
                "Write the expression in CEL.",
            )

    def _not_executed(self, node: XmlNode, element_id: str | None) -> None:
        self._findings.error(
            node.position,
            node.get("id") or element_id,
            "element-not-executed",
            f"Expected an element that is executed here, found '{node.name}'.",
            "The reference lists the elements that are executed; model it with those.",
        )
