"""Reads event definitions: what an event waits for or throws, and what of the file it names.

Event definitions stand in an event, or at the top of the file and are named by `eventDefinitionRef`
(BPMN 2.0.2 p. 234).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from wenzheng.engine import vocabulary as words
from wenzheng.engine.findings import FindingList, Position
from wenzheng.engine.markup import Markup
from wenzheng.engine.model import Element, EventDefinition, TimerText
from wenzheng.engine.rules.kinds import Kind
from wenzheng.engine.schedules import DEFAULT_AT
from wenzheng.engine.xml_tree import XmlNode

_TIMER_KINDS: Final = {"timeDuration": "duration", "timeDate": "date", "timeCycle": "cycle"}
# What an event definition names: its attribute, and the element of the file that has the name.
_NAMED: Final = {
    "message": ("messageRef", "message"),
    "signal": ("signalRef", "signal"),
    "error": ("errorRef", "error"),
    "escalation": ("escalationRef", "escalation"),
}
MAY_BE_OPEN: Final = frozenset({"error", "escalation"})
"""Kinds that, where they are caught, may leave out what they catch: then they catch all (p. 255)."""


@dataclass
class Declared:
    """What a file declares beside its processes, by id: names and codes, and event definitions."""

    names: dict[str, dict[str, str]] = field(
        default_factory=lambda: {kind: {} for kind in ("message", "signal", "error", "escalation")}
    )
    definitions: dict[str, XmlNode] = field(default_factory=dict)


def local_name(reference: str | None) -> str:
    """A QName without its prefix: what is referred to stands in the same file."""
    return (reference or "").strip().rpartition(":")[2]


class EventReader:
    """Reads the event definitions of one file."""

    def __init__(self, markup: Markup, findings: FindingList, declared: Declared) -> None:
        self._markup = markup
        self._findings = findings
        self._declared = declared
        self.executable = False
        """Whether what is read stands in an executable process, of which the standard asks more."""

    @property
    def _seen_as(self) -> Kind | None:
        return None if self.executable else Kind.EXECUTABILITY

    def read(self, node: XmlNode, owner: str) -> EventDefinition:
        """The event definition of an element whose name is one of vocabulary.EVENT_DEFINITION_KINDS."""
        kind = words.EVENT_DEFINITION_KINDS[node.name]
        self._markup.attributes(node, words.EVENT_DEFINITION_ATTRIBUTES[kind], owner)
        self._markup.register(node, owner)
        match kind:
            case "timer":
                return EventDefinition(kind, node.position, timer=self._timer(node, owner))
            case "conditional":
                return self._conditional(node, owner)
            case "compensation":
                self._only(node, owner)
                waits = node.token("waitForCompletion", "true") in words.TRUE
                activity = local_name(node.get("activityRef")) or None
                return EventDefinition(kind, node.position, activity, waits=waits)
            case "link":
                # Its other end is found by name; rules/file_rules.py sees that these agree with it.
                self._only(node, owner, {"source", "target"})
                return EventDefinition(kind, node.position, node.get("name"))
            case "cancel" | "terminate":
                self._only(node, owner)
                return EventDefinition(kind, node.position)
        self._only(node, owner, {"operationRef"} if kind == "message" else set())
        return EventDefinition(kind, node.position, self.named(node, kind, owner))

    def child(self, child: XmlNode, element: Element) -> None:
        """A child of an element that must be one of its event definitions, or name one."""
        triggers = words.EVENT_DEFINITIONS.get(element.type, {})
        definition: XmlNode | None = child
        if child.name == "eventDefinitionRef" and triggers:
            text = self._markup.text_of(child, element.id)
            definition = self.referred(text, child.position, element.id)
        if definition is not None and definition.name in triggers:
            own = definition is child
            element.events.append(
                self.read(definition, element.id) if own else self.again(definition, element.id)
            )
            return
        if definition is not None and (definition.name not in words.EVENT_DEFINITION_KINDS or not triggers):
            self._markup.not_executed(child, element.id)
            return
        element.misread = True
        if definition is not None:
            self._findings.error(
                child.position,
                element.id,
                "trigger-not-allowed",
                f"Expected {element.type} '{element.id}' to have one of {', '.join(triggers)}, "
                f"found {definition.name} (BPMN 2.0.2 tables 10.84, 10.88, 10.89 and 10.90, p. 238-255).",
                "Choose another trigger, or put it on another event.",
            )

    def again(self, node: XmlNode, owner: str) -> EventDefinition:
        """The event definition of a node at the top of the file, which is checked there and only once."""
        silent = FindingList()
        return EventReader(Markup(node.position.file, silent), silent, self._declared).read(node, owner)

    def referred(self, reference: str, position: Position, owner: str) -> XmlNode | None:
        """The event definition at the top of the file that a reference names."""
        node = self._declared.definitions.get(local_name(reference))
        if node is None:
            self._findings.error(
                position,
                owner,
                "unknown-event-definition",
                f"Expected '{owner}' to refer to an event definition at the top of the file, found "
                f"'{reference.strip()}' (BPMN 2.0.2 p. 234).",
                "Declare the event definition beside the processes, or write it inside the event.",
            )
        return node

    def named(self, node: XmlNode, kind: str, owner: str) -> str | None:
        """The name or code of the message, signal, error or escalation that a node refers to."""
        attribute, what = _NAMED[kind]
        reference = local_name(node.get(attribute))
        if not reference and kind in MAY_BE_OPEN:
            return None
        known = self._declared.names[what]
        if not reference and kind == "message":
            self._findings.error(
                node.position,
                owner,
                "message-ref-missing",
                f"Expected '{owner}' to say which message it waits for or sends, found no {attribute} "
                "(BPMN 2.0.2 table 10.97, p. 272).",
                "Declare the message beside the process, and name it.",
                seen_as=self._seen_as,
            )
            return reference
        if reference not in known:
            self._findings.error(
                node.position,
                owner,
                f"unknown-{what}",
                f"Expected {attribute} on '{owner}' to name {_article(what)} {what} of the "
                f"file, found '{reference}'.",
                f"Declare the {what} beside the process, or correct the reference.",
                seen_as=None if reference else self._seen_as,
            )
            return reference
        return known[reference] or (None if kind in MAY_BE_OPEN else "")

    def _only(self, node: XmlNode, owner: str, silent: set[str] | None = None) -> None:
        for child in self._markup.children(node, owner):
            if child.name not in (silent or ()):
                self._markup.not_executed(child, owner)

    def _conditional(self, node: XmlNode, owner: str) -> EventDefinition:
        found: list[tuple[str, Position]] = []
        for child in self._markup.children(node, owner):
            if child.name == "condition":
                self._formal(node, child, owner)
                found.append((self._markup.text_of(child, owner), child.text_position or child.position))
            else:
                self._markup.not_executed(child, owner)
        if len(found) != 1 or not found[0][0].strip():
            self._findings.error(
                node.position,
                owner,
                "event-condition-missing",
                f"Expected one condition in the conditional event '{owner}', found "
                f"{len(found) or 'none'} (BPMN 2.0.2 p. 262).",
                "Say in CEL what it waits for.",
                seen_as=self._seen_as,
            )
            return EventDefinition("conditional", node.position, condition="false")
        return EventDefinition("conditional", found[0][1], condition=found[0][0])

    def _formal(self, node: XmlNode, condition: XmlNode, owner: str) -> None:
        """A warning only: what is no formal expression is read as one all the same."""
        kind = condition.attributes.get(f"{{{words.XSI}}}type")
        if self.executable and local_name(kind) != "tFormalExpression":
            self._findings.warn(
                node.position,
                owner,
                "condition-not-formal",
                f"Expected the condition of '{owner}' to be a formal expression, because its process is "
                f"executable, found {kind or 'no xsi:type'} (BPMN 2.0.2 table 10.94, p. 262).",
                'Write xsi:type="tFormalExpression" on the condition.',
            )

    def _timer(self, node: XmlNode, owner: str) -> TimerText:
        timers: list[TimerText] = []
        for name, unit in words.DAY_TIMERS.items():
            if (count := _said(node, name)) is not None:
                text = count.strip()
                timers.append(TimerText("working_days", text, node.position, _said(node, "from"), unit))
        if any(_said(node, name) is not None for name in words.SCHEDULES):
            timers.append(self._schedule(node, owner))
        for child in self._markup.children(node, owner):
            kind = _TIMER_KINDS.get(child.name)
            if kind is None:
                self._markup.not_executed(child, owner)
            else:
                text = self._markup.text_of(child, owner).strip()
                timers.append(TimerText(kind, text, child.position))
        if _said(node, "from") is not None and not any(timer.kind == "working_days" for timer in timers):
            self._findings.error(
                node.position,
                owner,
                "timer-day",
                f"Expected a count of days beside wz:from on '{owner}', found none.",
                "Say how many days with wz:workingDays, or remove wz:from.",
            )
        if len(timers) != 1:
            self._findings.error(
                node.position,
                owner,
                "timer-needs-one-time",
                f"Expected exactly one of timeDuration, timeDate, timeCycle, wz:workingDays and wz:every on "
                f"'{owner}', found {len(timers)}.",
                "Say when the timer is due in one of these ways.",
            )
            return TimerText("duration", "PT0S", node.position)
        return timers[0]

    def _schedule(self, node: XmlNode, owner: str) -> TimerText:
        """What comes again by the calendar; what is wrong with its values rules/events.py says."""
        counted = [name for name in ("workingDay", "calendarDay") if _said(node, name) is not None]
        every = (_said(node, "every") or "").strip()
        if not every or len(counted) > 1:
            found = " and ".join(counted) if len(counted) > 1 else "no wz:every"
            self._findings.error(
                node.position,
                owner,
                "timer-schedule",
                f"Expected wz:every on '{owner}' and at most one of wz:workingDay and wz:calendarDay, found "
                f"{found}.",
                "Say in what it comes once (day, week, month, quarter, year), and on which day of it.",
            )
        name = counted[0] if counted else "workingDay"
        number, at = (_said(node, name) or "1").strip(), (_said(node, "at") or DEFAULT_AT).strip()
        kind = "working" if name == "workingDay" else "calendar"
        return TimerText("schedule", f"{every} {kind} {number} {at}", node.position)


def _said(node: XmlNode, name: str) -> str | None:
    return node.attributes.get(f"{{{words.WZ}}}{name}")


def _article(word: str) -> str:
    return "an" if word.startswith("e") else "a"
