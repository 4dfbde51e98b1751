"""Call activities: which process or global task they run, and that no process calls itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from wenzheng.engine.elements.containers import CallActivity
from wenzheng.engine.elements.loops import LoopingActivity
from wenzheng.engine.findings import FindingList
from wenzheng.engine.model import DataItem, Element, ProcessModel
from wenzheng.engine.rules.kinds import Kind

if TYPE_CHECKING:
    from wenzheng.engine.compiled import CompiledProcess


MAX_PROCESSES: Final = 500
"""Processes and global tasks of a bundle: each is checked against all that it reaches."""
MAX_LEVELS: Final = 100
"""Scopes inside one another, with loops and calls; deeper ones would be cancelled by too deep recursion."""

_Call = tuple[Element, str, int]
"""A call, what it calls, and how many levels below its process that begins."""
_Calls = Mapping[str, list[_Call]]


def check_calls(models: Mapping[str, ProcessModel], findings: FindingList) -> None:
    """Add a finding for every call of something that cannot be called.

    Raises DefinitionRefused at once when there are too many processes.
    """
    if len(models) > MAX_PROCESSES:
        _refuse_so_many(models, findings)
    calls = {model.id: list(_calls(model, models)) for model in models.values()}
    reached = {model.id: _reached(model.id, calls) for model in models.values()}
    for model in models.values():
        for element in model.all_elements():
            if element.type == "callActivity":
                _check_call(element, models, findings)
    scopes = {model.id: _scopes(model) for model in models.values()}
    for model in models.values():
        called = [models[one] for one in reached[model.id]]
        _check_scopes(model, called, scopes, findings)
        _check_clocks(model, called, findings)
        if model.id in reached[model.id]:
            findings.error(
                model.position,
                model.id,
                "call-of-itself",
                f"Expected process '{model.id}' not to call itself, found that its calls lead back to it.",
                "Use a loop inside the process.",
            )
    if not any(one in reached[one] for one in reached):
        _check_levels(calls, findings)


def _refuse_so_many(models: Mapping[str, ProcessModel], findings: FindingList) -> None:
    last = list(models.values())[MAX_PROCESSES]
    findings.error(
        last.position,
        last.id,
        "too-many-processes",
        f"Expected at most {MAX_PROCESSES} processes and global tasks, found {len(models):,}.",
        "Deploy what has nothing to do with each other as several bundles.",
    )
    findings.raise_if_errors()


def _check_levels(calls: _Calls, findings: FindingList) -> None:
    level = dict.fromkeys(calls, 1)
    settled = False
    while not settled:  # soon: no process calls itself, and every turn leads one level deeper
        settled = True
        for caller, inside in calls.items():
            for element, called, depth in inside:
                if level[caller] + depth > MAX_LEVELS:
                    findings.error(
                        element.position,
                        element.id,
                        "calls-too-deep",
                        f"Expected at most {MAX_LEVELS} processes, sub-processes and loops inside one "
                        f"another, found that call '{element.id}' leads deeper.",
                        "Let one process call the others.",
                    )
                    return
                if level[caller] + depth > level[called]:
                    level[called] = level[caller] + depth
                    settled = False


def _calls(model: ProcessModel, models: Mapping[str, ProcessModel]) -> Iterator[_Call]:
    around = {
        inner.id: (scope.id, inner)
        for scope in model.scopes.values()
        for inner in scope.elements.values()
        if inner.id in model.scopes
    }
    for scope in model.scopes.values():
        for element in scope.elements.values():
            called = element.called
            if element.type != "callActivity" or called is None or called not in models:
                continue
            depth, here = 1 + bool(element.loop), scope.id
            while here in around and depth <= MAX_LEVELS:  # an id used twice may lie in itself
                here, inner = around[here]
                depth += 1 + bool(inner.loop)
            yield element, called, depth


def _reached(begin: str, calls: _Calls) -> list[str]:
    """What a process calls, and what that calls, and so on; itself only if the calls lead back to it."""
    found: dict[str, None] = {}
    waiting = [begin]
    while waiting:
        for _, called, _ in calls[waiting.pop()]:
            if called not in found:
                found[called] = None
                waiting.append(called)
    return list(found)


def _check_call(element: Element, models: Mapping[str, ProcessModel], findings: FindingList) -> None:
    called = models.get(element.called or "")
    if called is None:
        findings.error(
            element.position,
            element.id,
            "unknown-called-element",
            f"Expected calledElement of '{element.id}' to name a process or a global task of the bundle, "
            f"found '{element.called or ''}' (BPMN 2.0.2 p. 183).",
            "Correct the id, or add the file that holds it to the folder.",
        )
    elif not called.is_global_task and not any(
        start.trigger == "none" for start in called.root.elements.values() if start.type == "startEvent"
    ):
        findings.error(
            called.position,
            called.id,
            "called-start",
            f"Expected process '{called.id}', which '{element.id}' calls, to have a start event without a "
            "trigger, found none (BPMN 2.0.2 p. 239).",
            "Give it one.",
        )


def _check_scopes(
    model: ProcessModel,
    called: list[ProcessModel],
    scopes: Mapping[str, list[str]],
    findings: FindingList,
) -> None:
    """Scopes are found by their ids, so an instance that calls other processes may have each id once."""
    seen: dict[str, ProcessModel] = {}
    for callee in [model, *called]:
        for scope in scopes[callee.id]:
            other = seen.setdefault(scope, callee)
            if other is not callee:
                findings.error(
                    callee.position,
                    scope,
                    "duplicate-scope",
                    f"Expected sub-processes and loops of '{model.id}' and of what it calls to have ids of "
                    f"their own, found '{scope}' in '{other.id}' and in '{callee.id}'.",
                    "Rename one of the two.",
                )


def _check_clocks(model: ProcessModel, called: list[ProcessModel], findings: FindingList) -> None:
    """Each call of a process has its clocks: told from one another, and from the caller's, by their ids."""
    seen: dict[str, ProcessModel] = {}
    for callee in [model, *called]:
        for clock in callee.clocks.values():
            other = seen.setdefault(clock.id, callee)
            if other is not callee:
                findings.error(
                    clock.position,
                    callee.id,
                    "duplicate-clock",
                    f"Expected clocks of '{model.id}' and of what it calls to have ids of their own, found "
                    f"'{clock.id}' in '{other.id}' and in '{callee.id}'.",
                    "Rename one of the two.",
                )


