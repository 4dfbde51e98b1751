"""The flow nodes and sequence flows that a YAML definition stands for.

Element ids are the names written in the file. What the language adds by itself has fixed names:
an outcome `x` is set by `mark_x` before the end `x`, and events of `anytime` interrupt the
sub-process `handling_scope`. What they have no name for has one with a hyphen: a step `x` with branches
is the gateway at which they meet, `x-fork` the one where they part; a branch `b` is a sub-process from
`b-begins` to `b-ends`, and so is what happens at any time beside the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from wenzheng.catalog.language.meaning import CLOSED, MARK, SCOPE, SCOPE_START
from wenzheng.catalog.language.model import Event, Procedure, Process, Step, Way
from wenzheng.catalog.language.parts import Label, Part, Word
from wenzheng.engine.findings import Position

_TAGS: Final = {
    "by": "userTask",
    "tell": "serviceTask",
    "mark": "intermediateThrowEvent",
    "call": "serviceTask",
    "decide": "businessRuleTask",
    "send": "intermediateThrowEvent",
    "do": "callActivity",
    "set": "scriptTask",
    "choose": "exclusiveGateway",
    "wait": "intermediateCatchEvent",
    "back_to": "scriptTask",
    "together": "parallelGateway",
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
    triggered: bool = False


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
    """What one scope holds, in the order of the file; `inner` is what its sub-processes hold, by their id."""

    nodes: dict[str, Node] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    inner: dict[str, Graph] = field(default_factory=dict)

    def scopes(self) -> Iterator[Graph]:
        """This one and all inside it."""
        yield self
        for graph in self.inner.values():
            yield from graph.scopes()

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
    endings = [event for event in process.anytime if not event.keep]
    if not endings:
        _main(process, outer, start)
        return outer
    inside = outer.inner[SCOPE] = Graph()
    begin = Part(SCOPE_START, start.position, {})
    inside.add(Node(SCOPE_START, "startEvent", {}, start.position, begin))
    _main(process, inside, begin)
    outer.add(Node(SCOPE, "subProcess", _SCOPE_LABEL, start.position))
    _connect(outer, start.id, SCOPE, start.position)
    for event in endings:
        outer.add(Node(event.id, "boundaryEvent", event.label, event.position, event, SCOPE))
        if event.go is not None:
            _connect(outer, event.id, _enter(process, outer, event.go.text), event.go.position)
    outer.add(Node(CLOSED, "endEvent", _CLOSED_LABEL, start.position))
    _connect(outer, SCOPE, CLOSED, start.position)
    return outer


def procedure_graph(process: Process, procedure: Procedure) -> Graph:
    """The scope of a procedure, which is a process of its own."""
    graph = Graph()
    begin, end, place = f"{procedure.id}-begins", f"{procedure.id}-ends", procedure.position
    graph.add(Node(begin, "startEvent", {}, place))
    _steps(process, graph, Way(procedure.steps, procedure), begin)
    graph.add(Node(end, "endEvent", {}, place))
    return graph


def _main(process: Process, graph: Graph, start: Part) -> None:
    """The process's own steps, and what happens beside them."""
    _steps(process, graph, Way(tuple(process.steps)), start.id)
    for event in process.anytime:
        if event.keep:
            _inside(process, graph, Way(event.steps, event), event)


def _inside(process: Process, graph: Graph, way: Way, event: Event | None = None) -> None:
    """A sub-process of steps; one that waits for an event stands beside the flow."""
    assert way.owner is not None  # only the process's own steps have none
    name, place = way.owner.id, way.owner.position
    graph.add(Node(name, "subProcess", way.owner.label, place, way.owner, triggered=event is not None))
    inner = graph.inner.setdefault(name, Graph())
    begin, end = f"{name}-begins", f"{name}-ends"
    inner.add(Node(begin, "startEvent", way.owner.label if event else {}, place, event))
    inner.add(Node(end, "endEvent", {}, place))
    if way.steps:
        _steps(process, inner, way, begin)
    else:
        _connect(inner, begin, end, place)


