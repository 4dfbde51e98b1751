"""Reads our extension elements: variables, clocks, form fields and service calls."""

from __future__ import annotations

from typing import Final

from wenzheng.engine import vocabulary as words
from wenzheng.engine.clock_reader import CLOCK_ATTRIBUTES, ClockReader
from wenzheng.engine.extension_markup import ExtensionMarkup
from wenzheng.engine.findings import FindingList, Position
from wenzheng.engine.markup import report_foreign
from wenzheng.engine.model import (
    DecisionCall,
    Element,
    FormField,
    ProcessModel,
    ServiceCall,
    Variable,
)
from wenzheng.engine.xml_tree import XmlNode

MAX_VARIABLES: Final = 500
"""Declared variables of a process: each costs time at every start and room in every state."""
_LIMIT: Final = 999_999_999
# What min and max measure: a number's value, a text's or a list's length; values are compared as text.
_LIMITED_TYPES: Final = {
    "min": ("string", "int", "double", "units", "files"),
    "max": ("string", "int", "double", "units", "files"),
    "values": ("string", "int", "unit"),
    "notBefore": ("date",),
    "template": ("string", "content"),
    "templateEn": ("string", "content"),
}
_ATTRIBUTES: Final = {
    "variable": {"name", "type", "required", "initial"},
    **CLOCK_ATTRIBUTES,
    "field": {
        *("id", "type", "name", "en", "required", "min", "max", "notBefore"),
        *("values", "template", "templateEn"),
    },
    "guidance": {"zh", "en"},
    "service": {"name", "output"},
    "decision": {"name", "output"},
    "input": {"name", "value"},
}


def read_extensions(
    extensions: XmlNode,
    owner: XmlNode,
    model: ProcessModel,
    element: Element | None,
    findings: FindingList,
) -> None:
    """Read the `extensionElements` of a process (element is None) or of a flow node."""
    reader = _Extensions(model, element, findings)
    reader.no_attributes(extensions)
    for child in extensions.children:
        if child.namespace in words.DRAWING_NAMESPACES:
            continue
        place = owner.name
        if child.namespace == words.WZ and (place, child.name) in _PLACES:
            reader.read(child)
        elif child.namespace != words.WZ:
            report_foreign(
                findings,
                child.position,
                element.id if element else model.id,
                f"element '{child.name}'",
                (child.namespace, child.name),
            )
        else:
            findings.error(
                child.position,
                element.id if element else model.id,
                "vendor-extension",
                f"Expected a wz: extension that belongs on {place}, found '{child.name}'.",
                "Remove it, or move it to the element it belongs to.",
            )
    reader.finish()


_OWN_PLACES: Final = {
    ("process", "variable"),
    ("process", "clock"),
    ("userTask", "field"),
    ("globalUserTask", "field"),
    ("startEvent", "field"),
    ("boundaryEvent", "field"),
    ("userTask", "guidance"),
    ("globalUserTask", "guidance"),
    ("startEvent", "guidance"),
    ("boundaryEvent", "guidance"),
    ("serviceTask", "service"),
    ("businessRuleTask", "decision"),
    ("globalBusinessRuleTask", "decision"),
}
_PLACES: Final = (
    _OWN_PLACES
    | {(name, "variable") for name in words.GLOBAL_TASKS}
    | {(name, "clock") for name in words.ACTIVITIES}
)


