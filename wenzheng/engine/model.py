"""What a definition says, read and checked: elements, flows, clocks, fields, variables.

These are facts of the file with their positions. How they run is the business of
`wenzheng.engine.elements`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wenzheng.calendars.units import Unit
from wenzheng.engine.clock_model import Clock
from wenzheng.engine.findings import Position


@dataclass(frozen=True)
class Variable:
    """A declared process variable; `type` is one of expressions' type names."""

    name: str
    type: str
    required: bool = False
    initial: str | None = None
    position: Position | None = None


def in_english(name: str) -> dict[str, str]:
    """The English name as a record carries it: not at all when there is none."""
    return {"name_en": name} if name else {}


@dataclass(frozen=True)
class FormField:
    """A field of a user task's form and the limits of its value.

    Lengths count characters; `min` and `max` bound a number's value, a text's length or how many
    entries a list has. `not_before` bounds a date by the day on which the form is sent: "today" or
    "tomorrow". `name_en` is the name in English, empty when the file gives none.
    """

    id: str
    type: str
    name: str = ""
    required: bool = False
    min: int | None = None
    max: int | None = None
    values: tuple[str, ...] = ()
    name_en: str = ""
    template: Mapping[str, str] = field(default_factory=dict, compare=False, hash=False)
    """What a text may begin with, by language (zh, en); not part of records: it stands in the definition."""
    not_before: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The field as the task list shows it."""
        return {
            "id": self.id,
            "type": self.type,
            "name": self.name,
            **in_english(self.name_en),
            "required": self.required,
            "min": self.min,
            "max": self.max,
            "values": list(self.values),
            **({"not_before": self.not_before} if self.not_before else {}),
        }


@dataclass(frozen=True)
class SequenceFlow:
    """A sequence flow inside one scope; `condition` is CEL text."""

    id: str
    source: str
    target: str
    condition: str | None
    position: Position
    condition_position: Position | None = None


@dataclass(frozen=True)
class TimerText:
    """A timer as written: kind is duration, date, cycle, working_days or schedule; text is its value.

    Of the last, `unit` says which days are counted, and `anchor` names the variable with the day from
    which; a negative number counts back from it. Without one they are counted from the day of arrival.
    """

    kind: str
    text: str
    position: Position
    anchor: str | None = None
    unit: Unit = Unit.WORKING_DAYS


@dataclass(frozen=True)
class EventDefinition:
    """One trigger of an event (BPMN 2.0.2 §10.5.5).

    `kind` is message, timer, signal, error, escalation, conditional, compensation, cancel, link or
    terminate. `name` is what it is matched by: the name of a message, signal or link, the code of an error
    or escalation (None: any), the activity to compensate (None: all of the scope). `waits` belongs to
    compensation that is thrown: whether the thrower goes on only when it is done.
    """

    kind: str
    position: Position
    name: str | None = None
    timer: TimerText | None = None
    condition: str | None = None
    waits: bool = True


@dataclass(frozen=True)
class Loop:
    """How often an activity runs (BPMN 2.0.2 §10.3.8): a standard loop, or several instances of it.

    Expressions are CEL text. `maximum`, `condition`, `test_before` belong to the standard loop, the others to
    multiple instances: `cardinality` or `items` (a variable of type list) says how many, `item` names each
    instance's own element of it, `results` the list that takes each instance's `result`, `missing` the list
    of those elements whose instances have not completed. `behavior` is
    None, One, All or Complex; `thrown` holds the events that it throws, each with a condition for Complex.
    """

    multiple: bool
    position: Position
    sequential: bool = False
    test_before: bool = False
    maximum: int | None = None
    condition: str | None = None
    cardinality: str | None = None
    items: str | None = None
    item: str | None = None
    results: str | None = None
    result: str | None = None
    missing: str | None = None
    item_data: DataItem | None = None
    result_data: DataItem | None = None
    behavior: str = "All"
    thrown: tuple[tuple[str, EventDefinition], ...] = ()


@dataclass(frozen=True)
class ServiceCall:
    """A service task's activity by name, with a CEL expression for each input."""

    name: str
    inputs: tuple[tuple[str, str, Position], ...]
    output: str | None
    position: Position


