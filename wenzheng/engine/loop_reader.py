"""Reads how often an activity runs: standard loops and multiple instances (BPMN 2.0.2 §10.3.8)."""

from __future__ import annotations

from typing import Final

from wenzheng.engine import vocabulary as words
from wenzheng.engine.data_reader import DataReader
from wenzheng.engine.event_reader import EventReader, local_name
from wenzheng.engine.findings import FindingList
from wenzheng.engine.markup import Markup
from wenzheng.engine.model import DataItem, EventDefinition, Loop
from wenzheng.engine.xml_tree import XmlNode

MAX_ROUNDS: Final = 1_000_000
_TEXTS: Final = {
    "loopCondition": "condition",
    "loopCardinality": "cardinality",
    "completionCondition": "condition",
    "loopDataInputRef": "items",
    "loopDataOutputRef": "results",
}
_OF: Final = {
    "standardLoopCharacteristics": {"loopCondition"},
    "multiInstanceLoopCharacteristics": {
        "loopCardinality",
        "completionCondition",
        "loopDataInputRef",
        "loopDataOutputRef",
        "inputDataItem",
        "outputDataItem",
        "complexBehaviorDefinition",
    },
}


class LoopReader:
    """Reads the loop characteristics of one file's activities."""

    def __init__(self, markup: Markup, findings: FindingList, events: EventReader, data: DataReader) -> None:
        self._markup = markup
        self._findings = findings
        self._events = events
        self._data = data

    def read(self, node: XmlNode, owner: str) -> Loop:
        """The loop of an activity `owner`."""
        self._markup.attributes(node, words.LOOP_ATTRIBUTES[node.name], owner)
        self._markup.register(node, owner)
        texts: dict[str, str | None] = {}
        items: dict[str, DataItem | None] = {}
        thrown: list[tuple[str, EventDefinition]] = []
        seen: set[str] = set()
        for child in self._markup.children(node, owner):
            if child.name not in _OF[node.name]:
                self._markup.not_executed(child, owner)
            elif child.name == "complexBehaviorDefinition":
                thrown += self._complex(child, owner)
            else:
                self._markup.once(child, child.name in seen, owner)
                seen.add(child.name)
                self._part(child, owner, texts, items)
        multiple = node.name == "multiInstanceLoopCharacteristics"
        behavior = node.token("behavior", "All")
        if multiple and behavior in {"None", "One"}:
            thrown = self._simple(node, f"{behavior.lower()}BehaviorEventRef", owner)
        return Loop(
            multiple,
            node.position,
            sequential=node.token("isSequential", "false") in words.TRUE,
            test_before=node.token("testBefore", "false") in words.TRUE,
            maximum=self._maximum(node, owner),
            condition=texts.get("condition"),
            cardinality=texts.get("cardinality"),
            items=texts.get("items"),
            item=_variable(items.get("inputDataItem")),
            results=texts.get("results"),
            result=_variable(items.get("outputDataItem")),
            missing=node.attributes.get(f"{{{words.WZ}}}missing"),
            item_data=items.get("inputDataItem"),
            result_data=items.get("outputDataItem"),
            behavior=behavior,
            thrown=tuple(thrown),
        )

    def _part(
        self,
        child: XmlNode,
        owner: str,
        texts: dict[str, str | None],
        items: dict[str, DataItem | None],
    ) -> None:
        if child.name in {"inputDataItem", "outputDataItem"}:
            items[child.name] = self._data.item(child, owner)
        else:
            text = self._markup.text_of(child, owner)
            texts[_TEXTS[child.name]] = local_name(text) if child.name.endswith("Ref") else text

    def _simple(self, node: XmlNode, attribute: str, owner: str) -> list[tuple[str, EventDefinition]]:
        """The event that is thrown for each instance, or for the first (BPMN 2.0.2 table 10.30)."""
        definition = self._events.referred(node.get(attribute) or "", node.position, owner)
        return [] if definition is None else [("true", self._events.again(definition, owner))]

    def _complex(self, node: XmlNode, owner: str) -> list[tuple[str, EventDefinition]]:
        """What is thrown while a condition holds, looked at whenever an instance is done (table 10.31)."""
        condition = "true"
        events: list[EventDefinition] = []
        for child in self._markup.children(node, owner):
            if child.name == "condition" and child.text.strip():
                condition = self._markup.text_of(child, owner)
            elif child.name == "condition":
                pass  # rules/file_rules.py has reported that it is empty
            elif child.name == "event":
                for inner in self._markup.children(child, owner):
                    if inner.name in words.EVENT_DEFINITIONS["intermediateThrowEvent"]:
                        events.append(self._events.read(inner, owner))
                    else:
                        self._markup.not_executed(inner, owner)
            else:
                self._markup.not_executed(child, owner)
        return [(condition, event) for event in events]

    def _maximum(self, node: XmlNode, owner: str) -> int | None:
        text = node.get("loopMaximum")
        if text is None:
            return None
        if text.strip().isascii() and text.strip().isdigit() and int(text[:9]) <= MAX_ROUNDS:
            return int(text)
        self._findings.error(
            node.position,
            owner,
            "loop-maximum",
            f"Expected loopMaximum of '{owner}' to be a whole number up to {MAX_ROUNDS:,}, found '{text}'.",
            "Correct the number.",
        )
        return 1


def _variable(item: DataItem | None) -> str | None:
    return item.variable if item is not None else None
