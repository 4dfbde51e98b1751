"""The flow nodes and sequence flows that a YAML definition stands for.

Element ids are the names written in the file. What the language adds by itself has fixed names:
an outcome `x` is set by `mark_x` before the end `x`, and events of `anytime` interrupt the
sub-process `handling_scope`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from wenzheng.catalog.language.meaning import CLOSED, MARK, SCOPE, SCOPE_START
from wenzheng.catalog.language.model import Event, Label, Part, Process, Step, Word
from wenzheng.engine.findings import Position

_TAGS: Final = {
    "by": "userTask",
    "tell": "serviceTask",
    "mark": "intermediateThrowEvent",
    "call": "serviceTask",
    "set": "scriptTask",
    "choose": "exclusiveGateway",
    "wait": "intermediateCatchEvent",
    "back_to": "scriptTask",
}
_SCOPE_LABEL: Final[Label] = {"zh": "办理", "en": "Handling"}
_CLOSED_LABEL: Final[Label] = {"zh": "结案", "en": "Closed"}


@dataclass
class Node:
    """A flow node; `of` is what it was made of, `host` the activity that a boundary event sits on."""

    id: str
    tag: str
    label: Label
    position: Position
    of: Step | Event | Part | None = None
    host: str | None = None
    default: str | None = None


@dataclass(frozen=True)
class Flow:
    """A sequence flow; `condition` with `before` and `after` around it, which the language adds."""

    id: str
    source: str
    target: str
    position: Position
    condition: Word | None = None
    before: str = ""
    after: str = ""


@dataclass
class Graph:
    """What one scope holds, in the order of the file; `inner` is the scope that `anytime` interrupts."""

    nodes: dict[str, Node] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    inner: Graph | None = None

    def add(self, node: Node) -> None:
        """Add a node; of two with one id, which is refused elsewhere, the first stays."""
        self.nodes.setdefault(node.id, node)

    def connect(self, flow: Flow) -> str:
        """Add a flow, numbered when there is one between the two already; its id."""
        number, flow_id = 1, flow.id
        while flow_id in self.flows:
            number += 1
            flow_id = f"{flow.id}-{number}"
        self.flows[flow_id] = Flow(
            flow_id, flow.source, flow.target, flow.position, flow.condition, flow.before, flow.after
        )
        return flow_id


def build_graph(process: Process) -> Graph:
    """The process's own scope. What leads nowhere is left out; the checker has reported it."""
    outer = Graph()
    start = process.start
    outer.add(Node(start.id, "startEvent", start.label, start.position, start))
    if not process.anytime:
        _steps(process, outer, start)
        return outer
    outer.inner = Graph()
    begin = Part(SCOPE_START, start.position, {})
    outer.inner.add(Node(SCOPE_START, "startEvent", {}, start.position, begin))
    _steps(process, outer.inner, begin)
    outer.add(Node(SCOPE, "subProcess", _SCOPE_LABEL, start.position))
    _connect(outer, start.id, SCOPE, start.position)
    for event in process.anytime:
        outer.add(Node(event.id, "boundaryEvent", event.label, event.position, event, SCOPE))
        if event.go is not None:
            _connect(outer, event.id, _enter(process, outer, event.go.text), event.go.position)
    outer.add(Node(CLOSED, "endEvent", _CLOSED_LABEL, start.position))
    _connect(outer, SCOPE, CLOSED, start.position)
    return outer


def _connect(graph: Graph, source: str, target: str, position: Position) -> str:
    return graph.connect(Flow(f"flow_{source}-{target}", source, target, position))


def _enter(process: Process, graph: Graph, name: str) -> str:
    """The element at which a step or an outcome begins; an outcome's two are made when first named."""
    outcome = next((part for part in process.outcomes if part.id == name), None)
    if outcome is None:
        return name
    mark = MARK + name
    if mark not in graph.nodes:
        graph.add(Node(mark, "scriptTask", outcome.label or {"": name}, outcome.position, outcome))
        graph.add(Node(name, "endEvent", outcome.label, outcome.position, outcome))
        _connect(graph, mark, name, outcome.position)
    return mark


def _steps(process: Process, graph: Graph, start: Part) -> None:
    known = {step.id for step in process.steps} | {outcome.id for outcome in process.outcomes}
    if process.steps:
        first = process.steps[0]
        _connect(graph, start.id, first.id, first.position)
    for number, step in enumerate(process.steps):
        graph.add(Node(step.id, _TAGS.get(step.kind, "scriptTask"), step.label, step.position, step))
        if step.kind == "choose":
            _choice(process, graph, step, known)
        elif step.kind == "back_to":
            _lead(process, graph, step.id, step.value, known)
        elif step.go is not None:
            _lead(process, graph, step.id, step.go, known)
        elif number + 1 < len(process.steps):
            _connect(graph, step.id, process.steps[number + 1].id, step.position)
        for event in step.unless:
            graph.add(Node(event.id, "boundaryEvent", event.label, event.position, event, step.id))
            _lead(process, graph, event.id, event.go, known)


def _lead(process: Process, graph: Graph, source: str, go: Word | None, known: set[str]) -> None:
    if go is not None and go.text in known:
        _connect(graph, source, _enter(process, graph, go.text), go.position)


def _choice(process: Process, graph: Graph, step: Step, known: set[str]) -> None:
    for branch in step.branches:
        if branch.go.text not in known:
            continue
        target = process.step(branch.go.text)
        before, after = "", ""
        if target is not None and target.kind == "back_to" and target.count is not None:
            before, after = "(", f") && {target.count.text} < {target.rounds}"
        entered = _enter(process, graph, branch.go.text)
        flow = Flow(
            f"flow_{step.id}-{entered}",
            step.id,
            entered,
            branch.go.position,
            branch.condition,
            before,
            after if branch.condition is not None else "",
        )
        flow_id = graph.connect(flow)
        if branch.condition is None:
            graph.nodes[step.id].default = flow_id
