"""Writes BPMN from a YAML definition, one XML element a line, and remembers where each came from."""

from __future__ import annotations

import bisect
import json
from dataclasses import dataclass, field
from typing import Final
from xml.sax.saxutils import escape

from wenzheng.catalog.language.attributes import EACH, in_languages, names, node_attributes, quoted
from wenzheng.catalog.language.deadline_writer import clock_lines, clock_tag
from wenzheng.catalog.language.deadlines import Deadline
from wenzheng.catalog.language.graph import Flow, Graph, Node, build_graph
from wenzheng.catalog.language.layout import draw
from wenzheng.catalog.language.meaning import MARK, OUTCOME
from wenzheng.catalog.language.model import Data, Event, FormField, Process, Step, Waiting
from wenzheng.catalog.language.parts import Label, Word
from wenzheng.catalog.pictures.geometry import Box
from wenzheng.engine.findings import Position
from wenzheng.engine.vocabulary import DAY_TIMERS

_DAY_TIMERS: Final = {str(unit): name for name, unit in DAY_TIMERS.items()}
TELL: Final = "notify_author"
"""The service behind `tell`, its inputs being the letter and the template."""
_NAMESPACES: Final = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "wz": "urn:wenzheng:bpmn:1",
}


@dataclass(frozen=True)
class Origin:
    """Where a line came from; from `column` on it is the YAML's own text, when that is known."""

    position: Position
    column: int | None = None


@dataclass
class Written:
    """BPMN as text, the origin of its lines, and what people read.

    `labels` are by element id; a deadline's stand under `deadline/ID`, a form field's under `STEP/ID`.
    """

    lines: list[str] = field(default_factory=list)
    origins: dict[int, Origin] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)

    @property
    def data(self) -> bytes:
        """The BPMN file."""
        return ("\n".join(self.lines) + "\n").encode()

    def source(self, position: Position) -> Position | None:
        """The place in the YAML that a place in the BPMN came from."""
        known = list(self.origins)  # in the order of the lines
        at = bisect.bisect_right(known, position.line)
        if not at:
            return None
        origin = self.origins[known[at - 1]]
        column = origin.position.column
        if origin.column is not None and known[at - 1] == position.line:
            column += max(position.column - origin.column, 0)
        return Position(origin.position.file, origin.position.line, column)


def write_bpmn(process: Process, *, picture: bool = False) -> Written:
    """The BPMN of a definition; what is missing from the model is missing here.

    With a picture a viewer can show it. What is run has none: of hundreds of steps it takes seconds.
    """
    return _Writer(process).write(picture=picture)


