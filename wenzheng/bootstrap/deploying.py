"""Takes definitions into the store, or keeps those deployed before."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from activities.services import contracts
from wenzheng.bootstrap.city import LETTER_VARIABLES, PETITION, clocks_at_start
from wenzheng.calendars.china import china
from wenzheng.catalog.bundle import Bundle, read_bundle
from wenzheng.catalog.compiling import compile_bundle
from wenzheng.catalog.language import Names
from wenzheng.catalog.message_check import Messages
from wenzheng.engine.compiler import MESSAGE_SUFFIX
from wenzheng.engine.decisions import is_decision
from wenzheng.engine.definition import Definition
from wenzheng.engine.events import EventRefused
from wenzheng.engine.findings import DefinitionRefused, Finding, Position
from wenzheng.petitions.recipients import NOTIFY_NAMES
from wenzheng.petitions.roles import ALONE, ELEMENT_ROLES
from wenzheng.practice import utc_now
from wenzheng.store import Store

FINDINGS_SHOWN: Final = 20
"""Findings of a refused definition that `run` prints; `validate` prints them all."""


def deploy_or_keep(store: Store, folder: Path) -> list[str]:
    """Deploy the definition in a folder; when it is refused, the one deployed before stays.

    A mistake in a file must not stop the city. Returns what the operator should be told: also that
    a change was taken. Raises DefinitionRefused when there is none to go on with.
    """
    with store.reader() as reader:
        before = reader.latest_definition(folder.name)
    try:
        bundle = read_bundle(folder)
        deploy(store, bundle)
    except DefinitionRefused as refused:
        if before is None:
            raise
        shown = [str(finding) for finding in refused.findings[:FINDINGS_SHOWN]]
        if more := len(refused.findings) - len(shown):
            shown.append(f"... and {more} more")
        return [
            f"The definition in {folder} is refused; new letters take the version deployed before:",
            *shown,
            f"Correct it, check it with `wenzheng validate {folder}`, and run again.",
        ]
    if before is not None and before.digest != bundle.digest:
        return [
            f"The definition in {folder} has changed: new letters take it, those that run keep their own."
        ]
    return []


def deploy(store: Store, bundle: Bundle) -> Definition:
    """Check a bundle and keep it; new letters take the latest. Raises DefinitionRefused."""
    names = Names(ELEMENT_ROLES, NOTIFY_NAMES, ALONE)
    definition = compile_bundle(bundle.digest, bundle.files, contracts(), names, Messages.NEEDED)
    if bundle.name == PETITION:
        _check_takes_letters(definition, bundle)
    with store.unit_of_work() as unit:
        latest = unit.latest_definition(bundle.name)
        if latest is None or latest.digest != bundle.digest:
            unit.save_definition(
                digest=bundle.digest, name=bundle.name, files=dict(bundle.files), at=utc_now()
            )
    return definition


def _check_takes_letters(definition: Definition, bundle: Bundle) -> None:
    """The web starts the process `petition` with a letter's variables: refuse what that cannot start."""
    processes = (name for name in bundle.files if not name.endswith(MESSAGE_SUFFIX) and not is_decision(name))
    where = Position(min(processes, default=bundle.name), 1, 1)
    process = definition.processes.get(PETITION)
    if process is None:
        message = f"Expected a process '{PETITION}', found {', '.join(definition.processes) or 'none'}."
        hint = f"Give the process that handles letters the id '{PETITION}'."
        raise DefinitionRefused([Finding(where, None, "petition-process", message, hint)])
    try:
        clocks_at_start(process, china(), utc_now().date())
    except EventRefused as refused:
        message = f"Expected a process that a letter can start, found: {refused}"
        hint = f"A letter brings {', '.join(LETTER_VARIABLES)}; require no other variable."
        position = process.model.position
        raise DefinitionRefused([Finding(position, PETITION, "petition-start", message, hint)]) from refused
