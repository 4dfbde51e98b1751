"""Reads data: objects, properties, inputs and outputs, and how data get in and out (BPMN 2.0.2 §10.4).

References are resolved later, in `data_names`, when everything they may name is known.
"""

from __future__ import annotations

from typing import Final

from wenzheng.engine import vocabulary as words
from wenzheng.engine.event_reader import local_name
from wenzheng.engine.expressions import is_variable_name
from wenzheng.engine.findings import FindingList, Position
from wenzheng.engine.markup import Markup
from wenzheng.engine.model import (
    DataAssociation,
    DataItem,
    DataSet,
    Element,
    InputOutput,
    ProcessModel,
    ScopeModel,
    Variable,
)
from wenzheng.engine.xml_tree import XmlNode

# XML Schema's built-in types (Part 2, §3) and the names modelers write instead, by their local name.
_TYPES: Final = {
    **dict.fromkeys(("string", "normalizedstring", "token", "anyuri", "text"), "string"),
    **dict.fromkeys(("integer", "int", "long", "short", "byte", "nonnegativeinteger"), "int"),
    **dict.fromkeys(("positiveinteger", "nonpositiveinteger", "negativeinteger"), "int"),
    **dict.fromkeys(("unsignedint", "unsignedlong", "unsignedshort", "unsignedbyte"), "int"),
    **dict.fromkeys(("decimal", "float", "double", "number"), "double"),
    **dict.fromkeys(("boolean", "bool"), "bool"),
    "date": "date",
    **dict.fromkeys(("datetime", "datetimestamp", "timestamp"), "timestamp"),
    "list": "list",
    "map": "map",
}
_SETS: Final = {
    "inputSet": ("dataInputRefs", "optionalInputRefs"),
    "outputSet": ("dataOutputRefs", "optionalOutputRefs"),
}
STORES: Final = frozenset({"dataStore", "dataStoreReference"})


