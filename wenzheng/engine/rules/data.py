"""Data, their sets and associations: rules of BPMN 2.0.2 §10.4."""

from __future__ import annotations

from typing import Final

from wenzheng.engine import vocabulary as words
from wenzheng.engine.rules.bpmn_file import (
    CATCH_EVENTS,
    EVENTS,
    THROW_EVENTS,
    BpmnFile,
    bpmn_children,
    local,
    texts,
)
from wenzheng.engine.xml_tree import XmlNode

_ITEM_OF: Final = {
    "messageEventDefinition": ("messageRef", "itemRef"),
    "signalEventDefinition": ("signalRef", "structureRef"),
    "errorEventDefinition": ("errorRef", "structureRef"),
    "escalationEventDefinition": ("escalationRef", "structureRef"),
}
"""What an event definition names, and how that names the item that it carries."""
_DATA: Final = frozenset({"dataInput", "dataOutput", "dataObject", "dataObjectReference", "property"})


def check_data(file: BpmnFile) -> None:
    """Add a finding for each rule of data that the file breaks."""
    for node in file.named("dataInput", "dataOutput", "dataObject"):
        _collection(file, node)
    for node in file.named("dataObjectReference"):
        _reference_name(file, node)
    for node in file.named("ioSpecification"):
        _specification(file, node)
    for node in file.named(*sorted(EVENTS)):
        _event(file, node)
    for node in file.named("dataInputAssociation", "dataOutputAssociation"):
        _association(file, node)
    for node in file.named("multiInstanceLoopCharacteristics"):
        _loop(file, node, "loopDataInputRef", "inputDataItem")
        _loop(file, node, "loopDataOutputRef", "outputDataItem")


def item_of(file: BpmnFile, node: XmlNode | None) -> XmlNode | None:
    """The item definition of an item-aware element; a reference has that of its data object."""
    if node is None:
        return None
    if node.name == "dataObjectReference" and not node.get("itemSubjectRef"):
        return item_of(file, file.find(node.get("dataObjectRef")))
    return file.find(node.get("itemSubjectRef"))


def same_item(one: XmlNode | None, other: XmlNode | None) -> bool:
    """Whether two item definitions are the same one, or say the same structure."""
    if one is other:
        return True
    return one is not None and other is not None and _structure(one) == _structure(other) != ""


def item_key(item: XmlNode | None) -> str:
    """What is the same for item definitions that are the same."""
    return "" if item is None else _structure(item) or f"#{item.get('id')}"


def described(item: XmlNode | None) -> str:
    """An item definition as a finding names it."""
    return "none" if item is None else f"'{item.get('id')}' ({_structure(item) or 'no structure'})"


def _structure(item: XmlNode) -> str:
    return item.token("structureRef", "")


def _is_collection(node: XmlNode) -> bool:
    return node.token("isCollection", "false") in words.TRUE


def _collection(file: BpmnFile, node: XmlNode) -> None:
    item = item_of(file, node)
    if item is not None and item.name == "itemDefinition" and _is_collection(item) != _is_collection(node):
        file.error(
            node,
            "item-collection",
            f"Expected isCollection of {node.name} '{file.owner(node)}' to be that of its item definition "
            f"'{item.get('id')}', {str(_is_collection(item)).lower()}, found the contrary (BPMN 2.0.2 table "
            "10.52, p. 204).",
            "Write the same isCollection on both.",
        )


def _reference_name(file: BpmnFile, node: XmlNode) -> None:
    """The name of a reference with a state says both (p. 206)."""
    states = [state.get("name") for state in bpmn_children(node, "dataState") if state.get("name")]
    data = file.find(node.get("dataObjectRef"))
    if not states or data is None or not node.get("name") or not data.get("name"):
        return
    wanted = f"{data.get('name')} [{states[0]}]"
    if " ".join((node.get("name") or "").split()) != " ".join(wanted.split()):
        file.error(
            node,
            "data-object-name",
            f"Expected data object reference '{file.owner(node)}' to be called '{wanted}', found "
            f"'{node.get('name')}' (BPMN 2.0.2 §10.4.1, p. 206).",
            "Name it after its data object, with its state in brackets.",
        )


# --- sets ---------------------------------------------------------------------------------


def _specification(file: BpmnFile, node: XmlNode) -> None:
    holder = file.parent(node)
    if holder is not None and holder.name in words.SUB_PROCESSES:
        file.error(
            holder,
            "data-in-sub-process",
            f"Expected no ioSpecification in sub-process '{file.owner(holder)}', found one (BPMN 2.0.2 "
            "§10.4.2, p. 211).",
            "Its elements see the data of the process; remove the specification.",
            about=node,
        )
    _sets(file, node, "input", required=True)
    _sets(file, node, "output", required=True)
    _pairs(file, node)


def _sets(file: BpmnFile, holder: XmlNode, way: str, *, required: bool) -> None:
    big = way.capitalize()
    sets = bpmn_children(holder, f"{way}Set")
    if not sets and not required:
        return
    data = {one.get("id") or "": one for one in bpmn_children(holder, f"data{big}")}
    used: set[str] = set()
    for one in sets:
        refs = set(texts(bpmn_children(one, f"data{big}Refs")))
        used |= refs
        for missing in sorted(refs - set(data)):
            file.error(
                one,
                "data-set-unknown",
                f"Expected the {way} set of '{file.owner(one)}' to name data {way}s beside it, found "
                f"'{missing}' (BPMN 2.0.2 §10.4.2, p. 217).",
                "Correct the reference.",
            )
        for kind in ("optional", "whileExecuting"):
            more = set(texts(bpmn_children(one, f"{kind}{big}Refs")))
            for odd in sorted(more - refs):
                file.error(
                    one,
                    "data-set-optional",
                    f"Expected {kind}{big}Refs of a set of '{file.owner(one)}' to be among its "
                    f"data{big}Refs, found '{odd}' (BPMN 2.0.2 §10.4.2, p. 217).",
                    f"List it under data{big}Refs too.",
                )
    for name in sorted(set(data) - used):
        file.error(
            data[name],
            "data-set-missing",
            f"Expected each data {way} to be in an {way} set, found '{name}' in none (BPMN 2.0.2 §10.4.2, "
            "p. 213).",
            f"Name it in an {way}Set.",
        )


