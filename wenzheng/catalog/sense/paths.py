"""Which element of a process may run after which, over all its scopes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from wenzheng.engine.entries import entries
from wenzheng.engine.findings import Finding, Severity
from wenzheng.engine.model import Element, ProcessModel


class Paths:
    """What may follow what; rather too much than too little, so that nobody is warned for nothing."""

    def __init__(self, model: ProcessModel) -> None:
        self.model = model
        self.elements = {element.id: element for element in model.all_elements()}
        self._next: dict[str, set[str]] = defaultdict(set)
        self._after: dict[tuple[str, frozenset[str]], frozenset[str]] = {}
        for scope in model.scopes.values():
            host = self.elements.get(scope.id)
            for element in scope.elements.values():
                self._next[element.id] |= {flow.target for flow in element.outgoing}
                if element.attached_to is not None:
                    self._next[element.attached_to].add(element.id)
                if element.id in model.scopes:
                    self._next[element.id] |= {one.id for one in entries(model.scopes[element.id])}
                if host is not None and not element.outgoing:
                    self._next[element.id].add(host.id)
                if element.triggered:
                    self._next[scope.id].add(element.id)
                if (link := element.event("link")) is not None and element.type == "intermediateThrowEvent":
                    self._next[element.id] |= {
                        one.id
                        for one in scope.elements.values()
                        if one.type != element.type
                        and (other := one.event("link"))
                        and other.name == link.name
                    }

    def after(self, element: str, until: Collection[str] = ()) -> frozenset[str]:
        """The elements that may run after one has, up to those of `until`.

        Itself only if something leads back to it.
        """
        key = (element, frozenset(until))
        if key not in self._after:
            found: set[str] = set()
            waiting = [element]
            while waiting:
                for following in self._next[waiting.pop()]:
                    if following not in found:
                        found.add(following)
                        if following not in until:
                            waiting.append(following)
            self._after[key] = frozenset(found)
        return self._after[key]

    def around(self, passed: Collection[str]) -> frozenset[str]:
        """The elements that may run before any of those that are `passed` is done.

        What an event on its boundary leads to is among them: then the element itself was not done.
        """
        found: set[str] = set()
        waiting = [element.id for element in entries(self.model.root)]
        while waiting:
            here = waiting.pop()
            if here in found:
                continue
            found.add(here)
            ways = self._next[here]
            if here in passed:
                ways = {one for one in ways if self.elements[one].attached_to == here}
            waiting += ways
        return frozenset(found)

    def inside(self, activity: str) -> frozenset[str]:
        """The elements inside an activity, at whatever depth."""
        found = [element.id for element in self.elements.values() if element.scope == activity]
        return frozenset(found).union(*(self.inside(one) for one in found))

    def reached(self) -> frozenset[str]:
        """The elements that may run at all."""
        begins = [element.id for element in entries(self.model.root)]
        begins += [element.id for element in self.model.root.handlers]
        found = set(begins)
        for begin in begins:
            found |= self.after(begin)
        return frozenset(found)

    def waits_for_event(self, element: Element) -> bool:
        """Whether an element runs when something happens, at whatever place the process is."""
        here: Element | None = element
        while here is not None:
            if here.triggered or here.for_compensation:
                return True
            here = self.elements.get(here.scope)
        return False


def warning(element: Element, rule: str, message: str, hint: str) -> Finding:
    """A finding of good sense at an element."""
    return Finding(element.position, element.id, rule, message, hint, Severity.WARNING)
