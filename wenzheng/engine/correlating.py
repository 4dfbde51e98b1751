"""Compiles what the files of a bundle say about correlation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from wenzheng.engine.correlation import Correlation
from wenzheng.engine.expressions import Definition, ExpressionRefused, Program
from wenzheng.engine.findings import FindingList, Position

if TYPE_CHECKING:
    from wenzheng.engine.compiled import CompiledProcess
    from wenzheng.engine.model import Path


def correlate(processes: Mapping[str, CompiledProcess], findings: FindingList) -> None:
    """Give each process the keys of the bundle and its own subscriptions; files share a key by its id."""
    keys: dict[str, list[str]] = {}
    paths: dict[str, dict[str, Path]] = {}
    for process in processes.values():
        keys |= process.model.correlation.keys
        for name, found in process.model.correlation.paths.items():
            paths.setdefault(name, {}).update(found)
    if not paths:
        return
    types = _types(processes)
    messages = _environment(types)
    shared = Correlation(
        keys,
        {name: _programs(found, name, messages, findings) for name, found in paths.items()},
        tuple(types),
    )
    for process in processes.values():
        bindings = process.model.bindings
        own = _environment(process.types) if bindings else messages
        process.correlation = replace(
            shared,
            bindings={
                key: _programs(found, process.model.id, own, findings) for key, found in bindings.items()
            },
        )


def _types(processes: Mapping[str, CompiledProcess]) -> dict[str, str]:
    """What a message may carry: variables of any process, of any type where processes disagree."""
    types: dict[str, str] = {}
    for process in processes.values():
        for name, kind in process.types.items():
            types[name] = kind if types.get(name, kind) == kind else "any"
    return types


def _environment(types: Mapping[str, str]) -> Definition:
    try:
        return Definition(dict(types))
    except ExpressionRefused:  # reported where the variables are declared
        return Definition({})


def _programs(
    paths: Mapping[str, Path], owner: str, environment: Definition, findings: FindingList
) -> dict[str, Program]:
    programs = {}
    for name, path in paths.items():
        try:
            programs[name] = environment.expression(path.text)
        except ExpressionRefused as refused:
            for problem in refused.findings:
                moved = problem.moved(path.position.line - 1, path.position.column - 1)
                findings.error(
                    Position(path.position.file, moved.line, moved.column),
                    owner,
                    problem.code,
                    f"In the correlation of '{owner}': {problem.message}",
                    problem.hint,
                )
    return programs
