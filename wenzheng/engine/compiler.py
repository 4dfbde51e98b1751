"""From a checked model to something that runs: SpiffWorkflow specs and compiled expressions.

The specs are built from our own model instead of by SpiffWorkflow's parser: that one recurses
along the flows (600 tasks in a row overflow the stack) and skips what it does not know
(docs/decisions/0004).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from wenzheng.contracts import JsonObject
from wenzheng.engine import vocabulary as words
from wenzheng.engine.calling import check_calls, link_calls
from wenzheng.engine.compiled import CompiledProcess
from wenzheng.engine.correlating import correlate
from wenzheng.engine.elements import ELEMENT_CLASSES, ElementSpec, EventSubProcess, ScopeSpec
from wenzheng.engine.elements.activities import ScriptTask, ServiceTask
from wenzheng.engine.elements.containers import AdHocSubProcess
from wenzheng.engine.elements.loops import LoopingActivity, MultiInstance, StandardLoop
from wenzheng.engine.elements.merges import ComplexGateway, MergingSpec
from wenzheng.engine.entries import compensators, entries, start_of
from wenzheng.engine.event_rules import check_events
from wenzheng.engine.expressions import Definition as Expressions
from wenzheng.engine.expressions import (
    ExpressionFailed,
    ExpressionRefused,
    Program,
    compile_script,
)
from wenzheng.engine.findings import DefinitionRefused, FindingList, Position
from wenzheng.engine.model import Element, ProcessModel, ScopeModel
from wenzheng.engine.reader import read_bpmn
from wenzheng.engine.services import ServiceContract, ServiceInput
from wenzheng.engine.structure import check_structure
from wenzheng.engine.values import type_problem

BODY: Final = "~each"
"""What the scope of a loop's body is called, behind the activity's id: no id has a ~ in it."""
LOOP_COUNTER: Final = "loopCounter"
INSTANCE_ATTRIBUTES: Final = frozenset(
    {
        "numberOfInstances",
        "numberOfActiveInstances",
        "numberOfCompletedInstances",
        "numberOfTerminatedInstances",
    }
)
GATEWAY_ATTRIBUTES: Final = frozenset({"activationCount", "waitingForStart"})
ATTRIBUTE_TYPES: Final = {
    LOOP_COUNTER: "int",
    **dict.fromkeys(INSTANCE_ATTRIBUTES, "int"),
    "activationCount": "int",
    "waitingForStart": "bool",
}
"""Attributes that the standard gives to loops and complex gateways while they run."""
_NO_SERVICES: Final[Mapping[str, ServiceContract]] = {}


MESSAGE_SUFFIX: Final = ".txt"
"""Files of a bundle that hold words of notices: part of its digest, no processes."""


def compile_bpmn(
    files: Mapping[str, bytes], services: Mapping[str, ServiceContract] = _NO_SERVICES
) -> tuple[dict[str, CompiledProcess], FindingList]:
    """Compile the BPMN files of a bundle; processes by id, and the findings that let them pass.

    Raises DefinitionRefused with every finding when the definition must not run.
    """
    findings = FindingList()
    models: dict[str, ProcessModel] = {}
    for name, data in sorted(files.items()):
        if name.endswith(MESSAGE_SUFFIX):
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
        check_events(model, findings)
        processes[model.id] = _Compiler(model, services, findings).compile()
    correlate(processes, findings)
    findings.raise_if_errors()
    for process in processes.values():
        link_calls(process, processes)
    return processes, findings


class _Compiler:
    def __init__(
        self,
        model: ProcessModel,
        services: Mapping[str, ServiceContract],
        findings: FindingList,
    ) -> None:
        self._model = model
        self._services = services
        self._findings = findings
        self._declared = self._declarations()
        self._expressions = self._environment()

    def compile(self) -> CompiledProcess:
        process = CompiledProcess(self._model)
        process.initial_variables = self._initial_values()
        process.types = dict(self._declared)
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
        spec.handlers = [spec.spec(element.id) for element in scope.handlers]
        spec.compensators = compensators(scope)
        return spec

    def _declarations(self) -> dict[str, str]:
        declared = {name: variable.type for name, variable in self._model.variables.items()}
        for element in self._model.all_elements():
            for form_field in element.fields:
                kind = words.FIELD_TYPES[form_field.type]
                if declared.setdefault(form_field.id, kind) != kind:
                    self._findings.error(
                        element.position,
                        element.id,
                        "field-type",
                        f"Expected field '{form_field.id}' to have the type of the variable, "
                        f"{declared[form_field.id]}, found {kind}.",
                        "Give the field or the variable another name or the same type.",
                    )
        return declared

    def _environment(self) -> Expressions:
        self._attributes = set(ATTRIBUTE_TYPES) - set(self._declared)
        try:
            return Expressions({name: ATTRIBUTE_TYPES[name] for name in self._attributes} | self._declared)
        except ExpressionRefused as refused:
            self._refused(refused, self._model.position, self._model.id, "variables")
            return Expressions({})

    def _initial_values(self) -> JsonObject:
        values: JsonObject = dict.fromkeys(self._declared)
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
                program = self._expression(clock.at_once, clock.position, clock.id, "atOnce", expect="bool")
                if program is not None:
                    programs[clock.id] = program
        return programs

    def _element(self, element: Element, scope: ScopeSpec, process: CompiledProcess) -> None:
        kind = EventSubProcess if element.triggered else ELEMENT_CLASSES[element.type]
        if element.loop is None:
            spec = kind(scope, element)
        else:
            body = process.specs[element.id + BODY] = ScopeSpec(element.id + BODY)
            loop = (MultiInstance if element.loop.multiple else StandardLoop)(scope, element, body)
            self._loop(loop)
            self._outgoing(loop)
            spec = kind(body, element)
            spec.inner = True
        self._outgoing(spec)
        if isinstance(spec, EventSubProcess):
            spec.start_element = start_of(self._model.scopes[element.id], element)
        self._events(spec)
        if isinstance(spec, ScriptTask):
            self._script(spec)
        elif isinstance(spec, ServiceTask):
            self._service(spec)
        elif isinstance(spec, AdHocSubProcess):
            spec.completion = self._text(element.completion, element, "completion condition", "bool")
        elif isinstance(spec, ComplexGateway):
            spec.activation = self._text(
                element.activation, element, "activation condition", "bool", GATEWAY_ATTRIBUTES
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
                    event.condition, event.position, spec.awaited.id, "condition", expect="bool"
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
    ) -> Program | None:
        if text is None or not text.strip():
            return None
        return self._expression(text, element.position, element.id, what, expect=expect, allowed=allowed)

    def _loop(self, spec: LoopingActivity) -> None:
        element, loop = spec.element, spec.loop
        if isinstance(spec, MultiInstance):
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
        element = spec.element
        try:
            spec.script = compile_script(element.script or "", self._expressions)
        except ExpressionRefused as refused:
            self._refused(refused, element.script_position or element.position, element.id)
            return

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
        if call.output and self._declared.get(call.output) not in {"map", "any"}:
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

    def _expression(
        self,
        text: str,
        position: Position,
        element: str,
        what: str,
        *,
        expect: str | None = None,
        allowed: frozenset[str] = frozenset(),
    ) -> Program | None:
        try:
            program = self._expressions.expression(text, expect=expect)
        except ExpressionRefused as refused:
            self._refused(refused, position, element, what)
            return None
        strange = sorted(self._attributes & set(program.uses) - allowed - self._around(element))
        for name in strange:
            self._findings.error(
                position,
                element,
                "attribute-out-of-place",
                f"Expected the {what} of '{element}' to read variables that exist there, found '{name}'.",
                "It exists inside loops or in complex gateways only; declare a variable of another name.",
            )
        return program if not strange else None

    def _around(self, element: str) -> set[str]:
        """The standard's attributes that an element's expressions may read because of a loop around it."""
        found = self._model.element(element)
        while found is not None:
            if found.loop is not None:
                return {LOOP_COUNTER}
            found = self._model.element(found.scope)
        return set()

    def _refused(
        self, refused: ExpressionRefused, position: Position, element: str, what: str = "script"
    ) -> None:
        # Text of an element has its own lines; an attribute is one line, and only its element's
        # place is known.
        in_text = what in {"script", "condition"}
        for problem in refused.findings:
            moved = problem.moved(position.line - 1, position.column - 1)
            self._findings.error(
                Position(position.file, moved.line, moved.column) if in_text else position,
                element,
                problem.code,
                f"In the {what} of '{element}': {problem.message}",
                problem.hint,
            )

    def _attach(self, spec: ScopeSpec) -> None:
        for boundary in spec.task_specs.values():
            if isinstance(boundary, ElementSpec) and boundary.element.attached_to:
                host = spec.task_specs.get(boundary.element.attached_to)
                if isinstance(host, ElementSpec) and boundary.element.trigger != "compensation":
                    host.boundaries.append(boundary)
