"""Reads BPMN 2.0 XML into the model, and refuses every element it would not execute.

All findings are collected and reported together. References across the file (messages,
errors) are resolved here; the graph itself is checked in `structure`.
"""

from __future__ import annotations

from typing import Final

from wenzheng.engine import vocabulary as words
from wenzheng.engine.calendar_choice import read_calendar
from wenzheng.engine.correlation_reader import CorrelationReader
from wenzheng.engine.data_reader import DataReader, declare
from wenzheng.engine.described import DESCRIBED, read_described
from wenzheng.engine.event_reader import Declared, EventReader, local_name
from wenzheng.engine.extensions import read_extensions
from wenzheng.engine.findings import DefinitionRefused, Finding, FindingList, Position
from wenzheng.engine.lane_reader import LaneReader
from wenzheng.engine.loop_reader import LoopReader
from wenzheng.engine.markup import Markup
from wenzheng.engine.model import Element, EventDefinition, ProcessModel, ScopeModel, SequenceFlow
from wenzheng.engine.rules.file_rules import check_file
from wenzheng.engine.xml_tree import XmlNode, read_xml

_MATCHED_BY: Final = {
    "message": "name",
    "signal": "name",
    "error": "errorCode",
    "escalation": "escalationCode",
}
_ONCE: Final = frozenset({"extensionElements", "script", "activationCondition"})
_CEL: Final = "urn:cel"
MAX_NESTING: Final = 32
"""Levels of sub-processes; deeper ones would be cancelled by ever deeper recursion."""
MAX_QUANTITY: Final = 1_000
"""Tokens that an activity may wait for or let out at once."""
MAX_FLOW_NODES: Final = 10_000
"""Flow nodes of one file: five times the longest process that must run."""


def read_bpmn(data: bytes, file: str, findings: FindingList) -> list[ProcessModel]:
    """The executable processes of one file.

    Findings are added to `findings`; the models are only fit to run when it has no error.
    Raises DefinitionRefused at once when the text is not XML that can be read safely, or too large.
    """
    root = read_xml(data, file)
    checked = check_file(root, findings)
    models = _Reader(Markup(file, findings, frozenset(checked.reported)), findings).definitions(root)
    for model in models:
        model.kinds = checked.kinds()
    return models