class DataReader:
    """Reads the data of one file's processes."""

    def __init__(self, markup: Markup, findings: FindingList) -> None:
        self._markup = markup
        self._findings = findings
        self._types: dict[str, str] = {}

    def item_definition(self, node: XmlNode) -> None:
        """Remember the type behind an item definition: of XML Schema, else any."""
        is_list = node.token("isCollection", "false") in words.TRUE
        known = _TYPES.get(local_name(node.get("structureRef")).lower(), "any")
        self._types[self._markup.current_id(node)] = "list" if is_list else known

    def scope_child(
        self, node: XmlNode, scope: ScopeModel, model: ProcessModel, host: Element | None
    ) -> bool:
        """Read what a process or sub-process says of data; False when it says something else."""
        match node.name:
            case "dataObject":
                self._add(scope.data, self.item(node, scope.id), scope.id)
            case "dataObjectReference":
                self._reference(node, scope)
            case "property" if host is None:
                self._add(scope.data, self.item(node, scope.id), scope.id)
            case "ioSpecification" if host is None:
                self.process_io(node, model)
            case name if name in STORES:
                self.refuse_store(node, scope.id)
            case _:
                return host is not None and self.element_child(node, host)
        return True

    def element_child(self, node: XmlNode, element: Element) -> bool:
        """Read what an activity or event says of data; False when it says something else."""
        is_activity = element.type in words.ACTIVITIES
        takes = element.type in {"endEvent", "intermediateThrowEvent"}
        gives = element.type in {"startEvent", "intermediateCatchEvent", "boundaryEvent"}
        match node.name:
            case "property" if is_activity or takes or gives:
                self._add(element.properties, self.item(node, element.id), element.id)
            case "ioSpecification" if is_activity:
                self._markup.once(node, not element.io.is_empty, element.id)
                self._io(node, element.io, element.id)
            case "dataInput" | "inputSet" if takes:
                self._io_part(node, element.io, element.id)
            case "dataOutput" | "outputSet" if gives:
                self._io_part(node, element.io, element.id)
            case "dataInputAssociation" if is_activity or takes:
                element.associations.append(self._association(node, element.id, into=True))
            case "dataOutputAssociation" if is_activity or gives:
                element.associations.append(self._association(node, element.id, into=False))
            case _:
                return False
        return True

    def process_io(self, node: XmlNode, model: ProcessModel) -> None:
        """Inputs and outputs of a process or global task are variables of it; inputs come with its start."""
        self._markup.once(node, not model.io.is_empty, model.id)
        self._io(node, model.io, model.id)

    def refuse_store(self, node: XmlNode, owner: str) -> None:
        """A data store outlives the instance; the engine keeps nothing beyond it."""
        self._markup.register(node, owner)
        self._findings.error(
            node.position,
            node.get("id") or owner,
            "data-store-not-executed",
            f"Expected data that live as long as the instance, found the {node.name} '{node.get('id')}' "
            "(BPMN 2.0.2 p. 207).",
            "Read and write what outlives the instance with a service task; use a data object for the rest.",
        )

    def item(self, node: XmlNode, owner: str) -> DataItem | None:
        """A data object, property, input or output."""
        self._markup.attributes(node, words.DATA.get(node.name, words.DATA["dataInput"]), owner)
        for child in self._markup.children(node, owner):
            if child.name != "dataState":  # says in words how far the data have come
                self._markup.not_executed(child, owner)
        name = node.get("name") or ""
        may_lack_id = node.name in {"inputDataItem", "outputDataItem"} and is_variable_name(name)
        has_id = node.get("id") is not None or not may_lack_id
        item_id = self._markup.id_of(node) if has_id else name
        variable = name if is_variable_name(name) else item_id
        if not node.get("id") and has_id:
            return None  # reported
        if not is_variable_name(variable):
            self._findings.error(
                node.position,
                owner,
                "name-not-ascii",
                f"Expected a name or an id of {node.name} that expressions can use (ASCII letters, digits "
                f"and "
                f"_, no word of the language), found '{name or item_id}'.",
                "Rename it; labels in Chinese go into a documentation element.",
            )
            return None
        return DataItem(item_id, variable, node.name, self._type(node, owner), node.position)

    def _type(self, node: XmlNode, owner: str) -> str:
        if node.token("isCollection", "false") in words.TRUE:
            return "list"
        reference = node.get("itemSubjectRef")
        if reference is None:
            return "any"
        name = local_name(reference)
        if name in self._types:
            return self._types[name]
        if name.lower() in _TYPES and ":" in reference:  # xsd:string, written without an item definition
            return _TYPES[name.lower()]
        self._findings.error(
            node.position,
            owner,
            "unknown-item-definition",
            f"Expected itemSubjectRef of '{node.get('id')}' to name an itemDefinition of the file, found "
            f"'{reference}'.",
            "Declare <itemDefinition structureRef='xsd:string'/> beside the process, or correct the name.",
        )
        return "any"

    def _add(self, items: list[DataItem], item: DataItem | None, owner: str) -> None:
        """Two of one place may not have one name, except an input and an output of one type."""
        if item is None:
            return
        for other in items:
            if other.variable == item.variable:
                clash(item, other, owner, self._findings)
                return
        items.append(item)

    def _reference(self, node: XmlNode, scope: ScopeModel) -> None:
        reference_id = self._markup.id_of(node)
        self._markup.attributes(node, words.DATA[node.name], scope.id)
        for child in self._markup.children(node, scope.id):
            if child.name != "dataState":
                self._markup.not_executed(child, scope.id)
        scope.references[reference_id] = local_name(node.get("dataObjectRef"))

    # --- inputs and outputs -------------------------------------------------------------

    def _io(self, node: XmlNode, io: InputOutput, owner: str) -> None:
        self._markup.attributes(node, words.DATA[node.name], owner)
        self._markup.register(node, owner)
        for child in self._markup.children(node, owner):
            self._io_part(child, io, owner)

    def _io_part(self, node: XmlNode, io: InputOutput, owner: str) -> None:
        match node.name:
            case "dataInput":
                self._add(io.inputs, self.item(node, owner), owner)
            case "dataOutput":
                self._add(io.outputs, self.item(node, owner), owner)
            case "inputSet":
                io.input_sets.append(self._set(node, owner))
            case "outputSet":
                io.output_sets.append(self._set(node, owner))
            case _:
                self._markup.not_executed(node, owner)

    def _set(self, node: XmlNode, owner: str) -> DataSet:
        self._markup.attributes(node, words.DATA[node.name], owner)
        self._markup.register(node, owner)
        found: dict[str, list[str]] = {kind: [] for kind in _SETS[node.name]}
        for child in self._markup.children(node, owner):
            if child.name in found:
                found[child.name].append(local_name(self._markup.text_of(child, owner)))
            else:
                self._markup.not_executed(child, owner)
        refs, optional = (found[kind] for kind in _SETS[node.name])
        return DataSet(tuple(refs), frozenset(optional))

    # --- associations -------------------------------------------------------------------

    def _association(self, node: XmlNode, owner: str, *, into: bool) -> DataAssociation:
        self._markup.attributes(node, words.DATA[node.name], owner)
        self._markup.register(node, owner)
        sources: list[str] = []
        targets: list[str] = []
        transformation: tuple[str, Position] | None = None
        assignments: list[tuple[str, str, Position]] = []
        for child in self._markup.children(node, owner):
            match child.name:
                case "sourceRef":
                    sources.append(local_name(self._markup.text_of(child, owner)))
                case "targetRef":
                    self._markup.once(child, bool(targets), owner)
                    targets.append(local_name(self._markup.text_of(child, owner)))
                case "transformation":
                    self._markup.once(child, transformation is not None, owner)
                    transformation = self._expression(child, owner)
                case "assignment":
                    assignments.append(self._assignment(child, owner))
                case _:
                    self._markup.not_executed(child, owner)
        return DataAssociation(
            into,
            tuple(sources),
            targets[0] if targets else None,
            transformation,
            tuple(assignments),
            node.position,
        )

    def _expression(self, node: XmlNode, owner: str) -> tuple[str, Position]:
        text = self._markup.text_of(node, owner)
        return text, node.text_position or node.position

    def _assignment(self, node: XmlNode, owner: str) -> tuple[str, str, Position]:
        self._markup.attributes(node, words.DATA[node.name], owner)
        self._markup.register(node, owner)
        source: tuple[str, Position] = ("", node.position)
        target = ""
        seen: set[str] = set()
        for child in self._markup.children(node, owner):
            self._markup.once(child, child.name in seen, owner)
            seen.add(child.name)
            if child.name == "from":
                source = self._expression(child, owner)
            elif child.name == "to":
                target = self._markup.text_of(child, owner).strip()
            else:
                self._markup.not_executed(child, owner)
        if seen != {"from", "to"}:
            self._findings.error(
                node.position,
                owner,
                "assignment-incomplete",
                f"Expected from and to in the assignment of '{owner}', found "
                f"{', '.join(sorted(seen)) or 'none'} "
                "(BPMN 2.0.2 p. 223).",
                "Say what is assigned to what.",
            )
        return source[0], target, source[1]


