"""From a checked model to something that runs: SpiffWorkflow specs and compiled expressions.

The specs are built from our own model instead of by SpiffWorkflow's parser: that one recurses
along the flows (600 tasks in a row overflow the stack) and skips what it does not know
(docs/decisions/0004). A compiled process is never changed afterwards and is shared by all
instances and threads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from wenzheng.contracts import JsonObject
from wenzheng.engine import vocabulary as words
from wenzheng.engine.elements import ELEMENT_CLASSES, ElementSpec, ScopeSpec
from wenzheng.engine.elements.activities import ScriptTask, ServiceTask
from wenzheng.engine.elements.gateways import ExclusiveGateway
from wenzheng.engine.expressions import Definition as Expressions
from wenzheng.engine.expressions import (
    ExpressionFailed,
    ExpressionRefused,
    Program,
    compile_script,
)
from wenzheng.engine.findings import DefinitionRefused, FindingList, Position
from wenzheng.engine.model import Element, ProcessModel
from wenzheng.engine.reader import read_bpmn
from wenzheng.engine.services import ServiceContract, ServiceInput
from wenzheng.engine.structure import check_structure
from wenzheng.engine.values import type_problem

_NO_SERVICES: Final[Mapping[str, ServiceContract]] = {}


@dataclass
class CompiledProcess:
    """A process ready to run: `specs` by scope id, the model, and initial variables.

    `at_once` holds the conditions of clocks whose notices may have to go out at once.
    """

    model: ProcessModel
    specs: dict[str, ScopeSpec] = field(default_factory=dict)
    initial_variables: JsonObject = field(default_factory=dict)
    starts: dict[str, str] = field(default_factory=dict)
    at_once: dict[str, Program] = field(default_factory=dict)

    @property
    def root_spec(self) -> ScopeSpec:
        """The spec of the process's own scope."""
        return self.specs[self.model.id]

    def start_of(self, scope_id: str) -> str:
        """The id of a sub-process's start event."""
        return self.starts[scope_id]


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
    for model in models.values():
        check_structure(model, dict(services), findings)
        processes[model.id] = _Compiler(model, services, findings).compile()
    findings.raise_if_errors()
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
        process.at_once = self._at_once()
        for scope in self._model.scopes.values():
            spec = ScopeSpec(scope.id)
            process.specs[scope.id] = spec
            for element in scope.elements.values():
                self._element(element, spec)
                if element.type == "startEvent":
                    process.starts[scope.id] = element.id
            self._attach(spec)
        return process

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
        try:
            return Expressions(self._declared)
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

    def _element(self, element: Element, scope: ScopeSpec) -> None:
        if element.id in scope.task_specs:
            return  # a duplicate id, which the reader has reported
        spec = ELEMENT_CLASSES[element.type](scope, element)
        if isinstance(spec, ExclusiveGateway):
            for flow in element.outgoing:
                if flow.condition is not None:
                    program = self._expression(
                        flow.condition,
                        flow.condition_position or flow.position,
                        flow.id,
                        "condition",
                        expect="bool",
                    )
                    if program is not None:
                        spec.conditions[flow.id] = program
        elif isinstance(spec, ScriptTask):
            self._script(spec)
        elif isinstance(spec, ServiceTask):
            self._service(spec)

    def _script(self, spec: ScriptTask) -> None:
        element = spec.element
        try:
            spec.script = compile_script(element.script or "", self._expressions)
        except ExpressionRefused as refused:
            self._refused(refused, element.script_position or element.position, element.id)
            return
        if any(verb == "escalate" for verb, _ in spec.script.codes):
            self._findings.error(
                element.script_position or element.position,
                element.id,
                "escalation-not-executed",
                f"Expected assignments and throw in the script of '{element.id}', found escalate; "
                "escalations are not executed yet.",
                "Put the deadline on a clock with wz:threshold, which escalates by itself.",
            )

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
        expect: str | None = None,
    ) -> Program | None:
        try:
            return self._expressions.expression(text, expect=expect)
        except ExpressionRefused as refused:
            self._refused(refused, position, element, what)
            return None

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
                if isinstance(host, ElementSpec):
                    host.boundaries.append(boundary)
