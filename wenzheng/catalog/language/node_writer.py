"""Writes the flow nodes and sequence flows that a YAML definition stands for."""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape

from wenzheng.catalog.language.attributes import (
    in_languages,
    names,
    node_attributes,
    quoted,
    role_attribute,
)
from wenzheng.catalog.language.deadline_writer import clock_lines, clock_tag
from wenzheng.catalog.language.deadlines import Deadline
from wenzheng.catalog.language.graph import Flow, Graph, Node
from wenzheng.catalog.language.lanes import Lane
from wenzheng.catalog.language.layout import shown
from wenzheng.catalog.language.lines import Lines
from wenzheng.catalog.language.meaning import MARK, OUTCOME
from wenzheng.catalog.language.model import EACH, Event, FormField, Process, Start, Step, Waiting
from wenzheng.catalog.language.parts import Word
from wenzheng.engine.vocabulary import DAY_TIMERS

_DAY_TIMERS: Final = {str(unit): name for name, unit in DAY_TIMERS.items()}
TELL: Final = "notify_author"
"""The service behind `tell`, its inputs being the letter and the template."""


class NodeWriter(Lines):
    """Writes what stands in a process."""

    def __init__(self, process: Process, *, sources: bool = False) -> None:
        super().__init__(sources=sources)
        self._process = process
        self._lanes: dict[int, list[Lane]] = {}

    def scope(self, graph: Graph) -> None:
        """The lanes, flow nodes and flows of a scope."""
        lanes = self._lanes.get(id(graph), [])
        if lanes:
            self.open(f'bpmn:laneSet id="{lanes[0].id.rpartition("-")[0]}s"', lanes[0].role.position)
            for lane in lanes:
                self._lane(lane)
            self.close("bpmn:laneSet")
        for node in graph.nodes.values():
            self._node(node, graph)
        for flow in graph.flows.values():
            self._flow(flow)

    def _lane(self, lane: Lane) -> None:
        self.written.labels[lane.id] = lane.label
        role = role_attribute(lane.role, self._process)
        self.open(
            f'bpmn:lane id="{lane.id}" name={quoted(shown(lane.label, lane.role.text))}{role}',
            lane.role.position,
        )
        for member in lane.members:
            self.line(f"<bpmn:flowNodeRef>{member}</bpmn:flowNodeRef>", lane.role.position)
        self.close("bpmn:lane")

    def _node(self, node: Node, graph: Graph) -> None:
        self.written.labels[node.id] = node.label
        step = node.of if isinstance(node.of, Step) else None
        event = node.of if isinstance(node.of, Event) else None
        attributes = node_attributes(node, self._process)
        self.open(f"bpmn:{node.tag} {attributes}", node.position)
        if node.id in graph.inner:
            self.scope(graph.inner[node.id])
        elif step is not None:
            self._step(step)
        elif node.id.startswith(MARK):
            self.line(f'<bpmn:script>{OUTCOME} = "{node.id.removeprefix(MARK)}"</bpmn:script>', node.position)
        elif event is not None and event.wait is not None:
            self._asked(node.id, event)
            self._wait(event.wait)
        elif isinstance(node.of, Start) and node.of.wait is not None:
            self._wait(node.of.wait)
        self.close(f"bpmn:{node.tag}")

    def _step(self, step: Step) -> None:
        match step.kind:
            case "by" | "do":
                self._asked(step.id, step)
                self._each(step)
            case "tell" if step.value is not None:
                template = Word(f"'{step.value.text}'", step.value.node)
                self._service(
                    TELL,
                    [("petition_id", "petition_id", step.value), ("template", template.text, template)],
                    step,
                )
            case "call" if step.value is not None:
                inputs = [(key.text, word.text, word) for key, word in step.expressions]
                self._service(step.value.text, inputs, step)
            case "decide" if step.value is not None:
                inputs = [(key.text, word.text, word) for key, word in step.expressions]
                self._service(step.value.text, inputs, step, "wz:decision")
            case "send" if step.value is not None:
                self._message(step, step.value)
            case "set":
                self.script(
                    [(key.text, word) for key, word in step.expressions],
                    [key.position for key, _ in step.expressions],
                )
            case "wait" if step.wait is not None:
                self._wait(step.wait)
            case "back_to" if step.count is not None:
                name = step.count.text
                self.line(f"<bpmn:script>{name} = {name} + 1</bpmn:script>", step.count.position)

    def _asked(self, name: str, part: Step | Event) -> None:
        """The form of a step or message, and what its people should know."""
        deadlines = self._process.deadlines_of(part) if isinstance(part, Step) else []
        if not part.form and not part.guidance and not deadlines:
            return
        self.open("bpmn:extensionElements", part.position)
        if part.guidance:
            texts = in_languages(part.guidance, "zh", "en")
            self.line(f"<wz:guidance{texts}/>", part.position)
        for form_field in part.form:
            self.written.labels[f"{name}/{form_field.id}"] = form_field.label
            self._field(form_field)
        for deadline in deadlines:
            each = isinstance(part, Step) and part.for_each is not None
            self.deadline(deadline, EACH if each or name in self._process.steps_for_units else None)
        self.close("bpmn:extensionElements")

    def deadline(self, deadline: Deadline, whose: str | None = None, starts: str | None = None) -> None:
        """A deadline; `whose` and `starts` are what holds where it says nothing itself."""
        self.written.labels[f"deadline/{deadline.id}"] = deadline.label
        # All else of a deadline the language has checked; the condition only the engine can.
        self.open(clock_tag(deadline, whose, starts), (deadline.at_once_if or deadline).position)
        for text, position in clock_lines(deadline):
            self.line(text, position)
        self.close("wz:clock")

    def _each(self, step: Step) -> None:
        """One task or procedure for each of a list of units, all at once, where it says so."""
        units = step.for_each
        if units is None:
            return
        missing = f' wz:missing="{step.missing.text}"' if step.missing is not None else ""
        self.open(f"bpmn:multiInstanceLoopCharacteristics{missing}", units.position)
        self.line(f"<bpmn:loopDataInputRef>{units.text}</bpmn:loopDataInputRef>", units.position)
        for key, _ in step.collect:
            self.line(f"<bpmn:loopDataOutputRef>{key.text}</bpmn:loopDataOutputRef>", key.position)
        self.line(f'<bpmn:inputDataItem id="{step.id}-unit" name="{EACH}"/>', units.position)
        for key, given in step.collect:
            self.line(f'<bpmn:outputDataItem id="{step.id}-result" name="{given.text}"/>', key.position)
        self.close("bpmn:multiInstanceLoopCharacteristics")

    def _field(self, form_field: FormField) -> None:
        more = ' required="true"' if form_field.required else ""
        more += "".join(f' {name}="{value}"' for name, value in form_field.limits.items())
        if form_field.not_before is not None:
            more += f' notBefore="{form_field.not_before.text}"'
        values = " ".join(word.text for word in form_field.values)
        more += f" values={quoted(values)}" if values else ""
        more += in_languages(form_field.template, "template", "templateEn")
        self.line(
            f'<wz:field id="{form_field.id}" type="{form_field.type}" '
            f"{names(form_field.label, form_field.id)}{more}/>",
            form_field.position,
        )

    def _message(self, step: Step, message: Word) -> None:
        """A message and what it carries: data of the event, so that nothing else goes out with it."""
        ids = [(f"{step.id}-{key.text}", key, word) for key, word in step.expressions]
        for name, key, _ in ids:
            self.line(f'<bpmn:dataInput id="{name}" name="{key.text}"/>', key.position)
        for name, key, word in ids:
            self.open("bpmn:dataInputAssociation", key.position)
            self.line(f"<bpmn:targetRef>{name}</bpmn:targetRef>", key.position)
            self.text(
                "<bpmn:transformation>", word, escape(word.text), "</bpmn:transformation>", key.position
            )
            self.close("bpmn:dataInputAssociation")
        if ids:
            self.open("bpmn:inputSet", step.position)
            for tag in ("dataInputRefs", "optionalInputRefs"):  # a value that is missing is sent as missing
                for name, key, _ in ids:
                    self.line(f"<bpmn:{tag}>{name}</bpmn:{tag}>", key.position)
            self.close("bpmn:inputSet")
        self.line(f'<bpmn:messageEventDefinition messageRef="message_{message.text}"/>', message.position)

    def _service(
        self, name: str, inputs: list[tuple[str, str, Word]], step: Step, tag: str = "wz:service"
    ) -> None:
        place = step.value.position if step.value is not None else step.position
        output = f' output="{step.output.text}"' if step.output else ""
        self.open("bpmn:extensionElements", step.position)
        self.open(f'{tag} name="{name}"{output}', place)
        for key, text, word in inputs:
            self.line(f"<wz:input name={quoted(key)} value={quoted(text)}/>", word.position)
        self.close(tag)
        self.close("bpmn:extensionElements")

    def _wait(self, wait: Waiting) -> None:
        text, position = wait.value.text, wait.value.position
        if wait.schedule is not None:
            plan = wait.schedule
            day = "calendarDay" if plan.calendar is not None else "workingDay"
            self.line(
                f'<bpmn:timerEventDefinition wz:every="{plan.every.text}" wz:{day}="{plan.number}" '
                f"wz:at={quoted(plan.at)}/>",
                plan.node.position,
            )
        elif wait.kind == "message":
            self.line(f'<bpmn:messageEventDefinition messageRef="message_{text}"/>', position)
        elif wait.kind in _DAY_TIMERS:
            anchor = f" wz:from={quoted(wait.anchor.text)}" if wait.anchor is not None else ""
            counted = _DAY_TIMERS[wait.kind]
            self.line(f"<bpmn:timerEventDefinition wz:{counted}={quoted(text)}{anchor}/>", position)
        elif wait.kind == "until":
            self.open("bpmn:conditionalEventDefinition", position)
            opened = '<bpmn:condition xsi:type="bpmn:tFormalExpression">'
            self.text(opened, wait.value, escape(text), "</bpmn:condition>", position)
            self.close("bpmn:conditionalEventDefinition")
        else:
            inner = f"<bpmn:timeDuration>{escape(text)}</bpmn:timeDuration>"
            self.line(f"<bpmn:timerEventDefinition>{inner}</bpmn:timerEventDefinition>", position)

    def _flow(self, flow: Flow) -> None:
        ends = f'id="{flow.id}" sourceRef="{flow.source}" targetRef="{flow.target}"'
        if flow.condition is None:
            self.line(f"<bpmn:sequenceFlow {ends}/>", flow.position)
            return
        self.open(f"bpmn:sequenceFlow {ends}", flow.position)
        self.text(
            f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escape(flow.before)}',
            flow.condition,
            escape(flow.condition.text),
            f"{escape(flow.after)}</bpmn:conditionExpression>",
            flow.position,
        )
        self.close("bpmn:sequenceFlow")
