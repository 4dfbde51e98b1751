"""Reads BPMN 2.0 XML into the model, and refuses every element it would not execute.

All findings are collected and reported together. References across the file (messages,
errors) are resolved here; the graph itself is checked in `structure`.
"""

from __future__ import annotations

from typing import Final

from wenzheng.engine import vocabulary as words
from wenzheng.engine.extensions import read_extensions
from wenzheng.engine.findings import DefinitionRefused, Finding, FindingList, Position
from wenzheng.engine.markup import Markup
from wenzheng.engine.model import (
    Element,
    ProcessModel,
    ScopeModel,
    SequenceFlow,
    TimerText,
)
from wenzheng.engine.xml_tree import XmlNode, read_xml

_TIMER_KINDS: Final = {"timeDuration": "duration", "timeDate": "date"}
_CEL: Final = "urn:cel"
MAX_NESTING: Final = 32
"""Levels of sub-processes; deeper ones would be cancelled by ever deeper recursion."""
MAX_FLOW_NODES: Final = 10_000
"""Flow nodes of one file: five times the longest process that must run."""


def read_bpmn(data: bytes, file: str, findings: FindingList) -> list[ProcessModel]:
    """The executable processes of one file.

    Findings are added to `findings`; the models are only fit to run when it has no error.
    Raises DefinitionRefused at once when the text is not XML that can be read safely, or too large.
    """
    root = read_xml(data, file)
    return _Reader(file, findings).definitions(root)


