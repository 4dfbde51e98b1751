"""Writes BPMN from a YAML definition, one XML element a line, and remembers where each came from."""

from __future__ import annotations

import json
from typing import Final

from wenzheng.catalog.language.attributes import names, procedure_id, quoted
from wenzheng.catalog.language.graph import Graph, build_graph, procedure_graph
from wenzheng.catalog.language.lanes import lanes_of
from wenzheng.catalog.language.lines import Written
from wenzheng.catalog.language.meaning import OUTCOME, SCOPE
from wenzheng.catalog.language.model import EACH, Data, Procedure, Process
from wenzheng.catalog.language.node_writer import NodeWriter
from wenzheng.catalog.language.picture_writer import write_picture
from wenzheng.engine.findings import Position
from wenzheng.engine.vocabulary import FIELD_TYPES

_NAMESPACES: Final = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "wz": "urn:wenzheng:bpmn:1",
}


def write_bpmn(
    process: Process, *, picture: bool = False, lanes: bool = False, sources: bool = False
) -> Written:
    """The BPMN of a definition; what is missing from the model is missing here.

    With a picture a viewer can show it, with lanes by who does what; with `sources` elements say the file
    and line that they came from. What is run has none of them: of hundreds of steps they take seconds.
    """
    return _Writer(process, sources=sources).write(picture=picture, lanes=lanes)


class _Writer(NodeWriter):
    def __init__(self, process: Process, *, sources: bool) -> None:
        super().__init__(process, sources=sources)
        self._graph = build_graph(process)
        self._called = {one.id: (one, procedure_graph(process, one)) for one in process.done()}

    def write(self, *, picture: bool, lanes: bool) -> Written:
        process = self._process
        if lanes:
            self._find_lanes(process.id, self._graph)
            for name, (_, graph) in self._called.items():
                self._find_lanes(name, graph)
        spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items())
        self.line('<?xml version="1.0" encoding="UTF-8"?>', process.position)
        self.open(
            f'bpmn:definitions {spaces} id="definitions_of_{process.id}" '
            f'targetNamespace="urn:wenzheng:{process.id}" expressionLanguage="urn:cel" '
            'exporter="Wenzheng"',
            process.position,
        )
        for name, position in self._messages().items():
            self.line(f'<bpmn:message id="message_{name}" name="{name}"/>', position)
        counted = f"wz:calendar={quoted(process.calendar.text)} " if process.calendar is not None else ""
        self.open(
            f'bpmn:process id="{process.id}" {names(process.label, process.id, "wz:")} {counted}'
            'isExecutable="true" processType="Private"',
            process.position,
        )
        self.written.labels[process.id] = process.label
        for role in process.roles.values():
            called = " ".join(sorted({one.text for one in role.any_of} or {role.id}))
            self.written.labels[f"role/{called}"] = role.label
        self._declarations()
        self.scope(self._graph)
        self.close("bpmn:process")
        for procedure, graph in self._called.values():
            self._procedure(procedure, graph)
        if picture:
            write_picture(self, process.id, self._graph, self._lanes, process.position)
            for procedure, graph in self._called.values():
                own = procedure_id(process, procedure.id)
                write_picture(self, own, graph, self._lanes, process.position)
        self.close("bpmn:definitions")
        return self.written

    # --- lines ----------------------------------------------------------------------------

    def _find_lanes(self, name: str, graph: Graph) -> None:
        self._lanes[id(graph)] = lanes_of(graph, name, self._process)
        if SCOPE in graph.inner:
            self._lanes[id(graph.inner[SCOPE])] = lanes_of(graph.inner[SCOPE], SCOPE, self._process)

    # --- the head -------------------------------------------------------------------------

    def _messages(self) -> dict[str, Position]:
        found: dict[str, Position] = {}
        steps = self._process.all_steps()
        events = [*self._process.anytime, *(event for step in steps for event in step.unless)]
        waits = [self._process.start.wait]
        waits += [event.wait for event in events] + [step.wait for step in steps]
        for wait in waits:
            if wait is not None and wait.kind == "message":
                found.setdefault(wait.value.text, wait.value.position)
        for step in steps:
            if step.kind == "send" and step.value is not None:
                found.setdefault(step.value.text, step.value.position)
        return found

    def _procedure(self, procedure: Procedure, graph: Graph) -> None:
        """A process of its own, which knows all that is known where it is done."""
        own = procedure_id(self._process, procedure.id)
        self.written.labels[own] = procedure.label
        self.open(
            f'bpmn:process id="{own}" {names(procedure.label, procedure.id, "wz:")} '
            'isExecutable="true" processType="Private"',
            procedure.position,
        )
        counts = [step.count for way in self._process.ways_of(procedure) for step in way.steps if step.count]
        self.open("bpmn:extensionElements", procedure.position)
        for item in known_to_all(self._process).values():
            self.line(f'<wz:variable name="{item.id}" type="{item.type}"/>', item.position)
        for word in counts:
            if word.text not in self._process.data:
                self.line(f'<wz:variable name="{word.text}" type="int" initial="1"/>', word.position)
        whose = EACH if procedure.id in self._process.for_units else None
        for deadline in self._process.deadlines_of(procedure):
            self.deadline(deadline, whose, f"{procedure.id}-begins")
        self.close("bpmn:extensionElements")
        self.scope(graph)
        self.close("bpmn:process")

    def _declarations(self) -> None:
        process = self._process
        data = known_to_all(process) if self._called else dict(process.data)
        steps = [step for way in process.own_ways() for step in way.steps]
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
        self.open("bpmn:extensionElements", process.position)
        for item in data.values():
            initial = _initial(item)
            if initial is None and item.id in counts:
                initial = "1"
            more = ' required="true"' if item.required else ""
            more += f" initial={quoted(initial)}" if initial is not None else ""
            self.line(f'<wz:variable name="{item.id}" type="{item.type}"{more}/>', item.position)
        for deadline in process.deadlines:
            self.deadline(deadline)
        self.close("bpmn:extensionElements")


def known_to_all(process: Process) -> dict[str, Data]:
    """The data of a process and its procedures: what is declared, and what forms ask for, by name."""
    known = dict(process.data)
    if process.for_units and EACH not in known:
        known[EACH] = Data(EACH, process.position, {}, "string")
    for asked in process.fields():
        if asked.id not in known:
            known[asked.id] = Data(asked.id, asked.position, {}, FIELD_TYPES[asked.type])
    if process.outcomes and OUTCOME not in known:
        known[OUTCOME] = Data(OUTCOME, process.outcomes[0].position, {}, "string")
    return known


def _initial(item: Data) -> str | None:
    """The first value as an expression that stands for it."""
    value = item.initial.value if item.initial is not None else None
    if value is None:
        return None
    if item.type == "double" and not isinstance(value, bool | str):
        return repr(float(value))
    return json.dumps(value, ensure_ascii=False)