def _pairs(file: BpmnFile, holder: XmlNode) -> None:
    """An input set and an output set that name each other do so both (p. 217)."""
    for way, other in (("input", "output"), ("output", "input")):
        known = {one.get("id"): one for one in bpmn_children(holder, f"{other}Set")}
        for one in bpmn_children(holder, f"{way}Set"):
            for name in texts(bpmn_children(one, f"{other}SetRefs")):
                back = texts(bpmn_children(known.get(name), f"{way}SetRefs"))
                if name not in known or (one.get("id") or "") not in back:
                    file.error(
                        one,
                        "data-set-pair",
                        f"Expected {other} set '{name}', which {way} set '{file.owner(one)}' names, to name "
                        "it in return, found it does not (BPMN 2.0.2 §10.4.2, p. 217).",
                        "Write the reference at both, or at neither.",
                    )


# --- events and associations ----------------------------------------------------------------


def _event(file: BpmnFile, node: XmlNode) -> None:
    way = "dataInput" if node.name in THROW_EVENTS else "dataOutput"
    data = bpmn_children(node, way)
    if not data:
        return
    assert node.name in THROW_EVENTS | CATCH_EVENTS
    _sets(file, node, way.removeprefix("data").lower(), required=False)
    definitions = [child for child in node.children if child.name.endswith("EventDefinition")]
    definitions += [
        found
        for child in bpmn_children(node, "eventDefinitionRef")
        if (found := file.find(child.text)) is not None
    ]
    if len(data) < len(definitions):
        file.error(
            node,
            "event-data",
            f"Expected a {way} of event '{file.owner(node)}' for each of its {len(definitions)} event "
            f"definitions, found {len(data)} (BPMN 2.0.2 §10.5.1, p. 234).",
            "Add what is missing, in the order of the event definitions.",
        )
        return
    for one, definition in zip(data, definitions, strict=False):
        carried = _carried(file, definition)
        if carried is not None and not same_item(item_of(file, one), carried):
            file.error(
                one,
                "event-data-item",
                f"Expected the item of {way} '{file.owner(one)}' to be that of what the event carries, "
                f"{described(carried)}, found {described(item_of(file, one))} (BPMN 2.0.2 §10.5.1, p. 234).",
                "Use the same item definition.",
            )


def _carried(file: BpmnFile, definition: XmlNode) -> XmlNode | None:
    names = _ITEM_OF.get(definition.name)
    what = file.find(definition.get(names[0])) if names is not None else None
    return file.find(what.get(names[1])) if names is not None and what is not None else None


def _association(file: BpmnFile, node: XmlNode) -> None:
    sources = bpmn_children(node, "sourceRef")
    targets = bpmn_children(node, "targetRef")
    computed = bpmn_children(node, "transformation", "assignment")
    if len(sources) > 1 and not computed:
        file.error(
            node,
            "association-sources",
            f"Expected one sourceRef, or a transformation, in data association '{file.owner(node)}', found "
            f"{len(sources)} (BPMN 2.0.2 §10.4.3, p. 221).",
            "Say how one value is made of them.",
        )
    if len(sources) == 1 and len(targets) == 1 and not computed:
        here, there = (item_of(file, file.find(one.text)) for one in (sources[0], targets[0]))
        if here is not None and there is not None and not same_item(here, there):
            file.error(
                node,
                "association-items",
                f"Expected both ends of data association '{file.owner(node)}' to have the same item, or a "
                f"transformation, found {described(here)} and {described(there)} (BPMN 2.0.2 §10.4.3, p. "
                "221).",
                "Use the same item definition, or say how one becomes the other.",
            )


def _loop(file: BpmnFile, node: XmlNode, collection: str, member: str) -> None:
    for child in bpmn_children(node, collection):
        found = file.find(child.text)
        if found is not None and found.name not in _DATA:
            file.error(
                node,
                "loop-data-kind",
                f"Expected {collection} of '{file.owner(node)}' to name data that hold a list, found "
                f"{found.name} '{local(child.text)}' (BPMN 2.0.2 table 10.30, p. 191).",
                "Name a data input or output, a data object, a property or a variable.",
                about=child,
            )
            continue
        whole = item_of(file, found)
        for one in bpmn_children(node, member):
            part = item_of(file, one)
            if whole is None or part is None or not _is_collection(whole):
                continue  # a list that is none is refused where it is read (data_compiler)
            if _is_collection(one) or _is_collection(part) or _structure(whole) != _structure(part):
                file.error(
                    node,
                    "loop-item",
                    f"Expected {member} of '{file.owner(node)}' to be one element of the list "
                    f"'{local(child.text)}', found {described(part)} for {described(whole)} (BPMN 2.0.2 "
                    "table 10.30, p. 191).",
                    "Use an item definition of the same structure with isCollection='false'.",
                )
