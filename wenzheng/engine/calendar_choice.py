"""The calendar that a process names for its days: the attribute `wz:calendar` of the process."""

from __future__ import annotations

from wenzheng.calendars.overlays import NAME
from wenzheng.engine import vocabulary as words
from wenzheng.engine.findings import FindingList
from wenzheng.engine.model import CalendarChoice
from wenzheng.engine.xml_tree import XmlNode


def read_calendar(node: XmlNode, process_id: str, findings: FindingList) -> CalendarChoice | None:
    """The calendar that a process names; whether there is one of that name is the city's business."""
    name = node.attributes.get(f"{{{words.WZ}}}calendar")
    if name is None:
        return None
    if not NAME.fullmatch(name):
        findings.error(
            node.position,
            process_id,
            "calendar-name",
            f"Expected the name of a calendar on process '{process_id}' (small letters, digits, - and _), "
            f"found '{name}'.",
            "Name a calendar such as cn, de or one of your own; remove wz:calendar for the city's.",
        )
    return CalendarChoice(name, node.position)
