"""`wenzheng validate`: what is wrong with a definition, all at once, with positions."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wenzheng.cli.connection import CommandError
from wenzheng.engine.findings import DefinitionRefused, Finding

if TYPE_CHECKING:
    from wenzheng.catalog.checking import Report
    from wenzheng.engine.definition import Definition


class Format(StrEnum):
    """How findings are printed."""

    TEXT = "text"
    JSON = "json"


def validate(
    paths: Annotated[list[Path], typer.Argument(help="Definitions: folders, .yaml or .bpmn files.")],
    output: Annotated[Format, typer.Option("--format", help="text or json.")] = Format.TEXT,
) -> None:
    """Check definitions without running or deploying anything; exit code 1 when one is refused."""
    findings: list[Finding] = []
    refused = False
    for path in paths:
        if not path.exists():
            raise CommandError(
                f"cannot read {path}: it does not exist; name a folder, a .yaml or a .bpmn file"
            )
        report = checked(path)
        findings += report.findings
        refused |= report.refused
    if output is Format.JSON:
        print(json.dumps([finding.as_dict() for finding in findings], ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            print(finding)
        if not refused:
            print(f"{len(paths)} definition{'s' if len(paths) > 1 else ''} can run.")
    if refused:
        raise typer.Exit(1)


def check(path: Path) -> Definition:
    """The compiled definition of a folder or file. Raises DefinitionRefused with all findings."""
    report = checked(path)
    if report.definition is None:
        raise DefinitionRefused(list(report.findings))
    return report.definition


def checked(path: Path) -> Report:
    """All that is wrong with the definition in a folder or file."""
    from activities.services import contracts
    from wenzheng.catalog.checking import House, check_path
    from wenzheng.catalog.language import Names
    from wenzheng.catalog.message_check import Messages
    from wenzheng.petitions.recipients import NOTIFY_NAMES
    from wenzheng.petitions.roles import ALONE, ELEMENT_ROLES, HOUSES

    names = Names(ELEMENT_ROLES, NOTIFY_NAMES, ALONE)
    return check_path(path, House(contracts(), names, Messages.WRITTEN, HOUSES))