def clash(item: DataItem, other: DataItem, owner: str, findings: FindingList) -> None:
    """Two data of one place have one name."""
    findings.error(
        item.position,
        owner,
        "duplicate-variable",
        f"Expected data of different names in '{owner}', found {item.kind} '{item.id}' called "
        f"'{item.variable}' like {other.kind} '{other.id}'.",
        "Rename one of the two.",
    )


def variables_of(model: ProcessModel) -> list[DataItem]:
    """The data that are variables of the process itself."""
    return [*model.root.data, *model.io.inputs, *model.io.outputs]


def declare(model: ProcessModel, findings: FindingList) -> None:
    """Make a process's data its variables; a wz:variable of that name says how they begin.

    Inputs that every input set needs have to come with the start, unless an event begins the process.
    """
    sets = model.io.input_sets
    needed = {item.id for item in model.io.inputs if all(item.id in one.refs for one in sets)}
    needed -= {ref for one in sets for ref in one.optional}
    begun_by_event = any(e.type == "startEvent" and e.events for e in model.root.elements.values())
    seen: dict[str, DataItem] = {}
    for item in variables_of(model):
        other = seen.setdefault(item.variable, item)
        in_and_out = {item.kind, other.kind} == {"dataInput", "dataOutput"} and item.type == other.type
        if other is not item and not in_and_out:
            clash(item, other, model.id, findings)
            continue
        declared = model.variables.get(item.variable)
        if declared is None:
            required = item.id in needed and sets != [] and not begun_by_event
            model.variables[item.variable] = Variable(
                item.variable, item.type, required=required, position=item.position
            )
        elif "any" not in {declared.type, item.type} and declared.type != item.type:
            findings.error(
                item.position,
                model.id,
                "duplicate-variable",
                f"Expected {item.kind} '{item.id}' to have the type of the variable '{item.variable}', "
                f"{declared.type}, found {item.type}.",
                "Give both one type, or rename one.",
            )