def _connect(graph: Graph, source: str, target: str, position: Position) -> str:
    return graph.connect(Flow(f"flow_{source}-{target}", source, target, position))


def _enter(process: Process, graph: Graph, name: str) -> str:
    """The element at which a step or an outcome begins; an outcome's two are made when first named."""
    step = process.step(name)
    if step is not None and step.kind == "together":
        return f"{name}-fork"
    outcome = next((part for part in process.outcomes if part.id == name), None)
    if outcome is None:
        return name
    mark = MARK + name
    if mark not in graph.nodes:
        graph.add(Node(mark, "scriptTask", outcome.label or {"": name}, outcome.position, outcome))
        graph.add(Node(name, "endEvent", outcome.label, outcome.position, outcome))
        _connect(graph, mark, name, outcome.position)
    return mark


def _steps(process: Process, graph: Graph, way: Way, start: str) -> None:
    known = {step.id for step in way.steps}
    known |= {outcome.id for outcome in process.outcomes} if way.owner is None else {way.owner.id}
    line = _Line(process, graph, known, way.owner)
    if way.steps:
        first = way.steps[0]
        _connect(graph, start, _enter(process, graph, first.id), first.position)
    for number, step in enumerate(way.steps):
        graph.add(Node(step.id, _TAGS.get(step.kind, "scriptTask"), step.label, step.position, step))
        if step.kind == "together":
            _fork(process, graph, step)
        if step.kind == "choose":
            line.choice(step)
        elif step.kind == "back_to":
            line.lead(step.id, step.value)
        elif step.go is not None:
            line.lead(step.id, step.go)
        elif number + 1 < len(way.steps):
            following = way.steps[number + 1]
            _connect(graph, step.id, _enter(process, graph, following.id), following.position)
        elif way.owner is not None:
            _connect(graph, step.id, f"{way.owner.id}-ends", step.position)
        for event in step.unless:
            graph.add(Node(event.id, "boundaryEvent", event.label, event.position, event, step.id))
            line.lead(event.id, event.go)


def _fork(process: Process, graph: Graph, step: Step) -> None:
    """Where branches part, and the branches up to where they meet."""
    fork = f"{step.id}-fork"
    graph.add(Node(fork, "parallelGateway", {}, step.position))
    for strand in step.together:
        _inside(process, graph, Way(strand.steps, strand))
        _connect(graph, fork, strand.id, strand.position)
        _connect(graph, strand.id, step.id, strand.position)


@dataclass(frozen=True)
class _Line:
    """The flows of steps that follow one another; `known` is what they may lead to."""

    process: Process
    graph: Graph
    known: set[str]
    owner: Part | None

    def target(self, name: str) -> str:
        """The element at which it goes on."""
        if self.owner is not None and name == self.owner.id:
            return f"{name}-ends"
        return _enter(self.process, self.graph, name)

    def lead(self, source: str, go: Word | None) -> None:
        """A flow to what a word names."""
        if go is not None and go.text in self.known:
            _connect(self.graph, source, self.target(go.text), go.position)

    def choice(self, step: Step) -> None:
        """The flows of a fork."""
        for branch in step.branches:
            if branch.go.text not in self.known:
                continue
            target = self.process.step(branch.go.text)
            before, after = "", ""
            if target is not None and target.kind == "back_to" and target.count is not None:
                before, after = "(", f") && {target.count.text} < {target.rounds}"
            entered = self.target(branch.go.text)
            flow = Flow(
                f"flow_{step.id}-{entered}",
                step.id,
                entered,
                branch.go.position,
                branch.condition,
                before,
                after if branch.condition is not None else "",
            )
            flow_id = self.graph.connect(flow)
            if branch.condition is None:
                self.graph.nodes[step.id].default = flow_id
