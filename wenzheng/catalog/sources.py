"""Where BPMN came from: compiled files say the file and line of each element, and findings show both places.

`wz:source` means nothing to what runs: whoever takes it out has the same process (docs/decisions/0037).
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from wenzheng.engine import vocabulary as words
from wenzheng.engine.findings import DefinitionRefused, Finding
from wenzheng.engine.xml_tree import XmlNode, read_xml

ATTRIBUTE: Final = f"{{{words.WZ}}}{words.SOURCE}"
_PLACE: Final = re.compile(r"(?P<file>[^:\x00-\x1f]{1,200}):(?P<line>[1-9][0-9]{0,6})")
_MARK: Final = f":{words.SOURCE}=".encode()
"""What stands in every file that says so; most files are not read for it."""
Source = tuple[str, int]


def at_sources(found: Iterable[Finding], files: Mapping[str, bytes]) -> list[Finding]:
    """The findings, each with the place that its own was compiled from, where the file says so."""
    read: dict[str, _Sources] = {}
    kept = []
    for finding in found:
        name = finding.position.file
        if name not in read:
            read[name] = _sources(name, files.get(name, b""))
        kept.append(replace(finding, source=read[name].of(finding)))
    return kept


@dataclass
class _Sources:
    """The sources of a file's elements, in the order in which they stand, and by id."""

    places: list[tuple[int, int]] = field(default_factory=list)
    sources: list[Source | None] = field(default_factory=list)
    by_id: dict[str, Source] = field(default_factory=dict)

    def of(self, finding: Finding) -> Source | None:
        """That of the element at the place; what stands in the picture has that of what it draws."""
        place = (finding.position.line, finding.position.column)
        at = bisect.bisect_right(self.places, place)
        found = self.sources[at - 1] if at else None
        return found or self.by_id.get(finding.element or "")


def _sources(name: str, data: bytes) -> _Sources:
    found = _Sources()
    if not name.endswith(".bpmn") or _MARK not in data:
        return found
    try:
        root = read_xml(data, name)
    except DefinitionRefused:  # nothing of it can be read, and its finding says so
        return found
    for node, source in _inherited(root):
        found.places.append((node.position.line, node.position.column))
        found.sources.append(source)
        if source is not None and (element := node.get("id")) is not None:
            found.by_id[element] = source
    return found


def _inherited(root: XmlNode) -> Iterator[tuple[XmlNode, Source | None]]:
    """Every node in the order of the file with its source, or that of what it stands in."""
    waiting: list[tuple[XmlNode, Source | None]] = [(root, None)]
    while waiting:
        node, outer = waiting.pop()
        match = _PLACE.fullmatch(node.attributes.get(ATTRIBUTE, ""))
        source = (match["file"], int(match["line"])) if match is not None else outer
        yield node, source
        waiting += [(child, source) for child in reversed(node.children)]
