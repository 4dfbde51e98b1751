"""Rules of processes and sub-processes as wholes: where they begin and where they end."""

from __future__ import annotations

from wenzheng.engine.entries import entries
from wenzheng.engine.model import Element, ScopeModel
from wenzheng.engine.rules.graph import Graph
from wenzheng.engine.rules.kinds import Kind


def check_scope(graph: Graph, scope: ScopeModel) -> None:
    """Add a finding for each rule that a scope breaks (BPMN 2.0.2 p. 176, 238-246)."""
    starts = [element for element in scope.elements.values() if element.type == "startEvent"]
    host = graph.host(scope)
    if host is not None and host.type == "adHocSubProcess":
        return  # rules/file_rules.py: it has neither start nor end events
    _both(graph, scope, host, starts)
    if host is not None and host.triggered:
        _event_sub_process(graph, host, starts)
        return
    if host is None:
        _process(graph, scope, starts)
    elif not scope.elements:
        return  # nothing is in it: it ends as soon as it has begun (flowElements 0..*, table 8.45, p. 87)
    else:
        _sub_process(graph, scope, host, starts)
    for extra in [element for element in starts if element.trigger == "none"][1:]:
        graph.error(
            extra,
            "several-starts",
            f"Expected one start event without a trigger, found '{extra.id}' as well.",
            "Remove one, or give it a message or a timer.",
        )


def _both(graph: Graph, scope: ScopeModel, host: Element | None, starts: list[Element]) -> None:
    """Where there is a start event there is an end event, and the other way round (p. 238, 246)."""
    what = "process" if host is None else host.type
    if starts and scope.id not in graph.with_end:
        graph.error(
            starts[0],
            "end-missing",
            f"Expected an end event in {what} '{scope.id}', which has a start event, found none "
            "(BPMN 2.0.2 p. 246).",
            "Add an end event behind what comes last.",
        )
    elif not starts and scope.id in graph.with_end - graph.instantiated:
        end = next(element for element in scope.elements.values() if element.type == "endEvent")
        graph.error(
            end,
            "start-missing",
            f"Expected a start event in {what} '{scope.id}', which has an end event, found none "
            "(BPMN 2.0.2 p. 238).",
            "Add a start event.",
        )


def _process(graph: Graph, scope: ScopeModel, starts: list[Element]) -> None:
    if not entries(scope) and scope.id not in graph.with_end:
        # A process without anything in it is no breach (flowElements 0..*, table 8.45, p. 87): it cannot run.
        graph.findings.error(
            graph.model.position,
            graph.model.id,
            "start-missing",
            f"Expected a start event in process '{graph.model.id}', found none.",
            "Add a start event.",
            seen_as=None if scope.elements else Kind.EXECUTABILITY,
        )
    for start in starts:
        _begins_process(graph, start)


def _begins_process(graph: Graph, start: Element) -> None:
    """A process begins with what comes from outside it (BPMN 2.0.2 table 10.84)."""
    for event in start.events:
        if event.kind in {"error", "escalation", "compensation"}:
            graph.error(
                start,
                "start-trigger",
                f"Expected '{start.id}' to begin the process with a message, time, signal or condition, "
                f"found {event.kind} (BPMN 2.0.2 p. 241).",
                "Move it into an event sub-process.",
            )
        elif event.timer is not None and event.timer.kind == "cycle":
            graph.error(
                start,
                "start-cycle",
                f"Expected '{start.id}' to begin the process once, found a cycle.",
                "Start the process by a schedule instead.",
            )


def _sub_process(graph: Graph, scope: ScopeModel, host: Element, starts: list[Element]) -> None:
    triggered = [start for start in starts if start.trigger not in {"none", "refused"}]
    for start in triggered:
        graph.error(
            start,
            "sub-process-start",
            f"Expected sub-process '{scope.id}' to begin without a trigger, found that '{start.id}' waits "
            f"for {start.trigger} (BPMN 2.0.2 p. 239).",
            "Give the sub-process one plain start event.",
        )
    if not triggered and not entries(scope):
        graph.error(
            host,
            "sub-process-start",
            f"Expected sub-process '{scope.id}' to begin with something, found nothing that could "
            "(BPMN 2.0.2 p. 239).",
            "Give the sub-process one plain start event.",
        )


def _event_sub_process(graph: Graph, host: Element, starts: list[Element]) -> None:
    """One start event with a trigger, which alone says how often it runs (BPMN 2.0.2 p. 176, 242)."""
    if host.loop is not None:
        graph.error(
            host,
            "event-sub-process-loop",
            f"Expected event sub-process '{host.id}' to run whenever its start event happens, found a loop.",
            "Put what is to be repeated into a sub-process inside it.",
        )
    if len(starts) != 1 or starts[0].trigger == "none":
        graph.error(
            starts[0] if len(starts) == 1 else host,
            "event-sub-process-start",
            f"Expected event sub-process '{host.id}' to have one start event with a trigger, found "
            f"{'one without' if len(starts) == 1 else len(starts)} (BPMN 2.0.2 p. 176).",
            "Say with a start event what it handles.",
        )
    elif not starts[0].interrupting and any(e.kind in {"error", "compensation"} for e in starts[0].events):
        graph.error(
            starts[0],
            "start-interrupting",
            f"Expected '{starts[0].id}' to interrupt, found isInterrupting='false' (BPMN 2.0.2 p. 242).",
            "Remove isInterrupting.",
        )
