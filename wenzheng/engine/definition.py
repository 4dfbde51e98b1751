"""A compiled definition: what its digest stands for in a worker's memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from wenzheng.engine.compiled import CompiledProcess
from wenzheng.engine.compiler import compile_bpmn
from wenzheng.engine.findings import Finding
from wenzheng.engine.model import Element, EventDefinition
from wenzheng.engine.services import ServiceContract

_THROWING: Final = frozenset({"sendTask", "endEvent", "intermediateThrowEvent"})


@dataclass(frozen=True)
class Definition:
    """The processes of a bundle, ready to run; shared by every instance pinned to the digest.

    `services` are the contracts it was checked against; `findings` what it was let pass with.
    """

    digest: str
    processes: Mapping[str, CompiledProcess]
    services: Mapping[str, ServiceContract]
    findings: tuple[Finding, ...] = ()

    @cached_property
    def spoken(self) -> frozenset[tuple[str, str]]:
        """The messages and signals, by kind and name, that some process of the bundle throws."""
        return frozenset(
            (event.kind, event.name or "")
            for process in self.processes.values()
            for element in process.model.all_elements()
            for event in _thrown_by(element)
            if event.kind in {"message", "signal"}
        )


def _thrown_by(element: Element) -> list[EventDefinition]:
    own = element.events if element.type in _THROWING else []
    return [*own, *(event for _, event in element.loop.thrown)] if element.loop is not None else own


def compile_definition(
    digest: str,
    files: Mapping[str, bytes],
    services: Mapping[str, ServiceContract],
    tolerated: frozenset[str] = frozenset(),
) -> Definition:
    """Compile a bundle's files. Raises DefinitionRefused with all findings when it must not run.

    What breaks a `tolerated` rule may run.
    """
    processes, findings = compile_bpmn(files, services, tolerated)
    return Definition(digest, processes, services, tuple(findings.items))
