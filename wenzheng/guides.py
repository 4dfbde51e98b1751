"""Reads guides out of compiled definitions: used by bootstrap, knows the registry and the domain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wenzheng.catalog.registry import Registry
from wenzheng.engine.model import Element, ProcessModel
from wenzheng.petitions.guides import Offer, StepGuide


class RegistryGuides:
    """See petitions.guides.Guides."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def steps(self, definition: str, process: str) -> Mapping[str, StepGuide]:
        """See Guides."""
        return {one.id: _guide(one) for one in self._model(definition, process).all_elements()}

    def offers(self, definition: str, process: str) -> Sequence[Offer]:
        """See Guides."""
        model = self._model(definition, process)
        return [
            Offer(
                element=_known_as(model, one),
                message=one.message,
                role=one.role,
                fields=[field.as_dict() for field in one.fields],
                guide=_guide(one),
            )
            for one in model.all_elements()
            if one.message is not None and one.role is not None
        ]

    def _model(self, definition: str, process: str) -> ProcessModel:
        return self._registry.fetch_definition(definition).processes[process].model


def _known_as(model: ProcessModel, element: Element) -> str:
    """An event sub-process is known by its own id, not by that of its start."""
    return element.id if element.scope == model.id or element.type != "startEvent" else element.scope


def _guide(element: Element) -> StepGuide:
    names = {"zh": element.name} | ({"en": element.name_en} if element.name_en else {})
    templates = {field.id: field.template for field in element.fields if field.template}
    return StepGuide(names, dict(element.guidance), templates)
