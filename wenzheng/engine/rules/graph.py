"""The graph of a process as its rules look at it: what stands where, found without searching."""

from __future__ import annotations

from collections import defaultdict

from wenzheng.engine.findings import FindingList
from wenzheng.engine.model import Element, EventDefinition, ProcessModel, ScopeModel, SequenceFlow
from wenzheng.engine.rules.kinds import Kind
from wenzheng.engine.services import ServiceContract


class Graph:
    """A process with indexes over it; rules add findings to it."""

    def __init__(
        self, model: ProcessModel, services: dict[str, ServiceContract], findings: FindingList
    ) -> None:
        self.model = model
        self.services = services
        self.findings = findings
        everything = model.all_elements()
        self.elements = {element.id: element for element in everything}
        self.with_start = {element.scope for element in everything if element.type == "startEvent"}
        self.with_end = {element.scope for element in everything if element.type == "endEvent"}
        self.instantiated = {element.scope for element in everything if element.instantiate}
        self.fields = {field.id for element in everything for field in element.fields}
        self.boundaries: dict[str, list[Element]] = defaultdict(list)
        self.links: dict[tuple[str, str], list[Element]] = defaultdict(list)
        self.associated: dict[str, list[str]] = defaultdict(list)
        for element in everything:
            if element.attached_to is not None:
                self.boundaries[element.attached_to].append(element)
            link = element.event("link")
            if link is not None:
                self.links[element.scope, link.name or ""].append(element)
        for scope in model.scopes.values():
            for source, target in scope.associations:
                self.associated[source].append(target)

    def host(self, scope: ScopeModel) -> Element | None:
        """The sub-process that a scope belongs to; None for the process's own."""
        return self.elements.get(scope.id) if scope.id != self.model.id else None

    def other_ends(self, element: Element, event: EventDefinition) -> list[Element]:
        """The elements at the other end of a link."""
        return [one for one in self.links[element.scope, event.name or ""] if one.type != element.type]

    def error(
        self, element: Element, rule: str, message: str, hint: str, *, seen_as: Kind | None = None
    ) -> None:
        """Add a finding at an element; `seen_as` is its kind where that is not its rule's."""
        self.findings.error(element.position, element.id, rule, message, hint, seen_as=seen_as)

    def flow_error(self, flow: SequenceFlow, rule: str, message: str, hint: str) -> None:
        """Add a finding at a flow."""
        self.findings.error(flow.position, flow.id, rule, message, hint)