@dataclass(frozen=True)
class DecisionCall:
    """A business rule task's table by name, with CEL for each input that is not a variable's name.

    `output` names the variable for the result; without it each output goes into the variable of its name.
    """

    name: str
    inputs: tuple[tuple[str, str, Position], ...]
    output: str | None
    position: Position


@dataclass(frozen=True)
class DataItem:
    """Data that an expression names by `variable` (BPMN 2.0.2 §10.4.1).

    `kind` is dataObject, property, dataInput or dataOutput; `type` one of expressions' type names.
    """

    id: str
    variable: str
    kind: str
    type: str
    position: Position


@dataclass(frozen=True)
class DataAssociation:
    """How data get into an activity or event or out of it (BPMN 2.0.2 §10.4.2, p. 222).

    `sources` and `target` are ids. `transformation` is CEL text; `assignments` are pairs of CEL text and the
    name that takes its value. Both with the place of the text.
    """

    into: bool
    sources: tuple[str, ...]
    target: str | None
    transformation: tuple[str, Position] | None
    assignments: tuple[tuple[str, str, Position], ...]
    position: Position


@dataclass(frozen=True)
class DataSet:
    """Inputs or outputs that belong together, by id; all but `optional` must have a value (p. 218)."""

    refs: tuple[str, ...]
    optional: frozenset[str] = frozenset()


@dataclass
class InputOutput:
    """What an activity, event or process takes and gives (BPMN 2.0.2 §10.4.2)."""

    inputs: list[DataItem] = field(default_factory=list)
    outputs: list[DataItem] = field(default_factory=list)
    input_sets: list[DataSet] = field(default_factory=list)
    output_sets: list[DataSet] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """It says nothing."""
        return not self.inputs and not self.outputs


@dataclass
class Element:
    """A flow node.

    `type` is its BPMN element name. `events` are its triggers in the order of the file; `misread` when the
    reader has refused one. `keeps` names the variables whose values a reached fact keeps,
    `unit` the variable that holds the unit whose people do a user task. `guidance` is for whoever does it,
    by language. An event that waits for a message may have `role` and `fields`, too: who may send it, and
    what they fill in.
    `listed` holds the flows named by its `incoming` and `outgoing` children, None when it has none.
    `triggered` marks an event sub-process, `handler` names the activity that a compensation boundary event
    is associated with.
    """

    id: str
    type: str
    name: str
    position: Position
    scope: str
    events: list[EventDefinition] = field(default_factory=list)
    misread: bool = False
    all_triggers: bool = False
    incoming: list[SequenceFlow] = field(default_factory=list)
    outgoing: list[SequenceFlow] = field(default_factory=list)
    default: str | None = None
    direction: str = "Unspecified"
    listed: list[tuple[str, str]] | None = None
    attached_to: str | None = None
    interrupting: bool = True
    instantiate: bool = False
    triggered: bool = False
    for_compensation: bool = False
    handler: str | None = None
    start_quantity: int = 1
    completion_quantity: int = 1
    loop: Loop | None = None
    called: str | None = None
    sequential: bool = False
    completion: str | None = None
    cancels_remaining: bool = True
    all_events: bool = False
    activation: str | None = None
    script: str | None = None
    script_position: Position | None = None
    service: ServiceCall | None = None
    decision: DecisionCall | None = None
    role: str | None = None
    fact: str | None = None
    keeps: tuple[str, ...] = ()
    fields: tuple[FormField, ...] = ()
    name_en: str = ""
    unit: str | None = None
    guidance: Mapping[str, str] = field(default_factory=dict)
    properties: list[DataItem] = field(default_factory=list)
    io: InputOutput = field(default_factory=InputOutput)
    associations: list[DataAssociation] = field(default_factory=list)

    @property
    def parallel_multiple(self) -> bool:
        """Whether all of several triggers must come; of one alone there is nothing to put together."""
        return self.all_triggers and len(self.events) > 1

    @property
    def trigger(self) -> str:
        """The kind of its one event, `none`, `multiple`, or `refused` for one the reader has reported."""
        if self.misread:
            return "refused"
        if len(self.events) > 1:
            return "multiple"
        return self.events[0].kind if self.events else "none"

    def event(self, kind: str) -> EventDefinition | None:
        """Its first trigger of a kind."""
        return next((event for event in self.events if event.kind == kind), None)

    @property
    def timer(self) -> TimerText | None:
        """The time it waits for."""
        event = self.event("timer")
        return event.timer if event is not None else None

    @property
    def message(self) -> str | None:
        """The message it waits for or throws."""
        event = self.event("message")
        return event.name if event is not None else None


