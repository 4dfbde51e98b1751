"""The attributes of what a YAML definition stands for in BPMN."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from wenzheng.catalog.language.graph import Node
from wenzheng.catalog.language.layout import shown
from wenzheng.catalog.language.model import EACH, Event, Process, Step
from wenzheng.catalog.language.parts import Label, Word


def procedure_id(process: Process, name: str) -> str:
    """The process that a procedure is: its name could stand in several definitions of one folder."""
    return f"{process.id}-{name}"


def node_attributes(node: Node, process: Process) -> str:
    """The attributes of a flow node."""
    found = f'id="{node.id}"' + (f" {names(node.label, node.id, 'wz:')}" if node.label else "")
    if node.host is not None:
        found += f' attachedToRef="{node.host}" cancelActivity="true"'
    if node.default is not None:
        found += f' default="{node.default}"'
    if isinstance(node.of, Step):
        found += _of_step(node.of, process)
    elif isinstance(node.of, Event):
        found += _of_event(node, node.of, process)
    if node.tag == "scriptTask":
        found += ' scriptFormat="urn:cel"'
    return found


def _of_step(step: Step, process: Process) -> str:
    found, value = "", step.value.text if step.value else ""
    if step.kind == "by":
        found += role_attribute(step.value, process)
        found += f" wz:fact={quoted(step.fact.text)}" if step.fact else ""
        of_unit = step.for_each is not None or step.id in process.steps_for_units
        found += f' wz:unit="{EACH}"' if of_unit else ""
    if step.kind == "do":
        found += f" calledElement={quoted(procedure_id(process, value))}"
    if step.kind == "mark":
        found += f" wz:fact={quoted(value)}"
        kept = " ".join(word.text for word in step.keeps)
        found += f" wz:keeps={quoted(kept)}" if kept else ""
    return found


def role_attribute(role: Word | None, process: Process) -> str:
    """Who does it; of a group every role, in the order of the alphabet, so that one group is one text."""
    if role is None:
        return ' wz:role=""'
    roles = sorted({one.text for one in process.roles_of(role)})
    return f" wz:role={quoted(' '.join(roles))}"


def _of_event(node: Node, event: Event, process: Process) -> str:
    if node.tag == "subProcess":
        return ' triggeredByEvent="true"'
    beside = ' isInterrupting="false"' if event.keep else ""
    return beside + (role_attribute(event.by, process) if event.by is not None else "")


def names(label: Label, otherwise: str, prefix: str = "") -> str:
    """The attributes that hold what people read: `name`, and `en` when the English is another."""
    name = shown(label, otherwise)
    english = label.get("en", "")
    return f"name={quoted(name)}" + (f" {prefix}en={quoted(english)}" if english and english != name else "")


def in_languages(label: Label, chinese: str, english: str) -> str:
    """The attributes of a text in two languages; one that is given in no language stands for Chinese."""
    texts = ((chinese, label.get("zh") or label.get("")), (english, label.get("en")))
    return "".join(f" {name}={quoted(text)}" for name, text in texts if text)


def quoted(text: str) -> str:
    """A text as an attribute's value; line breaks stay line breaks."""
    return quoteattr(text, {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
