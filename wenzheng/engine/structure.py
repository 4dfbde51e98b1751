"""Checks the graph of a process: flows, scopes, gateways, events and references.

The rules are those of BPMN 2.0.2 that the engine relies on; each finding names the rule.
"""

from __future__ import annotations

import re

from wenzheng.engine import vocabulary as words
from wenzheng.engine.entries import entries
from wenzheng.engine.findings import FindingList
from wenzheng.engine.model import (
    Element,
    EventDefinition,
    ProcessModel,
    ScopeModel,
    SequenceFlow,
    TimerText,
)
from wenzheng.engine.services import ServiceContract
from wenzheng.engine.timers import parse_cycle, parse_duration, parse_instant


def check_structure(model: ProcessModel, services: dict[str, ServiceContract], findings: FindingList) -> None:
    """Connect flows to elements and add a finding for every rule broken.

    `services` are the activities that may be named, by name.
    """
    _Structure(model, services, findings).check()


class _Structure:
    def __init__(
        self, model: ProcessModel, services: dict[str, ServiceContract], findings: FindingList
    ) -> None:
        self._model = model
        self._services = services
        self._findings = findings
        self._elements = {element.id: element for element in model.all_elements()}
        self._with_start = {element.scope for element in model.all_elements() if element.type == "startEvent"}

    def check(self) -> None:
        for scope in self._model.scopes.values():
            for flow in scope.flows.values():
                self._connect(flow, scope)
            for element in scope.elements.values():
                self._check_element(element, scope)
            self._check_starts(scope)
        if any(element.listed is not None for element in self._model.all_elements()):
            for element in self._model.all_elements():
                self._check_listed(element)
        self._check_clocks()

    def _error(self, element: Element, rule: str, message: str, hint: str) -> None:
        self._findings.error(element.position, element.id, rule, message, hint)

    def _connect(self, flow: SequenceFlow, scope: ScopeModel) -> None:
        for attribute, ref in (("sourceRef", flow.source), ("targetRef", flow.target)):
            if ref in scope.elements or ref in scope.refused:
                continue
            elsewhere = ref in self._elements
            found = "an element of another scope" if elsewhere else "nothing of that id"
            self._findings.error(
                flow.position,
                flow.id,
                "flow-crosses-scope" if elsewhere else "unknown-reference",
                f"Expected {attribute} '{ref}' to be a flow node of the same process or "
                f"sub-process, found {found} (BPMN 2.0.2 p. 97).",
                "Connect the flow to an element beside it.",
            )
        if flow.source in scope.elements:
            scope.elements[flow.source].outgoing.append(flow)
        if flow.target in scope.elements:
            scope.elements[flow.target].incoming.append(flow)

    def _check_listed(self, element: Element) -> None:
        """Where `incoming` and `outgoing` are written at all, they must be the flows' own ends."""
        listed = element.listed or []
        ends = [("incoming", flow.id) for flow in element.incoming]
        ends += [("outgoing", flow.id) for flow in element.outgoing]
        for end, flow in sorted(set(ends) ^ set(listed)):
            wrong = "does not lead there" if (end, flow) in listed else "is not listed"
            self._error(
                element,
                "flow-not-listed",
                f"Expected the {end} flows of '{element.id}' to be those that its sequence flows say, "
                f"found that '{flow}' {wrong} (BPMN 2.0.2 p. 97).",
                f"Correct <{end}>, or leave all incoming and outgoing elements out of the file.",
            )

    # --- one element ------------------------------------------------------------------

    def _check_element(self, element: Element, scope: ScopeModel) -> None:
        waits = element.triggered or element.for_compensation or element.instantiate
        if waits or element.type in {"startEvent", "boundaryEvent"}:
            self._no_incoming(element)
        elif not element.incoming and not self._may_begin(element, scope):
            self._some_incoming(element)
        if element.type == "endEvent" or element.triggered or element.for_compensation:
            self._no_outgoing(element)
        elif element.type == "boundaryEvent" and element.trigger == "compensation":
            self._compensation(element, scope)
        elif element.type in {"startEvent", "boundaryEvent"}:
            self._some_outgoing(element)
        if element.type == "boundaryEvent":
            self._boundary(element, scope)
        if element.type in words.GATEWAYS:
            self._gateway(element, scope)
        else:
            self._flows_out(element)
        self._details(element, scope)

    def _may_begin(self, element: Element, scope: ScopeModel) -> bool:
        """An element that nothing leads to may begin its scope where no start event does (p. 238)."""
        host = self._elements.get(scope.id)
        return (
            (host is not None and host.type == "adHocSubProcess")
            or element.instantiate
            or element.event("link") is not None
            or (scope.id not in self._with_start and element.type != "endEvent")
        )

    def _details(self, element: Element, scope: ScopeModel) -> None:
        match element.type:
            case "intermediateCatchEvent" if element.trigger == "none":
                self._error(
                    element,
                    "event-without-definition",
                    f"Expected an event definition on '{element.id}', found none.",
                    "Say what the event waits for.",
                )
            case "intermediateThrowEvent":
                self._kept(element)
            case "scriptTask" if not (element.script or "").strip():
                self._error(
                    element,
                    "script-missing",
                    f"Expected a script in '{element.id}', found none.",
                    "Write lines of the form name = expression.",
                )
            case "serviceTask":
                self._service(element)
            case "userTask" if not element.role:
                self._error(
                    element,
                    "role-missing",
                    f"Expected wz:role on user task '{element.id}', found none.",
                    "Name the role that does this task.",
                )
        for event in element.events:
            if event.timer is not None:
                self._timer(element, event.timer)
            if event.kind == "link":
                self._link(element, event, scope)
            if event.kind in {"error", "escalation"} and element.type.endswith(("endEvent", "ThrowEvent")):
                self._thrown_code(element, event)

    def _kept(self, element: Element) -> None:
        """A fact that is reached keeps variables; without a fact there is nothing to keep them."""
        fields = {field.id for other in self._model.all_elements() for field in other.fields}
        for name in element.keeps:
            if element.fact is None:
                self._error(
                    element,
                    "keeps-without-fact",
                    f"Expected wz:fact beside wz:keeps on '{element.id}', found none.",
                    "Name the fact that is reached here, or remove wz:keeps.",
                )
                return
            if name not in fields and name not in self._model.variables:
                self._error(
                    element,
                    "unknown-variable",
                    f"Expected wz:keeps of '{element.id}' to name variables or fields, found '{name}'.",
                    "Correct the name, or declare it with <wz:variable>.",
                )

    def _no_incoming(self, element: Element) -> None:
        if element.incoming:
            self._error(
                element,
                "incoming-not-allowed",
                f"Expected no incoming sequence flow on {element.type} '{element.id}', found "
                f"{len(element.incoming)} (BPMN 2.0.2 p. 162, 176, 244, 255, 297, 302).",
                "Remove the flow.",
            )

    def _no_outgoing(self, element: Element) -> None:
        if element.outgoing:
            self._error(
                element,
                "outgoing-not-allowed",
                f"Expected no outgoing sequence flow on {element.type} '{element.id}', found "
                f"{len(element.outgoing)} (BPMN 2.0.2 p. 176, 248, 302).",
                "Remove the flow.",
            )

    def _some_incoming(self, element: Element) -> None:
        if not element.incoming:
            self._error(
                element,
                "incoming-missing",
                f"Expected an incoming sequence flow on '{element.id}', found none: it would never run.",
                "Connect it, or remove it.",
            )

    def _some_outgoing(self, element: Element) -> None:
        if not element.outgoing:
            self._error(
                element,
                "outgoing-missing",
                f"Expected an outgoing sequence flow on {element.type} '{element.id}', found none.",
                "Say what follows.",
            )

    def _flows_out(self, element: Element) -> None:
        """Behind activities each flow may have a condition; behind events none has (p. 97)."""
        if element.type not in words.ACTIVITIES:
            self._no_conditions(element)
            return
        self._default(element)
        if len(element.outgoing) == 1 and element.outgoing[0].condition is not None:
            self._findings.error(
                element.outgoing[0].position,
                element.outgoing[0].id,
                "condition-alone",
                f"Expected another flow beside the conditional one out of '{element.id}', found none "
                "(BPMN 2.0.2 p. 426).",
                "Say where the token goes when the condition is false.",
            )

    def _default(self, element: Element) -> None:
        if element.default and element.default not in {flow.id for flow in element.outgoing}:
            self._error(
                element,
                "default-flow-unknown",
                f"Expected default '{element.default}' to be an outgoing flow of '{element.id}', "
                "found it is not (BPMN 2.0.2 p. 290).",
                "Name one of its outgoing flows.",
            )
        for flow in element.outgoing:
            if flow.id == element.default and flow.condition is not None:
                self._findings.error(
                    flow.position,
                    flow.id,
                    "default-with-condition",
                    f"Expected no condition on the default flow '{flow.id}', found one.",
                    "Remove the condition, or choose another default.",
                )

    def _no_conditions(self, element: Element) -> None:
        for flow in element.outgoing:
            if flow.condition is not None:
                self._findings.error(
                    flow.position,
                    flow.id,
                    "condition-not-executed",
                    f"Expected conditions only behind activities and gateways that choose, found one behind "
                    f"{element.type} '{element.id}'.",
                    "Put an exclusive gateway behind the element.",
                )

    def _direction(self, element: Element) -> None:
        splits, joins = len(element.outgoing) > 1, len(element.incoming) > 1
        if (element.direction == "Converging" and splits) or (element.direction == "Diverging" and joins):
            self._error(
                element,
                "gateway-direction",
                f"Expected gateway '{element.id}' to be {element.direction.lower()} as it says, found "
                f"{len(element.incoming)} incoming and {len(element.outgoing)} outgoing flows "
                "(BPMN 2.0.2 p. 288).",
                "Correct gatewayDirection or the flows.",
            )

    def _gateway(self, element: Element, scope: ScopeModel) -> None:
        self._direction(element)
        if not element.outgoing:
            self._error(
                element,
                "outgoing-missing",
                f"Expected an outgoing sequence flow on gateway '{element.id}', found none.",
                "Connect the gateway to what follows.",
            )
        if element.type == "eventBasedGateway":
            self._event_gateway(element, scope)
        if element.type not in words.CHOOSING_GATEWAYS:
            self._no_conditions(element)
            return
        if element.type == "complexGateway":
            self._complex(element)
        self._default(element)
        if len(element.outgoing) == 1:
            return
        for flow in element.outgoing:
            if flow.id != element.default and not (flow.condition or "").strip():
                self._findings.error(
                    flow.position,
                    flow.id,
                    "condition-missing",
                    f"Expected a condition on flow '{flow.id}' behind {element.type} "
                    f"'{element.id}', found none.",
                    "Write a condition, or make it the default flow.",
                )

    def _complex(self, element: Element) -> None:
        if len(element.incoming) > 1 and not (element.activation or "").strip():
            self._error(
                element,
                "activation-missing",
                f"Expected an activationCondition in complex gateway '{element.id}', which merges, found "
                "none (BPMN 2.0.2 p. 295).",
                "Say when it goes on, for example activationCount >= 2.",
            )

    def _event_gateway(self, element: Element, scope: ScopeModel) -> None:
        """What may stand behind an event-based gateway (BPMN 2.0.2 p. 297-298)."""
        if element.all_events and not element.instantiate:
            self._error(
                element,
                "event-gateway-parallel",
                f"Expected a parallel event-based gateway to instantiate, found '{element.id}' does not "
                "(BPMN 2.0.2 p. 298).",
                "Give it instantiate='true', or make it exclusive.",
            )
        for flow in element.outgoing:
            target = scope.elements.get(flow.target)
            waits = target is not None and (
                target.type == "receiveTask"
                or (target.type == "intermediateCatchEvent" and target.trigger not in {"none", "link"})
            )
            if target is not None and (not waits or len(target.incoming) > 1):
                self._findings.error(
                    flow.position,
                    flow.id,
                    "event-gateway-target",
                    f"Expected only events to catch and receive tasks, each with this one incoming flow, "
                    f"behind event-based gateway '{element.id}', found {target.type} '{target.id}' "
                    "(BPMN 2.0.2 p. 297).",
                    "Put what it waits for directly behind the gateway.",
                )

    def _compensation(self, element: Element, scope: ScopeModel) -> None:
        """A compensation boundary event leads to its handler by an association (BPMN 2.0.2 p. 303)."""
        self._no_outgoing(element)
        handlers = [target for source, target in scope.associations if source == element.id]
        known = [scope.elements[one] for one in handlers if one in scope.elements]
        if len(known) != 1 or not known[0].for_compensation:
            self._error(
                element,
                "compensation-handler",
                f"Expected an association from '{element.id}' to one activity with isForCompensation='true', "
                f"found {', '.join(one.id for one in known) or 'none'} (BPMN 2.0.2 p. 303).",
                "Draw the association to the activity that undoes.",
            )

    def _link(self, element: Element, event: EventDefinition, scope: ScopeModel) -> None:
        """A link leads from where it is thrown to the one place where it is caught (p. 267)."""
        ends = [
            other
            for other in scope.elements.values()
            if other.type != element.type
            and (found := other.event("link")) is not None
            and found.name == event.name
        ]
        throws = element.type == "intermediateThrowEvent"
        if not event.name or not ends or (throws and len(ends) > 1):
            self._error(
                element,
                "link-unmatched",
                f"Expected link '{event.name or ''}' of '{element.id}' to have one end that catches and "
                f"at least one that throws in the same scope, found {len(ends)} on the other side "
                "(BPMN 2.0.2 p. 267).",
                "Give both ends the same name.",
            )
        elif element.outgoing if throws else element.incoming:
            self._error(
                element,
                "link-flow",
                f"Expected link event '{element.id}' to have no {'outgoing' if throws else 'incoming'} "
                "sequence flow, found one (BPMN 2.0.2 p. 267).",
                "Remove the flow.",
            )

    def _thrown_code(self, element: Element, event: EventDefinition) -> None:
        if event.name is None:
            self._error(
                element,
                f"{event.kind}-without-code",
                f"Expected {event.kind} '{element.id}' to say what it throws, found no {event.kind}Ref "
                "(BPMN 2.0.2 p. 245).",
                f"Name an {event.kind} of the file.",
            )

    def _boundary(self, element: Element, scope: ScopeModel) -> None:
        host = scope.elements.get(element.attached_to or "")
        if element.attached_to in scope.refused:
            pass  # reported where it stands
        elif host is None or host.type not in words.ACTIVITIES:
            self._error(
                element,
                "boundary-host",
                f"Expected attachedToRef of '{element.id}' to be an activity beside it, found "
                f"'{element.attached_to}' (BPMN 2.0.2 p. 255).",
                "Attach the event to a task or a sub-process of the same scope.",
            )
        if element.trigger == "none":
            self._error(
                element,
                "event-without-definition",
                f"Expected an event definition on boundary event '{element.id}', found none "
                "(BPMN 2.0.2 p. 255).",
                "Say what the event waits for.",
            )

    def _timer(self, element: Element, timer: TimerText) -> None:
        expected = {
            "duration": ("an ISO 8601 duration of at most 100 years, such as P3D or PT8H", parse_duration),
            "date": ("an ISO 8601 instant with a zone, before the year 2191", parse_instant),
            "cycle": ("an ISO 8601 cycle such as R4/PT1H or R/P1D", parse_cycle),
            "working_days": ("a whole number of working days of at most 9,999", _whole_number),
        }
        wanted, parse = expected[timer.kind]
        if parse(timer.text) is None:
            self._findings.error(
                timer.position,
                element.id,
                "timer-value",
                f"Expected {wanted} in the timer of '{element.id}', found '{timer.text}'.",
                "Correct the value.",
            )

    def _service(self, element: Element) -> None:
        call = element.service
        if call is None:
            self._error(
                element,
                "service-missing",
                f"Expected wz:service in service task '{element.id}', found none.",
                "Name the activity with <wz:service name='…'>.",
            )
            return
        contract = self._services.get(call.name)
        if contract is None:
            self._findings.error(
                call.position,
                element.id,
                "unknown-service",
                f"Expected the name of a registered activity, found '{call.name}'.",
                f"Registered are: {', '.join(sorted(self._services)) or 'none'}.",
            )
            return
        given = {name for name, _, _ in call.inputs}
        for name in sorted(given - set(contract.inputs)):
            self._findings.error(
                call.position,
                element.id,
                "service-input",
                f"Expected an input of activity '{call.name}', found '{name}'.",
                f"It takes: {', '.join(sorted(contract.inputs))}.",
            )
        for name in sorted(contract.required - given):
            self._findings.error(
                call.position,
                element.id,
                "service-input",
                f"Expected input '{name}' for activity '{call.name}', found none.",
                f"Add <wz:input name='{name}' value='…'/>.",
            )

    # --- scopes and clocks --------------------------------------------------------------

    def _check_starts(self, scope: ScopeModel) -> None:
        starts = [element for element in scope.elements.values() if element.type == "startEvent"]
        host = self._elements.get(scope.id) if scope.id != self._model.id else None
        if host is not None and host.triggered:
            self._event_sub_process(host, starts)
            return
        if host is None:
            if not entries(scope):
                self._findings.error(
                    self._model.position,
                    self._model.id,
                    "start-missing",
                    f"Expected a start event in process '{self._model.id}', found none.",
                    "Add a start event.",
                )
            for start in starts:
                self._begins_process(start)
        elif any(start.trigger not in {"none", "refused"} for start in starts) or not entries(scope):
            self._findings.error(
                host.position,
                scope.id,
                "sub-process-start",
                f"Expected sub-process '{scope.id}' to begin without a trigger, found "
                f"{len(starts)} start events (BPMN 2.0.2 p. 239).",
                "Give the sub-process one plain start event.",
            )
        for extra in [element for element in starts if element.trigger == "none"][1:]:
            self._error(
                extra,
                "several-starts",
                f"Expected one start event without a trigger, found '{extra.id}' as well.",
                "Remove one, or give it a message or a timer.",
            )

    def _begins_process(self, start: Element) -> None:
        """A process begins with what comes from outside it (BPMN 2.0.2 table 10.84)."""
        for event in start.events:
            if event.kind in {"error", "escalation", "compensation"}:
                self._error(
                    start,
                    "start-trigger",
                    f"Expected '{start.id}' to begin the process with a message, time, signal or condition, "
                    f"found {event.kind} (BPMN 2.0.2 p. 241).",
                    "Move it into an event sub-process.",
                )
            elif event.timer is not None and event.timer.kind == "cycle":
                self._error(
                    start,
                    "start-cycle",
                    f"Expected '{start.id}' to begin the process once, found a cycle.",
                    "Start the process by a schedule instead.",
                )

    def _event_sub_process(self, host: Element, starts: list[Element]) -> None:
        """One start event with a trigger (BPMN 2.0.2 p. 176, 242)."""
        if len(starts) != 1 or starts[0].trigger == "none":
            self._error(
                host,
                "event-sub-process-start",
                f"Expected event sub-process '{host.id}' to have one start event with a trigger, found "
                f"{len(starts)} (BPMN 2.0.2 p. 176).",
                "Say with a start event what it handles.",
            )
        elif not starts[0].interrupting and any(
            e.kind in {"error", "compensation"} for e in starts[0].events
        ):
            self._error(
                starts[0],
                "start-interrupting",
                f"Expected '{starts[0].id}' to interrupt, found isInterrupting='false' (BPMN 2.0.2 p. 242).",
                "Remove isInterrupting.",
            )

    def _check_clocks(self) -> None:
        for clock in self._model.clocks.values():
            for attribute, ref in (("starts", clock.starts), ("stops", clock.stops)):
                if ref and ref not in self._elements:
                    self._findings.error(
                        clock.position,
                        self._model.id,
                        "unknown-reference",
                        f"Expected {attribute} of clock '{clock.id}' to be an element of the "
                        f"process, found '{ref}'.",
                        "Name the id of the element whose completion counts.",
                    )
            variable = self._model.variables.get(clock.day0_variable or "")
            if clock.day0_variable and (variable is None or variable.type != "date"):
                self._findings.error(
                    clock.position,
                    self._model.id,
                    "clock-day0",
                    f"Expected from of clock '{clock.id}' to be a declared variable of type date, "
                    f"found '{clock.day0_variable}'.",
                    "Declare it with <wz:variable type='date'>.",
                )


def _whole_number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,4}", text, re.ASCII) else None