class _Reader:
    def __init__(self, file: str, findings: FindingList) -> None:
        self._findings = findings
        self._markup = Markup(file, findings)
        self._messages: dict[str, str] = {}
        self._errors: dict[str, str] = {}
        self._depth = 0
        self._nodes = 0

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
        self._markup.attributes(root, words.DEFINITIONS_ATTRIBUTES, None)
        self._markup.register(root, None)
        self._default_language(root)
        processes: list[XmlNode] = []
        for child in self._markup.children(root, None):
            match child.name:
                case "message":
                    self._named(child, self._messages, "name")
                case "error":
                    self._named(child, self._errors, "errorCode")
                case "process":
                    processes.append(child)
                case _:
                    self._markup.not_executed(child, None)
        if not processes:
            self._findings.error(
                root.position,
                None,
                "no-process",
                "Expected at least one process, found none.",
                "Add a process with isExecutable='true'.",
            )
        return [self._process(node) for node in processes]

    def _default_language(self, root: XmlNode) -> None:
        language = root.get("expressionLanguage")
        if language not in {None, "", _CEL}:
            # Modelers write XPath here whatever the author uses, so an error would hit the innocent.
            self._findings.warn(
                root.position,
                None,
                "expression-language",
                f"Expected expressionLanguage='{_CEL}', found '{language}': expressions are read as CEL.",
                f"Write expressionLanguage='{_CEL}', or remove the attribute.",
            )

    def _named(self, node: XmlNode, table: dict[str, str], attribute: str) -> None:
        element_id = self._markup.id_of(node)
        self._markup.attributes(node, {"id": None, "name": None, attribute: None}, element_id)
        for child in self._markup.children(node, element_id):
            self._markup.not_executed(child, element_id)
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
        process_id = self._markup.id_of(node)
        self._markup.attributes(node, words.PROCESS_ATTRIBUTES, process_id)
        if node.token("isExecutable", "false") not in words.TRUE:
            self._findings.error(
                node.position,
                process_id,
                "process-not-executable",
                f"Expected isExecutable='true' on process '{process_id}', "
                f"found {node.get('isExecutable')!r}.",
                "Mark the process executable, or leave it out of the bundle.",
            )
        model = ProcessModel(process_id, node.get("name") or process_id, node.position)
        self._scope(node, model, None)
        return model

    def _scope(self, node: XmlNode, model: ProcessModel, host: Element | None) -> None:
        scope_id = self._markup.current_id(node)
        scope = ScopeModel(scope_id)
        model.scopes[scope_id] = scope
        extended = False
        for child in self._markup.children(node, scope_id):
            if child.name == "extensionElements":
                self._markup.once(child, extended, scope_id)
                extended = True
                read_extensions(child, node, model, host, self._findings)
            elif child.name == "sequenceFlow":
                flow = self._flow(child)
                scope.flows[flow.id] = flow
            elif child.name in words.FLOW_NODES:
                element = self._element(child, scope_id, model)
                if self._stands_apart(child):
                    scope.refused.add(element.id)
                    model.scopes.pop(element.id, None)
                else:
                    scope.elements[element.id] = element
            elif child.name in {"incoming", "outgoing"} and host is not None:
                self._listed_flow(child, host)
            else:
                scope.refused.add(child.get("id") or "")
                self._markup.not_executed(child, scope_id)

    def _stands_apart(self, node: XmlNode) -> bool:
        """An event sub-process or a compensation handler: refused by its attribute, and outside the flow.

        The rules of the flow are not held against it, or one fault would be reported three times.
        """
        return any(
            node.token(attribute, "false") in words.TRUE
            for attribute in ("triggeredByEvent", "isForCompensation")
        )

    # --- flow nodes -------------------------------------------------------------------

    def _flow(self, node: XmlNode) -> SequenceFlow:
        flow_id = self._markup.id_of(node)
        self._markup.attributes(node, words.FLOW_ATTRIBUTES, flow_id)
        condition: str | None = None
        condition_position: Position | None = None
        for child in self._markup.children(node, flow_id):
            if child.name == "conditionExpression":
                self._markup.once(child, condition is not None, flow_id)
                condition = self._markup.text_of(child, flow_id)
                condition_position = child.text_position or child.position
            else:
                self._markup.not_executed(child, flow_id)
        return SequenceFlow(
            flow_id,
            node.get("sourceRef") or "",
            node.get("targetRef") or "",
            condition,
            node.position,
            condition_position,
        )

    def _element(self, node: XmlNode, scope_id: str, model: ProcessModel) -> Element:
        element_id = self._markup.id_of(node)
        self._count(node, element_id)
        self._markup.attributes(node, words.FLOW_NODES[node.name], element_id)
        element = Element(element_id, node.name, node.get("name") or element_id, node.position, scope_id)
        element.default = node.get("default")
        element.direction = node.token("gatewayDirection", "Unspecified")
        element.attached_to = node.get("attachedToRef")
        element.interrupting = node.token("cancelActivity", "true") not in words.FALSE
        element.role = node.attributes.get(f"{{{words.WZ}}}role")
        element.fact = node.attributes.get(f"{{{words.WZ}}}fact")
        element.keeps = tuple(node.attributes.get(f"{{{words.WZ}}}keeps", "").split())
        element.name_en = node.attributes.get(f"{{{words.WZ}}}{words.ENGLISH}", "")
        if "messageRef" in words.FLOW_NODES[node.name]:
            element.trigger = "message"
            self._message_ref(node, element)
        if node.name == "subProcess":
            self._sub_process(node, model, element)
            return element
        if node.name == "scriptTask":
            self._markup.expression_language(node, "scriptFormat", element_id)
        seen: set[str] = set()
        for child in self._markup.children(node, element_id):
            if child.name in {"extensionElements", "script"}:
                self._markup.once(child, child.name in seen, element_id)
            seen.add(child.name)
            self._element_child(child, node, element, model)
        return element

    def _count(self, node: XmlNode, element_id: str) -> None:
        self._nodes += 1
        if self._nodes > MAX_FLOW_NODES:
            # What is this large is not read to its end: checking it would take seconds.
            message = f"Expected at most {MAX_FLOW_NODES:,} flow nodes in a file, found more."
            hint = "Split the definition into several files."
            raise DefinitionRefused(
                [Finding(node.position, element_id, "too-many-flow-nodes", message, hint)]
            )

    def _sub_process(self, node: XmlNode, model: ProcessModel, element: Element) -> None:
        if self._depth >= MAX_NESTING:
            self._findings.error(
                element.position,
                element.id,
                "sub-process-too-deep",
                f"Expected at most {MAX_NESTING} levels of sub-processes, found '{element.id}' deeper.",
                "Flatten the sub-processes.",
            )
            model.scopes[element.id] = ScopeModel(element.id)
            return
        self._depth += 1
        self._scope(node, model, element)
        self._depth -= 1

    def _element_child(self, child: XmlNode, node: XmlNode, element: Element, model: ProcessModel) -> None:
        triggers = words.EVENT_DEFINITIONS.get(node.name, {})
        if child.name in {"incoming", "outgoing"}:
            self._listed_flow(child, element)
        elif child.name == "extensionElements":
            read_extensions(child, node, model, element, self._findings)
        elif child.name == "script" and node.name == "scriptTask":
            element.script = self._markup.text_of(child, element.id)
            element.script_position = child.text_position or child.position
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
            if child.name.endswith("EventDefinition"):
                element.trigger = "refused"
            self._markup.not_executed(child, element.id)

    def _listed_flow(self, node: XmlNode, element: Element) -> None:
        name = self._markup.text_of(node, element.id).strip().rpartition(":")[2]
        element.listed = [*(element.listed or []), (node.name, name)]

    def _event_definition(self, node: XmlNode, element: Element) -> None:
        self._markup.attributes(node, words.EVENT_DEFINITION_ATTRIBUTES[element.trigger], element.id)
        self._markup.register(node, element.id)
        if element.trigger == "message":
            self._message_ref(node, element)
        elif element.trigger == "error":
            self._error_ref(node, element)
        elif element.trigger == "timer":
            self._timer(node, element)
            return
        for child in self._markup.children(node, element.id):
            self._markup.not_executed(child, element.id)

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
                "Declare the message beside the process, or correct the reference.",
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
        for child in self._markup.children(node, element.id):
            kind = _TIMER_KINDS.get(child.name)
            if kind is None:
                self._markup.not_executed(child, element.id)
            else:
                text = self._markup.text_of(child, element.id).strip()
                timers.append(TimerText(kind, text, child.position))
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