class _Extensions(ExtensionMarkup):
    attributes = _ATTRIBUTES

    def __init__(self, model: ProcessModel, element: Element | None, findings: FindingList) -> None:
        super().__init__(model, element, findings)
        self._fields: dict[str, FormField] = {}
        self._declared = 0
        self._clocks = ClockReader(model, element, findings)

    def no_attributes(self, node: XmlNode) -> None:
        for name in node.attributes:
            self._error(
                node,
                "vendor-extension",
                f"Expected no attribute on {node.name}, found '{name}'.",
                "Remove the attribute.",
            )

    def read(self, node: XmlNode) -> None:
        if node.name == "clock":
            self._clocks.read(node)
            return
        self._check_attributes(node)
        if node.name in {"variable", "field", "guidance"}:
            self._no_children(node)
        match node.name:
            case "variable":
                self._variable(node)
            case "field":
                self._field(node)
            case "guidance":
                self._guidance(node)
            case "service" | "decision":
                self._call(node)

    def finish(self) -> None:
        if self._element is not None:
            self._element.fields = tuple(self._fields.values())
        elif self._declared > MAX_VARIABLES:
            self._findings.error(
                self._model.position,
                self._model.id,
                "too-many-variables",
                f"Expected at most {MAX_VARIABLES} variables, found {self._declared:,}.",
                "Group what belongs together in a variable of type map.",
            )

    def _variable(self, node: XmlNode) -> None:
        name = self._name(node, "name")
        self._required(node, "type")
        kind = self._choice(node, "type", words.VARIABLE_TYPES) or "any"
        if name in self._model.variables:
            self._error(
                node,
                "duplicate-variable",
                f"Expected each variable once, found '{name}' again.",
                "Remove one of the two declarations.",
            )
        self._declared += 1
        if len(self._model.variables) < MAX_VARIABLES:
            self._model.variables[name] = Variable(
                name, kind, self._flag(node, "required"), node.get("initial"), node.position
            )

    def _field(self, node: XmlNode) -> None:
        if self._element is None:
            return
        field_id = self._name(node, "id")
        self._required(node, "type")
        kind = self._choice(node, "type", frozenset(words.FIELD_TYPES)) or "string"
        if field_id in self._fields:
            self._error(
                node,
                "duplicate-field",
                f"Expected each field once on '{self._owner}', found '{field_id}' again.",
                "Remove one of the two.",
            )
        field = FormField(
            field_id,
            kind,
            node.get("name") or field_id,
            self._flag(node, "required"),
            self._integer(node, "min", -_LIMIT, _LIMIT),
            self._integer(node, "max", -_LIMIT, _LIMIT),
            tuple((node.get("values") or "").split()),
            node.get("en") or "",
            _texts(zh=node.get("template"), en=node.get("templateEn")),
            self._choice(node, "notBefore", frozenset(words.FIRST_DAYS)),
        )
        self._check_limits(node, field)
        self._fields[field_id] = field

    def _guidance(self, node: XmlNode) -> None:
        if self._element is None:
            return
        if self._element.guidance:
            self._error(
                node,
                "element-repeated",
                f"Expected one wz:guidance in '{self._owner}', found another.",
                "Write everything into one.",
            )
        self._element.guidance = _texts(zh=node.get("zh"), en=node.get("en"))
        if not self._element.guidance:
            self._error(
                node,
                "extension-missing",
                "Expected zh or en on wz:guidance, found neither.",
                "Write what whoever does this should know.",
            )

    def _check_limits(self, node: XmlNode, field: FormField) -> None:
        for attribute, types in _LIMITED_TYPES.items():
            if node.get(attribute) is not None and field.type not in types:
                self._error(
                    node,
                    "field-limit",
                    f"Expected {attribute} on a field of type {' or '.join(types)}, found it on '{field.id}' "
                    f"of type {field.type}.",
                    f"Remove {attribute}, or change the type.",
                )
        if field.min is not None and field.max is not None and field.min > field.max:
            self._error(
                node,
                "field-limit",
                f"Expected min of field '{field.id}' to be at most max, found {field.min} and {field.max}.",
                "Swap them.",
            )

    def _call(self, node: XmlNode) -> None:
        """A service or decision by name, its inputs, and the variable for its result."""
        if self._element is None:
            return
        if self._element.service is not None or self._element.decision is not None:
            self._error(
                node,
                "element-repeated",
                f"Expected one wz:{node.name} in '{self._owner}', found another.",
                f"Use one task for each {node.name}.",
            )
            return
        inputs: dict[str, tuple[str, str, Position]] = {}
        for child in node.children:
            if (child.namespace, child.name) != (words.WZ, "input"):
                self._error(
                    child,
                    "extension-value",
                    f"Expected only wz:input inside wz:{node.name}, found '{child.name}'.",
                    "Remove the element.",
                )
                continue
            self._check_attributes(child)
            self._no_children(child)
            name = self._name(child, "name")
            if name in inputs:
                self._error(
                    child,
                    f"{node.name}-input",
                    f"Expected each input once, found '{name}' again.",
                    "Remove one of the two.",
                )
            inputs[name] = (name, self._required(child, "value"), child.position)
        name, given, output = self._required(node, "name"), tuple(inputs.values()), node.get("output")
        if node.name == "service":
            self._element.service = ServiceCall(name, given, output, node.position)
        else:
            self._element.decision = DecisionCall(name, given, output, node.position)


def _texts(**by_language: str | None) -> dict[str, str]:
    return {language: text for language, text in by_language.items() if text}
