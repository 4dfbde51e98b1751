"""The way that a trace took through a process: which elements and which flows it went along."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from wenzheng.engine.model import Element, ProcessModel
from wenzheng.simulation.world import Line

_JOINS: Final = frozenset({"parallelGateway", "inclusiveGateway", "complexGateway"})


def way(model: ProcessModel, lines: Iterable[Line]) -> tuple[frozenset[str], frozenset[str]]:
    """The elements that were reached and the flows that were taken, of all instances of a process.

    What an element lets go on is activated right after it has completed. A join says nothing when a token
    comes, so a flow to one counts where nothing else was activated.
    """
    elements = {element.id: element for element in model.all_elements()}
    passed: set[str] = set()
    taken: set[str] = set()
    instances: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.process == model.id and line.element in elements:
            instances[line.instance].append(line)
    for own in instances.values():
        passed |= {line.element for line in own}
        for number, line in enumerate(own):
            if line.event == "completed":
                taken |= _along(elements[line.element], elements, own[number + 1 :])
    return frozenset(passed), frozenset(taken)


def _along(element: Element, elements: dict[str, Element], after: list[Line]) -> set[str]:
    if len(element.outgoing) == 1:
        return {element.outgoing[0].id}
    begun = set()
    for line in after:
        if line.event == "completed":
            break
        if line.event == "activated":
            begun.add(line.element)
    found = {flow.id for flow in element.outgoing if flow.target in begun}
    return found or {flow.id for flow in element.outgoing if elements[flow.target].type in _JOINS}
