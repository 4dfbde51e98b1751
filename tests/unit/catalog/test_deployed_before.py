"""Letters whose definition was deployed before a rule came go on; new deployments keep the rule."""

from __future__ import annotations

import pytest

from tests.support.bpmn import process
from wenzheng.catalog.bundle import Bundle
from wenzheng.catalog.compiling import compile_bundle
from wenzheng.catalog.registry import Registry
from wenzheng.engine.findings import DefinitionRefused

LOOSE = process(
    '<startEvent id="s"/><exclusiveGateway id="g"/><task id="t"/>'
    '<sequenceFlow id="f1" sourceRef="s" targetRef="g"/><sequenceFlow id="f2" sourceRef="g" targetRef="t"/>'
)
"""A gateway with one way in and out, and no end event: taken by version 0.1.0."""
UNKNOWN = LOOSE.replace(b"<task ", b"<callChoreography ")


def registry_with(bundle: Bundle) -> Registry:
    return Registry(lambda _: bundle.files, lambda _: None, {})


def test_letter_pinned_to_a_definition_that_would_be_refused_today_goes_on() -> None:
    bundle = Bundle("old", {"p.bpmn": LOOSE})
    definition = registry_with(bundle).fetch_definition(bundle.digest)
    assert {finding.rule for finding in definition.findings} >= {"end-missing", "gateway-alone"}


def test_administrator_who_deploys_the_same_today_is_told() -> None:
    with pytest.raises(DefinitionRefused, match="gateway-alone"):
        compile_bundle("x", {"p.bpmn": LOOSE}, {})


def test_what_never_could_run_is_refused_however_it_came_there() -> None:
    bundle = Bundle("old", {"p.bpmn": UNKNOWN})
    with pytest.raises(DefinitionRefused, match="callChoreography"):
        registry_with(bundle).fetch_definition(bundle.digest)
