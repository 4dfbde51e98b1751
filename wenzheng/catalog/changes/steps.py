"""Differences of elements, their forms, the ways between them, and declared data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Any, Final

from wenzheng.catalog.changes.change import Change, Name, differing, plain
from wenzheng.engine.model import Element, FormField, ProcessModel

_TRAITS: Final[dict[str, str]] = {
    "type": "element.type",
    "role": "element.role",
    "unit": "element.unit",
    "fact": "element.fact",
    "attached_to": "element.moved",
    "service": "element.service",
    "decision": "element.decision",
    "guidance": "element.guidance",
}
"""Traits with a code of their own; any other is `element.changed` with the trait's name beside it."""
ELSEWHERE: Final = frozenset(
    {
        "id",  # by which two elements are the same
        "position",  # where it stands in the file
        "script_position",
        "misread",  # a definition that runs has none
        "name",  # element.renamed
        "name_en",
        "fields",  # the fields of the form, one by one
        "incoming",  # flows
        "outgoing",
        "default",
        "listed",
        "scope",  # scope.moved: many move at once
    }
)
"""What is not compared as a trait of an element."""


def called(element: Element | None, element_id: str = "") -> Name:
    """What people call an element."""
    if element is None:
        return Name(element_id)
    return Name(element.id, element.name, element.name_en)


def _timer(element: Element) -> Any:
    timer = element.timer
    if timer is None:
        return None
    if timer.kind == "working_days" and timer.anchor is None:
        return {"after": timer.text, "unit": timer.unit.value}
    said = {"kind": timer.kind, "text": timer.text, "from": timer.anchor, "unit": timer.unit.value}
    return {name: value for name, value in said.items() if value}


def _events(element: Element) -> Any:
    """Its triggers but for the times, which have a code of their own."""
    return [plain(event) for event in element.events if event.timer is None]


def _traits() -> dict[str, Callable[[Element], Any]]:
    def reader(name: str) -> Callable[[Element], Any]:
        return lambda element: getattr(element, name)

    traits = {field.name: reader(field.name) for field in fields(Element) if field.name not in ELSEWHERE}
    return traits | {"events": _events}


_READERS: Final = _traits()


def elements(process: Name, old: ProcessModel, new: ProcessModel) -> Iterator[Change]:
    """Steps, gateways and events that came, went, or are done otherwise; by id."""
    before = {element.id: element for element in old.all_elements()}
    after = {element.id: element for element in new.all_elements()}
    for name, element in before.items():
        if name not in after:
            yield Change("element.removed", (process, called(element)), before=element.type)
    for name, element in after.items():
        if name not in before:
            yield Change("element.added", (process, called(element)), after=element.type)
            yield from _taken_away((process, called(element)), {}, _by_id(element))
        else:
            yield from _element(process, before[name], element)
    yield from _moved(process, before, after)


def _moved(process: Name, old: Mapping[str, Element], new: Mapping[str, Element]) -> Iterator[Change]:
    """What stands in another sub-process now, those that moved together in one."""
    together: dict[tuple[str, str], list[str]] = {}
    for name, element in new.items():
        if name in old and old[name].scope != element.scope:
            together.setdefault((old[name].scope, element.scope), []).append(name)
    for (was, now), names in together.items():
        yield Change("scope.moved", (process, Name(", ".join(names))), was, now)


def _element(process: Name, old: Element, new: Element) -> Iterator[Change]:
    what = (process, called(new))
    if (old.name, old.name_en) != (new.name, new.name_en):
        yield Change("element.renamed", what, _names(old), _names(new))
    if _timer(old) != _timer(new):
        yield Change("element.timer", what, _timer(old), _timer(new))
    for trait, was, now in differing(old, new, _READERS):
        code = _TRAITS.get(trait, "element.changed")
        yield Change(code, what, was, now, trait if code == "element.changed" else "")
    yield from _fields(what, _by_id(old), _by_id(new))


def _names(thing: Element | FormField) -> dict[str, str]:
    return {language: name for language, name in (("zh", thing.name), ("en", thing.name_en)) if name}


def _by_id(element: Element) -> dict[str, FormField]:
    return {field.id: field for field in element.fields}


def _taken_away(
    what: tuple[Name, ...], old: Mapping[str, FormField], new: Mapping[str, FormField]
) -> Iterator[Change]:
    for name, field in old.items():
        if name not in new:
            yield Change("field.removed", (*what, _field_name(field)), before=field.type)
    for name, field in new.items():
        if name not in old:
            yield Change("field.added", (*what, _field_name(field)), after=field.type)


