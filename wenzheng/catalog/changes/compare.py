"""Compares two compiled versions of a definition, one kind of thing after another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wenzheng.catalog.changes.change import Change, Name
from wenzheng.catalog.changes.clocks import clocks
from wenzheng.catalog.changes.files import messages, other_files, tables, tunings
from wenzheng.catalog.changes.steps import data, elements, flows
from wenzheng.engine.definition import Definition
from wenzheng.engine.model import ProcessModel


@dataclass(frozen=True)
class Version:
    """A version that can run, and the files it was compiled from."""

    definition: Definition
    files: Mapping[str, bytes]


def compare(before: Version, after: Version) -> list[Change]:
    """What differs, in the order of the work: processes, roles, steps, ways, deadlines, data, then files.

    Empty when both say the same, even if their texts differ; `text.only` says that they do.
    """
    found = [*_processes(before.definition, after.definition)]
    found += tables(before.files, after.files)
    found += messages(before.files, after.files)
    found += tunings(before.files, after.files)
    found += other_files(before.files, after.files)
    if not found and dict(before.files) != dict(after.files):
        names = sorted(
            name
            for name in before.files.keys() | after.files.keys()
            if before.files.get(name) != after.files.get(name)
        )
        found.append(Change("text.only", (Name(", ".join(names)),)))
    return found


def _processes(before: Definition, after: Definition) -> Iterator[Change]:
    old = {name: one.model for name, one in before.processes.items()}
    new = {name: one.model for name, one in after.processes.items()}
    for name in sorted(old.keys() - new.keys()):
        yield Change("process.removed", (called(old[name]),), before=old[name].name)
    for name in sorted(new.keys() - old.keys()):
        yield Change("process.added", (called(new[name]),), after=new[name].name)
    for name in (name for name in old if name in new):
        yield from _process(old[name], new[name])


def _process(old: ProcessModel, new: ProcessModel) -> Iterator[Change]:
    process = called(new)
    if old.name != new.name:
        yield Change("process.renamed", (process,), old.name, new.name)
    yield from _calendar(process, old, new)
    yield from _roles(process, old, new)
    yield from elements(process, old, new)
    yield from flows(process, old, new)
    yield from clocks(process, old, new)
    yield from data(process, old, new)


def _calendar(process: Name, old: ProcessModel, new: ProcessModel) -> Iterator[Change]:
    """By which calendar days are counted; without a name it is the city's."""
    before = old.calendar.name if old.calendar is not None else None
    after = new.calendar.name if new.calendar is not None else None
    if before == after:
        return
    code = "chosen" if before is None else "dropped" if after is None else "changed"
    yield Change(f"calendar.{code}", (process,), before, after)


def _roles(process: Name, old: ProcessModel, new: ProcessModel) -> Iterator[Change]:
    """Who takes part at all, and which messages from outside are heard."""
    before, after = roles(old), roles(new)
    for role in sorted(before - after):
        yield Change("role.removed", (process, Name(role)), before=role)
    for role in sorted(after - before):
        yield Change("role.added", (process, Name(role)), after=role)
    heard, hears = _received(old), _received(new)
    for name in sorted(heard - hears):
        yield Change("receives.removed", (process, Name(name)), before=name)
    for name in sorted(hears - heard):
        yield Change("receives.added", (process, Name(name)), after=name)


def roles(model: ProcessModel) -> set[str]:
    """The roles that have a step, or a message to send, in a process."""
    return {role for element in model.all_elements() for role in (element.role or "").split()}


def _received(model: ProcessModel) -> set[str]:
    throws = {"sendTask", "endEvent", "intermediateThrowEvent"}
    return {
        event.name
        for element in model.all_elements()
        if element.type not in throws
        for event in element.events
        if event.kind == "message" and event.name
    }


def called(model: ProcessModel) -> Name:
    """What people call a process."""
    return Name(model.id, model.name)
