"""Rules of events: boundaries, links, compensation, codes and times (BPMN 2.0.2 §10.5, §10.7)."""

from __future__ import annotations

import re
from typing import Final

from wenzheng.engine import vocabulary as words
from wenzheng.engine.model import Element, EventDefinition, ScopeModel, TimerText
from wenzheng.engine.rules.graph import Graph
from wenzheng.engine.rules.kinds import Kind
from wenzheng.engine.schedules import parse_schedule
from wenzheng.engine.timers import parse_cycle, parse_duration, parse_instant

_ALWAYS_INTERRUPTS: Final = frozenset({"error", "cancel", "compensation"})
"""Boundary events whose cancelActivity cannot be false (BPMN 2.0.2 table 10.91)."""


def check_events(graph: Graph, scope: ScopeModel, element: Element) -> None:
    """Add a finding for each rule that an element breaks as an event."""
    if element.type in {"intermediateCatchEvent", "boundaryEvent"} and element.trigger == "none":
        graph.error(
            element,
            "event-without-definition",
            f"Expected an event definition on {element.type} '{element.id}', found none "
            "(BPMN 2.0.2 p. 252, 255).",
            "Say what the event waits for.",
        )
    if element.type == "boundaryEvent":
        _boundary(graph, scope, element)
    throws = element.type.endswith(("endEvent", "ThrowEvent"))
    for event in element.events:
        if event.timer is not None:
            _timer(graph, element, event.timer)
        if event.kind == "link":
            _link(graph, element, event)
        if event.kind in {"error", "escalation"} and throws:
            _thrown_code(graph, element, event)
        if event.kind == "compensation" and throws:
            _compensated(graph, element, event)
        if event.kind == "cancel" and element.type == "endEvent":
            _cancel(graph, scope, element)


def _boundary(graph: Graph, scope: ScopeModel, element: Element) -> None:
    host = scope.elements.get(element.attached_to or "")
    kinds = {event.kind for event in element.events}
    if element.attached_to in scope.refused:
        pass  # reported where it stands
    elif host is None or host.type not in words.ACTIVITIES:
        graph.error(
            element,
            "boundary-host",
            f"Expected attachedToRef of '{element.id}' to be an activity beside it, found "
            f"'{element.attached_to}' (BPMN 2.0.2 p. 255).",
            "Attach the event to a task or a sub-process of the same scope.",
        )
    elif "cancel" in kinds and host.type != "transaction":
        graph.error(
            element,
            "cancel-outside-transaction",
            f"Expected cancel boundary event '{element.id}' on a transaction, found it on {host.type} "
            f"'{host.id}' (BPMN 2.0.2 p. 254, 260).",
            "Make the activity a transaction, or catch an error instead.",
        )
    if not element.interrupting and kinds & _ALWAYS_INTERRUPTS:
        graph.error(
            element,
            "boundary-interrupting",
            f"Expected boundary event '{element.id}', which catches {', '.join(sorted(kinds))}, to "
            "interrupt, found cancelActivity='false' (BPMN 2.0.2 table 10.91, p. 257).",
            "Remove cancelActivity, or catch an escalation instead.",
        )
    if element.trigger == "compensation":
        _handler(graph, scope, element)


def _handler(graph: Graph, scope: ScopeModel, element: Element) -> None:
    """A compensation boundary event leads to its handler by an association (BPMN 2.0.2 p. 303)."""
    known = [scope.elements[one] for one in graph.associated[element.id] if one in scope.elements]
    if len(known) != 1 or not known[0].for_compensation:
        graph.error(
            element,
            "compensation-handler",
            f"Expected an association from '{element.id}' to one activity with isForCompensation='true', "
            f"found {', '.join(one.id for one in known) or 'none'} (BPMN 2.0.2 p. 303).",
            "Draw the association to the activity that undoes.",
        )