def _fields(
    what: tuple[Name, ...], old: Mapping[str, FormField], new: Mapping[str, FormField]
) -> Iterator[Change]:
    yield from _taken_away(what, old, new)
    for name in (name for name in old if name in new):
        yield from _field((*what, _field_name(new[name])), old[name], new[name])
    ids = [[name for name in side if name in old and name in new] for side in (old, new)]
    if ids[0] != ids[1]:
        yield Change("form.order", what, ids[0], ids[1])


def _field_name(field: FormField) -> Name:
    return Name(field.id, field.name, field.name_en)


def _field(what: tuple[Name, ...], old: FormField, new: FormField) -> Iterator[Change]:
    if (old.name, old.name_en) != (new.name, new.name_en):
        yield Change("field.renamed", what, _names(old), _names(new))
    traits: dict[str, Callable[[FormField], Any]] = {
        "field.type": lambda field: field.type,
        "field.required": lambda field: field.required,
        "field.min": lambda field: field.min,
        "field.max": lambda field: field.max,
        "field.not_before": lambda field: field.not_before,
        "field.template": lambda field: field.template,
    }
    for code, was, now in differing(old, new, traits):
        yield Change(code, what, was, now)
    for value in old.values:
        if value not in new.values:
            yield Change("choice.removed", what, before=value)
    for value in new.values:
        if value not in old.values:
            yield Change("choice.added", what, after=value)
    if sorted(old.values) == sorted(new.values) and old.values != new.values:
        yield Change("choice.order", what, list(old.values), list(new.values))


def flows(process: Name, old: ProcessModel, new: ProcessModel) -> Iterator[Change]:
    """Ways that came, went, or are taken on another condition; known by where they lead from and to."""
    before, after = _ways(old), _ways(new)
    for (source, target), conditions in before.items():
        if (source, target) not in after:
            yield Change("flow.removed", _way(process, old, source, target), before=_said(conditions))
    for (source, target), conditions in after.items():
        what = _way(process, new, source, target)
        if (source, target) not in before:
            yield Change("flow.added", what, after=_said(conditions))
        elif before[source, target] != conditions:
            yield Change("flow.condition", what, _said(before[source, target]), _said(conditions))
    known = {element.id: element for element in old.all_elements()}
    for element in new.all_elements():
        was, now = _otherwise(known.get(element.id, element)), _otherwise(element)
        if was != now:
            yield Change("flow.default", (process, called(element)), was, now)


def _ways(model: ProcessModel) -> dict[tuple[str, str], Counter[str]]:
    ways: dict[tuple[str, str], Counter[str]] = {}
    for scope in model.scopes.values():
        for flow in scope.flows.values():
            condition = " ".join((flow.condition or "").split())
            ways.setdefault((flow.source, flow.target), Counter())[condition] += 1
    return ways


def _said(conditions: Counter[str]) -> Any:
    found = sorted(condition for condition in conditions.elements() if condition)
    return found[0] if len(found) == 1 else found or None


def _way(process: Name, model: ProcessModel, source: str, target: str) -> tuple[Name, ...]:
    return process, called(model.element(source), source), called(model.element(target), target)


def _otherwise(element: Element) -> str | None:
    """Where its default flow leads; the flow's own id may be made up."""
    return next((flow.target for flow in element.outgoing if flow.id == element.default), None)


def data(process: Name, old: ProcessModel, new: ProcessModel) -> Iterator[Change]:
    """Declared variables, by name."""
    for name, variable in old.variables.items():
        if name not in new.variables:
            yield Change("data.removed", (process, Name(name)), before=variable.type)
    for name, variable in new.variables.items():
        if name not in old.variables:
            yield Change("data.added", (process, Name(name)), after=variable.type)
        elif plain(old.variables[name]) != plain(variable):
            yield Change("data.changed", (process, Name(name)), plain(old.variables[name]), plain(variable))
    traits: dict[str, Callable[[ProcessModel], Any]] = {
        "lanes": lambda model: model.lanes,
        "correlation": lambda model: [model.correlation, model.bindings],
        "io": lambda model: model.io,
        "data_objects": lambda model: {
            name: [scope.data, scope.references, scope.associations]
            for name, scope in model.scopes.items()
            if scope.data or scope.references or scope.associations
        },
    }
    for trait, was, now in differing(old, new, traits):
        yield Change("process.changed", (process,), was, now, trait)
