"""From a checked model to something that runs: SpiffWorkflow specs and compiled expressions.

The specs are built from our own model instead of by SpiffWorkflow's parser: that one recurses
along the flows (600 tasks in a row overflow the stack) and skips what it does not know
(docs/decisions/0004).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from wenzheng.contracts import JsonObject
from wenzheng.engine.calling import check_calls, link_calls
from wenzheng.engine.clock_model import Clock
from wenzheng.engine.compiled import CompiledProcess
from wenzheng.engine.correlating import correlate
from wenzheng.engine.data_compiler import DataCompiler
from wenzheng.engine.decision_compiler import Tables, connect_decision
from wenzheng.engine.decisions import is_decision, read_decisions
from wenzheng.engine.elements import ELEMENT_CLASSES, ElementSpec, EventSubProcess, ScopeSpec
from wenzheng.engine.elements.activities import ScriptTask, ServiceTask
from wenzheng.engine.elements.containers import AdHocSubProcess, CallActivity
from wenzheng.engine.elements.loops import LoopingActivity, MultiInstance, StandardLoop
from wenzheng.engine.elements.merges import ComplexGateway, MergingSpec
from wenzheng.engine.elements.rules import BusinessRuleTask
from wenzheng.engine.entries import behind, compensators, entries, lies_in_itself, start_of
from wenzheng.engine.environments import (
    GATEWAY_ATTRIBUTES,
    INSTANCE_ATTRIBUTES,
    LOOP_COUNTER,
    Environments,
    Names,
)
from wenzheng.engine.expressions import ExpressionFailed, Program
from wenzheng.engine.findings import DefinitionRefused, FindingList, Position
from wenzheng.engine.model import Element, ProcessModel, ScopeModel
from wenzheng.engine.reader import read_bpmn
from wenzheng.engine.services import ServiceContract, ServiceInput
from wenzheng.engine.structure import check_structure
from wenzheng.engine.values import type_problem

BODY: Final = "~each"
"""What the scope of a loop's body is called, behind the activity's id: no id has a ~ in it."""
_NO_SERVICES: Final[Mapping[str, ServiceContract]] = {}


MESSAGE_SUFFIX: Final = ".txt"
"""Files of a bundle that hold words of notices: part of its digest, no processes."""


def compile_bpmn(
    files: Mapping[str, bytes],
    services: Mapping[str, ServiceContract] = _NO_SERVICES,
    tolerated: frozenset[str] = frozenset(),
) -> tuple[dict[str, CompiledProcess], FindingList]:
    """Compile the BPMN files of a bundle; processes by id, and the findings that let them pass.

    Raises DefinitionRefused with every finding when the definition must not run. What breaks a
    `tolerated` rule may run.
    """
    findings = FindingList(tolerated)
    tables = read_decisions(files, findings)
    models: dict[str, ProcessModel] = {}
    for name, data in sorted(files.items()):
        if name.endswith(MESSAGE_SUFFIX) or is_decision(name):
            continue
        try:
            read = read_bpmn(data, name, findings)
        except DefinitionRefused as unreadable:
            for finding in unreadable.findings:
                findings.add(finding)
            continue
        for model in read:
            if model.id in models:
                findings.error(
                    model.position,
                    model.id,
                    "duplicate-process",
                    f"Expected each process once in a bundle, found '{model.id}' again; the first is in "
                    f"{models[model.id].position.file}.",
                    "Rename one of the two, or remove one of the two files.",
                )
            models[model.id] = model
    processes = {}
    check_calls(models, findings)
    for model in models.values():
        check_structure(model, dict(services), findings)
        if lies_in_itself(model):
            continue  # by an id that is used twice, which the reader has reported
        processes[model.id] = _Compiler(model, services, tables, findings).compile()
    correlate(processes, findings)
    findings.raise_if_errors()
    for process in processes.values():
        link_calls(process, processes, findings)
    findings.raise_if_errors()
    return processes, findings


def _written(spec: ElementSpec) -> set[str]:
    """The variables that an element's own work sets."""
    found = {field.id for field in spec.element.fields}
    if isinstance(spec, ScriptTask) and spec.script is not None:
        found |= set(spec.script.assigns)
    if isinstance(spec, BusinessRuleTask):
        found |= set(spec.gives)
    if spec.element.service is not None and spec.element.service.output:
        found.add(spec.element.service.output)
    return found


