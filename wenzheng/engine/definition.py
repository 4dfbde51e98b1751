"""A compiled definition: what its digest stands for in a worker's memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wenzheng.engine.compiled import CompiledProcess
from wenzheng.engine.compiler import compile_bpmn
from wenzheng.engine.findings import Finding
from wenzheng.engine.services import ServiceContract


@dataclass(frozen=True)
class Definition:
    """The processes of a bundle, ready to run; shared by every instance pinned to the digest.

    `services` are the contracts it was checked against; `findings` what it was let pass with.
    """

    digest: str
    processes: Mapping[str, CompiledProcess]
    services: Mapping[str, ServiceContract]
    findings: tuple[Finding, ...] = ()


def compile_definition(
    digest: str, files: Mapping[str, bytes], services: Mapping[str, ServiceContract]
) -> Definition:
    """Compile a bundle's files. Raises DefinitionRefused with all findings when it must not run."""
    processes, findings = compile_bpmn(files, services)
    return Definition(digest, processes, services, tuple(findings.items))
