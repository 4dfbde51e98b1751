"""Flows that are drawn so that readers take them for something else; many are bpmnlint's rules, too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from wenzheng.catalog.sense.scopes import (
    Scope,
    beside,
    condition_of,
    definitions_of,
    described,
    has_definition,
    is_default,
    is_event,
    is_true,
    link_of,
    node_id,
)
from wenzheng.engine import vocabulary as words
from wenzheng.engine.findings import Finding
from wenzheng.engine.rules.bpmn_file import local
from wenzheng.engine.xml_tree import XmlNode

_DISCOURAGED: Final = {"inclusiveGateway": "no-inclusive-gateway", "complexGateway": "no-complex-gateway"}


def check_flows(scope: Scope) -> Iterator[Finding]:
    """Splits, joins, starts and ends of one scope that say less than the picture seems to say."""
    for name, node in scope.nodes.items():
        yield from _joins_and_splits(scope, name, node)
        yield from _ends_of(scope, name, node)
        yield from _conditions(scope, name, node)
    yield from _twice(scope)
    yield from _begins(scope)


def check_links(scope: Scope) -> Iterator[Finding]:
    """Links lead from one end to the other; the rules of the standard speak of most of it."""
    caught: dict[str, XmlNode] = {}
    for node in scope.nodes.values():
        name = link_of(node)
        if name is None or node.name != "intermediateCatchEvent":
            continue
        if name in caught:
            yield scope.finding(
                node,
                "link-twice",
                f"Expected link '{name}' to be caught once in its scope, found it caught by "
                f"'{node_id(caught[name])}' too.",
                "Give one of the two links another name.",
            )
        caught.setdefault(name, node)


def _joins_and_splits(scope: Scope, name: str, node: XmlNode) -> Iterator[Finding]:
    incoming, outgoing = scope.incoming[name], scope.outgoing[name]
    if node.name in words.GATEWAYS:
        if len(incoming) > 1 and len(outgoing) > 1:
            yield scope.finding(
                node,
                "no-gateway-join-fork",
                f"Expected {described(node)} to merge or to split, found {len(incoming)} flows in and "
                f"{len(outgoing)} out.",
                "Draw two gateways, one that merges and one that splits.",
            )
        if node.name in _DISCOURAGED:
            yield scope.finding(
                node,
                _DISCOURAGED[node.name],
                f"Expected gateways whose meaning the picture shows, found {described(node)}: who reads it "
                "cannot see what it waits for.",
                "Use exclusive and parallel gateways.",
            )
        return
    if len(incoming) > 1:
        yield scope.finding(
            node,
            "fake-join",
            f"Expected one flow into {described(node)}, found {len(incoming)}: they do not wait for each "
            "other, it runs once for each.",
            "Merge them by an exclusive gateway, or wait for all with a parallel one.",
        )
    plain = [flow for flow in outgoing if condition_of(flow) is None and not is_default(scope, flow)]
    if len(plain) > 1:
        yield scope.finding(
            node,
            "no-implicit-split",
            f"Expected one flow without a condition out of {described(node)}, found {len(plain)}: all of "
            "them are taken at the same time.",
            "Split by a parallel gateway, or choose by an exclusive one.",
        )


def _ends_of(scope: Scope, name: str, node: XmlNode) -> Iterator[Finding]:
    incoming, outgoing = scope.incoming[name], scope.outgoing[name]
    undone = node.name == "boundaryEvent" and has_definition(scope.file, node, "compensateEventDefinition")
    if beside(node) or scope.is_ad_hoc or undone:
        return
    attached = node.name == "boundaryEvent"
    linked = link_of(node) is not None
    if not incoming and not outgoing and not attached and not linked:
        yield scope.finding(
            node,
            "no-disconnected",
            f"Expected {described(node)} to be connected, found no flow in or out of it.",
            "Connect it, or remove it.",
        )
        return
    if not outgoing and node.name != "endEvent" and not (linked and node.name == "intermediateThrowEvent"):
        yield scope.finding(
            node,
            "no-implicit-end",
            f"Expected a path to end in an end event, found that it ends in {described(node)}: nobody sees "
            "with what outcome.",
            "Add an end event whose name says what has come of it.",
        )
    begins = node.name == "startEvent" or attached or is_true(node, "instantiate")
    if not incoming and not begins and not (linked and node.name == "intermediateCatchEvent"):
        yield scope.finding(
            node,
            "no-implicit-start",
            f"Expected a path to begin with a start event, found that it begins with {described(node)}.",
            "Add a start event before it.",
        )


def _conditions(scope: Scope, name: str, node: XmlNode) -> Iterator[Finding]:
    """Where some flows are taken on a condition and others always, readers think that one is chosen."""
    flows = scope.outgoing[name]
    if len(flows) < 2 or node.name in {"parallelGateway", "eventBasedGateway"}:  # noqa: PLR2004 - one is no choice
        return
    if not node.get("default") and not any(condition_of(flow) for flow in flows):
        return
    for flow in flows:
        if condition_of(flow) is None and not is_default(scope, flow):
            yield scope.finding(
                flow,
                "conditional-flows",
                f"Expected a condition on flow '{node_id(flow)}' out of {described(node)}, whose other flows "
                "have one or are the default, found none: it is always taken.",
                "Write its condition, or make it the default flow.",
            )


def _twice(scope: Scope) -> Iterator[Finding]:
    seen: dict[tuple[str, str, str], XmlNode] = {}
    for flow in scope.flows.values():
        condition = condition_of(flow)
        text = condition.text.strip() if condition is not None else ""
        key = (local(flow.get("sourceRef")), local(flow.get("targetRef")), text)
        if key in seen:
            yield scope.finding(
                flow,
                "no-duplicate-sequence-flows",
                f"Expected one such flow from '{key[0]}' to '{key[1]}', found '{node_id(seen[key])}' too.",
                "Remove one of the two.",
            )
        seen.setdefault(key, flow)


def _begins(scope: Scope) -> Iterator[Finding]:
    starts = [node for node in scope.nodes.values() if node.name == "startEvent"]
    blank = [node for node in starts if not definitions_of(scope.file, node)]
    kind = "process" if scope.is_process else "sub-process"
    if len(blank) > 1:
        yield scope.finding(
            scope.holder,
            "single-blank-start-event",
            f"Expected one start event without a trigger in {kind} '{node_id(scope.holder)}', found "
            f"{len(blank)}.",
            "Merge them, or say what each waits for.",
        )
    if not scope.is_ad_hoc:
        for wanted, there in (
            ("start", bool(starts)),
            ("end", any(node.name == "endEvent" for node in scope.nodes.values())),
        ):
            if not there:
                yield scope.finding(
                    scope.holder,
                    f"{wanted}-event-required",
                    f"Expected {kind} '{node_id(scope.holder)}' to have "
                    f"{'a start' if wanted == 'start' else 'an end'} event, found none.",
                    f"Draw where it {wanted}s.",
                )
    for node in scope.nodes.values():
        if is_event(node) and len(definitions_of(scope.file, node)) > 1:
            yield scope.finding(
                node,
                "single-event-definition",
                f"Expected one event definition in {described(node)}, found "
                f"{len(definitions_of(scope.file, node))}: the picture shows neither.",
                "Draw an event for each.",
            )
