"""What tasks exchange with operations, messages and what they call: BPMN 2.0.2 §10.3.3, §10.3.6, §10.4.2."""

from __future__ import annotations

from collections import Counter
from typing import Final

from wenzheng.engine.rules.bpmn_file import BpmnFile, bpmn_children, texts
from wenzheng.engine.rules.data import described, item_key, item_of, same_item
from wenzheng.engine.xml_tree import XmlNode

_CALLABLE: Final = (
    *("process", "globalTask", "globalManualTask", "globalUserTask"),
    *("globalScriptTask", "globalBusinessRuleTask"),
)


def check_operations(file: BpmnFile) -> None:
    """Add a finding for each rule about the data of services, messages and calls that the file breaks."""
    for node in file.named("serviceTask"):
        _service(file, node)
    for node in file.named("sendTask"):
        _message(file, node, "input", "p. 159")
    for node in file.named("receiveTask"):
        _message(file, node, "output", "p. 161")
    for node in file.named("callActivity"):
        _call(file, node)
    for node in file.named(*_CALLABLE):
        _interface(file, node)


def _data(node: XmlNode, way: str) -> tuple[list[XmlNode], list[XmlNode]]:
    """The data and the sets of one way in the input output specification of an element."""
    (*_, specification) = [None, *bpmn_children(node, "ioSpecification")]
    return (
        bpmn_children(specification, f"data{way.capitalize()}"),
        bpmn_children(specification, f"{way}Set"),
    )


def _item_of_message(file: BpmnFile, reference: str | None) -> XmlNode | None:
    message = file.find(reference)
    return file.find(message.get("itemRef")) if message is not None else None


def _service(file: BpmnFile, node: XmlNode) -> None:
    operation = file.find(node.get("operationRef"))
    if operation is None or operation.name != "operation":
        return
    page = "p. 157"
    for way, needed in (("input", 1), ("output", 0)):
        data, sets = _data(node, way)
        reference = texts(bpmn_children(operation, "inMessageRef" if way == "input" else "outMessageRef"))
        _count(file, node, (f"{way} sets", len(sets)), needed, page)
        _count(file, node, (f"data {way}s", len(data)), max(needed, len(reference[:1])), page)
        if reference and len(data) == 1:
            _same(
                file, node, data[0], _item_of_message(file, reference[0]), ("the operation's message", page)
            )


def _message(file: BpmnFile, node: XmlNode, way: str, page: str) -> None:
    data, sets = _data(node, way)
    if not node.get("messageRef") and not node.get("operationRef"):
        return
    _count(file, node, (f"{way} sets", len(sets)), 0, page)
    _count(file, node, (f"data {way}s", len(data)), 0, page)
    if len(data) == 1:
        _same(file, node, data[0], _item_of_message(file, node.get("messageRef")), ("its message", page))


def _count(file: BpmnFile, node: XmlNode, counted: tuple[str, int], least: int, page: str) -> None:
    what, found = counted
    if not least <= found <= 1:
        wanted = "one" if least else "at most one"
        file.error(
            node,
            "task-data-count",
            f"Expected {wanted} of the {what} of {node.name} '{file.owner(node)}', found {found} "
            f"(BPMN 2.0.2 §10.3.3, {page}).",
            "Give it what its message carries, as one data item in one set.",
        )


def _same(
    file: BpmnFile, task: XmlNode, data: XmlNode, wanted: XmlNode | None, rule: tuple[str, str]
) -> None:
    whose, page = rule
    if wanted is not None and not same_item(item_of(file, data), wanted):
        file.error(
            task,
            "task-data-item",
            f"Expected the item of '{file.owner(data)}' to be that of {whose}, {described(wanted)}, found "
            f"{described(item_of(file, data))} (BPMN 2.0.2 §10.3.3, {page}).",
            "Use the same item definition.",
        )


def _call(file: BpmnFile, node: XmlNode) -> None:
    called = file.find(node.get("calledElement"))
    if called is None or called.name not in _CALLABLE:
        return
    for way in ("input", "output"):
        given, wanted = (
            Counter(item_key(item_of(file, one)) for one in _data(which, way)[0]) for which in (node, called)
        )
        if given != wanted:
            file.error(
                node,
                "called-data",
                f"Expected the data {way}s of call activity '{file.owner(node)}' to be those of "
                f"'{called.get('id')}', {wanted.total()}, found {given.total()} or other items (BPMN 2.0.2 "
                "§10.3.6, p. 184).",
                f"Give the call one data {way} for each of the called element, of the same item.",
            )


def _interface(file: BpmnFile, node: XmlNode) -> None:
    supported = texts(bpmn_children(node, "supportedInterfaceRef"))
    bindings = bpmn_children(node, "ioBinding")
    if supported and not bindings:
        file.error(
            node,
            "binding-missing",
            f"Expected an ioBinding in '{file.owner(node)}', which supports interface '{supported[0]}', "
            "found none (BPMN 2.0.2 §10.3.6, p. 185).",
            "Bind its data to an operation of the interface, or remove supportedInterfaceRef.",
        )
    for binding in bindings:
        wrong = _wrong_binding(file, node, binding, supported)
        if wrong:
            file.error(
                binding,
                "binding-data",
                f"Expected the ioBinding of '{file.owner(node)}' to bind its data to an operation of an "
                f"interface that it supports, found {wrong} (BPMN 2.0.2 §10.4.2, p. 218).",
                "Correct the references, or use the items of the operation's messages.",
            )


def _wrong_binding(file: BpmnFile, node: XmlNode, binding: XmlNode, supported: list[str]) -> str:
    operation = file.find(binding.get("operationRef"))
    interface = file.parent(operation) if operation is not None else None
    if operation is None or interface is None or interface.get("id") not in supported:
        return f"operation '{binding.get('operationRef')}'"
    for way in ("input", "output"):
        reference = binding.get(f"{way}DataRef")
        bound = _bound(file, node, way, reference)
        if bound is None:
            return f"{way}DataRef '{reference}'"
        message = texts(bpmn_children(operation, "inMessageRef" if way == "input" else "outMessageRef"))
        wanted = _item_of_message(file, message[0]) if message else None
        if wanted is not None and bound and not same_item(item_of(file, bound[0]), wanted):
            return f"{way}DataRef '{reference}' of another item than the operation's message"
    return ""


def _bound(file: BpmnFile, node: XmlNode, way: str, reference: str | None) -> list[XmlNode] | None:
    """The data that a binding names, by themselves or by their set; None when it names neither."""
    data, sets = _data(node, way)
    found = file.find(reference)
    if found in data:
        return [one for one in data if one is found]
    if found not in sets:
        return None
    members = texts(bpmn_children(found, f"data{way.capitalize()}Refs"))
    return [one for one in data if one.get("id") in members]
