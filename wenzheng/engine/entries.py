"""Where the tokens of a scope come from, and what undoes what: facts of the graph, worked out at load."""

from __future__ import annotations

from wenzheng.engine.model import Element, ProcessModel, ScopeModel


def entries(scope: ScopeModel) -> list[Element]:
    """The elements that get a token when the scope opens (BPMN 2.0.2 p. 238, 427).

    The start event without a trigger; else the start events and instantiating elements that wait for
    theirs; else, where there is no start event at all, whatever nothing leads to.
    """
    starts = [element for element in scope.elements.values() if element.type == "startEvent"]
    plain = [element for element in starts if element.trigger == "none"]
    if plain:
        return plain
    instantiating = [element for element in scope.elements.values() if element.instantiate]
    return starts + instantiating or [e for e in scope.elements.values() if begins_by_itself(e)]


def start_of(scope: ScopeModel, host: Element) -> Element:
    """The start event of an event sub-process; its host where the structure check has found none."""
    return next((element for element in scope.elements.values() if element.type == "startEvent"), host)


def lies_in_itself(model: ProcessModel) -> bool:
    """Whether following the scopes outwards never ends, because an element has the id of one around it."""
    if model.is_global_task:
        return False  # a process of one task, and called like it
    elements = {element.id: element for element in model.all_elements()}
    for element in elements.values():
        seen: set[str] = set()
        around: Element | None = element
        while around is not None:
            if around.id in seen:
                return True
            seen.add(around.id)
            around = elements.get(around.scope)
    return False


def begins_by_itself(element: Element) -> bool:
    """Whether an element without an incoming flow gets a token where there is no start event."""
    return not (
        element.incoming
        or element.type in {"startEvent", "boundaryEvent"}
        or element.triggered
        or element.for_compensation
        or (element.type == "intermediateCatchEvent" and element.event("link") is not None)
    )


def behind(element: Element, scope: ScopeModel) -> list[Element]:
    """The elements that follow another directly."""
    return [scope.elements[flow.target] for flow in element.outgoing if flow.target in scope.elements]


def compensators(scope: ScopeModel) -> dict[str, str]:
    """The handler of each activity: an association leads to it from a compensation boundary event."""
    targets = dict(scope.associations)
    return {
        boundary.attached_to: targets[boundary.id]
        for boundary in scope.elements.values()
        if boundary.attached_to is not None and boundary.trigger == "compensation" and boundary.id in targets
    }
