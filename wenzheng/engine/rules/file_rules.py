"""The rules of BPMN 2.0.2 that a file can be held to without its graph, each by its own code."""

from __future__ import annotations

import re
from typing import Final

from wenzheng.engine import vocabulary as words
from wenzheng.engine.findings import FindingList
from wenzheng.engine.rules.bpmn_file import (
    ACTIVITIES,
    CHOREOGRAPHY_ACTIVITIES,
    CONTAINERS,
    EVENTS,
    FLOW_NODES,
    BpmnFile,
    bpmn_children,
    local,
    texts,
)
from wenzheng.engine.rules.collaborations import check_collaborations
from wenzheng.engine.rules.data import check_data
from wenzheng.engine.rules.kinds import Kind
from wenzheng.engine.rules.operations import check_operations
from wenzheng.engine.xml_tree import XmlNode

# RFC 6838 §4.2: type "/" subtype, and parameters behind.
_MIME: Final = re.compile(r"[A-Za-z0-9][\w!#$&^.+-]*/[A-Za-z0-9][\w!#$&^.+-]*(\s*;.*)?", re.ASCII)
# RFC 3986 §3: a scheme, then characters that a URI may have.
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:([\w.~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+", re.ASCII)
_UNDO: Final = frozenset({"##compensate", "##store", "##image"})
_FORMAL: Final = (
    *("loopCondition", "loopCardinality", "completionCondition"),
    *("transformation", "from", "to", "messagePath", "dataPath", "formalExpression"),
)
"""Expressions that other checks do not look at when they are empty."""


def check_file(root: XmlNode, findings: FindingList) -> BpmnFile:
    """Add a finding for each rule that the markup of a file breaks; the file with what was reported."""
    file = BpmnFile(root, findings)
    _formats(file)
    _expressions(file)
    _activities(file)
    _loops(file)
    _links(file)
    _immediate(file)
    _shared_definitions(file)
    _lanes(file)
    check_collaborations(file)
    check_data(file)
    check_operations(file)
    return file


def _formats(file: BpmnFile) -> None:
    for node in file.named("documentation", "textAnnotation"):
        text = node.get("textFormat")
        if text is not None and not _MIME.fullmatch(text.strip()):
            file.error(
                node,
                "text-format",
                f"Expected textFormat of {node.name} to be a MIME type, found '{text}' "
                "(BPMN 2.0.2 §8.3.1, p. 54, and §8.4.1, p. 70).",
                "Write for example text/plain, or leave the attribute out.",
            )


def _expressions(file: BpmnFile) -> None:
    empty = [node for node in file.named(*_FORMAL) if not node.text.strip()]
    for node in file.named("complexBehaviorDefinition"):
        empty += [child for child in bpmn_children(node, "condition") if not child.text.strip()]
    for node in empty:
        file.error(
            node,
            "expression-empty",
            f"Expected an expression in {node.name}, found none (BPMN 2.0.2 §8.4.6, p. 83).",
            "Write the expression in CEL, or remove the element.",
        )


def _activities(file: BpmnFile) -> None:
    for node in file.named(*sorted(CHOREOGRAPHY_ACTIVITIES)):
        holder = file.parent(node)
        if holder is not None and holder.name in CONTAINERS:
            file.error(
                node,
                "choreography-in-process",
                f"Expected no choreography activity in {holder.name} '{file.owner(holder)}', found "
                f"{node.name} (BPMN 2.0.2 table 8.45, p. 87).",
                "Model it in a choreography; a process has tasks.",
            )
    for node in file.named("property"):
        holder = file.parent(node)
        if holder is None or holder.name not in ACTIVITIES | EVENTS | {"process"}:
            file.error(
                node,
                "property-place",
                f"Expected properties in processes, activities and events only, found '{file.owner(node)}' "
                f"in {holder.name if holder is not None else 'nothing'} (BPMN 2.0.2 §10.4.1, p. 208).",
                "Move it into the process or the activity that it belongs to.",
            )
    for node in file.named("transaction"):
        _method(file, node)
    for node in file.named("adHocSubProcess"):
        _ad_hoc(file, node)
    for node in file.named("resourceRole", "performer", "humanPerformer", "potentialOwner"):
        _resource(file, node)


def _lanes(file: BpmnFile) -> None:
    for node in file.named("flowNodeRef"):
        member = file.find(node.text)
        process = frozenset({"process"})
        if (
            member is not None
            and member.name in FLOW_NODES
            and file.around(member, process) is file.around(node, process)
        ):
            continue
        found = "nothing of that id" if member is None else f"{member.name} '{local(node.text)}'"
        file.error(
            node,
            "lane-member",
            f"Expected flowNodeRef '{local(node.text)}' of a lane to name a flow node of its process, found "
            f"{found} (BPMN 2.0.2 §10.8).",
            "Correct the id, or remove the reference: the lane would give its role to nobody.",
        )


def _shared_definitions(file: BpmnFile) -> None:
    """What an event defines within itself is its own (p. 234)."""
    inside = {
        definition.get("id"): (event, definition)
        for event in file.named(*sorted(EVENTS))
        for definition in event.children
        if definition.name.endswith("EventDefinition")
    }
    for reference in file.named("eventDefinitionRef"):
        if (found := inside.get(local(reference.text))) is not None:
            file.error(
                found[1],
                "event-definition-shared",
                f"Expected the event definition inside '{file.owner(found[0])}' to be used there only, found "
                f"that '{file.owner(reference)}' refers to it (BPMN 2.0.2 p. 234).",
                "Move the event definition to the top of the file, and refer to it from both events.",
            )


def _immediate(file: BpmnFile) -> None:
    for node in file.named("sequenceFlow"):
        process = file.around(node, frozenset({"process"}))
        executable = process is not None and process.token("isExecutable", "false") in words.TRUE
        if node.token("isImmediate", "true") in words.FALSE:
            file.error(
                node,
                "flow-immediate",
                f"Expected sequence flow '{file.owner(node)}' to be immediate, found isImmediate='false', "
                "which no executable process has (BPMN 2.0.2 table 8.60, p. 97).",
                "Remove isImmediate.",
                seen_as=None if executable else Kind.EXECUTABILITY,
            )


def _method(file: BpmnFile, node: XmlNode) -> None:
    method = node.get("method")
    if method is None or method.strip().casefold() in _UNDO or _URI.fullmatch(method.strip()):
        return
    file.error(
        node,
        "transaction-method",
        f"Expected method of transaction '{file.owner(node)}' to be ##Compensate, ##Store, ##Image or a URI, "
        f"found '{method}' (BPMN 2.0.2 §10.3.5, p. 179).",
        "Leave the attribute out: the engine undoes by compensation.",
    )


def _ad_hoc(file: BpmnFile, node: XmlNode) -> None:
    for child in bpmn_children(node, "startEvent", "endEvent"):
        file.error(
            child,
            "ad-hoc-event",
            f"Expected no start and no end event in ad-hoc sub-process '{file.owner(node)}', found "
            f"{child.name} '{file.owner(child)}' (BPMN 2.0.2 §10.3.5, p. 181).",
            "Remove it: what nothing leads to begins by itself.",
        )
    if not bpmn_children(node, *ACTIVITIES):
        file.error(
            node,
            "ad-hoc-empty",
            f"Expected at least one activity in ad-hoc sub-process '{file.owner(node)}', found none "
            "(BPMN 2.0.2 §10.3.5, p. 181).",
            "Add what may be done in it, or remove it.",
        )


def _resource(file: BpmnFile, node: XmlNode) -> None:
    bound = bpmn_children(node, "resourceParameterBinding")
    named = bpmn_children(node, "resourceRef")
    computed = bpmn_children(node, "resourceAssignmentExpression")
    if (named or bound) and computed:
        wrong = "both a resource with its parameters and resourceAssignmentExpression"
    elif bound and not named:
        wrong = "resourceParameterBinding without resourceRef"
    else:
        return
    file.error(
        node,
        "resource-assignment",
        f"Expected {node.name} '{file.owner(node)}' to name a resource and its parameters, or to compute it, "
        f"found {wrong} (BPMN 2.0.2 table 10.5, p. 153).",
        "Keep one of the two.",
    )


# --- loops and links ----------------------------------------------------------------------


def _loops(file: BpmnFile) -> None:
    for node in file.named("standardLoopCharacteristics"):
        other = bpmn_children(file.parent(node), "multiInstanceLoopCharacteristics")
        if other:
            file.error(
                max(node, other[0], key=lambda one: (one.position.line, one.position.column)),
                "loop-twice",
                f"Expected '{file.owner(node)}' to be a loop or to have multiple instances, found both "
                "(BPMN 2.0.2 §10.3.8, p. 187).",
                "Remove one of the two, or put the activity into a sub-process.",
            )
    for node in file.named("multiInstanceLoopCharacteristics"):
        if not bpmn_children(node, "loopCardinality", "loopDataInputRef"):
            file.error(
                node,
                "loop-count",
                f"Expected loopCardinality or loopDataInputRef in the multiple instances of "
                f"'{file.owner(node)}', found neither (BPMN 2.0.2 table 10.30, p. 191).",
                "Say how many instances there are, or for which list.",
            )
        if node.token("behavior", "All") == "Complex" and not bpmn_children(
            node, "complexBehaviorDefinition"
        ):
            file.error(
                node,
                "complex-behavior",
                f"Expected complexBehaviorDefinition in '{file.owner(node)}', whose behavior is Complex, "
                "found none (BPMN 2.0.2 table 10.30, p. 192).",
                "Say what is thrown and when, or choose another behavior.",
            )


def _links(file: BpmnFile) -> None:
    """`source` and `target` of links name each other, and stand at the ends they belong to (p. 267)."""
    for node in file.named("linkEventDefinition"):
        event = file.parent(node)
        throws = event is not None and event.name == "intermediateThrowEvent"
        for child in bpmn_children(node, "source", "target"):
            wrong = _wrong_link(file, node, child, throws=throws)
            if wrong:
                file.error(
                    child,
                    "link-pair",
                    f"Expected {child.name} of link '{file.owner(node)}' to name its other end, found "
                    f"{wrong} (BPMN 2.0.2 §10.5.5, p. 267).",
                    "Name each other's ids at both ends, or leave source and target out and match by name.",
                )


def _wrong_link(file: BpmnFile, node: XmlNode, child: XmlNode, *, throws: bool) -> str:
    other = file.find(child.text)
    if (child.name == "target") is not throws:
        return f"{child.name} on a link that {'throws' if throws else 'catches'}"
    here, there = file.parent(node), file.parent(other) if other is not None else None
    wanted = "intermediateCatchEvent" if throws else "intermediateThrowEvent"
    wrong = ""
    if other is None or here is None or there is None or there.name != wanted:
        wrong = ", which is no link at the other end"
    elif file.parent(here) is not file.parent(there):
        wrong = ", which stands in another scope"
    elif (back := texts(bpmn_children(other, "source" if throws else "target"))) and node.get(
        "id"
    ) not in back:
        wrong = f", which names {', '.join(back)} in return"
    elif (node.get("name") or "") != (other.get("name") or ""):
        wrong = " of another name"
    return f"'{local(child.text)}'{wrong}" if wrong else ""
