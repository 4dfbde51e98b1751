"""Takes the definitions that came with the program into a new store, and wires the workshop."""

from __future__ import annotations

from pathlib import Path

from activities.services import contracts
from wenzheng.bootstrap.city import LETTER_VARIABLES, PETITION, clocks_at_start
from wenzheng.calendars.china import china
from wenzheng.catalog.bundle import Bundle, read_bundle
from wenzheng.engine.compiler import MESSAGE_SUFFIX
from wenzheng.engine.decisions import is_decision
from wenzheng.engine.definition import Definition
from wenzheng.engine.events import EventRefused
from wenzheng.engine.findings import DefinitionRefused, Finding, Position
from wenzheng.practice import utc_now
from wenzheng.store import Store
from wenzheng.workshop import Workshop


def deploy_shipped(store: Store, folder: Path) -> list[str]:
    """Deploy the definition that came with the program where the store has none of that name.

    Otherwise nothing changes: what runs is what an administrator deployed. Returns what the operator should
    be told: that the two differ. Raises DefinitionRefused when it must not run and there is no other.
    """
    bundle = read_bundle(folder)
    with store.reader() as reader:
        current = reader.current_definition(bundle.name)
    if current is None:
        deploy(store, bundle)
        return []
    if current == bundle.digest:
        return []
    told = (
        f"The definition in {folder} is not the version in force ({current[:12]}), which stays: see "
        f"`wenzheng definitions diff {bundle.name} {folder}`, then `wenzheng deploy {folder} --reason WHY`."
    )
    return [told]


def deploy(store: Store, bundle: Bundle) -> Definition:
    """Check a bundle and put it in force as one that came with the program. Raises DefinitionRefused."""
    return workshop_of(store).install(bundle)


def workshop_of(store: Store, *, approval: bool = False) -> Workshop:
    """The workshop of a store; `approval` is the setting that demands a second person."""
    return Workshop(store, contracts(), utc_now, {PETITION: _check_takes_letters}, approval)


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
