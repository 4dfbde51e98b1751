"""Reads wz:clock: its limits, its rule, and what pauses, lengthens or restarts it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from wenzheng.calendars.units import Unit
from wenzheng.engine import vocabulary as words
from wenzheng.engine.clock_model import NO_RULE, Clock, Extension, Pause, Restart, Rule, Threshold
from wenzheng.engine.extension_markup import ExtensionMarkup
from wenzheng.engine.xml_tree import XmlNode

MAX_WORKING_DAYS: Final = 9_999
"""Days or hours a threshold or timer may count: of working days forty years."""
DAY_BEFORE: Final = 1
"""Working days before the last day of a limit on which people are reminded, unless it says otherwise."""
UNITS: Final = frozenset(map(str, Unit))
CLOCK_ATTRIBUTES: Final = {
    "clock": {"id", "name", "en", "starts", "stops", "from", "atOnce", "unit", "whose"},
    "threshold": {"id", "after", "before", "lamp", "notify", "remind", "remindBefore"},
    "rule": {"text", "en", "article", "articleEn", "day0", "day0En"},
    "pause": {"id", "on", "resumes", "atMost", "unit", "times", "within", "of", "reason"},
    "extension": {"id", "on", "by", "atMost", "times", "asked", "reason"},
    "restart": {"on", "from"},
}
_Part = TypeVar("_Part")


class ClockReader(ExtensionMarkup):
    """Reads the clocks of one process, or of one of its activities."""

    attributes = CLOCK_ATTRIBUTES

    def read(self, node: XmlNode) -> None:
        """Read a wz:clock."""
        self._check_attributes(node)
        clock_id = self._name(node, "id")
        if any(child.namespace != words.WZ or child.name not in _PARTS for child in node.children):
            self._error(
                node,
                "extension-value",
                f"Expected only {', '.join(f'wz:{part}' for part in sorted(_PARTS))} inside clock "
                f"'{clock_id}', found something else.",
                "Remove the other elements.",
            )
        thresholds = self._all(node, "threshold", self._threshold)
        self._check_order(node, clock_id, thresholds)
        if clock_id in self._model.clocks:
            self._error(
                node,
                "duplicate-clock",
                f"Expected each clock once, found '{clock_id}' again.",
                "Rename one of the two.",
            )
        if self._element is None:  # one of an activity begins with it, unless it says otherwise
            self._required(node, "starts")
        clock = Clock(
            clock_id,
            node.get("name") or clock_id,
            _list(node, "starts"),
            _list(node, "stops"),
            node.get("from"),
            tuple(thresholds),
            node.position,
            node.get("atOnce"),
            node.get("en") or "",
            Unit(self._choice(node, "unit", UNITS) or Unit.WORKING_DAYS),
            self._one(node, "rule", self._rule) or NO_RULE,
            tuple(self._all(node, "pause", self._pause)),
            tuple(self._all(node, "extension", self._extension)),
            self._one(node, "restart", self._restart),
            of=self._element.id if self._element is not None else None,
            whose=node.get("whose"),
        )
        self._check_ids(node, clock)
        self._model.clocks[clock_id] = clock

    # --- parts ----------------------------------------------------------------------------

    def _all(self, node: XmlNode, name: str, read: Callable[[XmlNode], _Part]) -> list[_Part]:
        found = []
        for child in node.children:
            if (child.namespace, child.name) == (words.WZ, name):
                self._check_attributes(child)
                self._no_children(child)
                found.append(read(child))
        return found

    def _one(self, node: XmlNode, name: str, read: Callable[[XmlNode], _Part]) -> _Part | None:
        found = self._all(node, name, read)
        if len(found) > 1:
            self._error(
                node,
                "element-repeated",
                f"Expected one wz:{name} in a clock, found {len(found)}.",
                "Keep one of them.",
            )
        return found[0] if found else None

    def _rule(self, node: XmlNode) -> Rule:
        given = [node.get(name) or "" for name in ("text", "en", "article", "articleEn", "day0", "day0En")]
        return Rule(*given)

    def _pause(self, node: XmlNode) -> Pause:
        for name in ("on", "resumes"):
            self._required(node, name)
        unit = self._choice(node, "unit", UNITS)
        if node.get("of") and not node.get("within"):
            self._error(
                node,
                "extension-missing",
                "Expected 'within' beside 'of' on wz:pause, found none.",
                "Say within how many units of that clock's day 0 it may pause, or remove 'of'.",
            )
        return Pause(
            self._name(node, "id"),
            _list(node, "on"),
            _list(node, "resumes"),
            node.position,
            self._integer(node, "atMost", 1, MAX_WORKING_DAYS),
            Unit(unit) if unit else None,
            self._integer(node, "times", 1, MAX_WORKING_DAYS),
            self._integer(node, "within", 0, MAX_WORKING_DAYS),
            node.get("of"),
            node.get("reason"),
        )

    def _extension(self, node: XmlNode) -> Extension:
        for name in ("on", "by"):
            self._required(node, name)
        by = node.get("by") or ""
        length: int | str = by
        if not by.isidentifier() or not by.isascii():
            length = self._integer(node, "by", 1, MAX_WORKING_DAYS) or 1
        return Extension(
            self._name(node, "id"),
            _list(node, "on"),
            length,
            node.position,
            self._integer(node, "atMost", 1, MAX_WORKING_DAYS),
            self._integer(node, "times", 1, MAX_WORKING_DAYS),
            node.get("asked"),
            node.get("reason"),
        )

    def _restart(self, node: XmlNode) -> Restart:
        self._required(node, "on")
        return Restart(_list(node, "on"), node.position, node.get("from"))

    # --- thresholds -----------------------------------------------------------------------

    def _threshold(self, node: XmlNode) -> Threshold:
        count = self._count(node)
        before = self._integer(node, "remindBefore", 0, MAX_WORKING_DAYS)
        if before is not None and not node.get("remind"):
            self._error(
                node,
                "reminder-of-nobody",
                "Expected remind beside remindBefore, found nobody to remind.",
                "Say who is reminded, or remove remindBefore.",
            )
        days = DAY_BEFORE if before is None else before
        if node.get("remind") and 0 <= count < days:
            self._error(
                node,
                "reminder-too-early",
                f"Expected the reminder at most {count} working days before the last day, found "
                f"{days}: that is before day 0.",
                "Remind later with remindBefore, or lengthen the limit.",
            )
        return Threshold(
            self._name(node, "id"),
            count,
            self._choice(node, "lamp", words.LAMPS),
            tuple((node.get("notify") or "").split()),
            tuple((node.get("remind") or "").split()),
            days,
        )

    def _count(self, node: XmlNode) -> int:
        """How many units after day 0; before it they are negative."""
        if node.get("before") is None:
            self._required(node, "after")
        elif node.get("after") is not None:
            self._error(
                node,
                "threshold-side",
                "Expected either after or before on wz:threshold, found both.",
                "Keep the one that is meant.",
            )
        else:
            return -(self._integer(node, "before", 0, MAX_WORKING_DAYS) or 0)
        return self._integer(node, "after", 0, MAX_WORKING_DAYS) or 0

    def _check_order(self, node: XmlNode, clock_id: str, thresholds: list[Threshold]) -> None:
        counts = [threshold.after for threshold in thresholds]
        if counts != sorted(set(counts)) or len({one.id for one in thresholds}) != len(thresholds):
            self._error(
                node,
                "threshold-order",
                f"Expected the thresholds of clock '{clock_id}' each later than the one before, "
                f"with different ids, found {counts}.",
                "Order them by their days.",
            )

    def _check_ids(self, node: XmlNode, clock: Clock) -> None:
        names = [pause.id for pause in clock.pauses] + [one.id for one in clock.extensions]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self._error(
                node,
                "duplicate-id",
                f"Expected each pause and extension of clock '{clock.id}' once, found '{name}' again.",
                "Rename one of the two.",
            )


_PARTS: Final = frozenset(CLOCK_ATTRIBUTES) - {"clock"}


def _list(node: XmlNode, name: str) -> tuple[str, ...]:
    return tuple((node.get(name) or "").split())