class _Compiler:
    def __init__(
        self,
        model: ProcessModel,
        services: Mapping[str, ServiceContract],
        tables: Tables,
        findings: FindingList,
    ) -> None:
        self._model = model
        self._services = services
        self._tables = tables
        self._findings = findings
        self._environments = Environments(model, findings)
        self._expression = self._environments.expression
        self._data = DataCompiler(model, self._environments, findings)

    def compile(self) -> CompiledProcess:
        process = CompiledProcess(self._model)
        process.initial_variables = self._initial_values()
        process.types = dict(self._environments.declared)
        process.at_once = self._at_once()
        for scope in self._model.scopes.values():
            process.specs[scope.id] = self._scope(scope, process)
        for spec in process.specs.values():
            process.has_merges |= any(isinstance(one, MergingSpec) for one in spec.task_specs.values())
        return process

    def _scope(self, scope: ScopeModel, process: CompiledProcess) -> ScopeSpec:
        spec = ScopeSpec(scope.id)
        host = self._model.element(scope.id)
        spec.handles_event = host is not None and host.triggered
        for element in scope.elements.values():
            if element.id not in spec.task_specs:  # a duplicate id the reader has reported
                self._element(element, spec, process)
        self._attach(spec)
        spec.entries = [spec.spec(element.id) for element in entries(scope)]
        for begin in spec.entries:
            together = behind(begin.element, scope) if begin.element.type == "eventBasedGateway" else []
            for waits in [begin.element, *together]:
                if waits.events and scope.id == self._model.id:
                    spec.spec(waits.id).begins = begin.element.id
        spec.handlers = [spec.spec(element.id) for element in scope.handlers]
        spec.compensators = compensators(scope)
        return spec

    def _initial_values(self) -> JsonObject:
        values: JsonObject = dict.fromkeys(self._environments.declared)
        for variable in self._model.variables.values():
            if variable.initial is None or variable.position is None:
                continue
            program = self._expression(variable.initial, variable.position, self._model.id, "initial value")
            if program is None:
                continue
            value: Any = None
            try:
                value = program.evaluate({})
                wanted = type_problem(variable.type, value)
            except ExpressionFailed as failed:
                wanted = f"a value ({failed})"
            if wanted:
                self._findings.error(
                    variable.position,
                    self._model.id,
                    "initial-value",
                    f"Expected the initial value of '{variable.name}' to be {wanted}, found "
                    f"{variable.initial!r}.",
                    "Correct the expression or the type.",
                )
            values[variable.name] = value
        return values

    def _at_once(self) -> dict[str, Program]:
        programs = {}
        for clock in self._model.clocks.values():
            if clock.at_once is not None:
                names = self._seen_by(clock)
                program = self._expression(
                    clock.at_once, clock.position, clock.id, "atOnce", expect="bool", names=names
                )
                if program is not None:
                    programs[clock.id] = program
        return programs

    def _seen_by(self, clock: Clock) -> Names:
        """What a clock sees: all of the run that it belongs to."""
        owner = self._model.element(clock.of) if clock.of is not None else None
        if owner is None:
            return self._environments.root
        inside = owner.id in self._model.scopes
        return self._environments.within(owner.id) if inside else self._environments.of(owner)

    def _element(self, element: Element, scope: ScopeSpec, process: CompiledProcess) -> None:
        kind = EventSubProcess if element.triggered else ELEMENT_CLASSES[element.type]
        if element.loop is None:
            spec = kind(scope, element)
        else:
            body = process.specs[element.id + BODY] = ScopeSpec(element.id + BODY)
            loop = (MultiInstance if element.loop.multiple else StandardLoop)(scope, element, body)
            loop.data = self._data.plan(element, part="whole")
            self._loop(loop)
            self._outgoing(loop)
            spec = kind(body, element)
            spec.inner = True
        self._outgoing(spec)
        if isinstance(spec, EventSubProcess):
            spec.start_element = start_of(self._model.scopes[element.id], element)
            self._no_start_outputs(spec.start_element)
        self._events(spec)
        if isinstance(spec, ScriptTask):
            self._script(spec)
        elif isinstance(spec, ServiceTask):
            self._service(spec)
        elif isinstance(spec, AdHocSubProcess):
            spec.completion = self._text(
                element.completion,
                element,
                "completion condition",
                "bool",
                names=self._environments.within(element.id),
            )
        elif isinstance(spec, ComplexGateway):
            spec.activation = self._text(
                element.activation, element, "activation condition", "bool", GATEWAY_ATTRIBUTES
            )
        elif isinstance(spec, BusinessRuleTask):
            connect_decision(spec, self._tables, self._environments, self._findings)
        elif isinstance(spec, CallActivity):
            spec.seen = self._environments.of(element).types
        spec.clocks = tuple(clock for clock in self._model.clocks.values() if clock.of == element.id)
        part = "only" if element.loop is None else "each"
        spec.data = self._data.plan(element, _written(spec), part=part)

    def _no_start_outputs(self, start: Element) -> None:
        """What begins an event sub-process is caught around it, where its outputs cannot be seen."""
        if start.io.outputs:
            self._findings.error(
                start.position,
                start.id,
                "start-outputs",
                f"Expected no data outputs on '{start.id}', which begins an event sub-process, found "
                f"{len(start.io.outputs)}.",
                "Name variables around the event sub-process like the data of the message.",
            )

    def _outgoing(self, spec: ElementSpec) -> None:
        """Conditions of the flows behind an element."""
        allowed = GATEWAY_ATTRIBUTES if spec.element.type == "complexGateway" else frozenset()
        for flow in spec.element.outgoing:
            if flow.condition is not None:
                program = self._expression(
                    flow.condition,
                    flow.condition_position or flow.position,
                    flow.id,
                    "condition",
                    expect="bool",
                    allowed=allowed,
                )
                if program is not None:
                    spec.conditions[flow.id] = program

    def _events(self, spec: ElementSpec) -> None:
        """Conditions of conditional events."""
        for place, event in enumerate(spec.awaited.events):
            if event.condition is not None:
                program = self._expression(
                    event.condition,
                    event.position,
                    spec.awaited.id,
                    "condition",
                    expect="bool",
                    names=self._environments.around(spec.element.id),
                )
                if program is not None:
                    spec.event_conditions[place] = program

    def _text(
        self,
        text: str | None,
        element: Element,
        what: str,
        expect: str,
        allowed: frozenset[str] = frozenset(),
        *,
        names: Names | None = None,
    ) -> Program | None:
        """An expression of an element, as a loop around it sees it unless `names` say otherwise."""
        if text is None or not text.strip():
            return None
        names = names or self._environments.of(element, whole=True)
        return self._expression(
            text, element.position, element.id, what, expect=expect, allowed=allowed, names=names
        )

    def _loop(self, spec: LoopingActivity) -> None:
        element, loop = spec.element, spec.loop
        if isinstance(spec, MultiInstance):
            spec.items = self._data.collection(element, loop.items, loop.position)
            spec.results = self._data.collection(element, loop.results, loop.position)
            spec.missing = self._data.missing(element, loop)
            spec.cardinality = self._text(loop.cardinality, element, "loop cardinality", "int")
            spec.condition = self._text(
                loop.condition, element, "completion condition", "bool", INSTANCE_ATTRIBUTES
            )
            for text, _ in loop.thrown:
                program = self._text(text, element, "condition", "bool", INSTANCE_ATTRIBUTES)
                if program is not None:
                    spec.thrown.append(program)
        else:
            spec.condition = self._text(
                loop.condition, element, "loop condition", "bool", frozenset({LOOP_COUNTER})
            )

    def _script(self, spec: ScriptTask) -> None:
        spec.script = self._environments.script(spec.element)

    def _service(self, spec: ServiceTask) -> None:
        element = spec.element
        call = element.service
        contract = self._services.get(call.name) if call else None
        if call is None or contract is None:
            return  # structure.py has reported it
        spec.contract = contract
        for name, text, position in call.inputs:
            if not text:
                continue  # extensions.py has reported it
            declared = contract.inputs.get(name)
            program = self._expression(
                text,
                position,
                element.id,
                f"input '{name}'",
                expect=declared.type if declared else None,
            )
            if program is not None:
                spec.input_programs[name] = program
                self._constant_input(element, name, program, declared, position)
        if call.output and self._environments.of(element).types.get(call.output) not in {"map", "any"}:
            self._findings.error(
                call.position,
                element.id,
                "service-output",
                f"Expected output of '{element.id}' to be a declared variable of type map, found "
                f"'{call.output}'.",
                "Declare it with <wz:variable type='map'>.",
            )

    def _constant_input(
        self,
        element: Element,
        name: str,
        program: Program,
        declared: ServiceInput | None,
        position: Position,
    ) -> None:
        """An input that uses no variable can be judged now instead of at the first letter."""
        if program.uses or declared is None:
            return
        try:
            problem = declared.problem(program.evaluate({}))
        except ExpressionFailed as failed:
            problem = f"a value ({failed})"
        if problem:
            self._findings.error(
                position,
                element.id,
                "service-input",
                f"Expected input '{name}' of '{element.id}' to be {problem}, found {program.text!r}.",
                "Correct the value.",
            )

    def _attach(self, spec: ScopeSpec) -> None:
        for boundary in spec.task_specs.values():
            if isinstance(boundary, ElementSpec) and boundary.element.attached_to:
                host = spec.task_specs.get(boundary.element.attached_to)
                if isinstance(host, ElementSpec) and boundary.element.trigger != "compensation":
                    host.boundaries.append(boundary)
