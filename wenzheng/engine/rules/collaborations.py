"""Pools, message flows and choreographies: rules of BPMN 2.0.2 chapter 9."""

from __future__ import annotations

from typing import Final

from wenzheng.engine.rules.bpmn_file import (
    ACTIVITIES,
    ARTIFACTS,
    CHOREOGRAPHIES,
    CHOREOGRAPHY_ACTIVITIES,
    EVENTS,
    BpmnFile,
    bpmn_children,
    local,
)
from wenzheng.engine.xml_tree import XmlNode

_DIGITS: Final = 9
_POOLS: Final = frozenset({"participant", "process"})
_CONVERSATIONS: Final = frozenset({"conversation", "callConversation", "subConversation"})
_ENDS: Final = ACTIVITIES | EVENTS | CHOREOGRAPHY_ACTIVITIES | _CONVERSATIONS | {"participant"}
_NOT_IN_GLOBAL: Final = (
    *("conversation", "callConversation", "subConversation", "participantAssociation"),
    *("messageFlowAssociation", "conversationAssociation", *sorted(ARTIFACTS)),
)
# What a message flow may not do to an event: (event, end) -> (what it is, the page).
_EVENT_ENDS: Final = {
    ("startEvent", "sourceRef"): "A start event receives messages and sends none (§10.5.2, p. 244)",
    ("endEvent", "targetRef"): "An end event sends messages and receives none (§10.5.3, p. 249)",
    ("intermediateCatchEvent", "sourceRef"): "An event that catches sends no messages (§10.5.4, p. 258)",
    ("boundaryEvent", "sourceRef"): "An event that catches sends no messages (§10.5.4, p. 258)",
    ("intermediateThrowEvent", "targetRef"): "An event that throws receives no messages (§10.5.4, p. 258)",
}


def check_collaborations(file: BpmnFile) -> None:
    """Add a finding for each rule of collaborations that the file breaks."""
    for node in file.named("participantMultiplicity"):
        _multiplicity(file, node)
    pools = {
        local(node.get("processRef")): node for node in file.named("participant") if node.get("processRef")
    }
    for node in file.named("messageFlow"):
        _message_flow(file, node, pools)
    for holder in file.named("choreography", "globalConversation", "globalChoreographyTask"):
        for child in bpmn_children(holder, "choreographyRef"):
            file.error(
                child,
                "choreography-ref",
                f"Expected no choreographyRef in {holder.name} '{file.owner(holder)}', found "
                f"'{local(child.text)}' (BPMN 2.0.2 §9.4, p. 132, and §11, p. 318).",
                "Refer to choreographies from a collaboration.",
            )
    for holder in file.named("globalConversation"):
        for child in bpmn_children(holder, *_NOT_IN_GLOBAL):
            file.error(
                holder,
                "global-conversation",
                f"Expected no conversation nodes, associations and artifacts in global conversation "
                f"'{file.owner(holder)}', found {child.name} (BPMN 2.0.2 §9.4, p. 132).",
                "Put it into a collaboration.",
                about=child,
            )
    for node in file.named("process"):
        if node.token("processType", "None") == "Public" and node.token("isExecutable", "false") in {
            "true",
            "1",
        }:
            file.error(
                node,
                "process-public",
                f"Expected process '{file.owner(node)}' to be private or not executable, found "
                "processType='Public' and isExecutable='true' (BPMN 2.0.2 §10.1, p. 146).",
                "Write processType='Private', or leave it out.",
            )


def _multiplicity(file: BpmnFile, node: XmlNode) -> None:
    least, most = _number(node, "minimum", 0), _number(node, "maximum", 1)
    if least is None or most is None or least < 0 or most < 1 or most < least:
        file.error(
            node,
            "participant-multiplicity",
            f"Expected minimum of participant '{file.owner(node)}' to be 0 or more, and maximum to be 1 or "
            f"more and at least minimum, found {node.get('minimum', '0')} and {node.get('maximum', '1')} "
            "(BPMN 2.0.2 §9.2.1, p. 115).",
            "Correct the numbers.",
        )


def _number(node: XmlNode, attribute: str, default: int) -> int | None:
    text = node.token(attribute, str(default))
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS else None


def _message_flow(file: BpmnFile, node: XmlNode, pools: dict[str, XmlNode]) -> None:
    source, target = file.find(node.get("sourceRef")), file.find(node.get("targetRef"))
    for attribute, end in (("sourceRef", source), ("targetRef", target)):
        found = end.name if end is not None else "nothing of that id"
        if end is None or end.name not in _ENDS:
            file.error(
                node,
                "message-flow-end",
                f"Expected {attribute} of message flow '{file.owner(node)}' to be a pool, an activity or an "
                f"event, found {found} '{local(node.get(attribute))}' (BPMN 2.0.2 §9.3, p. 120, and §8.4.1, "
                "p. 65).",
                "Connect the flow to what sends or receives the message.",
            )
        elif (end.name, attribute) in _EVENT_ENDS:
            file.error(
                end,
                "message-flow-event",
                f"Expected {attribute} of message flow '{file.owner(node)}' to be one that "
                f"{'sends' if attribute == 'sourceRef' else 'receives'} messages, found {end.name} "
                f"'{local(node.get(attribute))}'. {_EVENT_ENDS[end.name, attribute]} of BPMN 2.0.2.",
                "Turn the flow round, or connect it to another event.",
            )
        elif end.name in EVENTS and not _has_message(file, end):
            file.error(
                end,
                "message-flow-trigger",
                f"Expected {end.name} '{file.owner(end)}', to which message flow '{file.owner(node)}' is "
                "connected, to have a message, found none (BPMN 2.0.2 §10.5.2, p. 244, and §10.5.3, p. 249).",
                "Give the event a messageEventDefinition.",
            )
    if source is not None and target is not None:
        _pools(file, node, source, target, pools)
        _closed(file, node, source, target)


def _has_message(file: BpmnFile, event: XmlNode) -> bool:
    referred = [file.kind(child.text) for child in bpmn_children(event, "eventDefinitionRef")]
    return bool(bpmn_children(event, "messageEventDefinition")) or "messageEventDefinition" in referred


def _pools(
    file: BpmnFile, node: XmlNode, source: XmlNode, target: XmlNode, pools: dict[str, XmlNode]
) -> None:
    def pool(end: XmlNode) -> XmlNode | None:
        here = end if end.name in _POOLS else file.around(end, frozenset({"process"}))
        return pools.get(here.get("id") or "", here) if here is not None else None

    if source.name not in _ENDS or target.name not in _ENDS or pool(source) is None:
        return
    if pool(source) is pool(target):
        file.error(
            node,
            "message-flow-same-pool",
            f"Expected message flow '{file.owner(node)}' to lead from one pool to another, found both ends "
            f"in '{file.owner(pool(source) or node)}' (BPMN 2.0.2 §9.3, p. 120).",
            "Use a sequence flow inside a pool.",
        )


def _closed(file: BpmnFile, node: XmlNode, source: XmlNode, target: XmlNode) -> None:
    """Nothing but what a closed choreography says is sent to and from what takes part in it (p. 318)."""
    for end in (source, target):
        around = file.around(end, CHOREOGRAPHIES)
        if around is None or around.token("isClosed", "false") not in {"true", "1"}:
            continue
        if file.around(node, CHOREOGRAPHIES) is not around:
            file.error(
                node,
                "choreography-closed",
                f"Expected no message flow from outside to the closed choreography '{file.owner(around)}', "
                f"found '{file.owner(node)}' (BPMN 2.0.2 §9, p. 110).",
                "Write isClosed='false', or remove the flow.",
            )
            return
