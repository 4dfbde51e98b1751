"""What only the house can find wrong with a definition that the engine would run.

The engine runs any role and any `notify`: it knows nothing of petitions. In a city a task of a role
that nobody has is never done, and a notice to a name that nobody bears is never read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from wenzheng.engine.definition import Definition
from wenzheng.engine.findings import DefinitionRefused, Finding
from wenzheng.engine.model import ProcessModel


def check_names(definition: Definition, *, roles: Collection[str], recipients: Collection[str]) -> None:
    """Check the roles of user tasks and the recipients in `notify` and `remind`.

    Raises DefinitionRefused with every unknown name at once, beside what the definition was let pass with.
    """
    unknown: list[Finding] = []
    for process in definition.processes.values():
        unknown += _roles(process.model, roles)
        unknown += _recipients(process.model, recipients)
    if unknown:
        raise DefinitionRefused([*definition.findings, *unknown])


def _each(role: str) -> list[str]:
    """The roles of a group, all of which are written with blanks between; else the role alone."""
    return role.split() or [role]


def _roles(model: ProcessModel, known: Collection[str]) -> Iterator[Finding]:
    for scope in model.scopes.values():
        for element in scope.elements.values():
            if element.role is not None and not all(one in known for one in _each(element.role)):
                yield Finding(
                    element.position,
                    element.id,
                    "unknown-role",
                    f"Expected a role that somebody has, found '{element.role}': nobody could do this task.",
                    f"Choose one of: {', '.join(sorted(known))}.",
                )


def _recipients(model: ProcessModel, known: Collection[str]) -> Iterator[Finding]:
    for clock in model.clocks.values():
        for threshold in clock.thresholds:
            for name in (*threshold.notify, *threshold.remind):
                if name not in known:
                    yield Finding(
                        clock.position,
                        clock.id,
                        "unknown-recipient",
                        f"Expected a recipient that exists at threshold '{threshold.id}', found '{name}': "
                        "nobody would be told.",
                        f"Choose from: {', '.join(sorted(known))}.",
                    )