class _Reader:
    def __init__(self, markup: Markup, findings: FindingList) -> None:
        self._findings = findings
        self._markup = markup
        self._declared = Declared()
        self._events = EventReader(self._markup, findings, self._declared)
        self._data = DataReader(self._markup, findings)
        self._loops = LoopReader(self._markup, findings, self._events, self._data)
        self._correlation = CorrelationReader(self._markup, findings)
        self._lanes = LaneReader(self._markup)
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
        tasks: list[XmlNode] = []
        for child in self._markup.children(root, None):
            match child.name:
                case "message" | "signal" | "error" | "escalation":
                    self._named(child)
                case "process":
                    processes.append(child)
                case name if name in words.GLOBAL_TASKS:
                    tasks.append(child)
                case name if name in words.IGNORED_BESIDE:
                    self._markup.register(child, None)
                case name if name in words.EVENT_DEFINITION_KINDS:
                    self._declared.definitions[self._markup.current_id(child)] = child
                case _:
                    self._beside(child)
        self._correlation.file(root, self._declared.names["message"])
        for node in self._declared.definitions.values():
            self._events.read(node, self._markup.current_id(node))
        if not processes:
            self._findings.error(
                root.position,
                None,
                "no-process",
                "Expected at least one process, found none.",
                "Add a process with isExecutable='true'.",
            )
        return [self._process(node) for node in processes] + [self._global_task(node) for node in tasks]

    def _beside(self, node: XmlNode) -> None:
        """What stands beside processes and says something about their data and messages."""
        if node.name in DESCRIBED:
            read_described(node, self._markup)
            if node.name == "itemDefinition":
                self._data.item_definition(node)
        elif node.name == "dataStore":
            self._data.refuse_store(node, node.name)
        elif node.name != "correlationProperty":  # read with the keys, when the messages are known
            self._markup.not_executed(node, None)

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

    def _named(self, node: XmlNode) -> None:
        """A message or signal has a name that others match it by, an error or escalation a code."""
        attribute = _MATCHED_BY[node.name]
        element_id = self._markup.id_of(node)
        allowed = {"id": None, "name": None, "itemRef": None, "structureRef": None, attribute: None}
        self._markup.attributes(node, allowed, element_id)
        for child in self._markup.children(node, element_id):
            self._markup.not_executed(child, element_id)
        value = node.get(attribute)
        # An error or escalation without a code is caught as any, and cannot be thrown (rules/events.py).
        if not value and attribute == "name":
            self._findings.error(
                node.position,
                element_id,
                f"{node.name}-without-{attribute.lower()}",
                f"Expected attribute '{attribute}' on {node.name} '{element_id}', found none.",
                f"Give the {node.name} a {attribute}.",
            )
        self._declared.names[node.name][element_id] = value or ""

    def _global_task(self, node: XmlNode) -> ProcessModel:
        """A global task as what it is to its callers: a process of one task (BPMN 2.0.2 §10.3.6)."""
        kind = words.GLOBAL_TASKS[node.name]
        task_id = self._markup.id_of(node)
        self._markup.attributes(node, words.GLOBAL_TASK_ATTRIBUTES[node.name], task_id)
        model = ProcessModel(task_id, node.get("name") or task_id, node.position, is_global_task=True)
        scope = model.scopes[task_id] = ScopeModel(task_id)
        element = self._new_element(node, kind, task_id, task_id)
        self._children(node, kind, element, model)
        scope.elements[element.id] = element
        declare(model, self._findings)
        return model

    def _process(self, node: XmlNode) -> ProcessModel:
        process_id = self._markup.id_of(node)
        self._markup.attributes(node, words.PROCESS_ATTRIBUTES, process_id)
        executable = node.token("isExecutable", "false") in words.TRUE
        if not executable:
            self._findings.error(
                node.position,
                process_id,
                "process-not-executable",
                f"Expected isExecutable='true' on process '{process_id}', "
                f"found {node.get('isExecutable')!r}.",
                "Mark the process executable, or leave it out of the bundle.",
            )
        model = ProcessModel(process_id, node.get("name") or process_id, node.position)
        model.is_executable = self._events.executable = executable
        model.correlation = self._correlation.model
        model.calendar = read_calendar(node, process_id, self._findings)
        self._scope(node, model, None)
        declare(model, self._findings)
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
                scope.elements[element.id] = element
            elif child.name == "association":
                self._association(child, scope)
            elif child.name == "laneSet":
                self._lanes.lane_set(child, model)
            elif child.name == "correlationSubscription" and host is None:
                self._correlation.subscription(child, model.id, model.bindings)
            elif not (
                self._data.scope_child(child, scope, model, host)
                or (host is not None and self._belongs_to_host(child, host))
            ):
                scope.refused.add(child.get("id") or "")
                self._markup.not_executed(child, scope_id)

    def _belongs_to_host(self, child: XmlNode, host: Element) -> bool:
        """Children of a sub-process that say something about it as an activity."""
        if child.name in {"incoming", "outgoing"}:
            self._listed_flow(child, host)
        elif child.name in words.LOOP_ATTRIBUTES:
            self._loop(child, host)
        elif child.name == "completionCondition" and host.type == "adHocSubProcess":
            host.completion = self._markup.text_of(child, host.id)
        else:
            return False
        return True

    def _association(self, node: XmlNode, scope: ScopeModel) -> None:
        """Notes hang on associations, and the activity that compensates on its event (p. 303)."""
        source, target = local_name(node.get("sourceRef")), local_name(node.get("targetRef"))
        owner = self._markup.current_id(node)
        self._markup.attributes(node, words.ASSOCIATION_ATTRIBUTES, owner)
        self._markup.register(node, owner)
        for child in self._markup.children(node, owner):
            self._markup.not_executed(child, owner)
        scope.associations.append((source, target))

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
        element = self._new_element(node, node.name, element_id, scope_id)
        if "messageRef" in words.FLOW_NODES[node.name]:
            name = self._events.named(node, "message", element_id)
            element.events.append(EventDefinition("message", node.position, name))
        if node.name in words.SUB_PROCESSES:
            self._sub_process(node, model, element)
        else:
            self._children(node, node.name, element, model)
        return element

    def _new_element(self, node: XmlNode, kind: str, element_id: str, scope_id: str) -> Element:
        element = Element(element_id, kind, node.get("name") or element_id, node.position, scope_id)
        element.default = node.get("default")
        element.direction = node.token("gatewayDirection", "Unspecified")
        element.attached_to = local_name(node.get("attachedToRef")) or None
        interrupting = node.token("cancelActivity", node.token("isInterrupting", "true"))
        element.interrupting = interrupting not in words.FALSE
        element.all_triggers = self._flag(node, "parallelMultiple")
        element.instantiate = self._flag(node, "instantiate")
        element.triggered = kind in words.SUB_PROCESSES and self._flag(node, "triggeredByEvent")
        element.for_compensation = self._flag(node, "isForCompensation")
        element.sequential = node.token("ordering", "Parallel") == "Sequential"
        element.cancels_remaining = node.token("cancelRemainingInstances", "true") in words.TRUE
        element.all_events = node.token("eventGatewayType", "Exclusive") == "Parallel"
        element.start_quantity = self._quantity(node, "startQuantity", element_id)
        element.completion_quantity = self._quantity(node, "completionQuantity", element_id)
        element.called = local_name(node.get("calledElement")) or None
        element.role = node.attributes.get(f"{{{words.WZ}}}role")
        element.fact = node.attributes.get(f"{{{words.WZ}}}fact")
        element.unit = node.attributes.get(f"{{{words.WZ}}}unit")
        element.keeps = tuple(node.attributes.get(f"{{{words.WZ}}}keeps", "").split())
        element.name_en = node.attributes.get(f"{{{words.WZ}}}{words.ENGLISH}", "")
        return element

    def _flag(self, node: XmlNode, attribute: str) -> bool:
        return node.token(attribute, "false") in words.TRUE

    def _quantity(self, node: XmlNode, attribute: str, element_id: str) -> int:
        text = node.token(attribute, "1")
        if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MAX_QUANTITY:
            return int(text)
        self._findings.error(
            node.position,
            element_id,
            "token-quantity",
            f"Expected {attribute} of '{element_id}' to be a whole number from 1 to {MAX_QUANTITY}, found "
            f"'{text}' (BPMN 2.0.2 p. 151).",
            "Correct the number.",
        )
        return 1

    def _children(self, node: XmlNode, kind: str, element: Element, model: ProcessModel) -> None:
        if kind == "scriptTask":
            attribute = "scriptFormat" if node.name == kind else "scriptLanguage"
            self._markup.expression_language(node, attribute, element.id)
        seen: set[str] = set()
        for child in self._markup.children(node, element.id):
            if child.name in _ONCE:
                self._markup.once(child, child.name in seen, element.id)
            seen.add(child.name)
            self._element_child(child, node, element, model)

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
        match child.name:
            case "incoming" | "outgoing":
                self._listed_flow(child, element)
            case "extensionElements":
                read_extensions(child, node, model, element, self._findings)
            case "script" if element.type == "scriptTask":
                element.script = self._markup.text_of(child, element.id)
                element.script_position = child.text_position or child.position
            case "activationCondition" if element.type == "complexGateway":
                element.activation = self._markup.text_of(child, element.id)
            case name if name in words.LOOP_ATTRIBUTES and element.type in words.ACTIVITIES:
                self._loop(child, element)
            case "ioSpecification" if node.name in words.GLOBAL_TASKS:
                self._data.process_io(child, model)
            case _ if self._data.element_child(child, element):
                pass
            case _:
                self._events.child(child, element)

    def _listed_flow(self, node: XmlNode, element: Element) -> None:
        name = self._markup.text_of(node, element.id).strip().rpartition(":")[2]
        element.listed = [*(element.listed or []), (node.name, name)]

    # --- loops ------------------------------------------------------------------------

    def _loop(self, node: XmlNode, element: Element) -> None:
        self._markup.once(node, element.loop is not None, element.id)
        element.loop = self._loops.read(node, element.id)