@dataclass
class ScopeModel:
    """The elements of a process or of an embedded sub-process, in document order.

    `refused` names what stands here but is not executed, so that a flow to it is not reported
    as leading nowhere. `data` are its data objects (of a process its properties, too), `references` the
    data objects behind the ids of data object references.
    """

    id: str
    elements: dict[str, Element] = field(default_factory=dict)
    flows: dict[str, SequenceFlow] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    associations: list[tuple[str, str]] = field(default_factory=list)
    data: list[DataItem] = field(default_factory=list)
    references: dict[str, str] = field(default_factory=dict)

    @property
    def handlers(self) -> list[Element]:
        """Its event sub-processes."""
        return [element for element in self.elements.values() if element.triggered]


@dataclass(frozen=True)
class Path:
    """CEL text that says where a value is, with its place."""

    text: str
    position: Position


@dataclass
class CorrelationModel:
    """What a file says about correlation (BPMN 2.0.2 §8.3.2).

    `keys` maps a key to its properties, `paths` a property to its expression for each message, by name.
    """

    keys: dict[str, list[str]] = field(default_factory=dict)
    paths: dict[str, dict[str, Path]] = field(default_factory=dict)


@dataclass(frozen=True)
class CalendarChoice:
    """The calendar that a process names, with its place."""

    name: str
    position: Position


@dataclass
class ProcessModel:
    """One executable process of a definition, or a global task as a process of one task.

    `lanes` names, for each element in a lane, the lanes' roles from the outermost inwards. `correlation` is
    that of its file, `bindings` what it expects of a key's properties. `kinds` has the element name of every
    id in the file, whatever the engine makes of it. `calendar` is the calendar that its days are counted by;
    None leaves that to the city.
    """

    id: str
    name: str
    position: Position
    scopes: dict[str, ScopeModel] = field(default_factory=dict)
    variables: dict[str, Variable] = field(default_factory=dict)
    clocks: dict[str, Clock] = field(default_factory=dict)
    lanes: dict[str, list[str]] = field(default_factory=dict)
    is_global_task: bool = False
    is_executable: bool = True
    correlation: CorrelationModel = field(default_factory=CorrelationModel)
    bindings: dict[str, dict[str, Path]] = field(default_factory=dict)
    io: InputOutput = field(default_factory=InputOutput)
    kinds: Mapping[str, str] = field(default_factory=dict)
    calendar: CalendarChoice | None = None

    @property
    def root(self) -> ScopeModel:
        """The process's own scope; embedded sub-processes have theirs in `scopes`."""
        return self.scopes[self.id]

    def element(self, element_id: str) -> Element | None:
        """The element of that id in whatever scope it stands."""
        for scope in self.scopes.values():
            if element_id in scope.elements:
                return scope.elements[element_id]
        return None

    def all_elements(self) -> list[Element]:
        """Every element of every scope, in document order scope by scope."""
        return [element for scope in self.scopes.values() for element in scope.elements.values()]