def _cancel(graph: Graph, scope: ScopeModel, element: Element) -> None:
    host = graph.host(scope)
    if host is None or host.type != "transaction":
        graph.error(
            element,
            "cancel-outside-transaction",
            f"Expected cancel end event '{element.id}' directly in a transaction, found it in "
            f"{host.type if host is not None else 'the process'} '{scope.id}' (BPMN 2.0.2 p. 248).",
            "Make the sub-process a transaction, or throw an error instead.",
        )
    elif not any(one.event("cancel") is not None for one in graph.boundaries.get(host.id, ())):
        graph.error(
            element,
            "cancel-uncaught",
            f"Expected a cancel event on the boundary of transaction '{host.id}', which '{element.id}' "
            "leaves through it, found none (BPMN 2.0.2 p. 248).",
            "Attach a boundary event with a cancelEventDefinition to the transaction.",
        )


def _link(graph: Graph, element: Element, event: EventDefinition) -> None:
    """A link leads from where it is thrown to the one place where it is caught (p. 267)."""
    ends = graph.other_ends(element, event)
    throws = element.type == "intermediateThrowEvent"
    if not event.name or not ends or (throws and len(ends) > 1):
        graph.findings.error(
            event.position,
            element.id,
            "link-unmatched",
            f"Expected link '{event.name or ''}' of '{element.id}' to have one end that catches and at "
            f"least one that throws in the same scope, found {len(ends)} on the other side (BPMN 2.0.2 p. "
            "267).",
            "Give both ends the same name.",
        )
    if element.outgoing if throws else element.incoming:
        graph.error(
            element,
            "link-flow",
            f"Expected link event '{element.id}' to have no {'outgoing' if throws else 'incoming'} sequence "
            "flow, found one (BPMN 2.0.2 p. 258, 267).",
            "Remove the flow.",
        )


def _thrown_code(graph: Graph, element: Element, event: EventDefinition) -> None:
    if event.name is None:
        graph.error(
            element,
            f"{event.kind}-without-code",
            f"Expected {event.kind} '{element.id}' to say what it throws, found no {event.kind}Ref to "
            f"one with {event.kind}Code (BPMN 2.0.2 p. 80, 81, 245).",
            f"Name an {event.kind} of the file that has its code.",
            seen_as=None if graph.model.is_executable else Kind.EXECUTABILITY,
        )


def _compensated(graph: Graph, element: Element, event: EventDefinition) -> None:
    """What is to be undone is an activity of the process (p. 302)."""
    if event.name is None:
        return
    found = graph.elements.get(event.name)
    if found is None or found.type not in words.ACTIVITIES or found.for_compensation:
        graph.error(
            element,
            "compensation-activity",
            f"Expected activityRef of '{element.id}' to name an activity that can be undone, found "
            f"'{event.name}' (BPMN 2.0.2 p. 260, 302).",
            "Name the activity, or leave activityRef out to undo all of the scope.",
        )


def _timer(graph: Graph, element: Element, timer: TimerText) -> None:
    expected = {
        "duration": ("an ISO 8601 duration of at most 100 years, such as P3D or PT8H", parse_duration),
        "date": ("an ISO 8601 instant with a zone, before the year 2191", parse_instant),
        "cycle": ("an ISO 8601 cycle such as R4/PT1H or R/P1D", parse_cycle),
        "working_days": ("a whole number of working days of at most 9,999", _whole_number),
        "schedule": ("a day that every such period has, and a time such as 08:30", parse_schedule),
    }
    if timer.anchor is not None:
        expected["working_days"] = ("a whole number of days from -9,999 to 9,999", _whole_or_back)
        declared = graph.model.variables.get(timer.anchor)
        dates = {field.id for one in graph.elements.values() for field in one.fields if field.type == "date"}
        if (declared is None or declared.type != "date") and timer.anchor not in dates:
            graph.findings.error(
                timer.position,
                element.id,
                "timer-day",
                f"Expected wz:from of '{element.id}' to name a variable of type date, found "
                f"'{timer.anchor}'.",
                "Declare it with <wz:variable type='date'>.",
            )
    wanted, parse = expected[timer.kind]
    if parse(timer.text) is None:
        graph.findings.error(
            timer.position,
            element.id,
            "timer-value",
            f"Expected {wanted} in the timer of '{element.id}', found '{timer.text}' (BPMN 2.0.2 p. 271).",
            "Correct the value.",
        )


def _whole_or_back(text: str) -> int | None:
    return _whole_number(text.removeprefix("-"))


def _whole_number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,4}", text, re.ASCII) else None