def _scopes(model: ProcessModel) -> list[str]:
    loops = [
        element.id for element in model.all_elements() if element.loop and element.id not in model.scopes
    ]
    return [*model.scopes, *loops]


def link_calls(
    process: CompiledProcess, processes: Mapping[str, CompiledProcess], findings: FindingList
) -> None:
    """Give a process the specs and variables of all that it calls, however deep."""
    waiting, seen = [process], {process.model.id}
    while waiting:
        caller = waiting.pop()
        for scope in list(caller.specs.values()):
            for spec in scope.task_specs.values():
                call = spec.each if isinstance(spec, LoopingActivity) else spec
                if isinstance(call, CallActivity) and call.element.called is not None:
                    callee = processes[call.element.called]
                    call.callee_variables = callee.initial_variables
                    own = [clock for clock in callee.model.clocks.values() if clock.of is None]
                    call.clocks = (*(one for one in call.clocks if one.of == call.element.id), *own)
                    if caller is process:
                        _link_data(call, callee, findings)
                    if callee.model.id not in seen:
                        seen.add(callee.model.id)
                        waiting.append(callee)
        if caller is not process:
            process.specs |= caller.specs
            process.has_merges |= caller.has_merges
            process.at_once |= caller.at_once
            process.called.append(caller.model)


def _link_data(call: CallActivity, callee: CompiledProcess, findings: FindingList) -> None:
    """Which variables go in and come back: those a call's inputs and outputs name, else those of one name."""
    own = call.element.io
    if own.is_empty:
        call.shared = tuple(name for name, kind in callee.types.items() if call.seen.get(name) == kind)
        reached = set(call.shared)
    else:
        call.given = _matched(call, own.inputs, callee.model.io.inputs, callee, findings)
        taken = _matched(call, own.outputs, callee.model.io.outputs, callee, findings)
        call.taken = {outer: inner for inner, outer in taken.items()}
        reached = set(call.given)
    for variable in callee.model.variables.values():
        if variable.required and variable.name not in reached:
            findings.error(
                call.element.position,
                call.element.id,
                "called-data",
                f"Expected call '{call.element.id}' to give '{variable.name}' of type {variable.type}, which "
                f"'{callee.model.id}' needs, found it does not (BPMN 2.0.2 p. 184).",
                "Give the call an input of that name, or declare a variable of that name and type.",
                seen_as=Kind.EXECUTABILITY,
            )


def _matched(
    call: CallActivity,
    mine: list[DataItem],
    theirs: list[DataItem],
    callee: CompiledProcess,
    findings: FindingList,
) -> dict[str, str]:
    """The called process's variable for each input or output of a call: by name, else by place."""
    found: dict[str, str] = {}
    for place, item in enumerate(mine):
        name = item.variable
        if name not in callee.types and len(mine) == len(theirs):
            name = theirs[place].variable
        kind, wanted = call.seen.get(item.variable, item.type), callee.types.get(name)
        if wanted is None or ("any" not in {kind, wanted} and kind != wanted):
            findings.error(
                item.position,
                call.element.id,
                "called-data",
                f"Expected {item.kind} '{item.id}' of call '{call.element.id}' to match one of "
                f"'{callee.model.id}' by name and type, found {name} of type {kind} there as "
                f"{wanted or 'nothing'} (BPMN 2.0.2 p. 184).",
                "The inputs and outputs of a call are those of what it calls.",
                seen_as=Kind.EXECUTABILITY,
            )
        else:
            found[name] = item.variable
    return found
