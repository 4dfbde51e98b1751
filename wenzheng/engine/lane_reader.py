"""Reads lanes: who they give the tasks in them to."""

from __future__ import annotations

from wenzheng.engine import vocabulary as words
from wenzheng.engine.event_reader import local_name
from wenzheng.engine.markup import Markup
from wenzheng.engine.model import ProcessModel
from wenzheng.engine.xml_tree import XmlNode


class LaneReader:
    """Reads the lane sets of a file into its processes."""

    def __init__(self, markup: Markup) -> None:
        self._markup = markup

    def lane_set(self, node: XmlNode, model: ProcessModel) -> None:
        """A lane gives the user tasks in it their role where they name none (design.md §4)."""
        owner = self._markup.current_id(node)
        self._markup.attributes(node, words.LANE_ATTRIBUTES[node.name], owner)
        self._markup.register(node, owner)
        for child in self._markup.children(node, owner):
            if child.name == "lane":
                self._lane(child, model)
            else:
                self._markup.not_executed(child, owner)

    def _lane(self, node: XmlNode, model: ProcessModel) -> None:
        owner = self._markup.current_id(node)
        self._markup.attributes(node, words.LANE_ATTRIBUTES[node.name], owner)
        self._markup.register(node, owner)
        role = node.attributes.get(f"{{{words.WZ}}}role")
        for child in self._markup.children(node, owner):
            if child.name == "childLaneSet":
                self.lane_set(child, model)
            elif child.name == "flowNodeRef":
                member = local_name(self._markup.text_of(child, owner))
                model.lanes.setdefault(member, []).append(role or node.get("name") or "")
            else:
                self._markup.not_executed(child, owner)
