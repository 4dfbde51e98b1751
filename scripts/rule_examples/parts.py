"""Parts of BPMN that several examples are made of."""

from __future__ import annotations

from typing import Final

LINE: Final = "start s\ntask t\nend e\ns -> t -> e"


def process(body: str, attributes: str = "") -> str:
    """An executable process."""
    return f'<process id="p" isExecutable="true" {attributes}>{body}</process>'.replace(" >", ">")


def task(inner: str, tag: str = "task", attributes: str = "", beside: str = "") -> str:
    """A process of one task, without anything before and behind it."""
    return beside + process(f'<{tag} id="t" {attributes}>{inner}</{tag}>'.replace(" >", ">"))


def between(task: str, listed: str = "") -> str:
    """A process of one task between its start and its end."""
    return process(
        f'<startEvent id="s">{listed}</startEvent>{task}<endEvent id="e"/>'
        '<sequenceFlow id="f" sourceRef="s" targetRef="t"/><sequenceFlow id="g" sourceRef="t" targetRef="e"/>'
    )


def named(kind: str, reference: str) -> str:
    """A process whose end throws the message, signal, error or escalation that it refers to."""
    attribute = {"error": 'errorCode="x"', "escalation": 'escalationCode="x"'}.get(kind, "")
    return f'<{kind} id="x" name="x" {attribute}/>'.replace(" />", "/>") + process(
        '<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="e"/><endEvent id="e">'
        f'<{kind}EventDefinition {kind}Ref="{reference}"/></endEvent>'
    )