class _Writer:
    def __init__(self, process: Process) -> None:
        self._process = process
        self._written = Written()
        self._depth = 0
        self._graph = build_graph(process)

    def write(self, *, picture: bool) -> Written:
        process = self._process
        spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items())
        self._line('<?xml version="1.0" encoding="UTF-8"?>', process.position)
        self._open(
            f'bpmn:definitions {spaces} id="definitions_of_{process.id}" '
            f'targetNamespace="urn:wenzheng:{process.id}" expressionLanguage="urn:cel" '
            'exporter="Wenzheng"',
            process.position,
        )
        for name, position in self._messages().items():
            self._line(f'<bpmn:message id="message_{name}" name="{name}"/>', position)
        self._open(
            f'bpmn:process id="{process.id}" {names(process.label, process.id, "wz:")} '
            'isExecutable="true" processType="Private"',
            process.position,
        )
        self._written.labels[process.id] = process.label
        self._declarations()
        self._scope(self._graph)
        self._close("bpmn:process")
        if picture:
            self._picture()
        self._close("bpmn:definitions")
        return self._written

    # --- lines ----------------------------------------------------------------------------

    def _line(self, text: str, position: Position, column: int | None = None) -> None:
        self._written.lines.append("  " * self._depth + text)
        self._written.origins[len(self._written.lines)] = Origin(position, column)

    def _text(self, opened: str, word: Word | None, text: str, closed: str, position: Position) -> None:
        """A line that ends in a word of the YAML and what stands around it."""
        if word is not None and word.node.exact:
            column = 2 * self._depth + len(opened) + 1
            self._line(opened + text + closed, word.node.text_position, column)
        else:
            self._line(opened + text + closed, word.position if word is not None else position)

    def _open(self, tag: str, position: Position) -> None:
        self._line(f"<{tag}>", position)
        self._depth += 1

    def _close(self, tag: str) -> None:
        self._depth -= 1
        self._written.lines.append("  " * self._depth + f"</{tag}>")

    # --- the head -------------------------------------------------------------------------

    def _messages(self) -> dict[str, Position]:
        found: dict[str, Position] = {}
        steps = self._process.all_steps()
        events = [*self._process.anytime, *(event for step in steps for event in step.unless)]
        waits = [event.wait for event in events] + [step.wait for step in steps]
        for wait in waits:
            if wait is not None and wait.kind == "message":
                found.setdefault(wait.value.text, wait.value.position)
        return found

    def _declarations(self) -> None:
        process = self._process
        data = dict(process.data)
        steps = process.all_steps()
        for step in steps:
            if step.count is not None and step.count.text not in data:
                data[step.count.text] = Data(step.count.text, step.count.position, {}, "int")
        if process.outcomes and OUTCOME not in data:
            data[OUTCOME] = Data(OUTCOME, process.outcomes[0].position, {}, "string")
        # What is set without being declared is refused already; its other uses are not held against it.
        asked = {asked.id for asked in process.fields()}
        for key in (key for step in steps if step.kind == "set" for key, _ in step.expressions):
            if key.text not in data and key.text not in asked:
                data[key.text] = Data(key.text, key.position, {}, "any")
        if not data and not process.deadlines:
            return
        counts = {step.count.text for step in steps if step.count is not None}
        self._open("bpmn:extensionElements", process.position)
        for item in data.values():
            initial = _initial(item)
            if initial is None and item.id in counts:
                initial = "1"
            more = ' required="true"' if item.required else ""
            more += f" initial={quoted(initial)}" if initial is not None else ""
            self._line(f'<wz:variable name="{item.id}" type="{item.type}"{more}/>', item.position)
        for deadline in process.deadlines:
            self._deadline(deadline)
        self._close("bpmn:extensionElements")

    def _deadline(self, deadline: Deadline) -> None:
        self._written.labels[f"deadline/{deadline.id}"] = deadline.label
        # All else of a deadline the language has checked; the condition only the engine can.
        self._open(clock_tag(deadline), (deadline.at_once_if or deadline).position)
        for text, position in clock_lines(deadline):
            self._line(text, position)
        self._close("wz:clock")

    # --- flow nodes -----------------------------------------------------------------------

    def _scope(self, graph: Graph) -> None:
        for node in graph.nodes.values():
            self._node(node, graph)
        for flow in graph.flows.values():
            self._flow(flow)

    def _node(self, node: Node, graph: Graph) -> None:
        self._written.labels[node.id] = node.label
        step = node.of if isinstance(node.of, Step) else None
        event = node.of if isinstance(node.of, Event) else None
        attributes = node_attributes(node)
        self._open(f"bpmn:{node.tag} {attributes}", node.position)
        if node.id in graph.inner:
            self._scope(graph.inner[node.id])
        elif step is not None:
            self._step(step)
        elif node.id.startswith(MARK):
            self._line(
                f'<bpmn:script>{OUTCOME} = "{node.id.removeprefix(MARK)}"</bpmn:script>', node.position
            )
        elif event is not None and event.wait is not None:
            self._asked(node.id, event)
            self._wait(event.wait)
        self._close(f"bpmn:{node.tag}")

    def _step(self, step: Step) -> None:
        match step.kind:
            case "by":
                self._asked(step.id, step)
                if step.for_each is not None:
                    self._each(step, step.for_each)
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
            case "set":
                self._script(step)
            case "wait" if step.wait is not None:
                self._wait(step.wait)
            case "back_to" if step.count is not None:
                name = step.count.text
                self._line(f"<bpmn:script>{name} = {name} + 1</bpmn:script>", step.count.position)

    def _asked(self, name: str, part: Step | Event) -> None:
        """The form of a step or message, and what its people should know."""
        if not part.form and not part.guidance:
            return
        self._open("bpmn:extensionElements", part.position)
        if part.guidance:
            texts = in_languages(part.guidance, "zh", "en")
            self._line(f"<wz:guidance{texts}/>", part.position)
        for form_field in part.form:
            self._written.labels[f"{name}/{form_field.id}"] = form_field.label
            self._field(form_field)
        self._close("bpmn:extensionElements")

    def _each(self, step: Step, units: Word) -> None:
        """One task for each of a list of units, all at once."""
        self._open("bpmn:multiInstanceLoopCharacteristics", units.position)
        self._line(f"<bpmn:loopDataInputRef>{units.text}</bpmn:loopDataInputRef>", units.position)
        for key, _ in step.collect:
            self._line(f"<bpmn:loopDataOutputRef>{key.text}</bpmn:loopDataOutputRef>", key.position)
        self._line(f'<bpmn:inputDataItem id="{step.id}-unit" name="{EACH}"/>', units.position)
        for key, given in step.collect:
            self._line(f'<bpmn:outputDataItem id="{step.id}-result" name="{given.text}"/>', key.position)
        self._close("bpmn:multiInstanceLoopCharacteristics")

    def _field(self, form_field: FormField) -> None:
        more = ' required="true"' if form_field.required else ""
        more += "".join(f' {name}="{value}"' for name, value in form_field.limits.items())
        values = " ".join(word.text for word in form_field.values)
        more += f" values={quoted(values)}" if values else ""
        more += in_languages(form_field.template, "template", "templateEn")
        self._line(
            f'<wz:field id="{form_field.id}" type="{form_field.type}" '
            f"{names(form_field.label, form_field.id)}{more}/>",
            form_field.position,
        )

    def _service(self, name: str, inputs: list[tuple[str, str, Word]], step: Step) -> None:
        place = step.value.position if step.value is not None else step.position
        output = f' output="{step.output.text}"' if step.output else ""
        self._open("bpmn:extensionElements", step.position)
        self._open(f'wz:service name="{name}"{output}', place)
        for key, text, word in inputs:
            self._line(f"<wz:input name={quoted(key)} value={quoted(text)}/>", word.position)
        self._close("wz:service")
        self._close("bpmn:extensionElements")

    def _script(self, step: Step) -> None:
        """An assignment a line; the lines of the script stand at the margin, its columns being the file's."""
        last = len(step.expressions) - 1
        depth, self._depth = self._depth, 0
        for number, (key, word) in enumerate(step.expressions):
            opened = f"{'<bpmn:script>' if number == 0 else ''}{key.text} = "
            closed = "</bpmn:script>" if number == last else ""
            self._text(opened, word, escape(word.text), closed, key.position)
        self._depth = depth

    def _wait(self, wait: Waiting) -> None:
        text, position = wait.value.text, wait.value.position
        if wait.kind == "message":
            self._line(f'<bpmn:messageEventDefinition messageRef="message_{text}"/>', position)
        elif wait.kind in _DAY_TIMERS:
            anchor = f" wz:from={quoted(wait.anchor.text)}" if wait.anchor is not None else ""
            counted = _DAY_TIMERS[wait.kind]
            self._line(f"<bpmn:timerEventDefinition wz:{counted}={quoted(text)}{anchor}/>", position)
        elif wait.kind == "until":
            self._open("bpmn:conditionalEventDefinition", position)
            opened = '<bpmn:condition xsi:type="bpmn:tFormalExpression">'
            self._text(opened, wait.value, escape(text), "</bpmn:condition>", position)
            self._close("bpmn:conditionalEventDefinition")
        else:
            inner = f"<bpmn:timeDuration>{escape(text)}</bpmn:timeDuration>"
            self._line(f"<bpmn:timerEventDefinition>{inner}</bpmn:timerEventDefinition>", position)

    def _flow(self, flow: Flow) -> None:
        ends = f'id="{flow.id}" sourceRef="{flow.source}" targetRef="{flow.target}"'
        if flow.condition is None:
            self._line(f"<bpmn:sequenceFlow {ends}/>", flow.position)
            return
        self._open(f"bpmn:sequenceFlow {ends}", flow.position)
        self._text(
            f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escape(flow.before)}',
            flow.condition,
            escape(flow.condition.text),
            f"{escape(flow.after)}</bpmn:conditionExpression>",
            flow.position,
        )
        self._close("bpmn:sequenceFlow")

    # --- the picture ----------------------------------------------------------------------

    def _picture(self) -> None:
        drawing = draw(self._graph)
        here = self._process.position
        self._open('bpmndi:BPMNDiagram id="picture"', here)
        self._open(f'bpmndi:BPMNPlane id="plane" bpmnElement="{self._process.id}"', here)
        for name, box in drawing.boxes.items():
            more = ' isExpanded="true"' if self._is_scope(name) else ""
            more += ' isMarkerVisible="true"' if self._is_choice(name) else ""
            self._open(f'bpmndi:BPMNShape id="shape_{name}" bpmnElement="{name}"{more}', here)
            self._bounds(box)
            self._label(drawing.labels.get(name))
            self._close("bpmndi:BPMNShape")
        for name, points in drawing.edges.items():
            self._open(f'bpmndi:BPMNEdge id="edge_{name}" bpmnElement="{name}"', here)
            for x, y in points:
                self._line(f'<di:waypoint x="{x}" y="{y}"/>', here)
            self._label(drawing.labels.get(name))
            self._close("bpmndi:BPMNEdge")
        self._close("bpmndi:BPMNPlane")
        self._close("bpmndi:BPMNDiagram")

    def _bounds(self, box: Box) -> None:
        self._line(
            f'<dc:Bounds x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}"/>',
            self._process.position,
        )

    def _label(self, box: Box | None) -> None:
        if box is not None:
            self._open("bpmndi:BPMNLabel", self._process.position)
            self._bounds(box)
            self._close("bpmndi:BPMNLabel")

    def _is_scope(self, name: str) -> bool:
        return any(name in graph.inner for graph in self._graph.scopes())

    def _is_choice(self, name: str) -> bool:
        tags = [graph.nodes[name].tag for graph in self._graph.scopes() if name in graph.nodes]
        return tags == ["exclusiveGateway"]


def _initial(item: Data) -> str | None:
    """The first value as an expression that stands for it."""
    value = item.initial.value if item.initial is not None else None
    if value is None:
        return None
    if item.type == "double" and not isinstance(value, bool | str):
        return repr(float(value))
    return json.dumps(value, ensure_ascii=False)
